"""Reading orders: what is kept, what is rejected with which code, what refuses the whole file."""

from __future__ import annotations

import csv
import gzip
import io
import os
import zipfile
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from planner.errors import InputError
from planner.io.area import Area
from planner.io.import_report import write_import_report
from planner.io.orders import OrdersFile, read_orders
from planner.model import OrderKind, Priority, TimeWindow
from tests.factories import DAY, ZONE

BERLIN = ZoneInfo("Europe/Berlin")
SERENA = Area(west=-71.40, south=-30.05, east=-71.20, north=-29.85)
HEADER = "id,lat,lon,demand_kg"
GOOD = "A1,-29.95,-71.34,2.5"


def read(
    path: Path, content: str | bytes, *, day: date = DAY, zone: ZoneInfo = ZONE, area: Area | None = None
) -> OrdersFile:
    file = path / "orders.csv"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_orders(file, day=day, zone=zone, area=area)


def lines(*rows: str, header: str = HEADER) -> str:
    return "\n".join([header, *rows]) + "\n"


def one(path: Path, column: str, value: str, *, day: date = DAY, zone: ZoneInfo = ZONE) -> OrdersFile:
    """Read one order with one more column, or with another value in a required one."""
    cells = dict(zip(HEADER.split(","), GOOD.split(","), strict=True)) | {column: f'"{value}"'}
    return read(path, lines(",".join(cells.values()), header=",".join(cells)), day=day, zone=zone)


def windows(path: Path, cells: str, *, day: date = DAY, zone: ZoneInfo = ZONE) -> OrdersFile:
    return read(path, lines(f"{GOOD},{cells}", header=f"{HEADER},tw_start,tw_end"), day=day, zone=zone)


def codes(found: OrdersFile) -> list[str]:
    return [fault.code for fault in found.faults]


def refused(path: Path, content: str | bytes, *, area: Area | None = None) -> InputError:
    with pytest.raises(InputError) as caught:
        read(path, content, area=area)
    return caught.value


def test_a_full_row_becomes_an_order_with_every_value(tmp_path: Path) -> None:
    header = (
        f"{HEADER},volume_l,parcels,longest_cm,service_min,setup_min,tw_start,tw_end,tw2_start,tw2_end,"
        "priority,skills,vehicle_class,address,notes,type"
    )
    row = f'{GOOD},12.5,2,80,2.5,1,14:00,15:00,08:00,09:30,Must,cold; lift,L6e,"Calle 1, Serena", ring ,delivery'
    (order,) = read(tmp_path, lines(row, header=header)).orders
    assert (order.id, order.lat, order.lon, order.demand_kg, order.volume_l) == ("A1", -29.95, -71.34, 2.5, 12.5)
    assert (order.parcels, order.longest_cm, order.service_s, order.setup_s) == (2, 80.0, 150, 60)
    assert order.windows == (TimeWindow(start_s=28_800, end_s=34_200), TimeWindow(start_s=50_400, end_s=54_000))
    assert (order.priority, order.skills, order.vehicle_classes) == (Priority.MUST, ("cold", "lift"), ("L6e",))
    assert (order.address, order.notes) == ("Calle 1, Serena", " ring ")


def test_only_four_columns_are_needed(tmp_path: Path) -> None:
    (order,) = read(tmp_path, lines(GOOD)).orders
    assert (order.volume_l, order.service_s, order.setup_s, order.parcels) == (0.0, 180, 0, 1)
    assert (order.windows, order.priority) == ((), Priority.SHOULD)


@pytest.mark.parametrize("text", ["NA", "null", "None", "nan", "001", "0012", "01234", "1e5", "12E3", "true", "FALSE"])
def test_O01_O02_O03_O04_ids_stay_as_written(tmp_path: Path, text: str) -> None:
    assert one(tmp_path, "id", text).orders[0].id == text


def test_O05_a_blank_id_rejects_that_row_only(tmp_path: Path) -> None:
    found = read(tmp_path, lines("1,-29.95,-71.34,1", ",-29.95,-71.34,1", "3,-29.95,-71.34,1"))
    assert [order.id for order in found.orders] == ["1", "3"]
    assert (codes(found), found.rejected[0].row, found.rows_read) == (["E-O05"], 3, 3)


