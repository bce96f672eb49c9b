"""From inputs to an audited plan: the flow of the program, read from top to bottom.

orders.csv + fleet.toml + streets -> Day -> roads -> problem -> engine -> plan -> audit -> files
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from planner import __version__, interrupt
from planner.answer import left_out, routes_of
from planner.check import audit
from planner.errors import Fault, Interrupted
from planner.io.fleet import FleetFile, read_fleet
from planner.io.orders import Area, OrdersFile, read_orders
from planner.large.divide import units_of
from planner.large.ground import Ground
from planner.large.hands import Hands, hands_for
from planner.large.plan import judge, search_large, written
from planner.model import Day, Station, Vehicle
from planner.plan import Plan, Provenance, Reason, Unassigned
from planner.roads.day import day_roads, survey_day
from planner.roads.network import Network
from planner.roads.read import read_streets
from planner.roads.streets import Streets
from planner.roads.walk_up import park_together
from planner.solve.child import EngineStopped, Solver, solve_apart, solve_here
from planner.solve.crew import crew_of, every_pair, pair_up
from planner.solve.homes import choose_homes
from planner.solve.options import SolveOptions
from planner.solve.problem import MICRO, Problem, build_problem, restrict
from planner.solve.reasons import impossible
from planner.solve.solution import Solution, renumbered

ANOTHER_PAIR = "another vehicle with another driver may serve it; a longer search does not look there"
MISSING_DRIVER = "only a vehicle that no driver is left for could serve it, or one with another driver"

Progress = Callable[[int, float], None]
"""Hears of each better plan: how many orders it serves, and the money it costs."""


@dataclass(frozen=True, kw_only=True)
class Inputs:
    """What the user handed in, read: the day, its streets, and the files it came from."""

    day: Day
    streets: Streets
    streets_file: str
    orders_file: OrdersFile
    fleet_file: FleetFile

    @property
    def notes(self) -> tuple[Fault, ...]:
        """What was kept but looks odd."""
        area = _area(self.streets)
        far = (station for station in self.day.stations if not area.holds(lat=station.lat, lon=station.lon))
        return (
            *self.fleet_file.warnings,
            *(_far_station(station, area) for station in far),
            *self.orders_file.warnings,
        )


@dataclass(slots=True)
class Stages:
    """Seconds spent in each stage of a run."""

    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time a block under a name. Raises `KeyboardInterrupt` where the user has asked to stop."""
        interrupt.check()
        begun = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = round(self.seconds.get(name, 0.0) + time.perf_counter() - begun, 3)


def _area(streets: Streets) -> Area:
    west, south, east, north = streets.bbox
    return Area(west=west, south=south, east=east, north=north)


def _far_station(station: Station, area: Area) -> Fault:
    return Fault(
        code="E-F08",
        file="fleet",
        id=station.id,
        column="lat",
        value=f"{station.lat}, {station.lon}",
        message=f"lies outside the streets ({area}); nobody charges there",
        remedy="correct its lat and lon, or take it out",
    )


def read_inputs(
    orders: Path,
    fleet: Path,
    *,
    day: date | None = None,
    streets: Path | None = None,
    place_streets: Streets | None = None,
    charging: bool = True,
    stages: Stages | None = None,
) -> Inputs:
    """Read a day's files; `streets` replaces the streets file that the fleet names, `place_streets` both.

    Raises `InputError` or `RoadsError`. Rejected rows are no error here: they are in `orders_file`.
    """
    stages = stages or Stages()
    with stages.stage("read"):
        fleet_file = read_fleet(fleet, day=day)
        streets_path = streets or fleet_file.streets
    with stages.stage("streets"):
        network = place_streets or read_streets(streets_path)
    with stages.stage("read"):
        orders_file = read_orders(
            orders,
            day=fleet_file.day,
            zone=fleet_file.zone,
            area=_area(network),
            depots=[depot.id for depot in fleet_file.depots],
            late_cost_per_min=fleet_file.late_cost_per_min,
        )
    the_day = Day(
        date=fleet_file.day.isoformat(),
        time_zone=fleet_file.zone.key,
        currency=fleet_file.currency,
        orders=park_together(orders_file.orders, within_m=fleet_file.walk_up_m),
        vehicles=fleet_file.vehicles,
        depots=fleet_file.depots,
        stations=fleet_file.stations,
        charging=charging,
        charge_while_loading=fleet_file.charge_while_loading,
        full_charges=fleet_file.full_charges,
        drivers=fleet_file.drivers,
        traffic=fleet_file.traffic,
        balance=fleet_file.balance,
        walk_up_m=fleet_file.walk_up_m,
    )
    return Inputs(
        day=choose_homes(the_day, fleet_file.shared),
        streets=network,
        streets_file=str(streets_path) if place_streets is None else place_streets.attribution,
        orders_file=orders_file,
        fleet_file=fleet_file,
    )


