"""The benchmark harness leaves nothing out: every run is a line, and a finished one is not run again."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.bench.bench_factories import best, make_row
from tests.bench.sets.__main__ import main
from tests.bench.sets.best_known import read_best_known
from tests.bench.sets.catalogue import QUICK_S, SETS, sampled
from tests.bench.sets.engines import Job, command_for, engines_for, version_of
from tests.bench.sets.records import keep_record, kept_value
from tests.bench.sets.rows import Outcome, append_row, latest, read_rows
from tests.bench.sets.run import Bench, run_jobs

ELECTRIC = SETS["evrptw-large"]
MOST_QUICK_S = 1_800.0
START_AND_SCORE_S = 3.0  # of a run beyond its budget

# Does what the instance's name says; writes how often it was called.
SOLVER = """
import json, pathlib, sys, time
instance, output = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[sys.argv.index("-o") + 1])
with open(instance.parent / "calls", "a") as calls:
    calls.write(instance.stem + "\\n")
kind = instance.stem.split("_")[0]
if kind == "crash":
    sys.exit("something broke")
if kind == "slow":
    time.sleep(30)
if kind == "none":
    sys.exit(5)
output.write_text({"good": "good", "short": "short", "garbled": "garbled"}[kind])
print(json.dumps({"vehicles": 1, "length": 1.0, "unserved": ["C7", "C9"] if kind == "short" else [], "iterations": 5}))
sys.exit(4 if kind == "short" else 0)
"""
SCORER = """
import json, pathlib, sys
answer = pathlib.Path(sys.argv[3]).read_text()
if answer == "garbled":
    raise ValueError("no routes")
