"""Rules of the night, and of plugs and site power by day and by night: one vehicle at a plug, enough by tomorrow."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from zoneinfo import ZoneInfo

from planner.check_case import ENERGY_WH, Case, RouteCase
from planner.clock import same_clock_tomorrow
from planner.energy.charging import charge_power_w, charge_s
from planner.model import Depot, Plug
from planner.plan import NightCharge, StepKind, Violation

CHARGE_S = 1.0
POWER_W = 1e-6
SITE_W = 0.5
IDLE_S = 120  # nobody is blamed for less at a free plug


@dataclass(frozen=True, kw_only=True)
class Draw:
    """A plug in use, by day or by night."""

    site_id: str
    plug_id: str | None
    begin_s: int
    end_s: int
    power_w: float
    vehicle_id: str
    where: str
    step: int | None = None  # of the route, by day


def draws_of(route: RouteCase) -> Iterator[Draw]:
    """Return every charge of a vehicle, by day and by night."""
    for i, step in enumerate(route.steps):
        if step.kind == StepKind.CHARGE:
            yield Draw(
                site_id=step.place_id,
                plug_id=step.plug_id,
                begin_s=step.begin_s,
                end_s=step.end_s,
                power_w=step.power_w or 0.0,
                vehicle_id=route.vehicle.id,
                where=f"vehicle {route.vehicle.id} step {i + 1} ({step.kind} {step.place_id})",
                step=i,
            )
    for n, charge in enumerate(_charges(route)):
        yield Draw(
            site_id=route.depot.id,
            plug_id=charge.plug_id,
            begin_s=charge.begin_s,
            end_s=charge.end_s,
            power_w=charge.power_w,
            vehicle_id=route.vehicle.id,
            where=_where(route, n),
        )


def books_plugs_once(case: Case) -> Iterator[Violation]:
    """A plug serves one vehicle at a time, whichever route it belongs to."""
    booked: dict[tuple[str, str | None], list[Draw]] = defaultdict(list)
    for route in case.routes:
        for draw in draws_of(route):
            booked[draw.site_id, draw.plug_id].append(draw)
    for (_, plug_id), draws in booked.items():
        free_s, holder = -math.inf, ""
        for draw in sorted(draws, key=lambda draw: draw.begin_s):
            if draw.begin_s < free_s and draw.end_s > draw.begin_s:
                message = f"plug {plug_id} is taken by {holder} until {free_s:.0f} s"
                yield Violation(
                    code="plug_overbooked",
                    where=draw.where,
                    message=message,
                    vehicle_id=draw.vehicle_id,
                    step=draw.step,
                )
            if draw.end_s > free_s:
                free_s, holder = draw.end_s, draw.vehicle_id


def leaves_dead_plugs_alone(case: Case) -> Iterator[Violation]:
    """Nobody charges at a plug that gives nothing any more, by day or by night."""
    for route in case.routes:
        for draw in draws_of(route):
            for out in case.plan.day.plugs_out:
                if out.plug_id == draw.plug_id and draw.end_s > max(out.from_s, draw.begin_s):
                    message = (
                        f"plug {out.plug_id} gives nothing from {out.from_s} s on, the charge ends at {draw.end_s} s"
                    )
                    yield Violation(
                        code="plug_out",
                        where=draw.where,
                        message=message,
                        vehicle_id=draw.vehicle_id,
                        step=draw.step,
                        amount=float(draw.end_s - max(out.from_s, draw.begin_s)),
                        unit="s",
                    )


def stays_within_site_power(case: Case) -> Iterator[Violation]:
    """What all plugs of a depot draw together is within its site power at every instant."""
    for depot in case.depots.values():
        if depot.site_power_w is None:
            continue
        changes: list[tuple[int, float]] = []
        for route in case.routes:
            for draw in draws_of(route):
                if draw.site_id == depot.id:
                    changes += [(draw.begin_s, draw.power_w), (draw.end_s, -draw.power_w)]
        drawn_w = 0.0
        for at_s, change_w in sorted(changes):  # at one instant what ends comes before what begins
            drawn_w += change_w
            if drawn_w > depot.site_power_w + SITE_W:
                message = f"{drawn_w:.0f} W at {at_s} s, the site has {depot.site_power_w} W"
                yield Violation(code="site_power_exceeded", where=f"depot {depot.id}", message=message)
                break


def charges_between_return_and_tomorrow(route: RouteCase) -> Iterator[Violation]:
    """A night charge lies between the return and tomorrow's start, at a plug of the depot, one after the other."""
    until_s, free_s = _tomorrow_s(route), route.steps[-1].end_s
    if route.route.night is not None and route.route.night.until_s != until_s:
        message = f"ends at {route.route.night.until_s} s, the next shift begins at {until_s} s"
        yield Violation(code="night_misplaced", where=f"vehicle {route.vehicle.id} night", message=message)
    if route.vehicle.end is not None and _charges(route):
        message = f"charges at {route.depot.id} by night, where the vehicle is not"
        yield Violation(code="night_away", where=_where(route, 0), message=message)
    for n, charge in enumerate(_charges(route)):
        if _plug(route.depot, charge) is None:
            message = f"there is no plug {charge.plug_id} at {route.depot.id}"
            yield Violation(code="plug_unknown", where=_where(route, n), message=message)
        if charge.begin_s < free_s or charge.end_s > until_s or charge.end_s < charge.begin_s:
            message = f"{charge.begin_s} to {charge.end_s} s is not within {free_s} to {until_s} s"
            yield Violation(code="night_misplaced", where=_where(route, n), message=message)
        free_s = max(free_s, charge.end_s)


