"""What is known of a batch's jobs: which wait, who runs which, how each ended. The one truth of a run over many days.

A runner *leases* jobs and keeps the leases alive; a lease has a token, and only who still holds it may say how the job
ended. What a runner that was killed had leased goes back to waiting once its lease has run out, or at once where it is
known to be gone.
"""

from __future__ import annotations

import json
import secrets
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import Connection, Engine, and_, delete, func, insert, or_, select, update

from planner.store.engine import reading, writing
from planner.store.place import Place
from planner.store.saving import AT_ONCE, as_json, author, clean, now_utc
from planner.store.tables import batch_jobs as j
from planner.store.tables import batches as b

State = Literal["waiting", "running", "done", "failed", "quarantined"]
ENDED: tuple[State, ...] = ("done", "failed", "quarantined")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewJob:
    """A job that is to be run, or, with a `code`, one that cannot be. `parts` are what its hash is of."""

    position: int
    name: str
    content_sha256: str
    parts: Mapping[str, Any]
    code: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobEntry:
    """A job as the store knows it. `result` is the same in every run, `run` is not."""

    position: int
    name: str
    content_sha256: str
    parts: Mapping[str, Any]
    state: State
    attempts: int
    deaths: int
    deaths_alone: int
    out_of_memory: int
    code: str
    message: str
    result: Mapping[str, Any] | None
    run: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """The right to run a job and to say how it ended, as long as the token is the newest."""

    name: str
    token: str
    attempts: int
    deaths: int
    deaths_alone: int
    out_of_memory: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """How a leased job goes on: it ends, or it waits for another try with one more death on its list."""

    state: State
    code: str = ""
    message: str = ""
    result: Mapping[str, Any] | None = None
    run: Mapping[str, Any] | None = None
    deaths: int = 0
    deaths_alone: int = 0
    out_of_memory: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many jobs are in which state, and how often the next one in line has run out of memory."""

    by_state: Mapping[str, int] = field(default_factory=dict)
    next_out_of_memory: int | None = None

    @property
    def ended(self) -> int:
        return sum(self.by_state.get(state, 0) for state in ENDED)

    @property
    def total(self) -> int:
        return sum(self.by_state.values())


class _MeanwhileError(Exception):
    """What failed inside a transaction and is no fault of the store."""

    def __init__(self, error: OSError) -> None:
        super().__init__(str(error))
        self.error = error


class Ledger:
    """The jobs of one batch. Safe to use from several processes and machines."""

    def __init__(self, place: Place, engine: Engine, batch_id: int, versions: Mapping[str, str]) -> None:
        self.place, self.versions = place, versions
        self._engine, self._batch = engine, batch_id

    def add(self, jobs: Iterable[NewJob]) -> None:
        """Take up jobs, all or none, but for those that another runner of the batch has taken up meanwhile."""
        rows = [self._row(job) for job in jobs]
        with writing(self._engine, self.place) as connection:
            for first in range(0, len(rows), AT_ONCE):
                some = {row["name"]: row for row in rows[first : first + AT_ONCE]}
                there = select(j.c.name).where(j.c.batch_id == self._batch, j.c.name.in_(list(some)))
                for name in connection.scalars(there).all():
                    del some[name]
                if some:
                    connection.execute(insert(j), list(some.values()))

    def renew(self, jobs: Iterable[NewJob]) -> None:
        """Run jobs anew that are known already: their inputs have changed, and how they ended is forgotten."""
        with writing(self._engine, self.place) as connection:
            for job in jobs:
                connection.execute(update(j).where(self._named(job.name)).values(self._row(job)))

    def drop(self, names: Sequence[str]) -> None:
        """Forget jobs."""
        with writing(self._engine, self.place) as connection:
            for name in names:
                connection.execute(delete(j).where(self._named(name)))

    def move(self, positions: Mapping[str, int]) -> None:
        """Say at which lines of the source jobs stand now."""
        with writing(self._engine, self.place) as connection:
            for name, position in positions.items():
                connection.execute(update(j).where(self._named(name)).values(position=position))

    def _row(self, job: NewJob) -> dict[str, Any]:
        return {
            "batch_id": self._batch,
            "position": job.position,
            "name": clean(job.name),
            "content_sha256": job.content_sha256,
            "parts": as_json(job.parts),
            "state": "failed" if job.code else "waiting",
            "code": job.code,
            "message": clean(job.message),
            **dict.fromkeys(("attempts", "deaths", "deaths_alone", "out_of_memory"), 0),
            **dict.fromkeys(("owner", "token", "lease_until", "result", "run")),
        }

    def entries(self) -> list[JobEntry]:
        """Return all jobs in the order of their source."""
        with reading(self._engine, self.place) as connection:
            rows = connection.execute(select(j).where(j.c.batch_id == self._batch).order_by(j.c.position, j.c.id))
            return [_entry(row) for row in rows]

    def counts(self) -> Counts:
        """Return how far the batch is."""
        mine = j.c.batch_id == self._batch
        with reading(self._engine, self.place) as connection:
            states = connection.execute(select(j.c.state, func.count()).where(mine).group_by(j.c.state)).all()
            least = connection.scalar(select(func.min(j.c.out_of_memory)).where(mine, j.c.state == "waiting"))
        return Counts(by_state=Counter(dict(tuple(row) for row in states)), next_out_of_memory=least)

    def held(self) -> dict[str, str]:
        """Return the runners that hold a lease, by its token."""
        held = select(j.c.token, j.c.owner).where(j.c.batch_id == self._batch, j.c.state == "running")
        with reading(self._engine, self.place) as connection:
            return {row.token: row.owner for row in connection.execute(held)}

    def lease(
        self,
        count: int,
        *,
        owner: str,
        seconds: float,
        out_of_memory: int = 0,
        gone: Collection[str] = (),
        takes: Callable[[str, str], bool] = lambda _name, _content_sha256: True,
    ) -> list[Lease]:
        """Take the next jobs in line that ran out of memory so often, for so long; those of runners `gone` are free.

        Jobs that the runner does not take, by their name and what they are by now, stay in line for others.
        """
        with writing(self._engine, self.place) as connection:
            self._free(connection, or_(j.c.lease_until < now_utc(), j.c.owner.in_(list(gone))))
            names = ("id", "name", "content_sha256", "attempts", "deaths", "deaths_alone", "out_of_memory")
            wanted = select(*(j.c[name] for name in names)).where(
                j.c.batch_id == self._batch, j.c.state == "waiting", j.c.out_of_memory == out_of_memory
            )
            in_line = wanted.order_by(j.c.position, j.c.id).execution_options(stream_results=True)
            with connection.execute(in_line) as found:
                rows = list(islice((row for row in found if takes(row.name, row.content_sha256)), count))
            return [self._leased(connection, row, owner, seconds) for row in rows]

    def _leased(self, connection: Connection, row: Any, owner: str, seconds: float) -> Lease:
        token = secrets.token_hex(16)
        values = {
            "state": "running",
            "token": token,
            "owner": owner,
            "lease_until": _in(seconds),
            "attempts": row.attempts + 1,
        }
        connection.execute(update(j).where(j.c.id == row.id).values(values))
        return Lease(
            name=row.name,
            token=token,
            attempts=row.attempts + 1,
            deaths=row.deaths,
            deaths_alone=row.deaths_alone,
            out_of_memory=row.out_of_memory,
        )

    def beat(self, owner: str, *, seconds: float) -> int:
        """Keep a runner's leases alive; return how many it still has."""
        held = and_(j.c.batch_id == self._batch, j.c.state == "running", j.c.owner == owner)
        with writing(self._engine, self.place) as connection:
            return connection.execute(update(j).where(held).values(lease_until=_in(seconds))).rowcount

    def release(self, owner: str) -> None:
        """Give back what a runner has leased and will not finish."""
        with writing(self._engine, self.place) as connection:
            self._free(connection, j.c.owner == owner)

    def again(self, states: Collection[State]) -> int:
        """Let jobs that ended in these states wait for another run, as if they had never run; return how many."""
        values = {
            "state": "waiting",
            "code": "",
            "message": "",
            "result": None,
            "run": None,
            **dict.fromkeys(("deaths", "deaths_alone", "out_of_memory"), 0),
        }
        ended = and_(j.c.batch_id == self._batch, j.c.state.in_(list(states)), j.c.content_sha256 != "")
        with writing(self._engine, self.place) as connection:
            return connection.execute(update(j).where(ended).values(values)).rowcount

    def settle(self, lease: Lease, change: Change, *, meanwhile: Callable[[], None] | None = None) -> bool:
        """Say how a leased job went; False, and nothing done, where somebody else has the lease by now.

        `meanwhile` is done while nobody else can take the lease: its files come into place with the job's end, or,
        should this process be killed between the two, are written anew by who runs the job again.
        """
        values: dict[Any, Any] = {
            "state": change.state,
            "code": change.code,
            "message": clean(change.message),
            "result": None if change.result is None else as_json(change.result),
            "run": None if change.run is None else as_json(change.run),
            "deaths": j.c.deaths + change.deaths,
            "deaths_alone": j.c.deaths_alone + change.deaths_alone,
            "out_of_memory": j.c.out_of_memory + change.out_of_memory,
            **dict.fromkeys(("owner", "token", "lease_until")),
        }
        mine = and_(self._named(lease.name), j.c.token == lease.token)
        try:
            with writing(self._engine, self.place) as connection:
                if connection.execute(update(j).where(mine).values(values)).rowcount != 1:
                    return False
                if meanwhile is not None:
                    _done(meanwhile)
        except _MeanwhileError as failed:
            raise failed.error from None
        return True

    def _free(self, connection: Connection, which: Any) -> None:
        free = {"state": "waiting", **dict.fromkeys(("owner", "token", "lease_until"))}
        held = and_(j.c.batch_id == self._batch, j.c.state == "running", which)
        connection.execute(update(j).where(held).values(free))

    def _named(self, name: str) -> Any:
        return and_(j.c.batch_id == self._batch, j.c.name == clean(name))


