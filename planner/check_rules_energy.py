"""Rules of the battery and of the places that fill it by day: stored energy, charges, plugs that exist, hours."""

from __future__ import annotations

from collections.abc import Iterator

from planner.check_case import ENERGY_WH, RouteCase
from planner.energy.charging import charge_power_w, charge_s, full_power_until_wh
from planner.energy.driving import JOULE_PER_WH
from planner.model import Depot, Order, Plug, Spot, Station
from planner.plan import Step, StepKind, Violation

SOC_WH = 1.0  # the start's state of charge is a share, turned into watt-hours by the planner
CHARGE_S = 1.0
POWER_W = 1e-6
GIVING = frozenset({StepKind.CHARGE, StepKind.SWAP})


def starts_with_its_charge(route: RouteCase) -> Iterator[Violation]:
    """The battery holds what the vehicle's start state of charge says."""
    start_wh = route.vehicle.start_soc * route.kind.battery_wh
    if abs(route.steps[0].stored_arrival_wh - start_wh) > SOC_WH:
        yield route.broken("start_soc_wrong", 0, f"{route.steps[0].stored_arrival_wh} Wh, not {start_wh:.1f} Wh")


def keeps_its_books(route: RouteCase) -> Iterator[Violation]:
    """Stored energy falls by each leg, rises by charges and swaps only, and nothing else moves it."""
    for i, step in enumerate(route.steps):
        due_wh = _due_wh(route, i)
        gained_wh = step.stored_end_wh - step.stored_arrival_wh
        if abs(step.stored_arrival_wh - due_wh) > ENERGY_WH:
            yield route.broken("energy_wrong", i, f"{step.stored_arrival_wh} Wh at arrival, {due_wh:.3f} Wh is left")
        if gained_wh < -ENERGY_WH or (gained_wh > ENERGY_WH and step.kind not in GIVING):
            yield route.broken("energy_wrong", i, f"{gained_wh:+.3f} Wh while standing")


def _due_wh(route: RouteCase, i: int) -> float:
    """Return what the battery holds on arrival at a step, by the step before and the leg as the plan states it."""
    if i == 0:
        return route.steps[0].stored_arrival_wh
    stored_wh, leg, found = route.steps[i - 1].stored_end_wh, route.steps[i].leg, route.drives.get(i)
    if found is not None:
        stored_wh = found.kept_wh(stored_wh, battery_wh=route.kind.battery_wh, load_kg=route.loads[i - 1][0])
    return stored_wh - (leg.energy_wh if leg is not None else 0.0)


def keeps_its_reserve(route: RouteCase) -> Iterator[Violation]:
    """The battery never holds less than the reserve, at any step or on the way there."""
    reserve_wh = route.vehicle.reserve_soc * route.kind.battery_wh
    for i, step in enumerate(route.steps):
        standing_wh, found = min(step.stored_arrival_wh, step.stored_end_wh), route.drives.get(i)
        driving_wh = standing_wh
        if found is not None:
            driving_wh = found.lowest_wh(route.steps[i - 1].stored_end_wh, load_kg=route.loads[i - 1][0])
        short_wh = reserve_wh - min(standing_wh, driving_wh)
        if short_wh > ENERGY_WH:
            where = " on the way" if driving_wh < standing_wh - ENERGY_WH else ""
            message = f"{short_wh:.2f} Wh below the reserve of {reserve_wh:.1f} Wh{where}"
            yield route.broken("reserve_broken", i, message, by=short_wh, unit="Wh")


def ends_with_its_charge(route: RouteCase) -> Iterator[Violation]:
    """The vehicle is back with the state of charge that is asked of it."""
    end = len(route.steps) - 1
    short_wh = route.vehicle.end_soc * route.kind.battery_wh - route.steps[end].stored_end_wh
    if short_wh > ENERGY_WH:
        yield route.broken("end_soc_short", end, f"{short_wh:.2f} Wh short", by=short_wh, unit="Wh")


