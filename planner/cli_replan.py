"""The verb that plans the rest of a day that is under way."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from planner.cli_tools import Results, talk, usage
from planner.errors import printable

if TYPE_CHECKING:
    from planner.dispatch.replan import Locks
    from planner.model import Day

FOLDER = Path("replan")
INCOMPLETE = 4


def replan(
    plan_file: Annotated[Path, typer.Argument(metavar="PLAN.json")],
    now: Annotated[str, typer.Option("--now", help="The time of the day, HH:MM: until then all went as planned.")],
    events: Annotated[
        Path | None, typer.Option("--events", help="CSV or JSON file of what happened, see docs/replan.md.")
    ] = None,
    output: Annotated[Path, typer.Option("-o", "--output", help="Folder of the new plan; replaced.")] = FOLDER,
    lock: Annotated[
        list[str] | None,
        typer.Option("--lock", help="vehicle:ID, order:ID=VEHICLE or order:ID@10:30-11:00; may be repeated."),
    ] = None,
    minimal_change: Annotated[
        float, typer.Option("--minimal-change", min=0, help="Price of an order that changes its vehicle.")
    ] = 0.0,
    time_limit: Annotated[float, typer.Option("-l", "--time-limit", min=1, max=3_600, help="Seconds to search.")] = 3.0,
    seed: Annotated[int, typer.Option("--seed", min=0, max=2**31 - 1)] = 1,
    streets: Annotated[Path | None, typer.Option("--streets", help="Streets file, if not where the plan says.")] = None,
) -> int:
    """Plan the rest of a day under way: a vehicle is out, orders come in or go, a driver is late."""
    from dataclasses import replace

    from planner.clock import clock_of
    from planner.dispatch.events import read_events
    from planner.dispatch.replan import replan as plan_rest
    from planner.io.files import refuse_strangers
    from planner.io.plan_file import read_plan
    from planner.outputs import write_outputs
    from planner.pipeline import Stages
    from planner.report.summary import print_summary
    from planner.roads.read import read_streets
    from planner.solve.options import UNLIMITED, SolveOptions

    refuse_strangers(output)
    plan = read_plan(plan_file)
    path = streets or plan_file.parent / plan.provenance.streets_file
    network = read_streets(path)
    now_s = _seconds(now, "--now", plan.day)
    happened = () if events is None else read_events(events, plan.day, now_s=now_s)
    stages = Stages()
    options = SolveOptions(iterations=UNLIMITED, time_limit_s=time_limit, seed=seed)
    plan = replace(plan, provenance=replace(plan.provenance, streets_file=str(path.resolve())))
    with talk.status("planning the rest of the day"):
        found = plan_rest(
            plan,
            network,
            options,
            now_s=now_s,
            events=happened,
            locks=_locks(lock or [], plan.day),
            minimal_change=minimal_change,
            stages=stages,
        )
    made = write_outputs(found.plan, network, output, orders_file=None, seconds=stages.seconds)
    print_summary(made, Results(highlight=False))

    def told(served: tuple[str, int] | None) -> str:
        if served is None:
            return "not served"
        at = clock_of(served[1], date_text=made.day.date, zone_name=made.day.time_zone)
        return f"{printable(served[0])} {at}"

    for order_id, vehicle_id in found.transfers.items():
        typer.echo(f"transfer: {printable(order_id)} from {printable(vehicle_id)}")
    for moved in found.moved:
        typer.echo(f"moved: {printable(moved.order_id)}: {told(moved.before)} -> {told(moved.after)}")
    typer.echo(f"print anew: {', '.join(map(printable, found.reprint)) or 'nothing'}")
    typer.echo(f"written to {output}")
    return INCOMPLETE if made.unassigned else 0


def _seconds(text: str, option: str, day: Day) -> int:
    from planner.io.cells import CellError, time_s

    try:
        return time_s(text, day=date.fromisoformat(day.date), zone=ZoneInfo(day.time_zone))
    except CellError as error:
        raise usage(option, text, error.message, error.remedy) from None


def _locks(written: list[str], day: Day) -> Locks:
    from planner.dispatch.replan import Locks
    from planner.model import TimeWindow

    vehicles, orders = {v.id for v in day.vehicles}, {o.id for o in day.orders}
    whole: list[str] = []
    on_vehicle: dict[str, str] = {}
    promised: dict[str, TimeWindow] = {}
    for text in written:
        what, _, rest = text.partition(":")
        order, _, vehicle = rest.partition("=")
        id_, _, span = rest.rpartition("@")
        begin, _, end = span.partition("-")
        if what == "vehicle" and rest in vehicles:
            whole.append(rest)
        elif what == "order" and order in orders and vehicle in vehicles:
            on_vehicle[order] = vehicle
        elif what == "order" and id_ in orders and begin and end:
            promised[id_] = TimeWindow(start_s=_seconds(begin, "--lock", day), end_s=_seconds(end, "--lock", day))
        else:
            remedy = "write vehicle:ID, order:ID=VEHICLE or order:ID@10:30-11:00 with ids of the plan"
            raise usage("--lock", text, "is no lock, or names nothing in the plan", remedy)
    return Locks(vehicles=tuple(whole), on_vehicle=on_vehicle, promised=promised)
