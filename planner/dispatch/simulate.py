"""Times for a vehicle's day as its stops stand, whatever rule that breaks: late is late, empty is empty.

The exact schedule knows only days that hold. A dispatcher also wants to see what a day would be that does not: by how
much it is late, where the battery runs short. So a day is driven once from its beginning: each thing as soon as it may
be, charges as long as the plan had them and longer where the battery asks for it, on plugs and at docks that the others
leave free. The vehicle sets out as late as it can without being home later.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np

from planner.dispatch.plugs import FAR_S, Gap, Taken, free_gaps
from planner.dispatch.wishes import Wish
from planner.solve.battery import LegEnergy, legs_of
from planner.solve.problem import NO_WAY, Problem
from planner.solve.schedule import LEAST_CHARGE_MWH, LEAST_W, equal_plugs
from planner.solve.solution import Sequence, Tour, Visit, tour_of, trip_from
from planner.solve.trips import ready_of


class NoWayError(LookupError):
    """Two places with no way between them for the class of the vehicle."""

    def __init__(self, source: int, target: int) -> None:
        super().__init__(f"no way from place {source} to place {target}")
        self.source, self.target = source, target


@dataclass(slots=True)
class Driven:
    """A day as it was driven, and by how much it breaks the rules that time and energy make."""

    tour: Tour
    late_s: int = 0  # past windows and the end of the shift
    short_mwh: int = 0  # below the reserve, or what is asked for at the end
    closed: bool = False  # a station is not open for a charge
    break_missed: bool = False
    idle: set[int] = field(default_factory=set)  # visits to which nothing but a charge leads, and none takes place

    @property
    def holds(self) -> bool:
        """Say whether nothing of the kind is broken."""
        return not (self.late_s or self.short_mwh or self.closed or self.break_missed or self.idle)


def _harm(driven: Driven) -> tuple[int, bool, bool, int, int]:
    return len(driven.idle), driven.closed, driven.break_missed, driven.short_mwh, driven.late_s


class Day:
    """One vehicle's stops, looked up once, to be driven from any start; `wishes` is by the number of the visit, from 0.

    Where it is `strict` nobody asks how a day goes on that does not hold.
    """

    def __init__(
        self,
        p: Problem,
        vehicle: int,
        sequence: Sequence,
        taken: Taken,
        wishes: Mapping[int, Wish],
        *,
        strict: bool = False,
    ) -> None:
        self.strict = strict
        self.p, self.vehicle, self.taken, self.wishes = p, vehicle, taken, dict(wishes)
        self.kind, self.depot = int(p.kind[vehicle]), int(p.depot[vehicle])
        self.places = [self.depot, *sequence, self.depot]
        travel = p.travel_s[p.network[self.kind]]
        self.drives = [int(travel[a, b]) for a, b in pairwise(self.places)]
        for drive_s, leg in zip(self.drives, pairwise(self.places), strict=True):
            if drive_s == NO_WAY:
                raise NoWayError(*leg)
        self.legs: list[LegEnergy] = legs_of(p, vehicle, sequence)
        self.ready = ready_of(p, self.depot, sequence)
        self.battery, self.knee = int(p.battery_mwh[self.kind]), int(p.knee_mwh[self.kind])
        self.reserve, self.last_s = int(p.reserve_mwh[vehicle]), int(p.shift[vehicle, 1])
        self.groups = [self._groups_at(i) for i in range(len(self.places))]
        self.needs = self._needs()
        self.loads = [
            p.loading_of(self.depot, trip_from(self.places, i, depot=self.depot))
            if at == self.depot and i < len(self.places) - 1
            else 0
            for i, at in enumerate(self.places)
        ]
        self.stands = [self._stands(i) for i in range(len(self.places))]
        self.spans = [self._spans(place) for place in self.places]
        self._gaps: dict[int, list[Gap]] = {}
        self.slack_s = 0

    def _groups_at(self, i: int) -> list[list[int]]:
        """Return the sets of equal plugs at a stop, the set that the plan uses first."""
        p, place, wish = self.p, self.places[i], self.wishes.get(i)
        if place < p.orders or (wish and (wish.swap or wish.barred)):
            return []
        if i == len(self.places) - 1 and self.p.end_mwh[self.vehicle] <= self.reserve:
            return []  # the night will do
        here = np.flatnonzero((p.plug_site == place - p.orders) & (p.plug_w >= LEAST_W))
        groups = {tuple(equal_plugs(p, int(plug))) for plug in here}
        wanted = wish.plug if wish else -1
        return [list(group) for group in sorted(groups, key=lambda group: (wanted not in group, group))]

    def _needs(self) -> list[int]:
        """Return what the battery must hold on leaving each stop to come to the next plug, or home, with its reserve.

        A plug that fills to the knee only asks for the rest from the plugs before.
        """
        last = len(self.places) - 1
        end = max(int(self.p.end_mwh[self.vehicle]), self.reserve)
        needs = [0] * (last + 1)
        needs[last] = end
        arrive = self.reserve if self.groups[last] else end
        for i in range(last - 1, -1, -1):
            leg = self.legs[i]
            needs[i] = max(self.reserve + leg.peak_mwh, arrive + leg.net_mwh)
            wish = self.wishes.get(i)
            if wish and wish.swap:
                arrive = self.reserve
            elif self.groups[i]:
                arrive = self.reserve if needs[i] <= self.knee else needs[i]
            else:
                arrive = needs[i]
        return needs

    def best(self, wishes: Mapping[int, Wish] | None = None) -> Driven:
        """Drive the day from as late a start as does no harm, with other wishes where they are given."""
        if wishes is not None:
            self.wishes = dict(wishes)
        first_s = int(self.p.shift[self.vehicle, 0])
        found = self.drive(first_s)
        slack_s = 0 if self.strict and not found.holds else self.slack_s
        while slack_s > 0:  # nobody is paid for waiting
            later = self.drive(first_s + slack_s)
            if later.tour.end_s <= found.tour.end_s and _harm(later) <= _harm(found):
                return later
            slack_s //= 2
        return found

    def drive(self, start_s: int) -> Driven:
        """Drive the day from a start, without its break where it is home before that is due."""
        found = self._drive(start_s, rests=False)
        length_s, _, latest, from_start = (int(value) for value in self.p.breaks[self.vehicle])
        due_s = (start_s if from_start else 0) + latest
        before_s, after_s = (int(value) for value in self.p.ways_s[self.vehicle])
        if (
            (self.strict and not found.holds)
            or not length_s
            or found.tour.home.arrival_s + after_s <= due_s
            or start_s - before_s > due_s
        ):
            return found
        return self._drive(start_s, rests=True)

    def _drive(self, start_s: int, *, rests: bool) -> Driven:
        p, last = self.p, len(self.places) - 1
        since_s = start_s if p.breaks[self.vehicle, 3] else 0
        found = Driven(tour=Tour(vehicle=self.vehicle, first=_NOWHERE, visits=(), home=_NOWHERE))
        visits: list[Visit] = []
        now, stored, waited, slack = start_s, int(p.start_mwh[self.vehicle]), 0, FAR_S
        for i, place in enumerate(self.places):
            if i:
                leg = self.legs[i - 1]
                now = p.arrival_s(visits[-1].leave_s, self.drives[i - 1])
                kept = min(stored, self.battery - leg.lost_mwh)
                found.short_mwh += max(0, self.reserve - (kept - leg.peak_mwh))
                stored = kept - leg.net_mwh
            visit, closes = self._stand(i, now, found)
            if rests and 0 < i < last:
                visit = self._rest(visit, i, since_s, found)
                rests = not visit.break_end_s
            if place < p.orders:
                waits_s = visit.begin_s - now
                slack = min(slack, waited + waits_s + max(0, closes - visit.begin_s))
            else:
                visit = self._charge(visit, i, stored, found)
                stored += visit.charge_mwh
                waits_s = _idle_s(visit)
            waited += waits_s
            visits.append(visit)
            if self.strict and not found.holds:
                return found
        found.break_missed |= rests
        end = visits[-1].leave_s
        found.late_s += max(0, end - self.last_s)
        found.short_mwh += max(0, int(p.end_mwh[self.vehicle]) - stored)
        self.slack_s = max(0, min(slack, waited))
        found.tour = tour_of(self.vehicle, visits)
        return found

    @property
    def could_hold(self) -> bool:
        """Say whether the day is in time if nothing is ever charged or waited for."""
        p, now = self.p, int(self.p.shift[self.vehicle, 0])
        for i, place in enumerate(self.places):
            if i:
                now = p.arrival_s(now, self.drives[i - 1])
            if place < p.orders:
                begin = next((max(now, a) for a, b in self.spans[i] if now <= b), None)
                if begin is None:
                    return False
                now = begin + self.stands[i]
            else:
                now = max(now, self.ready[i]) + self.loads[i] if i < len(self.places) - 1 else now
        return now <= self.last_s

    def _spans(self, place: int) -> list[tuple[int, int]]:
        """Return the windows of an order, in order."""
        rows = self.p.windows[place].tolist() if place < self.p.orders else []
        return sorted({(a, b) for a, b in rows if a <= b})

    def _stands(self, i: int) -> int:
        place = self.places[i]
        return self.p.standing_of(self.kind, self.places[i - 1], place) if place < self.p.orders else self.loads[i]

    def _stand(self, i: int, now: int, found: Driven) -> tuple[Visit, int]:
        """Serve an order in its first window that is not over, at once where all are, or load; and say until when."""
        place, closes = self.places[i], FAR_S
        begun = now
        if place < self.p.orders:
            spans = self.spans[i]
            begins = [(max(now, a), b) for a, b in spans if now <= b]
            begun, closes = min(begins, default=(now, now))
            if not begins:
                found.late_s += max(1, now - max((b for _, b in spans), default=0))
        elif place == self.depot and i < len(self.places) - 1:
            begun = self.dock(max(now, self.ready[i]), self.loads[i])
        return Visit(place=place, arrival_s=now, begin_s=begun, end_s=begun + self.stands[i]), closes

    def _rest(self, visit: Visit, i: int, since_s: int, found: Driven) -> Visit:
        """Take the break at a stop if it is due there, or would be too late at the next."""
        length_s, earliest, latest, _ = (int(value) for value in self.p.breaks[self.vehicle])
        rest_s = max(visit.end_s, since_s + earliest)
        next_s = visit.end_s + self.drives[i] + self.stands[i + 1]
        if rest_s > visit.end_s and next_s <= since_s + latest:
            return visit
        found.break_missed |= rest_s > since_s + latest
        return replace(visit, break_begin_s=rest_s, break_end_s=rest_s + length_s)

    def dock(self, ready_s: int, lasts_s: int) -> int:
        """Return when a dock is free for so long, no earlier than `ready_s`."""
        docks = int(self.p.docks[self.depot - self.p.orders])
        held = self.taken.docks.get(self.depot - self.p.orders, []) if docks and lasts_s else []
        for begin in sorted([ready_s, *(end for _, end in held if end > ready_s)]):
            at_once = [sum(a <= at < b for a, b in held) for at in _instants(held, begin, begin + lasts_s)]
            if max(at_once) < docks:
                return begin
        return ready_s

    def _charge(self, visit: Visit, i: int, stored: int, found: Driven) -> Visit:
        """Charge at a site as planned, forced, or as much as it takes to the next plug."""
        charged = self._charged(visit, i, stored, found)
        forced = self.wishes.get(i, _NO_WISH).forced
        if charged.plug < 0 and not charged.break_end_s and (forced or visit.place >= self.p.orders + self.p.depots):
            found.idle.add(i)
        return charged

    def _charged(self, visit: Visit, i: int, stored: int, found: Driven) -> Visit:
        p, wish = self.p, self.wishes.get(i, _NO_WISH)
        if wish.swap:
            swapped_s = visit.arrival_s + int(p.swap_s[self.kind])
            gain = self.battery - stored
            return replace(visit, swap_begin_s=visit.arrival_s, swap_end_s=swapped_s, charge_mwh=gain)
        needed = max(self.needs[i] - stored, 0)
        if not self.groups[i] or not (needed or wish.planned_mwh or wish.forced) or stored >= self.knee:
            return visit
        site = visit.place - p.orders
        ready_s = visit.end_s if p.apart[site] and visit.place == self.depot else visit.arrival_s
        best: tuple[int, int, int, int] | None = None
        for group in self.groups[i]:
            rate = self.rate(group[0])
            least_s, most_s = self._bounds_s(wish, needed, stored, rate, full=bool(p.full[site]))
            if most_s < self.shortest_s(rate):
                continue
            gap = next(iter(self.gaps(group, ready_s, least_s)), None)
            if gap is None:
                gap = self._gap_after_hours(group, ready_s, least_s)
                found.closed = True
            end = min(gap.begin + most_s, gap.end)
            if not needed and not wish.forced and not wish.exact and gap.begin > visit.end_s:
                continue  # nobody waits for what is not needed
            if best is None or (end < best[0] and wish.plug < 0):
                best = end, gap.begin, gap.plug, (end - gap.begin) * rate
        if best is None:
            return visit
        end, begin, plug, gained = best
        return replace(visit, plug=plug, charge_begin_s=begin, charge_end_s=end, charge_mwh=gained)

    def _gap_after_hours(self, group: list[int], ready_s: int, least_s: int) -> Gap:
        """Return when a plug is free next, whether or not the place is open."""
        gaps = free_gaps(self.p, self.taken, group, kind=self.kind, hours=False)
        later = (gap._replace(begin=max(gap.begin, ready_s)) for gap in gaps)
        return next((gap for gap in later if gap.end - gap.begin >= least_s), Gap(ready_s, FAR_S, group[0]))

    def rate(self, plug: int) -> int:
        """Return the mWh a second that the vehicle takes at a plug."""
        return min(int(self.p.plug_w[plug]), int(self.p.charge_w[self.kind])) * 5 // 18

    def shortest_s(self, rate: int) -> int:
        """Return the seconds below which nobody plugs in."""
        return -(-LEAST_CHARGE_MWH // rate)

    def _bounds_s(self, wish: Wish, needed: int, stored: int, rate: int, *, full: bool) -> tuple[int, int]:
        """Return the whole seconds that a charge lasts at least and at most: no more than the knee allows."""
        most_s = (self.knee - stored) // rate
        if full or (wish.forced and wish.forced_s is None):
            return most_s, most_s
        planned_s = -(-wish.planned_mwh // rate)
        least_s = max(-(-needed // rate), wish.forced_s or 0, self.shortest_s(rate), planned_s if wish.exact else 0)
        return min(least_s, most_s), min(max(least_s, planned_s), most_s)

    def gaps(self, group: list[int], ready_s: int, least_s: int) -> list[Gap]:
        """Return when a plug of a set is free for so long from a moment on."""
        if group[0] not in self._gaps:
            self._gaps[group[0]] = list(free_gaps(self.p, self.taken, group, kind=self.kind))
        later = (gap._replace(begin=max(gap.begin, ready_s)) for gap in self._gaps[group[0]])
        return [gap for gap in later if gap.end - gap.begin >= least_s]


def _idle_s(visit: Visit) -> int:
    """Return for how long a vehicle at a site only waits for a dock, the goods or a plug."""
    if visit.leave_s == visit.charge_end_s > visit.end_s:
        return min(visit.charge_begin_s - visit.arrival_s, visit.charge_end_s - visit.end_s)
    return visit.begin_s - visit.arrival_s


def _instants(held: list[tuple[int, int]], begin: int, end: int) -> list[int]:
    """Return the instants of a span at which more may be held than before."""
    return [begin, *(a for a, _ in held if begin < a < end)]


_NO_WISH = Wish()
_NOWHERE = Visit(place=-1, arrival_s=0, begin_s=0, end_s=0)
