"""What a VROOM problem asks for that our rules have no word for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from planner.errors import Fault
from planner.exchange.vroom_schema import ProblemDocument, VehiclePart
from planner.exchange.vroom_tasks import Task, merged
from planner.solve.problem import MOST_WINDOWS

UNSAID = "E-V09"
MOST_AMOUNTS = 2


def unsaid(document: ProblemDocument, tasks: Sequence[Task]) -> Iterable[Fault]:
    """Yield what the file asks for that our rules have no word for."""
    for i, job in enumerate(document.jobs):
        if any(job.delivery or job.amount) and any(job.pickup):
            yield unsaid_fault(f"jobs[{i}]", "delivers and picks up at one stop", "make it a job for each")
    stops = [(f"jobs[{i}]", job) for i, job in enumerate(document.jobs)] + [
        (f"shipments[{i}].{name}", getattr(s, name))
        for i, s in enumerate(document.shipments)
        for name in ("pickup", "delivery")
    ]
    for place, stop in stops:
        if len(merged(stop.time_windows)) > MOST_WINDOWS:
            yield unsaid_fault(f"{place}.time_windows", f"are more than {MOST_WINDOWS}", "leave some out")
    for i, vehicle in enumerate(document.vehicles):
        yield from _unsaid_of(f"vehicles[{i}]", vehicle)
    amounts = binding_amounts(document, tasks)
    if len(amounts) > MOST_AMOUNTS:
        told = ", ".join(str(a + 1) for a in amounts)
        message = f"has more than {MOST_AMOUNTS} numbers that may bind ({told})"
        yield unsaid_fault("vehicles[0].capacity", message, "leave out what is never full")


def _unsaid_of(place: str, vehicle: VehiclePart) -> Iterable[Fault]:
    if vehicle.max_travel_time is not None and vehicle.max_distance is not None:
        yield unsaid_fault(f"{place}.max_distance", "stands beside max_travel_time", "keep one of the two")
    if len(vehicle.breaks) > 1:
        yield unsaid_fault(f"{place}.breaks", "are more than one", "keep one")
    for i, pause in enumerate(vehicle.breaks):
        at = f"{place}.breaks[{i}]"
        if len(merged(pause.time_windows)) > 1:
            yield unsaid_fault(f"{at}.time_windows", "are more than one", "keep one")
        if pause.max_load is not None and any(m < c for m, c in zip(pause.max_load, vehicle.capacity, strict=True)):
            yield unsaid_fault(f"{at}.max_load", "is a limit that a break has not here", "leave it out")
        window = vehicle.time_window
        if window and any(max(a, window[0]) + pause.service > window[1] for a, _ in pause.time_windows):
            yield unsaid_fault(at, "does not fit into the hours of its vehicle", "correct its windows")


def binding_amounts(document: ProblemDocument, tasks: Sequence[Task]) -> list[int]:
    """Return the numbers of an amount that could fill a vehicle if it served everything."""
    size = max(len(vehicle.capacity) for vehicle in document.vehicles)
    total = np.zeros(size, dtype=np.int64)
    for task in tasks:
        for amount in (task.delivery, task.pickup):
            total += np.array(amount or [0] * size, dtype=np.int64)
    least = np.array([vehicle.capacity or [0] * size for vehicle in document.vehicles], dtype=np.int64).min(axis=0)
    return [int(a) for a in np.flatnonzero(total > least)]


def unsaid_fault(column: str, message: str, remedy: str) -> Fault:
    """Return a fault whose file is told by who knows it."""
    return Fault(code=UNSAID, file="", column=column, message=message, remedy=remedy)
