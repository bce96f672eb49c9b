"""Read what a fleet costs in a year: the catalogue's figures, and those of the user laid over them.

Every figure keeps where it comes from: the comment beside it in the catalogue, or the name of the user's file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, Field, ValidationError

from planner.errors import Fault, InputError, did_you_mean
from planner.io.files import read_file
from planner.io.fleet_schema import Money, Name, Row
from planner.io.fleet_toml import MAX_BYTES, toml_tables
from planner.io.shapes import Place, faults, keys_of

CODE, UNKNOWN, UNLIKELY_CODE = "E-Y01", "E-Y02", "E-Y03"
DEFAULT = "default"
CATALOGUE_FILE = "catalogue money.toml"


def _whole_percent(value: float) -> float:
    if 0 < value < 1:
        raise ValueError("may be a share or a percentage: write 25 for 25 %")
    return value


Percent = Annotated[float, Field(ge=0, le=100), AfterValidator(_whole_percent)]
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
    vehicles: dict[Name, dict[str, Any]]


TABLES: dict[str, type[Row]] = {
    "year": YearRow,
    "wages": WagesRow,
    "energy": EnergyRow,
    "plugs": PlugsRow,
    "grid": GridRow,
    "vehicles": VehicleMoney,
}

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
    "insurance_per_year": (50, 5_000),
    "tax_per_year": (0, 2_000),
    "service_per_year": (0, 3_000),
    "tyres_and_repair_per_km": (0.01, 0.5),
    "parking_per_month": (0, 500),
    "battery_per_kwh": (0, 1_500),
    "battery_cycles": (300, 10_000),
    "diesel_l_per_100km": (0, 25),
    "vehicles.price": (1_000, 120_000),
    "plugs.price": (20, 40_000),
}
"""Outside these a figure is kept with a warning. Euros: another currency may have another scale."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyFile:
    """What a fleet costs in a year, where each figure comes from, and what looks odd."""

    figures: MoneyDocument
    sources: Mapping[str, str]  # by "table.key"
    warnings: tuple[Fault, ...] = ()
    _asked: dict[tuple[str, str], VehicleMoney] = field(default_factory=dict, init=False, repr=False, compare=False)

    def of(self, type_name: str, class_name: str) -> VehicleMoney:
        """Return the figures of a vehicle type: its own, else those of its class, else the default."""
        if (type_name, class_name) not in self._asked:
            merged: dict[str, Any] = {}
            for name in self.names(type_name, class_name):
                merged |= self.figures.vehicles[name]
            self._asked[type_name, class_name] = VehicleMoney(**merged)
        return self._asked[type_name, class_name]

    def lines(self, types: Sequence[tuple[str, str]]) -> Iterator[tuple[str, float, str]]:
        """Yield each figure that these vehicle types and their classes are priced with, its value and its source."""
        tables = self.figures.model_dump()
        steps, vehicles = tables["grid"].pop("steps"), tables.pop("vehicles")
        for table, row in tables.items():
            yield from ((f"{table}.{key}", value, self._source(table, key)) for key, value in row.items())
        for step in steps:
            for key in ("once", "per_year"):
                yield f"grid up to {step['up_to_kw']:g} kW, {key}", step[key], self.sources.get("grid.steps", "assumed")
        for type_name, class_name in types:
            names = self.names(type_name, class_name)
            for key, value in self.of(type_name, class_name).model_dump().items():
                said = next(name for name in reversed(names) if key in vehicles[name])
                yield f"{type_name}: {key}", value, self._source(f"vehicles.{said}", key)

    def _source(self, table: str, key: str) -> str:
        return self.sources.get(f"{table}.{key}", "")

    def names(self, type_name: str, class_name: str) -> tuple[str, ...]:
        """Return the tables that a vehicle type is read from, the general before the special."""
        asked = (DEFAULT, class_name.partition("-")[0], class_name, type_name)
        return tuple(name for name in dict.fromkeys(asked) if name in self.figures.vehicles)


