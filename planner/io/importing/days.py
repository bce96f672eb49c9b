"""Windows and days: which day a file is for, and the windows of an order as an orders file says them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, Decimal
from zoneinfo import ZoneInfo

from planner.errors import Fault, InputError
from planner.io.cells import CellError
from planner.io.importing.drafts import Draft
from planner.io.importing.moments import DAY_S, Moment, local, written
from planner.io.importing.windows import Window
from planner.io.order_rows import DEFAULT_SERVICE_S

PAIRS = (("tw_start", "tw_end"), ("tw2_start", "tw2_end"), ("tw3_start", "tw3_end"))
DAYS_LISTED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """The planning date and the time zone, as far as they are known, and what the end of a window means."""

    day: date | None
    zone: ZoneInfo | None
    window_end: str


def windows_in(draft: Draft, zone: ZoneInfo | None, asked: date | None) -> list[Window]:
    """Return the windows of a row by the clock of the zone, those that are open on both sides left out.

    A time with an offset and without a date is of the date of its row, or of the day that was asked for.
    """
    values = draft.values
    said = values.get("date")
    day = said if isinstance(said, date) else asked
    found: list[Window] = []
    for start, end in PAIRS:
        if start in values or end in values:
            found.append((values.get(start), values.get(end)))  # type: ignore[arg-type]
    for name in ("tw", "tw2", "tw3"):
        found += values.get(name, [])  # type: ignore[arg-type]
    return [
        (start and local(_dated(start, day), zone), end and local(_dated(_whole_day(end), day), zone))
        for start, end in found
        if start or end
    ]


def day_of(draft: Draft, windows: Sequence[Window]) -> date | None:
    """Return the day that a row says it is for: its date, else that of its first window."""
    said = draft.values.get("date")
    if isinstance(said, date):
        return said
    return next((moment.day for window in windows for moment in window if moment is not None and moment.day), None)


def planning_day(days: Counter[date], asked: date | None, *, file: str) -> date | None:
    """Return the day that is planned. Raises `InputError` E-O73 where the file has several and none was asked for."""
    if asked is not None or len(days) <= 1:
        return asked or next(iter(days), None)
    listed = ", ".join(f"{day} ({rows:,})" for day, rows in sorted(days.items())[:DAYS_LISTED])
    more = f" and {len(days) - DAYS_LISTED:,} more" if len(days) > DAYS_LISTED else ""
    message = f"has orders of {len(days):,} days: {listed}{more}; which one?"
    raise InputError(Fault(code="E-O73", file=file, message=message, remedy=f"say --date {min(days)}, or another"))


def window_cells(draft: Draft, windows: Sequence[Window], calendar: Calendar) -> Iterator[tuple[str, str]]:
    """Give the columns of the windows and their texts. Raises `CellError`."""
    if len(windows) > len(PAIRS):
        message = f"has {len(windows)} windows, more than {len(PAIRS)}"
        raise CellError("E-O80", message, "keep the three that matter")
    service_s = DEFAULT_SERVICE_S
    if text := draft.text("service"):
        service_s = int((Decimal(text) * 60).to_integral_value(ROUND_CEILING))
    for (start, end), (start_column, end_column) in zip(windows, PAIRS, strict=False):
        if end is not None and calendar.window_end == "service-end":
            end = _earlier(end, service_s, start)  # noqa: PLW2901  (the same end, in our words)
        if start is not None:
            yield start_column, written(start, calendar.day)
        if end is not None:
            yield end_column, written(end, calendar.day)


def _whole_day(end: Moment) -> Moment:
    """Take a date alone as the end of that day."""
    return end if end.timed else end._replace(second=DAY_S)


def _dated(moment: Moment, day: date | None) -> Moment:
    return moment._replace(day=day) if moment.offset is not None and moment.day is None else moment


def _earlier(end: Moment, service_s: int, start: Moment | None) -> Moment:
    """Return when service must begin to be over by `end`."""
    second = end.second - service_s
    length = None
    if start is not None and start.offset == end.offset:
        days = (end.day - start.day).days if end.day and start.day else end.plus - start.plus
        length = days * DAY_S + end.second - start.second
    if length is not None and 0 <= length < service_s:
        message = f"leaves {length // 60} minutes for a service of {service_s / 60:g}, which must end in it"
        raise CellError("E-O80", message, "a longer window, or --window-end-means service-start")
    if second >= 0:
        return end._replace(second=second)
    if end.plus:
        return end._replace(second=second + DAY_S, plus=end.plus - 1)
    if end.day is not None:
        return end._replace(second=second + DAY_S, day=date.fromordinal(end.day.toordinal() - 1))
    raise CellError("E-O80", "ends before a service can be over", "a later end, or --window-end-means service-start")
