"""The day as a model of OR-Tools' routing library.

Nodes are orders, reloads (each vehicle has its own copies of its depot) and half hours of charging (copies of
each place with plugs, the depot included). A vehicle passes all its reload copies; an empty trip between two of
them costs nothing and is struck out afterwards. Energy is the depth of discharge with a full bay on every leg,
which is never less than the truth. A pickup takes its room for the whole trip, like a delivery. A release keeps an
order from being served before its goods could come on the shortest way; whether the trip waits for them is settled
afterwards, as is whether a group is whole: it costs more on several vehicles. Pairs, and groups with one, are left out:
pairs are put in afterwards, where they fit beside the others.

Loading gives what a plug gives in that time, a half hour of charging as much as it can. Amounts to the watt-hour,
plugs, docks, swaps and true loads are settled afterwards, in `schedule`.

Everything is a dimension with matrices: constraints of our own between variables left OR-Tools' insertion
heuristics without a first solution.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest

import numpy as np
from ortools.constraint_solver import pywrapcp, routing_enums_pb2

from planner.solve.pace import most_extra_s
from planner.solve.placing import tidy
from planner.solve.problem import NO_PARTNER, NO_WAY, Ints, Problem
from planner.solve.solution import Sequence
from planner.solve.trips import allowed_together, members

Routes = list[list[int]]
"""Nodes of the model that each vehicle visits between its start and its end."""

CHARGE_S = 1_800  # of one charge copy; several may follow each other
DEAD_ENDS = 50  # for each solution of the budget, then the search gives up: a day of few orders has few solutions
LNS_S = 3_600  # OR-Tools' own 0.1 s for completing a neighbour would make plans depend on the machine's load


@dataclass(frozen=True, kw_only=True, eq=False)
class Nodes:
    """The model's nodes: orders in an order that the seed shuffles, depots in use, reload copies, charge copies.

    `place` [m] is the place of each node, `vehicles` [m] those that may go there. A depot of no vehicle has no
    node: OR-Tools would insist on a visit.
    """

    place: Ints
    vehicles: tuple[tuple[int, ...], ...]
    reloads: range
    charges: range


@dataclass(frozen=True, kw_only=True, eq=False)
class Model:
    """One problem in OR-Tools' words."""

    problem: Problem
    nodes: Nodes
    manager: pywrapcp.RoutingIndexManager
    routing: pywrapcp.RoutingModel
    keep_charges: bool

    def index(self, node: int) -> int:
        return int(self.manager.NodeToIndex(node))


def build_model(problem: Problem, *, seed: int, keep_charges: bool) -> Model:
    """Build the routing model; every array in it comes from a validated problem.

    With `keep_charges` no vehicle may skip the half hours of charging at its depot. Local search adds one thing at
    a time: it drops a charge that no order needs yet, and then finds no way to serve the order that needs it.
    """
    nodes = _nodes(problem, seed=seed)
    ends = [problem.orders + int(i) for i in np.unique(problem.depot, return_inverse=True)[1]]
    manager = pywrapcp.RoutingIndexManager(len(nodes.place), problem.vehicles, ends, ends)
    model = Model(
        problem=problem, nodes=nodes, manager=manager, routing=pywrapcp.RoutingModel(manager), keep_charges=keep_charges
    )
    for rule in RULES:
        rule(model)
    return model


def first_routes(model: Model) -> Routes:
    """Return routes without orders: every vehicle reloads as often as it may and charges each time."""
    reloads, charges = model.nodes.reloads, model.nodes.charges
    return [
        [
            node
            for pair in zip_longest(
                (r for r in reloads if model.nodes.vehicles[r] == (vehicle,)),
                (c for c in charges if model.nodes.vehicles[c] == (vehicle,)),
            )
            for node in pair
            if node is not None
        ]
        for vehicle in range(model.problem.vehicles)
    ]


