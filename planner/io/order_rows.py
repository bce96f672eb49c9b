"""One row of an orders file to one `Order`, with every fault of the row."""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import TypeVar
from zoneinfo import ZoneInfo

from planner.errors import Fault, did_you_mean
from planner.io.area import Area
from planner.io.cells import (
    CellError,
    amount,
    day_length_s,
    degrees,
    identifier,
    minutes_s,
    prose,
    time_s,
    turns_direction,
    whole,
    words,
)
from planner.model import Order, OrderKind, Priority, TimeWindow

REQUIRED = ("id", "lat", "lon", "demand_kg")
WINDOWS = (("tw_start", "tw_end"), ("tw2_start", "tw2_end"), ("tw3_start", "tw3_end"))
OPTIONAL = (
    *("volume_l", "parcels", "longest_cm", "service_min", "setup_min"),
    *(name for pair in WINDOWS for name in pair),
    *("priority", "skills", "vehicle_class", "address", "notes", "type", "group", "release", "depot", "pair"),
    *("late_max_min", "late_cost_per_min"),
)
COLUMNS = REQUIRED + OPTIONAL

DEFAULT_SERVICE_S = 180
NULL_ISLAND_DEG = 0.01
ZERO = Decimal(0)
LATEST_S = 48 * 3_600  # a window past midnight ends the next day at the latest
MOST_LATE_S = 12 * 3_600
DEAREST_MINUTE = 50_000  # above it penalties would leave the range of an engine's integers

QUANTITY, COUNT = functools.partial(amount, code="E-O26"), functools.partial(whole, code="E-O26")
MINUTES = functools.partial(minutes_s, code="E-O39")
LATITUDE, LONGITUDE = functools.partial(degrees, limit=90), functools.partial(degrees, limit=180)

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Context:
    """What a row is read against. Without `depots`, the ids of the fleet's, any depot is good."""

    file: str
    day: date
    zone: ZoneInfo
    area: Area | None
    depots: Collection[str] | None = None
    late_cost_per_min: float | None = None  # of orders that do not say it

    @functools.cached_property
    def clock(self) -> Callable[[str], int]:
        """Parses a time cell of this day to elapsed seconds."""
        return functools.partial(time_s, day=self.day, zone=self.zone)


@dataclass(slots=True)
class RowReader:
    """Reads the cells of one row by column name and collects what is wrong with them."""

    cells: Mapping[str, str]
    line: int
    context: Context
    faults: list[Fault] = field(default_factory=list)
    warnings: list[Fault] = field(default_factory=list)

    def text(self, column: str) -> str:
        """Return a cell without the spaces around it; "" where there is none."""
        found = self.cells.get(column)
        return found.strip() if found else ""

    def read(self, column: str, parse: Callable[[str], T], default: T) -> T:
        """Return the parsed cell, or `default` where it is empty or, with its fault noted, bad."""
        text = self.cells.get(column)
        if not text or not (text := text.strip()):
            return default
        try:
            return parse(text)
        except CellError as bad:
            self.refuse(column, bad)
            return default

    def require(self, column: str, parse: Callable[[str], T], default: T) -> T:
        """Read a cell that may not be empty."""
        if not self.text(column):
            self.refuse(column, CellError("E-O56", "is empty, and every order needs it", "fill it in"))
        return self.read(column, parse, default)

    def refuse(self, column: str | None, bad: CellError) -> None:
        """Note a fault of a cell, or of the whole row; the row is then rejected."""
        self.faults.append(self._fault(column, bad))

    def warn(self, column: str, code: str, message: str, remedy: str) -> None:
        """Note what looks odd in a row that is kept."""
        self.warnings.append(self._fault(column, CellError(code, message, remedy)))

    def _fault(self, column: str | None, bad: CellError) -> Fault:
        return Fault(
            code=bad.code,
            file=self.context.file,
            row=self.line,
            id=self.text("id") or None,
            column=column,
            value=None if column is None else self.cells.get(column, ""),
            message=bad.message,
            remedy=bad.remedy,
        )


