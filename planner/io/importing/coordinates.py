"""Coordinates as people write them: decimals, degrees with N and E, degrees with minutes, both in one cell."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from planner.io.area import SHARE_OF_A_WHOLE_FILE, Area, Spot
from planner.io.cells import CellError, number

PLAIN = re.compile(r"[+-]?\d{1,3}(?:\.\d*)?")
COMMA = re.compile(r"[+-]?\d{1,3},\d+")
DEGREES = re.compile(
    r"([NSEW])?\s*([+-]?\d{1,3}(?:[.,]\d+)?)\s*(?:°|º|deg)?\s*"
    r"(?:(\d{1,2}(?:[.,]\d+)?)\s*['′’]\s*)?(?:(\d{1,2}(?:[.,]\d+)?)\s*(?:\"|″|”|'')\s*)?([NSEW])?",
    re.IGNORECASE,
)
POINT_PAIR = re.compile(r"\(?\s*([+-]?\d{1,3}(?:\.\d+)?)\s*[,;/ ]\s*([+-]?\d{1,3}(?:\.\d+)?)\s*\)?")
COMMA_PAIR = re.compile(r"\(?\s*([+-]?\d{1,3},\d+)\s*[,;/ ]\s*([+-]?\d{1,3},\d+)\s*\)?")
LIMITS = {"lat": 90, "lon": 180}
SIGNS = {"N": 1, "E": 1, "S": -1, "W": -1}
MOST_AT_SEA = 0.2
SAMPLE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether the coordinates of a file look swapped, and by what."""

    swapped: bool
    reason: str = ""


def degrees_of(text: str, *, axis: str, decimal: str) -> str:
    """Return decimal degrees as text with a point. Raises `CellError`."""
    bare = text.strip()
    if PLAIN.fullmatch(bare) and (decimal == "." or "." not in bare):
        return _within(bare, axis)
    if decimal == "," and COMMA.fullmatch(bare):
        return _within(bare.replace(",", "."), axis)
    if bare.count(".") > 1 or bare.count(",") > 1 or (bare.lstrip("+-").isascii() and bare.lstrip("+-").isdigit()):
        raise CellError("E-O83", "has lost its decimal point", "export again with the column formatted as text")
    match = DEGREES.fullmatch(bare)
    if match is None or not (match[1] or match[3] or match[5] or "°" in bare or "º" in bare):
        value = number(bare if decimal == "." else bare.replace(",", "."))  # says what is wrong with it
        if "e" in bare.casefold():
            return _within(f"{value:f}", axis)
        sign = "comma" if decimal == "," else "point"
        raise CellError("E-O11", f"does not fit: the column is written with a decimal {sign}", "write it so")
    letter = (match[1] or match[5] or "").upper()
    if letter and (letter in "NS") != (axis == "lat"):
        raise CellError("E-O07", f"is no {axis}", "lat and lon may be swapped in this row")
    degrees, minutes, seconds = (float((part or "0").replace(",", ".")) for part in (match[2], match[3], match[4]))
    signed = (abs(degrees) + minutes / 60 + seconds / 3600) * (-1 if degrees < 0 else 1) * SIGNS.get(letter, 1)
    return _within(f"{signed:.8f}".rstrip("0").rstrip("."), axis)


def pair_of(text: str, *, swapped: bool) -> tuple[str, str]:
    """Return lat and lon of a cell that holds both. Raises `CellError`."""
    bare = text.strip()
    match = POINT_PAIR.fullmatch(bare) or COMMA_PAIR.fullmatch(bare)
    if match is not None:
        first, second = match[1].replace(",", "."), match[2].replace(",", ".")
    else:
        parts = [part for part in re.split(r"\s*[,;/]\s*(?=[NSEW\d+-])", bare) if part]
        if len(parts) != 2:
            raise CellError("E-O15", "is no pair of coordinates", "write 52.5163, 13.3777")
        first, second = parts
    lat, lon = (second, first) if swapped else (first, second)
    return degrees_of(lat, axis="lat", decimal="."), degrees_of(lon, axis="lon", decimal=".")


def is_pair(text: str) -> bool:
    """Tell whether a cell holds two coordinates."""
    return bool(POINT_PAIR.fullmatch(text.strip()) or COMMA_PAIR.fullmatch(text.strip()))


def look_swapped(spots: Sequence[Spot], area: Area | None) -> Verdict:
    """Judge whether most places of a file make sense only once lat and lon change places.

    With `area` by what lies in it. Without one by the globe: a latitude ends at 90, and nobody delivers at sea.
    """
    if not spots:
        return Verdict(swapped=False)
    if area is not None:
        inside = sum(area.holds(lat=spot.lat, lon=spot.lon) for spot in spots)
        after = sum(area.holds(lat=spot.lon, lon=spot.lat) for spot in spots)
        if inside < (1 - SHARE_OF_A_WHOLE_FILE) * len(spots) and after > SHARE_OF_A_WHOLE_FILE * len(spots):
            return Verdict(swapped=True, reason=f"{after:,} of {len(spots):,} lie near the place given only if swapped")
        return Verdict(swapped=False)
    beyond = sum(abs(spot.lat) > 90 >= abs(spot.lon) for spot in spots)
    if beyond * 2 > len(spots):
        return Verdict(swapped=True, reason=f"{beyond:,} of {len(spots):,} latitudes are beyond 90")
    sample = spots[:: max(1, len(spots) // SAMPLE)]
    as_named = sum(on_land(lat=spot.lat, lon=spot.lon) for spot in sample)
    other_way = sum(on_land(lat=spot.lon, lon=spot.lat) for spot in sample)
    if as_named <= MOST_AT_SEA * len(sample) and other_way >= SHARE_OF_A_WHOLE_FILE * len(sample):
        return Verdict(
            swapped=True, reason="as named most places lie at sea or in Antarctica, swapped they lie on land"
        )
    return Verdict(swapped=False)


def zone_at(*, lat: float, lon: float) -> str:
    """Return the IANA time zone of a place, or "" at sea."""
    import tzfpy  # noqa: PLC0415  (takes a moment to load, and not every file needs it)

    name = tzfpy.get_tz(lon, lat) if abs(lat) <= 90 and abs(lon) <= 180 else ""
    return "" if not name or name.startswith(("Etc/", "Antarctica/")) else name


def on_land(*, lat: float, lon: float) -> bool:
    """Tell whether a place has a time zone of a country."""
    return bool(zone_at(lat=lat, lon=lon))


def _within(text: str, axis: str) -> str:
    value = abs(float(text))
    if value > LIMITS[axis]:
        if value > 180 and "." not in text:
            raise CellError("E-O83", "has lost its decimal point", "export again with the column formatted as text")
        raise CellError("E-O07", f"is outside -{LIMITS[axis]}..{LIMITS[axis]}", "give decimal degrees")
    return text
