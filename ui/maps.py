"""Maps without any basemap host: our own streets, and on them orders or routes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pydeck as pdk
from look import Look, rgb
from street_paths import Rank

from planner.language.words import Words
from planner.model import Day, Order
from planner.plan import Route, Step, StepKind, Unassigned
from planner.report.view import REASON_TEXT, PlanView, drives, leg_line, numbered

ORDERS_PX, PLAN_PX = (560, 400), (680, 480)  # width and height of the maps on a small laptop
MOST_STOPS = 5_000
TILE_PX = 512  # of a deck.gl world at zoom 0
PADDING = 1.15
CLOSEST_ZOOM, WIDEST_ZOOM = 16.0, 2.0
VEHICLE, ORDER = "vehicle:", "order:"  # what a picked thing stands for; never bare text of the user, see `_thing`


STREET_PX = (0.7, 1.0, 1.5, 2.0, 2.6, 3.0)


def orders_map(day: Day, streets: Sequence[Rank], look: Look, say: Words) -> pdk.Deck:
    """Draw where the orders of a file lie, with depots and stations."""
    shown = day.orders[:MOST_STOPS]
    pins = [_thing(order.lat, order.lon, _order_tip(order, say), ORDER + order.id) for order in shown]
    layers = [
        *_street_layers(streets, look),
        _dots("orders", pins, fill=rgb(look.vehicle(0)), line=rgb(look.paper), px=4),
    ]
    points = [(order.lon, order.lat) for order in shown] + [(depot.lon, depot.lat) for depot in day.depots]
    return _deck([*layers, *_site_layers(day, look, say)], points, size_px=ORDERS_PX)


def plan_map(view: PlanView, streets: Sequence[Rank], look: Look, say: Words, *, only: str | None) -> pdk.Deck:
    """Draw a plan: routes in the colour of their vehicle, stops, depots, stations, and in red what is left out.

    With `only`, the id of a vehicle, the others fade, and its stops bear their numbers.
    """
    plan = view.plan
    # What is drawn last lies on top: the vehicle that is looked at.
    ranked = sorted(enumerate(plan.routes), key=lambda pair: pair[1].vehicle_id == only)
    paths = [path for number, route in ranked for path in _route_paths(route, rgb(look.vehicle(number)), say, only)]
    stops = [
        stop for number, route in ranked for stop in _route_stops(view, route, rgb(look.vehicle(number)), say, only)
    ][-MOST_STOPS:]
    left_out = [_left_out(view, missing, say) for missing in plan.unassigned[:MOST_STOPS]]
    numbers = [stop for stop in stops if stop["number"]]
    layers = [
        *_street_layers(streets, look),
        _lines("halo", paths, colour_of=[*rgb(look.paper), 200], px=6, pickable=False),
        _lines("routes", paths, colour_of="colour", px=3, pickable=True),
        _dots("stops", stops, fill="colour", line=rgb(look.paper), px="px"),
        _labels("numbers", numbers, colour_of=[255, 255, 255], text="number", px=10),
        *_site_layers(plan.day, look, say),
        _dots("unassigned", left_out, fill=rgb(look.red), line=rgb(look.paper), px=6),
    ]
    focus = [route for route in plan.routes if only in {None, route.vehicle_id}] or plan.routes
    points = [(step.lon, step.lat) for route in focus for step in route.steps]
    return _deck(layers, points or [(depot.lon, depot.lat) for depot in plan.day.depots], size_px=PLAN_PX)


def picked_vehicle(selection: Any) -> str | None:
    """Return the id of the vehicle whose route or stop was clicked, None where nothing was."""
    for layer in ("stops", "routes"):
        for thing in selection.get("objects", {}).get(layer, []):
            return str(thing["stands_for"]).removeprefix(VEHICLE)
    return None


def _route_paths(route: Route, shade: list[int], say: Words, only: str | None) -> list[dict[str, Any]]:
    faded = only not in {None, route.vehicle_id}
    return [
        {
            "path": [[round(lon, 6), round(lat, 6)] for lon, lat in leg_line(origin, step, leg)],
            "colour": [*shade, 40 if faded else 235],
            "tip": _way_tip(route, origin.trip, leg.distance_m, say),
            "stands_for": VEHICLE + route.vehicle_id,
        }
        for origin, step, leg in drives(route)
    ]


def _route_stops(view: PlanView, route: Route, shade: list[int], say: Words, only: str | None) -> list[dict[str, Any]]:
    chosen = only == route.vehicle_id
    return [
        _thing(step.lat, step.lon, _stop_tip(view, route, step, place, say), VEHICLE + route.vehicle_id)
        | {
            "colour": [*shade, 255 if only is None or chosen else 70],
            "px": 10 if chosen else 5,
            "number": f"{step.trip}.{place}" if chosen else "",
        }
        for step, place in numbered(route)
        if step.serves
    ]


def _order_tip(order: Order, say: Words) -> str:
    return "\n".join([say.gettext("Order {order}", order=order.id), order.address])


def _way_tip(route: Route, trip: int, metres: float, say: Words) -> str:
    head = say.gettext("Vehicle {vehicle}, trip {trip}", vehicle=route.vehicle_id, trip=trip)
    return "\n".join([head, say.gettext("{number} km", number=say.number(metres / 1_000, 1))])


def _stop_tip(view: PlanView, route: Route, step: Step, number: int | None, say: Words) -> str:
    order = view.order_at(step)
    address = order.address if order else ""
    id = step.place_id
    pickup = step.kind is StepKind.PICKUP
    head = say.gettext("Pickup {order}", order=id) if pickup else say.gettext("Order {order}", order=id)
    where = say.gettext("trip {trip}, stop {number}", trip=step.trip, number=number)
    return f"{head}\n{address}\n{view.clock(step.begin_s)}, {route.vehicle_id}, {where}"


def _left_out(view: PlanView, missing: Unassigned, say: Words) -> dict[str, Any]:
    order = view.orders[missing.order_id]
    head = say.gettext("Order {order} is not planned", order=order.id)
    tip = f"{head}\n{say.gettext(REASON_TEXT[missing.reason])}"
    return _thing(order.lat, order.lon, tip, ORDER + order.id)


def _thing(lat: float, lon: float, tip: str, stands_for: str) -> dict[str, Any]:
    """Return a point of the map. No text may begin with the user's: deck.gl would run one that starts with ``@@=``."""
    return {"at": [round(lon, 6), round(lat, 6)], "tip": tip, "stands_for": stands_for}


