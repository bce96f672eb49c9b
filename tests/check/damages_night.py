"""Damages to the nights: charges at the wrong time, too fast, too few, too cheap."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from planner.model import PriceFrom
from planner.plan import Night, NightCharge, Plan
from tests.check.spoiling import Rng, damage, hub, vehicle_of, with_route, with_thing


def nights(plan: Plan) -> list[tuple[int, Night]]:
    """Return the nights in which something is charged, with the number of their route."""
    return [(r, route.night) for r, route in enumerate(plan.routes) if route.night and route.night.charges]


def a_night(plan: Plan, rng: Rng) -> tuple[int, Night]:
    found = nights(plan)
    return found[int(rng.integers(len(found)))]


def with_charge(plan: Plan, rng: Rng, **changes: Any) -> Plan:
    """Change the last charge of a night."""
    r, night = a_night(plan, rng)
    return with_route(plan, r, night=replace(night, charges=(*night.charges[:-1], changed(night, **changes))))


def changed(night: Night, **changes: Any) -> NightCharge:
    last = night.charges[-1]
    return replace(last, **{name: change(getattr(last, name)) for name, change in changes.items()})


@damage("night_misplaced")
def charges_while_it_is_still_out(plan: Plan, rng: Rng) -> Plan:
    r, night = a_night(plan, rng)
    late_s = night.charges[0].begin_s - plan.routes[r].steps[-1].end_s + 1
    moved = (replace(c, begin_s=c.begin_s - late_s, end_s=c.end_s - late_s) for c in night.charges)
    return with_route(plan, r, night=replace(night, charges=tuple(moved)))


@damage("night_misplaced")
def charges_when_it_is_out_again(plan: Plan, rng: Rng) -> Plan:
    return with_charge(plan, rng, end_s=lambda end_s: end_s + 86_400)


@damage("night_misplaced")
def sleeps_in(plan: Plan, rng: Rng) -> Plan:
    r, night = a_night(plan, rng)
    return with_route(plan, r, night=replace(night, until_s=night.until_s + 3_600))


@damage("night_short")
def forgets_a_night(plan: Plan, rng: Rng) -> Plan:
    return with_route(plan, a_night(plan, rng)[0], night=None)


@damage("night_short")
def charges_less_than_it_says(plan: Plan, rng: Rng) -> Plan:
    return with_charge(plan, rng, wh=lambda wh: wh - 0.02)


@damage("night_short")
def stays_short_beside_a_free_plug(plan: Plan, rng: Rng) -> Plan:
    r, night = a_night(plan, rng)
    return with_route(plan, r, night=Night(until_s=night.until_s, missing_wh=night.charged_wh))


@damage("charge_too_fast")
def fills_up_in_no_time(plan: Plan, rng: Rng) -> Plan:
    return with_charge(plan, rng, end_s=lambda end_s: end_s - 3)


@damage("charge_power_wrong")
def draws_full_power_into_a_full_battery(plan: Plan, rng: Rng) -> Plan:
    return with_charge(plan, rng, power_w=lambda power_w: power_w + 1)


@damage("plug_unknown")
def sleeps_at_no_plug(plan: Plan, rng: Rng) -> Plan:
    return with_charge(plan, rng, plug_id=lambda _: "nobody")


@damage("plug_overbooked")
def sleeps_at_a_taken_plug(plan: Plan, rng: Rng) -> Plan:
    (_, first), (r, second) = nights(plan)[:2]
    at = first.charges[-1]
    moved = replace(second.charges[0], plug_id=at.plug_id, begin_s=at.begin_s, end_s=at.end_s)
    return with_route(plan, r, night=replace(second, charges=(moved, *second.charges[1:])))


@damage("site_power_exceeded")
def sleeps_beside_too_many(plan: Plan, rng: Rng) -> Plan:
    (_, first), (r, second) = nights(plan)[:2]
    at, depot = first.charges[0], hub(plan)
    moved = replace(second.charges[0], plug_id=depot.plugs[0].id, begin_s=at.begin_s, end_s=at.end_s)
    spoilt = with_route(plan, r, night=replace(second, charges=(moved, *second.charges[1:])))
    return with_thing(spoilt, depot.id, site_power_w=at.power_w + moved.power_w - 1)


@damage("cost_wrong")
def pays_less_for_the_night(plan: Plan, rng: Rng) -> Plan:
    return with_charge(plan, rng, cost=lambda cost: cost - 0.02)


@damage("cost_wrong")
def forgets_what_the_hour_costs(plan: Plan, rng: Rng) -> Plan:
    first_s = min(night.charges[0].begin_s for _, night in nights(plan))
    tariff = (PriceFrom(from_s=0, price_per_kwh=0.2), PriceFrom(from_s=first_s, price_per_kwh=9.0))
    return with_thing(plan, hub(plan).id, tariff=tariff)


@damage("cost_wrong")
def wears_nothing_out(plan: Plan, rng: Rng) -> Plan:
    r = next(r for r in range(len(plan.routes)) if vehicle_of(plan, r).type.wear_per_kwh)
    return with_route(plan, r, cost=replace(plan.routes[r].cost, wear=0.0))


@damage("day_invalid")
def has_a_tariff_that_goes_back(plan: Plan, rng: Rng) -> Plan:
    tariff = (PriceFrom(from_s=3_600, price_per_kwh=0.2), PriceFrom(from_s=0, price_per_kwh=0.3))
    return with_thing(plan, hub(plan).id, tariff=tariff)


@damage("day_invalid")
def lies_in_no_time_zone(plan: Plan, rng: Rng) -> Plan:
    return replace(plan, day=replace(plan.day, time_zone="Nowhere/Land"))
