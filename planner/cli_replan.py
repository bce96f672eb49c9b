"""The verb that plans the rest of a day that is under way."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer

from planner.cli_tools import talk, usage
from planner.errors import printable

if TYPE_CHECKING:
    from planner.dispatch.events import Event
    from planner.dispatch.replan import Locks, Moved, Replanned
    from planner.model import Day
    from planner.plan import Plan
    from planner.store.values import Event as Stored

INCOMPLETE = 4
FORMAT = "planner-replanned-1"
USUAL_S, MOVE_COST = 2.0, 1.0


def replan(
    plan_file: Annotated[
        Path, typer.Argument(metavar="PLAN", help="A plan.json, the folder of a plan, or @17 of the store.")
    ],
    now: Annotated[str, typer.Option("--now", help="The time of the day, HH:MM; what is later may change.")],
    events: Annotated[
        Path | None, typer.Option("--events", help="CSV or JSON file of what happened, see docs/replan.md.")
    ] = None,
    output: Annotated[Path, typer.Option("-o", "--output", help="Folder of the new plan; replaced.")] = Path("replan"),
    lock: Annotated[
        list[str] | None,
        typer.Option(
            "--lock",
            metavar="LOCK",
            help="vehicle:ID, stops:VEHICLE, order:ID, order:ID=VEHICLE or order:ID@10:30-11:00; may be repeated.",
        ),
    ] = None,
    minimal_change: Annotated[
        float, typer.Option("--minimal-change", metavar="WEIGHT", min=0, help="Price of an order that changes vehicle.")
    ] = MOVE_COST,
    courier: Annotated[
        float | None, typer.Option("--courier", metavar="PRICE", min=0, help="Hand over what is dearer than this.")
    ] = None,
    time_limit: Annotated[
        float | None, typer.Option("-l", "--time-limit", min=1, max=3_600, help="Seconds to search; 2 if absent.")
    ] = None,
    iterations: Annotated[
        int | None, typer.Option("--iterations", min=1, max=1_000_000_000, help="Budget instead, which repeats.")
    ] = None,
    seed: Annotated[int, typer.Option("--seed", min=0, max=2**31 - 1)] = 1,
    streets: Annotated[Path | None, typer.Option("--streets", help="Streets file, if not where the plan says.")] = None,
    no_store: Annotated[bool, typer.Option("--no-store", help="Do not keep the plan in the store.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print what changed as JSON on stdout.")] = False,
) -> int:
    """Plan the rest of a day under way: a vehicle is out, orders come in or go, a driver is late."""
    from planner.cli_plan_file import desk_at, hand_over
    from planner.dispatch.events import read_events
    from planner.dispatch.replan import replan as plan_rest
    from planner.io.area import Area
    from planner.io.files import refuse_strangers
    from planner.pipeline import Stages
    from planner.solve.options import UNLIMITED, SolveOptions

    refuse_strangers(output)
    stages = Stages()
    with talk.status("opening the plan"), stages.stage("open"):
        desk, before = desk_at(plan_file, streets)
    day = desk.plan.day
    now_s = _seconds(now, "--now", day)
    west, south, east, north = desk.streets.bbox
    area = Area(west=west, south=south, east=east, north=north)
    happened = () if events is None else read_events(events, day, now_s=now_s, area=area, networks=desk.roads.networks)
    limit_s = time_limit or (USUAL_S if iterations is None else 600.0)
    options = SolveOptions(iterations=iterations or UNLIMITED, time_limit_s=limit_s, seed=seed)
    with talk.status("planning the rest of the day"):
        found = plan_rest(
            desk,
            options,
            now_s=now_s,
            events=happened,
            locks=_locks(lock or [], desk.plan, [event.new.id for event in happened if event.new is not None]),
            move_cost=minimal_change,
            courier_cost=courier,
            stages=stages,
        )
    hand_over(
        found.desk,
        found.plan,
        output,
        of=None if no_store else before,
        events=_for_the_store(happened, now_s),
        more=_lists(found),
        seconds=stages.seconds,
    )
    if as_json:
        typer.echo(json.dumps(_told(found), ensure_ascii=False, indent=1))
    else:
        _print(desk.plan, found)
    return INCOMPLETE if any(left.reason.value != "courier" for left in found.plan.unassigned) else 0


def _lists(found: Replanned) -> dict[str, str]:
    """Return what lies beside the plan: the changes, and orders for tomorrow where there are any."""
    from planner.dispatch.lists import changed_csv, tomorrow_csv

    later = tomorrow_csv(found.plan)
    return {"changed.csv": changed_csv(found.plan, found.moved)} | ({"tomorrow.csv": later} if later else {})


def _print(before: Plan, found: Replanned) -> None:
    from planner.cli_plan_file import results
    from planner.report.rows import print_rows
    from planner.report.summary import print_summary
    from planner.report.view import PlanView

    print_summary(found.plan, results())
    for vehicle in found.stranded:
        typer.echo(f"stranded: {printable(vehicle)} comes to no plug any more")
    for order_id, vehicle_id in found.transfers.items():
        typer.echo(f"transfer: {printable(order_id)} from {printable(vehicle_id)}")
    for order_id in found.too_late:
        typer.echo(f"too late: {printable(order_id)} is under way, and stays as it was planned")
    view, changed = PlanView(found.plan), [one for one in found.moved if one.changed_vehicle]
    if changed:
        rows = [(one.order_id, *_at(one.before, view), *_at(one.after, view)) for one in changed]
        print_rows(results(), ("order", "was on", "at", "is on", "at"), rows, right=set())
    others = len(found.moved) - len(changed)
    typer.echo(f"{len(changed)} orders change their vehicle, {others} their time only or are new or left out")
    old, new = (sum(route.cost.total for route in plan.routes) for plan in (before, found.plan))
    typer.echo(f"cost {old:.2f} → {new:.2f} {found.plan.day.currency} ({new - old:+.2f})")
    typer.echo(f"print anew: {', '.join(map(printable, found.reprint)) or 'nothing'}")


def _at(served: tuple[str, int] | None, view: Any) -> tuple[str, str]:
    return ("", "") if served is None else (served[0], view.clock(served[1]))


def _told(found: Replanned) -> dict[str, Any]:
    def told(served: tuple[str, int] | None) -> dict[str, Any] | None:
        return None if served is None else {"vehicle": served[0], "begin": served[1]}

    def moved(one: Moved) -> dict[str, Any]:
        return {"order": one.order_id, "from": told(one.before), "to": told(one.after)}

    return {
        "format": FORMAT,
        "cost": round(sum(route.cost.total for route in found.plan.routes), 6),
        "moved": [moved(one) for one in found.moved],
        "reprint": list(found.reprint),
        "transfers": dict(found.transfers),
        "stranded": list(found.stranded),
        "too_late": list(found.too_late),
        "unassigned": [
            {"order": left.order_id, "reason": left.reason.value, "detail": left.detail}
            for left in found.plan.unassigned
        ],
    }


def _for_the_store(events: Sequence[Event], now_s: int) -> list[Stored]:
    """Return events as the store keeps them, after the moment for which was planned."""
    from dataclasses import asdict

    from planner.store.values import Event as Stored

    told = [Stored(kind="replan", at_s=now_s)]
    for event in events:
        detail = {name: value for name, value in asdict(event).items() if value and name not in {"kind", "at_s", "new"}}
        detail |= {"order": event.new.id} if event.new is not None else {}
        told.append(Stored(kind=event.kind, at_s=event.at_s, detail=detail))
    return told


def _seconds(text: str, option: str, day: Day) -> int:
    from datetime import date

    from planner.io.cells import CellError, time_s

    try:
        return time_s(text, day=date.fromisoformat(day.date), zone=ZoneInfo(day.time_zone))
    except CellError as error:
        raise usage(option, text, error.message, error.remedy, code="E-N09") from None


def _locks(written: list[str], plan: Plan, new: Sequence[str]) -> Locks:
    from planner.dispatch.replan import Locks
    from planner.model import TimeWindow

    day = plan.day
    vehicles, orders = {v.id for v in day.vehicles}, {*new, *(o.id for o in day.orders)}
    served = {step.place_id: route.vehicle_id for route in plan.routes for step in route.steps if step.serves}
    whole: list[str] = []
    stops: list[str] = []
    on_vehicle: dict[str, str] = {}
    promised: dict[str, TimeWindow] = {}
    for text in written:
        what, _, rest = text.partition(":")
        order, _, vehicle = rest.rpartition("=")
        id_, _, span = rest.rpartition("@")
        begin, _, end = span.partition("-")
        if what == "vehicle" and rest in vehicles:
            whole.append(rest)
        elif what == "stops" and rest in vehicles:
            stops.append(rest)
        elif what == "order" and rest in served:
            on_vehicle[rest] = served[rest]
        elif what == "order" and order in orders and vehicle in vehicles:
            on_vehicle[order] = vehicle
        elif what == "order" and id_ in orders and begin and end:
            promised[id_] = TimeWindow(start_s=_seconds(begin, "--lock", day), end_s=_seconds(end, "--lock", day))
        else:
            remedy = "write vehicle:ID, stops:VEHICLE, order:ID, order:ID=VEHICLE or order:ID@10:30-11:00"
            raise usage("--lock", text, "is no lock, or names nothing in the plan", remedy, code="E-N09")
    return Locks(vehicles=tuple(whole), stops=tuple(stops), on_vehicle=on_vehicle, promised=promised)
