"""Hand edits of the screen without the screen: made, undone, made again, and kept as revisions."""

from __future__ import annotations

from pathlib import Path

import keeping
import pytest
import state
from hands import ChangedMeanwhileError, Hands, move_before, trips_of
from jobs import Job

from planner.check import audit
from planner.dispatch.edits import Move, Remove, SetLock
from planner.errors import InputError
from planner.io.plan_file import write_plan
from planner.plan import LockKind, Plan
from planner.roads.streets import save_streets
from planner.store.store import open_store
from tests.explain.street import STREETS, day, order, planned, until, vehicle, without

TWO_VANS = day(order("near", km=1.0), order("far", km=4.0), vehicles=(vehicle("v1"), vehicle("v2")))


def hands_of(plan: Plan) -> Hands:
    return Hands(plan, lambda: STREETS, streets_file=Path("street.streets.npz"))


def stops(plan: Plan) -> dict[str, list[list[str]]]:
    return {route.vehicle_id: trips_of(plan, route.vehicle_id) for route in plan.routes}


def test_an_edit_is_audited_undone_and_made_again() -> None:
    hands = hands_of(planned(TWO_VANS))
    before = hands.plan
    hands.make(Remove(order="far"), version=0)
    assert [one.order_id for one in hands.plan.unassigned] == ["far"]
    assert hands.extra_cost == hands.last_extra_cost < 0
    after = hands.plan
    assert audit(after, STREETS) == ()
    hands.undo(version=1)
    assert hands.plan is before
    assert hands.extra_cost == 0
    hands.redo(version=2)
    assert hands.plan is after
    hands.undo(version=3)
    hands.make(Move(order="near", vehicle="v2", trip=1), version=4)
    assert hands.undone == [], "another edit ends what could be made again"
    assert stops(hands.plan)["v2"] == [["near"]]


def test_edits_that_follow_each_other_give_the_plan_of_all_made_at_once() -> None:
    first, second = Move(order="near", vehicle="v2", trip=1), Move(order="far", vehicle="v2", trip=1, position=1)
    hands, others = hands_of(planned(TWO_VANS)), hands_of(planned(TWO_VANS))
    hands.make(first, version=0)
    hands.make(second, version=1)
    assert stops(hands.plan) == {"v2": [["far", "near"]]}
    others.make(first, version=0)
    others.close()  # the memory of the desk is given back in between
    others.make(second, version=1)
    assert others.plan == hands.plan


def test_an_edit_that_breaks_a_rule_is_made_and_its_amount_told() -> None:
    late = day(order("near", km=1.0, windows=until(20)), order("far", km=8.0))
    hands = hands_of(planned(late))
    hands.make(Move(order="near", vehicle="v1", trip=1, position=2), version=0)
    assert {violation.code for violation in hands.plan.violations} == {"window_missed"}
    hands.undo(version=1)
    assert hands.plan.violations == ()


def test_an_edit_that_cannot_be_made_changes_nothing() -> None:
    hands = hands_of(planned(TWO_VANS))
    hands.make(SetLock(kind=LockKind.ORDER, id="near"), version=0)
    on = next(id for id, trips in stops(hands.plan).items() if "near" in trips[0])
    with pytest.raises(InputError, match="E-D45"):
        hands.make(Move(order="near", vehicle="v2" if on == "v1" else "v1"), version=1)
    assert (len(hands.made), hands.version) == (1, 1)


def test_U07_who_edits_what_somebody_else_has_changed_meanwhile_is_told_so() -> None:
    hands = hands_of(planned(TWO_VANS))
    hands.make(Remove(order="far"), version=0)
    with pytest.raises(ChangedMeanwhileError):
        hands.make(Remove(order="near"), version=0)
    with pytest.raises(ChangedMeanwhileError):
        hands.undo(version=0)
    assert len(hands.made) == 1


def test_an_order_that_is_left_out_goes_to_the_slot_that_was_offered_at_its_price() -> None:
    hands = hands_of(without(planned(TWO_VANS), order("late", km=2.0)))
    slots = hands.slots("late")
    assert [slot.extra_cost for slot in slots] == sorted(slot.extra_cost for slot in slots)
    hands.take("late", 0, version=0)
    assert not hands.plan.unassigned
    assert hands.plan.violations == ()
    assert hands.last_extra_cost == pytest.approx(slots[0].extra_cost)
    hands.make(Remove(order="near"), version=1)
    assert [one.order_id for one in hands.plan.unassigned] == ["near"], "edits go on after a slot"
    hands.undo(version=2)
    hands.undo(version=3)
    assert [one.order_id for one in hands.plan.unassigned] == ["late"]


