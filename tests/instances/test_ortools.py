"""OR-Tools alone on instances: known optima, honest answers, limits that hold, arrays that are looked at first."""

from __future__ import annotations

import ast
import math
import time
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from planner.check_instance import audit_routes
from planner.errors import NoPlanError
from planner.instances.schneider import Recharge
from planner.solve import instance_child, instance_ortools
from planner.solve.instance import Instance, RouteSet
from planner.solve.instance_child import load_instance, ortools_apart, save_instance
from planner.solve.instance_ortools import ortools_instance, refuse_broken
from planner.solve.options import SolveOptions
from tests.instances.files import CEVRP, CVRP, EVRPTW, EXPLICIT, SOLOMON, changed, instance_of

QUICK = SolveOptions(iterations=200, time_limit_s=2.0)


def solved(instance: Instance) -> RouteSet:
    found = ortools_instance(instance, QUICK, on_better=lambda _: None)
    assert audit_routes(instance, found).violations == ()
    return found


@pytest.mark.parametrize(
    ("text", "recharge", "vehicles", "length"),
    [
        # C1, C2 and back by the station would take 81 of the battery's 80.
        (EVRPTW, "full", 1, 10 + math.hypot(30, 10) + 20 + 50),
        (EVRPTW, "partial", 1, 10 + math.hypot(30, 10) + 20 + 50),
        (CEVRP, "full", 1, 10 + math.hypot(50, 10) + 20 + 30),
        (SOLOMON, "full", 1, 5 + math.hypot(2.5, 14) + math.hypot(5.5, 18)),
        (CVRP, "full", 2, 4 + 10),
        (EXPLICIT, "full", 2, 6 + 8),
    ],
)
def test_small_instances_are_solved_to_their_known_optimum(
    tmp_path: Path, text: str, recharge: Recharge, vehicles: int, length: float
) -> None:
    found = solved(instance_of(tmp_path, text, recharge=recharge))
    assert (len(found.routes), found.unserved) == (vehicles, ())
    assert found.length == pytest.approx(length)


def test_no_battery_leaves_a_station_more_than_full(tmp_path: Path) -> None:
    # 60 do for the way from the station to C2 and back to it, not for C1 besides: two vehicles, or two stops there.
    text = changed(EVRPTW, ("/80.0/", "/60.0/"))
    for recharge in ("full", "partial"):
        found = solved(instance_of(tmp_path, text, recharge=recharge))
        assert found.unserved == ()
        assert sum(place == 3 for route in found.routes for place in route) >= 2


def test_a_customer_whose_window_rounding_closes_is_listed_and_not_served(tmp_path: Path) -> None:
    text = changed(SOLOMON, ("912        967", "912.0001 912.0002"))
    found = solved(instance_of(tmp_path, text))
    assert [place for route in found.routes for place in route] == [1]
    assert found.unserved == (0,)


def test_each_better_answer_is_told_and_the_last_is_the_best(tmp_path: Path) -> None:
    told: list[RouteSet] = []
    found = ortools_instance(instance_of(tmp_path, EVRPTW), QUICK, on_better=told.append)
    assert told
    assert told[-1].length == found.length


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("length", np.zeros((3, 3))),
        ("time", np.full((4, 4), np.nan)),
        ("energy", np.full((4, 4), -1.0)),
        ("demand", np.array([1.0, np.inf])),
        ("windows", np.full((3, 2), np.nan)),
        ("battery", 0.0),
        ("capacity", -1.0),
        ("charge_rate", math.inf),
    ],
)
def test_broken_tables_are_refused_before_native_code_sees_them(tmp_path: Path, name: str, value: object) -> None:
    instance = instance_of(tmp_path, EVRPTW)
    refuse_broken(instance)
    changes: dict[str, Any] = {name: value}
    with pytest.raises(ValueError, match=r"holds|shape|must be|that are none"):
        refuse_broken(replace(instance, **changes))


def test_no_python_function_is_handed_to_native_code() -> None:
    source = Path(instance_ortools.__file__).read_text()
    called = {
        node.func.attr
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    }
    registered = {name for name in called if name.startswith("Register") or "Callback" in name or "Custom" in name}
    assert registered == {"RegisterTransitMatrix", "RegisterUnaryTransitVector"}


@pytest.mark.parametrize("text", [EVRPTW, CEVRP, SOLOMON, CVRP])
def test_an_instance_comes_back_from_its_folder(tmp_path: Path, text: str) -> None:
    instance = instance_of(tmp_path, text)
    save_instance(instance, tmp_path)
    back = load_instance(tmp_path)
    for field in fields(Instance):
        assert np.array_equal(getattr(back, field.name), getattr(instance, field.name)), field.name


def test_a_process_of_its_own_answers_as_this_one(tmp_path: Path) -> None:
    instance = instance_of(tmp_path, EVRPTW)
    options = SolveOptions(iterations=50, time_limit_s=20.0)
    here = ortools_instance(instance, options, on_better=lambda _: None)
    assert ortools_apart(instance, options, on_better=lambda _: None) == here


def test_a_search_ends_with_its_time_limit_and_says_so(tmp_path: Path) -> None:
    begun = time.monotonic()
    options = SolveOptions(iterations=10**9, time_limit_s=1.5)
    found = ortools_apart(instance_of(tmp_path, EVRPTW), options, on_better=lambda _: None)
    assert time.monotonic() - begun < 1.5 + 1.0
    assert found.stopped_by == "time_limit"


def test_an_interrupt_hands_over_the_best_so_far(tmp_path: Path) -> None:
    def interrupt(_: RouteSet) -> None:
        raise KeyboardInterrupt

    options = SolveOptions(iterations=10**9, time_limit_s=20.0)
    found = ortools_apart(instance_of(tmp_path, EVRPTW), options, on_better=interrupt)
    assert (found.stopped_by, found.unserved) == ("interrupt", ())


def test_S13_a_child_that_leaves_nothing_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(instance_child, "GRACE_S", -20.0)
    with pytest.raises(NoPlanError, match=r"E-S13 .*SIGKILL"):
        ortools_apart(instance_of(tmp_path, EVRPTW), QUICK, on_better=lambda _: None)
