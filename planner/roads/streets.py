"""Streets as arrays: junctions, the pieces of street between them, their shape and their tags.

`Streets` knows nothing of vehicles. A piece (segment) is stored once, with its geometry running from its
first to its second node; a drive along it is edge ``2 * segment`` (first to second) or ``2 * segment + 1``.
Tags are kept as found in OpenStreetMap, once per distinct set, so that a road class is judged on a few
hundred tag sets instead of on every segment.
"""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from planner.errors import RoadsError

FORMAT = "planner-streets-2"
METRES_PER_DEGREE = 111_195.0  # of latitude, on the sphere that `haversine_m` uses
COORDINATE_SCALE = 1e7  # OpenStreetMap's own resolution, about 1 cm

# What unpacking ends in where bytes are missing or wrong; zipfile answers RuntimeError to flags it does not know.
BROKEN_FILE = (ValueError, TypeError, KeyError, OSError, EOFError, RuntimeError, zlib.error, zipfile.BadZipFile)

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Ints32 = NDArray[np.int32]


@dataclass(frozen=True, kw_only=True, eq=False)
class Restrictions:
    """Turn restrictions as found, not yet judged for any class.

    Restriction r speaks of the drive `edges[start[r]:start[r + 1]]`, at least two edges that follow each other: the
    one it comes from, those on its way (none where it goes over a junction), and the one it leads to. What it says
    of that drive is in `tag_sets[tags[r]]`, the tags of its relation.
    """

    start: Ints
    edges: Ints
    tags: Ints
    tag_sets: tuple[Mapping[str, str], ...]

    def __len__(self) -> int:
        return len(self.tags)

    def drive(self, restriction: int) -> Ints:
        """Return the edges that a restriction speaks of."""
        return self.edges[self.start[restriction] : self.start[restriction + 1]]


def restrictions_of(drives: Sequence[Sequence[int]], tags: Sequence[Mapping[str, str]]) -> Restrictions:
    """Build `Restrictions` from a drive and the tags of each."""
    sets: dict[tuple[tuple[str, str], ...], int] = {}
    numbers = [sets.setdefault(tuple(sorted(t.items())), len(sets)) for t in tags]
    return Restrictions(
        start=np.cumsum([0, *(len(drive) for drive in drives)], dtype=np.int64),
        edges=np.array([edge for drive in drives for edge in drive], dtype=np.int64),
        tags=np.array(numbers, dtype=np.int64),
        tag_sets=tuple(dict(key) for key in sets),
    )


NO_RESTRICTIONS = restrictions_of([], [])


@dataclass(frozen=True, kw_only=True, eq=False)
class Streets:
    """A street graph.

    `node_lat`, `node_lon` [n]. `seg_from`, `seg_to` (node indices), `seg_tags` (index into `tag_sets`),
    `seg_length_m` [m]. The shape of segment i is `shape_lat/lon[shape_start[i]:shape_start[i + 1]]`, both end
    nodes included; `shape_ele_m` is its height, empty where no elevation was given. `attribution` names the licence
    of the data; `notes` says what reading it had to mend.
    """

    node_lat: Floats
    node_lon: Floats
    seg_from: Ints
    seg_to: Ints
    seg_length_m: Floats
    seg_tags: Ints
    shape_start: Ints
    shape_lat: Floats
    shape_lon: Floats
    tag_sets: tuple[Mapping[str, str], ...]
    restrictions: Restrictions = NO_RESTRICTIONS
    shape_ele_m: Floats = field(default_factory=lambda: np.empty(0))
    attribution: str = "© OpenStreetMap contributors, ODbL 1.0"
    notes: tuple[str, ...] = ()

    @property
    def segments(self) -> int:
        return len(self.seg_from)

    @property
    def bbox(self) -> tuple[float, float, float, float]:
        """West, south, east, north of the streets themselves, whatever a file's header claims."""
        return (
            float(self.shape_lon.min()),
            float(self.shape_lat.min()),
            float(self.shape_lon.max()),
            float(self.shape_lat.max()),
        )

    @cached_property
    def sha256(self) -> str:
        """Hash of the content, the same whatever file it came from."""
        digest = hashlib.sha256(FORMAT.encode())
        for name, array in to_arrays(self).items():
            digest.update(name.encode() + str(array.shape).encode() + np.ascontiguousarray(array).tobytes())
        return digest.hexdigest()


