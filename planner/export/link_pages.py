"""Links to the navigation: a page for each driver's telephone, and all of them as a table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from planner.export.html import page
from planner.export.job import Job, Made
from planner.export.links import apple_link, geo_uri, kerb_of, place_link, spans, stops_words, way_links
from planner.export.telling import Telling, one_line, position
from planner.export.trips import Trip
from planner.io.safe_csv import csv_text
from planner.plan import Route

HEADS = ("vehicle", "trip", "stops", "order", "arrival", "google", "apple", "geo")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceLinks:
    """One stop and the three ways to get there."""

    number: int
    arrives: str
    id: str
    title: str
    google: str
    apple: str
    geo: str


def files(job: Job) -> Made:
    """Return a page for each vehicle, and a table of all."""
    made = {f"{stem}.html": _page(job, route) for stem, route in job.routes.items()}
    rows = [row for route in job.routes.values() for trip in job.trips(route) for row in _rows(job, trip)]
    return Made(files={**made, "links.csv": csv_text(HEADS, rows).encode()})


def _page(job: Job, route: Route) -> bytes:
    tell, say = Telling(job.view, job.words), job.words
    trips = []
    for trip in job.trips(route):
        ways = [(stops_words(say, way), way.url) for way in way_links(trip) if way.stops]
        title = say.gettext("Trip {number}", number=trip.number)
        span = tell.span(trip.leaves_s, trip.back_s)
        trips.append({"title": f"{title}, {span}", "ways": ways, "places": list(_places(trip, tell))})
    shown_page = page("links.html.j2").render(
        language=say.language,
        title=one_line(route.vehicle_id),
        subtitle=say.day(date.fromisoformat(job.plan.day.date)),
        whole=say.gettext("Whole trip in Google Maps"),
        other=say.gettext("Other map"),
        trips=trips,
    )
    return shown_page.encode()


def _places(trip: Trip, tell: Telling) -> Iterator[PlaceLinks]:
    for number, (step, order) in trip.stops.items():
        spot = kerb_of(trip, step)
        yield PlaceLinks(
            number=number,
            arrives=tell.clock(step.arrival_s),
            id=one_line(order.id),
            title=one_line(order.address) or position(order.lat, order.lon),
            google=place_link(spot),
            apple=apple_link(spot),
            geo=geo_uri(spot),
        )


def _rows(job: Job, trip: Trip) -> Iterator[tuple[str | float | None, ...]]:
    """Yield a row for each link to a way, which leads by several stops, and one for each stop."""
    vehicle_id = trip.route.vehicle_id
    for way in way_links(trip):
        yield vehicle_id, trip.number, spans(way.stops), "", "", way.url, "", ""
    for number, (step, order) in trip.stops.items():
        spot, clock = kerb_of(trip, step), job.view.clock(step.arrival_s)
        links = (place_link(spot), apple_link(spot), geo_uri(spot))
        yield vehicle_id, trip.number, str(number), order.id, clock, *links
