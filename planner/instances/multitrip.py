"""PyVRP's dialect of VRPLIB for several trips with windows and release dates (instances of Yang 2023 and 2024).

Lengths are Euclidean; lengths and times are cut off after one decimal and counted in tenths (DIMACS 2021). A vehicle
may reload at the depot as often as it likes, in no time, and leaves it once all goods of the trip are released.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from planner.instances.draft import Draft, Faults, Line, Node, Vehicle
from planner.instances.sections import Sections, count, depots, figure, nodes_of, refuse_other_rules, rows_of

TYPE = "MTVRPTWR"
METRIC = "EUC_2D"
RELOADS, RELEASES, WINDOWS = "VEHICLES_RELOAD_DEPOT", "RELEASE_TIME", "TIME_WINDOW"
KEYS = ("DIMENSION", "CAPACITY", "VEHICLES", "SERVICE_TIME", "EDGE_WEIGHT_TYPE")
SECTIONS = ("NODE_COORD", "DEMAND", WINDOWS, RELEASES, RELOADS, "DEPOT")


def is_multitrip(parts: Sections) -> bool:
    """Tell by what only a file with reloads or release dates has."""
    return parts.text("TYPE") == TYPE or RELEASES in parts.sections or RELOADS in parts.sections


def read_multitrip(parts: Sections, faults: Faults, *, name: str) -> Draft:
    """Read nodes, fleet, windows and release dates; what cannot be used is added to `faults`."""
    refuse_other_rules(parts, faults, keys=KEYS, sections=SECTIONS)
    for key, known in (("TYPE", TYPE), ("EDGE_WEIGHT_TYPE", METRIC)):
        if key not in parts.header:
            faults.add("E-I03", f"{key} is missing", f"give {known}", column=key)
        elif parts.text(key) != known:
            at = parts.header[key]
            message, remedy = "is not read with reloads and release dates", f"use {known}"
            faults.add("E-I17", message, remedy, line=at.line, column=key, value=at.text)
    places = rows_of(parts, "NODE_COORD", faults, fields=3)
    size, fleet = count(parts, "DIMENSION", faults), count(parts, "VEHICLES", faults)
    if size is not None and size != len(places):
        message = f"{len(places)} nodes are listed, DIMENSION says {size}"
        faults.add("E-I12", message, "correct the header or the rows", column="DIMENSION")
    depot = depots(parts, faults)
    nodes = nodes_of(
        places,
        places=places,
        demands=rows_of(parts, "DEMAND", faults, fields=2),
        roles={"depot": depot},
        faults=faults,
    )
    capacity = count(parts, "CAPACITY", faults)
    _check_reloads(parts, fleet, depot, faults)
    return Draft(
        name=name,
        kind="mtvrptwr",
        nodes=_timed(parts, nodes, faults),
        vehicle=Vehicle(capacity=float("nan") if capacity is None else capacity, speed=1.0),
        rounding="tenths",
        fleet=fleet,
        trips=True,
    )


def _timed(parts: Sections, nodes: tuple[Node, ...], faults: Faults) -> tuple[Node, ...]:
    """Add windows, release dates and the service time, which is that of every customer."""
    windows, releases = rows_of(parts, WINDOWS, faults, fields=3), rows_of(parts, RELEASES, faults, fields=2)
    service = figure(parts, "SERVICE_TIME", faults, zero=True)
    ids = {node.id for node in nodes}
    for rows in (windows, releases):
        for id_, line in rows.items():
            if id_ not in ids:
                faults.add("E-I06", "is no node of this file", "correct the number", line=line.number, value=id_)
    return tuple(_timed_node(node, windows, releases, service, faults) for node in nodes)


def _timed_node(
    node: Node, windows: Mapping[str, Line], releases: Mapping[str, Line], service: float, faults: Faults
) -> Node:
    ready, due, release = 0.0, 0.0, 0.0
    if not node.demand.is_integer() and node.demand == node.demand:
        message, value = "is not a whole number", f"{node.demand:g}"
        faults.add("E-I04", message, "use a smaller unit", line=node.line or None, column="demand", value=value)
    if node.id not in windows:
        message, remedy = "is a node without a window", "add it to TIME_WINDOW_SECTION"
        faults.add("E-I06", message, remedy, line=node.line or None, value=node.id)
    else:
        line = windows[node.id]
        column = f"{WINDOWS}_SECTION"
        ready, due = (faults.number(word, line=line.number, column=column) for word in line.words[1:])
    if node.id not in releases:
        message, remedy = "is a node without a release date", "add it to RELEASE_TIME_SECTION"
        faults.add("E-I06", message, remedy, line=node.line or None, value=node.id)
    else:
        line = releases[node.id]
        column = f"{RELEASES}_SECTION"
        release = faults.positive(line.words[1], line=line.number, column=column, zero=True)
        if node.role == "depot" and release > 0:
            message, remedy = "is a release date of the depot, which is not read", "set it to 0"
            faults.add("E-I17", message, remedy, line=line.number, value=line.words[1])
    return replace(node, ready=ready, due=due, release=release, service=service if node.role == "customer" else 0.0)


def _check_reloads(parts: Sections, fleet: int | None, depot: Mapping[str, Line], faults: Faults) -> None:
    """Refuse vehicles that may not reload, or elsewhere than at the depot."""
    rows = rows_of(parts, RELOADS, faults, fields=2)
    column = f"{RELOADS}_SECTION"
    for id_, line in rows.items():
        if line.words[1] not in depot:
            message, remedy = f"is where vehicle {id_} reloads, and no depot", "name the depot"
            faults.add("E-I06", message, remedy, line=line.number, column=column, value=line.words[1])
        if fleet is not None and not 1 <= int(id_) <= fleet:
            message, remedy = f"is no vehicle: VEHICLES says {fleet}", "correct the header or the rows"
            faults.add("E-I12", message, remedy, line=line.number, column=column, value=id_)
    if fleet is not None and RELOADS in parts.sections and len(rows) < fleet:
        message = f"{len(rows)} of {fleet} vehicles may reload; a fleet in part is not read"
        faults.add("E-I17", message, "list every vehicle", line=parts.headings[RELOADS], column=column)
