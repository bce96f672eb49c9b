"""A customer taken out of a plan file, or out of the free words beside it; times, kilometres and money stay.

An order that is forgotten gets an alias. Its place becomes that of the first depot, and the ways to it and from it
lose their lines. What the plan file may hold beside the parts that are known here is searched for the id and the words.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from planner.io.plan_schema import decode_line, encode_line
from planner.model import SPOT_DECIMALS

SHORTEST = 3  # letters of a text that is looked for inside of others
# What may stand beside an id in an edit or an event, and tells who that is.
PERSONAL = frozenset(
    (
        *("lat", "lon", "latitude", "longitude", "location", "parks_at"),
        *("address", "street", "city", "postcode", "name", "customer", "phone", "email"),
        *("notes", "note", "comment", "group", "pair"),
    )
)
# An id here is that of something else, even where it reads the same.
OF_OTHERS = frozenset(
    f"{name}{end}" for name in ("vehicle", "driver", "plug", "depot", "station", "type") for end in ("", "_id")
)
KNOWN_PARTS = frozenset({"format", "summary", "routes", "day", "provenance"})
KNOWN_OF_DAY = frozenset({"orders", "vehicles", "depots", "stations", "drivers"})
SERVES = frozenset({"delivery", "pickup"})

Spot = tuple[float, float]  # lat, lon


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """An order that is forgotten: its id, the id it has from now on, and the words that tell of its customer."""

    order_id: str
    alias: str
    words: tuple[str, ...]


class Redaction:
    """What is to be taken out."""

    def __init__(self, persons: Iterable[Person], words: Iterable[str] = ()) -> None:
        self.aliases = {person.order_id: person.alias for person in persons}
        told = {word for person in persons for word in person.words if len(word) >= SHORTEST}
        asked = [rf"\w*{re.escape(word)}\w*" for word in words if len(word) >= SHORTEST]
        self._words = _any_of([*map(re.escape, told), *asked], re.IGNORECASE)
        # A small number says nothing of anybody, and stands in texts for minutes and kilograms.
        self._ids = _any_of(re.escape(id) for id in self.aliases if id and not (id.isdigit() and len(id) <= SHORTEST))

    def text(self, text: str) -> str:
        """Return a text without the words, and with the aliases."""
        if text in self.aliases:
            return self.aliases[text]
        cleared = self._words.sub("", text) if self._words else text
        return self._ids.sub(lambda found: self.aliases[found[0]], cleared) if self._ids else cleared

    def value(self, value: Any) -> Any:
        """Return a value of JSON without what is to be taken out."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, list):
            return [self.value(part) for part in value]
        if isinstance(value, dict):
            return self._table(value)
        return value

    def _table(self, table: dict[str, Any]) -> dict[str, Any]:
        texts = (value for key, value in table.items() if key not in OF_OTHERS and isinstance(value, str))
        named = any(text in self.aliases for text in texts)
        cleared = {}
        for key, value in table.items():
            if named and key.casefold() in PERSONAL:
                cleared[key] = "" if isinstance(value, str) else None
            elif key in OF_OTHERS and isinstance(value, str):
                cleared[key] = value
            else:
                cleared[self.text(key)] = self.value(value)
        return cleared

    def document(self, data: bytes) -> bytes:
        """Return a plan file without the persons."""
        plan = json.loads(data)
        day = plan["day"]
        nowhere = (day["depots"][0]["lat"], day["depots"][0]["lon"]) if day["depots"] else (0.0, 0.0)
        hidden = {_spot(order["lat"], order["lon"]) for order in day["orders"] if order["id"] in self.aliases}
        kept = {order["id"]: (order["lat"], order["lon"]) for order in day["orders"] if order["id"] not in self.aliases}
        day["orders"] = [self._order(order, nowhere, hidden) for order in self._bundles(day["orders"])]
        for route in plan["routes"]:
            self._route(route, _Places(hidden=hidden, kept=kept, nowhere=nowhere))
        for left_out in plan["unassigned"]:
            if left_out["id"] in self.aliases and left_out.get("location") is not None:
                left_out["location"] = [nowhere[1], nowhere[0]]
        for table, known in ((plan, KNOWN_PARTS), (day, KNOWN_OF_DAY)):
            table.update({key: self.value(part) for key, part in table.items() if key not in known})
        return (json.dumps(plan, indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode()

    def _bundles(self, orders: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
        """Give the groups and pairs of the persons other names, in all orders that share them."""
        names = {
            order[key]: self.aliases[order["id"]]
            for order in orders
            for key in ("group", "pair")
            if order["id"] in self.aliases and order.get(key)
        }
        for order in orders:
            yield {**order, **{key: names.get(order[key], order[key]) for key in ("group", "pair") if key in order}}

    def _order(self, order: dict[str, Any], nowhere: Spot, hidden: set[Spot]) -> dict[str, Any]:
        if order["id"] in self.aliases:
            place = {"lat": nowhere[0], "lon": nowhere[1], "parks_at": None}
            return {**order, **place, "id": self.aliases[order["id"]], "address": "", "notes": "", "windows": []}
        kerb = order.get("parks_at")
        if kerb is not None and _spot(kerb["lat"], kerb["lon"]) in hidden:
            return {**order, "parks_at": None}
        return order

    def _route(self, route: dict[str, Any], places: _Places) -> None:
        steps, away = route["steps"], False  # away from a hidden place, whose next drive begins there
        cleared = False
        for step in steps:
            leg, to = step.get("leg"), self._moved(step, places)
            if leg is not None and (to is not None or away):
                leg["geometry"], cleared = "", True
            if to is not None:
                step["location"] = [to[1], to[0]]
            away = to is not None or (away and leg is None)
            if step["type"] in SERVES or step["type"] == "break":
                step["id"] = self.aliases.get(step["id"], step["id"])
        if not cleared:
            return
        lines = [decode_line(step["leg"]["geometry"]) for step in steps if step.get("leg") is not None]
        points = [point for line in lines for point in line]
        route["geometry"] = encode_line(tuple(p for i, p in enumerate(points) if i == 0 or p != points[i - 1]))

    def _moved(self, step: Mapping[str, Any], places: _Places) -> Spot | None:
        """Return the place that is told instead of a step's, None where it may stay."""
        serves = step["type"] in SERVES
        if serves and step["id"] in self.aliases:
            return places.nowhere
        here = _spot(step["location"][1], step["location"][0])
        if here not in places.hidden:
            return None
        own = places.kept.get(step["id"]) if serves else None
        if own is None:
            return places.nowhere
        return None if _spot(*own) == here else own  # a neighbour in the same house has not asked to be forgotten


@dataclass(frozen=True, slots=True, kw_only=True)
class _Places:
    hidden: set[Spot]
    kept: Mapping[str, Spot]
    nowhere: Spot


def _spot(lat: float, lon: float) -> Spot:
    return round(lat, SPOT_DECIMALS), round(lon, SPOT_DECIMALS)


def _any_of(patterns: Iterable[str], flags: re.RegexFlag = re.NOFLAG) -> re.Pattern[str] | None:
    """Return what finds any of some patterns, the longest first, where no word is cut; None for no patterns."""
    found = "|".join(sorted(patterns, key=len, reverse=True))
    return re.compile(rf"(?<![\w-])(?:{found})(?![\w-])", flags) if found else None
