"""A plan as a user names it: a file, the folder of a plan, or its number in the store (`@17` or `store:17`)."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from planner.io.files import PLAN_NAME, read_file
from planner.io.plan_file import MAX_BYTES, plan_from_json
from planner.plan import Plan
from planner.store.values import Story

REFERENCE = re.compile(r"(?:@|store:)([0-9]{1,9})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Referred:
    """A plan that was named; `story` is there where it is in the store."""

    plan: Plan
    document: bytes
    name: str  # for messages
    folder: Path  # from which its streets are named; one that the store remembers may be gone
    story: Story | None = None

    @property
    def streets(self) -> Path:
        """Return where its streets were when it was made."""
        return Path(os.path.normpath(self.folder / self.plan.provenance.streets_file))


def stored_id(reference: str | Path) -> int | None:
    """Return the number that a reference to the store gives, None for a path."""
    found = REFERENCE.fullmatch(str(reference))
    return None if found is None else int(found[1])


def resolve(reference: str | Path) -> Referred:
    """Return the plan that a user names. Raises `InputError` for a file that is none, or a number without a plan."""
    plan_id = stored_id(reference)
    if plan_id is None:
        given = Path(reference)
        path = given / PLAN_NAME if given.is_dir() else given
        data = read_file(path, max_bytes=MAX_BYTES)
        return Referred(plan=plan_from_json(data, file=path.name), document=data, name=path.name, folder=path.parent)
    from planner.store.store import open_store  # noqa: PLC0415  (a path needs no database)

    store = open_store(create=False)
    story, data, name = store.story(plan_id), store.load_document(plan_id), f"@{plan_id}"
    plan = plan_from_json(data, file=name)
    return Referred(plan=plan, document=data, name=name, folder=story.folder or Path(), story=story)
