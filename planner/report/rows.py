"""Prints rows of text in columns on a terminal."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from rich.console import Console

from planner.errors import printable
from planner.report.summary import plain_table, shown


def print_rows(
    console: Console, heads: Sequence[str], rows: Sequence[Sequence[str]], *, right: Collection[int] = ()
) -> None:
    """Print rows under their heads, some columns set to the right; no text of the user is taken for markup."""
    table = plain_table(show_header=True)
    for i, head in enumerate(heads):
        table.add_column(head, justify="right" if i in right else "left", overflow="fold")
    for row in rows:
        table.add_row(*(shown(console, printable(cell, limit=200)) for cell in row))
    console.print(table)
