"""How far a sizing is: its stages count their own days, and its user hears of all of them together."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from planner.sizing import peaks, smaller, vans, what_if
from planner.sizing.scouts import SCOUTS
from planner.sizing.search import most_routed


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """How far a run is: days routed, of how many at most, the seconds left at most, and what is looked at."""

    routed: int
    most: int
    left_s: float | None  # None before the first day
    doing: str


def most_in_all(days: int, *, shifts: int = 1, policy: str = peaks.COURIER, compared: bool = False) -> int:
    """Return how many days a run routes at most, for so many days given."""
    most = most_routed(days) * shifts + smaller.most_routed(days) + what_if.MOST_CHANGES * SCOUTS
    if policy != peaks.COURIER:
        most += peaks.most_routed(days)
    if compared:
        most += vans.most_routed(days)
    return most


class Steps:
    """Hears of each day that a stage has routed, and tells of the whole run. A stage that begins counts from 0."""

    def __init__(self, most: int, progress: Callable[[Step], None]) -> None:
        self._most, self._progress = most, progress
        self._begun_s = time.monotonic()
        self._before = self._in_stage = 0

    def tell(self, done: int, _most: int, doing: str) -> None:
        """Tell of a stage's day."""
        if done < self._in_stage:
            self._before += self._in_stage
        self._in_stage = done
        routed = self._before + done
        left_s = (time.monotonic() - self._begun_s) / routed * max(self._most - routed, 0) if routed else None
        self._progress(Step(routed=routed, most=self._most, left_s=left_s, doing=doing))
