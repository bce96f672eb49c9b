"""The stops of a VROOM problem in the order of our orders, and how VROOM reckons."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from planner.exchange.vroom_schema import ProblemDocument, StopPart

HUNDREDTHS = 100  # of a second: how finely VROOM reckons with a speed factor
PER_HOUR, PER_KM = 3_600, 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One stop in the order of `Problem`: jobs, then pickup and delivery of each shipment."""

    type: Literal["job", "pickup", "delivery"]
    stop: StopPart
    delivery: Sequence[int]
    pickup: Sequence[int]
    skills: frozenset[int]
    priority: int

    @property
    def place(self) -> int:
        return self.stop.location_index or 0

    def setup_s(self, kind: str) -> int:
        return self.stop.setup_per_type.get(kind, self.stop.setup)

    def service_s(self, kind: str) -> int:
        return self.stop.service_per_type.get(kind, self.stop.service)


def hundredths(speed_factor: float) -> int:
    """Return what a second of a table lasts for a vehicle, in hundredths, as VROOM rounds it."""
    return round(HUNDREDTHS / speed_factor)


def tasks_of(document: ProblemDocument) -> tuple[Task, ...]:
    """Return all stops, in the order of our orders."""
    found = [
        Task(
            type="job",
            stop=job,
            delivery=job.delivery or job.amount,
            pickup=job.pickup,
            skills=frozenset(job.skills),
            priority=job.priority,
        )
        for job in document.jobs
    ]
    for s in document.shipments:
        both: dict[str, Any] = {"skills": frozenset(s.skills), "priority": s.priority}
        found.append(Task(type="pickup", stop=s.pickup, delivery=(), pickup=s.amount, **both))
        found.append(Task(type="delivery", stop=s.delivery, delivery=s.amount, pickup=(), **both))
    return tuple(found)


def merged(windows: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return windows in order of time, those that touch as one."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(windows):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found
