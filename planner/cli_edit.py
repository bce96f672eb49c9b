"""The verb of hand edits: moved, timed anew, audited; what is broken is told, and kept only on purpose."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperCommand

from planner.cli_tools import talk, usage

if TYPE_CHECKING:
    from planner.dispatch.desk import Desk
    from planner.dispatch.edit import Edited
    from planner.dispatch.edits import Edit
    from planner.plan import Plan

VIOLATIONS = 7
ORDER_OF_OPTIONS = "planner.edits"
FORMAT = "planner-edited-1"


class InOrder(TyperCommand):
    """A command that knows in which order its options were given."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        _, _, order = self.make_parser(ctx).parse_args(args=list(args))
        ctx.meta[ORDER_OF_OPTIONS] = [parameter.name for parameter in order]
        return super().parse_args(ctx, args)


def edit(
    context: typer.Context,
    plan_file: Annotated[
        Path, typer.Argument(metavar="PLAN", help="A plan.json, the folder of a plan, or @17 of the store.")
    ],
    move: Annotated[
        list[str] | None, typer.Option("--move", metavar="ORDER=VEHICLE[:TRIP[:POSITION]]", help="To another place.")
    ] = None,
    swap: Annotated[
        list[str] | None, typer.Option("--swap", metavar="ORDER,ORDER", help="Two orders change places.")
    ] = None,
    remove: Annotated[list[str] | None, typer.Option("--remove", metavar="ORDER", help="Leave it out.")] = None,
    reorder: Annotated[
        list[str] | None, typer.Option("--reorder", metavar="VEHICLE:TRIP=ORDER,ORDER,...", help="All of a trip.")
    ] = None,
    charge: Annotated[
        list[str] | None,
        typer.Option(
            "--charge",
            metavar="VEHICLE:TRIP|ORDER[=MIN]",
            help="Before a trip at the depot, or after an order at a station; 0 minutes takes a charge out.",
        ),
    ] = None,
    lock: Annotated[
        list[str] | None, typer.Option("--lock", metavar="order:ID|vehicle:ID", help="Not to be changed from now on.")
    ] = None,
    unlock: Annotated[list[str] | None, typer.Option("--unlock", metavar="order:ID|vehicle:ID")] = None,
    edits_file: Annotated[
        Path | None, typer.Option("--edits", help="JSON file of edits, made before the options; see docs/edit.md.")
    ] = None,
    keep_violations: Annotated[
        bool, typer.Option("--keep-violations", help="Write the plan although it breaks rules, and say so in it.")
    ] = False,
    by: Annotated[str, typer.Option("--by", help="Who keeps the violations.")] = "",
    streets: Annotated[Path | None, typer.Option("--streets", help="Streets file, if not where the plan says.")] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Folder for the new plan; without it nothing is written.")
    ] = None,
    no_store: Annotated[bool, typer.Option("--no-store", help="Do not keep the plan in the store.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON on stdout.")] = False,
) -> int:
    """Change a plan by hand: the edits are made in order, timed anew and audited at once."""
    given = {
        "move": move,
        "swap": swap,
        "remove": remove,
        "reorder": reorder,
        "charge": charge,
        "lock": lock,
        "unlock": unlock,
    }
    from planner.cli_plan_file import desk_at, hand_over
    from planner.dispatch.edit import apply
    from planner.dispatch.edits import for_the_store
    from planner.io.files import refuse_strangers

    wanted = [*_from_file(edits_file), *_from_options(given, context.meta.get(ORDER_OF_OPTIONS, []))]
    if not wanted:
        raise usage("planner edit", None, "no edit is given", "add --move, --swap, --remove or another", code="E-D42")
    if output is not None:
        refuse_strangers(output)
    with talk.status("opening the plan"):
        desk, before = desk_at(plan_file, streets)
    edited = apply(desk, wanted)
    code, plan = _verdict(desk, edited, output, keep=keep_violations, by=by, as_json=as_json)
    if output is not None and code == 0:
        hand_over(desk, plan, output, of=None if no_store else before, edits=for_the_store(wanted))
    return code


