"""The shape of a money file: its tables, their keys and bounds."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, Field

from planner.io.fleet_schema import Name, Row


def _whole_percent(value: float) -> float:
    if 0 < value < 1:
        raise ValueError("may be a share or a percentage: write 25 for 25 %")
    return value


Percent = Annotated[float, Field(ge=0, le=100), AfterValidator(_whole_percent)]
Money = Annotated[float, Field(ge=0, le=1e12)]  # a van is 140 million in Uganda
Years = Annotated[float, Field(gt=0, le=100)]


class YearRow(Row):
    """The table ``[year]``."""

    working_days: Annotated[float, Field(gt=0, le=366)]
    interest_percent: Percent
    courier_per_order: Money


class WagesRow(Row):
    """The table ``[wages]``."""

    per_hour: Money
    overtime_extra_per_hour: Money
    min_paid_hours: Annotated[float, Field(ge=0, le=24)]


class EnergyRow(Row):
    """The table ``[energy]``."""

    price_factor: Annotated[float, Field(ge=0, le=100)]
    co2_g_per_kwh: Annotated[float, Field(ge=0, le=5_000)]
    diesel_per_litre: Money
    diesel_co2_kg_per_litre: Annotated[float, Field(ge=0, le=20)]


class PlugsRow(Row):
    """The table ``[plugs]``."""

    price: Money
    installation: Money
    years: Years
    upkeep_per_year: Money


class StepRow(Row):
    """One of ``[[grid.steps]]``."""

    up_to_kw: Annotated[float, Field(gt=0, le=100_000)]
    once: Money
    per_year: Money


def _rises(steps: tuple[StepRow, ...]) -> tuple[StepRow, ...]:
    powers = [step.up_to_kw for step in steps]
    if powers != sorted(set(powers)):
        raise ValueError("up_to_kw must rise from step to step")
    return steps


class PeaksRow(Row):
    """The table ``[peaks]``."""

    overtime_hours: Annotated[float, Field(ge=0, le=12)]


class GridRow(Row):
    """The table ``[grid]``."""

    years: Years
    steps: Annotated[tuple[StepRow, ...], Field(strict=False, min_length=1), AfterValidator(_rises)]


class VehicleMoney(Row):
    """One of ``[vehicles.NAME]``, complete."""

    price: Money
    subsidy: Money
    residual_percent: Percent
    years: Years
    lease_per_month: Money
    rent_per_day: Money
    insurance_per_year: Money
    tax_per_year: Money
    service_per_year: Money
    tyres_and_repair_per_km: Money
    parking_per_month: Money
    battery_per_kwh: Money
    battery_cycles: Annotated[float, Field(ge=1, le=1_000_000)]
    diesel_l_per_100km: Annotated[float, Field(ge=0, le=100)]
    production_co2_kg: Annotated[float, Field(ge=0, le=1_000_000)]


class MoneyDocument(Row):
    """The whole file, the user's figures laid over the catalogue's."""

    year: YearRow
    wages: WagesRow
    energy: EnergyRow
    plugs: PlugsRow
    grid: GridRow
    peaks: PeaksRow
    vehicles: dict[Name, dict[str, Any]]


TABLES: dict[str, type[Row]] = {
    "year": YearRow,
    "wages": WagesRow,
    "energy": EnergyRow,
    "plugs": PlugsRow,
    "grid": GridRow,
    "peaks": PeaksRow,
    "vehicles": VehicleMoney,
}