def improve(model: Model, start: Routes, *, solutions: int, seconds: float) -> Routes:
    """Search on from routes of nodes until either limit; return the best found."""
    parameters = pywrapcp.DefaultRoutingSearchParameters()
    parameters.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    parameters.solution_limit = solutions
    parameters.time_limit.FromMilliseconds(max(1, int(seconds * 1000)))
    parameters.lns_time_limit.FromSeconds(LNS_S)
    routing = model.routing
    routing.AddSearchMonitor(routing.solver().FailuresLimit(DEAD_ENDS * solutions))
    routing.CloseModelWithParameters(parameters)
    first = routing.ReadAssignmentFromRoutes([[model.index(node) for node in route] for route in start], True)
    found = routing.SolveFromAssignmentWithParameters(first, parameters) if first else None
    if not found:
        return start
    return [_route(model, found, vehicle) for vehicle in range(model.problem.vehicles)]


def _route(model: Model, found: pywrapcp.Assignment, vehicle: int) -> list[int]:
    nodes = []
    index = found.Value(model.routing.NextVar(model.routing.Start(vehicle)))
    while not model.routing.IsEnd(index):
        nodes.append(int(model.manager.IndexToNode(index)))
        index = found.Value(model.routing.NextVar(index))
    return nodes


def _nodes(problem: Problem, *, seed: int) -> Nodes:
    n, homes = problem.orders, np.unique(problem.depot)
    fixed, copies = n + len(homes), _reload_copies(problem)
    order = np.random.default_rng(seed).permutation(n)
    reloads: list[tuple[int, tuple[int, ...]]] = [
        (int(problem.depot[v]), (v,)) for v in range(problem.vehicles) for _ in range(copies)
    ]
    charges: list[tuple[int, tuple[int, ...]]] = [
        (int(problem.depot[v]), (v,))
        for v in range(problem.vehicles)
        if problem.depot[v] - n in problem.plug_site
        for _ in range(min(copies, _charges_in_half_a_shift(problem, v)))
    ]
    for site in np.unique(problem.plug_site[problem.plug_site >= problem.depots]):
        for kind in np.unique(problem.kind):
            who = tuple(int(v) for v in np.flatnonzero(problem.kind == kind))
            charges += [(int(site) + n, who)] * 2
    allowed = allowed_together(problem)
    allowed[_of_pairs(problem)] = 0
    may_serve = [tuple(int(v) for v in np.flatnonzero(allowed[i])) for i in order]
    return Nodes(
        place=np.array([*order, *homes, *(at for at, _ in reloads + charges)], dtype=np.int64),
        vehicles=(*may_serve, *((),) * len(homes), *(who for _, who in reloads + charges)),
        reloads=range(fixed, fixed + len(reloads)),
        charges=range(fixed + len(reloads), fixed + len(reloads) + len(charges)),
    )


def _of_pairs(p: Problem) -> list[int]:
    """Return the orders of pairs and of groups that hold a pair."""
    paired = set(np.flatnonzero(p.partner != NO_PARTNER).tolist())
    return sorted(paired.union(*(orders for orders in members(p) if not paired.isdisjoint(orders))))


def _reload_copies(problem: Problem) -> int:
    """Return how many reloads each vehicle may make: half as many again as the demand asks of the fleet, and one.

    Never more than there are orders.
    """
    demand = np.array([problem.volume_ml.sum(), problem.demand_g.sum()])
    bays = np.array([problem.bay_ml[problem.kind].sum(), problem.payload_g[problem.kind].sum()])
    return min(problem.orders, int(np.ceil(1.5 * (demand / np.maximum(bays, 1)).max())) + 1)


def _charges_in_half_a_shift(problem: Problem, vehicle: int) -> int:
    """Return how many half hours of charging leave the other half of the shift for orders."""
    return int(problem.shift[vehicle, 1] - problem.shift[vehicle, 0]) // (2 * CHARGE_S)


