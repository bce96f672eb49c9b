"""Mornings on one straight street at 10 m/s, whose outcome can be worked out by hand. Loading ends at 8:10."""

from __future__ import annotations

from dataclasses import replace

import pytest

from planner.dispatch.events import Event
from planner.dispatch.lists import changed_csv, tomorrow_csv
from planner.dispatch.replan import Locks, Replanned, replan
from planner.errors import InputError
from planner.model import Day, TimeWindow
from planner.plan import Lock, LockKind, Reason, StepKind
from planner.solve.options import SolveOptions
from tests.dispatch.street import (
    PLUGS,
    audited_anew,
    begin_of,
    day,
    desk_of,
    make_station,
    order,
    planned,
    trips_of,
    vehicle,
)
from tests.explain.street import EIGHT_S, at, until

QUICK = SolveOptions(iterations=60, time_limit_s=60.0)
SMALL = {"demand_kg": 1.0, "volume_l": 1.0}


def clock(minutes: float) -> int:
    return EIGHT_S + round(60 * minutes)


def morning(
    the_day: Day, minutes: float, *events: Event, locks: Locks | None = None, courier: float | None = None
) -> Replanned:
    desk = desk_of(the_day)
    found = replan(desk, QUICK, now_s=clock(minutes), events=events, locks=locks, courier_cost=courier)
    assert found.plan.violations == ()
    assert audited_anew(found.plan) == set()
    return found


def event(kind: str, minutes: float, **what: object) -> Event:
    return replace(Event(kind=kind, at_s=clock(minutes)), **what)  # type: ignore[arg-type]


def test_a_driver_who_stands_still_for_15_minutes_is_15_minutes_late_everywhere_and_allowed_to_be() -> None:
    the_day = day(order("far", km=10.0, windows=until(30)))
    before = begin_of(planned(the_day), "far")
    found = morning(the_day, 13, event("delay", 12, vehicle="v1", lasts_s=900))
    assert begin_of(found.plan, "far") == before + 900
    assert found.plan.day.orders[0].late_max_s == before + 900 - clock(30)
    assert [one.order_id for one in found.moved] == ["far"]
    assert found.reprint == ("v1",)


def test_without_news_nobody_prints_anything_anew_and_nothing_costs_more() -> None:
    orders = [order(f"o{i}", km=1.0 + i, demand_kg=40.0, volume_l=1.0) for i in range(6)]
    the_day = day(*orders, vehicles=(vehicle("v1"), vehicle("v2")), plugs=PLUGS)
    before = planned(the_day)
    for minutes in (-60, 5, 30):
        found = morning(the_day, minutes)
        assert (found.moved, found.reprint) == ((), ())
        assert found.plan.routes == before.routes
    held_up = morning(
        the_day, 5, event("delay", -60, vehicle="v1", lasts_s=600), event("delay", -60, vehicle="v2", lasts_s=9)
    )
    assert held_up.reprint == ()


def test_an_order_that_comes_in_leaves_the_depot_after_it_came() -> None:
    the_day = day(order("near", km=1.0))
    found = morning(the_day, 11, event("order_new", 11, new=order("new", km=1.0, **SMALL)))
    assert trips_of(found.plan) == {"v1": [["near"], ["new"]]}
    reload_s = next(s.begin_s for s in found.plan.routes[0].steps if s.kind is StepKind.RELOAD)
    assert reload_s >= clock(11)
    assert found.plan.unassigned == ()


def test_a_cancelled_order_is_gone_and_one_under_way_is_told_to_be_too_late() -> None:
    later = order("b", km=1.0, windows=until(300, since=240), demand_kg=60.0)
    the_day = day(order("a", km=1.0, windows=until(12), demand_kg=60.0), later)  # two trips: 100 kg are the most
    found = morning(the_day, 12, event("order_cancelled", 11, order="a"), event("order_cancelled", 11, order="b"))
    assert trips_of(found.plan) == {"v1": [["a"]]}
    assert [one.id for one in found.plan.day.orders] == ["a"]
    assert found.too_late == ("a",)


def test_what_a_broken_vehicle_has_on_board_is_fetched_where_it_stands_and_brought_on() -> None:
    the_day = day(order("near", km=2.0), order("far", km=10.0), vehicles=(vehicle("v1"), vehicle("v2")))
    (route,) = planned(the_day).routes
    out = route.vehicle_id
    other = {"v1": "v2", "v2": "v1"}[out]
    found = morning(the_day, 17, event("vehicle_out", 17, vehicle=out))
    assert trips_of(found.plan) == {out: [["near"]], other: [[f"far@{out}", "far"]]}
    assert found.transfers == {"far": out}
    handover = next(one for one in found.plan.day.orders if one.id == f"far@{out}")
    assert (handover.lat, handover.lon) == pytest.approx((at(2.0)["lat"], at(2.0)["lon"]))
    again = replan(replace(found.desk, plan=found.plan, work=found.plan), QUICK, now_s=clock(60))
    assert trips_of(again.plan) == trips_of(found.plan)
    assert again.plan.violations == ()


def test_with_nobody_left_the_goods_stay_where_they_are_and_stand_in_tomorrows_list() -> None:
    found = morning(day(order("far", km=10.0)), 13, event("vehicle_out", 12, vehicle="v1"))
    assert found.plan.routes == ()
    assert {left.order_id for left in found.plan.unassigned} == {"far", "far@v1"}
    assert "on board of v1" in found.plan.unassigned[0].detail
    rows = tomorrow_csv(found.plan).splitlines()
    assert len(rows) == 2
    assert rows[1].startswith('"far"')
    assert '"must"' in rows[1]
    assert '"left out"' in changed_csv(found.plan, found.moved)


