"""What a geocoder answers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

Grade = Literal["sure", "likely", "street", "none"]
GRADES: tuple[Grade, ...] = ("sure", "likely", "street", "none")


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A place that may be meant, in words too."""

    lat: float
    lon: float
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What was found for an address.

    A ``sure`` place may be used as it is. ``likely`` is for a person to confirm, ``street`` is on the street or at the
    nearest number of it, ``none`` is nowhere: `lat` and `lon` are None. `reason` says why a place is not sure.
    `candidates` are the best places, the answer first.
    """

    grade: Grade
    lat: float | None = None
    lon: float | None = None
    address: str = ""
    reason: str = ""
    candidates: tuple[Candidate, ...] = ()


def better(one: Found, two: Found) -> Found:
    """Return the answer of two sources with the better grade, the first of equals, with the candidates of both."""
    first, second = (two, one) if GRADES.index(two.grade) < GRADES.index(one.grade) else (one, two)
    if first.grade == "sure":
        return first
    return replace(first, candidates=(*first.candidates, *second.candidates))
