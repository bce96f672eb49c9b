"""A file of another tool to an orders file of ours: read, understand, convert, judge, say what became of each row."""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from statistics import median
from zoneinfo import ZoneInfo

from planner.errors import InputError
from planner.io.area import Area, Spot, refuse_wrong_place, spot
from planner.io.importing.answers import CHOICES, Answers, mapping_text
from planner.io.importing.columns import Columns, columns_of, unplaced, values_of
from planner.io.importing.coordinates import look_swapped, zone_at
from planner.io.importing.days import Calendar, day_of, planning_day, windows_in
from planner.io.importing.drafts import Draft, drafts_of
from planner.io.importing.finish import Frame
from planner.io.importing.judge import Judged, judge
from planner.io.importing.merge import merged
from planner.io.importing.opening import Opened, open_file
from planner.io.importing.pins import Place, no_place
from planner.io.importing.questions import Question
from planner.io.importing.table import Table
from planner.io.importing.two_stops import one_stop_a_row, paired
from planner.io.importing.understand import Understood, understand
from planner.io.importing.windows import Window
from planner.io.order_rows import Context

ANY_DAY, ANY_ZONE = date(2000, 1, 1), ZoneInfo("UTC")  # for files that tell no day: only times of day are in them


class OpenQuestions(InputError):
    """A file that cannot be read without an answer; `mapping` is a file to write it into."""

    def __init__(self, questions: Sequence[Question], mapping: str) -> None:
        super().__init__(questions)
        self.mapping = mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnRead:
    """How one column was understood: the field ("" where it is not used), its unit, an example, and why."""

    name: str
    field: str
    unit: str
    example: str
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What became of a file: each of its rows is an order, merged into one, or rejected."""

    judged: Judged
    columns: tuple[ColumnRead, ...]
    said: tuple[str, ...]
    mapping: str
    day: date | None
    zone: str
    rows_read: int


def import_orders(path: Path, answers: Answers, *, area: Area | None = None, place: Place = no_place) -> Imported:
    """Turn a file of another tool into orders.

    `area` is where the orders are to be; `place` finds the addresses of rows without coordinates. Raises
    `InputError` for a file that cannot be read, and `OpenQuestions` where it can be read in more than one way.
    """
    with _no_collecting():
        return _import(path, answers, area, place)


@contextmanager
def _no_collecting() -> Iterator[None]:
    """Keep the collector of cycles from looking again and again through rows that hold none: a fifth of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _import(path: Path, answers: Answers, area: Area | None, place: Place) -> Imported:
    opened = open_file(path, answers)
    rows_read = len(opened.table.rows)
    table = opened.table
    if table.product is not None and table.product.two_stops:
        table = one_stop_a_row(table)
    columns = columns_of(table, answers, path.name)
    understood = understand(table, columns, answers, path.name)
    questions = [*unplaced(table, columns, path.name), *understood.questions]
    if questions:
        raise OpenQuestions(questions, _mapping(table, columns, opened, answers))

    drafts = drafts_of(table, understood, answers, swapped=answers.coordinates == "lon-lat")
    spots = _spots(drafts)
    _refuse_swapped(
        [*spots, *_beyond(drafts, columns)], area, answers, path.name, _mapping(table, columns, opened, answers)
    )
    if columns.has("signed_load"):
        paired(drafts)
    drafts = merged(drafts, item_rows=understood.item_rows)
    calendar, windows = _calendar(drafts, spots, understood, answers, path.name)
    context = Context(file=path.name, day=calendar.day or ANY_DAY, zone=calendar.zone or ANY_ZONE, area=area)
    frame = Frame(
        context=context, columns=columns, answers=answers, calendar=calendar, middle=_middle(spots), place=place
    )
    judged = judge(drafts, windows, frame, opened.grid.delimiter, table.header)
    return Imported(
        judged=judged,
        columns=tuple(_columns_read(table, columns, understood)),
        said=(*opened.said, *understood.said, *_of_the_whole(judged, understood, calendar, columns)),
        mapping=_mapping(table, columns, opened, answers, understood),
        day=calendar.day,
        zone=calendar.zone.key if calendar.zone else "",
        rows_read=rows_read,
    )


def _spots(drafts: Sequence[Draft]) -> list[Spot]:
    found = []
    for draft in drafts:
        position = draft.values.get("position")
        lat, lon = position if isinstance(position, tuple) else (draft.text("lat"), draft.text("lon"))
        if lat and lon:
            found.append(Spot(lat=float(lat), lon=float(lon)))
    return found


def _middle(spots: Sequence[Spot]) -> Spot | None:
    """Return the middle of all places, which a few that are wrong do not move."""
    if not spots:
        return None
    return Spot(lat=median(place.lat for place in spots), lon=median(place.lon for place in spots))


