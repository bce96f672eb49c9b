"""The rest of a day planned anew: ``planner replan`` in a process of its own, while the plan at hand stays as it is."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import login
from child import ANSWER
from jobs import Job
from workspace import Workspace, demo_draft

from planner.io.files import PLAN_NAME, write_atomic
from planner.io.safe_csv import csv_text

COLUMNS = (
    *("time", "event", "vehicle", "order", "minutes", "soc", "plug", "tw_start", "tw_end"),
    *("id", "lat", "lon", "radius_m", "demand_kg", "volume_l", "address"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the form asks for: events as rows of the page's table or as a file, and what must stay."""

    now: str
    rows: Sequence[Mapping[str, Any]] = ()
    file: tuple[str, bytes] | None = None
    keep_order: Sequence[str] = ()  # vehicles whose stops keep their order
    keep_vehicle: Sequence[str] = ()  # orders that stay on their vehicle
    move_cost: float = 1.0
    courier: float | None = None


def start(work: Workspace, job: Job, asked: Asked) -> Job:
    """Begin to plan the rest of the day of a plan that is shown; it stays until there is another one."""
    folder = work.new_folder()
    command = [sys.executable, "-P", "-m", "planner.cli", "replan", str(job.result(PLAN_NAME)), "--now", asked.now]
    events = _events(folder, asked)
    command += ["--events", str(events)] if events is not None else []
    command += [part for id in asked.keep_order for part in ("--lock", f"stops:{id}")]
    command += [part for id in asked.keep_vehicle for part in ("--lock", f"order:{id}")]
    command += ["--minimal-change", str(asked.move_cost)]
    command += [] if asked.courier is None else ["--courier", str(asked.courier)]
    command += ["--no-store"] if work.draft == demo_draft() else []
    command += ["--streets", str(job.streets), "--json", "-o", str(folder / "plan")]
    return Job.begin(folder, command, streets=job.streets, by=login.name())


def told(job: Job) -> dict[str, Any]:
    """Return what the verb told of the changes."""
    found: dict[str, Any] = json.loads((job.folder / ANSWER).read_bytes())
    return found


def _events(folder: Path, asked: Asked) -> Path | None:
    """Write the events to a file that the verb reads; none where nothing has happened."""
    if asked.file is not None:
        name, data = asked.file
        path = folder / ("events.json" if name.lower().endswith(".json") else "events.csv")
        path.write_bytes(data)
        return path
    # The page fills the time in: a row with nothing else is empty.
    rows = [row for row in asked.rows if any(row[name] not in {None, ""} for name in row if name != "time")]
    if not rows:
        return None
    path = folder / "events.csv"
    write_atomic(path, csv_text(COLUMNS, ([_cell(row.get(column)) for column in COLUMNS] for row in rows)))
    return path


def _cell(value: object) -> str | float:
    """Return a cell of the table; an empty one of a column of numbers is none."""
    if value is None or value != value:  # noqa: PLR0124  (NaN is what the table gives for an empty number)
        return ""
    return value if isinstance(value, int | float) else str(value).strip()
