"""Swaps of batteries in the search: a full pack where a charge would take longer, as long as the depot has some.

A swap begins when the vehicle comes, beside its loading. Packs are counted by depot and type over all vehicles.
"""

from __future__ import annotations

from planner.solve.compiled import inner
from planner.solve.day_case import (
    BATTERY,
    DEPOT,
    KIND,
    NIGHT,
    OUT_GAINED,
    OUT_SWAPS,
    PACK_PRICE,
    PACKS,
    SITE,
    SWAP_S,
    SWAPPED,
    SWAPS,
)


@inner
def packs_left(books, of, v):  # type: ignore[no-untyped-def]
    """Return how many packs the others leave; those of the vehicle's present day count as left."""
    return of[PACKS] - books.packs[of[SITE], of[KIND]] + books.fact[books.slot_of[v], SWAPS]


@inner
def swap(of, scratch, out, i, q):  # type: ignore[no-untyped-def]
    """Note a swap before leg i; return what it costs more than to charge as much in the night."""
    gained = of[BATTERY] - q
    scratch[SWAPPED, i] = gained
    out[OUT_SWAPS] += 1
    out[OUT_GAINED] += gained
    return gained * (of[PACK_PRICE] - of[NIGHT])


@inner
def note_swaps(books, of, slot, seq, m):  # type: ignore[no-untyped-def]
    """Note where the vehicle swaps its battery on the day that was priced last."""
    swaps, scratch = books.swap, books.scratch
    if of[SWAP_S] == 0:
        return
    for k in range(m + 1):
        at_depot = k == 0 or seq[k - 1] == of[DEPOT]
        swaps[slot, k] = scratch[SWAPPED, k] if at_depot and books.out[OUT_SWAPS] else 0


@inner
def hold_packs(case, books, v, sign):  # type: ignore[no-untyped-def]
    """Take the packs of a vehicle's day, or give them back with a sign of -1."""
    of = case.vehicle[v]
    books.packs[of[SITE], of[KIND]] += sign * books.fact[books.slot_of[v], SWAPS]
