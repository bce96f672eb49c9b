"""A process of ours that works on when the server ends, and that another server finds again by its folder.

The process holds a lock on a file in its folder from its first to its last moment. So whoever finds the file locked
knows that it runs, whatever process has its number by now, and nobody has to clear up behind one that was killed.
"""

from __future__ import annotations

import fcntl
import json
import os
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

ALIVE, FACTS, ANSWER, LOG = "alive", "child.json", "answer", "log"
GRAIN_S = 0.02
NICE = 10


class Child:
    """A process with its standard output and error in files of its folder."""

    def __init__(self, folder: Path, *, pid: int, begun: float, process: subprocess.Popen[bytes] | None = None) -> None:
        self.folder = folder
        self.pid = pid
        self.begun = begun  # seconds since 1970, as they outlive a server
        self._process = process

    @classmethod
    def start(cls, folder: Path, command: list[str], *, user: str = "") -> Child:
        """Start a command, as a user of another name where one is given."""
        environment = {**os.environ, "LOGNAME": user} if user else None  # as `getpass.getuser` looks it up
        with (folder / ANSWER).open("wb") as answer, (folder / LOG).open("wb") as log, _locked(folder) as alive:
            process = subprocess.Popen(  # noqa: S603  (our own interpreter and module)
                command,
                stdin=subprocess.DEVNULL,
                stdout=answer,
                stderr=log,
                env=environment,
                pass_fds=(alive.fileno(),),
                start_new_session=True,  # Ctrl-C on the terminal ends the server, not what it has begun
            )
        with suppress(OSError):  # the pages of all visitors go first; what it begins later inherits this
            os.setpriority(os.PRIO_PROCESS, process.pid, NICE)
        child = cls(folder, pid=process.pid, begun=time.time(), process=process)
        (folder / FACTS).write_text(json.dumps({"pid": child.pid, "begun": child.begun}))
        return child

    @classmethod
    def find(cls, folder: Path) -> Child | None:
        """Return the process that another server has begun in a folder, ended or not."""
        try:
            facts = json.loads((folder / FACTS).read_bytes())
            return cls(folder, pid=int(facts["pid"]), begun=float(facts["begun"]))
        except (OSError, ValueError, TypeError, KeyError):
            return None

    @property
    def running(self) -> bool:
        """Tell whether it is still at work."""
        if self._process is not None:
            return self._process.poll() is None
        with suppress(OSError), (self.folder / ALIVE).open("rb") as alive:
            try:
                fcntl.flock(alive, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
        return False

    @property
    def ended(self) -> str:
        """Return how it ended, as far as that is known."""
        code = self._process.poll() if self._process is not None else None
        return "it ended while the screen was away" if code is None else f"exit {code}"

    @property
    def succeeded(self) -> bool:
        """Tell whether it ended without an error; one that was found again is judged by what it wrote."""
        return not self.running and (self._process is None or self._process.returncode == 0)

    def ask_to_end(self) -> None:
        """Ask it to end in its own time."""
        self._send(signal.SIGTERM)

    def kill(self) -> None:
        """End it at once, with all that it has begun."""
        self._send(signal.SIGKILL)
        self.wait(5)

    def wait(self, timeout_s: float) -> None:
        """Return when it has ended. Raises `TimeoutError` if that takes longer."""
        until = time.monotonic() + timeout_s
        while self.running:
            if time.monotonic() > until:
                raise TimeoutError
            time.sleep(GRAIN_S)

    def _send(self, what: signal.Signals) -> None:
        # The number is ours only while the lock is held.
        if self.running:
            with suppress(ProcessLookupError):
                if what is signal.SIGKILL:
                    os.killpg(self.pid, what)
                else:
                    os.kill(self.pid, what)


def _locked(folder: Path) -> BinaryIO:
    """Return the open file of life, locked; the lock goes to the process that inherits it."""
    alive = (folder / ALIVE).open("wb")
    fcntl.flock(alive, fcntl.LOCK_EX)
    return alive
