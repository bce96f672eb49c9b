"""Days re-planned at some moment with events are legal as a whole, and what is on board stays where it is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from planner.check import audit
from planner.dispatch.desk import open_desk
from planner.dispatch.events import Event
from planner.dispatch.replan import Replanned, replan
from planner.errors import InputError
from planner.model import RoadOut
from planner.plan import Plan, StepKind
from planner.roads.closing import pieces_near
from planner.solve.options import SolveOptions
from tests.check.plans import KINDS, network, random_plan, streets

QUICK = SolveOptions(iterations=200, time_limit_s=30)


def replanned(plan: Plan, now_s: int, *events: Event) -> Replanned:
    return replan(open_desk(plan, streets()), QUICK, now_s=now_s, events=sorted(events, key=lambda e: e.at_s))


def begun(plan: Plan, now_s: int) -> dict[str, str]:
    """Return the orders whose goods are on board or served, by vehicle: of trips that were being loaded."""
    found: dict[str, str] = {}
    for route in plan.routes:
        loads = {s.trip: s.begin_s for s in reversed(route.steps) if s.kind in {StepKind.START, StepKind.RELOAD}}
        found |= {s.place_id: route.vehicle_id for s in route.steps if s.serves and loads[s.trip] <= now_s}
    return found


def served(plan: Plan) -> dict[str, str]:
    return {step.place_id: route.vehicle_id for route in plan.routes for step in route.steps if step.serves}


def moments(plan: Plan) -> list[int]:
    """Return three moments of a day: in the middle of a stop, of a drive, and of a loading."""
    steps = [step for route in plan.routes for step in route.steps if step.serves]
    loads = [step for route in plan.routes for step in route.steps if step.kind is StepKind.RELOAD]
    found = [steps[len(steps) // 2].begin_s + 1, steps[len(steps) // 3].arrival_s - 1]
    return [*found, loads[-1].begin_s + 1] if loads else found


@pytest.mark.parametrize("seed", range(2))
def test_a_day_without_news_stays_legal_and_what_is_on_board_stays(seed: int) -> None:
    plan = random_plan(seed)
    for now_s in moments(plan):
        found = replanned(plan, now_s)
        assert found.plan.violations == ()
        assert begun(plan, now_s).items() <= served(found.plan).items()


@pytest.mark.parametrize("seed", range(2))
def test_a_late_driver_a_new_order_and_a_dead_plug_leave_a_legal_day(seed: int) -> None:
    plan = random_plan(seed)
    for now_s in moments(plan):
        new = replace(plan.day.orders[0], id="new", windows=(), pair="", group="", skills=(), release_s=0)
        plug = plan.day.depots[0].plugs[0].id
        at_s = now_s - 300
        found = replanned(
            plan,
            now_s,
            Event(kind="delay", at_s=at_s, vehicle=plan.routes[0].vehicle_id, lasts_s=300),
            Event(kind="order_new", at_s=at_s, new=new),
            Event(kind="plug_out", at_s=now_s, plug=plug),
        )
        assert found.plan.violations == ()
        unplugged = {r.vehicle_id for r in plan.routes for s in r.steps if s.plug_id == plug and s.end_s > now_s}
        aboard = {order: vehicle for order, vehicle in begun(plan, at_s).items() if vehicle not in unplugged}
        assert aboard.items() <= served(found.plan).items()
        assert audit(found.plan, streets()) == ()


def closing(plan: Plan, at_s: int, seed: int) -> Event:
    """Return that a street is closed on which a vehicle was to drive later, with what is near it or alone.

    That of the depot stays open.
    """
    rng = np.random.default_rng(seed)
    legs = [s.leg.geometry for r in plan.routes for s in r.steps if s.leg and s.arrival_s > at_s and s.leg.distance_m]
    leg = legs[int(rng.integers(len(legs)))]
    lon, lat = np.mean(leg[len(leg) // 2 - 1 : len(leg) // 2 + 1], axis=0).tolist()
    radius_m = float(rng.choice([0.0, 150.0]))
    networks, hub = [network(kind) for kind in KINDS], plan.day.depots[0]
    own = pieces_near(networks, lat=hub.lat, lon=hub.lon)
    pieces = set(pieces_near(networks, lat=lat, lon=lon, radius_m=radius_m)) - set(own)
    road = RoadOut(segments=tuple(sorted(pieces)), from_s=at_s, lat=lat, lon=lon, radius_m=radius_m)
    return Event(kind="road_closed", at_s=at_s, road=road)


@pytest.mark.parametrize("seed", range(2))
def test_streets_that_are_closed_leave_a_legal_day_that_can_be_planned_on(seed: int) -> None:
    plan, legal, refused = random_plan(seed), 0, set[str]()
    for now_s in moments(plan):
        events = [closing(plan, now_s - 900, seed), closing(plan, now_s - 300, seed + 100)]
        delay = Event(kind="delay", at_s=now_s - 400, vehicle=plan.routes[0].vehicle_id, lasts_s=300)
        try:
            found = replanned(plan, now_s, *events, delay)
            legal += 1
            assert found.plan.violations == ()
            assert audit(found.plan, streets()) == ()
            again = replanned(found.plan, now_s, closing(plan, now_s, seed + 200) if seed % 2 else delay)
            assert again.plan.violations == ()
            assert audit(again.plan, streets()) == ()
        except InputError as refusal:
            refused |= {fault.code for fault in refusal.faults}
    assert legal
    assert refused <= {"E-N07", "E-N11"}


@pytest.mark.parametrize("seed", range(2))
def test_what_is_on_a_vehicle_that_is_out_is_fetched_there_or_left_out(seed: int) -> None:
    plan = random_plan(seed)
    for now_s in moments(plan):
        out = plan.routes[seed % len(plan.routes)].vehicle_id
        found = replanned(plan, now_s, Event(kind="vehicle_out", at_s=now_s - 60, vehicle=out))
        assert found.plan.violations == ()
        after = served(found.plan)
        for order, vehicle in begun(plan, now_s - 60).items():
            assert vehicle == out or after[order] == vehicle
        for order in found.transfers:
            if order in after and after[order] != out:
                assert after[f"{order}@{out}"] == after[order]
