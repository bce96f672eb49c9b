"""The verb that makes up days, and what the verbs beside planning share."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from planner.errors import Fault, InputError, did_you_mean
from planner.solve.options import ENGINES, UNLIMITED, USUAL_ITERATIONS, EngineName, SolveOptions

FIRST_DAY = "2026-03-10"  # an ordinary Tuesday: its orders are as many as asked for
DEFAULT_CLASS = "L6e"
talk = Console(stderr=True, highlight=False)


class Results(Console):
    """Stdout; a reader that goes away is no error."""

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError


ClassName = Annotated[str | None, typer.Option("--class", help="Road class, such as L6e, L7e, us-lsv or van.")]


def generate(
    output: Annotated[Path, typer.Option("-o", "--output", help="Folder for the days; replaced as a whole.")],
    streets: Annotated[Path | None, typer.Option("--streets", help="Streets file; the demo city if absent.")] = None,
    orders: Annotated[int, typer.Option("--orders", min=1, max=10_000, help="Orders of an ordinary Tuesday.")] = 60,
    days: Annotated[int, typer.Option("--days", min=1, max=3_660, help="How many days.")] = 1,
    seed: Annotated[int, typer.Option("--seed", min=0, max=2**31 - 1)] = 1,
    fleet: Annotated[
        Path | None, typer.Option("--fleet", help="Fleet file to make the days for; one is made up if absent.")
    ] = None,
    first_day: Annotated[str, typer.Option("--date", help="First day, YYYY-MM-DD.")] = FIRST_DAY,
    class_name: ClassName = None,
) -> int:
    """Make up realistic days of orders on any streets, and a fleet for them."""
    from planner.demo import demo_folder
    from planner.generate.days import Request, generate_days

    if fleet is not None and class_name is not None:
        raise usage("--class", class_name, "goes with a made-up fleet, not with --fleet", "leave one of them out")
    request = Request(
        streets=streets or _streets_of(fleet) or demo_folder() / "coquimbo.streets.npz",
        orders=orders,
        days=days,
        seed=seed,
        first_day=parse_date(first_day),
        class_name=class_name or DEFAULT_CLASS,
        fleet=fleet,
    )
    with talk.status("reading the streets"):
        made = generate_days(request, output)
    first = next(iter(made.orders_by_day))
    total = sum(made.orders_by_day.values())
    days_said = "1 day" if days == 1 else f"{days} days"
    typer.echo(f"{days_said}, {total} orders placed by {made.weighted_by}, written to {output}")
    typer.echo(f"plan one: planner plan {output / first / 'orders.csv'} --fleet {output / 'fleet.toml'} --date {first}")
    return 0


def _streets_of(fleet: Path | None) -> Path | None:
    from planner.io.fleet import read_fleet

    return None if fleet is None else read_fleet(fleet).streets


def parse_date(text: str) -> date:
    """Return the date of an option `--date`. Raises `InputError` E-O33."""
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()
    except ValueError:
        raise usage("--date", text, "is no date", "write it as 2026-03-10", code="E-O33") from None


def usage(flag: str, value: str | None, message: str, remedy: str, *, code: str = "E-A01") -> InputError:
    """Return the error for an option that cannot be used."""
    return InputError(Fault(code=code, file=flag, value=value, message=message, remedy=remedy))


def refuse_output(output: Path, *, read: Sequence[Path] = (), force: bool) -> None:
    """Raise `InputError` E-B07 where the file cannot be written, before the work and not after it."""
    if output.is_dir():
        message, remedy = "is a folder", "give the name of a file"
    elif not output.parent.is_dir():
        message, remedy = "is in a folder that does not exist", "make the folder first"
    elif any(output.exists() and given.exists() and output.samefile(given) for given in read):
        message, remedy = "is what is read", "give another name"
    elif output.exists() and not force:
        message, remedy = "exists already", "give another name with -o, or --force"
    else:
        return
    raise usage("-o", str(output), message, remedy, code="E-B07")


def search_options(
    *, engine: str, iterations: int | None, time_limit: float | None, seed: int, threads: int
) -> SolveOptions:
    """Complete the limits: a time limit alone searches until then, an iteration budget alone has a safety net."""
    if engine not in ENGINES:
        fault = Fault(
            code="E-F16",
            file="--engine",
            value=engine,
            message=f"is no engine{did_you_mean(engine, ENGINES)}",
            remedy=f"choose one of: {', '.join(ENGINES)}",
        )
        raise InputError(fault)
    chosen: EngineName = next(name for name in ENGINES if name == engine)
    defaults = SolveOptions()
    return SolveOptions(
        engine=chosen,
        seed=seed,
        iterations=iterations or (UNLIMITED if time_limit else USUAL_ITERATIONS[chosen]),
        threads=threads,
        time_limit_s=time_limit or defaults.time_limit_s,
    )
