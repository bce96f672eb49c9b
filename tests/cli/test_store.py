"""`planner history`, `show` and `store` as a user meets them, and what `plan` keeps."""

from __future__ import annotations

import csv
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from planner.demo import demo_folder
from planner.io.plan_file import plan_to_json, write_plan
from planner.store.reference import resolve
from planner.store.store import Store, open_store
from planner.store.values import Edit, Event, Written
from tests.cli.conftest import Run
from tests.factories import make_order, make_plan
from tests.store.plans import broken, plan_of

QUICK = ("--fleet", demo_folder() / "fleet.toml", "--date", "2026-03-10", "--iterations", "20")


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """An empty store, which is the program's."""
    monkeypatch.setenv("PLANNER_STORE", str(tmp_path / "my" / "plans.db"))
    return open_store()


@pytest.fixture
def orders(tmp_path: Path) -> Path:
    """Five orders of the demo."""
    with (demo_folder() / "orders.csv").open() as file:
        rows = list(csv.reader(file))[:6]
    path = tmp_path / "orders.csv"
    with path.open("w", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def three_revisions(store: Store) -> None:
    """A plan, a revision that was moved by hand after a delay, and one that breaks a rule."""
    first = store.save_plan(plan_of(1))
    delay = Event(kind="delay", at_s=39_600, detail={"vehicle": "v1", "minutes": 15})
    second = store.save_plan(
        plan_of(2), parent=first.id, edit=Edit(kind="move", detail={"order": "o1"}), events=[delay]
    )
    store.save_plan(broken(plan_of(3)), parent=second.id, kept_with_violations=True)
    store.save_plan(plan_of(4, date="2026-05-13"))


def test_a_plan_is_in_the_store_as_it_is_in_its_folder(run: Run, store: Store, orders: Path, tmp_path: Path) -> None:
    code, out, err = run("plan", orders, *QUICK, "-o", "runs/may")
    assert (code, err.strip()) == (0, "")
    assert out.endswith("stored as @1: see planner history\n")
    written = (tmp_path / "runs" / "may" / "plan.json").read_bytes()
    assert store.load_document(1) == written
    story = store.story(1)
    assert story.folder == tmp_path / "runs" / "may"
    assert story.provenance["run"] == json.loads((tmp_path / "runs" / "may" / "run.json").read_text())
    assert resolve("@1").streets.samefile(demo_folder() / "coquimbo.streets.npz")

    code, out, _ = run("plan", orders, *QUICK, "-o", "runs/may", "--no-store")
    assert (code, len(store.history())) == (0, 1)
    assert "stored" not in out


def test_a_store_that_cannot_be_written_is_a_warning_and_the_plan_is_there(
    run: Run, store: Store, orders: Path, tmp_path: Path
) -> None:
    store_file = tmp_path / "my" / "plans.db"
    store_file.write_bytes(b"rubbish" * 1_000)
    code, out, err = run("plan", orders, *QUICK, "-o", "runs/may", "--json")
    assert code == 0
    assert err.startswith("warning: the plan is not in the store: E-S32")
    assert json.loads(out)["format"] == "planner-plan-1"
    assert (tmp_path / "runs" / "may" / "plan.json").exists()
    assert store_file.read_bytes() == b"rubbish" * 1_000


def test_the_history_has_a_line_for_each_plan_and_revision(run: Run, store: Store) -> None:
    assert run("history")[:2] == (0, "no plans\n")
    three_revisions(store)
    code, out, _ = run("history")
    assert code == 0
    lines = [line.split() for line in out.splitlines()[1:] if line.startswith("@")]
    assert [(line[0], line[1], line[2]) for line in lines] == [
        ("@1", "2026-05-12", "1"),
        ("@2", "2026-05-12", "2"),
        ("@3", "2026-05-12", "3"),
        ("@4", "2026-05-13", "1"),
    ]
    assert "11.37 EUR" in out
    assert "2/3" in out
    assert "KEPT WITH 1 VIOLATION" in " ".join(out.split())
    code, out, _ = run("history", "--day", "2026-05-13", "--json")
    assert [(entry["id"], entry["served"]) for entry in json.loads(out)] == [(4, 2)]
    assert run("history", "--day", "13.5.")[0] == 2


def test_a_plan_is_shown_as_it_was_printed_with_what_came_before(run: Run, store: Store) -> None:
    three_revisions(store)
    code, out, _ = run("show", "@2")
    assert code == 0
    assert out.startswith("Plan for 2026-05-12 (America/Santiago)\norders   2 of 3 planned")
    assert "stored as @2: revision 2 on @1, saved" in out
    assert "there is a newer one" in " ".join(out.split())
    assert "edit  move order=o1" in out
    assert "event 11:00 delay" in out
    assert "minutes=15" in out
    assert "engine ortools, seed 2" in out
    assert "from orders.csv (sha256 111111111111)" in out
    assert "KEPT WITH 1 VIOLATION" in run("show", "store:3")[1]


def test_a_plan_can_be_shown_from_its_file_its_folder_and_taken_out_of_the_store(
    run: Run, store: Store, tmp_path: Path
) -> None:
    (tmp_path / "runs").mkdir()
    write_plan(plan_of(7), tmp_path / "runs" / "plan.json")
    assert run("show", "runs")[1] == run("show", "runs/plan.json")[1]
    assert "seed 7" in run("show", "runs")[1]
    store.save_plan(make_plan())
    assert run("show", "@1", "--json")[1] == plan_to_json(make_plan()).decode()


@pytest.mark.parametrize(
    ("named", "code"), [("@9", "E-S35"), ("store:9", "E-S35"), ("@nine", "E-O46"), ("absent.json", "E-O46")]
)
def test_a_plan_that_is_not_there_is_told(run: Run, store: Store, named: str, code: str) -> None:
    exit_code, out, err = run("show", named)
    assert (exit_code, out) == (2, "")
    assert code in err


def test_hostile_words_of_a_user_do_nothing_on_the_terminal(run: Run, store: Store) -> None:
    store.save_plan(plan_of(1), edit=Edit(kind="[red]\x1b[31m", detail={"[bold]": "\x1b]0;title\x07"}))
    for verb in (("history",), ("show", "@1")):
        out = run(*verb)[1]
        assert "\x1b" not in out
        assert "[red]" in out


def test_where_there_is_no_store_that_is_told_and_none_is_made(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:

    monkeypatch.setenv("PLANNER_STORE", str(tmp_path / "absent" / "plans.db"))
    for verb in (("history",), ("show", "@1"), ("store", "check"), ("store", "forget", "o1")):
        code, _, err = run(*verb)
        assert (code, "E-S35" in err) == (2, True)
    assert not (tmp_path / "absent").exists()


def test_the_store_is_looked_after_by_its_verbs(run: Run, store: Store, tmp_path: Path) -> None:
    three_revisions(store)
    assert run("store", "path")[1] == f"{tmp_path / 'my' / 'plans.db'}\n"
    assert run("store", "check")[:2] == (0, "4 plans of 2 days checked: 0 problems\n")
    assert run("store", "backup", "copy.backup")[1] == f"4 plans copied to {tmp_path / 'copy.backup'}\n"
    assert run("store", "prune", "--before", "2026-05-13")[1].startswith("3 plans of 1 days are before 2026-05-13")
    assert len(store.history()) == 4
    assert run("store", "prune", "--before", "2026-05-13", "--yes")[1].startswith("removed 3 plans of 1 days")
    assert [entry.id for entry in store.history()] == [4]
    assert run("store", "restore", "copy.backup")[1].startswith("4 plans restored to")
    assert len(store.history()) == 4
    assert run("store", "prune")[0] == run("store", "prune", "--before", "2026-01-01", "--keep-days", "3")[0] == 2
    with closing(sqlite3.connect(tmp_path / "my" / "plans.db")) as connection, connection:
        connection.execute("UPDATE plans SET document = x'00' WHERE id = 2")
    assert run("store", "check")[:2] == (7, "@2 is not what was saved\n4 plans of 2 days checked: 1 problems\n")


def test_a_customer_is_forgotten_after_the_user_has_seen_who_that_is(run: Run, store: Store, tmp_path: Path) -> None:
    hers = make_order("A-17", address="Ximena Quispe, Los Carrera 1")
    (tmp_path / "runs").mkdir()
    plan = plan_of(1, orders=(hers, *make_plan().day.orders))
    store.save_plan(plan, written=Written(folder=tmp_path / "runs"))
    run("store", "backup", "copy.backup")
    code, out, _ = run("store", "forget", "quispe")
    assert code == 0
    assert out.startswith(
        "2026-05-12 A-17 Ximena Quispe, Los Carrera 1: @1\n1 order of this customer\nnothing is erased"
    )
    assert "Ximena" in store.load_document(1).decode()
    code, out, _ = run("store", "forget", "quispe", "--yes")
    assert code == 0
    assert "erased from 1 plans" in out
    assert f"not touched: backup {tmp_path / 'copy.backup'}" in out
    assert f"not touched: plan folder {tmp_path / 'runs'}" in out
    assert "Ximena" not in store.load_document(1).decode()
    assert "personal data erased" in run("show", "@1")[1]
    assert run("store", "forget", "quispe")[1].startswith("0 orders of this customer")
