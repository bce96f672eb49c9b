"""A drive in words: the streets one after the other, how far along each, and how each is entered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from planner.roads.driving_side import ROUNDABOUTS
from planner.roads.network import Network
from planner.roads.paths import Path, cut_shape, path_shape
from planner.roads.streets import Floats
from planner.roads.turns import FEWEST_AT_JUNCTION

How = Literal[
    "depart",
    "straight",
    "slight_left",
    "left",
    "sharp_left",
    "slight_right",
    "right",
    "sharp_right",
    "u_turn",
    "roundabout",
    "leave_roundabout",
    "arrive",
]

# Degrees of turning up to which a turn is none, slight, or an ordinary one; beyond it is sharp. As in the tables of
# OSRM's getTurnDirection.
STRAIGHT_DEGREES, SLIGHT_DEGREES, TURN_DEGREES = 20.0, 40.0, 120.0
HEADING_M = 10.0  # from a junction, to see where a street heads: the first metre may be a kink of the drawing


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A stretch of a drive: the `name` of its street, "" where it has none, and how it is entered."""

    how: How
    name: str
    length_m: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    """One edge of a drive, as far as it is driven.

    `begins` and `ends` are the headings at its ends, east as real and north as imaginary part; `forks` says whether
    there is a choice of streets at its end.
    """

    edge: int
    name: str
    round: bool
    length_m: float
    begins: complex
    ends: complex
    forks: bool


def turn_list(network: Network, drive: Path) -> tuple[Turn, ...]:
    """Return the turns of a drive, the first a departure and the last an arrival.

    Edges of one name that follow each other straight on are one stretch, and so are those of a roundabout.
    """
    turns: list[Turn] = []
    before: _Step | None = None
    for step in _steps(network, drive):
        how: How = "depart" if before is None else _entered(before, step)
        if turns and _goes_on(turns[-1], step, how):
            turns[-1] = replace(turns[-1], length_m=turns[-1].length_m + step.length_m)
        else:
            turns.append(Turn(how=how, name=step.name, length_m=step.length_m))
        before = step
    return (*turns, Turn(how="arrive", name=turns[-1].name, length_m=0.0))


def _steps(network: Network, drive: Path) -> Iterator[_Step]:
    streets = network.streets
    meeting = np.bincount(network.tail, minlength=len(streets.node_lat))
    last = len(drive.edges) - 1
    for i, edge in enumerate(drive.edges.tolist()):
        shape = path_shape(network, replace(drive, edges=drive.edges[i : i + 1], first_share=0.0, last_share=1.0))
        length_m = float(streets.seg_length_m[edge // 2])
        near_share = min(1.0, HEADING_M / length_m)
        begin = drive.first_share if i == 0 else 0.0
        end = drive.last_share if i == last else 1.0
        tags = streets.tag_sets[streets.seg_tags[edge // 2]]
        yield _Step(
            edge=edge,
            name=tags.get("name", ""),
            round=tags.get("junction") in ROUNDABOUTS,
            length_m=(end - begin) * length_m,
            begins=_heading(cut_shape(shape, begin=0.0, end=near_share)),
            ends=_heading(cut_shape(shape, begin=1.0 - near_share, end=1.0)),
            forks=bool(meeting[network.head[edge]] >= FEWEST_AT_JUNCTION),
        )


def _heading(shape: Floats) -> complex:
    north, east = shape[-1] - shape[0]
    return complex(east * np.cos(np.radians(shape[0, 0])), north)


def _goes_on(last: Turn, step: _Step, how: How) -> bool:
    return how == "straight" and (step.round or step.name == last.name)


def _entered(before: _Step, step: _Step) -> How:
    if step.edge == before.edge ^ 1:
        return "u_turn"
    if step.round:
        return "straight" if before.round else "roundabout"
    if before.round:
        return "leave_roundabout"
    return _turned(float(np.degrees(np.angle(step.begins * before.ends.conjugate())))) if before.forks else "straight"


def _turned(left_degrees: float) -> How:
    """Name a turn by how far it goes to the left; to the right is less than nothing."""
    size = abs(left_degrees)
    if size <= STRAIGHT_DEGREES:
        return "straight"
    if size <= SLIGHT_DEGREES:
        return "slight_left" if left_degrees > 0 else "slight_right"
    if size <= TURN_DEGREES:
        return "left" if left_degrees > 0 else "right"
    return "sharp_left" if left_degrees > 0 else "sharp_right"
