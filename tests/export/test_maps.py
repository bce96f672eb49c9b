"""The picture of a trip: everything on it, no label on another, no text of the user."""

from __future__ import annotations

import re
from itertools import combinations
from xml.etree.ElementTree import Element, fromstring

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.export.backdrop import MOST_POINTS, Backdrop
from planner.export.labels import Sheet, place_labels
from planner.export.trip_map import HEIGHT, WIDTH, frame_of, trip_map
from planner.export.trips import Trip, trips_of
from planner.plan import Plan, StepKind
from planner.report.view import PlanView
from tests.export import plans
from tests.factories import DEPOT_LAT, DEPOT_LON, make_order, make_plan, make_vehicle
from tests.report.conftest import make_grid

SVG = "{http://www.w3.org/2000/svg}"


def trip_of(plan: Plan, number: int = 1) -> Trip:
    return trips_of(PlanView(plan), plan.routes[0])[number - 1]


def drawn(plan: Plan, number: int = 1, backdrop: Backdrop | None = None) -> Element:
    return fromstring(trip_map(trip_of(plan, number), backdrop))


def labels(picture: Element) -> list[str]:
    return [text.text or "" for text in picture.iter(f"{SVG}text")]


def test_each_of_sixty_stops_has_its_number_on_the_map() -> None:
    assert {str(i) for i in range(1, 61)} <= set(labels(drawn(plans.sixty_stops())))


def test_depot_station_and_home_have_their_letters_and_the_map_its_scale_and_north() -> None:
    first = labels(drawn(plans.everything()))
    assert {"D", "C", "H", "N", "1 km"} <= set(first)
    assert "C" not in labels(drawn(plans.everything(), 2)), "a charge at the depot is at the D"


def test_the_bar_is_as_long_as_it_says() -> None:
    trip = trip_of(plans.everything())
    bar = next(line for line in drawn(plans.everything()).iter(f"{SVG}polyline") if line.get("stroke-width") is None)
    xs = [float(point.split(",")[0]) for point in str(bar.get("points")).split()]
    assert max(xs) - min(xs) == pytest.approx(1_000 * frame_of(trip).units_per_m, abs=0.2)


def test_the_way_lies_inside_the_picture_and_fills_it() -> None:
    frame = frame_of(trip_of(plans.everything()))
    points = [frame.at(*place) for line in trip_of(plans.everything()).lines for place in line]
    xs, ys = zip(*points, strict=True)
    assert min(xs) >= 0 < max(xs) <= WIDTH
    assert min(ys) >= 0 < max(ys) <= HEIGHT
    assert max(max(xs) - min(xs), (max(ys) - min(ys)) * WIDTH / HEIGHT) > 0.8 * WIDTH


def test_who_is_served_on_foot_has_a_dotted_line_to_the_door() -> None:
    dotted = [line for line in drawn(plans.everything()).iter(f"{SVG}polyline") if line.get("stroke-dasharray")]
    assert len(dotted) == 1


def test_a_trip_of_one_place_has_a_map_too() -> None:
    driving = plans.Driving(make_vehicle(), {"o1": make_order("o1", lat=DEPOT_LAT, lon=DEPOT_LON)})
    driving.depot(StepKind.START)
    driving.serve("o1")
    driving.depot(StepKind.END)
    assert "1" in labels(drawn(plans.plan_of(driving)))


def test_no_text_of_the_user_is_in_a_map() -> None:
    assert set("".join(labels(drawn(plans.hostile())))) <= set("0123456789,–DCHNkm ")


def test_streets_are_drawn_behind_the_way_and_are_few_enough_to_print() -> None:
    grid = make_grid(side=60, points=6)
    picture = drawn(make_plan(), backdrop=Backdrop(grid))
    streets = [
        path
        for path in picture.iter(f"{SVG}path")
        if str(path.get("stroke", "")).startswith("#") and not path.get("fill")
    ]
    assert streets
    assert sum(len(re.findall(",", str(path.get("d")))) for path in streets) <= MOST_POINTS
    order = [element.tag for element in picture]
    assert order.index(f"{SVG}path") < order.index(f"{SVG}polyline")


@given(st.lists(st.tuples(st.floats(40, 640), st.floats(40, 390)), min_size=1, max_size=25))
def test_no_label_lies_on_another(points: list[tuple[float, float]]) -> None:
    boxes = place_labels(points, [(24.0, 22.0)] * len(points), Sheet(WIDTH, HEIGHT, ()))
    assert not [pair for pair in combinations(boxes, 2) if pair[0].meets(pair[1])]
    assert all(box.width / 2 <= box.x <= WIDTH - box.width / 2 for box in boxes)
