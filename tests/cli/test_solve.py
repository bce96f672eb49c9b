"""`planner solve` as a user meets it: exit codes, what is written and where, limits, interrupts."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from planner import cli_solve
from planner.check_instance import Findings
from planner.clock import process_age_s
from planner.solve.instance import RouteSet
from tests.cli.conftest import Run
from tests.instances.files import CVRP, EVRPNL, EVRPTW, MULTITRIP, SOLOMON, changed, written

QUICK = ("--engine", "ortools", "--iterations", "40", "-l", "20")


@pytest.fixture
def small(tmp_path: Path) -> Path:
    return written(tmp_path, EVRPTW, "small.txt")


def test_routes_go_to_stdout_and_talk_to_stderr(run: Run, small: Path) -> None:
    code, out, err = run("solve", small, *QUICK)
    assert code == 0
    assert out == "# small: 1 vehicles, length 111.622777\nD0 C1 S1 C2 D0\n"
    assert err.startswith("small: 1 vehicles, length 111.62, 2 of 2 customers; audited: 0 violations; ")


def test_routes_go_to_a_file_whole_and_an_older_one_is_replaced(run: Run, small: Path, tmp_path: Path) -> None:
    routes = written(tmp_path, "older", "routes.txt")
    code, out, err = run("solve", small, *QUICK, "-o", routes)
    assert (code, err) == (0, "")
    assert routes.read_text().endswith("\nD0 C1 S1 C2 D0\n")
    assert out.endswith(f"written to {routes}\n")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["routes.txt", "small.txt"]


def test_json_tells_all_and_names_places_as_the_file_does(run: Run, small: Path, tmp_path: Path) -> None:
    code, out, _ = run("solve", small, *QUICK, "--json", "--seed", 7, "-o", tmp_path / "routes.txt")
    told: dict[str, Any] = json.loads(out)
    assert code == 0
    assert 0 < told.pop("seconds") < 20
    assert told.pop("length") == pytest.approx(111.622777)
    assert told.pop("iterations") > 0
    assert told == {
        "instance": "small",
        "kind": "evrptw",
        "vehicles": 1,
        "unserved": [],
        "stopped_by": "iterations",
        "seed": 7,
        "engine": "ortools",
        "routes": [["C1", "S1", "C2"]],
        "audited": True,
    }
    assert (tmp_path / "routes.txt").read_text().count("\n") == 2


def test_charge_curves_are_searched_and_answered_in_xml(run: Run, tmp_path: Path) -> None:
    file = written(tmp_path, EVRPNL, "two.xml")
    code, out, err = run("solve", file, "--iterations", 20)
    assert code == 0
    assert '<node id="3">' in out
    assert err.startswith("two: 1 vehicles, length 3.83, 2 of 2 customers; audited: 0 violations; ")
    code, out, err = run("solve", file, "--engine", "ortools")
    assert (code, out) == (2, "")
    assert err.startswith('E-F16 --engine: "ortools" knows no charge curves')


def test_a_cvrp_is_answered_in_the_form_of_cvrplib(run: Run, tmp_path: Path) -> None:
    code, out, _ = run("solve", written(tmp_path, CVRP), *QUICK)
    assert code == 0
    assert sorted(out.splitlines()) == ["Cost 14", "Route #1: 1 2", "Route #2: 3"] or "Cost 14" in out


def test_several_trips_are_answered_as_their_set_does_and_who_is_left_out_is_named(run: Run, tmp_path: Path) -> None:
    code, out, _ = run("solve", written(tmp_path, MULTITRIP), "--iterations", "200")
    assert (code, out.splitlines()[-1]) == (0, "Cost: 300")  # node 4 lies on the way to node 2, and 5 + 10 and back
    one_short_day = changed(MULTITRIP, ("VEHICLES: 2", "VEHICLES: 1"), ("2\t1\nDEPOT", "DEPOT"), ("3\t25", "3\t0"))
    file = written(tmp_path, changed(one_short_day, ("2\t0\t50", "2\t0\t6"), ("4\t0\t90", "4\t0\t2")))
    code, out, _ = run("solve", file, "--iterations", "200", "--json")
    assert code == 4
    assert json.loads(out)["unserved"] in (["1"], ["3"])  # 1.4 and 1.5 of service, and 3.6 are past 6


def test_ortools_does_not_solve_several_trips(run: Run, tmp_path: Path) -> None:
    code, _, err = run("solve", written(tmp_path, MULTITRIP), *QUICK)
    assert code == 2
    assert 'E-F16 --engine: "ortools" knows no release dates' in err


def test_recharge_partial_is_another_problem(run: Run, small: Path) -> None:
    code, out, _ = run("solve", small, *QUICK, "--recharge", "partial", "--json")
    assert (code, json.loads(out)["kind"]) == (0, "evrptw-pr")


BAD_FILES = {
    "no instance": ("id,lat,lon\n1,2,3\n", "E-I01 bad: is no instance of a format that is read"),
    "a letter for a number": (
        changed(EVRPTW, ("50.0", "5O.0")),
        'E-I04 bad line 5 column x: "5O.0" is not a finite number',
    ),
    "a demand too large": (
        changed(SOLOMON, ("30        825", "300       825")),
        'E-I09 bad line 12 column demand: "300"',
    ),
    "out of reach": (changed(EVRPTW, ("50.0", "90.0")), 'E-I14 bad line 5: "C2" is a customer out of reach'),
}


@pytest.mark.parametrize(("text", "message"), BAD_FILES.values(), ids=BAD_FILES)
def test_bad_input_is_refused_with_exit_code_2_and_nothing_is_written(
    run: Run, tmp_path: Path, text: str, message: str
) -> None:
    code, out, err = run("solve", written(tmp_path, text, "bad"), *QUICK, "-o", "routes")
    assert (code, out) == (2, "")
    assert message in err
    assert " → " in err
    assert not (tmp_path / "routes").exists()


def test_bad_input_is_told_as_json_where_json_is_asked_for(run: Run, tmp_path: Path) -> None:
    text = changed(EVRPTW, ("50.0", "5O.0"), ("Type", "Typ"), ("500.0", "-1"))
    code, out, _ = run("solve", written(tmp_path, text, "bad"), *QUICK, "--json")
    told = json.loads(out)
    assert (code, told["code"]) == (2, 2)
    assert [fault[:5] for fault in told["faults"]] == ["E-I11", "E-I04"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--engine", "serch"), 'E-F16 --engine: "serch" is no engine; did you mean "search"?'),
        (("--recharge", "half"), 'E-A01 --recharge: "half" is no way to recharge'),
        (("-o", "."), 'E-B07 -o: "." is a folder'),
        (("-o", "nowhere/routes"), "E-B07 -o: "),
        (("-o", "small.txt"), 'E-B07 -o: "small.txt" is the instance'),
        (("-l", "0"), "E-A01"),
        (("--iterations", "many"), "E-A01"),
    ],
)
def test_options_that_cannot_be_used_are_refused(
    run: Run, small: Path, arguments: tuple[str, ...], message: str
) -> None:
    code, _, err = run("solve", small, *arguments)
    assert code == 2
    assert message in err
    assert small.read_text() == EVRPTW


def test_a_missing_file_is_refused(run: Run) -> None:
    assert run("solve", "nowhere.txt")[:2] == (2, "")


def test_partial_recharge_does_not_go_with_other_formats(run: Run, tmp_path: Path) -> None:
    code, _, err = run("solve", written(tmp_path, CVRP), "--recharge", "partial")
    assert code == 2
    assert "does not go with instance.any, which is no E-VRPTW" in err


def found(*routes: tuple[int, ...], unserved: tuple[int, ...] = (), length: float) -> Any:
    """Return an engine that finds what it is told to."""

    def engine(*_: object, on_better: Callable[[RouteSet], None]) -> RouteSet:
        return RouteSet(routes=routes, length=length, iterations=1, stopped_by="iterations", unserved=unserved)

    return lambda _: engine


def test_customers_left_out_give_exit_code_4(run: Run, small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli_solve, "_engine", found((0,), unserved=(1,), length=20.0))
    code, out, err = run("solve", small)
    assert code == 4
    assert out == "# small: 1 vehicles, length 20.000000; not served: C2\nD0 C1 D0\n"
    assert "1 of 2 customers" in err
    assert json.loads(run("solve", small, "--json")[1])["unserved"] == ["C2"]


def test_no_route_at_all_gives_exit_code_5(run: Run, small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli_solve, "_engine", found(unserved=(0, 1), length=0.0))
    code, out, err = run("solve", small, "-o", "routes")
    assert (code, out) == (5, "")
    assert "E-S13" in err
    assert not Path("routes").exists()


def test_X01_routes_that_the_auditor_refuses_are_kept_as_evidence_only(
    run: Run, small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli_solve, "_engine", found((0,), (1,), length=120.0))
    code, out, err = run("solve", small, "-o", "routes")
    assert (code, out) == (1, "")
    assert "E-X01 the auditor refused the routes (1 violations)" in err
    assert "route 2: the battery is short of 20.000000 at D0" in err
    evidence = (tmp_path / "routes.refused").read_text()
    assert evidence.endswith("D0 C2 D0\n# route 2: the battery is short of 20.000000 at D0\n")
    assert not (tmp_path / "routes").exists()
    code, out, err = run("solve", small)
    kept = Path(err.partition("the evidence is in ")[2].partition(";")[0])
    assert (code, out, kept.read_text()) == (1, "", evidence)
    kept.unlink()


def test_the_verb_asks_the_auditor_and_nobody_else(run: Run, small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    refuse = Findings(violations=("made up",), vehicles=1, length=1.0)
    monkeypatch.setattr("planner.check_instance.audit_routes", lambda *_: refuse)
    code, out, err = run("solve", small, *QUICK, "-o", "routes")
    assert (code, out) == (1, "")
    assert "made up" in err


def test_an_interrupted_engine_hands_over_what_it_told_last(
    run: Run, small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object, on_better: Callable[[RouteSet], None]) -> RouteSet:
        on_better(RouteSet(routes=((0,), (3, 1, 3)), length=120.0, iterations=3, stopped_by="time_limit"))
        raise KeyboardInterrupt

    monkeypatch.setattr(cli_solve, "_engine", lambda _: interrupted)
    code, out, _ = run("solve", small, "-o", "routes")
    assert code == 130
    assert "interrupt" in out
    assert (tmp_path / "routes").read_text().endswith("\nD0 C1 D0\nD0 S1 C2 S1 D0\n")


def test_an_interrupt_before_any_route_writes_nothing(
    run: Run, small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object, on_better: Callable[[RouteSet], None]) -> RouteSet:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli_solve, "_engine", lambda _: interrupted)
    code, out, err = run("solve", small, "-o", "routes")
    assert (code, out, err.strip()) == (130, "", "stopped before there were any routes")
    assert not (tmp_path / "routes").exists()


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_program_writes_its_best_and_leaves_no_process(
    small: Path, tmp_path: Path, stop: signal.Signals
) -> None:
    program = start("solve", small, "--engine", "ortools", "-l", "60", "-o", tmp_path / "routes", cwd=tmp_path)
    time.sleep(4.0)
    program.send_signal(stop)
    out, err = program.communicate(timeout=10)
    assert program.returncode == 130, out + err
    assert (tmp_path / "routes").read_text().endswith("\nD0 C1 S1 C2 D0\n")


def test_a_time_limit_counts_from_the_start_of_the_program(small: Path, tmp_path: Path) -> None:
    begun = time.monotonic()
    program = start("solve", small, "--engine", "ortools", "-l", "3", "--json", cwd=tmp_path)
    out, err = program.communicate(timeout=20)
    took = time.monotonic() - begun
    assert program.returncode == 0, err
    assert took < 3 + 1
    told = json.loads(out)
    assert told["stopped_by"] == "time_limit"
    assert 2 < told["seconds"] <= took


def test_a_process_knows_its_age() -> None:
    ask = "import time; time.sleep(0.5); from planner.clock import process_age_s; print(process_age_s())"
    begun = time.monotonic()
    told = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True)
    assert 0.5 < float(told.stdout) <= time.monotonic() - begun + 0.02
    assert process_age_s() > 0


def start(*arguments: object, cwd: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "planner.cli", *(str(argument) for argument in arguments)]
    return subprocess.Popen(command, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
