from __future__ import annotations

import ast
import re
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

import planner
from planner.check import audit
from planner.check_legs import LegFinder
from planner.plan import Plan, StepKind
from tests.check.damages import DAMAGES
from tests.check.grid import make_grid
from tests.check.plans import streets
from tests.check.spoiling import Damage, pick, with_step

PACKAGE = Path(planner.__file__).parent
TABLE = PACKAGE.parent / "docs" / "violations.md"


def test_random_valid_plans_are_accepted(plans: tuple[Plan, ...], legs: LegFinder) -> None:
    found = {violation for plan in plans for violation in audit(plan, streets(), legs=legs)}
    assert found == set()


def test_the_random_plans_reload_and_charge_everywhere(plans: tuple[Plan, ...]) -> None:
    steps = [step for plan in plans for route in plan.routes for step in route.steps]
    charged = {step.place_id for step in steps if step.kind is StepKind.CHARGE}
    assert charged == {"hub", "station-0", "station-1"}
    assert sum(step.kind is StepKind.RELOAD for step in steps) >= 4 * len(plans)
    before_end = [
        before for p in plans for r in p.routes for before, step in pairwise(r.steps) if step.kind is StepKind.END
    ]
    assert any(step.kind is StepKind.CHARGE for step in before_end)


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: f"{damage.code}-{damage.name}")
def test_every_damage_to_every_plan_is_named(damage: Damage, plans: tuple[Plan, ...], legs: LegFinder) -> None:
    for seed, plan in enumerate(plans):
        spoilt = damage.spoil(plan, np.random.default_rng(seed))
        codes = {violation.code for violation in audit(spoilt, streets(), legs=legs)}
        assert damage.code in codes, f"plan {seed}: {codes}"


def test_there_is_a_damage_for_every_code_and_at_least_25_codes() -> None:
    assert {damage.code for damage in DAMAGES} == _codes_in_use()
    assert len(_codes_in_use()) >= 25


def test_the_table_lists_every_code() -> None:
    assert set(re.findall(r"^\| `(\w+)` \|", TABLE.read_text(), flags=re.MULTILINE)) == _codes_in_use()


def test_only_the_touched_routes_are_driven_again(plans: tuple[Plan, ...], legs: LegFinder) -> None:
    plan = plans[0]
    r, i, step = pick(plan, np.random.default_rng(0), lambda s: s.kind is StepKind.DELIVERY)
    spoilt = with_step(plan, r, i, end_s=step.end_s - 1)
    touched = plan.routes[r].vehicle_id
    others = {route.vehicle_id for route in plan.routes} - {touched}
    assert {v.code for v in audit(spoilt, streets(), legs=legs, only={touched})} >= {"service_short"}
    assert audit(spoilt, streets(), legs=legs, only=others) == ()


def test_an_edit_is_still_counted_against_the_routes_that_were_not_touched(
    plans: tuple[Plan, ...], legs: LegFinder
) -> None:
    for damage in DAMAGES:
        if damage.code in {"order_twice", "order_missing", "plug_overbooked", "site_power_exceeded", "vehicle_twice"}:
            spoilt = damage.spoil(plans[1], np.random.default_rng(1))
            assert damage.code in {v.code for v in audit(spoilt, streets(), legs=legs, only=())}


def test_a_finder_of_other_streets_is_refused(plans: tuple[Plan, ...]) -> None:
    with pytest.raises(ValueError, match="other streets"):
        audit(plans[0], streets(), legs=LegFinder(make_grid(rows=3)))


def test_the_auditor_imports_neither_the_solver_nor_its_matrices() -> None:
    rooms = ("ground", "hierarchy", "labels", "leg_energy", "matrices", "metric", "nearby", "paths", "states")
    forbidden = ("planner.solve", *(f"planner.roads.{room}" for room in rooms))
    for path in PACKAGE.glob("check*.py"):
        # What an instance and its answer are is told to both sides; it decides nothing.
        for name in {name for name in _imports(path) if not name.startswith("planner.solve.instance.")}:
            assert not name.startswith(forbidden), f"{path.name} imports {name}"


def _imports(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def _codes_in_use() -> set[str]:
    """Every literal code handed to a violation in the auditor's source."""
    codes = set()
    for path in PACKAGE.glob("check*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call):
                named = [word.value for word in node.keywords if word.arg == "code"]
                first = node.args[:1] if isinstance(node.func, ast.Attribute) and node.func.attr == "broken" else []
                codes |= {str(v.value) for v in named + first if isinstance(v, ast.Constant)}
    return codes