bad = [] if answer == "good" else ["customers not visited exactly once"]
print(json.dumps({"feasible": not bad, "vehicles": 12, "distance": 1050.0, "violations": bad}))
sys.exit(1 if bad else 0)
"""
BEST = "instance,objective_kind,vehicles,distance\ngood_21,vehicles_then_distance,12,1000.0\n"


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """A folder of sets with one instance for each way that a run may end, a solver and a scorer that play along."""
    instances = tmp_path / "shared" / "bench" / "evrptw" / "instances"
    instances.mkdir(parents=True)
    for name in ("good", "short", "garbled", "crash", "slow", "none"):
        (instances / f"{name}_21.txt").touch()
    (instances.parent / "bks.csv").write_text(BEST)
    (instances.parents[1] / "score.py").write_text(SCORER)
    solver = tmp_path / "solver.py"
    solver.write_text(SOLVER)
    prefix = (sys.executable, str(solver))
    return Bench(shared=tmp_path / "shared", folder=tmp_path / "runs", prefix=prefix, grace_s=2.0, at_once=2)


def jobs(bench: Bench, *names: str, seconds: float = 5.0) -> list[Job]:
    return [
        Job(bench_set=ELECTRIC, instance=path, engine="search", seconds=seconds, seed=1)
        for path in ELECTRIC.instances(bench.shared)
        if path.stem.split("_")[0] in names
    ]


@pytest.mark.parametrize(
    ("name", "seconds", "exit_code", "outcome"),
    [
        ("good", 5.0, 0, "solved"),
        ("short", 5.0, 4, "infeasible"),
        ("garbled", 5.0, 0, "infeasible"),
        ("none", 5.0, 5, "no answer"),
        ("crash", 5.0, 1, "crash"),
        ("slow", 0.1, None, "timeout"),
    ],
)
def test_every_way_to_end_is_a_line(
    name: str, seconds: float, exit_code: int | None, outcome: Outcome, bench: Bench
) -> None:
    bench = replace(bench, grace_s=0.8) if name == "slow" else bench
    assert run_jobs(jobs(bench, name, seconds=seconds), bench) == 1
    (row,) = read_rows(bench.results)
    assert (row.outcome, row.exit_code, row.instance) == (outcome, exit_code, f"{name}_21")
    assert (row.value is not None) == (outcome == "solved")


def test_a_line_says_what_the_scorer_and_the_solver_said(bench: Bench) -> None:
    run_jobs(jobs(bench, "short", "crash", "garbled"), bench)
    rows = {row.instance: row for row in read_rows(bench.results)}
    short = rows["short_21"]
    assert (short.unserved, short.vehicles, short.distance) == (2, 12, 1050.0)
    assert short.violations == ["customers not visited exactly once"]
    assert short.reported["iterations"] == 5
    assert "--recharge full -l 5 --seed 1 --engine search -o" in short.command
    assert "something broke" in rows["crash_21"].complaint
    assert rows["garbled_21"].violations == ["score.py: ValueError: no routes"]
    assert all(0 < row.wall_s < 5 for row in rows.values())
    assert len(short.commit) == 10


def test_a_finished_line_is_not_run_again_unless_told_to(bench: Bench) -> None:
    wanted = jobs(bench, "good", "crash")
    calls = ELECTRIC.instances(bench.shared)[0].parent / "calls"
    assert [run_jobs(wanted, bench), run_jobs(wanted, bench)] == [2, 0]
    assert sorted(calls.read_text().split()) == ["crash_21", "good_21"]
    assert run_jobs(wanted, bench, again=True) == 2
    assert run_jobs([replace(job, seed=2) for job in wanted], bench) == 2
    assert len(read_rows(bench.results)) == 6


def test_other_code_is_run_anew_unless_any_version_will_do(bench: Bench, tmp_path: Path) -> None:
    wanted = jobs(bench, "good")
    run_jobs(wanted, bench)
    assert bench.prefix is not None
    other = replace(bench, prefix=(*bench.prefix[:1], "-B", *bench.prefix[1:]))
    assert run_jobs(wanted, other, any_version=True) == 0
    assert run_jobs(wanted, other) == 1
    assert version_of("search", None) != version_of("pyvrp", None)


def test_a_solver_that_is_not_there_is_a_line(bench: Bench) -> None:
    run_jobs(jobs(bench, "good"), replace(bench, prefix=("/no/such/planner",)))
    (row,) = read_rows(bench.results)
    assert (row.outcome, row.exit_code) == ("crash", 127)
    assert "No such file" in row.complaint


def test_the_last_line_of_a_run_counts(tmp_path: Path) -> None:
    path = tmp_path / "results.jsonl"
    for row in (make_row(), make_row(seed=2), make_row(version="def", distance=1_040.0)):
        append_row(path, row)
    counted = latest(read_rows(path))
    assert [row.distance for row in counted.values()] == [1_040.0, 1_050.0]
    assert [json.loads(line)["version"] for line in path.read_text().splitlines()] == ["abc", "abc", "def"]


def test_a_better_answer_is_kept_and_only_a_better_one_replaces_it(tmp_path: Path) -> None:
    solution = tmp_path / "solution.txt"
    solution.write_text("# found somehow\nD0 C1 D0\n")
    row = make_row(solution=str(solution), distance=999.5)
    assert keep_record(tmp_path, replace(row, distance=1_000.0), best(12, 1_000.0)) is None
    assert keep_record(tmp_path, replace(row, outcome="infeasible"), best(12, 1_000.0)) is None
    path = keep_record(tmp_path, row, best(12, 1_000.0))
    assert path == tmp_path / "evrptw-large" / "c101_21.txt"
    assert path.read_text() == (
        "# 12 vehicles, 999.500000; best known 12, 1000.0;"
        " engine search, 60 s (60.5 s wall), seed 1, code 0123456789\nD0 C1 D0\n"
    )
    assert keep_record(tmp_path, replace(row, distance=999.8), best(12, 1_000.0)) is None
    assert kept_value(path) == (12, 999.5)
    assert keep_record(tmp_path, replace(row, distance=999.0), best(12, 1_000.0)) == path
    assert kept_value(path) == (12, 999.0)


def test_the_sets_leave_no_instance_out_and_know_the_best_of_each(shared: Path) -> None:
    for folder, suffix in {
        "evrptw": "txt",
        "cevrp": "evrp",
        "solomon": "txt",
        "cvrp_x": "vrp",
        "evrpnl": "xml",
        "mtvrptwr": "vrp",
    }.items():
        files = sorted((shared / "bench" / folder / "instances").glob(f"*.{suffix}"))
        for best_known in {one.best_known for one in SETS.values() if one.folder == folder}:
            of_sets = [one for one in SETS.values() if one.best_known == best_known]
            assert sorted(path for one in of_sets for path in one.instances(shared)) == files
            known = [one.best(shared).keys() for one in of_sets]
            assert all(path.stem in known[0] for path in files)


def test_a_quick_run_takes_every_class_of_instance_and_half_an_hour_at_most(shared: Path) -> None:
    seconds = 0.0
    for bench_set in SETS.values():
        count = len(sampled(bench_set.instances(shared), bench_set.sample))
        engines = engines_for(bench_set, ["search", "ortools", "pyvrp", "pyvrp+stations"])
        seconds += count * len(engines) * (min(bench_set.seconds, QUICK_S) + START_AND_SCORE_S)
    assert seconds <= MOST_QUICK_S
    large = sampled(ELECTRIC.instances(shared), ELECTRIC.sample)
    assert [path.stem[:-5] for path in large] == ["c1", "c2", "r1", "r2", "rc1", "rc2"]


def test_several_trips_are_no_task_for_ortools_and_their_published_answers_are_the_best_known(shared: Path) -> None:
    trips = SETS["mtvrptwr"]
    assert engines_for(trips, ["search", "ortools", "pyvrp", "pyvrp+stations"]) == ["search", "pyvrp"]
    known, instances = trips.best(shared), trips.instances(shared)
    assert len(instances) == len(known) == 90
    assert (known["C201R0.5"].vehicles, known["C201R0.5"].distance) == (8, 15_006)
    table = read_best_known(shared / "bench" / "mtvrptwr" / "bks.csv", trips.objective)
    of_both = known.keys() & table.keys()
    assert len(of_both) > 30
    assert all(known[name].distance == table[name].distance for name in of_both)


def test_a_sample_is_spread_evenly() -> None:
    paths = [Path(f"{number}.txt") for number in range(26)]
    assert [int(path.stem) for path in sampled(paths, 6)] == [2, 6, 10, 15, 19, 23]
    assert sampled(paths[:3], 6) == paths[:3]


def test_only_electric_instances_with_windows_are_given_a_way_to_recharge() -> None:
    job = Job(bench_set=SETS["cvrp-x"], instance=Path("a.vrp"), engine="ortools", seconds=60.0, seed=3)
    command = " ".join(command_for(job, Path("b.txt"), ("solve",)))
    assert command == "solve a.vrp -l 60 --seed 3 --engine ortools -o b.txt --json"
    partial = replace(job, bench_set=SETS["evrptw-pr-small"])
    assert "--recharge partial" in " ".join(command_for(partial, Path("b.txt"), None))


def test_the_command_line_runs_and_tabulates(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PLANNER_SHARED", str(bench.shared))
    monkeypatch.delenv("PLANNER_PYVRP_VENV", raising=False)
    assert bench.prefix is not None
    where = ["evrptw-large", "--folder", str(bench.folder), "--instances", "good_21,none_21"]
    assert main(["run", *where, "--command", " ".join(bench.prefix), "--engines", "search,ortools"]) == 0
    assert "4 run, 0 had a line already" in capsys.readouterr().out
    assert main(["table", *where]) == 0
    printed = capsys.readouterr().out
    assert "| good_21 | 12 / 1,000.00 | 12 / 1,050.00 | 12 / 1,050.00 | +5.00 | 0 |" in printed
    assert "| none_21 | – | no answer | no answer | – | – |" in printed
    with pytest.raises(SystemExit, match="no such set: evrptw-big"):
        main(["table", "evrptw-big"])
