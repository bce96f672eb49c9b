"""Prints a plan on a terminal: totals, a line per vehicle, what is left out and why, the verdict."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from planner.errors import printable
from planner.plan import Plan
from planner.report.broken import broken_words, verdict
from planner.report.kpis import Kpis, VehicleLine, kpis
from planner.report.view import REASON_TEXT, PlanView, cost_words

MOST_UNASSIGNED_LISTED = 50


def print_summary(plan: Plan, console: Console) -> None:
    """Print the summary; no text of the user is taken for markup, and any terminal encoding will do."""
    view, measured = PlanView(plan), kpis(plan)
    print_text(console, f"Plan for {plan.day.date} ({plan.day.time_zone})", style="bold")
    _print_pairs(console, [*_totals(measured, plan.day.currency), *_traffic(view), *_robust(plan)])
    if measured.lines:
        print_text(console, "")
        _print_vehicles(console, view, measured.lines)
    if plan.unassigned:
        print_text(console, "")
        _print_unassigned(console, plan)
    if view.short_tomorrow:
        print_text(console, "")
        _print_short(console, view)
    print_text(console, "")
    _print_verdict(console, plan)


def _totals(measured: Kpis, currency: str) -> list[tuple[str, str]]:
    cost = measured.cost
    each = "" if measured.cost_per_order is None else f", {measured.cost_per_order:.2f} per order"
    lowest = measured.lowest
    return [
        ("orders", f"{measured.orders_planned} of {measured.orders_total} planned"),
        (
            "vehicles",
            f"{measured.vehicles_used} of {measured.vehicles_of} used, {measured.trips} trips, "
            f"{measured.reloads} reloads, {measured.charges} charges"
            + (f", {measured.swaps} swaps" if measured.swaps else ""),
        ),
        (
            "driving",
            f"{measured.distance_km:.1f} km in {measured.drive_hours:.1f} h; service {measured.service_hours:.1f} h, "
            f"waiting {measured.wait_hours:.1f} h, charging {measured.charge_hours:.1f} h"
            + (f", breaks {measured.break_hours:.1f} h" if measured.break_hours else ""),
        ),
        *_late(measured),
        (
            "energy",
            f"{measured.energy_kwh:.2f} kWh used, {measured.charged_kwh:.2f} kWh charged on the way, "
            f"{measured.night_kwh:.2f} kWh overnight",
        ),
        (
            "cost",
            f"{cost.total:.2f} {currency}{each} ({cost_words(cost)})",
        ),
        (
            "battery",
            "no vehicle drives"
            if lowest is None
            else f"lowest {100 * lowest.soc:.0f} %, {printable(lowest.vehicle_id)} at {printable(lowest.place_id)}",
        ),
    ]


def _traffic(view: PlanView) -> Iterator[tuple[str, str]]:
    if view.traffic:
        yield "traffic", view.traffic


def _late(measured: Kpis) -> Iterator[tuple[str, str]]:
    if measured.stops_late:
        stops = f"{measured.stops_late} stop{'' if measured.stops_late == 1 else 's'}"
        yield "late", f"{stops}, {measured.late_minutes:.1f} min in all"


def _robust(plan: Plan) -> Iterator[tuple[str, str]]:
    """Say how many scenarios hold, where that was asked for, and for which harder day the routes were searched."""
    robust = plan.provenance.robust
    if robust is None:
        return
    asked = "" if robust.enough else f", {100 * robust.share:g} % were asked for"
    padding = robust.padding
    padded = (
        ""
        if padding is None
        else f"; routes for {padding.temperature_c:g} °C, travel x {padding.travel_factor:g}, "
        f"load x {padding.load_factor:g}, batteries at {100 * padding.state_of_health:g} %"
    )
    yield "robust", f"{robust.held} of {robust.scenarios} scenarios hold{asked}{padded}"


def _print_pairs(console: Console, pairs: Sequence[tuple[str, str]]) -> None:
    table = plain_table()
    table.add_column(no_wrap=True, style="dim")
    table.add_column(overflow="fold")
    for name, value in pairs:
        table.add_row(shown(console, name), shown(console, value))
    console.print(table)


def _print_vehicles(console: Console, view: PlanView, lines: Sequence[VehicleLine]) -> None:
    table = plain_table(show_header=True)
    for name in ("vehicle", "type"):
        table.add_column(name, overflow="fold", min_width=7)
    for name in ("trips", "stops", "km", "out-back", "kWh", "+kWh", "low", "cost"):
        table.add_column(name, justify="right", no_wrap=True, overflow="crop")
    for line in lines:
        cells = (
            printable(line.vehicle_id + (f" ({line.driver_id})" if line.driver_id else ""), limit=24),
            printable(line.type_name, limit=24),
            str(line.trips),
            str(line.stops),
            f"{line.distance_km:.1f}",
            f"{view.clock(line.out_s)}-{view.clock(line.back_s)}",
            f"{line.energy_kwh:.1f}",
            f"{line.charged_kwh:.1f}",
            f"{100 * line.lowest.soc:.0f}%",
            f"{line.cost.total:.2f}",
        )
        table.add_row(*(shown(console, cell) for cell in cells))
    console.print(table)


def _print_unassigned(console: Console, plan: Plan) -> None:
    print_text(console, f"{len(plan.unassigned)} not planned", style="bold yellow")
    table = plain_table()
    table.add_column(overflow="fold", min_width=6, max_width=24)
    table.add_column(overflow="fold")
    for left_out in plan.unassigned[:MOST_UNASSIGNED_LISTED]:
        reason = f"{REASON_TEXT[left_out.reason]}: {printable(left_out.detail, limit=200)}"
        table.add_row(shown(console, printable(left_out.order_id)), shown(console, reason))
    console.print(table)
    if len(plan.unassigned) > MOST_UNASSIGNED_LISTED:
        print_text(console, f"... and {len(plan.unassigned) - MOST_UNASSIGNED_LISTED} more in plan.json")


def _print_short(console: Console, view: PlanView) -> None:
    print_text(console, f"{len(view.short_tomorrow)} without their start charge tomorrow", style="bold yellow")
    table = plain_table()
    table.add_column(overflow="fold", min_width=6, max_width=24)
    table.add_column(overflow="fold")
    for vehicle_id, what in view.short_tomorrow:
        table.add_row(shown(console, printable(vehicle_id)), shown(console, printable(what, limit=200)))
    console.print(table)


def _print_verdict(console: Console, plan: Plan) -> None:
    style = "bold red" if plan.violations else "bold green"
    print_text(console, printable(verdict(plan), limit=200), style=style)
    for violation in plan.violations:
        print_text(console, f"{violation.code} {printable(broken_words(violation), limit=300)}")


def plain_table(*, show_header: bool = False) -> Table:
    """Return a table without lines."""
    return Table(box=None, show_header=show_header, header_style="dim", pad_edge=False, padding=(0, 1, 0, 0))


def print_text(console: Console, line: str, *, style: str = "") -> None:
    """Print a line that is not markup."""
    console.print(shown(console, line, style=style))


def shown(console: Console, text: str, *, style: str = "") -> Text:
    """Make text that is not markup, with ``?`` for what the terminal cannot show."""
    return Text(text.encode(console.encoding, errors="replace").decode(console.encoding), style=style)
