"""The search for an instance of several trips: islands of ruin and recreate, whose days are recombined.

Progress is the spent share of the iteration budget, or of the time limit where that is all there is, in slices. What
islands exchange, they exchange between slices only. So an iteration budget gives the same answer whatever the number of
threads; a time limit beside it only ends the search early.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event, Thread

import numpy as np

from planner.solve.apart import cores
from planner.solve.case import usual_leg
from planner.solve.cooling import effort_of, temperature
from planner.solve.instance import Floats, Instance, Ints, RouteSet
from planner.solve.multitrip_days import BEST_ABSENT, BEST_COST, STOP, Days, TripCase, new_days
from planner.solve.multitrip_moves import restore, run
from planner.solve.options import UNLIMITED, SolveOptions
from planner.solve.recombine import Pool, Route, load_cp_sat

ISLANDS = 2
SLICES = 200
TOLD_SLICES = 10  # between two looks for a better answer to tell of
MARKS = (0.3, 0.5, 0.7, 0.85, 0.95)  # of the way: days are recombined, and all islands go on from the best
HOT = 3.0  # the first temperature, in usual legs; the last is a hundredth of it
CHUNK_S = 0.03  # between two looks at the clock


def search_trips(instance: Instance, options: SolveOptions, *, on_better: Callable[[RouteSet], None]) -> RouteSet:
    """Search until the iteration budget (per island) or the time limit is spent; `on_better` hears of better answers.

    In a route the depot stands where the vehicle reloads. On Ctrl-C it returns the best so far with
    ``stopped_by="interrupt"``. Customers for whom the fleet is too small are listed as unserved.
    """
    return _Search(instance, options, on_better).run()


class _Search:
    """The state of one search."""

    def __init__(self, instance: Instance, options: SolveOptions, on_better: Callable[[RouteSet], None]) -> None:
        self.begun = time.monotonic()
        self.deadline = self.begun + options.time_limit_s
        self.timed = options.iterations >= UNLIMITED
        self.options, self.on_better = options, on_better
        self.case = build_trips(instance)
        self.vehicles = min(instance.customers if instance.fleet is None else instance.fleet, instance.customers)
        seeds = range(options.seed * ISLANDS, options.seed * ISLANDS + ISLANDS)
        self.islands = [new_days(self.case, seed=seed, vehicles=self.vehicles) for seed in seeds]
        self.pool = Pool()
        self.stop = Event()
        self.rate = [2_000.0] * ISLANDS  # iterations a second, measured
        self.done = 0  # iterations of each island
        self.marks = list(MARKS)
        self.told = (instance.customers + 1, 0)

    def progress(self) -> float:
        if self.timed:
            return (time.monotonic() - self.begun) / self.options.time_limit_s
        return self.done / self.options.iterations

    def run(self) -> RouteSet:
        Thread(target=load_cp_sat, daemon=True).start()
        stopped_by = None
        try:
            for island in self.islands:
                restore(self.case, island, island.best_stops, island.best_length)
                run(self.case, island, 1, 0.0)
            self._cool_down()
        except KeyboardInterrupt:
            self.stop.set()
            stopped_by = "interrupt"
        return self._answer(stopped_by or ("iterations" if self.done >= self.options.iterations else "time_limit"))

    def _cool_down(self) -> None:
        self._tell()
        unit = usual_leg(self.case.cost, self.case.customers)
        threads = min(self.options.threads or cores(), ISLANDS)
        with ThreadPoolExecutor(threads) as workers:
            for number in range(1, SLICES + 1):
                slice_end = number / SLICES
                if (now := self.progress()) >= 1.0 or time.monotonic() >= self.deadline:
                    break
                if now >= slice_end:
                    continue
                until = round(self.options.iterations * slice_end)
                end_s = self.begun + self.options.time_limit_s * slice_end if self.timed else self.deadline
                share_s = (end_s - time.monotonic()) * threads / ISLANDS  # islands that wait for a thread share
                heat = temperature(HOT, now) * unit
                jobs = [workers.submit(self._slice, i, until - self.done, share_s, heat) for i in range(ISLANDS)]
                try:
                    made = [job.result() for job in jobs]
                except KeyboardInterrupt:
                    self.stop.set()
                    raise
                self.done = until if max(made) >= until - self.done else self.done + min(made)
                for island in self.islands:
                    self.pool.add(_present(island))
                if self.marks and now >= self.marks[0]:
                    self.marks.pop(0)
                    self._recombine()
                if number % TOLD_SLICES == 0:
                    self._tell()

    def _slice(self, i: int, iterations: int, seconds: float, temperature: float) -> int:
        """Let one island search; return its iterations."""
        island, begun, made = self.islands[i], time.monotonic(), 0
        while made < iterations and not self.stop.is_set():
            since = time.monotonic()
            if since - begun >= seconds:
                break
            chunk = min(max(int(self.rate[i] * min(CHUNK_S, seconds)), 1), iterations - made)
            run(self.case, island, chunk, temperature)
            self.rate[i] = chunk / max(time.monotonic() - since, 1e-6)
            made += chunk
        return made

    def _best(self) -> Days:
        return min(self.islands, key=_value)

    def _recombine(self) -> None:
        """Choose the best set of all days seen, and let every island go on from it."""
        best = self._best()
        routes = _best_routes(best)
        if not best.now[BEST_ABSENT]:
            found = self.pool.best_set(
                self.case.customers,
                vehicle_cost=0,
                most=self.vehicles,
                known=routes,
                effort=effort_of(self.options),
                seconds=max((self.deadline - time.monotonic()) / 2, 0.01),
            )
            routes = found or routes
        for island in self.islands:
            stops, lengths = np.zeros_like(island.best_stops), np.zeros_like(island.best_length)
            for v, route in enumerate(routes):
                stops[v, : len(route)], lengths[v] = route, len(route)
            restore(self.case, island, stops, lengths)

    def _tell(self) -> None:
        value = _value(self._best())
        if value < self.told:
            self.told = value
            self.on_better(self._answer("time_limit"))

    def _answer(self, stopped_by: str) -> RouteSet:
        routes = sorted(_best_routes(self._best()))
        served = {place for route in routes for place in route}
        cost, depot = self.case.cost, self.case.customers
        stops = [(depot, *route, depot) for route in routes]
        return RouteSet(
            routes=tuple(routes),
            length=float(sum(int(cost[way[:-1], way[1:]].sum()) for way in map(np.array, stops))),
            iterations=self.done,
            stopped_by=stopped_by,
            unserved=tuple(c for c in range(self.case.customers) if c not in served),
        )


def build_trips(instance: Instance) -> TripCase:
    """Return the instance in whole numbers, which its own already are."""
    n = instance.customers
    lasts = instance.time[: n + 1, : n + 1] + np.append(instance.service, 0.0)[:, None]
    release = np.zeros(n) if instance.release is None else instance.release
    cost = _whole(instance.length[: n + 1, : n + 1])
    return TripCase(
        customers=n,
        capacity=int(instance.capacity),
        cost=cost,
        lasts=_whole(lasts),
        demand=_whole(np.append(instance.demand, 0.0)),
        opens=_whole(instance.windows[:, 0]),
        closes=_whole(instance.windows[:, 1]),
        release=_whole(np.append(release, 0.0)),
        near=np.argsort(cost[:n, :n], axis=1, kind="stable"),
    )


def _whole(values: Floats) -> Ints:
    whole: Ints = np.rint(np.minimum(values, 1e12)).astype(np.int64)
    return whole


def _value(island: Days) -> tuple[int, int]:
    return int(island.now[BEST_ABSENT]), int(island.now[BEST_COST])


def _present(island: Days) -> list[tuple[int, Route]]:
    """Return the days of the present solution with their lengths."""
    found = []
    for row in island.row_of.tolist():
        if length := int(island.length[row]):
            found.append((int(island.row_cost[row]), tuple(island.at[row, 1 : length + 1, STOP].tolist())))
    return found


def _best_routes(island: Days) -> list[Route]:
    lengths = island.best_length.tolist()
    return [tuple(island.best_stops[v, :length].tolist()) for v, length in enumerate(lengths) if length]
