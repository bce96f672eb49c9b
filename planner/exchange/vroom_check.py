"""Look at a solution in VROOM's words anew: every rule that VROOM has, from the problem file alone.

Nothing here is shared with what writes such solutions.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from fractions import Fraction

from planner.exchange.vroom_check_route import Known, Name, RouteJudge, said
from planner.exchange.vroom_schema import JobPart, ProblemDocument, ShipmentPart, SolutionDocument
from planner.plan import Violation


@dataclass(frozen=True, kw_only=True)
class Checked:
    """What was found, and what the solution costs by our own sum."""

    violations: tuple[Violation, ...]
    cost: Fraction
    unassigned: int
    priority: int


def check_solution(problem: ProblemDocument, solution: SolutionDocument) -> Checked:
    """Judge a solution by the problem it answers."""
    judge = _Solution(problem, solution)
    judge.look()
    return Checked(violations=tuple(judge.found), cost=judge.cost, unassigned=len(judge.left), priority=judge.priority)


def _tasks(problem: ProblemDocument) -> dict[Name, Known]:
    found: dict[Name, Known] = {}
    for job in problem.jobs:
        found["job", job.id] = _of_job(job)
    for shipment in problem.shipments:
        found |= _of_shipment(shipment)
    return found


def _of_job(job: JobPart) -> Known:
    return Known(stop=job, delivery=job.delivery or job.amount, pickup=job.pickup, skills=frozenset(job.skills))


def _of_shipment(shipment: ShipmentPart) -> dict[Name, Known]:
    pickup, delivery, skills = shipment.pickup, shipment.delivery, frozenset(shipment.skills)
    here, there = ("pickup", pickup.id), ("delivery", delivery.id)
    return {
        here: Known(stop=pickup, delivery=(), pickup=shipment.amount, skills=skills, partner=there),
        there: Known(stop=delivery, delivery=shipment.amount, pickup=(), skills=skills, partner=here),
    }


def _priorities(problem: ProblemDocument) -> dict[Name, int]:
    found: dict[Name, int] = {("job", job.id): job.priority for job in problem.jobs}
    for shipment in problem.shipments:
        found["pickup", shipment.pickup.id] = found["delivery", shipment.delivery.id] = shipment.priority
    return found


class _Solution:
    """Judges a whole solution."""

    def __init__(self, problem: ProblemDocument, solution: SolutionDocument) -> None:
        self.problem, self.solution, self.tasks = problem, solution, _tasks(problem)
        self.found: list[Violation] = []
        self.cost, self.priority = Fraction(0), 0
        self.left: list[Name] = [(left.type, left.id) for left in solution.unassigned]

    def look(self) -> None:
        vehicles = {vehicle.id: vehicle for vehicle in self.problem.vehicles}
        weights = _priorities(self.problem)
        served: Counter[Name] = Counter()
        for number, count in Counter(route.vehicle for route in self.solution.routes).items():
            if count > 1:
                self.tell("vehicle_twice", f"vehicle {number}", f"has {count} routes")
        for route in self.solution.routes:
            vehicle = vehicles.get(route.vehicle)
            if vehicle is None:
                self.tell("vehicle_unknown", f"vehicle {route.vehicle}", "is not in the problem")
                continue
            judged = RouteJudge(problem=self.problem, tasks=self.tasks, vehicle=vehicle, route=route)
            self.found += judged.look()
            self.cost += judged.cost
            served.update(judged.served)
        self.priority = sum(weights.get(name, 0) for name in served)
        self._everything(served)
        self._summary()

    def _everything(self, served: Counter[Name]) -> None:
        """Each task is served once or left out once."""
        told = served + Counter(self.left)
        for name in (served.keys() | set(self.left)) - self.tasks.keys():
            self.tell("task_unknown", said(name), "is not in the problem")
        for name in self.tasks:
            if told[name] == 0:
                self.tell("task_missing", said(name), "is neither served nor left out")
            elif told[name] > 1:
                self.tell("task_twice", said(name), f"is served or left out {told[name]} times")

    def _summary(self) -> None:
        summary, routes = self.solution.summary, self.solution.routes
        sums = {key: sum(getattr(route, key) for route in routes) for key in ("cost", "setup", "service")}
        sums |= {key: sum(getattr(route, key) for route in routes) for key in ("waiting_time", "duration")}
        sums |= {"unassigned": len(self.left), "routes": len(routes)}
        for key, value in sums.items():
            if getattr(summary, key) != value:
                self.tell("sum_wrong", f"summary {key}", f"is {getattr(summary, key)}, and {value} by its parts")
        if self.solution.code != 0:
            self.tell("code_wrong", "code", f"is {self.solution.code}: VROOM has no solution then")

    def tell(self, code: str, where: str, message: str) -> None:
        self.found.append(Violation(code=code, where=where, message=message))
