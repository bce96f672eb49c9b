"""The CVRP files of VRPLIB (CVRPLIB, Uchoa et al. 2017), with coordinates or with a matrix of lengths.

EUC_2D is rounded to the nearest whole number, halves upwards (TSPLIB95). The number of routes is free.
"""

from __future__ import annotations

import math

import numpy as np

from planner.errors import did_you_mean
from planner.instances.draft import LARGEST, Draft, Faults, Rounding, Vehicle
from planner.instances.sections import Sections, count, depots, figure, nodes_of, refuse_other_rules, rows_of
from planner.solve.instance import Floats

MAX_NODES = 5_000
ROUNDINGS: dict[str, Rounding] = {"EUC_2D": "nearest", "CEIL_2D": "up", "FLOOR_2D": "down"}
TYPES = (*ROUNDINGS, "EXPLICIT")
# Where the numbers of a triangle go; a symmetric matrix read by rows above the diagonal is one by columns below it.
ABOVE, BELOW = "above", "below"
TRIANGLES = {
    "LOWER_ROW": (BELOW, 1),
    "UPPER_COL": (BELOW, 1),
    "UPPER_ROW": (ABOVE, 1),
    "LOWER_COL": (ABOVE, 1),
    "LOWER_DIAG_ROW": (BELOW, 0),
    "UPPER_DIAG_COL": (BELOW, 0),
    "UPPER_DIAG_ROW": (ABOVE, 0),
    "LOWER_DIAG_COL": (ABOVE, 0),
}
FORMATS = (*TRIANGLES, "FULL_MATRIX")
KEYS = ("DIMENSION", "CAPACITY", "EDGE_WEIGHT_TYPE", "EDGE_WEIGHT_FORMAT")
SECTIONS = ("NODE_COORD", "DEMAND", "DEPOT", "EDGE_WEIGHT", "DISPLAY_DATA")


def read_cvrp(parts: Sections, faults: Faults, *, name: str) -> Draft:
    """Read nodes, capacity and lengths; what cannot be used is added to `faults`."""
    if parts.text("TYPE") not in {"", "CVRP"}:
        at = parts.header["TYPE"]
        faults.add("E-I17", "is a problem that is not read", "use CVRP", line=at.line, column="TYPE", value=at.text)
    refuse_other_rules(parts, faults, keys=KEYS, sections=SECTIONS)
    size = count(parts, "DIMENSION", faults)
    explicit = _is_explicit(parts, faults)
    demands = rows_of(parts, "DEMAND", faults, fields=2)
    # A matrix speaks of nodes 1 to DIMENSION; coordinates that such a file adds are for drawing.
    places = {} if explicit else rows_of(parts, "NODE_COORD", faults, fields=3)
    listed = demands if explicit else places
    if size is not None and size != len(listed):
        message = f"{len(listed)} nodes are listed, DIMENSION says {size}"
        faults.add("E-I12", message, "correct the header or the rows", column="DIMENSION")
    ids = [str(number) for number in range(1, min(size or 0, MAX_NODES + 1) + 1)] if explicit else list(places)
    return Draft(
        name=name,
        kind="cvrp",
        nodes=nodes_of(ids, places=places, demands=demands, roles={"depot": depots(parts, faults)}, faults=faults),
        vehicle=Vehicle(capacity=figure(parts, "CAPACITY", faults)),
        rounding=ROUNDINGS.get(parts.text("EDGE_WEIGHT_TYPE"), "none"),
        matrix=_matrix(parts, len(ids), faults) if explicit and size is not None and size <= MAX_NODES else None,
    )


def _is_explicit(parts: Sections, faults: Faults) -> bool:
    if "EDGE_WEIGHT_TYPE" not in parts.header:
        faults.add("E-I03", "EDGE_WEIGHT_TYPE is missing", f"give one of: {', '.join(TYPES)}")
    kind = parts.text("EDGE_WEIGHT_TYPE")
    if kind and kind not in TYPES:
        at = parts.header["EDGE_WEIGHT_TYPE"]
        message, remedy = f"is not read{did_you_mean(kind, TYPES)}", f"use one of: {', '.join(TYPES)}"
        faults.add("E-I17", message, remedy, line=at.line, column="EDGE_WEIGHT_TYPE", value=at.text)
    return kind == "EXPLICIT"


def _matrix(parts: Sections, size: int, faults: Faults) -> Floats | None:
    """Return the lengths [size, size]; the numbers count, not how they are broken into lines (TSPLIB95)."""
    form = parts.text("EDGE_WEIGHT_FORMAT")
    if form not in FORMATS:
        at = parts.header.get("EDGE_WEIGHT_FORMAT")
        code, message = ("E-I03", "EDGE_WEIGHT_FORMAT is missing") if at is None else ("E-I17", "is not read")
        remedy = f"give one of: {', '.join(FORMATS)}"
        line, value = (None, None) if at is None else (at.line, at.text)
        faults.add(code, message, remedy, line=line, column="EDGE_WEIGHT_FORMAT", value=value)
        return None
    if "EDGE_WEIGHT" not in parts.sections:
        faults.add("E-I03", "EDGE_WEIGHT_SECTION is missing", "add it", column="EDGE_WEIGHT_SECTION")
        return None
    numbers = _numbers(parts, faults)
    side, offset = TRIANGLES.get(form, ("", 0))
    expected = size * size if not side else size * (size + 1) // 2 - size * offset
    if len(numbers) != expected:
        message = f"{len(numbers):,} numbers, {form} of {size} nodes has {expected:,}"
        faults.add("E-I12", message, "correct DIMENSION or the numbers", column="EDGE_WEIGHT_SECTION")
        return None
    if not side:
        return numbers.reshape(size, size)
    matrix = np.zeros((size, size))
    corner = np.tril_indices(size, -offset) if side == BELOW else np.triu_indices(size, offset)
    matrix[corner] = numbers
    return np.maximum(matrix, matrix.T)


def _numbers(parts: Sections, faults: Faults) -> Floats:
    """Return the numbers of the matrix; those that are none, or negative, are NaN and faults."""
    listed = parts.sections["EDGE_WEIGHT"]
    try:
        # A million numbers at once; where one of them is no good, one by one, to say which.
        numbers = np.array([word for line in listed for word in line.words if "_" not in word], dtype=np.float64)
    except ValueError:
        numbers = np.array([math.nan])
    if bool(((numbers >= 0) & (numbers <= LARGEST)).all()) and not any("_" in line.text for line in listed):
        return numbers
    found: list[float] = []
    for line in listed:
        found += [
            faults.positive(word, line=line.number, column="EDGE_WEIGHT_SECTION", zero=True) for word in line.words
        ]
    return np.array(found)
