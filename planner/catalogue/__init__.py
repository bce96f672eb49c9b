"""Legal road classes and vehicle types, kept as data with a source per figure."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, TypeVar

from pydantic import TypeAdapter

from planner.errors import Fault, InputError, did_you_mean
from planner.model import RoadClass, VehicleType

T = TypeVar("T")

CLASSES_FILE = "catalogue classes.toml"


def road_class(name: str) -> RoadClass:
    """Return a road class by its name, such as ``L6e``. Raises `InputError` E-C01."""
    return known_class(name, _classes())


def known_class(name: str, known: Mapping[str, T], *, file: str = CLASSES_FILE) -> T:
    """Return what is known under the name of a road class. Raises `InputError` E-C01."""
    return _known(name, known, code="E-C01", kind="road class", file=file)


def class_figures(name: str, rows: Mapping[str, Mapping[str, Any]], *, file: str) -> dict[str, Any]:
    """Return the record of a class in `rows`, laid over the one it is `like`, and that over its own.

    Raises `InputError` E-C01 for a class that is like an unknown one, E-C03 for one that is like itself.
    """
    line = [name]
    while (base := known_class(line[-1], rows, file=file).get("like")) is not None:
        if base in line:
            way = " like ".join([*line, base])
            message = f"is like itself ({way})"
            raise InputError(
                Fault(code="E-C03", file=file, value=name, message=message, remedy="name a class of the catalogue")
            )
        line.append(base)
    figures = {key: value for row in reversed(line) for key, value in rows[row].items() if key != "like"}
    return {**figures, "name": name}


def vehicle_type(name: str) -> VehicleType:
    """Return a vehicle type by its name, such as ``ami-cargo``. Raises `InputError` E-C02."""
    return _known(name, _types(), code="E-C02", kind="vehicle type", file="catalogue types.toml")


def figure_sources(type_name: str) -> Mapping[str, str]:
    """Return where each figure of a vehicle type comes from, by the figure's name. Raises `InputError` E-C02."""
    return _known(type_name, _sources(), code="E-C02", kind="vehicle type", file="catalogue types.toml")


def class_names() -> tuple[str, ...]:
    """Return the names of all road classes."""
    return tuple(_classes())


def type_names() -> tuple[str, ...]:
    """Return the names of all vehicle types."""
    return tuple(_types())


@lru_cache(maxsize=1)
def class_rows() -> Mapping[str, Mapping[str, Any]]:
    """Return the records of all road classes as they are written, `like` and all."""
    return MappingProxyType(_read("classes.toml"))


@lru_cache(maxsize=1)
def default_speeds() -> Mapping[str, float]:
    """Return the limit in km/h assumed where none is tagged, by `highway` value; a value not listed is no street."""
    return MappingProxyType(TypeAdapter(dict[str, float]).validate_python(_read("road_speeds.toml")["kmh"]))


def _known(name: str, known: Mapping[str, T], *, code: str, kind: str, file: str) -> T:
    if name in known:
        return known[name]
    raise InputError(
        Fault(
            code=code,
            file=file,
            value=name,
            message=f"is not a {kind}{_nearest(name, known)}",
            remedy=f"use one of: {', '.join(known)}",
        )
    )


def _nearest(name: str, known: Iterable[str]) -> str:
    """Suggest a known name whatever its case, spelt as the catalogue spells it."""
    spelt = {word.casefold(): word for word in known}
    near = did_you_mean(name, spelt)
    return next((near.replace(folded, word) for folded, word in spelt.items() if f'"{folded}"' in near), "")


@lru_cache(maxsize=1)
def _classes() -> Mapping[str, RoadClass]:
    adapter = TypeAdapter(RoadClass)
    rows = class_rows()
    return {name: adapter.validate_python(class_figures(name, rows, file=CLASSES_FILE)) for name in rows}


@lru_cache(maxsize=1)
def _types() -> Mapping[str, VehicleType]:
    adapter = TypeAdapter(VehicleType)
    return {name: adapter.validate_python(_figures(name, row)) for name, row in _type_rows().items()}


@lru_cache(maxsize=1)
def _sources() -> Mapping[str, Mapping[str, str]]:
    return {name: MappingProxyType(row["sources"]) for name, row in _type_rows().items()}


def _figures(name: str, row: Mapping[str, Any]) -> dict[str, Any]:
    figures = {key: value for key, value in row.items() if key not in {"body", "sources"}}
    return {**figures, "name": name, "road_class": road_class(row["road_class"])}


@lru_cache(maxsize=1)
def _type_rows() -> Mapping[str, dict[str, Any]]:
    """Return each type's record laid over its body, and that over what all bodies share."""
    rows = _read("types.toml")
    bodies = rows.pop("bodies")
    return {name: _laid_over(bodies["common"], bodies[row["body"]], row) for name, row in rows.items()}


def _laid_over(*layers: Mapping[str, Any]) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for layer in layers:
        merged = {**merged, **layer, "sources": {**merged.get("sources", {}), **layer["sources"]}}
    return merged


def _read(file: str) -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath(file).read_text(encoding="utf-8"))
