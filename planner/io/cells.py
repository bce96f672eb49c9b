"""Text of one cell to one value. Nothing is guessed: what is not plainly written is refused with its remedy."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, timedelta
from decimal import ROUND_CEILING, Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from planner.clock import NoSuchTime, elapsed_s, midnight
from planner.model import TimeWindow

LARGEST_NUMBER = 1_000_000
LARGEST_FLOAT = Decimal("1e300")
DAY_S, MINUTE_S = 86_400, 60
BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")

PLAIN_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,4})?", re.ASCII | re.IGNORECASE)
COMMA_NUMBER = re.compile(r"[+-]?\d[\d.]*(,\d+)+(\.\d+)?", re.ASCII)
NOT_FINITE = re.compile(r"[+-]?(nan|inf|infinity)", re.IGNORECASE)
CLOCK = re.compile(r"(\d{1,2}):(\d\d)(?::(\d\d))?", re.ASCII)
MOMENT = re.compile(
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:?\d\d)?",
    re.ASCII,
)
LOCAL_DATE = re.compile(r"\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4}.*", re.ASCII)


class CellError(ValueError):
    """A cell that is refused: stable code, what is wrong with it, how to mend it."""

    def __init__(self, code: str, message: str, remedy: str) -> None:
        super().__init__(message)
        self.code, self.message, self.remedy = code, message, remedy


def number(text: str) -> Decimal:
    """Return a finite decimal number, exactly as written."""
    if PLAIN_NUMBER.fullmatch(text):
        value = Decimal(text)
        if abs(value) > LARGEST_FLOAT:
            raise CellError("E-O10", "is not a finite number", "give a number")
        return value
    if NOT_FINITE.fullmatch(text):
        raise CellError("E-O10", "is not a finite number", "give a number")
    if COMMA_NUMBER.fullmatch(text):
        raise CellError("E-O11", "has a comma", "write 52.5, with a point, and no thousands separator")
    raise CellError("E-O15", "is not a plain decimal number", "write digits 0-9 and a point, no unit")


def amount(text: str, *, code: str) -> Decimal:
    """Return a number from 0 to `LARGEST_NUMBER`; below 0 is refused with `code`."""
    value = number(text)
    if value < 0:
        raise CellError(code, "is negative", "give 0 or more")
    if value > LARGEST_NUMBER:
        raise CellError("E-O29", f"is more than {LARGEST_NUMBER:,}", "check the unit")
    return value


def degrees(text: str, *, limit: int) -> float:
    """Return a coordinate within ±`limit`."""
    value = float(number(text))
    if abs(value) > limit:
        raise CellError("E-O07", f"is outside -{limit}..{limit}", "give decimal degrees")
    return value


def whole(text: str, *, code: str) -> int:
    """Return a whole number of 0 or more; `2.0` is one, `2.5` is not."""
    value = amount(text, code=code)
    if value != value.to_integral_value():
        raise CellError("E-O28", "is not a whole number", "give a count")
    return int(value)


def minutes_s(text: str, *, code: str) -> int:
    """Return minutes as seconds, a part of a second counting as one: time is never promised away."""
    return int((amount(text, code=code) * MINUTE_S).to_integral_value(ROUND_CEILING))


def words(text: str) -> tuple[str, ...]:
    """Split at ``;``, each word once, in the order written."""
    return tuple(dict.fromkeys(word for part in text.split(";") if (word := part.strip())))


def identifier(text: str) -> str:
    """Return an id as written, without the spaces around it."""
    if not text:
        raise CellError("E-O05", "id is empty", "give each order an id")
    _refuse_controls(text, allowed="")
    return text


def prose(text: str) -> str:
    """Return free text as written; line ends and tabs may be in it, other control characters not."""
    _refuse_controls(text, allowed="\t\n\r")
    return text


def same_id_key(text: str) -> str:
    """Return what two ids share if a person would read them as the same."""
    return unicodedata.normalize("NFC", text.strip()).casefold()


def turns_direction(text: str) -> bool:
    """Tell whether text holds characters that change the reading direction and can disguise it."""
    return not text.isascii() and not BIDI.isdisjoint(text)


@lru_cache(maxsize=4_096)  # a day's file repeats a few dozen times of day
def time_s(text: str, *, day: date, zone: ZoneInfo) -> int:
    """Return elapsed seconds of ``HH:MM`` (local, 24:00 the end of the day) or of an ISO 8601 date and time."""
    if CLOCK.fullmatch(text):
        return _clock_s(text, day=day, zone=zone)
    if MOMENT.fullmatch(text):
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            raise CellError("E-O32", "is no date and time of the calendar", "check it") from None
        return _elapsed_s(moment, day=day, zone=zone)
    if LOCAL_DATE.fullmatch(text):
        raise CellError("E-O33", "is an ambiguous or incomplete date", f"write {day}T08:30 or just 08:30")
    raise CellError("E-O32", "is not a time", "write HH:MM from 00:00 to 24:00")


def span(text: str, *, day: date, zone: ZoneInfo, code: str) -> TimeWindow:
    """Return ``HH:MM-HH:MM`` as a window. Raises `CellError`, with `code` where it is no span of time."""
    parts = [part.strip() for part in text.split("-")]
    if len(parts) != 2:
        raise CellError(code, "is no span of time", "write 08:00-17:00")
    start_s, end_s = (time_s(part, day=day, zone=zone) for part in parts)
    if end_s <= start_s:
        readings = "either the two are swapped, or it is meant for the next day"
        raise CellError(code, f"does not end after it starts: {readings}", "end at 24:00 at the latest")
    return TimeWindow(start_s=start_s, end_s=end_s)


def day_length_s(*, day: date, zone: ZoneInfo) -> int:
    """Return the seconds from midnight to midnight: 23, 24 or 25 hours."""
    return round((midnight(day + timedelta(days=1), zone) - midnight(day, zone)).total_seconds())


def _clock_s(text: str, *, day: date, zone: ZoneInfo) -> int:
    hour, minute, second = (int(part) for part in [*text.split(":"), "0"][:3])
    since_midnight = hour * 3_600 + minute * MINUTE_S + second
    if minute > 59 or second > 59 or since_midnight > DAY_S:
        raise CellError("E-O32", "is not a time of day", "write HH:MM from 00:00 to 24:00")
    # The two ends of the day exist even where the clock change skips midnight itself.
    if since_midnight == 0:
        return 0
    if since_midnight == DAY_S:
        return day_length_s(day=day, zone=zone)
    return _elapsed_s(datetime(day.year, day.month, day.day, hour, minute, second), day=day, zone=zone)


def _elapsed_s(moment: datetime, *, day: date, zone: ZoneInfo) -> int:
    try:
        return elapsed_s(moment, day=day, zone=zone)
    except NoSuchTime as error:
        offsets = [moment.replace(tzinfo=zone, fold=fold).utcoffset() or timedelta() for fold in (0, 1)]
        code = "E-O34" if offsets[0] < offsets[1] else "E-O35"
        raise CellError(code, f"is no usable time: {error}", "give another time, or the offset") from None


def _refuse_controls(text: str, *, allowed: str) -> None:
    if text.isprintable():
        return
    found = next((c for c in text if unicodedata.category(c) == "Cc" and c not in allowed), None)
    if found is not None:
        raise CellError("E-O14", f"holds the control character U+{ord(found):04X}", "remove it")
