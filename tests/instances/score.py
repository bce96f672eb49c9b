"""The sets' independent scorer, and published answers, where the folder of benchmarks lies beside the project."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from planner.instances.read import read_instance
from planner.instances.schneider import Recharge
from planner.solve.instance import Instance, RouteSet

SETS: dict[str, tuple[str, Recharge]] = {
    "evrptw": ("evrptw", "full"),
    "evrptw_pr": ("evrptw", "partial"),
    "cevrp": ("cevrp", "full"),
    "solomon": ("solomon", "full"),
    "cvrp_x": ("cvrp_x", "full"),
}
WORDS = {"evrptw": "evrptw", "evrptw-pr": "evrptw-pr", "cevrp": "cevrp", "vrptw": "vrptw", "cvrp": "vrplib"}
"""What the scorer calls each kind."""


@dataclass(frozen=True, kw_only=True)
class Published:
    """An instance, its file, and the routes of a published answer."""

    file: Path
    instance: Instance
    routes: tuple[tuple[int, ...], ...]


def scorer(shared: Path) -> Any:
    """Load the scorer; it leaves files to the garbage collector, so ignore ResourceWarning where it is used."""
    spec = importlib.util.spec_from_file_location("score", shared / "bench" / "score.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def published(shared: Path, which: str) -> Iterator[Published]:
    """Yield the published answers of a set, read by the scorer's own reader."""
    score = scorer(shared)
    folder, recharge = SETS[which]
    instances = {
        path.stem: path for path in (shared / "bench" / folder / "instances").iterdir() if path.suffix != ".sol"
    }
    answers = [*(shared / "bench" / which).glob("solutions/*"), *(shared / "bench" / which).glob("instances/*.sol")]
    for answer in sorted(answers):
        file = instances[answer.stem]
        instance = read_instance(file, recharge=recharge)
        number = {name: place for place, name in enumerate(instance.names)}
        named = score.read_sol(answer)[0] if which == "cvrp_x" else score.read_routes(answer)[0]
        routes = tuple(
            tuple(number[str(name)] for name in route if number[str(name)] != instance.depot) for route in named
        )
        yield Published(file=file, instance=instance, routes=routes)


def scored(score: Any, case: Published, routes: Sequence[Sequence[int]]) -> Any:
    """Return the scorer's verdict: `feasible`, `vehicles`, `distance`."""
    named = [[case.instance.names[place] for place in route] for route in routes]
    if case.instance.kind in {"evrptw", "evrptw-pr"}:
        policy = "pr" if case.instance.partial else "full"
        return score.score_evrptw(score.read_evrptw(case.file), named, policy)
    numbered = [[int(name) for name in route] for route in named]
    if case.instance.kind == "cevrp":
        return score.score_cevrp(score.read_cevrp(case.file), numbered, eps=1e-9)  # the competition allows nothing
    if case.instance.kind == "vrptw":
        return score.score_vrptw(score.read_solomon(case.file), numbered)
    return score.score_vrplib(score.read_vrplib(case.file), numbered)


def answer_of(routes: Sequence[Sequence[int]], *, length: float, unserved: Sequence[int] = ()) -> RouteSet:
    return RouteSet(
        routes=tuple(tuple(route) for route in routes),
        length=length,
        iterations=0,
        stopped_by="iterations",
        unserved=tuple(unserved),
    )
