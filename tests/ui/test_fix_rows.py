"""Bad rows as a table to mend them in."""

from __future__ import annotations

from pathlib import Path

from fix_rows import LINE, PROBLEM, REMEDY, cell_names, mended_csv, rows_to_fix, take_edits

from planner.io.orders import OrdersFile, read_orders
from tests.factories import DAY, ZONE
from tests.ui.conftest import three_bad_rows


def read(path: Path, text: str) -> OrdersFile:
    path.write_text(text, encoding="utf-8")
    return read_orders(path, day=DAY, zone=ZONE)


def test_three_bad_rows_are_shown_with_line_problem_remedy_and_the_cells_at_fault_first(tmp_path: Path) -> None:
    table = rows_to_fix(read(tmp_path / "orders.csv", three_bad_rows()), {})
    assert list(table)[:7] == [LINE, PROBLEM, REMEDY, "id", "lat", "demand_kg", "tw_start"]
    assert table[LINE] == [4, 8, 13]
    assert str(table[PROBLEM][0]).startswith('E-O07 lat "91.5" ')
    assert table["demand_kg"][1] == "five"


def test_mended_rows_are_read_and_the_other_rows_stay_as_they_were(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    found = read(path, three_bad_rows())
    fixes = take_edits(found, {}, {0: {"lat": "-29.95"}, 1: {"demand_kg": "5"}})
    fixes = take_edits(found, fixes, {2: {"tw_start": None}})
    again = read(path, mended_csv(path, fixes).decode())
    assert (len(again.orders), again.rejected) == (30, ())
    kept = {order.id: order for order in again.orders}
    assert all(kept[order.id] == order for order in found.orders)


def test_U06_an_edit_is_kept_when_the_table_is_shown_again(tmp_path: Path) -> None:
    found = read(tmp_path / "orders.csv", three_bad_rows())
    assert rows_to_fix(found, take_edits(found, {}, {1: {"demand_kg": "7"}}))["demand_kg"] == ["3.7", "7", "16.3"]


def test_a_row_with_a_cell_too_many_is_mended_by_emptying_it(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    found = read(path, "id,lat,lon,demand_kg\na,-29.95,-71.3,1\nb,-29.95,-71.3,1,9\nc,-29.95,-71.3,1\n")
    assert cell_names(found) == ["id", "lat", "lon", "demand_kg", "column 5"]
    fixes = take_edits(found, {}, {0: {"column 5": ""}})
    assert len(read(path, mended_csv(path, fixes).decode()).orders) == 3


def test_a_semicolon_file_with_a_column_named_like_ours_keeps_its_form(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    found = read(path, "id;lat;lon;demand_kg;line\na;-29.95;-71.3;x;1\nb;-29.95;-71.3;1;2\n")
    assert cell_names(found)[-1] == "column 5"
    text = mended_csv(path, take_edits(found, {}, {0: {"demand_kg": "3"}})).decode()
    assert text.splitlines() == ["id;lat;lon;demand_kg;line", "a;-29.95;-71.3;3;1", "b;-29.95;-71.3;1;2"]
