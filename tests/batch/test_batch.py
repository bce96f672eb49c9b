"""`planner batch` as its user runs it, and as the world strikes it. tests/bench strikes harder and longer."""

from __future__ import annotations

import json
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from planner.batch.folder import BatchFolder
from planner.batch.jobs import versions
from planner.cli import main
from planner.errors import InputError
from planner.io.plan_file import read_plan
from planner.store.batches import Change, NewJob
from planner.store.store import open_store
from tests.batch.small import (
    HEADER,
    cluster,
    command,
    days,
    environment,
    exported,
    json_lines,
    orders_csv,
    results,
    run_batch,
    table,
    write_manifest,
    write_town,
)
from tests.batch.storms import still_there, workers_of
from tests.ports import free_port

WAIT_S = 120.0
STOP_S = 15.0  # 5 on a machine that has nothing else to do
MOST_BYTES = 175_000  # of a file on a small disk: more than the store has, less than a map page


class Calm:
    """A batch that nothing strikes: five good days, one of them with a bad row, and three that cannot be planned."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.out = folder, folder / "out"
        rows: list[dict[str, object]] = [
            *days(5),
            {"id": "undated", "orders": "o/0.csv"},
            {"id": "empty", "orders": "empty.csv", "date": "2026-03-10"},
            {"id": "absent", "orders": "nowhere.csv", "date": "2026-03-10", "absent": "yes"},
        ]
        (folder / "o").mkdir()
        (folder / "o" / "1.csv").write_text(orders_csv() + "far,-12.0,-77.0,5\n")
        (folder / "empty.csv").write_text(f"{HEADER}\nsecret-id,-29.9578,-71.3474,much\n")
        self.manifest = write_manifest(folder, rows)
        self.fleet = write_town(folder)
        self.ran = run_batch(self.manifest, "-o", self.out, fleet=self.fleet, jobs=2)


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> Calm:
    return Calm(tmp_path_factory.mktemp("calm"))


def until(holds: Callable[[], object]) -> None:
    end = time.monotonic() + WAIT_S
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.02)


@contextmanager
def started(*arguments: object, fleet: Path) -> Iterator[subprocess.Popen[str]]:
    runner = subprocess.Popen(
        command(*arguments, fleet=fleet), env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        yield runner
    finally:
        runner.kill()
        runner.communicate()


def complaint(capfd: pytest.CaptureFixture[str], calm: Calm, *arguments: object) -> tuple[int, str]:
    usual = ("--fleet", calm.fleet, "--iterations", 20)
    code = main(["batch", *map(str, (calm.manifest, *arguments, *usual))])
    return code, capfd.readouterr().err


def test_a_bad_row_stops_no_other_and_the_exit_code_and_the_list_tell_of_it(calm: Calm) -> None:
    assert calm.ran.returncode == 6
    states = {job: (row["state"], row["code"]) for job, row in results(calm.out).items()}
    assert states == {
        "d0": ("done", ""),
        "d1": ("incomplete", ""),
        "d2": ("done", ""),
        "d3": ("done", ""),
        "d4": ("done", ""),
        "undated": ("failed", "E-B22"),
        "empty": ("failed", "E-O15"),
        "absent": ("failed", "E-O46"),
    }
    assert "8 jobs: 4 done, 3 failed, 1 incomplete; 15 of 15 orders planned" in calm.ran.stdout
    assert [line.partition(":")[0] for line in calm.ran.stderr.splitlines() if " E-" in line] == [
        "undated",
        "empty",
        "absent",
    ]


def test_a_job_has_the_plan_that_the_day_has_alone(calm: Calm, tmp_path: Path) -> None:
    alone = tmp_path / "alone"
    orders = calm.folder / "o" / "2.csv"
    given = (orders, "--date", "2026-03-03", "--fleet", calm.fleet, "--iterations", 20, "-o", alone, "--no-store")
    assert main(["plan", *map(str, given)]) == 0
    plan, one = read_plan(alone / "plan.json"), read_plan(calm.out / "jobs" / "d2" / "plan.json")
    assert one.routes == plan.routes
    assert one.provenance.inputs_sha256 == plan.provenance.inputs_sha256
    assert results(calm.out)["d2"]["cost"] == str(round(sum(route.cost.total for route in plan.routes), 4))
    assert main(["check", str(calm.out / "jobs" / "d2" / "plan.json")]) == 0  # its streets are named from where it lies


def test_a_folder_has_what_a_plan_has_and_for_a_job_without_one_what_was_wrong(calm: Calm) -> None:
    files = {path.name: sorted(inner.name for inner in path.iterdir()) for path in (calm.out / "jobs").iterdir()}
    assert files["d0"] == ["plan.json", "routes.geojson", "run.json", "stops.csv"]
    assert "import_report.csv" in files["d1"]
    assert files["empty"] == ["errors.txt", "import_report.csv"]
    assert "secret-id" in (calm.out / "jobs" / "empty" / "errors.txt").read_text()
    assert "secret-id" not in (calm.out / "results.csv").read_text()  # which the store keeps
    assert "undated" not in files  # there was nothing to run


def test_roads_are_loaded_once_a_worker_and_each_job_tells_what_it_took(calm: Calm) -> None:
    rows = [row for row in table(calm.out / "runs.csv").values() if row["ended"]]
    assert len(rows) == 5
    workers = {row["process"] for row in rows}
    assert sum(row["roads_loaded"] == "yes" for row in rows) < len(workers) + 1
    assert all(float(row["cpu_seconds"]) > 0 and float(row["memory_mb"]) > 50 for row in rows)


def test_a_batch_that_is_killed_and_stopped_gives_the_same_bytes_in_the_end(calm: Calm, tmp_path: Path) -> None:
    out = calm.folder / "struck"  # beside the other: plans name their streets from where they lie
    with started(calm.manifest, "-o", out, fleet=calm.fleet) as runner:
        until(lambda: list(out.glob("jobs/d*")))
        workers = [process.pid for process in workers_of(runner.pid)]
        runner.kill()
        runner.wait()
    assert still_there(workers) == 0
    with started(calm.manifest, "-o", out, "--resume", fleet=calm.fleet) as runner:
        until(lambda: workers_of(runner.pid))
        workers = [process.pid for process in workers_of(runner.pid)]
        runner.terminate()
        begun = time.monotonic()
        assert runner.wait(timeout=WAIT_S) == 130
        assert time.monotonic() - begun < STOP_S
        assert runner.stderr is not None
        assert (
            f"stopped; what ended is kept in {out} → go on with the same command and --resume" in runner.stderr.read()
        )
    assert still_there(workers) == 0
    assert (out / "results.csv").exists()
    done_before = {job: row for job, row in table(out / "runs.csv").items() if row["ended"]}
    assert run_batch(calm.manifest, "-o", out, "--resume", fleet=calm.fleet).returncode == 6
    assert exported(out) == exported(calm.out)
    after = table(out / "runs.csv")
    assert {job: after[job] for job in done_before} == done_before  # what was done was not done again
    assert list((out / "jobs").glob(".*")) == []


def test_an_orphan_with_a_lease_that_another_runner_has_by_now_cannot_write(calm: Calm, tmp_path: Path) -> None:
    folder = BatchFolder(tmp_path)
    ledger = open_store().begin_batch("orphans", folder=tmp_path, versions={})
    folder.begin("orphans", store="here")
    ledger.add([NewJob(position=1, name="a", content_sha256="0" * 64, parts={})])
    (orphan,) = ledger.lease(1, owner="asleep", seconds=-1)
    (heir,) = ledger.lease(1, owner="awake", seconds=60)
    for lease, text, kept in ((heir, b"heir", True), (orphan, b"orphan", False)):
        with folder.filled(lease.token, {"plan.json": text}) as part:
            change = Change(state="done", result={"by": text.decode()})
            assert ledger.settle(lease, change, meanwhile=lambda part=part: folder.put(part, "a")) is kept  # type: ignore[misc]
    assert (folder.job("a") / "plan.json").read_bytes() == b"heir"
    assert ledger.entries()[0].result == {"by": "heir"}


def test_what_a_killed_runner_has_half_written_is_removed_though_it_held_the_lease(tmp_path: Path) -> None:
    out, manifest, fleet = tmp_path / "out", write_manifest(tmp_path, days(1)), tmp_path / "fleet.toml"
    assert run_batch(manifest, "-o", out, fleet=fleet).returncode == 0
    ledger = open_store().find_batch(str(BatchFolder(out).uid()))
    assert ledger is not None
    ledger.again(["done"])
    dead = subprocess.run(
        [sys.executable, "-c", "from planner.batch.owner import this_owner; print(this_owner())"],
        capture_output=True,
        text=True,
        check=True,
    )
    (lease,) = ledger.lease(1, owner=dead.stdout.strip(), seconds=60)
    half = out / "jobs" / f".{lease.token}.part"
    half.mkdir()
    (half / "plan.json").touch()
    assert run_batch(manifest, "-o", out, "--resume", fleet=fleet).returncode == 0
    assert [path.name for path in (out / "jobs").iterdir()] == ["d0"]


def test_a_folder_with_a_batch_is_not_begun_anew(calm: Calm, capfd: pytest.CaptureFixture[str]) -> None:
    code, said = complaint(capfd, calm, "-o", calm.out)
    assert (code, said.split()[0]) == (2, "E-B07")
    assert "--resume" in said


def test_a_batch_that_has_ended_is_told_again_without_any_work(calm: Calm, capfd: pytest.CaptureFixture[str]) -> None:
    before = exported(calm.out)
    code, _ = complaint(capfd, calm, "-o", calm.out, "--resume")
    assert code == 6
    assert exported(calm.out) == before


def test_inputs_that_changed_are_refused_by_name_and_part(calm: Calm, capfd: pytest.CaptureFixture[str]) -> None:
    orders = calm.folder / "o" / "3.csv"
    kept = orders.read_text()
    orders.write_text(kept.replace("A-0", "B-0"))
    try:
        code, said = complaint(capfd, calm, "-o", calm.out, "--resume")
    finally:
        orders.write_text(kept)
    assert code == 2
    assert said.startswith("E-B11 d3: has other orders than when the batch began")
    code = main(
        ["batch", str(calm.manifest), "-o", str(calm.out), "--resume", "--fleet", str(calm.fleet), "--iterations", "9"]
    )
    said = capfd.readouterr().err
    assert code == 2
    assert [line.split(" than")[0] for line in said.splitlines()] == [
        f"E-B11 d{n}: has other iterations" for n in range(5)
    ] + ["E-B11 empty: has other iterations"]


def test_a_row_that_has_gone_is_refused_and_with_new_it_is_forgotten_with_its_plan(tmp_path: Path) -> None:
    out, fleet = tmp_path / "out", tmp_path / "fleet.toml"
    assert run_batch(write_manifest(tmp_path, days(2)), "-o", out, fleet=fleet).returncode == 0
    manifest = write_manifest(tmp_path, days(1))
    refused = run_batch(manifest, "-o", out, "--resume", fleet=fleet)
    assert (refused.returncode, refused.stderr.split(" → ")[0]) == (2, "E-B11 d1: is not in the source any more")
    went_on = run_batch(manifest, "-o", out, "--resume", "--new", fleet=fleet)
    assert (went_on.returncode, list(results(out))) == (0, ["d0"])
    assert [path.name for path in (out / "jobs").iterdir()] == ["d0"]


def test_a_row_that_comes_in_between_is_planned_and_the_others_keep_their_plans_at_their_new_lines(
    tmp_path: Path,
) -> None:
    out, fleet, (first, second) = tmp_path / "out", tmp_path / "fleet.toml", days(2)
    assert run_batch(write_manifest(tmp_path, [second]), "-o", out, fleet=fleet).returncode == 0
    ran = run_batch(write_manifest(tmp_path, [first, second]), "-o", out, "--resume", fleet=fleet)
    assert ran.returncode == 0
    assert {job: row["line"] for job, row in results(out).items()} == {"d0": "2", "d1": "3"}
    assert {job: row["attempts"] for job, row in table(out / "runs.csv").items()} == {"d0": "1", "d1": "1"}


def test_plans_in_a_folder_that_is_reached_by_a_link_find_their_streets(tmp_path: Path) -> None:
    there, link = tmp_path / "far" / "away" / "runs", tmp_path / "runs"
    there.mkdir(parents=True)
    link.symlink_to(there)
    manifest = write_manifest(tmp_path, days(1))
    assert run_batch(manifest, "-o", link / "out", fleet=tmp_path / "fleet.toml").returncode == 0
    for folder in (link, there):
        assert main(["check", str(folder / "out" / "jobs" / "d0" / "plan.json")]) == 0


def test_what_a_runner_leaves_that_was_killed_before_it_had_begun_hinders_nobody(tmp_path: Path) -> None:
    (tmp_path / "jobs").mkdir()
    (tmp_path / ".0123.part").touch()
    folder = BatchFolder(tmp_path)
    assert folder.uid() is None
    folder.begin("a", store="here")
    assert folder.uid() == "a"
    with pytest.raises(InputError, match="E-B07"):
        folder.begin("b", store="here")
    assert folder.uid() == "a"


def test_other_versions_than_those_that_began_are_not_mixed(
    calm: Calm, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    folder = BatchFolder(tmp_path / "out")
    open_store().begin_batch("older", folder=folder.path, versions=versions() | {"ortools": "1.0"})
    folder.begin("older", store="here")
    code, said = complaint(capfd, calm, "-o", folder.path, "--resume")
    assert (code, said.split()[0]) == (2, "E-B12")
    assert f"ortools 1.0, here {versions()['ortools']}" in said


def test_a_batch_of_another_store_is_told_which(
    calm: Calm, capfd: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLANNER_STORE", str(tmp_path / "other.db"))
    code, said = complaint(capfd, calm, "-o", calm.out, "--resume")
    assert (code, said.split()[0]) == (2, "E-B10")
    assert "plans.db" in said


@pytest.mark.parametrize("option", ["--retry", "--new", "--allow-mixed"])
def test_options_of_going_on_are_refused_at_the_beginning(
    calm: Calm, option: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    code, said = complaint(capfd, calm, "-o", tmp_path / "out", option)
    assert (code, said.split()[0]) == (2, "E-A01")


def test_jobs_that_kill_or_starve_are_found_out_and_the_rest_is_done(tmp_path: Path) -> None:
    rows = days(4)
    rows[1]["orders"], rows[3]["orders"] = "segfault.csv", "hog.csv"
    ran = run_batch(write_manifest(tmp_path, rows), "-o", tmp_path / "out", fleet=tmp_path / "fleet.toml", faults=True)
    assert ran.returncode == 6
    found = {job: (row["state"], row["code"]) for job, row in results(tmp_path / "out").items()}
    assert found == {
        "d0": ("done", ""),
        "d1": ("quarantined", "E-B03"),
        "d2": ("done", ""),
        "d3": ("failed", "E-B05"),
    }
    took = table(tmp_path / "out" / "runs.csv")
    assert (took["d1"]["deaths_alone"], took["d3"]["out_of_memory"]) == ("3", "2")
    assert "SIGSEGV" in results(tmp_path / "out")["d1"]["message"]


def test_a_cluster_by_address_takes_json_lines_dies_and_is_gone_on_with(tmp_path: Path) -> None:
    port = free_port()
    fleet = write_town(tmp_path)
    address, out = f"tcp://127.0.0.1:{port}", tmp_path / "out"
    lines = "".join(
        json.dumps({"id": f"j{n}", "orders_csv": orders_csv(first=n), "date": "2026-03-10"}) + "\n" for n in range(6)
    )
    (tmp_path / "lines").write_text(lines)
    with cluster(port, tmp_path), (tmp_path / "lines").open() as stdin:
        runner = subprocess.Popen(
            command("-", "-o", out, "--scheduler", address, "--jsonl", fleet=fleet),
            env=environment(),
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        until(lambda: list(out.glob("jobs/j*")))
    printed, said = runner.communicate(timeout=WAIT_S)
    before = {str(line["id"]) for line in json_lines(printed)}
    assert runner.returncode == 6
    assert said.startswith("E-B04")
    assert before == {job for job, row in results(out).items() if row["state"] == "done"} != set()
    with cluster(port, tmp_path):
        ran = run_batch("-", "-o", out, "--scheduler", address, "--jsonl", "--resume", fleet=fleet, stdin=lines)
    assert ran.returncode == 0
    after = {str(line["id"]) for line in json_lines(ran.stdout)}
    assert before | after == {f"j{n}" for n in range(6)}
    assert before & after == set()


def test_workers_without_the_program_are_told_with_what_to_install(tmp_path: Path) -> None:
    port, bare = free_port(), tmp_path / "bare"
    manifest = write_manifest(tmp_path, days(1))
    (bare / "planner").mkdir(parents=True)
    (bare / "planner" / "__init__.py").touch()
    with cluster(port, tmp_path, path=str(bare)):
        address = f"tcp://127.0.0.1:{port}"
        ran = run_batch(manifest, "-o", tmp_path / "out", "--scheduler", address, fleet=tmp_path / "fleet.toml")
    assert ran.returncode == 6
    assert f"E-B12 the workers at {address} cannot run the program (" in ran.stderr
    assert "install micro-ev-planner[batch]" in ran.stderr


def test_a_full_disk_is_told_and_leaves_nothing_half_written(tmp_path: Path) -> None:
    def small_disk() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (MOST_BYTES, MOST_BYTES))
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

    out, manifest = tmp_path / "out", write_manifest(tmp_path, days(2))
    arguments = [part for part in command(manifest, "-o", out, fleet=tmp_path / "fleet.toml") if part != "--no-map"]
    struck = subprocess.run(
        arguments,
        env=environment() | {"PLANNER_STORE": str(tmp_path / "own.db")},
        capture_output=True,
        text=True,
        timeout=WAIT_S,
        check=False,
        preexec_fn=small_disk,
    )
    assert (struck.returncode, struck.stderr.split()[0]) == (2, "E-B06")
    assert "Traceback" not in struck.stderr
    assert list((out / "jobs").iterdir()) == []
    assert {row["state"] for row in results(out).values()} == {"waiting"}  # --resume would go on
