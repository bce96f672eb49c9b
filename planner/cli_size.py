"""The verb that sizes a fleet for a year of days."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from planner.cli_tools import talk, usage
from planner.errors import Interrupted, listing

if TYPE_CHECKING:
    from planner.sizing.search import Progress

INCOMPLETE = 4
SERVICES = (95, 99, 100)
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
    money: Annotated[
        Path | None, typer.Option("--money", help="TOML file of your own prices, see docs/size.md.")
    ] = None,
    weights: Annotated[Path | None, typer.Option("--weights", help="CSV file date,weight of the days.")] = None,
    iterations: Annotated[
        int, typer.Option("--iterations", min=1, max=10**7, help="Search budget of each day.")
    ] = 1_000,
    seed: Annotated[int, typer.Option("--seed", min=0, max=2**31 - 1)] = 1,
    allow_incomplete: Annotated[
        bool, typer.Option("--allow-incomplete", help="Exit 0 although rows were left out or nothing serves enough.")
    ] = False,
    output: Annotated[Path, typer.Option("-o", "--output", help="Folder for the results; a run goes on there.")] = Path(
        "size"
    ),
) -> int:
    """Say how many vehicles of which kind and how many plugs a year of days takes, and what that costs."""
    from planner.io.files import write_atomic
    from planner.io.fleet import read_fleet
    from planner.io.money import read_money
    from planner.roads.read import read_streets
    from planner.sizing.candidates import candidates_of, refuse_unsized
    from planner.sizing.demand import FLEET_NAME, read_demand
    from planner.sizing.doubt import resample, tornado
    from planner.sizing.ledger import NAME, Ledger
    from planner.sizing.recommend import advise
    from planner.sizing.results import (
        ASSUMPTIONS,
        DAYS,
        REPORT,
        SIZES,
        Results,
        assumptions_toml,
        days_csv,
        report_html,
        sizes_csv,
        words,
    )
    from planner.sizing.search import ROUTED_A_DAY, Task, size_fleet
    from planner.sizing.vans import compare
    from planner.solve.options import SolveOptions

    if service not in SERVICES:
        raise usage("--service", str(service), "is none of 95, 99 and 100", "choose one of them")
    wanted_plugs = _plugs(plugs)
    fleet = candidates or (days if days.is_dir() else days.parent) / FLEET_NAME
    fleet_file = read_fleet(fleet)
    prices = read_money(money, currency=fleet_file.currency)
    network = read_streets(streets or fleet_file.streets)
    demand = read_demand(days, fleet=fleet, streets=streets, network=network, weights=weights)
    first = next(day.day for day in demand.days if day.day is not None)
    refuse_unsized(first, file=fleet.name)
    for note in (*prices.warnings, *demand.warnings):
        talk.print(f"note: {note}", markup=False, soft_wrap=True)
    if demand.faults:
        talk.print(listing(demand.faults), markup=False, soft_wrap=True)
    task = Task(
        days=demand.days,
        candidates=candidates_of(first.vehicles, file=fleet.name),
        streets=network,
        plugs=wanted_plugs,
        service=service / 100,
        money=prices,
        options=SolveOptions(iterations=iterations, seed=seed),
        most_routed=ROUTED_A_DAY * len(demand.days),
    )
    output.mkdir(parents=True, exist_ok=True)
    ledger = Ledger(output / NAME)
    try:
        with talk.status("measuring the days") as status:
            tell = _progress(status.update)
            found = size_fleet(task, ledger, tell)
            advice = advise(task, found)
            best = advice.best if advice and advice.enough else None
            compared = compare(task, ledger, tell, best=best) if vans else ()
    except KeyboardInterrupt:
        raise Interrupted(f"stopped; what was routed is in {output / NAME}, and the same command goes on") from None
    if advice is None:
        typer.echo(
            "no fleet was found that serves enough; more plugs, longer shifts or larger vehicles would be needed"
        )
        return 0 if allow_incomplete else INCOMPLETE
    results = Results(
        task=task,
        found=found,
        advice=advice,
        resampled=resample(task, found.sizes),
        swings=tornado(task, found.sizes, advice.best),
        compared=compared,
    )
    write_atomic(output / SIZES, sizes_csv(results))
    write_atomic(output / DAYS, days_csv(results))
    write_atomic(output / ASSUMPTIONS, assumptions_toml(prices))
    write_atomic(output / REPORT, report_html(results))
    typer.echo("\n".join(words(results)))
    typer.echo(f"\nwritten to {output}: open {output / REPORT} in a browser")
    incomplete = not advice.enough or not found.complete or bool(demand.faults)
    return INCOMPLETE if incomplete and not allow_incomplete else 0


def _plugs(text: str) -> tuple[int, ...]:
    found = _SPAN.fullmatch(text.strip())
    low, high = (int(found[1]), int(found[2] or found[1])) if found else (0, 0)
    if not 1 <= low <= high:
        raise usage("--plugs", text, "is no span of plugs", "write 1..4, or 2")
    return tuple(range(low, high + 1))


def _progress(update: Callable[[str], None]) -> Progress:
    """Tell how far it is and, from the pace so far, how long the rest takes at most."""
    begun = time.monotonic()

    def tell(done: int, most: int, doing: str) -> None:
        left_min = (time.monotonic() - begun) / done * (most - done) / 60 if done else 0.0
        update(f"{done} of at most {most} days routed, {left_min:.0f} min left at most; {doing}")

    return tell
