"""Files are written whole or not at all, and only our own folders are replaced."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from planner.errors import InputError
from planner.io.files import read_file, replace_folder, write_atomic, write_run
from planner.io.safe_csv import csv_text, safe_cell


def names(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


def fill(target: Path, **files: str) -> None:
    with replace_folder(target) as fresh:
        for name, text in files.items():
            (fresh / name.replace("_json", ".json").replace("_csv", ".csv")).write_text(text)


def test_G9_a_write_leaves_the_file_and_nothing_else(tmp_path: Path) -> None:
    write_atomic(tmp_path / "a.txt", "old")
    write_atomic(tmp_path / "a.txt", "new \u00fc")
    assert (tmp_path / "a.txt").read_bytes() == "new \u00fc".encode()
    assert names(tmp_path) == ["a.txt"]


def test_G9_a_write_that_fails_leaves_the_old_file(tmp_path: Path) -> None:
    write_atomic(tmp_path / "a.txt", "old")
    with pytest.raises(UnicodeEncodeError):
        write_atomic(tmp_path / "a.txt", "\ud800")
    assert (tmp_path / "a.txt").read_text() == "old"
    assert names(tmp_path) == ["a.txt"]


def test_a_folder_is_made_with_its_parents_and_replaced_whole(tmp_path: Path) -> None:
    target = tmp_path / "runs" / "demo"
    fill(target, plan_json="1", import_report_csv="1")
    fill(target, plan_json="2", run_json="2")
    assert names(target) == ["plan.json", "run.json"]
    assert (target / "plan.json").read_text() == "2"
    assert names(target.parent) == ["demo"]


def test_an_empty_folder_may_be_filled(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    fill(tmp_path / "out", plan_json="1")
    assert names(tmp_path / "out") == ["plan.json"]


@pytest.mark.parametrize("held", [["orders.csv"], ["plan.json", "notes.txt"], ["stops.csv"]])
def test_B07_a_folder_with_other_things_in_it_is_never_replaced(tmp_path: Path, held: list[str]) -> None:
    target = tmp_path / "out"
    target.mkdir()
    for name in held:
        (target / name).write_text("mine")
    with pytest.raises(InputError, match="E-B07"):
        fill(target, plan_json="1")
    assert names(target) == sorted(held)


def test_B07_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("mine")
    with pytest.raises(InputError, match="E-B07"):
        fill(tmp_path / "out", plan_json="1")


def test_a_block_that_fails_leaves_the_old_folder(tmp_path: Path) -> None:
    fill(tmp_path / "out", plan_json="old")

    def interrupted() -> None:
        with replace_folder(tmp_path / "out") as fresh:
            (fresh / "plan.json").write_text("half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert (tmp_path / "out" / "plan.json").read_text() == "old"
    assert names(tmp_path) == ["out"]


def test_a_new_kind_of_output_must_be_listed_before_it_is_written(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="OUTPUT_NAMES"):
        fill(tmp_path / "out", surprise="1")
    assert names(tmp_path) == []


def test_a_run_file_holds_what_differs_from_run_to_run(tmp_path: Path) -> None:
    start = datetime(2026, 5, 12, 6, 0, tzinfo=UTC)
    write_run(tmp_path / "run.json", {"start": start, "seconds": {"roads": 1.5}, "host": "x", "peak_mb": 300})
    assert json.loads((tmp_path / "run.json").read_text()) == {
        "start": "2026-05-12 06:00:00+00:00",
        "seconds": {"roads": 1.5},
        "host": "x",
        "peak_mb": 300,
    }


def test_O24_a_file_beyond_the_limit_is_refused_before_it_is_read(tmp_path: Path) -> None:
    (tmp_path / "big").write_bytes(b"12345")
    assert read_file(tmp_path / "big", max_bytes=5) == b"12345"
    with pytest.raises(InputError, match="E-O24") as refused:
        read_file(tmp_path / "big", max_bytes=4)
    assert [fault.code for fault in refused.value.faults] == ["E-O24"]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "\0x"])
def test_X01_text_that_starts_like_a_formula_is_prefixed_and_quoted(text: str) -> None:
    assert safe_cell(text) == f"'{text}"
    assert next(csv.reader(io.StringIO(csv_text([text], []), newline=""))) == [f"'{text}"]


def test_X01_numbers_stay_numbers_and_plain_text_stays_plain() -> None:
    assert (
        csv_text(["a", "b", "c", "d"], [["Hans-Peter", -1.5, 3, None]])
        == '"a","b","c","d"\r\n"Hans-Peter",-1.5,3,""\r\n'
    )
