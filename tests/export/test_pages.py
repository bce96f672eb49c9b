"""The HTML manifest: the same stops as on paper, and nothing in it that runs or fetches."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING

from tests.export import plans
from tests.export.conftest import html_of_vehicle, made, manifest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

TEXT = {"h1", "h2", "h3", "p", "dl", "dt", "dd", "ul", "li", "a", "b", "bdi", "br", "span", "footer"}
PAGE = {"html", "head", "meta", "title", "style", "body", "section", "div", "figure", "figcaption"}
ALLOWED = (
    TEXT | PAGE | {"table", "thead", "tbody", "tr", "th", "td", "svg", "path", "rect", "circle", "polyline", "text"}
)


class Seen(HTMLParser):
    """Collects what a page is made of."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.links: list[str] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links += [value or "" for name, value in attrs if name in {"href", "src"}]

    def handle_data(self, data: str) -> None:
        self.text += data


def test_every_one_of_sixty_stops_is_there_in_order() -> None:
    page = html_of_vehicle(manifest("sixty_stops"))
    stops = page[page.index("Stops in order") :]
    assert re.findall(r"<bdi>(S\d{3})</bdi>", stops) == [f"S{i:03d}" for i in range(1, 61)]


def test_it_says_what_the_paper_says() -> None:
    text = Seen(html_of_vehicle(manifest("everything"))).text
    for phrase in (
        "Zoë Ångström",
        "Park at Łódzka 1 and walk, 2 min there and back",
        "Charge at Plaza",
        "Late by 138 min",
    ):
        assert phrase in text


def test_pages_alone_are_the_same_as_those_beside_the_pdf() -> None:
    pages = {name: data for name, data in manifest("everything").items() if name.endswith(".html")}
    assert made(plans.everything(), "html") == pages


def test_O43_texts_that_mean_harm_make_no_element_and_no_link() -> None:
    for page in (html_of_vehicle(manifest("hostile")), made(plans.hostile(), "links")["01-b-v-b.html"].decode()):
        seen = Seen(page)
        assert seen.tags <= ALLOWED
        assert not {name for name in seen.attributes if name.startswith("on") or name in {"src", "srcset", "data"}}
        assert all(
            link.startswith(("https://www.google.com/maps/", "https://maps.apple.com/", "geo:")) for link in seen.links
        )
        assert plans.HOSTILE[1] in seen.text


def test_a_browser_runs_nothing_of_it_and_asks_no_host(browser: Browser, tmp_path: Path) -> None:
    file = tmp_path / "hostile.html"
    file.write_text(html_of_vehicle(manifest("hostile")), encoding="utf-8")
    requests: list[str] = []
    dialogs: list[str] = []
    page = browser.new_page()
    page.on("request", lambda request: requests.append(request.url))
    page.on("dialog", lambda dialog: dialogs.append(dialog.message))
    page.goto(file.as_uri())
    assert page.locator("section.trip tr").count() > 6
    assert (requests, dialogs) == ([file.as_uri()], [])
    page.close()


def test_on_a_telephone_nothing_hangs_over_the_edge(browser: Browser, tmp_path: Path) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 740})
    for name in ("everything", "hostile"):
        file = tmp_path / f"{name}.html"
        file.write_text(html_of_vehicle(manifest(name)), encoding="utf-8")
        page.goto(file.as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.close()
