"""Realistic days on any streets: `generate_days` from a request to files."""

from __future__ import annotations

import math
import os
import random
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from planner.clock import clock
from planner.errors import Fault, InputError, RoadsError
from planner.generate.demand import Bay, Window, draw_size, draw_wish, orders_on, windows_within
from planner.generate.fleet import SHIFT, fleet_text, make_fleet, quoted, type_for
from planner.generate.folder import refuse_other_folder, write_days
from planner.generate.quarters import Quarter, draw_door, read_zones, whole
from planner.io.files import read_file
from planner.io.fleet import FleetFile, read_fleet
from planner.io.fleet_toml import MAX_BYTES
from planner.io.safe_csv import csv_text
from planner.model import VehicleType
from planner.roads.doorsteps import doorstep_segments, near
from planner.roads.network import build_network
from planner.roads.read import read_streets
from planner.roads.streets import Ints, Streets

RADIUS_M = 10_000.0  # orders lie this near to a depot, as the crow flies: half a small battery there and back
ZONES_NAME = "zones.geojson"
HIGHEST_HOUSE_NUMBER = 199
COLUMNS = (
    *("id", "lat", "lon", "address", "demand_kg", "volume_l", "parcels", "longest_cm"),
    *("service_min", "tw_start", "tw_end", "priority", "notes"),
)
_STREETS_LINE = re.compile(r"""^[ \t]*streets[ \t]*=[ \t]*("(?:[^"\\\n]|\\.)*"|'[^'\n]*')""", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What to make. `orders` is those of an ordinary Tuesday; without `fleet` one of `class_name` is made up."""

    streets: Path
    orders: int
    days: int
    seed: int
    first_day: date
    class_name: str = "L6e"
    fleet: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What was written: how many orders each day has, and by what they were weighted."""

    folder: Path
    orders_by_day: Mapping[str, int]
    weighted_by: str


@dataclass(frozen=True, kw_only=True)
class _Setting:
    """What all days share."""

    fleet_text: str
    streets: Streets
    doors: Ints
    bay: Bay
    windows: Mapping[Window, float]


def generate_days(request: Request, output: Path) -> Made:
    """Write a fleet and a folder of orders for each day; the same request gives the same bytes.

    A day does not depend on how many others are made. Raises `InputError` or `RoadsError`.
    """
    refuse_other_folder(output)
    days = [request.first_day + timedelta(days=number) for number in range(request.days)]
    counts = {day: orders_on(day, ordinary=request.orders) for day in days}
    named = Path(os.path.relpath(request.streets.resolve(), output.resolve())).as_posix()
    if request.fleet is None:
        setting = _made_up(request, named, busiest=max(counts.values()))
    else:
        setting = _given(request, request.fleet, named)
    zones = request.streets.parent / ZONES_NAME
    quarters = read_zones(zones, setting.streets, setting.doors) if zones.is_file() else []
    weighted_by = f"the population of {ZONES_NAME}" if quarters else "the length of streets"
    quarters = quarters or whole(setting.streets, setting.doors)
    orders = {day.isoformat(): _orders(setting, quarters, day, counts[day], seed=request.seed) for day in days}
    write_days(output, fleet=setting.fleet_text, orders_by_day=orders)
    by_day = {day.isoformat(): count for day, count in counts.items()}
    return Made(folder=output, orders_by_day=by_day, weighted_by=weighted_by)


def _made_up(request: Request, named: str, *, busiest: int) -> _Setting:
    kind = type_for(request.class_name)
    streets = read_streets(request.streets)
    network = build_network(streets, kind.road_class, top_speed_kmh=kind.top_speed_kmh)
    doors = doorstep_segments([network])
    fleet = make_fleet(network, doors, kind, orders=busiest, radius_m=RADIUS_M, osm_file=request.streets)
    return _Setting(
        fleet_text=fleet_text(fleet, streets=named),
        streets=streets,
        doors=near(streets, doors, lat=fleet.hub.lat, lon=fleet.hub.lon, radius_m=RADIUS_M),
        bay=_bay([kind]),
        windows=windows_within([SHIFT]),
    )


def _given(request: Request, file: Path, named: str) -> _Setting:
    fleet = read_fleet(file, day=request.first_day)
    streets = read_streets(request.streets)
    kinds = list(dict.fromkeys(vehicle.type for vehicle in fleet.vehicles))
    paces = dict.fromkeys((kind.road_class, kind.top_speed_kmh) for kind in kinds)
    doors = doorstep_segments([build_network(streets, legal, top_speed_kmh=kmh) for legal, kmh in paces])
    around = [near(streets, doors, lat=depot.lat, lon=depot.lon, radius_m=RADIUS_M) for depot in fleet.depots]
    served = np.unique(np.concatenate(around))
    if not len(served):
        raise RoadsError(
            f"E-F12 {file.name}: no street for orders within {RADIUS_M / 1000:.0f} km of a depot "
            "→ give the streets of that city, or correct the depots' lat and lon"
        )
    return _Setting(
        fleet_text=with_streets(file, named),
        streets=streets,
        doors=served,
        bay=_bay(kinds),
        windows=windows_within(_shifts(fleet)),
    )


def _bay(kinds: Sequence[VehicleType]) -> Bay:
    largest = max(kinds, key=lambda kind: kind.volume_l)
    return Bay(volume_l=largest.volume_l, payload_kg=largest.payload_kg, longest_cm=largest.longest_cm)


def _shifts(fleet: FleetFile) -> list[tuple[str, str]]:
    """Return the shifts as clock times, those that end tomorrow cut at midnight."""
    shifts = {vehicle.shift for vehicle in fleet.vehicles}
    spans = [[clock(at, day=fleet.day, zone=fleet.zone) for at in (shift.start_s, shift.end_s)] for shift in shifts]
    return [(start, "24:00" if "+" in end else end) for start, end in spans]


def with_streets(file: Path, named: str) -> str:
    """Return a fleet file's text, comments and all, with another streets file."""
    text = read_file(file, max_bytes=MAX_BYTES).decode("utf-8-sig")
    changed = _STREETS_LINE.sub(lambda _: f"streets = {quoted(named)}", text, count=1)
    if tomllib.loads(changed.replace("\r\n", "\n"))["streets"] == named:
        return changed
    fault = Fault(
        code="E-F19",
        file=file.name,
        column="streets",
        message="is written in a way that cannot be copied",
        remedy='write streets = "FILE" on a line of its own',
    )
    raise InputError(fault)


def _orders(setting: _Setting, quarters: Sequence[Quarter], day: date, count: int, *, seed: int) -> str:
    """Draw a day; places, sizes and wishes have random streams of their own, so that one can change alone."""
    places, sizes, wishes = (random.Random(f"{seed} {day} {use}") for use in ("places", "sizes", "wishes"))  # noqa: S311
    rows: list[Sequence[str | float]] = []
    for number in range(1, count + 1):
        door = draw_door(setting.streets, quarters, places)
        house = places.randint(1, HIGHEST_HOUSE_NUMBER)
        size = draw_size(sizes, setting.bay)
        wish = draw_wish(wishes, setting.windows)
        rows.append(
            (
                *(f"D{day:%m%d}-{number:03d}", round(door.lat, 6), round(door.lon, 6)),
                *(f"{_plain(door.street)} {house}" if door.street else "", math.floor(size.demand_kg * 10) / 10),
                *(math.floor(size.volume_l), size.parcels, math.floor(size.longest_cm), size.service_min),
                *(*wish.window, wish.priority, wish.note),
            )
        )
    return csv_text(COLUMNS, rows)


def _plain(name: str) -> str:
    """Leave out the control characters that a reader of orders refuses."""
    return "".join(letter for letter in name if letter.isprintable())