def _verdict(
    desk: Desk, edited: Edited, output: Path | None, *, keep: bool, by: str, as_json: bool
) -> tuple[int, Plan]:
    """Tell what came of the edits; return the exit code, and the plan as it may be written with 0."""
    from dataclasses import replace

    from planner.plan import Kept

    plan = edited.plan
    if edited.violations and keep:
        plan = replace(plan, kept=Kept(by=by, at=datetime.now(UTC).isoformat(timespec="seconds")))
    if as_json:
        typer.echo(json.dumps(_told(desk, edited, plan.kept is not None), ensure_ascii=False, indent=1))
    else:
        _print(desk, edited)
    if edited.violations and not keep:
        if output is not None:
            typer.echo("E-D50 the plan breaks rules, and is not written → mend it, or --keep-violations", err=True)
        return VIOLATIONS, plan
    return 0, plan


def _print(desk: Desk, edited: Edited) -> None:
    from planner.cli_plan_file import results
    from planner.dispatch.compare import compare
    from planner.report.broken import broken_words
    from planner.report.rows import print_rows
    from planner.report.view import PlanView

    view, currency = PlanView(edited.plan), edited.plan.day.currency
    found = compare(desk.plan, edited.plan)
    before, after = edited.cost_before.total, edited.cost_after.total
    typer.echo(f"cost {before:.2f} → {after:.2f} {currency} ({edited.cost_difference:+.2f})")
    if found.moved:
        rows = [
            (
                one.order_id,
                f"{one.a.vehicle_id} trip {one.a.trip} {view.clock(one.a.begin_s)}",
                f"{one.b.vehicle_id} trip {one.b.trip} {view.clock(one.b.begin_s)}",
                f"{round(one.later_s / 60):+d}",
            )
            for one in found.moved
        ]
        print_rows(results(), ("order", "was", "is", "min"), rows, right={3})
    for id in found.left_out_in_b:
        typer.echo(f"left out: {id}")
    for violation in edited.violations:
        typer.echo(f"{violation.code} {broken_words(violation)}")
    count = len(edited.violations)
    typer.echo(f"audited: {count} violation{'' if count == 1 else 's'}")


def _told(desk: Desk, edited: Edited, kept: bool) -> dict[str, Any]:
    from planner.dispatch.compare import compare

    found = compare(desk.plan, edited.plan)
    return {
        "format": FORMAT,
        "cost_before": round(edited.cost_before.total, 6),
        "cost_after": round(edited.cost_after.total, 6),
        "cost_difference": round(edited.cost_difference, 6),
        "kept": kept,
        "violations": [
            {"code": v.code, "where": v.where, "message": v.message, "amount": v.amount, "unit": v.unit or None}
            for v in edited.violations
        ],
        "broken_days": list(edited.broken),
        "moved": [
            {
                "order": one.order_id,
                "from": {"vehicle": one.a.vehicle_id, "trip": one.a.trip, "begin": one.a.begin_s},
                "to": {"vehicle": one.b.vehicle_id, "trip": one.b.trip, "begin": one.b.begin_s},
            }
            for one in found.moved
        ],
        "left_out": list(found.left_out_in_b),
        "locks": [{"type": lock.kind, "id": lock.id} for lock in edited.plan.locks],
    }


def _from_file(path: Path | None) -> Sequence[Edit]:
    if path is None:
        return ()
    from planner.dispatch.edits import from_json
    from planner.io.files import read_file
    from planner.io.strict_json import strict_json

    data = read_file(path, max_bytes=10_000_000)
    try:
        return from_json(strict_json(data), file=path.name)
    except ValueError as error:
        if hasattr(error, "faults"):
            raise
        raise usage(path.name, None, f"is no JSON ({error})", "see docs/edit.md", code="E-D42") from None


