"""From VROOM's words to the arrays of our search, where our rules can say the same.

VROOM drives one route a vehicle from any place to any other, and pays for driving, not for waiting. So each pair of a
start and an end becomes a depot whose rows are those of the start and whose columns are those of the end; loading lasts
longer than any shift, so that no vehicle comes back for more; and what an arc costs is written as its length, at a
price of one for a thousandth of it. A limit of driving, in seconds or in metres, is a battery that no plug fills.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from planner.errors import Fault, InputError
from planner.exchange.vroom_read import ProblemFile
from planner.exchange.vroom_schema import VehiclePart
from planner.exchange.vroom_tasks import HUNDREDTHS, PER_HOUR, PER_KM, Task, hundredths, merged, tasks_of
from planner.exchange.vroom_unsaid import MOST_AMOUNTS, binding_amounts, unsaid, unsaid_fault
from planner.solve.pace import profile
from planner.solve.problem import LARGEST, LARGEST_PENALTY, MOST_WINDOWS, NO_PARTNER, NO_WAY, Ints, Problem, validate

TOO_LARGE = "E-V10"
MOST_CELLS = 60_000_000  # of all tables together
FINEST = 6  # decimals of VROOM's unit of cost
NO_LIMIT, SECONDS, METRES = 0, 1, 2


class Kind(NamedTuple):
    """What makes vehicles alike for our search, besides where and when they drive."""

    profile: str
    factor: int
    fixed: int
    per_hour: int
    per_task_hour: int
    per_km: int
    capacity: tuple[int, ...]
    type: str
    rests_s: int
    limit: int


@dataclass(frozen=True, kw_only=True, eq=False)
class Built:
    """A problem of ours that says what the file says; `notes` is what does not change it."""

    problem: Problem
    tasks: tuple[Task, ...]
    notes: tuple[Fault, ...]


def build(file: ProblemFile) -> Built:
    """Return the problem for our search. Raises `InputError` E-V09 with all that our rules cannot say, E-V10."""
    tasks = tasks_of(file.document)
    missing = [replace(fault, file=file.name) for fault in unsaid(file.document, tasks)]
    if missing:
        raise InputError(missing)
    steps = [f"vehicles[{i}].steps" for i, vehicle in enumerate(file.document.vehicles) if vehicle.steps]
    notes = [unsaid_fault(column, "is where VROOM may begin; our search begins by itself", "none") for column in steps]
    problem = _Builder(file, tasks).built()
    validate(problem)
    return Built(problem=problem, tasks=tasks, notes=tuple(replace(note, file=file.name) for note in notes))


class _Builder:
    """Holds what the arrays are made of."""

    def __init__(self, file: ProblemFile, tasks: Sequence[Task]) -> None:
        self.file, self.document, self.tasks, self.n = file, file.document, tasks, len(tasks)
        self.vehicles = self.document.vehicles
        self.amounts = binding_amounts(self.document, tasks)
        self.kinds = list(dict.fromkeys(_kind(v) for v in self.vehicles))
        self.ways = list(dict.fromkeys((v.start_index, v.end_index) for v in self.vehicles))
        self.places = self.n + len(self.ways)
        if self.places**2 * len(self.kinds) > MOST_CELLS:
            message = f"is too large: {self.places:,} places for {len(self.kinds):,} kinds of vehicles"
            raise InputError(
                replace(unsaid_fault("", message, "split it"), code=TOO_LARGE, column=None, file=file.name)
            )
        self.travel = np.stack([self._on_arcs(k.profile, "durations") * k.factor for k in self.kinds])
        self.base_s, self.hours = self._clock()
        self.span_s = max(end - start for start, end in self.hours)
        self.shift_s = self.span_s + 1  # that a loading lasts, and by which all times are put off
        self.no_way = self.travel > self.span_s * HUNDREDTHS

    def built(self) -> Problem:
        n, v, t, d = self.n, len(self.vehicles), len(self.kinds), len(self.ways)
        kind = [self.kinds.index(_kind(vehicle)) for vehicle in self.vehicles]
        shift = _ints([[start, end + self.shift_s] for start, end in self.hours]) - np.array([self.base_s] * 2)
        last = int(shift[:, 1].max())
        windows = self._windows(last)
        limits, energy, battery = self._limits(kind)
        demand = [self._demand(task) for task in self.tasks]
        free = {name: np.zeros(size, dtype=np.int64) for name, size in _zeros(n, v, t, d).items()}
        values: dict[str, Any] = free | {
            "travel_s": np.where(self.no_way, NO_WAY, -(-self.travel // HUNDREDTHS)),
            "energy_mwh": energy[None],
            "energy_uwh_per_kg": np.zeros_like(energy)[None],
            "demand_g": [amount[0] for amount in demand],
            "volume_ml": [amount[1] for amount in demand],
            "service_s": [[task.setup_s(k.type) + task.service_s(k.type) for task in self.tasks] for k in self.kinds],
            "setup_s": [[task.setup_s(k.type) for task in self.tasks] for k in self.kinds],
            "spot": self._spots(),
            "windows": windows,
            "punctual_s": windows[..., 1],
            "pickup": [task.type == "pickup" or bool(any(task.pickup)) for task in self.tasks],
            "group": [-1] * n,
            "partner": self._partners(),
            "allowed": [[self._may(vehicle, task) for vehicle in self.vehicles] for task in self.tasks],
            "payload_g": [self._held(k.capacity)[0] for k in self.kinds],
            "bay_ml": [self._held(k.capacity)[1] for k in self.kinds],
            "battery_mwh": battery,
            "knee_mwh": battery,
            "charge_w": [1] * t,
            "network": list(range(t)),
            "per_km": [PER_KM] * t,
            "kind": kind,
            "depot": [n + self.ways.index((vehicle.start_index, vehicle.end_index)) for vehicle in self.vehicles],
            "shift": shift,
            "regular_s": shift[:, 1],
            "most_stops": [self._most(vehicle) for vehicle in self.vehicles],
            "breaks": [self._break(i) for i in range(v)],
            "start_mwh": limits,
            "loading_s": [self.shift_s] * d,
            "open": [[[0, last]]] * d,
            "plug_site": [],
            "plug_w": [],
            "pace": profile(()),
            "balance": [-1, 0],
        }
        values |= self._money()
        return Problem(orders=n, depots=d, **{name: _ints(value) for name, value in values.items()})

    def _on_arcs(self, profile_name: str, table: str) -> Ints:
        """Return a table between our places: nothing is driven from or to where a vehicle has no start or end."""
        given = getattr(self.document.matrices[profile_name], table)
        cells = _ints(given)
        at = np.array([task.place for task in self.tasks], dtype=np.int64)
        start = np.array([-1 if s is None else s for s, _ in self.ways])
        end = np.array([-1 if e is None else e for _, e in self.ways])
        found = np.zeros((self.places, self.places), dtype=np.int64)
        found[: self.n, : self.n] = cells[np.ix_(at, at)]
        found[self.n :, : self.n] = np.where(start[:, None] < 0, 0, cells[np.ix_(start, at)])
        found[: self.n, self.n :] = np.where(end < 0, 0, cells[np.ix_(at, end)])
        return found

    def _clock(self) -> tuple[int, list[tuple[int, int]]]:
        """Return the moment that our time begins, and between which moments each vehicle may be under way."""
        given = [w for task in self.tasks for w in task.stop.time_windows]
        given += [w for v in self.vehicles for pause in v.breaks for w in pause.time_windows]
        own = [v.time_window for v in self.vehicles if v.time_window]
        longest_s = -(-int(self.travel.max()) // HUNDREDTHS)
        stops_s = sum(task.setup_s(k.type) + task.service_s(k.type) for task in self.tasks for k in self.kinds)
        work_s = (self.n + 1) * longest_s + stops_s + max(k.rests_s for k in self.kinds)
        first = min([*(start for start, _ in own), *(max(start - longest_s, 0) for start, _ in given)], default=0)
        last = max([*(end for _, end in own), *(max(start, 0) for start, _ in given), first]) + work_s
        return first, [v.time_window or (first, last) for v in self.vehicles]

    def _windows(self, last: int) -> Ints:
        moved = self.shift_s - self.base_s
        found = []
        for task in self.tasks:
            spans = [(max(a + moved, 0), min(b + moved, last)) for a, b in merged(task.stop.time_windows)]
            # A window that no vehicle's hours reach is one that has passed: nothing of the search begins at 0.
            open_ones = [(a, b) for a, b in spans if a <= b] or ([(0, 0)] if spans else [(0, last)])
            found.append((open_ones * MOST_WINDOWS)[:MOST_WINDOWS])
        return _ints(found).reshape(-1, MOST_WINDOWS, 2)

    def _break(self, i: int) -> tuple[int, int, int, int]:
        vehicle, (start, end) = self.vehicles[i], self.hours[i]
        if not vehicle.breaks or not vehicle.breaks[0].service:
            return (0, 0, 0, 0)
        pause, moved = vehicle.breaks[0], self.shift_s - self.base_s
        opens, closes = merged(pause.time_windows)[0] if pause.time_windows else (start, end)
        latest = min(closes, end - pause.service)
        return (pause.service, max(opens, start) + moved, latest + moved, 0)

    def _limits(self, kind: Sequence[int]) -> tuple[Ints, Ints, Ints]:
        """Return what each vehicle may drive, what each arc takes of it, and the most of each kind."""
        tables = [
            self.travel[i] if k.limit == SECONDS else self._metres(k) if k.limit == METRES else np.zeros_like(travel)
            for i, (k, travel) in enumerate(zip(self.kinds, self.travel, strict=True))
        ]
        limits = _ints([_limit(vehicle) for vehicle in self.vehicles])
        energy = np.where(self.no_way, 0, np.minimum(np.stack(tables), LARGEST))
        battery = _ints([max(limits[np.array(kind) == t].max(), 1) for t in range(len(self.kinds))])
        return limits, energy, battery

    def _metres(self, kind: Kind) -> Ints:
        given = self.document.matrices[kind.profile].distances
        return np.zeros_like(self.travel[0]) if given is None else self._on_arcs(kind.profile, "distances")

    def _money(self) -> dict[str, Any]:
        """Return the prices, in the finest unit in which no sum can grow too large."""
        arcs = np.where(self.no_way, 0.0, np.stack([self._arc_costs(t) for t in range(len(self.kinds))]))
        fixed = np.array([k.fixed + k.per_task_hour * k.rests_s / PER_HOUR for k in self.kinds])
        most = sum(fixed[self.kinds.index(_kind(v))] for v in self.vehicles) + float(arcs.max(axis=(0, 1)).sum())
        most += float(arcs[:, :, self.n :].max(initial=0.0)) * len(self.vehicles) + 1
        common = math.gcd(*(task.priority for task in self.tasks)) or 1
        weights = [task.priority // common * (self.n + 1) + 1 for task in self.tasks]
        for decimals in range(FINEST, -1, -1):
            scale = 10**decimals
            if max(weights) * most * scale < LARGEST_PENALTY and most * scale < LARGEST:
                break
        else:
            fault = unsaid_fault("", "has costs that are too large", "give them in a larger unit")
            raise InputError(replace(fault, code=TOO_LARGE, column=None, file=self.file.name))
        return {
            "distance_m": np.where(self.no_way, NO_WAY, np.rint(arcs * scale)),
            "per_day": np.rint(fixed * scale),
            "penalty": [weight * math.ceil(most * scale) for weight in weights],
        }

    def _arc_costs(self, t: int) -> Any:
        """Return what a drive of a kind of vehicle and the task at its end cost."""
        kind = self.kinds[t]
        given = self.document.matrices[kind.profile].costs
        if given is not None:
            costs = self._on_arcs(kind.profile, "costs").astype(np.float64)
        else:
            costs = self.travel[t] * (kind.per_hour / PER_HOUR / HUNDREDTHS) + self._metres(kind) * (
                kind.per_km / PER_KM
            )
        if kind.per_task_hour:
            setup = np.array([task.setup_s(kind.type) for task in self.tasks])
            service = np.array([task.service_s(kind.type) for task in self.tasks])
            at = np.array([task.place for task in self.tasks])
            before = np.concatenate([at, [-1 if s is None else s for s, _ in self.ways]])
            stands = service + np.where(before[:, None] == at, 0, setup)
            costs[:, : self.n] += stands * (kind.per_task_hour / PER_HOUR)
        return costs

    def _demand(self, task: Task) -> tuple[int, int]:
        return self._held(task.delivery if any(task.delivery) else task.pickup)

    def _held(self, amount: Sequence[int]) -> tuple[int, int]:
        kept = [amount[a] if amount else 0 for a in self.amounts]
        return tuple((*kept, 0, 0)[:MOST_AMOUNTS])  # type: ignore[return-value]

    def _spots(self) -> list[int]:
        first: dict[int, int] = {}
        return [first.setdefault(task.place, len(first)) for task in self.tasks]

    def _partners(self) -> list[int]:
        jobs = len(self.document.jobs)
        return [NO_PARTNER if i < jobs else i + 1 if (i - jobs) % 2 == 0 else i - 1 for i in range(self.n)]

    def _may(self, vehicle: VehiclePart, task: Task) -> bool:
        most = vehicle.capacity
        fits = all(a <= c for amount in (task.delivery, task.pickup) for a, c in zip(amount, most, strict=False))
        return fits and task.skills <= set(vehicle.skills) and vehicle.max_tasks != 0

    def _most(self, vehicle: VehiclePart) -> int:
        return 0 if vehicle.max_tasks is None else min(vehicle.max_tasks, self.n)


def _kind(vehicle: VehiclePart) -> Kind:
    costs = vehicle.costs
    limited = SECONDS if vehicle.max_travel_time is not None else METRES if vehicle.max_distance is not None else 0
    return Kind(
        profile=vehicle.profile,
        factor=hundredths(vehicle.speed_factor),
        fixed=costs.fixed,
        per_hour=costs.per_hour,
        per_task_hour=costs.per_task_hour,
        per_km=costs.per_km,
        capacity=tuple(vehicle.capacity),
        type=vehicle.type,
        rests_s=sum(pause.service for pause in vehicle.breaks),
        limit=limited,
    )


def _limit(vehicle: VehiclePart) -> int:
    if vehicle.max_travel_time is not None:
        return min(vehicle.max_travel_time * HUNDREDTHS, LARGEST)
    return 1 if vehicle.max_distance is None else vehicle.max_distance


def _zeros(n: int, v: int, t: int, d: int) -> dict[str, tuple[int, ...]]:
    """Return the shapes of what has no meaning in VROOM: parcels, batteries, pay by the hour, sites, nights."""
    shapes: dict[str, tuple[int, ...]] = dict.fromkeys(("parcels", "release_s", "late_per_s"), (n,))
    shapes |= dict.fromkeys(("per_s", "wear_per_kwh", "per_over_s", "swap_s"), (t,))
    shapes |= dict.fromkeys(("reserve_mwh", "end_mwh", "ways_m", "ways_cost", "min_paid_s"), (v,))
    sites = ("per_parcel_ms", "site_w", "price_per_kwh", "night_per_kwh", "apart", "full", "docks", "pack_per_kwh")
    return shapes | dict.fromkeys(sites, (d,)) | {"ways_s": (v, 2), "packs": (d, t)}


def _ints(values: Any) -> Ints:
    return np.asarray(values).astype(np.int64)
