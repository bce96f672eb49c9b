"""The auditor of answers: right about hand-made routes, of one mind with the sets' scorer and a linear program."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import linprog

from planner.check_instance import audit_routes
from planner.solve.instance import Instance
from tests.instances.files import CEVRP, CVRP, EVRPTW, SOLOMON, changed, instance_of
from tests.instances.score import SETS, Published, answer_of, published, scored, scorer

DAMAGED = 12  # of each published answer
MOST_CUSTOMERS = 400  # of an instance to damage answers of: the scorer is slow on more


def length_of(instance: Instance, routes: list[list[int]]) -> float:
    stops = [[instance.depot, *route, instance.depot] for route in routes]
    return float(sum(instance.length[stop[:-1], stop[1:]].sum() for stop in stops))


def said(instance: Instance, routes: list[list[int]], *, unserved: tuple[int, ...] = ()) -> tuple[str, ...]:
    return audit_routes(instance, answer_of(routes, length=length_of(instance, routes), unserved=unserved)).violations


def test_a_good_answer_has_no_violations_and_is_measured(tmp_path: Path) -> None:
    found = audit_routes(instance_of(tmp_path, EVRPTW), answer_of([[0], [3, 1, 3]], length=120.0))
    assert (found.violations, found.vehicles, found.length) == ((), 2, 120.0)


BROKEN: dict[str, tuple[str, list[list[int]], str]] = {
    "battery": (EVRPTW, [[0], [1]], "route 2: the battery is short of 20.000000 at D0"),
    "window": (changed(EVRPTW, ("500.0", "60.0")), [[3, 1, 3, 0]], "route 1: late by 191.622777 at C1"),
    "depot closes": (
        changed(EVRPTW, ("1000.0", "200.0"), ("1000.0", "200.0")),
        [[0], [3, 1, 3]],
        "late by 50.000000 at D0",
    ),
    "load": (changed(EVRPTW, ("/10.0/", "/9.0/")), [[3, 1, 3, 0]], "route 1: a load of 10 in 9"),
    "left out": (EVRPTW, [[0]], "customer C2 is neither served nor listed as not served"),
    "twice": (EVRPTW, [[0, 0], [3, 1, 3]], "customer C1 is there 2 times"),
    "depot inside": (CVRP, [[0, 3, 1], [2]], "route 1: the depot is on the way"),
    "no such place": (CVRP, [[0, 1], [2, 9]], "route 2: there is no place 9"),
    "below zero": (CVRP, [[0, 1], [2, -1]], "route 2: there is no place -1"),
    "load of a CVRP": (CVRP, [[0, 1, 2]], "route 1: a load of 15 in 10"),
    "battery of a CEVRP": (CEVRP, [[0, 1]], "route 1: the battery is short of"),
    "late in Solomon": (SOLOMON, [[0, 1]], "route 1: late by"),
}


@pytest.mark.parametrize(("text", "routes", "message"), BROKEN.values(), ids=BROKEN)
def test_a_broken_rule_is_named_with_its_route_and_by_how_much(
    tmp_path: Path, text: str, routes: list[list[int]], message: str
) -> None:
    instance = instance_of(tmp_path, text)
    inside = [[place for place in route if 0 <= place < instance.places] for route in routes]
    found = audit_routes(instance, answer_of(routes, length=length_of(instance, inside)))
    assert any(message in violation for violation in found.violations), found.violations


def test_a_false_length_is_a_violation(tmp_path: Path) -> None:
    found = audit_routes(instance_of(tmp_path, CVRP), answer_of([[0, 1], [2]], length=13.0))
    assert found.violations == ("the length is 14.000000, not 13.000000",)


def test_customers_listed_as_not_served_are_on_no_route(tmp_path: Path) -> None:
    instance = instance_of(tmp_path, EVRPTW)
    assert said(instance, [[0]], unserved=(1,)) == ()
    assert said(instance, [[0], [3, 1, 3]], unserved=(1,)) == ("customer C2 is there 2 times",)
    assert said(instance, [[0], [3, 1, 3]], unserved=(7,)) == ("place 7 is listed as not served and is no customer",)


def test_a_vehicle_that_serves_nobody_is_not_counted(tmp_path: Path) -> None:
    found = audit_routes(instance_of(tmp_path, EVRPTW), answer_of([[0], [3], [3, 1, 3], []], length=120.0))
    assert (found.violations, found.vehicles) == ((), 2)


def test_a_partial_charge_makes_a_window_that_a_full_one_misses(tmp_path: Path) -> None:
    # By the station to C2 at 50 with the rest of 80: a full charge there lasts 60, one for the way on and back 40.
    text = changed(EVRPTW, ("40.0       900.0", "40.0       100.0"))
    assert said(instance_of(tmp_path, text), [[0], [3, 1, 3]]) == ("route 2: late by 10.000000 at C2",)
    assert said(instance_of(tmp_path, text, recharge="partial"), [[0], [3, 1, 3]]) == ()


def damaged(rng: random.Random, case: Published) -> list[list[int]]:
    """Swap, move, drop, repeat, turn or detour a thing or three of a published answer."""
    routes = [list(route) for route in case.routes]
    stations = range(case.instance.depot + 1, case.instance.places)
    for _ in range(rng.choice((1, 1, 2, 3))):
        one, other = rng.choice(routes), rng.choice(routes)
        if not one or not other:
            continue
        at = rng.randrange(len(one))
        match rng.randrange(12):
            case 0 | 1 | 2:
                there = rng.randrange(len(other))
                one[at], other[there] = other[there], one[at]
            case 3 | 4 | 5:
                other.insert(rng.randrange(len(other)), one.pop(at))
            case 6:
                one.pop(at)
            case 7:
                one.append(one[at])
            case 8:
                one[at:] = one[at:][::-1]
            case _ if stations:
                one.insert(at, rng.choice(stations))
    return routes


@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.parametrize("which", SETS)
def test_the_auditor_and_the_scorer_of_the_sets_are_of_one_mind(shared: Path, which: str) -> None:
    score, rng, verdicts = scorer(shared), random.Random(which), []
    for case in published(shared, which):
        answers: list[list[list[int]]] = [[list(route) for route in case.routes]]
        if case.instance.customers <= MOST_CUSTOMERS:
            answers += [damaged(rng, case) for _ in range(DAMAGED)]
        for routes in answers:
            theirs = scored(score, case, routes)
            ours = audit_routes(case.instance, answer_of(routes, length=theirs["distance"]))
            assert (not ours.violations) == theirs["feasible"], (case.file.name, theirs["violations"], ours.violations)
            assert ours.vehicles == theirs["vehicles"]
            assert ours.length == pytest.approx(theirs["distance"], abs=1e-6)
            verdicts.append(theirs["feasible"])
    assert any(verdicts)
    assert not all(verdicts)


def late_at_least(instance: Instance, route: list[int]) -> float:
    """Return by how much a route with partial charges must break its rules, by a linear program over its amounts.

    Variables: arrival times, charges [stops], and the one lateness. The battery is a hard rule where it can be kept.
    """
    stops = [instance.depot, *route, instance.depot]
    legs = len(stops) - 1
    charge, late = legs, 2 * legs  # columns: arrivals at stops 1.., charges at stops 1.., lateness
    rows, limits = [], []
    bounds: list[tuple[float, float | None]] = [(0, None)] * (2 * legs + 1)
    for leg, (here, there) in enumerate(pairwise(stops)):
        row = np.zeros(2 * legs + 1)  # arrival - start of the last - its charge >= its service and the drive
        row[leg] = -1
        least = float(instance.time[here, there])
        if leg:
            row[leg - 1], row[charge + leg - 1] = 1, instance.charge_rate
            least += float(instance.service[here]) if here < instance.customers else 0.0
        else:
            least += float(instance.windows[instance.depot, 0])
        rows.append(row)
        limits.append(-least)
        taken = float(instance.energy[stops[: leg + 1], stops[1 : leg + 2]].sum())
        row = np.zeros(2 * legs + 1)  # what was charged so far covers what was taken, up to the lateness
        row[charge : charge + leg], row[late] = -1, -1
        rows.append(row)
        limits.append(instance.battery - taken)
        row = np.zeros(2 * legs + 1)  # no battery is more than full
        row[charge : charge + leg + 1] = 1
        rows.append(row)
        limits.append(taken)
        if there < instance.depot + 1:
            opens, closes = instance.windows[there]
            bounds[leg] = (opens, None)
            bounds[charge + leg] = (0, 0)
            row = np.zeros(2 * legs + 1)
            row[leg], row[late] = 1, -1
            rows.append(row)
            limits.append(closes)
    objective = np.zeros(2 * legs + 1)
    objective[late] = 1
    solved = linprog(objective, A_ub=np.array(rows), b_ub=limits, bounds=bounds)
    assert solved.fun is not None
    return float(solved.fun)


def random_instance(rng: random.Random, base: Instance, *, customers: int, stations: int) -> Instance:
    """Scatter places over a square, with windows and a battery that often bind."""
    places = customers + 1 + stations
    x, y = (np.array([rng.uniform(0, 100) for _ in range(places)]) for _ in "xy")
    length = np.hypot(np.subtract.outer(x, x), np.subtract.outer(y, y))
    ready = [rng.uniform(0, 250) for _ in range(customers)]
    windows = [(start, start + rng.uniform(10, 250)) for start in ready] + [(0.0, rng.uniform(300, 800))]
    return replace(
        base,
        names=tuple(f"P{place}" for place in range(places)),
        length=length,
        time=length,
        energy=length * 0.8,
        demand=np.ones(customers),
        service=np.full(customers, rng.choice((0.0, 10.0))),
        windows=np.array(windows),
        capacity=1e3,
        battery=rng.uniform(70, 160),
        charge_rate=rng.choice((0.2, 1.0, 2.5)),
    )


def test_partial_charges_are_decided_as_a_linear_program_decides_them(tmp_path: Path) -> None:
    rng, base = random.Random(5), instance_of(tmp_path, EVRPTW, recharge="partial")
    verdicts = []
    for _ in range(300):
        instance = random_instance(rng, base, customers=4, stations=3)
        route = rng.sample(range(4), rng.randint(1, 3))
        for _ in range(rng.randint(1, 3)):
            route.insert(rng.randrange(len(route) + 1), rng.randrange(5, 8))
        late = late_at_least(instance, route)
        if 0 < late < 1e-4:
            continue
        left = tuple(set(range(4)) - set(route))
        verdicts.append(late == 0)
        assert (said(instance, [route], unserved=left) == ()) == (late == 0), (route, late)
    assert 30 < sum(verdicts) < len(verdicts) - 30
