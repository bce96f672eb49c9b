"""A plan as its document, and back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from typing import Any

from planner.io.plan_schema import (
    FORMAT,
    CostPart,
    KeptPart,
    LegPart,
    LockPart,
    NightChargePart,
    NightPart,
    PlanDocument,
    RoutePart,
    StepPart,
    SummaryPart,
    UnassignedPart,
    ViolationPart,
    decode_line,
    encode_line,
)
from planner.model import Day, Order, OrderKind
from planner.plan import (
    Cost,
    Kept,
    Leg,
    Lock,
    Night,
    NightCharge,
    Plan,
    Route,
    Step,
    StepKind,
    Unassigned,
    Violation,
)

# Of sums; single values are written as they are.
MONEY_DECIMALS = 6
ENERGY_DECIMALS = METRE_DECIMALS = AMOUNT_DECIMALS = 3


def to_document(plan: Plan) -> PlanDocument:
    """Return the plan file of a plan, with all that readers expect to find summed up."""
    orders = {order.id: order for order in plan.day.orders}
    return PlanDocument(
        format=FORMAT,
        summary=SummaryPart(
            routes=len(plan.routes),
            unassigned=len(plan.unassigned),
            **_totals(plan.routes, orders),
        ),
        routes=tuple(_route(route, plan.day, orders) for route in plan.routes),
        unassigned=tuple(_unassigned(left_out, orders) for left_out in plan.unassigned),
        violations=tuple(_violation(violation) for violation in plan.violations),
        kept=None if plan.kept is None else KeptPart(by=plan.kept.by, at=plan.kept.at),
        locks=tuple(LockPart(type=lock.kind, id=lock.id) for lock in plan.locks) or None,
        provenance=plan.provenance,
        day=plan.day,
    )


def to_plan(document: PlanDocument) -> Plan:
    """Return the plan that a document holds; what is derived in it is not looked at."""
    return Plan(
        day=document.day,
        routes=tuple(_read_route(part) for part in document.routes),
        unassigned=tuple(
            Unassigned(order_id=part.id, reason=part.reason, detail=part.detail) for part in document.unassigned
        ),
        provenance=document.provenance,
        violations=tuple(
            Violation(code=v.code, where=v.where, message=v.message, amount=v.amount, unit=v.unit or "")
            for v in document.violations
        ),
        kept=None if document.kept is None else Kept(by=document.kept.by, at=document.kept.at),
        locks=tuple(Lock(kind=part.type, id=part.id) for part in document.locks or ()),
    )


def _violation(found: Violation) -> ViolationPart:
    amount = None if found.amount is None else round(found.amount, AMOUNT_DECIMALS)
    return ViolationPart(
        code=found.code, where=found.where, message=found.message, amount=amount, unit=found.unit or None
    )


def _route(route: Route, day: Day, orders: Mapping[str, Order]) -> RoutePart:
    battery_wh = next((v.type.battery_wh for v in day.vehicles if v.id == route.vehicle_id), None)
    legs = [step.leg for step in route.steps]
    durations = accumulate(leg.drive_s if leg else 0 for leg in legs)
    distances = accumulate(leg.distance_m if leg else 0.0 for leg in legs)
    line = tuple(point for leg in legs if leg for point in leg.geometry)
    return RoutePart(
        vehicle=route.vehicle_id,
        driver=route.driver_id,
        geometry=encode_line(tuple(p for i, p in enumerate(line) if i == 0 or p != line[i - 1])),
        steps=tuple(
            _step(step, battery_wh=battery_wh, duration=duration, distance=distance, late_s=_late_s(step, orders))
            for step, duration, distance in zip(route.steps, durations, distances, strict=True)
        ),
        night=None if route.night is None else _night(route.night),
        **_totals([route], orders),
    )


def _step(step: Step, *, battery_wh: float | None, duration: int, distance: float, late_s: int) -> StepPart:
    return StepPart(
        type=step.kind,
        id=step.place_id,
        trip=step.trip,
        location=(step.lon, step.lat),
        arrival=step.arrival_s,
        waiting_time=step.begin_s - step.arrival_s,
        service=step.end_s - step.begin_s,
        duration=duration,
        distance=round(distance, METRE_DECIMALS),
        load=(step.load_kg, step.load_l),
        stored_arrival_wh=step.stored_arrival_wh,
        stored_end_wh=step.stored_end_wh,
        soc_arrival=_share(step.stored_arrival_wh, battery_wh),
        soc_end=_share(step.stored_end_wh, battery_wh),
        leg=None if step.leg is None else _leg(step.leg),
        plug=step.plug_id,
        power_w=step.power_w,
        charged_wh=round(step.charged_wh, ENERGY_DECIMALS) if step.kind in {StepKind.CHARGE, StepKind.SWAP} else None,
        late_s=late_s or None,
    )


def _night(night: Night) -> NightPart:
    return NightPart(
        until=night.until_s,
        charges=tuple(
            NightChargePart(
                plug=charge.plug_id,
                begin=charge.begin_s,
                end=charge.end_s,
                charged_wh=charge.wh,
                power_w=charge.power_w,
                cost=charge.cost,
            )
            for charge in night.charges
        ),
        charged_wh=round(night.charged_wh, ENERGY_DECIMALS),
        missing_wh=night.missing_wh,
    )


def _leg(leg: Leg) -> LegPart:
    return LegPart(
        distance_m=leg.distance_m,
        drive_s=leg.drive_s,
        energy_wh=leg.energy_wh,
        geometry=encode_line(leg.geometry),
    )


def _share(stored_wh: float, battery_wh: float | None) -> float | None:
    return None if battery_wh is None else round(stored_wh / battery_wh, 4)


def _totals(routes: Sequence[Route], orders: Mapping[str, Order]) -> dict[str, Any]:
    steps = [step for route in routes for step in route.steps]
    legs = [step.leg for step in steps if step.leg is not None]
    nights = [route.night for route in routes if route.night is not None]
    late_s = [seconds for step in steps if (seconds := _late_s(step, orders))]
    cost = {
        kind: round(sum(getattr(route.cost, kind) for route in routes), MONEY_DECIMALS)
        for kind in CostPart.model_fields
    }
    return {
        "cost": round(sum(route.cost.total for route in routes), MONEY_DECIMALS),
        "cost_by_kind": CostPart(**cost),
        "deliveries": _count(steps, StepKind.DELIVERY),
        "delivery": _goods(steps, StepKind.DELIVERY, orders),
        "pickups": _count(steps, StepKind.PICKUP),
        "pickup": _goods(steps, StepKind.PICKUP, orders),
        "service": sum(step.end_s - step.begin_s for step in steps if step.serves),
        "duration": sum(leg.drive_s for leg in legs),
        "waiting_time": sum(step.begin_s - step.arrival_s for step in steps if not _overlaps_reload(step)),
        "distance": round(sum(leg.distance_m for leg in legs), METRE_DECIMALS),
        "energy_wh": round(sum(leg.energy_wh for leg in legs), ENERGY_DECIMALS),
        "charged_wh": round(sum(step.charged_wh for step in steps), ENERGY_DECIMALS),
        "night_wh": round(sum(night.charged_wh for night in nights), ENERGY_DECIMALS),
        "missing_wh": round(sum(night.missing_wh for night in nights), ENERGY_DECIMALS),
        "trips": sum(len({step.trip for step in route.steps}) for route in routes),
        "reloads": _count(steps, StepKind.RELOAD),
        "charges": _count(steps, StepKind.CHARGE),
        "breaks": _count(steps, StepKind.BREAK),
        "swaps": _count(steps, StepKind.SWAP),
        "late_s": sum(late_s),
        "stops_late": len(late_s),
    }


def _late_s(step: Step, orders: Mapping[str, Order]) -> int:
    return orders[step.place_id].late_s(step.begin_s) if step.serves and step.place_id in orders else 0


def _overlaps_reload(step: Step) -> bool:
    """A charge or swap that no drive arrives at shares its time with the step before it."""
    return step.kind in {StepKind.CHARGE, StepKind.SWAP} and step.leg is None


def _count(steps: Iterable[Step], kind: StepKind) -> int:
    return sum(step.kind is kind for step in steps)


def _goods(steps: Iterable[Step], kind: StepKind, orders: Mapping[str, Order]) -> tuple[float, float]:
    """Return kilograms and litres of the orders that steps of a kind serve."""
    moved = [orders[step.place_id] for step in steps if step.kind is kind and step.place_id in orders]
    return round(sum(order.demand_kg for order in moved), 6), round(sum(order.volume_l for order in moved), 6)


def _unassigned(left_out: Unassigned, orders: Mapping[str, Order]) -> UnassignedPart:
    order = orders.get(left_out.order_id)
    return UnassignedPart(
        id=left_out.order_id,
        type=OrderKind.DELIVERY if order is None else order.kind,
        location=None if order is None else (order.lon, order.lat),
        reason=left_out.reason,
        detail=left_out.detail,
    )


def _read_route(part: RoutePart) -> Route:
    return Route(
        vehicle_id=part.vehicle,
        steps=tuple(_read_step(step) for step in part.steps),
        cost=Cost(**dict(part.cost_by_kind)),
        night=None if part.night is None else _read_night(part.night),
        driver_id=part.driver,
    )


def _read_night(part: NightPart) -> Night:
    return Night(
        until_s=part.until,
        charges=tuple(
            NightCharge(
                plug_id=charge.plug,
                begin_s=charge.begin,
                end_s=charge.end,
                wh=charge.charged_wh,
                power_w=charge.power_w,
                cost=charge.cost,
            )
            for charge in part.charges
        ),
        missing_wh=part.missing_wh,
    )


def _read_step(part: StepPart) -> Step:
    begin_s = part.arrival + part.waiting_time
    return Step(
        kind=part.type,
        place_id=part.id,
        trip=part.trip,
        lat=part.location[1],
        lon=part.location[0],
        arrival_s=part.arrival,
        begin_s=begin_s,
        end_s=begin_s + part.service,
        stored_arrival_wh=part.stored_arrival_wh,
        stored_end_wh=part.stored_end_wh,
        load_kg=part.load[0],
        load_l=part.load[1],
        leg=None if part.leg is None else _read_leg(part.leg),
        plug_id=part.plug,
        power_w=part.power_w,
    )


def _read_leg(part: LegPart) -> Leg:
    return Leg(
        distance_m=part.distance_m,
        drive_s=part.drive_s,
        energy_wh=part.energy_wh,
        geometry=decode_line(part.geometry),
    )
