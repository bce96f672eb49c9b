"""Draw the demo's orders onto the streets where people live.

    python data/derive_orders.py [-o FOLDER]

Reads `coquimbo.streets.npz` and `zones.geojson` beside this file and writes `orders.csv`. Same seed, same
orders. The figures of the day are those of `planner.generate.demand`.
"""

from __future__ import annotations

import argparse
import csv
import random
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from planner.generate.demand import WINDOWS, Bay, draw_size, draw_wish
from planner.generate.quarters import Quarter, draw_door, read_zones
from planner.roads.doorsteps import DOORSTEP_HIGHWAYS, per_segment
from planner.roads.streets import Ints, Streets, haversine_m, load_streets

SEED = 20260310
ORDERS = 150

CENTRE_LAT_LON = (-29.9505, -71.2826)  # the hub
RADIUS_M = 10_500.0  # both towns with Las Compañías; farther out there are farms
FAST_HIGHWAYS = ("motorway", "trunk")  # no order may depend on them: some classes are kept off

COLUMNS = (
    *("id", "lat", "lon", "address", "demand_kg", "volume_l", "parcels", "longest_cm"),
    *("service_min", "tw_start", "tw_end", "priority", "notes"),
)


def main() -> None:
    """Write `orders.csv`."""
    here = Path(__file__).parent
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-o", "--output", type=Path, default=here, metavar="FOLDER")
    given = parser.parse_args()
    streets = load_streets(here / "coquimbo.streets.npz")
    zones = read_zones(here / "zones.geojson", streets, doorstep_segments(streets))
    rows = draw(streets, zones)
    with (given.output / "orders.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    total_l = sum(float(row["volume_l"]) for row in rows)
    total_kg = sum(float(row["demand_kg"]) for row in rows)
    sys.stdout.write(f"{len(rows)} orders, {total_l:.0f} l, {total_kg:.0f} kg\n")


def doorstep_segments(streets: Streets) -> Ints:
    """Return the named streets with doorsteps near the hub that a slow vehicle reaches and leaves again."""
    doorstep = per_segment(streets, lambda tags: tags["highway"] in DOORSTEP_HIGHWAYS and "name" in tags)
    lat, lon = CENTRE_LAT_LON
    near = haversine_m(lat1=streets.node_lat, lon1=streets.node_lon, lat2=lat, lon2=lon) <= RADIUS_M
    reached = near & slow_core(streets)
    return np.flatnonzero(doorstep & reached[streets.seg_from] & reached[streets.seg_to])


def slow_core(streets: Streets) -> NDArray[np.bool_]:
    """Mark the nodes of the largest part that is strongly connected without the fast highways."""
    open_ = per_segment(streets, lambda tags: tags["highway"] not in FAST_HIGHWAYS)
    both_ways = open_ & per_segment(streets, lambda tags: "oneway" not in tags)
    tails = np.concatenate([streets.seg_from[open_], streets.seg_to[both_ways]])
    heads = np.concatenate([streets.seg_to[open_], streets.seg_from[both_ways]])
    nodes = len(streets.node_lat)
    graph = coo_matrix((np.ones(len(tails)), (tails, heads)), shape=(nodes, nodes))
    _, part = connected_components(graph, connection="strong")
    return np.asarray(part == np.bincount(part).argmax())


def draw(streets: Streets, zones: list[Quarter]) -> list[dict[str, str]]:
    """Draw all orders; places, sizes and wishes have random streams of their own, so that one can be tuned alone."""
    places, sizes, wishes = (random.Random(f"{SEED} {use}") for use in ("places", "sizes", "wishes"))  # noqa: S311
    return [
        {"id": f"D{number:03d}", **place(streets, zones, places), **size(sizes), **wish(wishes)}
        for number in range(1, ORDERS + 1)
    ]


def place(streets: Streets, zones: list[Quarter], rng: random.Random) -> dict[str, str]:
    """Draw a doorstep and invent its house number."""
    door = draw_door(streets, zones, rng)
    return {"lat": f"{door.lat:.6f}", "lon": f"{door.lon:.6f}", "address": f"{door.street} {rng.randint(100, 2999)}"}


def size(rng: random.Random) -> dict[str, str]:
    """Draw what an order is, as text."""
    drawn = draw_size(rng, Bay())
    return {
        "demand_kg": f"{drawn.demand_kg:.1f}",
        "volume_l": f"{drawn.volume_l:.0f}",
        "parcels": str(drawn.parcels),
        "longest_cm": f"{drawn.longest_cm:.0f}",
        "service_min": str(drawn.service_min),
    }


def wish(rng: random.Random) -> dict[str, str]:
    """Draw when an order is wanted, as text."""
    drawn = draw_wish(rng, WINDOWS)
    start, end = drawn.window
    return {"tw_start": start, "tw_end": end, "priority": drawn.priority, "notes": drawn.note}


if __name__ == "__main__":
    main()