@pytest.mark.parametrize("again", ["A1", " A1 ", "a1"])
def test_O06_every_copy_of_an_id_is_rejected_and_every_line_named(tmp_path: Path, again: str) -> None:
    found = read(tmp_path, lines(GOOD, "B,-29.95,-71.34,1", f"{again},-29.9,-71.3,1"))
    assert [order.id for order in found.orders] == ["B"]
    assert codes(found) == ["E-O06", "E-O06"]
    assert all("lines 2, 4" in fault.message for fault in found.faults)


def test_O06_composed_and_decomposed_letters_are_the_same_id(tmp_path: Path) -> None:
    assert codes(read(tmp_path, lines("\u00e9,-29.95,-71.34,1", "e\u0301,-29.95,-71.34,1"))) == ["E-O06", "E-O06"]


@pytest.mark.parametrize(("column", "value"), [("lat", "91.20"), ("lat", "-90.1"), ("lon", "180.5")])
def test_O07_a_coordinate_off_the_globe_is_rejected_with_its_limit(tmp_path: Path, column: str, value: str) -> None:
    (fault,) = one(tmp_path, column, value).faults
    assert (fault.code, fault.row, fault.id, fault.column, fault.value) == ("E-O07", 2, "A1", column, value)
    assert ("90" if column == "lat" else "180") in fault.message


def test_O08_one_order_elsewhere_is_rejected_and_the_others_planned(tmp_path: Path) -> None:
    rows = [f"A{i},-29.95,-71.34,1" for i in range(9)]
    found = read(tmp_path, lines(*rows, "far,-33.45,-70.66,1", "turned,-71.34,-29.95,1"), area=SERENA)
    assert len(found.orders) == 9
    assert codes(found) == ["E-O08", "E-O08"]
    assert ["swapped" in fault.message for fault in found.faults] == [False, True]


def test_O08_an_order_within_five_kilometres_of_the_streets_is_kept(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        lines("in,-29.81,-71.34,1", "out,-29.80,-71.34,1", *(f"{i},-29.9,-71.3,1" for i in range(8))),
        area=SERENA,
    )
    assert [row.id for row in found.rejected] == ["out"]


@pytest.mark.parametrize("lon", ["-71.34", "139.7"])
def test_O08_swapped_columns_refuse_the_file(tmp_path: Path, lon: str) -> None:
    area = Area(west=float(lon) - 0.1, south=-30.05, east=float(lon) + 0.1, north=-29.85)
    error = refused(tmp_path, lines(*(f"A{i},{lon},-29.95,1" for i in range(5))), area=area)
    assert "E-O08" in str(error)
    assert "columns look swapped" in str(error)


def test_O08_orders_of_another_city_refuse_the_file_with_both_boxes(tmp_path: Path) -> None:
    error = refused(tmp_path, lines(*(f"A{i},41.15,-8.6{i},1" for i in range(5))), area=SERENA)
    assert "another city" in str(error)
    assert "41.150" in str(error)
    assert "-30.050" in str(error)


@pytest.mark.parametrize("place", ["0,0", "0.005,-0.009"])
def test_O09_null_island_is_rejected(tmp_path: Path, place: str) -> None:
    assert codes(read(tmp_path, lines(f"A1,{place},1"))) == ["E-O09"]


@pytest.mark.parametrize("value", ["NaN", "inf", "-Infinity", "1e400"])
def test_O10_what_is_not_finite_is_rejected(tmp_path: Path, value: str) -> None:
    assert codes(one(tmp_path, "demand_kg", value)) == ["E-O10"]


