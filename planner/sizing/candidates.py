"""What a fleet may be made of: kinds of vehicles, and cells of so many of each with so many plugs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from planner.errors import Fault, InputError
from planner.io.fleet import FleetFile
from planner.io.money import MoneyFile
from planner.model import Day, Depot, Plug, TimeWindow, Vehicle, VehicleType
from planner.sizing.clock import by_the_clock, on_the_day
from planner.sizing.money import FleetOf, Kind, fixed_cost
from planner.sizing.prices import charged

W_PER_KW, WH_PER_KWH = 1_000.0, 1_000.0
CODE, GIFT_CODE = "E-Y17", "E-Y01"
CENT = 0.01
_NUMBER = re.compile(r"-\d+$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A kind of vehicle that may be bought: all but the id of `vehicle` holds for each of them.

    Its shift and its break are in seconds past 00:00 as the clock of the wall shows them: `day_with` sets the clock.

    `owned` makes one that costs nothing for a day in use: the money file prices what is owned, by the year, and a
    day's routes may use all of it. What steers them is what that file will charge for the day.
    """

    name: str
    vehicle: Vehicle

    @classmethod
    def owned(cls, name: str, vehicle: Vehicle, money: MoneyFile) -> Candidate:
        """Return a kind that has been paid for before the day."""
        return cls(name=name, vehicle=charged(vehicle, money))

    @property
    def kind(self) -> Kind:
        """Return it as far as money goes."""
        return _priced(self.name, self.vehicle.type)


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Cell:
    """A fleet to try: how many of each candidate, in their order, and how many plugs at the depot."""

    counts: tuple[int, ...]
    plugs: int

    @property
    def vehicles(self) -> int:
        """Return how many vehicles there are."""
        return sum(self.counts)

    def within(self, other: Cell) -> bool:
        """Say whether another cell has at least as many of everything."""
        return self.plugs <= other.plugs and all(a <= b for a, b in zip(self.counts, other.counts, strict=True))

    def told(self, candidates: Sequence[Candidate]) -> str:
        """Return it in words, such as ``5 ami + 1 van, 2 plugs``."""
        fleet = [f"{n} {c.name}" for n, c in zip(self.counts, candidates, strict=True) if n] or ["no vehicle"]
        plugs = f", {self.plugs} plug{'' if self.plugs == 1 else 's'}" if self.plugs else ""
        return f"{' + '.join(fleet)}{plugs}"


def candidates_of(day: Day, money: MoneyFile) -> tuple[Candidate, ...]:
    """Return the kinds of vehicles that the fleet of a day has, whatever their number, in their order."""
    alike: dict[Vehicle, str] = {}
    for vehicle in day.vehicles:
        alike.setdefault(replace(by_the_clock(vehicle, day), id=""), _NUMBER.sub("", vehicle.id))
    names = [*alike.values()]
    doubled = {name for name in names if names.count(name) > 1}
    return tuple(
        Candidate.owned(f"{name} ({n})" if name in doubled else name, vehicle, money)
        for n, (vehicle, name) in enumerate(alike.items(), start=1)
    )


def refuse_unsized(fleet: FleetFile, *, file: str) -> None:
    """Raise `InputError` E-Y17 with all that a fleet file says and that cannot be sized."""
    home = fleet.vehicles[0].depot_id
    depot = next(depot for depot in fleet.depots if depot.id == home)
    wrong: list[tuple[str, str]] = []
    shared = any(len(depots) > 1 for depots in fleet.shared.values())
    if shared or any(vehicle.depot_id != home for vehicle in fleet.vehicles):
        message = "has vehicles of several depots: a fleet is sized for one"
        wrong.append((message, "size each depot with its own orders"))
    if fleet.drivers:
        message = "names drivers: here each vehicle has one"
        wrong.append((message, "leave out [[drivers]]; their pay is in --money"))
    if not depot.plugs:
        message = f"gives depot {home} no plug, so that their power is not known"
        wrong.append((message, "give plugs and plug_power_kw"))
    if wrong:
        raise InputError([Fault(code=CODE, file=file, message=said, remedy=remedy) for said, remedy in wrong])


