"""How far a drive gets by the clock where traffic is slower, or lighter, at some hours of the day.

A profile is a row for each time at which the pace changes: from when on, which share of the usual pace is made then,
and how many seconds of usual driving have passed by then, both in millionths. A drive is over when its usual seconds
have passed since it began. So nobody overtakes by leaving later. The plain functions are compiled for the search as
they stand.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from planner.model import Traffic

Ints = NDArray[np.int64]

FROM, SHARE, DONE = range(3)
ONE = 1_000_000  # the usual pace
BEFORE_S = 2**18  # no day begins earlier before its midnight
FAR_S = 2**24  # longer than any drive: no way


def profile(traffic: Sequence[Traffic]) -> Ints:
    """Return the rows of a day's traffic [k, 3], shares rounded down; one row where the usual pace is kept all day."""
    rows = [(-BEFORE_S, ONE)]
    for span in sorted(traffic, key=lambda span: span.start_s):
        if rows[-1][FROM] == span.start_s:
            rows.pop()
        rows += [(span.start_s, int(span.speed * ONE + 1e-6)), (span.end_s, ONE)]
    passed = [0]
    for (begin, share), (end, _) in pairwise(rows):
        passed.append(passed[-1] + (end - begin) * share)
    return np.array([(*row, done) for row, done in zip(rows, passed, strict=True)], dtype=np.int64)


def arrival_s(pace: Ints, leave_s: int, drive_s: int) -> int:
    """Return when a drive is over that takes `drive_s` at the usual pace, rounded up."""
    if drive_s > FAR_S:
        return leave_s + drive_s
    k = len(pace) - 1
    while k > 0 and pace[k, FROM] > leave_s:
        k -= 1
    done = pace[k, DONE] + (leave_s - pace[k, FROM]) * pace[k, SHARE] + drive_s * ONE
    while k + 1 < len(pace) and pace[k + 1, DONE] < done:
        k += 1
    return int(pace[k, FROM] - (pace[k, DONE] - done) // pace[k, SHARE])


def leave_by_s(pace: Ints, arrive_s: int, drive_s: int) -> int:
    """Return the last second at which to leave so as to arrive by `arrive_s`."""
    if drive_s > FAR_S:
        return arrive_s - drive_s
    k = len(pace) - 1
    while k > 0 and pace[k, FROM] > arrive_s:
        k -= 1
    done = pace[k, DONE] + (arrive_s - pace[k, FROM]) * pace[k, SHARE] - drive_s * ONE
    while k > 0 and pace[k, DONE] > done:
        k -= 1
    return int(pace[k, FROM] + (done - pace[k, DONE]) // pace[k, SHARE])


def most_extra_s(pace: Ints, drive_s: Ints) -> Ints:
    """Return by how much drives take longer than usual at the worst moment of the day to begin, rounded up.

    The extra is piecewise linear in that moment: the worst is where the pace changes, at the beginning or at the end.
    """
    if len(pace) == 1:
        return np.zeros_like(drive_s)
    ends = [(-BEFORE_S - FAR_S, ONE), (int(pace[-1, FROM]) + FAR_S, ONE)]
    at = np.array([ends[0][0], *pace[1:, FROM], ends[1][0]], dtype=np.float64)
    shares = np.array([ONE, *pace[1:, SHARE]], dtype=np.float64) / ONE
    passed = np.cumsum([0.0, *(np.diff(at) * shares)])
    worst = np.zeros(drive_s.shape)
    for change in at[1:-1]:
        begun = np.interp(change, at, passed)
        worst = np.maximum(worst, np.interp(begun + drive_s, passed, at) - change - drive_s)
        worst = np.maximum(worst, change - np.interp(begun - drive_s, passed, at) - drive_s)
    return np.ceil(worst - 1e-6).astype(np.int64)
