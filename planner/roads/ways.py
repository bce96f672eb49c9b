"""Cut whole ways into street segments that meet at junctions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.roads.restrictions import Pieces, Turn, find_restrictions
from planner.roads.streets import Floats, Ints, Streets, assemble

_ACCESS_KEYS = ("access", "vehicle", "motor_vehicle", "motorcar", "moped", "goods")
_SIDES = ("forward", "backward")
_SIZES = ("maxwidth", "maxheight", "maxweight")

# What decides over legality, speed, slope and the words in a manifest. Everything else is left behind.
KEPT_TAGS = (
    *("highway", "service", "junction", "area", "bridge", "tunnel", "layer", "surface", "name"),
    *_ACCESS_KEYS,
    "hgv",
    *(f"{key}:{side}" for key in _ACCESS_KEYS for side in _SIDES),
    *(f"{key}:{side}:conditional" for key in _ACCESS_KEYS for side in _SIDES),
    *("oneway", "oneway:vehicle", "oneway:motor_vehicle", "oneway:motorcar", "oneway:moped"),
    *("maxspeed", "maxspeed:forward", "maxspeed:backward", "minspeed", "motorroad"),
    *("maxspeed:type", "source:maxspeed", "zone:maxspeed"),
    *("toll", *_SIZES, *(f"maxheight:{side}" for side in _SIDES)),
    *(f"{key}:conditional" for key in (*_ACCESS_KEYS, "hgv", "oneway", "maxspeed", *_SIZES)),
    *(f"maxspeed:{side}:conditional" for side in _SIDES),
)


@dataclass(frozen=True, kw_only=True)
class Ways:
    """Ways as a file has them, end to end, and the turn restrictions among them.

    `node_ids`, `lat`, `lon` hold the nodes of all ways one after the other, NaN where the file lacks the
    node; way `ids[i]` has `sizes[i]` of them and `tags[i]`. No way goes on across one of the `closed_ids`.
    """

    ids: Ints
    node_ids: Ints
    lat: Floats
    lon: Floats
    sizes: Ints
    tags: Sequence[dict[str, str]]
    closed_ids: Ints
    turns: Sequence[Turn]


def streets_of_ways(ways: Ways) -> Streets:
    """Cut ways at junctions, barriers and missing nodes. The result may be empty."""
    way = np.repeat(np.arange(len(ways.sizes)), ways.sizes)
    kept = _kept_positions(ways, way)
    missing = np.isnan(ways.lat)
    # A run is an unbroken stretch of one way; a missing node ends it.
    run = (way + np.cumsum(missing))[kept] if len(way) else way
    ids, node, uses = np.unique(ways.node_ids[kept], return_inverse=True, return_counts=True)
    closed = np.isin(ids, ways.closed_ids)
    starts, ends = _segments(run, breaks=(closed | (uses > 1) | np.isin(ids, _turning_ids(ways.turns)))[node])
    used = node[np.concatenate([starts, ends])]
    first_use, number = _junctions(used, closed=closed[used])
    points = np.column_stack([ways.lat, ways.lon])[kept]
    places = points[np.concatenate([starts, ends])[first_use]]
    cut_from = way[kept][starts].tolist()
    pieces = Pieces(
        way_ids=ways.ids[cut_from],
        tags=[ways.tags[i] for i in cut_from],
        ends=number.reshape(2, -1).T,
        shapes=[points[a : b + 1] for a, b in zip(starts.tolist(), ends.tolist(), strict=True)],
        end_ids=np.where(closed, 0, ids)[used].reshape(2, -1).T,
    )
    restrictions, unclear = find_restrictions(ways.turns, pieces)
    return assemble(
        node_lat=places[:, 0],
        node_lon=places[:, 1],
        ends=pieces.ends,
        shapes=pieces.shapes,
        tags=pieces.tags,
        restrictions=restrictions,
        notes=_notes(ways, cut=way[missing], barriers=int(closed.sum()), unclear=unclear),
    )


def _kept_positions(ways: Ways, way: Ints) -> Ints:
    """Return the positions of present nodes, without a node's repetition right after itself."""
    repeated = np.zeros(len(way), dtype=bool)
    repeated[1:] = (ways.node_ids[1:] == ways.node_ids[:-1]) & (way[1:] == way[:-1])
    return np.flatnonzero(~np.isnan(ways.lat) & ~repeated)


def _turning_ids(turns: Sequence[Turn]) -> list[int]:
    """Return the nodes where a restriction leads back into its own way: no junction need be there."""
    return [turn.via_node for turn in turns if turn.via_node is not None and turn.from_way == turn.to_way]


def _segments(run: Ints, *, breaks: NDArray[np.bool_]) -> tuple[Ints, Ints]:
    """Return the first and last position of each segment: between breaks and ends of a run."""
    first = np.diff(run, prepend=-1) != 0
    last = np.diff(run, append=np.iinfo(np.int64).max) != 0
    cuts = np.flatnonzero(first | last | breaks)
    same_run = run[cuts[:-1]] == run[cuts[1:]]
    return cuts[:-1][same_run], cuts[1:][same_run]


def _junctions(used: Ints, *, closed: NDArray[np.bool_]) -> tuple[Ints, Ints]:
    """Number the nodes used at segment ends, a closed one anew for each end so that nothing connects there.

    Returns the place of each number's first use, and the number of each use.
    """
    key = np.where(closed, used.max(initial=0) + 1 + np.arange(len(used)), used)
    _, first_use, number = np.unique(key, return_index=True, return_inverse=True)
    return first_use, number


def _notes(ways: Ways, *, cut: Ints, barriers: int, unclear: int) -> tuple[str, ...]:
    notes = []
    if len(cut):
        notes.append(f"{len(np.unique(cut))} ways cut where the extract lacks their nodes ({len(cut)} nodes)")
    if barriers:
        notes.append(f"{barriers} barriers on streets read as closed")
    if unclear:
        notes.append(
            f"{unclear} of {len(ways.turns)} turn restrictions left out: not understood, at a closed barrier or "
            "outside the extract"
        )
    return tuple(notes)