def _keep_time(model: Model) -> None:
    """Driving, service and loading fit the shift and the windows; hours cost money."""
    p, routing = model.problem, model.routing
    by_kind = [routing.RegisterTransitMatrix(_seconds(model, kind).tolist()) for kind in range(len(p.network))]
    by_vehicle = [by_kind[kind] for kind in p.kind]
    routing.AddDimensionWithVehicleTransits(by_vehicle, p.horizon_s, p.horizon_s, False, "time")
    time = routing.GetDimensionOrDie("time")
    for node in range(p.orders):
        variable, place = time.CumulVar(model.index(node)), int(model.nodes.place[node])
        _restrict(variable, p.windows[place])
        if p.late_per_s[place] and (p.punctual_s[place] == p.punctual_s[place, 0]).all():  # more windows: not priced
            per_s = int(p.late_per_s[place])
            time.SetCumulVarSoftUpperBound(model.index(node), int(p.punctual_s[place, 0]), per_s)
        if p.release_s[place]:
            variable.SetMin(int(p.release_s[place]))
    for vehicle in range(p.vehicles):
        for end in (routing.Start(vehicle), routing.End(vehicle)):
            time.CumulVar(end).SetRange(int(p.shift[vehicle, 0]), int(p.shift[vehicle, 1]))
        _pay_for_overtime(model, vehicle)
        time.SetSpanCostCoefficientForVehicle(int(p.per_s[p.kind[vehicle]]), vehicle)
        routing.AddVariableMinimizedByFinalizer(time.CumulVar(routing.End(vehicle)))


def _pay_for_overtime(model: Model, vehicle: int) -> None:
    p, time = model.problem, model.routing.GetDimensionOrDie("time")
    if p.per_over_s[p.kind[vehicle]] and p.shift[vehicle, 1] > p.regular_s[vehicle]:
        per_s = int(p.per_over_s[p.kind[vehicle]])
        time.SetCumulVarSoftUpperBound(model.routing.End(vehicle), int(p.regular_s[vehicle]), per_s)


def _stop_no_more_than_allowed(model: Model) -> None:
    """Some vehicles make so many deliveries and no more."""
    p = model.problem
    if not p.most_stops.any():
        return
    counts = np.zeros(len(model.nodes.place), dtype=np.int64)
    counts[: p.orders] = 1
    count = model.routing.RegisterUnaryTransitVector(counts.tolist())
    most = [int(m) or p.orders for m in p.most_stops]
    model.routing.AddDimensionWithVehicleCapacity(count, 0, most, True, "stops")


def _carry_no_more_than_the_bay(model: Model) -> None:
    """Kilograms and litres since the last reload fit; a reload takes up to a whole bay off the count."""
    p = model.problem
    for name, demand, bay in (("grams", p.demand_g, p.payload_g), ("millilitres", p.volume_ml, p.bay_ml)):
        most = int(bay.max())
        change = np.zeros(len(model.nodes.place), dtype=np.int64)
        change[: p.orders] = demand[model.nodes.place[: p.orders]]
        change[list(model.nodes.reloads)] = -most
        count = model.routing.RegisterUnaryTransitVector(change.tolist())
        capacity = [int(bay[kind]) for kind in p.kind]
        model.routing.AddDimensionWithVehicleCapacity(count, most, capacity, True, name)
        dimension = model.routing.GetDimensionOrDie(name)
        for index in _indices_without(model, model.nodes.reloads):
            dimension.SlackVar(index).SetValue(0)


def _spend_the_battery(model: Model) -> None:
    """The depth of discharge never exceeds what the reserve leaves; loading and charging take it back.

    No more is asked than the vehicle starts with: it may stay where it is, and the others need a first solution.
    """
    p, routing = model.problem, model.routing
    by_kind = [routing.RegisterTransitMatrix(_discharge(model, kind).tolist()) for kind in range(len(p.payload_g))]
    at_start = p.battery_mwh[p.kind] - p.start_mwh
    most = [int(mwh) for mwh in np.maximum(p.battery_mwh[p.kind] - p.reserve_mwh, at_start)]
    at_end = np.maximum(p.battery_mwh[p.kind] - p.end_mwh, at_start)
    routing.AddDimensionWithVehicleTransitAndCapacity([by_kind[k] for k in p.kind], max(most), most, False, "discharge")
    discharge = routing.GetDimensionOrDie("discharge")
    for vehicle in range(p.vehicles):
        discharge.CumulVar(routing.Start(vehicle)).SetValue(int(at_start[vehicle]))
        discharge.CumulVar(routing.End(vehicle)).SetMax(int(at_end[vehicle]))
    for index in _indices_without(model, range(model.nodes.reloads.start, model.nodes.charges.stop)):
        discharge.SlackVar(index).SetValue(0)


