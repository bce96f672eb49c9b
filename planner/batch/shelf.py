"""The files that jobs share, looked at once: fleets and the streets that they name."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeVar

from planner.errors import PlannerError, RoadsError
from planner.io.files import read_file
from planner.io.fleet import parse_fleet
from planner.io.fleet_toml import MAX_BYTES

Value = TypeVar("Value")
Key = tuple[Path, tuple[int, int] | None, date | None]  # a shift may not exist on one day, and be there on the next


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetRead:
    """A fleet file that can be used: the hash of its bytes, and the streets that it names."""

    sha256: str
    streets: Path


class Shelf:
    """Remembers what was read, and what was wrong with it."""

    def __init__(self) -> None:
        self._fleets: dict[Key, FleetRead | PlannerError] = {}
        self._streets: dict[Key, str | PlannerError] = {}

    def fleet(self, path: Path, day: date) -> FleetRead:
        """Read a fleet for a day. Raises `InputError` with all its faults, at every call."""
        return _once(self._fleets, (path, _stamp(path), day), lambda: _fleet(path, day))

    def streets(self, path: Path) -> str:
        """Return the hash of a streets file. Raises `RoadsError` where there is none."""
        return _once(self._streets, (path, _stamp(path), None), lambda: _digest(path))


def _stamp(path: Path) -> tuple[int, int] | None:
    """Return what changes with a file, which may be written anew between two jobs of a stream."""
    try:
        status = path.stat()
    except (OSError, ValueError):
        return None
    return status.st_mtime_ns, status.st_size


def _once(kept: dict[Key, Value | PlannerError], key: Key, read: Callable[[], Value]) -> Value:
    if key not in kept:
        try:
            kept[key] = read()
        except PlannerError as error:
            kept[key] = error
    found = kept[key]
    if isinstance(found, PlannerError):
        raise found
    return found


def _fleet(path: Path, day: date) -> FleetRead:
    data = read_file(path, max_bytes=MAX_BYTES)
    return FleetRead(sha256=hashlib.sha256(data).hexdigest(), streets=parse_fleet(data, path, day=day).streets)


def _digest(path: Path) -> str:
    try:
        return file_digest(path)
    except OSError as error:
        raise RoadsError(f"E-M04 {path}: no such file ({error.strerror}) → give the path of a saved map") from error


def file_digest(path: Path) -> str:
    """Return the hash of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
