"""Which vehicles are searched again together: neighbours, cut along other lines in every round.

Lines turn from round to round, so that what one round held apart the next one holds together.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from planner.large.divide import Unit
from planner.model import Day
from planner.roads.streets import Floats
from planner.solve.problem import is_at_home, may_serve
from planner.solve.solution import Tour

GOLDEN_ANGLE = math.pi * (3.0 - math.sqrt(5.0))  # the lines of no two rounds lie close to each other
MOST_IDLE = 4  # vehicles without work that a window may take up


@dataclass(frozen=True, kw_only=True, eq=False)
class Window:
    """Vehicles, with those of their orders and others that no vehicle serves yet."""

    vehicles: tuple[int, ...]
    orders: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class Cut:
    """How a round cuts: at most about so many orders, and of those without a vehicle at most so many, in each window.

    `turn` is the round. Vehicles of one crew (a number from 0; -1 is none) stay together.
    """

    crews: Sequence[int]
    turn: int
    most: int
    most_absent: int


def windows_of(day: Day, points: Floats, tours: Mapping[int, Tour], absent: Sequence[Unit], cut: Cut) -> list[Window]:
    """Cut the vehicles in use into windows, no vehicle and no order in two of them."""
    crews = cut.crews
    served = {v: [visit.place for visit in tour.visits if visit.place < len(day.orders)] for v, tour in tours.items()}
    served = {v: orders for v, orders in sorted(served.items()) if orders}
    bound: dict[int, list[int]] = {}
    for v, crew in enumerate(crews):
        if crew >= 0:
            bound.setdefault(crew, []).append(v)
    loose = [v for v in served if crews[v] < 0]
    middles = {v: points[orders].mean(axis=0) for v, orders in served.items()}
    groups = [
        *_cut(loose, middles, {v: len(served[v]) for v in loose}, cut.turn * GOLDEN_ANGLE, cut.most),
        *bound.values(),
    ]
    groups = [group for group in groups if any(v in served for v in group)]
    fleets = _with_idle(
        day, groups, [v for v in range(len(day.vehicles)) if v not in served and crews[v] < 0], cut.turn
    )
    extra = _with_absent(day, points, groups, fleets, middles, absent, cut.most_absent)
    return [
        Window(
            vehicles=tuple(sorted(fleet)), orders=tuple(sorted([*(o for v in fleet for o in served.get(v, ())), *more]))
        )
        for fleet, more in zip(fleets, extra, strict=True)
    ]


def _cut(
    vehicles: list[int], middles: Mapping[int, Floats], sizes: Mapping[int, int], angle: float, most: int
) -> list[list[int]]:
    """Cut across a direction, then across the direction at a right angle to it, and so on."""
    total = sum(sizes[v] for v in vehicles)
    if not vehicles:
        return []
    if total <= most or len(vehicles) < 2:
        return [vehicles]
    way = np.array([math.cos(angle), math.sin(angle)])
    along = sorted(vehicles, key=lambda v: (float(middles[v] @ way), v))
    parts = math.ceil(total / most)
    reached, k = 0, 0
    while k < len(along) - 1 and (k == 0 or reached + sizes[along[k]] / 2 <= total * (parts // 2) / parts):
        reached += sizes[along[k]]
        k += 1
    halves = along[:k], along[k:]
    return [part for half in halves for part in _cut(half, middles, sizes, angle + math.pi / 2, most)]


def _with_idle(day: Day, groups: Sequence[Sequence[int]], idle: Sequence[int], turn: int) -> list[list[int]]:
    """Deal vehicles without work to groups that use their depots, those that are alike to different groups."""
    fleets = [list(group) for group in groups]
    homes = [{day.vehicles[v].depot_id for v in group} for group in groups]
    free = [MOST_IDLE] * len(groups)
    for number, v in enumerate(idle):
        able = [i for i, home in enumerate(homes) if day.vehicles[v].depot_id in home and free[i]]
        if able:
            i = max(able, key=lambda i: (free[i], -((i + number + turn) % len(groups))))
            fleets[i].append(v)
            free[i] -= 1
    return fleets


def _with_absent(
    day: Day,
    points: Floats,
    groups: Sequence[Sequence[int]],
    fleets: Sequence[Sequence[int]],
    middles: Mapping[int, Floats],
    absent: Sequence[Unit],
    most: int,
) -> list[list[int]]:
    """Give each group the orders without a vehicle that lie nearest to it and that it may serve."""
    extra: list[list[int]] = [[] for _ in groups]
    at = [np.array([middles[v] for v in group if v in middles]).mean(axis=0) for group in groups]
    for unit in absent:
        near = sorted(range(len(groups)), key=lambda i: float(((at[i] - points[unit[0]]) ** 2).sum()))
        able = (i for i in near if len(extra[i]) < most and any(can_serve(day, unit, v) for v in fleets[i]))
        if (i := next(able, None)) is not None:
            extra[i] += unit
    return extra


def can_serve(day: Day, unit: Unit, vehicle: int) -> bool:
    """Say whether a vehicle is of the right depot and kind for all orders of a unit."""
    one = day.vehicles[vehicle]
    orders = (day.orders[order] for order in unit)
    return all(is_at_home(order, one) and may_serve(order, one.type, one.skills) for order in orders)
