"""A folder of arrays that were dear to compute, under a hash of what they were computed from.

Nothing in it is needed: what is missing, damaged or from another version is computed again, and a folder that cannot
be written is done without. Files are written beside their place and renamed, so a killed write leaves nothing broken.
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from platformdirs import user_cache_path

from planner.roads.streets import BROKEN_FILE

Arrays = Mapping[str, NDArray[Any]]


def cache_folder() -> Path:
    """Return ``PLANNER_CACHE``, or the platform's folder for such files."""
    chosen = os.environ.get("PLANNER_CACHE")
    return Path(chosen) if chosen else user_cache_path("micro-ev-planner", appauthor=False)


def cached(kind: str, key: str, compute: Callable[[], Arrays]) -> Arrays:
    """Return the arrays kept for `key`, a hash of all they depend on, or compute and keep them."""
    path = cache_folder() / f"{kind}-{key}.npz"
    with contextlib.suppress(*BROKEN_FILE), path.open("rb") as file, np.load(file, allow_pickle=False) as kept:
        return {name: kept[name] for name in kept.files}
    arrays = compute()
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        write_arrays(path, arrays)
    return arrays


def write_arrays(path: Path, arrays: Arrays) -> None:
    """Write an ``.npz``; a killed write leaves the old file."""
    part = path.with_name(f".{path.name}.{os.getpid()}-{threading.get_ident()}.part")
    try:
        with part.open("wb") as file:
            np.savez(file, allow_pickle=False, **arrays)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
