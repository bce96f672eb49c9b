"""The verb that sizes a fleet for a year of days."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from planner.cli_tools import talk, usage
from planner.errors import listing

if TYPE_CHECKING:
    from planner.sizing.steps import Step

INCOMPLETE = 4
SERVICES = (95, 99, 100)
MOST_PLUGS = 60
_SPAN = re.compile(r"(\d{1,3})(?:\.\.(\d{1,3}))?")


def size(
    days: Annotated[Path, typer.Argument(metavar="DAYS", help="Folder of days, or a CSV file with a column date.")],
    candidates: Annotated[
        Path | None,
        typer.Option("--candidates", help="Fleet file whose kinds may be bought; DAYS/fleet.toml if absent."),
    ] = None,
    streets: Annotated[Path | None, typer.Option("--streets", help="Streets file, if not that of the fleet.")] = None,
    plugs: Annotated[str, typer.Option("--plugs", help="Plugs at the depot, such as 1..4.")] = "1..4",
    service: Annotated[int, typer.Option("--service", help="Share of the orders to serve: 95, 99 or 100 %.")] = 100,
    vans: Annotated[bool, typer.Option("--vans", help="Size vans and cargo bikes for the same days too.")] = False,
    peaks: Annotated[
        str, typer.Option("--peaks", help="On days that ask for more than is owned: courier, rent or overtime.")
    ] = "courier",
    shifts: Annotated[
        str, typer.Option("--shifts", help="Shifts to choose from, such as 08:00-16:00,09:00-18:00.")
    ] = "",
    money: Annotated[
        Path | None, typer.Option("--money", help="TOML file of your own prices, see docs/size.md.")
    ] = None,
    weights: Annotated[Path | None, typer.Option("--weights", help="CSV file date,weight of the days.")] = None,
    iterations: Annotated[
        int, typer.Option("--iterations", min=1, max=10**7, help="Search budget of each day.")
    ] = 4_000,
    seed: Annotated[int, typer.Option("--seed", min=0, max=2**31 - 1)] = 1,
    workers: Annotated[
        int | None, typer.Option("--workers", min=0, max=256, help="Processes that route days; one a core if absent.")
    ] = None,
    allow_incomplete: Annotated[
        bool, typer.Option("--allow-incomplete", help="Exit 0 although rows were left out or nothing serves enough.")
    ] = False,
    output: Annotated[Path, typer.Option("-o", "--output", help="Folder for the results; a run goes on there.")] = Path(
        "size"
    ),
) -> int:
    """Say how many vehicles of which kind and how many plugs a year of days takes, and what that costs."""
    from planner.sizing.peaks import POLICIES
    from planner.sizing.results import REPORT
    from planner.sizing.run import Sources, Wishes, read_asked, size_asked

    if service not in SERVICES:
        raise usage("--service", str(service), "is none of 95, 99 and 100", "choose one of them")
    if peaks not in POLICIES:
        raise usage("--peaks", peaks, f"is none of {', '.join(POLICIES)}", "choose one of them")
    wishes = Wishes(
        plugs=_plugs(plugs),
        service=service / 100,
        vans=vans,
        peaks=peaks,
        shifts=tuple(text.strip() for text in shifts.split(",") if text.strip()),
        iterations=iterations,
        seed=seed,
        workers=workers,
    )
    asked = read_asked(Sources(days=days, fleet=candidates, streets=streets, money=money, weights=weights), wishes)
    for note in asked.notes:
        talk.print(f"note: {note}", markup=False, soft_wrap=True)
    if asked.faults:
        talk.print(listing(asked.faults), markup=False, soft_wrap=True)
    with talk.status("measuring the days") as status:
        sized = size_asked(asked, output=output, progress=lambda step: status.update(_told(step)))
    typer.echo("\n".join(sized.words))
    if sized.files:
        typer.echo(f"\nwritten to {output}: open {output / REPORT} in a browser")
    return INCOMPLETE if sized.incomplete and not allow_incomplete else 0


def _plugs(text: str) -> tuple[int, ...]:
    found = _SPAN.fullmatch(text.strip())
    low, high = (int(found[1]), int(found[2] or found[1])) if found else (0, 0)
    if not 1 <= low <= high:
        raise usage("--plugs", text, "is no span of plugs", "write 1..4, or 2")
    if high > MOST_PLUGS:
        raise usage("--plugs", text, f"is more than {MOST_PLUGS}", "name what the depot may have room for")
    return tuple(range(low, high + 1))


def _told(step: Step) -> str:
    left = "" if step.left_s is None else f", {step.left_s / 60:.0f} min left at most"
    return f"{step.routed} of at most {step.most} days routed{left}; {step.doing}"
