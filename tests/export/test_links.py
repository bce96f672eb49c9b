"""Links to the navigation."""

from __future__ import annotations

import csv
import io
import re
from urllib.parse import parse_qs, urlsplit

from planner.export.links import WayLink, apple_link, geo_uri, spans, way_links
from planner.export.trips import trips_of
from planner.model import Spot
from planner.plan import Plan
from planner.report.view import PlanView
from tests.export import plans
from tests.export.conftest import made
from tests.factories import DEPOT_LAT, DEPOT_LON


def ways(plan: Plan, trip: int = 0) -> list[WayLink]:
    return way_links(trips_of(PlanView(plan), plan.routes[0])[trip])


def places(link: WayLink) -> list[tuple[float, float]]:
    """Return where a link leads, as Google reads it."""
    query = parse_qs(urlsplit(link.url).query)
    texts = [*"".join(query.get("waypoints", [])).split("|"), *query["destination"]]
    return [(float(lat), float(lon)) for lat, lon in (text.split(",") for text in texts if text)]


def test_sixty_stops_are_split_so_that_no_link_has_more_than_nine_places_on_the_way() -> None:
    links = ways(plans.sixty_stops())
    assert [len(places(link)) - 1 for link in links] == [9] * 6 + [0]
    assert [number for link in links for number in link.stops] == list(range(1, 61))
    assert all(link.url.startswith("https://www.google.com/maps/dir/?api=1&travelmode=driving&") for link in links)


def test_the_places_are_those_of_the_stops_in_order_and_the_way_back_to_a_metre() -> None:
    plan = plans.sixty_stops()
    expected = [(order.lat, order.lon) for order in plan.day.orders] + [(DEPOT_LAT, DEPOT_LON)]
    found = [place for link in ways(plan) for place in places(link)]
    assert len(found) == 61
    assert all(abs(a - c) <= 5e-6 and abs(b - d) <= 5e-6 for (a, b), (c, d) in zip(found, expected, strict=True))


def test_who_walks_is_led_to_the_kerb_and_neighbours_there_are_one_place() -> None:
    (link,) = ways(plans.everything())
    kerb, station = plans.east(1), plans.STATION
    assert places(link)[0] == (kerb["lat"], kerb["lon"])
    assert link.places[0].stops == (1, 2)
    assert (station.lat, station.lon) in places(link)
    assert len(places(link)) == 6, "the kerb, three more stops, the station, the depot: the break is where it stands"


def test_the_way_home_passes_the_depot() -> None:
    (link,) = ways(plans.everything(), trip=1)
    assert places(link)[-2:] == [(DEPOT_LAT, DEPOT_LON), (plans.HOME.lat, plans.HOME.lon)]


def test_apple_and_geo_links_are_as_documented() -> None:
    spot = Spot(lat=-29.9, lon=-71.25)
    assert apple_link(spot) == "https://maps.apple.com/?daddr=-29.900000,-71.250000&dirflg=d"
    assert geo_uri(spot) == "geo:-29.900000,-71.250000"


def test_numbers_are_drawn_together() -> None:
    assert spans([1, 2, 3, 5, 7, 8]) == "1–3, 5, 7–8"


def test_the_table_has_a_row_for_each_way_and_stop_and_runs_no_formula() -> None:
    table = made(plans.hostile(), "links")["links.csv"].decode()
    rows = list(csv.DictReader(io.StringIO(table, newline="")))
    assert len(rows) == 1 + 6
    assert rows[1]["order"] == "'" + plans.HOSTILE[0]
    assert {row["vehicle"] for row in rows} == {plans.hostile().routes[0].vehicle_id}


def test_the_page_of_a_driver_links_each_stop_three_ways() -> None:
    page = made(plans.sixty_stops(), "links")["01-v1.html"].decode()
    hrefs = re.findall(r'href="([^"]+)"', page)
    for start, count in (("https://www.google.com/maps/dir/", 66), ("https://maps.apple.com/", 60), ("geo:", 60)):
        assert sum(href.startswith(start) for href in hrefs) == count
