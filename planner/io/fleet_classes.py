"""Road classes of the user's own: tables ``[road_classes.NAME]`` in a fleet file, or in a file of classes alone.

A class that is `like` another, of the same file or of the catalogue, gives differences only::

    [road_classes.our-l6e]
    like = "L6e-it"
    max_speed_kmh = 40
    tolls = false
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from planner.catalogue import class_figures, class_rows
from planner.errors import Fault, InputError
from planner.io.files import read_file
from planner.io.fleet_schema import ClassesDocument, ClassRow, code, known_keys
from planner.io.fleet_toml import MAX_BYTES, toml_tables
from planner.io.shapes import faults
from planner.model import RoadClass

NEEDED = ("max_speed_kmh", "closed_highways", "motorroad", "access_tags", "urban_factor")


def read_classes(path: Path) -> Mapping[str, RoadClass]:
    """Read a file of road classes. Raises `InputError` with every fault of its shape, or else of its meaning."""
    raw = toml_tables(read_file(path, max_bytes=MAX_BYTES), path.name, docs="docs/classes.md")
    try:
        document = ClassesDocument.model_validate(raw)
    except ValidationError as error:
        raise InputError(faults(error, file=path.name, code=code, keys=known_keys)) from None
    classes, found = own_classes(document.road_classes, file=path.name)
    if found:
        raise InputError(found)
    return classes


def own_classes(rows: Mapping[str, ClassRow], *, file: str) -> tuple[dict[str, RoadClass], Sequence[Fault]]:
    """Return the classes that hold together, and what is wrong with the others."""
    given = {name: row.model_dump(exclude_unset=True) for name, row in rows.items()}
    known = {**given, **class_rows()}
    classes: dict[str, RoadClass] = {}
    found: list[Fault] = []
    for name in rows:
        place = f"road_classes.{name}"
        if name in class_rows():
            found.append(_taken(name, file=file, place=place))
            continue
        try:
            figures = class_figures(name, known, file=file)
        except InputError as error:
            column = f"{place}.like"
            found += [replace(fault, column=column) for fault in error.faults]
            continue
        missing = [key for key in NEEDED if key not in figures]
        found += [_missing(f"{place}.{key}", file=file) for key in missing]
        if not missing:
            classes[name] = _road_class(figures)
    return classes, found


def _road_class(figures: dict[str, Any]) -> RoadClass:
    lists = {key: tuple(figures[key]) for key in ("closed_highways", "access_tags")}
    return RoadClass(**{**figures, **lists})


def _taken(name: str, *, file: str, place: str) -> Fault:
    message = "is the name of a class of the catalogue"
    return Fault(code="E-F18", file=file, column=place, value=name, message=message, remedy="give it another name")


def _missing(column: str, *, file: str) -> Fault:
    remedy = "add it, or name a class that it is like"
    return Fault(code="E-F19", file=file, column=column, message="is missing", remedy=remedy)
