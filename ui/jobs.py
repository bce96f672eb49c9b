"""A plan in the making, or an order being explained: the command line's own verbs, each in a child process."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from child import ANSWER, LOG, Child

from planner.demo import OPTIONS
from planner.errors import printable
from planner.explained import Explanation
from planner.io.explained_file import explanations_from_json
from planner.io.files import write_atomic
from planner.io.plan_file import read_plan
from planner.plan import Plan

CANCEL_S = 10.0  # to write the best plan so far, then the process is killed
EXPLAIN_S = 60  # to look for what would make one order fit
LONGEST_S = 1_800.0  # no search on the screen lasts longer
ERROR_BYTES = 1_000_000
FACTS = "job.json"
REPLAYS = "replays.json"  # what became of the plan on harder days
REPLAY_S = 300.0  # no replay lasts longer
STOPPED = "stopped before there was a plan → let it search a little longer"
REPLAY_LATE = "the replay did not end in time → run planner robust on plan.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """The best plan so far: orders placed, and the money it costs."""

    orders: int
    served: int
    cost: float
    currency: str


class Job:
    """One run of ``planner plan``, or a plan that is there already. It goes on whatever page and server do.

    All that is known of it lies in its folder, where a later server finds it again.
    """

    def __init__(self, folder: Path, *, streets: Path, child: Child | None, cancelled: float | None = None) -> None:
        self.folder = folder
        self.streets = streets
        self.child = child
        self.cancelled_at = cancelled  # seconds since 1970
        self.explaining: dict[str, Explaining] = {}
        self._plan: Plan | None = None

    @classmethod
    def start(
        cls,
        folder: Path,
        *,
        orders: Path,
        fleet: Path,
        streets: Path,
        day: date,
        iterations: int,
        store: bool = True,
        by: str = "",
    ) -> Job:
        """Start planning in a folder of its own; the plan is kept in the store unless that is not wanted.

        `by` is who has logged in, as whose it is kept.
        """
        files = [str(orders), "--fleet", str(fleet), "--streets", str(streets), "--date", day.isoformat()]
        limits = ["--iterations", str(iterations), "--seed", str(OPTIONS.seed)]  # the demo is that of `planner demo`
        limits += ["--progress-file", str(folder / "progress.json"), *([] if store else ["--no-store"])]
        command = [sys.executable, "-P", "-m", "planner.cli", "plan", *files, *limits]
        return cls.begin(folder, [*command, "--json", "--bare", "-o", str(folder / "plan")], streets=streets, by=by)

    @classmethod
    def begin(cls, folder: Path, command: list[str], *, streets: Path, by: str = "") -> Job:
        """Start a command that writes a plan to its folder."""
        job = cls(folder, streets=streets, child=Child.start(folder, command, user=by))
        job._remember()
        return job

    @classmethod
    def of_plan(cls, folder: Path, *, streets: Path) -> Job:
        """Return a job that is done: its plan is written already."""
        job = cls(folder, streets=streets, child=None)
        job._remember()
        return job

    @classmethod
    def find(cls, folder: Path) -> Job | None:
        """Return the job that another server has begun in a folder."""
        try:
            facts = json.loads((folder / FACTS).read_bytes())
            streets, cancelled = Path(facts["streets"]), facts["cancelled"]
        except (OSError, ValueError, TypeError, KeyError):
            return None
        return cls(folder, streets=streets, child=Child.find(folder), cancelled=cancelled)

    @property
    def running(self) -> bool:
        """Tell whether it is still at work; one that outstays its limits is killed here."""
        if self.child is None or not self.child.running:
            return False
        late = self.cancelled_at is not None and time.time() > self.cancelled_at + CANCEL_S
        if late or self.seconds > LONGEST_S:
            self.kill()
            return False
        return True

    @property
    def seconds(self) -> float:
        """Seconds since its start."""
        return 0.0 if self.child is None else max(0.0, time.time() - self.child.begun)

    @property
    def cancelled(self) -> bool:
        """Tell whether the user has asked it to stop."""
        return self.cancelled_at is not None

    def cancel(self) -> None:
        """Ask it to stop and to keep the best plan so far."""
        if self.cancelled_at is None and self.child is not None:
            self.cancelled_at = time.time()
            self._remember()
            self.child.ask_to_end()

    def kill(self) -> None:
        """Stop it at once."""
        if self.child is not None:
            self.child.kill()
        for one in self.explaining.values():
            one.kill()

    def discard(self) -> None:
        """Stop it and remove what it wrote."""
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _remember(self) -> None:
        write_atomic(self.folder / FACTS, json.dumps({"streets": str(self.streets), "cancelled": self.cancelled_at}))

    def explain(self, order_id: str) -> None:
        """Begin to explain an order that the plan leaves out, unless that is done already."""
        if order_id not in self.explaining:
            folder = Path(tempfile.mkdtemp(prefix="explain-", dir=self.folder))
            self.explaining[order_id] = Explaining(folder, self.result("plan.json"), order_id, streets=self.streets)

    def progress(self) -> Progress | None:
        """Return how far it has come; None before the first plan."""
        try:
            return Progress(**json.loads((self.folder / "progress.json").read_bytes()))
        except FileNotFoundError:
            return None

    def plan(self) -> Plan | None:
        """Return the plan it wrote, None if it wrote none. One that breaks rules is returned only if it says so."""
        if self._plan is None and (self.folder / "plan" / "plan.json").exists():
            found = read_plan(self.folder / "plan" / "plan.json")
            self._plan = None if found.violations and found.kept is None else found
        return self._plan

    def result(self, name: str) -> Path:
        """Return where a file of the plan's folder is, whether or not it was written."""
        return self.folder / "plan" / name

    def replays(self) -> dict[str, Any] | None:
        """Return what ``planner robust`` told about the plan, None before `replay`."""
        told = self.folder / REPLAYS
        return json.loads(told.read_bytes()) if told.exists() else None

    def replay(self) -> None:
        """Replay the plan on harder days, in a process of its own, and keep what it tells."""
        command = [sys.executable, "-P", "-m", "planner.cli", "robust", str(self.result("plan.json"))]
        try:
            done = subprocess.run(  # noqa: S603  (our own interpreter and module)
                [*command, "--streets", str(self.streets), "--json"],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=REPLAY_S,
                check=False,
            )
            told = json.loads(done.stdout)
        except (subprocess.TimeoutExpired, ValueError):
            told = {"error": REPLAY_LATE}
        write_atomic(self.folder / REPLAYS, json.dumps(told))

    def error(self) -> str:
        """Return why there is no plan, in the words of the command line."""
        if self.cancelled:
            return STOPPED
        return "" if self.child is None else _error_of(self.child)


