"""What has been routed already, a line of JSON for each day and fleet, so that a run goes on where it stopped."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from planner import __version__
from planner.model import Day
from planner.sizing.candidates import Cell
from planner.sizing.cells import Missed, Outcome
from planner.sizing.money import DayUse, KindUse
from planner.solve.options import SolveOptions

NAME = "routed.jsonl"


def key_of(day: Day, streets_sha256: str, options: SolveOptions) -> str:
    """Return the hash of all that decides how a day is routed: orders, fleet, plugs, streets, budget, program."""
    said = repr((__version__, streets_sha256, options.engine, options.iterations, options.seed, options.exact, day))
    return hashlib.sha256(said.encode()).hexdigest()


class Ledger:
    """Outcomes by key; new ones are added to the file at once."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._known: dict[str, Outcome] = {}
        if file.exists():
            for line in file.read_text(encoding="utf-8").splitlines():
                try:
                    row = json.loads(line)
                    found = _outcome(row["outcome"])
                except (ValueError, KeyError, TypeError):  # a line that a kill has cut off is routed again
                    continue
                if not found.died:  # it may live where there is more memory
                    self._known[row["key"]] = found

    def __len__(self) -> int:
        return len(self._known)

    def get(self, key: str) -> Outcome | None:
        """Return what is known."""
        return self._known.get(key)

    def add(self, key: str, outcome: Outcome, *, date: str) -> None:
        """Keep an outcome, on disk when this returns; not that of an engine that died, which says nothing."""
        if outcome.died:
            return
        self._known[key] = outcome
        self._file.parent.mkdir(parents=True, exist_ok=True)
        with self._file.open("a", encoding="utf-8") as out:
            out.write("\n" if _ends_open(self._file) else "")
            out.write(json.dumps({"key": key, "date": date, "outcome": asdict(outcome)}, ensure_ascii=False) + "\n")


def _ends_open(file: Path) -> bool:
    """Say whether the last line was cut off."""
    if not file.stat().st_size:
        return False
    with file.open("rb") as data:
        data.seek(-1, 2)
        return data.read() != b"\n"


def _outcome(row: dict[str, Any]) -> Outcome:
    use = row["use"]
    kinds = {name: KindUse(**(kind | {"hours": tuple(kind["hours"])})) for name, kind in use["kinds"].items()}
    return Outcome(
        **(
            row
            | {
                "used": Cell(counts=tuple(row["used"]["counts"]), plugs=row["used"]["plugs"]),
                "use": DayUse(**(use | {"kinds": kinds})),
                "missed": tuple(Missed(**missed) for missed in row["missed"]),
                "kw_by_hour": tuple(row["kw_by_hour"]),
            }
        )
    )
