"""PyVRP as a peer, on one core: CVRP and several trips as they are, CEVRP without the battery.

In a CEVRP stations are put in exactly afterwards.

``python -m tests.bench.peer_pyvrp INSTANCE -l SECONDS --seed N --engine pyvrp|pyvrp+stations -o FILE --json``, by a
Python with PyVRP 0.14. The seconds hold for the whole process. Exit code 0 with an answer, 4 where a route of a CEVRP
could not be repaired: it is written without stations, and the scorer refuses it.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from tests.bench.stations import chargers_of, with_stations
from tests.bench.vrplib import VrpFile, read_vrplib

SCALE = 1_000  # PyVRP counts in whole numbers
START_UP_S = 0.1  # of the interpreter, before this file is read
INSERTION_S = 1.0  # of the budget, for stations and for writing
CANDIDATES = 30  # the last best solutions that PyVRP came by, each given stations

Routes = tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Routes from depot to depot; `unrepaired` of them want a station that helps and find none."""

    routes: Routes
    unrepaired: int
    length: float


class BestSolutions:
    """PyVRP's callbacks: remembers the solutions that were the best of their time."""

    def __init__(self) -> None:
        self.kept: deque[Any] = deque(maxlen=CANDIDATES)

    def on_best(self, best: Any) -> None:
        self.kept.append(best)

    def on_start(self, ils: Any) -> None: ...

    def on_end(self, result: Any) -> None: ...

    def on_iteration(self, current: Any, candidate: Any, best: Any, cost_evaluator: Any) -> None: ...

    def on_restart(self, best: Any) -> None: ...


def customer_routes(file: VrpFile, *, end: float, seed: int, scale: int) -> tuple[list[Routes], int]:
    """Search until `end` and return the best routes, then earlier ones, without the depot; and the iterations."""
    import pyvrp  # type: ignore[import-not-found]  # it lives in an environment of its own
    from pyvrp.stop import MaxRuntime  # type: ignore[import-not-found]

    best = BestSolutions()
    params = pyvrp.SolveParams(ils=pyvrp.IteratedLocalSearchParams(callbacks=best))
    data = problem_data(file, scale)
    stop = MaxRuntime(max(0.0, end - time.perf_counter()))
    result = pyvrp.solve(data, stop, seed=seed, collect_stats=False, params=params)
    customers = file.customers
    solutions = [
        tuple(
            tuple(customers[visit.idx] for visit in route if visit.is_client())
            for route in solution.routes()
            if route.num_clients()
        )
        for solution in (result.best, *reversed(best.kept))
    ]
    return list(dict.fromkeys(solutions)), result.num_iterations


def problem_data(file: VrpFile, scale: int) -> Any:
    """Return the CVRP for PyVRP: depot first, as many vehicles as customers."""
    import numpy as np
    import pyvrp

    places = (file.depot, *file.customers)
    xy = np.array([file.xy[place] for place in places])
    length = np.floor(scale * np.hypot(*(xy[:, None] - xy[None, :]).transpose(2, 0, 1)) + 0.5).astype(np.int64)
    return pyvrp.ProblemData(
        locations=[pyvrp.Location(x, y) for x, y in xy],
        clients=[pyvrp.Client(number, delivery=[file.demand[place]]) for number, place in enumerate(places) if number],
        depots=[pyvrp.Depot(0)],
        vehicle_types=[pyvrp.VehicleType(len(file.customers), capacity=[file.capacity])],
        distance_matrices=[length],
        duration_matrices=[np.zeros_like(length)],
    )


def repaired(candidates: Iterable[Routes], file: VrpFile, *, end: float) -> Answer:
    """Give stations to one candidate after the other until `end`, and return the best answer."""
    chargers = chargers_of(file)
    answers = []
    for routes in candidates:
        charged = [with_stations(route, file, chargers) for route in routes]
        whole = [way or (file.depot, *route, file.depot) for way, route in zip(charged, routes, strict=True)]
        length = math.fsum(file.length(*leg) for way in whole for leg in pairwise(way))
        answers.append(Answer(routes=_split(whole, file.depot), unrepaired=charged.count(None), length=length))
        if time.perf_counter() > end:
            break
    return min(answers, key=lambda answer: (answer.unrepaired, answer.length))