def read_order(row: RowReader) -> Order | None:
    """Return the order of a row, or None with its faults noted in the row."""
    order = _parse(row)
    if row.faults:
        return None
    if order.demand_kg == 0 and row.text("demand_kg"):
        row.warn("demand_kg", "E-O27", "weighs nothing", "leave it if the visit is meant")
    for column in ("id", "address", "notes"):
        if turns_direction(row.cells.get(column, "")):
            row.warn(column, "E-O14", "holds characters that change the reading direction", "remove them")
    return order


def _parse(row: RowReader) -> Order:
    """Read every cell, so that all faults of the row are found; worth something only if there are none."""
    lat, lon = _position(row)
    kind, windows = row.read("type", _kind, OrderKind.DELIVERY), _windows(row)
    late_max_s, late_cost_per_min = _lateness(row)
    return Order(
        id=_identifier(row),
        lat=lat,
        lon=lon,
        demand_kg=float((row.read if row.text("pair") else row.require)("demand_kg", QUANTITY, ZERO)),
        volume_l=float(row.read("volume_l", QUANTITY, ZERO)),
        longest_cm=float(row.read("longest_cm", QUANTITY, ZERO)),
        parcels=row.read("parcels", COUNT, 1),
        service_s=row.read("service_min", MINUTES, DEFAULT_SERVICE_S),
        setup_s=row.read("setup_min", MINUTES, 0),
        windows=windows,
        priority=row.read("priority", _priority, Priority.SHOULD),
        skills=row.read("skills", words, ()),
        vehicle_classes=row.read("vehicle_class", words, ()),
        address=_prose(row, "address"),
        notes=_prose(row, "notes"),
        kind=kind,
        release_s=_release(row, kind, windows, late_max_s),
        group=_prose(row, "group").strip(),
        depot_id=row.read("depot", functools.partial(_depot, known=row.context.depots), ""),
        late_max_s=late_max_s,
        late_cost_per_min=late_cost_per_min,
        pair=_prose(row, "pair").strip(),
    )


def _identifier(row: RowReader) -> str:
    try:
        return identifier(row.text("id"))
    except CellError as bad:
        row.refuse("id", bad)
        return ""


def _prose(row: RowReader, column: str) -> str:
    try:
        return prose(row.cells.get(column, ""))
    except CellError as bad:
        row.refuse(column, bad)
        return ""


def _position(row: RowReader) -> tuple[float, float]:
    faults_before = len(row.faults)
    lat = row.require("lat", LATITUDE, 0.0)
    lon = row.require("lon", LONGITUDE, 0.0)
    if len(row.faults) > faults_before:
        return lat, lon
    if abs(lat) < NULL_ISLAND_DEG and abs(lon) < NULL_ISLAND_DEG:
        row.refuse("lat", CellError("E-O09", "is null island, 0 degrees north and east", "find the address again"))
    elif row.context.area is not None and not row.context.area.holds(lat=lat, lon=lon):
        swapped = row.context.area.holds(lat=lon, lon=lat)
        message = f"lies outside the streets ({row.context.area})" + ("; lat and lon look swapped" if swapped else "")
        row.refuse("lat", CellError("E-O08", message, "correct the coordinates"))
    return lat, lon


def _windows(row: RowReader) -> tuple[TimeWindow, ...]:
    """Return the windows in order of time; those that overlap are one."""
    found = [window for start, end in WINDOWS if (window := _window(row, start, end)) is not None]
    merged: list[TimeWindow] = []
    for window in sorted(found, key=lambda window: window.start_s):
        if merged and window.start_s <= merged[-1].end_s:
            merged[-1] = replace(merged[-1], end_s=max(merged[-1].end_s, window.end_s))
        else:
            merged.append(window)
    return tuple(merged)