def _from_options(given: dict[str, list[str] | None], order: Sequence[str]) -> list[Edit]:
    """Return the edits of the options in the order in which they were given."""
    left = {name: iter(values or ()) for name, values in given.items()}
    return [_READERS[name](f"--{name}", next(left[name])) for name in order if name in left]


def _read_move(flag: str, text: str) -> Edit:
    from planner.dispatch.edits import Move

    order, _, target = text.rpartition("=")
    vehicle, *numbers = _split(target)
    if not order or not vehicle or len(numbers) > 2:
        raise _unclear(flag, text, "ORDER=VEHICLE, ORDER=VEHICLE:TRIP or ORDER=VEHICLE:TRIP:POSITION")
    trip, position = (*(_whole(flag, text, number) for number in numbers), None, None)[:2]
    return Move(order=order, vehicle=vehicle, trip=trip, position=position)


def _split(target: str) -> list[str]:
    """Split off up to two numbers behind colons: the id before them may hold colons of its own."""
    numbers: list[str] = []
    while len(numbers) < 2 and ":" in target and target.rpartition(":")[2].isdigit():
        target, _, number = target.rpartition(":")
        numbers.insert(0, number)
    return [target, *numbers]


def _read_swap(flag: str, text: str) -> Edit:
    from planner.dispatch.edits import Swap

    a, comma, b = text.partition(",")
    if not (a and comma and b):
        raise _unclear(flag, text, "ORDER,ORDER")
    return Swap(a=a.strip(), b=b.strip())


def _read_remove(flag: str, text: str) -> Edit:
    from planner.dispatch.edits import Remove

    if not text:
        raise _unclear(flag, text, "ORDER")
    return Remove(order=text)


def _read_reorder(flag: str, text: str) -> Edit:
    from planner.dispatch.edits import Reorder

    target, equals, orders = text.partition("=")
    vehicle, colon, trip = target.rpartition(":")
    if not (equals and colon and vehicle):
        raise _unclear(flag, text, "VEHICLE:TRIP=ORDER,ORDER,...")
    ids = tuple(id.strip() for id in orders.split(","))
    return Reorder(vehicle=vehicle, trip=_whole(flag, text, trip), orders=ids)


def _read_charge(flag: str, text: str) -> Edit:
    from planner.dispatch.edits import Charge

    target, equals, lasts = text.partition("=")
    vehicle, colon, where = target.partition(":")
    if not (colon and vehicle and where):
        raise _unclear(flag, text, "VEHICLE:TRIP[=MIN] or VEHICLE:ORDER[=MIN]")
    try:
        minutes = float(lasts) if equals else None
    except ValueError:
        raise _unclear(flag, text, "VEHICLE:TRIP=MIN with a number of minutes") from None
    if minutes is not None and not 0 <= minutes <= 1_440:
        raise _unclear(flag, text, "minutes from 0 to 1440")
    if where.isdigit():
        return Charge(vehicle=vehicle, trip=int(where), minutes=minutes)
    return Charge(vehicle=vehicle, after=where, minutes=minutes)


def _read_lock(flag: str, text: str) -> Edit:
    from planner.dispatch.edits import SetLock
    from planner.plan import LockKind

    kind, colon, id = text.partition(":")
    if not (colon and id and kind in {*LockKind}):
        raise _unclear(flag, text, "order:ID or vehicle:ID")
    return SetLock(kind=LockKind(kind), id=id, on=flag == "--lock")


_READERS: dict[str, Callable[[str, str], Edit]] = {
    "move": _read_move,
    "swap": _read_swap,
    "remove": _read_remove,
    "reorder": _read_reorder,
    "charge": _read_charge,
    "lock": _read_lock,
    "unlock": _read_lock,
}


def _whole(flag: str, text: str, number: str) -> int:
    if not number.isdigit() or not 1 <= int(number) <= 10_000:
        raise _unclear(flag, text, "trips and positions counted from 1")
    return int(number)


def _unclear(flag: str, text: str, form: str) -> Exception:
    return usage(flag, text, "cannot be read", f"write {form}", code="E-D42")
