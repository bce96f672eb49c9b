"""Where orders come from: streets by their length, within zones by their people."""

from __future__ import annotations

import json
import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any

import numpy as np

from planner.errors import Fault, InputError
from planner.roads.doorsteps import doorstep, segments_inside
from planner.roads.streets import Ints, Streets

CODE = "E-M30"
MOST_PEOPLE = 1e10  # more than there are on Earth


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarter:
    """Streets with one density of orders: segment numbers, and their lengths added up one after the other."""

    population: float
    segments: tuple[int, ...]
    running_m: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """A place to deliver to; `street` is empty where the map has no name."""

    lat: float
    lon: float
    street: str


def whole(streets: Streets, segments: Ints) -> list[Quarter]:
    """Take all streets as one quarter, so that length alone decides."""
    return [_quarter(streets, segments, population=1.0)]


def read_zones(file: Path, streets: Streets, segments: Ints) -> list[Quarter]:
    """Read zones, each with those of the segments whose middle lies inside it; a zone without any is left out.

    The file is GeoJSON, polygons with a property `population`. Raises `InputError` with every fault.
    """
    try:
        features = json.loads(file.read_text(encoding="utf-8"))["features"]
        said = [feature["properties"].get("population") for feature in features]
        inside = segments_inside(streets, segments, [_ring(feature) for feature in features])
    except (ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
        message = f"is no GeoJSON of polygons with a population ({error})"
        fault = Fault(code=CODE, file=str(file), message=message, remedy="correct it, or move it elsewhere")
        raise InputError(fault) from error
    people = [_people(value) for value in said]
    if found := [*_no_people(said, people, str(file))]:
        raise InputError(found)
    populated = [(count, chosen) for count, chosen in zip(people, inside, strict=True) if count is not None]
    quarters = [_quarter(streets, chosen, population=count) for count, chosen in populated if len(chosen)]
    if quarters and not any(quarter.population for quarter in quarters):
        message, remedy = "has nobody in any zone with streets", "give the people of each zone, or move it elsewhere"
        raise InputError(Fault(code=CODE, file=str(file), column="population", message=message, remedy=remedy))
    return quarters


def _people(value: object) -> float | None:
    """Read a number of people, as text too; None for anything else."""
    try:
        count = float(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else math.nan
    except (ValueError, OverflowError):
        return None
    return count if 0 <= count <= MOST_PEOPLE else None


def _no_people(said: Sequence[object], people: Sequence[float | None], file: str) -> Iterator[Fault]:
    for number, (value, count) in enumerate(zip(said, people, strict=True), start=1):
        if count is None:
            yield Fault(
                code=CODE,
                file=file,
                column=f"features[{number - 1}].properties.population",
                value="" if value is None else str(value),
                message=f"is no number of people, in zone {number}",
                remedy="write a number from 0 on, such as 1200",
            )


def draw_door(streets: Streets, quarters: Sequence[Quarter], rng: random.Random) -> Door:
    """Choose a quarter by population, in it a street by length, on it a doorstep."""
    quarter = rng.choices(quarters, weights=[quarter.population for quarter in quarters])[0]
    segment = rng.choices(quarter.segments, cum_weights=quarter.running_m)[0]
    lat, lon = doorstep(streets, segment, rng)
    return Door(lat=lat, lon=lon, street=streets.tag_sets[streets.seg_tags[segment]].get("name", ""))


def _quarter(streets: Streets, segments: Ints, *, population: float) -> Quarter:
    lengths_m = np.asarray(streets.seg_length_m[segments]).tolist()
    return Quarter(population=population, segments=tuple(segments.tolist()), running_m=tuple(accumulate(lengths_m)))


def _ring(feature: Any) -> list[tuple[float, float]]:
    return [(float(lon), float(lat)) for lon, lat in feature["geometry"]["coordinates"][0]]
