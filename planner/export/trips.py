"""Cuts a route into its trips: what is loaded, who is visited, how the vehicle comes back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from planner.model import Order
from planner.plan import Leg, Route, Step, StepKind
from planner.report.view import PlanView, drives

AT_DEPOT = frozenset({StepKind.START, StepKind.RELOAD})
WHILE_LOADING = frozenset({StepKind.CHARGE, StepKind.SWAP, StepKind.BREAK})


@dataclass(frozen=True)
class Trip:
    """From one loading to the next, or to the end of the day.

    `loading` is what happens at the depot before the vehicle leaves, `visits` what happens after, up to and with
    `back`: the next reload, the return, or the end. `first_drive` is the way to the depot of a vehicle that starts
    elsewhere.
    """

    view: PlanView
    route: Route
    number: int
    loading: tuple[Step, ...]
    visits: tuple[Step, ...]
    back: Step
    drives: tuple[tuple[Step, Step, Leg], ...]

    @cached_property
    def stops(self) -> dict[int, tuple[Step, Order]]:
        """The steps that serve an order, by their number within the trip, from 1."""
        served = [step for step in self.visits if step.serves]
        return {number: (step, self.view.orders[step.place_id]) for number, step in enumerate(served, start=1)}

    @property
    def loaded(self) -> list[tuple[int, Order]]:
        """What is put on board at the depot, in the order of loading: what is delivered last goes in first."""
        return [(number, order) for number, (_, order) in reversed(self.stops.items()) if order.from_depot]

    @property
    def leaves_s(self) -> int:
        """When it leaves the depot: all that is done there has ended."""
        return max((step.end_s for step in self.loading), default=self.drives[0][0].end_s if self.drives else 0)

    @property
    def back_s(self) -> int:
        """When it is back, or ends its day."""
        return self.back.arrival_s

    @property
    def distance_km(self) -> float:
        return sum(leg.distance_m for _, _, leg in self.drives) / 1_000

    @property
    def lines(self) -> list[tuple[tuple[float, float], ...]]:
        """The (lon, lat) line of each drive along the streets."""
        return [leg.geometry for _, _, leg in self.drives if len(leg.geometry) > 1]


def trips_of(view: PlanView, route: Route) -> list[Trip]:
    """Return the trips of a route in order; a route that goes nowhere has none."""
    return list(_trips(view, route))


def _trips(view: PlanView, route: Route) -> Iterator[Trip]:
    numbers = sorted({step.trip for step in route.steps})
    for number in numbers:
        own = [step for step in route.steps if step.trip == number]
        next_steps = [step for step in route.steps if step.trip > number]
        loading = _leading(own)
        visits = own[len(loading) :]
        back = next_steps[0] if next_steps else own[-1]
        if not any(step.serves for step in visits):
            continue
        legs = tuple(drive for drive in drives(route) if drive[0].trip == number)
        yield Trip(
            view=view,
            route=route,
            number=number,
            loading=tuple(loading),
            visits=tuple(visits),
            back=back,
            drives=legs,
        )


def _leading(steps: list[Step]) -> list[Step]:
    """Return the steps up to where the vehicle leaves the depot; a way to the depot in the morning is one of them."""
    count = 0
    for step in steps:
        if step.kind in AT_DEPOT or (step.kind in WHILE_LOADING and step.leg is None):
            count += 1
        else:
            break
    return steps[:count]
