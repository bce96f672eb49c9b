"""Whatever a plan holds, the auditor answers."""

from __future__ import annotations

import math
from dataclasses import fields, replace
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.check import audit
from planner.check_legs import LegFinder
from planner.plan import Plan, StepKind, Violation
from tests.check.plans import random_plan, streets
from tests.check.spoiling import with_route, with_step, with_thing

PLAN = random_plan(0)
LEGS = LegFinder(streets())
NUMBERS: tuple[Any, ...] = (math.nan, math.inf, -math.inf, 1e300, -1e11, 10**400, -1, 0)


def garbage(name: str, value: Any, rng: np.random.Generator) -> Any:
    """Something of the field's own sort that no plan should hold."""
    if isinstance(value, StepKind):
        return list(StepKind)[int(rng.integers(len(StepKind)))]
    if isinstance(value, str):
        return ("", "nobody", "hub", "o1", "v1")[int(rng.integers(5))]
    if isinstance(value, int | float):
        return NUMBERS[int(rng.integers(len(NUMBERS)))]
    return () if isinstance(value, tuple) else None if name in {"leg", "plug_id", "power_w"} else value


def spoil(thing: Any, rng: np.random.Generator) -> dict[str, Any]:
    """Return changes to one to three random fields."""
    names = [str(item.name) for item in fields(thing)]
    chosen = rng.choice(names, size=min(len(names), int(rng.integers(1, 4))), replace=False)
    return {str(name): garbage(str(name), getattr(thing, name), rng) for name in chosen}


def spoilt_step(rng: np.random.Generator) -> Plan:
    r = int(rng.integers(len(PLAN.routes)))
    i = int(rng.integers(len(PLAN.routes[r].steps)))
    return with_step(PLAN, r, i, **spoil(PLAN.routes[r].steps[i], rng))


def spoilt_leg(rng: np.random.Generator) -> Plan:
    legs = [(r, i, s.leg) for r, route in enumerate(PLAN.routes) for i, s in enumerate(route.steps) if s.leg]
    r, i, leg = legs[int(rng.integers(len(legs)))]
    return with_step(PLAN, r, i, leg=replace(leg, **spoil(leg, rng)))


def spoilt_route(rng: np.random.Generator) -> Plan:
    route = PLAN.routes[0]
    kept = tuple(step for step in route.steps if rng.random() < 0.8)
    return with_route(PLAN, 0, steps=kept, cost=replace(route.cost, **spoil(route.cost, rng)))


def spoilt_day(rng: np.random.Generator) -> Plan:
    day = PLAN.day
    things: list[Any] = [*day.orders, *day.vehicles, *day.depots, *day.stations]
    thing = things[int(rng.integers(len(things)))]
    return with_thing(PLAN, thing.id, **spoil(thing, rng))


@given(seed=st.integers(0, 2**32 - 1), way=st.sampled_from([spoilt_step, spoilt_leg, spoilt_route, spoilt_day]))
@settings(max_examples=250, deadline=None)
def test_no_garbage_stops_the_auditor(seed: int, way: Any) -> None:
    found = audit(way(np.random.default_rng(seed)), streets(), legs=LEGS)
    assert all(isinstance(violation, Violation) for violation in found)


def test_a_plan_of_nothing_is_a_plan_without_faults() -> None:
    empty = replace(
        PLAN,
        day=replace(PLAN.day, orders=(), vehicles=(), depots=(), stations=()),
        routes=(),
        unassigned=(),
        provenance=replace(PLAN.provenance, rows_read=0),
    )
    assert audit(empty, streets()) == ()


def test_a_route_without_steps_is_named() -> None:
    assert "route_shape" in {violation.code for violation in audit(with_route(PLAN, 0, steps=()), streets(), legs=LEGS)}
