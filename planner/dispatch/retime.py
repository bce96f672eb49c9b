"""Times for the vehicles that hands have touched, beside all others, which keep theirs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from planner.dispatch.board import Board
from planner.dispatch.desk import Desk
from planner.dispatch.plugs import beside, taken_by
from planner.dispatch.refusals import Refusals
from planner.dispatch.simulate import Day, Driven
from planner.dispatch.wishes import Wish
from planner.solve.placing import settle
from planner.solve.problem import NO_WAY
from planner.solve.solution import Tour


def retimed(desk: Desk, board: Board, touched: set[int]) -> tuple[dict[int, Tour | None], list[int]]:
    """Return the tours that differ now, None for a vehicle that stays at home, and the vehicles whose day breaks rules.

    What holds is timed exactly. Where that is not to be had, or a charge is forced, the day is driven as it stands.
    """
    p, tours = desk.problem, dict(desk.tours)
    todo = {v: board.sequence(v) for v in sorted(touched)}
    for vehicle, (sequence, _) in todo.items():
        _refuse_no_way(desk, vehicle, sequence)
    changed: dict[int, Tour | None] = {v: None for v, (sequence, _) in todo.items() if not sequence and v in tours}
    used = {v: one for v, one in todo.items() if one[0]}
    settled = {v: tour for v, tour in tours.items() if v not in todo}
    free = {v: sequence for v, (sequence, wishes) in used.items() if not any(w.by_hand for w in wishes.values())}
    settled, broken = _one_by_one(desk, used, set(free), settled)
    if broken and len(free) == len(used) > 1:
        together = settle(p, free, taken=[tour for v, tour in tours.items() if v not in todo])
        if together is not None:
            settled, broken = {tour.vehicle: tour for tour in together}, []
    changed |= {v: tour for v, tour in settled.items() if tours.get(v) != tour}
    return changed, broken


def _one_by_one(
    desk: Desk, used: Mapping[int, tuple[list[int], dict[int, Wish]]], free: set[int], settled: dict[int, Tour]
) -> tuple[dict[int, Tour], list[int]]:
    """Time vehicles one after the other beside settled ones; return all, and the vehicles whose day does not hold."""
    p, broken = desk.problem, []
    for vehicle, (sequence, wishes) in used.items():
        others = list(settled.values())
        exact = settle(p, {vehicle: sequence}, taken=others) if vehicle in free else None
        if exact is not None:
            settled = {tour.vehicle: tour for tour in exact}
            continue
        driven = _driven(desk, vehicle, sequence, wishes, others)
        settled = settled | beside(p, driven.tour, others)
        if not driven.holds:
            broken.append(vehicle)
    return settled, broken


def _driven(
    desk: Desk, vehicle: int, sequence: list[int], wishes: Mapping[int, Wish], others: Sequence[Tour]
) -> Driven:
    """Drive a day as it stands, without stations at which nothing can be charged any more."""
    p = desk.problem
    driven = Day(p, vehicle, sequence, taken_by(p, others), wishes).best()
    if not driven.idle:
        return driven
    if forced := next((i for i in sorted(driven.idle) if wishes.get(i) and wishes[i].forced), None):
        before = [place for place in sequence[: forced - 1] if place < p.orders]
        after = f"after {desk.day.orders[before[-1]].id}" if before else "before the first order"
        raise Refusals("the edits").too_full(desk.day.vehicles[vehicle].id, after)
    if 0 in driven.idle:
        raise Refusals("the edits").too_full(desk.day.vehicles[vehicle].id, "before the first trip")
    kept = [i for i in range(1, len(sequence) + 1) if i not in driven.idle]
    moved = {new: wishes[old] for new, old in enumerate(kept, start=1) if old in wishes}
    moved |= {0: wishes[0]} if 0 in wishes else {}
    moved |= {len(kept) + 1: wishes[len(sequence) + 1]} if len(sequence) + 1 in wishes else {}
    return _driven(desk, vehicle, [sequence[i - 1] for i in kept], moved, others)


def _refuse_no_way(desk: Desk, vehicle: int, sequence: Sequence[int]) -> None:
    p = desk.problem
    travel, depot = p.travel_s[p.network[p.kind[vehicle]]], int(p.depot[vehicle])
    names = [*(order.id for order in desk.day.orders), *(site.id for site in desk.day.sites)]
    for a, b in zip([depot, *sequence], [*sequence, depot], strict=True):
        if travel[a, b] == NO_WAY:
            raise Refusals("the edits").no_way(desk.day.vehicles[vehicle].id, names[a], names[b])
