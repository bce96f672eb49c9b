"""Where the store is: the platform's data folder, a path, or the URL of a database."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_data_path

from planner.store.faults import refused

VARIABLE = "PLANNER_STORE"
FILE_NAME = "plans.db"
SERVERS = ("postgresql+psycopg", "postgresql", "postgres")
# Shared memory, which a write-ahead log needs, does not reach across machines.
REMOTE = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "fuse.sshfs", "fuse.glusterfs", "ceph"})
MOUNTS = Path("/proc/self/mounts")
PASSWORD = re.compile(r"((?:^|&)\w*password=)[^&]*", re.IGNORECASE)
HIDDEN = r"\1***"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A store's address: a file of SQLite, or a database of PostgreSQL."""

    path: Path | None = None
    url: str | None = None

    @property
    def name(self) -> str:
        """Return how the store is called in messages, without a password."""
        if self.url is None:
            return str(self.path)
        address, mark, query = self.url.partition("?")
        scheme, separator, rest = address.partition("://")
        user, at, host = rest.rpartition("@")
        name, colon, _ = user.partition(":")
        return f"{scheme}{separator}{name}{':***' if colon else ''}{at}{host}{mark}{PASSWORD.sub(HIDDEN, query)}"


def data_folder() -> Path:
    """Return the platform's folder for what a program keeps."""
    return user_data_path("micro-ev-planner", appauthor=False)


def find_place(given: str | Path | None = None) -> Place:
    """Return the place that is given, or named by ``PLANNER_STORE``, or the usual one. Raises `StoreError`."""
    said = str(given) if given is not None else os.environ.get(VARIABLE, "")
    if not said:
        return Place(path=data_folder() / FILE_NAME)
    scheme, separator, rest = said.partition("://")
    if not separator:
        return _file(Path(said).expanduser())
    if scheme == "sqlite" and rest.startswith("/"):
        return _file(Path(rest[1:]))
    if scheme in SERVERS:
        return Place(url=f"{SERVERS[0]}://{rest}")
    remedy = "give the path of a file, or postgresql+psycopg://user@host/database"
    raise refused("E-S36", VARIABLE, "is a database that the store does not speak to", remedy, value=scheme)


def _file(path: Path) -> Place:
    return Place(path=path.absolute())


def refuse_remote(path: Path) -> None:
    """Raise `StoreError` E-S40 for a file on another machine's disk, where SQLite would damage it in time."""
    try:
        mounts = MOUNTS.read_text(errors="replace")
    except OSError:  # not Linux
        return
    system = file_system(path, mounts)
    if system in REMOTE:
        remedy = "keep it on a disk of this machine, or use PostgreSQL (docs/store.md)"
        raise refused("E-S40", str(path), "is on a disk of another machine", remedy, value=system)


def file_system(path: Path, mounts: str) -> str:
    """Return the kind of the file system that holds a path, from the system's table of mounts."""
    found, longest = "", -1
    for line in mounts.splitlines():
        fields = line.split(" ")
        if len(fields) < 3:
            continue
        folder = fields[1].replace(r"\040", " ")
        if path.is_relative_to(folder) and len(folder) >= longest:
            found, longest = fields[2], len(folder)
    return found
