"""What each browser session has in hand, kept on the server so that a reloaded page finds it again."""

from __future__ import annotations

import atexit
import hashlib
import re
import secrets
import shutil
import tempfile
import threading
import time
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path

import effort
import streamlit as st
from foreign import Foreign, Reading, is_own, read_foreign
from jobs import Job
from words import words

from planner.demo import DAY, demo_folder
from planner.io.area import Area
from planner.pipeline import Inputs, read_inputs
from planner.roads.read import read_streets
from planner.roads.streets import Streets

KEY = "workspace"
IDLE_S = 12 * 3_600.0
NOT_IN_A_NAME = re.compile(r"[^A-Za-z0-9._-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """The files that a plan is to be made from. Each lies in a folder of its own hash, so equal drafts are the same."""

    orders: Path | None
    fleet: Path
    streets: Path
    day: date


@dataclass(slots=True)
class Workspace:
    """The files and the job of one session. `fixes` are rows mended on the page but not yet read, by their line."""

    id: str
    folder: Path
    draft: Draft
    read: tuple[Draft, Inputs] | None = None
    foreign: Foreign | None = None
    understood: tuple[tuple[Foreign, Path, date], Reading, Path | None] | None = None
    fixes: dict[int, tuple[str, ...]] = field(default_factory=dict)
    job: Job | None = None
    used_s: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def keep(self, data: bytes, name: str) -> Path:
        """Save bytes that a user handed in, under a name that is safe in any file system."""
        folder = self.folder / hashlib.sha256(data).hexdigest()[:16]
        folder.mkdir(exist_ok=True)
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
            folder = Path(tempfile.mkdtemp(prefix="plan-", dir=self.folder))
            self.job = Job.start(
                folder,
                orders=draft.orders,
                fleet=draft.fleet,
                streets=draft.streets,
                day=draft.day,
                iterations=iterations,
                store=draft != demo_draft(),
            )
            return self.job


class Registry:
    """Every workspace of this server by its id, in one folder that goes when the server ends."""

    def __init__(self) -> None:
        self.root = Path(tempfile.mkdtemp(prefix="planner-ui-"))
        self.workspaces: dict[str, Workspace] = {}
        self.lock = threading.Lock()
        atexit.register(self.close)

    def find(self, id: str | None) -> Workspace:
        """Return the workspace with this id, or a new one under an id that cannot be guessed."""
        with self.lock:
            found = self.workspaces.get(id or "") or self._new()
            found.used_s = time.monotonic()
            return found

    def close(self) -> None:
        """Stop all jobs and remove all files."""
        for workspace in self.workspaces.values():
            if workspace.job is not None:
                workspace.job.kill()
        shutil.rmtree(self.root, ignore_errors=True)

    def _new(self) -> Workspace:
        self._forget_idle()
        id = secrets.token_hex(16)
        folder = self.root / id
        folder.mkdir()
        self.workspaces[id] = Workspace(id, folder, replace(demo_draft(), orders=None, day=_today()))
        return self.workspaces[id]

    def _forget_idle(self) -> None:
        longest_ago = time.monotonic() - IDLE_S
        for id, workspace in list(self.workspaces.items()):
            if workspace.used_s < longest_ago and not (workspace.job and workspace.job.running):
                shutil.rmtree(workspace.folder, ignore_errors=True)
                del self.workspaces[id]


@st.cache_resource
def registry() -> Registry:
    """Return the one registry of this server."""
    return Registry()


@st.cache_resource(max_entries=4, show_spinner=False)
def cached_streets(path: Path) -> Streets:
    """Read a streets file; the value is shared by all sessions and never changed."""
    return read_streets(path)


def workspace() -> Workspace:
    """Return the workspace of this session: the one it had, the one its address names, or a new one."""
    found = registry().find(st.session_state.get(KEY) or st.query_params.get(KEY))
    st.session_state[KEY] = found.id
    return found


def remember_in_address(found: Workspace) -> None:
    """Name the workspace in the page's address, which is all that a reload keeps."""
    if st.query_params.get(KEY) != found.id:
        st.query_params[KEY] = found.id


def demo_draft() -> Draft:
    """Return the files of the embedded day."""
    folder = demo_folder()
    return Draft(
        orders=folder / "orders.csv", fleet=folder / "fleet.toml", streets=folder / "coquimbo.streets.npz", day=DAY
    )


def _today() -> date:
    return datetime.now().astimezone().date()
