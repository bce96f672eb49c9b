"""XLSX files: typed cells, several sheets, formulas that are not run, archives that are refused by their sizes."""

from __future__ import annotations

import io
import re
import time
import zipfile
from collections.abc import Sequence
from datetime import date, datetime
from datetime import time as clock
from pathlib import Path

import openpyxl
import pytest

from planner.errors import InputError
from planner.io.importing.answers import Answers
from planner.io.importing.importer import Imported, import_orders

HEAD = ["Order ID", "Latitude", "Longitude", "Weight (kg)"]
ROW = ["A", 52.53, 13.38, 2.5]


def book(*rows: Sequence[object], sheet: str = "Orders") -> openpyxl.Workbook:
    made = openpyxl.Workbook()
    page = made.active
    assert page is not None
    page.title = sheet
    for row in rows:
        page.append(row)
    return made


def read(folder: Path, made: openpyxl.Workbook | bytes, answers: Answers | None = None) -> Imported:
    file = folder / "export.xlsx"
    if isinstance(made, bytes):
        file.write_bytes(made)
    else:
        made.save(file)
    return import_orders(file, answers or Answers())


def orders(found: Imported) -> str:
    return found.judged.orders_csv


def test_dates_times_and_numbers_are_read_by_the_type_of_their_cell(tmp_path: Path) -> None:
    made = book(
        [*HEAD, "Date", "Earliest", "Latest", "Phone"],
        [1049, 52.53, 13.38, 2.5, date(2024, 5, 1), clock(8, 0), datetime(2024, 5, 1, 12, 30), 4917612345678],
        ["0012", 52.54, 13.38, 3, date(2024, 5, 1), "9:15", None, None],
    )
    found = read(tmp_path, made)
    assert orders(found) == (
        "id,lat,lon,demand_kg,tw_start,tw_end,notes\n"
        "1049,52.53,13.38,2.5,08:00,12:30,4917612345678\n0012,52.54,13.38,3,09:15,,\n"
    )
    assert found.day == date(2024, 5, 1)


def test_numbers_stored_as_text_and_hidden_rows_are_read_like_the_others(tmp_path: Path) -> None:
    made = book(HEAD, ["A", "52.53", "13.38", "2.5"], ["B", 52.54, 13.38, 3])
    page = made["Orders"]
    page.row_dimensions[3].hidden = True
    found = read(tmp_path, made)
    assert found.judged.orders == 2
    assert any("1 hidden rows" in said for said in found.said)


def test_a_title_and_merged_cells_above_the_header_are_left_out(tmp_path: Path) -> None:
    made = book(["Deliveries of the week", None, None, None], [None, "Place", None, "Goods"], HEAD, ROW)
    made["Orders"].merge_cells("B2:C2")
    found = read(tmp_path, made)
    assert orders(found) == "id,lat,lon,demand_kg\nA,52.53,13.38,2.5\n"
    assert any("2 rows above the header" in said for said in found.said)


def test_a_formula_is_never_run_and_one_without_a_saved_value_rejects_its_row(tmp_path: Path) -> None:
    found = read(tmp_path, book(HEAD, ROW, ["B", 52.53, 13.38, "=1+1"], ["C", 52.53, 13.38, 1]))
    (fault,) = found.judged.report.faults
    assert (fault.code, fault.row) == ("E-O50", 3)
    assert "D3" in fault.message
    assert orders(found) == "id,lat,lon,demand_kg\nA,52.53,13.38,2.5\nC,52.53,13.38,1\n"


def test_the_saved_value_of_a_formula_is_read(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    book(HEAD, ["A", 52.53, 13.38, "=1+1"]).save(buffer)
    with zipfile.ZipFile(buffer) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    page = parts["xl/worksheets/sheet1.xml"]
    parts["xl/worksheets/sheet1.xml"] = re.sub(rb"<v\s*/>|<v></v>", b"<v>7</v>", page)
    saved = io.BytesIO()
    with zipfile.ZipFile(saved, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    assert orders(read(tmp_path, saved.getvalue())) == "id,lat,lon,demand_kg\nA,52.53,13.38,7\n"


def test_an_id_that_a_spreadsheet_has_rounded_is_rejected(tmp_path: Path) -> None:
    found = read(tmp_path, book(HEAD, [12345678901234567890, 52.53, 13.38, 1], ROW))
    assert [(fault.code, fault.row) for fault in found.judged.report.faults] == [("E-O49", 2)]


def test_of_several_sheets_the_one_with_orders_is_taken_and_said(tmp_path: Path) -> None:
    made = book(["Read me first"], ["Colours", "and shapes"], sheet="Notes")
    page = made.create_sheet("May")
    page.append(HEAD)
    page.append(ROW)
    found = read(tmp_path, made)
    assert found.judged.orders == 1
    assert any('sheet "May"' in said for said in found.said)


def test_between_two_sheets_of_orders_the_user_chooses(tmp_path: Path) -> None:
    made = book(HEAD, ROW, sheet="Monday")
    page = made.create_sheet("Tuesday")
    page.append(HEAD)
    page.append(["T", 52.53, 13.38, 1])
    with pytest.raises(InputError, match=r"E-O50.*--sheet.*Monday, Tuesday"):
        read(tmp_path, made)
    assert "T,52.53" in orders(read(tmp_path, made, Answers(sheet="Tuesday")))
    with pytest.raises(InputError, match="is no sheet"):
        read(tmp_path, made, Answers(sheet="Sunday"))


def bomb(size: int) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
            for _ in range(size // 10_000_000):
                part.write(b" " * 10_000_000)
    return buffer.getvalue()


def test_O48_a_small_archive_that_unpacks_to_a_flood_is_refused_by_its_sizes(tmp_path: Path) -> None:
    data = bomb(300_000_000)
    assert len(data) < 422_000
    begun = time.process_time()
    with pytest.raises(InputError, match="E-O48"):
        read(tmp_path, data)
    assert time.process_time() - begun < 1


def test_O48_an_archive_that_lies_about_its_sizes_is_not_unpacked_beyond_them(tmp_path: Path) -> None:
    data = bytearray(bomb(50_000_000))
    entry = data.rindex(b"PK\x01\x02")  # the directory's entry of the sheet, whose size is at 24
    data[entry + 24 : entry + 28] = (1_000).to_bytes(4, "little")
    with pytest.raises(InputError, match="E-O47"):
        read(tmp_path, bytes(data))


def test_two_cells_at_the_ends_of_a_sheet_do_not_fill_the_memory(tmp_path: Path) -> None:
    wide = book(HEAD, ROW)
    wide["Orders"]["XFD1048576"] = "far away"
    with pytest.raises(InputError, match="E-O25"):
        read(tmp_path, wide)
    deep = book(HEAD, ROW)
    deep["Orders"]["Z1048576"] = "far below"
    with pytest.raises(InputError, match="E-O24"):
        read(tmp_path, deep)


@pytest.mark.parametrize("data", [b"PK\x03\x04 and nothing more", b"PK\x03\x04" + bytes(200)])
def test_a_damaged_archive_is_refused(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(InputError, match="E-O47"):
        read(tmp_path, data)


def test_a_zip_of_other_files_is_refused(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("orders.csv", "id,lat,lon")
    with pytest.raises(InputError, match=r"E-O47.*no XLSX"):
        read(tmp_path, buffer.getvalue())
