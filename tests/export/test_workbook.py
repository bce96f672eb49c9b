"""The workbook, read back."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from typing import Any

import openpyxl

from planner.plan import Plan, StepKind
from planner.report.tables import COLUMNS
from tests.export import plans
from tests.export.conftest import made
from tests.factories import make_order, make_plan, make_vehicle


def book_of(plan: Plan) -> Any:
    return openpyxl.load_workbook(BytesIO(made(plan, "xlsx")["stops.xlsx"]))


def rows_of(plan: Plan, sheet: str) -> list[dict[str, Any]]:
    heads, *rows = book_of(plan)[sheet].iter_rows(values_only=True)
    return [dict(zip(heads, row, strict=True)) for row in rows]


def test_it_has_a_row_for_each_step_with_times_as_times_and_numbers_as_numbers() -> None:
    rows = rows_of(make_plan(), "Stops")
    assert tuple(rows[0]) == COLUMNS
    assert [row["type"] for row in rows] == ["start", "delivery", "reload", "charge", "delivery", "end"]
    second = rows[4]
    assert (second["id"], second["lat"], second["km"], second["wait_min"]) == ("o2", -29.952, 2, 4)
    assert second["arrival"] == datetime(2026, 5, 12, 8, 31)


def test_the_vehicles_tell_their_cost_in_the_plans_currency() -> None:
    (row,) = rows_of(make_plan(), "Vehicles")
    assert (row["vehicle"], row["trips"], row["stops"], row["km"]) == ("v1", 2, 2, 6)
    assert row["cost_total_EUR"] == 11.37
    assert "cost_total_CLP" in rows_of(plans.hostile(), "Vehicles")[0]


def test_an_order_left_out_is_there_with_its_reason() -> None:
    (row,) = rows_of(make_plan(), "Left out")
    assert (row["order"], row["reason"]) == ("o3", "too heavy")


def test_X02_no_text_becomes_a_formula_a_number_or_a_link() -> None:
    for sheet in book_of(plans.hostile()):
        for cell in (cell for row in sheet.iter_rows() for cell in row):
            assert cell.data_type != "f"
            assert cell.hyperlink is None
    rows = rows_of(plans.hostile(), "Stops")
    assert rows[1]["address"] == plans.HOSTILE[0]


def test_X03_an_id_of_digits_keeps_its_zeros() -> None:
    driving = plans.Driving(make_vehicle(), {"0012": make_order("0012")})
    driving.depot(StepKind.START)
    driving.serve("0012")
    driving.depot(StepKind.END)
    assert rows_of(plans.plan_of(driving), "Stops")[1]["id"] == "0012"


def test_the_same_plan_gives_the_same_bytes() -> None:
    assert made(make_plan(), "xlsx") == made(make_plan(), "xlsx")
