"""Shifts and breaks on days with a clock change: a fleet works by the clock of the wall, a day is told in seconds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from planner.clock import from_wall_s, wall_s
from planner.model import Day, TimeWindow, Vehicle


def by_the_clock(vehicle: Vehicle, day: Day) -> Vehicle:
    """Return a vehicle of a day with its shift and its break in seconds past 00:00 as the clock shows them."""
    return _timed(vehicle, partial(wall_s, **_of(day)))


def on_the_day(vehicle: Vehicle, day: Day) -> Vehicle:
    """Return a vehicle whose shift and break are as the clock shows them in the seconds of a day."""
    return _timed(vehicle, partial(from_wall_s, **_of(day)))


def _of(day: Day) -> dict[str, Any]:
    return {"day": date.fromisoformat(day.date), "zone": ZoneInfo(day.time_zone)}


def _timed(vehicle: Vehicle, told: Callable[[float], int]) -> Vehicle:
    shift = TimeWindow(start_s=told(vehicle.shift.start_s), end_s=told(vehicle.shift.end_s))
    rest = vehicle.driver_break
    if rest is not None and not rest.from_start:
        rest = replace(rest, earliest_s=told(rest.earliest_s), latest_s=told(rest.latest_s))
    return replace(vehicle, shift=shift, driver_break=rest)
