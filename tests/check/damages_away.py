"""Damages to vehicles that start or end their day away from the depot."""

from __future__ import annotations

from planner.model import OrderKind, Spot
from planner.plan import Plan, StepKind
from tests.check.spoiling import Rng, a_route, damage, hub, of, order_of, pick, vehicle_of, with_step, with_thing


def elsewhere(plan: Plan) -> Spot:
    return Spot(lat=hub(plan).lat, lon=hub(plan).lon)


@damage("away_wrong")
def comes_back_to_the_depot_although_it_ends_elsewhere(plan: Plan, rng: Rng) -> Plan:
    _, _, vehicle = a_route(plan, rng)
    return with_thing(plan, vehicle.id, end=elsewhere(plan))


@damage("not_loaded")
def serves_before_it_was_at_the_depot(plan: Plan, rng: Rng) -> Plan:
    _, _, vehicle = a_route(plan, rng)
    return with_thing(plan, vehicle.id, start=elsewhere(plan))


@damage("goods_kept")
def takes_home_what_it_picked_up(plan: Plan, rng: Rng) -> Plan:
    last_trips = [
        (r, i)
        for r, route in enumerate(plan.routes)
        for i, step in enumerate(route.steps)
        if step.serves and step.trip == route.steps[-1].trip and not order_of(plan, step).pair
    ]
    r, i = last_trips[int(rng.integers(len(last_trips)))]
    spoilt = with_thing(plan, plan.routes[r].steps[i].place_id, kind=OrderKind.PICKUP)
    spoilt = with_step(spoilt, r, i, kind=StepKind.PICKUP)
    return with_thing(spoilt, vehicle_of(plan, r).id, end=elsewhere(plan))


@damage("return_misplaced")
def returns_in_the_middle_of_the_day(plan: Plan, rng: Rng) -> Plan:
    r, i, _ = pick(plan, rng, of(StepKind.RELOAD))
    return with_step(plan, r, i, kind=StepKind.RETURN)


@damage("night_away")
def charges_at_the_depot_by_night_where_it_is_not(plan: Plan, rng: Rng) -> Plan:
    nights = [r for r, route in enumerate(plan.routes) if route.night is not None and route.night.charges]
    vehicle = vehicle_of(plan, nights[int(rng.integers(len(nights)))])
    return with_thing(plan, vehicle.id, end=elsewhere(plan))
