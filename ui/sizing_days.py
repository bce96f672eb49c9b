"""The days that a user hands in for a sizing: a zip file with a folder for each day, or one CSV file with dates."""

from __future__ import annotations

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from planner.errors import Fault, InputError

DAY = re.compile(r"(?:^|/)(\d{4}-\d{2}-\d{2})(?:/orders)?\.csv$")
MOST_BYTES, MOST_DAYS = 100_000_000, 1_000  # unpacked


def days_in(data: bytes, *, name: str) -> int:
    """Return of how many days a zip file has orders. Raises `InputError` E-U07."""
    with _opened(data, name) as archive:
        return len(_found(archive, name))


def unpack(data: bytes, target: Path, *, name: str) -> Path:
    """Write the orders of each day in a zip file to a folder, and return that. Raises `InputError` E-U07.

    No name of the archive becomes a path: a file is called by its day.
    """
    with _opened(data, name) as archive:
        for day, info in _found(archive, name).items():
            with archive.open(info) as packed:
                (target / f"{day}.csv").write_bytes(packed.read(info.file_size))
    return target


@contextmanager
def _opened(data: bytes, name: str) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            yield archive
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError) as error:
        raise _fault(
            name, f"cannot be read as a zip file ({error})", "pack the days anew, without a password"
        ) from None


def _found(archive: zipfile.ZipFile, name: str) -> dict[str, zipfile.ZipInfo]:
    found = {match[1]: info for info in archive.infolist() if (match := DAY.search(info.filename))}
    if not found:
        raise _fault(name, "has no day in it", "put 2026-03-10/orders.csv or 2026-03-10.csv into it for each day")
    if len(found) > MOST_DAYS or sum(info.file_size for info in found.values()) > MOST_BYTES:
        raise _fault(name, "has more than 1,000 days or 100 MB in it", "run planner size on the folder of days")
    return found


def days_of(data: bytes) -> int:
    """Return of how many days a CSV file has orders; 1 where it does not say, and the run tells what is wrong."""
    rows = csv.reader(io.StringIO(data.decode("utf-8-sig", errors="replace")))
    try:
        at = [name.strip().casefold() for name in next(rows)].index("date")
        return len({row[at].strip() for row in rows if len(row) > at}) or 1
    except (StopIteration, ValueError, csv.Error):
        return 1


def _fault(name: str, message: str, remedy: str) -> InputError:
    return InputError(Fault(code="E-U07", file=name, message=message, remedy=remedy))
