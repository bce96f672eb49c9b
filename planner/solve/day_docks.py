"""The docks of depots in the search: a vehicle loads where the others' present loadings leave one.

Docks are counted in steps of time, as plugs are. A vehicle loads as early as it can, and the start of its day moves
later with its loadings only as far as their docks stay free. Where that leaves it waiting on the way, its day is driven
again from a later start.
"""

from __future__ import annotations

import numpy as np

from planner.solve.compiled import inner
from planner.solve.day_case import (
    BUCKET_S,
    DOCKS,
    LOAD_AT,
    LOAD_BEGIN,
    LOAD_WAITED,
    LOADS,
    OPENS,
    OUT_DELAY,
    SITE,
)

EVER = np.int64(2) ** 40


@inner
def free_dock(docked, mine, docks, t, lasts):  # type: ignore[no-untyped-def]
    """Return the first time from t when a dock is free for so long, and until when it is; -1 if there is none.

    The row `docked` counts who loads there; what the vehicle itself takes in its present day counts as free.
    """
    begin, buckets = np.int64(-1), len(docked)
    for b in range(t // BUCKET_S, buckets):
        if docked[b] - mine[b] < docks:
            if begin < 0:
                begin = max(t, np.int64(b * BUCKET_S))
        else:
            until = np.int64(b * BUCKET_S)
            if begin >= 0 and until - begin >= lasts:
                return begin, until
            begin = np.int64(-1)
    return begin, EVER


@inner
def later_start(books, of, v, first_s, wanted_s):  # type: ignore[no-untyped-def]
    """Return how much later than the shift the first loading may begin, up to `wanted_s`, beside the others' ones."""
    docked, mine = books.docked[of[SITE]], books.docking[books.slot_of[v]]
    t, found = of[OPENS], np.int64(0)
    while True:
        begin, until = free_dock(docked, mine, of[DOCKS], t, first_s)
        if begin < 0 or begin > of[OPENS] + wanted_s:
            return found
        found = min(until - first_s - of[OPENS], wanted_s)
        if until == EVER:
            return found
        t = until


@inner
def note_loadings(books, v, seq, m, depot):  # type: ignore[no-untyped-def]
    """Note when the vehicle loads on the day that was priced last."""
    slot, scratch, delay = books.slot_of[v], books.scratch, books.out[OUT_DELAY]
    load, docking = books.load, books.docking
    for b in range(docking.shape[1]):
        docking[slot, b] = 0
    for k in range(m + 1 if m else 0):
        if (k == 0 or seq[k - 1] == depot) and scratch[LOADS, k] > 0:
            late = max(delay - scratch[LOAD_WAITED, k], np.int64(0))
            begin = max(scratch[LOAD_BEGIN, k], scratch[LOAD_AT, k] + late)
            load[slot, k] = begin
            for b in range(begin // BUCKET_S, (begin + scratch[LOADS, k] - 1) // BUCKET_S + 1):
                docking[slot, b] = 1


@inner
def hold_docks(case, books, v, sign):  # type: ignore[no-untyped-def]
    """Take the docks of a vehicle's loadings, or give them back with a sign of -1."""
    docked, docking, slot, s = books.docked, books.docking, books.slot_of[v], case.vehicle[v, SITE]
    for b in range(docking.shape[1]):
        docked[s, b] += sign * docking[slot, b]
