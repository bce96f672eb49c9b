"""May a road class drive along a street, and how fast: judged from OpenStreetMap tags alone.

What cannot be read is closed, never open: a driver sent into a street he may not use costs more than a detour. Of
what changes while a vehicle may be on the road the strictest counts. The pace is
``min(class maximum, limit × urban factor)``, the limit being the tagged one or the catalogue's default.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from planner.catalogue import default_speeds
from planner.model import RoadClass
from planner.roads.conditional import Outing, Span, possible
from planner.roads.limits import kilograms, limit_kmh, metres

OPEN_ACCESS = frozenset(
    {"yes", "permissive", "designated", "destination", "delivery", "customers", "official", "public", "discouraged"}
)
NEEDS_PERMISSION = frozenset({"pedestrian", "track"})  # closed unless a tag about vehicles opens them
CLOSED_SERVICES = frozenset({"emergency_access", "slipway", "siding"})

SIDES = ("forward", "backward")
FORWARD, BACKWARD, BOTH, NEITHER = (True, False), (False, True), (True, True), (False, False)
ONEWAY = {
    "yes": FORWARD,
    "1": FORWARD,
    "true": FORWARD,
    "-1": BACKWARD,
    "reverse": BACKWARD,
    "no": BOTH,
    "0": BOTH,
    "false": BOTH,
}
LIMIT_KEYS = ("zone:maxspeed", "source:maxspeed", "maxspeed:type", "maxspeed")  # general first


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """How fast each direction is driven, 0 where it is closed.

    `reason` says why both are closed and is empty otherwise. `imputed` says that an open direction has no
    readable limit of its own, so that a default stands in. The crossing paces are those of directions that nothing
    but their posted limit closes, for a class that may cross such roads.
    """

    forward_kmh: float = 0.0
    backward_kmh: float = 0.0
    reason: str = ""
    imputed: bool = False
    crossing_forward_kmh: float = 0.0
    crossing_backward_kmh: float = 0.0

    @property
    def crossing(self) -> bool:
        """Tell whether a direction is closed by its posted limit alone."""
        return self.crossing_forward_kmh > 0 or self.crossing_backward_kmh > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Side:
    """The verdict on one direction; `reason` is empty where it is open."""

    kmh: float = 0.0
    crossing_kmh: float = 0.0
    imputed: bool = False
    reason: str = ""


def judge(tags: Mapping[str, str], road_class: RoadClass, span: Span | None = None) -> Verdict:
    """Judge a street, forward being the direction in which its shape runs.

    `span` holds the first and the last moment, in local time, at which a vehicle may be on the road. Without it what
    closes at any hour closes, and what opens at some hours does not open.
    """
    reason = _closed(tags, road_class)
    if reason:
        return Verdict(reason=reason)
    outing = Outing(road_class=road_class, span=span)
    directions = _directions(tags, outing)
    if directions == NEITHER:
        return Verdict(reason="oneway changes or is not understood")
    against = _Side()  # the traffic of a one-way street
    forward, backward = (
        _side(tags, outing, side) if is_open else against for side, is_open in zip(SIDES, directions, strict=True)
    )
    return Verdict(
        forward_kmh=forward.kmh,
        backward_kmh=backward.kmh,
        reason="" if forward.kmh or backward.kmh else forward.reason or backward.reason,
        imputed=forward.imputed or backward.imputed,
        crossing_forward_kmh=forward.crossing_kmh,
        crossing_backward_kmh=backward.crossing_kmh,
    )


def is_open(value: str) -> bool:
    """Tell whether an access value admits a delivery; of several values each must."""
    return all(part.strip() in OPEN_ACCESS for part in re.split(r"[;,]", value))


def folded(value: str) -> str:
    """Return a value as it is compared."""
    return value.strip().casefold()


def _closed(tags: Mapping[str, str], road_class: RoadClass) -> str:
    """Return why nobody of the class may ever use the street in any direction, or nothing."""
    highway = tags.get("highway", "")
    if highway not in default_speeds() or tags.get("service") in CLOSED_SERVICES:
        return "not a street"
    minimum_kmh = limit_kmh(tags.get("minspeed", "")) or 0.0
    reasons = {
        "area": tags.get("area") == "yes",
        highway: highway in road_class.closed_highways,
        "motorroad": tags.get("motorroad") == "yes" and not road_class.motorroad,
        "toll": tags.get("toll") == "yes" and not road_class.tolls,
        "minimum speed too high": minimum_kmh > road_class.max_speed_kmh,
    }
    return next((reason for reason, applies in reasons.items() if applies), "")


def _directions(tags: Mapping[str, str], outing: Outing) -> tuple[bool, bool]:
    """Return which of (forward, backward) a one-way rule leaves open all the time."""
    implied = tags.get("junction") in {"roundabout", "circular"} or tags["highway"] == "motorway"
    unsaid = FORWARD if implied else BOTH
    rules = possible(tags, _oneway_keys(outing.road_class.access_tags), outing, folded)
    ways = [unsaid if rule is None else ONEWAY.get(rule[1], NEITHER) for rule in rules]
    return all(forward for forward, _ in ways), all(backward for _, backward in ways)


def _side(tags: Mapping[str, str], outing: Outing, side: str) -> _Side:
    reason = _forbidden(tags, outing, side) or _too_large(tags, outing, side)
    if reason:
        return _Side(reason=reason)
    road_class = outing.road_class
    limits = possible(tags, (*LIMIT_KEYS, f"maxspeed:{side}"), outing, limit_kmh)
    kmh = [default_speeds()[tags["highway"]] if limit is None else limit[1] for limit in limits]
    pace_kmh = min(road_class.max_speed_kmh, min(kmh) * road_class.urban_factor)
    # A limit that falls for some hours makes the pace slow, but the road is one of a higher limit all the same.
    if road_class.max_posted_kmh is not None and max(kmh) > road_class.max_posted_kmh:
        crossing_kmh = pace_kmh if road_class.crossing_m > 0 else 0.0
        return _Side(crossing_kmh=crossing_kmh, reason=f"limit above {road_class.max_posted_kmh:.0f} km/h")
    return _Side(kmh=pace_kmh, imputed=None in limits)


def _forbidden(tags: Mapping[str, str], outing: Outing, side: str) -> str:
    permits = possible(tags, _access_keys(outing.road_class.access_tags, side), outing, folded)
    for permit in permits:
        if permit is not None and not is_open(permit[1]):
            return "=".join(permit)
    if tags["highway"] in NEEDS_PERMISSION and not all(map(_speaks_of_vehicles, permits)):
        return f"{tags['highway']} without permission"
    return ""


def _speaks_of_vehicles(permit: tuple[str, str] | None) -> bool:
    # A bare access=yes on a pedestrian street or a track speaks of walkers as often as of vehicles.
    return permit is not None and (permit[0].partition(":")[0] != "access" or permit[1] == "delivery")


def _too_large(tags: Mapping[str, str], outing: Outing, side: str) -> str:
    """Return which limit the class does not fit.

    A text that is no number is ignored, unlike an access value: it is nearly always ``default`` or ``below_default``,
    that is no sign at all, and these vehicles are smaller than what is built for.
    """
    road_class = outing.road_class
    bounds = (
        ("maxwidth", metres, road_class.width_m),
        ("maxheight", metres, road_class.height_m),
        ("maxweight", kilograms, road_class.mass_kg),
    )
    for key, read, own in bounds:
        limits = possible(tags, (key, f"{key}:{side}"), outing, read)
        if any(limit is not None and limit[1] < own for limit in limits):
            return f"{key} too low"
    return ""


@lru_cache
def _oneway_keys(access_tags: tuple[str, ...]) -> tuple[str, ...]:
    return ("oneway", *(f"oneway:{mode}" for mode in access_tags))


@lru_cache
def _access_keys(access_tags: tuple[str, ...], side: str) -> tuple[str, ...]:
    return tuple(key for mode in access_tags for key in (mode, f"{mode}:{side}"))
