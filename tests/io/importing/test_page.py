"""The page on importing names what the importer knows."""

from __future__ import annotations

import json
import re
from dataclasses import fields
from pathlib import Path

import pytest
from typer.main import get_command

from planner.cli import app
from planner.io.importing.answers import Answers, field_names, read_mapping
from planner.io.importing.products import products

PAGE = (Path(__file__).parents[3] / "docs" / "import.md").read_text(encoding="utf-8")


def test_every_flag_is_explained() -> None:
    verb = get_command(app).commands["import"]  # type: ignore[attr-defined]
    flags = {flag for option in verb.params for flag in (*option.opts, *option.secondary_opts) if flag.startswith("--")}
    assert [flag for flag in sorted(flags - {"--output", "--help"}) if flag not in PAGE] == []


def test_every_key_of_a_mapping_is_explained() -> None:
    assert [entry.name for entry in fields(Answers) if f"{entry.name}" not in PAGE] == []


def test_every_field_is_named_here_or_on_the_page_of_orders() -> None:
    orders = (Path(__file__).parents[3] / "docs" / "orders.md").read_text(encoding="utf-8")
    names = [name for name in field_names() if name not in {"name", "x", "y", "tw2", "tw3"}]
    assert [name for name in names if f"`{name}" not in PAGE + orders] == []


@pytest.mark.parametrize("product", products().values(), ids=lambda product: product.name)
def test_every_tool_is_named(product: object) -> None:
    title = getattr(product, "title", "")
    assert title in " ".join(PAGE.split()) or "planner" in title


def test_the_mapping_on_the_page_is_one(tmp_path: Path) -> None:
    example = re.search(r"```json\n(.*?)```", PAGE, re.S)
    assert example
    (tmp_path / "m.json").write_text(example[1], encoding="utf-8")
    assert read_mapping(tmp_path / "m.json").columns == json.loads(example[1])["columns"]
