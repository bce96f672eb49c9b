"""OR-Tools' routing library alone on an instance: the baseline that the literature and every user have at hand.

Matrices and vectors only, whole numbers rounded against ourselves, every station as two optional nodes. The battery is
a dimension that counts down; at a station its slack is what is charged, in the time that it lasts, so that one unit of
energy is one unit of time. Customers are optional at a penalty beyond all other costs.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import groupby

import numpy as np
from numpy.typing import NDArray
from ortools.constraint_solver import pywrapcp, routing_enums_pb2

from planner.solve.charging import charged
from planner.solve.instance import Floats, Instance, RouteSet
from planner.solve.options import SolveOptions

Ints = NDArray[np.int64]
FINE = 1_000  # units of ours in one of the instance's, where that has fractions
ROUNDING = 1e-6  # of a unit of ours: what rounding up forgives, no more than double precision owes
COPIES = 2  # of each station
SPARE_VEHICLES = 10  # beyond twice what the load needs: windows and batteries make routes short
ROUNDS = (0.05, 0.15, 0.3, 0.5)  # shares of the search after the first answer; after each a better one is handed over
LEAST_S = 0.05  # of search in a round
LARGEST = 2**53


@dataclass(frozen=True, kw_only=True, eq=False)
class Scaled:
    """An instance in whole numbers, over the nodes of the model: customers, depot, copies of stations.

    `place` [m] is the place of each node. `demand` [m]; `length`, `time` (with the service at its start), `energy`
    [m, m]; `windows` [n + 1, 2]. `time` is None where nothing bounds it, `energy` where there is no battery.
    """

    place: Ints
    customers: int
    length: Ints
    length_scale: int
    demand: Ints
    capacity: int
    time: Ints | None
    windows: Ints
    energy: Ints | None
    battery: int
    full: bool
    fixed_cost: int
    vehicles: int


@dataclass(frozen=True, kw_only=True, eq=False)
class Model:
    """An instance in OR-Tools' words."""

    scaled: Scaled
    manager: pywrapcp.RoutingIndexManager
    routing: pywrapcp.RoutingModel

    def index(self, node: int) -> int:
        return int(self.manager.NodeToIndex(node))


def ortools_instance(instance: Instance, options: SolveOptions, *, on_better: Callable[[RouteSet], None]) -> RouteSet:
    """Search until the budget of solutions or the time limit is spent; `on_better` hears of each better answer.

    Raises `ValueError` for an instance whose tables do not fit together or hold what is no finite number.
    """
    deadline = time.monotonic() + options.time_limit_s
    refuse_broken(instance)
    scaled = scale(instance, seed=options.seed)
    model = build_model(scaled)
    # The first answer may take all the time there is; an interrupt soon after the start then finds one.
    found = improve(model, None, solutions=1, seconds=max(deadline - time.monotonic(), LEAST_S))
    spent = int(model.routing.solver().Solutions())
    best = answer(instance, scaled, routes_of(model, found), iterations=spent)
    on_better(best)
    for number, share in enumerate(ROUNDS):
        left = deadline - time.monotonic()
        budget = round((options.iterations - 1) * share)
        if left <= 0 or budget <= 0:
            continue
        found = improve(model, found, solutions=budget, seconds=max(left * share / sum(ROUNDS[number:]), LEAST_S))
        spent += int(model.routing.solver().Solutions())
        told = answer(instance, scaled, routes_of(model, found), iterations=spent)
        if _rank(instance, told) < _rank(instance, best):
            best = told
            on_better(best)
    late = time.monotonic() >= deadline - LEAST_S
    return replace(best, iterations=spent, stopped_by="time_limit" if late else "iterations")


def refuse_broken(instance: Instance) -> None:
    """Raise `ValueError` before native code meets an array it would crash on."""
    n, p = instance.customers, instance.places
    shapes = {
        "length": (p, p),
        "time": (p, p),
        "energy": (p, p),
        "demand": (n,),
        "service": (n,),
        "windows": (n + 1, 2),
    }
    for name, shape in shapes.items():
        table = getattr(instance, name)
        if table.shape != shape:
            raise ValueError(f"{name} has the shape {table.shape}, not {shape}")
        if name != "windows" and not (np.isfinite(table).all() and (table >= 0).all()):
            raise ValueError(f"{name} holds what is no number from 0")
    if n == 0 or np.isnan(instance.windows).any():
        raise ValueError("there are no customers, or windows that are none")
    if not instance.capacity > 0 or not instance.battery > 0 or not 0 <= instance.charge_rate < math.inf:
        raise ValueError("capacity, battery and charge rate must be numbers above, or from, 0")


