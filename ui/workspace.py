"""What one visitor has in hand: files, a plan or one in the making, and the edits on it."""

from __future__ import annotations

import hashlib
import re
import tempfile
import threading
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import drafts
import effort
import login
import streamlit as st
from foreign import Foreign, Reading, is_own, read_foreign
from hands import Hands
from jobs import Job
from remembered import Draft, Remembered, read, text_of, write
from sizing_run import Sizing, Wanted
from words import words

from planner.demo import DAY, demo_folder
from planner.io.area import Area
from planner.pipeline import Inputs, read_inputs
from planner.plan import Plan
from planner.roads.read import read_streets
from planner.roads.streets import Streets

NOT_IN_A_NAME = re.compile(r"[^A-Za-z0-9._-]+")


@dataclass(slots=True)
class Workspace:
    """The files and the job of one session. `fixes` are rows mended on the page but not yet read, by their line.

    `owner` is who has logged in, nobody where there is no login.
    """

    id: str
    folder: Path
    draft: Draft
    read: tuple[Draft, Inputs] | None = None
    foreign: Foreign | None = None
    understood: tuple[tuple[Foreign, Path, date], Reading, Path | None] | None = None
    fixes: dict[int, tuple[str, ...]] = field(default_factory=dict)
    job: Job | None = None
    owner: str = ""
    used_s: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)
    editing: tuple[Job, Hands] | None = None
    written: str = ""
    replanning: Job | None = None  # the rest of the day of `job`, in the making
    replanned: tuple[Job, dict[str, Any]] | None = None  # what the last one changed
    sizing: Sizing | None = None

    def remember(self) -> None:
        """Write down what is in hand, where there is anything, so that another server finds it."""
        job = self.job.folder if self.job is not None else None
        sizing = self.sizing.folder if self.sizing is not None else None
        what = Remembered(
            draft=self.draft, foreign=self.foreign, fixes=self.fixes, job=job, owner=self.owner, sizing=sizing
        )
        text = text_of(what)
        if self.folder.exists() and text != self.written:
            write(self.folder, text)
            self.written = text

    def take_up(self) -> bool:
        """Take up what another server had in hand; say whether there was anything."""
        found = read(self.folder)
        if found is None:
            return False
        self.draft, self.foreign, self.fixes, self.owner = found.draft, found.foreign, dict(found.fixes), found.owner
        self.job = Job.find(found.job) if found.job is not None else None
        self.sizing = Sizing.find(found.sizing) if found.sizing is not None else None
        return True

    def keep(self, data: bytes, name: str) -> Path:
        """Save bytes that a user handed in, under a name that is safe in any file system."""
        folder = self.folder / hashlib.sha256(data).hexdigest()[:16]
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = folder / (NOT_IN_A_NAME.sub("_", name)[-60:].lstrip(".") or "file")
        path.write_bytes(data)
        return path

    def inputs(self, draft: Draft) -> Inputs:
        """Read the draft, once. Raises `InputError` or `RoadsError`."""
        if draft.orders is None:
            raise ValueError("there are no orders to read")
        if self.read is None or self.read[0] != draft:
            with st.spinner(words().gettext("Reading streets")):
                streets = cached_streets(draft.streets)
            self.read = (draft, read_inputs(draft.orders, draft.fleet, day=draft.day, place_streets=streets))
        return self.read[1]

    def take_orders(self, data: bytes, name: str) -> None:
        """Take an orders file: of our own form as it is, of any other form for what `read_foreign` makes of it."""
        path = self.keep(data, name)
        self.foreign = None if is_own(path) else Foreign(path=path)
        self.change(replace(self.draft, orders=path if self.foreign is None else None))

    def read_foreign(self) -> Reading:
        """Read the foreign file, once for each set of answers, and take its orders. Raises `InputError`."""
        if self.foreign is None:
            raise ValueError("there is no such file")
        streets, day = self.draft.streets, self.draft.day
        asked = (self.foreign, streets, day)
        if self.understood is None or self.understood[0] != asked:
            west, south, east, north = cached_streets(streets).bbox
            area = Area(west=west, south=south, east=east, north=north)
            reading = read_foreign(self.foreign, day=day, area=area, streets=streets)
            judged = reading.imported.judged if reading.imported is not None else None
            name = f"{self.foreign.path.stem}.orders.csv"
            kept = self.keep(judged.orders_csv.encode(), name) if judged is not None and judged.orders else None
            self.understood = (asked, reading, kept)
        _, reading, orders = self.understood
        if self.draft.orders != orders:
            self.change(replace(self.draft, orders=orders))
        return reading

    @property
    def rejected(self) -> int:
        """Return how many rows of a foreign file are in no order."""
        reading = self.understood[1] if self.foreign is not None and self.understood is not None else None
        return reading.imported.judged.rejected if reading is not None and reading.imported is not None else 0

    def change(self, draft: Draft) -> None:
        """Take other files; mended rows of the old orders are forgotten."""
        if self.draft.orders != draft.orders:
            self.fixes.clear()
        self.draft = draft

    def plan_demo(self) -> Job:
        """Take the embedded day and plan it."""
        self.foreign = None
        self.change(demo_draft())
        return self.plan(effort.usual(demo=True))

    def plan(self, iterations: int) -> Job:
        """Start a plan of the draft, unless one is being made: a double click is one job."""
        draft = self.draft
        if draft.orders is None:
            raise ValueError("there are no orders to plan")
        with self.lock:
            if self.job is not None and self.job.running:
                return self.job
            if self.job is not None:
                self.job.discard()
            folder = self.new_folder()
            self.job = Job.start(
                folder,
                orders=draft.orders,
                fleet=draft.fleet,
                streets=draft.streets,
                day=draft.day,
                iterations=iterations,
                store=draft != demo_draft(),
                by=login.name(),
            )
            self.remember()
            return self.job

    def show(self, job: Job) -> None:
        """Show another plan from now on."""
        with self.lock:
            if self.job is not None and self.job.running:
                raise ValueError("a plan is being made")
            self.job = job
        self.remember()

    def size(self, wanted: Wanted) -> None:
        """Begin to size a fleet, unless one is being sized: a double click is one run."""
        with self.lock:
            if self.sizing is None or not self.sizing.running:
                self.sizing = Sizing.start(self.new_folder("size-"), wanted)
        self.remember()

    def new_folder(self, prefix: str = "plan-") -> Path:
        """Return a new folder for a plan, or for something else."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return Path(tempfile.mkdtemp(prefix=prefix, dir=self.folder))

    def hands(self, job: Job, plan: Plan) -> Hands:
        """Return the edits on a plan that is shown; each plan has its own."""
        with self.lock:
            if self.editing is None or self.editing[0] is not job:
                hands = Hands(plan, partial(cached_streets, job.streets), streets_file=job.streets)
                drafts.make_again(job.folder, hands)
                hands.changed = partial(drafts.write, job.folder, hands)
                self.editing = (job, hands)
            return self.editing[1]


@st.cache_resource(max_entries=4, show_spinner=False)
def cached_streets(path: Path) -> Streets:
    """Read a streets file; the value is shared by all sessions and never changed."""
    return read_streets(path)


def demo_draft() -> Draft:
    """Return the files of the embedded day."""
    folder = demo_folder()
    return Draft(
        orders=folder / "orders.csv", fleet=folder / "fleet.toml", streets=folder / "coquimbo.streets.npz", day=DAY
    )
