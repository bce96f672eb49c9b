"""Cut whole ways into street segments that meet at junctions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.roads.streets import Floats, Ints, Streets, assemble

# What decides over legality, speed, slope and the words in a manifest. Everything else is left behind.
KEPT_TAGS = (
    "highway",
    "service",
    "junction",
    "oneway",
    "oneway:vehicle",
    "oneway:motor_vehicle",
    "oneway:motorcar",
    "oneway:moped",
    "maxspeed",
    "maxspeed:forward",
    "maxspeed:backward",
    "minspeed",
    "motorroad",
    "access",
    "vehicle",
    "motor_vehicle",
    "motorcar",
    "moped",
    "goods",
    "hgv",
    "area",
    "toll",
    "maxwidth",
    "maxweight",
    "bridge",
    "tunnel",
    "layer",
    "surface",
    "name",
)


@dataclass(frozen=True, kw_only=True)
class Ways:
    """Ways as a file has them, end to end.

    `node_ids`, `lat`, `lon` hold the nodes of all ways one after the other, NaN where the file lacks the
    node; way i has `sizes[i]` of them and `tags[i]`. No way goes on across one of the `closed_ids`.
    """

    node_ids: Ints
    lat: Floats
    lon: Floats
    sizes: Ints
    tags: Sequence[Mapping[str, str]]
    closed_ids: Ints


def streets_of_ways(ways: Ways) -> Streets:
    """Cut ways at junctions, barriers and missing nodes. The result may be empty."""
    way = np.repeat(np.arange(len(ways.sizes)), ways.sizes)
    kept = _kept_positions(ways, way)
    missing = np.isnan(ways.lat)
    # A run is an unbroken stretch of one way; a missing node ends it.
    run = (way + np.cumsum(missing))[kept] if len(way) else way
    ids, lat, lon = ways.node_ids[kept], ways.lat[kept], ways.lon[kept]
    starts, ends = _segments(ids, run=run, closed=np.isin(ids, ways.closed_ids))
    nodes, seg_nodes = _junctions(ids, starts=starts, ends=ends, closed_ids=ways.closed_ids)
    position = np.concatenate([starts, ends])[nodes]
    points = np.column_stack([lat, lon])
    return assemble(
        node_lat=lat[position],
        node_lon=lon[position],
        ends=seg_nodes,
        shapes=[points[a : b + 1] for a, b in zip(starts.tolist(), ends.tolist(), strict=True)],
        tags=[dict(ways.tags[i]) for i in way[kept][starts]],
        notes=_notes(way, missing=missing, barriers=int(np.isin(ways.closed_ids, ids).sum())),
    )


def _kept_positions(ways: Ways, way: Ints) -> Ints:
    """Return the positions of present nodes, without a node's repetition right after itself."""
    repeated = np.zeros(len(way), dtype=bool)
    repeated[1:] = (ways.node_ids[1:] == ways.node_ids[:-1]) & (way[1:] == way[:-1])
    return np.flatnonzero(~np.isnan(ways.lat) & ~repeated)


def _segments(ids: Ints, *, run: Ints, closed: NDArray[np.bool_]) -> tuple[Ints, Ints]:
    """Return the first and last position of each segment: between junctions, barriers and ends of a run."""
    _, inverse, uses = np.unique(ids, return_inverse=True, return_counts=True)
    first = np.diff(run, prepend=-1) != 0
    last = np.diff(run, append=np.iinfo(np.int64).max) != 0
    breaks = np.flatnonzero(first | last | closed | (uses[inverse] > 1))
    same_run = run[breaks[:-1]] == run[breaks[1:]]
    return breaks[:-1][same_run], breaks[1:][same_run]


def _junctions(ids: Ints, *, starts: Ints, ends: Ints, closed_ids: Ints) -> tuple[Ints, Ints]:
    """Number the segment ends, those at a barrier each on its own so that nothing connects there.

    Returns the place of each number's first use in (starts, then ends), and [m, 2] numbers per segment.
    """
    used = ids[np.concatenate([starts, ends])]
    at_barrier = np.isin(used, closed_ids)
    _, shared = np.unique(used, return_inverse=True)
    key = np.where(at_barrier, len(used) + np.arange(len(used)), shared)
    _, first_use, number = np.unique(key, return_index=True, return_inverse=True)
    return first_use, number.reshape(2, -1).T


def _notes(way: Ints, *, missing: NDArray[np.bool_], barriers: int) -> tuple[str, ...]:
    cut = len(np.unique(way[missing]))
    notes = []
    if cut:
        notes.append(f"{cut} ways cut where the extract lacks their nodes ({int(missing.sum())} nodes)")
    if barriers:
        notes.append(f"{barriers} barriers on streets read as closed")
    return tuple(notes)
