"""Dates and times of day as people and programs write them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta, timezone
from typing import NamedTuple
from zoneinfo import ZoneInfo

from planner.io.cells import CellError

DAY_S = 86_400
EXCEL_EPOCH = date(1899, 12, 30)
SERIALS = (20_000, 80_000)  # 1954 to 2119

CLOCK = (
    r"(?P<hour>\d{1,2})(?:\s*[:.h]\s*(?P<minute>[0-5]\d)(?:[:.](?P<second>[0-5]\d)(?:[.,]\d+)?)?)?"
    r"\s*(?P<half>[ap]\.?\s?m\b\.?)?\s*(?:uhr|hrs?|h|u|時)?"
)
UTC_MARK = r"\s*(?P<zone>z|utc|gmt)?"
OFFSET = r"\s*(?P<zone>z|utc|gmt|[+-]\d\d:?\d\d)?"  # only behind a date: "08:00-12:00" is a window
NEXT_DAY = r"\s*(?:\(?\+(?P<plus>[1-9])\)?)?"
YEAR_FIRST = r"(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})"
YEAR_LAST = r"(?P<a>\d{1,2})(?P<sign>[-/.])(?P<b>\d{1,2})[-/.](?P<year>\d{4}|\d{2})"
NO_YEAR = r"(?P<month>\d{2})-(?P<day>\d{2})"
TIME = re.compile(rf"{CLOCK}{UTC_MARK}{NEXT_DAY}")
DIGITS = re.compile(r"(\d{1,2})([0-5]\d)")
FRACTION = re.compile(r"0?\.\d+|0\.0+|1\.0+")
SERIAL = re.compile(r"\d{5}(?:\.\d+)?")
EPOCH = re.compile(r"\d{10}|\d{13}")
DATED = tuple(re.compile(rf"{when}(?:(?:t|,?\s+){CLOCK}{OFFSET}{NEXT_DAY})?") for when in (YEAR_FIRST, YEAR_LAST))
LACKING_YEAR = re.compile(rf"{NO_YEAR}\s+{CLOCK}")
SLASHED = re.compile(r"(?<!\d)(\d{1,2})[-/](\d{1,2})[-/](?:\d{4}|\d{2})(?!\d)")


class Moment(NamedTuple):
    """A time of day in seconds, as far as it is told on which day and at which offset from UTC in minutes.

    `plus` is how many days after the day of the order. `timed` is False for a date alone.
    """

    second: int
    day: date | None = None
    offset: int | None = None
    plus: int = 0
    timed: bool = True


def date_orders(texts: Iterable[str]) -> Counter[str]:
    """Count what the dates of a column prove: "dmy" or "mdy" or, where both can be meant, "?"."""
    found: Counter[str] = Counter()
    for text in texts:
        for first, second in SLASHED.findall(text):
            a, b = int(first), int(second)
            if a > 12 >= b:
                found["dmy"] += 1
            elif b > 12 >= a:
                found["mdy"] += 1
            elif a != b:
                found["?"] += 1
    return found


def moment_of(text: str, *, order: str, utc: bool = False, day: date | None = None) -> Moment:
    """Read a date, a time or both. Raises `CellError`.

    `order` is of dates with the year last, `utc` says that times without a zone are in UTC, `day` is the planning
    date for what lacks a year.
    """
    bare = " ".join(text.casefold().split())
    if EPOCH.fullmatch(bare):
        stamp = datetime.fromtimestamp(int(bare) / (1000 if len(bare) == 13 else 1), UTC)
        return Moment(stamp.hour * 3600 + stamp.minute * 60 + stamp.second, stamp.date(), 0)
    found = _number(bare) or _dated(bare, order) or _lacking_year(bare, day)
    if found is None:
        match = TIME.fullmatch(bare)
        if match is None:
            raise CellError("E-O32", "is not a time", "write HH:MM, or a date and time")
        found = _clocked(match, None)
    return found._replace(offset=0) if utc and found.offset is None and found.timed else found


def date_of(text: str, *, order: str, day: date | None = None) -> date:
    """Read a date; a time after it is not looked at. Raises `CellError`."""
    found = moment_of(text, order=order, day=day)
    if found.day is None:
        raise CellError("E-O33", "is no date", "write 2026-05-12")
    return found.day


def local(moment: Moment, zone: ZoneInfo | None) -> Moment:
    """Return a moment with an offset by the clock of the zone; without a zone as it was."""
    if moment.offset is None or moment.day is None or zone is None:
        return moment
    there = _aware(moment).astimezone(zone)
    second = there.hour * 3600 + there.minute * 60 + there.second
    twice = there.replace(fold=0).utcoffset() != there.replace(fold=1).utcoffset()
    offset = there.utcoffset() or timedelta()
    return Moment(second, there.date(), round(offset.total_seconds() / 60) if twice else None)


def written(moment: Moment, day: date | None) -> str:
    """Return a moment as an orders file says it: the time alone on the planning date, else with its date.

    Raises `CellError` where the date is needed and not known.
    """
    if moment.offset is not None and moment.day is not None:
        return _aware(moment).isoformat(timespec="minutes" if moment.second % 60 == 0 else "seconds")
    if moment.offset is not None:
        raise CellError("E-O33", "is a time of another zone without a date", "say --date")
    ahead = moment.plus
    base = moment.day or day
    if base is None and ahead:
        raise CellError("E-O33", "is on the next day, and nothing tells of which", "say --date")
    if base is None or (base == day and not ahead):
        return _clock(moment.second)
    base += timedelta(days=ahead + moment.second // DAY_S)
    return f"{base}T{_clock(moment.second % DAY_S)}"


def _aware(moment: Moment) -> datetime:
    assert moment.day is not None
    zone = timezone(timedelta(minutes=moment.offset or 0))
    return datetime.combine(moment.day, datetime.min.time(), tzinfo=zone) + timedelta(
        days=moment.plus, seconds=moment.second
    )


def _clock(second: int) -> str:
    text = f"{second // 3600:02d}:{second // 60 % 60:02d}"
    return text if second % 60 == 0 else f"{text}:{second % 60:02d}"


def _number(bare: str) -> Moment | None:
    """Read a spreadsheet's number for a time of day or a day, or digits such as 0800 and 1700."""
    if FRACTION.fullmatch(bare):
        return Moment(round(float(bare) * DAY_S))
    if SERIAL.fullmatch(bare) and SERIALS[0] < float(bare) < SERIALS[1]:
        days, part = divmod(float(bare), 1)
        return Moment(round(part * DAY_S), EXCEL_EPOCH + timedelta(days=int(days)), timed="." in bare)
    match = DIGITS.fullmatch(bare) if len(bare) in {3, 4} else None
    if match is not None:
        return _checked(int(match[1]) * 3600 + int(match[2]) * 60)
    return None


