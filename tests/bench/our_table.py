"""Our table of seconds, metres and energy between places, each stage timed.

``python -m tests.bench.our_table CITY.osm.pbf PLACES.csv FOLDER TYPE...``: a table for each vehicle type in turn. The
first table is written; a type that comes again uses its network as it stands.
"""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path

import numpy as np

from planner.catalogue import vehicle_type
from planner.roads.matrices import matrices
from planner.roads.network import Network, build_network
from planner.roads.read import read_streets
from planner.roads.snap import snap
from tests.bench.stages import Stages, peak_mb, read_places, write_measured


def measure(city: Path, places: list[tuple[float, float]], folder: Path, type_names: list[str]) -> None:
    """Time reading the streets, and for each table: network, places, table."""
    stages = Stages()
    with stages.timed("read"):
        streets = read_streets(city)

    @cache
    def network_of(name: str) -> Network:
        kind = vehicle_type(name)
        return build_network(streets, kind.road_class, top_speed_kmh=kind.top_speed_kmh)

    lat, lon = np.array(places).T
    first = None
    for number, name in enumerate(type_names):
        with stages.timed(f"network {number}"):
            network = network_of(name)
        with stages.timed(f"snap {number}"):
            snapped = snap(network, lat=lat, lon=lon)
        with stages.timed(f"table {number}"):
            tables = matrices(network, snapped, [vehicle_type(name)])
        first = first or tables
    assert first is not None, "name a vehicle type"
    facts = {"seconds": stages.seconds, "peak_mb": peak_mb()}
    write_measured(folder, seconds=first.seconds, metres=first.metres, facts=facts)


if __name__ == "__main__":
    measure(Path(sys.argv[1]), read_places(Path(sys.argv[2])), Path(sys.argv[3]), sys.argv[4:])
