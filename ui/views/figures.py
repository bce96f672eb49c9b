"""The figures of a plan, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st
from words import money, plain, words

from planner.language.words import Words
from planner.plan import Plan, Route
from planner.report.broken import broken_words
from planner.report.kpis import Kpis
from planner.report.view import PlanView, cost_kinds


def broken(plan: Plan) -> str:
    """Return what a plan breaks on purpose, by whom and since when, as Markdown."""
    head = words().gettext("This plan breaks rules, which was kept on purpose")
    known = [plain(text) for text in ((plan.kept.by, plan.kept.at) if plan.kept else ()) if text]
    who = " (" + ", ".join(known) + ")" if known else ""
    return "\n".join([f"{head}{who}:", "", *(f"- {plain(broken_words(violation))}" for violation in plan.violations)])


def show(view: PlanView, found: Kpis) -> None:
    """Draw the figures, and a warning for each vehicle that is short tomorrow."""
    helps = _behind(view, found)
    tiles = _tiles(view, found)
    for column, (label, value, detail) in zip(st.columns(len(tiles), gap="small"), tiles, strict=True):
        column.metric(
            label,
            value,
            detail or None,
            delta_color="off",
            delta_arrow="off",
            border=True,
            help=helps.get(label),
        )
    for route in view.plan.routes:
        if route.night is not None and route.night.missing_wh > 0:
            st.warning(_short_tomorrow(view, route), icon=":material/battery_alert:")


def _tiles(view: PlanView, found: Kpis) -> Sequence[tuple[str, str, str]]:
    """Return label, value and a detail of each figure, as Markdown."""
    say, currency = words(), view.plan.day.currency
    costs = []
    if found.cost_per_order is not None:
        costs.append(say.gettext("{money} per order", money=money(say, found.cost_per_order, currency)))
    if found.cost.overtime:
        costs.append(say.gettext("{money} overtime", money=money(say, found.cost.overtime, currency)))
    left_out = [say.gettext("{number} left out", number=say.number(found.orders_unassigned))]
    if found.stops_late:
        left_out.append(say.gettext("{number} late", number=say.number(found.stops_late)))
    lowest = found.lowest
    driving = say.gettext("{number} h driving", number=say.number(found.drive_hours, 1))
    on_the_way = say.gettext("{energy} on the way", energy=_kwh(found.charged_kwh, say))
    return (
        (
            say.gettext("Orders planned"),
            f"{say.number(found.orders_planned)} / {say.number(found.orders_total)}",
            ", ".join(left_out),
        ),
        (
            say.gettext("Vehicles"),
            f"{say.number(found.vehicles_used)} / {say.number(found.vehicles_of)}",
            say.ngettext("{count} trip", "{count} trips", found.trips),
        ),
        (say.gettext("Distance"), say.gettext("{number} km", number=say.number(found.distance_km)), driving),
        (say.gettext("Energy"), _kwh(found.energy_kwh, say), on_the_way),
        (
            say.gettext("Lowest charge"),
            say.percent(lowest.soc) if lowest else "–",
            plain(lowest.vehicle_id) if lowest else "",
        ),
        (say.gettext("Cost"), money(say, found.cost.total, currency), ", ".join(costs)),
    )


def _behind(view: PlanView, found: Kpis) -> dict[str, str]:
    """Return what stands behind the question mark of a figure, by its label."""
    say, currency = words(), view.plan.day.currency
    kinds = [f"{say.gettext(kind)} {money(say, paid, currency)}" for kind, paid in cost_kinds(found.cost).items()]
    helps = {
        say.gettext("Cost"): ", ".join(kinds),
        say.gettext("Energy"): say.gettext("{energy} charged overnight", energy=_kwh(found.night_kwh, say)),
    }
    spans = [
        say.gettext("{begin} to {end}", begin=view.clock(span.start_s), end=view.clock(span.end_s))
        + f": {say.percent(span.speed)}"
        for span in view.plan.day.traffic
    ]
    if spans:
        helps[say.gettext("Distance")] = say.gettext(
            "Traffic, in percent of the usual pace: {spans}", spans=", ".join(spans)
        )
    return helps


def _short_tomorrow(view: PlanView, route: Route) -> str:
    vehicle, night, say = view.vehicle(route), route.night, words()
    assert night is not None
    return say.gettext(
        "{vehicle}: {energy} Wh short at {time}: {why} ({place})",
        vehicle=plain(vehicle.id),
        energy=say.number(night.missing_wh),
        time=view.clock(night.until_s),
        why=say.gettext(view.shortage_reason(vehicle)),
        place=plain(vehicle.depot_id),
    )


def _kwh(kwh: float, say: Words) -> str:
    return say.gettext("{number} kWh", number=say.number(kwh, 1))
