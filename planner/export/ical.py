"""A calendar for each vehicle (RFC 5545): an event for each stop, charge and break, in the time zone of the day."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from icalendar import Calendar, Event, vGeo

from planner.export.job import Job, Made
from planner.export.telling import Telling, one_line, position, shown
from planner.export.trips import Trip
from planner.plan import Route, Step, StepKind

RESTS = frozenset({StepKind.CHARGE, StepKind.SWAP, StepKind.BREAK})
ZONE_RULES = timedelta(days=400)  # before and after the day, for which the file tells the clock changes


def files(job: Job) -> Made:
    """Return a file for each vehicle."""
    return Made(files={f"{stem}.ics": _calendar(job, route) for stem, route in job.routes.items()})


def _calendar(job: Job, route: Route) -> bytes:
    calendar = Calendar()
    calendar.add("prodid", f"-//{job.plan.provenance.program}//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", f"{one_line(route.vehicle_id)} {job.plan.day.date}")
    ids: Counter[tuple[str, ...]] = Counter()
    for trip in job.trips(route):
        for step, event in _events(trip, Telling(job.view, job.words)):
            event.add("uid", _uid(job.plan.day.date, route.vehicle_id, step, ids))
            calendar.add_component(event)
    day = date.fromisoformat(job.plan.day.date)
    calendar.add_missing_timezones(first_date=day - ZONE_RULES, last_date=day + ZONE_RULES)
    return bytes(calendar.to_ical())


def _events(trip: Trip, tell: Telling) -> Iterator[tuple[Step, Event]]:
    say = tell.words
    for step in trip.loading:
        if step.kind not in RESTS and step.place_id in trip.view.depots:
            title = say.gettext("Load at {place}", place=one_line(step.place_id))
            yield step, _event(trip, step, title, say.gettext("Trip {number}", number=trip.number))
    numbers = {id(step): number for number, (step, _) in trip.stops.items()}
    for step in (*trip.loading, *trip.visits):
        if step.serves:
            order = trip.view.orders[step.place_id]
            event = _event(trip, step, f"{trip.number}.{numbers[id(step)]} {one_line(order.id)}", shown(order.notes))
            event.add("location", one_line(order.address) or position(order.lat, order.lon))
            yield step, event
        elif step.kind is StepKind.CHARGE:
            title = say.gettext("Charge at {place}", place=one_line(step.place_id))
            yield step, _event(trip, step, title, tell.charge(step, trip.route.vehicle_id))
        elif step.kind is StepKind.SWAP:
            yield step, _event(trip, step, say.gettext("Change the battery"), "")
        elif step.kind is StepKind.BREAK:
            yield step, _event(trip, step, say.gettext("Break"), "")


def _event(trip: Trip, step: Step, title: str, about: str) -> Event:
    day = trip.view.plan.day
    event = Event()
    # When it was made is not kept in a plan: the same plan gives the same file.
    event.add("dtstamp", datetime.fromisoformat(day.date).replace(tzinfo=UTC))
    event.add("dtstart", trip.view.moment(step.begin_s))
    event.add("dtend", trip.view.moment(step.end_s))
    event.add("summary", title)
    if about:
        event.add("description", about)
    event["geo"] = vGeo((step.lat, step.lon))
    return event


def _uid(date: str, vehicle_id: str, step: Step, ids: Counter[tuple[str, ...]]) -> str:
    """Return what names an event in every version of the plan, so that a calendar moves it and does not double it.

    An order is itself, whoever serves it and when; loadings, charges and breaks are a vehicle's first, second, ...
    """
    what = (date, step.kind.value, step.place_id) if step.serves else (date, step.kind.value, vehicle_id)
    ids[what] += 1
    return hashlib.sha256("\0".join([*what, str(ids[what])]).encode()).hexdigest()[:32] + "@planner"