def _window(row: RowReader, start_column: str, end_column: str) -> TimeWindow | None:
    """Return one window; a side left empty is open: the start or the end of the day."""
    context = row.context
    start_text, end_text = row.text(start_column), row.text(end_column)
    if not start_text and not end_text:
        return None
    start_s = row.read(start_column, context.clock, 0)
    end_s = row.read(end_column, context.clock, max(start_s, day_length_s(day=context.day, zone=context.zone)))
    if end_text and end_s < start_s:
        message = f"comes before {start_text}: either the two are swapped, or it is meant for the next day"
        row.refuse(
            end_column,
            CellError(
                "E-O30",
                message,
                f"swap them, or give the next day's date, as in {context.day + timedelta(days=1)}T02:00",
            ),
        )
    elif end_s < 0 or start_s > LATEST_S:
        message = f"the window is not on {context.day}"
        row.refuse(start_column, CellError("E-O31", message, "correct the date, or plan that day with --date"))
    return TimeWindow(start_s=max(0, start_s), end_s=end_s)


def _priority(text: str) -> Priority:
    try:
        return Priority(text.casefold())
    except ValueError:
        raise CellError("E-O54", "is no priority", "write must, should or may") from None


def _kind(text: str) -> OrderKind:
    try:
        return OrderKind(text.casefold())
    except ValueError:
        raise CellError("E-O54", "is no type of order", "write delivery or pickup, or leave it empty") from None


def _depot(text: str, *, known: Collection[str] | None) -> str:
    if known is not None and text not in known:
        message = f"is no depot of the fleet{did_you_mean(text, known)}"
        raise CellError("E-O58", message, f"use one of: {', '.join(known)}, or leave it empty")
    return text


def _lateness(row: RowReader) -> tuple[int, float]:
    """Return by how much an order may be late, and at what price a minute: its own, or else that of the fleet."""
    late_max_s = row.read("late_max_min", MINUTES, 0)
    price = row.read("late_cost_per_min", QUANTITY, None)
    if late_max_s > MOST_LATE_S:
        row.refuse("late_max_min", CellError("E-O29", f"is more than {MOST_LATE_S // 60}", "check the unit: minutes"))
    if price is not None and price > DEAREST_MINUTE:
        row.refuse("late_cost_per_min", CellError("E-O29", f"is more than {DEAREST_MINUTE:,}", "check the unit"))
    if not late_max_s:
        return 0, 0.0
    if price is None and not row.text("late_cost_per_min") and row.context.late_cost_per_min is None:
        remedy = "give late_cost_per_min, or cost_per_min in the table [lateness] of the fleet file"
        row.refuse("late_max_min", CellError("E-O59", "lets the order be late, and nothing says at what price", remedy))
    return late_max_s, float(price if price is not None else row.context.late_cost_per_min or 0.0)


def _release(row: RowReader, kind: OrderKind, windows: tuple[TimeWindow, ...], late_max_s: int) -> int:
    """Return when the goods are at the depot; those of an earlier day are there from the beginning."""
    release_s = row.read("release", row.context.clock, 0)
    if not row.text("release"):
        return 0
    if row.text("pair"):
        message = "is when goods are at the depot, and those of a pair never are"
        row.refuse("release", CellError("E-O55", message, "leave it empty, or give the pickup of the pair a window"))
    elif kind is OrderKind.PICKUP:
        message = "is when goods are at the depot, and those of a pickup come from the customer"
        row.refuse("release", CellError("E-O55", message, "leave it empty, or give the pickup a window"))
    elif release_s > LATEST_S:
        message = f"the goods do not come on {row.context.day}"
        row.refuse("release", CellError("E-O31", message, "correct the date, or plan that day with --date"))
    elif windows and release_s > windows[-1].end_s + late_max_s:
        message = "the goods are at the depot only after the last window has ended"
        row.refuse("release", CellError("E-O57", message, "correct the release, or give a later window"))
    return max(0, release_s)