def _dated(bare: str, order: str) -> Moment | None:
    for pattern in DATED:
        match = pattern.fullmatch(bare)
        if match is None:
            continue
        parts = match.groupdict()
        if parts.get("y"):
            day = _day(int(parts["y"]), int(parts["m"]), int(parts["d"]))
        else:
            first, second = int(parts["a"]), int(parts["b"])
            year = int(parts["year"]) + (2000 if len(parts["year"]) == 2 else 0)
            day_first = parts["sign"] == "." or order == "dmy"
            day = _day(year, second if day_first else first, first if day_first else second)
        if parts["hour"] is None:
            return Moment(0, day, timed=False)
        return _clocked(match, day)
    return None


def _lacking_year(bare: str, day: date | None) -> Moment | None:
    match = LACKING_YEAR.fullmatch(bare)
    if match is None:
        return None
    if day is None:
        raise CellError("E-O33", "is a date without a year", "say --date")
    found = re.fullmatch(TIME, bare[5:].strip())
    assert found is not None  # the pattern above holds it
    return _clocked(found, _day(day.year, int(match["month"]), int(match["day"])))


def _day(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise CellError("E-O32", "is no date of the calendar", "check it, or the order of day and month") from None


def _clocked(match: re.Match[str], day: date | None) -> Moment:
    hour, minute, second = int(match["hour"]), int(match["minute"] or 0), int(match["second"] or 0)
    half = match["half"]
    if half is not None:
        if not 1 <= hour <= 12:
            raise CellError("E-O32", "is not a time of day", "write 1 to 12 before am and pm")
        hour = hour % 12 + (12 if half[0] == "p" else 0)
    zone, plus = match["zone"], match["plus"]
    offset = None
    if zone is not None:
        sign = -1 if zone[0] == "-" else 1
        offset = sign * (int(zone[1:3]) * 60 + int(zone[-2:])) if zone[0] in "+-" else 0
    return _checked(hour * 3600 + minute * 60 + second)._replace(day=day, offset=offset, plus=int(plus or 0))


def _checked(second: int) -> Moment:
    if second > DAY_S:
        raise CellError("E-O32", "is not a time of day", "write HH:MM from 00:00 to 24:00")
    return Moment(second)
