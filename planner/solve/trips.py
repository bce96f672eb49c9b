"""What a vehicle carries on each leg, when a trip's goods are at the depot, and which orders go together."""

from __future__ import annotations

from collections.abc import Sequence as Items

import numpy as np

from planner.solve.problem import NO_PARTNER, Ints, Problem
from planner.solve.solution import Sequence, Tour


def loads_of(p: Problem, depot: int, sequence: Sequence) -> list[tuple[int, int]]:
    """Return grams and millilitres on board on each leg, the last one home included.

    On board are the deliveries still to come in the trip and what was picked up in it, and of pairs what was fetched
    and not yet brought.
    """
    loads: list[tuple[int, int]] = []
    for first, last in _trips(depot, sequence):
        orders = [at for at in sequence[first:last] if at < p.orders and from_depot(p, at)]
        grams, millilitres = (int(of[orders].sum()) for of in (p.demand_g, p.volume_ml))
        loads.append((grams, millilitres))
        for at in sequence[first:last]:
            if at < p.orders:
                sign = 1 if p.pickup[at] else -1
                grams, millilitres = grams + sign * int(p.demand_g[at]), millilitres + sign * int(p.volume_ml[at])
            loads.append((grams, millilitres))
    return loads


def from_depot(p: Problem, order: int) -> bool:
    """Say whether an order's goods are loaded at the depot."""
    return not p.pickup[order] and p.partner[order] == NO_PARTNER


def ready_of(p: Problem, depot: int, sequence: Sequence) -> list[int]:
    """Return for each leg that begins a trip when loading for it may begin, and 0 for the others."""
    ready = [0] * (len(sequence) + 1)
    if p.release_s.any():
        for first, last in _trips(depot, sequence):
            ready[first] = max((int(p.release_s[at]) for at in sequence[first:last] if at < p.orders), default=0)
    return ready


def _trips(depot: int, sequence: Sequence) -> list[tuple[int, int]]:
    """Return where each trip begins in a sequence, and one past its last stop."""
    ends = [i for i, at in enumerate(sequence) if at == depot] + [len(sequence)]
    return list(zip([0, *(end + 1 for end in ends[:-1])], ends, strict=True))


def has_room(p: Problem, vehicle: int, sequence: Sequence) -> bool:
    """Say whether the bay holds what is on board on every leg, and the vehicle may serve so many orders.

    Pairs are fetched before they are brought, in one trip.
    """
    kind = p.kind[vehicle]
    if not pairs_hold(p, int(p.depot[vehicle]), sequence):
        return False
    if p.most_stops[vehicle] and sum(at < p.orders for at in sequence) > p.most_stops[vehicle]:
        return False
    payload, bay = int(p.payload_g[kind]), int(p.bay_ml[kind])
    return all(g <= payload and ml <= bay for g, ml in loads_of(p, int(p.depot[vehicle]), sequence))


def pairs_hold(p: Problem, depot: int, sequence: Sequence) -> bool:
    """Say whether each pair of which a stop is there is fetched before it is brought, in one trip."""
    on_board: set[int] = set()
    for at in [*sequence, depot]:
        if at == depot and on_board:
            return False
        if at < p.orders and p.partner[at] != NO_PARTNER:
            if p.pickup[at]:
                on_board.add(int(p.partner[at]))
            elif at in on_board:
                on_board.remove(at)
            else:
                return False
    return True


def stops_of(p: Problem, order: int) -> list[int]:
    """Return an order alone, or the two stops of its pair in the order in which they are served."""
    partner = int(p.partner[order])
    if partner == NO_PARTNER:
        return [order]
    return [order, partner] if p.pickup[order] else [partner, order]


def members(p: Problem) -> list[list[int]]:
    """Return the orders of each group of more than one."""
    groups = [np.flatnonzero(p.group == g).tolist() for g in range(int(p.group.max(initial=-1)) + 1)]
    return [orders for orders in groups if len(orders) > 1]


def allowed_together(p: Problem) -> Ints:
    """Return `allowed` where an order of a pair or a group may go only with vehicles that all of them may."""
    allowed = p.allowed.copy()
    paired = np.flatnonzero(p.partner != NO_PARTNER)
    allowed[paired] = np.minimum(p.allowed[paired], p.allowed[p.partner[paired]])
    for orders in members(p):
        allowed[orders] = allowed[orders].min(axis=0)
    return allowed


def torn(p: Problem, tours: Items[Tour]) -> set[int]:
    """Return the orders served whose group is not whole on one vehicle."""
    driven_by = {visit.place: tour.vehicle for tour in tours for visit in tour.visits if visit.place < p.orders}
    return {
        order
        for orders in members(p)
        if len({driven_by.get(order) for order in orders}) > 1
        for order in orders
        if order in driven_by
    }
