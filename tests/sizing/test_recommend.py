"""Advice from sizes made by hand: nothing is routed here."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from planner.io.money import read_money
from planner.sizing.candidates import Cell
from planner.sizing.cells import Missed, Outcome
from planner.sizing.doubt import resample, tornado
from planner.sizing.money import DayUse, KindUse, YearCost
from planner.sizing.recommend import advise, frontier, knee_of
from planner.sizing.task import Found, Size, Task, size_of
from planner.solve.options import SolveOptions
from tests.sizing.factories import candidate, city, demand

TASK_DAYS = tuple(demand(n, 10) for n in range(4))


def task(service: float = 1.0, money: Path | None = None) -> Task:
    return Task(
        days=TASK_DAYS,
        candidates=(candidate("ami-cargo"),),
        streets=city(),
        plugs=(1, 2),
        service=service,
        money=read_money(money),
        options=SolveOptions(iterations=1),
        most_routed=1,
    )


def outcome(served: int, hours: tuple[float, ...], *, short_kwh: float = 0.0) -> Outcome:
    missed = (Missed(reason="fleet_full", orders=10 - served, example="o9", detail="a vehicle would help"),)
    return Outcome(
        used=Cell(counts=(len(hours),), plugs=1),
        use=DayUse(
            orders=10,
            served=served,
            parcels=served,
            energy_paid=1.0,
            energy_kwh=5.0,
            kinds={"ami-cargo": KindUse(hours=hours, overtime_h=0.0, km=50.0, kwh=5.0)},
        ),
        missed=missed if served < 10 else (),
        short_kwh=short_kwh,
        kw_by_hour=(0.0,) * 24,
        stopped_by="iterations",
        seconds=0.0,
    )


def sizes(of: Task) -> tuple[Size, ...]:
    """One vehicle fails on the last day, two serve all, three serve all for more money."""
    one = size_of(of, Cell(counts=(1,), plugs=1), [outcome(10, (8.0,))] * 3 + [outcome(6, (8.0,))])
    two = size_of(of, Cell(counts=(2,), plugs=1), [outcome(10, (8.0,))] * 3 + [outcome(10, (5.0, 5.0))])
    three = size_of(of, Cell(counts=(3,), plugs=1), [outcome(10, (8.0,))] * 3 + [outcome(10, (5.0, 5.0))])
    return one, two, three


def found(of: Task, best: int | None) -> Found:
    all_sizes = sizes(of)
    return Found(
        sizes=tuple(sorted(all_sizes, key=lambda size: size.year.cost.total)),
        best=None if best is None else all_sizes[best],
        given_up=0,
        never_routed=0,
        routed=0,
        known=0,
        complete=True,
    )


def test_three_sentences_tell_what_to_buy_and_what_one_less_would_lose() -> None:
    advice = advise(task(), found(task(), 1))
    assert advice is not None
    first, second, third = advice.sentences
    assert first.startswith("Take 2 ami-cargo, 1 plug: ")
    assert "100.0% of the orders of 4 routed days are served" in first
    # Another Ami: (6,490 - 1,622.50) / 6 + 5 % of 4,056.25 + 350 + 200 + 12 x 30
    assert second == (
        "The next best is 3 ami-cargo, 1 plug, 1,924 EUR a year dearer: "
        "1,014 more for vehicles and 360 more for parking."
    )
    # 4 orders on one of 4 days, 300 days a year
    assert third == (
        "With one ami-cargo less 300 orders a year stay behind; "
        "one ami-cargo more costs 1,924 EUR a year and serves no order more."
    )


def test_where_nothing_serves_enough_the_nearest_is_told_and_its_days() -> None:
    one = sizes(task())[0]
    advice = advise(task(), replace(found(task(), None), sizes=(one,)))
    assert advice is not None
    assert not advice.enough
    assert advice.sentences[0].startswith("No fleet that was tried serves 100%; the nearest is 1 ami-cargo, 1 plug")
    assert [(day.date, day.left_out) for day in advice.failing] == [("2026-03-13", 4)]
    assert advice.failing[0].why == "4 found no room: the vehicles are out 8.0 of 8.0 h"
    assert advice.sentences[1].startswith("It falls short on 1 day, worst on 2026-03-13 with 4 orders left out: ")
    assert advice.sentences[2] == "Needed: more or larger vehicles than were tried, or a longer shift."


def test_the_frontier_leaves_out_what_is_dearer_and_serves_no_more() -> None:
    one, two, three = sizes(task())
    # One vehicle is cheaper by 1,924 to own and 2,700 of wages, and dearer by 2,850 for couriers.
    assert frontier([three, two, one]) == (one, two)
    assert two.year.cost.total - one.year.cost.total == pytest.approx(1_774.0625)


def test_a_fleet_that_cannot_go_out_the_next_morning_is_on_no_frontier() -> None:
    one, two, _ = sizes(task())
    empty = size_of(task(), Cell(counts=(2,), plugs=1), [outcome(10, (2.0, 2.0), short_kwh=1.0)] * 4)
    assert empty.year.cost.own < two.year.cost.own
    assert frontier([empty, two, one]) == (one, two)


def test_what_is_known_beside_another_fleet_is_not_told_of_this_one() -> None:
    plug = Cell(counts=(2,), plugs=2)
    near = replace(found(task(), 1), partly={plug: (500.0, -200.0)})
    for of, said in ((Cell(counts=(2,), plugs=1), ["one plug more"]), (Cell(counts=(3,), plugs=1), [])):
        advice = advise(task(), replace(near, partly_of=of))
        assert advice is not None
        assert [step.said for step in advice.steps if "plug" in step.said] == said


def test_one_vehicle_less_that_failed_between_the_scouts_is_not_told_as_if_it_served_all() -> None:
    best = sizes(task())[1]
    less = Cell(counts=(1,), plugs=1)
    alone = replace(found(task(), 1), sizes=(best,), partly={less: (-90.0, 0.0)}, partly_of=best.cell)
    advice = advise(task(), alone)
    assert advice is not None
    assert advice.sentences[2] == "What one vehicle more or less would change was not looked at."


def test_the_knee_is_where_service_stops_being_cheap() -> None:
    def at(cost: float, served: float) -> Size:
        size = sizes(task())[0]
        year = replace(size.year, cost=replace(YearCost(), wages=cost), served=served, orders=100.0)
        return replace(size, year=year)

    poor, knee, rich = at(1_000, 60), at(1_200, 95), at(3_000, 100)
    assert knee_of((poor, knee, rich)) == knee
    assert knee_of((rich,)) == rich


def test_days_that_fit_one_vehicle_as_often_as_the_bad_day_is_not_drawn() -> None:
    drawn = resample(task(), sizes(task()), sizes(task())[1])
    shares = dict(drawn.shares)
    # The bad day is in no resample with a chance of (3/4)^4 = 0.316: then one vehicle is enough.
    assert shares[Cell(counts=(1,), plugs=1)] == pytest.approx(0.316, abs=0.04)
    assert shares[Cell(counts=(2,), plugs=1)] == pytest.approx(0.684, abs=0.04)
    assert drawn.none == 0
    # Two vehicles cost the same on three days and 2 h more on the fourth, which is drawn up to four times.
    low, high = drawn.interval
    assert low < sizes(task())[1].year.cost.total < high


def test_the_tornado_prices_again_what_was_routed() -> None:
    best = sizes(task())[1]
    swings = {swing.said: swing for swing in tornado(task(), sizes(task()), best)}
    wages = swings["wages 20 % lower or higher"]
    assert wages.high - wages.low == pytest.approx(0.4 * best.year.cost.wages)
    energy = swings["energy 30 % cheaper or dearer"]
    assert energy.high - energy.low == pytest.approx(0.6 * best.year.cost.energy)
    assert best.year.cost.energy == pytest.approx(300.0)  # 1.00 a day
    assert wages.low_cell == wages.high_cell == best.cell
    assert next(iter(swings)) == wages.said  # the widest comes first


def test_a_size_with_empty_batteries_in_the_morning_is_never_the_cheapest_of_a_resample() -> None:
    of = task()
    short = size_of(of, Cell(counts=(1,), plugs=1), [outcome(10, (1.0,), short_kwh=2.0)] * 4)
    assert not short.charged
    assert [cell for cell, _ in resample(of, [short, sizes(of)[1]], short).shares] == [Cell(counts=(2,), plugs=1)]
