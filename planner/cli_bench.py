"""The verbs that measure the program on the machine at hand."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from planner.cli_tools import DEFAULT_CLASS, FIRST_DAY, parse_date, talk, usage
from planner.errors import printable

if TYPE_CHECKING:
    from planner.bench.sizes import Size
    from planner.bench.workers import Crowd

bench_app = typer.Typer(rich_markup_mode=None, help="Measure what planning costs on this machine.")
FAILED = 6
MOST_ORDERS, MOST_WORKERS = 10_000, 1_024
LEAST_DAYS = 12
SIZES_NAME, WORKERS_NAME, PICTURE_NAME = "sizes.csv", "workers.csv", "scale.svg"


@bench_app.callback()
def _bench() -> None:
    """Keep `scale` a verb of its own, though it is the only one."""


@bench_app.command()
def scale(
    output: Annotated[Path, typer.Option("-o", "--output", help="Folder for two tables and a picture.")] = Path(
        "scale"
    ),
    streets: Annotated[Path | None, typer.Option("--streets", help="Streets file; the demo city if absent.")] = None,
    fleet: Annotated[
        Path | None, typer.Option("--fleet", help="Fleet of every day; one that grows with the orders if absent.")
    ] = None,
    orders: Annotated[str, typer.Option("--orders", help="Orders of the days, one after the other.")] = (
        "60,125,250,500,1000"
    ),
    iterations_per_order: Annotated[
        int, typer.Option("--iterations-per-order", min=1, max=100_000, help="Search budget.")
    ] = 200,
    workers: Annotated[str, typer.Option("--workers", help="Workers of a batch, measured; 0 for no batch.")] = "1,2",
    simulated: Annotated[str, typer.Option("--simulated", help="More workers, reckoned from those.")] = "4,8,16,32,64",
    days: Annotated[int, typer.Option("--days", min=LEAST_DAYS, max=3_660, help="Days of the batch.")] = 60,
    orders_a_day: Annotated[int, typer.Option("--orders-a-day", min=1, max=1_000, help="Orders of each.")] = 60,
    seed: Annotated[int, typer.Option("--seed", min=0, max=2**31 - 1)] = 1,
) -> int:
    """Draw cost, seconds and memory against the orders of a day, and days a minute against workers."""
    sizes = _numbers("--orders", orders, most=MOST_ORDERS)
    crowds = _numbers("--workers", workers, most=MOST_WORKERS, least=0)
    more = _numbers("--simulated", simulated, most=MOST_WORKERS)
    _refuse_without_extras()
    from planner.bench.drawing import picture, sizes_csv, workers_csv
    from planner.bench.sizes import measure_sizes
    from planner.bench.workers import measure_workers, simulate
    from planner.demo import demo_folder
    from planner.generate.days import Request
    from planner.io.files import write_atomic

    def request(orders: int, days: int) -> Request:
        return Request(
            streets=streets or demo_folder() / "coquimbo.streets.npz",
            orders=orders,
            days=days,
            seed=seed,
            first_day=parse_date(FIRST_DAY),
            class_name=DEFAULT_CLASS,
            fleet=fleet,
        )

    output.mkdir(parents=True, exist_ok=True)
    with talk.status("measuring") as status:
        found = measure_sizes(
            request(sizes[0], 1), sizes, iterations_per_order=iterations_per_order, tell=status.update
        )
        write_atomic(output / SIZES_NAME, sizes_csv(found))
        batches: list[Crowd] = []
        if crowds != [0]:
            budget = iterations_per_order * orders_a_day
            batches = measure_workers(request(orders_a_day, days), crowds, iterations=budget, tell=status.update)
            batches += [simulate(batches[-1], count) for count in more if count > max(crowds)]
            write_atomic(output / WORKERS_NAME, workers_csv(batches))
        write_atomic(output / PICTURE_NAME, picture(found, batches))
    _tell(found, batches, output)
    return FAILED if any(size.failure for size in found) else 0


def _numbers(flag: str, text: str, *, most: int, least: int = 1) -> list[int]:
    """Return numbers written with commas between them, in rising order."""
    parts = [part.strip() for part in text.split(",")]
    if not all(part.isascii() and part.isdigit() and least <= int(part) <= most for part in parts):
        raise usage(flag, text, f"is no list of numbers from {least} to {most}", "write it as 60,125,250")
    numbers = sorted({int(part) for part in parts})
    if 0 in numbers and numbers != [0]:
        raise usage(flag, text, "has 0, which means no batch, beside others", "leave out the 0, or the others")
    return numbers


def _refuse_without_extras() -> None:
    """Say which packages are missing before hours are spent."""
    try:
        import distributed  # noqa: F401
        import matplotlib  # noqa: F401
    except ImportError as error:
        message, remedy = f"needs more packages ({error})", "pip install 'micro-ev-planner[bench]'"
        raise usage("planner bench", None, message, remedy, code="E-B26") from error


def _tell(sizes: Sequence[Size], crowds: Sequence[Crowd], output: Path) -> None:
    from planner.bench.drawing import fits

    typer.echo("orders  planned  vehicles        cost   seconds  memory MB")
    for size in sizes:
        if size.failure:
            typer.echo(f"{size.orders:6}  no plan: {printable(size.failure, limit=200)}")
            continue
        memory = "" if size.memory_mb is None else f"{size.memory_mb:,.0f}"
        cost = 0.0 if size.cost is None else size.cost
        typer.echo(
            f"{size.orders:6}  {size.planned:7}  {size.vehicles:8}  {cost:10,.2f}  {size.seconds:8,.1f}  {memory:>9}"
        )
    for name, fit in fits(sizes).items():
        if fit is not None:
            typer.echo(f"{name}: as orders^{fit.exponent:.2f} (standard error {fit.error:.2f})")
    for crowd in crowds:
        how = "simulated" if crowd.simulated else "measured"
        times = crowd.days_per_min / crowds[0].days_per_min
        typer.echo(f"{crowd.workers} workers: {crowd.days_per_min:,.1f} days a minute, {times:.2f} times, {how}")
    typer.echo(f"written to {output}: {SIZES_NAME}, {WORKERS_NAME if crowds else 'no batch'}, {PICTURE_NAME}")
