"""GPX, KML and calendars, opened by the readers of others."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from xml.etree.ElementTree import Element, fromstring
from zoneinfo import ZoneInfo

import gpxpy
from gpxpy.gpx import GPX
from icalendar import Calendar, Event

from planner.export.trips import trips_of
from planner.plan import Plan, Step
from planner.report.view import PlanView
from tests.export import plans
from tests.export.conftest import made
from tests.factories import make_plan

KML = "{http://www.opengis.net/kml/2.2}"


def gpx_of(plan: Plan) -> GPX:
    (data,) = made(plan, "gpx").values()
    return gpxpy.parse(data.decode())


def kml_of(plan: Plan) -> Element:
    return fromstring(made(plan, "kml")["routes.kml"])


def events_of(plan: Plan, language: str = "en") -> list[Event]:
    (data,) = made(plan, "ical", language).values()
    return [event for event in Calendar.from_ical(data).walk("VEVENT") if isinstance(event, Event)]


def test_gpx_has_a_track_along_the_streets_for_each_trip() -> None:
    gpx = gpx_of(make_plan())
    assert [track.name for track in gpx.tracks] == ["Trip 1", "Trip 2"]
    first = [(point.longitude, point.latitude) for point in gpx.tracks[0].segments[0].points]
    assert first == [(-71.34, -29.95), (-71.3405, -29.9504), (-71.341, -29.951)]
    assert [len(track.segments) for track in gpx.tracks] == [2, 2]


def test_gpx_has_a_waypoint_for_each_stop_and_charge_at_its_place_and_time() -> None:
    plan = plans.everything()
    waypoints = gpx_of(plan).waypoints
    names = ["1.1 first", "1.2 on-foot", "1.3 waits", "1.4 fetch", "1.5 bring", "Charge at Plaza"]
    assert [waypoint.name for waypoint in waypoints] == [*names, "2.1 late", "2.2 walk", "2.3 pickup"]
    first = waypoints[0]
    assert (first.latitude, first.longitude) == (plans.east(1)["lat"], plans.east(1)["lon"])
    # 8:20 in Chile's winter time, four hours behind UTC
    assert first.time == datetime.fromisoformat("2026-05-12T12:20:00+00:00")
    assert first.description == "Łódzka 1, 08:20–08:23, window 09:00–10:00, 14:00–15:00"


def test_gpx_and_kml_have_a_point_for_each_of_sixty_stops() -> None:
    assert len(gpx_of(plans.sixty_stops()).waypoints) == 60
    assert len(kml_of(plans.sixty_stops()).findall(f".//{KML}Point")) == 60


def test_kml_has_the_ways_of_each_trip_longitude_first() -> None:
    lines = [line.text for line in kml_of(make_plan()).findall(f".//{KML}LineString/{KML}coordinates")]
    assert len(lines) == 4
    assert lines[0] == "-71.340000,-29.950000 -71.340500,-29.950400 -71.341000,-29.951000"


def test_texts_that_mean_harm_are_texts_in_gpx_and_kml() -> None:
    gpx, kml = gpx_of(plans.hostile()), kml_of(plans.hostile())
    assert [waypoint.name for waypoint in gpx.waypoints][:2] == [f"1.{i + 1} {plans.HOSTILE[i]}" for i in (0, 1)]
    assert len(gpx.waypoints) == 6
    assert not [element for element in kml.iter() if element.tag in {f"{KML}script", "script", "img"}]
    # Who opens KML reads a description as HTML: no tag may be left in it but the line breaks that are ours.
    told = "".join(element.text or "" for element in kml.iter() if element.tag in {f"{KML}description", f"{KML}name"})
    assert "<" not in told.replace("<br>", "").replace(plans.hostile().routes[0].vehicle_id, "")
    assert "&lt;script&gt;" in told


def test_a_calendar_has_an_event_for_each_stop_in_the_zone_of_the_day() -> None:
    events = {str(event["summary"]): event for event in events_of(plans.everything())}
    assert list(events)[:4] == ["Load at hub", "1.1 first", "1.2 on-foot", "1.3 waits"]
    assert {"Break", "Charge at Plaza", "Change the battery"} <= set(events)
    first = events["1.1 first"]
    zone = ZoneInfo("America/Santiago")
    assert first["dtstart"].params["TZID"] == "America/Santiago"
    assert first.start == datetime(2026, 5, 12, 8, 20, tzinfo=zone)
    assert first.end == datetime(2026, 5, 12, 8, 23, tzinfo=zone)
    assert str(first["location"]) == "Łódzka 1"
    assert first["geo"].to_ical() == f"{plans.east(1)['lat']};{plans.east(1)['lon']}"
    assert events["1.3 waits"].start == datetime(2026, 5, 12, 8, 48, 10, tzinfo=zone), "when service begins"


def test_a_calendar_brings_the_rules_of_its_zone_and_every_event_has_an_id_of_its_own() -> None:
    (data,) = made(plans.sixty_stops(), "ical").values()
    calendar = Calendar.from_ical(data)
    assert [str(zone["tzid"]) for zone in calendar.walk("VTIMEZONE")] == ["America/Santiago"]
    ids = [str(event["uid"]) for event in calendar.walk("VEVENT")]
    assert len(ids) == len(set(ids)) == 61


def test_a_calendar_of_a_later_plan_moves_its_events_and_doubles_none() -> None:
    plan = plans.everything()
    late = replace(plan, routes=tuple(replace(r, steps=tuple(map(ten_minutes_later, r.steps))) for r in plan.routes))
    before, after = ({str(e["uid"]): e.start for e in events_of(one)} for one in (plan, late))
    assert before.keys() == after.keys()
    assert {after[uid] - before[uid] for uid in before} == {timedelta(minutes=10)}


def ten_minutes_later(step: Step) -> Step:
    return replace(step, arrival_s=step.arrival_s + 600, begin_s=step.begin_s + 600, end_s=step.end_s + 600)


def test_on_a_day_with_a_clock_change_events_are_on_the_clock_of_the_wall() -> None:
    plan = make_plan()
    plan = replace(plan, day=replace(plan.day, date="2026-03-29", time_zone="Europe/Berlin"))
    # Eight hours after midnight it is nine: the clock was put forward at two.
    assert events_of(plan)[0].start.isoformat() == "2026-03-29T09:00:00+02:00"


def test_a_text_forges_no_event() -> None:
    events = events_of(plans.hostile())
    assert len(events) == 7
    assert not [event for event in events if str(event["summary"]) == "forged"]
    assert str(events[5]["summary"]) == "1.5 BEGIN:VEVENT SUMMARY:forged END:VEVENT"


def test_names_of_files_come_from_no_path_of_the_user() -> None:
    for name in ("gpx", "ical"):
        assert {file.rpartition(".")[0] for file in made(plans.hostile(), name)} == {"01-b-v-b"}


def test_the_length_of_the_tracks_is_that_of_the_drives() -> None:
    plan = plans.sixty_stops()
    (trip,) = trips_of(PlanView(plan), plan.routes[0])
    assert sum(len(line) for line in trip.lines) == sum(
        len(segment.points) for track in gpx_of(plan).tracks for segment in track.segments
    )
