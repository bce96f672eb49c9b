"""The workers: a Dask cluster on this machine, or one that is there already.

One thread a worker and one job a worker at a time: a job's search uses one core, and which worker has it changes
nothing about its plan.
"""

from __future__ import annotations

import logging
import queue
import socket
import struct
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import dask
from distributed import Client, Future, KilledWorker, Scheduler, SpecCluster, WorkerPlugin, get_worker
from distributed.comm.core import CommClosedError

from planner import __version__, interrupt
from planner.batch.asking import ask
from planner.batch.dask_settings import SETTINGS
from planner.batch.hands import Hands
from planner.batch.task import Outcome, Task
from planner.errors import PlannerError, printable
from planner.solve.apart import cores

CONNECT_S = 15.0
LOOK_S = 5.0  # between two looks at how many workers there are
ANSWER_S = 60.0  # a scheduler that takes longer to count its workers hangs
SHIP_S = 600.0  # for a city's streets to reach all workers
CLOSE_S = 2.0
FETCH_S = 20.0
KEEP_S = 1.0
RETRY_S = 0.2
PREPARE_TRIES = 5
MOST_GREETING_BYTES = 100_000
GONE = (CommClosedError, OSError, TimeoutError)


class ClusterGone(PlannerError):
    """The scheduler does not answer any more, or its workers are of no use."""

    exit_code = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """A task that has ended: its outcome, or None where its worker died, or the cluster forgot it."""

    key: str
    outcome: Outcome | None
    forgotten: bool = False


class Shipped(WorkerPlugin):  # type: ignore[misc]
    """Brings a streets file to every worker, also to those that come later, for the runner's disk may not be theirs."""

    def __init__(self, sha256: str, data: bytes) -> None:
        self.name = f"streets-{sha256}"
        self.sha256, self.data = sha256, data

    def setup(self, worker: Any) -> None:  # noqa: ARG002  (Dask's interface)
        from planner.batch.city import ship  # noqa: PLC0415  (on the worker)

        ship(self.sha256, self.data)


class Crew:
    """Runs tasks on the workers and tells which have ended."""

    def __init__(
        self, client: Client, *, workers: int | None, address: str | None = None, hands: Hands | None = None
    ) -> None:
        self.client, self.address, self.hands = client, address, hands
        self._futures: dict[str, Future] = {}  # Dask drops a task of which nobody holds the future
        self._most, self._count, self._looked_s = workers, workers or 1, 0.0
        self._ended: queue.SimpleQueue[Future] = queue.SimpleQueue()

    def slots(self) -> int:
        """Return how many jobs may run at once: one for each worker."""
        if self.address is not None and time.monotonic() > self._looked_s + LOOK_S:
            self._looked_s = time.monotonic()
            with self._asking():
                self._count = len(ask(self.client, self.client.nthreads, within_s=ANSWER_S)) or 1
        return min(self._count, self._most or self._count)

    def prepare(self, streets: Path, sha256: str, data: bytes) -> None:
        """Let one worker build what all share of a city; a cluster elsewhere gets the file's bytes as well."""
        from planner.batch.city import prepare  # noqa: PLC0415  (loads what workers need)

        if self.address is not None:
            self._ship(sha256, data)
        for attempt in range(PREPARE_TRIES):
            future = self.client.submit(prepare, str(streets), sha256, key=f"roads-{sha256[:16]}-{attempt}", pure=False)
            try:
                self._wait(future)
            except KilledWorker:
                continue
            except GONE as error:
                raise self._gone() from error
            except Exception:  # noqa: BLE001  (each job will tell what is wrong with the streets)
                return
            return

    def _ship(self, sha256: str, data: bytes) -> None:
        try:
            brought = Shipped(sha256, data)
            ask(self.client, lambda: self.client.register_plugin(brought), within_s=SHIP_S)
        except GONE as error:
            raise self._gone() from error
        except Exception as error:  # Dask hands on by its words only what a worker raised
            raise unfit(self.address, str(error)) from error

    def _wait(self, future: Future) -> None:
        while True:
            interrupt.check()
            self._keep_hands()
            with suppress(TimeoutError):
                future.result(timeout=KEEP_S)
                return
            self.slots()  # which asks whether anybody is there
            if self.client.status != "running":
                raise self._gone()

    def submit(self, key: str, task: Task) -> None:
        """Start a task."""
        with self._asking():
            future = self.client.submit(run, task, key=key, pure=False)
        self._futures[key] = future
        future.add_done_callback(self._ended.put)

    def ended(self, *, wait_s: float) -> list[Future]:
        """Return the tasks that have ended; wait for the first one at most so long.

        `fetch` brings what they made. That takes a while, in which their workers can have other tasks.
        """
        found: list[Future] = []
        self._keep_hands()
        with suppress(queue.Empty):
            found.append(self._ended.get(timeout=wait_s))
            while True:
                found.append(self._ended.get_nowait())
        if self.client.status not in {"running", "connecting"}:
            raise self._gone()
        return found

    def fetch(self, future: Future) -> Finished:
        """Return how a task has ended, and what it made."""
        key = str(future.key)
        try:
            outcome = self._result(future)
        except KilledWorker:
            return Finished(key=key, outcome=None)
        except ImportError as error:
            raise unfit(self.address, str(error)) from error
        except Exception as error:  # noqa: BLE001  (whatever a cluster can do to a task)
            if future.status == "error" and not isinstance(error, GONE):
                message = f"the worker cannot run it ({type(error).__name__}: {error})"
                return Finished(key=key, outcome=Outcome(kind="failed", code="E-X00", message=message))
            return Finished(key=key, outcome=None, forgotten=True)
        finally:
            self._futures.pop(key, None)
            future.release()
        if self.hands is not None:
            self.hands.well()
        return Finished(key=key, outcome=outcome)

    def _result(self, future: Future) -> Outcome:
        """Bring a result; where its worker has died since, Dask makes it again once there is another one."""
        until_s = time.monotonic() + FETCH_S
        while True:
            interrupt.check()
            self._keep_hands()
            try:
                found: Outcome = future.result(timeout=KEEP_S)
            except TimeoutError:
                if time.monotonic() > until_s:
                    raise
            else:
                return found

    def _keep_hands(self) -> None:
        words = None if self.hands is None else self.hands.keep()
        if words is not None:
            raise ClusterGone(f"E-B04 the workers cannot start ({printable(words)}) → please report it")

    @contextmanager
    def _asking(self) -> Iterator[None]:
        try:
            yield
        except GONE as error:
            raise self._gone() from error

    def _gone(self) -> ClusterGone:
        where = self.address or "on this machine"
        return ClusterGone(
            f"E-B04 the Dask scheduler {where} does not answer any more; what ended is kept → start the cluster, "
            "and say the same again with --resume"
        )


