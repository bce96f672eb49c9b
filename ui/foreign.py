"""A file of a shop or another planner on the page: what is asked, and the orders that come of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache, partial
from pathlib import Path

from planner.errors import Fault, InputError
from planner.geocode.found import Found
from planner.geocode.geocoder import Geocoder
from planner.geocode_pins import place_in
from planner.io.area import Area, Spot
from planner.io.cells import CellError
from planner.io.csv_table import read_table
from planner.io.files import read_file
from planner.io.importing.answers import CHOICES, Answers, flag
from planner.io.importing.importer import Imported, OpenQuestions, import_orders
from planner.io.importing.pins import Asked, Place, no_place
from planner.io.orders import MAX_BYTES

SHEETS = (".xlsx", ".xlsm")


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreign:
    """A file that is not of our form, and what the user has said about it.

    `pins` are places that the user confirmed for an address, of those that were found for it.
    """

    path: Path
    answers: Answers = field(default_factory=Answers)
    pins: Mapping[str, tuple[float, float]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What came of a file: orders or questions, and the addresses that were found but not for certain."""

    imported: Imported | None
    questions: tuple[Fault, ...]
    doubtful: Mapping[str, Found]

    @property
    def asked(self) -> dict[str, tuple[str, ...]]:
        """Return the answers that the questions leave open, by name, with what may be said."""
        remedies = " ".join(question.remedy for question in self.questions)
        return {name: choices for name, choices in CHOICES.items() if flag(name) in remedies}


def is_own(path: Path) -> bool:
    """Say whether a file has the columns of our own form, which is read and mended on the page."""
    if path.suffix.lower() in SHEETS:
        return False
    try:
        header = read_table(read_file(path, max_bytes=MAX_BYTES), file=path.name).header
    except InputError:
        return True  # our own reader says best what is wrong with it
    names = {name.strip().lower() for name in header}
    return {"id", "lat", "lon"} <= names


def read_foreign(foreign: Foreign, *, day: date, area: Area, streets: Path | None) -> Reading:
    """Read a file as `planner import` does, for one day. Raises `InputError` where no answer would help."""
    doubtful: dict[str, Found] = {}
    place = _finder(streets, foreign.pins, doubtful)
    try:
        imported = import_orders(foreign.path, foreign.answers.but(day=day), area=area, place=place)
    except OpenQuestions as questions:
        return Reading(imported=None, questions=tuple(questions.faults), doubtful=doubtful)
    return Reading(imported=imported, questions=(), doubtful=doubtful)


def answered(foreign: Foreign, said: Mapping[str, str], columns: Mapping[str, str | None]) -> Foreign:
    """Return the file with more answers: choices and texts by name, and fields by column."""
    known = dict(foreign.answers.columns) | dict(columns)
    answers = replace(foreign.answers.but(**{name: value for name, value in said.items() if value}), columns=known)
    return replace(foreign, answers=answers)


def address_of(asked: Asked) -> str:
    """Return an address as one line, by which a pin is confirmed."""
    return ", ".join(part for part in (asked.text, asked.postcode, asked.city) if part)


_book = cache(Geocoder.of_map)


def _finder(streets: Path | None, pins: Mapping[str, tuple[float, float]], doubtful: dict[str, Found]) -> Place:
    """Return what finds addresses: those that the user confirmed, and those of the map that are certain."""
    if streets is None:
        return no_place

    def unsure(asked: Asked, found: Found) -> CellError:
        if found.grade == "none":
            return CellError("E-G04", f"is not found in {streets.name}: {found.reason}", "correct the address")
        doubtful[address_of(asked)] = found
        return CellError("E-G03", f"is not certain ({found.address}): {found.reason}", "confirm it on the page")

    in_map = place_in(partial(_book, streets), unsure)

    def find(asked: Asked) -> Spot | CellError:
        confirmed = pins.get(address_of(asked))
        return in_map(asked) if confirmed is None else Spot(lat=confirmed[0], lon=confirmed[1])

    return find
