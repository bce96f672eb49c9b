"""Where orders lie, and nothing else of them: for choosing the streets before the orders can be read in full."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from statistics import median

from planner.errors import Fault, InputError
from planner.io.area import METRES_PER_DEGREE, Spot, spot
from planner.io.csv_table import column_name, read_table
from planner.io.files import read_file

MAX_BYTES = 100_000_000
FARTHEST_KM = 100.0  # from the middle of all; a delivery day is smaller, a slip of the keyboard is not
NULL_ISLAND_DEG = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class Positions:
    """Rows that lie together, and notes on those left out."""

    spots: tuple[Spot, ...]
    notes: tuple[str, ...]


def read_positions(path: Path) -> Positions:
    """Read `lat` and `lon` of a CSV of orders. Raises `InputError` where no row has any."""
    table = read_table(read_file(path, max_bytes=MAX_BYTES), file=path.name)
    names = [column_name(name) for name in table.header]
    missing = [name for name in ("lat", "lon") if name not in names]
    if missing:
        raise InputError([_missing(path, name, table.header_line) for name in missing])
    lat_at, lon_at = names.index("lat"), names.index("lon")
    whole = [row.cells for row in table.rows if len(row.cells) == len(names)]
    found = [spot(lat=cells[lat_at].strip(), lon=cells[lon_at].strip()) for cells in whole]
    spots = [place for place in found if place is not None and not _is_nowhere(place)]
    if not spots:
        fault = Fault(code="E-O07", file=path.name, message="no row has a lat and a lon", remedy="fill them in")
        raise InputError(fault)
    lat, lon = median(place.lat for place in spots), median(place.lon for place in spots)
    near = [
        place
        for place in spots
        if max(abs(place.lat - lat), abs(place.lon - lon)) <= FARTHEST_KM * 1000 / METRES_PER_DEGREE
    ]
    return Positions(spots=tuple(near), notes=_notes(len(table.rows) - len(spots), len(spots) - len(near)))


def _is_nowhere(place: Spot) -> bool:
    return max(abs(place.lat), abs(place.lon)) < NULL_ISLAND_DEG


def _notes(unreadable: int, far: int) -> tuple[str, ...]:
    notes = []
    if unreadable:
        notes.append(f"{unreadable} rows without a usable lat and lon are not counted")
    if far:
        notes.append(f"{far} rows about {FARTHEST_KM:.0f} km or more from the others are not counted")
    return tuple(notes)


def _missing(path: Path, name: str, line: int) -> Fault:
    message = "the column is missing"
    return Fault(code="E-O20", file=path.name, row=line, column=name, message=message, remedy="name it in the header")
