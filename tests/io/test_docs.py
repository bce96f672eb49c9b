"""The pages on files name everything that the readers know."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from planner.io.fleet_schema import TABLES, FleetDocument
from planner.io.order_rows import COLUMNS
from planner.io.shapes import keys_of

ROOT = Path(__file__).parents[2]


def page(name: str) -> str:
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


def test_every_error_code_of_the_program_is_explained() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "planner").rglob("*.py"))
    explained = set(re.findall(r"E-[A-Z]\d\d", page("errors.md")))
    assert set(re.findall(r"E-[A-Z]\d\d", source)) - explained == set()


@pytest.mark.parametrize("column", COLUMNS)
def test_every_column_of_an_orders_file_is_explained(column: str) -> None:
    assert f"`{column}`" in page("orders.md")


@pytest.mark.parametrize("model", [FleetDocument, *TABLES.values()])
def test_every_key_of_a_fleet_file_is_explained(model: type[FleetDocument]) -> None:
    assert [key for key in keys_of(model) if key not in page("fleet.md")] == []
