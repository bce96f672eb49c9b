"""The streets that one road class may use, which way it may turn, and what each street costs in time and length.

Costs are integers, milliseconds and decimetres, packed into one key so that the cheapest path is the same
for whoever computes it: least time, then least length; among equals a fixed random number of each edge decides.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from planner.errors import RoadsError
from planner.model import RoadClass
from planner.roads.access import Verdict, judge
from planner.roads.conditional import Span
from planner.roads.ground import Ground, ground_of
from planner.roads.metric import FAR, Metric, customize
from planner.roads.states import edge_ends
from planner.roads.streets import Floats, Ints, Streets
from planner.roads.ties import edge_ties
from planner.roads.turns import Drive, banned_drives, open_moves, turn_ms

DM_BITS = 24  # a path may be 1,677 km long
DM_MASK = (1 << DM_BITS) - 1
KMH = 3.6
DESCRIPTIONS = frozenset({"name", "surface", "bridge", "tunnel", "layer"})  # tags that open and close nothing

Bools = NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True, eq=False)
class Network:
    """The part of `streets` that one road class may use at a top speed, in which each street reaches each other.

    Edge arrays [2 m] are indexed by edge number (see `streets`): `key` packs milliseconds and decimetres; `legal` says
    whether the class may drive the edge; `crossing` marks those of them that it may only cross, never stop on;
    `connected` leaves out dead ends without return, `usable` also what turn rules cut off. `banned` lists the drives
    that turn rules forbid, `tail` and `head` the nodes of each edge. `closed_km` sums street length by reason,
    `cut_off_km` what is legal but cannot be reached and left again; `imputed_share` is the share of open length
    without a usable posted limit.
    """

    streets: Streets
    road_class: RoadClass
    top_speed_kmh: float
    key: Ints
    legal: Bools
    crossing: Bools
    connected: Bools
    usable: Bools
    banned: frozenset[Drive]
    tail: Ints
    head: Ints
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

    @property
    def ground(self) -> Ground:
        return ground_of(self.streets)

    @cached_property
    def move_key(self) -> Ints:
        """What each move between the states of the city costs this class, `FAR` where it is closed."""
        states = self.ground.states
        allowed = open_moves(states, legal=self.connected, banned=self.banned)
        begins, enters = states.edge[states.move_from], states.edge[states.move_to]
        turning = turn_ms(self.streets, self.road_class, begins=begins, enters=enters) << DM_BITS
        return np.where(allowed, self.key[enters] + turning, FAR)

    @cached_property
    def move_tie(self) -> Ints:
        """The fixed random number of the edge that each move enters."""
        states = self.ground.states
        return edge_ties(len(self.key))[states.edge[states.move_to]]

    @cached_property
    def metric(self) -> Metric:
        """What the links of the city's hierarchy cost this class; the first call takes a fraction of a second."""
        states, hierarchy = self.ground.states, self.ground.hierarchy
        upwards = states.move_from < states.move_to
        return customize(hierarchy, upwards=upwards, key=self.move_key, tie=self.move_tie)


def build_network(
    streets: Streets,
    road_class: RoadClass,
    *,
    top_speed_kmh: float,
    span: Span | None = None,
    closed: Sequence[int] = (),
) -> Network:
    """Judge every street for a class and keep the largest part in which each street reaches each other.

    The pace on a street is the least of the class maximum, the top speed, and the limit times the urban factor.
    `span` is when vehicles may be on the road, for rules that change with the hour. The `closed` pieces of street are
    open to nobody, whatever their tags say.

    Raises `RoadsError` where no street is open to the class.
    """
    verdicts = _judge_all(streets, road_class, span)
    kmh, crossing = _paces(streets, road_class, verdicts)
    for way in (2 * np.array(closed, dtype=np.int64), 2 * np.array(closed, dtype=np.int64) + 1):
        kmh[way], crossing[way] = 0.0, False
    edge_kmh = np.minimum(kmh, top_speed_kmh)
    legal = edge_kmh > 0
    _require_streets(legal, road_class, verdicts)
    tail, head = edge_ends(streets)
    connected = legal & _strongly_connected(tail, head, legal, nodes=len(streets.node_lat))
    banned = banned_drives(streets, road_class, span, legal=connected, crossing=crossing)
    usable = _reached_and_left(ground_of(streets), connected, banned)
    if not usable.any():
        raise RoadsError(f"E-M07 no two streets open to class {road_class.name} connect → check the streets file")
    why = np.array([v.reason for v in verdicts], dtype=object)[streets.seg_tags]
    open_m = np.where(legal.reshape(-1, 2).any(axis=1), streets.seg_length_m, 0.0)
    imputed = np.array([v.imputed for v in verdicts])[streets.seg_tags]
    return Network(
        streets=streets,
        road_class=road_class,
        top_speed_kmh=top_speed_kmh,
        key=_edge_keys(np.repeat(streets.seg_length_m, 2), edge_kmh),
        legal=legal,
        crossing=crossing,
        connected=connected,
        usable=usable,
        banned=banned,
        tail=tail,
        head=head,
        closed_km={
            str(reason): round(float(streets.seg_length_m[(why == reason) & (open_m == 0)].sum()) / 1000, 3)
            for reason in sorted({v.reason for v in verdicts if v.reason})
        },
        cut_off_km=float(open_m[~usable.reshape(-1, 2).any(axis=1)].sum()) / 1000,
        imputed_share=float(open_m[imputed].sum() / open_m.sum()),
    )


