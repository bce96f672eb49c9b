"""A fleet from a few answers: so many of one type, at one depot; or from none, at a depot amid the streets."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import time

import numpy as np

from planner.roads.streets import Streets

USUAL_ZONE = "Europe/Berlin"
ASSUMED = "assumed.fleet.toml"  # nobody has said where its depot is
QUIET = {"residential", "unclassified", "tertiary"}  # where any class of vehicle may be


@dataclass(frozen=True, slots=True, kw_only=True)
class SimpleFleet:
    """The answers. `zone` is an IANA name, `currency` a code."""

    type_name: str
    count: int
    lat: float
    lon: float
    plugs: int
    begin: time
    end: time
    zone: str
    currency: str = "EUR"


def assumed_fleet(streets: Streets, *, file: str, zone: str | None) -> str:
    """Return a fleet for streets of which nothing is known but the streets."""
    lat, lon = _amid(streets)
    fleet = SimpleFleet(
        type_name="ami-cargo",
        count=4,
        lat=lat,
        lon=lon,
        plugs=2,
        begin=time(8, 30),
        end=time(18),
        zone=zone or USUAL_ZONE,
    )
    return fleet_toml(fleet, streets=file)


def _amid(streets: Streets) -> tuple[float, float]:
    """Return the place on a quiet street that is nearest to the median of all crossings."""
    quiet = np.array([tags.get("highway") in QUIET for tags in streets.tag_sets])[streets.seg_tags]
    nodes = np.unique(streets.seg_from[quiet]) if quiet.any() else np.arange(len(streets.node_lat))
    lat, lon = streets.node_lat[nodes], streets.node_lon[nodes]
    middle = float(np.median(streets.node_lat)), float(np.median(streets.node_lon))
    off = (lat - middle[0]) ** 2 + ((lon - middle[1]) * np.cos(np.radians(middle[0]))) ** 2
    nearest = int(off.argmin())
    return float(lat[nearest]), float(lon[nearest])


def fleet_toml(fleet: SimpleFleet, *, streets: str) -> str:
    """Return the fleet as a file that `planner.io.fleet` reads."""
    plugs = f"plugs = {fleet.plugs}\nplug_power_kw = 2.3\nprice_per_kwh = 0.25\n" if fleet.plugs else ""
    return (
        f"streets = {json.dumps(streets, ensure_ascii=False)}\n"
        f"time_zone = {json.dumps(fleet.zone)}\n"
        f"currency = {json.dumps(fleet.currency)}\n\n"
        "[[depots]]\n"
        'id = "depot"\n'
        f"lat = {fleet.lat}\nlon = {fleet.lon}\nloading_min = 10\n{plugs}\n"
        "[[vehicles]]\n"
        'id = "vehicle"\n'
        f"count = {fleet.count}\n"
        f"type = {json.dumps(fleet.type_name)}\n"
        'depot = "depot"\n'
        f'shift = "{fleet.begin:%H:%M}-{fleet.end:%H:%M}"\n'
    )
