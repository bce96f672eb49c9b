"""A KML 2.2 file: a folder for each vehicle, in it one for each trip with its way and its stops."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from planner.export.job import Job, Made
from planner.export.telling import Telling, one_line, shown
from planner.export.trips import Trip
from planner.plan import Step, StepKind

NAMESPACE = "http://www.opengis.net/kml/2.2"
# aabbggrr, apart for the colour-blind (Okabe and Ito) and dark enough on a map
COLOURS = ("ffb27200", "ff005ed5", "ff739e00", "ffa779cc", "ff009fe6", "ff000000")


def files(job: Job) -> Made:
    """Return one file with all vehicles."""
    root = Element("kml", xmlns=NAMESPACE)
    document = SubElement(root, "Document")
    SubElement(document, "name").text = job.plan.day.date
    for number, colour in enumerate(COLOURS):
        line = SubElement(SubElement(document, "Style", id=f"way-{number}"), "LineStyle")
        SubElement(line, "color").text = colour
        SubElement(line, "width").text = "4"
    tell = Telling(job.view, job.words)
    for number, route in enumerate(job.routes.values()):
        folder = _folder(document, one_line(route.vehicle_id))
        for trip in job.trips(route):
            _trip(folder, trip, tell, style=f"#way-{number % len(COLOURS)}")
    indent(root, " ")
    return Made(files={"routes.kml": tostring(root, encoding="utf-8", xml_declaration=True)})


def _folder(parent: Element, name: str) -> Element:
    folder = SubElement(parent, "Folder")
    SubElement(folder, "name").text = name
    return folder


def _trip(parent: Element, trip: Trip, tell: Telling, *, style: str) -> None:
    folder = _folder(parent, tell.words.gettext("Trip {number}", number=trip.number))
    way = SubElement(folder, "Placemark")
    SubElement(way, "name").text = tell.span(trip.leaves_s, trip.back_s)
    SubElement(way, "styleUrl").text = style
    lines = SubElement(way, "MultiGeometry")
    for line in trip.lines:
        _shape(lines, "LineString", line)
    for number, (step, order) in trip.stops.items():
        facts = [
            one_line(order.address),
            tell.span(step.arrival_s, step.end_s),
            tell.windows(order),
            shown(order.notes),
        ]
        _point(folder, step, f"{number} {one_line(order.id)}", facts)
    for step in trip.visits:
        if step.kind is StepKind.CHARGE:
            name = tell.words.gettext("Charge at {place}", place=one_line(step.place_id))
            _point(folder, step, name, [tell.charge(step, trip.route.vehicle_id)])


def _point(parent: Element, step: Step, name: str, facts: Iterable[str]) -> None:
    """Add a place. What it says is read as HTML by those who open it, so it is escaped once more than XML asks."""
    place = SubElement(parent, "Placemark")
    SubElement(place, "name").text = escape(name)
    SubElement(place, "description").text = "<br>".join(escape(fact) for fact in facts if fact)
    _shape(place, "Point", [(step.lon, step.lat)])


def _shape(parent: Element, kind: str, positions: Iterable[tuple[float, float]]) -> None:
    text = " ".join(f"{lon:.6f},{lat:.6f}" for lon, lat in positions)
    SubElement(SubElement(parent, kind), "coordinates").text = text
