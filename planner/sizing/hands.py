"""The processes that route days: as many as asked for, and a new one for each that dies.

A day is a pure function of its orders, its fleet and its budget, so that nothing depends on who routed it, or when.
"""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from types import TracebackType
from typing import IO

from planner import errors
from planner.errors import PlanRefused
from planner.roads.streets import Streets
from planner.sizing.bench import Bench, Field, Job
from planner.sizing.bounds import DayBounds
from planner.sizing.cells import Outcome, engine_died
from planner.solve.apart import child_environment

TRIES = 2  # a day that has killed its process twice is taken as one that cannot be routed with that fleet
POLL_S = 1.0
GRACE_S = 60.0  # for measuring and auditing, past the time limit of the search

Answer = Outcome | DayBounds
Heard = Callable[[int, Answer], None]
"""Hears of each job that is done, as it comes: its number, and the answer."""


@dataclass(slots=True, eq=False)
class _Hand:
    """A process, what it knows, and what it is doing."""

    process: subprocess.Popen[bytes]
    pipe: Connection
    fields: set[int] = field(default_factory=set)
    days: set[tuple[int, int]] = field(default_factory=set)
    job: int | None = None
    since_s: float = 0.0


class Hands:
    """Does jobs in `count` processes, or in this one where `count` is 0. Close it, or use it in a `with`."""

    def __init__(self, streets: Streets, *, count: int) -> None:
        self.count = count if hasattr(os, "fork") else 0  # a pipe is handed on by its number, on POSIX only
        self._streets = streets
        self._fields: list[Field] = []
        self._hands: list[_Hand] = []
        self._bench = Bench(streets=streets)
        self._log: IO[bytes] | None = None

    def __enter__(self) -> Hands:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """End all processes."""
        for hand in self._hands:
            _end(hand)
        self._hands.clear()
        if self._log:
            self._log.close()
            self._log = None

    def _last_words(self) -> str:
        if self._log is None:
            return ""
        self._log.seek(0)
        lines = self._log.read().decode(errors="replace").strip().splitlines()
        return lines[-1] if lines else "it said nothing"

    @property
    def processes(self) -> list[int]:
        """Return the ids of the processes."""
        return [hand.process.pid for hand in self._hands]

    def add(self, of: Field) -> int:
        """Take in days and candidates; return the number that jobs name them by."""
        self._fields.append(of)
        return len(self._fields) - 1

    def do(self, jobs: Sequence[Job], heard: Heard) -> None:
        """Do jobs, in any order. Raises `PlannerError` of the first that a process tells of."""
        if not self.count:
            for number, job in enumerate(jobs):
                self._bench.fields[job.field] = self._fields[job.field]
                heard(number, self._bench.do(job))
            return
        waiting, tries = list(range(len(jobs))), [0] * len(jobs)
        try:
            while waiting or any(hand.job is not None for hand in self._hands):
                self._give_out(jobs, waiting)
                for number, answer in self._take_in(jobs):
                    if answer is not None:
                        heard(number, answer)
                        continue
                    tries[number] += 1
                    if tries[number] < TRIES:
                        waiting.append(number)
                    else:
                        heard(number, self._given_up(jobs[number]))
        except BaseException:
            self.close()
            raise

    def _give_out(self, jobs: Sequence[Job], waiting: list[int]) -> None:
        while len(self._hands) < min(self.count, len(self._hands) + len(waiting)):
            self._hands.append(self._start())
        for hand in self._hands:
            if hand.job is None and waiting:
                number = min(waiting, key=lambda n: (self._strange(hand, jobs[n]), n))
                waiting.remove(number)
                self._hand_over(hand, jobs[number], number)

    def _strange(self, hand: _Hand, job: Job) -> int:
        """Say how far a day is from a process: it has measured it, nobody has, or another one has."""
        day = (job.field, job.day)
        return 0 if day in hand.days else 2 if any(day in other.days for other in self._hands) else 1

    def _hand_over(self, hand: _Hand, job: Job, number: int) -> None:
        hand.job, hand.since_s = number, time.monotonic()
        hand.days.add((job.field, job.day))
        try:
            if job.field not in hand.fields:
                hand.pipe.send((job.field, self._fields[job.field]))
                hand.fields.add(job.field)
            hand.pipe.send(job)
        except OSError:
            return  # it has died: the next look finds its pipe closed

    def _take_in(self, jobs: Sequence[Job]) -> list[tuple[int, Answer | None]]:
        """Return what was done since the last look, with no answer where the process has died over it."""
        busy = {hand.pipe: hand for hand in self._hands if hand.job is not None}
        ready = (
            {busy[pipe] for pipe in wait(list(busy), timeout=POLL_S) if isinstance(pipe, Connection)} if busy else set()
        )
        found: list[tuple[int, Answer | None]] = []
        for hand in list(busy.values()):
            number = hand.job
            assert number is not None
            options = jobs[number].options
            late = options is not None and time.monotonic() - hand.since_s > options.time_limit_s + GRACE_S
            if hand in ready:
                try:
                    said = hand.pipe.recv()
                except (EOFError, OSError):
                    said = None
            elif late:
                said = None
            else:
                continue
            hand.job = None
            if isinstance(said, tuple):
                raise _error(*said)
            if said is None:
                self._hands.remove(hand)
                _end(hand)
            found.append((number, said))
        return found

    def _given_up(self, job: Job) -> Answer:
        of = self._fields[job.field]
        if job.cell is None:
            raise PlanRefused(
                f"E-X01 measuring {of.days[job.day].date} ended its process twice, a fault of this program"
            )
        return engine_died(of.days[job.day], of.candidates)

    def _start(self) -> _Hand:
        if self._log is None:
            self._log = tempfile.TemporaryFile()  # noqa: SIM115  (it lives as long as the processes)
        ours, theirs = multiprocessing.Pipe()
        try:
            process = subprocess.Popen(  # noqa: S603  (our own interpreter and module)
                [sys.executable, "-P", "-m", "planner.sizing.worker", str(theirs.fileno())],
                env=child_environment(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1"),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=self._log,
                pass_fds=[theirs.fileno()],
                start_new_session=True,  # Ctrl-C is for the runner
            )
        finally:
            theirs.close()
        hand = _Hand(process=process, pipe=ours)
        with suppress(OSError):  # one that has died at once is found to be dead at the next look
            ours.send(self._streets)
        return hand


def _end(hand: _Hand) -> None:
    hand.pipe.close()
    hand.process.kill()
    hand.process.wait()


def _error(kind: str, said: str) -> errors.PlannerError:
    known = {"RoadsError": errors.RoadsError, "PlanRefused": PlanRefused, "NoPlanError": errors.NoPlanError}
    return known.get(kind, errors.PlannerError)(said)
