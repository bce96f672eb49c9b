"""Cutting streets out of a large map: what is kept, what is refused, and that memory does not follow the file."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import osmium
import pytest

from planner.catalogue import road_class
from planner.geocode.geocoder import Geocoder
from planner.roads.addresses import read_addresses
from planner.roads.network import Network, build_network
from planner.roads.read import read_streets

from .conftest import Ran

Run = Callable[..., Ran]
VALLETTA = (14.48, 35.87, 14.53, 35.92)
MONTE_CARLO = "7.415,43.730,7.430,43.742"


@pytest.fixture
def monaco(shared: Path) -> Path:
    return shared / "osm" / "monaco-2023.osm.pbf"


def legal_inside(network: Network, box: tuple[float, float, float, float]) -> set[tuple[object, ...]]:
    """Return every legal drive whose shape lies in a box, by its shape and cost."""
    streets = network.streets
    west, south, east, north = box
    found: set[tuple[object, ...]] = set()
    for segment in range(streets.segments):
        span = slice(streets.shape_start[segment], streets.shape_start[segment + 1])
        lat, lon = streets.shape_lat[span], streets.shape_lon[span]
        if lat.min() >= south and lat.max() <= north and lon.min() >= west and lon.max() <= east:
            shape = (*lat.round(6).tolist(), *lon.round(6).tolist())
            found |= {
                (shape, side, int(network.key[2 * segment + side]))
                for side in (0, 1)
                if network.usable[2 * segment + side]
            }
    return found


def write_orders(path: Path, *places: tuple[float, float]) -> Path:
    rows = [f"A{i},{lat},{lon},1" for i, (lat, lon) in enumerate(places)]
    path.write_text("\n".join(["id,lat,lon,demand_kg", *rows]) + "\n")
    return path


def test_the_legal_network_inside_the_box_is_that_of_the_whole_map(shared: Path, tmp_path: Path, run: Run) -> None:
    malta, box = shared / "osm" / "malta-2016.osm.pbf", ",".join(map(str, VALLETTA))
    assert run("streets", "cut", malta, "--bbox", box, "-o", tmp_path / "v.osm.pbf").code == 0
    small, large = (
        legal_inside(build_network(read_streets(file), road_class("L6e"), top_speed_kmh=45), VALLETTA)
        for file in (tmp_path / "v.osm.pbf", malta)
    )
    assert small <= large
    assert len(small) > 0.99 * len(large) > 5_000  # a few need a detour outside the box to be left again


def test_our_own_format_holds_the_same_streets(monaco: Path, tmp_path: Path, run: Run) -> None:
    for name in ("v.osm.pbf", "v.streets.npz"):
        assert run("streets", "cut", monaco, "--bbox", MONTE_CARLO, "-o", tmp_path / name).code == 0
    assert read_streets(tmp_path / "v.osm.pbf").sha256 == read_streets(tmp_path / "v.streets.npz").sha256
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["v.osm.pbf", "v.streets.npz"]


def test_a_cut_holds_streets_restrictions_chargers_and_addresses_and_nothing_else(
    shared: Path, tmp_path: Path, run: Run
) -> None:
    lauf = shared / "osm" / "lauf-2020.osm.pbf"
    assert run("streets", "cut", lauf, "--bbox", "11.2,49.45,11.35,49.56", "-o", tmp_path / "l.osm.pbf").code == 0
    ways, relations, nodes, refs, kinds = [], [], set(), set(), set()
    for thing in osmium.FileProcessor(str(tmp_path / "l.osm.pbf")):
        if isinstance(thing, osmium.osm.Node):
            nodes.add(thing.id)
            kinds |= {key for key in ("amenity", "addr:street", "barrier") if key in thing.tags}
        elif isinstance(thing, osmium.osm.Way):
            ways.append(thing.id)
            refs |= {node.ref for node in thing.nodes}
            assert "highway" in thing.tags or "addr:housenumber" in thing.tags
        elif isinstance(thing, osmium.osm.Relation):
            relations.append(thing.tags.get("type"))
    source = {thing.id for thing in osmium.FileProcessor(str(lauf), osmium.osm.NODE)}
    assert refs & source <= nodes  # this extract itself lacks some
    assert kinds == {"amenity", "addr:street", "barrier"}
    assert set(relations) == {"restriction"}
    assert ways == sorted(ways)
    header = osmium.io.Reader(str(tmp_path / "l.osm.pbf"), osmium.osm.NOTHING).header()
    assert header.box().bottom_left.lon == pytest.approx(11.2)


def test_addresses_in_a_cut_are_found_as_on_the_whole_map(shared: Path, tmp_path: Path, run: Run) -> None:
    lauf, box = shared / "osm" / "lauf-2020.osm.pbf", "11.25,49.49,11.32,49.53"
    assert run("streets", "cut", lauf, "--bbox", box, "-o", tmp_path / "l.osm.pbf").code == 0
    west, south, east, north = map(float, box.split(","))
    whole, cut = read_addresses(lauf), read_addresses(tmp_path / "l.osm.pbf")
    inside = [a for a in whole.addresses if south < a.lat < north and west < a.lon < east]
    kept = {address[:6] for address in cut.addresses}
    assert len(inside) > 5_000
    assert sum(address[:6] not in kept for address in inside) <= 1, "a house drawn as a relation is lost"
    large, small = Geocoder(whole), Geocoder(cut)
    for address in inside[::20]:
        text = f"{address.street} {address.number}, {address.postcode} {address.city}"
        there, here = large.find(text), small.find(text)
        assert (here.grade, here.lat, here.lon) == (there.grade, there.lat, there.lon)


def test_a_cut_around_orders_can_be_planned_on_where_they_are(monaco: Path, tmp_path: Path, run: Run) -> None:
    orders = write_orders(tmp_path / "o.csv", (43.735, 7.42), (43.738, 7.425), (0.0, 0.0), (48.1, 11.5))
    ran = run("streets", "cut", monaco, "--around", orders, "--margin-km", 0.2, "-o", tmp_path / "v.osm.pbf")
    assert ran.code == 0
    assert "2 of 2 orders lie near these streets" in ran.out
    west, _, _, north = read_streets(tmp_path / "v.osm.pbf").bbox
    assert west == pytest.approx(7.415, abs=0.015)
    assert north == pytest.approx(43.742, abs=0.015)


def test_a_polygon_keeps_what_a_box_of_the_same_shape_keeps(monaco: Path, tmp_path: Path, run: Run) -> None:
    west, south, east, north = map(float, MONTE_CARLO.split(","))
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    (tmp_path / "p.geojson").write_text(json.dumps({"type": "Polygon", "coordinates": [ring]}))
    assert run("streets", "cut", monaco, "--polygon", tmp_path / "p.geojson", "-o", tmp_path / "p.osm.pbf").code == 0
    assert run("streets", "cut", monaco, "--bbox", MONTE_CARLO, "-o", tmp_path / "b.osm.pbf").code == 0
    assert (tmp_path / "p.osm.pbf").read_bytes() == (tmp_path / "b.osm.pbf").read_bytes()


BOWTIE = [[14.4, 35.8], [14.6, 36.0], [14.6, 35.8], [14.4, 36.0], [14.4, 35.8]]


@pytest.mark.parametrize(
    "document",
    [
        {"type": "Polygon", "coordinates": [BOWTIE]},
        {"type": "Polygon", "coordinates": [BOWTIE[:2]]},
        {"type": "Point", "coordinates": [14.4, 35.8]},
        {"type": "Polygon", "coordinates": []},
        {"type": "FeatureCollection", "features": [{"type": "Feature"}]},
        {"type": "Polygon", "coordinates": [[[14, 95], [15, 95], [15, 96], [14, 95]]]},
        [],
        "x",
    ],
)
def test_M30_an_invalid_polygon_is_refused(document: object, monaco: Path, tmp_path: Path, run: Run) -> None:
    (tmp_path / "p.geojson").write_text(json.dumps(document))
    ran = run("streets", "cut", monaco, "--polygon", tmp_path / "p.geojson", "-o", tmp_path / "p.osm.pbf")
    assert (ran.code, ran.complaint[:5]) == (2, "E-M30")
    assert "→" in ran.complaint


@pytest.mark.parametrize(
    "box", ["14.53,35.87,14.48,35.92", "14.48,35.92,14.53,35.87", "14.48,35.87", "a,b,c,d", "nan,1,2,3", "0,0,200,1"]
)
def test_M30_a_box_in_the_wrong_order_is_refused_with_the_right_one(
    box: str, monaco: Path, tmp_path: Path, run: Run
) -> None:
    ran = run("streets", "cut", monaco, "--bbox", box, "-o", tmp_path / "v.osm.pbf")
    assert (ran.code, ran.complaint[:5]) == (2, "E-M30")
    assert "west,south,east,north" in ran.complaint


def test_O08_orders_of_another_city_or_with_swapped_columns_are_told_apart(
    monaco: Path, tmp_path: Path, run: Run
) -> None:
    far = write_orders(tmp_path / "far.csv", (48.1, 11.5), (48.2, 11.6))
    swapped = write_orders(tmp_path / "swapped.csv", (7.42, 43.735), (7.425, 43.738))
    target = tmp_path / "v.osm.pbf"
    other, turned = (run("streets", "cut", monaco, "--around", file, "-o", target) for file in (far, swapped))
    assert (other.code, turned.code) == (2, 2)
    assert "orders of another city" in other.complaint
    assert "the columns look swapped" in turned.complaint
    assert not target.exists()


def test_M07_an_area_without_streets_is_refused_with_what_the_map_covers(
    monaco: Path, tmp_path: Path, run: Run
) -> None:
    ran = run("streets", "cut", monaco, "--bbox", "7.5,43.5,7.6,43.6", "-o", tmp_path / "v.osm.pbf")
    assert (ran.code, ran.complaint[:5]) == (3, "E-M07")
    assert "the map covers lat 43." in ran.complaint
    assert [*tmp_path.iterdir()] == []


def test_M07_a_cut_with_no_order_near_its_streets_is_refused(monaco: Path, tmp_path: Path, run: Run) -> None:
    at_sea = write_orders(tmp_path / "sea.csv", (43.72, 7.46))
    ran = run("streets", "cut", monaco, "--around", at_sea, "--margin-km", 3, "-o", tmp_path / "v.osm.pbf")
    assert (ran.code, ran.complaint[:5]) == (3, "E-M07")
    assert "near any order" in ran.complaint


def test_O47_a_spreadsheet_named_csv_is_refused(monaco: Path, tmp_path: Path, run: Run) -> None:
    (tmp_path / "o.csv").write_bytes(b"PK\x03\x04....xl/workbook.xml")
    ran = run("streets", "cut", monaco, "--around", tmp_path / "o.csv", "-o", tmp_path / "v.osm.pbf")
    assert (ran.code, ran.complaint[:5]) == (2, "E-O47")


def test_O20_orders_without_coordinates_are_refused(monaco: Path, tmp_path: Path, run: Run) -> None:
    (tmp_path / "o.csv").write_text("id,address\n1,Strada Stretta\n")
    ran = run("streets", "cut", monaco, "--around", tmp_path / "o.csv", "-o", tmp_path / "v.osm.pbf")
    assert [line[:5] for line in ran.complaint.splitlines()] == ["E-O20", "E-O20"]


def test_M19_a_truncated_map_is_refused_and_leaves_nothing(monaco: Path, tmp_path: Path, run: Run) -> None:
    data = monaco.read_bytes()
    (tmp_path / "half.osm.pbf").write_bytes(data[: len(data) // 2])
    ran = run("streets", "cut", tmp_path / "half.osm.pbf", "--bbox", MONTE_CARLO, "-o", tmp_path / "v.osm.pbf")
    assert (ran.code, ran.complaint[:5]) == (3, "E-M19")
    assert [entry.name for entry in tmp_path.iterdir()] == ["half.osm.pbf"]


def test_B07_an_existing_file_needs_force_and_the_map_itself_is_never_replaced(
    monaco: Path, tmp_path: Path, run: Run
) -> None:
    target = tmp_path / "v.osm.pbf"
    target.write_bytes(b"mine")
    assert run("streets", "cut", monaco, "--bbox", MONTE_CARLO, "-o", target).complaint.startswith("E-B07")
    assert target.read_bytes() == b"mine"
    assert run("streets", "cut", monaco, "--bbox", MONTE_CARLO, "-o", target, "--force").code == 0
    assert (
        "is the map to cut from"
        in run("streets", "cut", target, "--bbox", MONTE_CARLO, "-o", target, "--force").complaint
    )
    assert run("streets", "cut", monaco, "--bbox", MONTE_CARLO, "-o", tmp_path / "v.txt").complaint.startswith("E-B07")
    assert run("streets", "cut", monaco, "--bbox", MONTE_CARLO, "-o", tmp_path / "no" / "v.osm.pbf").code == 2


def test_exactly_one_way_to_say_what_to_cut(monaco: Path, tmp_path: Path, run: Run) -> None:
    assert run("streets", "cut", monaco, "-o", tmp_path / "v.osm.pbf").complaint.startswith("E-A01")


def test_a_street_out_of_the_area_and_in_again_is_not_closed_by_a_straight_line(tmp_path: Path, run: Run) -> None:
    places = {1: (49.0, 11.0), 2: (49.0, 11.01), 3: (49.2, 11.02), 4: (49.0, 11.03), 5: (49.0, 11.04)}
    nodes = "".join(f'<node id="{i}" lat="{lat}" lon="{lon}"/>' for i, (lat, lon) in places.items())
    refs = "".join(f'<nd ref="{i}"/>' for i in places)
    way = f'<way id="1">{refs}<tag k="highway" v="residential"/></way>'
    (tmp_path / "a.osm").write_text(f'<osm version="0.6">{way}{nodes}</osm>')  # no header box, ways before nodes
    ran = run("streets", "cut", tmp_path / "a.osm", "--bbox", "10.99,48.99,11.05,49.01", "-o", tmp_path / "b.osm.pbf")
    assert ran.code == 0
    assert "1 streets end at the edge" in ran.out
    streets = read_streets(tmp_path / "b.osm.pbf")
    assert streets.segments == 2
    assert streets.seg_length_m.max() < 1_000


def peak_mb(source: Path, target: Path) -> float:
    """Return the peak memory of a cut in a process of its own."""
    code = (
        "import resource, sys; from pathlib import Path; from planner.cut import cut_streets;"
        "from planner.roads.cut_area import area_of_box;"
        "cut_streets(Path(sys.argv[1]), area_of_box(sys.argv[2]), Path(sys.argv[3]), force=True);"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)"
    )
    arguments = [sys.executable, "-c", code, str(source), MONTE_CARLO, str(target)]
    return float(subprocess.run(arguments, check=True, capture_output=True, text=True).stdout)


def test_memory_follows_the_cut_and_not_the_ids_or_the_size_of_the_map(monaco: Path, tmp_path: Path) -> None:
    """The map is followed by copies of its nodes elsewhere, with ids up to those of today's planet."""
    times = 8
    with osmium.SimpleWriter(str(tmp_path / "large.osm.pbf")) as writer:
        for thing in osmium.FileProcessor(str(monaco), osmium.osm.NODE):
            writer.add(thing)
        for copy in range(1, times):
            for thing in osmium.FileProcessor(str(monaco), osmium.osm.NODE):
                if isinstance(thing, osmium.osm.Node):
                    moved = (thing.lon + copy, thing.lat)
                    writer.add_node(thing.replace(id=thing.id + copy * 1_500_000_000, location=moved, tags={}))
        for thing in osmium.FileProcessor(str(monaco), osmium.osm.WAY | osmium.osm.RELATION):
            writer.add(thing)
    small, large = peak_mb(monaco, tmp_path / "a.osm.pbf"), peak_mb(tmp_path / "large.osm.pbf", tmp_path / "b.osm.pbf")
    assert large < small + 100  # sets of ids as libosmium keeps them would take 400 MB more
    first, second = (read_streets(tmp_path / name) for name in ("a.osm.pbf", "b.osm.pbf"))
    assert first.sha256 == second.sha256
