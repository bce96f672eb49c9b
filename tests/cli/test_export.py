"""`planner export` as a user meets it: where files go, what is refused, what stays."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from planner.cli_export import FORMAT_NAMES, LANGUAGE_NAMES
from planner.errors import PlannerError
from planner.export.formats import FORMATS, Format, refuse_missing_parts
from planner.io.plan_file import write_plan
from planner.language.words import LANGUAGES
from planner.plan import Plan, Violation
from planner.roads.streets import save_streets
from tests.cli.conftest import Run
from tests.factories import make_plan
from tests.report.conftest import make_grid


def written(folder: Path, plan: Plan | None = None) -> Path:
    folder.mkdir(exist_ok=True)
    write_plan(plan or make_plan(), folder / "plan.json")
    return folder


def names(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_all_formats_at_once_from_the_folder_of_a_plan(run: Run, tmp_path: Path) -> None:
    save_streets(make_grid(side=12), written(tmp_path / "day") / make_plan().provenance.streets_file)
    code, out, err = run("export", "day", *(part for name in FORMAT_NAMES for part in ("--to", name)))
    assert (code, err.strip()) == (0, "")
    assert names(tmp_path / "exports" / "day") == [
        "gpx/01-v1.gpx",
        "html/00-day.html",
        "html/01-v1.html",
        "ical/01-v1.ics",
        "links/01-v1.html",
        "links/links.csv",
        "manifest/00-day.html",
        "manifest/00-day.pdf",
        "manifest/01-v1.html",
        "manifest/01-v1.pdf",
        "routes.geojson",
        "routes.kml",
        "stops.csv",
        "stops.xlsx",
        "vroom.json",
    ]
    assert "manifest: exports/day/manifest, 4 files" in out
    assert "© Grid, ODbL" in (tmp_path / "exports/day/html/01-v1.html").read_text(encoding="utf-8")


def test_a_plan_file_a_folder_and_a_language_of_ones_own(run: Run, tmp_path: Path) -> None:
    file = written(tmp_path / "day") / "plan.json"
    code, _, err = run("export", file, "--to", "html", "--language", "de", "-o", "blatt")
    assert code == 0
    assert "no streets at" in err
    assert "Ladeliste" in (tmp_path / "blatt/html/01-v1.html").read_text(encoding="utf-8")


def test_a_sheet_of_an_older_plan_does_not_stay(run: Run, tmp_path: Path) -> None:
    plan = make_plan()
    second = replace(plan.day.vehicles[0], id="v2")
    day = replace(plan.day, vehicles=(*plan.day.vehicles, second))
    two = replace(plan, day=day, routes=(*plan.routes, replace(plan.routes[0], vehicle_id="v2")))
    assert run("export", written(tmp_path / "day", two), "--to", "gpx", "-o", "out")[0] == 0
    assert names(tmp_path / "out") == ["gpx/01-v1.gpx", "gpx/02-v2.gpx"]
    assert run("export", written(tmp_path / "day"), "--to", "gpx", "-o", "out")[0] == 0
    assert names(tmp_path / "out") == ["gpx/01-v1.gpx"]


def test_what_others_wrote_is_not_replaced(run: Run, tmp_path: Path) -> None:
    folder = written(tmp_path / "day")
    (tmp_path / "out" / "gpx").mkdir(parents=True)
    (tmp_path / "out" / "gpx" / "holiday.gpx").write_text("mine")
    code, _, err = run("export", folder, "--to", "gpx", "-o", "out")
    assert code == 2
    assert 'E-B07 out/gpx: holds "holiday.gpx", not made by planner export' in err
    assert names(tmp_path / "out") == ["gpx/holiday.gpx"]


@pytest.mark.parametrize("name", ["gpx", "csv"])
def test_a_folder_that_is_a_file_is_refused(run: Run, tmp_path: Path, name: str) -> None:
    folder = written(tmp_path / "day")
    (tmp_path / "out").write_text("mine")
    code, _, err = run("export", folder, "--to", name, "-o", "out")
    assert code == 2
    assert "E-B07 out" in err
    assert (tmp_path / "out").read_text() == "mine"


def test_a_plan_of_no_route_has_a_sheet_of_the_day_and_nothing_for_drivers(run: Run, tmp_path: Path) -> None:
    folder = written(tmp_path / "day", replace(make_plan(), routes=()))
    code, out, err = run("export", folder, *(part for name in FORMAT_NAMES for part in ("--to", name)), "-o", "out")
    assert code == 0, err
    assert [name for name in names(tmp_path / "out") if "/" in name] == [
        "html/00-day.html",
        "links/links.csv",
        "manifest/00-day.html",
        "manifest/00-day.pdf",
    ]
    assert "gpx: out/gpx, 0 files" in out


def test_an_unknown_format_or_language_is_refused_with_the_nearest_one(run: Run, tmp_path: Path) -> None:
    folder = written(tmp_path / "day")
    code, _, err = run("export", folder, "--to", "manifset")
    assert code == 2
    assert 'E-T04 --to: "manifset" is no format; did you mean "manifest"?' in err
    code, _, err = run("export", folder, "--to", "html", "--language", "it")
    assert code == 2
    assert 'E-T04 --language: "it" is no language of the manifests → choose one of: en, de, fr, es' in err


def test_X05_a_plan_that_the_auditor_refused_is_not_exported(run: Run, tmp_path: Path) -> None:
    plan = replace(make_plan(), violations=(Violation(code="overload", where="v1", message="too much"),))
    code, _, err = run("export", written(tmp_path / "day", plan), "--to", "csv", "-o", "out")
    assert code == 2
    assert "E-T01 plan.json: breaks 1 rules, the first: overload" in err
    assert not (tmp_path / "out").exists()


def test_a_plan_edited_by_hand_is_refused_with_all_its_loose_ends(run: Run, tmp_path: Path) -> None:
    file = written(tmp_path / "day") / "plan.json"
    whole = file.read_text(encoding="utf-8")
    for old, new, told in (
        ('"id": "o2",\n     "trip"', '"id": "o9",\n     "trip"', '"o9" is no order of the day'),
        ('"vehicle": "v1"', '"vehicle": "v9"', '"v9" is no vehicle of the day'),
        ('"time_zone": "America/Santiago"', '"time_zone": "Mars/Olympus"', '"Mars/Olympus" is no time zone'),
        ('"trip": 2,', '"trip": 7,', '"7" is not the trip of this step'),
        ('"arrival": 30660', '"arrival": 30660000', '"30660000" is no second of the day'),
        ('"demand_kg": 40.0', '"demand_kg": 4e300', '"demand_kg 4e+300" is no number that a plan can hold'),
        ('"lat": -29.952', '"lat": -99.952', '"-99.952, -71.342" is no position'),
    ):
        edited = whole.replace(old, new)
        assert edited != whole, old
        file.write_text(edited, encoding="utf-8")
        code, _, err = run("export", file, "--to", "csv", "-o", "out")
        assert code == 2
        assert "E-T02 plan.json" in err
        assert told in err


def test_a_file_that_is_no_plan_is_refused(run: Run, tmp_path: Path) -> None:
    (tmp_path / "plan.json").write_text("{}")
    code, _, err = run("export", "plan.json", "--to", "csv")
    assert code == 2
    assert "E-F14" in err


def test_a_library_that_is_missing_is_named_with_the_way_to_get_it() -> None:
    with pytest.raises(
        PlannerError, match=r"E-T03 tea: needs no_such_kettle → pip install 'micro-ev-planner\[export\]'"
    ):
        refuse_missing_parts([Format(name="tea", what="", module="tea", needs=("json", "no_such_kettle"))])


def test_the_help_names_what_there_is() -> None:
    assert tuple(FORMATS) == FORMAT_NAMES
    assert LANGUAGES == LANGUAGE_NAMES