def drives_alike(one: Network, other: Network) -> bool:
    """Say whether two networks of the same streets lead every drive the same way, though made for other hours."""
    arrays = ("key", "legal", "crossing", "connected", "usable")
    same = all(np.array_equal(getattr(one, name), getattr(other, name)) for name in arrays)
    return same and one.banned == other.banned and one.road_class == other.road_class


def _judge_all(streets: Streets, road_class: RoadClass, span: Span | None) -> list[Verdict]:
    """Judge every tag set, those that differ in a mere description only once."""
    verdicts: dict[frozenset[tuple[str, str]], Verdict] = {}
    judged = []
    for tags in streets.tag_sets:
        telling = frozenset(item for item in tags.items() if item[0] not in DESCRIPTIONS)
        if telling not in verdicts:
            verdicts[telling] = judge(tags, road_class, span)
        judged.append(verdicts[telling])
    return judged


def _paces(streets: Streets, road_class: RoadClass, verdicts: list[Verdict]) -> tuple[Floats, Bools]:
    """Return how fast each edge is driven, 0 where it is closed, and which edges may only be crossed.

    A class that may cross roads too fast for it uses their short links between two streets that it may drive.
    """
    kmh = _by_edge(streets, [(v.forward_kmh, v.backward_kmh) for v in verdicts])
    crossed_kmh = _by_edge(streets, [(v.crossing_forward_kmh, v.crossing_backward_kmh) for v in verdicts])
    open_end = np.zeros(len(streets.node_lat), dtype=bool)
    tail, head = edge_ends(streets)
    open_end[tail[kmh > 0]] = open_end[head[kmh > 0]] = True
    short = np.repeat(streets.seg_length_m <= road_class.crossing_m, 2)
    crossing: Bools = (kmh == 0) & (crossed_kmh > 0) & short & open_end[tail] & open_end[head]
    return np.where(crossing, crossed_kmh, kmh), crossing


def _by_edge(streets: Streets, by_tags: list[tuple[float, float]]) -> Floats:
    values: Floats = np.array(by_tags, dtype=np.float64).reshape(-1, 2)[streets.seg_tags].ravel()
    return values


def _require_streets(legal: Bools, road_class: RoadClass, verdicts: list[Verdict]) -> None:
    if not legal.any():
        reasons = Counter(v.reason for v in verdicts).most_common(3)
        why = ", ".join(f"{reason}: {n} kinds" for reason, n in reasons) or "there are none"
        raise RoadsError(
            f"E-M07 no street here is open to class {road_class.name} ({why}) → check the streets file and the class"
        )


def _edge_keys(length_m: Floats, kmh: Floats) -> Ints:
    """Pack milliseconds (rounded up, at least 1) and decimetres (at least 1) of each edge."""
    open_kmh = np.where(kmh > 0, kmh, 1.0)
    ms = np.maximum(np.ceil(length_m / open_kmh * KMH * 1000.0), 1).astype(np.int64)
    dm = np.maximum(np.rint(length_m * 10.0), 1).astype(np.int64)
    return (ms << DM_BITS) | dm


def _strongly_connected(tail: Ints, head: Ints, legal: Bools, *, nodes: int) -> Bools:
    """Say for each edge whether both ends lie in the strongly connected part with the most edges."""
    _, part = _parts(tail[legal], head[legal], nodes)
    inside = legal & (part[tail] == part[head])
    sizes = np.bincount(part[tail[inside]], minlength=1)
    mask: Bools = inside & (part[tail] == int(np.argmax(sizes)))
    return mask


def _reached_and_left(ground: Ground, connected: Bools, banned: frozenset[Drive]) -> Bools:
    """Say for each edge whether it lies in the largest part whose streets reach each other by open moves.

    Who stops on a street that is open both ways may leave it either way.
    """
    states = ground.states
    allowed = open_moves(states, legal=connected, banned=banned)
    both_ways = np.flatnonzero(connected & connected.reshape(-1, 2)[:, ::-1].ravel())
    source = np.concatenate([states.move_from[allowed], states.plain[both_ways]])
    target = np.concatenate([states.move_to[allowed], states.plain[both_ways ^ 1]])
    _, part = _parts(source, target, len(states.edge))
    driven = connected[states.edge]
    sizes = np.bincount(part[driven], minlength=1)
    inside = driven & (part == int(np.argmax(sizes))) & (sizes.max(initial=0) > 1)
    usable = np.zeros(len(connected), dtype=bool)
    usable[states.edge[inside]] = True
    return usable


def _parts(source: Ints, target: Ints, count: int) -> tuple[int, Ints]:
    graph = csr_array((np.ones(len(source), dtype=np.int8), (source, target)), shape=(count, count))
    number, part = connected_components(graph, directed=True, connection="strong")
    return int(number), np.asarray(part, dtype=np.int64)
