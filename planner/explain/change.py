"""A change of the day that may make an order fit: how far it may go, and what of it is really used."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from planner.clock import clock_of
from planner.explain.force import Forced
from planner.explained import Phrase, RepairKind
from planner.model import Day, Vehicle

MINUTES_STEP = 5
YES = 1.0  # the only amount of a change that is made or not


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """What a plan uses of a change: the amount, what it is made to, the day with nothing more than that, in words."""

    amount: float
    target: str
    day: Day
    phrase: Phrase


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A kind of change with its amounts from the least to the most, each of which allows all that those before allow.

    `apply` makes it as widely as it may be made (to all vehicles, say); `used` tells what a plan for such a day needs
    of it. Of the changes that name the same `family` only the first that helps is told.
    """

    kind: RepairKind
    steps: tuple[float, ...]
    apply: Callable[[float], Day]
    used: Callable[[float, Forced], Used]
    unit: str = ""
    family: str = ""


def up_to_step(minutes: float, steps: Iterable[float]) -> float:
    """Return the least step that is enough."""
    return min((step for step in steps if step >= minutes), default=minutes)


def steps_to(most: float, *, step: float = MINUTES_STEP) -> tuple[float, ...]:
    """Return the whole steps up to the first that reaches `most`."""
    return tuple(step * k for k in range(1, int(-(-most // step)) + 1)) if most > 0 else ()


def wall(day: Day, seconds: float) -> str:
    """Return the clock on the wall."""
    return clock_of(seconds, date_text=day.date, zone_name=day.time_zone)


def with_vehicles(day: Day, changed: Callable[[Vehicle], Vehicle]) -> Day:
    """Return a day with each vehicle changed."""
    return replace(day, vehicles=tuple(changed(vehicle) for vehicle in day.vehicles))
