"""The E-CVRP files of the IEEE WCCI-2020 competition (Mavrovouniotis, Menelaou, Timotheou, Panayiotou, Ellinas 2020).

Length is Euclidean, not rounded. A charge is full, lasts nothing and costs nothing; there is no time. The number of
vehicles and the optimal value in the header bind nothing.
"""

from __future__ import annotations

from planner.instances.draft import Draft, Faults, Vehicle
from planner.instances.sections import Sections, count, depots, figure, nodes_of, refuse_other_rules, rows_of

STATIONS = "STATIONS_COORD"
KEYS = ("DIMENSION", "STATIONS", "CAPACITY", "ENERGY_CAPACITY", "ENERGY_CONSUMPTION")
METRICS = ("EDGE_WEIGHT_TYPE", "EDGE_WEIGHT_FORMAT")  # the files name the metric under either
SECTIONS = ("NODE_COORD", "DEMAND", STATIONS, "DEPOT")


def is_cevrp(parts: Sections) -> bool:
    """Tell by what only a file with batteries has."""
    return parts.text("TYPE") == "EVRP" or "ENERGY_CAPACITY" in parts.header or STATIONS in parts.sections


def read_cevrp(parts: Sections, faults: Faults, *, name: str) -> Draft:
    """Read nodes and figures; what cannot be used is added to `faults`."""
    refuse_other_rules(parts, faults, keys=(*KEYS, *METRICS), sections=SECTIONS)
    for key in METRICS:
        if parts.text(key) not in {"", "EUC_2D"}:
            at = parts.header[key]
            faults.add("E-I17", "is not read here", "use EUC_2D", line=at.line, column=key, value=at.text)
    places = rows_of(parts, "NODE_COORD", faults, fields=3)
    stations = rows_of(parts, STATIONS, faults, fields=1)
    size, stated = count(parts, "DIMENSION", faults), count(parts, "STATIONS", faults, zero=True)
    if size is not None and stated is not None and size + stated != len(places):
        message = f"{len(places)} nodes have coordinates, DIMENSION and STATIONS say {size} + {stated}"
        faults.add("E-I12", message, "correct the header or the rows", column="NODE_COORD_SECTION")
    if stated is not None and stated != len(stations):
        message = f"{len(stations)} stations are listed, STATIONS says {stated}"
        faults.add("E-I12", message, "correct the header or the rows", column="STATIONS")
    return Draft(
        name=name,
        kind="cevrp",
        nodes=nodes_of(
            places,
            places=places,
            demands=rows_of(parts, "DEMAND", faults, fields=2),
            roles={"depot": depots(parts, faults), "station": stations},
            faults=faults,
        ),
        vehicle=Vehicle(
            capacity=figure(parts, "CAPACITY", faults),
            battery=figure(parts, "ENERGY_CAPACITY", faults),
            consumption=figure(parts, "ENERGY_CONSUMPTION", faults, zero=True),
        ),
    )
