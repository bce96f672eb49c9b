"""The search for an instance: islands of ruin and recreate, fewer vehicles first, routes of all islands recombined.

Progress is the spent share of the iteration budget, or of the time limit where that is all there is. It is cut into
slices; temperature and phase change between slices only, and there islands exchange what they found. So an iteration
budget gives the same answer whatever the number of threads; a time limit beside it only ends the search early.

Where vehicles come first, a budget that is large for the instance is spent in rounds. Each places all customers anew
and cools down again, for where windows and fleet are tight no temperature leads from one part of the answers to
another. The last round ends with the best of all.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from threading import Event, Thread

import numpy as np

from planner.solve.apart import cores
from planner.solve.case import case_of, usual_leg
from planner.solve.charging import Charged, charged_best
from planner.solve.cooling import effort_of, temperature
from planner.solve.curve_pricing import CurvedCase
from planner.solve.instance import Instance, Ints, RouteSet
from planner.solve.island import ABSENT, BEST_COST, BEST_ROUTES, COST, ROUTES, Island, keep_best, new_island, restore
from planner.solve.labels import NONE
from planner.solve.options import UNLIMITED, SolveOptions
from planner.solve.pricing import Case
from planner.solve.recombine import Pool, Route, load_cp_sat
from planner.solve.ruin_recreate import drop_route, run

ISLANDS = 2
SLICES = 200
TOLD_SLICES = 10  # between two looks for a better answer to tell of: stations are placed for it, exactly
FLEET_SHARE = 0.35  # of the budget at most, for fewer vehicles
MARKS = (0.3, 0.5, 0.7, 0.85)  # of the way down in temperature: routes are recombined, and all go on from the best
ROUND = 2_500  # iterations for each customer at least, and so many rounds at most
MOST_ROUNDS = 5
HOT = 5.0  # the first temperature, in usual legs; the last is a hundredth of it
FLEET_TEMPERATURE = 0.1
CHUNK_S = 0.03  # between two looks at the clock
FIRST_TRIES = 1_000


def search_instance(instance: Instance, options: SolveOptions, *, on_better: Callable[[RouteSet], None]) -> RouteSet:
    """Search until the iteration budget (per island) or the time limit is spent; `on_better` hears of better answers.

    On Ctrl-C it returns the best so far with ``stopped_by="interrupt"``. A customer for whom no route of its own was
    found (more than three stations in a row would be needed) is listed as unserved.
    """
    begun = time.monotonic()
    case = case_of(instance)
    served = np.flatnonzero(case.alone < NONE)
    if len(served) == instance.customers:
        return _Search(instance, case, options, on_better, begun=begun).run()
    if not len(served):
        return _nobody(instance)
    part = _restricted(instance, served)
    places = [*served.tolist(), *range(instance.depot, instance.places)]

    def whole(found: RouteSet) -> RouteSet:
        routes = tuple(tuple(places[place] for place in route) for route in found.routes)
        visited = {place for route in routes for place in route}
        return replace(found, routes=routes, unserved=tuple(c for c in range(instance.customers) if c not in visited))

    search = _Search(part, case_of(part), options, lambda better: on_better(whole(better)), begun=begun)
    return whole(search.run())


def _nobody(instance: Instance) -> RouteSet:
    return RouteSet(
        routes=(), length=0.0, iterations=0, stopped_by="iterations", unserved=tuple(range(instance.customers))
    )


def _restricted(instance: Instance, customers: Ints) -> Instance:
    """Return the instance with some of its customers only."""
    places = np.array([*customers, *range(instance.depot, instance.places)])
    return replace(
        instance,
        names=tuple(instance.names[place] for place in places),
        length=instance.length[np.ix_(places, places)],
        time=instance.time[np.ix_(places, places)],
        energy=instance.energy[np.ix_(places, places)],
        demand=instance.demand[customers],
        service=instance.service[customers],
        windows=instance.windows[[*customers, instance.depot]],
    )


@dataclass(slots=True, kw_only=True)
class _Round:
    """A part of the budget in which all customers are placed anew, vehicles are saved, and then it cools down."""

    number: int
    begin: float
    end: float
    cooling_from: float | None = None
    marks: list[float] = field(default_factory=lambda: list(MARKS))

    def way(self, now: float) -> float:
        """Return how far it has cooled down."""
        return 0.0 if self.cooling_from is None else (now - self.cooling_from) / (self.end - self.cooling_from)


class _Search:
    """The state of one search."""

    def __init__(
        self,
        instance: Instance,
        case: Case | CurvedCase,
        options: SolveOptions,
        on_better: Callable[[RouteSet], None],
        *,
        begun: float,
    ) -> None:
        self.begun = begun
        self.deadline = self.begun + options.time_limit_s
        self.timed = options.iterations >= UNLIMITED
        self.instance, self.options, self.on_better = instance, options, on_better
        self.case = case
        self.islands: list[Island] = []
        self.pool = Pool()
        self.stop = Event()
        self.seeking = [False] * ISLANDS
        self.rate = [2_000.0] * ISLANDS  # iterations a second, measured
        self.done = 0  # iterations of each island
        self.rounds = 1
        self.round = _Round(number=1, begin=0.0, end=1.0)
        self.best_cost, self.best_routes = int(NONE), list[Route]()
        self.told = int(NONE)
        self.charged: dict[Route, Charged] = {}
        self.leg = usual_leg(self.case.cost, self.n)

    @property
    def n(self) -> int:
        return self.case.customers

    def progress(self) -> float:
        if self.timed:
            return (time.monotonic() - self.begun) / self.options.time_limit_s
        return self.done / self.options.iterations

    def run(self) -> RouteSet:
        interrupted = False
        Thread(target=load_cp_sat, daemon=True).start()
        try:
            self._start()
            self._descend()
        except KeyboardInterrupt:
            interrupted = True
            self.stop.set()
        return self._answer(stopped_by="interrupt" if interrupted else self._stopped_by())

    def _stopped_by(self) -> str:
        return "iterations" if self.done >= self.options.iterations else "time_limit"

    def _start(self) -> None:
        """Let every island place all customers, with as many slots for routes as that takes."""
        most = min(self.n, 200 if self.n <= 200 else 3 * self._least_routes() + 50)
        longest = _longest(self.case)
        while True:
            seeds = range(self.options.seed * ISLANDS, self.options.seed * ISLANDS + ISLANDS)
            self.islands = [new_island(self.case, seed=s, most_routes=most, longest=longest) for s in seeds]
            for island in self.islands:
                self._place_all(island)
            if most == self.n or all(island.now[ABSENT] == 0 for island in self.islands):
                return
            most = min(self.n, 2 * most)

    def _least_routes(self) -> int:
        return max(1, math.ceil(float(self.case.demand.sum()) / self.case.capacity - 1e-9))

    def _descend(self) -> None:
        """Seek fewer vehicles, then less length at falling temperature, in each round."""
        self._note_best()
        threads = min(self.options.threads or cores(), ISLANDS)
        with ThreadPoolExecutor(threads) as workers:
            for number in range(1, SLICES + 1):
                slice_end = number / SLICES
                if (now := self.progress()) >= 1.0 or time.monotonic() >= self.deadline:
                    break
                if now >= slice_end:
                    continue
                temperature = self._prepare(now)
                until = round(self.options.iterations * slice_end)
                share_s = self._seconds_until(slice_end) * threads / ISLANDS  # islands that wait for a thread share
                jobs = [workers.submit(self._slice, i, until - self.done, share_s, temperature) for i in range(ISLANDS)]
                try:
                    made = [job.result() for job in jobs]
                except KeyboardInterrupt:
                    self.stop.set()
                    raise
                self.done = until if max(made) >= until - self.done else self.done + min(made)
                self._exchange()
                if self.round.marks and self.round.way(now) >= self.round.marks[0]:
                    self.round.marks.pop(0)
                    self._recombine()
                if self.told >= NONE or number % TOLD_SLICES == 0:
                    self._tell()

    def _prepare(self, now: float) -> float:
        """Enter the round and the phase that progress has come to; return the temperature.

        A round that does not get down to the vehicles of one before goes on from the best answer of that.
        """
        if now >= self.round.end:
            self._next_round(now)
        if self.round.cooling_from is None and not self._seek_fewer(now):
            if self.round.number == 1:
                self._plan_rounds(now)
            self.round.cooling_from = now
            behind = self.instance.vehicles_first and self._fewest() > len(self.best_routes)
            self._share(self.best_routes if behind else _routes(self._best()))
        return temperature(HOT, self.round.way(now)) * self.leg

    def _plan_rounds(self, now: float) -> None:
        """Part what is left of the budget into rounds, by the iterations that it will last for."""
        left = min(self.rate) * (self.deadline - time.monotonic())
        if not self.timed:
            left = (1.0 - now) * self.options.iterations
        rounds = int(left / (ROUND * self.n)) if self.instance.vehicles_first else 1
        self.rounds = max(1, min(rounds, MOST_ROUNDS))
        self.round.end = now + (1.0 - now) / self.rounds

    def _next_round(self, now: float) -> None:
        """Begin anew with all customers absent."""
        left = self.rounds - self.round.number
        self.round = _Round(number=self.round.number + 1, begin=now, end=now + (1.0 - now) / left)
        self.pool = Pool()
        for i, island in enumerate(self.islands):
            self._place_all(island)
            self.seeking[i] = False

    def _place_all(self, island: Island) -> None:
        """Let an island forget its routes and place all customers; it keeps its random stream."""
        restore(self.case, island, island.best_stops, island.best_length, 0)
        island.now[BEST_COST] = NONE
        most = len(island.slot_of) - 1
        for _ in range(FIRST_TRIES):
            run(self.case, island, 1, 0.0, most, False)
            if island.now[ABSENT] == 0:
                break

    def _seconds_until(self, progress: float) -> float:
        until = self.begun + self.options.time_limit_s * progress if self.timed else self.deadline
        return until - time.monotonic()

    def _seek_fewer(self, now: float) -> bool:
        """Say whether to look for fewer vehicles: than ever in the first round, than there must be in later ones."""
        share = (now - self.round.begin) / (self.round.end - self.round.begin)
        if not self.instance.vehicles_first or share >= FLEET_SHARE:
            return False
        return self._fewest() > (self._least_routes() if self.round.number == 1 else len(self.best_routes))

    def _fewest(self) -> int:
        """Return the least number of vehicles of any island in this round."""
        return min(int(island.now[BEST_ROUTES]) for island in self.islands)

    def _slice(self, i: int, iterations: int, seconds: float, temperature: float) -> int:
        """Let one island search; return its iterations."""
        island, begun, made = self.islands[i], time.monotonic(), 0
        limit = int(island.now[BEST_ROUTES]) if self.instance.vehicles_first else len(island.slot_of) - 1
        while made < iterations and not self.stop.is_set():
            since = time.monotonic()
            if since - begun >= seconds:
                break
            chunk = min(max(int(self.rate[i] * min(CHUNK_S, seconds)), 1), iterations - made)
            if self.round.cooling_from is not None:
                count = int(run(self.case, island, chunk, temperature, limit, False))
            else:
                if not self.seeking[i]:
                    self._drop_a_route(i)
                limit = int(island.now[BEST_ROUTES]) - 1
                count = int(run(self.case, island, chunk, FLEET_TEMPERATURE * self.leg, limit, True))
                if island.now[ABSENT] == 0:
                    self.seeking[i] = False
                    if island.now[BEST_ROUTES] <= self._least_routes():
                        made += count
                        break
            self.rate[i] = count / max(time.monotonic() - since, 1e-6)
            made += count
        return made

    def _drop_a_route(self, i: int) -> None:
        island = self.islands[i]
        restore(self.case, island, island.best_stops, island.best_length, island.now[BEST_ROUTES])
        island.sums[:] = 0
        drop_route(self.case, island)
        self.seeking[i] = True

    def _best(self) -> Island:
        return min(self.islands, key=lambda island: int(island.now[BEST_COST]))

    def _exchange(self) -> None:
        """Collect routes; an island that still has more vehicles than another takes over its solution."""
        self._note_best()
        for island in self.islands:
            self.pool.add(_present(island))
        if self.round.cooling_from is None:
            best = self._best()
            for i, island in enumerate(self.islands):
                if island.now[BEST_ROUTES] > best.now[BEST_ROUTES]:
                    self._adopt(island, _routes(best))
                    self.seeking[i] = False

    def _note_best(self) -> None:
        """Remember the best solution of all rounds."""
        best = self._best()
        if best.now[BEST_COST] < self.best_cost:
            self.best_cost, self.best_routes = int(best.now[BEST_COST]), _routes(best)

    def _share(self, routes: list[Route]) -> None:
        """Let every island go on from a solution."""
        for island in self.islands:
            self._adopt(island, routes)

    def _adopt(self, island: Island, routes: list[Route]) -> None:
        stops, lengths = np.zeros_like(island.best_stops), np.zeros_like(island.best_length)
        for r, route in enumerate(routes):
            stops[r, : len(route)], lengths[r] = route, len(route)
        restore(self.case, island, stops, lengths, len(routes))
        if island.now[ABSENT] == 0 and island.now[COST] < island.now[BEST_COST]:
            keep_best(island, island.now[COST])

    def _recombine(self) -> None:
        """Choose the best set of all routes seen, and let every island go on from it.

        At its last mark the last round takes up the best of all rounds.
        """
        if self.round.number == self.rounds > 1 and not self.round.marks:
            self._share(self.best_routes)
            self.pool.add(_present(self.islands[0]))
        best = self._best()
        if best.now[BEST_COST] < NONE:
            found = self.pool.best_set(
                self.n,
                vehicle_cost=self.case.vehicle_cost,
                most=int(best.now[BEST_ROUTES]) if self.instance.vehicles_first else self.n,
                known=_routes(best),
                effort=effort_of(self.options),
                seconds=max((self.deadline - time.monotonic()) / 2, 0.01),
            )
            if found is not None:
                self._adopt(best, found)
        self._share(_routes(self._best()))

    def _tell(self) -> None:
        if self.best_cost < self.told:
            self.told = self.best_cost
            self.on_better(self._answer(stopped_by="time_limit"))

    def _answer(self, *, stopped_by: str) -> RouteSet:
        if self.islands:
            self._note_best()
        routes = [self._with_stations(route) for route in sorted(self.best_routes)]
        served = {place for route in routes for place in route.places if place < self.n}
        return RouteSet(
            routes=tuple(route.places for route in routes),
            length=sum(route.length for route in routes),
            charges=tuple(route.amounts for route in routes) if self.instance.curves else (),
            iterations=self.done,
            stopped_by=stopped_by,
            unserved=tuple(c for c in range(self.n) if c not in served),
        )

    def _with_stations(self, route: Route) -> Charged:
        if route not in self.charged:
            answer = charged_best(self.instance, route)
            assert answer is not None, route  # the search has priced it
            self.charged[route] = answer
        return self.charged[route]


def _longest(case: Case | CurvedCase) -> int:
    """Return the most customers that one load can hold."""
    held = int(np.searchsorted(np.cumsum(np.sort(case.demand)), case.capacity + 1e-6, side="right"))
    return max(1, min(held, case.customers))


def _present(island: Island) -> list[tuple[int, Route]]:
    """Return the routes of the present solution with their costs."""
    slots = [int(island.slot_of[r]) for r in range(island.now[ROUTES])]
    routes = island.routes
    return [
        (int(routes.cost[s]), tuple(routes.stops[s, : routes.length[s]].tolist())) for s in slots if routes.length[s]
    ]


def _routes(island: Island) -> list[Route]:
    return [
        tuple(island.best_stops[r, : island.best_length[r]].tolist())
        for r in range(island.now[BEST_ROUTES])
        if island.best_length[r]
    ]
