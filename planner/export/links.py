"""Links that open a way or a place in the navigation of a telephone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from planner.export.trips import Trip
from planner.language.words import Words
from planner.model import Order, Spot
from planner.plan import Step

# Google documents at most nine places on the way to the destination for a link.
MOST_WAYPOINTS = 9
DECIMALS = 5  # of a degree, about a metre: what is shorter makes a coarser QR code, which is easier to read


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a vehicle goes: the stops it serves there, by number; none at a station or the depot."""

    lat: float
    lon: float
    stops: tuple[int, ...] = ()

    @property
    def text(self) -> str:
        return f"{self.lat:.{DECIMALS}f},{self.lon:.{DECIMALS}f}"


@dataclass(frozen=True, slots=True, kw_only=True)
class WayLink:
    """A link to a way by some places, from wherever the telephone is."""

    url: str
    places: tuple[Place, ...]

    @property
    def stops(self) -> tuple[int, ...]:
        """The numbers of the stops that it leads to."""
        return tuple(number for place in self.places for number in place.stops)


def way_links(trip: Trip) -> list[WayLink]:
    """Return Google Maps links for a trip, in order, no more places on each than the service takes."""
    places = places_of(trip)
    size = MOST_WAYPOINTS + 1
    return [_google(places[i : i + size]) for i in range(0, len(places), size)]


def places_of(trip: Trip) -> list[Place]:
    """Return where a trip goes, one place for all that is served from one kerb, up to its end."""
    numbers = {id(step): number for number, (step, _) in trip.stops.items()}
    steps = trip.visits if trip.visits[-1] is trip.back else (*trip.visits, trip.back)
    places: list[Place] = []
    for step in steps:
        if step.leg is None and not step.serves:
            continue  # what is done where the vehicle stands already
        spot = kerb_of(trip, step)
        place = Place(lat=spot.lat, lon=spot.lon, stops=(numbers[id(step)],) if step.serves else ())
        if places and places[-1].text == place.text:
            place = Place(lat=spot.lat, lon=spot.lon, stops=(*places.pop().stops, *place.stops))
        places.append(place)
    return places


def kerb_of(trip: Trip, step: Step) -> Spot:
    """Return where the vehicle stands at a step."""
    order: Order | None = trip.view.order_at(step)
    return Spot(lat=step.lat, lon=step.lon) if order is None else order.kerb


def place_link(spot: Spot) -> str:
    """Return a Google Maps link to one place."""
    return _google([Place(lat=spot.lat, lon=spot.lon)]).url


def apple_link(spot: Spot) -> str:
    """Return an Apple Maps link that drives to one place; Apple documents one destination for a link."""
    return f"https://maps.apple.com/?{urlencode({'daddr': _text(spot), 'dirflg': 'd'}, safe=',')}"


def geo_uri(spot: Spot) -> str:
    """Return the place as a `geo:` URI (RFC 5870), which any map program may take."""
    return f"geo:{_text(spot)}"


def _google(places: Sequence[Place]) -> WayLink:
    *on_the_way, last = places
    query = {"api": "1", "travelmode": "driving", "destination": last.text}
    if on_the_way:
        query["waypoints"] = "|".join(place.text for place in on_the_way)
    return WayLink(url=f"https://www.google.com/maps/dir/?{urlencode(query, safe=',')}", places=tuple(places))


def _text(spot: Spot) -> str:
    return f"{spot.lat:.6f},{spot.lon:.6f}"


def spans(numbers: Iterable[int]) -> str:
    """Return numbers with their runs drawn together: ``1–3, 5``."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs)


def stops_words(words: Words, link: WayLink) -> str:
    """Return what a link leads to: its stops, or the way back alone."""
    if not link.stops:
        return words.gettext("Way back")
    return words.ngettext("Stop {numbers}", "Stops {numbers}", len(link.stops), numbers=spans(link.stops))
