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
    "eli-zero",
    "mahindra-treo-zor",
    "microlino-lite",
    "wuling-mini-ev",
}


def test_the_types_people_ask_for_are_there() -> None:
    assert set(catalogue.type_names()) >= NAMED
    assert len(catalogue.type_names()) >= 25


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
    assert 0 <= kind.recuperation < kind.drivetrain_efficiency
    assert 0 <= kind.heater_w <= 3_000
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


def test_the_classes_people_ask_for_are_there() -> None:
    national = {f"{kind}-{country}" for kind in ("L6e", "L7e") for country in ("de", "fr", "it", "es", "uk", "ch")}
    assert set(catalogue.class_names()) >= national | {"L2e", "L5e", "L5-in", "e-rickshaw-in", "us-lsv", "cn-lsev"}


def test_a_national_class_is_like_the_general_one_but_for_its_differences() -> None:
    light, italian = catalogue.road_class("L6e"), catalogue.road_class("L6e-it")
    assert italian.closed_highways == (*light.closed_highways, "trunk", "trunk_link")
    same = dataclasses.replace(italian, closed_highways=light.closed_highways, source=light.source, name=light.name)
    assert same == light


@pytest.mark.parametrize("name", catalogue.class_names())
def test_every_class_has_a_plausible_size(name: str) -> None:
    road_class = catalogue.road_class(name)
    assert 1 <= road_class.width_m <= 2.55
    assert 1.5 <= road_class.height_m <= 3
    assert 700 <= road_class.mass_kg <= 3_500


def test_a_class_inherits_over_several_steps_and_the_last_word_counts() -> None:
    rows: dict[str, dict[str, object]] = {"a": {"x": 1, "y": 1}, "b": {"like": "a", "y": 2}, "c": {"like": "b", "z": 3}}
    assert catalogue.class_figures("c", rows, file="f") == {"x": 1, "y": 2, "z": 3, "name": "c"}


def test_a_class_that_is_like_itself_is_refused_with_the_way_round() -> None:
    rows = {"a": {"like": "b"}, "b": {"like": "a"}}
    with pytest.raises(InputError, match=r'^E-C03 f: "a" is like itself \(a like b like a\) → '):
        catalogue.class_figures("a", rows, file="f")


def test_an_unknown_type_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(InputError, match=r'^E-C02 .*"Ami-Cargoo".*did you mean "ami-cargo"\?.*use one of: '):
        catalogue.vehicle_type("Ami-Cargoo")


def test_a_class_in_the_wrong_case_is_refused_with_its_own_spelling() -> None:
    with pytest.raises(InputError, match=r'^E-C01 .*"l6e".*did you mean "L6e"\?'):
        catalogue.road_class("l6e")
