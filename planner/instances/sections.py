"""The frame that VRPLIB and the WCCI-2020 files share: ``KEY : VALUE`` lines, then sections of rows.

The package `vrplib` reads this frame too, but drops line numbers and node ids, which our faults must name.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from planner.errors import did_you_mean
from planner.instances.draft import Faults, Line, Node, Role

SECTION = "_SECTION"
END = "-1"  # of the list of depots
_KEY = re.compile(r"(?P<key>[A-Za-z_]+)\s*:(?P<value>.*)")
# What says nothing about the problem, or what no answer is held to.
NO_RULES = frozenset(
    {
        "NAME",
        "COMMENT",
        "TYPE",
        "NODE_COORD_TYPE",
        "DISPLAY_DATA_TYPE",
        "OPTIMAL_VALUE",
        "BEST_KNOWN",
        "VEHICLES",
        "TRUCKS",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """What stands after the colon, and where."""

    text: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sections:
    """A file in its parts; keys and section names in capitals, sections without their ending.

    `headings` gives the line of each section's heading.
    """

    header: Mapping[str, Value]
    sections: Mapping[str, Sequence[Line]]
    headings: Mapping[str, int]

    def text(self, key: str) -> str:
        """Return a value in capitals, empty where the file has none."""
        return self.header[key].text.upper() if key in self.header else ""


def is_sections(text: Sequence[Line]) -> bool:
    """Tell by a heading of a section."""
    return any(_section(line) for line in text)


def split_sections(text: Sequence[Line], faults: Faults) -> Sections:
    """Take the file apart; lines that belong nowhere and parts given twice are added to `faults`."""
    header: dict[str, Value] = {}
    sections: dict[str, list[Line]] = {}
    headings: dict[str, int] = {}
    rows: list[Line] | None = None
    for line in text:
        if line.text.upper() == "EOF":
            break
        if name := _section(line):
            if name in sections:
                faults.add("E-I05", "is there twice", "keep one", line=line.number, value=name + SECTION)
            rows = sections.setdefault(name, [])
            headings.setdefault(name, line.number)
        elif key := _KEY.match(line.text):
            value = Value(text=key["value"].strip(), line=line.number)
            if header.setdefault(key["key"].upper(), value) is not value:
                faults.add("E-I05", "is there twice", "keep one", line=line.number, value=key["key"])
        elif rows is None:
            message, remedy = "is neither KEY : VALUE nor the heading of a section", "correct or remove it"
            faults.add("E-I16", message, remedy, line=line.number, value=line.text)
        else:
            rows.append(line)
    return Sections(header=header, sections=sections, headings=headings)


def _section(line: Line) -> str | None:
    word = line.words[0].rstrip(":").upper()
    return word.removesuffix(SECTION) if word.endswith(SECTION) else None


def refuse_other_rules(parts: Sections, faults: Faults, *, keys: Collection[str], sections: Collection[str]) -> None:
    """Add E-I17 for every key or section that would change the problem and is not read."""
    known = NO_RULES | set(keys)
    for key, value in parts.header.items():
        if key not in known:
            message = f"is a rule that is not read{did_you_mean(key, known)}"
            faults.add("E-I17", message, "remove the line if it does not bind", line=value.line, value=key)
    for name, line in parts.headings.items():
        if name not in sections:
            message = f"is a section that is not read{did_you_mean(name, sections)}"
            faults.add("E-I17", message, "use an instance without it", line=line, value=name + SECTION)


def figure(parts: Sections, key: str, faults: Faults, *, zero: bool = False) -> float:
    """Return a number of the header above 0 (or from 0), or NaN and a fault."""
    if key not in parts.header:
        faults.add("E-I03", f"{key} is missing", f'add a line "{key} : ..."', column=key)
        return math.nan
    value = parts.header[key]
    return faults.positive(value.text, line=value.line, column=key, zero=zero)


def count(parts: Sections, key: str, faults: Faults, *, zero: bool = False) -> int | None:
    """Return a whole number of the header, or None and a fault."""
    value = figure(parts, key, faults, zero=zero)
    if value.is_integer():
        return int(value)
    if not math.isnan(value):
        at = parts.header[key]
        faults.add("E-I04", "is not a whole number", "give a count", line=at.line, column=key, value=at.text)
    return None


def rows_of(parts: Sections, name: str, faults: Faults, *, fields: int) -> dict[str, Line]:
    """Return the rows of a section by their node id; a missing section and unusable rows are added to `faults`."""
    if name not in parts.sections:
        faults.add("E-I03", f"{name}{SECTION} is missing", "add it", column=name + SECTION)
    found: dict[str, Line] = {}
    for line in parts.sections.get(name, ()):
        words = line.words
        if len(words) != fields:
            message = f"has {len(words)} fields, not {fields}"
            faults.add("E-I16", message, "correct the row", line=line.number, column=name + SECTION, value=line.text)
        elif not words[0].isdecimal():
            message, remedy = "is no number of a node", "give a whole number"
            faults.add("E-I04", message, remedy, line=line.number, column=name + SECTION, value=words[0])
        elif found.setdefault(str(int(words[0])), line) is not line:
            message, remedy = "is a node that is there twice", "give each its own number"
            faults.add("E-I05", message, remedy, line=line.number, column=name + SECTION, value=words[0])
    return found


def depots(parts: Sections, faults: Faults) -> dict[str, Line]:
    """Return the rows of the depot section up to -1."""
    if "DEPOT" not in parts.sections:
        return rows_of(parts, "DEPOT", faults, fields=1)
    listed = parts.sections["DEPOT"]
    end = next((at for at, line in enumerate(listed) if line.text == END), len(listed))
    kept = replace(parts, sections={**parts.sections, "DEPOT": listed[:end]})
    return rows_of(kept, "DEPOT", faults, fields=1)


def nodes_of(
    ids: Collection[str],
    *,
    places: Mapping[str, Line],
    demands: Mapping[str, Line],
    roles: Mapping[str, Mapping[str, Line]],
    faults: Faults,
) -> tuple[Node, ...]:
    """Put the rows of the sections together, in the order of `ids`; what fits nowhere is added to `faults`.

    `places` holds the rows of coordinates, empty where the file gives a matrix instead. `roles` names the rows of
    depots and stations; all others are customers, and must have a demand.
    """
    for rows in (demands, *roles.values()):
        for id_, line in rows.items():
            if id_ not in ids:
                faults.add("E-I06", "is no node of this file", "correct the number", line=line.number, value=id_)
    return tuple(_node(id_, _role(id_, roles), places.get(id_), demands.get(id_), faults) for id_ in ids)


def _role(id_: str, roles: Mapping[str, Mapping[str, Line]]) -> Role:
    if id_ in roles["depot"]:
        return "depot"
    return "station" if id_ in roles.get("station", ()) else "customer"


def _node(id_: str, role: Role, place: Line | None, demand: Line | None, faults: Faults) -> Node:
    line = next((line.number for line in (place, demand) if line is not None), 0)
    x = y = amount = 0.0
    if place is not None:
        x, y = (
            faults.number(word, line=place.number, column=column)
            for word, column in zip(place.words[1:3], ("x", "y"), strict=True)
        )
    if demand is not None:
        amount = faults.number(demand.words[1], line=demand.number, column="demand")
        line = demand.number if role == "customer" else line
    elif role == "customer":
        faults.add("E-I06", "is a node without a demand", "add it to DEMAND_SECTION", line=line or None, value=id_)
    return Node(id=id_, role=role, line=line, x=x, y=y, demand=amount)
