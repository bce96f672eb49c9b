"""Every place of a plan at which an order fits, timed with its charges, priced and audited."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from planner.check import Audits
from planner.dispatch.charges import charged_anew
from planner.dispatch.desk import Desk
from planner.dispatch.plugs import Taken, beside, taken_by
from planner.dispatch.simulate import Day, NoWayError
from planner.dispatch.wishes import Wish, wishes_of
from planner.plan import LockKind, Plan, Route, StepKind
from planner.solve.cost import tour_cost
from planner.solve.insertion import sequences_with
from planner.solve.placing import settle
from planner.solve.problem import Problem
from planner.solve.solution import Sequence as Stops
from planner.solve.solution import Tour
from planner.solve.trips import has_room, stops_of

EXACT_TRIES = 12  # exact timings where the charges of the plan leave no slot at all


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A vehicle's day with the order in it that holds by its own times; `rank` is what it costs more, in millionths."""

    vehicle: int
    tours: Mapping[int, Tour]  # of the vehicle, and of those that charge at an equal plug instead
    rank: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """An order that is served later than before by so many seconds, earlier if negative."""

    order_id: str
    begin_s: int
    by_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Recharged:
    """A charge that gives more than before by so much, less if negative."""

    place_id: str
    trip: int
    by_wh: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A place for an order: as stop number `position` of a trip, a trip of its own where `new_trip`.

    `extra_cost` is what the whole plan costs more, `extra_wh` what is driven more. The plan with it has passed the
    audit. Nobody but the customers of this vehicle in `moved` is served at another time.
    """

    vehicle_id: str
    trip: int
    position: int
    new_trip: bool
    new_vehicle: bool
    arrival_s: int
    begin_s: int
    extra_cost: float
    extra_m: float
    extra_wh: float
    back_by_s: int  # later than before
    moved: tuple[Moved, ...]
    recharged: tuple[Recharged, ...]
    other_plugs: tuple[str, ...]  # vehicles that charge at an equal plug instead, at the times they had
    tours: Mapping[int, Tour]


def slots_for(desk: Desk, order: int) -> tuple[Slot, ...]:
    """Return every slot for an order that no vehicle serves, or for the pair that it belongs to, cheapest first.

    Charges stay where the plan has them and give more where the battery asks for it, at a depot also where the plan has
    none. Only where no place holds so, are the nearest ones timed exactly, with charges wherever they help.
    """
    desk.learn_drives(desk.day.orders[order])
    for stop in stops_of(desk.problem, order):
        if stop != order:
            desk.learn_drives(desk.day.orders[stop])
    offers = Offers(desk)
    slots = [slot for found in candidates(desk, order) if (slot := offers.slot(order, found)) is not None]
    if not slots:
        slots = [slot for found in _exact(desk, order) if (slot := offers.slot(order, found)) is not None]
    return tuple(sorted(slots, key=lambda slot: (slot.extra_cost, slot.begin_s, slot.vehicle_id, slot.position)))


def candidates(desk: Desk, order: int) -> Iterator[Candidate]:
    """Yield every place at which an order holds by load, time and energy."""
    for vehicle, sequences in _places(desk, desk.problem, order):
        yield from _that_hold(desk, desk.problem, vehicle, sequences)


def retimed(desk: Desk, p: Problem, places: Sequence[Candidate]) -> Iterator[Candidate]:
    """Yield those of some candidates that hold in a problem with other hours, timed for them."""
    for place in places:
        sequence = [visit.place for visit in place.tours[place.vehicle].visits]
        yield from _that_hold(desk, p, place.vehicle, [sequence])


def _that_hold(desk: Desk, p: Problem, vehicle: int, sequences: Sequence[Stops]) -> Iterator[Candidate]:
    """Yield the sequences of a vehicle that hold with the charges that the plan has, beside all others."""
    old = desk.tours.get(vehicle)
    others = [tour for v, tour in desk.tours.items() if v != vehicle]
    taken, wishes = taken_by(p, others), wishes_of(old) if old else {}
    before = tour_cost(p, old) if old else 0
    for sequence in sequences:
        tour = _held(p, vehicle, sequence, old, taken, wishes)
        if tour is not None:
            yield Candidate(vehicle=vehicle, tours=beside(p, tour, others), rank=tour_cost(p, tour) - before)


def _places(desk: Desk, p: Problem, order: int) -> Iterator[tuple[int, list[Stops]]]:
    """Yield each vehicle that may serve an order with the sequences whose load it carries."""
    stops = stops_of(p, order)
    for vehicle, of in enumerate(desk.day.vehicles):
        if not p.allowed[stops, vehicle].all() or desk.locked(LockKind.VEHICLE, of.id):
            continue
        tour = desk.tours.get(vehicle)
        base = [visit.place for visit in tour.visits] if tour else []
        sequences = sequences_with(base, stops, depot=int(p.depot[vehicle]))
        fitting = {tuple(sequence): sequence for sequence in sequences if has_room(p, vehicle, sequence)}
        yield vehicle, list(fitting.values())


def _held(
    p: Problem, vehicle: int, sequence: Stops, old: Tour | None, taken: Taken, wishes: Mapping[int, Wish]
) -> Tour | None:
    """Return the tour of a sequence if it holds."""
    moved = along(old, sequence, wishes) if old else {}
    try:
        day = Day(p, vehicle, sequence, taken, moved, strict=True)
    except NoWayError:
        return None
    if not day.could_hold:
        return None
    driven = day.best()
    found = driven if driven.holds else charged_anew(day)
    return found.tour if found else None


def along(old: Tour, sequence: Stops, wishes: Mapping[int, Wish]) -> dict[int, Wish]:
    """Return the wishes of an old tour by the visits of a sequence that has all of its visits, and some more."""
    found = {0: wishes[0]} if 0 in wishes else {}
    left = list(enumerate((visit.place for visit in old.visits), start=1))
    for at, place in enumerate(sequence, start=1):
        if left and left[0][1] == place:
            was, _ = left.pop(0)
            if was in wishes:
                found[at] = wishes[was]
    home = len(old.visits) + 1
    return found | ({len(sequence) + 1: wishes[home]} if home in wishes else {})


def _exact(desk: Desk, order: int) -> Iterator[Candidate]:
    """Yield the nearest places at which an order holds when all may be charged anew."""
    p, tours = desk.problem, desk.tours
    tried = []
    for vehicle, sequences in _places(desk, p, order):
        base = [visit.place for visit in tours[vehicle].visits] if vehicle in tours else []
        before_s = _drive_s(p, vehicle, base) if base else 0
        tried += [(_drive_s(p, vehicle, sequence) - before_s, vehicle, sequence) for sequence in sequences]
    for _, vehicle, sequence in sorted(tried)[:EXACT_TRIES]:
        others = [tour for v, tour in tours.items() if v != vehicle]
        found = settle(p, {vehicle: sequence}, taken=others)
        changed = {tour.vehicle: tour for tour in found or () if tours.get(tour.vehicle) != tour}
        if vehicle in changed:
            before = tour_cost(p, tours[vehicle]) if vehicle in tours else 0
            yield Candidate(vehicle=vehicle, tours=changed, rank=tour_cost(p, changed[vehicle]) - before)


def _drive_s(p: Problem, vehicle: int, places: Stops) -> int:
    """Return the seconds of the ways from the depot through these places and back, at the usual pace."""
    travel, depot = p.travel_s[p.network[p.kind[vehicle]]], int(p.depot[vehicle])
    return sum(int(travel[a, b]) for a, b in zip([depot, *places], [*places, depot], strict=True))


class Offers:
    """Turns candidates into slots: the plan with each is written, priced and audited."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.audits = Audits(desk.plan, desk.legs)
        self.cost = sum(route.cost.total for route in desk.plan.routes)
        self.known = frozenset((v.code, v.where) for v in self.audits.audit(desk.plan, only=()))

    def slot(self, order: int, found: Candidate) -> Slot | None:
        """Return a slot, None if the auditor finds that it breaks what the plan did not break before."""
        desk = self.desk
        id = desk.day.vehicles[found.vehicle].id
        plan = desk.draft(found.tours, drawn=False)
        plugs = [desk.day.vehicles[v].id for v in found.tours if v != found.vehicle]
        broken = self.audits.audit(plan, only=[id], plugs=plugs)
        if any((v.code, v.where) not in self.known for v in broken):
            return None
        route = next(route for route in plan.routes if route.vehicle_id == id)
        return self._told(order, found, plan, desk.routes.get(id), route)

    def _told(self, order: int, found: Candidate, plan: Plan, old: Route | None, route: Route) -> Slot:
        id = self.desk.day.orders[order].id
        step = next(step for step in route.steps if step.serves and step.place_id == id)
        in_trip = [one.place_id for one in route.steps if one.serves and one.trip == step.trip]
        trips = {one.trip for one in old.steps} if old else set()
        return Slot(
            vehicle_id=route.vehicle_id,
            trip=step.trip,
            position=in_trip.index(id) + 1,
            new_trip=len({one.trip for one in route.steps}) > len(trips),
            new_vehicle=old is None,
            arrival_s=step.arrival_s,
            begin_s=step.begin_s,
            extra_cost=round(sum(one.cost.total for one in plan.routes) - self.cost, 6),
            extra_m=round(_metres(route) - _metres(old), 1),
            extra_wh=round(_driven_wh(route) - _driven_wh(old), 3),
            back_by_s=route.steps[-1].end_s - old.steps[-1].end_s if old else 0,
            moved=tuple(_moved(old, route)) if old else (),
            recharged=tuple(_recharged(old, route, id)),
            other_plugs=tuple(self.desk.day.vehicles[v].id for v in found.tours if v != found.vehicle),
            tours=found.tours,
        )


