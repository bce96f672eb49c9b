"""Whatever a file holds: every row is accounted for, and what is written is read without a fault."""

from __future__ import annotations

import csv
import io
import tempfile
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from planner.io.importing.answers import Answers
from planner.io.importing.importer import import_orders
from planner.io.orders import read_orders

DAY = date(2024, 10, 27)  # the clock is put back in Berlin
ANSWERS = Answers(
    day=DAY, decimal=".", date_order="dmy", single_time="after", first_priority="high", units={"service": "min"}
)
TEXT = st.text(max_size=12)


def cell(*known: str) -> st.SearchStrategy[str]:
    """Mostly cells that can be meant, some that can not, some of any text at all."""
    return st.one_of(st.sampled_from(known), st.sampled_from(known), TEXT)


ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "Order ID": cell("A", "B", "a ", "1e5", "007", "=1+1", "-5", "'09", ""),
            "Latitude": cell("52.53", "N 52.5", "95", "0", "", "52.5.3"),
            "Longitude": cell("13.38", "13.4 E", "0", "", "1e1"),
            "Weight": cell("2", "2.5 kg", "500 g", "-1", "", "1e9", "0"),
            "Time window": cell("8-12", "02:30-03:00", "12-8", "23:00-01:00 (+1)", "", "PM", "1714543200000"),
            "Earliest": cell("", "2024-10-27 02:30", "2024-10-27T02:30+02:00", "28.10.2024 08:00", "900"),
            "Latest": cell("", "2024-10-28 01:00", "24:00", "17:00"),
            "Duration": cell("5", "1h30", "", "-3"),
            "Quantity": cell("1", "2.5", "", "three"),
            "Priority": cell("high", "low", ""),
            "Type": cell("Delivery", "P", ""),
            "Skills": cell("cold,lift", "", ";"),
            "Notes": cell("ring", "a\nb\nc\nd\ne\nf\ng", '"', "@x", "\u202e"),
            "SKU": cell("s1", ""),
        }
    ),
    min_size=1,
    max_size=8,
)


@given(rows=ROWS, window_end=st.sampled_from(["service-end", "service-start"]), items=st.booleans())
@settings(max_examples=120, deadline=None)
def test_every_row_is_accounted_for_and_what_is_written_is_read_without_a_fault(
    rows: list[dict[str, str]], window_end: str, items: bool
) -> None:
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "export.csv"
        file.write_text(buffer.getvalue(), encoding="utf-8", newline="", errors="replace")
        found = import_orders(file, ANSWERS.but(window_end=window_end, item_rows=items, coordinates="lat-lon"))
        judged = found.judged
        assert judged.accepted + judged.merged + judged.rejected == found.rows_read == judged.report.rows_read
        assert {fault.row for fault in judged.report.faults} <= {row.row for row in judged.report.rejected}
        assert bool(judged.report.faults) == bool(judged.rejected)
        if judged.orders:
            orders = Path(folder) / "orders.csv"
            orders.write_text(judged.orders_csv, encoding="utf-8", newline="")
            read = read_orders(orders, day=found.day or DAY, zone=ZoneInfo(found.zone or "UTC"))
            assert read.faults == ()
            assert len(read.orders) == judged.orders