def run(task: Task) -> Outcome:
    """Run a task on a worker; the first line of ours there."""
    worker = get_worker()
    if task.alone or worker.state.nthreads > 1:
        from planner.batch.alone import work_alone  # noqa: PLC0415  (on the worker)

        return work_alone(task)
    from planner.batch.work import work  # noqa: PLC0415  (on the worker: it takes a second)

    return work(task)


@contextmanager
def open_crew(*, jobs: int | None, scheduler: str | None) -> Iterator[Crew]:
    """Give the workers: of this machine, on its loopback only, or of a scheduler that runs. Raises `ClusterGone`."""
    quiet()
    with dask.config.set(SETTINGS):
        if scheduler is not None:
            yield from _there(scheduler, jobs)
        else:
            yield from _here(jobs or cores())


def quiet() -> None:
    """Let Dask's loggers, which have levels of their own, keep what they see to themselves: we tell what matters."""
    for name in [name for name in logging.root.manager.loggerDict if name.startswith("distributed")]:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)


def unfit(address: str | None, why: str) -> ClusterGone:
    """Return the error for workers that cannot run what they are asked to."""
    return ClusterGone(
        f"E-B12 the workers at {address} cannot run the program ({printable(why, limit=200)}) → "
        f"install micro-ev-planner[batch] {__version__} where they run, and start them anew"
    )


def connected(scheduler: str) -> Client:
    """Return a client of a scheduler that runs. Raises `ClusterGone` where none answers."""
    quiet()
    try:
        _reach(scheduler)
        with dask.config.set(SETTINGS):
            return Client(scheduler, timeout=CONNECT_S, set_as_default=False)
    except (*GONE, ValueError) as error:
        remedy = "write it as tcp://head:8786, see that the scheduler runs, or leave out --scheduler"
        raise ClusterGone(f"E-B04 no Dask scheduler answers at {printable(scheduler)} → {remedy}") from error


def _reach(scheduler: str) -> None:
    """Return once a scheduler greets there.

    Dask's client, asked to connect to nothing, ends with a traceback, and waits for ever for a greeting of what is no
    Dask. Raises `OSError`, or `ValueError` for what is no address, or no Dask.
    """
    at = urlsplit(scheduler)
    if at.scheme not in {"tcp", "tls"} or not at.hostname or not at.port:
        raise ValueError(scheduler)
    until_s = time.monotonic() + CONNECT_S
    while True:
        try:
            with socket.create_connection((at.hostname, at.port), timeout=CONNECT_S) as line:
                if at.scheme == "tcp" and not _greets(line):
                    raise ValueError(scheduler)
        except OSError as error:
            if isinstance(error, socket.gaierror) or time.monotonic() > until_s:
                raise
            time.sleep(RETRY_S)
        else:
            return


def _greets(line: socket.socket) -> bool:
    """Tell whether what answers is a Dask server: it begins with the length of a short message, in 8 bytes.

    Source: distributed 2026.8, comm/core.py `BaseListener.on_connection` and comm/tcp.py `TCP.write`.
    """
    greeting = line.recv(struct.calcsize("Q"), socket.MSG_WAITALL)
    return len(greeting) == struct.calcsize("Q") and struct.unpack("Q", greeting)[0] < MOST_GREETING_BYTES


def _there(scheduler: str, jobs: int | None) -> Iterator[Crew]:
    client = connected(scheduler)
    try:
        yield Crew(client, workers=jobs, address=scheduler)
    finally:
        with suppress(Exception):
            client.close(timeout=CLOSE_S)


def _here(jobs: int) -> Iterator[Crew]:
    with tempfile.TemporaryDirectory(prefix="planner-workers-") as folder:
        options = {"host": "127.0.0.1", "port": 0, "dashboard": False, "dashboard_address": "127.0.0.1:0"}
        cluster = SpecCluster(workers={}, scheduler={"cls": Scheduler, "options": options}, silence_logs=False)
        client = Client(cluster, set_as_default=False)
        hands = Hands(scheduler=str(cluster.scheduler_address), count=jobs, folder=Path(folder))
        try:
            hands.keep()
            yield Crew(client, workers=jobs, hands=hands)
        finally:
            hands.close()
            with suppress(Exception):
                client.close(timeout=CLOSE_S)
            with suppress(Exception):
                cluster.close(timeout=CLOSE_S)
