"""How many orders the days of a history bring: by weekday, by month, and more or less than that."""

from __future__ import annotations

import math
import random
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from planner.generate.demand import MONTH_FACTORS, WEEKDAY_FACTORS

LEAN = 5.0  # days of the made-up season that each month is mixed with: what few days say of it counts little
ROUNDS = 20  # of fitting weekdays and months in turn; they stand still long before
CLOSED_AFTER_D = 14  # a weekday that is missing from so long a history is one on which nothing is delivered
ENOUGH_ALIKE = 6  # days of a weekday, and its swings are drawn from these alone
NO_CHANCE = 5.0  # orders: where so many are expected, a day without any is no chance of its customers (1 of 148)


@dataclass(frozen=True, slots=True, kw_only=True)
class Swing:
    """How far a day of the history was from the `expected` number: `factor` is 1.2 for a fifth more."""

    weekday: int
    expected: float
    factor: float

    def on(self, expected: float) -> float:
        """Return the factor for a day of another weekday with such an expected number.

        The more orders, the less they swing by chance: by the square root of their number. On a quieter day the factor
        is kept, since there it would fall below nothing otherwise.
        """
        if self.factor == 0 and self.expected >= NO_CHANCE:
            return 0.0
        return 1 + (self.factor - 1) * min(1.0, math.sqrt(self.expected / expected))


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """Orders of a day: those of its weekday (None: closed) times its month's factor times one of `swings`.

    The month's factors are against the mean of the days in the history; `swings` are how far each of these was from
    what its weekday and month say.
    """

    by_weekday: tuple[float | None, ...]
    by_month: tuple[float, ...]
    swings: tuple[Swing, ...]

    def opens(self, day: date) -> bool:
        """Say whether a day is of a weekday on which there may be orders."""
        return self.by_weekday[day.weekday()] is not None

    def expected(self, day: date) -> float:
        """Return the mean number of orders of a day."""
        return (self.by_weekday[day.weekday()] or 0.0) * self.by_month[day.month - 1]

    def orders_on(self, day: date, *, growth: float, rng: random.Random) -> int:
        """Draw how many orders a day brings, `growth` being 0.1 for a tenth more than in the history.

        It swings as a day of its weekday did, or as any day where there are few of these.
        """
        usual = self.expected(day)
        if not usual:
            return 0
        alike = [swing for swing in self.swings if swing.weekday == day.weekday()]
        factor = rng.choice(alike).factor if len(alike) >= ENOUGH_ALIKE else rng.choice(self.swings).on(usual)
        return round(usual * (1 + growth) * factor)


def pattern_of(orders_on: Mapping[date, int]) -> Pattern:
    """Fit weekdays and months to how many orders each day brought, which is at least one day with orders.

    Each is what makes its days' sum right, given the other; months lean on the made-up season by some days of it.
    """
    days = [*orders_on]
    season = math.fsum(MONTH_FACTORS[day.month - 1] for day in days) / len(days)
    prior = [factor / season for factor in MONTH_FACTORS]
    by_weekday, by_month = dict[int, float](), list(prior)
    for _ in range(ROUNDS):
        asked, usual = defaultdict[int, float](float), defaultdict[int, float](float)
        for day, count in orders_on.items():
            asked[day.weekday()] += count
            usual[day.weekday()] += by_month[day.month - 1]
        by_weekday = {k: asked[k] / usual[k] for k in usual}
        mean = math.fsum(by_weekday.values()) / len(by_weekday)
        asked, usual = defaultdict(float), defaultdict(float)
        for day, count in orders_on.items():
            asked[day.month - 1] += count
            usual[day.month - 1] += by_weekday[day.weekday()]
        by_month = [(asked[m] + LEAN * mean * prior[m]) / (usual[m] + LEAN * mean) for m in range(len(prior))]
    fitted = Pattern(by_weekday=_weekdays(by_weekday, days), by_month=tuple(by_month), swings=())
    swings = (
        Swing(weekday=day.weekday(), expected=expected, factor=count / expected)
        for day, count in orders_on.items()
        if (expected := fitted.expected(day))
    )
    return replace(fitted, swings=tuple(swings))


def _weekdays(known: Mapping[int, float], days: list[date]) -> tuple[float | None, ...]:
    """Fill in the weekdays that a short history does not show."""
    closed = (max(days) - min(days)).days >= CLOSED_AFTER_D
    ordinary = math.fsum(known.values()) / math.fsum(WEEKDAY_FACTORS[k] for k in known)
    return tuple(known.get(k, None if closed else ordinary * factor) for k, factor in enumerate(WEEKDAY_FACTORS))
