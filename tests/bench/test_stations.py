"""The peer's charging stops are the best ones for a fixed sequence of customers."""

from __future__ import annotations

import math
import random
from itertools import pairwise, product
from pathlib import Path

import pytest

from tests.bench.peer_pyvrp import repaired
from tests.bench.sets.catalogue import SETS
from tests.bench.stations import chargers_of, with_stations
from tests.bench.vrplib import VrpFile, read_vrplib


def make_file(xy: list[tuple[float, float]], *, stations: int, battery: float) -> VrpFile:
    """Make an instance whose first place is the depot and whose last ones are stations; energy is 2 per length."""
    numbered = dict(enumerate(xy, 1))
    customers = len(xy) - stations
    return VrpFile(
        xy=numbered,
        demand={place: int(place > 1) for place in range(1, customers + 1)},
        depot=1,
        stations=tuple(range(customers + 1, len(xy) + 1)),
        capacity=100,
        battery=battery,
        energy_per_length=2.0,
    )


def length_of(route: tuple[int, ...], file: VrpFile) -> float:
    return math.fsum(file.length(*leg) for leg in pairwise(route))


def is_charged(route: tuple[int, ...], file: VrpFile) -> bool:
    left = file.battery
    for here, there in pairwise(route):
        left -= file.energy(here, there)
        if left < 0:
            return False
        if there in (*file.stations, file.depot):
            left = file.battery
    return True


def shortest_by_trying_all(customers: list[int], file: VrpFile) -> float:
    """Try up to two stops before each customer and before the depot."""
    places = (*file.stations, file.depot)
    stops = [(), *((a,) for a in places), *((a, b) for a in places for b in places if a != b)]
    best = math.inf
    for chosen in product(stops, repeat=len(customers) + 1):
        ends = zip(chosen, (*customers, file.depot), strict=True)
        route = (file.depot, *(place for before, there in ends for place in (*before, there)))
        if is_charged(route, file):
            best = min(best, length_of(route, file))
    return best


def test_a_route_within_the_battery_stays_as_it_is() -> None:
    file = make_file([(0, 0), (3, 4), (0, 1)], stations=1, battery=20.0)
    assert with_stations([2], file, chargers_of(file)) == (1, 2, 1)


def test_several_stations_in_a_row_reach_a_far_customer() -> None:
    file = make_file([(0, 0), (25, 0), (10, 0), (20, 0)], stations=2, battery=30.0)
    assert with_stations([2], file, chargers_of(file)) == (1, 3, 4, 2, 4, 3, 1)


def test_a_customer_beyond_every_station_cannot_be_repaired() -> None:
    file = make_file([(0, 0), (30, 0), (10, 0)], stations=1, battery=20.0)
    assert with_stations([2], file, chargers_of(file)) is None


def test_the_depot_charges_too() -> None:
    file = make_file([(0, 0), (8, 0), (-8, 0), (0, 50)], stations=1, battery=32.0)
    assert with_stations([2, 3], file, chargers_of(file)) == (1, 2, 1, 3, 1)


@pytest.mark.parametrize("seed", range(12))
def test_no_other_stops_are_shorter(seed: int) -> None:
    draw = random.Random(seed)
    xy = [(draw.uniform(0, 10), draw.uniform(0, 10)) for _ in range(6)]
    file = make_file(xy, stations=2, battery=draw.uniform(8, 30))
    found = with_stations([2, 3, 4], file, chargers_of(file))
    best = shortest_by_trying_all([2, 3, 4], file)
    if found is None:
        assert best == math.inf
    else:
        assert is_charged(found, file)
        assert length_of(found, file) == pytest.approx(best)


def test_the_best_known_routes_of_the_literature_get_stops_as_good_as_their_own(shared: Path) -> None:
    bench_set = SETS["cevrp-e"]
    for path in bench_set.instances(shared)[:3]:
        file = read_vrplib(path)
        lines = (shared / "bench" / "cevrp" / "solutions" / f"{path.stem}.txt").read_text().splitlines()
        published = [tuple(map(int, line.split())) for line in lines if len(line.split()) > 2 and line[0] != "#"]
        customers = set(file.customers)
        ours = [
            with_stations([place for place in route if place in customers], file, chargers_of(file))
            for route in published
        ]
        assert sum(len(customers & set(route)) for route in published) == len(customers)
        for route, published_route in zip(ours, published, strict=True):
            assert route is not None
            assert length_of(route, file) <= length_of(published_route, file) + 1e-9


def test_the_peer_answers_with_the_candidate_that_is_best_once_charged() -> None:
    file = make_file([(0, 0), (8, 0), (-8, 0), (0, 50)], stations=1, battery=40.0)
    answer = repaired([((2,), (3,)), ((2, 3),)], file, end=math.inf)
    assert (answer.routes, answer.unrepaired, answer.length) == (((1, 2, 1), (1, 3, 1)), 0, 32.0)


def test_the_peer_says_which_routes_cannot_be_repaired() -> None:
    file = make_file([(0, 0), (8, 0), (30, 0), (0, 50)], stations=1, battery=40.0)
    answer = repaired([((2,), (3,))], file, end=math.inf)
    assert (answer.routes, answer.unrepaired) == (((1, 2, 1), (1, 3, 1)), 1)
