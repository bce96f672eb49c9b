"""The VRPTW text of Solomon (Operations Research 35, 1987), also used by Gehring and Homberger.

Length and time are the Euclidean distance in double precision; the fewest vehicles come first. The number of vehicles
in the file is a ceiling that no published answer comes near, and is not read.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from planner.instances.draft import Draft, Faults, Line, Node, Vehicle

COLUMNS = ("XCOORD.", "YCOORD.", "DEMAND", "READY TIME", "DUE DATE", "SERVICE TIME")
DEPOT = "0"


def is_solomon(text: Sequence[Line]) -> bool:
    """Tell by the headings."""
    return any(line.text.upper() in {"VEHICLE", "CUSTOMER"} for line in text[:10])


def read_solomon(text: Sequence[Line], faults: Faults, *, name: str) -> Draft:
    """Read the capacity and the rows; what cannot be used is added to `faults`."""
    headings = {line.text.upper(): at for at, line in reversed(list(enumerate(text)))}
    for heading in ("VEHICLE", "CUSTOMER"):
        if heading not in headings:
            faults.add("E-I03", f"the heading {heading} is missing", "put it before its table")
    table = headings.get("CUSTOMER", len(text))
    rows = text[table + 1 :]
    return Draft(
        name=name,
        kind="vrptw",
        nodes=tuple(node for line in rows if not _is_header(line) and (node := _node(line, faults))),
        vehicle=Vehicle(capacity=_capacity(text[headings.get("VEHICLE", table) : table], faults), speed=1.0),
    )


def _is_header(line: Line) -> bool:
    return line.text.upper().startswith("CUST")


def _capacity(text: Sequence[Line], faults: Faults) -> float:
    rows = [line for line in text[1:] if not line.text.upper().startswith("NUMBER")]
    if not rows or len(rows[0].words) != 2:
        line = rows[0].number if rows else None
        message = "the line with the number of vehicles and their capacity is missing or has other fields"
        faults.add("E-I03", message, 'give two numbers below "NUMBER CAPACITY"', line=line, column="CAPACITY")
        return math.nan
    return faults.positive(rows[0].words[1], line=rows[0].number, column="CAPACITY")


def _node(line: Line, faults: Faults) -> Node | None:
    words = line.words
    if len(words) != 1 + len(COLUMNS):
        message = f"has {len(words)} fields, not {1 + len(COLUMNS)}"
        faults.add("E-I16", message, f"give CUST NO., {', '.join(COLUMNS)}", line=line.number, value=line.text)
        return None
    x, y, demand, ready, due, service = (
        faults.number(word, line=line.number, column=column) for word, column in zip(words[1:], COLUMNS, strict=True)
    )
    return Node(
        id=words[0],
        role="depot" if words[0] == DEPOT else "customer",
        line=line.number,
        x=x,
        y=y,
        demand=demand,
        ready=ready,
        due=due,
        service=service,
    )
