"""A process that routes days for a sizing, and dies with its parent: ``python -m planner.sizing.worker``."""

from __future__ import annotations

import traceback

from planner.errors import PlannerError
from planner.sizing.bench import Bench, Job, WorkerFault
from planner.solve.apart import cap
from planner.solve.hand import answerer, heard
from planner.solve.options import SolveOptions


def main() -> None:
    """Do what the parent sends: streets first, then fields and jobs; the entry point of the process."""
    cap(SolveOptions().memory_mb)
    answer, said = answerer(), heard()
    bench = Bench(streets=next(said))
    for thing in said:
        if isinstance(thing, Job):
            try:
                answer(bench.do(thing))
            except PlannerError as error:
                answer((type(error).__name__, str(error)))
            except MemoryError:
                raise  # a fresh process may have enough
            except Exception:  # noqa: BLE001  (a fault of ours is told where the run is, not taken for a death)
                answer((WorkerFault.__name__, traceback.format_exc()))
        else:
            number, of = thing
            bench.fields[number] = of


if __name__ == "__main__":
    main()
