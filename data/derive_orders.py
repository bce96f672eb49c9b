"""Draw the demo's orders onto the streets where people live.

    python data/derive_orders.py [-o FOLDER]

Reads `coquimbo.streets.npz` and `zones.geojson` beside this file and writes `orders.csv`. Same seed, same
orders. Every figure below is made up: a mixed parcel day of a small courier.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
import random
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from planner.roads.streets import Ints, Streets, haversine_m, load_streets

SEED = 20260310
ORDERS = 150

CENTRE_LAT_LON = (-29.9505, -71.2826)  # the hub
RADIUS_M = 10_500.0  # both towns with Las Compañías; farther out there are farms
DOORSTEP_HIGHWAYS = ("residential", "living_street", "tertiary", "unclassified")
FAST_HIGHWAYS = ("motorway", "trunk")  # no order may depend on them: some classes are kept off
DOORSTEP_OFFSET_M = (4.0, 15.0)  # from the middle of the street

VOLUME_MEDIAN_L = 47.0
VOLUME_SIGMA = 0.71  # of the logarithm; mean = median * exp(sigma² / 2), about 60 l
VOLUME_RANGE_L = (2.0, 200.0)
DENSITY_KG_PER_L = (0.10, 0.25)  # triangular with its peak at the light end
HEAVIEST_KG = 40.0
LITRES_PER_PARCEL = 30.0
STRETCH = (1.1, 2.2)  # longest side against that of a cube of equal volume
LONGEST_RANGE_CM = (15, 110)
SERVICE_MIN = (2, 2, 3, 3, 4, 5)

WINDOWS = {  # what share of the orders asks for which window; the rest take any time
    ("09:00", "12:00"): 0.15,
    ("11:00", "14:00"): 0.10,
    ("14:00", "17:00"): 0.12,
    ("15:00", "18:00"): 0.08,
}
PRIORITIES = {"must": 0.05, "should": 0.87, "may": 0.08}
NOTES = {
    "": 0.90,
    "Ring twice": 0.02,
    "Leave with the concierge": 0.04,
    "Call on arrival": 0.02,
    "Fragile": 0.02,
}

COLUMNS = (
    *("id", "lat", "lon", "address", "demand_kg", "volume_l", "parcels", "longest_cm"),
    *("service_min", "tw_start", "tw_end", "priority", "notes"),
)
METRES_PER_DEGREE = 111_195.0  # of latitude, on the sphere that `planner.roads.streets` measures with


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """Streets of one zone that have doorsteps, as segment numbers with their lengths."""

    population: float
    segments: tuple[int, ...]
    lengths_m: tuple[float, ...]


def main() -> None:
    """Write `orders.csv`."""
    here = Path(__file__).parent
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-o", "--output", type=Path, default=here, metavar="FOLDER")
    given = parser.parse_args()
    streets = load_streets(here / "coquimbo.streets.npz")
    zones = read_zones(here / "zones.geojson", streets)
    rows = draw(streets, zones)
    with (given.output / "orders.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    total_l = sum(float(row["volume_l"]) for row in rows)
    total_kg = sum(float(row["demand_kg"]) for row in rows)
    sys.stdout.write(f"{len(rows)} orders, {total_l:.0f} l, {total_kg:.0f} kg\n")


def read_zones(file: Path, streets: Streets) -> list[Zone]:
    """Read the zones, each with the streets whose middle lies inside it; a zone without any is left out."""
    features = json.loads(file.read_text(encoding="utf-8"))["features"]
    segments = doorstep_segments(streets)
    middles = streets.shape_start[segments] + np.diff(streets.shape_start)[segments] // 2
    points = shapely.points(streets.shape_lon[middles], streets.shape_lat[middles])
    tree = shapely.STRtree(points)
    zones = []
    for feature in features:
        outline = shapely.polygons(feature["geometry"]["coordinates"][0])
        inside = segments[np.sort(tree.query(outline, predicate="contains"))]
        lengths_m = streets.seg_length_m[inside]
        if len(inside):
            population = feature["properties"]["population"]
            zones.append(Zone(population=population, segments=(*inside.tolist(),), lengths_m=(*lengths_m.tolist(),)))
    return zones


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


def per_segment(streets: Streets, judge: Callable[[Mapping[str, str]], bool]) -> NDArray[np.bool_]:
    """Judge every tag set once and return the verdict of each segment."""
    return np.array([judge(tags) for tags in streets.tag_sets])[streets.seg_tags]


def draw(streets: Streets, zones: list[Zone]) -> list[dict[str, str]]:
    """Draw all orders; places, sizes and wishes have random streams of their own, so that one can be tuned alone."""
    places, sizes, wishes = (random.Random(f"{SEED} {use}") for use in ("places", "sizes", "wishes"))  # noqa: S311
    return [
        {"id": f"D{number:03d}", **place(streets, zones, places), **size(sizes), **wish(wishes)}
        for number in range(1, ORDERS + 1)
    ]


def place(streets: Streets, zones: list[Zone], rng: random.Random) -> dict[str, str]:
    """Choose a zone by population, in it a street by length, on it a doorstep."""
    zone = rng.choices(zones, weights=[zone.population for zone in zones])[0]
    segment = rng.choices(zone.segments, weights=zone.lengths_m)[0]
    lat, lon = doorstep(streets, segment, rng)
    street = streets.tag_sets[streets.seg_tags[segment]]["name"]
    return {"lat": f"{lat:.6f}", "lon": f"{lon:.6f}", "address": f"{street} {rng.randint(100, 2999)}"}


def doorstep(streets: Streets, segment: int, rng: random.Random) -> tuple[float, float]:
    """Return (lat, lon) of a point some metres beside the segment, on either side."""
    span = slice(streets.shape_start[segment], streets.shape_start[segment + 1])
    lat, lon = streets.shape_lat[span], streets.shape_lon[span]
    shrink = math.cos(math.radians(lat[0]))
    x_m, y_m = lon * METRES_PER_DEGREE * shrink, lat * METRES_PER_DEGREE
    line = shapely.linestrings(x_m, y_m)
    side_m = rng.choice((-1, 1)) * rng.uniform(*DOORSTEP_OFFSET_M)
    along_m = rng.random() * line.length
    foot = shapely.line_interpolate_point(line, along_m)
    piece = int(np.searchsorted(np.cumsum(np.hypot(np.diff(x_m), np.diff(y_m)))[:-1], along_m))
    heading = math.atan2(y_m[piece + 1] - y_m[piece], x_m[piece + 1] - x_m[piece])
    x, y = foot.x - side_m * math.sin(heading), foot.y + side_m * math.cos(heading)
    return y / METRES_PER_DEGREE, x / METRES_PER_DEGREE / shrink


def size(rng: random.Random) -> dict[str, str]:
    """Draw volume, mass, parcels and longest side, and the minutes to hand them over."""
    smallest_l, largest_l = VOLUME_RANGE_L
    volume_l = min(max(rng.lognormvariate(math.log(VOLUME_MEDIAN_L), VOLUME_SIGMA), smallest_l), largest_l)
    light, dense = DENSITY_KG_PER_L
    demand_kg = min(volume_l * rng.triangular(light, dense, light), HEAVIEST_KG)
    parcels = rng.randint(1, 1 + int(volume_l / LITRES_PER_PARCEL))
    cube_cm = (volume_l / parcels * 1000) ** (1 / 3)
    shortest_cm, longest_cm = LONGEST_RANGE_CM
    return {
        "demand_kg": f"{demand_kg:.1f}",
        "volume_l": f"{volume_l:.0f}",
        "parcels": str(parcels),
        "longest_cm": f"{min(max(cube_cm * rng.uniform(*STRETCH), shortest_cm), longest_cm):.0f}",
        "service_min": str(rng.choice(SERVICE_MIN)),
    }


def wish(rng: random.Random) -> dict[str, str]:
    """Draw the window, the priority and the note."""
    no_window = ("", "")
    windows = {**WINDOWS, no_window: 1 - sum(WINDOWS.values())}
    start, end = rng.choices([*windows], weights=[*windows.values()])[0]
    priority = rng.choices([*PRIORITIES], weights=[*PRIORITIES.values()])[0]
    note = rng.choices([*NOTES], weights=[*NOTES.values()])[0]
    return {"tw_start": start, "tw_end": end, "priority": priority, "notes": note}


if __name__ == "__main__":
    main()
