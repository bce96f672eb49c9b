"""Savers that are killed, that race, and that run out of room; each tells what became of the plans.

    python -m tests.store.work kills URL --rounds 1000 [--server FOLDER]
    python -m tests.store.work race URL --saves 200
    python -m tests.store.work fill URL [--limit BYTES] [--ballast FILE]

A saver is a fork of a process that has loaded everything, so that a kill meets a save and not the start of Python.
It writes a line for each plan that the store has acknowledged; a plan in such a line must be there ever after.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import os
import random
import resource
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path

from planner.io.plan_file import plan_to_json
from planner.store.faults import Conflict, StoreError
from planner.store.place import find_place
from planner.store.store import Store, open_store
from planner.store.values import Edit, Event, Written
from tests.store.plans import large_plan, plan_of, seed_of

ROOT = Path(__file__).parents[2]
LONGEST_S = 0.25  # from the first save of a round to its kill: some twenty saves
NOTICE_S = 0.2
EVENTS = 2  # of each saved plan


@dataclass(slots=True)
class Outcome:
    """What became of the plans of one run."""

    kills: int = 0
    of_server: int = 0
    acknowledged: int = 0
    unacknowledged: int = 0  # in the store, but killed before it could say so
    lost: int = 0
    torn: int = 0
    problems: int = 0
    conflicts: int = 0  # saves that somebody else was before, and that were made anew
    errors: tuple[str, ...] = ()


def kills(url: str, rounds: int, *, seed: int, server: Path | None = None, fresh: bool = False) -> Outcome:
    """Kill savers at moments that are spread over what they do; with `server`, its own processes in turn.

    With `fresh` each round begins without a store, so that its making is killed too.
    """
    chance, outcome = random.Random(seed), Outcome()
    acknowledged: dict[int, str] = {}
    for number in range(rounds):
        if fresh:
            acknowledged.clear()
            _remove(url)
        meant = server is not None and number % 4 == 3
        if server is not None:
            _opened(url)  # it may still be starting anew
        saver, lines = _fork(partial(_save_for_ever, url, number))
        if not fresh:
            select.select([lines], [], [], 30)  # until its first plan is safe
        time.sleep(chance.uniform(0, LONGEST_S))
        if meant:
            outcome.of_server += _kill_backend(server)
            time.sleep(NOTICE_S)  # for the saver to be told, or to go on with the server that has started anew
        os.kill(saver, signal.SIGKILL)
        told = _all_of(lines)
        os.waitpid(saver, 0)
        outcome.kills += 1
        for line in told:
            plan_id, sha256 = line.split()
            acknowledged[int(plan_id)] = sha256
            outcome.acknowledged += 1
        if fresh or number % 50 == 0:
            _inspect(url, acknowledged, outcome)
    _inspect(url, acknowledged, outcome)
    return outcome


def _fork(work: Callable[[int], None]) -> tuple[int, int]:
    """Start work in a child, and return its id and where its lines come from."""
    reader, writer = os.pipe()
    child = os.fork()
    if child:
        os.close(writer)
        return child, reader
    os.close(reader)
    try:
        work(writer)
    except BaseException as error:  # noqa: BLE001  (whatever it is, the parent's code is not to go on here)
        os.write(2, f"{type(error).__name__}: {error}\n".encode())
    finally:
        os._exit(0)


def _all_of(lines: int) -> list[str]:
    """Return the whole lines that a child has written before it ended."""
    data = b""
    while piece := os.read(lines, 65_536):
        data += piece
    os.close(lines)
    return data.decode().split("\n")[:-1]


def _save_for_ever(url: str, number: int, out: int) -> None:
    """Save first plans and revisions, each with an edit and events, and tell of each when it is safe."""
    store, parent = None, None
    for step in range(10_000):
        plan = large_plan(number * 10_000 + step)
        document = plan_to_json(plan)
        try:
            store = store or open_store(url)
            saved = store.save_plan(
                plan,
                parent=parent,
                edit=Edit(kind="edit", detail={"step": step}),
                events=[Event(kind="event", detail={"step": step})] * EVENTS,
                written=Written(document=document),
            )
        except StoreError:
            return  # the server was killed
        os.write(out, f"{saved.id} {hashlib.sha256(document).hexdigest()}\n".encode())
        parent = saved.id if step % 3 else None


def _kill_backend(folder: Path | None) -> bool:
    """Kill the server's process that serves a saver; the server then starts all of them anew."""
    import psycopg

    for _ in range(200):
        try:
            with psycopg.connect(host=str(folder), user="planner", dbname="postgres") as connection:
                wanted = "SELECT pid FROM pg_stat_activity WHERE datname LIKE 'test%' AND pid <> pg_backend_pid()"
                found = connection.execute(wanted).fetchall()
        except psycopg.Error:
            found = []
        for (pid,) in found:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
                return True
    return False


def _opened(url: str) -> Store:
    """Open a store whose server may be starting anew."""
    until_s = time.monotonic() + 30
    while True:
        try:
            store = open_store(url)
            store.history("0000-00-00")
        except StoreError:
            if time.monotonic() > until_s:
                raise
            time.sleep(0.05)
        else:
            return store