def does_not_overfill(route: RouteCase) -> Iterator[Violation]:
    """A battery takes what it has room for."""
    for i, step in enumerate(route.steps):
        over_wh = max(step.stored_arrival_wh, step.stored_end_wh) - route.kind.battery_wh
        if over_wh > ENERGY_WH:
            yield route.broken("overcharged", i, f"{over_wh:.2f} Wh more than the battery holds")


def charges_where_it_may(route: RouteCase) -> Iterator[Violation]:
    """A charge is at a plug that exists, while the place is open; at the depot it goes with loading or the end."""
    for i, step in _charges(route):
        if not route.case.plan.day.charging:
            yield route.broken("charging_forbidden", i, "this day is planned without charging")
        place = route.place(step)
        if _plug(place, step) is None:
            yield route.broken("plug_unknown", i, f"there is no plug {step.plug_id} at {step.place_id}")
        hours = place.hours if isinstance(place, Station) else ()
        if hours and not any(span.start_s <= step.begin_s and step.end_s <= span.end_s for span in hours):
            yield route.broken("station_closed", i, "the station is not open from the charge's beginning to its end")
        if isinstance(place, Depot) and not _beside_loading_or_end(route, i):
            yield route.broken("charge_misplaced", i, "a depot charge comes after loading or before the end")


def _beside_loading_or_end(route: RouteCase, i: int) -> bool:
    stop = next(stop for stop in route.stops if i in stop)
    beside = {StepKind.CHARGE, StepKind.SWAP, StepKind.DELIVERY, StepKind.PICKUP, StepKind.BREAK}
    return any(route.steps[j].kind not in beside for j in stop)


def charges_in_time(route: RouteCase) -> Iterator[Violation]:
    """A charge draws what plug and vehicle allow and lasts as long as that power needs."""
    for i, step in _charges(route):
        plug = _plug(route.place(step), step)
        if plug is None:
            continue
        most_w = charge_power_w(route.kind, plug_w=plug.power_w)
        if step.power_w is None or not 0 < step.power_w <= most_w + POWER_W:
            yield route.broken("charge_power_wrong", i, f"{step.power_w} W, plug and vehicle allow {most_w} W")
            continue
        to_wh = min(step.stored_end_wh, route.kind.charge_curve[-1].until_soc * route.kind.battery_wh)
        least_s = charge_s(route.kind, from_wh=step.stored_arrival_wh, to_wh=to_wh, plug_w=step.power_w)
        if step.end_s - step.begin_s < least_s - CHARGE_S or step.stored_end_wh > to_wh + ENERGY_WH:
            yield route.broken("charge_too_fast", i, f"takes {step.end_s - step.begin_s} s, needs {least_s:.0f} s")


def charges_fully(route: RouteCase) -> Iterator[Violation]:
    """On a day of full charges each one goes up to where the power falls, short of it by less than a second."""
    knee_wh = full_power_until_wh(route.kind)
    for i, step in _charges(route):
        short_wh = knee_wh - step.stored_end_wh - (step.power_w or 0.0) / JOULE_PER_WH
        if route.case.plan.day.full_charges and short_wh > ENERGY_WH:
            yield route.broken("charge_partial", i, f"ends {short_wh:.2f} Wh short of {knee_wh:.1f} Wh")


def _charges(route: RouteCase) -> Iterator[tuple[int, Step]]:
    return ((i, step) for i, step in enumerate(route.steps) if step.kind == StepKind.CHARGE)


def _plug(place: Order | Depot | Station | Spot | None, step: Step) -> Plug | None:
    if place is None or isinstance(place, Order | Spot):
        return None
    return next((plug for plug in place.plugs if plug.id == step.plug_id), None)


PLUG_RULES = (charges_where_it_may, charges_in_time)  # all that look at which plug a vehicle charges at
ROUTE_RULES = (
    starts_with_its_charge,
    keeps_its_books,
    keeps_its_reserve,
    ends_with_its_charge,
    does_not_overfill,
    charges_where_it_may,
    charges_in_time,
    charges_fully,
)
