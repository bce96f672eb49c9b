"""`planner robust` as a user meets it."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from planner.cli import main
from planner.demo import demo_folder

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def plan_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plan of twelve orders of the demo."""
    folder = tmp_path_factory.mktemp("robust")
    with (demo_folder() / "orders.csv").open() as file:
        rows = list(csv.DictReader(file))[:12]
    with (folder / "orders.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    day = ["--fleet", str(demo_folder() / "fleet.toml"), "--date", "2026-03-10", "--iterations", "40"]
    assert main(["plan", str(folder / "orders.csv"), *day, "-o", str(folder / "plan")]) == 0
    return folder / "plan" / "plan.json"


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str]) -> Run:
    def call(*arguments: object) -> tuple[int, str, str]:
        capfd.readouterr()
        code = main([str(argument) for argument in arguments])
        out, err = capfd.readouterr()
        assert "Traceback" not in out + err
        return code, out, err

    return call


def test_the_usual_scenarios_are_answered_with_exit_code_0_and_a_line_each(run: Run, plan_file: Path) -> None:
    code, out, err = run("robust", plan_file)
    assert (code, err.strip()) == (0, "")
    assert "of 5 scenarios hold (" in out
    for name in ("cold, -10 °C", "20 % more travel time", "15 % more load", "batteries at 80 %", "plug hub-1 out"):
        assert name in out
    assert "hit of 12" in out


def test_scenarios_of_the_users_own_are_told_as_json(run: Run, plan_file: Path, tmp_path: Path) -> None:
    scenarios = tmp_path / "mine.toml"
    scenarios.write_text(
        '[[scenarios]]\nname = "as planned"\n'
        '[[scenarios]]\nname = "standstill"\ntravel_factor = 3\nload_factor = 2\nstate_of_health = 0.5\n'
    )
    code, out, _ = run("robust", plan_file, "--scenarios", scenarios, "--json")
    told = json.loads(out)
    usual, standstill = told["scenarios"]
    assert (code, told["share"], told["held"]) == (0, 0.5, 1)
    assert (usual["holds"], usual["breaks"], usual["orders_hit"]) == (True, [], [])
    assert (standstill["travel_factor"], standstill["load_factor"], standstill["state_of_health"]) == (3, 2, 0.5)
    times = [found["at_s"] for found in standstill["breaks"]]
    assert times == sorted(times)
    assert standstill["breaks"][0]["code"] in {"window_missed", "shift_exceeded", "reserve_broken"}


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        ('name = "aged"\nstate_of_health = 80', ['"80" may be a percentage: write 0.8 for 80 %']),
        (
            'name = "a"\ntravel_factor = 20\ntemperatur_c = 5',
            [
                'E-R01 mine.toml column scenarios[0].travel_factor: "20" should be less than or equal to 3 '
                "→ write 1.2 for 20 % more",
                'temperatur_c: is no key we know; did you mean "temperature_c"?',
            ],
        ),
        ('name = "a"\n[[scenarios]]\nname = "A "', ['E-R03 mine.toml column scenarios[1].name: "A "']),
        ('name = "out"\nplugs_out = ["hub-7"]', ['E-R02 scenarios (id "out") column plugs_out: "hub-7" is no plug']),
        ("temperature_c = -40", ["name: is missing", "give degrees Celsius from -20 to 50"]),
        ("name = ", ["E-F20 mine.toml"]),
    ],
)
def test_bad_scenarios_are_named_all_at_once_with_exit_code_2(
    run: Run, plan_file: Path, tmp_path: Path, text: str, messages: list[str]
) -> None:
    scenarios = tmp_path / "mine.toml"
    scenarios.write_text(f"[[scenarios]]\n{text}\n")
    code, _, err = run("robust", plan_file, "--scenarios", scenarios)
    assert code == 2
    for message in messages:
        assert message in err


def test_a_plan_without_the_slack_that_was_asked_for_says_so_with_exit_code_4(
    run: Run, plan_file: Path, tmp_path: Path
) -> None:
    orders, fleet = plan_file.parents[1] / "orders.csv", demo_folder() / "fleet.toml"
    plan = ["plan", orders, "--fleet", fleet, "--date", "2026-03-10", "--iterations", "40", "-o", tmp_path / "plan"]
    snow = tmp_path / "snow.toml"
    snow.write_text('[[scenarios]]\nname = "snow"\ntemperature_c = -20\ntravel_factor = 3\nstate_of_health = 0.3\n')
    code, out, _ = run(*plan, "--robust", "1", "--scenarios", snow)
    assert (code, "0 of 1 scenarios hold, 100 % were asked for" in out) == (4, True)
    robust = json.loads((tmp_path / "plan" / "plan.json").read_text())["provenance"]["robust"]
    assert robust == {"share": 1.0, "held": 0, "scenarios": 1, "padding": None}


def test_a_share_that_is_none_and_scenarios_without_a_share_are_refused(run: Run, tmp_path: Path) -> None:
    plan = ["plan", tmp_path / "orders.csv", "--fleet", tmp_path / "fleet.toml"]
    code, _, err = run(*plan, "--scenarios", tmp_path / "snow.toml")
    assert (code, "E-A01 --scenarios" in err, "add --robust" in err) == (2, True, True)
    code, _, err = run(*plan, "--robust", "80")
    assert (code, "E-A01" in err, "less than or equal to 1" in err) == (2, True, True)


def test_no_scenarios_no_file_and_a_plan_that_breaks_rules_are_refused(
    run: Run, plan_file: Path, tmp_path: Path
) -> None:
    empty = tmp_path / "empty.toml"
    empty.write_text("scenarios = []\n")
    code, _, err = run("robust", plan_file, "--scenarios", empty)
    assert (code, "E-R01 empty.toml column scenarios" in err) == (2, True)
    assert run("robust", plan_file, "--scenarios", tmp_path / "none.toml")[0] == 2
    document = json.loads(plan_file.read_text())
    document["day"]["vehicles"][0]["shift"]["end_s"] = document["day"]["vehicles"][0]["shift"]["start_s"] + 60
    document["day"]["vehicles"] = [
        vehicle | {"shift": document["day"]["vehicles"][0]["shift"]} for vehicle in document["day"]["vehicles"]
    ]
    broken = tmp_path / "plan.json"
    broken.write_text(json.dumps(document))
    code, _, err = run("robust", broken, "--streets", demo_folder() / "coquimbo.streets.npz")
    assert (code, "E-R04" in err, "see planner check" in err) == (2, True, True)
