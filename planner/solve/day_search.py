"""The search for a day: islands of ruin and recreate on the vehicles' days, timed exactly at the end.

Progress is the spent share of the iteration budget, or of the time for searching where that is all there is, in slices;
temperature changes and islands exchange between slices only. So an iteration budget gives the same plan whatever the
number of threads and the load; a time limit beside it only ends the search early.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Event
from typing import Any

import numpy as np

from planner.solve import day_case as dc
from planner.solve import day_moves
from planner.solve.apart import cores
from planner.solve.cost import total_cost
from planner.solve.insertion import insert_left_out
from planner.solve.options import UNLIMITED, SolveOptions
from planner.solve.placing import drop_needless_stations, settle, tidy
from planner.solve.problem import Problem
from planner.solve.schedule import assign_plugs
from planner.solve.solution import Sequence, Solution, Tour, Visit, tour_of, trip_from
from planner.solve.trips import ready_of

SLICES = 100
MARKS = (0.5, 0.75, 0.9)  # of the way: every island goes on from the best
FILL_UNTIL = 0.6  # of the way, absent orders may change for others that are easier to place
HOT, COLD = 1.0, 0.005  # temperatures as parts of what an order costs
COOLING = 0.948395970375896  # 0.005 ** (1 / 100)
CHUNK_S = 0.03  # between two looks at the clock
ENDING_SHARE, ENDING_S = 0.2, 6.0  # of the time limit, at most: for exact times and for what was left out
QUICK_ENDING_S = 2.0  # where vehicles share neither plugs nor docks, so that the search's own times are exact
TRIES = 8  # at beginning with given days
TELL_S = 0.5  # between two better plans told


def search_day(problem: Problem, options: SolveOptions, *, on_better: Callable[[Solution], None]) -> Solution:
    """Search until the iteration budget (per island) or the time limit is spent; `on_better` hears of better plans."""
    search = _Search(problem, options, on_better, ending_s=_ending_s(problem, options.time_limit_s))
    search.run()
    found = search.found()
    return finish_day(problem, found, until_s=search.until_s + search.ending_s, options=options)


def _ending_s(problem: Problem, limit_s: float) -> float:
    """Return what of a time limit is kept for exact times and for what was left out."""
    shares = len(problem.plug_w) > 0 or bool(problem.docks.any())
    return min(ENDING_SHARE * limit_s, ENDING_S if shares else QUICK_ENDING_S)


def improve_day(problem: Problem, options: SolveOptions) -> Solution:
    """Search as `search_day` does, and leave the times as the search drives them: they hold, but not to the second."""
    search = _Search(problem, options, lambda _: None)
    search.run()
    return search.found()


def finish_day(problem: Problem, found: Solution, *, until_s: float, options: SolveOptions | None = None) -> Solution:
    """Time days exactly, all vehicles together, and find room for what is left out, as far as the options say."""
    options = options or SolveOptions()
    tours: list[Tour] = list(found.tours)
    sequences = {tour.vehicle: [visit.place for visit in tour.visits] for tour in tours}
    exact = settle(problem, sequences, taken=[], until_s=until_s, exact=options.exact)
    if exact is not None and total_cost(problem, exact) <= total_cost(problem, tours):
        tours = exact
    fits_nowhere: tuple[int, ...] = ()
    served = sum(visit.place < problem.orders for tour in tours for visit in tour.visits)
    if problem.orders - served <= options.most_fitted_in:
        tours, fits_nowhere = insert_left_out(problem, tuple(tours), until_s=until_s)
    tours = drop_needless_stations(problem, tours, until_s=until_s)
    return replace(found, **_priced(problem, tours), fits_nowhere=fits_nowhere)


def _priced(problem: Problem, tours: list[Tour]) -> dict[str, Any]:
    """Return tours in order of their vehicles, and what they cost."""
    in_order = tuple(sorted(tours, key=lambda tour: tour.vehicle))
    return {"tours": in_order, "cost": total_cost(problem, in_order)}


class _Search:
    """The state of one search."""

    def __init__(
        self, problem: Problem, options: SolveOptions, on_better: Callable[[Solution], None], *, ending_s: float = 0.0
    ) -> None:
        self.begun = time.monotonic()
        self.problem, self.options, self.on_better = problem, options, on_better
        self.ending_s = ending_s
        self.case = dc.build_day(problem)
        seeds = range(options.seed * options.islands, (options.seed + 1) * options.islands)
        self.islands = [dc.new_books(self.case, seed=seed) for seed in seeds]
        self.rate = [500.0] * options.islands  # iterations a second, measured
        self.timed = options.iterations >= UNLIMITED
        self.done = 0  # iterations of each island
        self.stop = Event()
        self.told, self.told_s = int(dc.NONE), 0.0
        self.until_s = self.begun + options.time_limit_s - self.ending_s

    def progress(self) -> float:
        if not self.timed:
            return self.done / self.options.iterations
        return (time.monotonic() - self.begun) / max(self.until_s - self.begun, 1e-3)

    def run(self) -> None:
        """Place all orders once, then improve at falling temperature."""
        for island in self.islands:
            if _begin(self.problem, self.case, island):
                day_moves.put_back(self.case, island)
            else:
                day_moves.run(self.case, island, 1, 0.0, False)
        self.begun = time.monotonic()  # loading compiled loops is no progress
        self._tell()
        threads = min(self.options.threads or cores(), len(self.islands))
        marks, unit = list(MARKS), self._cost_of_an_order()
        with ThreadPoolExecutor(threads) as workers:
            for s in range(1, SLICES + 1):
                now = self.progress()
                if now >= 1.0 or time.monotonic() >= self.until_s:
                    break
                if now >= s / SLICES:
                    continue
                self._slice(workers, s / SLICES, threads, _temperature(now) * unit, fill=now < FILL_UNTIL)
                if marks and now >= marks[0]:
                    marks.pop(0)
                    self._share_best()
                self._tell()

    def _slice(
        self, workers: ThreadPoolExecutor, until: float, threads: int, temperature: float, *, fill: bool
    ) -> None:
        """Let every island search until a share of the budget is spent."""
        iterations = round(self.options.iterations * until) - self.done
        until_s = self.begun + (self.until_s - self.begun) * (until if self.timed else 1.0)
        count = len(self.islands)
        share_s = (until_s - time.monotonic()) * threads / count  # islands without a thread wait for one
        jobs = [workers.submit(self._search, i, iterations, share_s, temperature, fill=fill) for i in range(count)]
        try:
            self.done += min(job.result() for job in jobs)
        except BaseException:
            self.stop.set()
            raise

    def _search(self, i: int, iterations: int, seconds: float, temperature: float, *, fill: bool) -> int:
        """Let one island search; return its iterations."""
        begun, made = time.monotonic(), 0
        while made < iterations and not self.stop.is_set():
            since = time.monotonic()
            if since - begun >= seconds:
                break
            chunk = min(max(int(self.rate[i] * min(CHUNK_S, seconds)), 1), iterations - made)
            day_moves.run(self.case, self.islands[i], chunk, temperature, fill)
            self.rate[i] = chunk / max(time.monotonic() - since, 1e-6)
            made += chunk
        return made

    def _best(self) -> dc.Books:
        return min(self.islands, key=lambda island: int(island.now[dc.BEST_COST]))

    def _share_best(self) -> None:
        best = self._best()
        stops, lengths = best.best_stops.copy(), best.best_length.copy()
        for island in self.islands:
            day_moves.restore(self.case, island, stops, lengths)

    def _cost_of_an_order(self) -> float:
        """Return what an order costs in the first plan."""
        island = self._best()
        served = self.problem.orders - int(island.now[dc.BEST_ABSENT])
        return float(island.best_fact[:, dc.COST].sum()) / max(served, 1)

    def _tell(self) -> None:
        best, now = int(self._best().now[dc.BEST_COST]), time.monotonic()
        if best < self.told and now >= self.told_s + TELL_S:
            self.told, self.told_s = best, now
            self.on_better(self._solution(self._tours()))

    def _tours(self) -> list[Tour]:
        """Return the best days with the times at which the search drives them."""
        island = without_idle_stations(self.case, self._best())
        tours = [driven(self.problem, self.case, island, int(v)) for v in np.flatnonzero(island.best_length)]
        return assign_plugs(self.problem, tours)

    def _solution(self, tours: list[Tour]) -> Solution:
        late = self.done < self.options.iterations
        stopped_by = "time_limit" if late else "iterations"
        return Solution(**_priced(self.problem, tours), iterations=self.done, stopped_by=stopped_by)

    def found(self) -> Solution:
        """Return the best days with the times at which the search drives them."""
        return self._solution(self._tours())


def _begin(problem: Problem, case: dc.DayCase, island: dc.Books) -> bool:
    """Let a search begin with the days that the problem gives; say whether there are any.

    Each day takes the plugs that are best for itself. One that finds none then is set before the others in another try.
    """
    for v, row in enumerate(problem.begin.tolist()):
        places = tidy([place for place in row if place >= 0], depot=int(problem.depot[v]))
        island.best_stops[v, : len(places)], island.best_length[v] = places, len(places)
    day_moves.restore(case, island, island.best_stops, island.best_length)
    turns = np.arange(problem.vehicles)
    for _ in range(TRIES):
        lost = (island.best_length[turns] > 0) & (island.fact[island.slot_of[turns], dc.LENGTH] == 0)
        if not lost.any():
            break
        turns = np.concatenate([turns[lost], turns[~lost]])
        day_moves.restore_in_turns(case, island, island.best_stops, island.best_length, turns)
    return bool(len(problem.begin))


def _temperature(way: float) -> float:
    """Fall from hot to cold in equal ratios, by products alone: no machine rounds them another way."""
    temperature = HOT
    for _ in range(int(way * 100)):
        temperature *= COOLING
    return max(temperature, COLD)


def without_idle_stations(case: dc.DayCase, island: dc.Books) -> dc.Books:
    """Return the best days driven anew without stations at which nothing is charged and nobody rests.

    No plan can say such a stop. The search may keep one because a vehicle may turn round there, which is shorter, or
    because in traffic it tried a better start with it. An order that needs it is left out, with those of its group.
    """
    torn: set[int] = set()
    while True:
        stops, lengths = island.best_stops.copy(), island.best_length.copy()
        for v in np.flatnonzero(lengths):
            places = _needed(case, island, int(v), torn)
            stops[v, : len(places)], lengths[v] = places, len(places)
        if (lengths == island.best_length).all():
            return island
        island = dc.new_books(case, seed=0)
        day_moves.restore(case, island, stops, lengths)
        slots = island.slot_of
        island.best_stops[:], island.best_length[:] = island.stops[slots], island.fact[slots, dc.LENGTH]
        island.best_fact[:], island.best_charge[:] = island.fact[slots], island.charge[slots]
        island.best_load[:], island.best_swap[:] = island.load[slots], island.swap[slots]
        island.now[dc.BEST_COST], island.now[dc.BEST_ABSENT] = island.now[dc.NOW_COST], island.now[dc.ABSENT]
        torn = {u for u in range(case.orders) if any(island.where[w] < 0 for w in _mates_of(case, u))}


def _mates_of(case: dc.DayCase, order: int) -> list[int]:
    """Return the other orders of an order's group."""
    mates, at = [], int(case.mate[order])
    while at != order:
        mates.append(at)
        at = int(case.mate[at])
    return mates


