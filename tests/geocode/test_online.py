"""Asking a service, which is here a small server of our own."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from planner import __version__
from planner.errors import InputError
from planner.geocode_online import MOST_AT_PUBLIC, OnlineError, OnlineGeocoder

PLACE = {"house_number": "5", "road": "Hauptstraße", "postcode": "97618", "town": "Altdorf"}


@dataclass
class Server:
    """What the server answers to a query, and what it was asked."""

    url: str = ""
    answers: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    broken: bool = False
    asked: list[str] = field(default_factory=list)
    agents: list[str] = field(default_factory=list)


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("PLANNER_CACHE", str(tmp_path / "cache"))
    state = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            address = urlsplit(self.path)
            query = parse_qs(address.query)["q"][0]
            state.asked.append(query)
            state.agents.append(self.headers["User-Agent"])
            places = state.answers.get(query, [])
            body: Any
            if address.path.endswith("/api"):
                body = {"features": [_feature(place) for place in places]}
            else:
                body = [{"lat": "50.1", "lon": "10.2", "display_name": "x", "address": place} for place in places]
            self.send_response(500 if state.broken else 200)
            self.end_headers()
            self.wfile.write(json.dumps(body).encode())

        def log_message(self, format: str, *arguments: object) -> None:
            """Say nothing."""

    web = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=web.serve_forever, daemon=True).start()
    state.url = f"http://127.0.0.1:{web.server_address[1]}"
    yield state
    web.shutdown()
    web.server_close()


def _feature(place: dict[str, str]) -> dict[str, Any]:
    names = {"house_number": "housenumber", "road": "street", "town": "city"}
    said = {names.get(key, key): value for key, value in place.items()}
    return {"geometry": {"type": "Point", "coordinates": [10.2, 50.1]}, "properties": {"name": "x", **said}}


@pytest.mark.parametrize("service", ["nominatim", "photon"])
def test_an_answer_that_agrees_is_sure(service: Any, server: Server) -> None:
    server.answers["Hauptstr. 5, 97618 Altdorf"] = [PLACE]
    found = OnlineGeocoder(service, server=server.url).find("Hauptstr. 5", city="Altdorf", postcode="97618")
    assert (found.grade, found.lat, found.lon) == ("sure", 50.1, 10.2)
    assert found.address == "Hauptstraße 5, 97618 Altdorf"
    assert server.agents == [f"micro-ev-planner/{__version__}"]


@pytest.mark.parametrize(
    ("text", "place", "grade"),
    [
        ("Hauptstr. 7, Altdorf", PLACE, "street"),  # the service gives a neighbour
        ("Hauptstr. 5", PLACE, "likely"),  # of whatever town in the world
        ("Haubtstr. 5, Altdorf", PLACE, "likely"),  # the service has corrected it
        ("Hauptstr. 5, Altdorf", {"road": "Hauptstraße", "town": "Altdorf"}, "street"),
        ("Hauptstr. 5, Altdorf", {"town": "Altdorf"}, "none"),
    ],
)
def test_an_answer_is_not_believed_beyond_what_it_says(
    text: str, place: dict[str, str], grade: str, server: Server
) -> None:
    server.answers[text] = [place]
    assert OnlineGeocoder("nominatim", server=server.url).find(text).grade == grade


def test_nothing_is_asked_twice_and_nothing_faster_than_once_a_second(server: Server) -> None:
    online = OnlineGeocoder("nominatim", server=server.url)
    begun = time.monotonic()
    for text in ("A 1", "B 1", "A 1"):
        online.find(text)
    assert time.monotonic() - begun >= 1
    OnlineGeocoder("nominatim", server=server.url).find("B 1")  # another run
    assert server.asked == ["A 1", "B 1"]


def test_a_server_that_fails_is_an_error_with_its_name(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("geopy.extra.rate_limiter.sleep", lambda seconds: None)
    server.broken = True
    with pytest.raises(OnlineError, match=f"E-G06 {server.url}: does not answer"):
        OnlineGeocoder("nominatim", server=server.url).find("A 1")
    server.broken = False
    server.answers["A 1, Altdorf"] = [PLACE]
    assert OnlineGeocoder("nominatim", server=server.url).find("A 1, Altdorf").grade == "none"  # and is not kept


def test_a_public_server_is_not_asked_for_lists() -> None:
    many = [f"A {number}" for number in range(MOST_AT_PUBLIC + 1)]
    with pytest.raises(InputError, match=r"E-G08 .*101 addresses are too many for a public server"):
        OnlineGeocoder("nominatim").refuse_list(many)
    OnlineGeocoder("nominatim").refuse_list(many[:-1])
    OnlineGeocoder("nominatim", server="http://127.0.0.1:9").refuse_list(many)


def test_a_server_is_an_address() -> None:
    with pytest.raises(InputError, match="E-A01"):
        OnlineGeocoder("photon", server="ftp://example.org")
