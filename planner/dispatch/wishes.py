"""What a plan or a hand wants at a stop beside its service."""

from __future__ import annotations

from dataclasses import dataclass

from planner.solve.solution import Tour


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is wanted at a stop beside its service: a charge as planned, or of at least so many seconds.

    `plug` is one of the set of equal plugs that the plan uses, -1 where any will do. A `forced` charge takes place
    whether or not the battery asks for it.
    """

    plug: int = -1
    planned_mwh: int = 0
    forced: bool = False
    forced_s: int | None = None  # None: up to where the power falls
    swap: bool = False
    exact: bool = False  # so much and no more
    barred: bool = False  # no charge here, come what may

    @property
    def by_hand(self) -> bool:
        """Say whether this is somebody's will, which the exact schedule knows nothing of."""
        return self.forced or self.barred


def wishes_of(tour: Tour) -> dict[int, Wish]:
    """Return the charges and swaps of a tour by the number of the visit, the first loading being 0."""
    wishes = {}
    for i, visit in enumerate(tour.all_visits):
        if visit.plug >= 0:
            wishes[i] = Wish(plug=visit.plug, planned_mwh=visit.charge_mwh)
        elif visit.swap_end_s:
            wishes[i] = Wish(swap=True)
    return wishes
