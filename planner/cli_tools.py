"""What the verbs share."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from planner.errors import Fault, InputError, did_you_mean
from planner.solve.options import ENGINES, EngineName, SolveOptions, completed

FIRST_DAY = "2026-03-10"  # an ordinary Tuesday: its orders are as many as asked for
DEFAULT_CLASS = "L6e"
talk = Console(stderr=True, highlight=False)


class Results(Console):
    """Stdout; a reader that goes away is no error."""

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError


ClassName = Annotated[str | None, typer.Option("--class", help="Road class, such as L6e, L7e, us-lsv or van.")]


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
    """Return the options of a command line, its limits `completed`. Raises `InputError` for what is no engine."""
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
    return completed(engine=chosen, iterations=iterations, time_limit_s=time_limit, seed=seed, threads=threads)
