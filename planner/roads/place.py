"""Download the streets of a named place through OSMnx."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import shapely

from planner.catalogue import default_speeds
from planner.errors import RoadsError, printable
from planner.roads.barriers import ACCESS_KEYS
from planner.roads.read_graph import streets_of_graph
from planner.roads.streets import Streets, haversine_m
from planner.roads.ways import KEPT_TAGS

REACH_TIMEOUT_S = 5.0
ANSWER_TIMEOUT_S = 90
PAUSES_S = (5.0, 20.0)  # between tries while the server is busy
LARGEST_SIDE_KM = 100.0

OFFLINE = "E-M04 offline; use a saved map: --streets FILE"


class _BusyError(RoadsError):
    """The server asks to come back later."""


def download_place(name: str) -> Streets:
    """Download what can be a street in a place or in a box. Raises `RoadsError`, soon when offline.

    A box is ``west,south,east,north`` in degrees; a place is looked up by its name. Nothing is kept here.
    """
    try:
        import osmnx as ox  # noqa: PLC0415
        import requests  # noqa: PLC0415
    except ImportError as error:
        raise RoadsError('a place name needs OSMnx → pip install "micro-ev-planner[osm]"') from error
    try:
        requests.head(ox.settings.nominatim_url, timeout=REACH_TIMEOUT_S)
        with _settings(ox.settings):
            return _patiently(ox, name)
    except OSError as error:  # every failure of requests to connect or to get an answer
        raise RoadsError(OFFLINE) from error
    except (ValueError, TypeError) as error:  # how OSMnx says "not found", "no polygon" or "no street"
        shown = printable(name)
        raise RoadsError(
            f'E-M07 no streets for the place "{shown}" ({error}) → add the country, or use a map'
        ) from error


def _patiently(ox: Any, name: str) -> Streets:
    for pause_s in PAUSES_S:
        try:
            return _download(ox, name)
        except _BusyError:
            time.sleep(pause_s)
    return _download(ox, name)


def _download(ox: Any, name: str) -> Streets:
    outline = _outline(ox, name)
    _refuse_a_country(outline.bounds)
    graph = ox.graph_from_polygon(
        outline, custom_filter=_overpass_filter(), retain_all=True, simplify=False, truncate_by_edge=True
    )
    tagged = {key for _, _, data in graph.edges(data=True) for key in data}
    graph = ox.simplify_graph(
        graph,
        node_attrs_include=["barrier"],
        edge_attrs_differ=sorted(tagged.intersection(KEPT_TAGS)),
    )
    return streets_of_graph(graph)


def _outline(ox: Any, name: str) -> Any:
    """Return the area that a box or a name means, as a shape in degrees."""
    try:
        west, south, east, north = (float(part) for part in name.split(","))
    except ValueError:
        return ox.geocode_to_gdf(name).union_all()
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        raise ValueError("a box is west,south,east,north in degrees")
    return shapely.box(west, south, east, north)


def _overpass_filter() -> str:
    """Ask for streets; OSMnx would read a reversible lane as two-way, so those stay out."""
    return f'["highway"~"^({"|".join(default_speeds())})$"]["area"!~"yes"]["oneway"!~"reversible|alternating"]'


def _refuse_a_country(bounds: Any) -> None:
    west, south, east, north = (float(value) for value in bounds)
    sides_m = (
        haversine_m(lat1=south, lon1=west, lat2=north, lon2=west),
        haversine_m(lat1=south, lon1=west, lat2=south, lon2=east),
    )
    if max(sides_m) > LARGEST_SIDE_KM * 1000:
        raise RoadsError(
            f"E-M24 the place is {max(sides_m) / 1000:.0f} km wide, more than {LARGEST_SIDE_KM:.0f} km "
            "→ name a city, or download an .osm.pbf extract"
        )


@contextmanager
def _settings(settings: Any) -> Iterator[None]:
    """Set OSMnx's global options for one download and put them back."""
    ours = {
        "useful_tags_way": list(KEPT_TAGS),
        "useful_tags_node": ["barrier", *ACCESS_KEYS],
        "requests_timeout": ANSWER_TIMEOUT_S,
        "requests_kwargs": {"hooks": {"response": _judge_answer}},
        "overpass_rate_limit": False,  # its waiting has no end; `_judge_answer` sees a busy server
        "doh_url_template": None,  # no look-up at a third party
        "use_cache": False,
    }
    before = {key: getattr(settings, key) for key in ours}
    try:
        for key, value in ours.items():
            setattr(settings, key, value)
        yield
    finally:
        for key, value in before.items():
            setattr(settings, key, value)


def _judge_answer(response: Any, **_: object) -> None:
    """Refuse the answers that OSMnx waits on for ever or takes for a whole map."""
    if response.status_code in {429, 504}:
        raise _BusyError("E-M01 the map server is busy → try again in some minutes, or use a saved map")
    if response.ok and b'"remark"' in response.content:
        raise RoadsError("E-M02 the map server returned a partial map → name a smaller place, or use a saved map")
