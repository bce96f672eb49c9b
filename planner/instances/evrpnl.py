"""The E-VRP-NL files of Montoya, Guéret, Mendoza and Villegas (Transportation Research Part B 103, 2017), VRP-REP XML.

Stations charge along concave curves of their type. What counts is the time for driving and charging; with the service
it is bounded on each route. Vehicles carry nothing, and there are as many as it takes.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from xml.parsers import expat

from planner.errors import did_you_mean
from planner.instances.draft import Draft, Faults, Node, Role, Vehicle
from planner.solve.instance import Corners

ROLES: dict[str, Role] = {"0": "depot", "1": "customer", "2": "station"}
PROFILE = "fleet/vehicle_profile"
FIGURES = {
    "max_travel_time": f"{PROFILE}/max_travel_time",
    "speed_factor": f"{PROFILE}/speed_factor",
    "consumption_rate": f"{PROFILE}/custom/consumption_rate",
    "battery_capacity": f"{PROFILE}/custom/battery_capacity",
}
FUNCTION = f"{PROFILE}/custom/charging_functions/function"
LEAST_DECIMALS = 10  # of a length: no answer can tell fewer from none
POINT = ("charging_time", "battery_level")
# What the format may hold beside that: it says nothing, or what is so in any case.
SILENT = frozenset(
    (
        "departure_node",
        "arrival_node",
        "name",
        "dataset",
        "info",
        "network",
        "nodes",
        "fleet",
        "requests",
        "custom",
        "euclidean",
    )
)
KNOWN = SILENT | frozenset(
    (
        *("instance", "node", "cx", "cy", "cs_type", "vehicle_profile", "charging_functions", "function"),
        *("breakpoint", "request", "service_time", "decimals", *FIGURES, *POINT),
    )
)


@dataclass(slots=True)
class Element:
    """An element of the file, with the line in which it begins."""

    name: str
    line: int
    attributes: dict[str, str]
    text: str = ""
    inner: list[Element] = field(default_factory=list)

    def all(self, path: str) -> Iterator[Element]:
        """Yield the elements at a path below this one."""
        name, _, rest = path.partition("/")
        for element in self.inner:
            if element.name == name:
                yield from element.all(rest) if rest else (element,)

    def first(self, path: str) -> Element | None:
        return next(self.all(path), None)


def is_xml(text: str) -> bool:
    """Tell by the first character that counts."""
    return text.lstrip("\ufeff \t\r\n").startswith("<")


def read_evrpnl(text: str, faults: Faults, *, name: str) -> Draft:
    """Read nodes, curves and figures; what cannot be used is added to `faults`, what is no XML raises at once."""
    root = _parse(text, faults)
    for element in _unknown(root):
        message = f"is an element that is not read{did_you_mean(element.name, KNOWN)}"
        faults.add("E-I17", message, "remove it if it does not bind", line=element.line, value=element.name)
    for element in root.all("network/decimals"):
        if faults.number(element.text.strip(), line=element.line, column="decimals") < LEAST_DECIMALS:
            message = "rounds lengths, which is not read"
            faults.add("E-I17", message, "use an instance with 14", line=element.line, value=element.text.strip())
    figures = {key: _figure(root, key, path, faults) for key, path in FIGURES.items()}
    curves = _curves(root, figures["battery_capacity"], faults)
    services = _services(root, faults)
    nodes = tuple(_node(element, services, curves, figures["max_travel_time"], faults) for element in _nodes(root))
    for id_, (line, _) in services.items():
        if id_ not in {node.id for node in nodes if node.role == "customer"}:
            faults.add("E-I06", "is a request of no customer", "correct its node", line=line, value=id_)
    usable = [corners for corners in curves.values() if len(corners) > 1]
    return Draft(
        name=name,
        kind="evrpnl",
        nodes=nodes,
        vehicle=Vehicle(
            capacity=math.inf,
            battery=figures["battery_capacity"],
            consumption=figures["consumption_rate"],
            charge_rate=min((_pace(corners) for corners in usable), default=0.0),
            speed=figures["speed_factor"],
        ),
        curves=tuple(curves.get(node.curve, ()) for node in nodes if node.role == "station"),
    )


def _parse(text: str, faults: Faults) -> Element:
    """Return the <instance>, with the line of each element; raises where there is none."""
    top = Element("", 1, {})
    inside, parser = [top], expat.ParserCreate()

    def begin(name: str, attributes: dict[str, str]) -> None:
        element = Element(name, parser.CurrentLineNumber, attributes)
        inside[-1].inner.append(element)
        inside.append(element)

    def add_text(part: str) -> None:
        inside[-1].text += part

    def refuse(*_: object) -> None:
        message, remedy = "declares a document type, which no instance needs", "remove the declaration"
        faults.add("E-I17", message, remedy, line=parser.CurrentLineNumber, value="<!DOCTYPE")
        faults.raise_any()

    parser.StartElementHandler, parser.CharacterDataHandler = begin, add_text
    parser.EndElementHandler = lambda _: inside.pop()
    parser.StartDoctypeDeclHandler = refuse  # so that there are no entities to expand
    try:
        parser.Parse(text, True)
    except expat.ExpatError as error:
        message = f"is no well-formed XML: {expat.ErrorString(error.code)}"
        faults.add("E-I16", message, "correct it or export it anew", line=error.lineno)
        faults.raise_any()
    root = top.first("instance")
    if root is None:
        faults.add("E-I01", "is XML without an <instance>", "see docs/solve.md")
        faults.raise_any()
    assert root is not None
    return root


def _unknown(element: Element) -> Iterator[Element]:
    for inner in element.inner:
        if inner.name not in KNOWN:
            yield inner
        else:
            yield from _unknown(inner)


def _nodes(root: Element) -> Iterator[Element]:
    return root.all("network/nodes/node")


def _figure(root: Element, key: str, path: str, faults: Faults) -> float:
    element = root.first(path)
    if element is None:
        faults.add("E-I03", f"<{key}> is missing", f"add it to <{path.rsplit('/', 2)[-2]}>", column=key)
        return math.nan
    return faults.positive(element.text.strip(), line=element.line, column=key)


def _curves(root: Element, battery: float, faults: Faults) -> dict[str, Corners]:
    """Return each type's curve; one that cannot be used is empty."""
    found: dict[str, Corners] = {}
    for element in root.all(FUNCTION):
        kind, before = element.attributes.get("cs_type", ""), len(faults.found)
        corners = sorted(_corner(point, faults) for point in element.all("breakpoint"))
        if kind in found:
            message, remedy = "is a type of station that is there twice", "keep one"
            faults.add("E-I05", message, remedy, line=element.line, column="cs_type", value=kind)
        elif len(faults.found) == before and (wrong := _wrong(corners, battery)):
            message, remedy = f"is the curve of type {kind!r}, and {wrong}", "correct its break points"
            faults.add("E-I18", message, remedy, line=element.line, column="function", value=kind)
        found[kind] = tuple(corners) if len(faults.found) == before else ()
    return found


