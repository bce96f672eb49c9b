"""Generated days: read without a fault, on streets the class can use, the same bytes for the same seed."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from planner.catalogue import class_names, road_class
from planner.demo import demo_folder
from planner.errors import InputError
from planner.generate.demand import orders_on, windows_within
from planner.generate.fleet import type_for
from planner.generate.quarters import read_zones
from planner.io.area import Area
from planner.io.fleet import FleetFile, read_fleet
from planner.io.orders import OrdersFile, read_orders
from planner.roads.network import build_network
from planner.roads.read import read_streets
from planner.roads.snap import snap
from planner.roads.streets import Streets, haversine_m

from .conftest import Ran

FIRST = date(2026, 3, 10)
Run = Callable[..., Ran]


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def read_day(folder: Path, day: date = FIRST) -> tuple[FleetFile, Streets, OrdersFile]:
    fleet = read_fleet(folder / "fleet.toml", day=day)
    streets = read_streets(fleet.streets)
    west, south, east, north = streets.bbox
    area = Area(west=west, south=south, east=east, north=north)
    orders = read_orders(folder / day.isoformat() / "orders.csv", day=day, zone=fleet.zone, area=area)
    return fleet, streets, orders


def gaps_m(streets: Streets, class_name: str, kmh: float, places: list[tuple[float, float]]) -> list[float]:
    network = build_network(streets, road_class(class_name), top_speed_kmh=kmh)
    lat, lon = np.array(places).T
    return [float(gap) for gap in snap(network, lat=lat, lon=lon).gap_m]


@pytest.mark.parametrize(
    ("extract", "class_name", "zone"),
    [
        ("lauf-2020", "us-lsv", "Europe/Berlin"),
        ("liechtenstein-2021", "L7e-de", "Europe/Vaduz"),
        ("malta-2016", "L2e", "Europe/Malta"),
        ("monaco-2023", "L6e-it", "Europe/Monaco"),
    ],
)
def test_a_day_on_any_streets_is_read_without_a_fault_and_lies_where_its_class_can_drive(
    extract: str, class_name: str, zone: str, shared: Path, tmp_path: Path, run: Run
) -> None:
    file = shared / "osm" / f"{extract}.osm.pbf"
    assert run("generate", "--streets", file, "--orders", 60, "--class", class_name, "-o", tmp_path / "days").code == 0
    fleet, streets, orders = read_day(tmp_path / "days")
    assert (len(orders.orders), orders.faults, orders.warnings, fleet.warnings) == (60, (), (), ())
    assert fleet.zone.key == zone
    assert {vehicle.type.road_class.name for vehicle in fleet.vehicles} == {class_name}
    assert len(fleet.vehicles) >= 3
    places = [(order.lat, order.lon) for order in orders.orders] + [(hub.lat, hub.lon) for hub in fleet.depots]
    assert max(gaps_m(streets, class_name, fleet.vehicles[0].type.top_speed_kmh, places)) <= 20
    stations = [(place.lat, place.lon) for place in fleet.stations]
    assert 1 <= len(stations) <= 4
    assert max(gaps_m(streets, class_name, fleet.vehicles[0].type.top_speed_kmh, stations)) <= 150


def test_orders_keep_within_ten_kilometres_of_the_hub(shared: Path, tmp_path: Path, run: Run) -> None:
    file = shared / "osm" / "andorra-2021.osm.pbf"
    assert run("generate", "--streets", file, "--orders", 100, "-o", tmp_path / "days").code == 0
    fleet, _, orders = read_day(tmp_path / "days")
    lat, lon = (np.array([getattr(order, axis) for order in orders.orders]) for axis in ("lat", "lon"))
    assert haversine_m(lat1=lat, lon1=lon, lat2=fleet.depots[0].lat, lon2=fleet.depots[0].lon).max() < 10_500


def test_the_same_seed_gives_the_same_bytes_and_another_seed_another_day(tmp_path: Path, run: Run) -> None:
    for name, seed in (("a", 7), ("b", 7), ("c", 8)):
        assert run("generate", "--orders", 20, "--days", 2, "--seed", seed, "-o", tmp_path / name).code == 0
    assert contents(tmp_path / "a") == contents(tmp_path / "b")
    assert contents(tmp_path / "a")["2026-03-10/orders.csv"] != contents(tmp_path / "c")["2026-03-10/orders.csv"]


def test_a_day_does_not_depend_on_how_many_are_made_or_on_which_is_first(tmp_path: Path, run: Run) -> None:
    run("generate", "--orders", 20, "--days", 3, "-o", tmp_path / "a")
    run("generate", "--orders", 20, "--date", "2026-03-12", "-o", tmp_path / "b")
    assert contents(tmp_path / "a")["2026-03-12/orders.csv"] == contents(tmp_path / "b")["2026-03-12/orders.csv"]


def test_the_demo_city_is_drawn_by_population_and_other_cities_by_length(
    shared: Path, tmp_path: Path, run: Run
) -> None:
    assert "population" in run("generate", "--orders", 5, "-o", tmp_path / "demo").out
    monaco = shared / "osm" / "monaco-2023.osm.pbf"
    assert "length" in run("generate", "--streets", monaco, "--orders", 5, "-o", tmp_path / "monaco").out


def test_an_ordinary_tuesday_brings_what_was_asked_for_sunday_little_and_december_much() -> None:
    assert orders_on(date(2026, 3, 10), ordinary=60) == 60
    assert orders_on(date(2026, 3, 15), ordinary=60) == 12
    assert orders_on(date(2026, 12, 14), ordinary=60) == 89  # 60 x 1.10 x 1.35
    assert orders_on(date(2026, 3, 15), ordinary=1) == 1


def test_windows_outside_the_shifts_are_not_asked_for() -> None:
    assert windows_within([("13:00", "24:00")]).keys() == {("14:00", "17:00"), ("15:00", "18:00")}
    assert windows_within([]) == {}


def test_a_fleet_of_ones_own_is_copied_with_its_comments_and_names_the_streets_anew(tmp_path: Path, run: Run) -> None:
    own = demo_folder() / "fleet.toml"
    assert run("generate", "--fleet", own, "--orders", 30, "-o", tmp_path / "deep" / "days").code == 0
    copied = (tmp_path / "deep" / "days" / "fleet.toml").read_text(encoding="utf-8").splitlines()
    changed = [(a, b) for a, b in zip(own.read_text(encoding="utf-8").splitlines(), copied, strict=True) if a != b]
    assert [a for a, _ in changed] == ['streets = "coquimbo.streets.npz"']
    fleet, _, orders = read_day(tmp_path / "deep" / "days")
    assert (len(fleet.vehicles), len(orders.orders), orders.faults) == (6, 30, ())


def test_orders_fit_the_largest_bay_of_the_fleet(tmp_path: Path, run: Run) -> None:
    text = (demo_folder() / "fleet.toml").read_text(encoding="utf-8")
    text = text.replace("coquimbo", str(demo_folder() / "coquimbo")).replace('"paxster-cargo-l7e"', '"small"')
    text = text.replace('"ami-cargo"', '"small"')
    small = '\n[types.small]\nbase = "ami-cargo"\nvolume_l = 30\npayload_kg = 2.5\nlongest_cm = 25\n'
    (tmp_path / "fleet.toml").write_text(text + small, encoding="utf-8")
    assert run("generate", "--fleet", tmp_path / "fleet.toml", "--orders", 40, "-o", tmp_path / "days").code == 0
    _, _, orders = read_day(tmp_path / "days")
    assert max(order.volume_l for order in orders.orders) == 30
    assert max(order.demand_kg for order in orders.orders) == 2.5
    assert max(order.longest_cm for order in orders.orders) == 25


@pytest.mark.parametrize("name", class_names())
def test_every_road_class_has_a_vehicle_type_that_carries_parcels_on_its_roads(name: str) -> None:
    kind = type_for(name)
    assert kind.road_class == road_class(name)
    assert kind.payload_kg >= 80


def test_a_national_class_has_the_type_of_its_parent_unless_it_has_one_of_its_own() -> None:
    assert type_for("L6e-fr").name == type_for("L6e").name
    assert type_for("L7e-de").name == "mobilize-bento-80"


def test_B07_a_folder_with_other_things_in_it_is_refused_and_left_alone(tmp_path: Path, run: Run) -> None:
    (tmp_path / "days" / "2026-03-10").mkdir(parents=True)
    (tmp_path / "days" / "2026-03-10" / "plan.json").write_text("{}")
    ran = run("generate", "--orders", 5, "-o", tmp_path / "days")
    assert (ran.code, ran.complaint[:5]) == (2, "E-B07")
    assert [*contents(tmp_path / "days")] == ["2026-03-10/plan.json"]


def test_an_older_folder_of_days_is_replaced_as_a_whole(tmp_path: Path, run: Run) -> None:
    run("generate", "--orders", 5, "--days", 3, "-o", tmp_path / "days")
    assert run("generate", "--orders", 5, "-o", tmp_path / "days").code == 0
    assert [*contents(tmp_path / "days")] == ["2026-03-10/orders.csv", "fleet.toml"]
    assert [entry.name for entry in tmp_path.iterdir()] == ["days"]


def test_O33_a_date_that_is_none_is_refused(tmp_path: Path, run: Run) -> None:
    ran = run("generate", "--date", "10.3.2026", "-o", tmp_path / "days")
    assert (ran.code, ran.complaint[:5]) == (2, "E-O33")


def test_a_class_beside_a_fleet_is_refused(tmp_path: Path, run: Run) -> None:
    ran = run("generate", "--class", "L7e", "--fleet", demo_folder() / "fleet.toml", "-o", tmp_path / "days")
    assert (ran.code, ran.complaint[:5]) == (2, "E-A01")


def test_C01_an_unknown_class_is_refused_with_the_nearest_known(tmp_path: Path, run: Run) -> None:
    ran = run("generate", "--class", "l6E", "-o", tmp_path / "days")
    assert ran.code == 2
    assert 'did you mean "L6e"' in ran.complaint


def test_M07_streets_closed_to_the_class_are_refused(tmp_path: Path, run: Run) -> None:
    nodes = "".join(f'<node id="{i}" lat="{49 + i / 1000}" lon="11"/>' for i in (1, 2, 3))
    way = '<way id="1"><nd ref="1"/><nd ref="2"/><nd ref="3"/><tag k="highway" v="motorway"/></way>'
    (tmp_path / "motorway.osm").write_text(f'<osm version="0.6">{nodes}{way}</osm>')
    ran = run("generate", "--streets", tmp_path / "motorway.osm", "-o", tmp_path / "days")
    assert (ran.code, ran.complaint[:5]) == (3, "E-M07")
    assert not (tmp_path / "days").exists()


def test_F12_a_fleet_of_another_city_is_refused(shared: Path, tmp_path: Path, run: Run) -> None:
    lauf = shared / "osm" / "lauf-2020.osm.pbf"
    ran = run("generate", "--streets", lauf, "--fleet", demo_folder() / "fleet.toml", "-o", tmp_path / "days")
    assert (ran.code, ran.complaint[:5]) == (3, "E-F12")


def test_X01_a_street_named_like_a_formula_stays_text(tmp_path: Path, run: Run) -> None:
    nodes = "".join(f'<node id="{i}" lat="{49 + i / 1000}" lon="11"/>' for i in (1, 2, 3))
    tags = '<tag k="highway" v="residential"/><tag k="name" v="=1+1"/>'
    way = f'<way id="1"><nd ref="1"/><nd ref="2"/><nd ref="3"/>{tags}</way>'
    (tmp_path / "town.osm").write_text(f'<osm version="0.6">{nodes}{way}</osm>')
    assert run("generate", "--streets", tmp_path / "town.osm", "--orders", 3, "-o", tmp_path / "days").code == 0
    with (tmp_path / "days" / "2026-03-10" / "orders.csv").open(encoding="utf-8", newline="") as file:
        assert all(row["address"].startswith("'=1+1") for row in csv.DictReader(file))


def test_M30_zones_that_are_none_are_refused(tmp_path: Path, run: Run) -> None:
    streets = tmp_path / "coquimbo.streets.npz"
    streets.write_bytes((demo_folder() / "coquimbo.streets.npz").read_bytes())
    (tmp_path / "zones.geojson").write_text('{"features": [{"properties": {}}]}')
    ran = run("generate", "--streets", streets, "-o", tmp_path / "days")
    assert (ran.code, ran.complaint[:5]) == (2, "E-M30")


def zones(*people: object) -> str:
    """Return zones that each hold the whole demo city."""
    ring = [[-72, -31], [-70, -31], [-70, -29], [-72, -29], [-72, -31]]
    shape = {"type": "Polygon", "coordinates": [ring]}
    features = [{"type": "Feature", "properties": {"population": n}, "geometry": shape} for n in people]
    return json.dumps({"type": "FeatureCollection", "features": features})


def test_M30_every_zone_whose_people_are_no_number_is_told_at_once(tmp_path: Path) -> None:
    streets, file = read_streets(demo_folder() / "coquimbo.streets.npz"), tmp_path / "zones.geojson"
    some = np.arange(50)
    file.write_text(zones(5, -5, "nan", None, "many", 1e300, True, "12"))
    with pytest.raises(InputError) as caught:
        read_zones(file, streets, some)
    assert [(fault.code, fault.column, fault.value) for fault in caught.value.faults] == [
        ("E-M30", "features[1].properties.population", "-5"),
        ("E-M30", "features[2].properties.population", "nan"),
        ("E-M30", "features[3].properties.population", ""),
        ("E-M30", "features[4].properties.population", "many"),
        ("E-M30", "features[5].properties.population", "1e+300"),
        ("E-M30", "features[6].properties.population", "True"),
    ]
    assert "in zone 2 → write a number from 0 on" in str(caught.value.faults[0])
    file.write_text(zones(0, 0.0))
    with pytest.raises(InputError, match="has nobody in any zone"):
        read_zones(file, streets, some)
    file.write_text(zones(0, "12"))
    assert [quarter.population for quarter in read_zones(file, streets, some)] == [0.0, 12.0]
