"""Which orders a driver serves on foot from where the vehicle is parked for a neighbour.

The order with most others near it keeps its kerb, and all of them that have none yet share it; then the next one. So a
kerb is always the address of an order, and nobody walks further than said.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from scipy.spatial import cKDTree

from planner.model import Order, Spot
from planner.roads.streets import METRES_PER_DEGREE, haversine_m

WALK_M_PER_S = 1.2  # assumed; crossing pedestrians are given this pace (RiLSA 2015, section 2.7.1)
ROUND_ABOUT = 1.3  # assumed: the way on foot beside the straight line


def park_together(orders: Sequence[Order], *, within_m: float) -> tuple[Order, ...]:
    """Return the orders with the kerb and the walk there and back of those that share a neighbour's."""
    if within_m <= 0 or len(orders) < 2:
        return tuple(orders)
    reach = _neighbours(orders, within_m)
    kerb_of = dict[int, int]()
    for i in sorted(range(len(orders)), key=lambda i: -len(reach[i])):
        if i not in kerb_of:
            kerb_of |= {j: i for j in (i, *reach[i]) if j not in kerb_of}
    return tuple(order if kerb_of[i] == i else _on_foot(order, orders[kerb_of[i]]) for i, order in enumerate(orders))


def _neighbours(orders: Sequence[Order], within_m: float) -> list[list[int]]:
    """Return for each order the others in reach, by number."""
    lat, lon = (np.array([getattr(order, axis) for order in orders]) for axis in ("lat", "lon"))
    east = lon * np.cos(np.radians(np.median(lat)))
    flat = np.column_stack([lat, east]) * METRES_PER_DEGREE
    pairs = cKDTree(flat).query_pairs(1.1 * within_m, output_type="ndarray")
    reach: list[list[int]] = [[] for _ in orders]
    for i, j in pairs.tolist():
        if _away_m(orders[i], orders[j]) <= within_m:
            reach[i].append(j)
            reach[j].append(i)
    return reach


def _away_m(order: Order, other: Order) -> float:
    return float(haversine_m(lat1=order.lat, lon1=order.lon, lat2=other.lat, lon2=other.lon))


def _on_foot(order: Order, neighbour: Order) -> Order:
    if (order.lat, order.lon) == (neighbour.lat, neighbour.lon):
        return order
    walk_s = math.ceil(2 * ROUND_ABOUT * _away_m(order, neighbour) / WALK_M_PER_S)
    return replace(order, parks_at=Spot(lat=neighbour.lat, lon=neighbour.lon), walk_s=walk_s)
