"""The search against trying everything, by hand on small cases."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest

from planner.io.money import read_money
from planner.model import TimeWindow
from planner.sizing.candidates import Cell
from planner.sizing.cells import Outcome, ground_of, route
from planner.sizing.demand import DemandDay
from planner.sizing.ledger import Ledger
from planner.sizing.search import size_fleet
from planner.sizing.task import Found, Size, Task, neighbours, size_of
from planner.solve.options import SolveOptions
from tests.sizing.factories import candidate, city, demand

AMI, VAN = candidate("ami-cargo"), candidate("electric-van")
QUICK = SolveOptions(iterations=400)


def task_of(days: list[DemandDay], *, plugs: tuple[int, ...] = (1, 2), service: float = 1.0, most: int = 200) -> Task:
    return Task(
        days=tuple(days),
        candidates=(AMI, VAN),
        streets=city(),
        plugs=plugs,
        service=service,
        money=read_money(),
        options=QUICK,
        most_routed=most,
    )


def silent(done: int, most: int, doing: str) -> None:
    pass


def enumerated(task: Task, largest: int) -> Size:
    """Return the cheapest of all fleets up to a size, every day of every one of them routed."""
    grounds = [ground_of(day, task.candidates, task.streets) if day.day else None for day in task.days]
    sizes = []
    for plugs, *counts in product(task.plugs, *(range(largest + 1) for _ in task.candidates)):
        if not any(counts):
            continue
        cell = Cell(counts=tuple(counts), plugs=plugs)
        outcomes: list[Outcome | None] = [route(g, cell, task.options) if g else None for g in grounds]
        sizes.append(size_of(task, cell, outcomes))
    return min(
        (size for size in sizes if size.service >= task.service - 1e-9 and size.charged),
        key=lambda size: size.year.cost.total,
    )


@pytest.fixture(scope="module")
def small() -> Task:
    """A busy day of 14 stops of 45 minutes (10.5 h: two vehicles), a quiet one, and one without orders."""
    return task_of([demand(0, 14, minutes=45), demand(1, 5, weight=3.0), demand(2, 0)])


@pytest.fixture(scope="module")
def found(small: Task, tmp_path_factory: pytest.TempPathFactory) -> Found:
    return size_fleet(small, Ledger(tmp_path_factory.mktemp("size") / "routed.jsonl"), silent)


def test_what_is_recommended_leaves_no_vehicle_or_plug_to_be_bought_or_sold_at_a_gain(tmp_path: Path) -> None:
    task = task_of([demand(n, 4 + n, minutes=30) for n in range(8)], plugs=(1, 2))
    found = size_fleet(task, Ledger(tmp_path / "routed.jsonl"), silent)
    assert found.best is not None
    gains = [dearer for dearer, more in found.partly.values() if more >= 0]
    gains += [s.year.cost.total - found.best.year.cost.total for s in found.sizes if s.enough(task)]
    assert gains
    assert min(gains) >= 0


def test_the_search_finds_what_trying_everything_finds(small: Task, found: Found) -> None:
    everything = enumerated(small, 2)
    assert found.best is not None
    assert found.best.cell == everything.cell == Cell(counts=(2, 0), plugs=1)
    assert found.best.year.cost.total == pytest.approx(everything.year.cost.total, rel=0.01)
    assert found.complete
    assert found.routed <= 20  # everything took 2 days with 16 fleets each


def test_a_mix_is_found_where_no_kind_alone_is_best(tmp_path: Path) -> None:
    """One parcel of 600 l is for the van alone, and 14 stops of 45 minutes are too long a day for one."""
    day = demand(0, 14, minutes=45)
    assert day.day is not None
    large = replace(day.day.orders[0], volume_l=600.0)
    mixed = replace(day, day=replace(day.day, orders=(large, *day.day.orders[1:])))
    task = task_of([mixed])
    found = size_fleet(task, Ledger(tmp_path / "routed.jsonl"), silent)
    assert found.best is not None
    assert found.best.cell.counts == enumerated(task, 2).cell.counts == (1, 1)


def test_a_day_on_which_one_vehicle_is_enough_by_proof_may_need_many(tmp_path: Path) -> None:
    """Twelve stops of 20 minutes, all to begin from 12:00 to 12:25: no vehicle begins more than two of them."""
    day = demand(0, 12, minutes=20)
    assert day.day is not None
    noon = TimeWindow(start_s=12 * 3_600, end_s=12 * 3_600 + 1_500)
    rush = replace(day, day=replace(day.day, orders=tuple(replace(o, windows=(noon,)) for o in day.day.orders)))
    found = size_fleet(task_of([rush], most=120), Ledger(tmp_path / "routed.jsonl"), silent)
    assert found.best is not None
    assert found.best.cell.vehicles >= 6
    assert found.best.service == 1


def test_a_run_that_was_stopped_ends_where_it_would_have_ended(small: Task, found: Found, tmp_path: Path) -> None:
    def stopped(done: int, most: int, doing: str) -> None:
        if done == 7:
            raise KeyboardInterrupt

    file = tmp_path / "routed.jsonl"
    with pytest.raises(KeyboardInterrupt):
        size_fleet(small, Ledger(file), stopped)
    again = size_fleet(small, Ledger(file), silent)
    assert again.known > 0
    assert again.known + again.routed == found.routed
    assert [(size.cell, size.year) for size in again.sizes] == [(size.cell, size.year) for size in found.sizes]


def test_neighbours_of_the_best_were_looked_at_on_every_day(small: Task, found: Found) -> None:
    assert found.best is not None
    looked = {size.cell for size in found.sizes}
    assert set(neighbours(found.best.cell, small.plugs)) <= looked
    one = next(size for size in found.sizes if size.cell == Cell(counts=(1, 0), plugs=1))
    assert one.service < 1
    assert one.outcomes[0] is not None
    assert one.outcomes[0].missed
    assert one.outcomes[2] is None


def test_a_second_run_routes_nothing_and_says_the_same(small: Task, tmp_path: Path) -> None:
    tiny = task_of([demand(0, 3)], plugs=(1,))
    file = tmp_path / "routed.jsonl"
    first = size_fleet(tiny, Ledger(file), silent)
    with file.open("a") as cut_off:
        cut_off.write('{"key": "half a li')
    again = size_fleet(tiny, Ledger(file), silent)
    assert again.sizes == first.sizes
    assert (again.routed, again.known) == (0, first.routed)


def test_a_budget_of_routed_days_is_kept(tmp_path: Path) -> None:
    found = size_fleet(task_of([demand(0, 3)], plugs=(1,), most=1), Ledger(tmp_path / "routed.jsonl"), silent)
    assert found.routed == 1
    assert not found.complete
