"""Whatever is saved, branched, taken back and forgotten: the history is that of a simple model."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planner.store.faults import Conflict
from planner.store.store import Store, open_store
from tests.factories import make_order
from tests.store.plans import plan_of, seed_of
from tests.store.server import Server

DATES = ("2026-05-12", "2026-05-13")
NAMES = ("Ana Rojas", "Bo Li Lund", "Cai Svensson")

step = st.one_of(
    st.tuples(st.just("save"), st.sampled_from(DATES), st.sets(st.sampled_from(NAMES))),
    st.tuples(st.just("revise"), st.integers(0, 9), st.sets(st.sampled_from(NAMES))),
    st.tuples(st.just("branch"), st.integers(0, 9), st.sets(st.sampled_from(NAMES))),
    st.tuples(st.just("forget"), st.sampled_from(NAMES), st.none()),
    st.tuples(st.just("prune"), st.sampled_from(DATES), st.none()),
)


@dataclass
class Known:
    """A plan as the model sees it."""

    seed: int
    date: str
    parent: int | None
    branch: bool
    revision: int
    names: set[str]
    erased: bool = False


@dataclass
class Model:
    """What ought to be in a store."""

    plans: dict[int, Known] = field(default_factory=dict)
    made: int = 0

    def has_next(self, plan_id: int) -> bool:
        return any(plan.parent == plan_id and not plan.branch for plan in self.plans.values())

    def add(self, date: str, names: set[str], parent: int | None = None, *, branch: bool = False) -> int:
        self.made += 1
        revision = 1 if parent is None else self.plans[parent].revision + 1
        self.plans[self.made] = Known(self.made, date, parent, branch, revision, set(names))
        return self.made

    def forget(self, name: str) -> list[int]:
        hit = [plan_id for plan_id, plan in self.plans.items() if name in plan.names]
        for plan_id in hit:
            self.plans[plan_id].names.discard(name)
            self.plans[plan_id].erased = True
        return hit

    def prune(self, before: str) -> int:
        old = [plan_id for plan_id, plan in self.plans.items() if plan.date < before]
        for plan_id in old:
            del self.plans[plan_id]
        return len(old)


def names_in(store: Store, plan_id: int) -> set[str]:
    told = store.load_document(plan_id).decode()
    return {name for name in NAMES if name in told}


def save(
    store: Store, seed: int, date: str, names: set[str], parent: int | None = None, *, branch: bool = False
) -> int:
    orders = [make_order(f"of {name}", address=f"at the house of {name}") for name in sorted(names)]
    plan = plan_of(seed, date=date)
    plan = replace(plan, day=replace(plan.day, orders=(*plan.day.orders, *orders)))
    return store.save_plan(plan, parent=parent, branch=branch).id


def act(store: Store, model: Model, kind: str, what: str | int, names: set[str] | None) -> None:
    """Do one step to both."""
    if kind == "save":
        assert save(store, model.made + 1, str(what), names or set()) == model.add(str(what), names or set())
    elif kind == "forget":
        assert list(store.forget(str(what)).plans) == model.forget(str(what))
    elif kind == "prune":
        assert store.prune(str(what))[1] == model.prune(str(what))
    elif model.plans:
        parent = sorted(model.plans)[int(what) % len(model.plans)]
        date, branch = model.plans[parent].date, kind == "branch"
        if not branch and model.has_next(parent):
            with pytest.raises(Conflict) as conflict:
                save(store, 999, date, names or set(), parent)
            assert conflict.value.newest in model.plans
            assert not model.has_next(conflict.value.newest)
            return
        saved = save(store, model.made + 1, date, names or set(), parent, branch=branch)
        assert saved == model.add(date, names or set(), parent, branch=branch)


def check(store: Store, model: Model) -> None:
    """Compare all that the store tells with the model."""
    told = {
        entry.id: Known(
            seed_of(store.load_plan(entry.id)),
            entry.date,
            entry.parent,
            entry.branch,
            entry.revision,
            names_in(store, entry.id),
            entry.erased_utc is not None,
        )
        for entry in store.history()
    }
    assert told == model.plans
    assert {entry.id for entry in store.history() if not entry.newest} == {
        plan_id for plan_id in model.plans if model.has_next(plan_id)
    }
    found = {plan_id for name in NAMES for order in store.find_customer(name) for plan_id in order.plans}
    assert found == {plan_id for plan_id, plan in model.plans.items() if plan.names}
    assert store.check().problems == ()


@settings(max_examples=25, deadline=None)
@given(steps=st.lists(step, max_size=12))
def test_any_sequence_gives_the_history_of_the_model_in_sqlite(
    steps: list[tuple[str, str | int, set[str] | None]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    run(open_store(tmp_path_factory.mktemp("sequence") / "plans.db"), steps)


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps=st.lists(step, min_size=4, max_size=12))
def test_any_sequence_gives_the_history_of_the_model_on_a_server(
    steps: list[tuple[str, str | int, set[str] | None]], server: Server
) -> None:
    run(open_store(server.new_database()), steps)


def run(store: Store, steps: list[tuple[str, str | int, set[str] | None]]) -> None:
    model = Model()
    for kind, what, names in steps:
        act(store, model, kind, what, names)
    check(store, model)


def test_the_model_tells_a_wrong_history(tmp_path: Path) -> None:
    store, model = open_store(tmp_path / "plans.db"), Model()
    act(store, model, "save", DATES[0], {NAMES[0]})
    model.plans[1].names.clear()
    with pytest.raises(AssertionError):
        check(store, model)