def _use_the_right_vehicles(model: Model) -> None:
    """Each node is visited by a vehicle that may go there, or by none where that is allowed."""
    left_out = -1  # OR-Tools' vehicle of a node that is not visited
    for node in _stops(model):
        who = [*model.nodes.vehicles[node]] + ([] if _must_visit(model, node) else [left_out])
        model.routing.VehicleVar(model.index(node)).SetValues(who)


def _allow_leaving_out(model: Model) -> None:
    """An order may be dropped at its penalty; a charge at no price."""
    for node in _stops(model):
        if not _must_visit(model, node):
            order = node < model.problem.orders
            penalty = int(model.problem.penalty[model.nodes.place[node]]) if order else 0
            model.routing.AddDisjunction([model.index(node)], penalty)


def _keep_groups_on_one_vehicle(model: Model) -> None:
    """An order on another vehicle than one of its group costs as much as to leave it out."""
    p = model.problem
    node_of = {int(place): node for node, place in enumerate(model.nodes.place[: p.orders])}
    for orders in members(p):
        indices = [model.index(node_of[order]) for order in orders]
        model.routing.AddSoftSameVehicleConstraint(indices, int(p.penalty[orders].max()))


def _must_visit(model: Model, node: int) -> bool:
    at_depot = model.nodes.place[node] < model.problem.orders + model.problem.depots
    return node in model.nodes.reloads or (model.keep_charges and node in model.nodes.charges and bool(at_depot))


def _pay_for_distance_and_vehicles(model: Model) -> None:
    """Kilometres and energy cost on each arc; a vehicle costs its day as soon as it serves one order."""
    p, routing = model.problem, model.routing
    by_kind = [routing.RegisterTransitMatrix(_arc_cost(model, kind).tolist()) for kind in range(len(p.payload_g))]
    in_use = routing.RegisterUnaryTransitVector([0] * len(model.nodes.place))
    routing.AddDimension(in_use, 1, 1, True, "in_use")
    used = routing.GetDimensionOrDie("in_use")
    for node in range(p.orders):
        used.CumulVar(model.index(node)).SetMin(1)
    for vehicle, kind in enumerate(p.kind):
        routing.SetArcCostEvaluatorOfVehicle(by_kind[kind], vehicle)
        used.SetCumulVarSoftUpperBound(routing.End(vehicle), 0, int(p.per_day[kind] + p.ways_cost[vehicle]))


RULES = (
    _keep_time,
    _carry_no_more_than_the_bay,
    _stop_no_more_than_allowed,
    _spend_the_battery,
    _use_the_right_vehicles,
    _allow_leaving_out,
    _keep_groups_on_one_vehicle,
    _pay_for_distance_and_vehicles,
)