@pytest.mark.parametrize("value", ["52,5", "1,234", "1.234,5"])
def test_O11_a_comma_in_a_number_is_rejected_with_a_hint(tmp_path: Path, value: str) -> None:
    (fault,) = one(tmp_path, "demand_kg", value).faults
    assert fault.code == "E-O11"
    assert "point" in fault.remedy


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_O12_the_delimiter_is_taken_from_the_header(tmp_path: Path, delimiter: str) -> None:
    found = read(tmp_path, lines(GOOD, header=HEADER).replace(",", delimiter))
    assert (found.orders[0].demand_kg, found.delimiter) == (2.5, delimiter)


@pytest.mark.parametrize("mark", [b"\xef\xbb\xbf", b"\xef\xbb\xbf\xef\xbb\xbf"])
def test_O13_a_byte_order_mark_is_no_part_of_the_first_column(tmp_path: Path, mark: bytes) -> None:
    assert read(tmp_path, mark + lines(GOOD).encode()).orders[0].id == "A1"


def test_O13_other_encodings_are_refused_with_line_and_byte(tmp_path: Path) -> None:
    windows_1252 = lines("Stra\u00dfe,-29.95,-71.34,1").encode("cp1252")
    assert "line 2: byte 5 is not UTF-8; looks like Windows-1252" in str(refused(tmp_path, windows_1252))
    assert "UTF-16" in str(refused(tmp_path, lines(GOOD).encode("utf-16")))
    assert "UTF-16" in str(refused(tmp_path, lines(GOOD).encode("utf-16-le")))


@pytest.mark.parametrize("text", ["A\0B", "A\x1b[31m", "A\nB", "A\x07"])
def test_O14_O44_control_characters_in_an_id_are_rejected_and_shown_escaped(tmp_path: Path, text: str) -> None:
    found = one(tmp_path, "id", text)
    assert codes(found) == ["E-O14"]
    assert str(found.faults[0]).isprintable()


def test_O14_text_that_turns_its_reading_direction_is_kept_with_a_warning(tmp_path: Path) -> None:
    found = one(tmp_path, "id", "A\u202e1")
    assert found.orders[0].id == "A\u202e1"
    assert [warning.code for warning in found.warnings] == ["E-O14"]
    assert "\\u202e" in str(found.warnings[0])


@pytest.mark.parametrize("value", ["\u0661\u0662", "\uff11\uff12", "1_000", "0x1A", "2.5 kg", "--1"])
def test_O15_numbers_are_plain_decimals_only(tmp_path: Path, value: str) -> None:
    assert codes(one(tmp_path, "demand_kg", value)) == ["E-O15"]


def test_O16_an_unclosed_quote_is_refused_with_its_line(tmp_path: Path) -> None:
    error = refused(tmp_path, lines(GOOD, '"A2,-29.95,-71.34,1', "A3,-29.95,-71.34,1", "A4,-29.95,-71.34,1"))
    assert (error.faults[0].code, error.faults[0].row) == ("E-O16", 3)


def test_O16_an_unclosed_quote_that_a_later_quote_closes_is_refused_too(tmp_path: Path) -> None:
    many = [f"B{i},-29.95,-71.34,1" for i in range(8)]
    error = refused(tmp_path, lines('"A2,-29.95,-71.34,1', *many, 'A4",-29.95,-71.34,1'))
    assert (error.faults[0].code, error.faults[0].row) == ("E-O16", 2)


def test_O17_a_comma_at_the_end_of_every_row_refuses_the_file(tmp_path: Path) -> None:
    assert "rows have 5 fields, the header 4" in str(refused(tmp_path, lines(f"{GOOD},", "B,1,1,1,")))


def test_O18_single_rows_of_another_width_are_rejected(tmp_path: Path) -> None:
    found = read(tmp_path, lines(GOOD, "B,1,1,1,1", "C,1,1", "D,-29.9,-71.3,1", "E,-29.9,-71.3,1"))
    assert [order.id for order in found.orders] == ["A1", "D", "E"]
    assert codes(found) == ["E-O18", "E-O18"]
    assert "5 fields, the header has 4" in found.faults[0].message


def test_O19_a_column_given_twice_refuses_the_file(tmp_path: Path) -> None:
    assert "E-O19" in str(refused(tmp_path, lines("A,1,1,1,1", header="id,lat,LAT,lon,demand_kg")))


