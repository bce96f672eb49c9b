"""Text for the page. What a user wrote is data: it is escaped before it meets Markdown."""

from __future__ import annotations

import re

from planner.errors import InputError, PlannerError, printable

MARKDOWN = re.compile(r"([!-/:-@\[-`{-~])")
MOST_FAULTS = 5
LONGEST = 300


def plain(text: str) -> str:
    """Return text that Markdown shows as it is: every mark escaped, every control character made visible."""
    return MARKDOWN.sub(r"\\\1", printable(text, limit=LONGEST))


def explain(error: PlannerError) -> str:
    """Return an error as Markdown: one line per fault, the first few of them."""
    lines = [str(fault) for fault in error.faults] if isinstance(error, InputError) else str(error).splitlines()
    more = [f"... and {len(lines) - MOST_FAULTS} more"] if len(lines) > MOST_FAULTS else []
    return "  \n".join(plain(line) for line in [*lines[:MOST_FAULTS], *more])
