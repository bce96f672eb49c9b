"""A GPX 1.1 file for each vehicle: a track along the streets for each trip, a waypoint for each stop and charge."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC

from gpxpy.gpx import GPX, GPXTrack, GPXTrackPoint, GPXTrackSegment, GPXWaypoint

from planner.export.job import Job, Made
from planner.export.telling import Telling, one_line
from planner.export.trips import Trip
from planner.model import Order
from planner.plan import Step, StepKind

DECIMALS = 6
CHARGES = frozenset({StepKind.CHARGE, StepKind.SWAP})


def files(job: Job) -> Made:
    """Return a file for each vehicle."""
    return Made(files={f"{stem}.gpx": _gpx(job, stem) for stem in job.routes})


def _gpx(job: Job, stem: str) -> bytes:
    route, tell = job.routes[stem], Telling(job.view, job.words)
    gpx = GPX()
    gpx.creator = job.plan.provenance.program
    gpx.name = f"{one_line(route.vehicle_id)} {job.plan.day.date}"
    for trip in job.trips(route):
        gpx.waypoints.extend(_waypoints(trip, tell))
        gpx.tracks.append(_track(trip, tell))
    return gpx.to_xml(version="1.1").encode()


def _track(trip: Trip, tell: Telling) -> GPXTrack:
    """Return the way of a trip, a segment for each drive."""
    track = GPXTrack(name=tell.words.gettext("Trip {number}", number=trip.number), number=trip.number)
    for line in trip.lines:
        segment = GPXTrackSegment()
        segment.points = [GPXTrackPoint(round(lat, DECIMALS), round(lon, DECIMALS)) for lon, lat in line]
        track.segments.append(segment)
    return track


def _waypoints(trip: Trip, tell: Telling) -> Iterator[GPXWaypoint]:
    for number, (step, order) in trip.stops.items():
        yield _waypoint(tell, step, f"{trip.number}.{number} {one_line(order.id)}", _about(tell, step, order))
    for step in trip.visits:
        if step.kind in CHARGES:
            name = tell.words.gettext("Charge at {place}", place=one_line(step.place_id))
            yield _waypoint(tell, step, name, tell.charge(step, trip.route.vehicle_id))


def _about(tell: Telling, step: Step, order: Order) -> str:
    span, windows = tell.span(step.arrival_s, step.end_s), tell.windows(order)
    window = tell.words.gettext("window {windows}", windows=windows) if windows else ""
    return ", ".join(part for part in (one_line(order.address), span, window, one_line(order.notes)) if part)


def _waypoint(tell: Telling, step: Step, name: str, about: str) -> GPXWaypoint:
    moment = tell.view.moment(step.arrival_s).astimezone(UTC)  # GPX asks for UTC
    return GPXWaypoint(
        latitude=round(step.lat, DECIMALS),
        longitude=round(step.lon, DECIMALS),
        time=moment,
        name=name,
        description=about,
        type=step.kind.value,
    )
