"""Valid plans without the solver: random sequences driven forwards on the planner's own matrices.

What a plan may just so do is made tight afterwards (shift, reserve, site power, end state of charge, windows), so
that a small damage already breaks it.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, TypeVar

import numpy as np

from planner.energy.charging import charge_power_w, charge_s
from planner.model import (
    Balance,
    Day,
    Depot,
    DriverBreak,
    Measure,
    Order,
    OrderKind,
    Packs,
    Plug,
    Station,
    TimeWindow,
    Vehicle,
    VehicleType,
)
from planner.plan import Cost, Leg, Night, NightCharge, Plan, Reason, Route, Step, StepKind, Unassigned
from planner.roads.matrices import Matrices, matrices
from planner.roads.network import Network, build_network
from planner.roads.paths import path, path_shape
from planner.roads.snap import Snapped, snap
from planner.roads.streets import Streets
from tests.check.grid import COLUMNS, ROWS, SOUTH, STEP_LAT, STEP_LON, WEST, make_grid
from tests.factories import HOUR_S, make_depot, make_order, make_provenance, make_type, make_vehicle

KINDS = (
    make_type("tiny", battery_wh=3_000.0, cost_per_overtime_hour=6.0, wear_per_kwh=0.5),
    make_type(
        "large",
        battery_wh=6_000.0,
        payload_kg=160.0,
        kerb_kg=600.0,
        charge_w=3_000.0,
        top_speed_kmh=70.0,
        service_factor=0.75,
        swap_s=240,
    ),
)
DAY_S = 24 * HOUR_S
SHIFT = TimeWindow(start_s=8 * HOUR_S, end_s=20 * HOUR_S)
OVERTIME_S = 600
BREAK_S = 900
LATE_S, LATE_COST_PER_MIN = 420, 0.5
UNWORKED_S = 1_200
BALANCE = Balance(by=Measure.HOURS, price=3.0)

Place = Order | Depot | Station
AnyPlace = TypeVar("AnyPlace", Order, Depot, Station)


@cache
def streets() -> Streets:
    return make_grid()


@cache
def network(kind: VehicleType) -> Network:
    return build_network(streets(), kind.road_class, top_speed_kmh=kind.top_speed_kmh)


@dataclass(frozen=True, kw_only=True)
class Measured:
    """All places of a day as the planner measures them, by vehicle type."""

    places: list[Place]
    snapped: dict[str, Snapped]
    tables: dict[str, Matrices]

    def leg(self, kind: VehicleType, start: Place, end: Place, load_kg: float) -> Leg:
        a, b = self.places.index(start), self.places.index(end)
        table = self.tables[kind.name]
        drive = path(network(kind), self.snapped[kind.name], source=a, target=b)
        assert drive is not None
        shape = path_shape(network(kind), drive)
        wh = table.wh_empty[0, a, b] + table.wh_per_kg[0, a, b] * load_kg
        return Leg(
            distance_m=float(table.metres[a, b]),
            drive_s=math.ceil(table.seconds[a, b]),
            energy_wh=math.ceil(wh * 1000) / 1000,
            geometry=tuple((float(lon), float(lat)) for lat, lon in shape),
        )


def measure(places: list[Place]) -> Measured:
    lat, lon = np.array([place.lat for place in places]), np.array([place.lon for place in places])
    snapped = {kind.name: snap(network(kind), lat=lat, lon=lon) for kind in KINDS}
    tables = {kind.name: matrices(network(kind), snapped[kind.name], [kind]) for kind in KINDS}
    return Measured(places=places, snapped=snapped, tables=tables)


@dataclass(kw_only=True)
class Drive:
    """A vehicle on its way: appends steps and keeps time, energy and load."""

    measured: Measured
    vehicle: Vehicle
    depot: Depot
    taken: dict[tuple[str, str], int]  # until when each plug is taken
    at: Place
    now_s: int
    stored_wh: float
    load_kg: float = 0.0
    load_l: float = 0.0
    trip: int = 1
    steps: list[Step] = field(default_factory=list)

    def unload(self, kind: StepKind, place: Place, *, lasts_s: int) -> None:
        leg, arrival_s = self._arrive(place)
        self.load_kg = self.load_l = 0.0
        self._add(kind, place, arrival_s, arrival_s, arrival_s + lasts_s, leg=leg)

    def load(self, orders: list[Order], kind: StepKind) -> None:
        self.trip += kind is StepKind.RELOAD
        leg, arrival_s = self._arrive(self.depot)
        there = [order for order in orders if order.from_depot]
        self.load_kg, self.load_l = sum(o.demand_kg for o in there), sum(o.volume_l for o in there)
        loaded_s = arrival_s + self.depot.loading_of(sum(o.parcels for o in there))
        self._add(kind, self.depot, arrival_s, arrival_s, loaded_s, leg=leg)

    def serve(self, order: Order, *, wait_s: int) -> None:
        leg, arrival_s = self._arrive(order)
        kind, sign = (StepKind.PICKUP, 1) if order.kind is OrderKind.PICKUP else (StepKind.DELIVERY, -1)
        self.load_kg += sign * order.demand_kg
        self.load_l += sign * order.volume_l
        begin_s = arrival_s + wait_s
        self._add(kind, order, arrival_s, begin_s, begin_s + self.vehicle.type.standing_s(order), leg=leg)

    def rest(self) -> None:
        """Take a break where the vehicle is."""
        self._add(StepKind.BREAK, self.at, self.now_s, self.now_s, self.now_s + BREAK_S, leg=None)

    def charge(self, place: Depot | Station, *, share: float) -> None:
        """Fill `share` of what is missing; where the vehicle has just begun to reload, beside that."""
        standing = place is self.at
        ready_s = self.now_s
        leg, arrival_s = self._arrive(place)
        arrival_s = self.steps[-1].arrival_s if standing else arrival_s
        kind, from_wh = self.vehicle.type, self.stored_wh
        plug = min(place.plugs, key=lambda p: self.taken[place.id, p.id])
        begin_s = max(arrival_s, self.taken[place.id, plug.id])
        to_wh = round(from_wh + share * (kind.battery_wh - from_wh), 3)
        lasts_s = math.ceil(charge_s(kind, from_wh=from_wh, to_wh=to_wh, plug_w=plug.power_w))
        self.taken[place.id, plug.id] = begin_s + lasts_s
        self._add(StepKind.CHARGE, place, arrival_s, begin_s, begin_s + lasts_s, leg=leg)
        power_w = charge_power_w(kind, plug_w=plug.power_w)
        self.steps[-1] = replace(self.steps[-1], stored_end_wh=to_wh, plug_id=plug.id, power_w=power_w)
        self.now_s, self.stored_wh = max(self.now_s, ready_s), to_wh

    def swap(self) -> None:
        """Put in a full battery beside the loading that was begun last."""
        kind, arrival_s, ready_s = self.vehicle.type, self.steps[-1].arrival_s, self.now_s
        assert kind.swap_s is not None
        self._add(StepKind.SWAP, self.depot, arrival_s, arrival_s, arrival_s + kind.swap_s, leg=None)
        self.steps[-1] = replace(self.steps[-1], stored_end_wh=kind.battery_wh)
        self.now_s, self.stored_wh = max(self.now_s, ready_s), kind.battery_wh

    def _arrive(self, place: Place) -> tuple[Leg | None, int]:
        if place is self.at:
            return None, self.now_s
        leg = self.measured.leg(self.vehicle.type, self.at, place, self.load_kg)
        self.stored_wh -= leg.energy_wh
        return leg, self.now_s + leg.drive_s

    def _add(self, kind: StepKind, place: Place, arrival_s: int, begin_s: int, end_s: int, *, leg: Leg | None) -> None:
        step = Step(
            kind=kind,
            place_id=place.id,
            trip=self.trip,
            lat=place.lat,
            lon=place.lon,
            arrival_s=arrival_s,
            begin_s=begin_s,
            end_s=end_s,
            stored_arrival_wh=self.stored_wh,
            stored_end_wh=self.stored_wh,
            load_kg=self.load_kg,
            load_l=self.load_l,
            leg=leg,
        )
        self.steps.append(step)
        self.at, self.now_s = place, end_s


def random_plan(seed: int) -> Plan:
    """Three vehicles of two types, two or three trips each, charges at depot and station, a swap, six left out.

    Of every eight orders the last two are a pair.
    """
    rng = np.random.default_rng(seed)
    depot = _on_street(
        rng,
        make_depot("hub", plugs=_plugs("hub", 3), loading_s=300 + 60 * int(rng.integers(5)), loading_per_parcel_s=2.4),
    )
    yard = _on_street(rng, make_depot("yard", plugs=()))
    stations = [_on_street(rng, Station(id=f"station-{i}", lat=0, lon=0, plugs=_plugs(f"s{i}", 1))) for i in range(2)]
    stations = [replace(station, price_per_kwh=0.4) for station in stations]
    orders = [_on_street(rng, _random_order(rng, f"o{i}")) for i in range(24)]
    orders = [replace(order, kind=OrderKind.PICKUP) if i % 4 == 2 else order for i, order in enumerate(orders)]
    for i in range(7, len(orders), 8):  # orders are taken from the end of the list
        goods: dict[str, Any] = {
            "demand_kg": orders[i].demand_kg,
            "volume_l": orders[i].volume_l,
            "pair": f"pair {i}",
        }
        orders[i] = replace(orders[i], kind=OrderKind.PICKUP, **goods)
        orders[i - 1] = replace(orders[i - 1], kind=OrderKind.DELIVERY, **goods)
    measured = measure([depot, yard, *stations, *orders])
    taken: dict[tuple[str, str], int] = defaultdict(int)
    left, drives = list(orders), []
    for n, kind in enumerate((KINDS[0], KINDS[1], KINDS[0])):
        vehicle = make_vehicle(f"v{n}", type=kind, shift=SHIFT, start_soc=1.0 if n else 0.9)
        drives.append(_drive_day(rng, measured, vehicle, depot, stations, taken, left))
    idle = make_vehicle("v-idle", type=KINDS[0], shift=TimeWindow(start_s=SHIFT.start_s, end_s=SHIFT.start_s + 60))
    return _settle(drives, idle, orders, left, [depot, yard], stations)


def _on_street(rng: np.random.Generator, place: AnyPlace) -> AnyPlace:
    """Put a place near a street of the grid, a few metres off."""
    row, column = int(rng.integers(ROWS)), rng.uniform(0.3, COLUMNS - 1.3)
    noise = rng.normal(0, 4e-5, 2)
    lat, lon = SOUTH + row * STEP_LAT + noise[0], WEST + column * STEP_LON + noise[1]
    return replace(place, lat=round(float(lat), 6), lon=round(float(lon), 6))


def _plugs(name: str, count: int) -> tuple[Plug, ...]:
    return tuple(Plug(id=f"{name}-{i}", power_w=2_300.0) for i in range(count))


def _random_order(rng: np.random.Generator, id: str) -> Order:
    return make_order(
        id,
        demand_kg=round(float(rng.uniform(2, 30)), 1),
        volume_l=round(float(rng.uniform(5, 90)), 1),
        service_s=60 * int(rng.integers(1, 6)),
        setup_s=30,
        longest_cm=50.0,
        parcels=1 + len(id),
    )


def _drive_day(
    rng: np.random.Generator,
    measured: Measured,
    vehicle: Vehicle,
    depot: Depot,
    stations: list[Station],
    taken: dict[tuple[str, str], int],
    left: list[Order],
) -> Drive:
    start_wh = vehicle.start_soc * vehicle.type.battery_wh
    drive = Drive(
        measured=measured,
        vehicle=vehicle,
        depot=depot,
        taken=taken,
        at=depot,
        now_s=SHIFT.start_s + int(rng.integers(600)),
        stored_wh=start_wh,
    )
    for trip in range(int(rng.integers(2, 4))):
        on_board = [left.pop() for _ in range(int(rng.integers(1, 4)))]
        if on_board[-1].pair and on_board[-1].kind is OrderKind.PICKUP:
            on_board.append(left.pop())
        drive.load(on_board, StepKind.RELOAD if trip else StepKind.START)
        if trip:
            drive.charge(depot, share=float(rng.uniform(0.2, 0.9)))
        elif vehicle.type.swap_s is not None:
            drive.swap()
        for n, order in enumerate(on_board):
            drive.serve(order, wait_s=int(rng.integers(2)) * int(rng.integers(900)))
            if trip == 1 and n == 0:
                drive.rest()
            if trip == 0 and n == 0:
                drive.charge(stations[int(rng.integers(2))], share=float(rng.uniform(0.1, 1.0)))
    if rng.integers(2):
        drive.charge(depot, share=0.5)
    drive.unload(StepKind.END, depot, lasts_s=0)
    return drive


def _settle(
    drives: list[Drive],
    idle: Vehicle,
    orders: list[Order],
    left: list[Order],
    depots: list[Depot],
    stations: list[Station],
) -> Plan:
    """Make the day as tight as the plan allows, and list what was left out with true reasons."""
    steps = [step for drive in drives for step in drive.steps]
    peak_w = _peak_w([s for s in steps if s.kind is StepKind.CHARGE and s.place_id == depots[0].id])
    packs = (Packs(type_name="large", spare=sum(step.kind is StepKind.SWAP for step in steps)),)
    hub = replace(depots[0], site_power_w=peak_w, docks=_most_at_docks(steps), packs=packs)
    depots = [hub, *depots[1:]]
    begun = {step.place_id: step.begin_s for step in steps if step.serves}
    orders = [_with_window(order, begun.get(order.id), n) for n, order in enumerate(orders)]
    orders = [_released(_grouped(order, drives), drives) for order in orders]
    hours = {
        station.id: tuple(
            TimeWindow(start_s=s.begin_s, end_s=s.end_s)
            for s in steps
            if s.place_id == station.id and s.kind is StepKind.CHARGE
        )
        for station in stations
    }
    extra, reasons = _left_out(depots[0])
    later = tuple(
        Unassigned(order_id=order.id, reason=Reason.NOT_FOUND_IN_TIME, detail="the search was stopped")
        for order in left
    )
    day = Day(
        date="2026-05-12",
        time_zone="America/Santiago",
        currency="EUR",
        orders=(*orders, *extra),
        vehicles=(*(_tight(drive) for drive in drives), idle),
        depots=tuple(depots),
        stations=tuple(replace(station, hours=hours[station.id]) for station in stations),
        balance=BALANCE,
    )
    priced: list[Depot | Station] = [*depots, *stations]
    prices = {place.id: place.price_per_kwh for place in priced}
    worked_h = [(drive.steps[-1].end_s - drive.steps[0].begin_s) / 3600 for drive in drives]
    mean_h = sum(worked_h) / len(worked_h)
    late = {order.id for order in orders if order.late_max_s}
    nights = one_after_the_other(drives, depots[0])
    routes = tuple(
        Route(
            vehicle_id=drive.vehicle.id,
            steps=tuple(drive.steps),
            cost=replace(_cost(drive, prices, night, late), balance=max(0.0, hours - mean_h) * BALANCE.price),
            night=night,
        )
        for drive, night, hours in zip(drives, nights, worked_h, strict=True)
    )
    rows = len(day.orders)
    provenance = make_provenance(streets_sha256=streets().sha256, rows_read=rows + 2, rows_rejected=2)
    return Plan(day=day, routes=routes, unassigned=(*reasons, *later), provenance=provenance)


def _left_out(depot: Depot) -> tuple[tuple[Order, ...], tuple[Unassigned, ...]]:
    near = {"lat": depot.lat, "lon": depot.lon}
    extra = (
        make_order("heavy", demand_kg=161.0, **near),
        make_order("big", volume_l=401.0, **near),
        make_order("far-off", lat=-20.0, lon=-71.34),
        make_order("cold", skills=("cold",), **near),
        make_order("early", windows=(TimeWindow(start_s=0, end_s=SHIFT.start_s),), **near),
        make_order("full", demand_kg=100.0, windows=(TimeWindow(start_s=0, end_s=SHIFT.start_s + 3_600),), **near),
    )
    reasons = (
        Reason.TOO_HEAVY,
        Reason.TOO_BIG,
        Reason.OFF_NETWORK,
        Reason.NO_SKILL,
        Reason.WINDOW_UNREACHABLE,
        Reason.FLEET_FULL,
    )
    listed = (Unassigned(order_id=o.id, reason=r, detail="") for o, r in zip(extra, reasons, strict=True))
    return extra, tuple(listed)


def _with_window(order: Order, begin_s: int | None, n: int) -> Order:
    if begin_s is None or n % 3 == 0:
        return order
    if n % 6 == 4:
        spans = (
            TimeWindow(start_s=begin_s - 900, end_s=begin_s - LATE_S),
            TimeWindow(start_s=begin_s + 1, end_s=DAY_S),
        )
        return replace(order, windows=spans, late_max_s=LATE_S, late_cost_per_min=LATE_COST_PER_MIN)
    early = (TimeWindow(start_s=0, end_s=60),) if n % 2 else ()
    return replace(order, windows=(*early, TimeWindow(start_s=begin_s - 60, end_s=begin_s)))


def _grouped(order: Order, drives: list[Drive]) -> Order:
    """Put the first two orders of each vehicle, but for those of pairs, into a group of their own."""
    for n, drive in enumerate(drives):
        if not order.pair and order.id in [step.place_id for step in drive.steps if step.serves][:2]:
            return replace(order, group=f"group {n}")
    return order


def _released(order: Order, drives: list[Drive]) -> Order:
    """Let the goods of a delivery be at the depot at the moment at which they are loaded."""
    loading_s = 0
    if not order.from_depot:
        return order
    for step in (step for drive in drives for step in drive.steps):
        if step.kind in {StepKind.START, StepKind.RELOAD}:
            loading_s = step.begin_s
        if step.place_id == order.id and step.kind is StepKind.DELIVERY:
            return replace(order, release_s=loading_s)
    return order


def _tight(drive: Drive) -> Vehicle:
    battery_wh = drive.vehicle.type.battery_wh
    first, last = drive.steps[0], drive.steps[-1]
    (rest,) = [step for step in drive.steps if step.kind is StepKind.BREAK]
    by_clock = drive.vehicle.type.name == "tiny"
    since_s = 0 if by_clock else first.begin_s
    at_s = rest.begin_s - since_s
    lowest_wh = min(min(step.stored_arrival_wh, step.stored_end_wh) for step in drive.steps)
    return replace(
        drive.vehicle,
        shift=TimeWindow(start_s=first.begin_s, end_s=last.end_s - OVERTIME_S),
        overtime_s=OVERTIME_S,
        max_stops=sum(step.serves for step in drive.steps),
        min_paid_s=last.end_s - first.begin_s + UNWORKED_S,
        driver_break=DriverBreak(length_s=BREAK_S, earliest_s=at_s, latest_s=at_s, from_start=not by_clock),
        reserve_soc=lowest_wh / battery_wh,
        end_soc=drive.steps[-1].stored_end_wh / battery_wh,
    )


def _peak_w(charges: list[Step]) -> float:
    at = [charge.begin_s for charge in charges]
    return max(sum(c.power_w or 0.0 for c in charges if c.begin_s <= t < c.end_s) for t in at)


def _most_at_docks(steps: list[Step]) -> int:
    loadings = [step for step in steps if step.kind in {StepKind.START, StepKind.RELOAD}]
    return max(sum(step.begin_s <= at.begin_s < step.end_s for step in loadings) for at in loadings)


def one_after_the_other(drives: list[Drive], depot: Depot) -> list[Night]:
    """Charge on the last plug when all are home: full power up to the knee, then what the battery takes."""
    at_s, plug, nights = max(drive.steps[-1].end_s for drive in drives), depot.plugs[-1], []
    for drive in drives:
        kind, stored_wh = drive.vehicle.type, drive.steps[-1].stored_end_wh
        full_wh, below_wh, charges = drive.vehicle.start_soc * kind.battery_wh, stored_wh, []
        for step in kind.charge_curve:
            to_wh = round(min(full_wh, step.until_soc * kind.battery_wh), 3)
            if to_wh > below_wh:
                power_w = charge_power_w(kind, plug_w=plug.power_w) * step.power_share
                end_s = at_s + math.ceil(charge_s(kind, from_wh=below_wh, to_wh=to_wh, plug_w=plug.power_w))
                wh = round(to_wh - below_wh, 3)
                cost = wh / 1_000 * depot.price_per_kwh
                charges.append(
                    NightCharge(plug_id=plug.id, begin_s=at_s, end_s=end_s, wh=wh, power_w=power_w, cost=cost)
                )
                at_s, below_wh = end_s, to_wh
        nights.append(Night(until_s=drive.steps[0].begin_s + 24 * HOUR_S, charges=tuple(charges)))
    return nights


def _cost(drive: Drive, prices: dict[str, float], night: Night, late: set[str]) -> Cost:
    kind, first, last = drive.vehicle.type, drive.steps[0], drive.steps[-1]
    charged = sum(s.charged_wh * prices[s.place_id] for s in drive.steps if s.charged_wh)
    taken_wh = first.stored_arrival_wh + sum(s.charged_wh for s in drive.steps) - last.stored_end_wh
    return Cost(
        vehicles=kind.cost_per_day,
        distance=sum(step.leg.distance_m for step in drive.steps if step.leg) * kind.cost_per_km / 1000,
        time=(last.end_s - first.begin_s) * kind.cost_per_hour / 3600,
        overtime=OVERTIME_S * kind.cost_per_overtime_hour / 3600,
        energy=charged / 1000 + sum(charge.cost for charge in night.charges),
        wear=taken_wh / 1000 * kind.wear_per_kwh,
        lateness=sum(step.serves and step.place_id in late for step in drive.steps) * LATE_S / 60 * LATE_COST_PER_MIN,
        minimum_pay=UNWORKED_S * kind.cost_per_hour / 3600,
    )