def test_O19_case_and_spaces_in_the_header_do_not_matter_and_are_noted(tmp_path: Path) -> None:
    found = read(tmp_path, lines(GOOD, header=" ID ,Lat,LON,Demand KG"))
    assert found.columns == ("id", "lat", "lon", "demand_kg")
    assert [note.code for note in found.warnings] == ["E-O19"] * 4


def test_O20_an_unknown_column_is_ignored_with_the_nearest_name(tmp_path: Path) -> None:
    found = read(tmp_path, lines(f"{GOOD},5", header=f"{HEADER},servcie_min"))
    assert 'did you mean "service_min"' in found.warnings[0].message
    assert found.orders[0].service_s == 180


def test_O20_all_missing_columns_are_named_at_once(tmp_path: Path) -> None:
    error = refused(tmp_path, lines("A,1", header="id,latt"))
    assert [fault.column for fault in error.faults] == ["lat", "lon", "demand_kg"]
    assert 'is "latt" meant?' in error.faults[0].message


@pytest.mark.parametrize("content", ["", "\n\n", f"{HEADER}\n", f"{HEADER}\n\n,,,\n"])
def test_O21_a_file_without_orders_is_refused(tmp_path: Path, content: str) -> None:
    assert "E-O21" in str(refused(tmp_path, content))


@pytest.mark.parametrize("end", ["\r", "\r\n", "\n"])
def test_O22_line_ends_of_any_kind_and_line_numbers_right(tmp_path: Path, end: str) -> None:
    text = f'{HEADER},notes{end}{end}A1,-29.95,-71.34,1,"two{end}lines"{end}A2,-29.95,-71.34,-1,'
    found = read(tmp_path, text)
    assert (found.orders[0].notes, found.faults[0].row) == (f"two{end}lines", 5)


def test_O25_a_huge_field_and_too_many_columns_are_refused(tmp_path: Path) -> None:
    assert "E-O25" in str(refused(tmp_path, lines(f"{'x' * 70_000},1,1,1")))
    assert "E-O25" in str(refused(tmp_path, lines(f"{'x' * 10_000_000},1,1,1")))
    assert "E-O25" in str(refused(tmp_path, lines(GOOD, header=HEADER + ",x" * 100_000)))


@pytest.mark.parametrize("column", ["demand_kg", "volume_l", "parcels", "longest_cm"])
def test_O26_negative_amounts_are_rejected(tmp_path: Path, column: str) -> None:
    assert codes(one(tmp_path, column, "-1")) == ["E-O26"]


def test_O27_a_visit_without_load_is_kept_with_a_warning(tmp_path: Path) -> None:
    found = one(tmp_path, "demand_kg", "0")
    assert len(found.orders) == 1
    assert [warning.code for warning in found.warnings] == ["E-O27"]


def test_O28_fractions_are_never_cut(tmp_path: Path) -> None:
    assert one(tmp_path, "demand_kg", "0.1").orders[0].demand_kg == 0.1
    assert one(tmp_path, "service_min", "0.001").orders[0].service_s == 1
    assert codes(one(tmp_path, "parcels", "2.5")) == ["E-O28"]


def test_O29_an_absurd_demand_is_rejected(tmp_path: Path) -> None:
    assert codes(one(tmp_path, "demand_kg", "1000000000000000000")) == ["E-O29"]


def test_O30_O31_a_window_that_ends_before_it_starts_shows_both_readings(tmp_path: Path) -> None:
    (fault,) = windows(tmp_path, "22:00,02:00").faults
    assert (fault.code, fault.column, fault.value) == ("E-O30", "tw_end", "02:00")
    assert "swapped" in fault.message
    assert "2026-05-13T02:00" in fault.remedy


def test_O31_a_window_past_midnight_is_written_with_its_date(tmp_path: Path) -> None:
    assert windows(tmp_path, "22:00,2026-05-13T02:00").orders[0].windows == (TimeWindow(start_s=79_200, end_s=93_600),)


