"""Tags in, verdict out: each case is one that was seen on a map."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from planner.catalogue import road_class
from planner.model import RoadClass
from planner.roads.access import judge
from planner.roads.barriers import stops_traffic
from planner.roads.limits import kilograms, limit_kmh, metres

# Without an urban factor a pace can be read off the sign.
L6E = replace(road_class("L6e"), urban_factor=1.0)
L7E_DE = replace(road_class("L7e-de"), urban_factor=1.0)
VAN = replace(road_class("van"), urban_factor=1.0)
LSV = replace(road_class("us-lsv"), urban_factor=1.0)


def _paces(tags: str, cls: RoadClass = VAN) -> tuple[float, float]:
    verdict = judge(_tags(tags), cls)
    return verdict.forward_kmh, verdict.backward_kmh


def _tags(text: str) -> dict[str, str]:
    """Read ``highway=residential maxspeed=30``; an underscore stands for a space in a value."""
    return {
        key: value.replace("_", " ") if key == "maxspeed" else value
        for key, value in (pair.split("=", 1) for pair in text.split())
    }


@pytest.mark.parametrize(
    ("text", "kmh"),
    [
        ("50", 50),
        ("58", 58),
        ("30 mph", 48.28032),
        ("30mph", 48.28032),
        ("35 mph;40 mph", 56.32704),
        ("walk", 7),
        ("none", math.inf),
        ("50; 40", 40),
        ("90;30;90;30", 30),
        ("RO:urban", 50),
        ("RO:rural", 90),
        ("RO:motorway", 130),
        ("DE:zone:30", 30),
        ("DE:zone30", 30),
        ("sign:zone30", 30),
        ("zone:30", 30),
        ("FR:30", 30),
        ("50; fast", 50),
        ("0", None),
        ("5000", None),
        ("-30", None),
        ("nan", None),
        ("signals", None),
        ("", None),
    ],
)
def test_M12_every_spelling_of_maxspeed(text: str, kmh: float | None) -> None:
    assert limit_kmh(text) == (None if kmh is None else pytest.approx(kmh))


@pytest.mark.parametrize(
    ("text", "metres_read"),
    [
        ("2.2", 2.2),
        ("2.2 m", 2.2),
        ("220 cm", 2.2),
        ("7'6\"", 2.286),
        ("7 ft 6 in", 2.286),
        ("6'", 1.8288),
        ("none", math.inf),
        ("default", None),
        ("below_default", None),
        ("7'6", None),
        ("2.2 t", None),
        ("0", None),
        ("", None),
    ],
)
def test_every_spelling_of_a_width_or_height(text: str, metres_read: float | None) -> None:
    assert metres(text) == (None if metres_read is None else pytest.approx(metres_read))


@pytest.mark.parametrize(
    ("text", "kilograms_read"),
    [
        ("3.5", 3_500),
        ("3.5 t", 3_500),
        ("3500 kg", 3_500),
        ("8 st", 7_257.478),
        ("4000 lbs", 1_814.369),
        ("none", math.inf),
        ("unsigned", None),
        ("2 m", None),
    ],
)
def test_every_spelling_of_a_weight(text: str, kilograms_read: float | None) -> None:
    assert kilograms(text) == (None if kilograms_read is None else pytest.approx(kilograms_read))


@pytest.mark.parametrize("text", ["0", "5000", "rubbish"])
def test_M12_rubbish_is_replaced_by_the_default_and_said(text: str) -> None:
    verdict = judge({"highway": "residential", "maxspeed": text}, VAN)
    assert (verdict.forward_kmh, verdict.imputed) == (30, True)


def test_M13_a_street_without_maxspeed_has_the_default_of_its_kind() -> None:
    assert _paces("highway=secondary") == (50, 50)
    assert judge({"highway": "secondary"}, VAN).imputed
    assert not judge({"highway": "secondary", "maxspeed": "60"}, VAN).imputed


def test_each_direction_has_its_own_limit() -> None:
    assert _paces("highway=primary maxspeed=80 maxspeed:forward=60") == (60, 80)


@pytest.mark.parametrize("key", ["source:maxspeed", "maxspeed:type", "zone:maxspeed"])
def test_where_no_limit_is_tagged_the_kind_of_limit_stands_for_it(key: str) -> None:
    verdict = judge({"highway": "residential", key: "DE:urban"}, VAN)
    assert (verdict.forward_kmh, verdict.imputed) == (50, False)
    assert judge({"highway": "residential", key: "DE:urban", "maxspeed": "20"}, VAN).forward_kmh == 20
    assert judge({"highway": "residential", key: "sign"}, VAN).imputed


def test_the_class_caps_the_pace() -> None:
    assert _paces("highway=primary maxspeed=90", L6E) == (45, 45)
    assert _paces("highway=motorway maxspeed=none", L7E_DE) == (90, 0)


def test_the_urban_factor_slows_the_limit_before_the_class_caps_it() -> None:
    slow = replace(L6E, urban_factor=0.8)
    assert _paces("highway=residential maxspeed=50", slow) == (40, 40)
    assert _paces("highway=primary maxspeed=90", slow) == (45, 45)


@pytest.mark.parametrize(
    ("tags", "open_directions"),
    [
        ("oneway=yes", (True, False)),
        ("oneway=1", (True, False)),
        ("oneway=true", (True, False)),
        ("oneway=YES", (True, False)),
        ("oneway=-1", (False, True)),
        ("oneway=no", (True, True)),
        ("junction=roundabout", (True, False)),
        ("junction=circular", (True, False)),
        ("junction=roundabout oneway=-1", (False, True)),
        ("junction=approach", (True, True)),
        ("oneway=reversible", (False, False)),
        ("oneway=alternating", (False, False)),
        ("oneway=yes;no", (False, False)),
    ],
)
def test_M16_one_way_rules(tags: str, open_directions: tuple[bool, bool]) -> None:
    forward, backward = _paces(f"highway=residential {tags}")
    assert (forward > 0, backward > 0) == open_directions


def test_M16_a_rule_that_is_not_understood_is_closed_with_its_reason() -> None:
    assert judge(_tags("highway=residential oneway=reversible"), VAN).reason == "oneway changes or is not understood"


def test_a_motorway_is_one_way_and_its_link_is_not() -> None:
    assert _paces("highway=motorway") == (120, 0)
    assert _paces("highway=motorway_link") == (60, 60)


def test_M17_a_contraflow_for_mopeds_is_open_to_mopeds_alone() -> None:
    tags = "highway=residential oneway=yes oneway:moped=no"
    assert _paces(tags, L6E) == (30, 30)
    assert _paces(tags, VAN) == (30, 0)


@pytest.mark.parametrize(
    ("tags", "reason"),
    [
        ("highway=footway", "not a street"),
        ("highway=construction", "not a street"),
        ("service=parking_aisle", "not a street"),
        ("highway=service service=emergency_access", "not a street"),
        ("highway=service area=yes", "area"),
        ("highway=motorway", "motorway"),
        ("highway=motorway_link", "motorway_link"),
        ("highway=trunk motorroad=yes", "motorroad"),
        ("highway=primary minspeed=50", "minimum speed too high"),
        ("highway=residential access=private", "access=private"),
        ("highway=residential access=no", "access=no"),
        ("highway=residential access=no;agricultural", "access=no;agricultural"),
        ("highway=residential access=yes;private", "access=yes;private"),
        ("highway=residential motor_vehicle=forestry", "motor_vehicle=forestry"),
        ("highway=service access=bus", "access=bus"),
        ("highway=residential access=yes motor_vehicle=no", "motor_vehicle=no"),
        ("highway=secondary motorcar=yes moped=no", "moped=no"),
        ("highway=track", "track without permission"),
        ("highway=track access=yes", "track without permission"),
        ("highway=pedestrian", "pedestrian without permission"),
    ],
)
def test_M17_what_an_l6e_may_not_use(tags: str, reason: str) -> None:
    verdict = judge(_tags(tags), L6E)
    assert (verdict.forward_kmh, verdict.backward_kmh, verdict.reason) == (0, 0, reason)


@pytest.mark.parametrize(
    "tags",
    [
        "highway=service service=parking_aisle",
        "highway=residential access=no motor_vehicle=destination",
        "highway=residential vehicle=no motorcar=yes",
        "highway=residential access=customers",
        "highway=service access=delivery",
        "highway=living_street",
        "highway=track motor_vehicle=yes",
        "highway=pedestrian motor_vehicle=delivery",
        "highway=trunk",
        "highway=primary minspeed=40",
        "highway=residential motor_vehicle=permissive;destination",
    ],
)
def test_M17_what_an_l6e_may_use(tags: str) -> None:
    verdict = judge(_tags(tags), L6E)
    assert verdict.reason == ""
    assert min(verdict.forward_kmh, verdict.backward_kmh) > 0


def test_a_fast_heavy_quadricycle_may_use_german_motorways() -> None:
    assert _paces("highway=trunk motorroad=yes maxspeed=100", L7E_DE) == (90, 90)


def test_a_low_speed_vehicle_stays_off_roads_posted_above_35_mph() -> None:
    assert judge(_tags("highway=secondary maxspeed=40_mph"), LSV).reason == "limit above 56 km/h"
    assert _paces("highway=secondary maxspeed=35_mph", LSV) == (40.23, 40.23)
    assert judge(_tags("highway=secondary maxspeed=none"), LSV).reason == "limit above 56 km/h"
    assert _paces("highway=secondary maxspeed=35_mph maxspeed:forward=90", LSV)[0] == 0


LSV_WITHOUT_CROSSINGS = replace(LSV, crossing_m=0.0)


def test_a_road_closed_by_its_limit_alone_may_be_crossed_at_the_pace_of_the_class() -> None:
    verdict = judge(_tags("highway=secondary maxspeed=45_mph"), LSV)
    assert (verdict.forward_kmh, verdict.backward_kmh, verdict.crossing) == (0, 0, True)
    assert (verdict.crossing_forward_kmh, verdict.crossing_backward_kmh) == (40.23, 40.23)
    assert not judge(_tags("highway=secondary maxspeed=45_mph"), LSV_WITHOUT_CROSSINGS).crossing


@pytest.mark.parametrize("tags", ["access=no", "maxwidth=1.2", "highway=motorway", "motor_vehicle=private"])
def test_a_road_closed_for_another_reason_too_is_not_crossed(tags: str) -> None:
    assert not judge(_tags(f"highway=secondary maxspeed=45_mph {tags}"), LSV).crossing


def test_a_one_way_road_is_crossed_along_its_direction_only() -> None:
    verdict = judge(_tags("highway=secondary maxspeed=45_mph oneway=yes"), LSV)
    assert (verdict.crossing_forward_kmh, verdict.crossing_backward_kmh) == (40.23, 0)


@pytest.mark.parametrize(
    ("tags", "reason"),
    [
        ("maxwidth=1.4", "maxwidth too low"),
        ("maxheight=8'", "maxheight too low"),
        ("maxweight=0.8", "maxweight too low"),
        ("maxweight=800kg", "maxweight too low"),
        ("maxwidth=1.5 maxheight=2.5 maxweight=0.85", ""),
        ("maxwidth=default maxheight=below_default maxweight=unsigned", ""),
    ],
)
def test_a_street_is_closed_to_a_class_that_does_not_fit(tags: str, reason: str) -> None:
    assert judge(_tags(f"highway=residential {tags}"), L6E).reason == reason


def test_a_limit_of_size_on_one_side_closes_that_side() -> None:
    assert _paces("highway=residential maxwidth:forward=1.4", L6E) == (0, 30)


@pytest.mark.parametrize(
    ("tags", "paces"),
    [
        ("motor_vehicle:backward=no", (30, 0)),
        ("access:forward=private", (0, 30)),
        ("access=no motor_vehicle:forward=yes", (30, 0)),
        ("access:forward=no motor_vehicle=yes", (30, 30)),
        ("goods:forward=no", (0, 30)),
        ("moped:forward=no", (30, 30)),
    ],
)
def test_each_direction_has_its_own_permission_and_the_most_specific_mode_decides(
    tags: str, paces: tuple[float, float]
) -> None:
    assert _paces(f"highway=residential {tags}") == paces


def test_a_toll_road_is_closed_to_a_class_without_tolls() -> None:
    assert _paces("highway=primary toll=yes") == (60, 60)
    assert judge(_tags("highway=primary toll=yes"), replace(VAN, tolls=False)).reason == "toll"
    assert _paces("highway=primary toll=no", replace(VAN, tolls=False)) == (60, 60)


def test_the_word_delivery_speaks_of_vehicles_even_as_general_access() -> None:
    assert _paces("highway=pedestrian access=delivery", L6E) == (7, 7)


@pytest.mark.parametrize(
    ("tags", "stops"),
    [
        ("barrier=bollard", True),
        ("barrier=gate", True),
        ("barrier=something_new", True),
        ("barrier=gate access=private motorcar=yes", False),
        ("barrier=lift_gate access=permissive", False),
        ("barrier=toll_booth", False),
        ("barrier=entrance access=private", True),
        ("highway=crossing", False),
    ],
)
def test_barriers_close_a_street_unless_a_tag_opens_them(tags: str, stops: bool) -> None:
    assert stops_traffic(_tags(tags)) == stops
