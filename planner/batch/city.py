"""The streets that a worker holds: read once, kept for all its jobs."""

from __future__ import annotations

import tempfile
from collections import OrderedDict
from pathlib import Path

from planner.batch.shelf import file_digest
from planner.errors import RoadsError
from planner.roads.ground import ground_of
from planner.roads.read import read_streets
from planner.roads.streets import Streets

MOST = 4  # cities held at once; a batch has one, seldom more

_held: OrderedDict[str, Streets] = OrderedDict()
_shipped: dict[str, bytes] = {}


def streets_of(path: Path, sha256: str) -> tuple[Streets, bool]:
    """Return the streets of a file with this hash, and whether they had to be loaded. Raises `RoadsError`."""
    loaded = sha256 not in _held
    if loaded:
        _held[sha256] = _load(path, sha256)
        if len(_held) > MOST:
            _held.popitem(last=False)
    _held.move_to_end(sha256)
    return _held[sha256], loaded


def prepare(path: str, sha256: str) -> None:
    """Build what all workers share of a city, so that they find it in the cache folder and do not all build it."""
    ground_of(streets_of(Path(path), sha256)[0])


def ship(sha256: str, data: bytes) -> None:
    """Take the bytes of a streets file, for a worker that does not see the runner's disk."""
    _shipped[sha256] = data


def shipped(sha256: str) -> bytes | None:
    """Return the bytes of a streets file that this worker was sent, for another process of it."""
    return _shipped.get(sha256)


def _load(path: Path, sha256: str) -> Streets:
    if path.is_file() and file_digest(path) == sha256:
        return read_streets(path)
    if sha256 in _shipped:
        with tempfile.TemporaryDirectory(prefix="planner-streets-") as folder:
            copy = Path(folder, path.name)
            copy.write_bytes(_shipped[sha256])
            return read_streets(copy)
    raise RoadsError(f"E-M04 {path}: no such file, or another one, where the job runs → start the batch again")
