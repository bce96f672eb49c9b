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
from streamlit.testing.v1.element_tree import Selectbox

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
    page.number_input(key="answer-parcel_kg").set_value(2.5).run()
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
    assert list(second.confirmed) == [address], "it can still be taken back"


def in_lauf(orders: str) -> AppTest:
    """Return the page with the streets of Lauf and a file of another tool."""
    page = orders_page()
    page.file_uploader(key="streets-file").upload("lauf.osm", MAP.encode(), "text/xml").run()
    page.file_uploader(key="orders-file").upload("shop.csv", orders.encode(), "text/csv").run()
    assert not page.exception
    return page


def press(page: AppTest, label: str) -> None:
    next(found for found in page.button if found.label == label).click().run()


def pin_choices(page: AppTest) -> list[Selectbox[str]]:
    return [choice for choice in page.selectbox if str(choice.key).startswith("pin-")]


def test_a_pin_is_confirmed_on_the_page_and_taken_back() -> None:
    rows = "1,Hauptstraße 1,91207,Lauf,2\n2,Hauptstraße 3,91207,Lauf,2\n"
    page = in_lauf(f"Order,Address,Postcode,City,Weight kg\n{rows}")
    assert "2 rows: 1 became orders, 0 were merged into them, 1 were rejected." in texts(page)
    (choice,) = pin_choices(page)
    assert "Hauptstraße 3" in choice.label
    assert choice.value == "leave it out", "nothing is confirmed that the user did not choose"
    choice.select(choice.options[1]).run()
    press(page, "Use these places")
    assert "2 rows: 2 became orders" in texts(page)
    (confirmed,) = pin_choices(page)
    assert confirmed.value == choice.options[1]
    confirmed.select("leave it out").run()
    press(page, "Use these places")
    assert "2 rows: 1 became orders" in texts(page)


def test_of_more_doubtful_places_than_are_shown_the_number_is_told() -> None:
    rows = "".join(f"{n},Hauptstraße {n},91207,Lauf,2\n" for n in range(11, 131))
    page = in_lauf(f"Order,Address,Postcode,City,Weight kg\n{rows}")
    assert len(pin_choices(page)) == 100
    assert "The first 100 of 120; the next ones follow when these are used." in texts(page)


def test_an_encoding_that_cannot_be_told_is_asked() -> None:
    text = "注文番号,緯度,経度,重量\nJ1,-29.95,-71.30,3\n"
    page = orders_page(text.encode("shift_jis"), "japan.csv")
    page.selectbox(key="answer-encoding").select("shift_jis").run()
    press(page, "Read the file")
    assert metrics(page)["Orders understood"] == "1"


def test_a_workbook_of_several_sheets_is_asked_for_the_one_of_the_orders() -> None:
    book = openpyxl.Workbook()
    for sheet in (book.active, book.create_sheet("Tuesday")):
        sheet.append(("Customer", "Lat", "Lng", "Weight kg"))
    book.active.append(("Ana", -29.95, -71.3, 2))
    book["Tuesday"].append(("Ben", -29.95, -71.3, 2))
    book["Tuesday"].append(("Cem", -29.95, -71.3, 2))
    data = io.BytesIO()
    book.save(data)
    page = orders_page(data.getvalue(), "week.xlsx")
    page.selectbox(key="answer-sheet").select("Tuesday").run()
    press(page, "Read the file")
    assert metrics(page)["Orders understood"] == "2"


def test_a_column_of_weights_or_addresses_in_an_unlisted_language_is_named_on_the_page() -> None:
    page = orders_page(STRANGE.encode(), "strange.csv")
    for field, column in (("lat", "noord"), ("lon", "oost"), ("weight", "gewig kg")):
        page.selectbox(key=f"column-{field}").select(column).run()
    press(page, "Read the file")
    assert metrics(page)["Weight"] == "5 kg"
    page = in_lauf("volgnommer,straatadres,gewig\n1,Hauptstraße 1 91207 Lauf,2\n")
    for field, column in (("address", "straatadres"), ("weight", "gewig")):
        page.selectbox(key=f"column-{field}").select(column).run()
    press(page, "Read the file")
    assert "1 rows: 1 became orders" in texts(page)
