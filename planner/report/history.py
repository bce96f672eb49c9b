"""Prints what the store tells: plans and revisions, how one came about, whom an erasure meets."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console

from planner.errors import printable
from planner.plan import Plan
from planner.report.summary import plain_table, print_text, shown
from planner.report.view import PlanView

MOST_LETTERS = 200
Entry = Mapping[str, Any]  # a line of the history, by the names of its columns


def print_history(entries: Sequence[Entry], console: Console) -> None:
    """Print one line for each plan and revision."""
    table = plain_table(show_header=True)
    for name in ("plan", "day", "rev", "on", "saved (UTC)", "by"):
        table.add_column(name, no_wrap=True)
    for name in ("cost", "orders", "km", "veh"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("what", overflow="fold", min_width=8)
    for entry in entries:
        cells = (
            f"@{entry['id']}",
            entry["date"],
            str(entry["revision"]),
            "" if entry["parent"] is None else f"@{entry['parent']}",
            _moment(entry["saved_utc"]),
            printable(entry["author"], limit=12),
            f"{entry['cost']:.2f} {printable(entry['currency'], limit=4)}",
            f"{entry['served']}/{entry['orders']}",
            f"{entry['km']:.1f}",
            str(entry["vehicles"]),
            ", ".join(_what(entry)),
        )
        table.add_row(*(shown(console, cell) for cell in cells))
    console.print(table)


def _what(entry: Entry) -> Iterable[str]:
    """Tell what is special about a plan, most of all that it breaks rules."""
    if entry["kept_with_violations"]:
        yield _violations(entry)
    if entry["branch"]:
        yield "branch"
    yield from (printable(kind, limit=24) for kind in (*entry["edits"], *entry["events"]))
    if entry["erased_utc"] is not None:
        yield "erased in part"


def _violations(entry: Entry) -> str:
    count = entry["violations"]
    return f"KEPT WITH {count} VIOLATION{'' if count == 1 else 'S'}"


def print_story(
    plan: Plan, entry: Entry, remarks: Iterable[tuple[str, int | None, str, Mapping[str, Any]]], console: Console
) -> None:
    """Print what the store knows about a plan: its revision, and each edit or event with its time and detail."""
    on = "" if entry["parent"] is None else f"{', a branch' if entry['branch'] else ''} on @{entry['parent']}"
    newest = "" if entry["newest"] else "; there is a newer one"
    print_text(console, "")
    print_text(
        console,
        f"stored as @{entry['id']}: revision {entry['revision']}{on}, saved {_moment(entry['saved_utc'])} UTC "
        f"by {printable(entry['author'])}{newest}",
    )
    if entry["kept_with_violations"]:
        print_text(console, f"{_violations(entry)}, on purpose", style="bold red")
    if entry["erased_utc"] is not None:
        told = f"personal data erased {_moment(entry['erased_utc'])} UTC: its places are not those of the audit"
        print_text(console, told, style="bold yellow")
    view = PlanView(plan)
    for what, at_s, kind, detail in remarks:
        clock = "" if at_s is None else f"{view.clock(at_s)} "
        values = " ".join(f"{name}={_value(value)}" for name, value in detail.items())
        print_text(console, printable(f"{what:5} {clock}{kind} {values}".rstrip(), limit=MOST_LETTERS))


def print_provenance(plan: Plan, folder: Path | None, console: Console) -> None:
    """Print what a plan was made by and from."""
    source = plan.provenance
    print_text(console, "")
    print_text(
        console,
        f"made by {printable(source.program)}, engine {printable(source.engine)}, seed {source.seed}, "
        f"{source.iterations:,} iterations at most, stopped by {printable(source.stopped_by)}",
    )
    print_text(console, f"from {printable(source.streets_file)} (sha256 {source.streets_sha256[:12]})")
    for name, sha256 in sorted(source.inputs_sha256.items()):
        print_text(console, f"from {printable(name)} (sha256 {printable(sha256[:12])})")
    if folder is not None:
        print_text(console, f"in   {printable(str(folder), limit=MOST_LETTERS)}")


def print_found(orders: Sequence[Mapping[str, Any]], console: Console) -> None:
    """Print the orders of a customer, and the plans that know them."""
    for order in orders:
        plans = " ".join(f"@{plan}" for plan in order["plans"])
        line = f"{order['date']} {printable(order['order_id'])} {printable(order['address'])}".rstrip()
        print_text(console, f"{line}: {plans or 'no plan'}")
    print_text(console, f"{len(orders)} order{'' if len(orders) == 1 else 's'} of this customer")


def _moment(utc: str) -> str:
    return utc[:16].replace("T", " ")


def _value(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
