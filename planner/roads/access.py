"""May a road class drive along a street, and how fast: judged from OpenStreetMap tags alone.

What cannot be read is closed, never open: a driver sent into a street he may not use costs more than a detour.
The pace is ``min(class maximum, limit × urban factor)``, the limit being the tagged one or the catalogue's default.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from planner.catalogue import default_speeds
from planner.model import RoadClass

OPEN_ACCESS = frozenset(
    {"yes", "permissive", "designated", "destination", "delivery", "customers", "official", "public", "discouraged"}
)
NEEDS_PERMISSION = frozenset({"pedestrian", "track"})  # closed unless a tag about vehicles opens them
CLOSED_SERVICES = frozenset({"emergency_access", "slipway", "siding"})

FORWARD, BACKWARD, BOTH = (True, False), (False, True), (True, True)
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

KMH_PER_MPH = 1.609344
WORD_LIMITS_KMH = {"walk": 7.0, "living_street": 7.0, "urban": 50.0, "rural": 90.0, "trunk": 90.0, "motorway": 130.0}
HIGHEST_LIMIT_KMH = 160.0
_NUMBER = re.compile(r"(?P<number>\d+(?:\.\d+)?)\s*(?P<unit>km/h|kmh|kph|mph)?")
_ZONE = re.compile(r"[a-z]{2}(?:-[a-z]+)?:(?:zone:?)?(?P<rest>\w+)")  # "RO:urban", "DE:zone:30", "FR:30"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """How fast each direction is driven, 0 where it is closed.

    `reason` says why both are closed and is empty otherwise. `imputed` says that an open direction has no
    readable limit of its own, so that a default stands in.
    """

    forward_kmh: float
    backward_kmh: float
    reason: str
    imputed: bool = False


def judge(tags: Mapping[str, str], road_class: RoadClass) -> Verdict:
    """Judge a street, forward being the direction in which its shape runs."""
    reason = _closed(tags, road_class)
    if reason:
        return Verdict(forward_kmh=0.0, backward_kmh=0.0, reason=reason)
    directions = _directions(tags, road_class)
    if directions is None:
        return Verdict(forward_kmh=0.0, backward_kmh=0.0, reason="oneway not understood")
    tagged = [_tagged_limit(tags, side) for side in ("forward", "backward")]
    limits = [default_speeds()[tags["highway"]] if limit is None else limit for limit in tagged]
    paces = [_pace(limit, road_class) if is_open else 0.0 for limit, is_open in zip(limits, directions, strict=True)]
    return Verdict(
        forward_kmh=paces[0],
        backward_kmh=paces[1],
        reason="" if any(paces) else f"limit above {road_class.max_posted_kmh:.0f} km/h",
        imputed=any(pace > 0 and limit is None for pace, limit in zip(paces, tagged, strict=True)),
    )


def limit_kmh(text: str) -> float | None:
    """Read a `maxspeed` value: the lowest of several, infinite for ``none``, None where it makes no sense."""
    limits = [_one_limit(part.strip()) for part in re.split(r"[;,|]", text.casefold())]
    return min((limit for limit in limits if limit is not None), default=None)


def permission(tags: Mapping[str, str], keys: tuple[str, ...]) -> tuple[str, str] | None:
    """Return the most specific of `keys` (general first) that is tagged, with its value."""
    return next(((key, tags[key].strip().casefold()) for key in reversed(keys) if key in tags), None)


def is_open(value: str) -> bool:
    """Tell whether an access value admits a delivery; of several values each must."""
    return all(part.strip() in OPEN_ACCESS for part in re.split(r"[;,]", value))


def _closed(tags: Mapping[str, str], road_class: RoadClass) -> str:
    """Return why nobody of the class may use the street in any direction, or nothing."""
    highway = tags.get("highway", "")
    if highway not in default_speeds() or tags.get("service") in CLOSED_SERVICES:
        return "not a street"
    if tags.get("area") == "yes":
        return "area"
    if highway in road_class.closed_highways:
        return highway
    if tags.get("motorroad") == "yes" and not road_class.motorroad:
        return "motorroad"
    minimum_kmh = limit_kmh(tags.get("minspeed", ""))
    if minimum_kmh is not None and minimum_kmh > road_class.max_speed_kmh:
        return "minimum speed too high"
    return _forbidden(tags, road_class)


def _forbidden(tags: Mapping[str, str], road_class: RoadClass) -> str:
    permit = permission(tags, road_class.access_tags)
    if permit is not None and not is_open(permit[1]):
        return "=".join(permit)
    # A bare access=yes on a pedestrian street or a track speaks of walkers as often as of vehicles.
    if tags["highway"] in NEEDS_PERMISSION and (permit is None or permit[0] == "access"):
        return f"{tags['highway']} without permission"
    return ""


def _directions(tags: Mapping[str, str], road_class: RoadClass) -> tuple[bool, bool] | None:
    """Return (forward, backward), or None for a one-way rule that changes with time or makes no sense."""
    keys = ("oneway", *(f"oneway:{key}" for key in road_class.access_tags))
    rule = permission(tags, keys)
    if rule is not None:
        return ONEWAY.get(rule[1])
    implied = tags.get("junction") in {"roundabout", "circular"} or tags["highway"] == "motorway"
    return FORWARD if implied else BOTH


def _tagged_limit(tags: Mapping[str, str], side: str) -> float | None:
    own = limit_kmh(tags.get(f"maxspeed:{side}", ""))
    return limit_kmh(tags.get("maxspeed", "")) if own is None else own


def _pace(limit: float, road_class: RoadClass) -> float:
    if road_class.max_posted_kmh is not None and limit > road_class.max_posted_kmh:
        return 0.0
    return min(road_class.max_speed_kmh, limit * road_class.urban_factor)


def _one_limit(text: str) -> float | None:
    if text == "none":
        return math.inf
    zone = _ZONE.fullmatch(text)
    word = zone["rest"] if zone else text
    if word in WORD_LIMITS_KMH:
        return WORD_LIMITS_KMH[word]
    number = _NUMBER.fullmatch(word)
    if number is None:
        return None
    limit = float(number["number"]) * (KMH_PER_MPH if number["unit"] == "mph" else 1.0)
    return limit if 0 < limit <= HIGHEST_LIMIT_KMH else None
