"""Reading addresses from small maps written by hand."""

from __future__ import annotations

from pathlib import Path
from xml.sax.saxutils import quoteattr

import pytest

from planner.errors import RoadsError
from planner.geocode.geocoder import Geocoder
from planner.roads.addresses import read_addresses

HOUSE = {"addr:street": "Lange Gasse", "addr:housenumber": "1"}


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLANNER_CACHE", str(tmp_path / "cache"))


class Map:
    """Collects elements and writes an .osm file, in the order in which they were added."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.nodes = 0

    def node(self, lat: float, lon: float, **tags: str) -> int:
        self.nodes += 1
        self.lines.append(f'<node id="{self.nodes}" lat="{lat}" lon="{lon}">{_tags(tags)}</node>')
        return self.nodes

    def way(self, number: int, nodes: list[int], tags: dict[str, str]) -> None:
        refs = "".join(f'<nd ref="{node}"/>' for node in nodes)
        self.lines.append(f'<way id="{number}">{refs}{_tags(tags)}</way>')

    def relation(self, number: int, ways: list[int], tags: dict[str, str]) -> None:
        members = "".join(f'<member type="way" ref="{way}" role="outer"/>' for way in ways)
        self.lines.append(f'<relation id="{number}">{members}{_tags(tags)}</relation>')

    def square(self, number: int, *, lat: float, lon: float, side: float, tags: dict[str, str]) -> None:
        corners = [self.node(lat + a * side, lon + b * side) for a, b in ((0, 0), (0, 1), (1, 1), (1, 0))]
        self.way(number, [*corners, corners[0]], tags)

    def save(self, path: Path) -> Path:
        path.write_text("\n".join(['<osm version="0.6">', *self.lines, "</osm>"]), encoding="utf-8")
        return path


def _tags(tags: dict[str, str]) -> str:
    return "".join(f"<tag k={quoteattr(key.replace('__', ':'))} v={quoteattr(value)}/>" for key, value in tags.items())


def test_points_outlines_and_relations_have_addresses(tmp_path: Path) -> None:
    town = Map()
    town.node(50.0, 10.0, **HOUSE)
    town.square(1, lat=50.001, lon=10.0, side=0.0002, tags=HOUSE | {"addr:housenumber": "2", "building": "yes"})
    town.square(2, lat=50.002, lon=10.0, side=0.0002, tags={})
    town.relation(1, [2], HOUSE | {"addr:housenumber": "3", "type": "multipolygon"})
    book = read_addresses(town.save(tmp_path / "a.osm"))
    places = {address.number: (round(address.lat, 5), round(address.lon, 5)) for address in book.addresses}
    assert places == {"1": (50.0, 10.0), "2": (50.0011, 10.0001), "3": (50.0021, 10.0001)}


def test_a_village_without_street_names_goes_by_its_own(tmp_path: Path) -> None:
    town = Map()
    town.node(50.0, 10.0, **{"addr:place": "Hinterdorf", "addr:housenumber": "4"})
    assert Geocoder.from_osm(town.save(tmp_path / "a.osm")).find("Hinterdorf 4").grade == "sure"


def test_an_address_without_a_town_lies_in_the_one_whose_boundary_holds_it(tmp_path: Path) -> None:
    town = Map()
    for number, (name, lat) in enumerate({"Oberau": 50.0, "Unterau": 50.1}.items(), start=1):
        town.square(number, lat=lat, lon=10.0, side=0.1, tags={})
        town.relation(number, [number], {"boundary": "administrative", "admin_level": "8", "name": name})
    town.relation(3, [], {"boundary": "administrative", "admin_level": "4", "name": "Bergland"})
    town.node(50.05, 10.05, **HOUSE)
    town.node(50.15, 10.05, **HOUSE)
    path = town.save(tmp_path / "a.osm")
    assert [address.towns for address in read_addresses(path).addresses] == [("Oberau",), ("Unterau",)]
    geocoder = Geocoder.from_osm(path)
    found = geocoder.find("Lange Gasse 1, Unterau, Bergland")
    assert (found.grade, found.lat) == ("sure", 50.15)
    assert geocoder.find("Lange Gasse 1").grade == "likely"


def test_a_boundary_that_the_map_cuts_off_holds_nothing(tmp_path: Path) -> None:
    town = Map()
    town.square(1, lat=50.0, lon=10.0, side=0.1, tags={})
    town.relation(1, [1, 99], {"boundary": "administrative", "admin_level": "8", "name": "Oberau"})
    town.node(50.05, 10.05, **HOUSE)
    assert read_addresses(town.save(tmp_path / "a.osm")).addresses[0].towns == ()


def test_an_address_without_a_town_takes_that_of_a_neighbour_but_not_from_afar(tmp_path: Path) -> None:
    town = Map()
    town.node(50.0, 10.0, **HOUSE, **{"addr:city": "Oberau"})
    town.node(50.001, 10.0, **{**HOUSE, "addr:housenumber": "2"})  # 111 m
    town.node(50.02, 10.0, **{**HOUSE, "addr:housenumber": "3"})  # 2.2 km
    towns = {address.number: address.towns for address in read_addresses(town.save(tmp_path / "a.osm")).addresses}
    assert towns == {"1": ("Oberau",), "2": ("Oberau",), "3": ()}


def test_streets_are_known_by_all_their_names(tmp_path: Path) -> None:
    town = Map()
    nodes = [town.node(50.0 + i / 1000, 10.0) for i in range(3)]
    town.way(1, nodes, {"highway": "residential", "name": "Neue Gasse", "alt_name": "Judengasse; Gässle"})
    town.node(50.0, 10.0, **HOUSE)
    path = town.save(tmp_path / "a.osm")
    assert [piece.name for piece in read_addresses(path).streets] == ["Neue Gasse", "Judengasse", "Gässle"]
    found = Geocoder.from_osm(path).find("Gässle 5")
    assert (found.grade, found.lat) == ("street", 50.001)


def test_ways_may_stand_before_their_nodes(tmp_path: Path) -> None:
    town = Map()
    town.square(1, lat=50.0, lon=10.0, side=0.0002, tags=HOUSE)
    town.lines.reverse()
    assert len(read_addresses(town.save(tmp_path / "a.osm")).addresses) == 1


def test_the_second_reading_comes_from_the_cache_and_says_the_same(tmp_path: Path) -> None:
    town = Map()
    town.node(50.0, 10.0, **HOUSE, **{"addr:city": "Öberau", "addr:postcode": "01234"})
    path = town.save(tmp_path / "a.osm")
    first = read_addresses(path)
    (kept,) = (tmp_path / "cache").glob("addresses-*.npz")
    assert read_addresses(path) == first
    kept.write_bytes(b"broken")
    assert read_addresses(path) == first


def test_a_map_without_addresses_is_refused(tmp_path: Path) -> None:
    town = Map()
    town.node(50.0, 10.0)
    with pytest.raises(RoadsError, match=r"E-G01 .*no house number in it"):
        Geocoder.from_osm(town.save(tmp_path / "a.osm"))
    with pytest.raises(RoadsError, match="E-M04"):
        Geocoder.from_osm(tmp_path / "none.osm.pbf")
    (tmp_path / "cut.osm").write_text('<osm version="0.6"><node id="1" lat="1" lo')
    with pytest.raises(RoadsError, match="E-M19"):
        Geocoder.from_osm(tmp_path / "cut.osm")
