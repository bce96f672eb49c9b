"""The catalogue: every type loads, every figure has a source, unknown names are answered with a near one."""

from __future__ import annotations

import dataclasses

import pytest

from planner import catalogue
from planner.errors import InputError

NAMED = {
    "citroen-ami",
    "ami-cargo",
    "opel-rocks-e-kargo",
    "fiat-topolino",
    "renault-twizy-45",
    "renault-twizy-80",
    "renault-twizy-cargo",
    "mobilize-bento-80",
    "paxster-cargo-l7e",
    "ligier-pulse-4",
    "cenntro-logistar-100",
    "tropos-able-xr",
    "electric-van",
}


def test_the_types_people_ask_for_are_there() -> None:
    assert set(catalogue.type_names()) >= NAMED


def test_the_ami_cargo_is_as_its_maker_says() -> None:
    ami = catalogue.vehicle_type("ami-cargo")
    assert (ami.battery_wh, ami.payload_kg, ami.volume_l, ami.top_speed_kmh) == (5500, 140, 400, 45)
    assert ami.road_class == catalogue.road_class("L6e")


@pytest.mark.parametrize("name", catalogue.type_names())
def test_every_figure_of_a_type_has_a_source(name: str) -> None:
    figures = {field.name for field in dataclasses.fields(catalogue.vehicle_type(name))} - {"name", "road_class"}
    assert set(catalogue.figure_sources(name)) == figures


@pytest.mark.parametrize("name", catalogue.type_names())
def test_every_type_is_plausible(name: str) -> None:
    kind = catalogue.vehicle_type(name)
    assert 300 <= kind.battery_wh <= 50_000
    assert 40 <= kind.battery_wh / kind.published_range_km <= 300
    assert 0 < kind.top_speed_kmh <= kind.road_class.max_speed_kmh
    assert 0 < kind.charge_w < kind.battery_wh
    assert [step.until_soc for step in kind.charge_curve][-1] == 1.0
    assert min(kind.kerb_kg, kind.payload_kg, kind.volume_l, kind.longest_cm, kind.drag_area_m2) > 0
    assert 0 < kind.drivetrain_efficiency < 1
    assert kind.cost_per_hour == 18


@pytest.mark.parametrize("name", catalogue.class_names())
def test_every_class_has_a_source_and_general_tags_before_specific_ones(name: str) -> None:
    road_class = catalogue.road_class(name)
    assert road_class.source
    assert road_class.access_tags[:3] == ("access", "vehicle", "motor_vehicle")
    assert set(road_class.closed_highways) <= set(catalogue.default_speeds())
    assert 0 < road_class.urban_factor <= 1


def test_the_us_low_speed_vehicle_keeps_to_roads_of_35_mph() -> None:
    assert catalogue.road_class("us-lsv").max_posted_kmh == pytest.approx(35 * 1.609344, abs=0.01)


def test_an_unknown_type_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(InputError, match=r'^E-C02 .*"Ami-Cargoo".*did you mean "ami-cargo"\?.*use one of: '):
        catalogue.vehicle_type("Ami-Cargoo")


def test_a_class_in_the_wrong_case_is_refused_with_its_own_spelling() -> None:
    with pytest.raises(InputError, match=r'^E-C01 .*"l6e".*did you mean "L6e"\?'):
        catalogue.road_class("l6e")
