"""Hand edits of a plan: made one after the other, timed anew at once, and audited.

Whatever rule an edit breaks, it is made, and what is broken is told with its amount; only what no plan can say (an
order that is not there, a trip that does not exist, no way to drive) and what is locked is refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from planner.dispatch.board import Board, Stop, board_of
from planner.dispatch.closed import other_ways
from planner.dispatch.desk import Desk
from planner.dispatch.edits import Charge, Edit, Move, Remove, Reorder, SetLock, Swap, in_words
from planner.dispatch.plugs import taken_by
from planner.dispatch.refusals import Refusals
from planner.dispatch.retime import retimed
from planner.dispatch.simulate import Day, NoWayError
from planner.dispatch.wishes import Wish
from planner.plan import Cost, Lock, LockKind, Plan, Violation
from planner.solve.cost import tour_cost
from planner.solve.problem import NO_WAY, Problem
from planner.solve.schedule import LEAST_W
from planner.solve.trips import has_room, stops_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Edited:
    """A plan after edits. `violations` is all that the auditor finds in it, `cost_before` the money of the plan before.

    `broken` are vehicles whose days do not hold by time or energy: their times are what the day would be like.
    """

    plan: Plan
    violations: tuple[Violation, ...]
    cost_before: Cost
    cost_after: Cost
    broken: tuple[str, ...]

    @property
    def cost_difference(self) -> float:
        """What the plan costs more than before."""
        return self.cost_after.total - self.cost_before.total


def apply(desk: Desk, edits: Sequence[Edit]) -> Edited:
    """Make edits in turn, then time the vehicles that they touch, and audit the plan.

    Raises `InputError` E-D41 to E-D49 for the first edit that cannot be made.
    """
    hands = _Hands(desk)
    for number, edit in enumerate(edits, start=1):
        hands.make(edit, Refusals(f"edit {number} ({in_words(edit)})"))
    tours, broken = retimed(desk, hands.board, hands.touched)
    plan = replace(desk.plan, locks=tuple(hands.locks))
    if tours:
        plan = replace(desk.draft(tours), locks=tuple(hands.locks))
    plan = desk.audited(replace(plan, kept=None))
    if tours and other_ways(plan):
        raise Refusals("the edits").before_a_closing()
    return Edited(
        plan=plan,
        violations=plan.violations,
        cost_before=money(desk.plan),
        cost_after=money(plan),
        broken=tuple(desk.day.vehicles[v].id for v in broken),
    )


def money(plan: Plan) -> Cost:
    """Return what all routes cost, by kind."""
    kinds = Cost.__dataclass_fields__
    return Cost(**{kind: round(sum(getattr(route.cost, kind) for route in plan.routes), 6) for kind in kinds})


class _Hands:
    """The board with the edits made so far."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.board: Board = board_of(desk.problem, dict(desk.tours))
        self.locks = list(desk.plan.locks)
        self.touched: set[int] = set()

    @property
    def p(self) -> Problem:
        return self.desk.problem

    def make(self, edit: Edit, refuse: Refusals) -> None:
        if isinstance(edit, Move):
            self._move(edit, refuse)
        elif isinstance(edit, Swap):
            self._swap(edit, refuse)
        elif isinstance(edit, Remove):
            self._remove(edit, refuse)
        elif isinstance(edit, Reorder):
            self._reorder(edit, refuse)
        elif isinstance(edit, Charge):
            self._charge(edit, refuse)
        else:
            self._lock(edit, refuse)

    def _move(self, edit: Move, refuse: Refusals) -> None:
        order, vehicle = self._order(edit.order, refuse), self._vehicle(edit.vehicle, refuse)
        self._refuse_locked(order, refuse, leaves=vehicle)
        self._refuse_locked_vehicle(vehicle, refuse)
        trips = self.board.trips.get(vehicle, [])
        if edit.trip is not None and not 1 <= edit.trip <= len(trips) + 1:
            raise refuse.trip(edit.vehicle, edit.trip, len(trips))
        stops = stops_of(self.p, order)
        without = self.board.copy()
        for stop in stops:
            without.take(stop)
        places = list(_places(without, vehicle, edit, len(stops)))
        if not places:
            raise refuse.position(edit.vehicle, edit.trip or 1, edit.position or 1)
        boards = [_with(without, vehicle, stops, place) for place in places]
        best = boards[0] if len(boards) == 1 else min(boards, key=lambda board: _worth(self.desk, board, vehicle))
        self._touch(stops)
        self.touched.add(vehicle)
        self.board = best
        self._tidy()

    def _swap(self, edit: Swap, refuse: Refusals) -> None:
        a, b = self._order(edit.a, refuse), self._order(edit.b, refuse)
        at, to = self.board.where(a), self.board.where(b)
        if a == b:
            raise refuse.itself(edit.a)
        if at is None or to is None:
            raise refuse.unplanned(edit.a if at is None else edit.b)
        if len(stops_of(self.p, a)) + len(stops_of(self.p, b)) > 2:
            raise refuse.pair(edit.a)
        self._refuse_locked(a, refuse, leaves=to[0])
        self._refuse_locked(b, refuse, leaves=at[0])
        self._touch([a, b])
        self.board.trips[at[0]][at[1]].stops[at[2]] = Stop(b)
        self.board.trips[to[0]][to[1]].stops[to[2]] = Stop(a)

    def _remove(self, edit: Remove, refuse: Refusals) -> None:
        order = self._order(edit.order, refuse)
        if self.board.where(order) is None:
            raise refuse.unplanned(edit.order)
        self._refuse_locked(order, refuse, leaves=None)
        stops = stops_of(self.p, order)
        self._touch(stops)
        for stop in stops:
            self.board.take(stop)
        self._tidy()

    def _reorder(self, edit: Reorder, refuse: Refusals) -> None:
        vehicle = self._vehicle(edit.vehicle, refuse)
        self._refuse_locked_vehicle(vehicle, refuse)
        trips = self.board.trips.get(vehicle, [])
        if not 1 <= edit.trip <= len(trips):
            raise refuse.trip(edit.vehicle, edit.trip, len(trips))
        orders = [self._order(id, refuse) for id in edit.orders]
        now = self.board.orders_of(vehicle, edit.trip - 1)
        if sorted(orders) != sorted(now):
            raise refuse.reorder([self.desk.day.orders[order].id for order in now])
        self._refuse_turned_pair(orders, edit.orders, refuse)
        left = iter(orders)
        for stop in trips[edit.trip - 1].stops:
            if stop.place < self.p.orders:
                stop.place = next(left)
        self.touched.add(vehicle)

    def _refuse_turned_pair(self, orders: list[int], ids: Sequence[str], refuse: Refusals) -> None:
        for order, id in zip(orders, ids, strict=True):
            stops = stops_of(self.p, order)
            if len(stops) > 1 and orders.index(stops[0]) > orders.index(stops[1]):
                raise refuse.turned(id)

    def _charge(self, edit: Charge, refuse: Refusals) -> None:
        vehicle = self._vehicle(edit.vehicle, refuse)
        self._refuse_locked_vehicle(vehicle, refuse)
        trips = self.board.trips.get(vehicle, [])
        seconds = None if edit.minutes is None else round(edit.minutes * 60)
        wish = Wish(barred=True) if seconds == 0 else Wish(forced=True, forced_s=seconds)
        if edit.after is None:
            if edit.trip is None or not 1 <= edit.trip <= len(trips):
                raise refuse.trip(edit.vehicle, edit.trip or 0, len(trips))
            self._refuse_no_plug(int(self.p.depot[vehicle]), refuse)
            trips[edit.trip - 1].wish = wish
        else:
            self._charge_after(edit, vehicle, wish, refuse)
        self.touched.add(vehicle)

    def _charge_after(self, edit: Charge, vehicle: int, wish: Wish, refuse: Refusals) -> None:
        order = self._order(edit.after or "", refuse)
        at = self.board.where(order)
        if at is None or at[0] != vehicle:
            raise refuse.elsewhere(edit.after or "", edit.vehicle)
        stops = self.board.trips[vehicle][at[1]].stops
        behind = at[2] + 1
        is_there = behind < len(stops) and stops[behind].place >= self.p.orders
        if wish.barred:
            if not is_there:
                raise refuse.no_charge(edit.after or "")
            del stops[behind]
        elif is_there:
            stops[behind].wish = wish
        else:
            follows = stops[behind].place if behind < len(stops) else int(self.p.depot[vehicle])
            station = _station(self.p, vehicle, order, follows)
            if station is None:
                raise refuse.no_plug(f"on the way from {edit.after}")
            stops.insert(behind, Stop(station, wish))

    def _lock(self, edit: SetLock, refuse: Refusals) -> None:
        known = {order.id for order in self.desk.plan.day.orders}
        if edit.kind is LockKind.VEHICLE:
            known = {vehicle.id for vehicle in self.desk.plan.day.vehicles}
        if edit.id not in known:
            raise refuse.unknown(str(edit.kind), edit.id, known)
        lock = Lock(kind=edit.kind, id=edit.id)
        self.locks = [one for one in self.locks if one != lock]
        if edit.on:
            self.locks.append(lock)

    def _order(self, id: str, refuse: Refusals) -> int:
        if id not in self.desk.numbers:
            raise refuse.unknown("order", id, self.desk.numbers)
        return self.desk.numbers[id]

    def _vehicle(self, id: str, refuse: Refusals) -> int:
        if id not in self.desk.vehicles:
            if any(vehicle.id == id for vehicle in self.desk.plan.day.vehicles):
                raise refuse.nobody_drives(id)
            raise refuse.unknown("vehicle", id, self.desk.vehicles)
        return self.desk.vehicles[id]

    def _refuse_locked(self, order: int, refuse: Refusals, *, leaves: int | None) -> None:
        """Raise if an order, or its vehicle, is locked; `leaves` is the vehicle it goes to."""
        for stop in stops_of(self.p, order):
            at, id = self.board.where(stop), self.desk.day.orders[stop].id
            if at is None:
                continue
            if leaves != at[0] and Lock(kind=LockKind.ORDER, id=id) in self.locks:
                raise refuse.locked("order", id)
            self._refuse_locked_vehicle(at[0], refuse)

    def _refuse_locked_vehicle(self, vehicle: int, refuse: Refusals) -> None:
        id = self.desk.day.vehicles[vehicle].id
        if Lock(kind=LockKind.VEHICLE, id=id) in self.locks:
            raise refuse.locked("vehicle", id)

    def _refuse_no_plug(self, site: int, refuse: Refusals) -> None:
        if not ((self.p.plug_site == site - self.p.orders) & (self.p.plug_w >= LEAST_W)).any():
            raise refuse.no_plug(f"at {self.desk.day.sites[site - self.p.orders].id}")

    def _touch(self, orders: Iterable[int]) -> None:
        self.touched |= {at[0] for order in orders if (at := self.board.where(order)) is not None}

    def _tidy(self) -> None:
        for vehicle in self.touched:
            self.board.tidy(vehicle)


