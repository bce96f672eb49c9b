"""Rules of pairs: what is fetched at one stop is brought to the other, later in the same trip."""

from __future__ import annotations

from collections.abc import Iterator

from planner.check_case import Case
from planner.check_pairs import pairs_of
from planner.plan import StepKind, Violation


def brings_what_it_fetched(case: Case) -> Iterator[Violation]:
    """Both stops of a pair are in one trip of one vehicle, the pickup first, or none of them is served."""
    served = _served(case)
    for name, pair in pairs_of(case.orders.values()).items():
        at = [served.get(order.id) for order in pair]
        known = [place for place in at if place is not None]
        where, ids = f"pair {name}", [order.id for order in pair]
        if len(known) < len(pair):
            for id, place in zip(ids, at, strict=True):
                if place is not None:
                    yield Violation(
                        code="pair_apart",
                        where=where,
                        message=f"only {id} is served",
                        vehicle_id=place[0],
                        step=place[2],
                    )
            continue
        (vehicle, trip, fetched), (other, other_trip, brought) = known
        if (vehicle, trip) != (other, other_trip):
            message = f"{ids[0]} is on trip {trip} of {vehicle}, {ids[1]} on trip {other_trip} of {other}"
            yield Violation(code="pair_apart", where=where, message=message, vehicle_id=other, step=brought)
        elif brought < fetched:
            message = f"{ids[1]} is brought before it is fetched at {ids[0]}"
            yield Violation(code="pair_order", where=where, message=message, vehicle_id=other, step=brought)


def _served(case: Case) -> dict[str, tuple[str, int, int]]:
    """Return vehicle, trip and number of the step at which each order is served, the trips being counted anew."""
    found = {}
    for route in case.plan.routes:
        trip = 1
        for i, step in enumerate(route.steps):
            trip += step.kind == StepKind.RELOAD
            if step.serves:
                found[step.place_id] = (route.vehicle_id, trip, i)
    return found


PLAN_RULES = (brings_what_it_fetched,)
