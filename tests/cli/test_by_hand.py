"""`planner insert`, `edit` and `compare` as a user meets them, and a plan kept on purpose in every later view."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest

from planner.export.job import Job
from planner.export.readable import refuse_unreadable
from planner.export.sheets import sheets
from planner.io.plan_file import read_plan, write_plan
from planner.language.words import Words
from planner.plan import Plan
from planner.report.page_data import page_data
from planner.roads.streets import save_streets
from planner.store.store import open_store
from planner.store.values import Written
from tests.cli.conftest import Run
from tests.explain.street import STREETS, day, order, planned, until


def written(plan: Plan, folder: Path) -> Path:
    """Write a plan beside the streets that it names."""
    folder.mkdir(exist_ok=True)
    save_streets(STREETS, folder / plan.provenance.streets_file)
    write_plan(plan, folder / "plan.json")
    return folder / "plan.json"


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    """Near before far, as the window of near asks for."""
    return written(planned(day(order("near", windows=until(15)), order("far", km=10.0))), tmp_path / "day")


TURNED = ("--reorder", "v1:1=far,near")


def test_an_edit_that_breaks_a_rule_is_told_and_not_written(run: Run, plan: Path, tmp_path: Path) -> None:
    code, out, err = run("edit", plan, *TURNED, "-o", tmp_path / "new")
    assert code == 7
    assert "30 min outside its window" in out
    assert "E-D50" in err
    assert not (tmp_path / "new").exists()


def test_an_edited_plan_is_a_revision_of_the_stored_one_and_both_can_be_named(
    run: Run, plan: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLANNER_STORE", str(tmp_path / "plans.db"))
    first = open_store().save_plan(plan.read_bytes(), written=Written(folder=plan.parent))
    code, _, err = run("edit", plan, *TURNED, "-o", tmp_path / "new", "--keep-violations")
    assert (code, "stored as @2" in err) == (0, True)
    story = open_store().story(2)
    entry = story.entry
    assert (entry.parent, entry.revision, entry.kept_with_violations) == (first.id, 2, True)
    assert [(edit.kind, edit.detail["vehicle"]) for edit in story.edits] == [("reorder", "v1")]
    code, out, _ = run("compare", "@1", "@2")
    assert (code, "2 stops moved" in out) == (0, True)
    code, _, err = run("edit", "@2", "--remove", "far", "-o", tmp_path / "third", "--no-store")
    assert (code, len(open_store().history())) == (0, 2)


def test_kept_on_purpose_it_is_written_and_every_later_view_says_so(run: Run, plan: Path, tmp_path: Path) -> None:
    folder = tmp_path / "new"
    code, _, _ = run("edit", plan, *TURNED, "-o", folder, "--keep-violations", "--by", "Ana")
    assert code == 0
    kept = read_plan(folder / "plan.json")
    assert kept.kept is not None
    assert (kept.kept.by, [v.code for v in kept.violations]) == ("Ana", ["window_missed"])
    code, out, _ = run("check", folder / "plan.json")
    assert (code, "kept on purpose by Ana" in out) == (7, True)
    assert json.loads(run("check", folder / "plan.json", "--json")[1])["kept"]["by"] == "Ana"
    verdict = page_data(kept)["verdict"]
    assert (verdict["ok"], "kept on purpose by Ana" in verdict["text"]) == (False, True)
    assert "kept on purpose" in (folder / "map.html").read_text(encoding="utf-8")
    refuse_unreadable(kept, file="plan.json")
    for _, sheet in sheets(Job(kept, Words("en"))):
        assert any("kept on purpose" in remark for remark in sheet.remarks)
        assert any("30 min outside its window" in remark for remark in sheet.remarks)
    assert json.loads((folder / "routes.geojson").read_text(encoding="utf-8"))["kept"].startswith(
        "kept on purpose by Ana"
    )
    code, _, err = run("export", folder, "--to", "xlsx", "-o", tmp_path / "files")
    assert (code, "breaks 1 rules, kept on purpose by Ana" in err) == (0, True)
    rows = openpyxl.load_workbook(tmp_path / "files" / "stops.xlsx")["Broken rules"]
    assert "30 min outside its window" in rows["B2"].value
    _, out, _ = run("compare", plan, folder)
    assert "B audited: 1 violation, kept on purpose by Ana" in out


def test_mended_it_is_a_plan_that_holds_and_says_nothing_more(run: Run, plan: Path, tmp_path: Path) -> None:
    run("edit", plan, *TURNED, "-o", tmp_path / "new", "--keep-violations")
    code, _, _ = run("edit", tmp_path / "new", "--reorder", "v1:1=near,far", "-o", tmp_path / "mended")
    mended = read_plan(tmp_path / "mended" / "plan.json")
    assert (code, mended.violations, mended.kept) == (0, (), None)
    assert run("check", tmp_path / "mended" / "plan.json")[0] == 0


def test_edits_are_made_in_the_order_in_which_they_are_given(run: Run, plan: Path) -> None:
    code, out, _ = run("edit", plan, "--remove", "far", "--move", "far=v1:1:1", "--json")
    assert (code, json.loads(out)["left_out"]) == (7, [])
    code, out, _ = run("edit", plan, "--move", "far=v1:1:1", "--remove", "far", "--json")
    assert (code, json.loads(out)["left_out"]) == (0, ["far"])


def test_edits_come_from_a_file_too(run: Run, plan: Path, tmp_path: Path) -> None:
    edits = tmp_path / "edits.json"
    edits.write_text(json.dumps([{"edit": "remove", "order": "far"}, {"edit": "lock", "kind": "order", "id": "near"}]))
    code, out, _ = run("edit", plan, "--edits", edits, "--json")
    assert (code, json.loads(out)["locks"]) == (0, [{"type": "order", "id": "near"}])
    code, _, err = run("edit", plan, "--edits", edits, "--remove", "near")
    assert (code, "E-D45" in err) == (2, True)


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ((), "E-D42"),
        (("--move", "near"), "E-D42"),
        (("--reorder", "v1=near"), "E-D42"),
        (("--charge", "v1:1=x"), "E-D42"),
        (("--lock", "near"), "E-D42"),
        (("--move", "nar=v1"), "E-D41"),
    ],
)
def test_an_edit_that_cannot_be_read_or_made_is_refused(
    run: Run, plan: Path, options: tuple[str, ...], code: str
) -> None:
    found, _, err = run("edit", plan, *options)
    assert (found, code in err) == (2, True)


def test_an_order_given_by_options_is_offered_its_slots_and_taken(run: Run, plan: Path, tmp_path: Path) -> None:
    asked = ("--lat", "0", "--lon", "0.02", "--demand-kg", "1", "--window", "08:00-17:00")
    code, out, _ = run("insert", plan, *asked)
    assert (code, "slots, audited" in out) == (0, True)
    code, out, _ = run("insert", plan, *asked, "--json")
    (one,) = json.loads(out)["orders"]
    assert [slot["extra_cost"] for slot in one["slots"]] == sorted(slot["extra_cost"] for slot in one["slots"])
    code, _, _ = run("insert", plan, *asked, "--take", "2", "-o", tmp_path / "new", "--id", "late-1")
    taken = read_plan(tmp_path / "new" / "plan.json")
    before = sum(route.cost.total for route in read_plan(plan).routes)
    assert sum(r.cost.total for r in taken.routes) - before == pytest.approx(one["slots"][1]["extra_cost"], abs=1e-5)
    assert (code, run("check", tmp_path / "new" / "plan.json")[0]) == (0, 0)
    code, out, _ = run("insert", plan, *asked, "--promise", "--json")
    assert (code, bool(json.loads(out)["orders"][0]["windows"])) == (0, True)


def test_a_file_of_orders_is_read_with_the_checks_of_a_plan(run: Run, plan: Path, tmp_path: Path) -> None:
    rows = tmp_path / "more.csv"
    rows.write_text("id,lat,lon,demand_kg\nnew,0,0.02,1\n")
    assert run("insert", plan, rows)[0] == 0
    rows.write_text("id,lat,lon,demand_kg\nnew,0,0.02,one\n")
    code, _, err = run("insert", plan, rows)
    assert (code, "E-O15" in err or "E-O10" in err) == (2, True)
    rows.write_text("id,lat,lon,demand_kg\nnear,0,0.02,1\n")
    assert "E-D51" in run("insert", plan, rows)[2]


def test_an_order_without_a_place_leaves_with_code_4(run: Run, plan: Path) -> None:
    code, out, _ = run("insert", plan, "--lat", "0", "--lon", "0.02", "--demand-kg", "5000")
    assert (code, "fits nowhere" in out) == (4, True)
    for options in (("--take", "best"), ("--take", "none", "-o", "x"), ()):
        code, _, err = run("insert", plan, *options)
        assert (code, "E-D54" in err) == (2, True)


def test_a_comparison_is_printed_and_written(run: Run, plan: Path, tmp_path: Path) -> None:
    run("edit", plan, "--remove", "far", "-o", tmp_path / "new")
    code, out, _ = run("compare", plan, tmp_path / "new", "-o", tmp_path / "found.json")
    assert (code, "left out in B only: 1 (far)" in out) == (0, True)
    told = json.loads((tmp_path / "found.json").read_text())
    assert told["format"] == "planner-comparison-1"
    assert [one["promise"] for one in told["broken"]][:1] == ["served"]
    assert run("compare", plan, tmp_path / "new", "-o", tmp_path / "found.json")[0] == 2


def test_a_plan_made_on_other_streets_is_not_changed_by_hand(run: Run, tmp_path: Path) -> None:
    made = planned(day(order("near")))
    path = written(made, tmp_path / "day")
    text = path.read_text().replace(made.provenance.streets_sha256, "0" * 64)
    path.write_text(text)
    code, _, err = run("edit", path, "--remove", "near")
    assert (code, "E-D40" in err) == (2, True)