def plan_inputs(
    inputs: Inputs,
    options: SolveOptions,
    *,
    progress: Progress | None = None,
    stages: Stages | None = None,
    solver: Solver = solve_apart,
    hands: Callable[[], Hands] | None = None,
) -> Plan:
    """Plan what was read, and say in the plan where it comes from."""
    return plan_day(
        inputs.day,
        inputs.streets,
        options,
        provenance=provenance_of(inputs, options),
        progress=progress,
        stages=stages,
        solver=solver,
        hands=hands,
    )


def provenance_of(inputs: Inputs, options: SolveOptions) -> Provenance:
    """Say where a plan of these inputs comes from."""
    return Provenance(
        program=f"planner {__version__}",
        engine=options.engine,
        seed=options.seed,
        iterations=options.iterations,
        time_limit_s=options.time_limit_s,
        stopped_by="iterations",
        streets_file=inputs.streets_file,
        streets_sha256=inputs.streets.sha256,
        inputs_sha256={"orders": inputs.orders_file.sha256, "fleet": inputs.fleet_file.sha256},
        rows_read=inputs.orders_file.rows_read,
        rows_rejected=len(inputs.orders_file.rejected),
    )


def plan_day(
    day: Day,
    streets: Streets,
    options: SolveOptions,
    *,
    provenance: Provenance,
    progress: Progress | None = None,
    stages: Stages | None = None,
    solver: Solver = solve_apart,
    hands: Callable[[], Hands] | None = None,
) -> Plan:
    """Plan a day and audit the plan; its `violations` say what the auditor found.

    `solver` is `solve_apart`, or `solve_here` in a process that may die without harm itself. `hands` search the parts
    of a large day, if not processes of this machine. Raises `RoadsError` or `NoPlanError`. A search that the user
    interrupts gives the best plan so far, if any.
    """
    stages = stages or Stages()
    work = day.manned(pair_up(day))
    if len(work.orders) >= options.large_from:
        hands = hands or hands_for(options, apart=solver is not solve_here)
        return _plan_in_parts(day, work, streets, options, provenance, progress, stages, hands)
    with stages.stage("roads"):
        roads = day_roads(work, streets)
        problem = build_problem(work, types=roads.types, network_of_type=roads.network_of_type, roads=roads.matrices)
    known = impossible(work, problem, roads.snapped)
    with stages.stage("solve"):
        solution = solve_possible(problem, options, known, progress, solver=solver)
    with stages.stage("shapes"):
        plan = Plan(
            day=day,
            routes=routes_of(work, problem, roads, solution),
            unassigned=left_out(work, solution, known),
            provenance=replace(provenance, stopped_by=solution.stopped_by),
        )
        if day.drivers:
            plan = replace(plan, unassigned=with_drivers_in_mind(plan, streets))
    with stages.stage("audit"):
        return replace(plan, violations=audit(plan, streets))


def _plan_in_parts(
    day: Day,
    work: Day,
    streets: Streets,
    options: SolveOptions,
    provenance: Provenance,
    progress: Progress | None,
    stages: Stages,
    hands: Callable[[], Hands],
) -> Plan:
    """Plan a day that is too large for one search."""
    with stages.stage("roads"):
        ground = Ground(day=work, survey=survey_day(work, streets))
        judged = judge(ground)
    with stages.stage("solve"):
        search, stopped_by = search_large(ground, judged, options, hands, progress)
    with stages.stage("shapes"):
        routes, unassigned = written(ground, judged, search)
        plan = Plan(
            day=day,
            routes=routes,
            unassigned=unassigned,
            provenance=replace(provenance, stopped_by=stopped_by),
        )
        if day.drivers:
            plan = replace(plan, unassigned=with_drivers_in_mind(plan, streets))
    with stages.stage("audit"):
        return replace(plan, violations=audit(plan, streets))


