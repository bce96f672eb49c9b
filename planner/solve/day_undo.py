"""A vehicle whose day an iteration touches has its old day in its other slot: undone by turning slots back."""

from __future__ import annotations

from planner.solve.compiled import inner
from planner.solve.day_case import ABSENT, CHARGES, LENGTH, MARK
from planner.solve.day_docks import hold_docks
from planner.solve.day_plugs import hold_plugs
from planner.solve.day_swaps import hold_packs


@inner
def touch(books, v, touched):  # type: ignore[no-untyped-def]
    """Let an iteration change a vehicle's day; return how many it has touched."""
    if books.stamp[v] == books.now[MARK]:
        return touched
    old = books.slot_of[v]
    new = old ^ 1
    stops, fact, stop, charge, mine = books.stops, books.fact, books.stop, books.charge, books.mine
    docking, load = books.docking, books.load
    for k in range(fact[old, LENGTH]):
        stops[new, k] = stops[old, k]
    for f in range(fact.shape[1]):
        fact[new, f] = fact[old, f]
    for b in range(mine.shape[1]):
        mine[new, b] = mine[old, b]
    for b in range(docking.shape[1]):
        docking[new, b] = docking[old, b]
    for k in range(load.shape[1]):
        load[new, k] = load[old, k]
    for k in range(books.swap.shape[1]):
        books.swap[new, k] = books.swap[old, k]
    for c in range(fact[old, CHARGES]):
        for f in range(4):
            charge[new, f, c] = charge[old, f, c]
    for f in range(stop.shape[1]):
        for k in range(fact[old, LENGTH] + 1):
            stop[new, f, k] = stop[old, f, k]
    books.slot_of[v] = new
    books.stamp[v] = books.now[MARK]
    books.touched[touched] = v
    return touched + 1


@inner
def undo(case, books, touched, absent):  # type: ignore[no-untyped-def]
    """Turn every vehicle back to the day it had before."""
    stops, fact, slot_of, where, at = books.stops, books.fact, books.slot_of, books.where, books.at
    mine = books.mine
    for m in range(touched):
        hold_plugs(case, books, books.touched[m], -1)
        hold_docks(case, books, books.touched[m], -1)
        hold_packs(case, books, books.touched[m], -1)
    for m in range(touched):
        v = books.touched[m]
        slot_of[v] ^= 1
        slot = slot_of[v]
        for b in range(mine.shape[1]):
            mine[slot, b] = 0
        hold_plugs(case, books, v, 1)
        hold_docks(case, books, v, 1)
        hold_packs(case, books, v, 1)
        for k in range(fact[slot, LENGTH]):
            place = stops[slot, k]
            if place < case.orders:
                where[place], at[place] = v, k
    books.now[ABSENT] = absent
    for a in range(absent):
        u = books.saved_absent[a]
        books.absent[a] = u
        where[u] = -1
