"""`planner plan`, `demo` and `check` as a user meets them: exit codes, messages, files."""

from __future__ import annotations

import csv
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from planner.demo import demo_folder
from tests.cli.conftest import Run

ROWS = 12
QUICK = ("--date", "2026-03-10", "--iterations", "40")


@pytest.fixture(scope="module")
def rows() -> list[dict[str, str]]:
    with (demo_folder() / "orders.csv").open() as file:
        return list(csv.DictReader(file))[:ROWS]


def write_orders(path: Path, rows: list[dict[str, str]]) -> Path:
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    return path


FLEET = demo_folder() / "fleet.toml"


def plan_of(folder: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((folder / "plan.json").read_text())
    return document


def test_good_orders_are_planned_and_written_with_exit_code_0(
    run: Run, tmp_path: Path, rows: list[dict[str, str]]
) -> None:
    orders = write_orders(tmp_path / "orders.csv", rows)
    code, out, err = run("plan", orders, "--fleet", FLEET, *QUICK, "-o", "plan")
    assert (code, err.strip()) == (0, "")
    assert f"orders   {ROWS} of {ROWS} planned" in out
    assert "audited: 0 violations" in out
    names = {file.name for file in (tmp_path / "plan").iterdir()}
    assert names == {"plan.json", "run.json", "stops.csv", "routes.geojson", "map.html"}
    assert run("check", "plan/plan.json")[0] == 0


def test_one_bad_row_of_each_kind_is_named_and_the_rest_is_planned(
    run: Run, tmp_path: Path, rows: list[dict[str, str]]
) -> None:
    bad = [
        rows[0] | {"notes": "again"},
        rows[1] | {"id": "turned", "tw_start": "12:00", "tw_end": "09:00"},
        rows[2] | {"id": "negative", "demand_kg": "-1"},
        rows[3] | {"id": "munich", "lat": "48.1", "lon": "11.5"},
        rows[4] | {"id": "sea", "lat": "-29.94", "lon": "-71.33"},
    ]
    orders = write_orders(tmp_path / "orders.csv", rows + bad)
    code, out, err = run("plan", orders, "--fleet", FLEET, *QUICK, "-o", "plan")
    assert code == 4
    for fault in ("E-O06 orders.csv line 2", "E-O06 orders.csv line 14", "E-O30 orders.csv line 15"):
        assert fault in err
    assert 'E-O26 orders.csv line 16 (id "negative") column demand_kg: "-1"' in err
    assert "E-O08 orders.csv line 17" in err
    assert "5 of 17 rows rejected" in err
    assert re.search(r"sea +no usable street near it", out)
    report = (tmp_path / "plan" / "import_report.csv").read_text()
    assert {row["row"] for row in csv.DictReader(report.splitlines())} == {"2", "14", "15", "16", "17"}
    document = plan_of(tmp_path / "plan")
    assert [left["reason"] for left in document["unassigned"]] == ["off_network"]
    assert run("plan", orders, "--fleet", FLEET, *QUICK, "-o", "plan", "--allow-incomplete")[0] == 0
    assert run("plan", orders, "--fleet", FLEET, *QUICK, "-o", "strict", "--strict")[0] == 2
    assert [file.name for file in (tmp_path / "strict").iterdir()] == ["import_report.csv"]


def broken_header(text: str) -> str:
    return text.replace("demand_kg", "demand", 1)


def swapped(text: str) -> str:
    return text.replace("lat,lon", "lon,lat", 1)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (broken_header, 'column demand_kg: the column is missing; is "demand" meant?'),
        (swapped, "the columns look swapped → swap the names lat and lon"),
        (lambda text: text.splitlines()[0], "E-O21"),
        (lambda text: text.replace(",", ";").replace(".", ","), "E-O11"),
        (lambda _: "PK\x03\x04 not a table", "E-O47"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_whole_with_the_remedy(
    run: Run, tmp_path: Path, rows: list[dict[str, str]], damage: Callable[[str], str], message: str
) -> None:
    orders = write_orders(tmp_path / "orders.csv", rows)
    orders.write_text(damage(orders.read_text()))
    code, out, err = run("plan", orders, "--fleet", FLEET, *QUICK, "-o", "plan")
    assert (code, out) == (2, "")
    assert message in err
    assert "→" in err
    assert not (tmp_path / "plan" / "plan.json").exists()


def test_F01_a_fleet_without_vehicles_is_refused(run: Run, tmp_path: Path, rows: list[dict[str, str]]) -> None:
    fleet = tmp_path / "fleet.toml"
    fleet.write_text(FLEET.read_text().split("[[vehicles]]")[0])
    code, _, err = run("plan", write_orders(tmp_path / "o.csv", rows), "--fleet", fleet)
    assert code == 2
    assert "E-F01 fleet.toml" in err


def test_M19_a_truncated_extract_is_exit_code_3(
    run: Run, tmp_path: Path, rows: list[dict[str, str]], shared: Path
) -> None:
    cut = tmp_path / "cut.osm.pbf"
    cut.write_bytes((shared / "osm" / "lauf-2020.osm.pbf").read_bytes()[:300_000])
    orders = write_orders(tmp_path / "o.csv", rows)
    code, _, err = run("plan", orders, "--fleet", FLEET, "--streets", cut)
    assert code == 3
    assert re.match(r"E-M19 .*cut\.osm\.pbf: incomplete or damaged map", err)


def test_a_depot_far_from_any_street_of_its_class_is_exit_code_3(
    run: Run, tmp_path: Path, rows: list[dict[str, str]]
) -> None:
    fleet = tmp_path / "fleet.toml"
    text = FLEET.read_text().replace("lon = -71.28262", "lon = -71.31", 1)
    fleet.write_text(text.replace("coquimbo.streets.npz", str(demo_folder() / "coquimbo.streets.npz")))
    code, _, err = run("plan", write_orders(tmp_path / "o.csv", rows), "--fleet", fleet, *QUICK)
    assert code == 3
    assert "depot hub: the nearest street open to class L6e is" in err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("plan", "none.csv", "--fleet", FLEET), "E-O46 none.csv: does not exist"),
        (("plan", "o.csv"), "Missing option '--fleet'"),
        (("plan", "o.csv", "--fleet", FLEET, "--engine", "ortool"), 'did you mean "ortools"?'),
        (("plan", "o.csv", "--fleet", FLEET, "--iterations", "0"), "E-A01"),
        (("plan", "o.csv", "--fleet", FLEET, "--date", "03/04/2026"), "E-O33 --date"),
        (("check", FLEET), "E-F14 fleet.toml: is no plan file"),
        (("plam",), "E-A01 No such command 'plam'"),
    ],
)
def test_wrong_words_on_the_command_line_are_exit_code_2(run: Run, arguments: tuple[object, ...], message: str) -> None:
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert message in err


