"""Roads of a day to which places are added: only the drives from and to the new ones are measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any

import numpy as np

from planner.model import Day, Spot, VehicleType
from planner.roads.day import DayRoads
from planner.roads.edge_energy import columns_of
from planner.roads.labels import Searches, meet, search_places
from planner.roads.leg_energy import fill_energy
from planner.roads.matrices import Matrices, matrices_from
from planner.roads.metric import FAR
from planner.roads.nearby import same_street
from planner.roads.network import Network
from planner.roads.snap import Snapped, snap
from planner.roads.streets import Ints


def with_orders(roads: DayRoads, day: Day, *, before: int) -> DayRoads:
    """Return the roads of a day whose first `before` orders and all other places are those of `roads`.

    The networks stay: the day has the vehicle types and the hours of the day before.
    """
    return _with_places(roads, [order.kerb for order in day.orders[before:]], before=before)


def with_spot(roads: DayRoads, day: Day, spot: Spot, *, before: int) -> DayRoads:
    """Return the roads of a day with a place more at which a vehicle ends, as its spot number `before`.

    Where an order or a site of the day is there already nothing is measured.
    """
    places = [*(order.kerb for order in day.orders), *day.sites]
    at = len(places) + before
    same = next((i for i, place in enumerate(places) if (place.lat, place.lon) == (spot.lat, spot.lon)), None)
    if same is None:
        return _with_places(roads, [spot], before=at)
    tables = tuple(_doubled(known, same, at) for known in roads.matrices)
    snapped = tuple(_inserted(old, _only(old, same), at) for old in roads.snapped)
    return replace(roads, snapped=snapped, matrices=tables, **_renumbered(roads, at, 1))


def _doubled(known: Matrices, place: int, at: int) -> Matrices:
    """Return matrices in which a place is there once more, as number `at`."""
    rows = {id(table): np.insert(table, at, table[..., place, :], axis=-2) for table in vars(known).values()}
    both = {key: np.insert(table, at, table[..., place], axis=-1) for key, table in rows.items()}
    return Matrices(**{name: both[id(table)] for name, table in vars(known).items()})


def _only(snapped: Snapped, place: int) -> Snapped:
    return Snapped(**{f.name: getattr(snapped, f.name)[place : place + 1] for f in fields(snapped)})


def _with_places(roads: DayRoads, kerbs: Sequence[Spot], *, before: int) -> DayRoads:
    new = np.arange(before, before + len(kerbs))
    lat, lon = (np.array([getattr(kerb, axis) for kerb in kerbs]) for axis in ("lat", "lon"))
    snapped = tuple(
        _inserted(old, snap(network, lat=lat, lon=lon), before)
        for network, old in zip(roads.networks, roads.snapped, strict=True)
    )
    tables = tuple(
        _more(
            network,
            at,
            [kind for kind, g in zip(roads.types, roads.network_of_type, strict=True) if g == i],
            known,
            new,
        )
        for i, (network, at, known) in enumerate(zip(roads.networks, snapped, roads.matrices, strict=True))
    )
    return replace(roads, snapped=snapped, matrices=tables, **_renumbered(roads, before, len(new)))


def _renumbered(roads: DayRoads, before: int, count: int) -> dict[str, Any]:
    """Return what is told of single drives in the numbers of a day with more places."""

    def moved(drive: tuple[int, int, int]) -> tuple[int, int, int]:
        g, a, b = drive
        return g, _moved(a, before, count), _moved(b, before, count)

    shapes = {moved(drive): shape for drive, shape in roads.shapes.items()}
    return {"shapes": shapes, "stale": frozenset(map(moved, roads.stale))}


def _moved(place: int, before: int, count: int) -> int:
    return place if place < before else place + count


def _inserted(old: Snapped, new: Snapped, at: int) -> Snapped:
    parts = {
        f.name: np.insert(getattr(old, f.name), [at] * len(new.lat), getattr(new, f.name), axis=0) for f in fields(old)
    }
    return Snapped(**parts)


def _more(network: Network, snapped: Snapped, types: list[VehicleType], known: Matrices, new: Ints) -> Matrices:
    """Measure what leads from and to the new places, and put it beside what is known of the others."""
    places = len(snapped.segment)
    searches = search_places(network, snapped)
    key = np.full((places, places), FAR)
    depth = np.full((places, places), -1, dtype=np.int32)
    meet(searches, key, depth, rows=np.flatnonzero(np.isin(searches.place, new)))
    # The same searches the other way round meet in the same places.
    back_key, back_depth = np.full_like(key, FAR), np.full_like(depth, -1)
    turned = Searches(place=searches.place, away=searches.back, back=searches.away)
    meet(turned, back_key, back_depth, rows=np.flatnonzero(np.isin(searches.place, new)))
    key[:, new], depth[:, new] = back_key[new].T, back_depth[new].T
    key[new, new] = np.where(snapped.found[new], 0, FAR)
    streets = [
        same_street(network, snapped, np.flatnonzero(snapped.segment == street), key)
        for street in np.unique(snapped.segment[new])
        if street >= 0 and (snapped.segment == street).sum() > 1
    ]
    wh = np.full((columns_of(network.streets), len(types), places, places), np.nan)
    for kind, layer in zip(types, np.moveaxis(wh, 1, 0), strict=True):
        fill_energy(network, snapped, kind, searches, streets=streets, depth=depth, out=layer)
        layer[1::2] = (layer[1::2] - layer[0::2]) / (kind.payload_kg or 1.0)
    found = matrices_from(key, wh)
    old = np.setdiff1d(np.arange(places), new)
    tables = {
        id(table): (table, getattr(known, name)) for name, table in vars(found).items()
    }  # some are one and the same
    for table, before in tables.values():
        table[..., old[:, None], old] = before
    return found
