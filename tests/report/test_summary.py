"""The terminal summary."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from rich.console import Console

from planner.model import Depot, Traffic
from planner.plan import Night, Plan, Reason, StepKind, Unassigned, Violation
from planner.report.summary import print_summary
from tests.factories import make_day, make_depot, make_order, make_plan, make_type, make_vehicle


def printed(plan: Plan, *, encoding: str = "utf-8", width: int = 80) -> str:
    raw = io.BytesIO()
    with io.TextIOWrapper(raw, encoding=encoding, errors="strict", write_through=True) as file:
        print_summary(plan, Console(file=file, width=width))
        return raw.getvalue().decode(encoding)


def test_totals_vehicles_reasons_and_verdict_are_there() -> None:
    text = printed(make_plan())
    assert "2 of 3 planned" in text
    assert "1 of 1 used, 2 trips, 1 reloads, 1 charges" in text
    assert "6.0 km in 0.2 h" in text
    assert "11.37 EUR, 5.69 per order" in text
    assert "lowest 95 %, v1 at hub" in text
    assert "08:00-08:42" in text
    assert "too heavy: 900 kg" in text
    assert text.rstrip().endswith("audited: 0 violations")


def test_what_is_charged_overnight_is_told_and_wear_where_it_is_counted() -> None:
    plain, worn = make_plan(), make_plan()
    route = worn.routes[0]
    worn = replace(worn, routes=(replace(route, cost=replace(route.cost, wear=0.55)),))
    assert "0.37 kWh used, 0.10 kWh charged on the way, 0.27 kWh overnight" in " ".join(printed(plain).split())
    assert "wear" not in printed(plain)
    assert "energy 0.07, wear 0.55)" in " ".join(printed(worn).split())


def test_the_hours_of_another_pace_are_told_where_there_are_any() -> None:
    plan = make_plan()
    spans = (Traffic(start_s=27_000, end_s=32_400, speed=0.7), Traffic(start_s=72_000, end_s=86_400, speed=1.15))
    text = " ".join(printed(replace(plan, day=replace(plan.day, traffic=spans))).split())
    assert "traffic 07:30-09:00 at 70 %, 20:00-00:00+1 at 115 % of the usual pace" in text
    assert "traffic" not in printed(plan)


@pytest.mark.parametrize(
    ("depot", "why"),
    [
        (make_depot(), "the night is too short for its plugs and power at hub"),
        (make_depot(plugs=()), "no plug at hub"),
    ],
)
def test_a_vehicle_without_its_start_charge_tomorrow_is_named_with_what_it_lacks(depot: Depot, why: str) -> None:
    plan = make_plan(day=make_day(depots=(depot,)))
    route = plan.routes[0]
    short = replace(plan, routes=(replace(route, night=Night(until_s=115_200, missing_wh=265.875)),))
    text = " ".join(printed(short).split())
    assert "1 without their start charge tomorrow" in text
    assert f"v1 266 Wh short at 08:00+1: {why}" in text
    assert "start charge" not in printed(plan)


def test_every_line_fits_80_columns_and_no_vehicle_loses_its_figures() -> None:
    vehicles = (make_vehicle("v1", type=make_type("Citroën Ami Cargo, the long name of a small vehicle")),)
    lines = printed(make_plan(day=make_day(vehicles=vehicles))).splitlines()
    assert max(len(line) for line in lines) <= 80
    assert any("08:00-08:42" in line and "95%" in line and "11.37" in line for line in lines)


def test_overtime_and_breaks_are_told_where_there_are_any() -> None:
    route = make_plan().routes[0]
    delivery = route.steps[1]
    rest = replace(delivery, kind=StepKind.BREAK, leg=None, arrival_s=delivery.end_s, begin_s=delivery.end_s)
    steps = (*route.steps[:2], replace(rest, end_s=rest.begin_s + 1_800), *route.steps[2:])
    text = printed(make_plan(routes=(replace(route, steps=steps, cost=replace(route.cost, overtime=2.5)),)), width=200)
    assert "breaks 0.5 h" in text
    assert "13.87 EUR" in text
    assert "time 0.70, overtime 2.50, energy 0.07" in text
    assert "overtime" not in printed(make_plan())


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252"])
def test_B17_a_terminal_that_is_not_utf8_shows_the_summary(encoding: str) -> None:
    plan = make_plan(
        day=make_day(orders=(make_order("наряд-1"), *make_plan().day.orders), currency="€"),
        unassigned=(Unassigned(order_id="наряд-1", reason=Reason.TOO_BIG, detail="日本 → " + "x" * 400),),
    )
    text = printed(plan, encoding=encoding)
    assert "too big" in text
    assert "audited: 0 violations" in text


def test_markup_and_control_characters_of_a_user_are_shown_not_obeyed() -> None:
    left_out = Unassigned(order_id="[red]x[/nope]\x1b[2J", reason=Reason.TOO_BIG, detail="a\naudited: 9")
    lines = printed(make_plan(unassigned=(left_out,)), width=120).splitlines()
    assert any(r"[red]x[/nope]" in line for line in lines)
    assert not any("\x1b" in line or line.startswith("audited: 9") for line in lines)


def test_violations_are_counted_and_listed() -> None:
    plan = replace(make_plan(), violations=(Violation(code="E-S26", where="v1", message="below the reserve"),))
    assert "audited: 1 violation\nE-S26 v1: below the reserve" in printed(plan)


def test_a_plan_without_routes_is_summed_up() -> None:
    assert "no vehicle drives" in printed(make_plan(routes=()))
