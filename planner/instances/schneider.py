"""The E-VRPTW text of Schneider, Stenger and Goeke (Transportation Science 48, 2014): a table, then five figures.

StringID  Type(d/f/c)  x  y  demand  ReadyTime  DueDate  ServiceTime
Q Vehicle fuel tank capacity /79.69/
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Literal

from planner.instances.draft import Draft, Faults, Line, Node, Role, Vehicle

Recharge = Literal["full", "partial"]

COLUMNS = ("x", "y", "demand", "ReadyTime", "DueDate", "ServiceTime")
ROLES: dict[str, Role] = {"d": "depot", "f": "station", "c": "customer"}
FIGURES = {
    "Q": "battery capacity",
    "C": "load capacity",
    "r": "energy for each unit of distance",
    "g": "time for each unit of energy charged",
    "v": "speed",
}
MAY_BE_ZERO = ("r", "g")
_FIGURE = re.compile(r"(?P<key>\S+)(?P<says>\s.*)?/(?P<value>[^/]*)/$")


def is_schneider(text: Sequence[Line]) -> bool:
    """Tell by the header, or by a first row whose second word is a type."""
    first = text[0].words
    return first[0].casefold() == "stringid" or (len(first) > len(COLUMNS) and first[1] in ROLES)


def read_schneider(text: Sequence[Line], faults: Faults, *, name: str, recharge: Recharge) -> Draft:
    """Read nodes and figures; what cannot be used is added to `faults`."""
    nodes: list[Node] = []
    figures: dict[str, float] = {}
    for line in text[1:] if text[0].words[0].casefold() == "stringid" else text:
        if figure := _FIGURE.match(line.text):
            _take_figure(figure, line, figures, faults)
        elif node := _node(line, faults):
            nodes.append(node)
    for key, meaning in FIGURES.items():
        if key not in figures:
            remedy = f'add a line "{key} {meaning} /.../"'
            faults.add("E-I03", f"the {meaning} is missing", remedy, column=key)
    return Draft(
        name=name,
        kind="evrptw" if recharge == "full" else "evrptw-pr",
        nodes=tuple(nodes),
        vehicle=Vehicle(
            capacity=figures.get("C", math.nan),
            battery=figures.get("Q", math.nan),
            consumption=figures.get("r", math.nan),
            charge_rate=figures.get("g", math.nan),
            speed=figures.get("v", math.nan),
        ),
    )


def _take_figure(figure: re.Match[str], line: Line, figures: dict[str, float], faults: Faults) -> None:
    key, value = figure["key"], figure["value"].strip()
    if key not in FIGURES:
        message = "is a figure that is not read; fleets of several types are another problem"
        faults.add("E-I17", message, f"keep {', '.join(FIGURES)} only", line=line.number, value=key)
    elif key in figures:
        faults.add("E-I05", "is there twice", "keep one", line=line.number, value=key)
    else:
        figures[key] = faults.positive(value, line=line.number, column=key, zero=key in MAY_BE_ZERO)


def _node(line: Line, faults: Faults) -> Node | None:
    words = line.words
    if len(words) != 2 + len(COLUMNS):
        message = f"has {len(words)} fields, not {2 + len(COLUMNS)}"
        faults.add("E-I16", message, f"give id, type, {', '.join(COLUMNS)}", line=line.number, value=line.text)
        return None
    if words[1] not in ROLES:
        message = "is no type of node"
        faults.add("E-I16", message, "give d, f or c", line=line.number, column="Type", value=words[1])
        return None
    x, y, demand, ready, due, service = (
        faults.number(word, line=line.number, column=column) for word, column in zip(words[2:], COLUMNS, strict=True)
    )
    return Node(
        id=words[0],
        role=ROLES[words[1]],
        line=line.number,
        x=x,
        y=y,
        demand=demand,
        ready=ready,
        due=due,
        service=service,
    )
