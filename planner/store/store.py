"""The store as other rooms use it: `open_store`, and what a `Store` can do.

    store = open_store()                                # PLANNER_STORE, or the platform's data folder
    first = store.save_plan(plan)                       # revision 1
    later = store.save_plan(changed, parent=first.id, edit=Edit(kind="move", detail={"order": "A-17"}))
    store.save_plan(other, parent=first.id)             # raises Conflict: `later` is newer
    store.save_plan(other, parent=first.id, branch=True)

A plan that `save_plan` has returned for is on the disk. Everything raises `StoreError` with a stable code.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from sqlalchemy import Engine, select

from planner.io.plan_file import plan_from_json, plan_to_json
from planner.plan import Plan
from planner.store import batches, copying, forgetting, saving, telling
from planner.store.batches import Ledger
from planner.store.engine import close_to_others, make_engine, make_file, reading, told, writing
from planner.store.faults import StoreError, refused
from planner.store.place import Place, find_place
from planner.store.schema import bring_up_to_date
from planner.store.tables import backups
from planner.store.values import Checked, Edit, Entry, Event, Forgotten, Found, Saved, Story, Written


class Store:
    """Plans and their history in one database. Cheap to make; safe to use from several threads and processes."""

    def __init__(self, place: Place, engine: Engine) -> None:
        self.place = place
        self._engine = engine

    def save_plan(
        self,
        plan: Plan | bytes,
        *,
        parent: int | None = None,
        branch: bool = False,
        edit: Edit | Sequence[Edit] | None = None,
        events: Sequence[Event] = (),
        kept_with_violations: bool = False,
        written: Written | None = None,
        author: str = "",
    ) -> Saved:
        """Save a plan, or the bytes of its plan.json, and return its number when it is safe.

        A plan with a `parent` is its next revision. Raises `Conflict` if somebody else has saved that already;
        with `branch` the plan stands beside it. A plan that breaks rules is refused unless that is on purpose.
        Where its files are `written` they are named, and not made again. The author is the user of this machine
        unless another is named.
        """
        found = plan if isinstance(plan, Plan) else plan_from_json(plan, file="plan.json")
        if found.violations and not kept_with_violations:
            message = f"does not take a plan that breaks rules ({len(found.violations)} violations)"
            raise refused("E-S39", self.place.name, message, "mend the plan, or keep it as it is on purpose")
        if branch and parent is None:
            raise ValueError("a branch needs the plan that it leaves")
        files = written or Written()
        draft = saving.Draft(
            plan=found,
            document=files.document or (plan_to_json(plan) if isinstance(plan, Plan) else plan),
            parent=parent,
            branch=branch,
            edits=(edit,) if isinstance(edit, Edit) else tuple(edit or ()),
            events=tuple(events),
            run=files.run,
            folder=files.folder,
            author=author or saving.author(),
        )
        with writing(self._engine, self.place) as connection:
            return saving.save(connection, draft, store=self.place.name)

    def load_document(self, plan_id: int) -> bytes:
        """Return the plan.json of a plan, byte for byte as it was saved."""
        with reading(self._engine, self.place) as connection:
            return telling.document(connection, plan_id, store=self.place.name)

    def load_plan(self, plan_id: int) -> Plan:
        """Return a plan."""
        return plan_from_json(self.load_document(plan_id), file=f"@{plan_id}")

    def find_plan(self, document: bytes) -> int | None:
        """Return the newest plan with these bytes in its plan.json, None where there is none."""
        with reading(self._engine, self.place) as connection:
            return telling.find(connection, document)

    def history(self, day: str | None = None) -> list[Entry]:
        """Return one entry for each plan and revision, of one date or of all."""
        with reading(self._engine, self.place) as connection:
            return telling.history(connection, day)

    def story(self, plan_id: int) -> Story:
        """Return the entry of a plan with its edits, events and provenance."""
        with reading(self._engine, self.place) as connection:
            return telling.story(connection, plan_id, store=self.place.name)

    def find_customer(self, who: str) -> tuple[Found, ...]:
        """Return the orders that `forget` would erase: those with this id, or these words in address or notes."""
        with reading(self._engine, self.place) as connection:
            return forgetting.found(connection, forgetting.matching(connection, who))

    def forget(self, who: str) -> Forgotten:
        """Erase a customer everywhere in the store, files included; what was measured stays."""
        if not who.strip():
            raise refused("E-S35", self.place.name, "names nobody", "give an order's id, or a part of an address")
        with writing(self._engine, self.place) as connection:
            erased = forgetting.erase(connection, who, store=self.place.name)
        forgetting.scrub(self._engine, self.place)
        return erased

    def prune(self, before: str) -> tuple[int, int]:
        """Remove the days before a date, files included; return how many days and plans that were."""
        with writing(self._engine, self.place) as connection:
            removed = copying.prune(connection, before)
        forgetting.scrub(self._engine, self.place)
        return removed

    def begin_batch(self, uid: str, *, folder: Path, versions: Mapping[str, str]) -> Ledger:
        """Take up a run over many days, whose results go to a folder."""
        return batches.begin(self.place, self._engine, uid=uid, folder=folder.absolute(), versions=versions)

    def find_batch(self, uid: str) -> Ledger | None:
        """Return what is known of a batch, None where it is another store's."""
        return batches.find(self.place, self._engine, uid)

    def backup(self, path: Path) -> Path:
        """Write a copy of a store in use to a file, and return its full name."""
        target = path.absolute()
        copying.back_up(self._engine, self.place, target)
        with writing(self._engine, self.place) as connection:
            copying.remember(connection, target)
        return target

    def restore(self, path: Path) -> Path:
        """Put a backup in the place of all that is there; return the backup that was made of that before."""
        before = copying.beside(self.place, "before-restore")
        copying.put_back(self._engine, self.place, path, before=before)
        return before

    def backups(self) -> tuple[Path, ...]:
        """Return the backups that were made of this store."""
        with reading(self._engine, self.place) as connection:
            return tuple(Path(path) for path in connection.scalars(select(backups.c.path).order_by(backups.c.id)))

    def check(self) -> Checked:
        """Look at every page, reference and plan file of the store."""
        return copying.inspected(self._engine, self.place)