class Explaining:
    """One run of ``planner explain`` for one order."""

    def __init__(self, folder: Path, plan: Path, order_id: str, *, streets: Path) -> None:
        command = [sys.executable, "-P", "-m", "planner.cli", "explain", "--json", "--streets", str(streets)]
        command += ["--time-limit", str(EXPLAIN_S), "--", str(plan), order_id]
        self.child = Child.start(folder, command)

    @property
    def running(self) -> bool:
        """Tell whether it is still at work; one that outstays its limit by far is killed here."""
        if self.child.running and time.time() > self.child.begun + 2 * EXPLAIN_S:
            self.kill()
        return self.child.running

    def kill(self) -> None:
        """Stop it at once."""
        self.child.kill()

    def answer(self) -> Explanation | None:
        """Return what it found, None where it ended with an error."""
        if not self.child.succeeded:
            return None
        (found,) = explanations_from_json((self.child.folder / ANSWER).read_bytes())
        return found

    def error(self) -> str:
        """Return why it found nothing, in the words of the command line."""
        return _error_of(self.child)


def _error_of(child: Child) -> str:
    """Return what a verb that failed told, or what is left to tell of it."""
    with (child.folder / ANSWER).open("rb") as answer:
        told = answer.read(ERROR_BYTES)
    try:
        return str(json.loads(told)["error"])
    except (ValueError, TypeError, KeyError):
        log = (child.folder / LOG).read_text(errors="replace").strip().splitlines()
        last = printable(log[-1]) if log else child.ended
        return f"E-X00 the planner ended without an answer ({last}) → try again, or plan fewer orders"
