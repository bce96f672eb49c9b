"""Put charging stops into a fixed sequence of customers so that it becomes shortest: exact, full charge at each stop.

Standard library alone, as this also runs in PyVRP's environment.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from tests.bench.vrplib import VrpFile


@dataclass(frozen=True, kw_only=True)
class Chargers:
    """Stations and the depot, and the shortest way from each to each by full charges in between."""

    places: tuple[int, ...]
    length: list[list[float]]
    onward: list[list[int]]  # where to go first

    def way(self, start: int, end: int) -> tuple[int, ...]:
        """Return the places from one charger to another, both included."""
        stops = [start]
        while stops[-1] != end:
            stops.append(self.onward[stops[-1]][end])
        return tuple(self.places[stop] for stop in stops)


@dataclass(frozen=True, slots=True)
class Label:
    """A way up to some customer: its length, the energy used since the last charge, and the chargers before the leg."""

    length: float
    used: float
    stops: tuple[int, ...] = ()
    before: Label | None = None


def chargers_of(file: VrpFile) -> Chargers:
    """Join the chargers that a full battery reaches (Floyd and Warshall)."""
    places = (*file.stations, file.depot)
    within = [[file.energy(a, b) <= file.battery for b in places] for a in places]
    length = [
        [file.length(a, b) if ok else math.inf for b, ok in zip(places, row, strict=True)]
        for a, row in zip(places, within, strict=True)
    ]
    onward = [list(range(len(places))) for _ in places]
    for via, _ in enumerate(places):
        for start, _ in enumerate(places):
            for end, _ in enumerate(places):
                through = length[start][via] + length[via][end]
                if through < length[start][end]:
                    length[start][end] = through
                    onward[start][end] = onward[start][via]
    return Chargers(places=places, length=length, onward=onward)


def with_stations(customers: Sequence[int], file: VrpFile, chargers: Chargers) -> tuple[int, ...] | None:
    """Return the route from depot to depot with its stops, or None where no stops make it feasible.

    A stop may be at the depot, which charges too: the route then falls into two.
    """
    labels = [Label(0.0, 0.0)]
    nodes = (file.depot, *customers, file.depot)
    for here, there in pairwise(nodes):
        labels = _undominated(
            [*_straight(labels, here, there, file), *_by_chargers(labels, here, there, file, chargers)]
        )
    if not labels:
        return None
    label: Label | None = min(labels, key=lambda label: label.length)
    legs: list[int] = []
    for there in reversed(nodes[1:]):
        assert label is not None
        legs += [there, *reversed(label.stops)]
        label = label.before
    route = [place for place, _ in groupby([*legs, file.depot])]  # a stop at the depot as it starts or ends is none
    return tuple(reversed(route))


def _straight(labels: Iterable[Label], here: int, there: int, file: VrpFile) -> list[Label]:
    length, energy = file.length(here, there), file.energy(here, there)
    return [
        Label(label.length + length, label.used + energy, (), label)
        for label in labels
        if label.used + energy <= file.battery
    ]


def _by_chargers(labels: Sequence[Label], here: int, there: int, file: VrpFile, chargers: Chargers) -> list[Label]:
    """Return the shortest way through each last charger before the next customer."""
    firsts: list[tuple[float, int, Label]] = []
    for number, place in enumerate(chargers.places):
        reaching = [label for label in labels if label.used + file.energy(here, place) <= file.battery]
        if reaching:
            label = min(reaching, key=lambda label: label.length)
            firsts.append((label.length + file.length(here, place), number, label))
    found = []
    for last, place in enumerate(chargers.places):
        energy = file.energy(place, there)
        if not firsts or energy > file.battery:
            continue
        length, first, label = min(
            ((length + chargers.length[first][last], first, label) for length, first, label in firsts),
            key=lambda way: way[0],
        )
        if length < math.inf:
            stops = chargers.way(first, last)
            found.append(Label(length + file.length(place, there), energy, stops, label))
    return found


def _undominated(labels: list[Label]) -> list[Label]:
    kept: list[Label] = []
    for label in sorted(labels, key=lambda label: (label.length, label.used)):
        if not kept or label.used < kept[-1].used:
            kept.append(label)
    return kept
