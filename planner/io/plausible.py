"""Bands of what money can hardly be meant outside, in any currency, by a rough rate to the euro.

The bands are those of the catalogue's euros; a rate tells about how much a euro is, see `currencies.toml`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from planner.errors import Fault
from planner.model import Depot, Station

UNLIKELY_CODE, CURRENCY_CODE = "E-Y03", "E-Y05"
EURO = "EUR"

AMOUNTS = frozenset(
    {
        "battery_per_kwh",
        "courier_per_order",
        "diesel_per_litre",
        "installation",
        "insurance_per_year",
        "lease_per_month",
        "once",
        "overtime_extra_per_hour",
        "parking_per_month",
        "per_hour",
        "per_year",
        "price",
        "price_per_kwh",
        "rent_per_day",
        "service_per_year",
        "subsidy",
        "tax_per_year",
        "tyres_and_repair_per_km",
        "upkeep_per_year",
    }
)
"""The figures that are money; all others are the same in every currency."""

PLAUSIBLE: dict[str, tuple[float, float]] = {
    "working_days": (100, 366),
    "interest_percent": (0, 15),
    "courier_per_order": (2, 40),
    "per_hour": (2, 80),
    "overtime_extra_per_hour": (0, 80),
    "price_factor": (0.2, 5),
    "co2_g_per_kwh": (0, 1_200),
    "diesel_per_litre": (0.3, 4),
    "diesel_co2_kg_per_litre": (2, 4),
    "installation": (0, 10_000),
    "upkeep_per_year": (0, 1_000),
    "residual_percent": (0, 70),
    "years": (2, 30),
    "lease_per_month": (0, 2_000),
    "rent_per_day": (5, 400),
    "overtime_hours": (0, 4),
    "insurance_per_year": (50, 5_000),
    "tax_per_year": (0, 2_000),
    "service_per_year": (0, 3_000),
    "tyres_and_repair_per_km": (0.01, 0.5),
    "parking_per_month": (0, 500),
    "battery_per_kwh": (0, 1_500),
    "battery_cycles": (300, 10_000),
    "diesel_l_per_100km": (0, 25),
    "price_per_kwh": (0, 2),
    "once": (0, 200_000),
    "per_year": (0, 20_000),
    "vehicles.price": (1_000, 120_000),
    "plugs.price": (20, 40_000),
}
"""In euros where it is money."""


@cache
def rates() -> Mapping[str, float]:
    """Return about how much one euro is, by currency."""
    text = files("planner.catalogue").joinpath("currencies.toml").read_text(encoding="utf-8")
    found: dict[str, float] = tomllib.loads(text)["per_euro"]
    return found


def band(table: str, key: str, rate: float = 1.0) -> tuple[float, float] | None:
    """Return the plausible band of a figure; None where there is none."""
    found = PLAUSIBLE.get(f"{table}.{key}", PLAUSIBLE.get(key))
    if found is None:
        return None
    factor = rate if key in AMOUNTS else 1.0
    return found[0] * factor, found[1] * factor


def written(low: float, high: float) -> str:
    """Return a band in words."""
    return f"{_round(low)} to {_round(high)}"


def _round(value: float) -> str:
    return f"{float(f'{value:.3g}'):,.0f}" if value >= 1_000 else f"{value:.3g}"


def odd_figures(leaves: Iterator[tuple[str, Any]], file: str, rate: float | None) -> Iterator[Fault]:
    """Find figures outside their band; money only where a rate to the euro is known."""
    for place, value in leaves:
        table, key = place.partition(".")[0], place.rpartition(".")[2]
        if rate is None and key in AMOUNTS:
            continue
        limits = band(table, key, rate or 1.0)
        if limits and isinstance(value, int | float) and not limits[0] <= value <= limits[1]:
            yield _unusual(file, place, value, limits)


def odd_energy(depots: Sequence[Depot], stations: Sequence[Station], file: str, rate: float | None) -> Iterator[Fault]:
    """Find prices of energy in a fleet file that can hardly be meant."""
    if rate is None:
        return
    limits = band("", "price_per_kwh", rate)
    assert limits is not None
    prices = [(f"depots[{n}].price_per_kwh", depot.price_per_kwh) for n, depot in enumerate(depots)]
    for n, depot in enumerate(depots):
        prices += [(f"depots[{n}].tariff", step.price_per_kwh) for step in depot.tariff]
    prices += [(f"stations[{n}].price_per_kwh", station.price_per_kwh) for n, station in enumerate(stations)]
    for place, price in dict.fromkeys(prices):
        if not limits[0] <= price <= limits[1]:
            yield _unusual(file, place, price, limits)


def about_currency(currency: str) -> Iterator[Fault]:
    """Say how the catalogue's euros were taken into another currency, or that they were not."""
    rate = rates().get(currency)
    if rate is None:
        message = "has no rate to the euro here: the catalogue's prices are taken as they are, and no band was checked"
        remedy = "give all prices with --money; size -o writes them to assumptions.toml, to begin with"
    elif currency == EURO:
        return
    else:
        message = f"is taken at about {rate:,g} to the euro for the catalogue's prices, which are European ones"
        remedy = "give your own with --money"
    yield Fault(
        code=CURRENCY_CODE, file="fleet.toml", column="currency", value=currency, message=message, remedy=remedy
    )


def _unusual(file: str, place: str, value: float, limits: tuple[float, float]) -> Fault:
    return Fault(
        code=UNLIKELY_CODE,
        file=file,
        column=place,
        value=f"{value:g}",
        message=f"is unusual: {written(*limits)} is plausible; it is kept",
        remedy="check the unit and the decimal point",
    )