def _metres(route: Route | None) -> float:
    return sum(step.leg.distance_m for step in route.steps if step.leg) if route else 0.0


def _driven_wh(route: Route | None) -> float:
    return sum(step.leg.energy_wh for step in route.steps if step.leg) if route else 0.0


def _moved(old: Route, new: Route) -> Iterator[Moved]:
    before = {step.place_id: step.begin_s for step in old.steps if step.serves}
    for step in new.steps:
        if step.serves and step.place_id in before and step.begin_s != before[step.place_id]:
            yield Moved(order_id=step.place_id, begin_s=step.begin_s, by_s=step.begin_s - before[step.place_id])


def _recharged(old: Route | None, new: Route, order: str) -> Iterator[Recharged]:
    """Yield charges that differ; those are the same that follow the same order at one place, the new one aside."""
    before, after = (_charged(route, order) for route in (old, new))
    for key in dict.fromkeys([*before, *after]):
        by_wh = after.get(key, (0.0, 0))[0] - before.get(key, (0.0, 0))[0]
        if abs(by_wh) >= 1.0:
            trip = after.get(key, before.get(key, (0.0, 0)))[1]
            yield Recharged(place_id=key[0], trip=trip, by_wh=round(by_wh, 3))


def _charged(route: Route | None, new: str) -> dict[tuple[str, str], tuple[float, int]]:
    """Return what is charged at each place by the last order before it, with the trip."""
    found: dict[tuple[str, str], tuple[float, int]] = {}
    last = ""
    for step in route.steps if route else ():
        last = step.place_id if step.serves and step.place_id != new else last
        if step.kind in {StepKind.CHARGE, StepKind.SWAP}:
            key = step.place_id, last
            found[key] = found.get(key, (0.0, 0))[0] + step.charged_wh, step.trip
    return found


def with_slot(desk: Desk, slot: Slot) -> Plan:
    """Return the plan with a slot taken, audited as a whole."""
    return desk.audited(desk.draft(slot.tours))


def numbers_of(desk: Desk, ids: Sequence[str]) -> list[int]:
    """Return the numbers of orders, of a pair only the one that is fetched."""
    numbers = [desk.numbers[id] for id in ids]
    return list(dict.fromkeys(stops_of(desk.problem, number)[0] for number in numbers))
