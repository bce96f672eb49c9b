"""A day of two depots on the demo's real streets, from files to an audited plan; with drivers, one living away."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from planner.io.plan_file import read_plan, write_plan
from planner.model import Spot
from planner.pipeline import Inputs, plan_inputs
from planner.plan import Plan
from planner.report.tables import stops_csv
from planner.solve.options import SolveOptions
from tests.demo_files import demo_inputs, demo_rows

ORDERS = 15
FLEET = """
[[depots]]
id = "port"  # on Aníbal Pinto, Coquimbo
lat = -29.95300
lon = -71.33905
loading_min = 12
plugs = 1
plug_power_kw = 2.3

[types.small]
base = "ami-cargo"
licence = "AM"

[[vehicles]]
id = "ami"
count = 2
type = "small"
depot = "hub"
shift = "08:30-18:00"
start = { lat = -29.98220, lon = -71.33455 }
end = { lat = -29.98220, lon = -71.33455 }

[[vehicles]]
id = "paxster"
type = "paxster-cargo-l7e"
depot = "port"
shift = "08:30-18:00"

[[drivers]]
id = "ana"
shift = "08:30-16:00"
licences = ["AM"]

[[drivers]]
id = "ben"
shift = "09:00-18:00"
"""


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Inputs:
    """Return every tenth order of the demo, a third with goods at the port, the last at a depot that is none."""
    folder = tmp_path_factory.mktemp("two")
    rows = demo_rows()[::10][:ORDERS]
    depots = [("", "hub", "port")[n % 3] for n in range(len(rows) - 1)] + ["prot"]
    return demo_inputs(
        folder, vehicles=FLEET, rows=[row | {"depot": depot} for row, depot in zip(rows, depots, strict=True)]
    )


@pytest.fixture(scope="module")
def plan(inputs: Inputs) -> Plan:
    return plan_inputs(inputs, SolveOptions(iterations=150, seed=1))


def test_a_row_that_names_no_depot_of_the_fleet_is_left_out(inputs: Inputs) -> None:
    assert [(fault.code, fault.value) for fault in inputs.orders_file.faults] == [("E-O58", "prot")]


def test_the_plan_breaks_no_rule_and_keeps_goods_at_their_depot(plan: Plan) -> None:
    assert plan.violations == ()
    depot_of = {vehicle.id: vehicle.depot_id for vehicle in plan.day.vehicles}
    wanted = {order.id: order.depot_id for order in plan.day.orders}
    served = [(depot_of[r.vehicle_id], wanted[s.place_id]) for r in plan.routes for s in r.steps if s.serves]
    assert {("hub", "hub"), ("port", "port")} <= set(served)
    assert all(depot == wished for depot, wished in served if wished)


def test_only_who_has_the_licence_drives_and_goes_home_after_work(plan: Plan) -> None:
    driven = {route.vehicle_id: route.driver_id for route in plan.routes}
    assert driven == {next(id for id in driven if id.startswith("ami")): "ana", "paxster": "ben"}
    ami = next(route for route in plan.routes if route.driver_id == "ana")
    home = Spot(lat=-29.98220, lon=-71.33455)
    assert [Spot(lat=step.lat, lon=step.lon) for step in (ami.steps[0], ami.steps[-1])] == [home, home]


def test_file_and_table_name_the_driver(plan: Plan, tmp_path: Path) -> None:
    write_plan(plan, tmp_path / "plan.json")
    again = read_plan(tmp_path / "plan.json")
    assert again.routes == plan.routes
    assert again.day.drivers == plan.day.drivers
    assert {row["driver"] for row in csv.DictReader(io.StringIO(stops_csv(plan)))} == {"ana", "ben"}