def _missing(url: str, acknowledged: dict[int, str]) -> int:
    """Count the acknowledged plans that are not there, or are not what was saved."""
    if not acknowledged:
        return 0
    store, missing = _opened(url), 0
    for plan_id, sha256 in acknowledged.items():
        try:
            missing += hashlib.sha256(store.load_document(plan_id)).hexdigest() != sha256
        except StoreError:
            missing += 1
    return missing


def _inspect(url: str, acknowledged: dict[int, str], outcome: Outcome) -> None:
    """Add what is missing, plans of which only a part is there, and anything else that is wrong."""
    outcome.lost += _missing(url, acknowledged)
    store = _opened(url)
    entries = store.history()
    outcome.torn += sum(entry.edits != ("edit",) or entry.events != ("event",) * EVENTS for entry in entries)
    outcome.torn += sum(len(store.load_plan(entry.id).day.orders) != entry.orders for entry in entries[::20])
    outcome.unacknowledged = len({entry.id for entry in entries} - set(acknowledged))
    outcome.problems += len(store.check().problems)


def _remove(url: str) -> None:
    path = find_place(url).path
    if path is not None:
        for file in path.parent.glob("*"):
            file.unlink()


def race(url: str, saves: int) -> Outcome:
    """Let two writers add to one plan's number, each on the newest revision that it sees, and count what is there."""
    first = open_store(url).save_plan(plan_of(0))
    writers = [_fork(partial(_add, url, name, saves, first.id)) for name in ("anna", "ben")]
    told = [_all_of(lines) for _, lines in writers]
    for child, _ in writers:
        os.waitpid(child, 0)
    outcome = Outcome(acknowledged=sum(line.startswith("saved") for lines in told for line in lines))
    outcome.errors = tuple(line for lines in told for line in lines if line.startswith("error"))
    outcome.conflicts = sum(line == "conflict" for lines in told for line in lines)
    store = _opened(url)
    chain = store.history()
    outcome.lost = 2 * saves - seed_of(store.load_plan(chain[-1].id))
    outcome.torn = sum(later.parent != entry.id for entry, later in pairwise(chain))
    edits = sorted(str(edit.detail) for entry in chain for edit in store.story(entry.id).edits)
    outcome.torn += edits != sorted(str({"by": by, "n": n}) for by in ("anna", "ben") for n in range(saves))
    outcome.problems = len(store.check().problems)
    return outcome


def _add(url: str, name: str, saves: int, newest: int, out: int) -> None:
    """Add one to the number in the newest plan, again and again; where another one was first, look and add anew."""
    store, done = open_store(url), 0
    while done < saves:
        try:
            plan = plan_of(seed_of(store.load_plan(newest)) + 1)
            newest = store.save_plan(plan, parent=newest, edit=Edit(kind="add", detail={"by": name, "n": done})).id
            done += 1
            os.write(out, b"saved\n")
        except Conflict as conflict:
            newest = conflict.newest
            os.write(out, b"conflict\n")
        except StoreError as error:
            os.write(out, f"error {error}\n".encode())
            return


def fill(url: str, *, limit: int | None, ballast: Path | None, most: int) -> Outcome:
    """Save until there is no room, then make some and tell what is there.

    With `limit` no file may grow beyond it; `ballast` is a file whose removal makes room on a small disk.
    """
    outcome, acknowledged = Outcome(), {}
    if limit is not None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # a file that would grow further is an error, not the end
        usual = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, usual[1]))
    try:
        store = open_store(url)
        for seed in range(most):
            plan = large_plan(seed)
            saved = store.save_plan(
                plan, edit=Edit(kind="edit"), events=[Event(kind="event", detail={"seed": seed})] * EVENTS
            )
            acknowledged[saved.id] = hashlib.sha256(plan_to_json(plan)).hexdigest()
    except StoreError as error:
        outcome.errors = (error.faults[0].code,)
    if limit is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)
    if ballast is not None:
        ballast.unlink()
    outcome.acknowledged = len(acknowledged)
    _inspect(url, acknowledged, outcome)
    return outcome


def main() -> None:
    """Do one kind of work and print its outcome as JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("kind", choices=("kills", "race", "fill"))
    parser.add_argument("url")
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--saves", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--server", type=Path)
    parser.add_argument("--fresh", action="store_true")
    parser.add_argument("--limit", type=int)
    parser.add_argument("--ballast", type=Path)
    parser.add_argument("--most", type=int, default=1_000)
    given = parser.parse_args()
    if given.kind == "kills":
        outcome = kills(given.url, given.rounds, seed=given.seed, server=given.server, fresh=given.fresh)
    elif given.kind == "race":
        outcome = race(given.url, given.saves)
    else:
        outcome = fill(given.url, limit=given.limit, ballast=given.ballast, most=given.most)
    json.dump(asdict(outcome), sys.stdout)


def work(*arguments: object) -> Outcome:
    """Do one kind of work in a process of its own, which forks safely, and return its outcome."""
    command = [sys.executable, "-m", "tests.store.work", *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stderr == "", done.stderr
    told = json.loads(done.stdout)
    return Outcome(**{**told, "errors": tuple(told["errors"])})


if __name__ == "__main__":
    main()