def refuse_gifts(money: MoneyFile, types: Iterable[VehicleType], *, file: str) -> None:
    """Raise `InputError` E-Y01 for each vehicle that is given away: of what costs nothing any number is best."""
    faults = []
    for kind in types:
        tables = money.names(kind.name, kind.road_class.name)
        rates = money.of(kind.name, kind.road_class.name)
        if rates.subsidy > rates.price and not rates.lease_per_month:
            said = next(name for name in reversed(tables) if (name, "subsidy") in money.own)
            column, value = f"vehicles.{said}.subsidy", f"{rates.subsidy:.12g}"
            message = f"is more than the price of {kind.name}, {rates.price:,.0f}"
            remedy = "write what others pay towards one vehicle, no more than its price"
        elif (a_year := _standing(kind, money)) < CENT:
            column, value = f"vehicles.{tables[-1]}", f"{a_year:,.2f}"
            message = f"is what a {kind.name} costs in a year standing still, so that any number of them is best"
            remedy = "correct price, subsidy and residual_percent, or add what it costs to insure, service and park"
        else:
            continue
        faults.append(Fault(code=GIFT_CODE, file=file, column=column, value=value, message=message, remedy=remedy))
    if faults:
        raise InputError([*dict.fromkeys(faults)])


def _priced(name: str, kind: VehicleType) -> Kind:
    battery_kwh = kind.battery_wh / WH_PER_KWH
    return Kind(name=name, type_name=kind.name, class_name=kind.road_class.name, battery_kwh=battery_kwh)


def _standing(kind: VehicleType, money: MoneyFile) -> float:
    vehicle = _priced(kind.name, kind)
    none, one = (FleetOf(counts={kind.name: n}, plugs=0, connection_kw=0.0) for n in (0, 1))
    return fixed_cost(one, kinds=[vehicle], money=money) - fixed_cost(none, kinds=[vehicle], money=money)


def day_with(day: Day, candidates: Sequence[Candidate], cell: Cell) -> Day:
    """Return a day with the vehicles and plugs of a cell, on streets as open as with all candidates."""
    shifts = [on_the_day(candidate.vehicle, day) for candidate in candidates]
    vehicles = tuple(_vehicles(candidates, shifts, cell.counts))
    home = candidates[0].vehicle.depot_id
    depots = tuple(_with_plugs(depot, cell.plugs) if depot.id == home else depot for depot in day.depots)
    hours = TimeWindow(start_s=min(v.shift.start_s for v in shifts), end_s=max(v.latest_s for v in shifts))
    return replace(day, vehicles=vehicles, depots=depots, hours=hours)


def fleet_of(day: Day, candidates: Sequence[Candidate], cell: Cell) -> FleetOf:
    """Return a cell as what is owned."""
    depot = next(depot for depot in day.depots if depot.id == candidates[0].vehicle.depot_id)
    power_w = cell.plugs * depot.plugs[0].power_w if depot.plugs else 0.0
    counts = {candidate.name: n for candidate, n in zip(candidates, cell.counts, strict=True)}
    connection_w = power_w if depot.site_power_w is None else min(power_w, depot.site_power_w)
    return FleetOf(counts=counts, plugs=cell.plugs, connection_kw=connection_w / W_PER_KW)


def _vehicles(candidates: Sequence[Candidate], vehicles: Sequence[Vehicle], counts: Sequence[int]) -> Iterator[Vehicle]:
    for candidate, vehicle, count in zip(candidates, vehicles, counts, strict=True):
        for n in range(1, count + 1):
            yield replace(vehicle, id=f"{candidate.name}-{n}")


def _with_plugs(depot: Depot, plugs: int) -> Depot:
    power_w = depot.plugs[0].power_w if depot.plugs else 0.0
    return replace(depot, plugs=tuple(Plug(id=f"{depot.id}-{n}", power_w=power_w) for n in range(1, plugs + 1)))
