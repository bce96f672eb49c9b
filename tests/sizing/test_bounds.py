"""Bounds by hand, and that no routed plan ever does better than its bound."""

from __future__ import annotations

import math

import pytest

from planner.sizing.bounds import bounds_of
from planner.sizing.candidates import Cell
from planner.sizing.cells import ground_of, route
from planner.solve.options import SolveOptions
from tests.sizing.factories import candidate, city, demand

AMI = candidate("ami-cargo")  # 8 h, 400 l, 140 kg


def test_standing_at_doors_takes_so_many_shifts() -> None:
    # 30 stops of 48 minutes are 24 hours: three vehicles of 8 hours have no time left to drive.
    bounds = bounds_of(ground_of(demand(0, 30, minutes=48), [AMI], city()))
    assert bounds.most_served(Cell(counts=(3,), plugs=4)) < 30
    assert bounds.most_served(Cell(counts=(4,), plugs=4)) == 30
    assert bounds.most_served(Cell(counts=(1,), plugs=4)) == 9  # 10 of them are the whole shift
    assert bounds.most_served(Cell(counts=(0,), plugs=4)) == 0


def test_loading_for_every_trip_takes_so_many_shifts() -> None:
    # One parcel of 400 l fills the bay: 50 trips of 10 minutes at the dock are 8 h 20 without any drive.
    bounds = bounds_of(ground_of(demand(0, 50, volume_l=400, minutes=0), [AMI], city()))
    assert bounds.most_served(Cell(counts=(1,), plugs=4)) < 48
    assert bounds.most_served(Cell(counts=(1,), plugs=4)) >= math.floor(8 * 60 / (10 + 12))


def test_a_plug_gives_no_more_than_its_power_in_a_day_and_a_night() -> None:
    found = ground_of(demand(0, 60, minutes=1), [AMI], city())
    bounds = bounds_of(found)
    assert bounds.may_serve(60, Cell(counts=(20,), plugs=1))
    assert not bounds.may_serve(1, Cell(counts=(20,), plugs=0))  # what is driven today cannot be charged for tomorrow


@pytest.mark.parametrize(("orders", "volume_l", "minutes"), [(10, 390.0, 20.0), (12, 60.0, 40.0)])
def test_no_routed_plan_does_better_than_the_bound(orders: int, volume_l: float, minutes: float) -> None:
    both = [AMI, candidate("paxster-cargo-l7e", hours=(8, 15))]
    ground = ground_of(demand(0, orders, volume_l=volume_l, minutes=minutes), both, city())
    bounds = bounds_of(ground)
    for cell in (Cell(counts=(1, 0), plugs=1), Cell(counts=(1, 1), plugs=1), Cell(counts=(0, 2), plugs=2)):
        outcome = route(ground, cell, SolveOptions(iterations=150))
        if outcome.short_kwh == 0:
            assert outcome.use.served <= bounds.most_served(outcome.used) <= bounds.most_served(cell)