def save_streets(streets: Streets, path: Path) -> None:
    """Write a compressed ``.streets.npz``; a killed write leaves the old file."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as file:
            np.savez_compressed(file, allow_pickle=False, **to_arrays(streets))
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def load_streets(path: Path) -> Streets:
    """Read what `save_streets` wrote. Raises `RoadsError` for anything else."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
            return from_arrays({name: stored[name] for name in stored.files})
    except BROKEN_FILE as error:
        raise RoadsError(
            f"E-M19 {path}: not a complete streets file ({error}) → make it again from its source"
        ) from error


def to_arrays(streets: Streets) -> dict[str, NDArray[Any]]:
    """The stored form: coordinates as integers, shapes as differences, text as bytes of JSON."""
    text = {
        "format": FORMAT,
        "tag_sets": [dict(sorted(tags.items())) for tags in streets.tag_sets],
        "restriction_tag_sets": [dict(sorted(tags.items())) for tags in streets.restrictions.tag_sets],
        "attribution": streets.attribution,
        "notes": list(streets.notes),
    }
    return {
        "text": np.frombuffer(json.dumps(text, ensure_ascii=False, sort_keys=True).encode(), dtype=np.uint8),
        "node_lat": _scaled(streets.node_lat),
        "node_lon": _scaled(streets.node_lon),
        "seg_from": streets.seg_from.astype(np.int32),
        "seg_to": streets.seg_to.astype(np.int32),
        "seg_length_dm": np.rint(streets.seg_length_m * 10).astype(np.int32),
        "seg_tags": streets.seg_tags.astype(np.int32),
        "shape_size": np.diff(streets.shape_start).astype(np.int32),
        "shape_lat": np.diff(_scaled(streets.shape_lat), prepend=0).astype(np.int32),
        "shape_lon": np.diff(_scaled(streets.shape_lon), prepend=0).astype(np.int32),
        "shape_ele_dm": np.rint(streets.shape_ele_m * 10).astype(np.int32),
        "restriction_size": np.diff(streets.restrictions.start).astype(np.int32),
        "restriction_edges": streets.restrictions.edges.astype(np.int32),
        "restriction_tags": streets.restrictions.tags.astype(np.int32),
    }


def _scaled(degrees: Floats) -> NDArray[np.int32]:
    return np.rint(degrees * COORDINATE_SCALE).astype(np.int32)


def from_arrays(arrays: Mapping[str, NDArray[Any]]) -> Streets:
    """Build streets from their stored form. Raises `ValueError`, or one of `BROKEN_FILE`, where it is damaged."""
    text = json.loads(arrays["text"].tobytes())
    if text["format"] != FORMAT:
        raise ValueError(f"format {text['format']!r}, not {FORMAT!r}")
    streets = Streets(
        node_lat=arrays["node_lat"] / COORDINATE_SCALE,
        node_lon=arrays["node_lon"] / COORDINATE_SCALE,
        seg_from=arrays["seg_from"].astype(np.int64),
        seg_to=arrays["seg_to"].astype(np.int64),
        seg_length_m=arrays["seg_length_dm"] / 10.0,
        seg_tags=arrays["seg_tags"].astype(np.int64),
        shape_start=np.concatenate([[0], np.cumsum(arrays["shape_size"], dtype=np.int64)]),
        shape_lat=np.cumsum(arrays["shape_lat"], dtype=np.int64) / COORDINATE_SCALE,
        shape_lon=np.cumsum(arrays["shape_lon"], dtype=np.int64) / COORDINATE_SCALE,
        tag_sets=tuple(text["tag_sets"]),
        restrictions=Restrictions(
            start=np.concatenate([[0], np.cumsum(arrays["restriction_size"], dtype=np.int64)]),
            edges=arrays["restriction_edges"].astype(np.int64),
            tags=arrays["restriction_tags"].astype(np.int64),
            tag_sets=tuple(text["restriction_tag_sets"]),
        ),
        shape_ele_m=arrays["shape_ele_dm"] / 10.0,
        attribution=text["attribution"],
        notes=tuple(text["notes"]),
    )
    _require_consistent(streets)
    return streets


