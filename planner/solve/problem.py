"""The problem as integer arrays: all that an engine sees, checked before any engine sees it.

Places are numbered orders first, then depots, then stations. Floats become integers here and only here,
rounded against ourselves: travel and energy up, capacity and battery down. Energy is in mWh, its part per
kilogram in µWh, weight in grams, volume in millilitres, money in millionths.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from dataclasses import field as default
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from planner.energy.charging import full_power_until_wh
from planner.energy.driving import JOULE_PER_WH
from planner.energy.tariff import dearest_price, pack_price
from planner.model import (
    Day,
    Depot,
    Measure,
    Order,
    OrderKind,
    Plug,
    Priority,
    Station,
    Vehicle,
    VehicleType,
    partners,
)
from planner.solve.away import between_the_ways, end_mwh_of, measured_for, start_mwh_of, ways_of
from planner.solve.pace import DONE, FROM, SHARE, arrival_s, leave_by_s, most_extra_s, profile
from planner.solve.steering import day_price, night_price

if TYPE_CHECKING:  # the engine's process has no use for roads
    from planner.roads.matrices import Matrices

Ints = NDArray[np.int64]

NO_WAY = -1
NO_PARTNER = -1
NO_KEEPER = -1
MICRO = 1_000_000
MWH = 1_000
MOST_WINDOWS = 3
MEASURES = (Measure.STOPS, Measure.KM, Measure.HOURS)
UNITS = np.array([1, 1_000, 3_600])  # of stops, metres and seconds
LEVEL, HILLY = 1, 3  # rows of energy
LARGEST = 2**40  # of any single number handed to an engine, so that sums stay far below 2**63
LARGEST_PENALTY = 2**52  # summed by engines that saturate; a currency of small coins comes to 2**50
LOWEST = {
    "travel_s": NO_WAY,
    "distance_m": NO_WAY,
    "energy_mwh": -LARGEST,
    "energy_uwh_per_kg": -LARGEST,
    "group": -1,
    "partner": -1,
    "pace": -LARGEST,
    "balance": -1,
    "ways_cost": -LARGEST,
    "begin": NO_WAY,
    "keeper": NO_WAY,
}
# A dropped order costs this many times the most that serving it could cost.
PENALTY_RATE = {Priority.MAY: 1, Priority.SHOULD: 8, Priority.MUST: 64}


class BadProblem(ValueError):
    """The arrays contradict each other; a defect of ours, found before an engine could crash on it."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Problem:
    """n orders, d depots, s stations, p = n + d + s places; v vehicles of t types on g networks; q plugs.

    `travel_s`, `distance_m` [g, p, p], `NO_WAY` where there is none; `energy_mwh`, `energy_uwh_per_kg` [c, t, p, p].
    Energy is 0 where there is no way, negative where a leg gives back. Its rows c are the whole leg and, where streets
    are hilly, the most on the way and the most from a full battery (as `Matrices` has them).
    Orders [n]: `demand_g`, `volume_ml`, `parcels` (to load; 0 of a pickup and of a pair), `windows` [n, 3, 2] (unused
    rows repeat the first; those of an order that may be late end when it is too late, and do not overlap), `punctual_s`
    [n, 3] (until when each of them is in time), `late_per_s` (what a second past that costs), `penalty`; `pickup` (1
    where goods are fetched), `release_s`, `group` (-1: none), `partner` (the other stop of its pair, -1: none, and then
    a pickup's goods come back to the depot); `allowed` [n, v]; `service_s` [t, n], setup included; `setup_s` [t, n],
    what of it falls away directly after an order of the same `spot` [n].
    Types [t]: `payload_g`, `bay_ml`, `battery_mwh`, `knee_mwh` (full power up to there), `charge_w`, `network`, costs
    `per_day`, `per_km`, `per_s`, `wear_per_kwh` (of the battery), `per_over_s` (on top, past `regular_s`), `swap_s`
    (of a swap of the battery; 0: none). Vehicles [v]: `kind`, `depot` (place), `shift` [v, 2] (overtime included),
    `regular_s` (its end without overtime), `most_stops` (0: no limit), `breaks` [v, 4] (length, 0 for none; earliest
    and latest begin; 1 where they count from the start), `min_paid_s` (of a vehicle in use), `start_mwh`,
    `reserve_mwh`, `end_mwh`. These are what counts at the depot, between the ways of a vehicle that starts or ends
    elsewhere (`planner.solve.away`): `ways_s` [v, 2] is what its first and last drive take, `ways_m` how far both
    go, `ways_cost` what they cost.
    Sites [d + s]: `loading_s`, `per_parcel_ms` (0 at stations), `site_w` (0: no limit), `price_per_kwh` (by day),
    `apart` (1 where a charge begins after the loading), `full` (1 where every charge goes up to the knee), `open`
    [d + s, k, 2]. Depots [d]: `night_per_kwh`, `docks` (vehicles that load at a time; 0: no limit), `packs` [d, t]
    (swaps in a day), `pack_per_kwh` (of what a swap gives). Plugs [q]: `plug_site` (0 is the first depot), `plug_w`.
    `pace` [k, 3]: the profile of traffic (see `planner.solve.pace`); travel is at the usual pace, energy at the worst
    moment. `balance` [2]: what vehicles in use are compared by (an index of `MEASURES`; -1: nothing), and the price of
    a unit above their mean. `booked` [b, 4]: charges that are no matter of choice, each with its plug, begin, end and
    watts. `begin` [v, k]: where each vehicle goes in the days that a search begins with, -1 past their ends; empty
    where it begins with nothing. `keeper` [n]: the vehicle that was to serve an order, -1 for none, and `move_cost` the
    price of another one. `at_work` [v]: 1 where hours are paid from the beginning of the shift, whenever the vehicle
    sets out. `ways_cost` is below zero where what a vehicle costs a day is spent already.
    """

    orders: int
    depots: int
    travel_s: Ints
    distance_m: Ints
    energy_mwh: Ints
    energy_uwh_per_kg: Ints
    demand_g: Ints
    volume_ml: Ints
    parcels: Ints
    service_s: Ints
    setup_s: Ints
    spot: Ints
    windows: Ints
    penalty: Ints
    pickup: Ints
    release_s: Ints
    group: Ints
    partner: Ints
    allowed: Ints
    payload_g: Ints
    bay_ml: Ints
    battery_mwh: Ints
    knee_mwh: Ints
    charge_w: Ints
    network: Ints
    per_day: Ints
    per_km: Ints
    per_s: Ints
    wear_per_kwh: Ints
    per_over_s: Ints
    kind: Ints
    depot: Ints
    shift: Ints
    regular_s: Ints
    most_stops: Ints
    breaks: Ints
    start_mwh: Ints
    reserve_mwh: Ints
    end_mwh: Ints
    ways_s: Ints
    ways_m: Ints
    ways_cost: Ints
    loading_s: Ints
    per_parcel_ms: Ints
    site_w: Ints
    price_per_kwh: Ints
    night_per_kwh: Ints
    apart: Ints
    full: Ints
    open: Ints
    plug_site: Ints
    plug_w: Ints
    pace: Ints
    docks: Ints
    swap_s: Ints
    packs: Ints
    pack_per_kwh: Ints
    punctual_s: Ints
    late_per_s: Ints
    min_paid_s: Ints
    balance: Ints
    booked: Ints = default(default_factory=lambda: np.zeros((0, 4), dtype=np.int64))
    begin: Ints = default(default_factory=lambda: np.zeros((0, 0), dtype=np.int64))
    keeper: Ints = default(default_factory=lambda: np.zeros(0, dtype=np.int64))
    move_cost: Ints = default(default_factory=lambda: np.zeros(0, dtype=np.int64))
    at_work: Ints = default(default_factory=lambda: np.zeros(0, dtype=np.int64))

    def __post_init__(self) -> None:
        """Fill in what only a day under way tells."""
        usual = {"keeper": (self.orders, NO_KEEPER), "move_cost": (self.orders, 0), "at_work": (self.vehicles, 0)}
        for name, (size, value) in usual.items():
            if not getattr(self, name).size:
                object.__setattr__(self, name, np.full(size, value, dtype=np.int64))

    @property
    def places(self) -> int:
        return int(self.travel_s.shape[1])

    @property
    def vehicles(self) -> int:
        return len(self.kind)

    @property
    def horizon_s(self) -> int:
        return int(self.shift[:, 1].max())

    @property
    def traffic(self) -> bool:
        """Say whether the pace changes in the course of the day."""
        return len(self.pace) > 1

    def arrival_s(self, leave_s: int, drive_s: int) -> int:
        """Return when a drive is over that takes so long at the usual pace."""
        return arrival_s(self.pace, leave_s, drive_s) if self.traffic else leave_s + drive_s

    def leave_by_s(self, arrive_s: int, drive_s: int) -> int:
        """Return when at the latest a drive has to begin that takes so long at the usual pace."""
        return leave_by_s(self.pace, arrive_s, drive_s) if self.traffic else arrive_s - drive_s

    def standing_of(self, kind: int, before: int, order: int) -> int:
        """Return the seconds that an order takes with a type of vehicle that comes from a place."""
        parked = before < self.orders and self.spot[before] == self.spot[order]
        return int(self.service_s[kind, order]) - (int(self.setup_s[kind, order]) if parked else 0)

    def loading_of(self, depot: int, trip: Iterable[int]) -> int:
        """Return the seconds of loading for a trip from a depot through these places."""
        site = depot - self.orders
        parcels = sum(int(self.parcels[place]) for place in trip if place < self.orders)
        return int(self.loading_s[site]) - (-parcels * int(self.per_parcel_ms[site]) // 1000)


def build_problem(
    day: Day, *, types: Sequence[VehicleType], network_of_type: Sequence[int], roads: Sequence[Matrices]
) -> Problem:
    """Turn a day and its matrices (one per network, layers in the order of its types) into integers."""
    layers = [(roads[g], _layer(network_of_type, t)) for t, g in enumerate(network_of_type)]
    rows = LEVEL if all(m.wh_peak is m.wh_empty for m in roads) else HILLY
    sites = day.sites
    p = len(day.orders) + len(sites)
    plugs = [(i, plug) for i, site in enumerate(sites) for plug in site.plugs if day.charging]
    kind = _ints([types.index(v.type) for v in day.vehicles])
    shift = _ints([[v.shift.start_s, v.latest_s] for v in day.vehicles]).reshape(-1, 2)
    spans = _ints([_windows(order, last=int(shift[:, 1].max())) for order in day.orders]).reshape(-1, 3, 3)
    cost_of_order = _most_a_visit_costs(day, roads)
    travel_s, pace = np.stack([_up(m.seconds[:p, :p], missing=NO_WAY) for m in roads]), profile(day.traffic)
    problem = Problem(
        orders=len(day.orders),
        depots=len(day.depots),
        travel_s=travel_s,
        distance_m=np.stack([_up(m.metres[:p, :p], missing=NO_WAY) for m in roads]),
        energy_mwh=_energies(
            [(m.wh_empty[k], m.wh_peak[k], m.wh_from_full[k])[:rows] for m, k in layers], places=p, unit=MWH
        )
        + _slow_mwh(pace, travel_s[list(network_of_type)], types),
        energy_uwh_per_kg=_energies(
            [(m.wh_per_kg[k], m.wh_peak_per_kg[k], m.wh_from_full_per_kg[k])[:rows] for m, k in layers],
            places=p,
            unit=MICRO,
        ),
        demand_g=_ints([_ceil(order.demand_kg * 1000) for order in day.orders]),
        volume_ml=_ints([_ceil(order.volume_l * 1000) for order in day.orders]),
        parcels=_ints([order.parcels * order.from_depot for order in day.orders]),
        service_s=_ints([[kind.standing_s(order) for order in day.orders] for kind in types]),
        setup_s=_ints([[kind.standing_s(o) - kind.standing_s(o, parked=True) for o in day.orders] for kind in types]),
        spot=_spots(day),
        windows=spans[..., :2],
        penalty=_ints([rate * cost_of_order for rate in _penalty_rates(day)]),
        pickup=_ints([order.kind is OrderKind.PICKUP for order in day.orders]),
        release_s=_ints([order.release_s for order in day.orders]),
        group=_groups(day),
        partner=_partners(day),
        allowed=_ints(
            [
                [is_at_home(order, v) and may_serve(order, v.type, v.skills) for v in day.vehicles]
                for order in day.orders
            ]
        ),
        payload_g=_ints([kind.payload_kg * 1000 for kind in types]),
        bay_ml=_ints([kind.volume_l * 1000 for kind in types]),
        battery_mwh=_ints([kind.battery_wh * MWH for kind in types]),
        knee_mwh=_ints([full_power_until_wh(kind) * MWH for kind in types]),
        charge_w=_ints([kind.charge_w for kind in types]),
        network=_ints(network_of_type),
        per_day=_ints([_ceil(kind.cost_per_day * MICRO) for kind in types]),
        per_km=_ints([_ceil(kind.cost_per_km * MICRO) for kind in types]),
        per_s=_ints([_ceil(kind.cost_per_hour * MICRO / 3600) for kind in types]),
        wear_per_kwh=_ints([_ceil(kind.wear_per_kwh * MICRO) for kind in types]),
        per_over_s=_ints([_ceil(kind.cost_per_overtime_hour * MICRO / 3600) for kind in types]),
        kind=kind,
        depot=_ints([len(day.orders) + [d.id for d in day.depots].index(v.depot_id) for v in day.vehicles]),
        shift=shift,
        regular_s=_ints([v.shift.end_s for v in day.vehicles]),
        most_stops=_ints([v.max_stops or 0 for v in day.vehicles]),
        breaks=_ints([_break(v) for v in day.vehicles]).reshape(-1, 4),
        start_mwh=_ints([start_mwh_of(v) for v in day.vehicles]),
        reserve_mwh=_ints([_ceil(v.reserve_soc * v.type.battery_wh * MWH) for v in day.vehicles]),
        end_mwh=_ints([end_mwh_of(v) for v in day.vehicles]),
        ways_s=np.zeros((len(day.vehicles), 2), dtype=np.int64),
        ways_m=np.zeros(len(day.vehicles), dtype=np.int64),
        ways_cost=np.zeros(len(day.vehicles), dtype=np.int64),
        loading_s=_ints([*(depot.loading_s for depot in day.depots), *(0 for _ in day.stations)]),
        per_parcel_ms=_ints(
            [*(_ceil(depot.loading_per_parcel_s * 1000) for depot in day.depots), *(0 for _ in day.stations)]
        ),
        site_w=_ints([*(_site_w(depot) for depot in day.depots), *(0 for _ in day.stations)]),
        price_per_kwh=_ints([_ceil(_day_price(day, site) * MICRO) for site in sites]),
        night_per_kwh=_ints([_ceil(night_price(day, depot) * MICRO) for depot in day.depots]),
        apart=_ints([not day.charge_while_loading for _ in sites]),
        full=_ints([day.full_charges for _ in sites]),
        open=_opening_hours(day, horizon_s=int(shift[:, 1].max())),
        plug_site=_ints([site for site, _ in plugs]),
        plug_w=_ints([plug.power_w for _, plug in plugs]),
        pace=pace,
        docks=_ints([depot.docks or 0 for depot in day.depots]),
        swap_s=_ints([kind.swap_s or 0 for kind in types]),
        packs=_ints([[_spare(day, depot, kind) for kind in types] for depot in day.depots]),
        pack_per_kwh=_ints([_ceil(pack_price(day, depot) * MICRO) for depot in day.depots]),
        punctual_s=spans[..., 2],
        late_per_s=_ints([_ceil(o.late_cost_per_min * MICRO / 60) if may_be_late(o) else 0 for o in day.orders]),
        min_paid_s=_ints([v.min_paid_s for v in day.vehicles]),
        balance=_ints([-1, 0] if day.balance is None else [MEASURES.index(day.balance.by), day.balance.price * MICRO]),
        booked=_plugs_out(day, [plug.id for _, plug in plugs], horizon_s=int(shift[:, 1].max())),
    )
    if day.spots:
        measured = [
            measured_for(v, types=types, network_of_type=network_of_type, roads=roads, pace=pace) for v in day.vehicles
        ]
        problem = between_the_ways(problem, [ways_of(day, v, m) for v, m in zip(day.vehicles, measured, strict=True)])
    validate(problem)
    return problem


def _plugs_out(day: Day, plugs: Sequence[str], *, horizon_s: int) -> Ints:
    """Return the plugs that give nothing from some moment on as booked until the end, by no power."""
    rows = [(plugs.index(out.plug_id), out.from_s, horizon_s, 0) for out in day.plugs_out if out.plug_id in plugs]
    return _ints([row for row in rows if row[1] < row[2]]).reshape(-1, 4)


def restrict(problem: Problem, keep: Sequence[int]) -> Problem:
    """Return the problem with only the orders in `keep`, numbered anew in that order."""
    places = np.array([*keep, *range(problem.orders, problem.places)], dtype=np.int64)
    tables = ("travel_s", "distance_m", "energy_mwh", "energy_uwh_per_kg")
    rows = (
        *("demand_g", "volume_ml", "parcels", "spot", "windows", "punctual_s", "late_per_s", "penalty"),
        *("pickup", "release_s", "group", "allowed", "keeper", "move_cost"),
    )
    number = {order: i for i, order in enumerate(keep)} | {NO_PARTNER: NO_PARTNER}
    changed: dict[str, Any] = {name: getattr(problem, name)[..., places[:, None], places] for name in tables}
    changed |= {name: getattr(problem, name)[places[: len(keep)]] for name in rows}
    changed |= {name: getattr(problem, name)[:, places[: len(keep)]] for name in ("service_s", "setup_s")}
    changed["partner"] = _ints([number[int(problem.partner[order])] for order in keep])
    shift = len(keep) - problem.orders
    if problem.begin.size:
        changed["begin"] = _begin_of_part(problem, {int(place): i for i, place in enumerate(places)})
    return replace(problem, orders=len(keep), depot=problem.depot + shift, **changed)


def _begin_of_part(p: Problem, number: dict[int, int]) -> Ints:
    """Return the days that a search begins with in the numbers of a part, without the orders that are not in it."""
    begin = np.full_like(p.begin, NO_WAY)
    for v, row in enumerate(p.begin.tolist()):
        places = [number[place] for place in row if place in number]
        begin[v, : len(places)] = places
    return begin


def is_at_home(order: Order, vehicle: Vehicle) -> bool:
    """Say whether a vehicle belongs to the depot that an order's goods come from or go to."""
    return order.depot_id in {"", vehicle.depot_id}


def may_serve(order: Order, kind: VehicleType, skills: Sequence[str]) -> bool:
    """Say whether a vehicle is of the right class, skilled and large enough for an order."""
    return (
        (not order.vehicle_classes or kind.road_class.name in order.vehicle_classes)
        and set(order.skills) <= set(skills)
        and order.demand_kg <= kind.payload_kg
        and order.volume_l <= kind.volume_l
        and order.longest_cm <= kind.longest_cm
    )


def may_be_late(order: Order) -> bool:
    """Say whether service may begin after the end of a window."""
    return order.late_max_s > 0 and bool(order.windows)


def open_spans(order: Order) -> list[tuple[int, int, int]]:
    """Return for each window of an order its start, when service may begin at the latest, and until when in time.

    Where the order may be late, the spans do not overlap: lateness ends where the next window starts, so that a begin
    lies in one span only, and what it costs follows from that one.
    """
    if not may_be_late(order):
        return [(w.start_s, w.end_s, w.end_s) for w in order.windows]
    merged: list[tuple[int, int]] = []
    for start, end in sorted((w.start_s, w.end_s) for w in order.windows):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    nexts = [start - 1 for start, _ in merged[1:]] + [LARGEST]
    return [(start, min(end + order.late_max_s, far), end) for (start, end), far in zip(merged, nexts, strict=True)]


def site_plugs(day: Day) -> list[Plug]:
    """Return the plugs in the order in which `Problem.plug_site` numbers them."""
    return [plug for site in day.sites for plug in site.plugs]


def validate(problem: Problem) -> None:
    """Raise `BadProblem` unless every array has its shape, is int64 and within bounds."""
    p, v, n = problem.places, problem.vehicles, problem.orders
    t, g = len(problem.payload_g), len(problem.travel_s)
    c, sites = HILLY if len(problem.energy_mwh) == HILLY else LEVEL, p - n
    shapes: dict[str, tuple[int, ...]] = {
        "travel_s": (g, p, p), "distance_m": (g, p, p), "energy_mwh": (c, t, p, p), "energy_uwh_per_kg": (c, t, p, p),
        "demand_g": (n,), "volume_ml": (n,), "parcels": (n,), "service_s": (t, n),
        "setup_s": (t, n), "spot": (n,), "windows": (n, MOST_WINDOWS, 2),
        "penalty": (n,), "pickup": (n,), "release_s": (n,), "group": (n,), "partner": (n,),
        "allowed": (n, v), "kind": (v,), "depot": (v,), "shift": (v, 2), "regular_s": (v,), "most_stops": (v,),
        "breaks": (v, 4), "start_mwh": (v,), "reserve_mwh": (v,),
        "end_mwh": (v,), "ways_s": (v, 2), "ways_cost": (v,), "loading_s": (sites,), "per_parcel_ms": (sites,),
        "site_w": (sites,), "price_per_kwh": (sites,), "apart": (sites,), "full": (sites,),
        "plug_site": (len(problem.plug_w),), "network": (t,), "battery_mwh": (t,), "knee_mwh": (t,), "bay_ml": (t,),
        "charge_w": (t,), "per_day": (t,), "per_km": (t,), "per_s": (t,), "wear_per_kwh": (t,), "per_over_s": (t,),
        "night_per_kwh": (problem.depots,), "docks": (problem.depots,), "swap_s": (t,), "packs": (problem.depots, t),
        "pack_per_kwh": (problem.depots,), "open": (sites, problem.open.shape[1], 2), "pace": (len(problem.pace), 3),
        "punctual_s": (n, MOST_WINDOWS), "late_per_s": (n,), "min_paid_s": (v,), "balance": (2,), "ways_m": (v,),
        "booked": (len(problem.booked), 4), "keeper": (n,), "move_cost": (n,), "at_work": (v,),
    }  # fmt: skip
    for name, shape in shapes.items():
        if getattr(problem, name).shape != shape:
            raise BadProblem(f"{name} has shape {getattr(problem, name).shape}, not {shape}")
    for field in fields(problem):
        value = getattr(problem, field.name)
        if isinstance(value, np.ndarray):
            lowest = LOWEST.get(field.name, 0)
            largest = LARGEST_PENALTY if field.name == "penalty" else LARGEST
            if value.dtype != np.int64 or (value.size and (value.min() < lowest or value.max() > largest)):
                raise BadProblem(f"{field.name} is not int64 within {lowest}..{largest}")
    if v == 0 or n == 0:
        raise BadProblem("nothing to plan: no vehicles or no orders")
    if not (np.isin(problem.depot, np.arange(n, n + problem.depots)).all() and (problem.kind < t).all()):
        raise BadProblem("a vehicle's depot or type does not exist")
    if not (
        len(problem.pace)
        and (np.diff(problem.pace, axis=0)[:, [FROM, DONE]] > 0).all()
        and problem.pace[:, SHARE].min() > 0
    ):
        raise BadProblem("the profile of traffic does not rise")
    if (problem.setup_s > problem.service_s).any():
        raise BadProblem("setup takes longer than all of a stop")
    if not ((problem.network < g).all() and (problem.plug_site < sites).all()):
        raise BadProblem("a type's network or a plug's site does not exist")
    if (problem.booked[:, 0] >= len(problem.plug_w)).any() or (problem.keeper >= v).any():
        raise BadProblem("a plug is booked or a vehicle keeps an order that does not exist")
    _validate_pairs(problem)


def save_problem(problem: Problem, path: Path) -> None:
    """Write the arrays for the engine's process."""
    arrays: dict[str, Any] = {field.name: np.asarray(getattr(problem, field.name)) for field in fields(problem)}
    np.savez(path, **arrays)


def load_problem(path: Path) -> Problem:
    """Read what `save_problem` wrote, and validate it again."""
    with np.load(path, allow_pickle=False) as stored:
        values: dict[str, Any] = {name: stored[name] for name in stored.files}
    problem = Problem(**values | {"orders": int(values["orders"]), "depots": int(values["depots"])})
    validate(problem)
    return problem


def _day_price(day: Day, site: Depot | Station) -> float:
    return day_price(day, site) if isinstance(site, Depot) else site.price_per_kwh


def _spare(day: Day, depot: Depot, kind: VehicleType) -> int:
    return depot.spare_packs(kind.name) if day.charging and kind.swap_s is not None else 0


def _break(vehicle: Vehicle) -> tuple[int, int, int, int]:
    pause = vehicle.driver_break
    return (pause.length_s, pause.earliest_s, pause.latest_s, int(pause.from_start)) if pause else (0, 0, 0, 0)


def _site_w(depot: Depot) -> float:
    """Return the limit, 0 where there is none; a limit of next to nothing lets no plug charge."""
    return 0.0 if depot.site_power_w is None else max(1.0, depot.site_power_w)


def _layer(network_of_type: Sequence[int], t: int) -> int:
    return sum(1 for g in network_of_type[:t] if g == network_of_type[t])


def _ints(values: Any) -> Ints:
    return np.floor(np.asarray(values, dtype=np.float64) + 1e-9).astype(np.int64)


def _ceil(value: float) -> int:
    return int(np.ceil(value - 1e-9))


def _up(values: NDArray[np.float64], *, missing: int) -> Ints:
    return np.where(np.isnan(values), missing, np.ceil(np.nan_to_num(values) - 1e-9)).astype(np.int64)


def _energies(of_types: Sequence[Sequence[NDArray[np.float64]]], *, places: int, unit: int) -> Ints:
    return np.stack([_up(np.stack(rows)[:, :places, :places] * unit, missing=0) for rows in of_types], axis=1)


def _slow_mwh(pace: Ints, travel_s: Ints, types: Sequence[VehicleType]) -> Ints:
    """Return what each type [t, p, p] draws in the seconds that a leg may take longer than usual."""
    watts = np.array([kind.auxiliary_w for kind in types])[:, None, None]
    extra_s = most_extra_s(pace, np.maximum(travel_s, 0))
    return _up(extra_s * watts * MWH / JOULE_PER_WH, missing=0)


def _groups(day: Day) -> Ints:
    """Number the groups in order of their first order."""
    names = list(dict.fromkeys(order.group for order in day.orders if order.group))
    return _ints([names.index(order.group) if order.group else -1 for order in day.orders])


def _spots(day: Day) -> Ints:
    """Number the places of orders in order of their first order."""
    first: dict[tuple[float, float], int] = {}
    return _ints([first.setdefault(order.spot, len(first)) for order in day.orders])


def _partners(day: Day) -> Ints:
    number, other = {order.id: i for i, order in enumerate(day.orders)}, partners(day.orders)
    return _ints([number[other[order.id].id] if order.id in other else NO_PARTNER for order in day.orders])


def _penalty_rates(day: Day) -> list[int]:
    """Return how dear it is to leave out each order; a pair weighs as much as the weightier of its stops."""
    other = partners(day.orders)
    rates = PENALTY_RATE
    return [max(rates[order.priority], rates[other.get(order.id, order).priority]) for order in day.orders]


def _validate_pairs(p: Problem) -> None:
    paired = np.flatnonzero(p.partner != NO_PARTNER)
    other = p.partner[paired]
    if (other >= p.orders).any() or (p.partner[other] != paired).any() or (p.pickup[paired] == p.pickup[other]).any():
        raise BadProblem("a pair is not one pickup and one delivery that name each other")
    if (p.demand_g[paired] != p.demand_g[other]).any() or (p.volume_ml[paired] != p.volume_ml[other]).any():
        raise BadProblem("the two stops of a pair differ in what is carried")
    if p.parcels[paired].any() or p.release_s[paired].any():
        raise BadProblem("the goods of a pair are not at the depot")


def _windows(order: Order, *, last: int) -> list[tuple[int, int, int]]:
    spans = [(max(a, 0), min(b, last), c) for a, b, c in open_spans(order)] or [(0, last, last)]
    return (spans * MOST_WINDOWS)[:MOST_WINDOWS] if len(spans) < MOST_WINDOWS else spans[:MOST_WINDOWS]


def _opening_hours(day: Day, *, horizon_s: int) -> Ints:
    """Spans in which each site's plugs may be used, padded by repetition."""
    hours = [[(0, horizon_s)] for _ in day.depots]
    hours += [[(w.start_s, w.end_s) for w in station.hours] or [(0, horizon_s)] for station in day.stations]
    most = max(len(spans) for spans in hours)
    return _ints([(spans * most)[:most] for spans in hours]).reshape(len(hours), most, 2)


def _most_a_visit_costs(day: Day, roads: Sequence[Matrices]) -> int:
    """Bound what one visit can add to any plan: a vehicle of its own for the whole shift and the longest ways."""
    ways = 2 + 2 * bool(day.spots)
    longest_km = ways * max(float(np.nanmax(m.metres)) for m in roads) / 1000
    hours = max((v.latest_s - v.shift.start_s) / 3600 for v in day.vehicles)
    most = {
        Measure.STOPS: len(day.orders),
        Measure.KM: hours * max(v.type.top_speed_kmh for v in day.vehicles),
        Measure.HOURS: hours,
    }
    # A visit raises what its vehicle does, and one more vehicle lowers the mean of all others.
    uneven = 0.0 if day.balance is None else 2 * most[day.balance.by] * day.balance.price
    latest = max((o.late_cost_per_min * o.late_max_s / 60 for o in day.orders if may_be_late(o)), default=0.0)
    return _ceil(
        MICRO * (latest + uneven)
        + MICRO
        * max(
            v.type.cost_per_day
            + v.type.cost_per_km * longest_km
            + v.type.cost_per_hour * max(v.latest_s - v.shift.start_s, v.min_paid_s) / 3600
            + v.type.cost_per_overtime_hour * v.overtime_s / 3600
            + v.type.battery_wh / 1000 * (max(dearest_price(site) for site in day.sites) + v.type.wear_per_kwh)
            for v in day.vehicles
        )
        + MICRO
    )
