"""What becomes of a plan on a day that turns out otherwise: cold, slow, heavy, with aged batteries, with a plug out.

The replay (`planner.replay`) keeps vehicles, sequences and charging places, and settles times and amounts anew. The
auditor says what is broken then, on its own drives.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from planner.answer import routes_of
from planner.check import audit
from planner.check_legs import LegFinder
from planner.energy.conditions import in_conditions
from planner.errors import Fault, InputError, did_you_mean
from planner.io.scenarios import read_scenarios
from planner.model import Day, Plug, Scenario
from planner.plan import Break, Plan, Replay, Route, Step, Violation
from planner.replay import Driven, drive_again, driven
from planner.roads.day import DayRoads, day_roads
from planner.roads.streets import Streets
from planner.solve.crew import manned
from planner.solve.problem import Problem, build_problem
from planner.solve.solution import Solution

WHOLE_TRIP = frozenset({"overweight", "overfull"})
FROM_HERE_ON = frozenset({"reserve_broken", "end_soc_short"})
NO_TIMES = "no_times"


def usual_scenarios(day: Day) -> tuple[Scenario, ...]:
    """Return what a plan is tried on unless the user says otherwise; each kind of depot plug is out once."""
    plugs = {(depot.id, plug.power_w): plug for depot in day.depots for plug in reversed(depot.plugs) if day.charging}
    return (
        Scenario(name="cold, -10 °C", temperature_c=-10.0),
        Scenario(name="20 % more travel time", travel_factor=1.2),
        Scenario(name="15 % more load", load_factor=1.15),
        Scenario(name="batteries at 80 %", state_of_health=0.8),
        *(Scenario(name=f"plug {plug.id} out", plugs_out=(plug.id,)) for plug in plugs.values()),
    )


def scenarios_for(day: Day, file: Path | None) -> tuple[Scenario, ...]:
    """Return the scenarios of a file, or the usual ones. Raises `InputError`."""
    return usual_scenarios(day) if file is None else read_scenarios(file)


def replay_plan(
    plan: Plan,
    streets: Streets,
    scenarios: Sequence[Scenario],
    *,
    tell: Callable[[Scenario], None] = lambda _: None,
) -> tuple[Replay, ...]:
    """Replay a plan under each scenario; `tell` hears which one comes next.

    Raises `InputError`: E-R02 for a plug that the day does not have, E-R04 for a plan that breaks rules as it is, E-R05
    for one of whose day a road was closed when it had begun.
    """
    refuse_strange_plugs(plan.day, scenarios)
    if plan.day.roads_out:
        raise InputError(_ROAD_CLOSED)
    legs = LegFinder(streets)
    if found := audit(plan, streets, legs=legs):
        raise InputError(_broken_already(found))
    plan = manned(plan)
    replays = []
    for scenario in scenarios:
        tell(scenario)
        replays.append(_replay(plan, streets, scenario, legs=legs.slowed(scenario.travel_factor)))
    return tuple(replays)


def day_under(day: Day, scenario: Scenario) -> Day:
    """Return a day as the scenario has it, apart from how long drives take."""
    kinds = {
        kind: in_conditions(
            kind,
            temperature_c=scenario.temperature_c,
            state_of_health=scenario.state_of_health,
            travel_factor=scenario.travel_factor,
        )
        for kind in dict.fromkeys(vehicle.type for vehicle in day.vehicles)
    }

    def working(plugs: tuple[Plug, ...]) -> tuple[Plug, ...]:
        return tuple(plug for plug in plugs if plug.id not in scenario.plugs_out)

    return replace(
        day,
        orders=tuple(replace(order, demand_kg=order.demand_kg * scenario.load_factor) for order in day.orders),
        vehicles=tuple(replace(vehicle, type=kinds[vehicle.type]) for vehicle in day.vehicles),
        depots=tuple(replace(depot, plugs=working(depot.plugs)) for depot in day.depots),
        stations=tuple(replace(station, plugs=working(station.plugs)) for station in day.stations),
    )


def measured_under(day: Day, streets: Streets, scenario: Scenario) -> tuple[Day, DayRoads, Problem]:
    """Return a day as the scenario has it, its roads with drives as long as they then are, and its problem."""
    day = day_under(day, scenario)
    roads = day_roads(day, streets)
    slowed = tuple(replace(table, seconds=table.seconds * scenario.travel_factor) for table in roads.matrices)
    problem = build_problem(day, types=roads.types, network_of_type=roads.network_of_type, roads=slowed)
    return day, replace(roads, matrices=slowed), problem


def refuse_strange_plugs(day: Day, scenarios: Sequence[Scenario]) -> None:
    """Raise `InputError` E-R02 for each plug of a scenario that the day does not have."""
    if faults := [*_strange_plugs(day, scenarios)]:
        raise InputError(faults)


def _replay(plan: Plan, streets: Streets, scenario: Scenario, *, legs: LegFinder) -> Replay:
    served = {step.place_id for route in plan.routes for step in route.steps if step.serves}
    orders = tuple(order for order in plan.day.orders if order.id in served)
    if not orders:
        return Replay(scenario=scenario, breaks=(), orders_hit=())
    day, roads, problem = measured_under(replace(plan.day, orders=orders), streets, scenario)
    drives = driven(day, plan.routes)
    tours, lost = drive_again(problem, drives)
    solution = Solution(tours=tuple(tours), cost=0, iterations=0, stopped_by="iterations")
    made = Plan(
        day=day,
        routes=routes_of(day, problem, roads, solution),
        unassigned=(),
        provenance=replace(plan.provenance, rows_read=len(orders), rows_rejected=0),
    )
    return _told(made, audit(made, streets, legs=legs), scenario, lost=[drives[vehicle] for vehicle in lost])


def _told(made: Plan, violations: Sequence[Violation], scenario: Scenario, *, lost: Sequence[Driven]) -> Replay:
    """Put what the auditor found in order of time, and count the orders."""
    routes = {route.vehicle_id: route for route in made.routes}
    missing = {order.id for order in made.day.orders} - {s.place_id for r in made.routes for s in r.steps}
    breaks: list[Break] = [_no_times(drive) for drive in lost]
    hit = set(missing)
    for violation in violations:
        if violation.code == "order_missing":  # by a vehicle without times
            continue
        breaks.append(_break(violation, routes))
        if violation.vehicle_id in routes and violation.step is not None:
            hit |= {*_orders_hit(made.day, violation.code, routes[violation.vehicle_id], violation.step)}
    breaks.sort(key=lambda found: (found.at_s or 0, found.where, found.code))
    return Replay(
        scenario=scenario,
        breaks=tuple(breaks),
        orders_hit=tuple(order.id for order in made.day.orders if order.id in hit),
    )


def _break(violation: Violation, routes: dict[str, Route]) -> Break:
    found = Break(
        code=violation.code,
        where=violation.where,
        message=violation.message,
        amount=violation.amount,
        unit=violation.unit,
    )
    if violation.vehicle_id not in routes or violation.step is None:
        return found
    step = routes[violation.vehicle_id].steps[violation.step]
    return replace(
        found,
        vehicle_id=violation.vehicle_id,
        step=violation.step + 1,
        place_id=step.place_id,
        at_s=step.arrival_s if violation.code in FROM_HERE_ON else step.begin_s,
    )


def _no_times(drive: Driven) -> Break:
    return Break(
        code=NO_TIMES,
        where=f"vehicle {drive.vehicle_id}",
        message="no times were found for it, however late",
        vehicle_id=drive.vehicle_id,
        at_s=drive.begin_s,
    )


def _orders_hit(day: Day, code: str, route: Route, at: int) -> Iterator[str]:
    """Yield the orders that a break at a step spoils.

    A battery below its reserve spoils all that comes later, a trip too heavy the whole trip, the end of a shift what
    is delivered after it, and anything else the order at the step.
    """
    latest_s = next(vehicle.latest_s for vehicle in day.vehicles if vehicle.id == route.vehicle_id)

    def spoilt(i: int, step: Step) -> bool:
        if code in WHOLE_TRIP:
            return step.trip == route.steps[at].trip
        if code == "shift_exceeded":
            return step.end_s > latest_s
        return i >= at if code in FROM_HERE_ON else i == at

    for i, step in enumerate(route.steps):
        if step.serves and spoilt(i, step):
            yield step.place_id


def _strange_plugs(day: Day, scenarios: Sequence[Scenario]) -> Iterator[Fault]:
    known = [plug.id for site in day.sites for plug in site.plugs]
    for scenario in scenarios:
        for plug_id in scenario.plugs_out:
            if plug_id not in known:
                yield Fault(
                    code="E-R02",
                    file="scenarios",
                    id=scenario.name,
                    column="plugs_out",
                    value=plug_id,
                    message=f"is no plug of this plan's day{did_you_mean(plug_id, known)}",
                    remedy=f"use one of: {', '.join(known)}" if known else "leave it out",
                )


_ROAD_CLOSED = Fault(
    code="E-R05",
    file="plan",
    message="a road was closed when its day was under way, and nobody can tell which drives would have begun before",
    remedy="replay the plan as it was before that",
)


def _broken_already(found: Sequence[Violation]) -> Fault:
    first = found[0]
    return Fault(
        code="E-R04",
        file="plan",
        message=f"breaks {len(found)} rules on its own day, first {first.code} {first.where}: {first.message}",
        remedy="see planner check, and replay a plan that holds",
    )
