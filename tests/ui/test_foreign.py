"""Files of shops and other planners, dropped on the page."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import openpyxl
import pytest
import state
from foreign import Foreign, read_foreign
from streamlit.testing.v1 import AppTest

from planner.io.area import Area
from tests.ui.pages import button, metrics
from tests.ui.test_pages import APP, orders_page

OPTIMOROUTE = (
    "Order ID,Latitude,Longitude,Duration,Time Window From,Time Window To,Weight\n"
    "A,-29.95,-71.30,5,08:00,12:00,2\nB,-29.96,-71.31,5,09:00,13:00,3\nC,-29.96,-71.31,5,13:00,09:00,3\n"
)
GERMAN = (
    "Auftragsnummer;Breitengrad;Längengrad;Gewicht (kg);Von;Bis\n"
    "1001;-29,95;-71,30;2,5;08:00;12:00\n1002;-29,96;-71,31;3,25;09:00;13:00\n"
)
ROUTIFIC = "Visit Name,Latitude,Longitude,Load,Duration,Start,End\nA,-29.95,-71.30,2,5,08:00,12:00\n"
DATED = "Order ID,Latitude,Longitude,Weight (kg),Delivery Date\nA,-29.95,-71.30,2,03/04/2026\n"
DAY = date(2026, 5, 12)
STRANGE = "naam,noord,oost,gewig kg\nA,-29.95,-71.30,2\nB,-29.96,-71.31,3\n"


@pytest.fixture(autouse=True)
def fresh_registry() -> Iterator[None]:
    yield
    state.registry().close()
    state.registry.clear()


def spread() -> bytes:
    book = openpyxl.Workbook()
    for row in (("Customer", "Lat", "Lng", "Weight kg"), ("Ana", -29.95, -71.3, 2), ("Ben", -29.96, -71.31, 3)):
        book.active.append(row)
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def texts(page: AppTest) -> str:
    return "\n".join(found.value for found in [*page.markdown, *page.caption])


def test_an_export_of_optimoroute_is_planned_and_its_bad_row_is_told() -> None:
    page = orders_page(OPTIMOROUTE.encode(), "export.csv")
    assert metrics(page)["Orders understood"] == "2"
    assert "3 rows: 2 became orders, 0 were merged into them, 1 were rejected." in texts(page)
    assert metrics(page)["Rows that need a look"] == "1"
    assert "OptimoRoute" in texts(page)
    assert button(page, "Plan 2 orders")
    read_as = next(table.value for table in page.dataframe if "is read as" in table.value)
    assert dict(zip(read_as["column"], read_as["is read as"], strict=True))["Weight"] == "weight"
    wrong = next(table.value for table in page.dataframe if "what is wrong" in table.value)
    assert list(wrong["line"]) == [4]


@pytest.mark.parametrize(("data", "name"), [(GERMAN.encode(), "shop.csv"), (spread(), "shop.xlsx")])
def test_decimal_commas_and_workbooks_are_read_without_a_question(data: bytes, name: str) -> None:
    page = orders_page(data, name)
    assert metrics(page)["Orders understood"] == "2"
    assert button(page, "Plan 2 orders")


def test_a_date_that_can_be_read_in_two_ways_is_asked_and_the_answer_is_used() -> None:
    page = orders_page(DATED.encode(), "dates.csv")
    assert metrics(page) == {}, "nothing is guessed"
    assert "day first or month first" in texts(page)
    page.selectbox(key="answer-date_order").select("mdy").run()
    next(found for found in page.button if found.label == "Read the file").click().run()
    assert "1 were rejected" in texts(page), "it is an order of another day"
    page.date_input[0].set_value(date(2026, 3, 4)).run()
    assert metrics(page)["Orders understood"] == "1"


def test_a_load_without_a_unit_is_asked_for_one() -> None:
    page = orders_page(ROUTIFIC.encode(), "routific.csv")
    page.selectbox(key="answer-unit-load").select("kg").run()
    next(found for found in page.button if found.label == "Read the file").click().run()
    assert metrics(page)["Weight"] == "2 kg"


def test_columns_that_nobody_knows_are_named_on_the_page() -> None:
    page = orders_page(STRANGE.encode(), "strange.csv")
    page.selectbox(key="column-lat").select("noord").run()
    page.selectbox(key="column-lon").select("oost").run()
    page.text_input(key="answer-parcel_kg").input("2.5").run()
    next(found for found in page.button if found.label == "Read the file").click().run()
    assert metrics(page)["Orders understood"] == "2"


def test_our_own_form_and_a_reload_go_the_usual_way() -> None:
    page = orders_page(OPTIMOROUTE.encode(), "export.csv")
    again = AppTest.from_file(APP, default_timeout=20)
    again.query_params["workspace"] = page.query_params["workspace"]
    assert metrics(again.run())["Orders understood"] == "2"
    page.file_uploader(key="orders-file").upload(
        "orders.csv", b"id,lat,lon,demand_kg\na,-29.95,-71.3,1\n", "text/csv"
    ).run()
    assert metrics(page)["Orders understood"] == "1"
    assert "became orders" not in texts(page)


MAP = """<?xml version="1.0" encoding="UTF-8"?>
<osm version="0.6">
  <node id="1" lat="49.51" lon="11.28"/><node id="2" lat="49.511" lon="11.281"/>
  <node id="3" lat="49.5101" lon="11.2801"><tag k="addr:street" v="Hauptstraße"/><tag k="addr:housenumber" v="1"/>
    <tag k="addr:city" v="Lauf"/><tag k="addr:postcode" v="91207"/></node>
  <node id="4" lat="49.5105" lon="11.2805"><tag k="addr:street" v="Hauptstraße"/><tag k="addr:housenumber" v="5"/>
    <tag k="addr:city" v="Lauf"/><tag k="addr:postcode" v="91207"/></node>
  <way id="9"><nd ref="1"/><nd ref="2"/><tag k="highway" v="residential"/><tag k="name" v="Hauptstraße"/></way>
</osm>
"""


def test_a_doubtful_pin_is_used_only_when_it_is_confirmed(tmp_path: Path) -> None:
    streets, orders = tmp_path / "lauf.osm", tmp_path / "orders.csv"
    streets.write_text(MAP, encoding="utf-8")
    orders.write_text(
        "Order,Address,Postcode,City,Weight kg\n1,Hauptstraße 1,91207,Lauf,2\n2,Hauptstraße 3,91207,Lauf,2\n",
        encoding="utf-8",
    )
    area = Area(west=11.2, south=49.4, east=11.4, north=49.6)
    first = read_foreign(Foreign(path=orders), day=DAY, area=area, streets=streets)
    assert first.imported is not None
    assert (first.imported.judged.orders, first.imported.judged.rejected) == (1, 1)
    ((address, found),) = first.doubtful.items()
    assert address.startswith("Hauptstraße 3")
    place = found.candidates[0]
    confirmed = Foreign(path=orders, pins={address: (place.lat, place.lon)})
    second = read_foreign(confirmed, day=DAY, area=area, streets=streets)
    assert second.imported is not None
    assert (second.imported.judged.orders, dict(second.doubtful)) == (2, {})