def _beyond(drafts: Sequence[Draft], columns: Columns) -> list[Spot]:
    """Return where rows would be whose latitude is beyond 90: longitudes may be such."""
    column = columns.of("lat")
    found = []
    for draft in drafts:
        for trouble in draft.faults:
            if (
                column is not None
                and trouble.column == column.name
                and trouble.bad.code == "E-O07"
                and draft.text("lon")
            ):
                place = spot(lat=(trouble.value or "").replace(",", "."), lon=draft.text("lon"))
                found += [place] if place is not None else []
    return found


def _refuse_swapped(spots: Sequence[Spot], area: Area | None, answers: Answers, file: str, mapping: str) -> None:
    """Ask where most places look swapped; refuse a file of another city, where it is known which city is meant."""
    if answers.coordinates is None and (verdict := look_swapped(spots, area)).swapped:
        message = f"lat and lon look swapped: {verdict.reason}"
        remedy = "say --coordinates lon-lat to swap them, or --coordinates lat-lon if they are as named"
        question = Question(
            code="E-O08",
            file=file,
            message=message,
            remedy=remedy,
            answer="coordinates",
            choices=CHOICES["coordinates"],
        )
        raise OpenQuestions([question], mapping)
    if area is not None and spots:
        refuse_wrong_place(spots, area, file=file)


def _calendar(
    drafts: Sequence[Draft], spots: Sequence[Spot], understood: Understood, answers: Answers, file: str
) -> tuple[Calendar, list[list[Window]]]:
    """Settle the time zone and the day, and reject the rows of other days."""
    timed = understood.columns.has("date", "release") or any(
        column.field.startswith("tw") for column in understood.columns.used
    )
    name = answers.time_zone or ""
    if not name and timed and (middle := _middle(spots)) is not None:
        name = zone_at(lat=middle.lat, lon=middle.lon)
    zone = ZoneInfo(name) if name else None
    windows = [windows_in(draft, zone, answers.day) for draft in drafts]
    days = [day_of(draft, of_row) for draft, of_row in zip(drafts, windows, strict=True)]
    day = planning_day(Counter(found for found in days if found is not None), answers.day, file=file)
    dated = understood.columns.of("date") or understood.columns.of("tw_start") or understood.columns.of("tw")
    for draft, found in zip(drafts, days, strict=True):
        if found is not None and found != day:
            draft.refuse_day(dated.name if dated else None, found, day)
    return Calendar(day=day, zone=zone, window_end=understood.window_end), windows


def _columns_read(table: Table, columns: Columns, understood: Understood) -> list[ColumnRead]:
    used = {column.at: column for column in columns.used}
    why = dict(columns.unused)
    found = []
    for at, name in enumerate(table.header):
        column = used.get(at)
        example = next(iter(values_of(table, column, most=1)), "") if column is not None else ""
        found.append(
            ColumnRead(
                name=name,
                field=column.field if column is not None else "",
                unit=understood.units.get(at, column.unit) if column is not None else "",
                example=" ".join(example.split()),
                why=why.get(name, ""),
            )
        )
    return found


def _of_the_whole(judged: Judged, understood: Understood, calendar: Calendar, columns: Columns) -> list[str]:
    said = []
    if not columns.has("id"):
        said.append("no column holds an id: orders are called row-2 and so on, by their line")
    if calendar.zone is not None and calendar.day is not None:
        said.append(f"times are those of {calendar.zone.key}; --zone says otherwise")
    if judged.merged:
        said.append(f"{judged.merged:,} item rows merged into the orders they belong to")
    elif understood.item_rows:
        said.append("rows of one id are items of one order; here each order has one row")
    if judged.located:
        said.append(f"{judged.located:,} orders without coordinates got those of their address in the map")
    if judged.weighed:
        said.append(f"{judged.weighed:,} orders without a weight got that of --parcel-kg")
    return said


def _mapping(
    table: Table, columns: Columns, opened: Opened, answers: Answers, understood: Understood | None = None
) -> str:
    """Return the mapping file: everything said and inferred, so that the next file of the kind is read alike."""
    used: Mapping[int, str] = {column.at: column.field for column in columns.used}
    full = replace(
        answers,
        columns={name: used.get(at) for at, name in enumerate(table.header)} if not _two_stops(table) else {},
        header=opened.table.named,
        product=table.product.name if table.product is not None else None,
        date_order=answers.date_order or (understood.sure_date_order if understood is not None else None),
        window_end=answers.window_end or (understood.window_end if understood is not None else None),  # type: ignore[arg-type]
        item_rows=understood.item_rows if understood is not None else answers.item_rows,
    )
    examples = {
        name: next((cell for row in table.rows[:50] if at < len(row.cells) and (cell := row.cells[at].strip())), "")
        for at, name in enumerate(table.header)
    }
    return mapping_text(full, examples={name: text[:40] for name, text in examples.items()})


def _two_stops(table: Table) -> bool:
    return table.product is not None and table.product.two_stops
