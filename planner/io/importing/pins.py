"""Where an order without coordinates is: wherever the caller finds its address, else nowhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from planner.io.area import Spot
from planner.io.cells import CellError


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """An address to find: street and house number, or all of it, and the town where it has columns of its own."""

    text: str
    city: str | None
    postcode: str | None


Place = Callable[[Asked], Spot | CellError]


def no_place(asked: Asked) -> Spot | CellError:
    """Return why an order without coordinates has no place where there is no map to look in."""
    if asked.text:
        message = "the row has an address, but no coordinates"
        return CellError("E-O70", message, "add latitude and longitude, or look addresses up: --streets city.osm.pbf")
    return CellError("E-O56", "has neither coordinates nor an address", "fill in latitude and longitude")
