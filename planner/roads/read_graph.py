"""Turn an OSMnx graph, saved as GraphML or just downloaded, into streets."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from planner.catalogue import default_speeds
from planner.errors import RoadsError
from planner.roads.barriers import stops_traffic
from planner.roads.streets import Floats, Streets, assemble
from planner.roads.ways import KEPT_TAGS

FLAGS = frozenset({"area", "bridge", "motorroad", "toll", "tunnel"})
LEGAL_TAGS = ("access", "motor_vehicle", "motorroad")  # a plain OSMnx download drops the last two


@dataclass(frozen=True, slots=True, kw_only=True)
class _Edge:
    """A directed edge; `shape` is (lat, lon) per point. Edges of one street in both directions mirror each other."""

    first: Any
    last: Any
    shape: tuple[tuple[float, float], ...]
    tags: dict[str, str]

    @property
    def key(self) -> tuple[object, ...]:
        return (self.first, self.last, self.shape)

    @property
    def mirrored_key(self) -> tuple[object, ...]:
        return (self.last, self.first, self.shape[::-1])


def read_graphml(path: Path) -> Streets:
    """Read GraphML written by ``osmnx.save_graphml``. Raises `RoadsError` E-M19."""
    try:
        import networkx as nx  # noqa: PLC0415
        import osmnx as ox  # noqa: PLC0415
    except ImportError as error:
        raise RoadsError('GraphML needs OSMnx → pip install "micro-ev-planner[osm]"') from error
    try:
        return streets_of_graph(ox.load_graphml(path))
    except (ValueError, KeyError, TypeError, AttributeError, SyntaxError, nx.NetworkXException) as error:
        raise RoadsError(f"E-M19 {path}: not a graph as OSMnx saves it ({error}) → save it with OSMnx again") from error


def streets_of_graph(graph: Any) -> Streets:
    """Convert an OSMnx `MultiDiGraph` in degrees; a direction is open where the graph has an edge for it.

    Raises `ValueError` for a projected graph and `KeyError` for one without coordinates.
    """
    if str(graph.graph.get("crs", "epsg:4326")).casefold() != "epsg:4326":
        raise ValueError("its coordinates are projected, not latitude and longitude")
    places = {node: _place(data) for node, data in graph.nodes(data=True)}
    closed = {node for node, data in graph.nodes(data=True) if stops_traffic(data)}
    edges = _streets_once(_edges(graph, places))
    ends, points = _numbered([(edge.first, edge.last) for edge in edges], places=places, closed=closed)
    return assemble(
        node_lat=points[:, 0],
        node_lon=points[:, 1],
        ends=ends,
        shapes=[np.array(edge.shape) for edge in edges],
        tags=[edge.tags for edge in edges],
        notes=_notes(edges, barriers=len(closed)),
    )


def _place(data: Mapping[str, Any]) -> tuple[float, float]:
    lat, lon = float(data["y"]), float(data["x"])
    if not (abs(lat) <= 90 and abs(lon) <= 180):
        raise ValueError(f"a node lies at latitude {lat}, longitude {lon}")
    return lat, lon


def _edges(graph: Any, places: Mapping[Any, tuple[float, float]]) -> list[_Edge]:
    """Return the edges, those along their way's own direction first, so that its tags keep their sense."""
    rows = sorted(graph.edges(data=True), key=lambda row: row[2].get("reversed") is True)
    return [
        _Edge(first=first, last=last, shape=_shape(data, (places[first], places[last])), tags=_tags(data))
        for first, last, data in rows
    ]


def _shape(data: Mapping[str, Any], ends: tuple[tuple[float, float], ...]) -> tuple[tuple[float, float], ...]:
    line = data.get("geometry")
    if line is None:
        return ends
    return tuple((round(lat, 7), round(lon, 7)) for lon, lat in line.coords)


def _streets_once(edges: list[_Edge]) -> list[_Edge]:
    """Merge the two directions of a street, and say in its tags which are open."""
    waiting: dict[tuple[object, ...], list[int]] = defaultdict(list)
    streets: list[_Edge] = []
    for edge in edges:
        partners = waiting[edge.mirrored_key]
        if partners:
            streets[partners.pop()].tags["oneway"] = "no"
        else:
            waiting[edge.key].append(len(streets))
            edge.tags["oneway"] = "yes"
            streets.append(edge)
    return streets


def _tags(data: Mapping[str, Any]) -> dict[str, str]:
    texts = {key: _text(key, data[key]) for key in KEPT_TAGS if key in data and key != "oneway"}
    return {key: text for key, text in texts.items() if text not in {"", "nan", "None"}}


def _text(key: str, value: Any) -> str:
    """Return a tag as text; of the values that OSMnx merged into a list the strictest decides, or all are kept."""
    if not isinstance(value, list):
        return str(value)
    values = sorted({str(item) for item in value})
    if key in FLAGS and "yes" in values:
        return "yes"
    if key == "highway":
        return next((kind for kind in default_speeds() if kind in values), values[0])  # motorway comes first
    return ";".join(values)


def _numbered(
    pairs: list[tuple[Any, Any]], *, places: Mapping[Any, tuple[float, float]], closed: set[Any]
) -> tuple[np.ndarray[Any, np.dtype[np.int64]], Floats]:
    """Number the nodes at segment ends, a closed barrier anew for each end, and return (ends, coordinates)."""
    numbers: dict[Any, int] = {}
    ends = np.empty((len(pairs), 2), dtype=np.int64)
    for row, pair in enumerate(pairs):
        for side, node in enumerate(pair):
            key = (row, side, node) if node in closed else node
            ends[row, side] = numbers.setdefault(key, len(numbers))
    nodes = [key[2] if isinstance(key, tuple) else key for key in numbers]
    return ends, np.array([places[node] for node in nodes], dtype=float).reshape(-1, 2)


def _notes(edges: list[_Edge], *, barriers: int) -> tuple[str, ...]:
    carried = {key for edge in edges for key in edge.tags}
    lacking = [key for key in LEGAL_TAGS if key not in carried]
    notes = ["a graph holds no turn restrictions: turns are judged without"]
    if lacking:
        notes.append(f"no street carries {' or '.join(lacking)}: legality is judged without")
    if barriers:
        notes.append(f"{barriers} barriers on streets read as closed")
    return tuple(notes)