def read_money(path: Path | None = None, *, currency: str = "EUR") -> MoneyFile:
    """Read the catalogue's figures, and over them those of a file. Raises `InputError` with every fault.

    Amounts that look absurd are kept with a warning where the currency is the euro, in which the bands are.
    """
    shipped = files("planner.catalogue").joinpath("money.toml").read_bytes()
    raw = toml_tables(shipped, CATALOGUE_FILE, docs="docs/size.md")
    sources = dict(_comments(shipped.decode()))
    figures = MoneyDocument.model_validate(raw)
    if path is None:
        return MoneyFile(figures=figures, sources=sources)
    own = toml_tables(read_file(path, max_bytes=MAX_BYTES), path.name, docs="docs/size.md")
    if found := [*_unknown(own, path.name)]:
        raise InputError(found)
    try:
        figures = MoneyDocument.model_validate(_laid_over(raw, own))
    except ValidationError as error:
        raise InputError(faults(error, file=path.name, code=lambda _: CODE, keys=_known_keys)) from None
    if found := [*_vehicle_faults(figures, own, path.name)]:
        raise InputError(found)
    sources |= {key: f"your {path.name}" for key, _ in _leaves(own)}
    return MoneyFile(figures=figures, sources=sources, warnings=tuple(_odd(own, path.name, currency)))


def _vehicle_faults(figures: MoneyDocument, own: Mapping[str, Any], file: str) -> Iterator[Fault]:
    """Validate each vehicle's table laid over the default, as it is read."""
    default = figures.vehicles[DEFAULT]
    for name in own.get("vehicles", {}):
        try:
            VehicleMoney.model_validate(default | figures.vehicles[name])
        except ValidationError as error:
            for fault in faults(error, file=file, code=lambda _: CODE, keys=_known_keys):
                yield replace(fault, column=f"vehicles.{name}.{fault.column}")


def _known_keys(place: Place) -> Sequence[str]:
    if len(place) > 1 and place[1] == "steps":
        return keys_of(StepRow)
    return keys_of(TABLES.get(str(place[0]), MoneyDocument) if place else MoneyDocument)


def _unknown(own: Mapping[str, Any], file: str) -> Iterator[Fault]:
    """Find tables and keys that are not known, and values where tables should be."""
    for table, rows in own.items():
        if table not in TABLES:
            yield _no_key(file, table, table, tuple(TABLES))
        elif not isinstance(rows, dict):
            yield Fault(code=CODE, file=file, column=table, message="is no table", remedy=f"write [{table}]")
        elif table == "vehicles":
            for name, row in rows.items():
                place = f"vehicles.{name}"
                if not isinstance(row, dict):
                    yield Fault(code=CODE, file=file, column=place, message="is no table", remedy=f"write [{place}]")
                    continue
                known = keys_of(VehicleMoney)
                yield from (_no_key(file, f"{place}.{key}", key, known) for key in row if key not in known)
        else:
            known = keys_of(TABLES[table])
            yield from (_no_key(file, f"{table}.{key}", key, known) for key in rows if key not in known)


def _no_key(file: str, column: str, key: str, known: Sequence[str]) -> Fault:
    message = "is no key we know" + did_you_mean(key, known)
    return Fault(code=UNKNOWN, file=file, column=column, message=message, remedy=f"use one of: {', '.join(known)}")


def _laid_over(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Lay tables over tables; a list, such as the grid's steps, replaces the one below it."""
    merged = dict(below)
    for key, value in above.items():
        old = merged.get(key)
        merged[key] = _laid_over(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return merged


def _leaves(tables: Mapping[str, Any], place: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in tables.items():
        name = f"{place}.{key}" if place else key
        if isinstance(value, dict):
            yield from _leaves(value, name)
        else:
            yield name, value


def _odd(own: Mapping[str, Any], file: str, currency: str) -> Iterator[Fault]:
    if currency != "EUR":
        return
    for place, value in _leaves(own):
        table, key = place.partition(".")[0], place.rpartition(".")[2]
        low, high = PLAUSIBLE.get(f"{table}.{key}", PLAUSIBLE.get(key, (-1e300, 1e300)))
        if isinstance(value, int | float) and not low <= value <= high:
            yield Fault(
                code=UNLIKELY_CODE,
                file=file,
                column=place,
                value=f"{value:g}",
                message=f"is unusual: {low:g} to {high:g} is plausible; it is kept",
                remedy="check the unit and the decimal point",
            )


_TABLE = re.compile(r"^\[{1,2}([^\]]+)\]")
_FIGURE = re.compile(r"^(\w+) = ([^#]*?)\s*# (.*)$")


def _comments(text: str) -> Iterator[tuple[str, str]]:
    """Read the source beside each figure of the catalogue's file."""
    table = ""
    for line in text.splitlines():
        if found := _TABLE.match(line):
            table = found[1]
        elif found := _FIGURE.match(line):
            yield f"{table}.{found[1]}", found[3]
