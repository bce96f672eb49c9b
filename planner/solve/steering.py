"""The one price of energy by day, and by night, that the search takes for a depot with a tariff.

The search moves stops, not hours of charging. What is charged by day costs the mean of the hours in which the depot's
vehicles are on shift. What is missing in the evening is charged at the cheapest hours: as many of them as all vehicles
would take from reserve to start charge. What a plan shows is the price of the hours in which it charges.
"""

from __future__ import annotations

import math

from planner.energy.charging import charge_s
from planner.energy.tariff import mean_price
from planner.model import Day, Depot

SLOT_S = 900
DAY_S = 86_400


def day_price(day: Day, depot: Depot) -> float:
    """Return the price per kWh of energy taken during the shifts."""
    shifts = [vehicle.shift for vehicle in day.vehicles if vehicle.depot_id == depot.id]
    if not depot.tariff or not shifts:
        return mean_price(depot, 0, DAY_S)
    return mean_price(depot, min(shift.start_s for shift in shifts), max(shift.end_s for shift in shifts))


def night_price(day: Day, depot: Depot) -> float:
    """Return the price per kWh of energy taken at the cheapest hours between the shifts."""
    vehicles = [vehicle for vehicle in day.vehicles if vehicle.depot_id == depot.id]
    if not depot.tariff or not vehicles:
        return mean_price(depot, 0, DAY_S)
    home_s = max(vehicle.shift.end_s for vehicle in vehicles)
    off_s = max(min(vehicle.shift.start_s for vehicle in vehicles) + DAY_S, home_s + SLOT_S)
    prices = sorted(mean_price(depot, at, at + SLOT_S) for at in range(home_s, off_s, SLOT_S))
    charging_s = 0.0
    for vehicle in vehicles:
        wanted = vehicle.reserve_soc * vehicle.type.battery_wh, vehicle.tomorrow_soc * vehicle.type.battery_wh
        plug_w = max((plug.power_w for plug in depot.plugs), default=vehicle.type.charge_w)
        charging_s += min(charge_s(vehicle.type, from_wh=wanted[0], to_wh=wanted[1], plug_w=plug_w), DAY_S)
    slots = min(max(1, math.ceil(charging_s / SLOT_S / max(1, len(depot.plugs)))), len(prices))
    return sum(prices[:slots]) / slots
