"""The auditor's own clock for drives: the pace of each hour, span by span, from the day alone."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from planner.check_energy import Chord, DriveEnergy
from planner.energy.driving import JOULE_PER_WH
from planner.model import Day, Traffic, VehicleType

SLOWEST, FASTEST = 0.2, 1.5  # what a fleet file may say


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """The traffic of a day; empty where the usual pace is kept."""

    spans: tuple[Traffic, ...]

    def arrival_s(self, leave_s: float, seconds: float) -> float:
        """Return when a drive of so many seconds at the usual pace is over."""
        now_s, left_s = leave_s, seconds
        for change_s in sorted(self._changes()):
            if change_s <= now_s:
                continue
            passed_s = (change_s - now_s) * self._speed(now_s)
            if passed_s >= left_s:
                break
            now_s, left_s = change_s, left_s - passed_s
        return now_s + left_s / self._speed(now_s)

    def leave_s(self, arrive_s: float, seconds: float) -> float:
        """Return when a drive that is over at a moment began."""
        now_s, left_s = arrive_s, seconds
        for change_s in sorted(self._changes(), reverse=True):
            if change_s >= now_s:
                continue
            speed = self._speed(change_s)  # up to now
            if (now_s - change_s) * speed >= left_s:
                return now_s - left_s / speed
            now_s, left_s = change_s, left_s - (now_s - change_s) * speed
        return now_s - left_s

    def most_extra_s(self, seconds: float) -> float:
        """Return by how much a drive takes longer than usual if it begins at the worst moment."""
        from_here = (self.arrival_s(at, seconds) - at for at in self._changes())
        up_to_here = (at - self.leave_s(at, seconds) for at in self._changes())
        return max([0.0, *(lasts_s - seconds for lasts_s in (*from_here, *up_to_here))])

    def energy(self, usual: DriveEnergy, kind: VehicleType, *, seconds: float) -> DriveEnergy:
        """Return what a drive takes with what is drawn while it lasts longer."""
        extra_wh = kind.auxiliary_w * self.most_extra_s(seconds) / JOULE_PER_WH
        total, peak, full = (
            Chord(chord.wh_empty + extra_wh, chord.wh_per_kg) for chord in (usual.total, usual.peak, usual.from_full)
        )
        return replace(usual, total=total, peak=peak, from_full=full)

    def _changes(self) -> set[int]:
        return {at for span in self.spans for at in (span.start_s, span.end_s)}

    def _speed(self, at_s: float) -> float:
        """Return the share of the usual pace from a moment on."""
        return next((span.speed for span in self.spans if span.start_s <= at_s < span.end_s), 1.0)


def clock_of(day: Day) -> Clock:
    """Return the clock of a day."""
    return Clock(spans=day.traffic)


def traffic_faults(spans: Sequence[Traffic]) -> Iterator[str]:
    """Yield what is wrong with the traffic of a day."""
    for span in spans:
        if not (math.isfinite(span.speed) and SLOWEST <= span.speed <= FASTEST):
            yield f"a pace of {span.speed} of the usual one is not between {SLOWEST} and {FASTEST}"
        if not span.start_s < span.end_s:
            yield f"a span from {span.start_s} to {span.end_s} s is none"
    in_order = sorted(spans, key=lambda span: span.start_s)
    if any(later.start_s < earlier.end_s for earlier, later in pairwise(in_order)):
        yield "two spans overlap"
