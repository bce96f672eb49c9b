"""Choose each day at which of several depots a shared vehicle works: where the work is, beside those bound there.

An order counts for the depot from which it takes the least work: its stop, and its share of the loading and of the way
there and back, as the crow flies. One shared vehicle after the other goes to the depot whose vehicles have the fewest
hours for the work there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from planner.model import Day, Depot, Vehicle
from planner.roads.streets import haversine_m

DETOUR = 1.4  # of streets, times the way as the crow flies
PACE = 0.5  # of the top speed, on the way


def choose_homes(day: Day, shared: Mapping[str, tuple[str, ...]]) -> Day:
    """Return the day with each shared vehicle at one of its depots; `shared` names them by vehicle."""
    if not any(vehicle.id in shared for vehicle in day.vehicles):
        return day
    work_s = _work_s(day)
    hours_s = {depot.id: 0 for depot in day.depots}
    for vehicle in day.vehicles:
        hours_s[vehicle.depot_id] += 0 if vehicle.id in shared else _hours_s(vehicle)
    homes: dict[str, str] = {}
    for vehicle in day.vehicles:
        if vehicle.id in shared:
            homes[vehicle.id] = max(shared[vehicle.id], key=lambda at: work_s[at] / (hours_s[at] + _hours_s(vehicle)))
            hours_s[homes[vehicle.id]] += _hours_s(vehicle)
    vehicles = tuple(replace(v, depot_id=homes.get(v.id, v.depot_id)) for v in day.vehicles)
    return replace(day, vehicles=vehicles)


def _hours_s(vehicle: Vehicle) -> int:
    return vehicle.latest_s - vehicle.shift.start_s


def _work_s(day: Day) -> dict[str, float]:
    """Return the seconds of work that lie nearest to each depot."""
    each = np.stack([_work_from(day, depot) for depot in day.depots], axis=1)
    least = each.argmin(axis=1) if len(each) else np.zeros(0, dtype=np.int64)
    return {depot.id: float(each[least == d, d].sum()) for d, depot in enumerate(day.depots)}


def _work_from(day: Day, depot: Depot) -> NDArray[np.float64]:
    """Return the seconds of work [n] that each order would be from a depot, infinite where its goods lie elsewhere."""
    kinds = [vehicle.type for vehicle in day.vehicles]
    kg, litres = np.mean([kind.payload_kg for kind in kinds]), np.mean([kind.volume_l for kind in kinds])
    pace_mps = PACE * np.mean([kind.top_speed_kmh for kind in kinds]) / 3.6
    lat, lon = (np.array([getattr(order, side) for order in day.orders]) for side in ("lat", "lon"))
    away_m = haversine_m(lat1=lat, lon1=lon, lat2=depot.lat, lon2=depot.lon)
    share = np.array([max(order.demand_kg / kg, order.volume_l / litres) for order in day.orders])
    stop_s = np.array([order.service_s + order.setup_s for order in day.orders])
    work = stop_s + share * (depot.loading_s + 2 * DETOUR * away_m / pace_mps)
    elsewhere = np.array([order.depot_id not in {"", depot.id} for order in day.orders], dtype=bool)
    return np.where(elsewhere, np.inf, work)
