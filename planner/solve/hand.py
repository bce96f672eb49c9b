"""A process of ours that does what it is sent and answers, any number of times, and that may die over it."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import IO, Any, cast

from planner.solve.apart import child_environment


class HandDied(Exception):
    """The process has ended, or what it said cannot be read."""


class Hand:
    """The parent's side: begins ``python -m module arguments``, which uses `heard` and `answerer`."""

    def __init__(self, module: str, *arguments: str) -> None:
        self.process = subprocess.Popen(  # noqa: S603  (our own interpreter and module)
            [sys.executable, "-P", "-m", module, *arguments],  # -P: no module of the user's folder
            env=child_environment(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C is for who has begun it
        )
        self._to, self.answers = cast(IO[bytes], self.process.stdin), cast(IO[bytes], self.process.stdout)

    def send(self, thing: object) -> None:
        """Send anything that can be pickled. Raises `HandDied`."""
        try:
            pickle.dump(thing, self._to, protocol=pickle.HIGHEST_PROTOCOL)
            self._to.flush()
        except OSError as error:
            raise HandDied from error

    def receive(self) -> Any:
        """Return the next answer, once there is one. Raises `HandDied`."""
        try:
            return pickle.load(self.answers)  # noqa: S301  (from our own process)
        except (OSError, EOFError, pickle.UnpicklingError) as error:
            raise HandDied from error

    def close(self) -> None:
        """End the process at once."""
        self.process.kill()
        self.process.wait()
        for pipe in (self._to, self.answers):
            with suppress(OSError):
                pipe.close()


def heard() -> Iterator[Any]:
    """Yield, in the process, what the parent sends, until it sends nothing any more."""
    while True:
        try:
            yield pickle.load(sys.stdin.buffer)  # noqa: S301  (from our own parent)
        except EOFError:
            return


def answerer() -> Callable[[object], None]:
    """Return, in the process, what answers the parent; nothing that a library prints gets between the answers."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)

    def answer(thing: object) -> None:
        pickle.dump(thing, answers, protocol=pickle.HIGHEST_PROTOCOL)
        answers.flush()

    return answer
