"""Clock times and elapsed seconds.

Inside the program a time is the number of seconds elapsed since the instant of local midnight of the
planning date. On a day with a clock change 08:00 is therefore 7 or 9 hours after midnight, and the day
has 23 or 25 hours.
"""

from __future__ import annotations

import os
import sys
import time as clocks
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo


class NoSuchTime(ValueError):
    """A local time that the clock change skips, or that it shows twice."""


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """Return the instant of local midnight, in UTC."""
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)


def elapsed_s(moment: datetime, *, day: date, zone: ZoneInfo) -> int:
    """Return seconds from local midnight of `day` to `moment`; a naive moment is local time in `zone`.

    Raises `NoSuchTime` where a naive moment does not exist or is ambiguous.
    """
    if moment.tzinfo is None:
        moment = _localised(moment, zone)
    return round((moment.astimezone(UTC) - midnight(day, zone)).total_seconds())


def clock(seconds: float, *, day: date, zone: ZoneInfo) -> str:
    """Return the wall clock at an elapsed time as ``HH:MM``, with ``+1`` where it is the next day."""
    moment = moment_at(seconds, day=day, zone=zone)
    days = (moment.date() - day).days
    return f"{moment:%H:%M}" + (f"+{days}" if days else "")


def clock_of(seconds: float, *, date_text: str, zone_name: str) -> str:
    """Return the wall clock at an elapsed time of a day named by its ISO date and IANA zone."""
    return clock(seconds, day=date.fromisoformat(date_text), zone=ZoneInfo(zone_name))


def moment_at(seconds: float, *, day: date, zone: ZoneInfo) -> datetime:
    """Return the local date and time at an elapsed time."""
    return (midnight(day, zone) + timedelta(seconds=seconds)).astimezone(zone)


def wall_s(seconds: float, *, day: date, zone: ZoneInfo) -> int:
    """Return how many seconds past 00:00 the clock of the wall shows at an elapsed time of a day."""
    if seconds == 0:
        return 0  # also where the clock change skips midnight itself
    shown = moment_at(seconds, day=day, zone=zone).replace(tzinfo=None)
    return round((shown - datetime.combine(day, time())).total_seconds())


def from_wall_s(shown_s: float, *, day: date, zone: ZoneInfo) -> int:
    """Return the elapsed time at which the clock of the wall shows so many seconds past 00:00, the first of two."""
    shown = datetime.combine(day, time(), tzinfo=zone) + timedelta(seconds=shown_s)  # on the wall, whatever the zone
    return round((shown.astimezone(UTC) - midnight(day, zone)).total_seconds())


def same_clock_tomorrow(seconds: float, *, day: date, zone: ZoneInfo) -> int:
    """Return the elapsed time at which the next day's clock shows the same: 23, 24 or 25 hours later."""
    tomorrow = moment_at(seconds, day=day, zone=zone).replace(tzinfo=None) + timedelta(days=1)
    return round((tomorrow.replace(tzinfo=zone).astimezone(UTC) - midnight(day, zone)).total_seconds())


def _localised(naive: datetime, zone: ZoneInfo) -> datetime:
    first, second = (naive.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    if first.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != naive:
        raise NoSuchTime(f"{naive:%Y-%m-%d %H:%M} does not exist in {zone.key}: the clock is put forward over it")
    if first.utcoffset() != second.utcoffset():
        raise NoSuchTime(f"{naive:%Y-%m-%d %H:%M} happens twice in {zone.key}: give the offset, as in +02:00")
    return first


def process_age_s() -> float:
    """Return for how many seconds this process has lived, the interpreter's own start included.

    Linux tells (proc(5): `starttime`, field 22, in ticks since boot). Elsewhere it is the processor's time, which on
    the way to a verb is nearly all there is.
    """
    if sys.platform == "linux":
        after_name = Path("/proc/self/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        born_s = int(after_name[22 - 3]) / os.sysconf("SC_CLK_TCK")
        return max(clocks.clock_gettime(clocks.CLOCK_BOOTTIME) - born_s, 0.0)
    return clocks.process_time()
