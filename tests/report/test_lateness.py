"""Late stops wherever a plan is read: on the terminal, on the map page, in the table."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest

from planner.model import TimeWindow
from planner.plan import Plan
from planner.report.kpis import kpis
from planner.report.page_data import page_data
from planner.report.tables import stops_csv
from tests.factories import make_plan
from tests.report.test_summary import printed


def late_plan() -> Plan:
    """o2 is begun at 30,900 s, 125 s after the end of its window, which costs 1.25; 3.00 are paid without work."""
    plan = make_plan()
    orders = tuple(
        replace(o, windows=(TimeWindow(start_s=0, end_s=30_775),), late_max_s=300) if o.id == "o2" else o
        for o in plan.day.orders
    )
    (route,) = plan.routes
    routes = (replace(route, cost=replace(route.cost, lateness=1.25, minimum_pay=3.0)),)
    return replace(plan, day=replace(plan.day, orders=orders), routes=routes)


def test_the_summary_tells_late_stops_and_what_they_cost_where_there_are_any() -> None:
    text = printed(late_plan(), width=200)
    assert "1 stop, 2.1 min in all" in text
    assert "minimum pay 3.00, energy" in text
    assert "lateness 1.25" in text
    assert "late" not in printed(make_plan())
    assert kpis(late_plan()).cost.total == pytest.approx(kpis(make_plan()).cost.total + 4.25)


def test_the_map_page_says_at_the_stop_how_late_it_is() -> None:
    (vehicle,) = page_data(late_plan())["vehicles"]
    late = {step["id"]: [fact for fact in step["facts"] if "late" in fact] for step in vehicle["steps"]}
    assert late["o2"] == ["late 3 min"]
    assert late["o1"] == []
    assert page_data(late_plan())["kpis"][0][2] == "1 not planned, 1 late"


def test_the_table_of_stops_has_the_minutes() -> None:
    rows = csv.DictReader(io.StringIO(stops_csv(late_plan()), newline=""))
    assert {row["id"]: row["late_min"] for row in rows if row["type"] == "delivery"} == {"o1": "0.0", "o2": "2.1"}