def scale(instance: Instance, *, seed: int) -> Scaled:
    """Round the instance up to whole numbers, limits down; the seed shuffles the customers, which breaks ties."""
    n, depot = instance.customers, instance.depot
    electric = math.isfinite(instance.battery)
    timed = bool(np.isfinite(instance.windows).all(axis=1).any())
    order = np.random.default_rng(seed).permutation(n)
    stations = np.repeat(np.arange(n + 1, instance.places), COPIES if electric else 0)
    place = np.concatenate([order, [depot], stations]).astype(np.int64)
    grid = np.ix_(place, place)
    service = np.concatenate([instance.service[order], np.zeros(len(place) - n)])
    length_scale, load_scale = _scale_of(instance.length), _scale_of(instance.demand)
    length = _up(instance.length[grid], length_scale)
    energy_scale = FINE * (instance.charge_rate or 1.0)
    windows = np.clip(instance.windows[[*order, depot]] * FINE, 0, LARGEST)
    return Scaled(
        place=place,
        customers=n,
        length=length,
        length_scale=length_scale,
        demand=_up(np.concatenate([instance.demand[order], np.zeros(len(place) - n)]), load_scale),
        capacity=_down(instance.capacity, load_scale),
        time=_up(instance.time[grid] + service[:, None], FINE) if timed else None,
        windows=np.stack([np.ceil(windows[:, 0] - ROUNDING), np.floor(windows[:, 1] + ROUNDING)], axis=1).astype(
            np.int64
        ),
        energy=_up(instance.energy[grid], energy_scale) if electric else None,
        battery=_down(instance.battery, energy_scale) if electric else 0,
        full=not instance.partial,
        fixed_cost=int(length.max()) * 2 * n if instance.vehicles_first else 0,
        vehicles=min(n, 2 * math.ceil(instance.demand.sum() / instance.capacity) + SPARE_VEHICLES),
    )


def _scale_of(table: Floats) -> int:
    return 1 if bool((table == np.floor(table)).all()) else FINE


def _up(table: Floats, scale_: float) -> Ints:
    """Never promise a shorter leg; a leg too large for any limit stays so."""
    return np.ceil(np.minimum(table * scale_, LARGEST) - ROUNDING).astype(np.int64)


def _down(limit: float, scale_: float) -> int:
    return math.floor(min(limit * scale_, LARGEST) + ROUNDING)


def build_model(scaled: Scaled) -> Model:
    """Build the routing model."""
    manager = pywrapcp.RoutingIndexManager(len(scaled.place), scaled.vehicles, scaled.customers)
    model = Model(scaled=scaled, manager=manager, routing=pywrapcp.RoutingModel(manager))
    for rule in (_costs, _visits, _load, _time, _battery):
        rule(model)
    return model


def _costs(model: Model) -> None:
    scaled, routing = model.scaled, model.routing
    routing.SetArcCostEvaluatorOfAllVehicles(routing.RegisterTransitMatrix(scaled.length.tolist()))
    routing.SetFixedCostOfAllVehicles(scaled.fixed_cost)


def _visits(model: Model) -> None:
    scaled = model.scaled
    penalty = 2 * (scaled.fixed_cost + int(scaled.length.max()) * 2 * scaled.customers)
    for node in range(len(scaled.place)):
        if node != scaled.customers:
            model.routing.AddDisjunction([model.index(node)], penalty if node < scaled.customers else 0)


def _load(model: Model) -> None:
    scaled, routing = model.scaled, model.routing
    routing.AddDimension(routing.RegisterUnaryTransitVector(scaled.demand.tolist()), 0, scaled.capacity, True, "load")


