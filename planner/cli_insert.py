"""The verb that finds room for an order in a plan."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from planner.cli_tools import talk, usage

if TYPE_CHECKING:
    from planner.dispatch.desk import Desk
    from planner.dispatch.insert import Offer
    from planner.dispatch.slots import Slot
    from planner.model import Order
    from planner.store.reference import Referred

INCOMPLETE = 4
FORMAT = "planner-slots-1"
MOST_SHOWN = 20


def insert(
    plan_file: Annotated[
        Path, typer.Argument(metavar="PLAN", help="A plan.json, the folder of a plan, or @17 of the store.")
    ],
    order: Annotated[
        str | None, typer.Argument(metavar="[ORDER]", help="CSV file of orders, or the id of one that is left out.")
    ] = None,
    id: Annotated[str, typer.Option("--id", help="Id of an order given by options.")] = "new",
    lat: Annotated[str | None, typer.Option("--lat", help="Degrees north.")] = None,
    lon: Annotated[str | None, typer.Option("--lon", help="Degrees east.")] = None,
    demand_kg: Annotated[str | None, typer.Option("--demand-kg", help="What it weighs.")] = None,
    volume_l: Annotated[str | None, typer.Option("--volume-l", help="Its litres.")] = None,
    service_min: Annotated[str | None, typer.Option("--service-min", help="Minutes at the door.")] = None,
    window: Annotated[
        str | None, typer.Option("--window", metavar="HH:MM-HH:MM", help="When it may be served.")
    ] = None,
    kind: Annotated[str | None, typer.Option("--type", help="delivery or pickup.")] = None,
    take: Annotated[
        str | None, typer.Option("--take", metavar="N|best", help="Put it into that slot of the list, counted from 1.")
    ] = None,
    promise: Annotated[
        bool, typer.Option("--promise", help="List the windows that can be offered, with prices.")
    ] = False,
    every: Annotated[int, typer.Option("--every", min=5, max=240, help="Minutes of a window of --promise.")] = 30,
    streets: Annotated[Path | None, typer.Option("--streets", help="Streets file, if not where the plan says.")] = None,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="Folder for the new plan of --take.")] = None,
    no_store: Annotated[bool, typer.Option("--no-store", help="Do not keep the plan in the store.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON on stdout.")] = False,
) -> int:
    """List every place of a plan where an order fits: when, what it costs, who else moves. Each is audited."""
    row = {
        "id": id,
        "lat": lat,
        "lon": lon,
        "demand_kg": demand_kg,
        "volume_l": volume_l,
        "service_min": service_min,
        "type": kind,
        **_window(window),
    }
    nth = _nth(take, output)
    if (order is None) == (lat is None):
        raise usage(
            "ORDER", order, "give an order, or --lat, --lon and --demand-kg", "see docs/insert.md", code="E-D54"
        )
    from planner.cli_plan_file import desk_at
    from planner.io.files import refuse_strangers

    if output is not None:
        refuse_strangers(output)
    with talk.status("opening the plan"):
        desk, before = desk_at(plan_file, streets)
        desk, ids = _asked(desk, order, row)
    if take is not None and output is not None:
        return _take(desk, ids, nth, output, of=None if no_store else before, as_json=as_json)
    if promise:
        return _promise(desk, ids, every * 60, as_json=as_json)
    return _list(desk, ids, as_json=as_json)


def _window(text: str | None) -> dict[str, str | None]:
    begin, _, end = (text or "").partition("-")
    return {"tw_start": begin or None, "tw_end": end or None}


def _nth(take: str | None, output: Path | None) -> int | None:
    if (take is None) != (output is None):
        raise usage(
            "--take", take, "goes with -o, and -o with it", "name the folder of the new plan with -o", code="E-D54"
        )
    if take is None or take == "best":
        return None
    if not take.isdigit() or int(take) < 1:
        raise usage("--take", take, "is no number of a slot", "write 1, 2, ... or best", code="E-D54")
    return int(take)


def _asked(desk: Desk, order: str | None, row: dict[str, str | None]) -> tuple[Desk, list[str]]:
    """Return the desk with the orders asked for, and their ids."""
    from planner.dispatch.insert import desk_with, refuse_planned

    if order is not None and (Path(order).is_file() or order.endswith(".csv")):
        found = _orders(desk, Path(order))
        return desk_with(desk, found, file=Path(order).name), [one.id for one in found]
    if order is not None:
        refuse_planned(desk, order)
        return desk, [order]
    with tempfile.TemporaryDirectory(prefix="planner-") as folder:
        file = Path(folder) / "options"
        given = {name: value for name, value in row.items() if value is not None}
        quoted = (f'"{value.replace(chr(34), chr(34) * 2)}"' for value in given.values())
        file.write_text(",".join(given) + "\n" + ",".join(quoted) + "\n", encoding="utf-8")
        found = _orders(desk, file)
    return desk_with(desk, found, file="options"), [one.id for one in found]


def _orders(desk: Desk, file: Path) -> Sequence[Order]:
    """Read orders as `planner plan` does; a bad row refuses the file."""
    from datetime import date
    from zoneinfo import ZoneInfo

    from planner.errors import InputError
    from planner.io.orders import Area, read_orders

    west, south, east, north = desk.streets.bbox
    day = desk.plan.day
    read = read_orders(
        file,
        day=date.fromisoformat(day.date),
        zone=ZoneInfo(day.time_zone),
        area=Area(west=west, south=south, east=east, north=north),
        depots=[depot.id for depot in day.depots],
    )
    if read.faults or not read.orders:
        raise InputError(read.faults)
    for note in read.warnings:
        talk.print(f"note: {note}", markup=False, soft_wrap=True)
    return read.orders


def _list(desk: Desk, ids: Sequence[str], *, as_json: bool) -> int:
    from planner.dispatch.insert import offers, told

    found = offers(desk, ids)
    if as_json:
        orders = [{"id": one.order_id, "slots": [told(slot) for slot in one.slots]} for one in found]
        typer.echo(
            json.dumps({"format": FORMAT, "currency": desk.plan.day.currency, "orders": orders}, ensure_ascii=False)
        )
    else:
        for one in found:
            _print_offer(desk, one)
    return 0 if all(one.slots for one in found) else INCOMPLETE


def _print_offer(desk: Desk, offer: Offer) -> None:
    from planner.cli_plan_file import results
    from planner.errors import printable
    from planner.report.rows import print_rows
    from planner.report.view import PlanView

    view = PlanView(desk.plan)
    if not offer.slots:
        typer.echo(f"{printable(offer.order_id)}: fits nowhere; planner explain tells what would make it fit")
        return
    typer.echo(f"{printable(offer.order_id)}: {len(offer.slots)} slots, audited")
    rows = [
        (
            str(number),
            f"{slot.vehicle_id}{' (unused)' if slot.new_vehicle else ''}",
            f"{slot.trip}{' (new)' if slot.new_trip else ''}",
            str(slot.position),
            view.clock(slot.arrival_s),
            f"{slot.extra_cost:+.2f}",
            f"{slot.extra_wh / 1_000:+.2f}",
            _effect(slot),
        )
        for number, slot in enumerate(offer.slots[:MOST_SHOWN], start=1)
    ]
    heads = ("", "vehicle", "trip", "stop", "arrives", desk.plan.day.currency, "kWh", "others")
    print_rows(results(), heads, rows, right={0, 3, 5, 6})
    if len(offer.slots) > MOST_SHOWN:
        typer.echo(f"... {len(offer.slots) - MOST_SHOWN} more with --json")


def _effect(slot: Slot) -> str:
    """Say who else moves, and what is charged otherwise."""
    told = []
    if slot.moved:
        most = max(slot.moved, key=lambda moved: abs(moved.by_s))
        told.append(f"{len(slot.moved)} move, {most.order_id} most by {round(most.by_s / 60):+d} min")
    told += [f"{charge.place_id} trip {charge.trip} {charge.by_wh / 1_000:+.2f} kWh" for charge in slot.recharged]
    return "; ".join(told) or "none"


def _promise(desk: Desk, ids: Sequence[str], every_s: int, *, as_json: bool) -> int:
    from planner.cli_plan_file import results
    from planner.dispatch.insert import merged, promises, told
    from planner.dispatch.slots import numbers_of
    from planner.report.rows import print_rows
    from planner.report.view import PlanView

    view, currency = PlanView(desk.plan), desk.plan.day.currency
    documents, complete = [], True
    for number in numbers_of(desk, ids):
        windows = promises(desk, number, every_s=every_s)
        complete = complete and bool(windows)
        name = desk.day.orders[number].id
        spans = merged(windows)
        documents.append(
            {
                "id": name,
                "windows": [
                    {"begin": w.begin_s, "end": w.end_s, "price": w.price, "slot": told(w.slot)} for w in windows
                ],
                "spans": [
                    {"begin": s.begin_s, "end": s.end_s, "least_price": s.least_price, "most_price": s.most_price}
                    for s in spans
                ],
            }
        )
        if not as_json:
            whole = ", ".join(f"{view.clock(s.begin_s)}-{view.clock(s.end_s)}" for s in spans)
            typer.echo(f"{name}: {whole or 'no window can be promised'}")
            rows = [
                (f"{view.clock(w.begin_s)}-{view.clock(w.end_s)}", f"{w.price:+.2f}", w.slot.vehicle_id)
                for w in windows
            ]
            if rows:
                print_rows(results(), ("window", currency, "vehicle"), rows, right={1})
    if as_json:
        typer.echo(json.dumps({"format": FORMAT, "currency": currency, "orders": documents}, ensure_ascii=False))
    return 0 if complete else INCOMPLETE


def _take(desk: Desk, ids: Sequence[str], nth: int | None, output: Path, *, of: Referred | None, as_json: bool) -> int:
    from planner.cli_plan_file import hand_over
    from planner.dispatch.insert import take, told
    from planner.report.view import PlanView
    from planner.store.values import Edit

    if nth is not None and len(ids) > 1:
        raise usage("--take", str(nth), "is for one order", "--take best for several", code="E-D54")
    plan, slots = take(desk, ids, nth=nth)
    hand_over(desk, plan, output, of=of, edits=[Edit(kind="insert", detail=told(slot)) for slot in slots])
    if as_json:
        typer.echo(json.dumps({"format": FORMAT, "taken": [told(slot) for slot in slots]}, ensure_ascii=False))
        return 0
    view = PlanView(plan)
    for slot in slots:
        where = f"{slot.vehicle_id} trip {slot.trip} stop {slot.position}"
        typer.echo(f"{where} at {view.clock(slot.arrival_s)}, {slot.extra_cost:+.2f} {plan.day.currency}")
    return 0
