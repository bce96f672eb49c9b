"""The report: its words, tables, pictures and CSV files say the same, and what is changed for a what-if."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import pypdf
import pytest

from planner.sizing.doubt import resample, tornado
from planner.sizing.pictures import charts
from planner.sizing.recommend import advise
from planner.sizing.report import paper_of
from planner.sizing.results import REPORT, REPORT_PDF, Results, words
from planner.sizing.run import write_results
from planner.sizing.tables import tables
from planner.sizing.task import Task
from planner.sizing.vans import Compared
from planner.sizing.what_if import COLD_DAYS, WhatIf, changed_task
from tests.sizing.test_recommend import found, sizes, task

HOUR = WhatIf(name="hour", said="one hour more at the end of each shift", cost=-812.4, left_out=0.0, days=4)
COLD = WhatIf(name="cold", said="every day at -5 °C", cost=2_400.0, left_out=12.0, days=4)
MORE = WhatIf(name="more", said="20 % more orders", cost=9_000.0, left_out=120.0, days=4)
LESS = WhatIf(name="less", said="20 % fewer orders", cost=-7_000.0, left_out=0.0, days=4)


@pytest.fixture(scope="module")
def results() -> Results:
    """Two vehicles are recommended, which leave nothing out; one would, and three are dearer."""
    of, all_found = task(), found(task(), 1)
    advice = advise(of, all_found)
    assert advice is not None
    what_ifs = (HOUR, COLD, MORE, LESS)
    return Results(
        task=of,
        found=all_found,
        advice=advice,
        resampled=resample(of, all_found.sizes, advice.best),
        swings=tornado(of, all_found.sizes, advice.best, what_ifs),
        compared=(),
        what_ifs=what_ifs,
    )


@pytest.fixture(scope="module")
def folder(results: Results, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    write_results(results, folder)
    return folder


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((folder / f"{name}.csv").read_text())))


def words_of(pdf: Path) -> str:
    return " ".join(" ".join(page.extract_text() for page in pypdf.PdfReader(pdf).pages).split())


def test_words_page_document_and_tables_name_the_same_cost(results: Results, folder: Path) -> None:
    cost = f"{results.advice.best.year.cost.total:,.0f}"
    page, document = (folder / REPORT).read_text(), words_of(folder / REPORT_PDF)
    assert f"{cost} EUR a year" in results.advice.sentences[0]
    assert page.count(cost) >= 3  # the first sentence, the key figures, the table of fleets
    assert document.count(cost) >= 3
    chosen = next(row for row in rows(folder, "frontier") if row["what"] == "recommended")
    assert f"{int(chosen['cost_per_year']):,}" == cost
    parts = [row for row in rows(folder, "costs") if row["fleet"] == chosen["fleet"]]
    assert sum(float(row["cost_per_year"]) for row in parts) == pytest.approx(int(chosen["cost_per_year"]), abs=0.6)
    for sentence in results.advice.sentences:
        assert sentence in page


def test_every_picture_draws_what_its_file_holds(results: Results, folder: Path) -> None:
    made = tables(results)
    drawn = charts(made, "EUR")
    assert set(drawn) == {"frontier", "costs", "charging", "utilisation", "tornado"}  # no van to compare with
    page = (folder / REPORT).read_text()
    assert page.count("<svg") == len(drawn)
    assert "http:" not in page.replace("http://www.w3.org", "")
    for name, chart in drawn.items():
        told = json.dumps(chart.to_dict())
        for row in made[name].records():
            assert json.dumps(row) in told, name
        written = rows(folder, name)
        assert [[str(cell) for cell in row] for row in made[name].rows] == [list(row.values()) for row in written]


def test_what_was_routed_anew_stands_in_the_tornado_and_beside_one_more(results: Results, folder: Path) -> None:
    best = results.advice.best.year.cost.total
    figures = {row["figure"]: row for row in rows(folder, "tornado")}
    cold = figures[f"no day, or {COLD_DAYS} of the year, at -5 °C"]
    assert int(cold["high"]) - int(cold["low"]) == 960  # 120 of 300 days of 2,400 a year
    growth = figures["20 % fewer or more orders"]
    assert (int(growth["low"]), int(growth["high"])) == (round(best - 7_000), round(best + 9_000))
    changes = {row["change"]: row["cost_per_year"] for row in rows(folder, "one_more")}
    assert changes["one hour more at the end of each shift"] == "-812"
    assert changes["one ami-cargo more"] == "1924"


def test_the_charger_load_is_the_mean_of_the_days_and_never_more_than_the_plugs(results: Results) -> None:
    by_hour = (*[0.0] * 20, 2.0, 1.0, 0.0, 0.0)
    best = results.advice.best
    outcomes = [
        replace(out, kw_by_hour=by_hour if n < 2 else (0.0,) * 24) for n, out in enumerate(best.outcomes) if out
    ]
    advice = replace(results.advice, best=replace(best, outcomes=tuple(outcomes)))
    charging = tables(replace(results, advice=advice))["charging"].records()
    assert (charging[20]["mean_kw"], charging[20]["most_kw"], charging[20]["site_kw"]) == (1.0, 2.0, 2.3)
    assert (charging[22]["mean_kw"], charging[22]["most_kw"]) == (0.0, 0.0)


def test_the_days_of_the_fleet_with_one_less_are_told_as_those_that_fail(folder: Path) -> None:
    assert [(row["fleet"], row["date"], row["left_out"]) for row in rows(folder, "failing")] == [
        ("1 ami-cargo, 1 plug", "2026-03-13", "4")
    ]


def test_a_van_that_is_dearer_at_any_price_of_diesel_is_told_so(results: Results) -> None:
    van = Compared(name="diesel-van", found=results.found, task=results.task, even_fuel_price=-3.35)
    told = replace(results, compared=(van,))
    assert any(line.endswith("as dear as yours at no price of diesel") for line in words(told))
    assert tables(told)["break_even"].records()[-1]["even_at_diesel_price"] == "never"


def orders_of(of: Task) -> list[int]:
    return [len(day.day.orders) for day in of.days if day.day is not None]


def test_growth_adds_a_fifth_from_other_days_and_takes_a_fifth_away() -> None:
    more, less = changed_task(task(), "more"), changed_task(task(), "less")
    assert orders_of(task()) == [10] * 4
    assert orders_of(more) == [12] * 4
    assert orders_of(less) == [8] * 4
    day = more.days[0].day
    assert day is not None
    assert len({order.id for order in day.orders}) == 12


def test_cold_takes_range_and_the_others_give_an_hour_a_kwh_and_a_kw() -> None:
    before = task().candidates[0].vehicle

    def vehicle(name: str) -> float:
        return changed_task(task(), name).candidates[0].vehicle.type.battery_wh

    assert vehicle("cold") < before.type.battery_wh
    assert vehicle("kwh") == before.type.battery_wh + 1_000
    assert changed_task(task(), "hour").candidates[0].vehicle.shift.end_s == before.shift.end_s + 3_600
    day = changed_task(task(), "kw").days[0].day
    assert day is not None
    assert {plug.power_w for depot in day.depots for plug in depot.plugs} == {3_300.0}


def test_fleets_of_which_less_is_known_are_not_in_the_table_of_fleets(results: Results) -> None:
    assert len(tables(results)["frontier"].rows) == len(sizes(task()))


def test_power_beyond_the_last_step_of_the_grid_is_told(results: Results, tmp_path: Path) -> None:
    assert "E-Y06" not in "\n".join(words(results))
    file = tmp_path / "money.toml"
    file.write_text("[[grid.steps]]\nup_to_kw = 2\nonce = 0\nper_year = 0\n")
    of = task(money=file)
    advice = advise(of, found(of, 1))
    assert advice is not None
    small = replace(results, task=of, found=found(of, 1), advice=advice)  # each of three fleets has a plug of 2.3 kW
    note = (
        'E-Y06 the prices column grid.steps: "2.3 kW" is what 2 ami-cargo, 1 plug needs: beyond the last step of 2 kW, '
        "as 2 more of the fleets do; priced as that step, it may cost more → add a [[grid.steps]] for it with --money"
    )
    assert f"note: {note}" in words(small)
    assert note in [part.text for part in paper_of(small).parts]
