"""What the user, or an earlier run, has said about a file: flags and the mapping file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import date
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

from planner.errors import Fault, InputError, did_you_mean
from planner.io.files import read_file
from planner.io.importing import headers
from planner.io.importing.products import products
from planner.io.importing.units import units_of

FORMAT = "planner import mapping"
MAX_BYTES = 1_000_000
CHOICES: Mapping[str, tuple[str, ...]] = {
    "decimal": (",", "."),
    "date_order": ("dmy", "mdy"),
    "window_end": ("service-end", "service-start", "arrival"),
    "coordinates": ("lat-lon", "lon-lat"),
    "single_time": ("after", "before"),
    "first_priority": ("high", "low"),
}
FLAGS = {"window_end": "--window-end-means", "first_priority": "--priority-first"}
EXTRA_FIELDS = ("signed_load", "tw2", "tw3")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """Everything that can be said about a file; None is not said. `columns` maps names to fields, None to nothing."""

    columns: Mapping[str, str | None] = field(default_factory=dict)
    header: bool = True
    product: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    decimal: Literal[",", "."] | None = None
    date_order: Literal["dmy", "mdy"] | None = None
    window_end: Literal["service-end", "service-start", "arrival"] | None = None
    coordinates: Literal["lat-lon", "lon-lat"] | None = None
    single_time: Literal["after", "before"] | None = None
    first_priority: Literal["high", "low"] | None = None
    units: Mapping[str, str] = field(default_factory=dict)
    parcel_kg: str | None = None
    item_rows: bool | None = None
    time_zone: str | None = None
    day: date | None = None

    def but(self, **said: Any) -> Answers:
        """Return these answers with those that are given here, None and empty ones aside, in their place."""
        units = {**self.units, **said.pop("units", {})}
        return replace(self, **{name: value for name, value in said.items() if value is not None}, units=units)


def checked(answers: Answers, *, file: str = "") -> Answers:
    """Return the answers. Raises `InputError` with every one that is none of the choices."""
    faults = []
    for name, allowed in CHOICES.items():
        value = getattr(answers, name)
        if value is not None and value not in allowed:
            faults.append(_fault(file or flag(name), value, "is no choice", f"use one of: {', '.join(allowed)}", name))
    if answers.product is not None and answers.product not in products():
        message = f"is no product we know{did_you_mean(answers.product, products())}"
        faults.append(_fault(file or "--product", answers.product, message, f"use one of: {', '.join(products())}"))
    for name, unit in answers.units.items():
        if unit not in units_of(name):
            listed = ", ".join(units_of(name)) or "weight, volume, service, length or load before the ="
            faults.append(_fault(file or "--unit", f"{name}={unit}", "is no unit of it", f"use one of: {listed}"))
    for column, meant in answers.columns.items():
        if meant is not None and meant not in field_names():
            message = f"is no field{did_you_mean(meant, field_names())}"
            faults.append(_fault(file, meant, message, f"use one of: {', '.join(field_names())}", column))
    if answers.time_zone is not None and not _is_zone(answers.time_zone):
        faults.append(_fault(file or "--zone", answers.time_zone, "is no time zone", "write it as Europe/Berlin"))
    if faults:
        raise InputError(faults)
    return answers


def flag(name: str) -> str:
    """Return the option of the command line that gives an answer."""
    return FLAGS.get(name, f"--{name.replace('_', '-')}")


def field_names() -> tuple[str, ...]:
    """Return what a column may be mapped to."""
    return (*headers.fields(), *EXTRA_FIELDS)


def read_mapping(path: Path) -> Answers:
    """Read a mapping file. Raises `InputError` E-O84 for what is none."""
    data = read_file(path, max_bytes=MAX_BYTES)
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise InputError(_fault(path.name, None, f"is no JSON ({error})", "see docs/import.md")) from None
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise InputError(_fault(path.name, None, f'is no file with "format": "{FORMAT}"', "see docs/import.md"))
    known = {entry.name for entry in fields(Answers)}
    said = {name: value for name, value in document.items() if name in known and value is not None}
    strangers = [name for name in document if name not in known and name not in {"format", "examples"}]
    faults = [
        _fault(path.name, name, f"is no key{did_you_mean(name, known)}", "see docs/import.md") for name in strangers
    ]
    faults += [
        _fault(path.name, str(value), f"{name} is of the wrong kind", "see docs/import.md")
        for name, value in said.items()
        if not _fits(name, value)
    ]
    if faults:
        raise InputError(faults)
    said.pop("day", None)  # of the file it was made for
    return checked(Answers(**said), file=path.name)


def mapping_text(answers: Answers, *, examples: Mapping[str, str]) -> str:
    """Return a mapping file: what was understood, for the next file of the same kind."""
    said = {name: value for name, value in asdict(answers).items() if name != "day" and value not in (None, {})}
    document = {"format": FORMAT, **said, "columns": dict(answers.columns), "examples": dict(examples)}
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _fits(name: str, value: object) -> bool:
    if name in {"columns", "units"}:
        texts = (str, type(None)) if name == "columns" else (str,)
        return isinstance(value, dict) and all(isinstance(inner, texts) for inner in value.values())
    return isinstance(value, bool if name in {"header", "item_rows"} else str)


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        return False
    return True


def _fault(file: str, value: str | None, message: str, remedy: str, column: str | None = None) -> Fault:
    code = "E-A01" if file.startswith("--") else "E-O84"
    return Fault(code=code, file=file, column=column, value=value, message=message, remedy=remedy)
