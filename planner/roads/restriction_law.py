"""Whom a turn restriction binds: judged from the tags of its relation.

A restriction that changes with the hour binds if it does at any moment of the span, and hours of the old style
(`hour_on`, `day_on`) are not read: such a restriction always binds.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

from planner.model import RoadClass
from planner.roads.access import folded
from planner.roads.conditional import Outing, Span, possible

Rule = Literal["no", "only"]


def restriction_of(tags: Mapping[str, str], road_class: RoadClass, span: Span | None = None) -> Rule | None:
    """Tell whether a drive is forbidden to a class (``no``), is its only way on (``only``), or is left to it."""
    modes = [mode for mode in road_class.access_tags if mode != "access"]
    speaks_of = tags.get("type", "").partition(":")[2]  # an old spelling: type=restriction:hgv
    excepted = {folded(mode) for mode in re.split(r"[;,]", tags.get("except", ""))}
    if (speaks_of and speaks_of not in modes) or excepted.intersection(modes):
        return None
    keys = ("restriction", *(f"restriction:{mode}" for mode in modes))
    rules = {rule[1] for rule in possible(tags, keys, Outing(road_class=road_class, span=span), _rule) if rule}
    # Where both are said for different hours, the one that forbids more.
    return "only" if "only" in rules else "no" if "no" in rules else None


def _rule(text: str) -> Rule | Literal["none"] | None:
    """Read ``no_left_turn``, ``only_straight_on`` and the ``none`` that lifts them; None for anything else."""
    words: dict[str, Rule | Literal["none"]] = {"no": "no", "only": "only", "none": "none"}
    return words.get(folded(text).partition("_")[0])