def test_O31_a_window_on_another_date_is_rejected(tmp_path: Path) -> None:
    assert codes(windows(tmp_path, "2026-05-01T08:00,2026-05-01T09:00")) == ["E-O31"]
    assert codes(windows(tmp_path, "2026-06-01T08:00,")) == ["E-O31"]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ("08:00,", (28_800, 86_400)),
        (",12:00", (0, 43_200)),
        ("00:00,24:00", (0, 86_400)),
        ("8:30,08:30:30", (30_600, 30_630)),
    ],
)
def test_a_side_of_a_window_left_empty_is_open(tmp_path: Path, cells: str, expected: tuple[int, int]) -> None:
    assert windows(tmp_path, cells).orders[0].windows == (TimeWindow(start_s=expected[0], end_s=expected[1]),)


def test_windows_that_overlap_are_one(tmp_path: Path) -> None:
    found = read(
        tmp_path, lines(f"{GOOD},10:00,12:00,08:00,11:00", header=f"{HEADER},tw_start,tw_end,tw2_start,tw2_end")
    )
    assert found.orders[0].windows == (TimeWindow(start_s=28_800, end_s=43_200),)


@pytest.mark.parametrize("text", ["25:10", "24:01", "8:5", "8.30", "08:30 PM", "08:60", "noon"])
def test_O32_what_is_no_time_of_day_is_rejected(tmp_path: Path, text: str) -> None:
    assert codes(windows(tmp_path, f"{text},")) == ["E-O32"]


@pytest.mark.parametrize("text", ["03/04/2026", "3.4.2026 08:00", "2026-05-12"])
def test_O33_ambiguous_dates_are_rejected(tmp_path: Path, text: str) -> None:
    assert codes(windows(tmp_path, f"{text},")) == ["E-O33"]


def test_O34_a_time_that_the_clock_change_skips_is_rejected(tmp_path: Path) -> None:
    assert codes(windows(tmp_path, "02:30,", day=date(2026, 3, 29), zone=BERLIN)) == ["E-O34"]


def test_O35_a_time_that_happens_twice_needs_its_offset(tmp_path: Path) -> None:
    october = date(2026, 10, 25)
    assert codes(windows(tmp_path, "02:30,", day=october, zone=BERLIN)) == ["E-O35"]
    found = windows(tmp_path, "2026-10-25T02:30+01:00,", day=october, zone=BERLIN)
    assert found.orders[0].windows == (TimeWindow(start_s=3 * 3_600 + 1_800, end_s=25 * 3_600),)


def test_O36_times_after_a_clock_change_are_elapsed_seconds(tmp_path: Path) -> None:
    for day, hours in ((date(2026, 3, 29), 7), (date(2026, 10, 25), 9), (date(2026, 5, 12), 8)):
        assert windows(tmp_path, "08:00,", day=day, zone=BERLIN).orders[0].windows[0].start_s == hours * 3_600


def test_O36_a_day_whose_midnight_is_skipped_still_starts_at_zero(tmp_path: Path) -> None:
    found = windows(tmp_path, "00:00,24:00", day=date(2026, 9, 6))  # Chile puts the clock forward at midnight
    assert found.orders[0].windows == (TimeWindow(start_s=0, end_s=23 * 3_600),)


def test_offsets_are_converted_to_the_day_of_the_plan(tmp_path: Path) -> None:
    assert windows(tmp_path, "2026-05-12T12:00Z,").orders[0].windows[0].start_s == 8 * 3_600


@pytest.mark.parametrize("column", ["service_min", "setup_min"])
def test_O39_negative_minutes_are_rejected_and_zero_is_fine(tmp_path: Path, column: str) -> None:
    assert codes(one(tmp_path, column, "-1")) == ["E-O39"]
    assert len(one(tmp_path, column, "0").orders) == 1


def test_O40_O41_orders_at_one_place_are_legal(tmp_path: Path) -> None:
    assert len(read(tmp_path, lines(GOOD, GOOD.replace("A1", "A2"))).orders) == 2


