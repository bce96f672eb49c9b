"""The nodes of a large OpenStreetMap file that lie in a window, at the speed of libosmium and with little memory.

A Python loop over every node would take twenty minutes for a large country. So libosmium lists the nodes by itself,
in a file that we read and empty again after every 250,000 of them. The loop sees nodes with certain tags only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import numpy as np
import osmium
from numpy.typing import NDArray

from planner.roads.streets import COORDINATE_SCALE, Floats, Ints

# One entry of libosmium's sparse_file_array; tests compare what comes of it with the map itself.
_ENTRY = np.dtype([("id", "<u8"), ("x", "<i4"), ("y", "<i4")])
_BATCH_BYTES = 250_000 * _ENTRY.itemsize
_MOST = 2_147_483_647  # what libosmium gives for the place of a node without one

Window = tuple[int, int, int, int]


@dataclass(slots=True, kw_only=True)
class HeldNodes:
    """Nodes in `window` (west, south, east, north in OpenStreetMap's integers), and what was seen of all of them."""

    window: Window
    seen: int = 0
    seen_box: Window = (_MOST, _MOST, -_MOST, -_MOST)
    batches: list[NDArray[np.void]] = field(default_factory=list)

    def add(self, batch: NDArray[np.void]) -> None:
        """Count a batch, and hold what of it lies in the window."""
        x, y = batch["x"], batch["y"]
        placed = x != _MOST
        if placed.any():
            west, south, east, north = self.seen_box
            x_of, y_of = x[placed], y[placed]
            self.seen_box = (
                *(min(west, int(x_of.min())), min(south, int(y_of.min()))),
                *(max(east, int(x_of.max())), max(north, int(y_of.max()))),
            )
        west, south, east, north = self.window
        self.seen += len(batch)
        self.batches.append(batch[placed & (x >= west) & (x <= east) & (y >= south) & (y <= north)])

    def by_id(self) -> tuple[Ints, Floats, Floats]:
        """Return ids, latitudes and longitudes of the nodes held, by rising id."""
        held = np.concatenate(self.batches)
        self.batches.clear()
        held = held[np.argsort(held["id"], kind="stable")]
        return held["id"].astype(np.int64), held["y"] / COORDINATE_SCALE, held["x"] / COORDINATE_SCALE


def hold_nodes(
    file: osmium.io.File,
    window: Window,
    *,
    keys: tuple[str, ...],
    on_tagged: Callable[[osmium.osm.Node], None],
    scratch: Path,
) -> HeldNodes:
    """Hold the nodes in a window, and call `on_tagged` with every node in it that has one of `keys`.

    `scratch` is a file to write to, of about 16 MB.
    """
    west, south, east, north = window
    held = HeldNodes(window=window)
    listed = osmium.index.create_map(f"sparse_file_array,{scratch}")

    def drain() -> None:
        count = listed.used_memory() // _ENTRY.itemsize
        held.add(np.fromfile(scratch, dtype=_ENTRY, count=count))
        listed.clear()

    nodes = osmium.FileProcessor(file, osmium.osm.NODE).with_filter(osmium.NodeLocationsForWays(listed))
    tagged = nodes.with_filter(osmium.filter.KeyFilter(*keys))
    for node in cast("Iterator[osmium.osm.Node]", iter(tagged)):
        x, y = node.location.x, node.location.y
        if west <= x <= east and south <= y <= north:
            on_tagged(node)
        if listed.used_memory() >= _BATCH_BYTES:
            drain()
    drain()
    return held
