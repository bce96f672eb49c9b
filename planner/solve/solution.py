"""What an engine answers: for each vehicle where it goes and when, in the integers of `Problem`."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from typing import Any

Sequence = list[int]
"""Places between start and end: orders, the depot for a reload, stations for a charge."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One place of a tour. `plug` is -1 without a charge; a charge has its own times beside those of the
    visit, and so have a break and a swap, which end at 0 where there is none. `charge_mwh` is what either gives."""

    place: int
    arrival_s: int
    begin_s: int
    end_s: int
    plug: int = -1
    charge_begin_s: int = 0
    charge_end_s: int = 0
    charge_mwh: int = 0
    break_begin_s: int = 0
    break_end_s: int = 0
    swap_begin_s: int = 0
    swap_end_s: int = 0

    @property
    def leave_s(self) -> int:
        return max(self.end_s, self.charge_end_s, self.break_end_s, self.swap_end_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tour:
    """A vehicle's day: `first` is the loading before the first trip, `home` the return; both may hold a charge."""

    vehicle: int
    first: Visit
    visits: tuple[Visit, ...]
    home: Visit

    @property
    def start_s(self) -> int:
        return self.first.arrival_s

    @property
    def end_s(self) -> int:
        return self.home.leave_s

    @property
    def all_visits(self) -> tuple[Visit, ...]:
        return (self.first, *self.visits, self.home)


@dataclass(frozen=True, slots=True, kw_only=True)
class Solution:
    """Tours of the vehicles in use. `fits_nowhere` lists orders for which every place beside the others was tried."""

    tours: tuple[Tour, ...]
    cost: int  # with penalties, in millionths
    iterations: int
    stopped_by: str
    fits_nowhere: tuple[int, ...] = ()

    @property
    def visited(self) -> set[int]:
        """Every place visited; those below the number of orders are orders."""
        return {visit.place for tour in self.tours for visit in tour.visits}


def renumbered(solution: Solution, places: Sequence) -> Solution:
    """Return a solution of a part of a problem in the numbers of the whole: place i is ``places[i]`` there."""

    def moved(visit: Visit) -> Visit:
        return replace(visit, place=places[visit.place])

    tours = tuple(tour_of(tour.vehicle, [moved(visit) for visit in tour.all_visits]) for tour in solution.tours)
    return replace(solution, tours=tours, fits_nowhere=tuple(places[order] for order in solution.fits_nowhere))


def tour_of(vehicle: int, visits: list[Visit]) -> Tour:
    """Return the tour whose visits, the first loading and the return included, these are."""
    return Tour(vehicle=vehicle, first=visits[0], visits=tuple(visits[1:-1]), home=visits[-1])


def trip_from(places: Sequence, i: int, *, depot: int) -> Sequence:
    """Return the orders and stations between place i and the next return to the depot."""
    until = next((k for k in range(i + 1, len(places)) if places[k] == depot), len(places))
    return places[i + 1 : until]


def to_json(solution: Solution) -> str:
    """Write a solution for another process."""
    return json.dumps(asdict(solution))


def from_json(text: str) -> Solution:
    """Read what `to_json` wrote."""
    data: dict[str, Any] = json.loads(text)
    tours = tuple(
        Tour(
            vehicle=tour["vehicle"],
            first=Visit(**tour["first"]),
            visits=tuple(Visit(**visit) for visit in tour["visits"]),
            home=Visit(**tour["home"]),
        )
        for tour in data["tours"]
    )
    return Solution(**data | {"tours": tours, "fits_nowhere": tuple(data["fits_nowhere"])})
