"""Reading streets: tiny maps written by hand, one real extract, and files that are no maps."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import osmium
import osmnx as ox
import pytest
from shapely import LineString

from planner.errors import RoadsError
from planner.roads.read import read_streets
from planner.roads.streets import Streets, save_streets

NODES = {1: (41.0, -8.0), 2: (41.001, -8.0), 3: (41.002, -8.0), 4: (41.001, -8.001), 5: (41.003, -8.0)}
STREET = {"highway": "residential", "name": "Rua Nova", "source": "survey"}


def _write_osm(
    path: Path,
    *ways: tuple[list[int], dict[str, str]],
    node_tags: dict[int, dict[str, str]] | None = None,
    nodes: dict[int, tuple[float, float]] = NODES,
) -> Path:
    def tags(values: dict[str, str]) -> str:
        return "".join(f'<tag k="{key}" v="{value}"/>' for key, value in values.items())

    lines = ['<osm version="0.6">']
    for number, (refs, values) in enumerate(ways, start=1):
        lines.append(
            f'<way id="{number}">{"".join(f"<nd ref={chr(34)}{r}{chr(34)}/>" for r in refs)}{tags(values)}</way>'
        )
    for node, (lat, lon) in nodes.items():
        lines.append(f'<node id="{node}" lat="{lat}" lon="{lon}">{tags((node_tags or {}).get(node, {}))}</node>')
    path.write_text("\n".join([*lines, "</osm>"]))
    return path


def _links(streets: Streets) -> set[tuple[tuple[float, float], tuple[float, float]]]:
    """Return each segment as its two end points, rounded to the hand-written figures."""
    where = [(round(float(a), 4), round(float(b), 4)) for a, b in zip(streets.node_lat, streets.node_lon, strict=True)]
    return {(where[a], where[b]) for a, b in zip(streets.seg_from, streets.seg_to, strict=True)}


def test_a_way_is_one_segment_with_its_shape_and_the_tags_that_matter(tmp_path: Path) -> None:
    streets = read_streets(_write_osm(tmp_path / "a.osm", ([1, 2, 3], STREET)))
    assert _links(streets) == {(NODES[1], NODES[3])}
    assert streets.shape_lat.tolist() == pytest.approx([41.0, 41.001, 41.002])
    assert streets.tag_sets == ({"highway": "residential", "name": "Rua Nova"},)
    assert streets.seg_length_m[0] == pytest.approx(222.4, abs=0.1)  # 2/1000 of a degree of 111,195 m


def test_ways_are_cut_where_they_meet(tmp_path: Path) -> None:
    streets = read_streets(_write_osm(tmp_path / "a.osm", ([1, 2, 3], STREET), ([4, 2], STREET)))
    assert _links(streets) == {(NODES[1], NODES[2]), (NODES[2], NODES[3]), (NODES[4], NODES[2])}
    assert len(streets.node_lat) == 4


def test_a_way_is_cut_where_it_crosses_itself(tmp_path: Path) -> None:
    streets = read_streets(_write_osm(tmp_path / "a.osm", ([1, 2, 4, 3, 2], STREET)))
    assert _links(streets) == {(NODES[1], NODES[2]), (NODES[2], NODES[2])}


def test_a_node_that_repeats_itself_is_no_junction(tmp_path: Path) -> None:
    assert read_streets(_write_osm(tmp_path / "a.osm", ([1, 2, 2, 3], STREET))).segments == 1


def test_M18_footways_and_squares_stay_out(tmp_path: Path) -> None:
    ways = [([1, 2], {"highway": "footway"}), ([2, 3, 4, 2], {"highway": "service", "area": "yes"}), ([3, 5], STREET)]
    assert _links(read_streets(_write_osm(tmp_path / "a.osm", *ways))) == {(NODES[3], NODES[5])}


def test_a_street_ends_on_both_sides_of_a_bollard(tmp_path: Path) -> None:
    path = _write_osm(tmp_path / "a.osm", ([1, 2, 3], STREET), ([4, 2], STREET), node_tags={2: {"barrier": "bollard"}})
    streets = read_streets(path)
    assert streets.segments == 3
    assert len(streets.node_lat) == 6  # nothing is shared
    assert streets.notes == ("1 barriers on streets read as closed",)


def test_a_gate_that_admits_vehicles_is_no_gap(tmp_path: Path) -> None:
    gate = {2: {"barrier": "gate", "motor_vehicle": "yes"}}
    assert read_streets(_write_osm(tmp_path / "a.osm", ([1, 2, 3], STREET), node_tags=gate)).segments == 1


def test_M19_a_way_is_cut_to_the_runs_of_nodes_that_the_extract_has(tmp_path: Path) -> None:
    path = _write_osm(tmp_path / "a.osm", ([1, 2, 99, 3, 5, 98, 4], STREET), ([1, 4], STREET))
    streets = read_streets(path)
    assert _links(streets) == {(NODES[1], NODES[2]), (NODES[3], NODES[5]), (NODES[1], NODES[4])}
    assert streets.notes == ("1 ways cut where the extract lacks their nodes (2 nodes)",)


def test_rules_that_change_with_time_and_direction_are_kept(tmp_path: Path) -> None:
    tags = STREET | {
        "motor_vehicle:conditional": "no @ (Mo-Fr 07:00-09:00)",
        "maxspeed:forward:conditional": "30 @ (22:00-06:00)",
        "access:backward": "no",
        "maxheight": "2.1",
        "zone:maxspeed": "DE:30",
    }
    streets = read_streets(_write_osm(tmp_path / "a.osm", ([1, 2], tags)))
    assert streets.tag_sets == ({key: value for key, value in tags.items() if key != "source"},)


def test_names_in_any_script_and_with_any_sign_arrive_as_they_are(tmp_path: Path) -> None:
    name = "Straße №7, 50% = @漢 😀\u202e"
    streets = read_streets(_write_osm(tmp_path / "a.osm", ([1, 2], {"highway": "residential", "name": name})))
    assert streets.tag_sets[0]["name"] == name


@pytest.mark.parametrize("spoilt", [b"Rua\xff\xfeov", b"Rua No\xe6"])
def test_M19_a_name_that_is_no_text_is_refused_in_plain_words(tmp_path: Path, spoilt: bytes) -> None:
    _write_osm(tmp_path / "a.osm", ([1, 2], {"highway": "residential", "name": "Rua Nov"}))
    path = tmp_path / "a.osm.pbf"
    with osmium.SimpleWriter(osmium.io.File(str(path), "pbf,pbf_compression=none")) as writer:
        for thing in osmium.FileProcessor(str(tmp_path / "a.osm")):
            writer.add(thing)
    path.write_bytes(path.read_bytes().replace(b"Rua Nov", spoilt))
    with pytest.raises(RoadsError, match=r"^E-M19 .*incomplete or damaged"):
        read_streets(path)


def test_lauf_has_the_length_that_was_measured_and_its_gates(shared: Path) -> None:
    streets = read_streets(shared / "osm" / "lauf-2020.osm.pbf")
    assert streets.seg_length_m.sum() == pytest.approx(190e3, rel=0.01)
    assert any("barriers" in note for note in streets.notes)
    assert any("lacks" in note for note in streets.notes)
    west, south, east, north = streets.bbox
    assert 11.2 < west < east < 11.4
    assert 49.4 < south < north < 49.6


def test_our_own_file_brings_the_same_streets_back(tmp_path: Path) -> None:
    streets = read_streets(_write_osm(tmp_path / "a.osm", ([1, 2, 3], STREET), ([4, 2], STREET)))
    save_streets(streets, tmp_path / "a.streets.npz")
    assert read_streets(tmp_path / "a.streets.npz").sha256 == streets.sha256


def test_M19_a_pbf_named_osm_is_read_as_what_it_is(shared: Path, tmp_path: Path) -> None:
    copy = tmp_path / "lauf.osm"
    copy.write_bytes((shared / "osm" / "lauf-2020.osm.pbf").read_bytes())
    assert read_streets(copy).segments > 1000


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_M19_a_truncated_pbf_is_refused_in_plain_words(shared: Path, tmp_path: Path, share: float) -> None:
    whole = (shared / "osm" / "lauf-2020.osm.pbf").read_bytes()
    path = tmp_path / "half.osm.pbf"
    path.write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(RoadsError, match=r"^E-M19 .*half\.osm\.pbf: incomplete or damaged map"):
        read_streets(path)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "E-M19 .* is empty"),
        (b"id,lat,lon\n1,2,3\n", "E-M19 .* is no complete"),
        (b"\x80\x04\x95 a pickle", "E-M19 .* is no complete"),
        (b"<html><body/></html>", "E-M19 .* is no complete"),
        (b"<osm version='0.6'><node id='1' lat='1'", "E-M19 .* incomplete or damaged"),
        (b"<osm version='0.6'><way id='x'/></osm>", "E-M19 .* incomplete or damaged"),
        (b"<osm version='0.6'></osm>", "E-M07 .* no street"),
        (b"<osm version='0.6'><node id='1' lat='1' lon='1'/></osm>", "E-M07 .* no street"),
        (b"<<<", "E-M19 .* damaged XML"),
        (b"PK\x03\x04 no archive", "E-M19 .* is no complete"),
        (b"<graphml/>", "E-M19 .* not a graph as OSMnx saves it"),
    ],
)
def test_M19_M07_what_is_no_map_is_refused_in_plain_words(tmp_path: Path, content: bytes, code: str) -> None:
    path = tmp_path / "map"
    path.write_bytes(content)
    with pytest.raises(RoadsError, match=f"^{code}"):
        read_streets(path)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("root", ["osm", "graphml"])
def test_M22_a_document_type_is_refused_before_anything_expands(tmp_path: Path, root: str, encoding: str) -> None:
    path = tmp_path / "bomb"
    head = f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE {root} [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'
    path.write_text(f"{head}<{root}>&b;</{root}>", encoding=encoding)
    with pytest.raises(RoadsError, match=r"^E-M22 "):
        read_streets(path)


def test_a_missing_file_a_folder_and_a_pipe_are_refused_by_name(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for name, reason in (("gone.osm.pbf", "no such file"), (".", "not a file"), ("pipe", "not a file")):
        with pytest.raises(RoadsError, match=reason):
            read_streets(tmp_path / name)


def _graph() -> Any:
    """A two-way street 1-2 with a bend, a one-way street 2-3 drawn as merged from two kinds, and a lone node."""
    graph = nx.MultiDiGraph(crs="epsg:4326")
    for node in (1, 2, 3, 4):
        graph.add_node(node, y=NODES[node][0], x=NODES[node][1], street_count=1)
    bend = [(-8.0, 41.0), (-8.0005, 41.0005), (-8.0, 41.001)]
    street: dict[str, Any] = {"osmid": 7, "highway": "residential", "oneway": False, "length": 1.0}
    graph.add_edge(2, 1, **street, reversed=True, geometry=LineString(bend[::-1]))
    graph.add_edge(1, 2, **street, reversed=False, geometry=LineString(bend), **{"maxspeed:forward": "20"})
    merged: dict[str, Any] = {"highway": ["tertiary", "motorway"], "maxspeed": ["50", "30"], "name": ["B", "A"]}
    graph.add_edge(2, 3, osmid=[8, 9], oneway=True, reversed=False, length=1.0, **merged)
    return graph


def test_M21_graphml_of_osmnx_keeps_directions_shapes_and_the_strictest_tags(tmp_path: Path) -> None:
    ox.save_graphml(_graph(), tmp_path / "a.graphml")
    streets = read_streets(tmp_path / "a.graphml")
    assert _links(streets) == {(NODES[1], NODES[2]), (NODES[2], NODES[3])}
    assert len(streets.node_lat) == 3
    assert np.diff(streets.shape_start).tolist() == [3, 2]
    assert [streets.tag_sets[i] for i in streets.seg_tags] == [
        {"highway": "residential", "oneway": "no", "maxspeed:forward": "20"},
        {"highway": "motorway", "oneway": "yes", "maxspeed": "30;50", "name": "A;B"},
    ]
    assert streets.notes == (
        "a graph holds no turn restrictions: turns are judged without",
        "no street carries access or motor_vehicle or motorroad: legality is judged without",
    )


def test_M08_a_projected_graph_is_refused(tmp_path: Path) -> None:
    graph = _graph()
    graph.graph["crs"] = "epsg:32629"
    ox.save_graphml(graph, tmp_path / "a.graphml")
    with pytest.raises(RoadsError, match=r"^E-M19 .*projected"):
        read_streets(tmp_path / "a.graphml")
