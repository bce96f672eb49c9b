"""The four pictures of a measurement in one file, and its tables."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from typing import Any

from planner.bench.sizes import Grown, Size, grown
from planner.bench.workers import Crowd
from planner.io.safe_csv import csv_text

INK, FIT, SIMULATED = "#1b4f8a", "#c2571a", "#7a7a7a"
STAGES = ("streets", "read", "roads", "solve", "shapes", "audit", "write")


def sizes_csv(sizes: Sequence[Size]) -> str:
    """Return a row for each day that was planned or failed."""
    header = ("orders", "planned", "vehicles", "cost", "currency", "seconds", "cpu_seconds", "memory_mb")
    rows = [
        (
            *(size.orders, size.planned, size.vehicles, _round(size.cost, 4), size.currency),
            *(round(size.seconds, 3), round(size.cpu_seconds, 3), _round(size.memory_mb, 1)),
            *(size.stages.get(stage) for stage in STAGES),
            size.failure,
        )
        for size in sizes
    ]
    return csv_text((*header, *(f"{stage}_s" for stage in STAGES), "failure"), rows)


def workers_csv(crowds: Sequence[Crowd]) -> str:
    """Return a row for each number of workers."""
    header = ("workers", "days_per_min", "times", "day_s", "runner_s", "memory_mb", "simulated")
    one = _of_one(crowds)
    rows = [
        (
            *(crowd.workers, round(crowd.days_per_min, 2), _round(one and crowd.days_per_min / one, 3)),
            *(round(crowd.day_s, 4), round(crowd.runner_s, 4), _round(crowd.memory_mb, 1)),
            "yes" if crowd.simulated else "no",
        )
        for crowd in crowds
    ]
    return csv_text(header, rows)


def _round(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)


def _of_one(crowds: Sequence[Crowd]) -> float | None:
    return next((crowd.days_per_min for crowd in crowds if crowd.workers == 1), None)


def fits(sizes: Sequence[Size]) -> dict[str, Grown | None]:
    """Return how cost, seconds and memory grow with the orders of a day."""
    planned = [size for size in sizes if not size.failure]
    orders = [size.orders for size in planned]
    return {
        "cost": grown(orders, [size.cost for size in planned]),
        "seconds": grown(orders, [size.seconds for size in planned]),
        "memory_mb": grown(orders, [size.memory_mb for size in planned]),
    }


def picture(sizes: Sequence[Size], crowds: Sequence[Crowd]) -> bytes:
    """Return an SVG: cost, seconds and memory against the orders of a day, and days a minute against workers."""
    from matplotlib import rc_context  # noqa: PLC0415  (half a second, and an extra)
    from matplotlib.figure import Figure  # noqa: PLC0415

    planned = [size for size in sizes if not size.failure]
    currency = planned[0].currency if planned else ""
    buffer = io.BytesIO()
    with rc_context({"svg.hashsalt": "planner", "font.size": 9, "axes.spines.top": False, "axes.spines.right": False}):
        figure = Figure(figsize=(10, 7), layout="constrained")
        (cost, seconds), (memory, rate) = figure.subplots(2, 2)
        fit = fits(sizes)
        _grows(cost, planned, lambda size: size.cost, fit["cost"], f"Cost of the day, {currency}")
        _grows(seconds, planned, lambda size: size.seconds, fit["seconds"], "Seconds, from command to files")
        _grows(memory, planned, lambda size: size.memory_mb, fit["memory_mb"], "Memory, most of a process in MB")
        _crowded(rate, crowds)
        figure.savefig(buffer, format="svg", metadata={"Date": None})
    return buffer.getvalue()


def _grows(
    axes: Any, sizes: Sequence[Size], figure_of: Callable[[Size], float | None], fit: Grown | None, label: str
) -> None:
    points = [(size.orders, value) for size in sizes if (value := figure_of(size)) is not None]
    axes.set(xlabel="orders of the day", ylabel=label, xscale="log", yscale="log")
    axes.set_title(label.partition(",")[0], loc="left", fontweight="bold")
    if not points:
        return
    axes.plot(*zip(*points, strict=True), "o", color=INK)
    if fit is not None:
        ends = [min(n for n, _ in points), max(n for n, _ in points)]
        told = f"n^{fit.exponent:.2f} (± {fit.error:.2f})"
        axes.plot(ends, [fit.at(n) for n in ends], color=FIT, label=told)
        axes.legend(frameon=False)
    orders = sorted({n for n, _ in points})
    axes.set_xticks(orders, [f"{n:,}" for n in orders])
    _rule(axes, [value for _, value in points])


def _rule(axes: Any, figures: Sequence[float]) -> None:
    """Rule the upright axis at 1, 2 and 5 times powers of ten, over a decade at least: a small rise looks small."""
    from matplotlib.ticker import LogLocator  # noqa: PLC0415

    low, high = min(figures), max(figures)
    margin = max(10 * low / high, 1.5) ** 0.5
    axes.set_ylim(low / margin, high * margin)
    axes.minorticks_off()
    axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.yaxis.set_major_formatter("{x:,g}")
    axes.grid(visible=True, alpha=0.25)


def _crowded(axes: Any, crowds: Sequence[Crowd]) -> None:
    axes.set(xlabel="workers", ylabel="days a minute", xscale="log", yscale="log")
    axes.set_title("Batch", loc="left", fontweight="bold")
    if not crowds:
        return
    one = _of_one(crowds)
    if one is not None:
        ends = [1, max(crowd.workers for crowd in crowds)]
        axes.plot(ends, [one * k for k in ends], ":", color=SIMULATED, label="as many times as workers")
    for simulated, style, label in ((True, "o--", "simulated"), (False, "o", "measured")):
        some = [(crowd.workers, crowd.days_per_min) for crowd in crowds if crowd.simulated == simulated]
        if some:
            axes.plot(*zip(*some, strict=True), style, color=SIMULATED if simulated else INK, label=label)
    counts = [crowd.workers for crowd in crowds]
    axes.set_xticks(counts, [str(count) for count in counts])
    _rule(axes, [crowd.days_per_min for crowd in crowds])
    axes.legend(frameon=False)
