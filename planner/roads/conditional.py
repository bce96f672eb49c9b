"""Tags that change with the hour or with the vehicle: what a key may say while a vehicle is on the road.

``motor_vehicle:conditional = delivery @ (06:00-10:00)`` replaces `motor_vehicle` whenever its condition holds. Over a
span of time a condition holds always, never or maybe: for some of the span, or nobody can tell. What may hold is
kept beside what it would replace, so that a reader who asks for the strictest value is never too kind.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from functools import lru_cache
from typing import TypeVar

from opening_hours import OpeningHours, State, validate

from planner.model import RoadClass
from planner.roads.limits import kilograms, metres

T = TypeVar("T")
Span = tuple[datetime, datetime]

PURPOSES = frozenset({"delivery", "destination"})  # what we are on the road for
LONGEST_M = 7.5  # no vehicle up to 3.5 t is longer, nor are the classes that we know
_CLAUSE_END = re.compile(r";(?![^(]*\))")
_SIZE = re.compile(r"(?P<what>weight(?:rating)?|axleload|length|width|height)\s*(?P<sign>[<>]=?)\s*(?P<limit>.+)")
# Holidays and the sun differ from place to place, and a comment may say anything.
_UNSURE_DAY = re.compile(r'\b(?:PH|SH)\b(?!\s+(?:off|closed))|sunrise|sunset|dawn|dusk|"')
_HOLIDAY = re.compile(r"\b(?:PH|SH)\b")
LONGEST_INTERVAL_DAYS = 366  # no search for a change in the far future


class Holds(IntEnum):
    """How much of the time a condition holds, so ordered that the least of several is that of all together."""

    NEVER = 0
    MAYBE = 1
    ALWAYS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Outing:
    """A vehicle of a class somewhere on the road from one moment of local time to another, or at any time."""

    road_class: RoadClass
    span: Span | None


def possible(
    tags: Mapping[str, str], keys: tuple[str, ...], outing: Outing, read: Callable[[str], T | None]
) -> list[tuple[str, T] | None]:
    """Return what `keys` (general first) may say, each time the most specific one that says anything.

    An item is the key with what `read` makes of its value; a value of which it makes None is as if absent. The item
    None stands for a time in which no key says anything.
    """
    found: list[tuple[str, T] | None] = []
    for key in reversed(keys):
        if key not in tags and f"{key}:conditional" not in tags:
            continue
        said = _said(tags, key, outing, read)
        found += [item for item in said if item is not None]
        if None not in said:
            return found
    return [*found, None]


def _said(
    tags: Mapping[str, str], key: str, outing: Outing, read: Callable[[str], T | None]
) -> list[tuple[str, T] | None]:
    meaning = read(tags[key]) if key in tags else None
    said: list[tuple[str, T] | None] = [None if meaning is None else (key, meaning)]
    conditional = f"{key}:conditional"
    for value, condition in _clauses(tags[conditional]) if conditional in tags else ():
        meaning = read(value)
        holds = _holds(condition, outing)
        if meaning is not None and holds is not Holds.NEVER:
            said = [*(said if holds is Holds.MAYBE else ()), (conditional, meaning)]
    return said


@lru_cache(maxsize=4_096)
def _clauses(text: str) -> tuple[tuple[str, str], ...]:
    """Cut ``no @ (Mo-Fr 07:00-09:00; PH off); yes @ delivery`` into values and their conditions."""
    parts = (clause.partition("@") for clause in _CLAUSE_END.split(text))
    return tuple((value.strip(), condition.strip()) for value, _, condition in parts)


def _holds(condition: str, outing: Outing) -> Holds:
    return min(_part_holds(part.strip(" ()"), outing) for part in re.split(r"\bAND\b", condition))


def _part_holds(text: str, outing: Outing) -> Holds:
    folded = text.casefold()
    if folded in PURPOSES:
        return Holds.ALWAYS
    size = _SIZE.fullmatch(folded)
    if size is not None:
        return _size_holds(size, outing.road_class)
    hours = _hours(text)
    if hours is None or outing.span is None or _UNSURE_DAY.search(text):
        return Holds.MAYBE
    return _hours_hold(hours, outing.span, unsure=_HOLIDAY.search(text) is not None)


def _size_holds(size: re.Match[str], road_class: RoadClass) -> Holds:
    """Compare the class; its mass stands in for an axle load, which is never more."""
    own = {"width": road_class.width_m, "height": road_class.height_m, "length": LONGEST_M}
    in_metres = size["what"] in own
    limit = metres(size["limit"]) if in_metres else kilograms(size["limit"])
    if limit is None:
        return Holds.MAYBE
    measure = own.get(size["what"], road_class.mass_kg)
    holds = {">": measure > limit, ">=": measure >= limit, "<": measure < limit, "<=": measure <= limit}
    return Holds.ALWAYS if holds[size["sign"]] else Holds.NEVER


def _hours_hold(hours: OpeningHours, span: Span, *, unsure: bool) -> Holds:
    states = {hours.state(span[0])[0], *(state for _, _, state, _ in hours.intervals(*span))}
    if states == {State.CLOSED}:
        return Holds.NEVER
    return Holds.ALWAYS if states == {State.OPEN} and not unsure else Holds.MAYBE


@lru_cache(maxsize=4_096)
def _hours(text: str) -> OpeningHours | None:
    """Read opening hours; None where it is something else, such as ``wet`` or ``residents``."""
    return OpeningHours(text, max_interval_days=LONGEST_INTERVAL_DAYS) if validate(text) else None
