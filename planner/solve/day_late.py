"""Lateness in the search: until when a begin is in time, by the tables of `DayCase`."""

from __future__ import annotations

from planner.solve.compiled import inner
from planner.solve.day_case import PUNCTUAL, WINDOWS


@inner
def punctual_until(order, place, begin):  # type: ignore[no-untyped-def]
    """Return until when service in the span of a begin is in time."""
    for k in range(3):
        if order[place, WINDOWS + 2 * k] <= begin <= order[place, WINDOWS + 2 * k + 1]:
            return order[place, PUNCTUAL + k]
    return begin
