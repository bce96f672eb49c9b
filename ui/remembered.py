"""What a workspace has in hand, written beside its files, so that another server takes it up."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date
from pathlib import Path
from typing import Any

from foreign import Foreign

from planner.io.files import write_atomic
from planner.io.importing.answers import Answers

NAME = "workspace.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """The files that a plan is to be made from. Each lies in a folder of its own hash, so equal drafts are the same."""

    orders: Path | None
    fleet: Path
    streets: Path
    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """A draft, its foreign file, rows mended but not yet read, the folders of job and sizing, and the owner."""

    draft: Draft
    foreign: Foreign | None
    fixes: Mapping[int, tuple[str, ...]]
    job: Path | None
    owner: str
    sizing: Path | None = None


def text_of(what: Remembered) -> str:
    """Return the file's text."""
    draft, foreign = what.draft, what.foreign
    told: dict[str, Any] = {
        "orders": draft.orders and str(draft.orders),
        "fleet": str(draft.fleet),
        "streets": str(draft.streets),
        "day": draft.day.isoformat(),
        "fixes": {str(line): list(cells) for line, cells in what.fixes.items()},
        "job": what.job and str(what.job),
        "sizing": what.sizing and str(what.sizing),
        "owner": what.owner,
    }
    if foreign is not None:
        answers = asdict(foreign.answers)
        answers["day"] = foreign.answers.day and foreign.answers.day.isoformat()
        told["foreign"] = {"path": str(foreign.path), "answers": answers, "pins": dict(foreign.pins)}
    return json.dumps(told, ensure_ascii=False)


def write(folder: Path, text: str) -> None:
    """Write the file, for its owner's eyes only."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_atomic(folder / NAME, text)


def read(folder: Path) -> Remembered | None:
    """Return what was in hand; None where nothing is known or its files are gone."""
    try:
        told = json.loads((folder / NAME).read_bytes())
        draft = Draft(
            orders=_path(told["orders"]),
            fleet=Path(told["fleet"]),
            streets=Path(told["streets"]),
            day=date.fromisoformat(told["day"]),
        )
        found = Remembered(
            draft=draft,
            foreign=_foreign(told["foreign"]) if "foreign" in told else None,
            fixes={int(line): tuple(cells) for line, cells in told["fixes"].items()},
            job=_path(told["job"]),
            owner=told["owner"],
            sizing=_path(told.get("sizing")),
        )
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None
    needed = (draft.orders, draft.fleet, draft.streets, found.foreign.path if found.foreign is not None else None)
    return found if all(path.exists() for path in needed if path is not None) else None


def _path(told: str | None) -> Path | None:
    return None if told is None else Path(told)


def _foreign(told: Mapping[str, Any]) -> Foreign:
    known = {field.name for field in fields(Answers)}
    answers = {name: value for name, value in told["answers"].items() if name in known}
    answers["day"] = None if answers["day"] is None else date.fromisoformat(answers["day"])
    pins = {address: (float(lat), float(lon)) for address, (lat, lon) in told["pins"].items()}
    return Foreign(path=Path(told["path"]), answers=Answers(**answers), pins=pins)