def begin(place: Place, engine: Engine, *, uid: str, folder: Path, versions: Mapping[str, str]) -> Ledger:
    """Take up a batch."""
    row = {
        "uid": uid,
        "folder": clean(str(folder)),
        "made_utc": now_utc(),
        "author": author(),
        "versions": as_json(versions),
    }
    with writing(engine, place) as connection:
        key = connection.execute(insert(b).values(row)).inserted_primary_key
    return Ledger(place, engine, int(key[0]) if key else 0, versions)


def find(place: Place, engine: Engine, uid: str) -> Ledger | None:
    """Return the batch with this mark, None where the store does not have it."""
    with reading(engine, place) as connection:
        row = connection.execute(select(b.c.id, b.c.versions).filter_by(uid=uid)).one_or_none()
    return None if row is None else Ledger(place, engine, row.id, json.loads(row.versions))


def _done(meanwhile: Callable[[], None]) -> None:
    try:
        meanwhile()
    except OSError as error:
        raise _MeanwhileError(error) from error


def _in(seconds: float) -> str:
    moment = datetime.now(UTC) + timedelta(seconds=seconds)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _entry(row: Any) -> JobEntry:
    given = row._mapping
    names: Sequence[str] = ("position", "name", "content_sha256", "state", "attempts", "deaths", "deaths_alone")
    return JobEntry(
        **{name: given[name] for name in (*names, "out_of_memory", "code", "message")},
        parts=json.loads(row.parts),
        result=None if row.result is None else json.loads(row.result),
        run=None if row.run is None else json.loads(row.run),
    )