def with_drivers_in_mind(plan: Plan, streets: Streets) -> tuple[Unassigned, ...]:
    """Return the orders left out with reasons that hold for a fleet that needs drivers.

    What fails with the drivers where they are may not fail elsewhere: it is the drivers then who are missing, or a pair
    that nobody has looked at.
    """
    day, crew = plan.day, crew_of(plan)
    every = every_pair(day)
    now = tuple(
        pair
        for pair in every
        if (crew[pair.id] == pair.driver_id if pair.id in crew else pair.driver_id not in crew.values())
    )
    idle = any(pair.id not in crew for pair in now)
    judged = [left for left in plan.unassigned if left.reason not in {Reason.FLEET_FULL, Reason.NOT_FOUND_IN_TIME}]
    asked = _with_mates(day, {left.order_id for left in judged})
    networks: list[Network] = []
    hopeless = _impossible_with(asked, every, streets, networks)
    without = _impossible_with(asked, now, streets, networks)
    groups = {order.id: order.group for order in day.orders}
    lacking = {groups[id_] for id_, left in without.items() if left.reason is not Reason.GROUP_INCOMPLETE}

    def told(left: Unassigned) -> Unassigned:
        unlooked = Unassigned(order_id=left.order_id, reason=Reason.NOT_FOUND_IN_TIME, detail=ANOTHER_PAIR)
        if left in judged:
            now_too = without.get(left.order_id)
            if left.order_id in hopeless:
                return hopeless[left.order_id]
            if now_too is not None and now_too.reason is Reason.GROUP_INCOMPLETE:
                return now_too if groups[left.order_id] in lacking else unlooked
            missing = Unassigned(order_id=left.order_id, reason=Reason.NO_DRIVER, detail=MISSING_DRIVER)
            return missing if now_too is not None else unlooked
        return unlooked if left.reason is Reason.FLEET_FULL and idle else left

    return tuple(told(left) for left in plan.unassigned)


def _with_mates(day: Day, ids: set[str]) -> Day:
    """Return a day with some of its orders only, and those that go on one vehicle with them."""
    units = units_of(day, range(len(day.orders)))
    kept = sorted(order for unit in units if any(day.orders[i].id in ids for i in unit) for order in unit)
    return replace(day, orders=tuple(day.orders[order] for order in kept))


def _impossible_with(
    day: Day, pairs: tuple[Vehicle, ...], streets: Streets, networks: list[Network]
) -> dict[str, Unassigned]:
    """Return the orders that none of some vehicles with drivers can serve even alone, by id.

    Orders may be thousands, so that there is no table of all pairs; `networks` as `known` in `survey_day`.
    """
    if not pairs or not day.orders:
        return {}
    work = replace(day.manned({}), vehicles=pairs)
    judged = judge(Ground(day=work, survey=survey_day(work, streets, known=networks)))
    return {left.order_id: left for left in judged.known.values()}


def solve_possible(
    problem: Problem,
    options: SolveOptions,
    known: dict[int, Unassigned],
    progress: Progress | None,
    *,
    solver: Solver = solve_apart,
) -> Solution:
    """Run the engine on the orders that can be served at all, and answer in the day's own numbers.

    Raises `NoPlanError`, or `Interrupted` where the user stops it before there is a solution.
    """
    keep = [order for order in range(problem.orders) if order not in known]
    if not keep:
        return Solution(tours=(), cost=0, iterations=0, stopped_by="iterations")
    part = restrict(problem, keep)

    def tell(better: Solution) -> None:
        if progress:
            missing = sum(int(part.penalty[i]) for i in range(part.orders) if i not in better.visited)
            served = sum(1 for place in better.visited if place < part.orders)
            progress(served, (better.cost - missing) / MICRO)

    try:
        found = solver(part, options, progress=tell)
    except EngineStopped as stopped:
        if stopped.best is None:
            raise Interrupted("stopped before there was a plan") from None
        found = replace(stopped.best, stopped_by="interrupt")
    return renumbered(found, [*keep, *range(problem.orders, problem.places)])
