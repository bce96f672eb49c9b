"""Solve an instance with OR-Tools in a process of its own: it holds Python's lock while it searches."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any

import numpy as np

from planner import interrupt
from planner.solve.apart import cap, keep, kept, run_apart
from planner.solve.instance import Instance, RouteSet
from planner.solve.options import SolveOptions

GRACE_S = 0.4  # past the time limit, then the child is killed
TABLES = ("length", "time", "energy", "demand", "service", "windows")


def ortools_apart(instance: Instance, options: SolveOptions, *, on_better: Callable[[RouteSet], None]) -> RouteSet:
    """Solve in a child process and return its answer, or its best so far where it was stopped or died.

    `on_better` hears of each better answer. Raises `NoPlanError` where the child leaves nothing, and
    `KeyboardInterrupt` where the user stopped it before it had anything.
    """
    with tempfile.TemporaryDirectory(prefix="planner-") as name:
        folder = Path(name)
        save_instance(instance, folder)
        (folder / "options.json").write_text(json.dumps(asdict(options)))
        try:
            ended = run_apart(
                __name__,
                folder,
                wait_s=options.time_limit_s + GRACE_S,
                tell=lambda text: on_better(route_set(text)),
            )
        except KeyboardInterrupt:
            if (text := kept(folder)) is None:
                raise
            interrupt.answered()
            return replace(route_set(text), stopped_by="interrupt")
        text = kept(folder)
    if text is None:
        raise ended.no_plan()
    found = route_set(text)
    return replace(found, stopped_by=ended.stopped_by(found.stopped_by))


def save_instance(instance: Instance, folder: Path) -> None:
    """Write an instance to a folder: its tables, and what is none."""
    np.savez(folder / "instance.npz", **{table: getattr(instance, table) for table in TABLES})
    rest = {field.name: getattr(instance, field.name) for field in fields(instance) if field.name not in TABLES}
    (folder / "instance.json").write_text(json.dumps(rest))


def load_instance(folder: Path) -> Instance:
    """Return the instance that `save_instance` wrote."""
    rest: dict[str, Any] = json.loads((folder / "instance.json").read_text())
    with np.load(folder / "instance.npz", allow_pickle=False) as tables:
        return Instance(**{**rest, "names": tuple(rest["names"]), **{table: tables[table] for table in TABLES}})


def route_set(text: str) -> RouteSet:
    """Return the answer of a text that the child wrote."""
    told: dict[str, Any] = json.loads(text)
    routes, charges = (tuple(map(tuple, told[name])) for name in ("routes", "charges"))
    return RouteSet(**{**told, "routes": routes, "charges": charges, "unserved": tuple(told["unserved"])})


def main(folder: Path) -> None:
    """Solve the instance in a folder; the entry point of the child."""
    options = SolveOptions(**json.loads((folder / "options.json").read_text()))
    cap(options.memory_mb)
    from planner.solve.instance_ortools import ortools_instance  # noqa: PLC0415  (OR-Tools is loaded here only)

    def tell(better: RouteSet) -> None:
        keep(folder, json.dumps(asdict(better)))

    tell(ortools_instance(load_instance(folder), options, on_better=tell))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
