"""Plugs and docks that others hold, the gaps they leave, and which plug of equal ones each charge gets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import NamedTuple

from planner.solve.problem import Problem
from planner.solve.schedule import equal_plugs
from planner.solve.solution import Tour, tour_of

FAR_S = 2**31  # later than anything


@dataclass(slots=True)
class Taken:
    """When the others hold plugs and docks: spans (begin, end) by the first of a set of equal plugs, and by depot.

    `power` has (begin, end, watts) by site.
    """

    plugs: dict[int, list[tuple[int, int]]] = field(default_factory=dict)
    power: dict[int, list[tuple[int, int, int]]] = field(default_factory=dict)
    docks: dict[int, list[tuple[int, int]]] = field(default_factory=dict)


class Gap(NamedTuple):
    """A time in which a plug is free."""

    begin: int
    end: int
    plug: int


def taken_by(problem: Problem, tours: Iterable[Tour]) -> Taken:
    """Return when some vehicles hold plugs and docks by day."""
    p, taken = problem, Taken()
    for tour in tours:
        depot, kind = int(p.depot[tour.vehicle]), int(p.kind[tour.vehicle])
        for visit in tour.all_visits:
            if visit.place == depot and visit.end_s > visit.begin_s:
                taken.docks.setdefault(depot - p.orders, []).append((visit.begin_s, visit.end_s))
            if visit.plug >= 0:
                span = visit.charge_begin_s, visit.charge_end_s
                watts = min(int(p.plug_w[visit.plug]), int(p.charge_w[kind]))
                taken.plugs.setdefault(equal_plugs(p, visit.plug)[0], []).append(span)
                taken.power.setdefault(int(p.plug_site[visit.plug]), []).append((*span, watts))
    for plug, begin, end, watts in p.booked.tolist():
        taken.plugs.setdefault(equal_plugs(p, plug)[0], []).append((begin, end))
        taken.power.setdefault(int(p.plug_site[plug]), []).append((begin, end, watts))
    return taken


def free_gaps(p: Problem, taken: Taken, group: list[int], *, kind: int, hours: bool = True) -> Iterator[Gap]:
    """Yield the times at which a plug of a set is free, and power for a vehicle of a type.

    The others move to equal plugs if they must. Without `hours` nobody minds whether the place is open.
    """
    site = int(p.plug_site[group[0]])
    limit = int(p.site_w[site])
    watts = min(int(p.plug_w[group[0]]), int(p.charge_w[kind]))
    held, power = taken.plugs.get(group[0], []), taken.power.get(site, []) if limit else []
    full = [
        (a, b)
        for a, b in pairwise(sorted({at for span in (*held, *power) for at in span[:2]}))
        if sum(c <= a < d for c, d in held) >= len(group)
        or (limit and sum(w for c, d, w in power if c <= a < d) + watts > limit)
    ]
    spans = {(int(a), int(b)) for a, b in p.open[site]} if hours else {(0, FAR_S)}
    for opens, closes in sorted(spans):
        begin = opens
        for a, b in full:
            if b > begin and a < closes:
                if a > begin:
                    yield Gap(begin, a, group[0])
                begin = b
        if begin < closes:
            yield Gap(begin, closes if site >= p.depots else FAR_S, group[0])


def beside(problem: Problem, tour: Tour, others: Sequence[Tour]) -> dict[int, Tour]:
    """Return a tour on plugs that are free, by vehicle, with those of the others that move to an equal plug for it."""
    p, own = problem, list(tour.all_visits)
    held: dict[int, list[tuple[int, int]]] = {}
    for other in others:
        for visit in other.all_visits:
            if visit.plug >= 0:
                held.setdefault(visit.plug, []).append((visit.charge_begin_s, visit.charge_end_s))
    for plug, begin, end, _ in p.booked.tolist():
        held.setdefault(plug, []).append((begin, end))
    for i, visit in enumerate(own):
        if visit.plug >= 0:
            begin, end = visit.charge_begin_s, visit.charge_end_s
            free = [q for q in equal_plugs(p, visit.plug) if not any(a < end and b > begin for a, b in held.get(q, ()))]
            if not free:
                return _moved_over(p, tour, others)
            own[i] = replace(visit, plug=free[0])
    return {tour.vehicle: tour_of(tour.vehicle, own)}


def _moved_over(p: Problem, tour: Tour, others: Sequence[Tour]) -> dict[int, Tour]:
    """Give each charge a plug of its set, its own where that is free: in order of beginning one always is."""
    tours = [*others, tour]
    charges = sorted(
        (visit.charge_begin_s, t < len(others), visit.charge_end_s, t, k)
        for t, one in enumerate(tours)
        for k, visit in enumerate(one.all_visits)
        if visit.plug >= 0
    )
    free_at: dict[int, int] = {}
    visits = [list(one.all_visits) for one in tours]
    for begin, _, end, t, k in charges:
        visit = visits[t][k]
        shut = {q for q, since, until, _ in p.booked.tolist() if begin < until and since < end}
        free = [q for q in equal_plugs(p, visit.plug) if free_at.get(q, begin) <= begin and q not in shut]
        if not free:  # there are not enough of them, and the auditor will say so
            return {tour.vehicle: tour}
        plug = visit.plug if visit.plug in free else free[0]
        free_at[plug] = end
        visits[t][k] = replace(visit, plug=plug)
    made = [tour_of(one.vehicle, of) for one, of in zip(tours, visits, strict=True)]
    return {new.vehicle: new for old, new in zip(tours, made, strict=True) if new != old or old is tour}
