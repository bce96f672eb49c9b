"""From the rows of a tariff to prices that hold from a moment on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from planner.clock import midnight, moment_at
from planner.io.cells import CLOCK, CellError
from planner.io.fleet_schema import TariffRow
from planner.model import PriceFrom

DAY_MIN, MINUTE_S = 1_440, 60
CODE = "E-F21"


def tariff_minutes(rows: Sequence[TariffRow]) -> tuple[list[int], list[tuple[int, CellError]]]:
    """Return the minute of the day of each row, and the rows that are wrong with what is wrong about them."""
    minutes: list[int] = []
    wrong: list[tuple[int, CellError]] = []
    for n, row in enumerate(rows):
        at = _minute(row.from_)
        if at is None:
            wrong.append((n, CellError(CODE, "is no time of day", "write HH:MM from 00:00 to 23:59")))
            continue
        if n == 0 and at > 0:
            message = "leaves a gap: there is no price from 00:00 on"
            wrong.append((n, CellError(CODE, message, 'begin with from = "00:00"')))
        if minutes and at <= minutes[-1]:
            how = "is there twice" if at == minutes[-1] else "is earlier than the one before it"
            wrong.append((n, CellError(CODE, how, "give the times in rising order, each once")))
        minutes.append(at)
    return minutes, wrong


def day_tariff(
    rows: Sequence[TariffRow], minutes: Sequence[int], *, day: date, zone: ZoneInfo
) -> tuple[PriceFrom, ...]:
    """Return the prices of today and tomorrow, as the clock on the wall shows their times."""
    after = day + timedelta(days=2)
    end_s = round((midnight(after, zone) - midnight(day, zone)).total_seconds())
    steps: list[PriceFrom] = []
    for at_s in range(0, end_s, MINUTE_S):  # a clock change may skip the minute at which a price begins, or repeat it
        now = moment_at(at_s, day=day, zone=zone)
        row = max(n for n, minute in enumerate(minutes) if minute <= now.hour * 60 + now.minute)
        if not steps or steps[-1].price_per_kwh != rows[row].price_per_kwh:
            steps.append(PriceFrom(from_s=at_s, price_per_kwh=rows[row].price_per_kwh))
    return tuple(steps)


def _minute(text: str) -> int | None:
    found = CLOCK.fullmatch(text.strip())
    if found is None or (found[3] or "00") != "00" or int(found[2]) > 59:
        return None
    minute = int(found[1]) * 60 + int(found[2])
    return minute if minute < DAY_MIN else None
