"""A batch from its source to its tables: read, take up, run, export. `run_batch` is what a program calls."""

from __future__ import annotations

import secrets
from pathlib import Path

from planner import interrupt
from planner.batch.feed import Feed, Fixed, Lines
from planner.batch.folder import BatchFolder
from planner.batch.jobs import differing, versions
from planner.batch.manner import Again, Listener, Manner
from planner.batch.owner import is_gone
from planner.batch.table import export
from planner.batch.taking_up import TakingUp
from planner.errors import Fault, InputError
from planner.store.batches import JobEntry, Ledger
from planner.store.store import Store, open_store


def run_batch(
    feed: Fixed | Lines, output: Path, *, manner: Manner, again: Again, listener: Listener, store: Store | None = None
) -> list[JobEntry]:
    """Run all jobs of a feed that have not ended, and return how every one did.

    The batch is kept in `store`, or in the one that `open_store` finds.
    The tables are written also where the run is stopped. Raises `InputError`, or `ClusterGone`.
    """
    folder = BatchFolder(output)
    ledger = open_batch(folder, again, store or open_store())
    taking_up = TakingUp(ledger, listener, changed=again.changed)
    if isinstance(feed, Fixed) or (again.resume and ledger.entries()):
        folder.clear(taking_up.whole(feed.rest()))
    if again.failed:
        ledger.again(("failed", "quarantined"))
    listener.begun(ledger.entries())
    try:
        counts = ledger.counts()
        if counts.ended < counts.total or not feed.closed:
            _run(feed, folder, ledger, taking_up, manner, listener)
    finally:
        entries = ledger.entries()
        with folder.writing():
            # Now, since those who were killed may have held their leases when this run began.
            folder.sweep(lambda: [token for token, owner in ledger.held().items() if not is_gone(owner)])
            export(entries, folder)
    return entries


def _run(
    feed: Feed, folder: BatchFolder, ledger: Ledger, taking_up: TakingUp, manner: Manner, listener: Listener
) -> None:
    try:
        from planner.batch.cluster import open_crew  # noqa: PLC0415  (Dask comes with an extra, and takes a second)
        from planner.batch.runner import Runner  # noqa: PLC0415
    except ImportError as error:
        remedy = "pip install 'micro-ev-planner[batch]'"
        fault = Fault(code="E-B26", file="planner batch", message=f"needs Dask ({error})", remedy=remedy)
        raise InputError(fault) from error

    with open_crew(jobs=manner.jobs, scheduler=manner.scheduler) as crew, interrupt.put_off():
        runner = Runner(ledger=ledger, crew=crew, folder=folder, manner=manner, listener=listener, taking_up=taking_up)
        runner.run(feed)


def open_batch(folder: BatchFolder, again: Again, store: Store) -> Ledger:
    """Begin a batch in a folder, or find the one that is there. Raises `InputError`."""
    uid = folder.uid()
    if uid is None:
        uid = secrets.token_hex(8)
        fresh = store.begin_batch(uid, folder=folder.path, versions=versions())
        folder.begin(uid, store=store.place.name)
        return fresh
    if not again.resume:
        remedy = "go on with it: --resume; or choose another folder with -o"
        raise InputError(Fault(code="E-B07", file=str(folder.path), message="holds a batch", remedy=remedy))
    ledger = store.find_batch(uid)
    if ledger is None:
        message = f"belongs to a batch that is not in the store {store.place.name}"
        remedy = f"name the store that it was begun with ({folder.store()}) in PLANNER_STORE"
        raise InputError(Fault(code="E-B10", file=str(folder.path), message=message, remedy=remedy))
    if not again.mixed and (changed := differing(ledger.versions)):
        remedy = "use those, begin anew in another folder with -o, or mix them with --allow-mixed"
        fault = Fault(
            code="E-B12", file=str(folder.path), message=f"was begun by other versions: {changed}", remedy=remedy
        )
        raise InputError(fault)
    return ledger
