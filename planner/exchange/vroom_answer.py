"""From the order of stops that our search found to a solution in VROOM's words: times, loads, costs.

A vehicle leaves as late as it may without coming home later. Its break is taken where it delays the least: before it
leaves, where it has arrived and before it drives on, never on the way. Time is kept in hundredths of a second, as
finely as VROOM reckons with a speed factor, and rounded up where it is told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

from planner.exchange.vroom_schema import BreakPart, Location, ProblemDocument, VehiclePart, Window
from planner.exchange.vroom_tasks import HUNDREDTHS, PER_HOUR, PER_KM, Task, hundredths, tasks_of

NEVER = 2**62
AT_STOP, AFTER_DRIVE = 0, 1


class Halt(NamedTuple):
    """A stop of a route: which task, or None for its break; times in hundredths of a second."""

    task: int | None
    arrival: int
    begin: int
    end: int
    drive: int  # that ended at the arrival
    setup_s: int
    service_s: int


@dataclass(frozen=True, kw_only=True)
class Timed:
    """A route with its times."""

    leaves: int
    halts: tuple[Halt, ...]
    home: int
    last_drive: int


class Clock:
    """Puts times to the stops of one vehicle."""

    def __init__(self, document: ProblemDocument, tasks: Sequence[Task], vehicle: VehiclePart) -> None:
        self.vehicle, self.tasks = vehicle, tasks
        self.table = document.matrices[vehicle.profile].durations or []
        self.factor = hundredths(vehicle.speed_factor)
        first, last = vehicle.time_window or (0, NEVER // HUNDREDTHS)
        self.first, self.last = first * HUNDREDTHS, last * HUNDREDTHS

    def drive(self, source: int | None, target: int | None) -> int:
        """Return how long a drive takes; none at all to or from where the vehicle has no start or end."""
        return 0 if source is None or target is None else self.table[source][target] * self.factor

    def timed(self, route: Sequence[int]) -> Timed | None:
        """Return a route with its times, home as early as possible and left as late as that allows; or None."""
        pauses = self.vehicle.breaks
        options: list[tuple[int, int] | None] = [None]
        if pauses:
            options = [(i, when) for i in range(len(route) + 1) for when in (AT_STOP, AFTER_DRIVE)]
        ways = [(timed.home, n) for n, rest in enumerate(options) if (timed := self.run(route, self.first, rest))]
        if not ways:
            return None
        home, n = min(ways)
        early, late = self.first, home
        while early < late:  # the last moment to leave that is still home by then
            middle = (early + late + 1) // 2
            later = self.run(route, middle, options[n])
            if later is not None and later.home == home:
                early = middle
            else:
                late = middle - 1
        return self.run(route, early - early % HUNDREDTHS, options[n])

    def run(self, route: Sequence[int], leaves: int, rest: tuple[int, int] | None) -> Timed | None:
        """Drive a route from a moment on, resting before or after one of its drives; None where that is too late."""
        now, at, halts = leaves, self.vehicle.start_index, []
        ends = [*((self.tasks[i].place, i) for i in route), (self.vehicle.end_index, None)]
        for n, (place, i) in enumerate(ends):
            drive = self.drive(at, place)
            told = drive
            if rest == (n, AT_STOP):
                if (halt := self._rest(now, 0)) is None:
                    return None
                halts.append(halt)
                now = halt.end
            now += drive
            if rest == (n, AFTER_DRIVE):
                if (halt := self._rest(now, drive)) is None:
                    return None
                halts.append(halt)
                now, told = halt.end, 0
            if i is None:
                return Timed(leaves=leaves, halts=tuple(halts), home=now, last_drive=told) if now <= self.last else None
            task = self.tasks[i]
            setup_s = 0 if place == at else task.setup_s(self.vehicle.type)
            service_s = task.service_s(self.vehicle.type)
            begin = _earliest(task.stop.time_windows, now)
            if begin is None:
                return None
            end = begin + (setup_s + service_s) * HUNDREDTHS
            halts.append(Halt(i, now, begin, end, told, setup_s, service_s))
            now, at = end, place
        return None

    def _rest(self, now: int, drive: int) -> Halt | None:
        pause: BreakPart = self.vehicle.breaks[0]
        begin = _earliest(pause.time_windows, now)
        if begin is None:
            return None
        return Halt(None, now, begin, begin + pause.service * HUNDREDTHS, drive, 0, pause.service)


def _earliest(windows: Sequence[Window], now: int) -> int | None:
    """Return the first moment from now on inside a window, None where all have passed."""
    if not windows:
        return now
    return min((max(now, a * HUNDREDTHS) for a, b in windows if now <= b * HUNDREDTHS), default=None)


def route_cost(document: ProblemDocument, tasks: Sequence[Task], vehicle: VehiclePart, route: Timed) -> int:
    """Return what a route costs in VROOM's unit, rounded to the nearest."""
    costs, tables = vehicle.costs, document.matrices[vehicle.profile]
    stops = [vehicle.start_index, *(tasks[h.task].place for h in route.halts if h.task is not None), vehicle.end_index]
    drives = sum(halt.drive for halt in route.halts) + route.last_drive
    stands_s = sum(halt.setup_s + halt.service_s for halt in route.halts)
    parts = costs.fixed * PER_HOUR * HUNDREDTHS + costs.per_task_hour * stands_s * HUNDREDTHS
    if tables.costs is not None:
        parts += _along(tables.costs, stops) * PER_HOUR * HUNDREDTHS
    else:
        metres = _along(tables.distances or [], stops) if costs.per_km else 0
        parts += costs.per_hour * drives + costs.per_km * metres * PER_HOUR * HUNDREDTHS // PER_KM
    return round(parts / (PER_HOUR * HUNDREDTHS))