def test_nobody_was_there_so_the_parcel_comes_back_and_leaves_again() -> None:
    found = morning(day(order("near", km=1.0, **SMALL)), 15, event("not_delivered", 14, order="near"))
    assert trips_of(found.plan) == {"v1": [["near@tried-1"], ["near"]]}
    with pytest.raises(InputError, match="E-N08"):
        morning(day(order("near", km=30.0)), 15, event("not_delivered", 14, order="near"))


def test_an_order_that_was_done_later_than_planned_makes_what_follows_late() -> None:
    the_day = day(order("a", km=1.0), order("b", km=2.0, **SMALL))
    first, second = sorted(("a", "b"), key=lambda id: begin_of(planned(the_day), id))
    ended_s = begin_of(planned(the_day), first) + 180
    found = morning(the_day, 40, event("done", (ended_s - EIGHT_S) / 60 + 10, order=first))
    assert begin_of(found.plan, second) == begin_of(planned(the_day), second) + 600


def test_a_courier_takes_what_costs_more_to_serve_than_he_does() -> None:
    the_day = day(order("near", km=1.0))
    far = order("new", km=18.0, **SMALL)  # an hour and more at 1 an hour
    dear = morning(the_day, 11, event("order_new", 11, new=far), courier=50.0)
    cheap = morning(the_day, 11, event("order_new", 11, new=far), courier=0.2)
    assert dear.plan.unassigned == ()
    assert [(left.order_id, left.reason) for left in cheap.plan.unassigned] == [("new", Reason.COURIER)]
    assert "0.20" in cheap.plan.unassigned[0].detail
    assert tomorrow_csv(cheap.plan) == ""


def test_locks_keep_an_order_on_its_vehicle_a_route_as_it_is_and_a_promise() -> None:
    the_day = day(
        order("a", km=1.0, windows=until(300, since=200)), vehicles=(vehicle("v1"), vehicle("v2")), plugs=PLUGS
    )
    new = event("order_new", 11, new=order("new", km=1.0, **SMALL))
    (v,) = trips_of(planned(the_day))
    other = {"v1": "v2", "v2": "v1"}[v]
    assert trips_of(morning(the_day, 11, new, locks=Locks(on_vehicle={"a": other})).plan)[other][-1][-1] == "a"
    whole = morning(the_day, 11, new, locks=Locks(vehicles=(v,)))
    assert begin_of(whole.plan, "a") == begin_of(planned(the_day), "a")
    assert trips_of(whole.plan) == {v: [["a"]], other: [["new"]]}
    promised = TimeWindow(start_s=clock(90), end_s=clock(100))
    kept = morning(the_day, 11, new, locks=Locks(promised={"new": promised}))
    assert clock(90) <= begin_of(kept.plan, "new") <= clock(100)


def test_stops_that_keep_their_order_take_a_new_one_in_between() -> None:
    the_day = day(
        order("a", km=3.0, windows=until(300, since=200)),
        order("b", km=9.0, windows=until(400, since=200)),
        plugs=PLUGS,
    )
    plan = planned(the_day)
    locked = replace(desk_of(the_day), plan=replace(plan, locks=(Lock(kind=LockKind.VEHICLE, id="v1"),)))
    new = event("order_new", 11, new=order("new", km=1.0, **SMALL))
    found = replan(locked, QUICK, now_s=clock(11), events=(new,))
    before = [id for trip in trips_of(plan)["v1"] for id in trip]
    after = [id for trip in trips_of(found.plan)["v1"] for id in trip]
    assert "new" in after
    assert [id for id in after if id != "new"] == before
    assert found.plan.violations == ()


def test_a_battery_that_holds_less_goes_by_a_station_or_turns_back() -> None:
    the_day = day(order("far", km=12.0), stations=(make_station(**at(6.0)),), vehicles=(vehicle("v1"),))
    plan = planned(the_day)
    (route,) = plan.routes
    needed_wh = sum(step.leg.energy_wh for step in route.steps if step.leg)
    battery_wh = the_day.vehicles[0].type.battery_wh
    low = event("soc", 12, vehicle="v1", soc=(0.1 * battery_wh + 0.8 * needed_wh) / battery_wh)
    found = morning(the_day, 13, low)
    assert [s.place_id for s in found.plan.routes[0].steps if s.kind is StepKind.CHARGE] == [the_day.stations[0].id]
    assert trips_of(found.plan) == {"v1": [["far"]]}
    alone = replace(the_day, stations=())
    back = morning(alone, 13, low)
    assert trips_of(back.plan) != {"v1": [["far"]]}
    served_s = [s.begin_s for r in back.plan.routes for s in r.steps if s.place_id == "far"]
    assert all(begin_s > clock(60) for begin_s in served_s)


def test_plans_of_an_equal_budget_are_equal() -> None:
    the_day = day(order("a", km=1.0), order("b", km=2.0), vehicles=(vehicle("v1"), vehicle("v2")))
    new = event("order_new", 11, new=order("new", km=1.5, **SMALL))
    assert morning(the_day, 11, new).plan == morning(the_day, 11, new).plan
