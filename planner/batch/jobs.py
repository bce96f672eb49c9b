"""What a batch is made of: jobs with all that decides their result, and rows that give none."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from planner import __version__
from planner.outputs import LIBRARIES
from planner.solve.options import ENGINES, EngineName, SolveOptions

ROOT = Path(__file__).parents[1]
CODE_FILES = ("*.py", "*.toml", "*.json", "*.css", "*.js", "*.html")


@dataclass(frozen=True, slots=True, kw_only=True)
class Defaults:
    """What holds for every job that says nothing else; a limit that is None was not asked for."""

    fleet: Path | None = None
    streets: Path | None = None
    day: date | None = None
    charging: bool = True
    engine: EngineName = ENGINES[0]
    iterations: int | None = None
    time_limit_s: float | None = None
    seed: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A day to plan. `read` gives the bytes of its orders, which are hashed here and read again when it runs.

    `position` is its line in the source; hashes are of the files' bytes.
    """

    name: str
    position: int
    day: date
    orders_name: str
    read: Callable[[], bytes] = field(compare=False, repr=False)
    orders_sha256: str
    fleet: Path
    fleet_sha256: str
    streets: Path
    streets_sha256: str
    charging: bool
    options: SolveOptions

    @property
    def parts(self) -> dict[str, Any]:
        """All that decides the result, beside the versions of the programs."""
        asked = self.options
        return {
            "date": self.day.isoformat(),
            "orders": self.orders_sha256,
            "fleet": self.fleet_sha256,
            "streets": self.streets_sha256,
            "charging": self.charging,
            "engine": asked.engine,
            "iterations": asked.iterations,
            "time_limit": asked.time_limit_s if asked.limited else None,
            "seed": asked.seed,
        }

    @property
    def content_sha256(self) -> str:
        """The hash of `parts`: two jobs with one hash have one result."""
        return content_hash(self.parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A row of the source that gives no job, and why."""

    name: str
    position: int
    code: str
    message: str


Item = Job | Refused


def content_hash(parts: Mapping[str, Any]) -> str:
    """Return the hash of values by name."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True, allow_nan=False).encode()).hexdigest()


@cache
def versions() -> dict[str, str]:
    """Return what computes: the program with a hash of its code, the interpreter, the libraries that decide."""
    return {
        "planner": f"{__version__}+{_code()}",
        "python": platform.python_version(),
        "machine": f"{platform.system()} {platform.machine()}",
        **{name: version(name) for name in LIBRARIES},
    }


def differing(wanted: Mapping[str, str]) -> str:
    """Say which versions are others here; empty where none are."""
    found = versions()
    changed = [name for name in {**wanted, **found} if wanted.get(name) != found.get(name)]
    return "; ".join(f"{name} {wanted.get(name, 'absent')}, here {found.get(name, 'absent')}" for name in changed)


def _code() -> str:
    digest = hashlib.sha256()
    for path in sorted(path for pattern in CODE_FILES for path in ROOT.rglob(pattern)):
        digest.update(path.relative_to(ROOT).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()[:12]
