"""What steers the routes of a sized day: what the money file will charge for them, beside energy by its tariffs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from planner.io.money import MoneyFile
from planner.model import Day, Vehicle, VehicleType

HOUR_S = 3_600
LARGEST = 5_000.0  # price handed to the search, so that the sums of a day in rupiah or dong fit its integers


def charged(vehicle: Vehicle, money: MoneyFile) -> Vehicle:
    """Return a vehicle whose day costs what `moving_cost` will charge for it, whatever its fleet file says.

    It costs nothing for a day in use: what stands in the yard is paid by the year.
    """
    kind, figures = vehicle.type, money.figures
    rates = money.of(kind.name, kind.road_class.name)
    diesel_per_km = rates.diesel_l_per_100km / 100 * figures.energy.diesel_per_litre
    priced = replace(
        kind,
        cost_per_day=0.0,
        cost_per_km=rates.tyres_and_repair_per_km + diesel_per_km,
        cost_per_hour=figures.wages.per_hour,
        cost_per_overtime_hour=figures.wages.overtime_extra_per_hour,
        wear_per_kwh=0.0,  # batteries are paid by the year too
    )
    return replace(vehicle, type=priced, min_paid_s=round(figures.wages.min_paid_hours * HOUR_S))


def in_reach(day: Day, types: Sequence[VehicleType]) -> tuple[Day, tuple[VehicleType, ...]]:
    """Return a day and its types of vehicles with prices that the search can add up.

    All are divided by the same power of ten, which changes no choice; by one where none is above `LARGEST`. On a day
    without charging energy costs nothing: what is burnt is paid by the kilometre.
    """
    if not day.charging:
        day = _with_energy(day, 0.0)
    most = max(_prices(day, types), default=0.0)
    if most <= LARGEST:
        return day, tuple(types)
    unit = 10.0 ** math.ceil(math.log10(most / LARGEST))
    vehicles = tuple(replace(vehicle, type=_divided(vehicle.type, unit)) for vehicle in day.vehicles)
    orders = tuple(replace(order, late_cost_per_min=order.late_cost_per_min / unit) for order in day.orders)
    balance = day.balance and replace(day.balance, price=day.balance.price / unit)
    priced = replace(_with_energy(day, 1 / unit), vehicles=vehicles, orders=orders, balance=balance)
    return priced, tuple(_divided(kind, unit) for kind in types)


def _prices(day: Day, types: Sequence[VehicleType]) -> list[float]:
    """Return all prices that a search of a day sees."""
    found = [price for kind in types for price in (kind.cost_per_day, kind.cost_per_km, kind.cost_per_hour)]
    found += [price for kind in types for price in (kind.cost_per_overtime_hour, kind.wear_per_kwh)]
    found += [step.price_per_kwh for depot in day.depots for step in depot.tariff]
    found += [site.price_per_kwh for site in day.sites] + [order.late_cost_per_min for order in day.orders]
    return [*found, day.balance.price] if day.balance else found


def _divided(kind: VehicleType, unit: float) -> VehicleType:
    return replace(
        kind,
        cost_per_day=kind.cost_per_day / unit,
        cost_per_km=kind.cost_per_km / unit,
        cost_per_hour=kind.cost_per_hour / unit,
        cost_per_overtime_hour=kind.cost_per_overtime_hour / unit,
        wear_per_kwh=kind.wear_per_kwh / unit,
    )


def _with_energy(day: Day, factor: float) -> Day:
    depots = tuple(
        replace(
            depot,
            price_per_kwh=factor * depot.price_per_kwh,
            tariff=tuple(replace(step, price_per_kwh=factor * step.price_per_kwh) for step in depot.tariff),
        )
        for depot in day.depots
    )
    stations = tuple(replace(site, price_per_kwh=factor * site.price_per_kwh) for site in day.stations)
    return replace(day, depots=depots, stations=stations)
