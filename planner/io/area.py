"""Whether orders lie where the streets are, or in another city, or have lat and lon swapped."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from planner.errors import Fault, InputError
from planner.io.cells import CellError, degrees

MARGIN_M = 5_000.0
METRES_PER_DEGREE = 111_195.0
SHARE_OF_A_WHOLE_FILE = 0.8


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """A box in degrees, west < east."""

    west: float
    south: float
    east: float
    north: float

    def holds(self, *, lat: float, lon: float) -> bool:
        """Tell whether a point lies inside, or within `MARGIN_M` of it."""
        lat_margin = MARGIN_M / METRES_PER_DEGREE
        widest = min(89.0, max(abs(self.south), abs(self.north)))
        lon_margin = lat_margin / math.cos(math.radians(widest))
        return (
            self.south - lat_margin <= lat <= self.north + lat_margin
            and self.west - lon_margin <= lon <= self.east + lon_margin
        )

    def __str__(self) -> str:
        return f"lat {self.south:.3f}..{self.north:.3f}, lon {self.west:.3f}..{self.east:.3f}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Where a row says it is, in whatever numbers it gives."""

    lat: float
    lon: float


def spot(*, lat: str, lon: str) -> Spot | None:
    """Return where a row says it is, even off the globe; None where it gives no two numbers."""
    try:
        return Spot(lat=degrees(lat, limit=180), lon=degrees(lon, limit=180))
    except CellError:
        return None


def refuse_wrong_place(spots: Sequence[Spot], area: Area, *, file: str) -> None:
    """Raise `InputError` where most of a file lies outside the area: swapped columns, or another city."""
    outside = [spot for spot in spots if not area.holds(lat=spot.lat, lon=spot.lon)]
    if len(outside) <= SHARE_OF_A_WHOLE_FILE * len(spots):
        return
    swapped = sum(area.holds(lat=spot.lon, lon=spot.lat) for spot in outside)
    counts = f"{len(outside):,} of {len(spots):,} orders lie outside the streets"
    if swapped > SHARE_OF_A_WHOLE_FILE * len(spots):
        message = f"{counts}, and {swapped:,} inside once lat and lon change places: the columns look swapped"
        raise InputError(Fault(code="E-O08", file=file, message=message, remedy="swap the names lat and lon"))
    box = Area(
        west=min(spot.lon for spot in spots),
        south=min(spot.lat for spot in spots),
        east=max(spot.lon for spot in spots),
        north=max(spot.lat for spot in spots),
    )
    message = f"orders of another city: {counts}; orders {box}; streets {area}"
    raise InputError(Fault(code="E-O08", file=file, message=message, remedy="give the streets of that city"))
