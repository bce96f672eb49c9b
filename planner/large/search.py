"""The search for a large day: pieces side by side, then windows across the cuts, then exact times.

A part is a day of its own beside all that the others do: only plugs, site power and spare batteries are shared, and
each part knows its share. What a part finds is taken if it costs less. All parts of a round begin with the same plan
and share no vehicle and no order, so that nothing depends on how many are searched at once.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from planner.errors import NoPlanError
from planner.large.divide import Unit, divide, units_of
from planner.large.ground import Ground, Part
from planner.large.hands import Hands, Task
from planner.large.plugs import PlugBook, Use
from planner.large.windows import Cut, Window, windows_of
from planner.roads.streets import Floats
from planner.solve.cost import total_cost, tour_cost
from planner.solve.options import UNLIMITED, SolveOptions
from planner.solve.problem import MICRO, NO_WAY, PENALTY_RATE, Ints, Problem
from planner.solve.solution import Solution, Tour

ROUNDS, FEWEST_ROUNDS = 8, 3  # in each of which the lines between parts lie elsewhere
FIRST_SHARE = 0.3  # of the budget, for the first round; the others share the rest
LEAST_ITERATIONS = 1_000  # of a part in all, for each round; where the budget is less there are fewer of them
ENDING_SHARE, ENDING_S = 0.15, 60.0  # of the time limit, at most: for exact times
LEAST_S = 0.5
SEEDS, SEEDS_OF_A_DAY = 10_000, 1_000_003  # kept for the parts of a round, and for those of all rounds
MOST_ABSENT = 25  # orders without a vehicle that a window may take up, or its share of them if that is more
TRIED = 4  # of them at the end, when each place is timed exactly

Progress = Callable[[int, float], None]


@dataclass(frozen=True, kw_only=True)
class Stint:
    """How a round of parts is searched: its share of the iterations, until which part of the time, and by what."""

    share: float
    until: float
    what: Literal["search", "engine"] = "search"


@dataclass(kw_only=True, eq=False)
class LargeSearch:
    """The plan of a large day in the making."""

    ground: Ground
    options: SolveOptions
    hands: Hands
    possible: Sequence[int]
    trip_s: Floats
    progress: Progress | None = None
    tours: dict[int, Tour] = field(default_factory=dict)
    costs: dict[int, int] = field(default_factory=dict)
    late: bool = False
    begun: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        """Cut the day into pieces."""
        day = self.ground.day
        self.book = PlugBook(day)
        self.units = units_of(day, self.possible)
        self.pieces = divide(day, self.ground.points, self.possible, self.trip_s, most=self.options.part_orders)
        self.crews = [-1] * len(day.vehicles)
        self.docks: dict[int, dict[str, int]] = {}
        self._deal_docks()
        ending_s = min(ENDING_SHARE * self.options.time_limit_s, ENDING_S)
        self.until = self.begun + self.options.time_limit_s - ending_s
        self.deadline = self.begun + self.options.time_limit_s

    def _deal_docks(self) -> None:
        """Give each piece its docks, where a depot has few: its vehicles stay together as a crew."""
        for depot in self.ground.day.depots:
            if not depot.docks:
                continue
            own = [n for n, p in enumerate(self.pieces) if self._depot_of(p.vehicles) == depot.id]
            for k, n in enumerate(own):
                self.docks[n] = {depot.id: depot.docks // len(own) + (k < depot.docks % len(own))}
                for v in self.pieces[n].vehicles:
                    self.crews[v] = n

    def _depot_of(self, vehicles: Sequence[int]) -> str:
        return self.ground.day.vehicles[vehicles[0]].depot_id if vehicles else ""

    def run(self) -> None:
        """Search until the budget or the time limit is spent."""
        pieces = [Window(vehicles=piece.vehicles, orders=piece.orders) for piece in self.pieces]
        if self.options.engine == "ortools":
            self._round(pieces, Stint(share=1.0, until=1.0, what="engine"), turn=0)
        else:
            self._round(pieces, Stint(share=0.0, until=0.0), turn=0)
            rounds = min(max(self.options.iterations // LEAST_ITERATIONS, FEWEST_ROUNDS), ROUNDS)
            later = (1.0 - FIRST_SHARE) / (rounds - 1)
            for turn in range(1, rounds + 1):
                if time.monotonic() >= self.until:
                    self.late = True
                    break
                until = FIRST_SHARE + later * (turn - 1)
                share = FIRST_SHARE if turn == 1 else later
                windows = self._windows(turn) if turn > 1 else pieces
                self._round(windows, Stint(share=share, until=until), turn=turn)
        if not self.tours:
            raise NoPlanError("E-S13 the engine stopped before it had a plan → raise the limits, or plan fewer orders")
        self._finish()

    def _windows(self, turn: int, *, absent: int = MOST_ABSENT) -> list[Window]:
        left = self._absent()
        parts = max(len(self.ground.day.orders) // self.options.part_orders, 1)
        most_absent = max(absent, len(left) // parts) if absent > TRIED else absent
        cut = Cut(crews=self.crews, turn=turn, most=self.options.part_orders, most_absent=most_absent)
        return windows_of(self.ground.day, self.ground.points, self.tours, left, cut)

    def _absent(self) -> list[Unit]:
        """Return the units that no vehicle serves, those with an order that must be served first."""
        served = _served(self.tours, self.ground)
        left = [unit for unit in self.units if unit[0] not in served]
        orders = self.ground.day.orders
        return sorted(left, key=lambda unit: -max(PENALTY_RATE[orders[order].priority] for order in unit))

    def _round(self, windows: Sequence[Window], stint: Stint, *, turn: int) -> None:
        """Search some parts side by side, and take from each what is better."""
        before = dict(self.tours)
        shares = self._shares(windows, before, turn=turn)
        made: dict[int, tuple[Part, Problem]] = {}
        seconds = self._seconds(windows, stint)

        def tasks() -> Iterator[Task]:
            for n, window in enumerate(windows):
                made[n] = self._problem(window, before, shares[n])
                yield self._task(made[n][1], stint, seed=SEEDS * turn + n, seconds=seconds[n])

        for n, answer in self.hands.do(tasks()):
            self._take(windows[n], *made.pop(n), answer)

    def _seconds(self, windows: Sequence[Window], stint: Stint) -> list[float]:
        """Return how long each part may be searched: to the end, or where the clock alone ends it for its share."""
        now = time.monotonic()
        if self.options.iterations < UNLIMITED:
            return [self.until - now] * len(windows)
        round_s = self.begun + (self.until - self.begun) * stint.until - now
        total = max(sum(len(window.orders) for window in windows), 1)
        at_once = min(self.hands.count, len(windows))
        return [min(round_s, round_s * at_once * len(window.orders) / total) for window in windows]

    def _task(self, problem: Problem, stint: Stint, *, seed: int, seconds: float) -> Task:
        """Return the task for a part; to find a first plan takes one iteration."""
        budget = self.options.iterations * stint.share * problem.orders / self.options.part_orders
        timed = self.options.iterations >= UNLIMITED and stint.share > 0
        options = replace(
            self.options,
            iterations=UNLIMITED if timed else max(round(budget), 1),
            time_limit_s=max(min(seconds, self.until - time.monotonic()), LEAST_S),
            seed=(self.options.seed * SEEDS_OF_A_DAY + seed) % 2**31,
            threads=1,
            islands=1,
        )
        return Task(what=stint.what, problem=problem, options=options)

    def _shares(self, windows: Sequence[Window], tours: Mapping[int, Tour], *, turn: int) -> list[list[Use]]:
        """Return for each part what of the plugs is booked for others."""
        inside = {v for window in windows for v in window.vehicles}
        own = [self.book.uses(_of(window, tours)) for window in windows]
        others = self.book.uses(tour for v, tour in tours.items() if v not in inside)
        sites = [self._sites(window, tours) for window in windows]
        return self.book.booked_for(own, others, sites, turn=turn)

    def written_in(self) -> list[Window]:
        """Return the parts in which the routes are written."""
        return self._windows(ROUNDS + 2, absent=0)

    def part_of(self, window: Window) -> Part:
        """Return a part of the day as it is planned now."""
        return self.ground.part(window.orders, window.vehicles, self._sites(window, self.tours))

    def _sites(self, window: Window, tours: Mapping[int, Tour]) -> list[int]:
        """Return the depots and stations that a part knows of."""
        first = len(self.ground.day.orders)
        fleet = [self.ground.day.vehicles[v] for v in window.vehicles]
        visited = {visit.place - first for tour in _of(window, tours) for visit in tour.visits if visit.place >= first}
        return self.ground.sites_of(window.orders, fleet, visited=visited)

    def _problem(self, window: Window, tours: Mapping[int, Tour], booked: Sequence[Use]) -> tuple[Part, Problem]:
        """Return a part of the day and its problem beside all that the others do."""
        part = self.ground.part(window.orders, window.vehicles, self._sites(window, tours))
        p = part.problem
        rows = [(part.plug_of(plug), *rest) for plug, *rest in booked]
        rows = [row for row in rows if row[0] is not None]
        own = part.own(_of(window, tours))
        longest = max((len(tour.visits) for tour in own), default=0)
        begin = np.full((p.vehicles if own else 0, longest), NO_WAY, dtype=np.int64)
        for tour in own:
            begin[tour.vehicle, : len(tour.visits)] = [visit.place for visit in tour.visits]
        return part, replace(
            p,
            booked=np.concatenate([p.booked, np.array(rows, dtype=np.int64).reshape(-1, 4)]),
            begin=begin,
            docks=self._docks_of(part, window),
            packs=self._packs_of(part, window, tours),
        )

    def _docks_of(self, part: Part, window: Window) -> Ints:
        crew = {self.crews[v] for v in window.vehicles} - {-1}
        docks = part.problem.docks.copy()
        for n in crew:
            for d, depot in enumerate(part.day.depots):
                docks[d] = self.docks[n].get(depot.id, int(docks[d]))
        return docks

    def _packs_of(self, part: Part, window: Window, tours: Mapping[int, Tour]) -> Ints:
        """Return the spare batteries that a part may use: what others use is gone, the rest is dealt out."""
        p = part.problem
        if not p.packs.any():
            return p.packs
        day, packs = self.ground.day, p.packs.copy()
        for d, depot in enumerate(part.day.depots):
            for t, kind in enumerate(part.roads.types):
                like = [v for v, one in enumerate(day.vehicles) if one.depot_id == depot.id and one.type == kind]
                used = {v: sum(bool(visit.swap_end_s) for visit in tours[v].all_visits) for v in like if v in tours}
                mine = [v for v in like if v in set(window.vehicles)]
                free = int(packs[d, t]) - sum(used.values())
                packs[d, t] = sum(used.get(v, 0) for v in mine) + free * len(mine) // max(len(like), 1)
        return packs

    def _take(self, window: Window, part: Part, problem: Problem, answer: Solution | None) -> None:
        """Take what a part has found if it costs less than what there is."""
        if answer is None:
            return
        self.late |= answer.stopped_by == "time_limit" and self.options.iterations < UNLIMITED
        now = part.own(_of(window, self.tours))
        if answer.cost >= total_cost(problem, now):
            return
        others = [v for v in self.tours if v not in set(window.vehicles)]
        tours = {v: self.tours[v] for v in others} | {tour.vehicle: tour for tour in part.whole(answer.tours)}
        costs = {part.vehicles[tour.vehicle]: tour_cost(problem, tour) for tour in answer.tours}
        # At once: whoever stops the search here finds the one plan or the other.
        self.tours, self.costs = tours, {v: self.costs[v] for v in others} | costs
        if self.progress is not None:
            self.progress(len(_served(self.tours, self.ground)), sum(self.costs.values()) / MICRO)

    def _finish(self) -> None:
        """Time all days exactly, and look for room for what is left out."""
        windows = self._windows(ROUNDS + 1, absent=TRIED)
        before = dict(self.tours)
        made: dict[int, tuple[Part, Problem]] = {}
        shares = self._shares(windows, before, turn=ROUNDS + 1)

        def tasks() -> Iterator[Task]:
            for n, window in enumerate(windows):
                part, problem = made[n] = self._problem(window, before, shares[n])
                tours = tuple(part.own(_of(window, before)))
                now = Solution(tours=tours, cost=total_cost(problem, tours), iterations=0, stopped_by="iterations")
                options = replace(self.options, time_limit_s=max(self.deadline - time.monotonic(), LEAST_S))
                yield Task(what="finish", problem=problem, options=options, found=now)

        for n, answer in self.hands.do(tasks()):
            self._take(windows[n], *made.pop(n), answer)
        # Who times a part stops at the deadline, and does not say so.
        self.late |= time.monotonic() >= self.deadline


def _served(tours: Mapping[int, Tour], ground: Ground) -> set[int]:
    """Return the orders that are served."""
    orders = len(ground.day.orders)
    return {visit.place for tour in tours.values() for visit in tour.visits if visit.place < orders}


def _of(window: Window, tours: Mapping[int, Tour]) -> list[Tour]:
    """Return the tours of a window's vehicles."""
    return [tours[v] for v in window.vehicles if v in tours]