def _places(board: Board, vehicle: int, edit: Move, stops: int) -> Iterable[tuple[int, int, int]]:
    """Yield trip, position and for a pair the position of its second stop, all from 0, to which an edit may lead."""
    trips = board.trips.get(vehicle, [])
    wanted = range(len(trips) + 1) if edit.trip is None else [edit.trip - 1]
    for trip in wanted:
        count = len(board.orders_of(vehicle, trip)) if trip < len(trips) else 0
        positions = range(count + 1) if edit.position is None else [edit.position - 1]
        for first in positions:
            if 0 <= first <= count:
                yield from ((trip, first, second) for second in range(first + 1, count + 2 if stops > 1 else first + 2))


def _with(board: Board, vehicle: int, stops: Sequence[int], place: tuple[int, int, int]) -> Board:
    found, (trip, *positions) = board.copy(), place
    for stop, position in zip(stops, positions, strict=False):
        found.put(stop, vehicle, trip, position)
    return found


def _worth(desk: Desk, board: Board, vehicle: int) -> tuple[bool, bool, bool, int, int, int]:
    """Return how well a vehicle's day goes: what it breaks first, then what it costs."""
    p = desk.problem
    board = board.copy()
    board.tidy(vehicle)
    sequence, wishes = board.sequence(vehicle)
    taken = taken_by(p, [tour for v, tour in desk.tours.items() if v != vehicle])
    try:
        driven = Day(p, vehicle, sequence, taken, wishes).best()
    except NoWayError:
        return True, True, True, 0, 0, 0
    harm = driven.closed or driven.break_missed
    return False, not has_room(p, vehicle, sequence), harm, driven.late_s, driven.short_mwh, tour_cost(p, driven.tour)


def _station(p: Problem, vehicle: int, before: int, after: int) -> int | None:
    """Return the station with plugs that is the least way round between two places."""
    travel = p.travel_s[p.network[p.kind[vehicle]]]
    sites = sorted({int(site) for site in p.plug_site[p.plug_w >= LEAST_W] if site >= p.depots})
    ways = [
        (int(travel[before, p.orders + site] + travel[p.orders + site, after]), p.orders + site)
        for site in sites
        if NO_WAY not in (travel[before, p.orders + site], travel[p.orders + site, after])
    ]
    return min(ways)[1] if ways else None
