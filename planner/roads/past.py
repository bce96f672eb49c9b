"""Roads of a day on which a road was closed when some drives had begun: those stay as they were."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from planner.model import Day
from planner.roads.day import DayRoads, leg_shape, places_of
from planner.roads.matrices import Matrices, matrices
from planner.roads.network import build_network
from planner.roads.snap import snap
from planner.roads.streets import Streets

Pair = tuple[int, int, int]  # network, source and target


class Begun(NamedTuple):
    """A drive that begins at a moment, by the numbers of a network and of two places."""

    network: int
    source: int
    target: int
    leaves_s: int


def as_driven(roads: DayRoads, day: Day, streets: Streets, drives: Iterable[Begun]) -> DayRoads:
    """Return roads on which each of these drives leads over the streets that were open when it began.

    An order is driven to and left but once, so that nobody else asks for these drives. Those between sites may be asked
    for again: where they take otherwise now, they are `stale`.
    """
    by_closed: dict[tuple[int, ...], set[Pair]] = {}
    for drive in drives:
        if (closed := day.closed(drive.leaves_s)) != day.closed():
            by_closed.setdefault(closed, set()).add(drive[:3])
    for closed, pairs in by_closed.items():
        for g in range(len(roads.networks)):
            own = sorted((a, b) for network, a, b in pairs if network == g and a != b)
            roads = _over(roads, day, streets, closed, g, own) if own else roads
    return roads


def _over(
    roads: DayRoads, day: Day, streets: Streets, closed: tuple[int, ...], g: int, pairs: list[tuple[int, int]]
) -> DayRoads:
    """Measure drives on streets of which other pieces are closed, and put them into the tables of a network."""
    now = roads.networks[g]
    network = build_network(streets, now.road_class, top_speed_kmh=now.top_speed_kmh, span=day.span, closed=closed)
    places = sorted({place for pair in pairs for place in pair})
    lat, lon = places_of(day)
    snapped = snap(network, lat=lat[places], lon=lon[places])
    types = [kind for kind, of in zip(roads.types, roads.network_of_type, strict=True) if of == g]
    found = matrices(network, snapped, types)
    part = replace(roads, types=(types[0],), network_of_type=(0,), networks=(network,), snapped=(snapped,), shapes={})
    number = {place: i for i, place in enumerate(places)}
    shapes = {(g, a, b): leg_shape(part, types[0], number[a], number[b]) for a, b in pairs if roads.drawn}
    tables, differ = _replaced(roads.matrices[g], found, pairs, number)
    sites = {(g, a, b) for a, b in differ if min(a, b) >= len(day.orders)}
    return replace(
        roads,
        matrices=(*roads.matrices[:g], tables, *roads.matrices[g + 1 :]),
        shapes={**roads.shapes, **shapes},
        stale=roads.stale | sites,
    )


def _replaced(
    tables: Matrices, found: Matrices, pairs: list[tuple[int, int]], number: Mapping[int, int]
) -> tuple[Matrices, list[tuple[int, int]]]:
    """Return tables with other drives between some pairs of places, and the pairs of which any figure differs."""
    source, target = np.array(pairs).T
    here, there = (np.array([number[place] for place in of.tolist()]) for of in (source, target))
    copies = {id(table): table.copy() for table in vars(tables).values()}  # some are one and the same
    differ = np.zeros(len(pairs), dtype=bool)
    for name, table in vars(tables).items():
        new, old = getattr(found, name)[..., here, there], table[..., source, target]
        copies[id(table)][..., source, target] = new
        differ |= (~np.isclose(new, old, equal_nan=True)).reshape(-1, len(pairs)).any(axis=0)
    return (
        Matrices(**{name: copies[id(table)] for name, table in vars(tables).items()}),
        [pair for pair, other in zip(pairs, differ.tolist(), strict=True) if other],
    )
