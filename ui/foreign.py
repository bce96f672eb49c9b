"""A file of a shop or another planner on the page: what is asked, and the orders that come of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from planner.errors import InputError
from planner.geocode.found import Found
from planner.geocode.geocoder import Geocoder
from planner.geocode_pins import place_in
from planner.io.area import Area, Spot
from planner.io.cells import CellError
from planner.io.csv_table import column_name, first_row
from planner.io.files import read_file
from planner.io.importing.answers import Answers
from planner.io.importing.importer import Imported, import_orders
from planner.io.importing.pins import Asked, Place, no_place
from planner.io.importing.questions import Question
from planner.io.order_rows import REQUIRED
from planner.io.orders import MAX_BYTES

Pin = tuple[float, float]  # latitude, longitude
MOST_BOOKS = 4  # maps whose addresses are kept in memory, as many as street networks are


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreign:
    """A file that is not of our form, and what the user has said about it.

    `pins` are places that the user confirmed for an address, of those that were found for it.
    """

    path: Path
    answers: Answers = field(default_factory=Answers)
    pins: Mapping[str, Pin] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What came of a file: orders or questions, and the addresses that were found but not for certain.

    `confirmed` are those of them that the user has confirmed.
    """

    imported: Imported | None
    questions: tuple[Question, ...]
    doubtful: Mapping[str, Found]
    confirmed: Mapping[str, Found]


def is_own(path: Path) -> bool:
    """Say whether a file is UTF-8 text under the header of our own form, which is read and mended on the page.

    All else is the importer's: it reads more encodings, names and forms of numbers than our own reader, and asks.
    """
    try:
        header = first_row(read_file(path, max_bytes=MAX_BYTES), file=path.name)
    except InputError:
        return False
    return set(REQUIRED) <= set(map(column_name, header))


def read_foreign(foreign: Foreign, *, day: date, area: Area, streets: Path | None) -> Reading:
    """Read a file as `planner import` does, for one day. Raises `InputError` where no answer would help."""
    unsure: dict[str, Found] = {}
    place = _finder(streets, foreign.pins, unsure)
    imported, questions = None, tuple[Question, ...]()
    try:
        imported = import_orders(foreign.path, foreign.answers.but(day=day), area=area, place=place)
    except InputError as error:
        questions = tuple(fault for fault in error.faults if isinstance(fault, Question))
        if len(questions) < len(error.faults):
            raise
    return Reading(
        imported=imported,
        questions=questions,
        doubtful={address: found for address, found in unsure.items() if address not in foreign.pins},
        confirmed={address: found for address, found in unsure.items() if address in foreign.pins},
    )


def answered(foreign: Foreign, said: Mapping[str, Any], columns: Mapping[str, str | None]) -> Foreign:
    """Return the file with more answers: by the name of the answer, and fields by column."""
    known = dict(foreign.answers.columns) | dict(columns)
    return replace(foreign, answers=replace(foreign.answers.but(**said), columns=known))


def address_of(asked: Asked) -> str:
    """Return an address as one line, by which a pin is confirmed."""
    return ", ".join(part for part in (asked.text, asked.postcode, asked.city) if part)


_book = lru_cache(maxsize=MOST_BOOKS)(Geocoder.of_map)


def _finder(streets: Path | None, pins: Mapping[str, Pin], unsure: dict[str, Found]) -> Place:
    """Return what finds addresses: those of the map that are certain, and those that the user confirmed.

    The others go into `unsure`, the confirmed ones too, so that they can be taken back.
    """
    if streets is None:
        return no_place

    def judge(asked: Asked, found: Found) -> Spot | CellError:
        if found.grade == "none":
            return CellError("E-G04", f"is not found in {streets.name}: {found.reason}", "correct the address")
        address = address_of(asked)
        unsure[address] = found
        if address in pins:
            return Spot(lat=pins[address][0], lon=pins[address][1])
        return CellError("E-G03", f"is not certain ({found.address}): {found.reason}", "confirm it on the page")

    return place_in(partial(_book, streets), judge)
