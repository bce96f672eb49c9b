"""The parts of the page that Streamlit does not have: map, timeline, report, each a script in the folder `parts`.

They run in the page itself, so what they are given is data, which they write as text.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

import streamlit as st
from street_lines import street_lines

from planner.roads.streets import Streets

HERE = Path(__file__).with_name("parts")
LEAFLET = files("planner.report") / "leaflet"


def _text(name: str) -> str:
    return (HERE / name).read_text(encoding="utf-8")


def _leaflet(name: str) -> str:
    text = (LEAFLET / name).read_text(encoding="utf-8")
    return text.partition("//# sourceMappingURL")[0]  # there is no such file here


# Leaflet travels with the streets: what does not change is sent once, and the map changes with every click.
_streets = st.components.v2.component("planner_streets", js=_leaflet("leaflet.js") + _text("streets.js"))
_map = st.components.v2.component(
    "planner_map",
    html='<div class="map" role="application" tabindex="0"></div>',
    css=_leaflet("leaflet.css") + _text("map.css"),
    js=_text("tools.js") + _text("map.js"),
)
_timeline = st.components.v2.component(
    "planner_timeline",
    html=_text("timeline.html"),
    css=_text("timeline.css"),
    js=_text("tools.js") + _text("timeline.js"),
)

_report = st.components.v2.component("planner_report", html='<iframe sandbox=""></iframe>', js=_text("report.js"))


def show_map(
    data: dict[str, Any], streets: Streets, *, key: str, height_px: int, on_pick: Callable[[], None] | None = None
) -> None:
    """Draw a map; what was clicked is in the session under the key, as `picked`."""
    with st.container(gap=None):
        _streets(data=street_lines(streets), height=1)
        _map(key=key, data=data | {"height_px": height_px}, on_picked_change=on_pick or _nothing)


def show_timeline(data: dict[str, Any], *, key: str, on_pick: Callable[[], None], on_drop: Callable[[], None]) -> None:
    """Draw the timeline; what was clicked or dropped is in the session under the key, as `picked` and `dropped`."""
    _timeline(key=key, data=data, on_picked_change=on_pick, on_dropped_change=on_drop)


def show_report(html: str, *, label: str, height_px: int) -> None:
    """Draw a page that we have written in a frame where no script runs."""
    _report(data={"html": html, "label": label, "height_px": height_px})


def _nothing() -> None:
    pass
