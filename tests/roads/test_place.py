"""Downloading a place: without internet, and from a stand-in for the map servers on this machine."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import osmnx as ox
import pytest

from planner.errors import RoadsError
from planner.roads import place
from planner.roads.place import download_place

SQUARE = [[-8.01, 40.99], [-7.99, 40.99], [-7.99, 41.01], [-8.01, 41.01], [-8.01, 40.99]]
FOUND = {
    "importance": 1,
    "lat": "41",
    "lon": "-8",
    "boundingbox": ["40.99", "41.01", "-8.01", "-7.99"],
    "geojson": {"type": "Polygon", "coordinates": [SQUARE]},
}
WHOLE_MAP = {
    "elements": [
        {"type": "node", "id": 1, "lat": 41.0, "lon": -8.0},
        {"type": "node", "id": 2, "lat": 41.001, "lon": -8.0, "tags": {"barrier": "bollard"}},
        {"type": "node", "id": 3, "lat": 41.002, "lon": -8.0},
        {"type": "way", "id": 1, "nodes": [1, 2, 3], "tags": {"highway": "residential", "motor_vehicle": "yes"}},
    ]
}


class MapServer(HTTPServer):
    """Answers a geocoding request with a square and a map request with what it is told."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.status = 200
        self.map: dict[str, Any] = WHOLE_MAP


class _Answer(BaseHTTPRequestHandler):
    server: MapServer

    def do_HEAD(self) -> None:
        self._send(200, None)

    def do_GET(self) -> None:
        self._send(200, [FOUND])

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self._send(self.server.status, self.server.map)

    def log_message(self, *_: object) -> None:
        """Keep the test's output quiet."""

    def _send(self, status: int, answer: object) -> None:
        body = b"" if answer is None else json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture
def map_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[MapServer]:
    with MapServer() as server:
        url = f"http://127.0.0.1:{server.server_port}/"
        monkeypatch.setattr(ox.settings, "nominatim_url", url)
        monkeypatch.setattr(ox.settings, "overpass_url", url)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def test_M04_a_place_without_internet_is_refused_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ox.settings, "nominatim_url", "http://127.0.0.1:9/")  # nobody listens there
    start = time.monotonic()
    with pytest.raises(RoadsError, match=r"^E-M04 offline; use a saved map"):
        download_place("Porto, Portugal")
    assert time.monotonic() - start < 5


@pytest.mark.usefixtures("map_server")
def test_a_place_becomes_streets_with_its_legal_tags_and_barriers_and_leaves_osmnx_as_it_was() -> None:
    before = dict(vars(ox.settings))
    streets = download_place("Somewhere")
    assert streets.tag_sets == ({"highway": "residential", "motor_vehicle": "yes", "oneway": "no"},)
    assert (streets.segments, len(streets.node_lat)) == (2, 4)  # cut in two by the bollard
    assert vars(ox.settings) == before


def test_M01_a_busy_server_is_not_waited_on_for_ever(map_server: MapServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(place, "PAUSES_S", (0.0,))
    map_server.status = 429
    with pytest.raises(RoadsError, match=r"^E-M01 the map server is busy"):
        download_place("Somewhere")


def test_M02_a_partial_map_is_refused(map_server: MapServer) -> None:
    map_server.map = {**WHOLE_MAP, "remark": "runtime error: Query run out of memory"}
    with pytest.raises(RoadsError, match=r"^E-M02 the map server returned a partial map"):
        download_place("Somewhere")


def test_M07_a_place_without_streets_is_refused(map_server: MapServer) -> None:
    map_server.map = {"elements": []}
    with pytest.raises(RoadsError, match=r'^E-M07 no streets for the place "Somewhere"'):
        download_place("Somewhere")


def test_M24_a_country_is_refused_before_its_streets_are_asked_for(
    map_server: MapServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(place, "LARGEST_SIDE_KM", 1.0)
    map_server.map = {"elements": []}
    with pytest.raises(RoadsError, match=r"^E-M24 the place is 2 km wide, more than 1 km"):
        download_place("Somewhere")
