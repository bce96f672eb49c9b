"""The place beside the planned orders that fails by least, for one vehicle type, and what fails there.

Every place is looked at by clock and load alone; what they rule out is told as it is. Of those that they allow the
first few are timed exactly, with charges and plugs, and then it is asked what would have to be lifted: the other
vehicles at the plugs, the battery, the clock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from planner.explain.alone import kwh, minutes
from planner.explain.change import wall
from planner.explain.ground import Ground, sequences_of
from planner.explained import Phrase, Rule, Shortfall, phrase
from planner.solve.insertion import sequences_with
from planner.solve.placing import settle
from planner.solve.problem import MWH, NO_WAY, Problem
from planner.solve.schedule import equal_plugs
from planner.solve.solution import Sequence, Tour, Visit, trip_from
from planner.solve.trips import loads_of, ready_of, stops_of

TIMED = 2  # places of a type that are timed exactly
HOUR_S = 3_600
BATTERY_STEP_MWH = 100_000
CLOCK_STEP_S, CLOCK_STEPS = 300, 48
CROWDED = {
    Rule.PLUG: "no plug free at {site} {begin}-{end}",
    Rule.SITE_POWER: "no site power left at {site} {begin}-{end}",
    Rule.DOCK: "no dock free at {site} {begin}-{end}",
}
BY_CLOCK = {
    Rule.WINDOW: "{number} min late",
    Rule.WINDOW_OF_ANOTHER: "another order {number} min late",
    Rule.SHIFT: "back {number} min after the end of the shift",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Miss:
    """A place and by how much it fails. Lateness counts no charge."""

    order: int
    vehicle: int
    sequence: Sequence
    grams: int
    millilitres: int
    late_s: int
    other_late_s: int
    shift_late_s: int
    share: float  # of the bay, or of an hour, summed
    driven_s: int

    @property
    def by_clock_or_load(self) -> bool:
        return self.share > 0


def nearest_miss(ground: Ground, problem: Problem, order: int, vehicles: list[int]) -> Shortfall | None:
    """Return what fails at the place on these vehicles, all of one type, that fails by least; None without a place."""
    tours = ground.tours(ground.day)
    driven = sequences_of(tours)
    misses = [
        miss
        for v in vehicles
        for sequence in sequences_with(driven.get(v, []), stops_of(problem, order), depot=int(problem.depot[v]))
        if (miss := _look(problem, order, v, sequence)) is not None
    ]
    misses.sort(key=lambda miss: (miss.share, miss.driven_s))
    if not misses:
        return None
    if misses[0].by_clock_or_load:
        return _by_clock_or_load(ground, problem, misses[0])
    timed = [_timed(ground, problem, miss, tours) for miss in misses[:TIMED] if not miss.by_clock_or_load]
    return min(timed, key=lambda found: found[0])[1]


def _look(p: Problem, order: int, v: int, sequence: Sequence) -> _Miss | None:
    """Look at a place by clock and load; None where there is no way, or one stop more than the vehicle may make."""
    kind, depot = int(p.kind[v]), int(p.depot[v])
    travel, stops, ready = p.travel_s[p.network[kind]], [depot, *sequence, depot], ready_of(p, depot, sequence)
    if 0 < p.most_stops[v] < sum(at < p.orders for at in sequence):
        return None
    now, driven_s, late_s, other_late_s, own = int(p.shift[v, 0]), 0, 0, 0, stops_of(p, order)
    for i, (before, at) in enumerate(pairwise(stops)):
        leg = int(travel[before, at])
        if leg == NO_WAY:
            return None
        if before == depot:
            now = max(now, ready[i]) + p.loading_of(depot, trip_from(stops, i, depot=depot))
        now, driven_s = p.arrival_s(now, leg), driven_s + leg
        if at < p.orders:
            begins = [max(now, int(a)) for a, b in p.windows[at] if now <= b]
            missed_s = 0 if begins else now - int(p.windows[at, :, 1].max())
            now = min(begins, default=now) + p.standing_of(kind, before, at)
            if at in own:
                late_s = max(late_s, missed_s)
            else:
                other_late_s = max(other_late_s, missed_s)
    shift_late_s = max(now - int(p.shift[v, 1]), 0)
    loads = loads_of(p, depot, sequence)
    over_g = max(max(grams for grams, _ in loads) - int(p.payload_g[kind]), 0)
    over_ml = max(max(litres for _, litres in loads) - int(p.bay_ml[kind]), 0)
    return _Miss(
        order=order,
        vehicle=v,
        sequence=sequence,
        grams=over_g,
        millilitres=over_ml,
        late_s=late_s,
        other_late_s=other_late_s,
        shift_late_s=shift_late_s,
        share=max(late_s, other_late_s, shift_late_s) / HOUR_S + sum(_of_bay(p, v, grams=over_g, millilitres=over_ml)),
        driven_s=driven_s,
    )


def _of_bay(p: Problem, v: int, *, grams: int, millilitres: int) -> tuple[float, float]:
    """Return what weight and volume are of a vehicle's own."""
    kind = p.kind[v]
    return grams / max(int(p.payload_g[kind]), 1), millilitres / max(int(p.bay_ml[kind]), 1)