def open_store(url: str | Path | None = None, *, create: bool = True) -> Store:
    """Open the store at a path or URL, at ``PLANNER_STORE``, or at the usual place.

    An older one is upgraded, after a backup; a newer one is refused. One that is not there is made with `create`.
    """
    place = find_place(url)
    if place.path is not None:
        if not create and not place.path.exists():
            remedy = "planner plan makes it with its first plan; PLANNER_STORE names another"
            raise refused("E-S35", place.name, "there is no store yet", remedy)
        with told(place):
            make_file(place.path)
    engine = make_engine(place)
    made: list[Path] = []

    def back_up(version: str) -> Path:
        made.append(copying.beside(place, f"before-upgrade-of-{version}"))
        copying.back_up(engine, place, made[-1])
        return made[-1]

    bring_up_to_date(engine, place, back_up=back_up)
    if place.path is not None:
        close_to_others(place.path)
    store = Store(place, engine)
    for path in made:
        with writing(engine, place) as connection:
            copying.remember(connection, path)
    return store


def restore_store(path: Path, url: str | Path | None = None) -> tuple[Store, Path]:
    """Restore a backup also where the store is damaged; return the store, and where what was there is kept."""
    place = find_place(url)
    try:
        store = open_store(url)
        return store, store.restore(path)
    except StoreError as error:
        if error.faults[0].code != "E-S32" or place.path is None:
            raise
    with copying.opened_backup(path):
        pass  # it can be used: otherwise the damaged store stays where it is
    aside = copying.set_aside(place.path)
    store = open_store(url)
    store.restore(path)
    return store, aside
