"""Which vehicle charges in which quarter of an hour: the cheapest way to give each its time within the plugs.

It is a flow of least cost from vehicles to slots: each unit goes the cheapest way that is left, where a way may move
vehicles between slots to make room (successive shortest paths: Ahuja, Magnanti and Orlin, Network Flows, 1993, 9.7).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.solve.problem import Ints

Bools = NDArray[np.bool_]
FAR = np.int64(2) ** 60


def assign_slots(*, cost: Ints, usable_s: Ints, need_s: Ints, room: Ints) -> Bools:
    """Return [v, t] whether vehicle v charges in slot t: all that is needed and there is room for, at least cost.

    `cost` [v, t] of a whole slot, `usable_s` [v, t] of it that the vehicle is there, `need_s` [v] to be charged, `room`
    [t] vehicles at once. One after the other, so that each stays at its plug; where not all find room they take turns,
    so that no one is left with nothing.
    """
    lasts = _Slots(cost, usable_s, need_s, room)
    used = np.zeros(cost.shape, np.bool_)
    _one_by_one(lasts, used, most=np.full(len(cost), cost.shape[1]))
    if not len(lasts.wanting(used)):
        return used
    fair = np.zeros(cost.shape, np.bool_)
    _in_turns(lasts, fair)
    used[:] = False
    _one_by_one(lasts, used, most=fair.sum(axis=1))
    _in_turns(lasts, used)
    return used


class _Slots(NamedTuple):
    """The arrays of one night, as `assign_slots` has them."""

    cost: Ints
    usable_s: Ints
    need_s: Ints
    room: Ints

    def wanting(self, used: Bools) -> Ints:
        """Return the vehicles that need more."""
        return np.flatnonzero((self.usable_s * used).sum(axis=1) < self.need_s)


def _one_by_one(slots: _Slots, used: Bools, *, most: Ints) -> None:
    """Serve the vehicles in order of return, each with at most so many slots."""
    for v in np.argsort((slots.usable_s > 0).argmax(axis=1), kind="stable").tolist():
        while used[v].sum() < most[v] and (slots.usable_s[v] * used[v]).sum() < slots.need_s[v]:
            if not _take_one_more(v, used, cost=slots.cost, there=slots.usable_s > 0, room=slots.room):
                break


def _in_turns(slots: _Slots, used: Bools) -> None:
    """Give each vehicle that needs more one slot after the other; who finds no way once will find none later."""
    stuck: set[int] = set()
    while waiting := [v for v in slots.wanting(used).tolist() if v not in stuck]:
        for v in waiting:
            if not _take_one_more(v, used, cost=slots.cost, there=slots.usable_s > 0, room=slots.room):
                stuck.add(v)


def _take_one_more(v: int, used: Bools, *, cost: Ints, there: Bools, room: Ints) -> bool:
    """Give a vehicle one more slot by the cheapest moves; say whether there was a way."""
    best = int(np.where(there[v] & ~used[v], cost[v], FAR).argmin())
    if there[v, best] and not used[v, best] and used[:, best].sum() < room[best]:
        used[v, best] = True  # since all is cheapest so far, no moves lead to a cheaper one
        return True
    vehicles, slots = cost.shape
    to_vehicle, to_slot = np.full(vehicles, FAR), np.full(slots, FAR)
    from_slot, from_vehicle = np.full(vehicles, -1), np.full(slots, -1)
    to_vehicle[v] = 0
    while True:
        into = np.where(there & ~used, to_vehicle[:, None] + cost, FAR)
        nearer = into.min(axis=0) < to_slot
        if not nearer.any():
            break
        to_slot[nearer], from_vehicle[nearer] = into.min(axis=0)[nearer], into.argmin(axis=0)[nearer]
        out_of = np.where(used & (to_slot < FAR), to_slot - cost, FAR)
        closer = out_of.min(axis=1) < to_vehicle
        to_vehicle[closer], from_slot[closer] = out_of.min(axis=1)[closer], out_of.argmin(axis=1)[closer]
    free = np.where(used.sum(axis=0) < room, to_slot, FAR)
    t = int(free.argmin())
    if free[t] >= FAR // 2:
        return False
    while True:
        taker = int(from_vehicle[t])
        used[taker, t] = True
        if taker == v:
            return True
        t = int(from_slot[taker])
        used[taker, t] = False
