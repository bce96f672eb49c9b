"""stops.csv."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest

from planner.plan import Plan
from planner.report.tables import COLUMNS, stops_csv
from tests.factories import make_day, make_order, make_plan


def rows(plan: Plan) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(stops_csv(plan), newline="")))


def with_first_order(**overrides: str) -> Plan:
    """Return the plan with other texts in the order o1."""
    day = make_day()
    return make_plan(day=replace(day, orders=(make_order("o1", **overrides), *day.orders[1:])))


def test_a_row_per_step_in_route_order() -> None:
    kinds = [row["type"] for row in rows(make_plan())]
    assert kinds == ["start", "delivery", "reload", "charge", "delivery", "end"]
    assert [row["seq"] for row in rows(make_plan())] == ["1", "2", "3", "4", "5", "6"]


def test_the_second_delivery_reads_as_by_hand() -> None:
    row = rows(make_plan())[4]
    assert tuple(row) == COLUMNS
    assert (row["vehicle"], row["trip"], row["id"]) == ("v1", "2", "o2")
    assert (row["lat"], row["lon"]) == ("-29.952", "-71.342")
    assert row["arrival"] == "2026-05-12T08:31:00"
    assert (row["begin"], row["end"]) == ("2026-05-12T08:35:00", "2026-05-12T08:38:00")
    assert (row["wait_min"], row["km"], row["kwh"]) == ("4.0", "2.0", "0.1205")
    assert (row["soc_arrival_percent"], row["soc_end_percent"]) == ("96.9", "96.9")


def test_the_charge_names_its_plug_and_energy() -> None:
    row = rows(make_plan())[3]
    assert (row["plug"], row["charged_kwh"], row["load_kg"], row["load_l"]) == ("hub-1", "0.1", "40.0", "80.0")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "'="])
def test_X01_a_text_that_a_spreadsheet_would_run_gets_one_quote(start: str) -> None:
    hostile = f'{start}HYPERLINK("http://x")'
    row = rows(with_first_order(address=hostile, notes=hostile))[1]
    assert row["address"] == row["notes"] == f"'{hostile}"


def test_X01_numbers_and_plain_texts_stay_as_they_are() -> None:
    row = rows(with_first_order(address="'s-Gravenweg 1", notes="a=b"))[1]
    assert (row["address"], row["notes"]) == ("'s-Gravenweg 1", "a=b")
    assert float(row["lat"]) == -29.951


def test_commas_quotes_and_line_breaks_come_back() -> None:
    notes = 'ring "twice",\nthen wait'
    assert rows(with_first_order(notes=notes))[1]["notes"] == notes
