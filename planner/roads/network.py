"""The streets that one road class may use, and what each costs in time and length.

Costs are integers, milliseconds and decimetres, packed into one key so that the cheapest path is the same
for whoever computes it: least time, then least length, then lowest edge number.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from planner.errors import RoadsError
from planner.model import RoadClass
from planner.roads.access import judge
from planner.roads.streets import Floats, Ints, Streets

DM_BITS = 24  # a path may be 1,677 km long
DM_MASK = (1 << DM_BITS) - 1
KMH = 3.6


@dataclass(frozen=True, kw_only=True, eq=False)
class Network:
    """The legal, strongly connected part of `streets` for one road class and top speed.

    Edge arrays [2 m] are indexed by edge number (see `streets`): `key` packs milliseconds and decimetres, `legal` says
    whether the class may drive the edge, `usable` whether it is also in the connected part. `out_start` [n + 1] and
    `out_edge` list the usable edges by tail node. `closed_km` sums street length by reason, `cut_off_km` what is
    legal but cannot be reached and left again; `imputed_share` is the share of open length without a usable posted
    limit.
    """

    streets: Streets
    road_class: RoadClass
    top_speed_kmh: float
    key: Ints
    legal: NDArray[np.bool_]
    usable: NDArray[np.bool_]
    tail: Ints
    head: Ints
    out_start: Ints
    out_edge: Ints
    closed_km: Mapping[str, float]
    cut_off_km: float
    imputed_share: float

    @property
    def edge_ms(self) -> Ints:
        return self.key >> DM_BITS

    @property
    def edge_m(self) -> Floats:
        return (self.key & DM_MASK) / 10.0

    @property
    def edge_mps(self) -> Floats:
        """Speed on each edge, 1 m/s where it is closed."""
        return np.where(self.usable, self.edge_m / np.maximum(self.edge_ms, 1) * 1000.0, 1.0)


def build_network(streets: Streets, road_class: RoadClass, *, top_speed_kmh: float) -> Network:
    """Judge every street for a class and keep the largest part in which each point reaches each other.

    The pace on a street is the least of the class maximum, the top speed, and the limit times the urban factor.

    Raises `RoadsError` where no street is open to the class.
    """
    verdicts = [judge(tags, road_class) for tags in streets.tag_sets]
    by_tags = np.array([[v.forward_kmh, v.backward_kmh] for v in verdicts]).reshape(-1, 2)
    edge_kmh = np.minimum(by_tags[streets.seg_tags], top_speed_kmh).ravel()
    tail = np.column_stack([streets.seg_from, streets.seg_to]).ravel()
    head = np.column_stack([streets.seg_to, streets.seg_from]).ravel()
    legal = edge_kmh > 0
    if not legal.any():
        reasons = Counter(v.reason for v in verdicts).most_common(3)
        why = ", ".join(f"{reason}: {n} kinds" for reason, n in reasons) or "there are none"
        raise RoadsError(
            f"E-M07 no street here is open to class {road_class.name} ({why}) → check the streets file and the class"
        )
    usable = legal & _strongly_connected(tail, head, legal, nodes=len(streets.node_lat))
    if not usable.any():
        raise RoadsError(f"E-M07 no two streets open to class {road_class.name} connect → check the streets file")
    order = np.flatnonzero(usable)[np.argsort(tail[usable], kind="stable")]
    reasons_by_tags = np.array([v.reason for v in verdicts], dtype=object)[streets.seg_tags]
    open_m = np.where(legal.reshape(-1, 2).any(axis=1), streets.seg_length_m, 0.0)
    imputed = np.array([v.imputed for v in verdicts])[streets.seg_tags]
    return Network(
        streets=streets,
        road_class=road_class,
        top_speed_kmh=top_speed_kmh,
        key=_edge_keys(np.repeat(streets.seg_length_m, 2), edge_kmh),
        legal=legal,
        usable=usable,
        tail=tail,
        head=head,
        out_start=np.searchsorted(tail[order], np.arange(len(streets.node_lat) + 1)).astype(np.int64),
        out_edge=order.astype(np.int64),
        closed_km={
            str(reason): round(float(streets.seg_length_m[(reasons_by_tags == reason) & (open_m == 0)].sum()) / 1000, 3)
            for reason in sorted({v.reason for v in verdicts if v.reason})
        },
        cut_off_km=float(open_m[~usable.reshape(-1, 2).any(axis=1)].sum()) / 1000,
        imputed_share=float(open_m[imputed].sum() / open_m.sum()),
    )


def _edge_keys(length_m: Floats, kmh: Floats) -> Ints:
    """Pack milliseconds (rounded up, at least 1) and decimetres (at least 1) of each edge."""
    open_kmh = np.where(kmh > 0, kmh, 1.0)
    ms = np.maximum(np.ceil(length_m / open_kmh * KMH * 1000.0), 1).astype(np.int64)
    dm = np.maximum(np.rint(length_m * 10.0), 1).astype(np.int64)
    return (ms << DM_BITS) | dm


def _strongly_connected(tail: Ints, head: Ints, legal: NDArray[np.bool_], *, nodes: int) -> NDArray[np.bool_]:
    """Say for each edge whether both ends lie in the strongly connected part with the most edges."""
    graph = csr_array((np.ones(int(legal.sum()), dtype=np.int8), (tail[legal], head[legal])), shape=(nodes, nodes))
    _, part = connected_components(graph, directed=True, connection="strong")
    inside = legal & (part[tail] == part[head])
    sizes = np.bincount(part[tail[inside]], minlength=1)
    mask: NDArray[np.bool_] = inside & (part[tail] == int(np.argmax(sizes)))
    return mask
