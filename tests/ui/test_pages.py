"""The logic of the pages, without a browser."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
import state
from streamlit.testing.v1 import AppTest

from planner.language.words import Words
from planner.plan import Night, Violation
from planner.roads.streets import save_streets
from tests.explain.street import STREETS, day, order, planned, without
from tests.factories import make_plan
from tests.roads.towns import town
from tests.ui.conftest import ROOT, three_bad_rows
from tests.ui.pages import PLAN_PAGE, button, metrics, plan_page
from tests.ui.test_words import said

APP = str(ROOT / "ui" / "app.py")
HOSTILE = "![x](http://evil.example/x.png)<img src=x onerror=alert(1)>"
ALIVE = re.compile(r"(?<!\\)(<img|\]\(http)")  # what no backslash has made into plain text


def orders_page(orders: bytes = b"", name: str = "orders.csv") -> AppTest:
    page = AppTest.from_file(APP, default_timeout=20).run()
    if orders:
        page.file_uploader(key="orders-file").upload(name, orders, "text/csv").run()
    assert not page.exception
    return page


def test_a_fresh_page_offers_the_demo_and_the_own_file() -> None:
    page = orders_page()
    assert button(page, "Plan the demo day")
    assert metrics(page) == {}


def test_of_30_rows_27_are_understood_and_3_need_a_look() -> None:
    page = orders_page(three_bad_rows().encode())
    assert metrics(page)["Orders understood"] == "27"
    assert metrics(page)["Rows that need a look"] == "3"
    assert button(page, "Plan 27 orders")
    assert not button(page, "Read again"), "nothing is mended yet"


def test_streets_of_another_city_are_enough_to_plan_orders_there(tmp_path: Path) -> None:
    page = orders_page(b"id,lat,lon,demand_kg\na,41.15,-8.6102,2\nb,41.15,-8.6174,2\n")
    assert "O08" in page.error[0].value
    street = town([(0, 0), (0, 2_000)], (0, 1, {"highway": "residential"}))
    here = replace(
        street,
        node_lat=street.node_lat + 41.15,
        node_lon=street.node_lon - 8.62,
        shape_lat=street.shape_lat + 41.15,
        shape_lon=street.shape_lon - 8.62,
    )
    save_streets(here, tmp_path / "street.streets.npz")
    data = (tmp_path / "street.streets.npz").read_bytes()
    page.file_uploader(key="streets-file").upload("street.streets.npz", data).run()
    assert metrics(page)["Orders understood"] == "2"
    assert any("depot is assumed" in caption.value for caption in page.caption)
    assert button(page, "Plan 2 orders")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"PK\x03\x04 xl/workbook.xml", "O47"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR\x00\x00", "O47"),
        (b"id,lat,lon,demand_kg\na,48.1,11.5,1\nb,48.2,11.6,1\n", "O08"),
        (b"id,lat,lon,weight\na,48.1,11.5,1\nb,48.2,11.6,1\n", "O08"),
        (b"id,lat,lon,demand_kg\na,-29.95,-71.3,1,\nb,-29.95,-71.3,1,\n", "O17"),
        (b"\xff\xfe\n\x00", "O21"),
    ],
    ids=[
        "a broken XLSX file",
        "a picture",
        "another city",
        "another city, of a shop",
        "shifted rows",
        "no rows in UTF-16",
    ],
)
def test_U12_a_file_that_cannot_be_read_is_explained_and_nothing_can_be_planned(content: bytes, code: str) -> None:
    page = orders_page(content)
    assert f"E\\-{code}" in page.error[0].value
    assert "→" in page.error[0].value
    assert not any(found.label.startswith("Plan ") for found in page.button)


def test_U15_U16_a_hostile_file_name_and_order_are_shown_as_text() -> None:
    order = f'id,lat,lon,demand_kg,address\n"{HOSTILE}",-29.95,-71.3,1,{HOSTILE}\nb,x,-71.3,1,{HOSTILE}\n'
    page = orders_page(order.encode(), name=f"{HOSTILE}.csv")
    assert metrics(page)["Orders understood"] == "1"
    assert [text for text in page.markdown if ALIVE.search(text.value)] == []


def test_U04_a_reload_finds_the_orders_again_and_U24_another_visitor_does_not() -> None:
    first = orders_page(three_bad_rows().encode())
    again = AppTest.from_file(APP, default_timeout=20)
    again.query_params["workspace"] = first.query_params["workspace"]
    assert metrics(again.run())["Orders understood"] == "27"
    assert metrics(orders_page()) == {}


@pytest.mark.parametrize("id", ["", "nobody", "../../etc", HOSTILE])
def test_U26_an_unknown_workspace_in_the_address_gives_a_new_one(id: str) -> None:
    page = AppTest.from_file(APP, default_timeout=20)
    page.query_params["workspace"] = id
    page.run()
    assert not page.exception
    assert page.query_params["workspace"] != [id]


def test_the_plan_page_says_what_to_do_before_there_is_a_plan() -> None:
    page = AppTest.from_string(PLAN_PAGE, default_timeout=20).run()
    assert not page.exception
    assert button(page, "Plan the demo day")


def test_a_plan_is_shown_with_its_figures_and_reasons() -> None:
    page = plan_page(make_plan())
    assert metrics(page)["Orders planned"] == "2 / 3"
    assert [tab.label for tab in page.tabs][4] == "Left out (1)"
    assert page.error == []


def test_a_replay_of_a_plan_is_shown_with_what_breaks_first() -> None:
    first = {"vehicle_id": "v1", "place_id": HOSTILE, "at_s": 36_000, "message": "120 s outside the nearest window"}
    first |= {"code": "window_missed", "amount": 120.0, "unit": "s"}
    cold = {"name": "cold", "holds": False, "orders_hit": [HOSTILE], "breaks": [first]}
    told = {"held": 1, "scenarios": [{"name": "slow", "holds": True, "orders_hit": [], "breaks": []}, cold]}
    page = plan_page(make_plan(), replays=json.dumps(told), shown="harder")
    assert metrics(page)["Scenarios that hold"] == "1 / 2"
    table = page.dataframe[-1].value
    assert table["holds"].tolist() == ["yes", "no"]
    assert table["at"].tolist() == ["", "10:00"]
    assert table["orders hit"].tolist() == [0, 1]
    assert table["by"].tolist() == ["", "2 min outside its window"]


def test_a_plan_that_cannot_be_replayed_says_why() -> None:
    page = plan_page(make_plan(), shown="harder")  # its streets are made up
    pressed = next(found for found in page.button if found.label == "Replay the plan on harder days")
    pressed.click().run(timeout=60)
    assert not page.exception
    assert r"E\-R04" in page.error[0].value


def test_the_page_shows_the_night_and_warns_of_a_vehicle_that_lacks_its_start_charge_tomorrow() -> None:
    plan = make_plan()
    assert list(plan_page(plan, shown="night").dataframe[0].value["until"]) == ["08:57"]
    short = replace(plan.routes[0], night=Night(until_s=115_200, missing_wh=265.875))
    page = plan_page(replace(plan, routes=(short,)))
    (warning,) = page.warning
    assert "266 Wh short" in warning.value
    assert not page.exception


def test_an_order_left_out_is_explained_at_the_press_of_its_button(tmp_path: Path) -> None:
    page = plan_page(without(planned(day(order("o1"))), order(HOSTILE, km=2.0)), shown="left")
    (job,) = [work.job for work in state.registry().workspaces.values() if work.job]
    job.streets = tmp_path / "street.streets.npz"
    save_streets(STREETS, job.streets)
    page.button(key=f"explain-{HOSTILE}").click().run()
    assert not button(page, "Explain"), "it is under way"
    job.explaining[HOSTILE].child.wait(60)
    page.run()
    shown = "\n".join(text.value for text in page.markdown)
    assert "It fits with one of these, each audited" in shown
    assert "plan again with a longer search" in shown
    assert not ALIVE.search(shown)


def test_a_plan_that_does_not_hold_is_not_explained() -> None:
    page = plan_page(make_plan(), shown="left")
    page.button(key="explain-o3").click().run()
    (job,) = [work.job for work in state.registry().workspaces.values() if work.job]
    job.explaining["o3"].child.wait(60)
    page.run()
    assert "E\\-P03" in page.error[0].value


def test_a_plan_that_breaks_a_rule_is_never_shown() -> None:
    broken = make_plan(violations=(Violation(code="V-01", where="v1", message="the battery is empty"),))
    page = plan_page(broken)
    assert metrics(page) == {}
    assert len(page.error) == 1


def test_U15_names_of_the_user_in_a_plan_are_escaped() -> None:
    page = plan_page(make_plan(), name=HOSTILE)
    shown = [text.value for text in (*page.markdown, *page.caption)] + list(metrics(page).values())
    assert [text for text in shown if ALIVE.search(text)] == []


def test_U08_equal_files_of_two_visitors_stay_apart() -> None:
    one, other = state.registry().find(None), state.registry().find(None)
    assert one.keep(b"id", "../../a b.csv").parent.parent == one.folder
    assert one.keep(b"id", "../../a b.csv").name == "_.._a_b.csv"
    assert other.folder != one.folder


def test_a_workspace_left_alone_goes_with_its_files(monkeypatch: pytest.MonkeyPatch) -> None:
    left = state.registry().find(None)
    monkeypatch.setattr(state, "IDLE_S", -1.0)
    assert state.registry().find(None).id != left.id
    assert not left.folder.exists()


@pytest.mark.parametrize(
    ("language", "heading", "weight", "button_label"),
    [
        ("en", "Plan a day of deliveries", "1,234 kg", "Plan 1 order"),
        ("de", "Einen Liefertag planen", "1.234 kg", "1 Auftrag planen"),
        ("fr", "Planifier une journée de livraisons", "1\u202f234 kg", "Planifier 1 commande"),
        ("es", "Planificar un día de entregas", "1.234 kg", "Planificar 1 pedido"),
    ],
)
def test_the_address_chooses_the_language_of_the_orders_page(
    language: str, heading: str, weight: str, button_label: str
) -> None:
    page = AppTest.from_file(APP, default_timeout=20)
    page.query_params["lang"] = language
    page.run()
    assert [found.value for found in page.subheader] == [heading]
    page.file_uploader(key="orders-file").upload("o.csv", b"id,lat,lon,demand_kg\na,-29.95,-71.3,1234\n").run()
    assert not page.exception
    assert weight in metrics(page).values()
    assert button(page, button_label)


def test_a_language_that_is_chosen_stays_and_is_named_in_the_address() -> None:
    page = orders_page()
    assert "lang" not in page.query_params, "nothing was chosen yet"
    page.selectbox(key="language-shown").select("fr").run()
    assert page.query_params["lang"] in ("fr", ["fr"])
    del page.query_params["lang"]  # as the way to another page does
    page.run()
    assert page.subheader[0].value == "Planifier une journée de livraisons"
    assert page.query_params["lang"] in ("fr", ["fr"])


def test_an_unknown_language_in_the_address_is_passed_over() -> None:
    page = AppTest.from_file(APP, default_timeout=20)
    page.query_params["lang"] = HOSTILE
    assert button(page.run(), "Plan the demo day")


@pytest.mark.parametrize(
    ("language", "cost", "each", "charge", "step", "tab"),
    [
        ("en", "€8,001.37", "per order", "97%", "delivery", "Left out (1)"),
        ("de", "8.001,37\xa0€", "je Auftrag", "97\xa0%", "Lieferung", "Nicht geplant (1)"),
        ("fr", "8\u202f001,37\xa0€", "par commande", "97\xa0%", "livraison", "Non planifiées (1)"),
        ("es", "8.001,37\xa0€", "por pedido", "97\xa0%", "entrega", "Sin planificar (1)"),
    ],
)
def test_a_plan_is_shown_in_the_words_figures_and_money_of_each_language(
    language: str, cost: str, each: str, charge: str, step: str, tab: str
) -> None:
    plan = make_plan()
    dear = replace(plan.routes[0], cost=replace(plan.routes[0].cost, vehicles=8_000.0))
    page = plan_page(replace(plan, routes=(dear,)), language=language)
    tiles = page.metric
    assert cost in [tile.value for tile in tiles]
    assert each in tiles[5].delta
    assert tab in [found.label for found in page.tabs]
    stops = page.dataframe[0].value
    assert charge in stops.iloc[:, 6].tolist()
    assert step in stops.iloc[:, 2].tolist()
    left_out = plan_page(make_plan(), language=language, shown="left")
    assert Words(language).gettext("too heavy") in "".join(text.value for text in left_out.markdown)


@pytest.mark.parametrize("language", ["de", "fr", "es"])
def test_no_text_of_a_page_stays_english(language: str) -> None:
    page = plan_page(make_plan(), language=language)
    page.session_state["order-shown"] = "o1"
    shown: list[str] = []
    for name in ("stops", "battery", "plugs", "night", "left", "harder", "files"):
        page.session_state["list-shown"] = name
        page.run()
        assert not page.exception
        shown += [text.value for kind in (page.markdown, page.caption, page.text, page.subheader) for text in kind]
        shown += [part.label for kind in (page.metric, page.button, page.selectbox, page.tabs) for part in kind]
        shown += [str(column) for table in page.dataframe for column in table.value.columns]
    english = {text for text in texts_of_the_screen() if Words(language).gettext(text) != text}
    assert len(english) > 80
    assert [text for text in shown if text in english] == []


def texts_of_the_screen() -> set[str]:
    return {text for text in said() if isinstance(text, str)}
