"""Batches struck hard and long, and what a batch costs; see docs/batch.md for the figures."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from datetime import date, datetime
from itertools import pairwise
from pathlib import Path

import pytest

from planner.demo import demo_folder
from planner.generate.days import Request, generate_days
from tests.batch.many import write_many
from tests.batch.small import days, environment, exported, results, run_batch, table, write_manifest
from tests.batch.storms import start, strike_runner, strike_workers
from tests.bench.test_store import small_disk

pytestmark = [pytest.mark.bench, pytest.mark.timeout(4 * 3_600)]

DAYS, ORDERS, ITERATIONS = int(os.environ.get("PLANNER_BATCH_DAYS", "500")), 60, 5_000


def test_two_hundred_kills_of_the_runner(tmp_path: Path) -> None:
    outcome = strike_runner(tmp_path, jobs=16, kills=200, seed=1)
    print(outcome)
    assert outcome.kills == 200
    assert (outcome.differing, outcome.leftovers, outcome.orphans) == ((), (), 0)


def test_workers_killed_every_five_seconds_over_five_hundred_jobs(tmp_path: Path) -> None:
    outcome = strike_workers(tmp_path, jobs=500, every_s=5.0, seed=1)
    print(outcome)
    assert outcome.done == 500
    assert outcome.leftovers == ()


def test_ten_thousand_rows_with_one_bad_in_a_hundred(tmp_path: Path) -> None:
    manifest, bad = write_many(tmp_path, 10_000)
    ran = run_batch(manifest, "-o", tmp_path / "out", fleet=tmp_path / "fleet.toml", jobs=2)
    print(ran.stdout)
    rows = results(tmp_path / "out")
    assert ran.returncode == 6
    assert {job: row["code"] for job, row in rows.items() if row["state"] != "done"} == bad
    assert (len(rows), len(bad)) == (10_000, 100)


def test_two_workers_against_one_on_the_demo_city(tmp_path: Path) -> None:
    streets = demo_folder() / "coquimbo.streets.npz"
    request = Request(streets=streets, orders=ORDERS, days=DAYS, seed=1, first_day=date(2026, 3, 10))
    generate_days(request, tmp_path / "days")
    rates = {jobs: _rate(tmp_path, jobs) for jobs in (1, 2)}
    print(f"days a minute: {rates[1]:.1f} with one worker, {rates[2]:.1f} with two, {rates[2] / rates[1]:.2f} times")
    assert exported(tmp_path / "out1") == exported(tmp_path / "out2")


def _rate(folder: Path, jobs: int) -> float:
    """Run all days and return how many a minute were planned once every worker was warm."""
    out = folder / f"out{jobs}"
    arguments = (folder / "days", "--iterations", ITERATIONS, "--jobs", jobs, "-o", out)
    program = [sys.executable, "-m", "planner.cli", "batch", *map(str, arguments)]
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime, time.monotonic()
    subprocess.run(program, env=environment(), check=True, timeout=4 * 3_600)
    spent_s = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before
    rows = sorted(table(out / "runs.csv").values(), key=lambda row: row["ended"])
    memory = [float(row["memory_mb"]) for row in rows]
    ends = [datetime.fromisoformat(row["ended"]) for row in rows[10:]]
    pauses = [(b - a).total_seconds() for a, b in pairwise(ends)]
    print(
        f"{jobs} workers: {time.monotonic() - begun:.0f} s, {spent_s / len(rows):.2f} processor seconds a day,"
        f" roads loaded by {sum(row['roads_loaded'] == 'yes' for row in rows)} jobs of"
        f" {len({row['process'] for row in rows})} workers, memory {memory[10]} MB, at the end {memory[-1]} MB"
    )
    return 60 * len(pauses) / sum(pauses)


def test_three_runners_share_a_batch_and_no_job_is_run_twice(tmp_path: Path) -> None:
    manifest = write_manifest(tmp_path, days(60))
    first, *others = (start(manifest, "-o", tmp_path / "out", "--resume", fleet=tmp_path / "fleet.toml") for _ in "123")
    codes = [runner.wait(timeout=1_200) for runner in (first, *others)]
    assert codes.count(0) >= 1
    assert set(codes) <= {0, 2}  # 2 of one that was a moment too late to begin it
    rows = table(tmp_path / "out" / "runs.csv")
    assert [row["attempts"] for row in rows.values()] == ["1"] * 60


def test_disks_that_fill_up_are_told_and_gone_on_with(tmp_path: Path) -> None:
    manifest, _ = write_many(tmp_path, 40)
    calm = run_batch(manifest, "-o", tmp_path / "calm", fleet=tmp_path / "fleet.toml")
    assert calm.returncode == 0
    for number in range(3):
        with small_disk(tmp_path / f"disk{number}", 100_000 + 200_000 * number) as disk:
            struck = run_batch(manifest, "-o", disk / "out", fleet=tmp_path / "fleet.toml")
            assert struck.returncode == 2
            assert "E-B06" in struck.stderr
            (disk / "ballast").unlink()
            resumed = run_batch(manifest, "-o", disk / "out", "--resume", fleet=tmp_path / "fleet.toml")
            assert resumed.returncode == 0
            assert {row["cost"] for row in results(disk / "out").values()} == {
                row["cost"] for row in results(tmp_path / "calm").values()
            }
