"""Labels: what may be true of a battery and a clock at one stop of a fixed sequence of customers.

A forward label at the beginning of service says what the way so far costs and that the vehicle may be here at time t
with q in the battery, or up to x more of it later, each unit costing g of time: x could still have been taken at the
last plug. Waiting turns x into q for nothing, a leg that needs more than q buys it. (For full charging x is always 0.)

A backward label at the same moment says what the way home costs if time and battery satisfy
``q >= least, t <= latest, t <= base + g * q``: the last line is a station ahead, at which every unit that is missing
costs time. Both forms are closed under driving, waiting and charging at a rate g, so a forward and a backward label
meet in constant time.

Lists of labels hold only labels that no other dominates, in order of cost. Each has `MOST` places in flat arrays, which
compiled loops reach in half the time of arrays of many dimensions.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from planner.solve.compiled import compiled, inlined
from planner.solve.instance import Floats, Ints

MOST = 5  # labels kept at a stop, the cheapest; an answer of the search is worked out again exactly
FAR = 1e15  # a time that never comes
NONE = np.int64(2) ** 60  # the cost of what is impossible


class Labels(NamedTuple):
    """Lists of labels: how `many` each holds, and `MOST` places for the `cost` and the three `value`s of each."""

    many: Ints
    cost: Ints
    value: Floats


def new_labels(lists: int) -> Labels:
    """Return empty lists."""
    return Labels(
        many=np.zeros(lists, np.int64), cost=np.zeros(lists * MOST, np.int64), value=np.zeros((lists * MOST, 3))
    )


@inlined
def drive(t, q, x, lasts, takes, g):  # type: ignore[no-untyped-def]
    """Drive a leg; the battery is negative afterwards where it does not last."""
    q -= takes
    t += lasts
    if q < 0.0 and x > 0.0:
        bought = min(-q, x)
        q += bought
        x -= bought
        if q > -1e-9:
            q = max(q, 0.0)
        t += g * bought
    return t, q, x


@inlined
def begin(t, q, x, opens, closes, per_g):  # type: ignore[no-untyped-def]
    """Wait for a window, which charges what could have been charged; then no more than it leaves time for."""
    if t < opens:
        if x > 0.0:
            charged = min(x, (opens - t) * per_g)
            q += charged
            x -= charged
        t = opens
    if x > 0.0:
        x = min(x, (closes - t) * per_g)
    return t, q, x


@inlined
def plug_in(t, q, battery, g, full):  # type: ignore[no-untyped-def]
    """Charge at a station: to full at once, or leave open how much."""
    if full:
        return t + g * (battery - q), battery, 0.0
    return t, q, battery - q


@inlined
def meets(t, q, x, latest, base, least, g):  # type: ignore[no-untyped-def]
    """Say whether a forward label fulfils a backward label."""
    missing = max(least - q, 0.0)
    return missing <= x and t + g * missing <= latest and t <= base + g * q


@inlined
def keep_forward(costs, values, first, count, cost, t, q, x, per_g):  # type: ignore[no-untyped-def]
    """Put a forward label into the list at `first` unless it is dominated; return the new count."""
    if count == 0:
        costs[first], values[first, 0], values[first, 1], values[first, 2] = cost, t, q, x
        count = 1
    else:
        count = _keep_forward(costs, values, first, count, cost, t, q, x, per_g)
    return count


@compiled
def _keep_forward(costs, values, first, count, cost, t, q, x, per_g):  # type: ignore[no-untyped-def]
    at, end = first, first + count
    while at < end and costs[at] <= cost:
        t0, q0, x0 = values[at, 0], values[at, 1], values[at, 2]
        if t0 <= t + 1e-9 and q0 + x0 >= q + x - 1e-9 and q0 + min(x0, (t - t0) * per_g) >= q - 1e-9:
            return count
        at += 1
    if at >= first + MOST:
        return count
    last = at  # labels behind that this one dominates go
    for i in range(at, end):
        t0, q0, x0 = values[i, 0], values[i, 1], values[i, 2]
        if not (t <= t0 + 1e-9 and q + x >= q0 + x0 - 1e-9 and q + min(x, (t0 - t) * per_g) >= q0 - 1e-9):
            costs[last] = costs[i]
            values[last, 0], values[last, 1], values[last, 2] = t0, q0, x0
            last += 1
    last = min(last, first + MOST - 1)
    _make_room(costs, values, at, last)
    costs[at] = cost
    values[at, 0], values[at, 1], values[at, 2] = t, q, x
    return last + 1 - first


@inlined
def _make_room(costs, values, at, last):  # type: ignore[no-untyped-def]
    """Move what lies from `at` on by one place, up to `last`."""
    for i in range(last, at, -1):
        costs[i] = costs[i - 1]
        values[i, 0], values[i, 1], values[i, 2] = values[i - 1, 0], values[i - 1, 1], values[i - 1, 2]


@inlined
def keep_backward(costs, values, first, count, cost, latest, base, least):  # type: ignore[no-untyped-def]
    """Put a backward label into the list at `first` unless it is dominated; return the new count."""
    if count == 0:
        costs[first], values[first, 0], values[first, 1], values[first, 2] = cost, latest, base, least
        count = 1
    else:
        count = _keep_backward(costs, values, first, count, cost, latest, base, least)
    return count


@compiled
def _keep_backward(costs, values, first, count, cost, latest, base, least):  # type: ignore[no-untyped-def]
    at, end = first, first + count
    while at < end and costs[at] <= cost:
        if values[at, 0] >= latest - 1e-9 and values[at, 1] >= base - 1e-9 and values[at, 2] <= least + 1e-9:
            return count
        at += 1
    if at >= first + MOST:
        return count
    last = at
    for i in range(at, end):
        if not (latest >= values[i, 0] - 1e-9 and base >= values[i, 1] - 1e-9 and least <= values[i, 2] + 1e-9):
            costs[last] = costs[i]
            values[last, 0], values[last, 1], values[last, 2] = values[i, 0], values[i, 1], values[i, 2]
            last += 1
    last = min(last, first + MOST - 1)
    _make_room(costs, values, at, last)
    costs[at] = cost
    values[at, 0], values[at, 1], values[at, 2] = latest, base, least
    return last + 1 - first
