"""What `explain` answers: for each order left out what fails, by how much, and what would make it fit."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

UNCOUNTED = "not counting charges and breaks"


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words with names in braces, and what stands there, so that they can be said in any language.

    A value is a text of the user's, a number, names that are listed, or phrases that are.
    """

    words: str
    values: tuple[tuple[str, Value], ...] = ()

    def __str__(self) -> str:
        return self.words.format(**{name: _english(value) for name, value in self.values})


Value = str | float | tuple[str, ...] | tuple[Phrase, ...]


def phrase(words: str, /, **values: Value) -> Phrase:
    """Return words with values in the places that they name."""
    return Phrase(words, tuple(values.items()))


def _english(value: Value) -> str:
    if isinstance(value, tuple):
        between = ", " if value and isinstance(value[0], Phrase) else " and "
        return between.join(map(str, value))
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:g}" if isinstance(value, float) else value


class Grade(StrEnum):
    """How sure it is that an order has no place."""

    PROVED = "proved"  # it fails even alone on a fresh vehicle, whatever the plan
    NOT_FOUND = "not_found"  # alone it could be served; beside the planned orders no place was found


class Rule(StrEnum):
    """What an order fails at."""

    DEPOT = "depot"
    SKILL = "skill"
    CLASS = "class"
    WEIGHT = "weight"
    VOLUME = "volume"
    LENGTH = "length"
    ROAD = "road"
    WINDOW = "window"
    WINDOW_OF_ANOTHER = "window_of_another"  # it would make an order that is planned late
    SHIFT = "shift"
    BATTERY = "battery"
    PLUG = "plug"
    SITE_POWER = "site_power"
    DOCK = "dock"
    SEARCH = "search"  # no single rule: it fits, and the search did not come upon it


class RepairKind(StrEnum):
    """What would be changed."""

    REPLAN = "replan"  # nothing: another search finds a place
    WINDOW_LATER = "window_later"
    WINDOW_EARLIER = "window_earlier"
    SHIFT_LATER = "shift_later"
    SHIFT_EARLIER = "shift_earlier"
    START_SOC = "start_soc"
    CHARGING = "charging"
    SKILL = "skill"
    SITE_POWER = "site_power"
    PLUG_POWER = "plug_power"
    PLUG = "plug"
    DOCK = "dock"
    TYPE = "type"
    VEHICLE = "vehicle"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortfall:
    """The rule that binds for one vehicle type, and by how much it is broken at the place that breaks it least.

    `amount` is in `unit`, None where the rule knows no amount; with `at_least` the truth may be more. `vehicle` and
    `after` say where that place is: after the order, depot or station `after` on the vehicle's route. `phrases` say
    what fails; `of_order` is the order of the group that does, where it is another one.
    """

    type_name: str
    rule: Rule
    phrases: tuple[Phrase, ...]
    amount: float | None = None
    unit: str = ""
    at_least: bool = False
    vehicle_id: str | None = None
    after: str | None = None
    of_order: str = ""

    @property
    def text(self) -> str:
        """What fails, in English."""
        told = " and ".join(map(str, self.phrases)) + (f", {UNCOUNTED}" if self.at_least else "")
        return f"order {self.of_order} of its group: {told}" if self.of_order else told


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """A change of the day with which the plan serves the order too. The plan with it has passed the audit.

    `amount` in `unit` is the least that was found. `target` is what is changed: a vehicle, a depot, a vehicle type.
    The order is served by `vehicle_id` from `begin_s` on. `extra_cost` is what the routes cost more than in the plan;
    what a plug or a battery costs to buy is not in it. `routes_changed` are the vehicles whose routes differ.
    """

    kind: RepairKind
    phrase: Phrase
    vehicle_id: str
    begin_s: int
    extra_cost: float
    routes_changed: tuple[str, ...]
    amount: float | None = None
    unit: str = ""
    target: str = ""

    @property
    def text(self) -> str:
        """What is changed, in English."""
        return str(self.phrase)


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """All about one order. With `cut` a time limit ended the look for repairs before all were tried."""

    order_id: str
    grade: Grade
    reason: str  # as the plan states it
    detail: str
    shortfalls: tuple[Shortfall, ...]
    repairs: tuple[Repair, ...]  # cheapest first
    cut: bool = False
