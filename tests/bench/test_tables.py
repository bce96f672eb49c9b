"""The benchmark tables show every instance, and their sums are right."""

from __future__ import annotations

import pytest

from tests.bench.bench_factories import best, make_row
from tests.bench.sets.best_known import BestKnown
from tests.bench.sets.catalogue import SETS
from tests.bench.sets.tables import Chosen, Lines, all_sets, set_table, summarise


def test_gaps_are_taken_where_the_vehicles_are_equal() -> None:
    assert best(12, 1_000.0).gap_percent(12, 1_050.0) == pytest.approx(5.0)
    assert best(12, 1_000.0).gap_percent(13, 1_050.0) is None
    by_length = BestKnown(vehicles=4, distance=400.0, vehicles_first=False)
    assert by_length.gap_percent(5, 396.0) == pytest.approx(-1.0)
    assert by_length.vehicles_over(5) == 0


@pytest.mark.parametrize(
    ("vehicles", "distance", "beats"),
    [(11, 2_000.0, True), (12, 999.98, True), (12, 999.995, False), (12, 1_000.0, False), (13, 1.0, False)],
)
def test_a_record_has_fewer_vehicles_or_is_shorter_by_more_than_rounding(
    vehicles: int, distance: float, beats: bool
) -> None:
    assert best(12, 1_000.0).is_beaten_by(vehicles, distance) == beats


def test_a_summary_counts_by_hand() -> None:
    known = {name: best(10, 1_000.0) for name in ("a", "b", "c", "d", "e")}
    rows = [
        make_row(instance="a", vehicles=10, distance=1_010.0),
        make_row(instance="b", vehicles=10, distance=1_040.0, wall_s=61.0),
        make_row(instance="c", vehicles=12, distance=900.0),
        make_row(instance="d", vehicles=9, distance=1_200.0),
        make_row(instance="e", outcome="infeasible", vehicles=8, distance=500.0, unserved=3),
        None,
    ]
    summary = summarise(rows, known)
    assert (summary.wanted, summary.run, summary.solved) == (6, 5, 4)
    assert (summary.vehicles_over, summary.records) == (2, 1)
    assert summary.mean_gap == pytest.approx(2.5)
    assert summary.worst_gap == pytest.approx(4.0)
    assert summary.longest_s == 61.0


KNOWN_TABLE = """\
### E-VRPTW, 100 customers, full recharge

4 instances, 60 s each, 1 at once; OR-Tools alone at 0123456789; ours at 0123456789, 0123456789 with changes.

| instance | best known | OR-Tools alone | ours | gap % | vehicles over | seconds | seed |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
| c101_21 | 12 / 1,000.00 | 9 unserved | 12 / 1,050.00 | +5.00 | 0 | 60.5 | 1 |
| c104_21 | 10 / 951.57 | timeout | **9 / 980.00** | – | -1 | 61.5 | 1 |
| r101_21 | 17 / 1,500.00 | 18 / 1,600.25 | 18 / 1,499.00 | – | 1 | 60.5 | 1 |
| r102_21 | – | not run | crash | – | – | 2.0 | 1 |
| **4 instances** |  | **1 of 4 solved, 1 not run, 1 vehicle over** | **3 of 4 solved, 1 better than best known** | \
**mean +5.00, worst +5.00 (1 equal)** | **1** | **61.5 at most** |  |"""


def known_lines() -> Lines:
    rows = [
        make_row(),
        make_row(instance="c104_21", vehicles=9, distance=980.0, wall_s=61.5, dirty=True),
        make_row(instance="r101_21", vehicles=18, distance=1_499.0),
        make_row(instance="r102_21", outcome="crash", vehicles=None, distance=None, wall_s=2.0),
        make_row(engine="ortools", outcome="infeasible", unserved=9),
        make_row(engine="ortools", instance="c104_21", outcome="timeout"),
        make_row(engine="ortools", instance="r101_21", vehicles=18, distance=1_600.25),
        make_row(instance="r102_21", seconds=5.0),
        make_row(instance="r102_21", set="evrptw-pr-large"),
    ]
    known = {"c101_21": best(12, 1_000.0), "c104_21": best(10, 951.57), "r101_21": best(17, 1_500.0)}
    names = ["c101_21", "c104_21", "r101_21", "r102_21"]
    return Lines(Chosen(bench_set=SETS["evrptw-large"], instances=names, of=4, best=known, seconds=60.0), rows)


def test_a_table_shows_every_instance_and_what_became_of_it() -> None:
    assert set_table(known_lines()) == KNOWN_TABLE


def test_the_table_over_all_sets_has_a_line_for_each() -> None:
    assert all_sets([known_lines()]).splitlines()[2:] == [
        "| E-VRPTW, 100 customers, full recharge | 4 | 60 | 1 of 4 solved, 1 not run, 1 vehicle over | – |"
        " 3 of 4 solved | +5.00 | +5.00 | 1 | 1 |"
    ]


def test_every_seed_has_its_line_and_a_peer_its_column() -> None:
    cevrp = SETS["cevrp-e"]
    rows = [
        make_row(set="cevrp-e", instance="E-n22-k4", engine=engine, seed=seed, vehicles=4, distance=400.0 + seed)
        for engine in ("search", "pyvrp+stations")
        for seed in (1, 2)
    ]
    known = {"E-n22-k4": BestKnown(vehicles=4, distance=400.0, vehicles_first=False)}
    chosen = Chosen(bench_set=cevrp, instances=["E-n22-k4"], of=5, best=known, seconds=60.0)
    lines = set_table(Lines(chosen, rows)).splitlines()
    assert lines[2].startswith("1 of 5 instances, 60 s each")
    assert lines[6] == "| E-n22-k4 | 4 / 400.00 | not run | 4 / 401.00 | 4 / 401.00 | +0.25 | – | 60.5 | 1 |"
    assert lines[7] == "| E-n22-k4 | 4 / 400.00 | not run | 4 / 402.00 | 4 / 402.00 | +0.50 | – | 60.5 | 2 |"
