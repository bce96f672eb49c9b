"""Plugs and site power that vehicles of different parts share: what each part may count on.

Plugs of one site and power are told apart only at the very end. A part has what its own vehicles use of them now, and
its share of what stands free; all the rest is booked for it. So parts that are searched at the same time cannot take
the same plug twice, and whatever becomes of each of them, all of them fit together.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

import numpy as np

from planner.model import Day
from planner.solve.day_case import BUCKET_S
from planner.solve.problem import Ints, site_plugs
from planner.solve.schedule import assign_plugs
from planner.solve.solution import Tour

Use = tuple[int, int, int, int]
"""A charge: the first of the plugs that are like the one used, begin, end, watts."""


class PlugBook:
    """The plugs of a day, numbered as `Problem.plug_site` numbers them."""

    def __init__(self, day: Day) -> None:
        self.plug_site = np.array([i for i, site in enumerate(day.sites) for _ in site.plugs], dtype=np.int64)
        self.plug_w = np.array([int(plug.power_w + 1e-9) for plug in site_plugs(day)], dtype=np.int64)
        self.booked = np.zeros((0, 4), dtype=np.int64)
        limits = [getattr(site, "site_power_w", None) for site in day.sites]
        self.site_w = [None if limit is None else int(max(limit, 1.0)) for limit in limits]
        keys = [*zip(self.plug_site.tolist(), self.plug_w.tolist(), strict=True)]
        self.first = [keys.index(key) for key in keys]
        self.charge_w = [int(vehicle.type.charge_w + 1e-9) for vehicle in day.vehicles]
        self.until_s = -_down(-max(vehicle.latest_s for vehicle in day.vehicles))

    def uses(self, tours: Iterable[Tour]) -> list[Use]:
        """Return the charges of tours, in whole steps of the search: there it counts plugs."""
        return [
            (self.first[v.plug], _down(v.charge_begin_s), -_down(-v.charge_end_s), self._watts(tour.vehicle, v.plug))
            for tour in tours
            for v in tour.all_visits
            if v.plug >= 0
        ]

    def _watts(self, vehicle: int, plug: int) -> int:
        return min(int(self.plug_w[plug]), self.charge_w[vehicle])

    def booked_for(
        self, own: Sequence[Sequence[Use]], others: Sequence[Use], at: Sequence[Iterable[int]], *, turn: int
    ) -> list[list[Use]]:
        """Return for each of some parts what is booked of the plugs of its sites `at`.

        `own` are the charges of its vehicles, `others` those of vehicles in no part. What is left over where free plugs
        cannot be shared evenly goes to another part at each `turn`.
        """
        rows: list[list[Use]] = [[] for _ in own]
        for site in sorted({site for sites in at for site in sites}):
            here = [k for k, sites in enumerate(at) if site in sites]
            firsts = sorted({q for q in self.first if self.plug_site[q] == site})
            mine = [[use for use in own[k] if use[0] in firsts] for k in here]
            rest = [use for k in range(len(own)) if k not in here for use in own[k]]
            rest = [use for use in (*rest, *others) if use[0] in firsts]
            if firsts:
                for k, booked in zip(here, self._at_site(site, firsts, mine, rest, turn), strict=True):
                    rows[k] += booked
        return rows

    def _at_site(
        self, site: int, firsts: Sequence[int], mine: Sequence[Sequence[Use]], rest: Sequence[Use], turn: int
    ) -> list[list[Use]]:
        """Return what is booked for each part that knows of a site."""
        every = [use for uses in (*mine, rest) for use in uses]
        cuts = np.unique([0, self.until_s, *(at for use in every for at in use[1:3])])
        parts = len(mine)
        free_w = None
        limit_w = self.site_w[site]
        if limit_w is not None:
            free_w = np.maximum(limit_w - _sum(every, cuts, watts=True), 0) // parts
        plugs, watts = [], []
        for k, uses in enumerate(mine):
            counts = []
            for first in firsts:
                all_like, of_own = ([u for u in some if u[0] == first] for some in (every, uses))
                free = np.maximum(self.first.count(first) - _sum(all_like, cuts), 0)
                share = free // parts + ((k + turn) % parts < free % parts)
                counts.append(self.first.count(first) - _sum(of_own, cuts) - share)
            plugs.append(counts)
            drawn = np.zeros(len(cuts), dtype=np.int64)
            if free_w is not None and limit_w is not None:
                drawn = limit_w - _sum(uses, cuts, watts=True) - free_w
            watts.append(drawn)
        return [_rows(firsts, counts, drawn, cuts) for counts, drawn in zip(plugs, watts, strict=True)]

    def told_apart(self, tours: Sequence[Tour]) -> list[Tour]:
        """Return the tours with each charge on a plug of its own."""
        return assign_plugs(self, list(tours))


def _down(at_s: int) -> int:
    return at_s // BUCKET_S * BUCKET_S


def _sum(uses: Iterable[Use], cuts: Ints, *, watts: bool = False) -> Ints:
    """Return how many charges, or watts, there are from each cut to the next."""
    total = np.zeros(len(cuts), dtype=np.int64)
    for _, begin, end, power in uses:
        total[np.searchsorted(cuts, begin) : np.searchsorted(cuts, end)] += power if watts else 1
    return total


def _rows(firsts: Sequence[int], counts: Sequence[Ints], drawn: Ints, cuts: Ints) -> list[Use]:
    """Return bookings: so many plugs from each cut to the next, and so many watts on one of them."""
    rows: list[Use] = []
    left_w = drawn.copy()
    for first, count in zip(firsts, counts, strict=True):
        for level in range(1, int(count.max(initial=0)) + 1):
            on = count >= level
            power = np.where(on, left_w, 0)
            left_w = left_w - power
            spans = zip(on[:-1].tolist(), power[:-1].tolist(), cuts[:-1].tolist(), cuts[1:].tolist(), strict=True)
            for (taken, w), same in groupby(spans, key=lambda span: span[:2]):
                if taken:
                    parts = list(same)
                    rows.append((first, parts[0][2], parts[-1][3], w))
    return rows
