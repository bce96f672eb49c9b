"""VROOM as a peer on a day without batteries in which nobody loads twice: windows, several types, a fixed cost.

``python -m tests.bench.peer_vroom_day PROBLEM.npz -l SECONDS -o FILE``. The problem is what
`planner.solve.problem.save_problem` wrote; the answer is JSON: the orders of each vehicle, in order. VROOM knows no
loading at the depot: its vehicles set out when that is done, and its cost is part of their fixed one.
"""

from __future__ import annotations

import argparse
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import vroom

LEVEL = 5  # the most thorough
HOUR_S = 3_600
MILLI = 1_000  # of VROOM's costs, which are whole numbers; the problem's are millionths


def input_of(p: Any) -> vroom.Input:
    """Return the day for VROOM, on the same matrices."""
    orders, depots = int(p["orders"]), int(p["depots"])
    places, asked = orders + depots, vroom.Input()
    for network in range(len(p["travel_s"])):
        asked.set_durations_matrix(profile=str(network), matrix_input=p["travel_s"][network, :places, :places])
        asked.set_distances_matrix(profile=str(network), matrix_input=p["distance_m"][network, :places, :places])
    for v, kind in enumerate(p["kind"]):
        depot, loading_s = int(p["depot"][v]), int(p["loading_s"][int(p["depot"][v]) - orders])
        opens, closes = map(int, p["shift"][v])
        costs = vroom.VehicleCosts(
            fixed=(int(p["per_day"][kind]) + int(p["per_s"][kind]) * loading_s) // MILLI,
            per_hour=int(p["per_s"][kind]) * HOUR_S // MILLI,
            per_km=int(p["per_km"][kind]) // MILLI,
        )
        asked.add_vehicle(
            vroom.Vehicle(
                v,
                start=depot,
                end=depot,
                profile=str(int(p["network"][kind])),
                capacity=[int(p["payload_g"][kind]), int(p["bay_ml"][kind])],
                time_window=vroom.TimeWindow(opens + loading_s, closes),
                costs=costs,
            )
        )
    for order in range(orders):
        opens, closes = map(int, p["windows"][order, 0])
        asked.add_job(
            vroom.Job(
                order,
                order,
                default_service=int(p["service_s"][0, order]),
                delivery=vroom.Amount([int(p["demand_g"][order]), int(p["volume_ml"][order])]),
                time_windows=[vroom.TimeWindow(opens, closes)],
            )
        )
    return asked


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.peer_vroom_day", description=__doc__)
    parser.add_argument("problem", type=Path)
    parser.add_argument("-l", dest="seconds", type=float, required=True)
    parser.add_argument("-o", dest="output", type=Path, required=True)
    wanted = parser.parse_args()
    with np.load(wanted.problem, allow_pickle=False) as stored:
        asked = input_of({name: stored[name] for name in stored.files})
    found = asked.solve(exploration_level=LEVEL, nb_threads=1, timeout=timedelta(seconds=wanted.seconds))
    steps = found.routes[found.routes["type"] == "job"]
    routes = {int(v): [int(order) for order in rows["id"]] for v, rows in steps.groupby("vehicle_id", sort=True)}
    wanted.output.write_text(json.dumps(routes), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
