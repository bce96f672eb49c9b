"""Which kind of vehicle drives a day: an idle vehicle of another kind may take it over.

A fleet may hold kinds that differ in bay, pace and price. A vehicle that is full then has to grow before it can take in
another order, and one that has lost some may do with less.
"""

from __future__ import annotations

from planner.solve.compiled import inner
from planner.solve.day_case import BAY, COST, DEPOT, LENGTH, LIKE, NONE, PAYLOAD, PER_DAY
from planner.solve.day_price import FLAT, price_day, set_day
from planner.solve.day_undo import touch
from planner.solve.draws import draw

CHANGE = 0.1  # of the days that lose stops change to a vehicle of another kind, whatever it costs


@inner
def find_idle(case, books):  # type: ignore[no-untyped-def]
    """Note the first idle vehicle of each kind of those that are alike, -1 where all are in use."""
    idle, fact, slot_of, vehicle = books.idle, books.fact, books.slot_of, case.vehicle
    for like in range(len(idle)):
        idle[like] = -1
    for v in range(len(slot_of) - 1, -1, -1):
        if fact[slot_of[v], LENGTH] == 0:
            idle[vehicle[v, LIKE]] = v


@inner
def larger_idle(case, books, v, grams, litres):  # type: ignore[no-untyped-def]
    """Return the idle vehicle at the depot of another that carries so much at the least fixed cost, -1 for none."""
    idle, vehicle, best = books.idle, case.vehicle, -1
    for like in range(len(idle)):
        w = idle[like]
        if w < 0 or vehicle[w, PAYLOAD] < grams or vehicle[w, BAY] < litres or vehicle[w, DEPOT] != vehicle[v, DEPOT]:
            continue
        if best < 0 or vehicle[w, PER_DAY] < vehicle[best, PER_DAY]:
            best = w
    return best


@inner
def may_take(case, w, seq, m):  # type: ignore[no-untyped-def]
    """Say whether a vehicle may serve all orders among the stops ``seq[:m]``."""
    may = True
    for k in range(m):
        may = may and (seq[k] >= case.orders or case.allowed[seq[k], w] > 0)
    return may


@inner
def take_over(case, books, v, w, seq, m, touched):  # type: ignore[no-untyped-def]
    """Let an idle vehicle drive what was another's day, as it was priced; return how many vehicles are touched.

    It takes its plugs before the other gives up its own, as in the pricing: so the day holds for sure.
    """
    touched = touch(books, w, touch(books, v, touched))
    set_day(case, books, w, seq, m)
    set_day(case, books, v, seq, 0)
    return touched


@inner
def change_kind(case, books, v, touched):  # type: ignore[no-untyped-def]
    """Now and then let an idle vehicle of another kind take over a day; return how many vehicles are touched."""
    if books.fact[books.slot_of[v], LENGTH] == 0 or draw(books.random) >= CHANGE:
        return touched
    find_idle(case, books)
    like = int(draw(books.random) * len(books.idle))
    w = books.idle[like]
    if w < 0 or like == case.vehicle[v, LIKE] or _price_with(case, books, v, w) >= FLAT:
        return touched
    slot = books.slot_of[v]
    return take_over(case, books, v, w, books.stops[slot], books.fact[slot, LENGTH], touched)


@inner
def fit_kinds(case, books, touched):  # type: ignore[no-untyped-def]
    """Let each day that has changed be driven by the kind for which it costs least; return how many are touched."""
    find_idle(case, books)
    for changed in range(touched):
        v = books.touched[changed]
        slot = books.slot_of[v]
        if books.fact[slot, LENGTH] == 0:
            continue
        best, cheapest = -1, books.fact[slot, COST]
        for like in range(len(books.idle)):
            w = books.idle[like]
            if w < 0 or like == case.vehicle[v, LIKE] or case.vehicle[w, PER_DAY] >= cheapest:
                continue
            cost = _price_with(case, books, v, w)
            if cost < cheapest:
                best, cheapest = w, cost
        if best >= 0:
            touched = take_over(case, books, v, best, books.stops[slot], books.fact[slot, LENGTH], touched)
            find_idle(case, books)
    return touched


@inner
def _price_with(case, books, v, w):  # type: ignore[no-untyped-def]
    """Return what a vehicle's day would cost an idle one of its depot; NONE where that may not serve all its orders."""
    slot, m = books.slot_of[v], books.fact[books.slot_of[v], LENGTH]
    if case.vehicle[v, DEPOT] != case.vehicle[w, DEPOT] or not may_take(case, w, books.stops[slot], m):
        return NONE
    return price_day(case, books, w, books.stops[slot], m)
