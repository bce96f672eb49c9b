"""The report of a sizing: the advice in words, tables and pictures, for one HTML page and one PDF."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from planner.export.paper import Paper, Part
from planner.sizing.peaks import COURIER
from planner.sizing.pictures import charts, svg_of
from planner.sizing.results import Results, about_grid, about_knee, about_peaks, beside, per_parcel
from planner.sizing.tables import Table, tables

MOST_ROWS = 12  # of a table on paper; the CSV file has all


def paper_of(results: Results) -> Paper:
    """Return the report."""
    task = results.task
    busy = [day for day in task.days if day.orders]
    orders = sum(day.orders for day in busy)
    span = f"{task.days[0].date} to {task.days[-1].date}"
    subtitle = f"{len(busy)} days with {orders:,} orders, {span}; money in {task.currency}, without VAT"
    return Paper(title="How many vehicles", subtitle=subtitle, parts=tuple(_parts(results)))


def _parts(results: Results) -> Iterator[Part]:
    made, currency = tables(results), results.task.currency
    drawn = charts(made, currency)

    def picture(name: str, said: str) -> Iterator[Part]:
        if name in drawn:
            yield Part(kind="picture", text=said, svg=svg_of(drawn[name]))
            yield Part(kind="note", text=f"{said} Figures: {name}.csv.")

    yield from (Part(kind="lead", text=sentence) for sentence in results.advice.sentences)
    yield _key_figures(results)
    if said := beside(results):
        yield Part(kind="text", text=said)
    yield Part(kind="heading", text="Cost against service")
    said = "Each fleet that was routed on every day, without couriers for what it leaves out; the knee has a red ring."
    yield from picture("frontier", said)
    said = about_knee(results)
    yield Part(kind="text", text=f"{said[0].upper()}{said[1:]}.")
    yield Part(kind="heading", text="The fleets")
    yield _mixes(results)
    yield from _about_second(results, made)
    yield from picture("costs", "Where the money of a year goes.")
    yield from _shifts(made, results.task.currency)
    yield from _peaks(results, made)
    yield from _one_more(made)
    yield Part(kind="heading", text="Charging")
    yield from picture("charging", "Power drawn at the depot by the hour, nights included, with the recommended fleet.")
    yield Part(kind="heading", text="How busy the vehicles are")
    yield from picture("utilisation", "The share of its shift that each vehicle is out, by day.")
    yield from _break_even(made, picture)
    yield Part(kind="heading", text="How sure this is")
    yield from _doubt(results, made)
    yield from picture("tornado", "The year's cost of the recommended fleet with one figure lower and higher.")
    yield from _failing(made)
    yield from _assumptions(results)


def _key_figures(results: Results) -> Part:
    best, currency = results.advice.best, results.task.currency
    rows = (
        ("Fleet", best.told(results.task.candidates)),
        ("Cost of a year", f"{best.year.cost.total:,.0f} {currency}"),
        ("Cost of a parcel", per_parcel(best, currency)),
        ("Orders served", f"{best.service:.1%}"),
        ("Driven in a year", f"{best.year.km:,.0f} km"),
        ("CO2e in a year", f"{best.year.co2e_kg:,.0f} kg"),
    )
    return Part(kind="table", heads=("Recommended", ""), numbers=(False, True), rows=rows)


def _mixes(results: Results) -> Part:
    task, best = results.task, results.advice.best
    sizes = results.found.sizes[:MOST_ROWS]
    if best not in sizes:
        sizes = (*sizes[:-1], best)
    rows = tuple(
        (
            size.told(task.candidates),
            f"{size.service:.1%}",
            "yes" if size.charged else "no",
            f"{size.year.cost.total:,.0f}",
            f"{size.year.cost.courier:,.0f}",
            per_parcel(size, ""),
            f"{size.year.co2e_kg:,.0f}",
        )
        for size in sizes
    )
    heads = ("Fleet", "Served", "Full batteries", f"{task.currency} a year", "Of it couriers", "A parcel", "kg CO2e")
    strong = tuple(n for n, size in enumerate(sizes) if size.key == best.key)
    return Part(kind="table", heads=heads, numbers=(False, *[True] * 6), rows=rows, strong=strong)


def _about_second(results: Results, made: dict[str, Table]) -> Iterator[Part]:
    second = results.advice.second
    if second is None:
        return
    yield Part(kind="text", text=f"The next best is {second.told(results.task.candidates)}. It is dearer by:")
    yield _table(made["next_best"], ("For", f"{results.task.currency} a year"), rows=4)


def _shifts(made: dict[str, Table], currency: str) -> Iterator[Part]:
    if made["shifts"].rows:
        yield Part(kind="heading", text="Shifts")
        yield _table(made["shifts"], ("All work", "Cheapest fleet", f"{currency} a year", "Dearer"), left=(0, 1))


def _peaks(results: Results, made: dict[str, Table]) -> Iterator[Part]:
    if results.peaks is None or results.peaks.policy == COURIER:
        return
    said = about_peaks(results)
    yield Part(kind="heading", text="Peak days")
    yield Part(kind="text", text=f"{said[0].upper()}{said[1:]}.")
    if made["peaks"].rows:
        currency = results.task.currency
        heads = ("Owned, and what helps", "Days a year", "Rent", "Overtime pay", f"{currency} a year", "Dearer")
        yield _table(made["peaks"], heads, rows=5)
    if made["peak_days"].rows:
        yield Part(kind="text", text="The days on which it does, of those that were given:")
        yield _table(made["peak_days"], ("Day", "Stands for", "Orders", "Rented", "Hours of overtime"), left=(3,))


def _one_more(made: dict[str, Table]) -> Iterator[Part]:
    if not made["one_more"].rows:
        return
    yield Part(kind="heading", text="What one more is worth")
    yield _table(made["one_more"], ("Change", "Cost a year", "Orders served more", "From"))
    text = (
        "A minus in front of a cost is money saved. Of a shift hour, a kWh or a kW the price is not in it: what is "
        "saved is what it may cost in a year at most."
    )
    yield Part(kind="note", text=text)


def _break_even(made: dict[str, Table], picture: object) -> Iterator[Part]:
    if not made["break_even"].rows:
        return
    yield Part(kind="heading", text="Beside vans and cargo bikes")
    heads = ("Fleet", "Dearer a year", "Costs the same at orders a day", "At diesel a litre")
    yield _table(made["break_even"], heads)
    if callable(picture):
        yield from picture("volume", "What a year costs by orders a day: the fleet as it stands, and so much an order.")


def _doubt(results: Results, made: dict[str, Table]) -> Iterator[Part]:
    low, high = results.resampled.interval
    best = results.advice.best.told(results.task.candidates)
    said = f"If the days are drawn anew, a year with {best} costs {low:,.0f} to {high:,.0f} {results.task.currency}"
    yield Part(kind="text", text=f"{said} in nine of ten cases. The cheapest fleet that serves enough is then:")
    yield _table(made["resamples"], ("Fleet", "% of 1,000 resamples"), rows=5)


def _failing(made: dict[str, Table]) -> Iterator[Part]:
    table = made["failing"]
    if not table.rows:
        return
    yield Part(kind="heading", text="Days that fail, and why")
    yield _table(table, ("Fleet", "Day", "Left out", "kWh short", "Why"), left=(0, 4))


def _assumptions(results: Results) -> Iterator[Part]:
    yield Part(kind="heading", text="Assumptions")
    found, task = results.found, results.task
    text = (
        f"{found.routed + found.known} days were routed and audited, each searched for {task.options.iterations:,} "
        "iterations. Every figure can be changed: edit assumptions.toml and give it with --money."
    )
    yield Part(kind="text", text=text)
    yield from (Part(kind="note", text=str(note)) for note in about_grid(results))
    money = task.money
    rows = tuple((key, f"{value:g}", source) for key, value, source in money.lines(_types(results)))
    yield Part(kind="table", heads=("Figure", "Value", "Source"), numbers=(False, True, False), rows=rows)


def _types(results: Results) -> list[tuple[str, str]]:
    tasks = (results.task, *(other.task for other in results.compared))
    kinds = [kind for task in tasks for kind in task.kinds]
    return list(dict.fromkeys((kind.type_name, kind.class_name) for kind in kinds))


def _table(table: Table, heads: tuple[str, ...], *, rows: int = MOST_ROWS, left: Sequence[int] = ()) -> Part:
    shown = tuple(tuple(_told(cell) for cell in row) for row in islice(table.rows, rows))
    numbers = tuple(
        n not in left and n > 0 and not all(isinstance(row[n], str) and not row[n] for row in table.rows)
        for n in range(len(heads))
    )
    return Part(kind="table", heads=heads, numbers=numbers, rows=shown)


def _told(cell: str | float) -> str:
    return cell if isinstance(cell, str) else f"{cell:,}" if isinstance(cell, int) else f"{cell:,.1f}"
