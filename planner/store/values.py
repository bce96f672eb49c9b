"""What goes into the store beside plans, and what it tells."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from planner.io.files import PLAN_NAME, RUN_NAME


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """What a person changed to get from the parent to this plan: a word for it, and whatever belongs to it."""

    kind: str
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What happened during the day that this plan answers; `at_s` is seconds since midnight."""

    kind: str
    at_s: int | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """The files of a plan that are written already, and their folder, from which its streets are named."""

    folder: Path | None = None
    document: bytes | None = None  # plan.json
    run: Mapping[str, Any] | None = None  # run.json

    @classmethod
    def read(cls, folder: Path) -> Written:
        """Read them from the folder of a plan."""
        document, run = ((folder / name).read_bytes() for name in (PLAN_NAME, RUN_NAME))
        return cls(folder=folder.absolute(), document=document, run=json.loads(run))


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """A plan that is on the disk."""

    id: int
    revision: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the history. `kept_with_violations` is to be shown wherever the plan is."""

    id: int
    date: str
    time_zone: str
    currency: str
    parent: int | None
    branch: bool
    revision: int
    newest: bool  # no later revision was saved on it; branches do not count
    saved_utc: str
    author: str
    cost: float
    km: float
    orders: int
    served: int
    unassigned: int
    vehicles: int
    violations: int
    kept_with_violations: bool
    erased_utc: str | None  # when personal data was erased from it
    edits: tuple[str, ...]  # their kinds
    events: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """How a plan came about."""

    entry: Entry
    edits: tuple[Edit, ...]
    events: tuple[Event, ...]
    provenance: Mapping[str, Any]
    folder: Path | None  # where its files were written; its streets are named from there


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """An order that belongs to a customer, in one day."""

    date: str
    order_id: str
    address: str
    plans: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgotten:
    """What was erased, and what the store does not reach."""

    orders: tuple[Found, ...]
    plans: tuple[int, ...]
    remarks: int  # edits and events that were changed
    backups: tuple[Path, ...]
    folders: tuple[Path, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What an inspection of the whole store found; nothing in `problems` is good news."""

    days: int
    plans: int
    problems: tuple[str, ...]
