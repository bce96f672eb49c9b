"""Read what a fleet costs in a year: the catalogue's figures, and those of the user laid over them.

Every figure keeps where it comes from: the comment beside it in the catalogue, or the name of the user's file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib.resources import files
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from planner.errors import Fault, InputError, did_you_mean
from planner.io.files import read_file
from planner.io.fleet_toml import MAX_BYTES, toml_tables
from planner.io.money_schema import TABLES, MoneyDocument, StepRow, VehicleMoney
from planner.io.plausible import AMOUNTS, EURO, about_currency, band, odd_figures, rates, written
from planner.io.shapes import Place, faults, key_path, keys_of

CODE, UNKNOWN, UNUSED = "E-Y01", "E-Y02", "E-Y04"
DEFAULT = "default"
CATALOGUE_FILE, DOCS = "catalogue money.toml", "docs/size.md"


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyFile:
    """What a fleet costs in a year, where each figure comes from, and what looks odd.

    `own` are the figures of vehicles that the user's file says, by table and key.
    """

    figures: MoneyDocument
    sources: Mapping[str, str]  # by "table.key"
    warnings: tuple[Fault, ...] = ()
    own: frozenset[tuple[str, str]] = frozenset()
    _asked: dict[tuple[str, str], VehicleMoney] = field(default_factory=dict, init=False, repr=False, compare=False)

    def of(self, type_name: str, class_name: str) -> VehicleMoney:
        """Return the figures of a vehicle type: its own, else those of its class, else the default.

        The user's count before any of the catalogue's: a price of a class holds for all its types.
        """
        if (type_name, class_name) not in self._asked:
            said = self._said(type_name, class_name)
            figures = {key: self.figures.vehicles[name][key] for key, name in said.items()}
            self._asked[type_name, class_name] = VehicleMoney(**figures)
        return self._asked[type_name, class_name]

    def _said(self, type_name: str, class_name: str) -> dict[str, str]:
        """Return the table that each figure of a vehicle type is taken from."""
        rows = [(key, name) for name in self.names(type_name, class_name) for key in self.figures.vehicles[name]]
        return dict(rows) | {key: name for key, name in rows if (name, key) in self.own}

    def lines(self, types: Sequence[tuple[str, str]]) -> Iterator[tuple[str, float, str]]:
        """Yield each figure that these vehicle types and their classes are priced with, its value and its source."""
        tables = self.figures.model_dump()
        steps = tables["grid"].pop("steps")
        del tables["vehicles"]
        for table, row in tables.items():
            yield from ((f"{table}.{key}", value, self._source(table, key)) for key, value in row.items())
        for number, step in enumerate(steps):
            for key in ("once", "per_year"):
                source = self._source(f"grid.steps[{number}]", key) or "assumed"
                yield f"grid up to {step['up_to_kw']:g} kW, {key}", step[key], source
        for type_name, class_name in types:
            said = self._said(type_name, class_name)
            for key, value in self.of(type_name, class_name).model_dump().items():
                yield f"{type_name}: {key}", value, self._source(f"vehicles.{said[key]}", key)

    def spelled_out(self, types: Iterable[tuple[str, str]]) -> MoneyFile:
        """Return the same figures in tables of one file: what is said below by the catalogue gives way.

        The types are those given, by name and class, and all that were asked for.
        """
        vehicles, sources = {name: dict(row) for name, row in self.figures.vehicles.items()}, dict(self.sources)
        for type_name, class_name in dict.fromkeys((*types, *self._asked)):
            said, names = self._said(type_name, class_name), self.names(type_name, class_name)
            for key, name in said.items():
                last = next(other for other in reversed(names) if key in vehicles[other])
                if last != name:
                    vehicles[last][key] = self.figures.vehicles[name][key]
                    sources[f"vehicles.{last}.{key}"] = self._source(f"vehicles.{name}", key)
        return replace(self, figures=self.figures.model_copy(update={"vehicles": vehicles}), sources=sources)

    def _source(self, table: str, key: str) -> str:
        return self.sources.get(f"{table}.{key}", "")

    def names(self, type_name: str, class_name: str) -> tuple[str, ...]:
        """Return the tables that a vehicle type is read from, the general before the special."""
        asked = (DEFAULT, class_name.partition("-")[0], class_name, type_name)
        return tuple(name for name in dict.fromkeys(asked) if name in self.figures.vehicles)


def read_money(path: Path | None = None, *, currency: str = EURO) -> MoneyFile:
    """Read the catalogue's figures, and over them those of a file. Raises `InputError` with every fault.

    The catalogue's euros are taken into another currency at a rough rate. Figures that look absurd are kept with a
    warning.
    """
    shipped = files("planner.catalogue").joinpath("money.toml").read_bytes()
    rate = rates().get(currency)
    raw = _in_currency(toml_tables(shipped, CATALOGUE_FILE, docs=DOCS), 1.0 if rate is None else rate)
    sources = dict(_comments(shipped.decode(), "" if rate in {None, 1.0} else f", at {rate:,g} {currency} to the euro"))
    notes = tuple(about_currency(currency))
    figures = MoneyDocument.model_validate(raw)
    if path is None:
        return MoneyFile(figures=figures, sources=sources, warnings=notes)
    own = toml_tables(read_file(path, max_bytes=MAX_BYTES), path.name, docs=DOCS)
    found = [*_unknown(own, path.name)]
    known = _without_unknown(own)
    try:
        figures = MoneyDocument.model_validate(_laid_over(raw, known))
        found += _vehicle_faults(figures, known, path.name, rate)
    except ValidationError as error:
        found += _wrong(error, path.name, rate)
        found += _vehicle_faults(MoneyDocument.model_validate(raw), known, path.name, rate)
    if found:
        raise InputError(found)
    return MoneyFile(
        figures=figures,
        sources=sources | {key: f"your {path.name}" for key, _ in _leaves(own)},
        warnings=(*notes, *odd_figures(_leaves(own), path.name, rate)),
        own=frozenset((name, key) for name, row in own.get("vehicles", {}).items() for key in row),
    )


def unused_vehicles(money: MoneyFile, names: Sequence[str], *, file: str) -> Iterator[Fault]:
    """Find vehicles that are priced and that nothing is named by: often a slip of the pen."""
    for name in money.figures.vehicles:
        if name not in names:
            message = "is no type or class of vehicle that we know, so that nothing takes it" + did_you_mean(
                name, names
            )
            remedy = "write the name of a type as the fleet file has it, or of its road class"
            yield Fault(code=UNUSED, file=file, column="vehicles", value=name, message=message, remedy=remedy)


def _in_currency(tables: dict[str, Any], rate: float) -> dict[str, Any]:
    """Take the catalogue's amounts into another currency, to three figures or more."""

    def taken(key: str, value: Any) -> Any:
        if isinstance(value, dict):
            return {k: taken(k, v) for k, v in value.items()}
        if isinstance(value, list):
            return [taken(key, row) for row in value]
        return round(value * rate, 4) if key in AMOUNTS else value

    return {key: taken(key, value) for key, value in tables.items()} if rate != 1.0 else tables


