"""What changes with the hour: the strictest value of the span counts, an opening only if it lasts."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.catalogue import road_class
from planner.roads.access import judge
from planner.roads.conditional import Span
from planner.roads.restriction_law import restriction_of

L6E = replace(road_class("L6e"), urban_factor=1.0)
VAN = replace(road_class("van"), urban_factor=1.0)
LSV = replace(road_class("us-lsv"), urban_factor=1.0)


def tuesday(start: str, end: str) -> Span:
    return datetime.fromisoformat(f"2026-03-10T{start}"), datetime.fromisoformat(f"2026-03-10T{end}")


EARLY, MORNING, DAY = tuesday("06:30", "09:30"), tuesday("08:00", "12:00"), tuesday("07:00", "19:00")
NIGHT = datetime(2026, 3, 10, 21, 0), datetime(2026, 3, 11, 5, 0)


def is_open(tags: dict[str, str], span: Span | None) -> bool:
    return judge({"highway": "residential"} | tags, L6E, span).forward_kmh > 0


@pytest.mark.parametrize(
    ("span", "opens"), [(EARLY, True), (MORNING, False), (DAY, False), (NIGHT, False), (None, False)]
)
@pytest.mark.parametrize(
    "tags",
    [
        {"highway": "pedestrian", "motor_vehicle:conditional": "delivery @ (06:00-10:00)"},
        {"highway": "pedestrian", "access:conditional": "delivery @ (Mo-Sa 06:00-10:00)"},
        {"access": "no", "access:conditional": "yes @ 06:00-10:00"},
        {"vehicle": "no", "vehicle:conditional": "no @ (wet); destination @ (06:00-10:00)"},
    ],
)
def test_an_opening_counts_only_if_it_lasts_the_whole_span(
    tags: dict[str, str], span: Span | None, opens: bool
) -> None:
    assert is_open(tags, span) == opens


@pytest.mark.parametrize(
    ("condition", "closed_at"),
    [
        ("no @ (06:00-07:00)", {"early", "any"}),
        ("no @(22:00-06:00)", {"night", "any"}),
        ("no @ (We 06:00-16:00)", {"any"}),
        ("no @ (Tu 06:00-17:00; Sa 06:00-22:00)", {"early", "morning", "any"}),
        ("no @ (Mo-Sa 07:30-09:00, 17:00-19:30; PH off)", {"early", "morning", "any"}),
        ("no @ (Mar 15-Sep 15)", {"any"}),
        ("no @ (wet)", {"early", "morning", "night", "any"}),
        ("no @ (wet AND 22:00-06:00)", {"night", "any"}),
        ("no @ (PH)", {"early", "morning", "night", "any"}),
        ("no @ (sunset-sunrise)", {"early", "morning", "night", "any"}),
        ("no @ (06:00-07:00); yes @ (delivery)", set()),
        ("no", {"early", "morning", "night", "any"}),
    ],
)
def test_a_closing_counts_if_it_may_hold_at_any_moment(condition: str, closed_at: set[str]) -> None:
    spans = {"early": EARLY, "morning": MORNING, "night": NIGHT, "any": None}
    tags = {"motor_vehicle:conditional": condition}
    assert {name for name, span in spans.items() if not is_open(tags, span)} == closed_at


def test_a_more_specific_mode_overrules_a_closing_of_all() -> None:
    tags = {"access:conditional": "no @ (06:00-10:00)", "motorcar": "yes"}
    assert is_open(tags, MORNING)
    assert judge({"highway": "residential"} | tags, VAN, MORNING).reason == ""
    assert not is_open(tags | {"moped:conditional": "no @ (08:00-09:00)"}, MORNING)


def test_a_closing_in_one_direction_leaves_the_other() -> None:
    tags = {"highway": "residential", "motor_vehicle:forward:conditional": "no @ (Mo-Fr 07:30-09:30)"}
    morning, night = judge(tags, L6E, MORNING), judge(tags, L6E, NIGHT)
    assert (morning.forward_kmh, morning.backward_kmh) == (0, 30)
    assert (night.forward_kmh, night.backward_kmh) == (30, 30)


@pytest.mark.parametrize(
    ("condition", "closed"),
    [
        ("weight > 3.5", False),
        ("weight>0.5", True),
        ("weight > 500 kg", True),
        ("width > 2", False),
        ("width>=1.5", True),
        ("height < 3", True),
        ("length > 12", False),
        ("length > 2", True),
        ("axleload > 6", False),
        ("weight > heavy", True),
        ("weight > 0.5 AND Sa", False),
    ],
)
def test_a_condition_of_size_is_compared_with_the_class(condition: str, closed: bool) -> None:
    assert is_open({"motor_vehicle:conditional": f"no @ ({condition})"}, MORNING) != closed


@pytest.mark.parametrize(
    ("span", "kmh"), [(MORNING, 30), (tuesday("19:00", "21:00"), 50), (tuesday("17:00", "20:00"), 30), (None, 30)]
)
def test_the_lowest_limit_of_the_span_sets_the_pace(span: Span | None, kmh: float) -> None:
    tags = {"highway": "primary", "maxspeed": "50", "maxspeed:conditional": "30 @ (Mo-Fr 07:00-18:00; PH off)"}
    assert judge(tags, VAN, span).forward_kmh == kmh


def test_a_limit_that_may_be_higher_does_not_raise_the_pace() -> None:
    tags = {"highway": "primary", "maxspeed": "50", "maxspeed:conditional": "70 @ (dry)"}
    assert judge(tags, VAN, MORNING).forward_kmh == 50


def test_a_road_of_a_high_limit_stays_closed_although_a_school_lowers_it_for_an_hour() -> None:
    tags = {"highway": "primary", "maxspeed": "45 mph", "maxspeed:conditional": "20 mph @ (08:00-09:00)"}
    assert judge(tags, LSV, MORNING).crossing
    assert judge(tags, LSV, tuesday("08:10", "08:50")).forward_kmh == pytest.approx(32.18688)


def test_a_one_way_rule_of_some_hours_holds_for_the_whole_span() -> None:
    tags = {"highway": "residential", "oneway:conditional": "yes @ (Mo-Sa 07:30-09:00)"}
    assert judge(tags, L6E, MORNING).backward_kmh == 0
    assert judge(tags, L6E, NIGHT).backward_kmh == 30


def test_a_street_that_turns_round_during_the_span_is_closed() -> None:
    tags = {"highway": "residential", "oneway": "yes", "oneway:conditional": "-1 @ (12:00-24:00)"}
    assert judge(tags, L6E, DAY).reason == "oneway changes or is not understood"
    assert judge(tags, L6E, tuesday("13:00", "15:00")).backward_kmh == 30


def test_a_limit_of_weight_that_is_lifted_for_deliveries_does_not_close() -> None:
    tags = {"maxweight": "0.5", "maxweight:conditional": "none @ destination"}
    assert is_open(tags, MORNING)
    assert not is_open(tags | {"maxweight:conditional": "none @ (agricultural); no @ CAM"}, MORNING)


@given(
    key=st.sampled_from(["access:conditional", "maxspeed:conditional", "oneway:conditional", "maxweight:conditional"]),
    text=st.text(alphabet="no@ ();yesdlivr0123456789:-MoTuPH<>w'\".,/+[]", max_size=40),
)
@settings(max_examples=200, derandomize=True, deadline=None)
def test_whatever_stands_in_a_condition_a_street_is_never_faster_for_longer_spans(key: str, text: str) -> None:
    tags = {"highway": "residential", key: text}
    short, long, ever = (judge(tags, L6E, span).forward_kmh for span in (EARLY, DAY, None))
    within = judge(tags, L6E, tuesday("08:00", "09:00")).forward_kmh
    assert ever <= long <= within
    assert ever <= short


@pytest.mark.parametrize(
    ("tags", "rule"),
    [
        ("restriction=no_left_turn", "no"),
        ("restriction=no_u_turn type=restriction", "no"),
        ("restriction=only_straight_on", "only"),
        ("restriction=give_way", None),
        ("type=restriction", None),
        ("restriction:motorcar=no_left_turn", "no"),
        ("restriction:hgv=only_right_turn", None),
        ("restriction:goods=no_right_turn", None),
        ("type=restriction:hgv restriction=no_left_turn", None),
        ("type=restriction:motor_vehicle restriction=no_left_turn", "no"),
        ("restriction=no_left_turn restriction:moped=none", None),
        ("restriction=no_left_turn except=psv;bicycle", "no"),
        ("restriction=no_left_turn except=psv;moped", None),
        ("restriction=no_left_turn except=psv,motorcar", None),
        ("restriction=no_left_turn day_on=Monday hour_on=07:30 hour_off=09:30", "no"),
        ("restriction:conditional=no_left_turn@(Mo-Fr_07:00-09:00)", "no"),
        ("restriction:conditional=no_left_turn@(Sa)", None),
        ("restriction:motorcar:conditional=only_straight_on@(weight>0.5)", "only"),
        ("restriction:conditional=no_left_turn@(weight>3.5)", None),
    ],
)
def test_whom_a_turn_restriction_binds(tags: str, rule: str | None) -> None:
    found = dict(pair.split("=", 1) for pair in tags.split())
    assert restriction_of({key: value.replace("_0", " 0") for key, value in found.items()}, L6E, MORNING) == rule


def test_a_restriction_for_goods_binds_a_class_that_carries_them() -> None:
    assert restriction_of({"restriction:goods": "no_right_turn"}, VAN, None) == "no"


def test_a_restriction_of_some_hours_binds_where_the_span_is_not_known() -> None:
    tags = {"restriction:conditional": "no_left_turn @ (Sa 07:00-09:00)"}
    assert restriction_of(tags, L6E, None) == "no"
    assert restriction_of(tags, L6E, MORNING) is None
