"""Jobs of a source into the ledger: new ones are added, known ones must be what they were."""

from __future__ import annotations

from collections.abc import Sequence

from planner.batch.fate import ended
from planner.batch.jobs import Item, Job
from planner.batch.manner import Listener
from planner.errors import Fault, InputError
from planner.store.batches import JobEntry, Ledger, NewJob

REMEDY = "put it back as it was, plan what has changed anew with --new, or begin anew in another folder with -o"


class TakingUp:
    """Takes up jobs, and remembers those that can be run. `jobs` are by name."""

    def __init__(self, ledger: Ledger, listener: Listener, *, changed: bool) -> None:
        self.jobs: dict[str, Job] = {}
        self._ledger, self._listener, self._changed = ledger, listener, changed
        self._known = {entry.name: entry for entry in ledger.entries()}

    def whole(self, items: Sequence[Item]) -> tuple[str, ...]:
        """Take up all jobs of a source; return those that are none any more, or cannot be read any more.

        Raises `InputError` with all that have changed since the batch began, unless these are to be planned anew.
        """
        names = {item.name for item in items}
        missing = [entry for entry in self._known.values() if entry.name not in names and entry.content_sha256]
        faults = []
        if not self._changed:
            faults = [_fault(entry.name, "is not in the source any more") for entry in missing]
            faults += [_fault(item.name, _change(item, entry)) for item, entry in self._others(items)]
        if faults:
            raise InputError(faults)
        dropped = [name for name in self._known if name not in names]
        self._ledger.drop(dropped)
        here = {item.name: item.position for item in items}
        self._ledger.move(
            {n: here[n] for n, entry in self._known.items() if here.get(n, entry.position) != entry.position}
        )
        self.some(items)
        return (*dropped, *(item.name for item in items if not isinstance(item, Job)))

    def some(self, items: Sequence[Item]) -> None:
        """Take up jobs as they come."""
        others = [item for item, _ in self._others(items)]
        mended = [item for item in items if self._is_mended(item)]
        fresh = [item for item in items if item.name not in self._known]
        if fresh:
            self._ledger.add(_new(item) for item in fresh)
        if others or mended:
            self._ledger.renew(_new(item) for item in (*others, *mended))
        self.jobs |= {item.name: item for item in items if isinstance(item, Job)}
        self._listener.more(len(fresh))
        for item in (*fresh, *others, *mended):
            if not isinstance(item, Job):
                self._listener.ended(item.name, ended("failed", item.code, item.message))

    def _others(self, items: Sequence[Item]) -> list[tuple[Item, JobEntry]]:
        """Return the jobs that could be run when they were taken up, and are others now."""
        known = [(item, self._known[item.name]) for item in items if item.name in self._known]
        return [(item, entry) for item, entry in known if entry.content_sha256 and _hash(item) != entry.content_sha256]

    def _is_mended(self, item: Item) -> bool:
        """Tell whether a row that gave no job gives one now, or fails in another way: nothing of it was planned."""
        entry = self._known.get(item.name)
        if entry is None or entry.content_sha256:
            return False
        return isinstance(item, Job) or ended("failed", item.code, item.message).message != entry.message


def _hash(item: Item) -> str:
    return item.content_sha256 if isinstance(item, Job) else ""


def _new(item: Item) -> NewJob:
    if isinstance(item, Job):
        return NewJob(position=item.position, name=item.name, content_sha256=item.content_sha256, parts=item.parts)
    end = ended("failed", item.code, item.message)
    return NewJob(
        position=item.position, name=item.name, content_sha256="", parts={}, code=end.code, message=end.message
    )


def _change(item: Item, entry: JobEntry) -> str:
    if not isinstance(item, Job):
        return f"cannot be read any more: {item.message}"
    names = [name for name, value in item.parts.items() if entry.parts.get(name) != value]
    return f"has other {', '.join(names)} than when the batch began"


def _fault(name: str, message: str) -> Fault:
    return Fault(code="E-B11", file=name, message=message, remedy=REMEDY)
