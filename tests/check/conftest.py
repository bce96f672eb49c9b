"""Forty valid plans and one memory of drives, made once for the whole room."""

from __future__ import annotations

import pytest

from planner.check_legs import LegFinder
from planner.plan import Plan
from tests.check.plans import random_plan, streets


@pytest.fixture(scope="session")
def plans() -> tuple[Plan, ...]:
    return tuple(random_plan(seed) for seed in range(40))


@pytest.fixture(scope="session")
def legs() -> LegFinder:
    return LegFinder(streets())
