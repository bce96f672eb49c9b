"""Where an order without coordinates is. Until addresses can be looked up, nowhere: the row is rejected."""

from __future__ import annotations

from planner.io.cells import CellError


def place_of(address: str) -> CellError:
    """Return why an order without coordinates has no place."""
    if address:
        message = "the row has an address, but no coordinates"
        return CellError("E-O70", message, "add latitude and longitude, as the tool it comes from may export them")
    return CellError("E-O56", "has neither coordinates nor an address", "fill in latitude and longitude")
