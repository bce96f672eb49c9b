"""The score of E-FSMFTW routes, worked out by hand on a file of two customers and one station."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bench.efsmftw import Driven, day_of, read_fleet_case, score

# On a line: the depot at 0, customers at 3 and 10, and a station at 10.
FILE = """\
StringID Type x y demand ReadyTime DueDate ServiceTime
D0 d 0.0 0.0 0.0 0.0 200.0 0.0
S0 f 10.0 0.0 0.0 0.0 200.0 0.0
C1 c 3.0 0.0 4.0 0.0 50.0 10.0
C2 c 10.0 0.0 5.0 20.0 40.0 10.0

Q Vehicle fuel tank capacity /15.0/
C Vehicle load capacity /5.0/
r fuel consumption rate /1.0/
g inverse refueling rate /2.0/
v average Velocity /1.0/
k number of vehicle types /2.0/
Qa Vehicle type A fuel tank capacity /15.0/
Ca Vehicle type A load capacity /5.0/
fa Vehicle type A fixed cost /100.0/
Qb Vehicle type B fuel tank capacity /40.0/
Cb Vehicle type B load capacity /20.0/
fb Vehicle type B fixed cost /300.0/
"""
C1, C2, STATION = 0, 1, 3
SMALL, LARGE = 0, 1


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "two_A.txt"
    path.write_text(FILE)
    return path


def test_the_worth_of_routes_is_fixed_costs_and_length_in_one_sum(file: Path) -> None:
    case = read_fleet_case(file)
    assert score(case, [Driven(kind=LARGE, stops=(C1, C2))], batteries=True) == (320.0, [])
    two = [Driven(kind=SMALL, stops=(C1,)), Driven(kind=SMALL, stops=(C2, STATION))]
    assert score(case, two, batteries=True) == (226.0, [])


@pytest.mark.parametrize(
    ("routes", "broken"),
    [
        ([(LARGE, (C1,))], "customer 1 is served 0 times"),
        ([(SMALL, (C1, C2, STATION))], "route 0 is overloaded"),
        ([(SMALL, (C1,)), (SMALL, (C2,))], "route 1 is short of energy at 2"),
        ([(LARGE, (C2, C1, C1))], "customer 0 is served 2 times"),
        ([(LARGE, (STATION, C1, C2))], "route 0 is late at 1"),
    ],
)
def test_a_route_that_breaks_a_rule_is_told(file: Path, routes: list[tuple[int, tuple[int, ...]]], broken: str) -> None:
    driven = [Driven(kind=kind, stops=stops) for kind, stops in routes]
    assert broken in score(read_fleet_case(file), driven, batteries=True)[1]


def test_the_day_of_a_file_has_its_kinds_and_no_time_to_reload(file: Path) -> None:
    problem = day_of(read_fleet_case(file), batteries=True)
    assert problem.per_day.tolist() == [100_000_000, 300_000_000]
    assert problem.distance_m[0, C1, C2] == 7_000
    assert problem.horizon_s < 3 * problem.loading_s[0]
    assert problem.windows[C2, 0].tolist() == [20_000 + 2_000, 20_000 + 4_000]