def _by_clock_or_load(ground: Ground, p: Problem, miss: _Miss) -> Shortfall:
    kg, litres = miss.grams / 1000, miss.millilitres / 1000
    share_g, share_ml = _of_bay(p, miss.vehicle, grams=miss.grams, millilitres=miss.millilitres)
    failing = [
        (share_g, Rule.WEIGHT, kg, "kg", phrase("{number} kg too heavy for the trip", number=kg)),
        (share_ml, Rule.VOLUME, litres, "l", phrase("{number} l too big for the trip", number=litres)),
        *(
            (seconds / HOUR_S, rule, float(minutes(seconds)), "min", phrase(BY_CLOCK[rule], number=minutes(seconds)))
            for seconds, rule in (
                (miss.late_s, Rule.WINDOW),
                (miss.other_late_s, Rule.WINDOW_OF_ANOTHER),
                (miss.shift_late_s, Rule.SHIFT),
            )
        ),
    ]
    failing = sorted((one for one in failing if one[0] > 0), key=lambda one: -one[0])
    _, rule, amount, unit, _ = failing[0]
    own = [visit for tour in ground.tours(ground.day) for visit in _of(tour, miss.vehicle)]
    at_least = unit == "min" and any(visit.plug >= 0 or visit.break_end_s for visit in own)
    return _told(ground, p, miss, rule, amount, unit, *(said for *_, said in failing), at_least=at_least)


def _of(tour: Tour, vehicle: int) -> tuple[Visit, ...]:
    return tour.all_visits if tour.vehicle == vehicle else ()


