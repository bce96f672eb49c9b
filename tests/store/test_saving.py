"""What is saved comes back, and nobody's work is written over."""

from __future__ import annotations

from dataclasses import replace

import pytest

from planner.io.plan_file import plan_to_json
from planner.store.faults import Conflict, StoreError
from planner.store.store import Store, open_store
from planner.store.values import Edit, Event, Saved, Written
from tests.factories import make_order
from tests.store.plans import broken, plan_of, seed_of


def code(error: pytest.ExceptionInfo[StoreError]) -> str:
    return error.value.faults[0].code


def test_a_saved_plan_comes_back_byte_for_byte_and_as_a_plan(store: Store) -> None:
    plan = plan_of(1)
    saved = store.save_plan(plan)
    assert saved == Saved(id=1, revision=1)
    assert store.load_document(1) == plan_to_json(plan)
    assert store.load_plan(1) == plan
    again = store.save_plan(plan_to_json(plan))
    assert store.load_document(again.id) == plan_to_json(plan)


def test_what_a_plan_amounts_to_stands_in_columns(store: Store) -> None:
    store.save_plan(plan_of(1))
    (entry,) = store.history()
    assert (entry.date, entry.time_zone, entry.currency) == ("2026-05-12", "America/Santiago", "EUR")
    assert entry.cost == pytest.approx(10.0 + 0.6 + 0.7 + 0.073175)
    assert (entry.km, entry.orders, entry.served, entry.unassigned, entry.vehicles) == (6.0, 3, 2, 1, 1)
    assert (entry.violations, entry.kept_with_violations, entry.erased_utc) == (0, False, None)


def test_a_revision_stands_on_its_parent_with_its_edits_and_events(store: Store) -> None:
    first = store.save_plan(plan_of(1))
    edits = [Edit(kind="move", detail={"order": "o1", "to": ["v1", 2]}), Edit(kind="lock")]
    event = Event(kind="delay", at_s=39_600, detail={"vehicle": "v1", "minutes": 15.5, "why": "tráfico ☂"})
    second = store.save_plan(plan_of(2), parent=first.id, edit=edits, events=[event])
    assert second.revision == 2
    old, new = store.history()
    assert (old.newest, new.newest, new.parent, new.branch) == (False, True, first.id, False)
    assert (new.edits, new.events) == (("move", "lock"), ("delay",))
    story = store.story(second.id)
    assert story.edits == tuple(edits)
    assert story.events == (event,)
    assert store.story(first.id).edits == ()
    assert story.provenance["seed"] == 2
    assert story.provenance["inputs"] == {"fleet.toml": "2" * 64, "orders.csv": "1" * 64}


def test_U07_the_second_to_change_a_plan_is_told_who_was_first_and_loses_nothing(store: Store) -> None:
    first = store.save_plan(plan_of(1))
    anna = store.save_plan(plan_of(2), parent=first.id)
    later = store.save_plan(plan_of(3), parent=anna.id)
    with pytest.raises(Conflict) as conflict:
        store.save_plan(plan_of(4), parent=first.id, edit=Edit(kind="mine"))
    told = str(conflict.value)
    newest = store.story(later.id).entry
    assert code(conflict) == "E-S34"
    assert f"{newest.author} saved revision 3, @{later.id}, at {newest.saved_utc}" in told
    assert conflict.value.newest == later.id
    assert [entry.id for entry in store.history()] == [first.id, anna.id, later.id]

    beside = store.save_plan(plan_of(4), parent=first.id, branch=True, edit=Edit(kind="mine"))
    assert beside.revision == 2
    assert store.story(beside.id).entry.branch
    assert seed_of(store.load_plan(beside.id)) == 4
    on_branch = store.save_plan(plan_of(5), parent=beside.id)
    assert [entry.id for entry in store.history() if entry.newest] == [later.id, on_branch.id]


def test_a_plan_that_breaks_rules_is_kept_on_purpose_only_and_says_so_ever_after(store: Store) -> None:
    plan = broken(plan_of(1))
    with pytest.raises(StoreError) as refused:
        store.save_plan(plan)
    assert code(refused) == "E-S39"
    assert store.history() == []
    store.save_plan(plan, kept_with_violations=True)
    (entry,) = store.history()
    assert (entry.violations, entry.kept_with_violations) == (1, True)
    assert store.load_plan(entry.id).violations == plan.violations
    mended = store.save_plan(plan_of(2), parent=entry.id, kept_with_violations=True)
    assert not store.story(mended.id).entry.kept_with_violations


def test_a_parent_that_is_not_there_or_of_another_day_is_refused(store: Store) -> None:
    first = store.save_plan(plan_of(1))
    with pytest.raises(StoreError) as absent:
        store.save_plan(plan_of(2), parent=99)
    with pytest.raises(StoreError) as other_day:
        store.save_plan(plan_of(2, date="2026-05-13"), parent=first.id)
    with pytest.raises(StoreError) as unknown:
        store.load_plan(7)
    assert (code(absent), code(other_day), code(unknown)) == ("E-S35", "E-S37", "E-S35")
    assert len(store.history()) == 1


def test_the_history_of_a_day_is_that_of_its_date(store: Store) -> None:
    for seed, date in enumerate(("2026-05-13", "2026-05-12", "2026-05-13")):
        store.save_plan(plan_of(seed, date=date))
    assert [(entry.id, entry.date) for entry in store.history()] == [
        (2, "2026-05-12"),
        (1, "2026-05-13"),
        (3, "2026-05-13"),
    ]
    assert [entry.id for entry in store.history("2026-05-13")] == [1, 3]
    assert store.history("2026-05-14") == []


def test_an_order_that_is_the_same_in_two_plans_is_kept_once_and_a_changed_one_beside_it(store: Store) -> None:
    first = store.save_plan(plan_of(1))
    orders = store.load_plan(first.id).day.orders
    changed = replace(orders[0], notes="ring twice")
    second = store.save_plan(plan_of(2, orders=(changed, *orders[1:])), parent=first.id)
    assert [found.plans for found in store.find_customer("o1")] == [(first.id,), (second.id,)]
    assert [found.plans for found in store.find_customer("o2")] == [(first.id, second.id)]


@pytest.mark.parametrize("text", ["'); DROP TABLE plans; --", "ключ ☂ \U0001f6f5", "a\0b", '{"$": null}', "%s ? :id"])
def test_any_text_is_data(store: Store, text: str) -> None:
    order = make_order(text, address=text, notes=text)
    plan = plan_of(1, orders=(order, *plan_of(1).day.orders[:2]))
    saved = store.save_plan(plan, edit=Edit(kind=text, detail={text: text}), written=Written(run={text: text}))
    assert store.load_plan(saved.id) == plan
    assert store.story(saved.id).edits[0].detail == {text: text}
    assert store.check().problems == ()


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_D10_what_is_no_number_is_not_kept_as_one(store: Store, value: float) -> None:
    with pytest.raises(ValueError, match="JSON"):
        store.save_plan(plan_of(1), edit=Edit(kind="move", detail={"minutes": value}))
    assert store.history() == []


def test_a_plan_is_found_by_its_file_the_newest_of_equal_ones(store: Store) -> None:
    for seed in (1, 2, 1):
        store.save_plan(plan_of(seed))
    assert [store.find_plan(plan_to_json(plan_of(seed))) for seed in (1, 2, 3)] == [3, 2, None]


def test_two_stores_of_one_place_see_each_other(store: Store, url: str) -> None:
    saved = store.save_plan(plan_of(1))
    assert seed_of(open_store(url).load_plan(saved.id)) == 1
