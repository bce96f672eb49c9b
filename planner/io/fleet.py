"""Read a fleet file: where the streets are, and the vehicles, depots and stations of a day.

A complete example; `docs/fleet.md` explains every key::

    streets = "coquimbo.streets.npz"     # relative to this file
    time_zone = "America/Santiago"
    currency = "EUR"

    [[depots]]
    id = "hub"
    lat = -29.953
    lon = -71.339
    loading_min = 12
    plugs = 3
    plug_power_kw = 2.3
    site_power_kw = 7.0                  # optional
    price_per_kwh = 0.22

    [[stations]]
    id = "mall"
    lat = -29.961
    lon = -71.335
    plugs = 2
    plug_power_kw = 7.4
    price_per_kwh = 0.40
    open = "08:00-20:00"                 # optional

    [charging]                           # optional
    while_loading = true
    full = false

    [lateness]                           # optional
    cost_per_min = 0.50

    [balance]                            # optional
    by = "hours"
    price = 2.00

    [parking]                            # optional
    walk_up_m = 40

    [[traffic]]                          # optional
    from = "07:30"
    to = "09:00"
    speed = 0.7

    [road_classes.our-l6e]               # optional
    like = "L6e"
    tolls = false

    [types.my-ami]                       # optional
    base = "ami-cargo"
    road_class = "our-l6e"
    payload_kg = 120

    [[vehicles]]
    id = "ami"                           # with count: ami-1 .. ami-4
    count = 4
    type = "my-ami"
    depot = "hub"
    shift = "08:00-17:00"
    start_soc_percent = 100
    end_soc_percent = 10
    reserve_percent = 10
    skills = ["cold"]
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from pydantic import ValidationError

from planner.errors import Fault, InputError, did_you_mean
from planner.io.files import read_file
from planner.io.fleet_build import FleetBuilder
from planner.io.fleet_schema import BalanceRow, FleetDocument, code, known_keys
from planner.io.fleet_toml import MAX_BYTES, toml_tables
from planner.io.shapes import faults
from planner.model import Balance, Depot, Driver, Measure, Station, Traffic, Vehicle


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetFile:
    """What a fleet file holds. `streets` is absolute; `warnings` is what was left out or looks odd.

    `shared` names by vehicle the depots of which it may work at any; its own is the first of them.
    """

    streets: Path
    zone: ZoneInfo
    day: date
    currency: str
    vehicles: tuple[Vehicle, ...]
    shared: Mapping[str, tuple[str, ...]]
    drivers: tuple[Driver, ...]
    depots: tuple[Depot, ...]
    stations: tuple[Station, ...]
    charge_while_loading: bool
    full_charges: bool
    traffic: tuple[Traffic, ...]
    late_cost_per_min: float | None
    balance: Balance | None
    walk_up_m: float
    warnings: tuple[Fault, ...]
    sha256: str


def read_fleet(path: Path, *, day: date | None = None) -> FleetFile:
    """Read a fleet for one day; without `day` it is today in the time zone of the fleet.

    Raises `InputError` with every fault of the file's shape, or, where the shape is right, every fault of its meaning.
    """
    return parse_fleet(read_file(path, max_bytes=MAX_BYTES), path, day=day)


def parse_fleet(data: bytes, path: Path, *, day: date | None = None) -> FleetFile:
    """Return what the bytes of a fleet file say, as `read_fleet`; `path` is where it lies or is going to lie."""
    document = _document(toml_tables(data, path.name, docs="docs/fleet.md"), path.name)
    zone = _zone(document.time_zone, path.name)
    day = datetime.now(zone).date() if day is None else day
    builder = FleetBuilder(file=path.name, day=day, zone=zone, document=document)
    depots, stations, vehicles = builder.depots(), builder.stations(), builder.vehicles()
    drivers = builder.drivers(vehicles)
    traffic = builder.traffic()
    if builder.faults:
        raise InputError(builder.faults)
    return FleetFile(
        streets=(path.parent / document.streets).resolve(),
        zone=zone,
        day=day,
        currency=document.currency,
        vehicles=vehicles,
        shared=builder.shared(),
        drivers=drivers,
        depots=depots,
        stations=stations,
        charge_while_loading=document.charging.while_loading,
        full_charges=document.charging.full,
        traffic=traffic,
        balance=None if document.balance is None else _balance(document.balance),
        walk_up_m=document.parking.walk_up_m,
        late_cost_per_min=None if document.lateness is None else document.lateness.cost_per_min,
        warnings=tuple(builder.warnings),
        sha256=hashlib.sha256(data).hexdigest(),
    )


def _document(raw: dict[str, Any], file: str) -> FleetDocument:
    try:
        return FleetDocument.model_validate(raw)
    except ValidationError as error:
        raise InputError(faults(error, file=file, code=code, keys=known_keys)) from None


def _balance(row: BalanceRow) -> Balance:
    return Balance(by=Measure(row.by), price=row.price)


def _zone(name: str, file: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, KeyError):
        near = did_you_mean(name, (zone.casefold() for zone in available_timezones()))
        message = f"is no time zone{near}"
        raise InputError(
            Fault(
                code="E-F19",
                file=file,
                column="time_zone",
                value=name,
                message=message,
                remedy='give an IANA name such as "Europe/Berlin"',
            )
        ) from None