def _timed(ground: Ground, p: Problem, miss: _Miss, tours: list[Tour]) -> tuple[float, Shortfall]:
    """Return what exact timing says of a place that clock and load allow, and how large a share that is."""
    v, wanted = miss.vehicle, {miss.vehicle: miss.sequence}
    others = [tour for tour in tours if tour.vehicle != v]
    if settle(p, wanted, taken=others) is not None:
        return 0.0, _told(ground, p, miss, Rule.SEARCH, None, "", phrase("no rule fails: the search did not look here"))
    alone = settle(p, wanted, taken=[])
    if alone is not None:
        rule, begin_s, end_s, site = _crowded(p, alone[0], others)
        begin, end = wall(ground.day, begin_s), wall(ground.day, end_s)
        text = phrase(CROWDED[rule], site=ground.day.sites[site].id, begin=begin, end=end)
        lasts = minutes(end_s - begin_s)
        return lasts / 60, _told(ground, p, miss, rule, lasts, "min", text)
    battery = int(p.battery_mwh[p.kind[v]])
    more = _least(
        lambda k: settle(_charged_more(p, v, k * BATTERY_STEP_MWH), wanted, taken=[]), -(-battery // BATTERY_STEP_MWH)
    )
    if more is not None:
        short = kwh(more * BATTERY_STEP_MWH / MWH)
        text = phrase("{number} kWh short, and no time to charge it", number=short)
        share = more * BATTERY_STEP_MWH / battery
        return share, _told(ground, p, miss, Rule.BATTERY, short, "kWh", text)
    steps = _least(lambda k: settle(_later(p, k * CLOCK_STEP_S), wanted, taken=[]), CLOCK_STEPS)
    if steps is None:
        return 99.0, _told(ground, p, miss, Rule.SHIFT, None, "", phrase("cannot be timed at all"))
    late = minutes(steps * CLOCK_STEP_S)
    text = phrase("{number} min too late with its charges", number=late)
    return late / 60, _told(ground, p, miss, Rule.SHIFT, late, "min", text)


def _least(fits: Callable[[int], object], most: int) -> int | None:
    """Return the least number from 1 that fits if a greater one always does, None if none up to `most` does."""
    if fits(most) is None:
        return None
    low, high = 0, most
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if fits(middle) is not None else (middle, high)
    return high


def _charged_more(p: Problem, v: int, mwh: int) -> Problem:
    """Return the problem with more in the battery of one vehicle's type at the start, and room for it."""
    of_kind = np.arange(len(p.battery_mwh)) == p.kind[v]
    of_vehicle = np.arange(p.vehicles) == v
    return replace(
        p,
        battery_mwh=p.battery_mwh + mwh * of_kind,
        knee_mwh=p.knee_mwh + mwh * of_kind,
        start_mwh=p.start_mwh + mwh * of_vehicle,
    )


def _later(p: Problem, seconds: int) -> Problem:
    """Return the problem with every window and shift open longer."""
    return replace(p, shift=p.shift + np.array([0, seconds]), windows=p.windows + np.array([0, seconds]))


def _crowded(p: Problem, tour: Tour, others: list[Tour]) -> tuple[Rule, int, int, int]:
    """Return the rule that others at plugs and docks break, and from when until when at which site."""
    taken = [visit for other in others for visit in other.all_visits if visit.plug >= 0]
    charges = [visit for visit in tour.all_visits if visit.plug >= 0]
    for visit in charges:
        group = equal_plugs(p, visit.plug)
        others_there = [(t.charge_begin_s, t.charge_end_s) for t in taken if t.plug in group]
        for begin_s, end_s in _full((visit.charge_begin_s, visit.charge_end_s), others_there, len(group)):
            return Rule.PLUG, begin_s, end_s, visit.place - p.orders
    depot = int(p.depot[tour.vehicle])
    if docks := int(p.docks[depot - p.orders]):
        loading = [span for other in others for span in _loadings(other, depot)]
        for own in _loadings(tour, depot):
            for begin_s, end_s in _full(own, loading, docks):
                return Rule.DOCK, begin_s, end_s, depot - p.orders
        if not charges:  # its own times would do, and the others' leave none: the docks are all that couples them
            return Rule.DOCK, tour.first.begin_s, tour.first.end_s, depot - p.orders
    visit = charges[0]
    return Rule.SITE_POWER, visit.charge_begin_s, visit.charge_end_s, visit.place - p.orders


def _loadings(tour: Tour, depot: int) -> list[tuple[int, int]]:
    return [(v.begin_s, v.end_s) for v in (tour.first, *tour.visits) if v.place == depot and v.end_s > v.begin_s]


def _full(own: tuple[int, int], taken: list[tuple[int, int]], most: int) -> Iterator[tuple[int, int]]:
    """Yield the first span of a charge or a loading in which others take all plugs or docks."""
    marks = sorted({*own, *(mark for span in taken for mark in span)})
    marks = [mark for mark in marks if own[0] <= mark <= own[1]]
    begin_s = None
    for since in marks[:-1]:
        full = sum(begin <= since < end for begin, end in taken) >= most
        if full and begin_s is None:
            begin_s = since
        elif not full and begin_s is not None:
            yield begin_s, since
            begin_s = None
    if begin_s is not None:
        yield begin_s, marks[-1]


def _told(
    ground: Ground,
    p: Problem,
    miss: _Miss,
    rule: Rule,
    amount: float | None,
    unit: str,
    *phrases: Phrase,
    at_least: bool = False,
) -> Shortfall:
    vehicle, at = ground.day.vehicles[miss.vehicle], miss.sequence.index(miss.order)
    before = miss.sequence[at - 1] if at else int(p.depot[miss.vehicle])
    names = [*(o.id for o in ground.day.orders), *(site.id for site in ground.day.sites)]
    return Shortfall(
        type_name=vehicle.type.name,
        rule=rule,
        amount=amount,
        unit=unit,
        phrases=phrases,
        at_least=at_least,
        vehicle_id=vehicle.id,
        after=names[before],
    )
