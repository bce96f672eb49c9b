"""PyVRP as a peer on a day without batteries: several trips, windows, and a fixed, a distance and a time cost.

``python -m tests.bench.peer_pyvrp_day PROBLEM.npz -l SECONDS --seed N -o FILE``, by a Python with PyVRP 0.14. The
problem is what `planner.solve.problem.save_problem` wrote. The answer is JSON: PyVRP's own cost in millionths (-1 where
its best is infeasible), the number of orders left out, and its iterations.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np


def problem_data(p: Any, *, reloads: bool = True) -> Any:
    """Return the day for PyVRP; vehicles that are alike become one of its vehicle types."""
    import pyvrp  # type: ignore[import-not-found]  # it lives in an environment of its own

    n, depots = int(p["orders"]), int(p["depots"])
    places = n + depots
    kinds = p["kind"]
    heavy = p["demand_g"][:, None] > p["payload_g"][kinds]
    large = p["volume_ml"][:, None] > p["bay_ml"][kinds]
    assert ((p["allowed"] == 1) | heavy | large).all(), "orders that a vehicle may not serve are beyond this comparison"
    assert (p["service_s"] == p["service_s"][0]).all(), "so are kinds that stand for longer at a stop"
    loading = p["loading_s"][:depots]
    types = []
    for (kind, depot, opens, closes), vehicles in like_of(p).items():
        types.append(
            pyvrp.VehicleType(
                vehicles,
                capacity=[int(p["payload_g"][kind]), int(p["bay_ml"][kind])],
                start_depot=depot - n,
                end_depot=depot - n,
                fixed_cost=int(p["per_day"][kind]),
                tw_early=opens,
                tw_late=closes,
                unit_distance_cost=int(p["per_km"][kind]) // 1000,
                unit_duration_cost=int(p["per_s"][kind]),
                profile=int(p["network"][kind]),
                reload_depots=[depot - n] if reloads else [],
            )
        )
    clients = [
        pyvrp.Client(
            order,
            delivery=[int(p["demand_g"][order]), int(p["volume_ml"][order])],
            service_duration=int(p["service_s"][0, order]),
            tw_early=int(p["windows"][order, 0, 0]),
            tw_late=int(p["windows"][order, 0, 1]),
            required=False,
            prize=int(p["penalty"][order]),
        )
        for order in range(n)
    ]
    return pyvrp.ProblemData(
        locations=[pyvrp.Location(0, 0) for _ in range(places)],
        clients=clients,
        depots=[pyvrp.Depot(n + d, service_duration=int(loading[d])) for d in range(depots)],
        vehicle_types=types,
        distance_matrices=list(p["distance_m"][:, :places, :places]),
        duration_matrices=list(p["travel_s"][:, :places, :places]),
    )


def like_of(p: Any) -> Counter[tuple[int, ...]]:
    """Count the vehicles that are alike: of one kind, depot and shift."""
    return Counter((int(kind), int(p["depot"][v]), *map(int, p["shift"][v])) for v, kind in enumerate(p["kind"]))


def routed(route: Any, p: Any) -> dict[str, Any]:
    """Return the kind of a route's vehicle, and its stops between start and end, reloads included."""
    kind, depot, *_ = list(like_of(p))[route.vehicle_type()]
    stops = [visit.idx if visit.is_client() else depot for visit in list(route)[1:-1]]
    return {"kind": kind, "stops": stops}


def main() -> int:
    begun = time.perf_counter()
    parser = argparse.ArgumentParser(prog="python -m tests.bench.peer_pyvrp_day", description=__doc__)
    parser.add_argument("problem", type=Path)
    parser.add_argument("-l", dest="seconds", type=float, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("-o", dest="output", type=Path, required=True)
    parser.add_argument("--no-reloads", action="store_true", help="Each vehicle drives one trip.")
    wanted = parser.parse_args()
    import pyvrp
    from pyvrp.stop import MaxRuntime  # type: ignore[import-not-found]

    with np.load(wanted.problem, allow_pickle=False) as stored:
        p = {name: stored[name] for name in stored.files}
    until = MaxRuntime(max(0.1, wanted.seconds - (time.perf_counter() - begun)))
    result = pyvrp.solve(problem_data(p, reloads=not wanted.no_reloads), until, seed=wanted.seed, collect_stats=False)
    facts = {
        "cost": result.cost() if result.is_feasible() else -1,
        "unserved": int(p["orders"]) - result.best.num_clients(),
        "iterations": result.num_iterations,
        "routes": [routed(route, p) for route in result.best.routes()],
    }
    wanted.output.write_text(json.dumps(facts), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
