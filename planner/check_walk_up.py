"""Where a vehicle parks for an order, and whether the walk from there is an honest one."""

from __future__ import annotations

from collections.abc import Iterator

from planner.check_legs import Point
from planner.model import Day, Depot, Order, Spot, Station
from planner.roads.streets import haversine_m

# Stated in docs/orders.md: the way on foot is longer than the straight line, and this fast.
ROUND_ABOUT, METRES_PER_SECOND = 1.3, 1.2
FAR_M = 0.1
EARLY_S = 0.01


def kerb(place: Order | Depot | Station | Spot) -> Point:
    """Return the point at which a vehicle stands for a place."""
    if isinstance(place, Order) and place.parks_at is not None:
        return Point(place.parks_at.lat, place.parks_at.lon)
    return Point(place.lat, place.lon)


def walk_up_faults(day: Day) -> Iterator[tuple[str, str]]:
    """Yield where and why an order's walk cannot be true."""
    for order in day.orders:
        at, where = order.parks_at, f"order {order.id}"
        if at is None:
            continue
        away_m = float(haversine_m(lat1=at.lat, lon1=at.lon, lat2=order.lat, lon2=order.lon))
        due_s = 2 * ROUND_ABOUT * away_m / METRES_PER_SECOND
        if away_m > day.walk_up_m + FAR_M:
            yield where, f"its vehicle parks {away_m:.0f} m away, {day.walk_up_m:g} m at most"
        if order.walk_s < due_s - EARLY_S:
            yield where, f"{order.walk_s} s on foot are less than the {due_s:.0f} s there and back"
