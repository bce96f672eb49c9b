"""Places of rows that have an address only, for who imports them: those of which a map is certain."""

from __future__ import annotations

from collections.abc import Callable

from planner.geocode.found import Found
from planner.geocode.geocoder import Geocoder
from planner.io.area import Spot
from planner.io.cells import CellError
from planner.io.importing.pins import Asked, Place, no_place


def place_in(book: Callable[[], Geocoder | None], unsure: Callable[[Asked, Found], Spot | CellError]) -> Place:
    """Return what takes the places of which a map's addresses are certain; `unsure` judges the others.

    The book is asked for when the first address is; None of it means that there is no map to look in.
    """

    def find(asked: Asked) -> Spot | CellError:
        geocoder = book()
        if geocoder is None:
            return no_place(asked)
        found = geocoder.find(asked.text, city=asked.city, postcode=asked.postcode)
        if found.grade == "sure" and found.lat is not None and found.lon is not None:
            return Spot(lat=found.lat, lon=found.lon)
        return unsure(asked, found)

    return find
