"""Numbers with units as people write them, and which of comma and point is the decimal sign of a column."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation

from planner.io.cells import CellError, number
from planner.io.importing.units import factor, kind_of, unit_of, units_of

WITH_UNIT = re.compile(r"([+-]?[\d.,'’\s]*\d[\d.,'’\s]*)\s*([^\W\d_][\w³]*\.?)?", re.UNICODE)
PLAIN = re.compile(r"[+-]?\d+(\.\d+)?")
DURATION = re.compile(
    r"(\d{1,2}):([0-5]\d)(?::([0-5]\d))?|(?:(\d{1,2})\s*h(?:r|rs)?\s*)?(?:(\d{1,3})\s*(?:min|m)?\.?)?", re.I
)
LOST_DIGITS = re.compile(r"\d([.,]\d+)?E\+\d{1,2}", re.IGNORECASE)
GROUPS = str.maketrans("", "", "'’ \u00a0\u202f")


def decimal_signs(texts: Iterable[str], *, grouped: bool = True) -> dict[str, int]:
    """Count which decimal sign the numbers of a column prove: "," or "." or, where both can be meant, "?".

    Without `grouped` no number has thousands separators, as in coordinates.
    """
    found = {",": 0, ".": 0, "?": 0}
    if not grouped:
        for text in texts:
            commas, points = text.count(","), text.count(".")
            found[","] += commas == 1 and not points
            found["."] += points == 1 and not commas
        return found
    for text in texts:
        if sign := _sign(text.translate(GROUPS)):
            found[sign] += 1
    return found


def _sign(text: str) -> str:
    commas, points = text.count(","), text.count(".")
    if not commas and not points:
        return ""
    if commas and points:
        return max(",.", key=text.rfind)
    sign, other, times = (",", ".", commas) if commas else (".", ",", points)
    if times > 1:
        return other
    whole, _, fraction = text.partition(sign)
    digits = re.match(r"\d*", fraction)
    places = len(digits[0]) if digits else 0
    before = re.sub(r"\D", "", whole)
    if places == 3 and 1 <= len(before) <= 3 and before != "0":
        return "?"
    return sign if places else ""


def plain_decimal(text: str, decimal: str) -> Decimal:
    """Return a number that is written with this decimal sign; thousands may be set apart. Raises `CellError`."""
    bare = text.strip().translate(GROUPS)
    group = "," if decimal == "." else "."
    if group in bare:
        head, sign, tail = bare.partition(decimal)
        first, *others = head.lstrip("+-").split(group)
        if group in tail or not 1 <= len(first) <= 3 or any(len(part) != 3 for part in others):
            asked = f"the numbers of this column are written with a decimal {_name(decimal)}"
            raise CellError("E-O11", f"does not fit: {asked}", f"write it so, or say --decimal {group}")
        bare = head.replace(group, "") + sign + tail
    try:
        return number(bare.replace(",", ".")) if PLAIN.fullmatch(bare.replace(",", ".")) else number(text.strip())
    except InvalidOperation:  # no way for a text that `number` lets pass
        raise CellError("E-O15", "is not a number", "write digits") from None


def amount_of(text: str, *, field: str, unit: str, decimal: str) -> str:
    """Return a weight in kg, a volume in litres or a length in cm, its own unit before that of the column."""
    match = WITH_UNIT.fullmatch(text.strip())
    own = ""
    if match is not None and match[2]:
        own = unit_of(match[2].rstrip(".").casefold().replace("³", "3"))
        if factor(field, own) is None:
            raise CellError("E-O15", f'"{match[2]}" is no unit of {field}', f"use one of {', '.join(units_of(field))}")
    value = plain_decimal(match[1] if match is not None else text, decimal) * (factor(field, own or unit) or 1)
    return written(value)


def count_of(text: str, decimal: str) -> str:
    """Return a count as text: ``3``, ``3.0`` or ``3 pcs`` is 3."""
    match = WITH_UNIT.fullmatch(text.strip())
    value = plain_decimal(match[1] if match is not None else text, decimal)
    if value < 0:
        raise CellError("E-O26", "is negative", "give 0 or more")
    if value != value.to_integral_value():
        raise CellError("E-O28", "is not a whole number", "give a count")
    return str(int(value))


def minutes_of(text: str, *, unit: str, decimal: str) -> str:
    """Return a service time in minutes: a number, ``00:05``, ``5 min``, ``1h30``, ``90 s``."""
    bare = text.strip()
    match = DURATION.fullmatch(bare)
    if match is not None and (match[1] or match[4]):
        hours, minutes = int(match[1] or match[4]), int(match[2] or match[5] or 0)
        return written(hours * 60 + minutes + Decimal(int(match[3] or 0)) / 60)
    return amount_of(bare, field="service", unit=unit, decimal=decimal)


def written(value: Decimal) -> str:
    """Return a number as plain digits, a repeating fraction cut where nothing measurable is left."""
    if value == value.to_integral_value():
        return str(int(value))
    text = f"{value:.9f}" if -value.as_tuple().exponent > 9 else f"{value:f}"  # type: ignore[operator]
    return text.rstrip("0").rstrip(".")


def looks_cut(text: str) -> bool:
    """Tell whether a spreadsheet has shortened a long number: ``4.91763E+11``."""
    return "+" in text and LOST_DIGITS.fullmatch(text.strip()) is not None


def measured(field: str) -> bool:
    """Tell whether the cells of a field are amounts with a unit."""
    return bool(kind_of(field))


def _name(decimal: str) -> str:
    return "comma" if decimal == "," else "point"