def test_U04_edits_that_are_not_kept_are_made_again_by_another_server(tmp_path: Path) -> None:
    _work, _job, hands = shown(without(planned(TWO_VANS), order("late", km=2.0)), tmp_path)
    hands.take("late", 0, version=0)
    hands.make(Remove(order="near"), version=1)
    hands.make(Remove(order="far"), version=2)
    hands.undo(version=3)
    again = state.Workspace("id", tmp_path / "work", state.demo_draft())
    assert again.take_up()
    assert again.job is not None
    plan = again.job.plan()
    assert plan is not None
    anew = again.hands(again.job, plan)
    assert anew is not hands
    assert stops(anew.plan) == stops(hands.plan)
    assert [one.order_id for one in anew.plan.unassigned] == ["near"]
    anew.undo(version=2)
    assert "late" in anew.drawn.view.vehicle_of, "each of them can be undone"


def test_a_stop_is_dropped_before_another_one_or_at_the_end() -> None:
    plan = planned(day(*(order(f"o{n}", km=float(n)) for n in (1, 2, 3))))
    (trip,) = trips_of(plan, "v1")
    first, second, third = trip
    assert move_before(plan, third, "v1", first) == Move(order=third, vehicle="v1", trip=1, position=1)
    assert move_before(plan, first, "v1", third) == Move(order=first, vehicle="v1", trip=1, position=2)
    assert move_before(plan, first, "v1", None) == Move(order=first, vehicle="v1", trip=1, position=3)
    assert move_before(plan, first, "v2", None) == Move(order=first, vehicle="v2", trip=1, position=1)
    assert move_before(plan, first, "v1", second) is None, "it is there already"
    assert move_before(plan, third, "v1", None) is None
    assert move_before(plan, first, "v1", "nobody") is None


def shown(plan: Plan, tmp_path: Path) -> tuple[state.Workspace, Job, Hands]:
    """Return a workspace that shows a plan."""
    save_streets(STREETS, tmp_path / "street.streets.npz")
    work = state.Workspace("id", tmp_path / "work", state.demo_draft())
    folder = work.new_folder()
    (folder / "plan").mkdir()
    write_plan(plan, folder / "plan" / "plan.json")
    work.show(Job.of_plan(folder, streets=tmp_path / "street.streets.npz"))
    assert work.job is not None
    return work, work.job, work.hands(work.job, plan)


def test_kept_edits_are_a_revision_of_the_plan_they_were_made_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLANNER_STORE", str(tmp_path / "plans.db"))
    work, job, hands = shown(without(planned(TWO_VANS), order("late", km=2.0)), tmp_path)
    hands.make(Remove(order="far"), version=0)
    hands.take("late", 0, version=1)
    found = keeping.keep(work, job, hands, by="")
    assert (found.stored, found.problem) == ("@2", "")
    first, second = sorted(open_store().history(), key=lambda entry: entry.id)
    assert (first.parent, second.parent, second.edits) == (None, 1, ("remove", "insert"))
    assert work.job is not None
    assert work.job is not job
    kept = work.job.plan()
    assert kept is not None
    assert kept == open_store().load_plan(2)
    assert work.hands(work.job, kept).made == [], "from here on there is nothing to undo"


def test_who_keeps_edits_on_a_plan_that_has_a_newer_revision_gets_a_branch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLANNER_STORE", str(tmp_path / "plans.db"))
    work, job, hands = shown(planned(TWO_VANS), tmp_path)
    hands.make(Remove(order="far"), version=0)
    keeping.keep(work, job, hands, by="")
    hands.make(Remove(order="near"), version=1)
    found = keeping.keep(work, job, hands, by="")
    assert (found.stored, found.beside) == ("@3", True)


def test_a_plan_that_is_kept_although_it_breaks_rules_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLANNER_STORE", str(tmp_path / "plans.db"))
    late = day(order("near", km=1.0, windows=until(20)), order("far", km=8.0))
    work, job, hands = shown(planned(late), tmp_path)
    hands.make(Move(order="near", vehicle="v1", trip=1, position=2), version=0)
    keeping.keep(work, job, hands, by="anna")
    assert work.job is not None
    kept = work.job.plan()
    assert kept is not None
    assert kept.kept is not None
    assert kept.kept.by == "anna"
    entries = sorted(open_store().history(), key=lambda entry: entry.id)
    assert [entry.kept_with_violations for entry in entries] == [False, True]


def test_edits_are_kept_on_the_page_where_the_store_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "plans.db").write_bytes(b"this is no database" * 100)
    monkeypatch.setenv("PLANNER_STORE", str(tmp_path / "plans.db"))
    work, job, hands = shown(planned(TWO_VANS), tmp_path)
    hands.make(Remove(order="far"), version=0)
    found = keeping.keep(work, job, hands, by="")
    assert found.stored is None
    assert "E-S" in found.problem
    assert work.job is not job
