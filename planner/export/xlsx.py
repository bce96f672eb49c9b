"""A workbook: all steps, the vehicles, the orders left out. Text is text, whatever it begins with."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from planner.export.job import Job, Made
from planner.report.broken import broken_words, kept_words
from planner.report.kpis import Kpis, kpis
from planner.report.tables import COLUMNS, stop_row
from planner.report.view import REASON_TEXT

MOST_LETTERS = 32_767  # that a cell holds
WIDEST = 48  # letters of a column
# Nothing that a cell begins with makes a formula or a link of it.
SAFE: Final = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
CLOCK = "yyyy-mm-dd hh:mm:ss"
Value = str | int | float | datetime


def files(job: Job) -> Made:
    """Return the workbook."""
    buffer = io.BytesIO()
    book = Workbook(buffer, SAFE)
    made = datetime.fromisoformat(job.plan.day.date)  # not now: the same plan gives the same file
    book.set_properties({"title": f"{job.plan.day.date}", "created": made})
    table = _Tables(book)
    table.write("Stops", COLUMNS, _stops(job))
    heads, rows = _vehicles(kpis(job.plan), job.plan.day.currency)
    table.write("Vehicles", heads, rows)
    table.write("Left out", ("order", "address", "reason", "detail"), _left_out(job))
    if job.plan.kept is not None:
        table.write("Broken rules", ("rule", "what", "kept"), _kept(job))
    book.close()
    cut = ("stops.xlsx: a text is longer than the 32,767 letters of a cell, and was cut",) if table.cut else ()
    return Made(files={"stops.xlsx": buffer.getvalue()}, notes=cut)


class _Tables:
    """Writes tables, each on a sheet of its own."""

    def __init__(self, book: Workbook) -> None:
        self.book, self.cut = book, False
        self.bold = book.add_format({"bold": True, "bottom": 1})
        self.clock = book.add_format({"num_format": CLOCK, "align": "left"})

    def write(self, name: str, heads: Sequence[str], rows: Iterable[Sequence[Value]]) -> None:
        sheet: Worksheet = self.book.add_worksheet(name)
        widths = [len(head) + 3 for head in heads]
        last = 0
        for column, head in enumerate(heads):
            sheet.write_string(0, column, head, self.bold)
        for last, row in enumerate(rows, start=1):
            for column, value in enumerate(row):
                self._cell(sheet, last, column, value)
                length = len(CLOCK) if isinstance(value, datetime) else len(str(value)) + 2
                widths[column] = max(widths[column], min(length, WIDEST))
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, last, len(heads) - 1)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)

    def _cell(self, sheet: Worksheet, row: int, column: int, value: Value) -> None:
        if isinstance(value, datetime):
            sheet.write_datetime(row, column, value, self.clock)
        elif isinstance(value, str):
            self.cut |= len(value) > MOST_LETTERS
            sheet.write_string(row, column, value[:MOST_LETTERS])
        else:
            sheet.write_number(row, column, value)


def _kept(job: Job) -> Iterable[Sequence[Value]]:
    """Return what the plan breaks on purpose."""
    said = kept_words(job.plan)
    return [(violation.code, broken_words(violation), said) for violation in job.plan.violations]


def _stops(job: Job) -> Iterable[Sequence[Value]]:
    for route in job.plan.routes:
        for seq, step in enumerate(route.steps, start=1):
            yield stop_row(job.view, route, seq, step)


def _vehicles(measured: Kpis, currency: str) -> tuple[list[str], list[list[Value]]]:
    heads: list[str] = ["vehicle", "driver", "type", "trips", "stops", "km", "drive_min", "service_min", "charge_min"]
    heads += ["kwh", "charged_kwh", "night_kwh", "lowest_soc_percent"]
    costs = (
        "vehicles",
        "distance",
        "time",
        "energy",
        "wear",
        "overtime",
        "lateness",
        "minimum_pay",
        "balance",
        "total",
    )
    rows: list[list[Value]] = []
    for line in measured.lines:
        spent: list[Any] = [round(getattr(line.cost, kind), 2) for kind in costs]
        times = [round(seconds / 60, 1) for seconds in (line.drive_s, line.service_s, line.charge_s)]
        energy = [round(wh, 3) for wh in (line.energy_kwh, line.charged_kwh, line.night_kwh)]
        named: list[Value] = [line.vehicle_id, line.driver_id, line.type_name, line.trips, line.stops]
        rows.append([*named, round(line.distance_km, 3), *times, *energy, round(100 * line.lowest.soc, 1), *spent])
    return [*heads, *(f"cost_{kind}_{currency}" for kind in costs)], rows


def _left_out(job: Job) -> Iterable[Sequence[Value]]:
    for left_out in job.plan.unassigned:
        order = job.view.orders[left_out.order_id]
        yield order.id, order.address, REASON_TEXT[left_out.reason], left_out.detail