def test_a_folder_with_other_files_is_not_replaced(run: Run, tmp_path: Path, rows: list[dict[str, str]]) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear")
    code, _, err = run("plan", write_orders(tmp_path / "o.csv", rows), "--fleet", FLEET, "-o", "mine")
    assert code == 2
    assert "E-B07" in err
    assert [file.name for file in (tmp_path / "mine").iterdir()] == ["letter.txt"]


def test_with_json_stdout_holds_the_plan_or_the_error_and_nothing_else(
    run: Run, tmp_path: Path, rows: list[dict[str, str]]
) -> None:
    orders = write_orders(tmp_path / "o.csv", rows)
    code, out, _ = run("plan", orders, "--fleet", FLEET, *QUICK, "-o", "plan", "--json")
    assert code == 0
    assert json.loads(out) == plan_of(tmp_path / "plan")
    code, out, _ = run("plan", "none.csv", "--fleet", FLEET, "--json")
    assert code == 2
    assert json.loads(out)["code"] == 2


def test_check_names_what_was_edited_into_a_plan(run: Run, tmp_path: Path, rows: list[dict[str, str]]) -> None:
    orders = write_orders(tmp_path / "o.csv", rows)
    assert run("plan", orders, "--fleet", FLEET, *QUICK, "-o", "plan")[0] == 0
    file = tmp_path / "plan" / "plan.json"
    document = plan_of(tmp_path / "plan")
    steps = document["routes"][0]["steps"]
    steps.remove(next(step for step in steps if step["type"] == "delivery"))
    file.write_text(json.dumps(document))
    code, out, _ = run("check", file)
    assert code == 7
    assert "order_missing" in out


def test_check_without_the_streets_is_exit_code_3(run: Run, tmp_path: Path, rows: list[dict[str, str]]) -> None:
    orders = write_orders(tmp_path / "o.csv", rows)
    assert run("plan", orders, "--fleet", FLEET, *QUICK, "-o", "plan")[0] == 0
    (tmp_path / "moved").mkdir()
    moved = (tmp_path / "plan" / "plan.json").rename(tmp_path / "moved" / "x.json")
    text = moved.read_text()
    moved.write_text(text.replace("coquimbo.streets.npz", "gone.streets.npz"))
    assert run("check", moved)[0] == 3
    assert run("check", moved, "--streets", demo_folder() / "coquimbo.streets.npz")[0] == 0


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_S12_a_stopped_run_writes_the_best_plan_and_is_exit_code_130(tmp_path: Path, stop: signal.Signals) -> None:
    orders = demo_folder() / "orders.csv"
    told = tmp_path / "told.json"
    words = ["plan", str(orders), "--fleet", str(FLEET), "-l", "100", "-o", "plan", "--progress-file", str(told)]
    child = subprocess.Popen(
        [sys.executable, "-m", "planner.cli", *words, "--date", "2026-03-10", "--iterations", "600"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 60
    while not told.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    child.send_signal(stop)
    out, err = child.communicate(timeout=30)
    assert child.returncode == 130, out + err
    assert "audited: 0 violations" in out
    assert plan_of(tmp_path / "plan")["provenance"]["stopped_by"] == "interrupt"


def test_B16_B17_a_closed_pipe_and_a_poor_terminal_are_no_errors(tmp_path: Path, rows: list[dict[str, str]]) -> None:
    orders = write_orders(tmp_path / "o.csv", [row | {"id": f"Ñ{row['id']}"} for row in rows])
    child = subprocess.Popen(
        [sys.executable, "-m", "planner.cli", "plan", str(orders), "--fleet", str(FLEET), *QUICK, "-o", "plan"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=os.environ | {"PYTHONIOENCODING": "ascii"},
    )
    assert child.stdout is not None
    assert child.stderr is not None
    child.stdout.close()
    assert child.stderr.read() == b""
    child.stderr.close()
    assert child.wait(timeout=60) == 0


def test_F08_a_station_outside_the_streets_is_told_and_not_used(
    run: Run, tmp_path: Path, rows: list[dict[str, str]]
) -> None:
    fleet = tmp_path / "fleet.toml"
    text = FLEET.read_text().replace("lat = -29.90325", "lat = 29.90325", 1)
    fleet.write_text(text.replace("coquimbo.streets.npz", str(demo_folder() / "coquimbo.streets.npz")))
    orders = write_orders(tmp_path / "o.csv", rows)
    code, _, err = run("plan", orders, "--fleet", fleet, *QUICK, "-o", "plan")
    assert code == 0
    assert 'note: E-F08 fleet (id "serena-centro")' in err
    assert "nobody charges there" in err
