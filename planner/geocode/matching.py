"""How well a reading of an address fits a street of the map, and the houses of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from rapidfuzz.distance import OSA

from planner.geocode.index import Group, Index, Spot
from planner.geocode.numbers import base, ends
from planner.geocode.readings import Reading

NumberFit = Literal["exact", "end", "other letter", "absent", "not asked"]
TownFit = Literal["right", "not said", "unknown", "other"]
CodeFit = Literal["right", "not said", "unknown", "misspelt", "other"]

# What speaks against a place, in tenths of a wrong letter.
EDIT_COST, UNREAD_COST = 10, 25
NUMBER_COST: dict[NumberFit, int] = {"exact": 0, "end": 1, "other letter": 30, "absent": 50, "not asked": 50}
TOWN_COST: dict[TownFit, int] = {"right": 0, "not said": 0, "unknown": 15, "other": 40}
CODE_COST: dict[CodeFit, int] = {"right": 0, "not said": 0, "unknown": 5, "misspelt": 10, "other": 30}


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """How a name was recognised: letters it is off, or a part of it only."""

    edits: int = 0
    part: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A street in a town that fits, with the houses of it that do; no houses where the number is not there."""

    street: int
    group: Group
    houses: tuple[Spot, ...]
    reading: Reading
    likeness: Likeness
    number: NumberFit
    town: TownFit
    code: CodeFit
    edits: int  # of street and towns together
    unread: int  # words without a role
    place_cost: int

    @property
    def cost(self) -> int:
        """Return what speaks against it, the number included."""
        return self.place_cost + NUMBER_COST[self.number]


def hits_of(reading: Reading, index: Index, street: int, likeness: Likeness) -> Iterator[Hit]:
    """Yield what fits a reading in a street, one for each town that has it."""
    for group in index.streets[street].groups.values():
        town, town_cost = _town_fit(reading, group)
        code = _code_fit(reading, group, town)
        number, houses = _number_fit(reading.number, group)
        edits = likeness.edits + sum(said.edits for said in reading.towns)
        unread = reading.unread + (reading.torn and likeness.edits > 0)
        yield Hit(
            street=street,
            group=group,
            houses=houses,
            reading=reading,
            likeness=likeness,
            number=number,
            town=town,
            code=code,
            edits=edits,
            unread=unread,
            place_cost=EDIT_COST * (edits + 2 * likeness.part) + UNREAD_COST * unread + town_cost + CODE_COST[code],
        )


def _town_fit(reading: Reading, group: Group) -> tuple[TownFit, int]:
    if not reading.towns:
        return "not said", 0
    if not group.towns:
        return "unknown", TOWN_COST["unknown"]
    right = [not said.towns.isdisjoint(group.towns) for said in reading.towns]
    if all(right):
        return "right", 0
    # A quarter that is said beside the town may be drawn otherwise in the map.
    return ("unknown", TOWN_COST["unknown"]) if any(right) else ("other", TOWN_COST["other"])


def _code_fit(reading: Reading, group: Group, town: TownFit) -> CodeFit:
    if not reading.postcode:
        return "not said"
    if not group.postcodes:
        return "unknown"
    if reading.postcode in group.postcodes:
        return "right"
    if town == "right" and any(OSA.distance(reading.postcode, code, score_cutoff=1) <= 1 for code in group.postcodes):
        return "misspelt"
    return "other"


def _number_fit(form: str | None, group: Group) -> tuple[NumberFit, tuple[Spot, ...]]:
    if form is None:
        return "not asked", ()
    if form in group.houses:
        return "exact", tuple(group.houses[form])
    if ";" in form:
        return _all_fit(form.split(";"), group)
    if form in group.ends:
        return "end", tuple(group.ends[form])
    for end in ends(form):
        if end in group.houses:
            return "other letter", tuple(group.houses[end])
    wanted = base(form)
    alike = [spot for known, spots in group.houses.items() if base(known) == wanted for spot in spots]
    return ("other letter", tuple(alike)) if alike else ("absent", ())


def _all_fit(forms: list[str], group: Group) -> tuple[NumberFit, tuple[Spot, ...]]:
    """Fit a list of numbers: exact where one house has all of them."""
    of_each = [group.houses.get(form, []) for form in forms]
    shared = tuple(spot for spot in of_each[0] if all(spot in spots for spots in of_each))
    if shared:
        return "exact", shared
    return ("other letter", tuple(of_each[0])) if of_each[0] else ("absent", ())
