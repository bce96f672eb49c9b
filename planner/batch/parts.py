"""The parts of one large day, searched by the workers of a Dask cluster.

A part comes to the same answer wherever it is searched. So the plan is that of any other cluster, and of this machine
alone; where the cluster is lost, this machine does what is left.
"""

from __future__ import annotations

import queue
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from itertools import chain

from distributed import Future

from planner import interrupt
from planner.batch.asking import ask
from planner.batch.cluster import CLOSE_S, CONNECT_S, GONE, ClusterGone, connected, unfit
from planner.batch.jobs import differing, versions
from planner.large.hands import AHEAD, LOOK_S, Apart, Hands, Task, do
from planner.solve.options import SolveOptions
from planner.solve.solution import Solution

GIVEN_UP_S = 15.0  # without a worker, and the cluster counts as lost


class Lost(Exception):
    """The cluster does not answer, or has no worker any more."""


class Cluster:
    """Does tasks on a Dask cluster, and on this machine once that is lost. Raises `ClusterGone` if it is of no use."""

    def __init__(self, address: str, options: SolveOptions) -> None:
        self.address = address
        self.options = options
        self.client = connected(address)
        try:
            self.client.wait_for_workers(1, timeout=CONNECT_S)
            self.count = self._workers()
        except (*GONE, ValueError) as error:
            self.client.close(timeout=CLOSE_S)
            message = f"E-B04 the Dask scheduler {address} has no worker → start some, or leave out --scheduler"
            raise ClusterGone(message) from error
        self._ended: queue.SimpleQueue[Future] = queue.SimpleQueue()
        self._here: Apart | None = None

    def do(self, tasks: Iterable[Task]) -> Iterator[tuple[int, Solution | None]]:
        """Yield the number of each task with its answer, in the order in which they are done."""
        ahead, waiting = enumerate(tasks), dict[Future, tuple[int, Task]]()
        if self._here is None:
            try:
                yield from self._there(ahead, waiting)
            except Lost:
                self._here = Apart(self.options)
                self.count = self._here.count
        if self._here is not None:
            yield from _numbered(self._here, chain(waiting.values(), ahead))

    def _there(
        self, ahead: Iterator[tuple[int, Task]], waiting: dict[Future, tuple[int, Task]]
    ) -> Iterator[tuple[int, Solution | None]]:
        """Do tasks on the cluster; when `Lost` is raised, those that were not done are in `waiting` and `ahead`."""
        more, seen_s = True, time.monotonic()
        while more or waiting:
            interrupt.check()
            try:
                workers = self._workers()
                self.count, seen_s = workers or self.count, time.monotonic() if workers else seen_s
                while more and len(waiting) < AHEAD * self.count:
                    number, task = next(ahead, (-1, None))
                    more = task is not None
                    if task is not None:
                        waiting[self._submitted(task)] = number, task
                with suppress(queue.Empty):
                    future = self._ended.get(timeout=LOOK_S)
                    answer = self._answer(future)
                    yield waiting.pop(future)[0], answer
            except GONE as error:
                raise Lost from error
            if self.client.status != "running" or time.monotonic() > seen_s + GIVEN_UP_S:
                raise Lost

    def _workers(self) -> int:
        """Return how many workers there are. Raises of `GONE`."""
        return len(ask(self.client, self.client.nthreads, within_s=GIVEN_UP_S))

    def _submitted(self, task: Task) -> Future:
        future = self.client.submit(search_part, task, versions(), pure=False)
        future.add_done_callback(self._ended.put)
        return future

    def _answer(self, future: Future) -> Solution | None:
        """Return what came of a part: None where its worker died over it. Raises `ClusterGone`, or of `GONE`."""
        if future.status == "cancelled":
            raise TimeoutError  # the scheduler has forgotten it
        try:
            answer: Solution | str | None = future.result(timeout=CONNECT_S)
        except GONE:
            raise
        except ImportError as error:
            raise unfit(self.address, str(error)) from error
        except Exception:  # noqa: BLE001  (whatever a cluster can do to a task: the part stays as it was)
            return None
        if isinstance(answer, str):
            raise unfit(self.address, answer)
        return answer

    def close(self) -> None:
        """Stop at once."""
        with suppress(Exception):
            self.client.close(timeout=CLOSE_S)
        if self._here is not None:
            self._here.close()


def cluster_for(address: str, options: SolveOptions) -> Callable[[], Hands]:
    """Return what makes the hands of a cluster. What it makes raises `ClusterGone` where no scheduler answers."""
    return lambda: Cluster(address, options)


def search_part(task: Task, wanted: Mapping[str, str]) -> Solution | str | None:
    """Do a task on a worker; return what differs where the worker has another version, None where the search failed."""
    if other := differing(wanted):
        return other
    try:
        return do(task)
    except Exception:  # noqa: BLE001  (a part that fails stays as it is; the others go on)
        return None


def _numbered(hands: Hands, tasks: Iterable[tuple[int, Task]]) -> Iterator[tuple[int, Solution | None]]:
    """Do tasks that have numbers of their own."""
    numbers: list[int] = []

    def bare() -> Iterator[Task]:
        for number, task in tasks:
            numbers.append(number)
            yield task

    for at, answer in hands.do(bare()):
        yield numbers[at], answer
