"""From a large map and an area to a small streets file that can be planned on."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from planner.errors import Fault, InputError, RoadsError
from planner.io.area import Area, Spot, refuse_wrong_place
from planner.roads.cut_area import CutArea
from planner.roads.cut_osm import Cut, cut_osm
from planner.roads.read import read_streets
from planner.roads.streets import haversine_m, save_streets

SUFFIXES = (".osm.pbf", ".streets.npz")
NEAR_M = 1_000.0  # an order this near to a street's node counts as served by the cut


def cut_streets(
    source: Path, area: CutArea, target: Path, *, force: bool, orders: Sequence[Spot] = (), orders_file: str = ""
) -> tuple[Cut, int]:
    """Cut the streets of an area into `target`, by its suffix a PBF or our own format; a killed cut leaves nothing.

    Returns what was cut, and how many of the orders lie near its streets. Writes nothing and raises `InputError` or
    `RoadsError` where the area holds no street, or none near any order.
    """
    _refuse_target(source, target, force=force)
    with _part(target) as part:
        cut = cut_osm(source, area, part)
        if not cut.streets:
            raise _empty(source, area, cut, orders, orders_file)
        served = sum(_is_near(cut, order) for order in orders)
        if orders and not served:
            raise _empty(source, area, cut, orders, orders_file)
        if target.name.endswith(SUFFIXES[1]):
            save_streets(read_streets(part), target)
        else:
            with part.open("rb+") as file:
                os.fsync(file.fileno())
            part.replace(target)
    return cut, served


@contextmanager
def _part(target: Path) -> Iterator[Path]:
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        yield part
    finally:
        part.unlink(missing_ok=True)


def _refuse_target(source: Path, target: Path, *, force: bool) -> None:
    if not source.is_file():
        raise RoadsError(f"E-M04 {source}: no such file → give the path of a saved map")
    if not target.name.endswith(SUFFIXES):
        raise InputError(_fault("E-B07", target, "has another ending", f"end it in {' or '.join(SUFFIXES)}"))
    if not target.parent.is_dir():
        raise InputError(_fault("E-B07", target, "is in a folder that does not exist", "make the folder first"))
    if target.exists() and target.samefile(source):
        raise InputError(_fault("E-B07", target, "is the map to cut from", "give another name with -o"))
    if target.exists() and not force:
        raise InputError(_fault("E-B07", target, "exists already", "give another name with -o, or --force"))


def _empty(source: Path, area: CutArea, cut: Cut, orders: Sequence[Spot], orders_file: str) -> RoadsError:
    """Return the error for a cut of nothing; raise `InputError` E-O08 where the orders are the reason."""
    if cut.file_box is None:
        return RoadsError(f"E-M07 {source}: no node in it → download it again")
    west, south, east, north = cut.file_box
    whole = Area(west=west, south=south, east=east, north=north)
    refuse_wrong_place(orders, whole, file=orders_file)
    return RoadsError(
        f"E-M07 {source}: no street in {area.said}{' near any order' if cut.streets else ''}; the map covers {whole} "
        "→ choose an area inside it, or download the map of the right region"
    )


def _is_near(cut: Cut, order: Spot) -> bool:
    away_m = haversine_m(lat1=cut.street_lat, lon1=cut.street_lon, lat2=order.lat, lon2=order.lon)
    return bool(np.min(away_m) <= NEAR_M)


def _fault(code: str, target: Path, message: str, remedy: str) -> Fault:
    return Fault(code=code, file=str(target), message=message, remedy=remedy)
