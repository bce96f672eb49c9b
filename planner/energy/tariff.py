"""What energy costs where and when."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from planner.model import Day, Depot, Station

WH_PER_KWH = 1_000.0
DAY_S = 86_400


def prices_between(site: Depot | Station, begin_s: float, end_s: float) -> Iterator[tuple[float, float]]:
    """Yield (seconds, price per kWh) of the parts of a span in which the price does not change."""
    tariff = site.tariff if isinstance(site, Depot) else ()
    changes = [step.from_s for step in tariff[1:] if begin_s < step.from_s < end_s]
    for since, until in pairwise([begin_s, *changes, end_s]):
        yield until - since, price_at(site, since)


def price_at(site: Depot | Station, at_s: float) -> float:
    """Return the price per kWh at a moment; before a tariff begins its first price holds."""
    if isinstance(site, Station) or not site.tariff:
        return site.price_per_kwh
    begun = [step for step in site.tariff if step.from_s <= at_s]
    return (begun[-1] if begun else site.tariff[0]).price_per_kwh


def mean_price(site: Depot | Station, begin_s: float, end_s: float) -> float:
    """Return the price per kWh of energy that is taken evenly over a span."""
    if end_s <= begin_s or isinstance(site, Station) or not site.tariff:
        return price_at(site, begin_s)
    return sum(lasts_s * price for lasts_s, price in prices_between(site, begin_s, end_s)) / (end_s - begin_s)


def dearest_price(site: Depot | Station) -> float:
    """Return the highest price per kWh of all hours."""
    tariff = site.tariff if isinstance(site, Depot) else ()
    return max((step.price_per_kwh for step in tariff), default=site.price_per_kwh)


def pack_price(day: Day, depot: Depot) -> float:
    """Return the price per kWh of filling swapped-out batteries: the mean of the night.

    That is from the end of the depot's last shift until its first one tomorrow.
    """
    shifts = [vehicle.shift for vehicle in day.vehicles if vehicle.depot_id == depot.id]
    home_s = max((shift.end_s for shift in shifts), default=0)
    return mean_price(depot, home_s, DAY_S + min((shift.start_s for shift in shifts), default=0))


def energy_cost(site: Depot | Station, *, begin_s: float, end_s: float, wh: float) -> float:
    """Return the money for energy that is taken evenly over a span."""
    return wh / WH_PER_KWH * mean_price(site, begin_s, end_s)
