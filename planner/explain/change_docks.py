"""One more dock at a depot whose docks are few."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from planner.explain.change import YES, Change, Used, wall
from planner.explain.force import Forced
from planner.explained import RepairKind, phrase
from planner.model import Day, Depot


def docks(day: Day) -> Iterator[Change]:
    """Yield one more dock for each depot that vehicles come back to and that has so many and no more."""
    homes = {vehicle.depot_id for vehicle in day.vehicles}
    for depot in day.depots:
        if depot.id in homes and depot.docks is not None:
            yield _one_more(day, depot, depot.docks)


def _one_more(day: Day, depot: Depot, now: int) -> Change:
    more = replace(day, depots=tuple(replace(d, docks=now + 1) if d is depot else d for d in day.depots))

    def used(_: float, found: Forced) -> Used:
        at = _first_crowded_s(day, depot, now, found)
        if at is None:
            said = phrase("one more dock at {depot} (now {number})", depot=depot.id, number=now)
        else:
            when = wall(day, at)
            said = phrase("one more dock at {depot} at {time} (now {number})", depot=depot.id, time=when, number=now)
        return Used(amount=YES, target=depot.id, day=more, phrase=said)

    return Change(kind=RepairKind.DOCK, steps=(YES,), apply=lambda _: more, used=used)


def _first_crowded_s(day: Day, depot: Depot, now: int, found: Forced) -> int | None:
    """Return when more vehicles load at a depot than it has docks, None if never."""
    place = len(day.orders) + day.depots.index(depot)
    visits = [v for tour in found.tours for v in (tour.first, *tour.visits) if v.place == place]
    for at in sorted(visit.begin_s for visit in visits):
        if sum(visit.begin_s <= at < visit.end_s for visit in visits) > now:
            return at
    return None
