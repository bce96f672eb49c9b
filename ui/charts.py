"""Charts over the day: the charge of each vehicle, and who is at which plug or dock."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import altair as alt
from look import Look

from planner.language.words import Words
from planner.model import Depot, Station
from planner.plan import Route, StepKind
from planner.report.view import PlanView

HOUR_S = 3_600
STRIP_PX, LANE_PX, AXIS_PX, POWER_PX = 54, 26, 40, 90
# The browser gets the local clock as if it were UTC and shows UTC: so it shows the same wherever it stands.
TICKS = 8
CLOCK_AXIS = alt.Axis(format="%H:%M", title=None, tickCount=TICKS)


def charge_chart(view: PlanView, routes: Sequence[Route], look: Look, say: Words) -> alt.VConcatChart:
    """Draw the state of charge of each route's vehicle over the day, a strip each, with the reserve as a red line."""
    span = _span(view)
    colours = _colours(view, look)
    strips = [
        _strip(view, route, span, (colours[route.vehicle_id], look.red), say, last=route is routes[-1])
        for route in routes
    ]
    return alt.VConcatChart(vconcat=strips, spacing=4)


def plug_chart(view: PlanView, look: Look, say: Words) -> alt.Chart | None:
    """Draw a lane per plug with the charges on it; None where nobody charges."""
    rows = [row for route in view.plan.routes for row in _charges(view, route, say)]
    return _lanes(view, look, say, rows, _span(view), lanes=_plug_lanes(view.plan.day.sites)) if rows else None


def power_chart(view: PlanView, look: Look, say: Words) -> alt.VConcatChart | None:
    """Draw for each depot where somebody charges on the way the power of all its plugs, and its limit as a red line."""
    drawn = [
        _power(view, depot, rows, look, say) for depot in view.plan.day.depots if (rows := power_line(view, depot.id))
    ]
    return alt.VConcatChart(vconcat=drawn, spacing=8) if drawn else None


def power_line(view: PlanView, place_id: str) -> list[tuple[int, float]]:
    """Return (second, watts) wherever the power that is drawn at a place by day changes; each charge draws its most."""
    charges = [
        (step.begin_s, step.end_s, step.power_w or step.charged_wh * HOUR_S / (step.end_s - step.begin_s))
        for route in view.plan.routes
        for step in route.steps
        if step.kind is StepKind.CHARGE and step.place_id == place_id and step.end_s > step.begin_s
    ]
    changes = sorted([(begin_s, watts) for begin_s, _, watts in charges] + [(end_s, -w) for _, end_s, w in charges])
    line: list[tuple[int, float]] = []
    for at_s, watts in changes:
        before = line[-1][1] if line else 0.0
        if line and line[-1][0] == at_s:
            line.pop()
        line.append((at_s, round(before + watts, 3)))
    return line


def _power(view: PlanView, depot: Depot, line: list[tuple[int, float]], look: Look, say: Words) -> alt.LayerChart:
    rows = [
        {
            "time": _time(view, at_s),
            "kw": watts / 1_000,
            "said": say.gettext("{number} kW", number=say.number(watts / 1_000, 1)),
        }
        for at_s, watts in line
    ]
    x = alt.X("time:T", scale=alt.Scale(type="utc", domain=_span(view)), axis=CLOCK_AXIS)
    area = (
        alt.Chart(alt.InlineData(values=rows))
        .mark_area(interpolate="step-after", color=look.vehicle(0), opacity=0.4, line=True)
        .encode(
            x=x,
            y=alt.Y("kw:Q", title="kW", axis=alt.Axis(tickCount=3)),
            tooltip=[
                alt.Tooltip("time:T", format="%H:%M", title=say.gettext("when"), timeUnit="utchoursminutes"),
                alt.Tooltip("said:N", title=say.gettext("power")),
            ],
        )
    )
    layers: list[alt.Chart] = [area]
    if depot.site_power_w is not None:
        limit = alt.InlineData(values=[{"kw": depot.site_power_w / 1_000}])
        layers.append(alt.Chart(limit).mark_rule(color=look.red, strokeDash=[4, 3]).encode(y="kw:Q"))
    title = alt.TitleParams(depot.id, anchor="start", fontSize=12, offset=2)
    return alt.LayerChart(layer=layers, height=POWER_PX, width="container", title=title)


def dock_chart(view: PlanView, look: Look, say: Words) -> alt.Chart | None:
    """Draw a lane per dock with the loadings on it; None where no depot has so many docks and no more."""
    rows = [row for depot in view.plan.day.depots if depot.docks for row in _loadings(view, depot, say)]
    lanes = [_dock(depot, n, say) for depot in view.plan.day.depots if depot.docks for n in range(1, depot.docks + 1)]
    return _lanes(view, look, say, rows, _span(view), lanes=lanes) if rows else None