@pytest.mark.parametrize("text", ["=HYPERLINK(1)", "+49 30", "-x", "@x", "\tx", "\rx"])
def test_O42_text_that_looks_like_a_formula_is_kept_verbatim(tmp_path: Path, text: str) -> None:
    assert one(tmp_path, "notes", text).orders[0].notes == text


def test_O46_only_regular_files_are_read(tmp_path: Path) -> None:
    fifo = tmp_path / "pipe"
    os.mkfifo(fifo)
    for path in (Path("https://example.org/orders.csv"), Path("/dev/zero"), fifo, tmp_path, tmp_path / "absent.csv"):
        with pytest.raises(InputError, match="E-O46"):
            read_orders(path, day=DAY, zone=ZONE)


def test_O47_other_formats_named_csv_are_recognised(tmp_path: Path) -> None:
    book = io.BytesIO()
    with zipfile.ZipFile(book, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    assert "this is an XLSX file" in str(refused(tmp_path, book.getvalue()))
    assert "this is a gzip file" in str(refused(tmp_path, gzip.compress(lines(GOOD).encode())))
    assert "this is an HTML" in str(refused(tmp_path, "<!DOCTYPE html><html></html>"))


def test_O51_a_required_column_without_any_value_refuses_the_file(tmp_path: Path) -> None:
    error = refused(tmp_path, lines("A,,-71.34,", "B,,-71.34,"))
    assert [(fault.code, fault.column) for fault in error.faults] == [("E-O51", "lat"), ("E-O51", "demand_kg")]


def test_a_required_value_missing_in_one_row_rejects_that_row(tmp_path: Path) -> None:
    assert codes(read(tmp_path, lines(GOOD, "B,,-71.34,1"))) == ["E-O56"]


def test_a_pickup_a_group_and_a_release_are_read_and_nothing_is_the_plain_delivery(tmp_path: Path) -> None:
    (pickup,) = one(tmp_path, "type", " Pickup").orders
    (grouped,) = one(tmp_path, "group", " g1 ").orders
    (released,) = one(tmp_path, "release", "09:30").orders
    (plain,) = one(tmp_path, "release", "").orders
    assert (pickup.kind, grouped.group, released.release_s) == (OrderKind.PICKUP, "g1", 34_200)
    assert (plain.kind, plain.group, plain.release_s) == (OrderKind.DELIVERY, "", 0)


def test_goods_of_the_day_before_are_there_and_those_of_days_to_come_are_a_fault(tmp_path: Path) -> None:
    assert one(tmp_path, "release", "2026-05-11T18:00").orders[0].release_s == 0
    assert codes(one(tmp_path, "release", "2026-05-15T08:00")) == ["E-O31"]


def test_a_release_after_the_last_window_is_rejected(tmp_path: Path) -> None:
    header = "id,lat,lon,demand_kg,tw_start,tw_end,release\n"
    found = read(tmp_path, header + "A,-29.95,-71.34,1,09:00,10:00,10:00\nB,-29.95,-71.34,1,09:00,10:00,10:01\n")
    assert [order.id for order in found.orders] == ["A"]
    assert codes(found) == ["E-O57"]


def test_an_order_may_be_late_at_its_own_price_or_at_that_of_the_fleet(tmp_path: Path) -> None:
    header = "id,lat,lon,demand_kg,tw_end,late_max_min,late_cost_per_min\n"
    rows = "A,-29.95,-71.34,1,10:00,15,0.40\nB,-29.95,-71.34,1,10:00,7.5,\nC,-29.95,-71.34,1,10:00,,0.40\n"
    path = tmp_path / "orders.csv"
    path.write_text(header + rows)
    found = read_orders(path, day=DAY, zone=ZONE, late_cost_per_min=0.25)
    lateness = [(order.id, order.late_max_s, order.late_cost_per_min) for order in found.orders]
    assert lateness == [("A", 900, 0.4), ("B", 450, 0.25), ("C", 0, 0.0)]


def test_lateness_without_a_price_is_rejected_with_the_places_where_one_can_stand(tmp_path: Path) -> None:
    (fault,) = one(tmp_path, "late_max_min", "10").faults
    assert (fault.code, fault.column) == ("E-O59", "late_max_min")
    assert "late_cost_per_min" in fault.remedy
    assert "[lateness]" in fault.remedy


@pytest.mark.parametrize(
    ("late_max_min", "price", "expected"),
    [
        ("-5", "1", ["E-O39"]),
        ("5", "-1", ["E-O26"]),
        ("721", "1", ["E-O29"]),
        ("5", "50001", ["E-O29"]),
        ("721", "50001", ["E-O29", "E-O29"]),
        ("five", "dear", ["E-O15", "E-O15"]),
    ],
)
def test_lateness_that_can_not_be_meant_is_rejected(
    tmp_path: Path, late_max_min: str, price: str, expected: list[str]
) -> None:
    header = f"{HEADER},late_max_min,late_cost_per_min"
    assert codes(read(tmp_path, lines(f"{GOOD},{late_max_min},{price}", header=header))) == expected


def test_goods_may_come_after_the_last_window_where_the_order_may_be_late(tmp_path: Path) -> None:
    header = "id,lat,lon,demand_kg,tw_end,release,late_max_min,late_cost_per_min\n"
    found = read(tmp_path, header + "A,-29.95,-71.34,1,10:00,10:15,15,1\nB,-29.95,-71.34,1,10:00,10:16,15,1\n")
    assert [order.id for order in found.orders] == ["A"]
    assert codes(found) == ["E-O57"]


def test_a_pickup_has_no_release(tmp_path: Path) -> None:
    found = read(tmp_path, "id,lat,lon,demand_kg,type,release\nA,-29.95,-71.34,1,pickup,09:00\n")
    assert [(fault.code, fault.column) for fault in found.faults] == [("E-O55", "release")]


@pytest.mark.parametrize(("column", "value"), [("priority", "high"), ("type", "gift")])
def test_unknown_words_are_rejected(tmp_path: Path, column: str, value: str) -> None:
    assert codes(one(tmp_path, column, value)) == ["E-O54"]


def test_every_fault_of_a_row_is_reported_and_every_row_is_counted(tmp_path: Path) -> None:
    found = read(tmp_path, lines(GOOD, "B,95,-71.34,-2"))
    assert codes(found) == ["E-O07", "E-O26"]
    assert found.rows_read == len(found.orders) + len(found.rejected) == 2


def test_X01_the_import_report_names_row_column_code_value_and_remedy_and_runs_no_formula(tmp_path: Path) -> None:
    found = read(tmp_path, lines(GOOD, "=cmd(),95,-71.34,-2", "C,-29.95,-71.34,0"))
    write_import_report(tmp_path / "import_report.csv", found)
    with (tmp_path / "import_report.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [(row["row"], row["column"], row["code"], row["value"], row["result"]) for row in rows] == [
        ("3", "lat", "E-O07", "95", "rejected"),
        ("3", "demand_kg", "E-O26", "'-2", "rejected"),
        ("4", "demand_kg", "E-O27", "0", "kept"),
    ]
    assert rows[0]["id"] == "'=cmd()"
    assert rows[0]["original"] == "'=cmd(),95,-71.34,-2"
    assert all(row["suggestion"] for row in rows)


def test_an_order_may_name_the_depot_of_its_goods(tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    file.write_text(
        lines(f"{GOOD},port", "A2,-29.95,-71.34,2.5,", "A3,-29.95,-71.34,2.5,prot", header=f"{HEADER},depot")
    )
    found = read_orders(file, day=DAY, zone=ZONE, depots=["port", "airport"])
    assert [(order.id, order.depot_id) for order in found.orders] == [("A1", "port"), ("A2", "")]
    (fault,) = found.faults
    assert (fault.code, fault.row, fault.column, fault.value) == ("E-O58", 4, "depot", "prot")
    assert 'did you mean "port"?' in fault.message


PAIRS = f"{HEADER},volume_l,parcels,type,pair,tw_start,tw_end,release,group"
FETCHED = "A,-29.95,-71.34,2.5,10,3,pickup,p,,,,"
BROUGHT = "B,-29.96,-71.33,2.50,,,delivery, p ,,,,"


def paired(path: Path, *rows: str) -> OrdersFile:
    return read(path, lines(*rows, header=PAIRS))


def test_two_rows_of_one_pair_are_read_with_the_goods_of_either(tmp_path: Path) -> None:
    fetched, other, brought = paired(tmp_path, FETCHED, "C,-29.95,-71.34,1,,,,,,,,", BROUGHT).orders
    assert (fetched.pair, brought.pair, other.pair) == ("p", "p", "")
    assert (brought.demand_kg, brought.volume_l, brought.parcels) == (2.5, 10.0, 3)
    assert (fetched.kind, brought.kind) == (OrderKind.PICKUP, OrderKind.DELIVERY)
    without = paired(tmp_path, FETCHED.replace("2.5", ""), BROUGHT)
    assert [order.demand_kg for order in without.orders] == [2.5, 2.5]
    assert without.warnings == ()


@pytest.mark.parametrize(
    ("rows", "code", "column"),
    [
        ([FETCHED], "E-O60", "pair"),
        ([FETCHED, BROUGHT, BROUGHT.replace("B", "C")], "E-O60", "pair"),
        ([FETCHED, BROUGHT.replace("delivery", "pickup")], "E-O60", "type"),
        ([FETCHED.replace("pickup", ""), BROUGHT], "E-O60", "type"),
        ([FETCHED, BROUGHT.replace("2.50", "2.51")], "E-O61", "demand_kg"),
        ([FETCHED, BROUGHT.replace(",,,delivery", ",11,,delivery")], "E-O61", "volume_l"),
        ([FETCHED, BROUGHT.replace(",,,delivery", ",,2,delivery")], "E-O61", "parcels"),
        ([FETCHED, BROUGHT + "g"], "E-O61", "group"),
        ([FETCHED.replace("2.5", ""), BROUGHT.replace("2.50", "")], "E-O56", "demand_kg"),
        (["A,-29.95,-71.34,1,,,pickup,p,12:00,,,", "B,-29.96,-71.33,1,,,delivery,p,,11:59,,"], "E-O63", "tw_start"),
    ],
)
def test_a_pair_that_can_not_be_meant_is_rejected_with_all_its_rows(
    tmp_path: Path, rows: list[str], code: str, column: str
) -> None:
    found = paired(tmp_path, *rows, "Z,-29.95,-71.34,1,,,,,,,,")
    assert [(fault.code, fault.column) for fault in found.faults] == [(code, column)] * len(rows)
    assert [order.id for order in found.orders] == ["Z"]
    assert [row.id for row in found.rejected] == [row[0] for row in rows]


def test_a_pair_has_no_release_and_a_fault_in_one_row_takes_the_other_with_it(tmp_path: Path) -> None:
    released = paired(tmp_path, FETCHED, "B,-29.96,-71.33,,,,delivery,p,,,09:00,")
    assert [(fault.row, fault.code) for fault in released.faults] == [(2, "E-O62"), (3, "E-O55")]
    far = paired(tmp_path, FETCHED, BROUGHT.replace("-29.96", "95"))
    assert [(fault.row, fault.code) for fault in far.faults] == [(2, "E-O62"), (3, "E-O07")]
    assert "line 3" in far.faults[0].message
    assert (far.orders, len(far.rejected)) == ((), 2)


def test_a_pair_in_one_group_keeps_it(tmp_path: Path) -> None:
    assert [order.group for order in paired(tmp_path, FETCHED + "g", BROUGHT + "g").orders] == ["g", "g"]


def test_a_pair_names_no_depot(tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    file.write_text(lines(f"{FETCHED},", f"{BROUGHT},port", header=f"{PAIRS},depot"))
    found = read_orders(file, day=DAY, zone=ZONE, depots=["port"])
    assert [(fault.row, fault.code, fault.column) for fault in found.faults] == [
        (2, "E-O64", "depot"),
        (3, "E-O64", "depot"),
    ]
    assert found.orders == ()