def _corner(point: Element, faults: Faults) -> tuple[float, float]:
    values = []
    for column in POINT:
        inner = point.first(column)
        if inner is None:
            faults.add("E-I03", f"<{column}> is missing", "add it", line=point.line, column=column)
            values.append(math.nan)
        else:
            values.append(faults.positive(inner.text.strip(), line=inner.line, column=column, zero=True))
    return values[0], values[1]


def _wrong(corners: list[tuple[float, float]], battery: float) -> str:
    """Say what is wrong with a curve, in words; nothing where it rises from nothing to full and bends down only."""
    if len(corners) < 2 or corners[0] != (0.0, 0.0):
        return "does not begin at 0 and 0"
    if not math.isnan(battery) and abs(corners[-1][1] - battery) > 1e-9 * battery:
        return f"does not end at the battery's {battery:g}"
    paces = [(b[0] - a[0]) / (b[1] - a[1]) if b[1] > a[1] else math.inf for a, b in pairwise(corners)]
    if any(math.isinf(pace) or pace <= 0.0 for pace in paces):
        return "does not rise"
    if any(later < sooner * (1.0 - 1e-9) for sooner, later in pairwise(paces)):
        return "is not concave: it charges faster when fuller"
    return ""


def _pace(corners: Corners) -> float:
    return corners[1][0] / corners[1][1]


def _services(root: Element, faults: Faults) -> dict[str, tuple[int, float]]:
    """Return the line and the service time of each request, by its node."""
    found: dict[str, tuple[int, float]] = {}
    for request in root.all("requests/request"):
        id_, lasts = request.attributes.get("node", ""), request.first("service_time")
        if id_ in found:
            faults.add("E-I05", "has a second request", "keep one for each customer", line=request.line, value=id_)
        elif lasts is None:
            faults.add("E-I03", "<service_time> is missing", "add it", line=request.line, column="service_time")
            found[id_] = (request.line, math.nan)
        else:
            value = faults.positive(lasts.text.strip(), line=lasts.line, column="service_time", zero=True)
            found[id_] = (request.line, value)
    return found


def _node(
    element: Element, services: dict[str, tuple[int, float]], curves: dict[str, Corners], limit: float, faults: Faults
) -> Node:
    id_, kind = element.attributes.get("id", ""), element.attributes.get("type", "")
    role = ROLES.get(kind, "customer")
    if kind not in ROLES:
        message, remedy = "is no type of node", "use 0 for the depot, 1 for customers, 2 for stations"
        faults.add("E-I17", message, remedy, line=element.line, column="type", value=kind)
    x, y = (_coordinate(element, axis, faults) for axis in ("cx", "cy"))
    service = 0.0
    if role == "customer" and kind in ROLES:
        if id_ not in services:
            message, remedy = "is a customer without a request", "add one to <requests>"
            faults.add("E-I06", message, remedy, line=element.line, value=id_)
        service = services.get(id_, (0, 0.0))[1]
    curve = element.first("custom/cs_type")
    named = "" if curve is None else curve.text.strip()
    if role == "station" and named not in curves:
        message = f"is a type of station without a charging function{did_you_mean(named, curves)}"
        faults.add("E-I06", message, "give it one", line=element.line, column="cs_type", value=named)
    due = limit if role == "depot" else math.inf
    return Node(id=id_, role=role, line=element.line, x=x, y=y, service=service, due=due, curve=named)


def _coordinate(element: Element, axis: str, faults: Faults) -> float:
    inner = element.first(axis)
    if inner is None:
        faults.add("E-I03", f"<{axis}> is missing", "add it", line=element.line, column=axis)
        return math.nan
    return faults.number(inner.text.strip(), line=inner.line, column=axis)
