"""Judge converted rows by the rules of an orders file, and write those that pass."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from planner.errors import Fault
from planner.io.area import METRES_PER_DEGREE
from planner.io.cells import CellError, same_id_key
from planner.io.importing.drafts import Draft, Trouble
from planner.io.importing.finish import Frame, reader_of, told_by_source
from planner.io.importing.windows import Window
from planner.io.order_pairs import join_pairs
from planner.io.order_rows import COLUMNS, REQUIRED, RowReader, read_order
from planner.io.orders import OrdersFile, RejectedRow
from planner.io.positions import FARTHEST_KM
from planner.io.safe_csv import FORMULA_STARTS

TEXTS = frozenset({"id", "address", "notes", "skills", "vehicle_class", "group", "depot", "pair"})
NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """The orders as text, how many they are, and what became of the other rows.

    `accepted + merged + rejected` is the number of rows read, `accepted` being the rows that became an order, or
    two stops of one. `weighed` orders got the weight of a parcel from the user, `located` their place from a map.
    """

    orders_csv: str
    orders: int
    accepted: int
    merged: int
    rejected: int
    weighed: int
    located: int
    report: OrdersFile


def judge(
    drafts: Sequence[Draft], windows: Sequence[list[Window]], frame: Frame, delimiter: str, header: tuple[str, ...]
) -> Judged:
    """Judge every draft."""
    readers = [reader_of(draft, of_row, frame) for draft, of_row in zip(drafts, windows, strict=True)]
    read = [None if draft.faults else read_order(reader) for draft, reader in zip(drafts, readers, strict=True)]
    _refuse_copies(drafts, readers)
    joined = join_pairs(readers, read) if frame.columns.has("pair", "signed_load") else read
    good: list[RowReader] = []
    faults: list[Fault] = []
    warnings: list[Fault] = []
    bad_lines: set[int] = set()
    rejected: list[RejectedRow] = []
    for draft, reader, order in zip(drafts, readers, joined, strict=True):
        own = [_fault(trouble, reader) for trouble in draft.faults]
        own += [told_by_source(fault, draft, frame.columns) for fault in reader.faults if not draft.faults]
        if order is None or draft.faults:
            faults += own
            for row in draft.rows:
                if row.line not in bad_lines:
                    bad_lines.add(row.line)
                    rejected.append(RejectedRow(row=row.line, id=reader.text("id"), cells=row.cells))
            continue
        good.append(reader)
        warnings += [told_by_source(fault, draft, frame.columns) for fault in reader.warnings]
        warnings += _far_note(reader, frame)
        warnings += [_merge_note(draft, row.line, reader) for row in draft.rows[1:]]
    good = [reader for reader in good if reader.line not in bad_lines]  # both stops of a row, or neither
    merged_lines = {row.line for draft in drafts for row in draft.rows[1:]} - bad_lines
    report = OrdersFile(
        orders=(),
        faults=tuple(faults),
        warnings=tuple(warning for warning in warnings if warning.row not in bad_lines),
        rows_read=len({row.line for draft in drafts for row in draft.rows}),
        rejected=tuple(rejected),
        columns=header,
        delimiter=delimiter,
        sha256="",
    )
    weighed = sum("weight" not in draft.values and draft.text("type") != "task" for draft in drafts if not draft.faults)
    return Judged(
        orders_csv=_csv(reader.cells for reader in good),
        orders=len(good),
        accepted=len({reader.line for reader in good}),
        merged=len(merged_lines),
        rejected=len(bad_lines),
        weighed=weighed if frame.answers.parcel_kg is not None else 0,
        located=sum("looked_up" in draft.values and not draft.faults for draft in drafts),
        report=report,
    )


def _refuse_copies(drafts: Sequence[Draft], readers: Sequence[RowReader]) -> None:
    """Reject ids that are alike once they are written; `merged` has told of those that were alike before."""
    keys = [same_id_key(reader.cells["id"]) for reader in readers]
    times = Counter(keys)
    for draft, key in zip(drafts, keys, strict=True):
        if key and times[key] > 1 and not draft.faults:
            draft.refuse("id", CellError("E-O06", "is the id of another order too", "give each order its own"))


def _fault(trouble: Trouble, reader: RowReader) -> Fault:
    return Fault(
        code=trouble.bad.code,
        file=reader.context.file,
        row=trouble.line,
        id=reader.text("id") or None,
        column=trouble.column,
        value=trouble.value,
        message=trouble.bad.message,
        remedy=trouble.bad.remedy,
    )


def _far_note(reader: RowReader, frame: Frame) -> list[Fault]:
    """Note an order so far from the others that its coordinates may be wrong."""
    if frame.middle is None or reader.context.area is not None:
        return []
    lat, lon = float(reader.cells["lat"]), float(reader.cells["lon"])
    away = max(abs(lat - frame.middle.lat), abs(lon - frame.middle.lon)) * METRES_PER_DEGREE / 1_000
    if away <= FARTHEST_KM:
        return []
    message = f"lies about {away:,.0f} km or more from most of the others"
    return [
        Fault(
            code="E-O82",
            file=reader.context.file,
            row=reader.line,
            id=reader.text("id"),
            column="lat",
            value=f"{reader.cells['lat']}, {reader.cells['lon']}",
            message=message,
            remedy="check the coordinates; --near LAT,LON rejects such rows",
        )
    ]


def _merge_note(draft: Draft, line: int, reader: RowReader) -> Fault:
    message = f"is an item of the order on line {draft.line}: weight, volume and quantity are summed"
    return Fault(
        code="E-O81",
        file=reader.context.file,
        row=line,
        id=reader.text("id"),
        message=message,
        remedy="nothing to do; --no-item-rows if these are orders of their own",
    )


def _csv(rows: Iterable[object]) -> str:
    """Return the orders file: only columns that hold something, text safe to open in a spreadsheet."""
    kept = [row for row in rows if isinstance(row, dict)]
    filled = {name for row in kept for name, text in row.items() if text}
    columns = [name for name in COLUMNS if name in filled or name in REQUIRED]
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(columns)
    of_text = [(name, name in TEXTS) for name in columns]
    writer.writerows(
        [_safe(row.get(name, "")) if text else row.get(name, "") for name, text in of_text] for row in kept
    )
    return buffer.getvalue()


def _safe(text: str) -> str:
    """Put a ' before text that a spreadsheet would take for a formula, a plain number excepted."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) and not NUMBER.fullmatch(text) else text
