"""A fleet sized for many days: ``planner size`` in a process of its own, which goes on whatever page and server do.

All that the screen knows of sizing is in here: its verbs, the files that they write, and how far a run is.
"""

from __future__ import annotations

import json
import shlex
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from child import ANSWER, LOG, Child
from packing import packed

from planner.errors import printable
from planner.io.files import write_atomic
from planner.sizing.peaks import COURIER
from planner.sizing.steps import most_in_all

FACTS = "sizing.json"
RESULTS, ROUTED, REPORT = "size", "routed.jsonl", "report.html"
SERVICES = (95, 99, 100)
MOST_DAYS, MOST_PLUGS = 60, 12
ITERATIONS = 4_000  # of each day, as `planner size` has it
LOG_BYTES = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a fleet is sized for. Without `source`, a folder or a CSV file, so many `days` of `orders` are made up."""

    source: Path | None
    days: int
    orders: int
    fleet: Path
    streets: Path
    plugs: tuple[int, int]
    service: int
    vans: bool
    peaks: str = COURIER
    shifts: str = ""  # such as 08:00-16:00,09:00-18:00; those of the fleet if empty
    money: Path | None = None
    iterations: int = ITERATIONS


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Days routed, of how many at most, and the seconds left at most; None before the first one."""

    routed: int
    most: int
    left_s: float | None


class Sizing:
    """One run. All that is known of it lies in its folder, where a later server finds it again."""

    def __init__(self, folder: Path, *, facts: dict[str, Any], child: Child | None) -> None:
        self.folder = folder
        self._facts = facts
        self._child = child

    @classmethod
    def start(cls, folder: Path, wanted: Wanted) -> Sizing:
        """Begin to size in a folder of its own."""
        facts = {
            "command": _command(folder, wanted),
            "most": most_in_all(
                wanted.days,
                shifts=max(1, len(_listed(wanted.shifts))),
                policy=wanted.peaks,
                compared=wanted.vans,
            ),
            "before": 0,
        }
        started = cls(folder, facts=facts, child=None)
        started.go_on()
        return started

    @classmethod
    def find(cls, folder: Path) -> Sizing | None:
        """Return the run that another server has begun in a folder."""
        try:
            facts = json.loads((folder / FACTS).read_bytes())
            return cls(
                folder, facts={key: facts[key] for key in ("command", "most", "before")}, child=Child.find(folder)
            )
        except (OSError, ValueError, TypeError, KeyError):
            return None

    def go_on(self) -> None:
        """Begin, or go on after a stop: a day that was routed is not routed again."""
        self._facts["before"] = self._routed()
        write_atomic(self.folder / FACTS, json.dumps(self._facts))
        self._child = Child.start(self.folder, ["/bin/sh", "-c", self._facts["command"]])

    @property
    def running(self) -> bool:
        """Tell whether it is still at work."""
        return self._child is not None and self._child.running

    def stop(self) -> None:
        """Stop it at once; what was routed stays."""
        if self._child is not None:
            self._child.kill()

    def progress(self) -> Progress:
        """Return how far it is, from the pace of this run."""
        routed, most, before = self._routed(), self._facts["most"], self._facts["before"]
        since_s = time.time() - self._child.begun if self._child is not None else 0.0
        pace = since_s / (routed - before) if routed > before else None
        return Progress(routed=routed, most=most, left_s=None if pace is None else pace * max(most - routed, 0))

    @property
    def done(self) -> bool:
        """Tell whether there is a report."""
        return not self.running and (self.folder / RESULTS / REPORT).exists()

    def advice(self) -> str:
        """Return the sentence that the answer begins with."""
        return printable((self.folder / ANSWER).read_text(errors="replace").partition("\n")[0], limit=500)

    def report(self) -> str:
        """Return the page of the report."""
        return (self.folder / RESULTS / REPORT).read_text(encoding="utf-8")

    def papers(self) -> list[Path]:
        """Return the report in each of its forms."""
        return sorted((self.folder / RESULTS).glob("report.*"))

    def all_files(self) -> bytes:
        """Return a zip file of all that was written, the tables behind the pictures among it."""
        written = [path for path in (self.folder / RESULTS).iterdir() if path.is_file() and path.name != ROUTED]
        return packed({path.name: path.read_bytes() for path in sorted(written)})

    def told(self) -> list[str]:
        """Return why there is no report, in the words of the command line."""
        answer, log = (
            (self.folder / name).read_bytes()[-LOG_BYTES:].decode(errors="replace") for name in (ANSWER, LOG)
        )
        return [printable(line) for line in (answer + log).splitlines() if line.strip()]

    def _routed(self) -> int:
        try:
            return (self.folder / RESULTS / ROUTED).read_bytes().count(b"\n")
        except FileNotFoundError:
            return 0


def _listed(shifts: str) -> list[str]:
    return [text for text in shifts.split(",") if text.strip()]


def _command(folder: Path, wanted: Wanted) -> str:
    """Return the verbs as one line of a shell: the days, where they are to be made up, then their fleet."""
    planner = [sys.executable, "-P", "-m", "planner.cli"]
    streets, fleet = ["--streets", str(wanted.streets)], str(wanted.fleet)
    source = wanted.source or folder / "days"
    low, high = wanted.plugs
    size = [*planner, "size", str(source), "--candidates", fleet, *streets, "--plugs", f"{low}..{high}"]
    size += ["--service", str(wanted.service), "--iterations", str(wanted.iterations), "--peaks", wanted.peaks]
    size += [*(["--vans"] if wanted.vans else []), *(["--shifts", wanted.shifts] if wanted.shifts else [])]
    size += [*(["--money", str(wanted.money)] if wanted.money else []), "--allow-incomplete"]
    steps = [shlex.join([*size, "-o", str(folder / RESULTS)])]
    if wanted.source is None:
        made_up = ["--fleet", fleet, "--orders", str(wanted.orders), "--days", str(wanted.days)]
        steps.insert(0, shlex.join([*planner, "generate", *streets, *made_up, "-o", str(source)]) + " >&2")
    return " && ".join(steps)
