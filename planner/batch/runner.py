"""The loop of a batch: lease, submit, settle, until every job has ended."""

from __future__ import annotations

import hashlib
import time
from collections import deque
from collections.abc import Mapping
from contextlib import suppress

from planner import interrupt
from planner.batch.cluster import Crew, Finished
from planner.batch.fate import after, ended
from planner.batch.feed import Feed
from planner.batch.folder import BatchFolder
from planner.batch.jobs import Job, versions
from planner.batch.manner import Listener, Manner
from planner.batch.owner import is_gone, this_owner
from planner.batch.taking_up import TakingUp
from planner.batch.task import ERRORS_NAME, Task
from planner.errors import Fault, InputError, PlannerError
from planner.io.files import read_file
from planner.io.fleet_toml import MAX_BYTES
from planner.store.batches import Change, Lease, Ledger

LEASE_S, BEAT_S = 120.0, 10.0
WAIT_S = 0.5  # for a job to end, before something else is looked at
IDLE_S = 2.0  # between two looks at what another runner does


class Runner:
    """One run over the jobs of a ledger; several may share one."""

    def __init__(
        self,
        *,
        ledger: Ledger,
        crew: Crew,
        folder: BatchFolder,
        manner: Manner,
        listener: Listener,
        taking_up: TakingUp,
    ) -> None:
        self.ledger, self.crew, self.folder, self.manner = ledger, crew, folder, manner
        self.listener, self.taking_up = listener, taking_up
        self.owner = this_owner()
        self._leased: deque[Lease] = deque()
        self._running: dict[str, Lease] = {}
        self._level = 0  # how often the jobs that run now have run out of memory
        self._prepared: set[str] = set()
        self._beaten_s = time.monotonic()
        self._looked_s = -IDLE_S
        self._lively_s = time.monotonic()

    def run(self, feed: Feed) -> None:
        """Run until the feed is closed and every job has ended, here or with another runner."""
        try:
            while True:
                interrupt.check()
                if not feed.closed and (items := feed.take()):
                    self.taking_up.some(items)
                    self._looked_s = -IDLE_S
                self._beat()
                self._fill_up()
                if self._running or self._leased or not feed.closed:
                    self._lively_s = time.monotonic()
                elif self._all_ended():
                    return
                ended = self.crew.ended(wait_s=WAIT_S)
                ours = [(task, self._running.pop(task.key)) for task in ended if task.key in self._running]
                self._fill_up()  # first, so that no worker waits for the network or the disk
                for task, lease in ours:
                    self._settle(self.crew.fetch(task), lease)
        finally:
            with suppress(PlannerError):  # a store that fails has said so already, and the lease will run out
                self.ledger.release(self.owner)

    def _all_ended(self) -> bool:
        """Tell whether nothing is left; what another runner has is waited for, as long as there is one."""
        counts = self.ledger.counts()
        if counts.by_state.get("running", 0):
            self._lively_s = time.monotonic()
        return counts.ended == counts.total or time.monotonic() > self._lively_s + LEASE_S

    def _beat(self) -> None:
        if time.monotonic() >= self._beaten_s + BEAT_S and (self._running or self._leased):
            self.ledger.beat(self.owner, seconds=LEASE_S)
            self._beaten_s = time.monotonic()

    def _slots(self) -> int:
        """Return how many jobs may run at once: half as many where they ran out of memory."""
        return max(self.crew.slots() >> self._level, 1)

    def _fill_up(self) -> None:
        while len(self._running) < self._slots():
            if not self._leased and not self._lease():
                return
            self._submit(self._leased.popleft())

    def _lease(self) -> bool:
        """Lease as many jobs as will run in a while; tell whether there are any."""
        if time.monotonic() < self._looked_s + IDLE_S:
            return False
        counts = self.ledger.counts()
        level = counts.next_out_of_memory
        if level is not None and level != self._level:
            if self._running:  # until the others have ended: they would take the memory again
                level = None
            else:
                self._level = level
        gone: list[str] = []
        if counts.by_state.get("running", 0) > len(self._running):  # another runner has some, or had
            gone = [name for name in set(self.ledger.held().values()) if is_gone(name)]
        elif level is None:
            self._looked_s = time.monotonic()
            return False
        self._leased += self.ledger.lease(
            2 * self._slots(),
            owner=self.owner,
            seconds=LEASE_S,
            out_of_memory=self._level,
            gone=gone,
            takes=self._takes,
        )
        if not self._leased:
            self._looked_s = time.monotonic()
        return bool(self._leased)

    def _takes(self, name: str, content_sha256: str) -> bool:
        """Tell whether a job is one that this runner has read; another may have read it with other options since."""
        job = self.taking_up.jobs.get(name)
        return job is not None and job.content_sha256 == content_sha256

    def _submit(self, lease: Lease) -> None:
        job = self.taking_up.jobs[lease.name]
        try:
            task = self._task(job, lease)
            self._prepare(job)
        except InputError as error:
            self._end(lease, ended("failed", error.faults[0].code, str(error)), {})
            return
        key = f"{lease.name}-{lease.token}"
        self._running[key] = lease
        self.crew.submit(key, task)

    def _prepare(self, job: Job) -> None:
        """Let the workers have the streets. Raises `InputError` where the file is not what it was, at every call."""
        if job.streets_sha256 in self._prepared:
            return
        try:
            data = job.streets.read_bytes()
        except OSError:
            data = b""  # which has changed too
        _refuse_changed(job, streets=(data, job.streets_sha256))
        self._prepared.add(job.streets_sha256)
        self.crew.prepare(job.streets, job.streets_sha256, data)

    def _task(self, job: Job, lease: Lease) -> Task:
        """Read what the job needs; what has changed since it was hashed is refused."""
        orders, fleet = job.read(), read_file(job.fleet, max_bytes=MAX_BYTES)
        _refuse_changed(job, orders=(orders, job.orders_sha256), fleet=(fleet, job.fleet_sha256))
        return Task(
            name=job.name,
            day=job.day,
            orders_name=job.orders_name,
            orders=orders,
            fleet_name=job.fleet.name,
            fleet=fleet,
            streets=str(job.streets),
            streets_sha256=job.streets_sha256,
            charging=job.charging,
            options=job.options,
            target=str(self.folder.job(job.name)),
            drawn=self.manner.drawn,
            alone=lease.deaths + lease.deaths_alone + lease.out_of_memory > 0,
            memory_mb=self.manner.memory_mb << self._level,
            versions=versions(),
        )

    def _settle(self, found: Finished, lease: Lease) -> None:
        if found.forgotten:  # by a cluster that was started anew
            self._wait(lease, Change(state="waiting"))
        else:
            self._end(lease, after(found.outcome, lease), found.outcome.files if found.outcome else {})

    def _wait(self, lease: Lease, change: Change) -> None:
        self.ledger.settle(lease, change)
        self._looked_s = -IDLE_S

    def _end(self, lease: Lease, change: Change, files: Mapping[str, bytes]) -> None:
        """Write a job's end into the ledger, and its files into their place, if the lease is still ours."""
        if change.state == "waiting":
            self._wait(lease, change)
            return
        if change.state != "done" and ERRORS_NAME not in files:
            files = {**files, ERRORS_NAME: f"{change.message}\n".encode()}
        with self.folder.writing(), self.folder.filled(lease.token, files) as part:
            kept = self.ledger.settle(lease, change, meanwhile=lambda: self.folder.put(part, lease.name))
        if kept:
            self.taking_up.jobs.pop(lease.name, None)  # a stream may bring very many, each with its orders
            self.listener.ended(lease.name, change)


def _refuse_changed(job: Job, **found: tuple[bytes, str]) -> None:
    """Raise `InputError` E-B11 where bytes by name do not have their hash: the result would be noted under it."""
    changed = [name for name, (data, sha256) in found.items() if hashlib.sha256(data).hexdigest() != sha256]
    if changed:
        message = f"{' and '.join(changed)} changed while the batch ran"
        remedy = "go on with --resume --new --retry"
        raise InputError(Fault(code="E-B11", file=job.name, message=message, remedy=remedy))