def _wrong(error: ValidationError, file: str, rate: float | None, place: str = "") -> Iterator[Fault]:
    """Yield what is wrong with figures; what is plausible is the remedy where that is known."""
    for fault in faults(error, file=file, code=lambda _: CODE, keys=_known_keys):
        column = f"{place}{fault.column}"
        limits = band(column.partition(".")[0], column.rpartition(".")[2], rate or 1.0)
        how = "write a number without quotes" if "valid number" in fault.message else "correct the value"
        remedy = f"{how}; {written(*limits)} is plausible" if limits else fault.remedy
        yield replace(fault, column=column, remedy=remedy)


def _vehicle_faults(figures: MoneyDocument, own: Mapping[str, Any], file: str, rate: float | None) -> Iterator[Fault]:
    """Validate each vehicle's table laid over the default, as it is read."""
    default = figures.vehicles[DEFAULT]
    for name, row in own.get("vehicles", {}).items():
        try:
            VehicleMoney.model_validate(default | row)
        except ValidationError as error:
            yield from _wrong(error, file, rate, f"{key_path(('vehicles', name))}.")


def _without_unknown(own: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out what `_unknown` has told of, so that the rest can be validated too."""
    kept: dict[str, Any] = {}
    for table, rows in own.items():
        if table not in TABLES or not isinstance(rows, dict):
            continue
        if table == "vehicles":
            known = keys_of(VehicleMoney)
            tables = {name: row for name, row in rows.items() if isinstance(row, dict)}
            kept[table] = {name: {k: v for k, v in row.items() if k in known} for name, row in tables.items()}
        else:
            kept[table] = {key: value for key, value in rows.items() if key in keys_of(TABLES[table])}
    return kept


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


def _leaves(tables: Any, place: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every figure with its place, such as ``grid.steps[1].once``."""
    if isinstance(tables, dict):
        for key, value in tables.items():
            yield from _leaves(value, f"{place}.{key}" if place else key)
    elif isinstance(tables, list):
        for number, value in enumerate(tables):
            yield from _leaves(value, f"{place}[{number}]")
    else:
        yield place, tables


_TABLE = re.compile(r"^\[{1,2}([^\]]+)\]")
_FIGURE = re.compile(r"^(\w+) = ([^#]*?)\s*# (.*)$")


def _comments(text: str, at_rate: str) -> Iterator[tuple[str, str]]:
    """Read the source beside each figure of the catalogue's file."""
    table = ""
    for line in text.splitlines():
        if found := _TABLE.match(line):
            table = found[1]
        elif found := _FIGURE.match(line):
            yield f"{table}.{found[1]}", found[3] + (at_rate if found[1] in AMOUNTS and float(found[2]) else "")
