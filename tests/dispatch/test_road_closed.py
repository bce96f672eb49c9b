"""A road is closed at some moment: drives that had begun stay, all later ones go round, and the auditor agrees.

A street runs east at 10 m/s from the depot: 900 m to a junction, 1,000 m to the next and 1,000 m on. The middle part
has a way round, 500 m north: 2,000 m instead of 1,000, so 100 s more.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from planner.check import audit
from planner.check_legs import LegFinder
from planner.dispatch.desk import Desk, open_desk
from planner.dispatch.edit import apply
from planner.dispatch.edits import Reorder
from planner.dispatch.events import Event, read_events
from planner.dispatch.replan import Replanned, replan
from planner.errors import InputError
from planner.explain.orders import explain_orders
from planner.io.plan_file import plan_from_json, plan_to_json
from planner.model import Day, RoadOut, Spot
from planner.pipeline import plan_day
from planner.plan import Plan, Reason, Step
from planner.roads.closing import pieces_near
from planner.robust import replay_plan, usual_scenarios
from planner.solve.options import SolveOptions
from tests.explain.street import EIGHT_S, MINUTE_S, at, day, order, vehicle
from tests.factories import make_depot, make_provenance
from tests.roads.towns import STREET_36, town

WEST, MIDDLE, EAST = 0, 1, 2
STREETS = town(
    [(0, 0), (0, 1_000), (0, 2_000), (0, 3_000), (500, 1_000), (500, 2_000)],
    (0, 1, STREET_36),
    (1, 2, STREET_36),
    (2, 3, STREET_36),
    (1, 4, STREET_36),
    (4, 5, STREET_36),
    (5, 2, STREET_36),
    bends={1: [(0, 1_500)]},
)
QUICK = SolveOptions(iterations=60, time_limit_s=60.0)
ALL = (MIDDLE, 3, 4, 5)


def the_day(*kms: float, **overrides: Any) -> Day:
    """Return a day with orders at so many kilometres from the western end; the depot is at 100 m."""
    orders = [order(f"o{i}", km=km) for i, km in enumerate(kms, start=1)]
    return replace(day(*orders, **overrides), depots=(make_depot(**at(0.1), plugs=()),))


@cache
def planned(*kms: float) -> Plan:
    """Return the plan of a day: leaves at 8:10, 3 minutes at each order, 10 m/s."""
    provenance = make_provenance(streets_sha256=STREETS.sha256, rows_read=len(kms))
    plan = plan_day(the_day(*kms), STREETS, QUICK, provenance=provenance)
    assert plan.violations == ()
    assert [step.place_id for step in served(plan)] == [f"o{i}" for i, _ in enumerate(kms, start=1)]
    return plan


def served(plan: Plan) -> list[Step]:
    return [step for route in plan.routes for step in route.steps if step.serves]


def desk_of(plan: Plan) -> Desk:
    return open_desk(plan, STREETS)


def closing(at_s: int, *pieces: int) -> Event:
    road = RoadOut(segments=pieces, from_s=at_s, lat=0.0, lon=0.0)
    return Event(kind="road_closed", at_s=at_s, road=road)


def closed(plan: Plan, at_s: int, *pieces: int, now_s: int | None = None) -> Replanned:
    found = replan(desk_of(plan), QUICK, now_s=now_s or at_s, events=[closing(at_s, *pieces)])
    assert found.plan.violations == ()
    assert audit(found.plan, STREETS, legs=LegFinder(STREETS)) == ()
    return found


def refused(plan: Plan, at_s: int, *pieces: int) -> str:
    with pytest.raises(InputError) as told:
        closed(plan, at_s, *pieces)
    return ", ".join(fault.code for fault in told.value.faults)


def after_eight(minutes: int, seconds: int = 0) -> int:
    return EIGHT_S + minutes * MINUTE_S + seconds


def times(plan: Plan) -> list[int]:
    """Return when each order of the one route begins, and when that ends, in seconds after 8:00."""
    return [*(step.begin_s - EIGHT_S for step in served(plan)), plan.routes[0].steps[-1].end_s - EIGHT_S]


def test_the_plan_before_goes_straight() -> None:
    # 8:10 + 40 s = 8:10:40, + 3 min + 200 s = 8:17:00, + 3 min + 240 s = 8:24:00
    assert times(planned(0.5, 2.5)) == [640, 1_020, 1_440]


def test_drives_that_begin_later_go_round_and_take_100_s_more_each() -> None:
    plan = closed(planned(0.5, 2.5), after_eight(12), MIDDLE).plan
    assert times(plan) == [640, 1_120, 1_640]
    assert [step.leg.distance_m for step in plan.routes[0].steps if step.leg] == pytest.approx([400, 3_000, 3_400])


def test_a_drive_that_has_begun_stays_and_only_the_way_back_goes_round() -> None:
    plan = closed(planned(0.5, 2.5), after_eight(15), MIDDLE).plan
    assert times(plan) == [640, 1_020, 1_540]
    assert [step.leg.distance_m for step in plan.routes[0].steps if step.leg] == pytest.approx([400, 2_000, 3_400])


def test_what_is_told_late_has_happened_already() -> None:
    plan = closed(planned(0.5, 2.5), after_eight(12), MIDDLE, now_s=after_eight(23)).plan
    assert times(plan) == [640, 1_120, 1_640]


def test_a_delay_told_later_takes_a_drive_to_after_the_closing() -> None:
    # o1 is done at 8:16 and not at 8:13:40, so that the way to o2 begins after 8:15.
    events = [closing(after_eight(15), MIDDLE), Event(kind="done", order="o1", at_s=after_eight(16))]
    found = replan(desk_of(planned(0.5, 2.5)), QUICK, now_s=after_eight(17), events=events)
    assert found.plan.violations == ()
    assert times(found.plan) == [640, 960 + 300, 960 + 300 + 180 + 340]


def test_the_auditor_refuses_the_closed_road_after_the_moment_and_the_way_round_before() -> None:
    straight = planned(0.5, 2.5)

    def with_closing(plan: Plan, *outs: RoadOut) -> set[tuple[str, int | None]]:
        found = audit(replace(plan, day=replace(plan.day, roads_out=outs)), STREETS)
        return {(v.code, v.step) for v in found if v.code.startswith("leg_")}

    out = RoadOut(segments=(MIDDLE,), from_s=after_eight(15), lat=0.0, lon=0.0)
    codes = ("leg_distance", "leg_energy", "leg_shape", "leg_time")
    assert with_closing(straight, out) == {(code, 3) for code in codes}
    round_ = closed(straight, after_eight(15), MIDDLE).plan
    assert with_closing(round_) == {(code, 3) for code in codes if code != "leg_shape"}
    assert with_closing(straight, replace(out, from_s=after_eight(20))) == {(code, 3) for code in codes}
    assert with_closing(straight, replace(out, from_s=after_eight(20, 1))) == set()


def test_pieces_that_the_streets_do_not_have_make_the_day_void() -> None:
    plan = planned(0.5, 2.5)
    for piece in (-1, STREETS.segments):
        out = RoadOut(segments=(piece,), from_s=0, lat=0.0, lon=0.0)
        found = audit(replace(plan, day=replace(plan.day, roads_out=(out,))), STREETS)
        assert {v.code for v in found} == {"day_invalid"}


def test_an_order_on_board_for_a_closed_street_comes_back_and_is_off_the_network() -> None:
    plan = closed(planned(0.5, 1.5), after_eight(12), MIDDLE).plan
    assert times(plan) == [640, 640 + 180 + 40]
    (left,) = plan.unassigned
    assert (left.order_id, left.reason) == ("o2", Reason.OFF_NETWORK)


def test_who_stands_on_the_closed_street_far_from_every_other_is_told() -> None:
    assert refused(planned(0.5, 1.5), after_eight(15), MIDDLE) == "E-N11"


def test_a_depot_that_is_cut_off_is_told() -> None:
    assert refused(planned(0.5, 2.5), after_eight(12), WEST) == "E-N11"
    assert refused(planned(0.5, 2.5), after_eight(12), WEST, EAST, *ALL) == "E-N11"


def test_a_plan_with_a_closed_road_is_opened_as_it_is_and_closed_further() -> None:
    first = closed(planned(0.5, 2.5), after_eight(15), MIDDLE).plan
    desk = desk_of(first)
    assert (desk.problem.travel_s[0][0, 1], desk.problem.travel_s[0][1, 0]) == (200, 300)
    again = replan(desk, QUICK, now_s=after_eight(18)).plan
    assert (again.violations, times(again)) == ((), times(first))
    # While the vehicle is at o2 the way round is closed too, and nothing leads to the depot.
    assert refused(first, after_eight(18), 3) == "E-N11"


def test_the_closed_road_is_part_of_the_plan_that_is_written() -> None:
    plan = closed(planned(0.5, 2.5), after_eight(12), MIDDLE).plan
    read = plan_from_json(plan_to_json(plan), file="plan.json")
    assert read.day.roads_out == (RoadOut(segments=(MIDDLE,), from_s=after_eight(12), lat=0.0, lon=0.0),)
    assert audit(read, STREETS) == ()


def test_edits_of_what_comes_later_hold_and_those_of_drives_before_are_refused() -> None:
    plan = closed(planned(0.5, 2.5, 2.6), after_eight(12), MIDDLE).plan
    later = apply(desk_of(plan), [Reorder(vehicle="v1", trip=1, orders=("o1", "o3", "o2"))])
    assert later.violations == ()
    with pytest.raises(InputError) as told:
        apply(desk_of(plan), [Reorder(vehicle="v1", trip=1, orders=("o2", "o3", "o1"))])
    assert [fault.code for fault in told.value.faults] == ["E-D49"]


def test_other_verbs_know_the_closed_road_or_refuse() -> None:
    plan = closed(planned(0.5, 1.5), after_eight(12), MIDDLE).plan
    (told,) = explain_orders(plan, STREETS, ["o2"])
    assert told.reason == "off_network"
    with pytest.raises(InputError) as refusal:
        replay_plan(plan, STREETS, usual_scenarios(plan.day))
    assert [fault.code for fault in refusal.value.faults] == ["E-R05"]


def test_a_road_is_found_by_a_place_on_it_or_by_a_circle(tmp_path: Path) -> None:
    desk = desk_of(planned(0.5, 2.5))
    networks = desk.roads.networks

    def near(north_m: float, km: float, radius_m: float = 0.0) -> tuple[int, ...]:
        return pieces_near(networks, radius_m=radius_m, **at(km, north_m=north_m))

    assert near(20, 1.5) == (MIDDLE,)
    assert near(0, 1.0) == (WEST, MIDDLE, 3)
    assert near(60, 1.5) == ()
    assert near(60, 1.5, 61) == (MIDDLE,)
    assert near(250, 1.5, 251) == (MIDDLE, 4)
    spot = at(1.5)
    file = tmp_path / "events.csv"
    file.write_text(f"time,event,lat,lon,radius_m\n08:12,road_closed,{spot['lat']},{spot['lon']},\n")
    (event,) = read_events(file, desk.plan.day, now_s=after_eight(20), networks=networks)
    assert event.road is not None
    assert (event.road.segments, event.road.from_s) == ((MIDDLE,), after_eight(12))


def test_bad_rows_are_told_at_once(tmp_path: Path) -> None:
    desk, file = desk_of(planned(0.5, 2.5)), tmp_path / "events.csv"
    file.write_text(
        "time,event,lat,lon,radius_m\n"
        "08:12,road_closed,0.01,0.01,\n"
        "08:12,road_closed,0.0,,\n"
        "08:12,road_closed,north,0.01,\n"
        "08:12,road_closed,0.0,0.01,wide\n"
        "08:12,road_closed,0.0,0.01,5001\n"
    )
    with pytest.raises(InputError) as told:
        read_events(file, desk.plan.day, now_s=after_eight(20), networks=desk.roads.networks)
    assert [(fault.code, fault.row, fault.column) for fault in told.value.faults] == [
        ("E-N10", 2, "lat"),
        ("E-N02", 3, "lon"),
        ("E-N06", 4, "lat"),
        ("E-N06", 5, "radius_m"),
        ("E-N06", 6, "radius_m"),
    ]
    assert all(fault.remedy for fault in told.value.faults)


def test_a_vehicle_that_ends_away_goes_round_and_its_start_stays() -> None:
    home = Spot(**at(2.9))
    the_one = the_day(0.5, vehicles=(vehicle(start=home, end=home),))
    provenance = make_provenance(streets_sha256=STREETS.sha256, rows_read=1)
    plan = plan_day(the_one, STREETS, QUICK, provenance=provenance)
    begun_s = plan.routes[0].steps[0].end_s
    after = closed(plan, begun_s + 60, MIDDLE, now_s=begun_s + 300).plan
    assert [step.leg.drive_s for step in after.routes[0].steps if step.leg] == [280, 40, 340]
    again = replan(desk_of(after), QUICK, now_s=begun_s + 400).plan
    assert (again.violations, again.routes[0].steps) == ((), after.routes[0].steps)
