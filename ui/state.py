"""Every visitor's workspace, kept on the server so that a reloaded page finds it again."""

from __future__ import annotations

import atexit
import gc
import os
import re
import secrets
import shutil
import threading
import time
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import streamlit as st
from child import Child
from hands import Hands
from login import owner
from remembered import Draft
from workspace import Workspace, cached_streets, demo_draft

from planner.store.place import data_folder

__all__ = ["Draft", "Workspace", "cached_streets", "demo_draft", "registry", "workspace"]

KEY = "workspace"
FOLDER = "PLANNER_UI_FOLDER"
ID = re.compile(r"[0-9a-f]{32}")
IDLE_S = 12 * 3_600.0
MOST_DESKS = 4  # open at once for hand edits; one of a city takes about 100 MB


class Registry:
    """Every workspace of this server by its id, in one folder, where another server takes them up."""

    def __init__(self) -> None:
        self.root = workspaces_folder()
        self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.workspaces: dict[str, Workspace] = {}
        self.desks: list[Hands] = []
        self.lock = threading.Lock()
        self._forget_files()
        atexit.register(self.close)

    def find(self, id: str | None, *, owner: str = "") -> Workspace:
        """Return the workspace with this id, or a new one under an id that cannot be guessed. Nobody gets another's."""
        with self.lock:
            found = self.workspaces.get(id or "") or self._known(id or "")
            if found is None or found.owner != owner:
                found = self._new(owner)
            found.used_s = time.monotonic()
            return found

    def use_desk(self, hands: Hands) -> None:
        """Note that some hands are at work; of those that were last at work long ago the desks are closed."""
        with self.lock:
            self.desks = [*(one for one in self.desks if one is not hands), hands]
            closing, self.desks = self.desks[:-MOST_DESKS], self.desks[-MOST_DESKS:]
        for one in closing:
            one.close()

    def close(self) -> None:
        """End what nobody asks for any more; plans that are being made go on, and are found again."""
        for workspace in self.workspaces.values():
            if workspace.job is not None:
                for one in workspace.job.explaining.values():
                    one.kill()

    def _new(self, owner: str) -> Workspace:
        self._forget_idle()
        id = secrets.token_hex(16)
        self.workspaces[id] = Workspace(
            id, self.root / id, replace(demo_draft(), orders=None, day=_today()), owner=owner
        )
        return self.workspaces[id]

    def _known(self, id: str) -> Workspace | None:
        """Return the workspace that another server has left."""
        found = Workspace(id, self.root / id, demo_draft())
        if not ID.fullmatch(id) or not found.take_up():
            return None
        self.workspaces[id] = found
        return found

    def _forget_idle(self) -> None:
        longest_ago = time.monotonic() - IDLE_S
        for id, workspace in list(self.workspaces.items()):
            working = any(one is not None and one.running for one in (workspace.job, workspace.sizing))
            if workspace.used_s < longest_ago and not working:
                shutil.rmtree(workspace.folder, ignore_errors=True)
                del self.workspaces[id]

    def _forget_files(self) -> None:
        """Remove what servers before this one have left and nobody came back for."""
        for folder in self.root.iterdir():
            if ID.fullmatch(folder.name) and time.time() - folder.stat().st_mtime > IDLE_S:
                children = (Child.find(path) for path in folder.glob("*-*") if path.is_dir())
                if not any(child is not None and child.running for child in children):
                    shutil.rmtree(folder, ignore_errors=True)


def workspaces_folder() -> Path:
    """Return the folder of all workspaces: ``PLANNER_UI_FOLDER``, or in the platform's folder for data."""
    named = os.environ.get(FOLDER)
    return Path(named).absolute() if named else data_folder() / "screen"


@st.cache_resource
def registry() -> Registry:
    """Return the one registry of this server."""
    # All that is imported by now stays; a collection of garbage that looks through it again stops all pages for 0.1 s.
    gc.collect()
    gc.freeze()
    return Registry()


def workspace() -> Workspace:
    """Return the workspace of this session: the one it had, the one its address names, or a new one."""
    found = registry().find(st.session_state.get(KEY) or st.query_params.get(KEY), owner=owner())
    st.session_state[KEY] = found.id
    return found


def remember_in_address(found: Workspace) -> None:
    """Name the workspace in the page's address, which is all that a reload keeps."""
    if st.query_params.get(KEY) != found.id:
        st.query_params[KEY] = found.id


def _today() -> date:
    return datetime.now().astimezone().date()
