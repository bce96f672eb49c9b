"""Days made like those of a history."""

from __future__ import annotations

import csv
import math
import random
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest

from planner.cli import main
from planner.demo import demo_folder
from planner.generate.demand import MONTH_FACTORS
from planner.generate.pattern import Pattern, Swing, pattern_of
from planner.roads.read import read_streets
from planner.sizing.demand import read_demand

MONDAY = date(2026, 3, 9)
HUB = (-29.95055, -71.28262)
FLEET = f"""
streets = "{demo_folder() / "coquimbo.streets.npz"}"
time_zone = "America/Santiago"
currency = "EUR"
[[depots]]
id = "hub"
lat = {HUB[0]}
lon = {HUB[1]}
[[vehicles]]
id = "ami"
type = "ami-cargo"
depot = "hub"
shift = "08:30-18:00"
"""
USAGE = 2


def spread(days: int, orders: dict[int, int]) -> dict[date, int]:
    """Return so many days from a Monday on, with orders by weekday; the others are not in it."""
    all_days = (MONDAY + timedelta(days=n) for n in range(days))
    return {day: orders[day.weekday()] for day in all_days if day.weekday() in orders}


def test_weekdays_of_one_month_are_told_as_they_were_and_closed_ones_stay_closed() -> None:
    found = pattern_of(spread(21, {0: 40, 1: 20, 5: 10}))
    expected = [found.expected(MONDAY + timedelta(days=n)) for n in range(7)]
    assert expected == pytest.approx([40, 20, 0, 0, 0, 10, 0], rel=1e-9)
    assert [swing.factor for swing in found.swings] == pytest.approx([1.0] * 9)


def test_weekdays_that_a_few_days_do_not_show_are_guessed_from_those_that_they_show() -> None:
    found = pattern_of(spread(3, {0: 44, 1: 40, 2: 40}))
    assert found.expected(date(2026, 3, 14)) == pytest.approx(24)  # a Saturday brings 0.6 of a Tuesday
    assert found.expected(date(2026, 3, 15)) == pytest.approx(8)  # a Sunday 0.2


def test_a_month_that_was_never_seen_has_the_made_up_season_and_a_seen_one_its_own() -> None:
    days = {MONDAY + timedelta(days=n): 50 for n in range(21)} | {
        date(2026, 6, 1) + timedelta(days=n): 100 for n in range(28)
    }
    found = pattern_of(days)
    assert found.expected(date(2026, 6, 10)) / found.expected(date(2026, 3, 10)) == pytest.approx(2, rel=0.2)
    march_to_december = found.by_month[11] / (math.fsum(MONTH_FACTORS[m] for m in (2, 5)) / 2)
    assert march_to_december == pytest.approx(MONTH_FACTORS[11], rel=0.1)


def made_counts(found: Pattern, days: int) -> list[tuple[date, int]]:
    """Return so many made-up days from a Monday on."""
    all_days = (MONDAY + timedelta(days=n) for n in range(days))
    return [(day, found.orders_on(day, growth=0, rng=random.Random(f"1 {day}"))) for day in all_days]


def test_a_busy_sunday_makes_no_monday_busier_than_any_that_was() -> None:
    eight_weeks = spread(56, {0: 60, 1: 60, 2: 60, 3: 60, 4: 60, 5: 36, 6: 3})
    eight_weeks[MONDAY + timedelta(days=48)] = 8  # a Sunday, 2.2 times as many as on a usual one
    found = pattern_of(eight_weeks)
    year = made_counts(found, 365)
    season = [n / found.by_month[day.month - 1] for day, n in year]
    assert 60 <= max(season) < 66  # months are fitted too, from half of their days
    assert max(n / found.by_month[day.month - 1] for day, n in year if day.weekday() == 6) > 6  # which Sundays bring


def test_where_weekdays_are_few_a_swing_shrinks_by_the_square_root_on_busier_days() -> None:
    swing = Swing(weekday=6, expected=4, factor=2.0)
    assert swing.on(64) == pytest.approx(1.25)  # of 64 by chance a quarter of what 4 do
    assert swing.on(4) == swing.on(1) == 2.0
    assert Swing(weekday=0, expected=40, factor=0.0).on(60) == 0.0  # nobody at all is no chance: a holiday
    three_weeks = spread(21, {0: 60, 1: 60, 2: 60, 3: 60, 4: 60, 5: 36, 6: 3})
    three_weeks[MONDAY + timedelta(days=13)] = 8
    found = pattern_of(three_weeks)
    year = made_counts(found, 365)
    # A Sunday of 8 where 4.7 are usual, 1.7 times as many: on a Monday of 60 1.2 times
    assert max(n / found.by_month[day.month - 1] for day, n in year) < 75
    assert sum(n for _, n in year) == pytest.approx(math.fsum(found.expected(day) for day, _ in year), rel=0.03)


