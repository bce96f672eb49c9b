"""What signs say in numbers: the texts of `maxspeed`, `maxwidth`, `maxheight` and `maxweight`."""

from __future__ import annotations

import math
import re

KMH_PER_MPH = 1.609344
WORD_LIMITS_KMH = {
    "walk": 7.0,
    "living_street": 7.0,
    "bicycle_road": 30.0,
    "urban": 50.0,
    "rural": 90.0,
    "trunk": 90.0,
    "motorway": 130.0,
}
HIGHEST_LIMIT_KMH = 160.0
_SPEED = re.compile(r"(?P<number>\d+(?:\.\d+)?)\s*(?P<unit>km/h|kmh|kph|mph)?")
# What stands before a word or number, as in RO:urban, DE:zone:30, DE:zone30, FR:30, sign:zone30 or zone:30.
_ZONE = re.compile(r"(?:(?:[a-z]{2}(?:-[a-z]+)?|sign):)?(?:zone:?)?(?P<rest>\w+)")

# Exact by definition (NIST SP 811, appendix B.8); "st" is the American short ton, as OpenStreetMap writes it.
METRES = {"": 1.0, "m": 1.0, "cm": 0.01, "ft": 0.3048, "'": 0.3048, "in": 0.0254, '"': 0.0254}
KILOGRAMS = {"": 1_000.0, "t": 1_000.0, "kg": 1.0, "st": 907.18474, "lb": 0.45359237, "lbs": 0.45359237}
_AMOUNT = re.compile(r"(?P<number>\d+(?:\.\d+)?)\s*(?P<unit>[a-z'\"]*)\s*")


def limit_kmh(text: str) -> float | None:
    """Read a `maxspeed` value: the lowest of several, infinite for ``none``, None where it makes no sense."""
    limits = [_one_limit(part.strip()) for part in re.split(r"[;,|]", text.casefold())]
    return min((limit for limit in limits if limit is not None), default=None)


def metres(text: str) -> float | None:
    """Read ``2.2``, ``2.2 m`` or ``7'6"``; infinite for ``none``, None where it makes no sense."""
    return _measure(text, METRES)


def kilograms(text: str) -> float | None:
    """Read ``3.5`` (tonnes), ``3500 kg`` or ``8 st``; infinite for ``none``, None where it makes no sense."""
    return _measure(text, KILOGRAMS)


def _one_limit(text: str) -> float | None:
    if text == "none":
        return math.inf
    zone = _ZONE.fullmatch(text)
    word = zone["rest"] if zone else text
    if word in WORD_LIMITS_KMH:
        return WORD_LIMITS_KMH[word]
    number = _SPEED.fullmatch(word)
    if number is None:
        return None
    limit = float(number["number"]) * (KMH_PER_MPH if number["unit"] == "mph" else 1.0)
    return limit if 0 < limit <= HIGHEST_LIMIT_KMH else None


def _measure(text: str, units: dict[str, float]) -> float | None:
    """Add up the amounts of a text such as ``7 ft 6 in``."""
    folded = text.strip().casefold()
    if folded == "none":
        return math.inf
    amounts = list(_AMOUNT.finditer(folded))
    if "".join(amount[0] for amount in amounts) != folded or any(amount["unit"] not in units for amount in amounts):
        return None
    # A bare number after feet is inches to some and a slip to others: only units may follow each other.
    if len(amounts) > 1 and not all(amount["unit"] for amount in amounts):
        return None
    return math.fsum(float(amount["number"]) * units[amount["unit"]] for amount in amounts) or None
