"""A fleet from a few answers: so many of one type, at one depot."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import time


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
