"""A route cut into its trips."""

from __future__ import annotations

from dataclasses import replace

from planner.export.trips import Trip, trips_of
from planner.plan import Plan, StepKind
from planner.report.view import PlanView
from tests.export import plans
from tests.factories import make_plan


def trips(plan: Plan) -> list[Trip]:
    return trips_of(PlanView(plan), plan.routes[0])


def test_a_trip_ends_with_the_reload_before_the_next_one() -> None:
    first, second = trips(make_plan())
    assert (first.number, [order.id for _, order in first.stops.values()]) == (1, ["o1"])
    assert (second.number, [order.id for _, order in second.stops.values()]) == (2, ["o2"])
    assert (first.leaves_s, first.back_s) == (29_400, 29_820)
    assert (second.leaves_s, second.back_s) == (30_420, 31_320)
    assert (first.distance_km, second.distance_km) == (2.0, 4.0)
    assert (first.back.kind, second.back.kind) == (StepKind.RELOAD, StepKind.END)


def test_what_is_delivered_last_is_loaded_first() -> None:
    (trip,) = trips(plans.sixty_stops())
    assert [number for number, _ in trip.loaded] == list(range(60, 0, -1))
    assert [order.id for _, order in trip.loaded][:2] == ["S060", "S059"]


def test_goods_that_are_fetched_on_the_way_are_on_no_load_list() -> None:
    first, second = trips(plans.everything())
    assert [order.id for _, order in first.loaded] == ["waits", "on-foot", "first"]
    assert [order.id for _, order in second.loaded] == ["walk", "late"]


def test_charges_and_swaps_at_the_depot_belong_to_loading_and_those_at_a_station_to_the_way() -> None:
    first, second = trips(plans.everything())
    assert [step.kind.value for step in first.loading] == ["start", "reload"]
    assert [step.kind.value for step in second.loading] == ["reload", "charge", "swap"]
    assert [step.kind.value for step in first.visits if not step.serves] == ["break", "charge"]


def test_a_vehicle_that_ends_elsewhere_is_followed_to_its_end() -> None:
    last = trips(plans.everything())[-1]
    assert (last.back.kind, last.back.place_id) == (StepKind.END, "van 7")
    assert [step.kind.value for step in last.visits][-2:] == ["return", "end"]


def test_a_route_that_goes_nowhere_has_no_trip() -> None:
    plan = make_plan()
    route = replace(plan.routes[0], steps=(plan.routes[0].steps[0], plan.routes[0].steps[-1]))
    assert trips_of(PlanView(plan), route) == []