def _along(table: Sequence[Sequence[int]], stops: Sequence[int | None]) -> int:
    return sum(table[a][b] for a, b in pairwise(stops) if a is not None and b is not None)


def solution_document(document: ProblemDocument, routes: Mapping[int, Sequence[int]]) -> dict[str, Any]:
    """Return VROOM's solution for the tasks of each vehicle (both by their numbers in the file) in order.

    Raises `ValueError` where a route cannot be driven in time.
    """
    tasks = tasks_of(document)
    told = []
    for v, route in sorted(routes.items()):
        vehicle = document.vehicles[v]
        timed = Clock(document, tasks, vehicle).timed(route)
        if timed is None:
            raise ValueError(f"vehicle {vehicle.id} cannot drive its route in time")
        told.append(_route(document, tasks, vehicle, timed))
    served = {i for route in routes.values() for i in route}
    missing = [task for i, task in enumerate(tasks) if i not in served]
    size = max(len(vehicle.capacity) for vehicle in document.vehicles)
    sums = {key: sum(route[key] for route in told) for key in ("setup", "service", "duration", "waiting_time")}
    goods = {key: [sum(route[key][a] for route in told) for a in range(size)] for key in ("delivery", "pickup")}
    summary = {
        "cost": sum(route["cost"] for route in told),
        "routes": len(told),
        "unassigned": len(missing),
        **goods,
        **sums,
        "priority": sum(route["priority"] for route in told),
        "violations": [],
    }
    if all("distance" in route for route in told):
        summary["distance"] = sum(route["distance"] for route in told)
    left_out = [{"id": task.stop.id, "type": task.type, **_whereabouts(task)} for task in missing]
    return {"code": 0, "summary": summary, "unassigned": left_out, "routes": told}


def _route(document: ProblemDocument, tasks: Sequence[Task], vehicle: VehiclePart, timed: Timed) -> dict[str, Any]:
    """Return one route with its steps."""
    table = document.matrices[vehicle.profile].distances
    size, served = len(vehicle.capacity), [tasks[h.task] for h in timed.halts if h.task is not None]
    load = [sum(task.delivery[a] for task in served if task.type == "job" and task.delivery) for a in range(size)]
    goods = {
        "delivery": [sum(task.delivery[a] for task in served if task.delivery) for a in range(size)],
        "pickup": [sum(task.pickup[a] for task in served if task.pickup) for a in range(size)],
    }
    driven, metres, before = 0, 0, vehicle.start_index
    stops = [task.place for task in served]
    steps: list[dict[str, Any]] = []

    def write(kind: str, halt: Halt, place: int | None, location: Location | None, **more: Any) -> None:
        nonlocal driven, metres, before
        driven += halt.drive
        if place is not None:
            metres += 0 if table is None or before is None else table[before][place]
            before = place
        elif kind != "break":
            place = stops[0] if kind == "start" else stops[-1]  # of a vehicle without a start or an end
        if place is not None:
            more["location_index"] = place
        step = {"type": kind, **more, "setup": halt.setup_s, "service": halt.service_s}
        if location is not None:
            step["location"] = list(location)
        step |= {"arrival": _up(halt.arrival), "waiting_time": _up(halt.begin) - _up(halt.arrival)}
        step |= {"duration": _up(driven), "load": list(load), "violations": []}
        steps.append(step if table is None else step | {"distance": metres})

    write("start", Halt(None, timed.leaves, timed.leaves, 0, 0, 0, 0), vehicle.start_index, vehicle.start)
    for halt in timed.halts:
        if halt.task is None:
            pause = vehicle.breaks[0]
            write("break", halt, None, None, id=pause.id, **_described(pause.description))
            continue
        task = tasks[halt.task]
        for a in range(size):
            load[a] += (task.pickup[a] if task.pickup else 0) - (task.delivery[a] if task.delivery else 0)
        more = {"id": task.stop.id, **_described(task.stop.description)}
        write(task.type, halt, task.place, task.stop.location, **more)
    end = Halt(None, timed.home, timed.home, 0, timed.last_drive, 0, 0)
    write("end", end, vehicle.end_index, vehicle.end)
    told: dict[str, Any] = {
        "vehicle": vehicle.id,
        **_described(vehicle.description),
        "cost": route_cost(document, tasks, vehicle, timed),
        **goods,
        "setup": sum(step["setup"] for step in steps),
        "service": sum(step["service"] for step in steps),
        "duration": _up(driven),
        "waiting_time": sum(step["waiting_time"] for step in steps),
        "priority": sum(task.priority for task in served),
        "violations": [],
        "steps": steps,
    }
    return told if table is None else told | {"distance": metres}


def _up(moment: int) -> int:
    return -(-moment // HUNDREDTHS)


def _described(text: str) -> dict[str, str]:
    return {"description": text} if text else {}


def _whereabouts(task: Task) -> dict[str, Any]:
    found: dict[str, Any] = {"location_index": task.place, **_described(task.stop.description)}
    return found if task.stop.location is None else found | {"location": list(task.stop.location)}
