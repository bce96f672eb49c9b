"""The verb that makes up days."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from planner.cli_tools import DEFAULT_CLASS, FIRST_DAY, ClassName, parse_date, talk, usage

if TYPE_CHECKING:
    from planner.generate.days import Made

USUAL_ORDERS = 60
ABOUT_DAYS = frozenset({"E-Y13", "E-Y14", "E-Y15"})  # what missing days and few days mean for a year is not asked here


def generate(
    output: Annotated[Path, typer.Option("-o", "--output", help="Folder for the days; replaced as a whole.")],
    streets: Annotated[Path | None, typer.Option("--streets", help="Streets file; the demo city if absent.")] = None,
    orders: Annotated[
        int | None, typer.Option("--orders", min=1, max=10_000, help="Orders of an ordinary Tuesday; 60 if absent.")
    ] = None,
    days: Annotated[int, typer.Option("--days", min=1, max=3_660, help="How many days.")] = 1,
    seed: Annotated[int, typer.Option("--seed", min=0, max=2**31 - 1)] = 1,
    fleet: Annotated[
        Path | None, typer.Option("--fleet", help="Fleet file to make the days for; one is made up if absent.")
    ] = None,
    like: Annotated[
        Path | None,
        typer.Option("--like", help="Folder of days, or a CSV file with a column date: make days like these."),
    ] = None,
    growth: Annotated[
        float | None, typer.Option("--growth", min=-90, max=900, help="Percent more orders than in --like.")
    ] = None,
    first_day: Annotated[
        str | None, typer.Option("--date", help=f"First day, YYYY-MM-DD; {FIRST_DAY}, or the day after --like.")
    ] = None,
    class_name: ClassName = None,
) -> int:
    """Make up realistic days of orders on any streets, and a fleet for them."""
    for option, given in (("--orders", orders), ("--class", class_name)):
        if like is not None and given is not None:
            raise usage(option, str(given), "does not go with --like, which says it", "leave one of them out")
    if like is None and growth is not None:
        raise usage("--growth", f"{growth:g}", "goes with --like", "give a history, or other --orders")
    if fleet is not None and class_name is not None:
        raise usage("--class", class_name, "goes with a made-up fleet, not with --fleet", "leave one of them out")
    first = None if first_day is None else parse_date(first_day)
    if like is not None:
        made = _like(like, output, fleet=fleet, streets=streets, days=days, first=first, seed=seed, growth=growth or 0)
    else:
        made = _made_up(
            output,
            fleet=fleet,
            streets=streets,
            days=days,
            first_day=first or parse_date(FIRST_DAY),
            seed=seed,
            orders=orders or USUAL_ORDERS,
            class_name=class_name or DEFAULT_CLASS,
        )
    any_day, total = next(day for day, n in made.orders_by_day.items() if n), sum(made.orders_by_day.values())
    count, empty = len(made.orders_by_day), sum(not n for n in made.orders_by_day.values())
    days_said = ("1 day" if count == 1 else f"{count} days") + (f" ({empty} of them without orders)" if empty else "")
    typer.echo(f"{days_said}, {total} orders placed by {made.weighted_by}, written to {output}")
    day = f"{output / any_day / 'orders.csv'} --fleet {output / 'fleet.toml'} --date {any_day}"
    typer.echo(f"plan one: planner plan {day}")
    return 0


def _made_up(output: Path, *, fleet: Path | None, streets: Path | None, **settings: Any) -> Made:
    from planner.demo import demo_folder
    from planner.generate.days import Request, generate_days

    streets = streets or _streets_of(fleet) or demo_folder() / "coquimbo.streets.npz"
    with talk.status("reading the streets"):
        return generate_days(Request(streets=streets, fleet=fleet, **settings), output)


def _like(
    history: Path,
    output: Path,
    *,
    fleet: Path | None,
    streets: Path | None,
    days: int,
    first: date | None,
    seed: int,
    growth: float,
) -> Made:
    """Make days like those of a history; its bad rows are told and left out."""
    from planner.generate.like import Likeness, generate_like
    from planner.io.fleet import read_fleet
    from planner.roads.read import read_streets
    from planner.sizing.demand import FLEET_NAME, read_demand

    fleet = fleet or (history if history.is_dir() else history.parent) / FLEET_NAME
    file = streets or read_fleet(fleet).streets
    with talk.status("reading the days"):
        network = read_streets(file)
        demand = read_demand(history, fleet=fleet, streets=streets, network=network)
    for fault in (*demand.warnings, *demand.faults):
        if fault.code not in ABOUT_DAYS:
            talk.print(f"note: {fault}", markup=False, soft_wrap=True)
    wanted = Likeness(
        history={day.date: day.day.orders if day.day is not None else () for day in demand.days},
        fleet=fleet,
        streets=network,
        streets_file=file,
        days=days,
        first_day=first or demand.days[-1].date + timedelta(days=1),
        seed=seed,
        growth=growth / 100,
    )
    return generate_like(wanted, output)


def _streets_of(fleet: Path | None) -> Path | None:
    from planner.io.fleet import read_fleet

    return None if fleet is None else read_fleet(fleet).streets
