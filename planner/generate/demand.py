"""How much is ordered on a day, what it weighs and when it is wanted.

Every figure here is made up, a mixed parcel day of a small courier; none is measured.
"""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

VOLUME_MEDIAN_L = 47.0
VOLUME_SIGMA = 0.71  # of the logarithm; mean = median * exp(sigma² / 2), about 60 l
VOLUME_RANGE_L = (2.0, 200.0)
DENSITY_KG_PER_L = (0.10, 0.25)  # triangular with its peak at the light end
HEAVIEST_KG = 40.0
LITRES_PER_PARCEL = 30.0
STRETCH = (1.1, 2.2)  # longest side against that of a cube of equal volume
LONGEST_RANGE_CM = (15, 110)
SERVICE_MIN = (2, 2, 3, 3, 4, 5)

Window = tuple[str, str]
NO_WINDOW: Window = ("", "")
WINDOWS: Mapping[Window, float] = {  # what share of the orders asks for which window; the rest take any time
    ("09:00", "12:00"): 0.15,
    ("11:00", "14:00"): 0.10,
    ("14:00", "17:00"): 0.12,
    ("15:00", "18:00"): 0.08,
}
PRIORITIES = {"must": 0.05, "should": 0.87, "may": 0.08}
NOTES = {
    "": 0.90,
    "Ring twice": 0.02,
    "Leave with the concierge": 0.04,
    "Call on arrival": 0.02,
    "Fragile": 0.02,
}

# Against an ordinary Tuesday in spring: Monday brings the weekend's orders, December its presents.
WEEKDAY_FACTORS = (1.10, 1.00, 1.00, 1.00, 1.05, 0.60, 0.20)
MONTH_FACTORS = (0.95, 0.95, 1.00, 1.00, 1.00, 0.95, 0.90, 0.85, 1.00, 1.05, 1.20, 1.35)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bay:
    """The most that one order may be."""

    volume_l: float = math.inf
    payload_kg: float = math.inf
    longest_cm: float = math.inf


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """What one order is, and how long handing it over takes."""

    demand_kg: float
    volume_l: float
    parcels: int
    longest_cm: float
    service_min: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """When one order is wanted, how much, and what is noted on it."""

    window: Window
    priority: str
    note: str


def orders_on(day: date, *, ordinary: int) -> int:
    """Return how many orders a day brings, at least 1; `ordinary` is a Tuesday in spring."""
    return max(1, round(ordinary * WEEKDAY_FACTORS[day.weekday()] * MONTH_FACTORS[day.month - 1]))


def windows_within(spans: Sequence[tuple[str, str]]) -> dict[Window, float]:
    """Return the windows that lie inside one of the spans, as ``HH:MM``."""
    return {
        window: share
        for window, share in WINDOWS.items()
        if any(start <= window[0] and window[1] <= end for start, end in spans)
    }


def draw_size(rng: random.Random, bay: Bay) -> Size:
    """Draw volume, mass, parcels and longest side, and the minutes to hand them over."""
    smallest_l, largest_l = VOLUME_RANGE_L
    volume_l = min(max(rng.lognormvariate(math.log(VOLUME_MEDIAN_L), VOLUME_SIGMA), smallest_l), largest_l)
    volume_l = min(volume_l, bay.volume_l)
    light, dense = DENSITY_KG_PER_L
    demand_kg = min(volume_l * rng.triangular(light, dense, light), HEAVIEST_KG, bay.payload_kg)
    parcels = rng.randint(1, 1 + int(volume_l / LITRES_PER_PARCEL))
    cube_cm = (volume_l / parcels * 1000) ** (1 / 3)
    shortest_cm, longest_cm = LONGEST_RANGE_CM
    return Size(
        demand_kg=demand_kg,
        volume_l=volume_l,
        parcels=parcels,
        longest_cm=min(max(cube_cm * rng.uniform(*STRETCH), shortest_cm), longest_cm, bay.longest_cm),
        service_min=rng.choice(SERVICE_MIN),
    )


def draw_wish(rng: random.Random, windows: Mapping[Window, float]) -> Wish:
    """Draw the window, the priority and the note."""
    windows = {**windows, NO_WINDOW: 1 - sum(windows.values())}
    return Wish(
        window=rng.choices([*windows], weights=[*windows.values()])[0],
        priority=rng.choices([*PRIORITIES], weights=[*PRIORITIES.values()])[0],
        note=rng.choices([*NOTES], weights=[*NOTES.values()])[0],
    )
