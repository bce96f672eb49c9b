"""A made-up fleet for real streets: one hub, a few charging stations, enough vehicles of one road class."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import tzfpy

from planner.catalogue import road_class, vehicle_type
from planner.errors import Fault, InputError, printable
from planner.model import VehicleType
from planner.roads.chargers import Charger, chargers
from planner.roads.doorsteps import densest, middles, near, spread
from planner.roads.network import Network
from planner.roads.snap import snap
from planner.roads.streets import Ints, Streets, haversine_m

# One type that carries parcels for each class. A class that is not here, as the national ones, has that of the part of
# its name before the hyphen; it keeps its own roads. What no type is made for has one of about its size and speed.
TYPE_OF_CLASS = {
    "L6e": "ami-cargo",
    "L7e": "paxster-cargo-l7e",
    "L7e-de": "mobilize-bento-80",
    "L2e": "kyburz-dxp",
    "L5e": "mahindra-treo-zor",
    "L5-in": "mahindra-treo-zor",
    "e-rickshaw-in": "kyburz-dxp",
    "us-lsv": "gem-el-xd",
    "cn-lsev": "wuling-mini-ev",
    "van": "electric-van",
}
SHIFT = ("08:30", "18:00")
ORDERS_PER_VEHICLE = 15  # on the safe side: the demo's six vehicles bring 25 each, over hills it is 20
FEWEST_VEHICLES = 2
MOST_STATIONS, MADE_UP_STATIONS = 4, 3
SAME_SITE_M = 300.0  # chargers nearer to each other than this are one station


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A place of the fleet; `said` is what a comment tells of it."""

    lat: float
    lon: float
    said: str
    plugs: int = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeFleet:
    """What the fleet file is written from."""

    kind: VehicleType
    vehicles: int
    hub: Site
    stations: tuple[Site, ...]
    time_zone: str


def type_for(class_name: str) -> VehicleType:
    """Return a vehicle type that carries parcels under a road class. Raises `InputError` E-C01 or E-C02."""
    legal = road_class(class_name)
    name = TYPE_OF_CLASS.get(class_name) or TYPE_OF_CLASS.get(class_name.partition("-")[0])
    if name is None:
        message = "is a class for which no vehicle type is known that carries parcels"
        fault = Fault(
            code="E-C02", file="--class", value=class_name, message=message, remedy="give a fleet with --fleet"
        )
        raise InputError(fault)
    return replace(vehicle_type(name), road_class=legal)


def make_fleet(
    network: Network, doors: Ints, kind: VehicleType, *, orders: int, radius_m: float, osm_file: Path | None
) -> MadeFleet:
    """Put the hub where doors are densest, and stations where `osm_file` has chargers or else far apart."""
    streets = network.streets
    hub_segment = densest(streets, doors)
    hub = _site_on(streets, hub_segment, said="made up")
    area = near(streets, doors, lat=hub.lat, lon=hub.lon, radius_m=radius_m)
    real = [] if osm_file is None else _reachable(network, chargers(osm_file), hub, radius_m=radius_m)
    made_up = spread(streets, area, count=MADE_UP_STATIONS, start=hub_segment)
    return MadeFleet(
        kind=kind,
        vehicles=max(FEWEST_VEHICLES, math.ceil(orders / ORDERS_PER_VEHICLE)),
        hub=hub,
        stations=tuple(real or [_site_on(streets, segment, said="made up") for segment in made_up]),
        # The sea has a zone too, so that any point on earth gets a name that zoneinfo knows.
        time_zone=tzfpy.get_tz(hub.lon, hub.lat) or "UTC",
    )


def fleet_text(fleet: MadeFleet, *, streets: str) -> str:
    """Return the fleet file."""
    kind, count = fleet.kind, fleet.vehicles
    class_name = kind.road_class.name
    own_type = vehicle_type(kind.name).road_class.name != class_name
    lines = [
        "# A made-up fleet: streets and figures of the vehicle type are real, the rest is invented. Edit freely.",
        f"streets = {quoted(streets)}",
        f"time_zone = {quoted(fleet.time_zone)}  # of the hub's coordinates",
        'currency = "EUR"',
        *_table("depots", fleet.hub, site_id="hub"),
        "loading_min = 12",
        f"plugs = {max(2, math.ceil(count / 2))}",
        "plug_power_kw = 2.3",
        "price_per_kwh = 0.20",
    ]
    for number, site in enumerate(fleet.stations, start=1):
        lines += _table("stations", site, site_id=f"station-{number}")
        lines += [f"plugs = {site.plugs}", "plug_power_kw = 3.7", "price_per_kwh = 0.40"]
    if own_type:
        lines += ["", "[types.as-here]", f"base = {quoted(kind.name)}", f"road_class = {quoted(class_name)}"]
    lines += [
        "",
        "[[vehicles]]",
        'id = "ev"',
        f"count = {count}",
        f"type = {quoted('as-here' if own_type else kind.name)}",
        'depot = "hub"',
        f'shift = "{SHIFT[0]}-{SHIFT[1]}"',
        "reserve_percent = 10",
        "",
    ]
    return "\n".join(lines)


def _site_on(streets: Streets, segment: int, *, said: str) -> Site:
    lat, lon = middles(streets, np.array([segment]))
    street = streets.tag_sets[streets.seg_tags[segment]].get("name")
    return Site(lat=float(lat[0]), lon=float(lon[0]), said=f"{said}, on {street}" if street else said)


def _reachable(network: Network, found: Sequence[Charger], hub: Site, *, radius_m: float) -> list[Site]:
    """Return the chargers nearest to the hub, but not at it, that the class can drive to; one for each site."""
    if not found:
        return []
    lat, lon = np.array([charger.lat for charger in found]), np.array([charger.lon for charger in found])
    away_m = haversine_m(lat1=lat, lon1=lon, lat2=hub.lat, lon2=hub.lon)
    usable = snap(network, lat=lat, lon=lon).found & (away_m <= radius_m)
    sites: list[Site] = []
    for i in sorted(np.flatnonzero(usable).tolist(), key=lambda i: (away_m[i], found[i].id)):
        site = Site(lat=found[i].lat, lon=found[i].lon, said=f"OpenStreetMap node {found[i].id}", plugs=found[i].plugs)
        apart = all(
            haversine_m(lat1=site.lat, lon1=site.lon, lat2=other.lat, lon2=other.lon) > SAME_SITE_M
            for other in (hub, *sites)
        )
        if apart and len(sites) < MOST_STATIONS:
            sites.append(site)
    return sites


def _table(name: str, site: Site, *, site_id: str) -> list[str]:
    return [
        "",
        f"[[{name}]]",
        f'id = "{site_id}"  # {printable(site.said)}',
        f"lat = {site.lat:.6f}",
        f"lon = {site.lon:.6f}",
    ]


def quoted(text: str) -> str:
    """Write a TOML string; its escapes are those of JSON."""
    return json.dumps(text, ensure_ascii=False)
