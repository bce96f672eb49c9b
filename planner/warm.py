"""Compile every Numba loop once, so that no user waits for a compiler: ``python -m planner.warm``."""

from __future__ import annotations

import numpy as np

from planner.catalogue import vehicle_type
from planner.check_legs import LegFinder, Point
from planner.roads.matrices import matrices
from planner.roads.network import build_network
from planner.roads.snap import snap
from planner.roads.streets import assemble


def warm() -> None:
    """Route once on a square block, two places on one street; the compiled code is cached beside the modules."""
    lat, lon = np.array([0.0, 0.0, 0.001, 0.001]), np.array([0.0, 0.001, 0.001, 0.0])
    ends = np.array([[0, 1], [1, 2], [2, 3], [3, 0]])
    streets = assemble(
        node_lat=lat,
        node_lon=lon,
        ends=ends,
        shapes=[np.column_stack([lat[pair], lon[pair]]) for pair in ends],
        tags=[{"highway": "residential"}] * 4,
    )
    kind = vehicle_type("ami-cargo")
    network = build_network(streets, kind.road_class, top_speed_kmh=kind.top_speed_kmh)
    places = snap(network, lat=np.array([0.0, 0.0, 0.001]), lon=np.array([0.0002, 0.0005, 0.0005]))
    matrices(network, places, [kind])
    LegFinder(streets).leg(kind, Point(0.0, 0.0005), Point(0.001, 0.0005))


if __name__ == "__main__":
    warm()
