"""Measures a plan: totals for the day and one line per vehicle."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from planner.model import Vehicle
from planner.plan import Cost, Leg, Plan, Route, StepKind
from planner.report.view import PlanView

HOUR_S = 3_600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LowestCharge:
    """The emptiest that any battery gets, as a share of its capacity, and where."""

    soc: float
    vehicle_id: str
    place_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VehicleLine:
    """What one vehicle does in its shift. `drive_s` to `charge_s` may overlap: it charges while it loads."""

    vehicle_id: str
    driver_id: str  # empty where the fleet names none
    type_name: str
    trips: int
    stops: int
    reloads: int
    charges: int
    swaps: int
    distance_km: float
    out_s: int
    back_s: int
    drive_s: int
    service_s: int
    wait_s: int
    charge_s: int
    break_s: int
    energy_kwh: float
    charged_kwh: float
    night_kwh: float
    missing_kwh: float  # of its start charge tomorrow
    stops_late: int
    late_s: int
    lowest: LowestCharge
    cost: Cost


@dataclass(frozen=True, slots=True, kw_only=True)
class Kpis:
    """A plan in numbers. `wait_hours` is the time spent neither driving, loading, serving, charging nor resting."""

    orders_planned: int
    orders_total: int
    orders_unassigned: int
    vehicles_used: int
    vehicles_of: int
    trips: int
    reloads: int
    charges: int
    swaps: int
    distance_km: float
    drive_hours: float
    service_hours: float
    wait_hours: float
    charge_hours: float
    break_hours: float
    energy_kwh: float
    charged_kwh: float
    night_kwh: float
    stops_late: int
    late_minutes: float
    cost: Cost
    cost_per_order: float | None  # none where nothing is planned
    lowest: LowestCharge | None  # none where no vehicle drives
    lines: tuple[VehicleLine, ...]


def kpis(plan: Plan) -> Kpis:
    """Measure a plan."""
    view = PlanView(plan)
    lines = tuple(vehicle_line(view, route) for route in plan.routes if route.steps)
    planned = sum(line.stops for line in lines)
    cost = _sum_costs(line.cost for line in lines)
    return Kpis(
        orders_planned=planned,
        orders_total=len(plan.day.orders),
        orders_unassigned=len(plan.unassigned),
        vehicles_used=sum(line.stops > 0 for line in lines),
        vehicles_of=len(plan.day.vehicles),
        trips=sum(line.trips for line in lines),
        reloads=sum(line.reloads for line in lines),
        charges=sum(line.charges for line in lines),
        swaps=sum(line.swaps for line in lines),
        distance_km=sum(line.distance_km for line in lines),
        drive_hours=sum(line.drive_s for line in lines) / HOUR_S,
        service_hours=sum(line.service_s for line in lines) / HOUR_S,
        wait_hours=sum(line.wait_s for line in lines) / HOUR_S,
        charge_hours=sum(line.charge_s for line in lines) / HOUR_S,
        break_hours=sum(line.break_s for line in lines) / HOUR_S,
        energy_kwh=sum(line.energy_kwh for line in lines),
        charged_kwh=sum(line.charged_kwh for line in lines),
        night_kwh=sum(line.night_kwh for line in lines),
        stops_late=sum(line.stops_late for line in lines),
        late_minutes=sum(line.late_s for line in lines) / 60,
        cost=cost,
        cost_per_order=cost.total / planned if planned else None,
        lowest=min((line.lowest for line in lines), key=lambda lowest: lowest.soc, default=None),
        lines=lines,
    )


def vehicle_line(view: PlanView, route: Route) -> VehicleLine:
    """Measure one route, which has at least one step."""
    vehicle, steps = view.vehicle(route), route.steps
    legs = [step.leg for step in steps if step.leg is not None]
    stops = [step for step in steps if step.serves]
    charges = [step for step in steps if step.kind is StepKind.CHARGE]
    late_s = [seconds for step in stops if (seconds := view.late_s(step))]
    return VehicleLine(
        vehicle_id=vehicle.id,
        driver_id=route.driver_id,
        type_name=vehicle.type.name,
        trips=len({step.trip for step in stops}),
        stops=len(stops),
        reloads=sum(step.kind is StepKind.RELOAD for step in steps),
        charges=len(charges),
        swaps=sum(step.kind is StepKind.SWAP for step in steps),
        distance_km=sum(leg.distance_m for leg in legs) / 1_000.0,
        out_s=steps[0].arrival_s,
        back_s=steps[-1].end_s,
        drive_s=sum(leg.drive_s for leg in legs),
        service_s=sum(step.end_s - step.begin_s for step in stops),
        wait_s=_idle_s(route, legs),
        charge_s=sum(step.end_s - step.begin_s for step in charges),
        break_s=sum(step.end_s - step.begin_s for step in steps if step.kind is StepKind.BREAK),
        energy_kwh=sum(leg.energy_wh for leg in legs) / 1_000.0,
        charged_kwh=sum(step.charged_wh for step in steps) / 1_000.0,
        night_kwh=0.0 if route.night is None else route.night.charged_wh / 1_000.0,
        missing_kwh=0.0 if route.night is None else route.night.missing_wh / 1_000.0,
        stops_late=len(late_s),
        late_s=sum(late_s),
        lowest=_lowest(vehicle, route),
        cost=route.cost,
    )


def _idle_s(route: Route, legs: Iterable[Leg]) -> int:
    """Return what is left of the shift after driving and the union of what is done at places."""
    busy_s, busy_until_s = 0, route.steps[0].arrival_s
    for step in sorted(route.steps, key=lambda step: step.begin_s):
        busy_s += max(0, step.end_s - max(step.begin_s, busy_until_s))
        busy_until_s = max(busy_until_s, step.end_s)
    return busy_until_s - route.steps[0].arrival_s - busy_s - sum(leg.drive_s for leg in legs)


def _lowest(vehicle: Vehicle, route: Route) -> LowestCharge:
    emptiest = min(route.steps, key=lambda step: step.stored_arrival_wh)
    return LowestCharge(
        soc=emptiest.stored_arrival_wh / vehicle.type.battery_wh, vehicle_id=vehicle.id, place_id=emptiest.place_id
    )


def _sum_costs(costs: Iterable[Cost]) -> Cost:
    parts = list(costs)
    return Cost(
        vehicles=sum(cost.vehicles for cost in parts),
        distance=sum(cost.distance for cost in parts),
        time=sum(cost.time for cost in parts),
        energy=sum(cost.energy for cost in parts),
        wear=sum(cost.wear for cost in parts),
        overtime=sum(cost.overtime for cost in parts),
        lateness=sum(cost.lateness for cost in parts),
        minimum_pay=sum(cost.minimum_pay for cost in parts),
        balance=sum(cost.balance for cost in parts),
    )
