"""What the drives that `roads.labels` found take from the battery of a vehicle type."""

from __future__ import annotations

from functools import partial
from weakref import WeakKeyDictionary

import numba
import numpy as np

from planner.model import VehicleType
from planner.roads.edge_energy import edge_wh, join, join_stop, stop_wh
from planner.roads.hierarchy import Hierarchy
from planner.roads.labels import BACK, Labels, Searches
from planner.roads.metric import FAR, Metric
from planner.roads.nearby import SameStreet, fill_same_street
from planner.roads.network import Network
from planner.roads.parallel import by_rows
from planner.roads.snap import Snapped
from planner.roads.streets import Floats, Ints, Ints32


def fill_energy(
    network: Network,
    snapped: Snapped,
    kind: VehicleType,
    searches: Searches,
    *,
    streets: list[SameStreet],
    depth: Ints32,
    out: Floats,
) -> None:
    """Fill in the energy columns `out` [c, n, n] of all drives between places, the stop at their end included.

    `streets` and `depth` say how places on one street and on different streets drive to each other.
    """
    of_edge, of_link = _energies(network, kind)
    edge = snapped.edge[searches.place]
    share = np.where(edge >= 0, snapped.share[searches.place], 0.0)[:, :, None]
    graph = network.ground.hierarchy, network.metric, of_link
    # The last edge of a drive belongs to the search back.
    away = np.zeros((*searches.away.key.shape, of_edge.shape[1]))
    back = np.zeros_like(away)
    by_rows(len(edge), partial(_carry, *graph, searches.away, (1.0 - share) * of_edge[edge], away))
    by_rows(len(edge), partial(_carry, *graph, searches.back, share * of_edge[edge], back))
    stop = stop_wh(kind, network.edge_mps[edge])
    by_rows(len(edge), partial(_between, *graph[:2], searches, (of_link, away, back, stop), depth, out))
    out[:, searches.place, searches.place] = 0.0
    for same in streets:
        fill_same_street(same, of_edge, stop_wh(kind, network.edge_mps[list(same.edges)]), out)


MOST_KEPT = 4  # types of one network whose energies are kept: a large day is measured in parts, in turns
_kept: WeakKeyDictionary[Network, dict[VehicleType, tuple[Floats, Floats]]] = WeakKeyDictionary()


def _energies(network: Network, kind: VehicleType) -> tuple[Floats, Floats]:
    """Return the energy columns of all edges and all links, kept for the types used last on the network."""
    kept = _kept.setdefault(network, {})
    if kind not in kept:
        of_edge = edge_wh(network, kind)
        while len(kept) >= MOST_KEPT:
            kept.pop(next(iter(kept)))
        kept[kind] = of_edge, _link_energy(network, of_edge)
    return kept[kind]


def _link_energy(network: Network, of_edge: Floats) -> Floats:
    """Return the energy columns of all links [2, j, c]."""
    states, hierarchy = network.ground.states, network.ground.hierarchy
    of_link = np.zeros((2, len(hierarchy.up), of_edge.shape[1]))
    _enter_edges(states.edge, states.move_from, states.move_to, hierarchy, of_edge, of_link)
    _add_up(network.metric, of_link)
    return of_link


@numba.njit(cache=True, nogil=True)
def _enter_edges(
    edge: Ints, move_from: Ints, move_to: Ints, hierarchy: Hierarchy, of_edge: Floats, of_link: Floats
) -> None:
    """Fill in the links that are moves."""
    for i in range(len(move_from)):
        if hierarchy.move_link[i] >= 0:
            side = 0 if move_from[i] < move_to[i] else 1
            of_link[side, hierarchy.move_link[i]] = of_edge[edge[move_to[i]]]


@numba.njit(cache=True, nogil=True)
def _add_up(metric: Metric, of_link: Floats) -> None:
    """Fill in the shortcuts, whose two parts are lower links."""
    first, second = metric.first, metric.second
    for j in range(first.shape[1]):
        for side in range(2):
            if first[side, j] >= 0 and metric.key[side, j] < FAR:
                join(of_link[1, first[side, j]], of_link[0, second[side, j]], of_link[side, j])


@numba.njit(cache=True, nogil=True)
def _without_last_edge(metric: Metric, of_link: Floats, side: int, link: int, out: Floats) -> None:
    """Put into `out` the columns of a link up to the edge that it ends with."""
    out[:] = 0.0
    while metric.first[side, link] >= 0:
        join(out, of_link[1, metric.first[side, link]], out)
        side, link = 0, metric.second[side, link]


@numba.njit(cache=True, nogil=True)
def _carry(
    hierarchy: Hierarchy,
    metric: Metric,
    of_link: Floats,
    labels: Labels,
    begun: Floats,
    wh: Floats,
    first: int,
    last: int,
) -> None:
    """Fill in the columns of the way between the places of some rows and each depth `wh` [p, d, c].

    `begun` [p, 2, c] is for the part of the place's own street.
    """
    link = labels.link
    for p in range(first, last):
        for d in range(link.shape[1] - 1, -1, -1):
            if labels.key[p, d] == FAR:
                continue
            j = link[p, d]
            if j < 0:
                wh[p, d] = begun[p, labels.end[p, d]]
                continue
            below = hierarchy.depth[hierarchy.tail[j]]
            if labels.side != BACK:
                join(wh[p, below], of_link[0, j], wh[p, d])
            elif link[p, below] >= 0:
                join(of_link[1, j], wh[p, below], wh[p, d])
            else:  # the edge that the link ends with is driven in part only
                _without_last_edge(metric, of_link, 1, j, wh[p, d])
                join(wh[p, d], wh[p, below], wh[p, d])


@numba.njit(cache=True, nogil=True)
def _between(
    hierarchy: Hierarchy,
    metric: Metric,
    searches: Searches,
    wh: tuple[Floats, Floats, Floats, Floats],
    depth: Ints32,
    out: Floats,
    first: int,
    last: int,
) -> None:
    """Join the ways of some rows where searches met; `wh` is of the links, the ways away and back, and the stops."""
    of_link, away, back, stop = wh
    place = searches.place
    row, rest = np.zeros(len(out)), np.zeros(len(out))
    for s in range(first, last):
        for t in range(len(place)):
            d = depth[place[s], place[t]]
            if d < 0:
                continue
            j = searches.away.link[s, d]
            if searches.back.link[t, d] >= 0:
                join(away[s, d], back[t, d], row)
            elif j >= 0:  # they meet on the edge that is driven in part only
                _without_last_edge(metric, of_link, 0, j, rest)
                join(away[s, hierarchy.depth[hierarchy.tail[j]]], rest, rest)
                join(rest, back[t, d], row)
            if searches.away.key[s, d] + searches.back.key[t, d] > 0:
                join_stop(stop[t, searches.back.end[t, d]], row)
            for c in range(len(out)):
                out[c, place[s], place[t]] = row[c]
