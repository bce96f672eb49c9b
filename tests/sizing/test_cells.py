"""What is kept of a routed day, by hand and on real streets."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from planner.catalogue import vehicle_type
from planner.demo import demo_folder
from planner.errors import InputError
from planner.io.fleet import read_fleet
from planner.io.money import read_money
from planner.model import TimeWindow
from planner.sizing.candidates import Candidate, Cell, candidates_of, day_with, fleet_of, refuse_unsized
from planner.sizing.cells import ground_of, measured, route
from planner.solve.options import SolveOptions
from tests.factories import make_day, make_plan, make_vehicle
from tests.sizing.factories import candidate, city, demand


def test_what_is_kept_of_a_plan_by_hand() -> None:
    plan = make_plan()
    vehicle = replace(plan.day.vehicles[0], id="v-1")
    plan = replace(
        plan,
        day=replace(plan.day, vehicles=(vehicle, make_vehicle("v-2"))),
        routes=(replace(plan.routes[0], vehicle_id="v-1"),),
    )
    outcome = measured(plan, [Candidate(name="v", vehicle=vehicle)])
    use = outcome.use.kinds["v"]
    assert outcome.used == Cell(counts=(1,), plugs=1)  # the day's charge and the night's follow each other
    assert (outcome.use.orders, outcome.use.served, outcome.use.parcels) == (3, 2, 2)
    assert (use.hours, use.overtime_h, use.km, use.kwh) == ((0.7,), 0.0, 6.0, 0.365875)
    assert outcome.use.energy_paid == pytest.approx(0.073175)
    assert [(missed.reason, missed.orders, missed.example) for missed in outcome.missed] == [("too_heavy", 1, "o3")]
    assert not outcome.whole
    # 100 Wh before 8:27, 265.875 Wh from 8:42 to 8:58
    assert sum(outcome.kw_by_hour) == pytest.approx(0.366, abs=0.002)
    assert [hour for hour, kw in enumerate(outcome.kw_by_hour) if kw] == [8]


def test_vehicles_that_differ_in_number_only_are_one_candidate() -> None:
    van = candidate("electric-van").vehicle
    fleet = (make_vehicle("ami-1"), make_vehicle("ami-2"), replace(van, id="van"))
    assert [found.name for found in candidates_of(make_day(vehicles=fleet), read_money())] == ["ami", "van"]
    two = (make_vehicle("ami-1"), make_vehicle("ami-2", reserve_soc=0.3))
    assert [found.name for found in candidates_of(make_day(vehicles=two), read_money())] == ["ami (1)", "ami (2)"]


def test_all_that_keeps_a_fleet_from_being_sized_is_told_at_once(tmp_path: Path) -> None:
    text = (demo_folder() / "fleet.toml").read_text(encoding="utf-8")
    text = text.replace("coquimbo.streets.npz", str(demo_folder() / "coquimbo.streets.npz"))
    other = "\n[[depots]]\nid = 'other'\nlat = -29.95\nlon = -71.34\nloading_min = 5\n"
    one = "\n[[vehicles]]\nid = 'far'\ntype = 'ami-cargo'\ndepot = 'other'\nshift = '08:00-17:00'\n"
    ben = "\n[[drivers]]\nid = 'ben'\nshift = '08:00-17:00'\n"
    (tmp_path / "fleet.toml").write_text(text + other + one + ben, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        refuse_unsized(read_fleet(tmp_path / "fleet.toml"), file="fleet.toml")
    assert [fault.code for fault in caught.value.faults] == ["E-Y17", "E-Y17"]
    assert "several depots" in caught.value.faults[0].message
    assert "drivers" in caught.value.faults[1].message


def test_a_cell_is_a_fleet_with_its_plugs_and_its_connection() -> None:
    found = demand(0, 1)
    assert found.day is not None
    both = [candidate(), candidate("electric-van")]
    cell = Cell(counts=(2, 1), plugs=3)
    day = day_with(found.day, both, cell)
    assert [vehicle.id for vehicle in day.vehicles] == ["ami-cargo-1", "ami-cargo-2", "electric-van-1"]
    assert [plug.power_w for plug in day.depots[0].plugs] == [2_300.0] * 3
    assert fleet_of(found.day, both, cell).connection_kw == pytest.approx(6.9)
    assert cell.told(both) == "2 ami-cargo + 1 electric-van, 3 plugs"
    assert Cell(counts=(2, 0), plugs=3).within(cell)
    assert not Cell(counts=(3, 0), plugs=3).within(cell)


def test_a_routed_day_says_which_part_of_the_fleet_it_needs() -> None:
    ground = ground_of(demand(0, 6), [candidate()], city())
    outcome = route(ground, Cell(counts=(3,), plugs=2), SolveOptions(iterations=200))
    assert outcome.whole
    assert outcome.used == Cell(counts=(1,), plugs=1)  # six orders of 5 minutes fit one vehicle
    assert outcome == replace(
        route(ground, Cell(counts=(3,), plugs=2), SolveOptions(iterations=200)), seconds=outcome.seconds
    )


def test_what_is_owned_is_used_where_it_saves_less_than_it_would_cost_to_hire() -> None:
    """Two stops at one door, 50 minutes apart: two tours of 40 minutes save ten of one that waits, about 1.50 EUR."""
    day = demand(0, 2)
    assert day.day is not None
    first = day.day.orders[0]
    wanted = [TimeWindow(start_s=at_s, end_s=at_s) for at_s in (10 * 3_600, 10 * 3_600 + 3_000)]
    orders = tuple(replace(first, id=f"o{n}", windows=(window,)) for n, window in enumerate(wanted))
    apart = replace(day, day=replace(day.day, orders=orders))
    owned = candidate()
    hired = Candidate(name=owned.name, vehicle=replace(owned.vehicle, type=vehicle_type("ami-cargo")))
    assert hired.vehicle.type.cost_per_day > 5
    for kind, vehicles in ((owned, 2), (hired, 1)):
        outcome = route(ground_of(apart, [kind], city()), Cell(counts=(2,), plugs=1), SolveOptions(iterations=200))
        assert outcome.whole
        assert outcome.used.vehicles == vehicles
