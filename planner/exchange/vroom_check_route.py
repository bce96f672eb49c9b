"""Look at one route of a VROOM solution anew, step by step.

Times are whole seconds; where a speed factor makes parts of seconds, each drive may be rounded, so that a second for
each drive so far is borne.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from planner.exchange.vroom_schema import BreakPart, ProblemDocument, RoutePart, StepPart, StopPart, VehiclePart, Window
from planner.plan import Violation

Name = tuple[str, int]  # the type of a task and its id
HOUR_S, KM_M = 3_600, 1_000


@dataclass(frozen=True, kw_only=True)
class Known:
    """A task of the problem."""

    stop: StopPart
    delivery: Sequence[int]
    pickup: Sequence[int]
    skills: frozenset[int]
    partner: Name | None = None


@dataclass(kw_only=True)
class RouteJudge:
    """Judges one route, step by step."""

    problem: ProblemDocument
    tasks: dict[Name, Known]
    vehicle: VehiclePart
    route: RoutePart
    found: list[Violation] = field(default_factory=list)
    served: list[Name] = field(default_factory=list)
    cost: Fraction = Fraction(0)

    def look(self) -> list[Violation]:
        self._shape()
        if not self.found:
            self.served = [_name(step) for step in self.route.steps if step.type in {"job", "pickup", "delivery"}]
            unknown = [name for name in self.served if name not in self.tasks]
            for name in unknown:
                self._tell("task_unknown", said(name), "is not in the problem")
            if not unknown:
                rules: tuple[Callable[[], None], ...] = (
                    self._fitness,
                    self._pairs,
                    self._loads,
                    self._drives,
                    self._clock,
                    self._breaks,
                    self._limits,
                    self._sums,
                )
                for rule in rules:
                    rule()
        return self.found

    def _shape(self) -> None:
        """A route is a start and an end where the vehicle has them, and stops between."""
        kinds = [step.type for step in self.route.steps]
        wanted = (["start"] if self.vehicle.start_index is not None else []) + [
            kind for kind in kinds if kind not in {"start", "end"}
        ]
        wanted += ["end"] if self.vehicle.end_index is not None else []
        # VROOM writes both ends, also of a vehicle that has none: they lie at its first or last stop.
        padded = ["start", *(kind for kind in kinds if kind not in {"start", "end"}), "end"]
        if kinds not in (wanted, padded):
            self._tell("route_shape", "steps", "are not a start, stops and an end as the vehicle has them")
        if not set(kinds) & {"job", "pickup", "delivery"}:
            self._tell("route_shape", "steps", "serve nothing")

    def _fitness(self) -> None:
        for name in self.served:
            missing = self.tasks[name].skills - set(self.vehicle.skills)
            if missing:
                self._tell("skill_missing", said(name), f"needs {sorted(missing)}")

    def _pairs(self) -> None:
        for i, name in enumerate(self.served):
            partner = self.tasks[name].partner
            if partner is None:
                continue
            if partner not in self.served:
                self._tell("pair_apart", said(name), f"is without {said(partner)}")
            elif name[0] == "pickup" and self.served.index(partner) < i:
                self._tell("pair_order", said(name), f"comes after {said(partner)}")

    def _loads(self) -> None:
        most = self.vehicle.capacity
        load = [0] * len(most)
        for name in self.served:
            if name[0] == "job":
                load = _plus(load, self.tasks[name].delivery, 1)
        for step in self.route.steps:
            if step.type in {"job", "pickup", "delivery"}:
                task = self.tasks[_name(step)]
                load = _plus(_plus(load, task.delivery, -1), task.pickup, 1)
            if any(carried > held for carried, held in zip(load, most, strict=False)):
                self._tell("load_exceeded", _step(step), f"{load} is more than {most}")
            if step.load and list(step.load) != load:
                self._tell("load_wrong", _step(step), f"is told as {list(step.load)}, and is {load}")

    def _drives(self) -> None:
        """Driving time and length so far are those of the tables."""
        tables = self.problem.matrices[self.vehicle.profile]
        seconds, metres, drives, before = Fraction(0), 0, 0, 0
        at: int | None = None
        for step in self.route.steps:
            place = self._place(step)
            if place is not None and at is not None:
                seconds += self._lasts_s(at, place)
                metres += 0 if tables.distances is None else tables.distances[at][place]
                self.cost += 0 if tables.costs is None else tables.costs[at][place]
                drives += 1
            at = at if place is None else place
            if place is not None and step.location_index not in {None, place}:
                self._tell("place_wrong", _step(step), f"is at {step.location_index}, not at {place}")
            elif place is None and not before <= step.duration <= self.route.duration:
                self._tell("drive_wrong", _step(step), "is told to have driven less than before, or more than at all")
            elif place is not None and abs(step.duration - seconds) > self._slack_s(drives):
                self._tell("drive_wrong", _step(step), f"is told after {step.duration} s, and is {float(seconds):g} s")
            if place is not None and step.distance is not None and tables.distances and step.distance != metres:
                self._tell("length_wrong", _step(step), f"is told after {step.distance} m, and is {metres} m")
            before = step.duration
        costs = self.vehicle.costs
        stands_s = sum(step.setup + step.service for step in self.route.steps)
        self.cost += costs.fixed + Fraction(costs.per_task_hour * stands_s, HOUR_S)
        if tables.costs is None:
            self.cost += seconds * costs.per_hour / HOUR_S + Fraction(metres * costs.per_km, KM_M)
        whole = not self._slack_s(1) and self.cost.denominator == 1
        if abs(self.route.cost - self.cost) > (0 if whole else 1 + 2 * drives):
            self._tell("cost_wrong", "cost", f"is told as {self.route.cost}, and is {float(self.cost):.2f}")
        self.metres, self.seconds = metres, seconds

    def _clock(self) -> None:
        """Stops begin in their windows, last as long as they must, and nobody arrives before the drive is over."""
        kind, at, drives = self.vehicle.type, self.vehicle.start_index, 0
        ready, driven = None, 0
        for step in self.route.steps:
            place = self._place(step)
            drives += place is not None
            if step.waiting_time < 0:
                self._tell("negative_wait", _step(step), f"waits {step.waiting_time} s")
            over = None if ready is None else ready + step.duration - driven
            if over is not None and abs(step.arrival - over) > self._slack_s(drives):
                self._tell("arrival_wrong", _step(step), f"is reached at {step.arrival}, and the drive over at {over}")
            if step.type in {"job", "pickup", "delivery"}:
                stop = self.tasks[_name(step)].stop
                setup_s = 0 if place == at else stop.setup_per_type.get(kind, stop.setup)
                service_s = stop.service_per_type.get(kind, stop.service)
                if step.setup != setup_s or step.service != service_s:
                    told, is_ = (step.setup, step.service), (setup_s, service_s)
                    self._tell("service_wrong", _step(step), f"takes {told} s of setup and service, not {is_}")
                self._in_window(step, stop.time_windows, drives)
            ready, driven = step.arrival + step.waiting_time + step.setup + step.service, step.duration
            at = at if place is None else place
        self._hours(drives)

    def _hours(self, drives: int) -> None:
        first, last = self.vehicle.time_window or (0, 2**63)
        steps = self.route.steps
        over = max(step.arrival + step.waiting_time + step.setup + step.service for step in steps)
        if steps[0].arrival < first:
            self._tell("shift_early", _step(steps[0]), f"{first - steps[0].arrival} s before its hours")
        if over > last + self._slack_s(drives):
            self._tell("shift_exceeded", _step(steps[-1]), f"{over - last} s after its hours")

    def _in_window(self, step: StepPart, windows: Sequence[Window], drives: int) -> None:
        begin, slack = step.arrival + step.waiting_time, self._slack_s(drives)
        if windows and not any(a - slack <= begin <= b + slack for a, b in windows):
            self._tell("window_missed", _step(step), f"begins at {begin}, outside {[list(w) for w in windows]}")

    def _breaks(self) -> None:
        """Each break is taken once, in a window of its own, as long as it must be, and not too full."""
        known = {pause.id: pause for pause in self.vehicle.breaks}
        taken = Counter(step.id for step in self.route.steps if step.type == "break")
        for number in known:
            if taken[number] != 1:
                self._tell("break_missing", f"break {number}", f"is taken {taken[number]} times")
        for step in self.route.steps:
            if step.type != "break":
                continue
            pause = known.get(-1 if step.id is None else step.id)
            if pause is None:
                self._tell("break_unknown", _step(step), "is no break of this vehicle")
            else:
                self._break(step, pause)

    def _break(self, step: StepPart, pause: BreakPart) -> None:
        if step.service != pause.service:
            self._tell("service_wrong", _step(step), f"lasts {step.service} s, not {pause.service}")
        self._in_window(step, pause.time_windows, len(self.route.steps))
        if pause.max_load is not None and any(a > b for a, b in zip(step.load, pause.max_load, strict=False)):
            self._tell("load_exceeded", _step(step), f"{list(step.load)} is more than {pause.max_load} at a break")

    def _limits(self) -> None:
        v = self.vehicle
        if v.max_tasks is not None and len(self.served) > v.max_tasks:
            self._tell("too_many_tasks", "steps", f"serves {len(self.served)}, at most {v.max_tasks}")
        if v.max_travel_time is not None and self.seconds > v.max_travel_time:
            self._tell("too_long_under_way", "steps", f"drives {float(self.seconds):g} s, at most {v.max_travel_time}")
        if v.max_distance is not None and self.metres > v.max_distance:
            self._tell("too_far", "steps", f"drives {self.metres} m, at most {v.max_distance}")

    def _sums(self) -> None:
        steps = self.route.steps
        sums = {key: sum(getattr(step, key) for step in steps) for key in ("setup", "service", "waiting_time")}
        sums["duration"] = steps[-1].duration
        for key, value in sums.items():
            if getattr(self.route, key) != value:
                self._tell("sum_wrong", key, f"is {getattr(self.route, key)}, and {value} by its steps")

    def _place(self, step: StepPart) -> int | None:
        """Return the row of the tables at which a step is, None for a break and an end that the vehicle has not."""
        if step.type == "start":
            return self.vehicle.start_index
        if step.type == "end":
            return self.vehicle.end_index
        return None if step.type == "break" else self.tasks[_name(step)].stop.location_index

    def _lasts_s(self, a: int, b: int) -> Fraction:
        table = self.problem.matrices[self.vehicle.profile].durations or []
        return Fraction(table[a][b] * round(100 / self.vehicle.speed_factor), 100)

    def _slack_s(self, drives: int) -> int:
        return 0 if round(100 / self.vehicle.speed_factor) == 100 else drives

    def _tell(self, code: str, where: str, message: str) -> None:
        place = f"vehicle {self.vehicle.id}, {where}"
        self.found.append(Violation(code=code, where=place, message=message))


def _plus(load: Sequence[int], amount: Sequence[int], sign: int) -> list[int]:
    return [a + sign * (amount[i] if amount else 0) for i, a in enumerate(load)]


def _name(step: StepPart) -> Name:
    return step.type, -1 if step.id is None else step.id


def said(name: Name) -> str:
    """Name a task in a message."""
    return f"{name[0]} {name[1]}"


def _step(step: StepPart) -> str:
    return step.type if step.id is None else f"{step.type} {step.id}"
