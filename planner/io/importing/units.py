"""Units of weight, volume, time and length, as they are written in headers and cells."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

KINDS: Mapping[str, Mapping[str, Decimal]] = {
    # What one of the unit is in ours. The pound, inch and foot are exact by definition (NIST SP 811, appendix B.8).
    "weight": {
        "kg": Decimal(1),
        "g": Decimal("0.001"),
        "t": Decimal(1000),
        "lb": Decimal("0.45359237"),
        "oz": Decimal("0.028349523125"),
    },
    "volume": {
        "l": Decimal(1),
        "m3": Decimal(1000),
        "dm3": Decimal(1),
        "cm3": Decimal("0.001"),
        "ft3": Decimal("28.316846592"),
        "in3": Decimal("0.016387064"),
    },
    "service": {"min": Decimal(1), "s": Decimal(1) / 60, "h": Decimal(60)},
    "length": {
        "cm": Decimal(1),
        "mm": Decimal("0.1"),
        "m": Decimal(100),
        "in": Decimal("2.54"),
        "ft": Decimal("30.48"),
    },
}
OURS = {"weight": "kg", "volume": "l", "service": "min", "length": "cm"}
LOADS = ("kg", "l", "parcels")
TIME_ZONE = "utc"

_WRITTEN = {
    "kg": "kg kgs kilo kilos kilogram kilograms kilogramm kilogrammes kilogramos кг",
    "g": "g gr gram grams gramm grammes gramos г",
    "t": "t ton tonne tonnes",
    "lb": "lb lbs pound pounds",
    "oz": "oz ounce ounces",
    "l": "l liter liters litre litres litri litros ltr dm3",
    "m3": "m3 cbm kubikmeter м3",
    "cm3": "cm3 ccm",
    "ft3": "ft3 cuft cft",
    "in3": "in3 cuin",
    "min": "min mins minute minutes minuten minuti minutos minut mn мин",
    "s": "s sec secs second seconds sekunden secondi segundos secondes sek с",
    "h": "h hr hrs hour hours std stunden ore horas heures",
    "cm": "cm см",
    "mm": "mm",
    "m": "m",
    "in": "in inch inches",
    "ft": "ft feet",
    TIME_ZONE: "utc gmt",
}
_BY_WORD = {word: unit for unit, words in _WRITTEN.items() for word in words.split()}


def unit_of(word: str) -> str:
    """Return the unit a word names, or "" for none."""
    return _BY_WORD.get(word, "")


def kind_of(field: str) -> str:
    """Return which kind of unit a field is measured in, or ""."""
    if field in {"length", "width", "height"}:
        return "length"
    return field if field in KINDS else ""


def units_of(field: str) -> tuple[str, ...]:
    """Return the units that a field may be in."""
    return LOADS if field == "load" else tuple(KINDS.get(kind_of(field), ()))


def factor(field: str, unit: str) -> Decimal | None:
    """Return what one of the unit is in ours, or None where the field is not measured in it."""
    return KINDS.get(kind_of(field), {}).get(unit)