def _time(model: Model) -> None:
    scaled, routing = model.scaled, model.routing
    if scaled.time is None:
        return
    closes = int(scaled.windows[scaled.customers, 1])
    routing.AddDimension(routing.RegisterTransitMatrix(scaled.time.tolist()), closes, closes, False, "time")
    clock = routing.GetDimensionOrDie("time")
    for node in range(scaled.customers):
        ready, due = (int(bound) for bound in scaled.windows[node])
        if ready <= min(due, closes):
            clock.CumulVar(model.index(node)).SetRange(ready, min(due, closes))
        else:  # rounding has closed its window
            routing.ActiveVar(model.index(node)).SetValue(0)
    for vehicle in range(scaled.vehicles):
        opens = min(int(scaled.windows[scaled.customers, 0]), closes)
        clock.CumulVar(routing.Start(vehicle)).SetMin(opens)


def _battery(model: Model) -> None:
    scaled, routing = model.scaled, model.routing
    if scaled.energy is None:
        return
    full = scaled.battery
    routing.AddDimension(routing.RegisterTransitMatrix((-scaled.energy).tolist()), full, full, False, "level")
    level = routing.GetDimensionOrDie("level")
    for vehicle in range(scaled.vehicles):
        level.CumulVar(routing.Start(vehicle)).SetValue(full)
        level.SlackVar(routing.Start(vehicle)).SetValue(0)
    for node in range(scaled.customers):
        level.SlackVar(model.index(node)).SetValue(0)
    clock = None if scaled.time is None else routing.GetDimensionOrDie("time")
    solver = routing.solver()
    for node in range(scaled.customers + 1, len(scaled.place)):
        at = model.index(node)
        charged = level.SlackVar(at)
        leaves = level.CumulVar(at) + charged
        # A charge that lasts nothing need not be full: more is never worse.
        solver.Add(leaves == full if scaled.full and clock else leaves <= full)
        if clock:
            solver.Add(clock.SlackVar(at) >= charged)


def improve(
    model: Model, start: pywrapcp.Assignment | None, *, solutions: int, seconds: float
) -> pywrapcp.Assignment | None:
    """Search on from an assignment, or from none; return the best found, which is None where there is nothing."""
    parameters = pywrapcp.DefaultRoutingSearchParameters()
    parameters.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
    parameters.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    parameters.solution_limit = solutions
    parameters.time_limit.FromMilliseconds(max(1, int(seconds * 1000)))
    if start is None:
        return model.routing.SolveWithParameters(parameters)
    # Not from its routes: reading those leaves the charges open, and finds none that fit.
    return model.routing.SolveFromAssignmentWithParameters(start, parameters) or start


def routes_of(model: Model, found: pywrapcp.Assignment | None) -> list[list[int]]:
    """Return the nodes that each vehicle visits between its start and its end."""
    routes: list[list[int]] = []
    if found is None:
        return routes
    for vehicle in range(model.scaled.vehicles):
        index = found.Value(model.routing.NextVar(model.routing.Start(vehicle)))
        routes.append([])
        while not model.routing.IsEnd(index):
            routes[-1].append(int(model.manager.IndexToNode(index)))
            index = found.Value(model.routing.NextVar(index))
    return routes


def answer(instance: Instance, scaled: Scaled, routes: list[list[int]], *, iterations: int) -> RouteSet:
    """Return routes of nodes as an answer, in the instance's own units; a route without customers is none.

    OR-Tools' local search does not always keep constraints between slacks, so stations with windows are placed anew,
    exactly; a route for which that cannot be done is left out with its customers.
    """
    n, depot = instance.customers, instance.depot
    # The two nodes of a station one after the other are one visit.
    told = [
        tuple(place for place, _ in groupby(int(scaled.place[node]) for node in route))
        for route in routes
        if any(node < n for node in route)
    ]
    if math.isfinite(instance.battery) and scaled.time is not None:
        placed = [charged(instance, [place for place in route if place < n]) for route in told]
        told = [found.places for found in placed if found is not None]
    served = {place for route in told for place in route}
    return RouteSet(
        routes=tuple(told),
        length=sum(float(instance.length[[depot, *route], [*route, depot]].sum()) for route in told),
        iterations=iterations,
        stopped_by="time_limit",
        unserved=tuple(place for place in range(n) if place not in served),
    )


def _rank(instance: Instance, found: RouteSet) -> tuple[int, int, float]:
    return len(found.unserved), len(found.routes) if instance.vehicles_first else 0, found.length
