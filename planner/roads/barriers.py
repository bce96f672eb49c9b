"""Which things standing on a street stop motor traffic."""

from __future__ import annotations

from collections.abc import Mapping

from planner.roads.access import folded, is_open

# Streets are read once for all classes, so a barrier is judged for motor traffic in general.
ACCESS_KEYS = ("access", "vehicle", "motor_vehicle", "motorcar")
PASSABLE = frozenset(
    {
        "no",
        "entrance",
        "kerb",
        "cattle_grid",
        "toll_booth",
        "border_control",
        "checkpoint",
        "height_restrictor",
        "bump_gate",
        "sally_port",
        "speed_bump",
    }
)


def stops_traffic(tags: Mapping[str, str]) -> bool:
    """Tell whether a node is a barrier that a van cannot count on passing: access tags decide before its kind."""
    if "barrier" not in tags:
        return False
    permit = next((folded(tags[key]) for key in reversed(ACCESS_KEYS) if key in tags), None)
    return tags["barrier"] not in PASSABLE if permit is None else not is_open(permit)
