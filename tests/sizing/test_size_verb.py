"""The verb: what it prints, writes and answers."""

from __future__ import annotations

import csv
import tomllib
from pathlib import Path

import pytest

from planner.cli import main
from planner.demo import demo_folder
from planner.io.money import read_money
from tests.sizing.factories import doors

FLEET = """
streets = "{streets}"
time_zone = "America/Santiago"
currency = "EUR"
[[depots]]
id = "hub"
lat = -29.95055
lon = -71.28262
plugs = 1
plug_power_kw = 2.3
price_per_kwh = 0.2
[[vehicles]]
id = "ami"
type = "ami-cargo"
depot = "hub"
shift = "09:00-17:00"
"""


def folder_of(tmp_path: Path, counts: dict[str, int], *, service_min: int = 30) -> Path:
    days = tmp_path / "days"
    days.mkdir()
    (days / "fleet.toml").write_text(FLEET.format(streets=demo_folder() / "coquimbo.streets.npz"))
    for day, count in counts.items():
        (days / day).mkdir()
        rows = [f"o{n},{lat},{lon},4,{service_min}" for n, (lat, lon) in enumerate(doors()[:count])]
        (days / day / "orders.csv").write_text("\n".join(["id,lat,lon,demand_kg,service_min", *rows]) + "\n")
    return days


def test_the_verb_sizes_two_days_and_its_numbers_agree(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    days, output = folder_of(tmp_path, {"2026-03-10": 12, "2026-03-11": 3}), tmp_path / "out"
    command = ["size", str(days), "--plugs", "1", "--iterations", "100", "--workers", "0", "-o", str(output)]
    assert main(command) == 0
    told = capsys.readouterr().out
    assert "Take " in told
    with (output / "sizes.csv").open() as file:
        sizes = list(csv.DictReader(file))
    best = next(row for row in sizes if float(row["service_percent"]) == 100 and row["batteries_full"] == "true")
    assert f"{float(best['cost_per_year']):,.0f} EUR a year" in told
    page = (output / "report.html").read_text()
    assert f"{float(best['cost_per_year']):,.0f} EUR a year" in page
    assert "http" not in page.replace("http://www.w3.org/", "")  # the names of drawings, which nothing loads
    parts = list(sizes[0])[list(sizes[0]).index("co2e_kg") + 1 :]
    assert sum(float(best[part]) for part in parts) == pytest.approx(float(best["cost_per_year"]), abs=0.06)
    with (output / "days.csv").open() as file:
        assert [(row["date"], row["orders"], row["served"]) for row in csv.DictReader(file)] == [
            ("2026-03-10", "12", "12"),
            ("2026-03-11", "3", "3"),
        ]
    routed = (output / "routed.jsonl").read_text()
    assert main(command) == 0
    assert (output / "routed.jsonl").read_text() == routed
    assert "routed and audited 0 days" in capsys.readouterr().out


def test_the_assumptions_written_can_be_given_back(tmp_path: Path) -> None:
    days, output = folder_of(tmp_path, {"2026-03-10": 2}), tmp_path / "out"
    assert main(["size", str(days), "--plugs", "1", "--iterations", "50", "--workers", "0", "-o", str(output)]) == 0
    file = output / "assumptions.toml"
    assert "price = 6490.0  # press" in file.read_text()
    assert tomllib.loads(file.read_text())["wages"]["per_hour"] == 18.0
    assert read_money(file).figures == read_money().figures


def test_where_no_fleet_serves_all_the_verb_says_so_with_its_own_code(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    days, output = folder_of(tmp_path, {"2026-03-10": 2}, service_min=600), tmp_path / "out"  # longer than any shift
    assert main(["size", str(days), "--plugs", "1", "--iterations", "50", "--workers", "0", "-o", str(output)]) == 4
    told = capsys.readouterr().out
    assert "No fleet that was tried serves 100%" in told
    assert "worst on 2026-03-10 with 2 orders left out: 2 window unreachable" in told
    assert "Needed: other time windows, or a longer shift." in told
    assert (output / "report.pdf").exists()


@pytest.mark.parametrize("wrong", [["--plugs", "4..1"], ["--plugs", "many"], ["--service", "98"]])
def test_options_that_make_no_sense_are_refused(tmp_path: Path, wrong: list[str]) -> None:
    days = folder_of(tmp_path, {"2026-03-10": 2})
    assert main(["size", str(days), "-o", str(tmp_path / "out"), *wrong]) == 2
