"""A worker of this machine: a process of its own with one thread, which dies with its runner.

python -m planner.batch.worker tcp://127.0.0.1:PORT FOLDER
"""

from __future__ import annotations

import asyncio
import logging
import sys

from planner.batch.dask_settings import SETTINGS
from planner.solve.apart import die_with_parent


async def serve(scheduler: str, folder: str) -> None:
    """Run tasks until the scheduler is gone."""
    from distributed import Worker  # noqa: PLC0415  (takes a second, in which the runner may die)

    options = {"nthreads": 1, "memory_limit": 0, "host": "127.0.0.1", "dashboard": False, "local_directory": folder}
    async with Worker(scheduler, **options) as worker:
        await worker.finished()


def main(scheduler: str, folder: str) -> None:
    """Work for a scheduler; the entry point of the process."""
    die_with_parent()
    import dask  # noqa: PLC0415  (as above)

    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    with dask.config.set(SETTINGS):
        asyncio.run(serve(scheduler, folder))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