def test_days_without_orders_come_as_often_as_they_did() -> None:
    found = pattern_of({MONDAY + timedelta(days=n): 0 if n % 3 == 0 else 60 for n in range(42)})
    counts = [n for _, n in made_counts(found, 21)]
    assert {n > 0 for n in counts} == {True, False}
    counts = [n for _, n in made_counts(found, 1_461)]
    assert sum(not n for n in counts) / len(counts) == pytest.approx(1 / 3, abs=0.05)


def history(folder: Path) -> Path:
    """Write three weeks of ten orders from Monday to Saturday, half of them cold goods in a window, at two corners."""
    (folder / "fleet.toml").write_text(FLEET)
    lines = ["date,id,lat,lon,demand_kg,volume_l,skills,tw_start,tw_end,notes"]
    for n in range(21):
        day = MONDAY + timedelta(days=n)
        for k in range(0 if day.weekday() == 6 else 10):
            cold = k % 2 == 0
            place, wish = ("-29.953,-71.339", "cold,09:00,12:00") if cold else ("-29.907,-71.252", ",,")
            lines.append(f"{day},{day:%m%d}-{k},{place},{3 if cold else 7},30,{wish},gate code 1234")
    (folder / "history.csv").write_text("\n".join(lines) + "\n")
    return folder / "history.csv"


def made(folder: Path, *options: str) -> dict[str, list[dict[str, str]]]:
    assert main(["generate", "--like", str(history(folder)), "-o", str(folder / "days"), *options]) == 0
    found = {}
    for file in sorted((folder / "days").glob("*/orders.csv")):
        with file.open(encoding="utf-8", newline="") as rows:
            found[file.parent.name] = list(csv.DictReader(rows))
    return found


def test_made_days_have_as_many_orders_of_such_goods_at_such_places(tmp_path: Path) -> None:
    days = made(tmp_path, "--days", "14", "--growth", "20")
    assert [*days] == [str(MONDAY + timedelta(days=n)) for n in range(21, 35) if n % 7 != 6]  # no Sunday
    assert {len(rows) for rows in days.values()} == {12}  # a fifth more than ten
    orders = [row for rows in days.values() for row in rows]
    kinds = Counter((row["demand_kg"], row["skills"], row["tw_start"], row["tw_end"]) for row in orders)
    assert {*kinds} == {("3.0", "cold", "09:00", "12:00"), ("7.0", "", "", "")}
    assert 0.3 < kinds["3.0", "cold", "09:00", "12:00"] / len(orders) < 0.7
    far = [min(abs(float(row["lat"]) - lat) for lat in (-29.953, -29.907)) for row in orders]
    assert max(far) < 0.02  # a doorstep within two kilometres of one of the two corners
    assert "notes" not in orders[0]  # what somebody wrote about a real customer is not handed on


def test_a_made_day_without_orders_is_a_header_line_that_size_counts_as_a_day(tmp_path: Path) -> None:
    days = tmp_path / "history"
    days.mkdir()
    (days / "fleet.toml").write_text(FLEET)
    for n in range(42):  # six weeks from Monday to Saturday, every other day empty
        day = MONDAY + timedelta(days=n)
        if day.weekday() < 6:
            (days / str(day)).mkdir()
            rows = [] if day.toordinal() % 2 else [f"{k},-29.953,-71.339,3" for k in range(4)]
            (days / str(day) / "orders.csv").write_text("\n".join(["id,lat,lon,demand_kg", *rows]) + "\n")
    asked = ["generate", "--like", str(days), "--days", "14", "--date", "2026-03-09", "-o", str(tmp_path / "made")]
    assert main(asked) == 0
    streets = demo_folder() / "coquimbo.streets.npz"
    fleet, network = tmp_path / "made" / "fleet.toml", read_streets(streets)
    again = read_demand(tmp_path / "made", fleet=fleet, streets=streets, network=network)
    assert [day.date for day in again.days] == [MONDAY + timedelta(days=n) for n in range(14) if n % 7 != 6]
    assert {day.orders for day in again.days} == {0, 4}
    assert again.faults == ()
    assert {note.code for note in again.warnings} == {"E-Y13", "E-Y15"}  # no Sundays; days without orders count


def test_the_same_request_makes_the_same_bytes_and_a_day_does_not_depend_on_the_others(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    three, five = made(tmp_path / "a", "--days", "3"), made(tmp_path / "b", "--days", "5")
    assert [*three.items()] == [*five.items()][:2]  # the first is a Sunday
    assert made(tmp_path / "a", "--days", "3", "--seed", "2") != three


def test_options_that_a_history_answers_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["generate", "-o", str(tmp_path / "days")]
    assert main([*asked, "--like", str(history(tmp_path)), "--orders", "9"]) == USAGE
    assert "--orders" in capsys.readouterr().err
    assert main([*asked, "--growth", "5"]) == USAGE
    assert "goes with --like" in capsys.readouterr().err
    assert main([*asked, "--like", str(tmp_path / "nothing.csv"), "--fleet", str(tmp_path / "fleet.toml")]) == USAGE
    assert "nothing.csv" in capsys.readouterr().err
