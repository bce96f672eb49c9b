"""Writes the manifest of each vehicle, and the sheet of the day for whoever hands them out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from planner.export.job import Job
from planner.export.sheet import Sheet, Table
from planner.export.telling import Telling, one_line
from planner.export.trip_sheet import trip_sheet
from planner.export.trips import Trip, trips_of
from planner.language.words import Words
from planner.plan import Plan, Route
from planner.report.broken import broken_words
from planner.report.kpis import Kpis, VehicleLine, kpis, vehicle_line
from planner.report.view import REASON_TEXT, PlanView

DAY = "00-day"


def sheets(job: Job) -> Iterator[tuple[str, Sheet]]:
    """Yield the name of the files and the text of each sheet, that of the day first."""
    yield DAY, day_sheet(job.plan, job.words)
    for stem, route in job.routes.items():
        yield stem, vehicle_sheet(job, route)


def vehicle_sheet(job: Job, route: Route) -> Sheet:
    """Return the manifest of one route."""
    view, words = job.view, job.words
    tell, line, trips = Telling(view, words), vehicle_line(view, route), trips_of(view, route)
    return Sheet(
        language=words.language,
        title=one_line(route.vehicle_id),
        subtitle=words.day(date.fromisoformat(view.plan.day.date)),
        facts=tuple(_vehicle_facts(tell, route, line)),
        tables=(_trips_table(tell, route, trips),) if len(trips) > 1 else (),
        remarks=(*_kept(view.plan, words, route.vehicle_id), *_night(tell, route)),
        trips=tuple(trip_sheet(trip, len(trips), words, job.backdrop) for trip in trips),
        labels=_labels(words),
        footer=_footer(view.plan, words),
    )


def day_sheet(plan: Plan, words: Words) -> Sheet:
    """Return the overview of all vehicles, with money and with what is left out."""
    view, measured = PlanView(plan), kpis(plan)
    tables = [_vehicles_table(Telling(view, words), measured)]
    if plan.unassigned:
        tables.append(_left_out_table(view, words))
    return Sheet(
        language=words.language,
        title=words.gettext("All vehicles"),
        subtitle=words.day(date.fromisoformat(plan.day.date)),
        facts=tuple(_day_facts(measured, words, plan.day.currency)),
        tables=tuple(tables),
        remarks=tuple(_kept(plan, words)),
        trips=(),
        labels=_labels(words),
        footer=_footer(plan, words),
    )


def _vehicle_facts(tell: Telling, route: Route, line: VehicleLine) -> Iterator[tuple[str, str]]:
    say, vehicle = tell.words, tell.view.vehicle(route)
    served = [tell.view.orders[step.place_id] for step in route.steps if step.serves]
    if route.driver_id:
        yield say.gettext("Driver"), one_line(route.driver_id)
    yield say.gettext("Vehicle type"), one_line(line.type_name)
    yield say.gettext("Depot"), one_line(vehicle.depot_id)
    yield say.gettext("Out and back"), tell.span(line.out_s, line.back_s)
    yield say.gettext("Trips"), say.number(line.trips)
    yield say.gettext("Stops"), say.number(line.stops)
    yield say.gettext("Parcels"), say.number(sum(order.parcels for order in served))
    yield say.gettext("Weight"), say.gettext("{number} kg", number=tell.kg(sum(order.demand_kg for order in served)))
    yield say.gettext("Distance"), say.gettext("{number} km", number=say.number(line.distance_km, 1))
    first, last = route.steps[0], route.steps[-1]
    yield (
        say.gettext("Battery"),
        say.gettext(
            "{start} at the start, {lowest} at least, {end} at the end",
            start=tell.soc(first.stored_arrival_wh, route.vehicle_id),
            lowest=say.percent(line.lowest.soc),
            end=tell.soc(last.stored_end_wh, route.vehicle_id),
        ),
    )


def _trips_table(tell: Telling, route: Route, trips: list[Trip]) -> Table:
    say = tell.words
    rows = []
    for trip in trips:
        loaded = [order for _, order in trip.loaded]
        rows.append(
            (
                say.number(trip.number),
                tell.clock(trip.leaves_s),
                tell.clock(trip.back_s),
                say.number(len(trip.stops)),
                say.number(sum(order.parcels for order in loaded)),
                tell.kg(sum(order.demand_kg for order in loaded)),
                say.number(trip.distance_km, 1),
                tell.soc(trip.back.stored_arrival_wh, route.vehicle_id),
            )
        )
    return Table(
        title=say.gettext("Trips"),
        heads=(
            say.gettext("Trip"),
            say.gettext("Leaves"),
            say.gettext("Back"),
            say.gettext("Stops"),
            say.gettext("Parcels loaded"),
            say.gettext("kg loaded"),
            "km",
            say.gettext("Battery when back"),
        ),
        numbers=(True,) * 8,
        rows=tuple(rows),
    )


def _kept(plan: Plan, say: Words, vehicle_id: str | None = None) -> Iterator[str]:
    """Say what the plan breaks on purpose: all of it, or what concerns one vehicle."""
    if plan.kept is None:
        return
    own = [v for v in plan.violations if vehicle_id is None or f"vehicle {vehicle_id} " in f"{v.where} "]
    if own:
        yield say.gettext("This plan breaks rules, which was kept on purpose")
        yield from (one_line(broken_words(violation)) for violation in own)


def _night(tell: Telling, route: Route) -> Iterator[str]:
    if route.night is None:
        return
    for charge in route.night.charges:
        yield tell.words.gettext(
            "After the return: plug {plug}, {span}, {energy}",
            plug=one_line(charge.plug_id),
            span=tell.span(charge.begin_s, charge.end_s),
            energy=tell.kwh(charge.wh),
        )
    if route.night.missing_wh > 0:
        yield tell.words.gettext(
            "Tomorrow {energy} of the start charge will be missing", energy=tell.kwh(route.night.missing_wh)
        )


def _day_facts(measured: Kpis, say: Words, currency: str) -> Iterator[tuple[str, str]]:
    planned = say.gettext("{planned} of {total} planned", planned=measured.orders_planned, total=measured.orders_total)
    yield say.gettext("Orders"), planned
    yield say.gettext("Trips"), say.number(measured.trips)
    yield say.gettext("Distance"), say.gettext("{number} km", number=say.number(measured.distance_km, 1))
    yield say.gettext("Energy"), say.gettext("{number} kWh", number=say.number(measured.energy_kwh, 1))
    yield say.gettext("Cost"), say.money(measured.cost.total, currency)
    if measured.cost_per_order is not None:
        yield say.gettext("Cost per order"), say.money(measured.cost_per_order, currency)


def _vehicles_table(tell: Telling, measured: Kpis) -> Table:
    say, currency = tell.words, tell.view.plan.day.currency
    rows = tuple(
        (
            one_line(line.vehicle_id),
            one_line(line.driver_id) or "–",
            tell.span(line.out_s, line.back_s),
            say.number(line.trips),
            say.number(line.stops),
            say.number(line.distance_km, 1),
            say.number(line.energy_kwh, 1),
            say.percent(line.lowest.soc),
            say.money(line.cost.total, currency),
        )
        for line in measured.lines
    )
    heads = (
        say.gettext("Vehicle"),
        say.gettext("Driver"),
        say.gettext("Out and back"),
        say.gettext("Trips"),
        say.gettext("Stops"),
        "km",
        "kWh",
        say.gettext("Lowest battery"),
        say.gettext("Cost"),
    )
    numbers = (False, False, False, *(True,) * 6)
    return Table(title=say.gettext("Vehicles"), heads=heads, numbers=numbers, rows=rows)


def _left_out_table(view: PlanView, say: Words) -> Table:
    rows = []
    for left_out in view.plan.unassigned:
        order = view.orders[left_out.order_id]
        reason = say.gettext(REASON_TEXT[left_out.reason])
        rows.append((one_line(order.id), one_line(order.address), reason, one_line(left_out.detail)))
    heads = (say.gettext("Order"), say.gettext("Address"), say.gettext("Reason"), say.gettext("By how much"))
    title = say.gettext("Orders left out")
    return Table(title=title, heads=heads, numbers=(False,) * 4, rows=tuple(rows))


def _labels(say: Words) -> dict[str, str]:
    return {
        "loading": say.gettext("Load list, last stop first"),
        "turn": say.gettext("Turn"),
        "stop": say.gettext("Stop"),
        "what": say.gettext("Order and address"),
        "parcels": say.gettext("Parcels"),
        "loaded": say.gettext("Loaded"),
        "litres": say.gettext("Litres"),
        "stops": say.gettext("Stops in order"),
        "time": say.gettext("There"),
        "window": say.gettext("Window"),
        "where": say.gettext("Where and what"),
        "battery": say.gettext("Battery"),
        "done": say.gettext("Done"),
        "navigation": say.gettext("Navigation"),
        "page": say.gettext("Page"),
        "tofu": say.gettext("□ stands for a letter that no font of this computer shows; the HTML sheet has it."),
    }


def _footer(plan: Plan, say: Words) -> str:
    return say.gettext("Times are local, {zone}. {program}", zone=plan.day.time_zone, program=plan.provenance.program)
