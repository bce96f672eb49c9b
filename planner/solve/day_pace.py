"""The clock of a drive in the loops of the search: plain sums where the usual pace is kept all day."""

from __future__ import annotations

import numpy as np

from planner.solve.compiled import inner
from planner.solve.day_case import (
    CH_BEGIN,
    CH_END,
    CH_STOP,
    DEPOT,
    KIND,
    LOADS,
    OUT_CHARGES,
    OUT_HOME,
    SECONDS,
    WINDOWS,
)
from planner.solve.pace import arrival_s, leave_by_s

_arrival = inner(arrival_s)
_leave_by = inner(leave_by_s)


@inner
def arrive(traffic, pace, leave, seconds):  # type: ignore[no-untyped-def]
    """Return when a drive is over that begins at `leave`."""
    return _arrival(pace, leave, seconds) if traffic else leave + seconds


@inner
def leave_by(traffic, pace, arrival, seconds):  # type: ignore[no-untyped-def]
    """Return when a drive has to begin at the latest."""
    return _leave_by(pace, arrival, seconds) if traffic else arrival - seconds


@inner
def serve_by(case, kind, before, place, leave):  # type: ignore[no-untyped-def]
    """Return the latest moment to begin with an order that follows a place, so as to leave it by `leave`; -1: none."""
    order = case.order
    latest, last = leave - case.service[kind, place], np.int64(-1)
    if case.spots and case.spot[before] == case.spot[place]:
        latest += case.setup[kind, place]
    for w in range(WINDOWS, WINDOWS + 6, 2):
        if order[place, w] <= latest:
            last = max(last, min(latest, order[place, w + 1]))
    return last


@inner
def latest_start(case, books, of, seq, m):  # type: ignore[no-untyped-def]
    """Return when the day just driven may begin at the latest so as to be home no later, its charges as long as now."""
    scratch, kind, depot, orders = books.scratch, of[KIND], of[DEPOT], case.orders
    latest, c = books.out[OUT_HOME], books.out[OUT_CHARGES] - 1
    for i in range(m, -1, -1):
        place, before = depot if i == m else seq[i], depot if i == 0 else seq[i - 1]
        latest = leave_by(case.traffic, case.pace, latest, case.leg[kind, before, place, SECONDS])
        if before < orders:
            latest = serve_by(case, kind, depot if i < 2 else seq[i - 2], before, latest)
            continue
        lasts = scratch[LOADS, i] if before == depot else np.int64(0)
        while c >= 0 and scratch[CH_STOP, c] >= i:
            if scratch[CH_STOP, c] == i:
                lasts = max(lasts, scratch[CH_END, c] - scratch[CH_BEGIN, c])
            c -= 1
        latest -= lasts
    return latest