def _needed(case: dc.DayCase, island: dc.Books, v: int, torn: set[int]) -> Sequence:
    """Return the stops of a best day but for idle stations and orders of torn groups."""
    fact, first_station = island.best_fact[v], case.orders + case.depots
    used = {*island.best_charge[v, 0, : fact[dc.CHARGES]].tolist(), int(fact[dc.BREAK_AT])}
    stops = island.best_stops[v, : island.best_length[v]].tolist()
    kept = [at for k, at in enumerate(stops, start=1) if at not in torn and (at < first_station or k in used)]
    return tidy(kept, depot=int(case.vehicle[v, dc.DEPOT])) if len(kept) < len(stops) else stops


def driven(p: Problem, case: dc.DayCase, island: dc.Books, v: int) -> Tour:
    """Return a vehicle's best day, started as late as the search found out that it may."""
    of, fact = case.vehicle[v], island.best_fact[v]
    depot, m = int(of[dc.DEPOT]), int(island.best_length[v])
    charges = {int(stop): c for c, stop in enumerate(island.best_charge[v, 0, : fact[dc.CHARGES]])}
    travel = p.travel_s[p.network[of[dc.KIND]]]
    places = [depot, *island.best_stops[v, :m].tolist(), depot]
    ready = ready_of(p, depot, places[1:-1])
    visits: list[Visit] = []
    arrival = int(of[dc.OPENS] + fact[dc.DELAY])
    for k, place in enumerate(places):
        if visits:
            arrival = p.arrival_s(visits[-1].leave_s, int(travel[visits[-1].place, place]))
        begin = end = arrival
        if place < p.orders:
            begin = min(max(int(a), arrival) for a, b in p.windows[place] if max(int(a), arrival) <= b)
            end = begin + p.standing_of(int(of[dc.KIND]), places[k - 1], place)
        elif place == depot and k <= m:
            lasts = p.loading_of(depot, trip_from(places, k, depot=depot))
            begin = int(island.best_load[v, k]) if of[dc.DOCKS] and lasts else max(arrival, ready[k])
            end = begin + lasts
        visit = Visit(place=place, arrival_s=arrival, begin_s=begin, end_s=end)
        if k and k == fact[dc.BREAK_AT]:
            rests = max(end, int(of[dc.BREAK_FROM]))
            visit = replace(visit, break_begin_s=rests, break_end_s=rests + int(of[dc.BREAK_S]))
        if of[dc.SWAP_S] and k <= m and (gained := int(island.best_swap[v, k])):
            swapped_s = arrival + int(of[dc.SWAP_S])
            visit = replace(visit, swap_begin_s=arrival, swap_end_s=swapped_s, charge_mwh=gained)
        if k in charges:
            group, since, until = island.best_charge[v, 1:, charges[k]].tolist()
            watts = min(int(case.group[group, dc.GROUP_W]), int(of[dc.CHARGE_W]))
            visit = replace(
                visit,
                plug=int(case.group[group, dc.GROUP_FIRST]),
                charge_begin_s=since,
                charge_end_s=until,
                charge_mwh=(until - since) * (watts * 5 // 18),
            )
        visits.append(visit)
    return tour_of(v, visits)
