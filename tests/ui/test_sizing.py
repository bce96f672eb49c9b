"""The page of the fleet: days made up or handed in, a run that outlives the screen, and its report."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
import state
from sizing_days import days_in, days_of, unpack
from sizing_run import FACTS, REPORT, Sizing, Wanted
from streamlit.testing.v1 import AppTest

from planner.demo import demo_folder
from planner.errors import InputError
from planner.sizing.steps import most_in_all
from tests.sizing.test_size_verb import folder_of
from tests.ui.pages import button

SIZING_PAGE = "from views import sizing\nsizing.show()\n"


def zipped(**files: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return packed.getvalue()


def opened(work: state.Workspace) -> AppTest:
    page = AppTest.from_string(SIZING_PAGE, default_timeout=20)
    page.session_state["workspace"] = work.id
    page.run()
    assert not page.exception
    return page


def said(page: AppTest) -> str:
    return "\n".join(text.value for kind in (page.markdown, page.error, page.warning) for text in kind)


def ended(sizing: Sizing) -> Sizing:
    assert sizing._child is not None
    sizing._child.wait(120)
    return sizing


def test_each_day_of_a_zip_file_becomes_a_file_named_by_it_whatever_the_archive_calls_it(tmp_path: Path) -> None:
    data = zipped(**{"x/2026-03-10/orders.csv": "one", "../../2026-03-11.csv": "two", "notes.txt": "no day"})
    assert days_in(data, name="days.zip") == 2
    unpack(data, tmp_path, name="days.zip")
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {
        "2026-03-10.csv": "one",
        "2026-03-11.csv": "two",
    }
    with pytest.raises(InputError, match=r"E-U07 days\.zip.*has no day"):
        days_in(zipped(**{"notes.txt": "no day"}), name="days.zip")
    with pytest.raises(InputError, match=r"E-U07 days\.zip.*cannot be read"):
        days_in(b"PK no zip", name="days.zip")


def test_days_of_a_csv_file_are_counted_by_its_dates() -> None:
    assert days_of(b"\xef\xbb\xbfid,Date\na,2026-03-10\nb,2026-03-11\nc,2026-03-10\n") == 2
    assert days_of(b"id,lat\na,1\n") == 1, "the run tells that there are no dates"


def test_a_run_is_found_again_by_another_server_and_its_advice_and_files_are_shown(tmp_path: Path) -> None:
    days = folder_of(tmp_path, {"2026-03-10": 6})
    work = state.registry().find(None)
    streets = demo_folder() / "coquimbo.streets.npz"
    prices = work.keep(b"[wages]\nper_hour = 31.0\n", "my prices.toml")
    wanted = Wanted(
        money=prices,
        peaks="rent",
        shifts="09:00-17:00,10:00-18:00",
        source=days,
        days=1,
        orders=0,
        fleet=days / "fleet.toml",
        streets=streets,
        plugs=(1, 1),
        service=100,
        vans=False,
        iterations=50,
    )
    work.size(wanted)
    again = state.Registry().find(work.id)
    assert again is not work
    assert again.sizing is not None
    assert again.sizing.running
    assert again.sizing.progress().most == most_in_all(1, shifts=2, policy="rent")
    ended(again.sizing)
    assert again.sizing.progress().routed >= 1
    assert again.sizing.advice().startswith("Take 1 ami")
    assert REPORT in [path.name for path in again.sizing.papers()]
    with zipfile.ZipFile(io.BytesIO(again.sizing.all_files())) as archive:
        assert {"report.html", "sizes.csv", "shifts.csv"} <= set(archive.namelist())
        assert b"per_hour = 31.0  # your my_prices.toml" in archive.read("assumptions.toml")
        assert b"09:00-17:00" in archive.read("shifts.csv")
    page = opened(work)
    assert "Take 1 ami" in said(page)
    assert button(page, "Size the fleet")


def test_a_run_that_fails_says_why_and_one_that_is_stopped_goes_on(tmp_path: Path) -> None:
    work = state.registry().find(None)
    source = tmp_path / "orders.csv"
    source.write_text("id,lat,lon,demand_kg\na,-29.95,-71.3,1\n")
    draft = state.demo_draft()
    wanted = Wanted(
        source=source, days=1, orders=0, fleet=draft.fleet, streets=draft.streets, plugs=(1, 2), service=95, vans=False
    )
    work.size(wanted)
    assert work.sizing is not None
    ended(work.sizing)
    assert "E\\-Y10" in said(opened(work))
    work.sizing.go_on()
    assert work.sizing.running
    work.sizing.stop()
    assert not work.sizing.running
    assert button(opened(work), "Go on")


def test_a_folder_without_its_facts_is_no_run(tmp_path: Path) -> None:
    (tmp_path / FACTS).write_text("{}")
    assert Sizing.find(tmp_path) is None