def _street_layers(streets: Sequence[Rank], look: Look) -> list[pdk.Layer]:
    return [
        pdk.Layer(
            "PathLayer",
            id=f"streets-{rank.rank}",
            data=[{"path": path} for path in rank.paths],
            get_path="path",
            position_format=pdk.types.String("XY"),
            get_color=rgb(look.streets[rank.rank]),
            get_width=STREET_PX[rank.rank],
            width_units=pdk.types.String("pixels"),
            pickable=False,
        )
        for rank in streets
    ]


def _site_layers(day: Day, look: Look, say: Words) -> list[pdk.Layer]:
    stations = [
        _thing(site.lat, site.lon, say.gettext("Charging station {place}", place=site.id), "site")
        for site in day.stations
    ]
    depots = [_thing(site.lat, site.lon, say.gettext("Depot {place}", place=site.id), "site") for site in day.depots]
    ink, paper = rgb(look.ink), rgb(look.paper)
    return [
        _dots("stations", stations, fill=paper, line=ink, px=9),
        _dots("depots", depots, fill=ink, line=paper, px=12),
        _labels("site-letters", [site | {"letter": "C"} for site in stations], colour_of=ink, text="letter", px=11),
        _labels("depot-letters", [site | {"letter": "D"} for site in depots], colour_of=paper, text="letter", px=14),
    ]


def _lines(id: str, data: list[dict[str, Any]], *, colour_of: str | list[int], px: int, pickable: bool) -> pdk.Layer:
    return pdk.Layer(
        "PathLayer",
        id=id,
        data=data,
        get_path="path",
        get_color=colour_of,
        get_width=px,
        width_units=pdk.types.String("pixels"),
        joint_rounded=True,
        cap_rounded=True,
        pickable=pickable,
    )


def _dots(id: str, data: list[dict[str, Any]], *, fill: str | list[int], line: list[int], px: int | str) -> pdk.Layer:
    return pdk.Layer(
        "ScatterplotLayer",
        id=id,
        data=data,
        get_position="at",
        get_fill_color=fill,
        get_line_color=line,
        get_radius=px,
        radius_units=pdk.types.String("pixels"),
        get_line_width=1.5,
        line_width_units=pdk.types.String("pixels"),
        stroked=True,
        pickable=True,
    )


def _labels(id: str, data: list[dict[str, Any]], *, colour_of: list[int], text: str, px: int) -> pdk.Layer:
    return pdk.Layer(
        "TextLayer",
        id=id,
        data=data,
        get_position="at",
        get_text=text,
        get_color=colour_of,
        get_size=px,
        font_weight=600,
        pickable=False,
    )


def _deck(layers: list[pdk.Layer], points: list[tuple[float, float]], *, size_px: tuple[int, int]) -> pdk.Deck:
    view = _view(points, width_px=size_px[0], height_px=size_px[1])
    return pdk.Deck(layers=layers, initial_view_state=view, map_provider=None, tooltip={"text": "{tip}"})


def _view(points: list[tuple[float, float]], *, width_px: int, height_px: int) -> pdk.ViewState:
    """Return the view that shows all (lon, lat) points in a map of this size."""
    lons, lats = zip(*points, strict=True)
    tops = [_mercator(lat) for lat in (min(lats), max(lats))]
    middle = math.degrees(2 * math.atan(math.exp(sum(tops) / 2)) - math.pi / 2)
    across = max((max(lons) - min(lons)) / 360, 1e-9) * PADDING
    along = max((tops[1] - tops[0]) / (2 * math.pi), 1e-9) * PADDING
    zoom = min(math.log2(width_px / (TILE_PX * across)), math.log2(height_px / (TILE_PX * along)))
    return pdk.ViewState(
        longitude=(min(lons) + max(lons)) / 2,
        latitude=middle,
        zoom=max(WIDEST_ZOOM, min(CLOSEST_ZOOM, zoom)),
    )


def _mercator(lat: float) -> float:
    return math.log(math.tan(math.pi / 4 + math.radians(lat) / 2))
