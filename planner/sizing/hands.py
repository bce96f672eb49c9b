"""The processes that route days: as many as asked for, and a new one for each that dies.

A day is a pure function of its orders, its fleet and its budget, so that nothing depends on who routed it, or when.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import wait
from types import TracebackType

from planner import errors, interrupt
from planner.errors import PlanRefused
from planner.roads.streets import Streets
from planner.sizing.bench import Bench, Field, Job, WorkerFault
from planner.sizing.bounds import DayBounds
from planner.sizing.cells import Outcome, engine_died
from planner.solve.hand import Hand, HandDied

TRIES = 2  # a day that has killed its process twice is taken as one that cannot be routed with that fleet
POLL_S = 1.0
GRACE_S = 60.0  # for measuring and auditing, past the time limit of the search

Answer = Outcome | DayBounds
Heard = Callable[[int, Answer], None]
"""Hears of each job that is done, as it comes: its number, and the answer."""


@dataclass(slots=True, eq=False)
class _Worker:
    """A process, what it knows, and what it is doing."""

    at: Hand
    fields: set[int] = field(default_factory=set)
    days: set[tuple[int, int]] = field(default_factory=set)
    job: int | None = None
    since_s: float = 0.0


class Hands:
    """Does jobs in `count` processes, or in this one where `count` is 0. Close it, or use it in a `with`."""

    def __init__(self, streets: Streets, *, count: int) -> None:
        self.count = count if hasattr(os, "fork") else 0  # who has an answer is asked of pipes, on POSIX only
        self._streets = streets
        self._fields: list[Field] = []
        self._hands: list[_Worker] = []
        self._bench = Bench(streets=streets)

    def __enter__(self) -> Hands:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """End all processes."""
        for hand in self._hands:
            hand.at.close()
        self._hands.clear()

    @property
    def processes(self) -> list[int]:
        """Return the ids of the processes."""
        return [hand.at.process.pid for hand in self._hands]

    def add(self, of: Field) -> int:
        """Take in days and candidates; return the number that jobs name them by."""
        self._fields.append(of)
        return len(self._fields) - 1

    def do(self, jobs: Sequence[Job], heard: Heard) -> None:
        """Do jobs, in any order. Raises `PlannerError` of the first that a process tells of, or `WorkerFault`."""
        if not self.count:
            for number, job in enumerate(jobs):
                self._bench.fields[job.field] = self._fields[job.field]
                interrupt.check()
                heard(number, self._bench.do(job))
            return
        waiting, tries = list(range(len(jobs))), [0] * len(jobs)
        try:
            while waiting or any(hand.job is not None for hand in self._hands):
                interrupt.check()
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

    def _strange(self, hand: _Worker, job: Job) -> int:
        """Say how far a day is from a process: it has measured it, nobody has, or another one has."""
        day = (job.field, job.day)
        return 0 if day in hand.days else 2 if any(day in other.days for other in self._hands) else 1

    def _hand_over(self, hand: _Worker, job: Job, number: int) -> None:
        hand.job, hand.since_s = number, time.monotonic()
        hand.days.add((job.field, job.day))
        try:
            if job.field not in hand.fields:
                hand.at.send((job.field, self._fields[job.field]))
                hand.fields.add(job.field)
            hand.at.send(job)
        except HandDied:
            return  # the next look finds its pipe closed

    def _take_in(self, jobs: Sequence[Job]) -> list[tuple[int, Answer | None]]:
        """Return what was done since the last look, with no answer where the process has died over it."""
        busy = [hand for hand in self._hands if hand.job is not None]
        ready = wait([hand.at.answers.fileno() for hand in busy], timeout=POLL_S) if busy else []
        found: list[tuple[int, Answer | None]] = []
        for hand in busy:
            number = hand.job
            assert number is not None
            options = jobs[number].options
            said = None
            if hand.at.answers.fileno() in ready:
                with suppress(HandDied):
                    said = hand.at.receive()
            elif options is None or time.monotonic() - hand.since_s <= options.time_limit_s + GRACE_S:
                continue
            hand.job = None
            if isinstance(said, tuple):
                raise _error(*said)
            if said is None:
                self._hands.remove(hand)
                hand.at.close()
            found.append((number, said))
        return found

    def _given_up(self, job: Job) -> Answer:
        of = self._fields[job.field]
        if job.cell is None:
            raise PlanRefused(
                f"E-X01 measuring {of.days[job.day].date} ended its process twice, a fault of this program"
            )
        return engine_died(of.days[job.day], of.candidates)

    def _start(self) -> _Worker:
        hand = Hand("planner.sizing.worker")
        with suppress(HandDied):  # one that has died at once is found to be dead at the next look
            hand.send(self._streets)
        return _Worker(at=hand)


def _error(kind: str, said: str) -> errors.PlannerError | WorkerFault:
    if kind == WorkerFault.__name__:
        return WorkerFault(said)
    known = {"RoadsError": errors.RoadsError, "PlanRefused": PlanRefused, "NoPlanError": errors.NoPlanError}
    return known.get(kind, errors.PlannerError)(said)
