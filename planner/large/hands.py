"""Where the parts of a large day are searched: in processes that stay, or in this one, to the same answer.

A process that dies takes only its part with it: the answer for that part is None, and another process takes its place.
"""

from __future__ import annotations

import queue
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Literal, Protocol

from planner import interrupt
from planner.solve.apart import cap, cores
from planner.solve.hand import Hand, HandDied, answerer, heard
from planner.solve.options import SolveOptions
from planner.solve.problem import Problem
from planner.solve.solution import Solution

LOOK_S = 0.2  # between two looks whether the user wants to stop
AHEAD = 2  # parts made ready for each process: they wait for nobody, and few of them lie in memory


@dataclass(frozen=True, kw_only=True, eq=False)
class Task:
    """What to do with a part of a day: search it, search it with the whole engine, or time `found` exactly.

    `seconds` is the most that it may take.
    """

    what: Literal["search", "engine", "finish"]
    problem: Problem
    options: SolveOptions
    found: Solution | None = None


class Hands(Protocol):
    """Does tasks, some at a time."""

    count: int

    def do(self, tasks: Iterable[Task]) -> Iterator[tuple[int, Solution | None]]:
        """Yield the number of each task with its answer, in the order in which they are done."""
        ...

    def close(self) -> None:
        """Stop at once."""
        ...


def do(task: Task) -> Solution:
    """Do one task in this process."""
    from planner.solve.day_search import finish_day, improve_day  # noqa: PLC0415  (OR-Tools is loaded here only)
    from planner.solve.engine import solve  # noqa: PLC0415

    if task.what == "search":
        return improve_day(task.problem, task.options)
    if task.what == "engine":
        return solve(task.problem, task.options, on_better=lambda _: None)
    assert task.found is not None  # who asks for the end has what to end
    return finish_day(task.problem, task.found, until_s=time.monotonic() + task.options.time_limit_s)


class Here:
    """This process, one task after the other."""

    count = 1

    def do(self, tasks: Iterable[Task]) -> Iterator[tuple[int, Solution | None]]:
        """Yield the number of each task with its answer, in the order in which they are done."""
        for number, task in enumerate(tasks):
            interrupt.check()
            yield number, do(task)

    def close(self) -> None:
        """Stop at once."""


class Apart:
    """Processes of our own, one for each core or for each of so many threads."""

    def __init__(self, options: SolveOptions) -> None:
        self.count = options.threads or cores()
        self.memory_mb = options.memory_mb
        self._threads = ThreadPoolExecutor(self.count, thread_name_prefix="part")
        self._idle: queue.SimpleQueue[Hand] = queue.SimpleQueue()
        self.begun: list[Hand] = []

    def do(self, tasks: Iterable[Task]) -> Iterator[tuple[int, Solution | None]]:
        """Yield the number of each task with its answer, in the order in which they are done."""
        waiting: dict[Future[Solution | None], int] = {}
        ahead = enumerate(tasks)
        more = True
        while more or waiting:
            interrupt.check()
            while more and len(waiting) < AHEAD * self.count:
                number, task = next(ahead, (-1, None))
                more = task is not None
                if task is not None:
                    waiting[self._threads.submit(self._ask, task)] = number
            for future in wait(waiting, timeout=LOOK_S, return_when=FIRST_COMPLETED).done:
                yield waiting.pop(future), future.result()

    def _ask(self, task: Task) -> Solution | None:
        try:
            hand = self._idle.get_nowait()
        except queue.Empty:
            hand = Hand(__name__, str(self.memory_mb))
            self.begun.append(hand)
        try:
            hand.send(task)
            answer = hand.receive()
        except HandDied:
            return None
        self._idle.put(hand)
        return answer if isinstance(answer, Solution) else None

    def close(self) -> None:
        """Stop at once."""
        for hand in self.begun:
            hand.process.kill()  # who waits for an answer waits no longer
        self._threads.shutdown(wait=True, cancel_futures=True)
        for hand in self.begun:
            hand.close()


def hands_for(options: SolveOptions, *, apart: bool) -> Callable[[], Hands]:
    """Return what makes the hands."""
    return (lambda: Apart(options)) if apart else Here


def main(memory_mb: int) -> None:
    """Do what comes in, until nothing comes any more; the entry point of the process."""
    cap(memory_mb)
    answer = answerer()
    for task in heard():
        try:
            answer(do(task))
        except Exception as error:  # noqa: BLE001  (a part that fails stays as it is; the others go on)
            answer(repr(error))


if __name__ == "__main__":
    main(int(sys.argv[1]))