def night_chart(view: PlanView, look: Look, say: Words) -> alt.Chart | None:
    """Draw a lane per plug with the charges of the night on it; None where nobody charges."""
    rows = [row for route in view.plan.routes for row in _night_charges(view, route, say)]
    if not rows:
        return None
    nights = [(route, route.night) for route in view.plan.routes if route.night is not None and route.night.charges]
    first_s = min(route.steps[-1].end_s for route, _ in nights)
    span = [_time(view, first_s // HOUR_S * HOUR_S), _time(view, max(night.until_s for _, night in nights))]
    return _lanes(view, look, say, rows, span, lanes=_plug_lanes(view.plan.day.depots))


def _plug_lanes(sites: Sequence[Depot | Station]) -> list[str]:
    return [_lane(site.id, plug.id) for site in sites for plug in site.plugs]


def _lanes(
    view: PlanView, look: Look, say: Words, rows: list[dict[str, Any]], span: list[str], *, lanes: Sequence[str]
) -> alt.Chart:
    colours = _colours(view, look)
    used = list(dict.fromkeys(str(row["vehicle"]) for row in rows))
    chart: alt.Chart = (
        alt.Chart(alt.InlineData(values=rows), height=LANE_PX * len(lanes) + AXIS_PX)
        .mark_bar(cornerRadius=3, height=LANE_PX - 8)
        .encode(
            y=alt.Y("lane:N", sort=None, title=None, scale=alt.Scale(domain=lanes), axis=alt.Axis(labelLimit=220)),
            x=alt.X("begin:T", scale=alt.Scale(type="utc", domain=span), axis=CLOCK_AXIS),
            x2="end:T",
            color=alt.Color("vehicle:N", scale=alt.Scale(domain=used, range=[colours[id] for id in used]), legend=None),
            tooltip=[
                alt.Tooltip("vehicle:N", title=say.gettext("vehicle")),
                alt.Tooltip("clock:N", title=say.gettext("when")),
                *([alt.Tooltip("energy:N", title=say.gettext("charged"))] if rows and "energy" in rows[0] else []),
            ],
        )
    )
    return chart


def _strip(
    view: PlanView, route: Route, span: list[str], colours: tuple[str, str], say: Words, *, last: bool
) -> alt.LayerChart:
    """Draw the charge of one vehicle, in its colour, and its reserve in the other."""
    vehicle, (shade, red) = view.vehicle(route), colours
    rows = [
        {"time": _time(view, at_s), "charge": round(share := stored_wh / vehicle.type.battery_wh, 4)}
        | {"said": say.percent(share)}
        for at_s, stored_wh in stored_line(route)
    ]
    axis = CLOCK_AXIS if last else alt.Axis(labels=False, ticks=False, title=None, tickCount=TICKS)
    # Inside the strip: Streamlit makes each strip as wide as the page has room, and what stands beside it is cut off.
    shares = alt.Axis(
        values=[0, 0.5, 1],
        labelExpr=_percents(say),
        labelAlign="left",
        labelPadding=-2,
        labelBaseline="bottom",
        ticks=False,
        domain=False,
    )
    base = alt.Chart(alt.InlineData(values=rows)).encode(
        y=alt.Y("charge:Q", stack=None, title=None, scale=alt.Scale(domain=[0, 1]), axis=shares)
    )
    area = base.mark_area(color=shade, opacity=0.25).encode(
        x=alt.X("time:T", scale=alt.Scale(type="utc", domain=span), axis=axis),
        tooltip=[
            alt.Tooltip("time:T", format="%H:%M", title=say.gettext("when"), timeUnit="utchoursminutes"),
            alt.Tooltip("said:N", title=say.gettext("battery")),
        ],
    )
    line = base.mark_line(color=shade, strokeWidth=2).encode(x=alt.X("time:T", scale=alt.Scale(type="utc")))
    reserve = (
        alt.Chart(alt.InlineData(values=[{"reserve": vehicle.reserve_soc, "said": say.percent(vehicle.reserve_soc)}]))
        .mark_rule(color=red, strokeDash=[4, 3])
        .encode(y="reserve:Q", tooltip=[alt.Tooltip("said:N", title=say.gettext("reserve"))])
    )
    name = f"{route.vehicle_id} · {route.driver_id}" if route.driver_id else route.vehicle_id
    title = alt.TitleParams(name, anchor="start", fontSize=12, color=shade, offset=2)
    return alt.LayerChart(layer=[area, line, reserve], height=STRIP_PX, width="container", title=title)


def _percents(say: Words) -> str:
    """Return an expression of Vega that writes an axis of shares as the language does: Vega knows English only.

    Nothing stands at 0, where the line of the reserve is near.
    """
    half, full = (json.dumps(say.percent(share)) for share in (0.5, 1))
    return f"datum.value == 0 ? '' : datum.value == 1 ? {full} : {half}"


def stored_line(route: Route) -> list[tuple[int, float]]:
    """Return (second, watt-hours stored) along the shift; a charge is a rise over its own span."""
    points: list[tuple[int, float]] = []
    for step, after in zip(route.steps, [*route.steps[1:], None], strict=True):
        points.append((step.begin_s if step.charged_wh else step.arrival_s, step.stored_arrival_wh))
        charging_meanwhile = after is not None and after.charged_wh > 0 and after.leg is None
        if not charging_meanwhile:
            points.append((step.end_s, step.stored_end_wh))
    return sorted(points, key=lambda point: point[0])


def _lane(site_id: str, plug_id: str) -> str:
    """Name a plug; most bear the name of their site already."""
    return plug_id if plug_id.startswith(site_id) else f"{site_id} · {plug_id}"


def _charges(view: PlanView, route: Route, say: Words) -> list[dict[str, Any]]:
    return [
        {
            "lane": _lane(step.place_id, step.plug_id or ""),
            "vehicle": route.vehicle_id,
            "begin": _time(view, step.begin_s),
            "end": _time(view, step.end_s),
            "clock": _span_words(view, step.begin_s, step.end_s, say),
            "energy": _energy(step.charged_wh, say),
        }
        for step in route.steps
        if step.kind is StepKind.CHARGE
    ]


def _loadings(view: PlanView, depot: Depot, say: Words) -> list[dict[str, Any]]:
    """Give each loading the first dock that is free; docks have no names, and any of them does."""
    loadings = sorted(
        (step.begin_s, step.end_s, route.vehicle_id)
        for route in view.plan.routes
        for step in route.steps
        if step.kind in {StepKind.START, StepKind.RELOAD} and step.place_id == depot.id and step.end_s > step.begin_s
    )
    free_s: dict[int, int] = {}
    rows: list[dict[str, Any]] = []
    for begin_s, end_s, vehicle_id in loadings:
        dock = next(n for n in range(1, len(loadings) + 1) if free_s.get(n, begin_s) <= begin_s)
        free_s[dock] = end_s
        rows.append(
            {
                "lane": _dock(depot, dock, say),
                "vehicle": vehicle_id,
                "begin": _time(view, begin_s),
                "end": _time(view, end_s),
                "clock": _span_words(view, begin_s, end_s, say),
            }
        )
    return rows


def _night_charges(view: PlanView, route: Route, say: Words) -> list[dict[str, Any]]:
    depot_id = view.vehicle(route).depot_id
    return [
        {
            "lane": _lane(depot_id, charge.plug_id),
            "vehicle": route.vehicle_id,
            "begin": _time(view, charge.begin_s),
            "end": _time(view, charge.end_s),
            "clock": _span_words(view, charge.begin_s, charge.end_s, say),
            "energy": say.gettext(
                "{energy} at {power} kW, {cost}",
                energy=_energy(charge.wh, say),
                power=say.number(charge.power_w / 1_000, 1),
                cost=say.money(charge.cost, view.plan.day.currency),
            ),
        }
        for charge in (route.night.charges if route.night is not None else ())
    ]


def _dock(depot: Depot, number: int, say: Words) -> str:
    return say.gettext("{depot} · dock {number}", depot=depot.id, number=number)


def _span_words(view: PlanView, begin_s: int, end_s: int, say: Words) -> str:
    return say.gettext("{begin} to {end}", begin=view.clock(begin_s), end=view.clock(end_s))


def _energy(wh: float, say: Words) -> str:
    return say.gettext("{number} kWh", number=say.number(wh / 1_000, 2))


def _colours(view: PlanView, look: Look) -> dict[str, str]:
    return {route.vehicle_id: look.vehicle(number) for number, route in enumerate(view.plan.routes)}


def _span(view: PlanView) -> list[str]:
    """Return the first and last moment of any route, widened to full hours."""
    steps = [step for route in view.plan.routes for step in route.steps]
    first, last = min(step.arrival_s for step in steps), max(step.end_s for step in steps)
    return [_time(view, first // HOUR_S * HOUR_S), _time(view, -(-last // HOUR_S) * HOUR_S)]


def _time(view: PlanView, at_s: int) -> str:
    """Return the local clock at an elapsed time, as if it were UTC."""
    return view.moment(at_s).replace(tzinfo=None).isoformat() + "Z"
