"""A process that routes days for a sizing, and dies with its parent.

python -m planner.sizing.worker FILE_DESCRIPTOR
"""

from __future__ import annotations

import sys
from multiprocessing.connection import Connection
from typing import Any

from planner.errors import PlannerError
from planner.sizing.bench import Bench, Job
from planner.solve.apart import cap
from planner.solve.options import SolveOptions


def serve(pipe: Connection) -> None:
    """Do what comes through a pipe until it is closed: streets first, then fields and jobs."""
    bench = Bench(streets=pipe.recv())
    while True:
        try:
            said: Any = pipe.recv()
        except EOFError:
            return
        if isinstance(said, Job):
            try:
                pipe.send(bench.do(said))
            except PlannerError as error:
                pipe.send((type(error).__name__, str(error)))
        else:
            number, of = said
            bench.fields[number] = of


def main(descriptor: int) -> None:
    """Work for the parent at the other end of a pipe; the entry point of the process."""
    cap(SolveOptions().memory_mb)
    serve(Connection(descriptor))


if __name__ == "__main__":
    main(int(sys.argv[1]))
