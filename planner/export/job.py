"""What every format is made from, and what it makes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from planner.export.backdrop import Backdrop
from planner.export.trips import Trip, trips_of
from planner.language.words import Words
from planner.plan import Plan, Route
from planner.report.view import PlanView
from planner.roads.streets import Streets

LONGEST_STEM = 40  # characters of a vehicle's name that its files carry


@dataclass(frozen=True)
class Job:
    """A plan, the language to tell it in, and the streets that it was made on.

    Where vehicles are named in `only`, what is made for a driver is made for theirs.
    """

    plan: Plan
    words: Words
    streets: Streets | None = None  # to be drawn behind the trips
    only: frozenset[str] | None = None

    @cached_property
    def backdrop(self) -> Backdrop | None:
        return None if self.streets is None else Backdrop(self.streets)

    @cached_property
    def view(self) -> PlanView:
        return PlanView(self.plan)

    @cached_property
    def routes(self) -> dict[str, Route]:
        """The routes of vehicles that leave, by the name of their files."""
        used = [route for route in self.plan.routes if route.steps]
        return {
            f"{number:02d}-{_plain(route.vehicle_id)}": route
            for number, route in enumerate(used, start=1)
            if self.only is None or route.vehicle_id in self.only
        }

    def trips(self, route: Route) -> list[Trip]:
        return trips_of(self.view, route)


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """Files by name, and what the user should know of them."""

    files: Mapping[str, bytes]
    notes: tuple[str, ...] = ()


def _plain(name: str) -> str:
    """Return what of a name any file system takes. The number before it tells apart what then reads the same."""
    ascii_only = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", ascii_only.lower()).strip("-")[:LONGEST_STEM].strip("-") or "vehicle"
