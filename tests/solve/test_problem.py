"""The border before native code: what the arrays of a problem may be, and how a day becomes such arrays."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from planner.model import Day, Priority, TimeWindow
from planner.roads.day import day_roads
from planner.solve.problem import (
    LARGEST,
    MICRO,
    BadProblem,
    Problem,
    build_problem,
    load_problem,
    restrict,
    save_problem,
    validate,
)
from tests.factories import make_day, make_depot, make_order, make_type, make_vehicle
from tests.solve.days import grid
from tests.solve.factories import SHIFT_S, make_problem

GOOD = make_problem(stations=(5_000,), plugs=((0, 1_000), (1, 1_000)))


def ints(*values: int) -> np.ndarray[Any, np.dtype[np.int64]]:
    return np.array(values, dtype=np.int64)


def test_a_sound_problem_is_accepted() -> None:
    validate(GOOD)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("travel_s", GOOD.travel_s[:, :-1]),
        ("travel_s", GOOD.travel_s[0]),
        ("distance_m", GOOD.distance_m[:, :, :-1]),
        ("energy_mwh", GOOD.energy_mwh[:, :0]),
        ("energy_mwh", GOOD.energy_mwh[:0]),
        ("energy_mwh", np.repeat(GOOD.energy_mwh, 2, axis=0)),
        ("energy_uwh_per_kg", np.repeat(GOOD.energy_uwh_per_kg, 3, axis=0)),
        ("demand_g", GOOD.demand_g[:-1]),
        ("windows", GOOD.windows[:, :2]),
        ("allowed", GOOD.allowed[:, :0]),
        ("bay_ml", ints()),
        ("charge_w", ints(1, 2)),
        ("per_km", ints()),
        ("open", GOOD.open[:1]),
        ("open", GOOD.open[:, :, :1]),
        ("plug_site", ints(0)),
    ],
)
def test_S03_S04_arrays_that_are_ragged_or_short_are_refused(name: str, value: Any) -> None:
    with pytest.raises(BadProblem, match=name):
        validate(replace(GOOD, **{name: value}))


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        *((name, -2) for name in ("travel_s", "demand_g", "windows", "penalty", "per_s", "plug_w")),
        *((name, 2**62) for name in ("travel_s", "energy_mwh", "demand_g", "windows", "penalty", "per_s", "plug_w")),
        *((name, -(2**62)) for name in ("energy_mwh", "energy_uwh_per_kg")),
    ],
)
def test_S09_O26_numbers_that_are_negative_or_too_large_are_refused(name: str, wrong: int) -> None:
    array = getattr(GOOD, name).copy()
    array.flat[0] = wrong
    with pytest.raises(BadProblem, match=name):
        validate(replace(GOOD, **{name: array}))


def test_S02_S03_floats_and_nan_are_refused() -> None:
    array: Any = GOOD.travel_s.astype(np.float64)
    array[0, 0, 1] = np.nan
    with pytest.raises(BadProblem, match="travel_s is not int64"):
        validate(replace(GOOD, travel_s=array))


@pytest.mark.parametrize(
    ("name", "value"),
    [("depot", ints(0)), ("depot", ints(3)), ("depot", ints(99)), ("kind", ints(1)), ("network", ints(1)),
     ("plug_site", ints(0, 2))],
)  # fmt: skip
def test_S05_S06_an_index_out_of_range_is_refused(name: str, value: Any) -> None:
    with pytest.raises(BadProblem, match="does not exist"):
        validate(replace(GOOD, **{name: value}))


def test_S07_F01_nothing_to_plan_is_refused() -> None:
    with pytest.raises(BadProblem, match="nothing to plan"):
        make_problem(orders=(), windows=np.empty((0, 3, 2)), allowed=np.empty((0, 1)))
    with pytest.raises(BadProblem, match="nothing to plan"):
        make_problem(vehicles=0, shift=np.empty((0, 2)), allowed=np.empty((2, 0)))


def test_a_problem_comes_back_from_its_file(tmp_path: Path) -> None:
    save_problem(GOOD, tmp_path / "problem.npz")
    back = load_problem(tmp_path / "problem.npz")
    assert (back.orders, back.depots) == (GOOD.orders, GOOD.depots)
    assert all(np.array_equal(getattr(back, name), getattr(GOOD, name)) for name in ("travel_s", "open", "allowed"))


def test_a_part_of_a_problem_keeps_its_places() -> None:
    part = restrict(make_problem(orders=(1_000, 2_000, 3_000), stations=(9_000,), plugs=((1, 1_000),)), [2, 0])
    validate(part)
    assert part.orders == 2
    assert part.depot.tolist() == [2]
    # Now: 3 km, 1 km, the depot, the station.
    assert part.distance_m[0, 2].tolist() == [3_000, 1_000, 0, 9_000]


def built(**overrides: Any) -> Problem:
    return built_from(make_day(stations=(), **overrides))


def built_from(day: Day) -> Problem:
    roads = day_roads(day, grid())
    return build_problem(day, types=roads.types, network_of_type=roads.network_of_type, roads=roads.matrices)


def test_S20_floats_are_rounded_against_ourselves() -> None:
    order = make_order(demand_kg=2.5, volume_l=0.0004)
    kind = make_type(battery_wh=1_000.0009, payload_kg=99.9999)
    problem = built(orders=(order,), vehicles=(make_vehicle(type=kind, reserve_soc=0.1),))
    assert (problem.demand_g[0], problem.volume_ml[0]) == (2_500, 1)
    assert (problem.battery_mwh[0], problem.payload_g[0]) == (1_000_000, 99_999)
    assert problem.reserve_mwh[0] == 100_001
    (metres, seconds) = (problem.distance_m[0, 0, 1], problem.travel_s[0, 0, 1])
    exact = day_roads(make_day(orders=(order,), vehicles=(make_vehicle(type=kind),), stations=()), grid()).matrices[0]
    assert 0 <= metres - exact.metres[0, 1] < 1
    assert 0 <= seconds - exact.seconds[0, 1] < 1


def test_an_order_without_windows_may_be_served_at_any_time() -> None:
    problem = built(orders=(make_order(windows=()),))
    assert (problem.windows[0] == [0, problem.horizon_s]).all()


def test_unused_windows_repeat_the_first() -> None:
    spans = (TimeWindow(start_s=30_000, end_s=31_000), TimeWindow(start_s=40_000, end_s=41_000))
    problem = built(orders=(make_order(windows=spans),))
    assert problem.windows[0].tolist() == [[30_000, 31_000], [40_000, 41_000], [30_000, 31_000]]


def test_S19_a_penalty_is_above_all_that_one_visit_can_cost() -> None:
    vehicle = make_vehicle()
    problem = built(orders=tuple(make_order(p.value, priority=p) for p in Priority), vehicles=(vehicle,))
    kind, shift_h = vehicle.type, (vehicle.shift.end_s - vehicle.shift.start_s) / 3_600
    most = kind.cost_per_day + kind.cost_per_hour * shift_h + kind.battery_wh / 1_000 * 0.2
    by_priority = dict(zip(Priority, problem.penalty.tolist(), strict=True))
    assert by_priority[Priority.MAY] > most * MICRO
    assert by_priority[Priority.MUST] > by_priority[Priority.SHOULD] > by_priority[Priority.MAY]


def test_S09_money_in_small_coins_is_no_overflow() -> None:
    # Chilean pesos: a vehicle day, an hour and a kilometre.
    kind = make_type(cost_per_day=25_000.0, cost_per_hour=6_000.0, cost_per_km=150.0)
    problem = built(orders=(make_order(priority=Priority.MUST),), vehicles=(make_vehicle(type=kind),))
    assert problem.penalty[0] > LARGEST


def test_a_site_power_of_next_to_nothing_is_a_limit() -> None:
    without, tiny = (built(depots=(make_depot(site_power_w=watts),)) for watts in (None, 0.4))
    assert without.site_w.tolist() == [0]
    assert tiny.site_w.tolist() == [1]


def test_without_charging_there_is_no_plug() -> None:
    assert len(built(charging=False).plug_w) == 0
    assert len(built().plug_w) == 2


def test_the_shift_bounds_the_horizon() -> None:
    assert make_problem(shift=[[0, SHIFT_S]]).horizon_s == SHIFT_S
