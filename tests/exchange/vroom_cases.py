"""A small VROOM problem whose best solution is worked out by hand, and that solution as VROOM would write it.

Places 0 (depot), 1, 2, 3 on a line, 100 s and 1,000 m apart. Vehicle 7 (held: 4) delivers jobs 1 and 2 and carries the
shipment from place 2 to place 3; it rests 300 s between 1,000 and 2,000. Driving costs 1 a second, a route 50.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from planner.exchange.vroom_read import ProblemFile, parse_problem

PLACES = range(4)
SECONDS = [[100 * abs(a - b) for b in PLACES] for a in PLACES]
METRES = [[1_000 * abs(a - b) for b in PLACES] for a in PLACES]

PROBLEM: dict[str, Any] = {
    "vehicles": [
        {
            "id": 7,
            "start_index": 0,
            "end_index": 0,
            "capacity": [4],
            "skills": [1],
            "costs": {"fixed": 50},
            "time_window": [0, 3_000],
            "breaks": [{"id": 1, "service": 300, "time_windows": [[1_000, 2_000]]}],
            "max_tasks": 4,
            "max_distance": 6_000,
        },
        {"id": 8, "start_index": 0, "end_index": 0, "capacity": [4], "costs": {"fixed": 5_000}},
    ],
    "jobs": [
        {"id": 1, "location_index": 1, "setup": 20, "service": 60, "delivery": [1], "skills": [1]},
        {"id": 2, "location_index": 1, "setup": 20, "service": 60, "delivery": [2], "time_windows": [[200, 900]]},
    ],
    "shipments": [
        {
            "amount": [3],
            "priority": 5,
            "pickup": {"id": 1, "location_index": 2, "service": 30},
            "delivery": {"id": 1, "location_index": 3, "service": 30, "time_windows": [[600, 2_500]]},
        }
    ],
    "matrices": {"car": {"durations": SECONDS, "distances": METRES}},
}


def step(kind: str, number: int | None, place: int | None, clock: tuple[int, ...], load: int) -> dict[str, Any]:
    """`clock`: arrival, waiting, setup, service, seconds driven so far."""
    arrival, waiting, setup, service, driven = clock
    found = {"type": kind, "arrival": arrival, "waiting_time": waiting, "setup": setup, "service": service}
    found |= {"duration": driven, "distance": 10 * driven, "load": [load]}
    found |= {} if number is None else {"id": number}
    return found | ({} if place is None else {"location_index": place})


SOLUTION: dict[str, Any] = {
    "code": 0,
    "summary": {
        "cost": 650,
        "routes": 1,
        "unassigned": 0,
        "setup": 20,
        "service": 480,
        "duration": 600,
        "waiting_time": 0,
    }
    | {"waiting_time": 280},
    "unassigned": [],
    "routes": [
        {
            "vehicle": 7,
            "cost": 650,
            "setup": 20,
            "service": 480,
            "duration": 600,
            "waiting_time": 280,
            "distance": 6_000,
            "steps": [
                step("start", None, 0, (20, 0, 0, 0, 0), 3),
                step("job", 1, 1, (120, 0, 20, 60, 100), 2),
                step("job", 2, 1, (200, 0, 0, 60, 100), 0),
                step("pickup", 1, 2, (360, 0, 0, 30, 200), 3),
                step("delivery", 1, 3, (490, 110, 0, 30, 300), 0),
                step("break", 1, None, (830, 170, 0, 300, 500), 0),
                step("end", None, 0, (1_400, 0, 0, 0, 600), 0),
            ],
        }
    ],
}


def problem(**changes: Any) -> dict[str, Any]:
    return deepcopy(PROBLEM) | changes


def read(raw: dict[str, Any]) -> ProblemFile:
    return parse_problem(raw, "p.json")


def street(*, jobs: int, **vehicle: Any) -> dict[str, Any]:
    """Jobs at 1 km each along a street from the depot, at 100 s a km, one vehicle that is given."""
    places = range(jobs + 1)
    return {
        "vehicles": [{"id": 1, "start_index": 0, "end_index": 0} | vehicle],
        "jobs": [{"id": i, "location_index": i} for i in range(1, jobs + 1)],
        "matrices": {
            "car": {
                "durations": [[100 * abs(a - b) for b in places] for a in places],
                "distances": [[1_000 * abs(a - b) for b in places] for a in places],
            }
        },
    }
