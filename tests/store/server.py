"""A PostgreSQL server of one's own, in a folder that goes with it."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

OWNER = "postgres"  # the server refuses to run as root


def programs() -> Path | None:
    """Return the folder of the server's programs, the newest one."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    if found:
        return found[-1].parent
    initdb = shutil.which("initdb")
    return None if initdb is None else Path(initdb).resolve().parent


class Server:
    """A running server that listens on a socket in its folder, and on nothing else."""

    def __init__(self, folder: Path, bin: Path, *, fsync: bool) -> None:
        self.folder, self.bin = folder, bin
        self._user = OWNER if os.getuid() == 0 else None
        self._made = 0
        if self._user:
            shutil.chown(folder, self._user)
        self._run("initdb", "-D", str(self.data), "-A", "trust", "-U", "planner", "-E", "UTF8", "--no-sync")
        self._options = f"-k {folder} -c listen_addresses='' -c fsync={'on' if fsync else 'off'} -c max_connections=40"
        self.start()

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def start(self) -> None:
        self._run("pg_ctl", "-D", str(self.data), "-w", "-o", self._options, "-l", str(self.folder / "log"), "start")

    def stop(self) -> None:
        self._run("pg_ctl", "-D", str(self.data), "-m", "immediate", "-w", "stop")

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://planner@/{database}?host={self.folder}"

    def new_database(self) -> str:
        """Return the URL of an empty database."""
        self._made += 1
        name = f"test_{self._made}"
        self.say(f"CREATE DATABASE {name}")
        return self.url(name)

    def say(self, command: str, *, database: str = "postgres") -> list[tuple[object, ...]]:
        """Run a command, outside of a transaction, and return its rows."""
        where = {"host": str(self.folder), "user": "planner", "dbname": database}
        with psycopg.connect(autocommit=True, **where) as connection:  # type: ignore[arg-type]
            cursor = connection.execute(command.encode())
            return cursor.fetchall() if cursor.description else []

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [self.bin / program, *arguments],
            check=True,
            cwd=self.folder,
            user=self._user,
            group=self._user,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )


@contextmanager
def running_server(bin: Path, *, fsync: bool = False) -> Iterator[Server]:
    """Give a server; its folder has a short name, as the name of a socket has to be."""
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
    try:
        server = Server(folder, bin, fsync=fsync)
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
