"""Small streets, and the map page in a real browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from planner.plan import Plan
from planner.report.map_page import map_page
from planner.roads.streets import Streets, assemble
from tests.factories import DEPOT_LAT, DEPOT_LON

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

HIGHWAYS = ("residential", "tertiary", "primary", "motorway_link", "track")


def make_grid(*, side: int, points: int = 2, spacing: float = 0.001, attribution: str = "© Grid, ODbL") -> Streets:
    """Return `side` x `side` junctions around the depot; each street between two has `points` points, a bit crooked."""
    lat = DEPOT_LAT + (np.arange(side) - side / 2) * spacing
    lon = DEPOT_LON + (np.arange(side) - side / 2) * spacing
    node_lat, node_lon = (grid.ravel() for grid in np.meshgrid(lat, lon, indexing="ij"))
    index = np.arange(side * side).reshape(side, side)
    across = np.column_stack([index[:, :-1].ravel(), index[:, 1:].ravel()])
    along = np.column_stack([index[:-1].ravel(), index[1:].ravel()])
    ends = np.concatenate([across, along])
    share = np.linspace(0.0, 1.0, points)[:, None]
    crooked = 0.1 * spacing * np.sin(3 * np.pi * share)
    nodes = np.column_stack([node_lat, node_lon])
    shapes = [nodes[a] + share * (nodes[b] - nodes[a]) + crooked for a, b in ends]
    tags = [{"highway": HIGHWAYS[i % len(HIGHWAYS)]} for i in range(len(ends))]
    return assemble(node_lat=node_lat, node_lon=node_lon, ends=ends, shapes=shapes, tags=tags, attribution=attribution)


@pytest.fixture
def show(browser: Browser, tmp_path: Path) -> Iterator[Callable[..., Page]]:
    """Open the map page of a plan from disk; any request to elsewhere and any script error fails the test."""
    requests: list[str] = []
    errors: list[str] = []
    context = browser.new_context(viewport={"width": 1366, "height": 768})

    def open_page(plan: Plan, streets: Streets | None = None) -> Page:
        file = tmp_path / "map.html"
        file.write_text(map_page(plan, streets or make_grid(side=12)), encoding="utf-8")
        page = context.new_page()
        page.on("request", lambda request: requests.append(request.url))
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        page.on("dialog", lambda dialog: errors.append(dialog.message))
        page.goto(file.as_uri())
        # Two frames: the canvas is drawn in the one after the script.
        page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        return page

    yield open_page
    context.close()
    assert requests == [(tmp_path / "map.html").as_uri()]
    assert errors == []