def charges_by_night_in_time(route: RouteCase) -> Iterator[Violation]:
    """A night charge draws what plug, vehicle and the fullness of the battery allow, and no more energy than that."""
    stored_wh, battery_wh = route.steps[-1].stored_end_wh, route.kind.battery_wh
    for n, charge in enumerate(_charges(route)):
        plug, full_wh = _plug(route.depot, charge), stored_wh + charge.wh
        if plug is None:
            return
        share = _share(route, stored_wh + min(ENERGY_WH, charge.wh / 2))  # where it begins, rounding aside
        most_w = charge_power_w(route.kind, plug_w=plug.power_w) * share
        if not 0 < charge.power_w <= most_w + POWER_W or charge.wh < 0:
            message = f"{charge.wh} Wh at {charge.power_w} W, plug and battery allow {most_w:.1f} W"
            yield Violation(code="charge_power_wrong", where=_where(route, n), message=message)
            return
        to_wh = min(full_wh, route.kind.charge_curve[-1].until_soc * battery_wh)
        least_s = charge_s(route.kind, from_wh=stored_wh, to_wh=to_wh, plug_w=plug.power_w)
        least_s = max(least_s, charge.wh * 3_600 / charge.power_w)
        if charge.end_s - charge.begin_s < least_s - CHARGE_S or full_wh > to_wh + ENERGY_WH:
            message = f"takes {charge.end_s - charge.begin_s} s, needs {least_s:.0f} s"
            yield Violation(code="charge_too_fast", where=_where(route, n), message=message)
        stored_wh = full_wh


def fills_for_tomorrow(case: Case) -> Iterator[Violation]:
    """By tomorrow's start the battery holds its start charge, but for what the plan says is missing, and must be."""
    for route in case.routes:
        night = route.route.night
        where = f"vehicle {route.vehicle.id} night"
        due_wh = route.vehicle.tomorrow_soc * route.kind.battery_wh - route.steps[-1].stored_end_wh
        charged_wh = sum(charge.wh for charge in _charges(route))
        stated_wh = night.missing_wh if night is not None else 0.0
        if abs(max(0.0, due_wh) - charged_wh - stated_wh) > ENERGY_WH:
            message = f"charges {charged_wh:.2f} Wh and states {stated_wh:.2f} Wh missing of {max(0.0, due_wh):.2f} Wh"
            yield Violation(code="night_short", where=where, message=message)
        elif stated_wh > ENERGY_WH and (idle := _idle(case, route)) is not None:
            message = f"{stated_wh:.2f} Wh are missing, and a plug is free from {idle[0]} to {idle[1]} s"
            yield Violation(code="night_short", where=where, message=message)


def _idle(case: Case, route: RouteCase) -> tuple[int, int] | None:
    """Return a time in which a vehicle that is short could charge at full power and does not."""
    if route.vehicle.end is not None:
        return None  # it is not there
    depot, begin_s, end_s = route.depot, route.steps[-1].end_s, _tomorrow_s(route)
    plug_w = min((plug.power_w for plug in depot.plugs), default=0.0)
    power_w = charge_power_w(
        route.kind, plug_w=plug_w if depot.site_power_w is None else min(plug_w, depot.site_power_w)
    )
    draws = [draw for other in case.routes for draw in draws_of(other) if draw.site_id == depot.id]
    full_wh = route.kind.charge_curve[-1].until_soc * route.kind.battery_wh
    if power_w <= 0 or route.steps[-1].stored_end_wh + sum(c.wh for c in _charges(route)) >= full_wh - ENERGY_WH:
        return None
    moments = {at for draw in draws for at in (draw.begin_s, draw.end_s)}
    moments |= {out.from_s for out in case.plan.day.plugs_out}
    edges = sorted(at for at in moments if begin_s < at < end_s)
    for since, until in pairwise([begin_s, *edges, end_s]):
        now = [draw for draw in draws if draw.begin_s < until and draw.end_s > since]
        dead = {out.plug_id for out in case.plan.day.plugs_out if out.from_s < until}
        drawn_w = power_w + sum(draw.power_w for draw in now)
        free = {plug.id for plug in depot.plugs} - dead - {draw.plug_id for draw in now}
        has_power = depot.site_power_w is None or drawn_w <= depot.site_power_w
        if until - since >= IDLE_S and free and has_power and all(d.vehicle_id != route.vehicle.id for d in now):
            return since, until
    return None


def _share(route: RouteCase, stored_wh: float) -> float:
    """Return the share of its full power that the battery takes when it holds so much."""
    curve, battery_wh = route.kind.charge_curve, route.kind.battery_wh
    return next((step.power_share for step in curve if stored_wh < step.until_soc * battery_wh), curve[-1].power_share)


def _tomorrow_s(route: RouteCase) -> int:
    day = route.case.plan.day
    return same_clock_tomorrow(
        route.vehicle.shift.start_s, day=date.fromisoformat(day.date), zone=ZoneInfo(day.time_zone)
    )


def _charges(route: RouteCase) -> tuple[NightCharge, ...]:
    return route.route.night.charges if route.route.night is not None else ()


def _plug(depot: Depot, charge: NightCharge) -> Plug | None:
    return next((plug for plug in depot.plugs if plug.id == charge.plug_id), None)


def _where(route: RouteCase, n: int) -> str:
    return f"vehicle {route.vehicle.id} night charge {n + 1}"


ROUTE_RULES = (charges_between_return_and_tomorrow, charges_by_night_in_time)
PLAN_RULES = (books_plugs_once, leaves_dead_plugs_alone, stays_within_site_power, fills_for_tomorrow)
