"""Charging on a fixed sequence: as good as trying everything, and as the published answers."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path

import numpy as np
import pytest

from planner.solve.charging import Charged, charged
from planner.solve.instance import Instance
from tests.instances.score import published, scored, scorer
from tests.solve.charging_cases import (
    IN_A_ROW,
    IN_ALL,
    POLICIES,
    Case,
    best_by_trying,
    earliest_end,
    end_of_walk,
    length_of,
    make_case,
)

SEQUENCES = 400  # small random ones of each policy
PUBLISHED = ("evrptw", "evrptw_pr", "cevrp")


def answer(case: Case, *, at_most: float = math.inf) -> Charged | None:
    customers = range(case.instance.customers)
    return charged(case.instance, customers, curves=case.curves, cost_of_time=case.cost_of_time, at_most=at_most)


def cost_of(case: Case, found: Charged) -> float:
    instance = case.instance
    spent = float(instance.windows[instance.depot, 0] + instance.service.sum())
    return found.length + case.cost_of_time * (found.end - spent)


@pytest.mark.parametrize("policy", POLICIES)
def test_no_choice_of_stations_and_amounts_is_cheaper(policy: str) -> None:
    for seed in range(SEQUENCES):
        case = make_case(random.Random(f"{policy}{seed}"), policy=policy)
        instance, wanted, found = case.instance, best_by_trying(case), answer(case)
        if found is None:
            assert wanted == math.inf, seed
            continue
        assert [place for place in found.places if place < instance.depot] == list(range(instance.customers))
        assert found.length == pytest.approx(length_of(instance, found.places))
        assert end_of_walk(case, found.places, found.amounts) == pytest.approx(found.end), seed
        assert earliest_end(case, found.places) == pytest.approx(found.end), seed
        rows = [
            len(list(row)) for served, row in groupby(place < instance.depot for place in found.places) if not served
        ]
        if max(rows, default=0) <= IN_A_ROW and sum(rows) <= IN_ALL:
            assert cost_of(case, found) == pytest.approx(wanted, rel=1e-7, abs=1e-7), seed
        else:  # which was not tried
            assert cost_of(case, found) <= wanted + 1e-7, seed


@pytest.mark.parametrize("policy", POLICIES)
def test_what_costs_as_much_as_allowed_is_found_and_nothing_that_costs_more(policy: str) -> None:
    for seed in range(SEQUENCES // 4):
        case = make_case(random.Random(f"{policy}{seed}"), policy=policy)
        if found := answer(case):
            cost = cost_of(case, found)
            assert answer(case, at_most=cost) == found, seed
            assert answer(case, at_most=cost * (1.0 - 1e-6)) is None, seed


@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.parametrize("which", PUBLISHED)
def test_published_routes_stripped_of_their_stations_are_charged_no_longer_and_pass_the_scorer(
    shared: Path, which: str
) -> None:
    score = scorer(shared)
    for case in published(shared, which):
        instance, routes = case.instance, []
        for route in case.routes:
            customers = [place for place in route if place < instance.customers]
            found = charged(instance, customers)
            assert found is not None, (instance.name, route)
            assert found.length <= length_of(instance, route) + 1e-6, (instance.name, route)
            routes.append(found.places)
        assert scored(score, case, routes)["feasible"], instance.name


def street(*, at: Sequence[float], stations: int, opens: float = 0.0) -> Instance:
    """Place customers, the depot, then stations on a street: a unit takes a unit of time, of length and of energy.

    The battery holds 10, and a unit of charge lasts 2.
    """
    x = np.array(at)
    apart = np.abs(np.subtract.outer(x, x))
    customers = len(at) - 1 - stations
    return Instance(
        name="street",
        kind="evrptw-pr",
        names=tuple(f"P{place}" for place in range(len(at))),
        length=apart,
        time=apart,
        energy=apart,
        demand=np.zeros(customers),
        service=np.zeros(customers),
        windows=np.array([*[(opens, math.inf)] * customers, (0.0, math.inf)]),
        capacity=1.0,
        battery=10.0,
        charge_rate=2.0,
        partial=True,
        vehicles_first=False,
    )


# A customer at 8, the depot at 0, a station half way: one stop there on the way out and one on the way back.
ONE_PLUG = street(at=[8.0, 0.0, 4.0], stations=1)


def test_only_what_is_missing_is_charged() -> None:
    found = charged(ONE_PLUG, [0])
    assert found == Charged(places=(2, 0, 2), length=16.0, end=16.0 + 2.0 * 6.0, amounts=(2.0, 0.0, 4.0))


def test_a_full_charge_takes_what_it_takes() -> None:
    found = charged(replace(ONE_PLUG, partial=False), [0])
    assert found == Charged(places=(2, 0, 2), length=16.0, end=16.0 + 2.0 * 12.0, amounts=(4.0, 0.0, 8.0))


def test_a_wait_for_a_window_is_spent_at_the_plug() -> None:
    found = charged(street(at=[8.0, 0.0, 4.0], stations=1, opens=20.0), [0])
    assert found == Charged(places=(2, 0, 2), length=16.0, end=20.0 + 8.0 + 2.0 * 2.0, amounts=(4.0, 0.0, 2.0))


def test_a_slow_plug_is_left_once_the_fast_one_is_in_reach() -> None:
    # Both plugs must be used on the way to 18 and home at 20: a slow one at 8, a fast one at 14.
    one_way = replace(street(at=[18.0, 0.0, 8.0, 14.0], stations=2), battery=10.0)
    there = one_way.energy.copy()
    there[0, 1] = 2.0
    instance = replace(one_way, energy=there)
    slow, fast = [(0.0, 0.0), (40.0, 10.0)], [(0.0, 0.0), (4.0, 8.0), (8.0, 10.0)]
    found = charged(instance, [0], curves={2: slow, 3: fast}, cost_of_time=1.0)
    assert found is not None
    assert (found.places, found.amounts) == ((2, 3, 0), (4.0, 6.0, 0.0))
    assert found.end == pytest.approx(36.0 + 4.0 * 4.0 + 6.0 / 2.0)


def test_time_is_weighed_against_length() -> None:
    # The plug on the way is slow, the one off the road is fast.
    instance = street(at=[6.0, 0.0, 6.0, 7.0], stations=2)
    curves = {2: [(0.0, 0.0), (50.0, 10.0)], 3: [(0.0, 0.0), (5.0, 10.0)]}
    cheap, quick = (charged(instance, [0], curves=curves, cost_of_time=worth) for worth in (0.1, 1.0))
    assert cheap is not None
    assert quick is not None
    assert (sorted(cheap.places), cheap.length, cheap.end) == ([0, 2], 12.0, 12.0 + 2.0 * 5.0)
    assert (sorted(quick.places), quick.length, quick.end) == ([0, 3], 14.0, 14.0 + 4.0 * 0.5)


def test_only_stations_that_may_be_used_are() -> None:
    instance = street(at=[8.0, 0.0, 4.0, 5.0], stations=2)
    for station in (2, 3):
        found = charged(instance, [0], stations=[station])
        assert found is not None
        assert set(found.places) == {0, station}
    assert charged(instance, [0], stations=[]) is None


def test_without_a_battery_only_windows_are_kept() -> None:
    instance = replace(ONE_PLUG, battery=math.inf, kind="vrptw")
    assert charged(instance, [0]) == Charged(places=(0,), length=16.0, end=16.0, amounts=(0.0,))
    late = np.array([(0.0, 7.0), (0.0, 100.0)])
    assert charged(replace(instance, windows=late), [0]) is None


def test_nobody_to_serve_is_no_way_at_all() -> None:
    assert charged(ONE_PLUG, []) == Charged(places=(), length=0.0, end=0.0, amounts=())


@pytest.mark.parametrize(
    ("corners", "message"),
    [
        ([(0.0, 0.0), (5.0, 9.0)], "must lead from"),
        ([(0.0, 1.0), (5.0, 10.0)], "must lead from"),
        ([(0.0, 0.0), (5.0, 8.0), (4.0, 10.0)], "must rise"),
        ([(0.0, 0.0), (5.0, 4.0), (6.0, 10.0)], "must slow down"),
    ],
)
def test_a_curve_that_is_none_is_refused(corners: list[tuple[float, float]], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        charged(ONE_PLUG, [0], curves={2: corners})