def _require_consistent(streets: Streets) -> None:
    """Raise `ValueError` where the arrays do not fit each other: compiled loops do not check their indices."""
    segments, nodes, points = streets.segments, len(streets.node_lat), len(streets.shape_lat)
    sizes = (len(streets.seg_to), len(streets.seg_tags), len(streets.seg_length_m), len(streets.shape_start) - 1)
    indices = (streets.seg_from, nodes), (streets.seg_to, nodes), (streets.seg_tags, len(streets.tag_sets))
    if (
        any(size != segments for size in sizes)
        or len(streets.node_lon) != nodes
        or len(streets.shape_lon) != points
        or streets.shape_start[-1] != points
        or (np.diff(streets.shape_start) < 2).any()
        or len(streets.shape_ele_m) not in {0, points}
        or any(((index < 0) | (index >= count)).any() for index, count in indices)
        or not _follow_each_other(streets)
    ):
        raise ValueError("its arrays do not fit each other")


def _follow_each_other(streets: Streets) -> bool:
    """Tell whether the edges of each restriction exist and form a drive of two or more."""
    ruled = streets.restrictions
    sizes = np.diff(ruled.start)
    if len(ruled.start) != len(ruled.tags) + 1 or ruled.start[-1] != len(ruled.edges) or (sizes < 2).any():
        return False
    if ((ruled.edges < 0) | (ruled.edges >= 2 * streets.segments)).any():
        return False
    if ((ruled.tags < 0) | (ruled.tags >= len(ruled.tag_sets))).any():
        return False
    ends = np.column_stack([streets.seg_from, streets.seg_to])
    tail, head = ends.ravel()[ruled.edges], ends[:, ::-1].ravel()[ruled.edges]
    inside = np.ones(max(len(ruled.edges) - 1, 0), dtype=bool)
    inside[ruled.start[1:-1] - 1] = False  # from the last edge of one to the first of the next
    return bool((head[:-1] == tail[1:])[inside].all())


def assemble(
    *,
    node_lat: Floats,
    node_lon: Floats,
    ends: Ints,
    shapes: list[Floats],
    tags: list[dict[str, str]],
    restrictions: Restrictions = NO_RESTRICTIONS,
    attribution: str = "© OpenStreetMap contributors, ODbL 1.0",
    notes: tuple[str, ...] = (),
) -> Streets:
    """Build `Streets` from per-segment values.

    `ends` is [m, 2] node indices, `shapes` one [k, 2] array of (lat, lon) per segment, `tags` its tags.
    Lengths are measured along the shape on the sphere, at least 0.1 m so that no segment is free. Everything
    is rounded to what the file format holds, so that streets read from a source and from our file are equal.
    """
    sets: dict[tuple[tuple[str, str], ...], int] = {}
    seg_tags = np.array([sets.setdefault(tuple(sorted(t.items())), len(sets)) for t in tags], dtype=np.int64)
    sizes = np.array([len(shape) for shape in shapes], dtype=np.int64)
    points = np.concatenate(shapes) if shapes else np.empty((0, 2))
    streets = Streets(
        node_lat=node_lat,
        node_lon=node_lon,
        seg_from=ends[:, 0].astype(np.int64),
        seg_to=ends[:, 1].astype(np.int64),
        seg_length_m=_shape_lengths(points, sizes),
        seg_tags=seg_tags,
        shape_start=np.concatenate([[0], np.cumsum(sizes)]),
        shape_lat=points[:, 0],
        shape_lon=points[:, 1],
        tag_sets=tuple(dict(key) for key in sets),
        restrictions=restrictions,
        attribution=attribution,
        notes=notes,
    )
    return from_arrays(to_arrays(streets))


def _shape_lengths(points: Floats, sizes: Ints) -> Floats:
    steps = haversine_m(lat1=points[:-1, 0], lon1=points[:-1, 1], lat2=points[1:, 0], lon2=points[1:, 1])
    along = np.concatenate([[0.0], np.cumsum(steps)])
    last = np.cumsum(sizes) - 1
    lengths: Floats = np.maximum(along[last] - along[last - sizes + 1], 0.1)
    return lengths


def haversine_m(*, lat1: Any, lon1: Any, lat2: Any, lon2: Any) -> Any:
    """Great-circle distance in metres on a sphere of 6,371,009 m, the mean radius of IUGG (as OSMnx)."""
    a, b = np.radians(lat1), np.radians(lat2)
    half = np.sin((b - a) / 2) ** 2 + np.cos(a) * np.cos(b) * np.sin(np.radians(np.subtract(lon2, lon1)) / 2) ** 2
    return 2 * 6_371_009.0 * np.arcsin(np.sqrt(np.clip(half, 0.0, 1.0)))
