"""A plan as stops on trips, in which hands move things; times come later."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from planner.dispatch.wishes import Wish, wishes_of
from planner.solve.problem import Problem
from planner.solve.solution import Sequence, Tour


@dataclass(slots=True)
class Stop:
    """An order, or a station with its charge."""

    place: int
    wish: Wish | None = None


@dataclass(slots=True)
class Trip:
    """The stops between two loadings; `wish` is the charge or swap beside the loading before it."""

    stops: list[Stop] = field(default_factory=list)
    wish: Wish | None = None


@dataclass(slots=True)
class Board:
    """The trips of each vehicle by its number, and the charge after its return."""

    problem: Problem
    trips: dict[int, list[Trip]] = field(default_factory=dict)
    home: dict[int, Wish] = field(default_factory=dict)

    def where(self, order: int) -> tuple[int, int, int] | None:
        """Return vehicle, trip and place among its stops (from 0) of an order, None where it is not planned."""
        return next(
            (
                (vehicle, t, i)
                for vehicle, trips in self.trips.items()
                for t, trip in enumerate(trips)
                for i, stop in enumerate(trip.stops)
                if stop.place == order
            ),
            None,
        )

    def orders(self, vehicle: int) -> Iterator[int]:
        """Yield the orders of a vehicle in turn."""
        for trip in self.trips.get(vehicle, []):
            yield from (stop.place for stop in trip.stops if stop.place < self.problem.orders)

    def orders_of(self, vehicle: int, trip: int) -> list[int]:
        """Return the orders of a trip (from 0)."""
        return [stop.place for stop in self.trips[vehicle][trip].stops if stop.place < self.problem.orders]

    def take(self, order: int) -> None:
        """Take an order off its trip."""
        at = self.where(order)
        if at is not None:
            del self.trips[at[0]][at[1]].stops[at[2]]

    def put(self, order: int, vehicle: int, trip: int, position: int) -> None:
        """Put an order on a trip as its order number `position`, all from 0; a trip more than there are is new."""
        trips = self.trips.setdefault(vehicle, [])
        if trip == len(trips):
            trips.append(Trip())
        stops, seen = trips[trip].stops, 0
        for at, stop in enumerate(stops):
            if seen == position and stop.place < self.problem.orders:
                stops.insert(at, Stop(order))
                return
            seen += stop.place < self.problem.orders
        stops.append(Stop(order))

    def tidy(self, vehicle: int) -> None:
        """Strike out trips without an order, with the stations in them; nobody charges for them but who was told to."""
        trips = self.trips.get(vehicle, [])
        kept = [
            trip for trip in trips if any(stop.place < self.problem.orders or _forced(stop.wish) for stop in trip.stops)
        ]
        if any(stop.place < self.problem.orders for trip in kept for stop in trip.stops):
            self.trips[vehicle] = kept
        else:
            self.trips.pop(vehicle, None)
            self.home.pop(vehicle, None)

    def sequence(self, vehicle: int) -> tuple[Sequence, dict[int, Wish]]:
        """Return where a vehicle goes, and what is wanted at each stop, the first loading being 0."""
        depot = int(self.problem.depot[vehicle])
        sequence: Sequence = []
        wishes: dict[int, Wish] = {}
        for t, trip in enumerate(self.trips.get(vehicle, [])):
            if t:
                sequence.append(depot)
            if trip.wish:
                wishes[len(sequence)] = trip.wish
            for stop in trip.stops:
                sequence.append(stop.place)
                if stop.wish:
                    wishes[len(sequence)] = stop.wish
        if vehicle in self.home:
            wishes[len(sequence) + 1] = self.home[vehicle]
        return sequence, wishes

    def copy(self) -> Board:
        """Return a board that may be changed without this one."""
        trips = {
            vehicle: [Trip([replace(stop) for stop in trip.stops], trip.wish) for trip in trips]
            for vehicle, trips in self.trips.items()
        }
        return Board(problem=self.problem, trips=trips, home=dict(self.home))


def _forced(wish: Wish | None) -> bool:
    return wish is not None and wish.forced


def board_of(problem: Problem, tours: dict[int, Tour]) -> Board:
    """Lay out tours."""
    board = Board(problem=problem)
    for vehicle, tour in tours.items():
        depot, wishes = int(problem.depot[vehicle]), wishes_of(tour)
        trips = [Trip(wish=wishes.get(0))]
        for i, visit in enumerate(tour.visits, start=1):
            if visit.place == depot:
                trips.append(Trip(wish=wishes.get(i)))
            else:
                trips[-1].stops.append(Stop(visit.place, wishes.get(i)))
        board.trips[vehicle] = trips
        if len(tour.visits) + 1 in wishes:
            board.home[vehicle] = wishes[len(tour.visits) + 1]
    return board
