"""Each sample file becomes the orders that are written beside it, and every row is accounted for."""

from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from planner.errors import InputError
from planner.io.importing.answers import Answers, checked
from planner.io.importing.importer import Imported, import_orders
from planner.io.importing.products import products
from planner.io.orders import read_orders
from tests.io.importing.oddities import SAMPLES as ODDITIES
from tests.io.importing.products import SAMPLES as PRODUCTS
from tests.io.importing.sample import Sample

SAMPLES = (*PRODUCTS, *ODDITIES)
ANY_DAY = date(2024, 5, 1)


def imported(sample: Sample, folder: Path) -> Imported:
    file = folder / "export.csv"
    file.write_bytes(sample.data)
    said: dict[str, Any] = dict(sample.said)
    if "day" in said:
        said["day"] = date.fromisoformat(said["day"])
    return import_orders(file, checked(Answers(**said)))


def cells(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_a_file_becomes_its_orders(sample: Sample, tmp_path: Path) -> None:
    found = imported(sample, tmp_path)
    judged, report = found.judged, found.judged.report
    assert cells(judged.orders_csv) == cells(sample.orders)
    assert {row.row for row in report.rejected} == set(sample.rejected)
    codes = {row: [fault.code for fault in report.faults if fault.row == row] for row in sample.rejected}
    assert {row: found[0] if found else "" for row, found in codes.items()} == sample.rejected
    assert [note.row for note in report.warnings if note.code == "E-O81"] == list(sample.merged)
    assert judged.accepted + judged.merged + judged.rejected == found.rows_read == report.rows_read
    assert all(fault.remedy for fault in report.faults)


@pytest.mark.parametrize("sample", [sample for sample in SAMPLES if sample.orders], ids=lambda sample: sample.name)
def test_what_is_written_is_read_by_planner_plan_without_a_fault(sample: Sample, tmp_path: Path) -> None:
    found = imported(sample, tmp_path)
    file = tmp_path / "orders.csv"
    file.write_text(found.judged.orders_csv, encoding="utf-8")
    read = read_orders(file, day=found.day or ANY_DAY, zone=ZoneInfo(found.zone or "UTC"))
    assert read.faults == ()
    assert len(read.orders) == found.judged.orders


@pytest.mark.parametrize("sample", [sample for sample in PRODUCTS if sample.product], ids=lambda sample: sample.name)
def test_a_tool_is_recognised_by_its_columns(sample: Sample, tmp_path: Path) -> None:
    said = " ".join(imported(sample, tmp_path).said)
    assert sample.product is not None
    assert products()[sample.product].title in said


def test_every_tool_that_is_known_has_a_sample() -> None:
    assert {sample.product for sample in PRODUCTS} >= set(products())
    assert len(SAMPLES) >= 40


def test_a_mapping_that_was_saved_reads_the_next_file_of_the_kind(tmp_path: Path) -> None:
    from planner.io.importing.answers import read_mapping

    for sample in SAMPLES:
        if sample.orders and "day" not in sample.said:
            first = imported(sample, tmp_path)
            (tmp_path / "mapping.json").write_text(first.mapping, encoding="utf-8")
            again = import_orders(tmp_path / "export.csv", read_mapping(tmp_path / "mapping.json"))
            assert again.judged.orders_csv == first.judged.orders_csv, sample.name


def test_a_file_of_which_no_row_is_left_gives_no_orders(tmp_path: Path) -> None:
    file = tmp_path / "export.csv"
    file.write_text("order no,address,weight\nA,Ring 7,1\nB,Ring 9,1\n")
    found = import_orders(file, Answers())
    assert (found.judged.orders, found.judged.rejected) == (0, 2)
    assert [fault.code for fault in found.judged.report.faults] == ["E-O70", "E-O70"]
    assert "coordinates" in found.judged.report.faults[0].message


def test_more_rows_than_a_day_can_have_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "export.csv"
    file.write_bytes(b"id,lat,lon,weight\n" + b"A,52.53,13.38,1\n" * 600_000)
    with pytest.raises(InputError, match="E-O24"):
        import_orders(file, Answers())