def _seconds(model: Model, kind: int) -> Ints:
    """Seconds from the beginning at one node to the arrival at the next; no way lasts longer than the day.

    Where traffic changes with the hour every drive takes as long as at the slowest moment. What loading takes for each
    parcel is spent at the order.
    """
    p, place = model.problem, model.nodes.place
    travel = p.travel_s[p.network[kind]][np.ix_(place, place)]
    at_node = np.zeros(len(place), dtype=np.int64)
    orders = place[: p.orders]
    at_node[: p.orders] = p.service_s[kind, orders] - (-p.parcels[orders] * p.per_parcel_ms.max() // 1000)
    at_node[list(model.nodes.charges)] = CHARGE_S
    slowest = travel + most_extra_s(p.pace, np.maximum(travel, 0))
    seconds = np.where(travel == NO_WAY, p.horizon_s + 1, slowest + at_node[:, None])
    return seconds + _loading_s(model)


def _loading_s(model: Model) -> Ints:
    """Seconds of loading [m, m]: where a depot or a reload is followed by an order or by a place elsewhere."""
    p, place = model.problem, model.nodes.place
    loads = np.zeros(len(place), dtype=np.int64)
    depots = np.arange(p.orders, model.nodes.reloads.stop)
    loads[depots] = p.loading_s[place[depots] - p.orders]
    return np.where(place[:, None] != place[None, :], loads[:, None], np.int64(0))


def _discharge(model: Model, kind: int) -> Ints:
    """The most that a leg takes, whatever the load, less what loading or charging before it puts back.

    What rolls downhill is not counted: a battery may be full by then.
    """
    p, place = model.problem, model.nodes.place
    empty = p.energy_mwh[:, kind]
    full = empty - (-p.energy_uwh_per_kg[:, kind] * int(p.payload_g[kind]) // 1_000_000)
    most = np.maximum(empty, full).max(axis=0)
    no_way = p.travel_s[p.network[kind]] == NO_WAY
    energy = np.where(no_way, p.battery_mwh[kind] + 1, most)[np.ix_(place, place)]
    watts = np.zeros(len(place), dtype=np.int64)
    for site in np.unique(p.plug_site):
        watts[place == site + p.orders] = min(int(p.plug_w[p.plug_site == site].max()), int(p.charge_w[kind]))
    seconds = _loading_s(model)
    seconds[: model.nodes.reloads.start] = 0
    seconds[list(model.nodes.charges)] = CHARGE_S
    left: Ints = energy - watts[:, None] * seconds * 5 // 18  # W s to mWh
    return left


def _arc_cost(model: Model, kind: int) -> Ints:
    p, place = model.problem, model.nodes.place
    distance = np.maximum(p.distance_m[p.network[kind]], 0)
    energy = np.maximum(p.energy_mwh[0, kind], 0)
    cost = distance * int(p.per_km[kind]) // 1000 + energy * _least_price(p, kind) // 1_000_000
    by_node: Ints = cost[np.ix_(place, place)]
    return by_node


def _least_price(p: Problem, kind: int) -> int:
    """Return what a kWh costs at least, the battery's wear included."""
    return min(int(p.price_per_kwh.min()), int(p.night_per_kwh.min())) + int(p.wear_per_kwh[kind])


def _stops(model: Model) -> list[int]:
    """Return all nodes but the depots, which OR-Tools replaces by starts and ends."""
    return [*range(model.problem.orders), *range(model.nodes.reloads.start, len(model.nodes.place))]


def _indices_without(model: Model, free: range) -> list[int]:
    """Return the indices of all nodes outside `free`, the vehicles' starts included."""
    starts = [model.routing.Start(vehicle) for vehicle in range(model.problem.vehicles)]
    return starts + [model.index(node) for node in _stops(model) if node not in free]


def _restrict(variable: pywrapcp.IntVar, windows: Ints) -> None:
    """Leave only the seconds inside the windows."""
    spans = sorted({(int(a), int(b)) for a, b in windows})
    variable.SetRange(spans[0][0], max(end for _, end in spans))
    reached = spans[0][1]
    for begin, end in spans[1:]:
        if begin > reached + 1:
            variable.RemoveInterval(reached + 1, begin - 1)
        reached = max(reached, end)


def sequences(model: Model, routes: Routes) -> list[Sequence]:
    """Turn routes of nodes into places, without empty trips."""
    found = []
    for vehicle, route in enumerate(routes):
        depot = int(model.problem.depot[vehicle])
        places = [int(model.nodes.place[node]) for node in route]
        once = [place for i, place in enumerate(places) if i == 0 or place != places[i - 1]]
        found.append(tidy(once, depot=depot))
    return found
