"""Days made like those of a history."""

from __future__ import annotations

import csv
import math
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest

from planner.cli import main
from planner.demo import demo_folder
from planner.generate.demand import MONTH_FACTORS
from planner.generate.pattern import pattern_of

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
    assert found.swings == pytest.approx([1.0] * 9)


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
