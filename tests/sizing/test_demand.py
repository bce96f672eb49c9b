"""Days to size a fleet for: what is read, and what is said of bad ones."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from planner.demo import demo_folder
from planner.errors import InputError
from planner.roads.read import read_streets
from planner.roads.streets import Streets
from planner.sizing.dates import about_days
from planner.sizing.demand import Demand, read_demand

HEADER = "id,lat,lon,demand_kg\n"
FLEET = """
streets = "none.osm.pbf"
time_zone = "America/Santiago"
currency = "EUR"
[[depots]]
id = "hub"
lat = -29.95055
lon = -71.28262
plugs = 1
plug_power_kw = 2.3
[[vehicles]]
id = "ami"
type = "ami-cargo"
depot = "hub"
shift = "08:30-18:00"
"""


@pytest.fixture(scope="module")
def coquimbo() -> Streets:
    return read_streets(demo_folder() / "coquimbo.streets.npz")


def row(id: str, prefix: str = "") -> str:
    return f"{prefix}{id},-29.953,-71.339,4\n"


def folder_of(tmp_path: Path, days: dict[str, str]) -> Path:
    (tmp_path / "fleet.toml").write_text(FLEET)
    for day, text in days.items():
        (tmp_path / day).mkdir()
        (tmp_path / day / "orders.csv").write_text(text)
    return tmp_path


def read(source: Path, streets: Streets, weights: Path | None = None) -> Demand:
    fleet = (source if source.is_dir() else source.parent) / "fleet.toml"
    return read_demand(source, fleet=fleet, streets=None, network=streets, weights=weights)


def test_a_folder_of_days_is_read_in_order_of_time(tmp_path: Path, coquimbo: Streets) -> None:
    days = {"2026-03-11": HEADER + row("a") + row("b"), "2026-03-10": HEADER + row("a")}
    demand = read(folder_of(tmp_path, days), coquimbo)
    assert [(str(day.date), day.orders, day.weight) for day in demand.days] == [
        ("2026-03-10", 1, 1.0),
        ("2026-03-11", 2, 1.0),
    ]
    assert demand.days[0].day is not None
    assert demand.days[0].day.date == "2026-03-10"
    assert (demand.faults, demand.warnings) == ((), ())


def test_a_file_with_a_date_column_is_split_and_faults_name_its_own_lines(tmp_path: Path, coquimbo: Streets) -> None:
    folder_of(tmp_path, {})
    file = tmp_path / "history.csv"
    good = row("a", "2026-03-11,") + row("b", "2026-03-10,") + row("c", "2026-03-11,")
    file.write_text("date," + HEADER + good + "2026-03-10,d,95,-71.3,4\n" + row("e", ",") + row("f", "03/04/2026,"))
    demand = read(file, coquimbo)
    assert [(str(day.date), day.orders) for day in demand.days] == [("2026-03-10", 1), ("2026-03-11", 2)]
    assert {(fault.code, fault.row, fault.file) for fault in demand.faults} == {
        ("E-O07", 5, "history.csv"),
        ("E-Y11", 6, "history.csv"),
        ("E-Y11", 7, "history.csv"),
    }
    assert demand.warnings == ()


def test_a_day_without_orders_is_kept_and_told(tmp_path: Path, coquimbo: Streets) -> None:
    demand = read(folder_of(tmp_path, {"2026-03-10": HEADER + row("a"), "2026-03-11": HEADER}), coquimbo)
    assert [(day.orders, day.day is None) for day in demand.days] == [(1, False), (0, True)]
    assert [warning.code for warning in demand.warnings] == ["E-Y15"]


def test_missing_dates_and_a_single_day_are_told(tmp_path: Path, coquimbo: Streets) -> None:
    (tmp_path / "gap").mkdir()
    (tmp_path / "one").mkdir()
    gap = read(folder_of(tmp_path / "gap", {d: HEADER + row("a") for d in ("2026-03-10", "2026-03-13")}), coquimbo)
    assert [warning.code for warning in gap.warnings] == ["E-Y13"]
    assert "2 days (2026-03-11, 2026-03-12)" in gap.warnings[0].message
    one = read(folder_of(tmp_path / "one", {"2026-03-10": HEADER + row("a")}), coquimbo)
    assert [warning.code for warning in one.warnings] == ["E-Y14"]


def test_a_folder_of_a_day_without_orders_file_is_told_and_the_others_are_read(
    tmp_path: Path, coquimbo: Streets
) -> None:
    folder = folder_of(tmp_path, {"2026-03-10": HEADER + row("a"), "2026-03-11": HEADER + row("a")})
    (folder / "2026-02-30").mkdir()
    (folder / "2026-03-12").mkdir()
    demand = read(folder, coquimbo)
    assert len(demand.days) == 2
    assert [(fault.code, fault.file) for fault in demand.faults] == [("E-Y11", "2026-02-30"), ("E-Y12", "2026-03-12")]


def test_no_day_at_all_is_refused_with_what_to_give(tmp_path: Path, coquimbo: Streets) -> None:
    with pytest.raises(InputError, match="E-Y10"):
        read(folder_of(tmp_path, {"2026-03-10": HEADER}), coquimbo)
    file = tmp_path / "orders.csv"
    file.write_text(HEADER + row("a"))
    with pytest.raises(InputError, match="has no column date"):
        read(file, coquimbo)


def test_weights_say_how_often_a_day_comes(tmp_path: Path, coquimbo: Streets) -> None:
    folder = folder_of(tmp_path, {"2026-03-10": HEADER + row("a"), "2026-03-11": HEADER + row("a")})
    weights = tmp_path / "weights.csv"
    weights.write_text("date,weight\n2026-03-11,52\n")
    assert [day.weight for day in read(folder, coquimbo, weights).days] == [1.0, 52.0]
    assert [warning.code for warning in read(folder, coquimbo, weights).warnings] == ["E-Y18"]
    weights.write_text('date,weight\n2026-03-11,0\n2027-01-01,3\n2026-03-10,2\n2026-03-10,3\n2026-03-11,"2,5"\n')
    with pytest.raises(InputError) as caught:
        read(folder, coquimbo, weights)
    assert [(fault.code, fault.row, fault.column) for fault in caught.value.faults] == [
        ("E-Y16", 2, "weight"),
        ("E-Y16", 3, "date"),
        ("E-Y16", 5, "date"),
        ("E-Y16", 6, "weight"),
    ]
    weights.write_text("date,weight\n")
    with pytest.raises(InputError, match=r"E-Y16 weights\.csv: has no weights"):
        read(folder, coquimbo, weights)


def test_days_that_cannot_be_read_are_told_at_once_by_their_names_and_the_others_stay(
    tmp_path: Path, coquimbo: Streets
) -> None:
    days = {f"2026-03-1{n}": HEADER + row("a") for n in range(6)}
    days |= {"2026-03-11": "name,town\na,b\n", "2026-03-12": "", "2026-03-13": HEADER + row("a") + "b,x,-71.3,4\n"}
    days |= {"2026-03-14": HEADER + "b,x,-71.3,4\n", "14.03.2026": HEADER + row("a"), "notes": "no day"}
    folder = folder_of(tmp_path, days)
    (folder / "notes" / "orders.csv").rename(folder / "notes" / "notes.txt")
    demand = read(folder, coquimbo)
    assert [str(day.date) for day in demand.days] == ["2026-03-10", "2026-03-13", "2026-03-15"]
    assert {(fault.code, fault.file) for fault in demand.faults} == {
        ("E-Y11", "14.03.2026"),
        ("E-O20", "2026-03-11/orders.csv"),
        ("E-Y12", "2026-03-12/orders.csv"),
        ("E-O15", "2026-03-13/orders.csv"),
        ("E-O15", "2026-03-14/orders.csv"),
        ("E-Y12", "2026-03-14/orders.csv"),
    }


def test_a_weekday_that_is_never_there_is_told_in_one_line() -> None:
    three_weeks = [date(2026, 3, 2) + timedelta(days=n) for n in range(21)]  # from a Monday on
    open_days = [day for day in three_weeks if day.weekday() < 5]
    told = [str(note) for note in about_days(open_days, [], "days")]
    assert len(told) == 1
    assert "no Saturdays and Sundays there, 4 in all" in told[0]
    without_one = [day for day in three_weeks if day.weekday() != 6 and day != date(2026, 3, 11)]
    sundays, others = (str(note) for note in about_days(without_one, [], "days"))
    assert "no Sundays there, 2 in all: the business is taken to be closed then" in sundays
    assert "1 day (2026-03-11) missing" in others