def _split(routes: Iterable[Sequence[int]], depot: int) -> Routes:
    """Cut each route where it passes the depot."""
    ways = []
    for route in routes:
        cuts = [at for at, place in enumerate(route) if place == depot]
        ways += [(depot, *route[a + 1 : b], depot) for a, b in pairwise(cuts) if b > a + 1]
    return tuple(ways)


def solve(path: Path, *, engine: str, seconds: float, seed: int, begun: float) -> tuple[Answer, str, int]:
    """Return the answer, its file's text and the iterations."""
    end = begun + seconds
    if "TYPE: MTVRPTWR" in path.read_text(encoding="latin-1"):
        return several_trips(path, end=end, seed=seed)
    file = read_vrplib(path)
    if engine == "pyvrp+stations":
        candidates, iterations = customer_routes(file, end=end - INSERTION_S, seed=seed, scale=SCALE)
        answer = repaired(candidates, file, end=end - INSERTION_S / 2)
        return answer, "".join(f"{' '.join(map(str, route))}\n" for route in answer.routes), iterations
    (best, *_), iterations = customer_routes(file, end=end, seed=seed, scale=1)
    length = sum(
        math.floor(file.length(*leg) + 0.5) for way in best for leg in pairwise((file.depot, *way, file.depot))
    )
    lines = [f"Route #{number}: {' '.join(str(place - 1) for place in way)}" for number, way in enumerate(best, 1)]
    return Answer(routes=best, unrepaired=0, length=length), "\n".join([*lines, f"Cost {length}", ""]), iterations


def several_trips(path: Path, *, end: float, seed: int) -> tuple[Answer, str, int]:
    """Return the answer to what PyVRP reads itself, its file's text and the iterations."""
    import pyvrp
    from pyvrp.stop import MaxRuntime

    data = pyvrp.read(str(path), round_func="dimacs")
    stop = MaxRuntime(max(0.0, end - time.perf_counter()))
    result = pyvrp.solve(data, stop, seed=seed, collect_stats=False, display=False)
    places = [client.location for client in data.clients()]
    routes = tuple(
        tuple(places[visit.idx] if visit.is_client() else 0 for visit in list(route)[1:-1])
        for route in result.best.routes()
    )
    length = result.best.distance()
    lines = [f"Route #{number}: {' '.join(map(str, route))}" for number, route in enumerate(routes, 1)]
    answer = Answer(routes=routes, unrepaired=result.best.num_missing_clients(), length=length)
    return answer, "\n".join([*lines, f"Cost: {length}", ""]), result.num_iterations


def main() -> int:
    begun = time.perf_counter() - START_UP_S
    parser = argparse.ArgumentParser(prog="python -m tests.bench.peer_pyvrp", description=__doc__)
    parser.add_argument("instance", type=Path)
    parser.add_argument("-l", dest="seconds", type=float, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--engine", choices=("pyvrp", "pyvrp+stations"), required=True)
    parser.add_argument("-o", dest="output", type=Path, required=True)
    parser.add_argument("--json", action="store_true")
    wanted = parser.parse_args()
    answer, text, iterations = solve(
        wanted.instance, engine=wanted.engine, seconds=wanted.seconds, seed=wanted.seed, begun=begun
    )
    wanted.output.write_text(text, encoding="utf-8")
    facts = {
        "kind": "cevrp" if wanted.engine == "pyvrp+stations" else "cvrp",
        "vehicles": len(answer.routes),
        "length": answer.length,
        "unserved": 0,
        "unrepaired": answer.unrepaired,
        "iterations": iterations,
        "stopped_by": "time",
        "seconds": round(time.perf_counter() - begun, 3),
        "seed": wanted.seed,
        "engine": wanted.engine,
    }
    print(json.dumps(facts) if wanted.json else f"{len(answer.routes)} routes, length {answer.length:.4f}")
    return 4 if answer.unrepaired else 0


if __name__ == "__main__":
    raise SystemExit(main())
