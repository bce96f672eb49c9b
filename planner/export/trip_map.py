"""Draws a trip as a picture of lines: where the vehicle goes, stop by stop, on the streets it uses.

It is drawn from the plan alone, before the streets where these are at hand, and asks no server for tiles. The way is
black on white, so that any printer will do.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from planner.export.backdrop import Backdrop
from planner.export.labels import Box, Sheet, place_labels
from planner.export.links import kerb_of, spans
from planner.export.trips import Trip
from planner.plan import StepKind
from planner.report.lines import METRES_PER_DEGREE

WIDTH, HEIGHT, MARGIN = 680.0, 430.0, 34.0
LEAST_SPAN_M = 200.0  # that a picture shows, so that a trip round the corner is not blown up
LETTER, LABEL_HEIGHT = 9.5, 22.0
SYMBOL = 20.0
SCALE_LENGTHS_M = (20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000)
ARROW_EVERY = 90.0  # along a drive
CORNER = Box(WIDTH - 90, HEIGHT - 16, 180, 32)  # where scale and north are drawn

Point = tuple[float, float]


@dataclass(frozen=True)
class Frame:
    """How positions become places on the picture."""

    left: float
    top: float
    east: float  # how long a degree of longitude is beside one of latitude
    scale: float  # units of the picture for a degree of latitude

    def at(self, lon: float, lat: float) -> Point:
        return (lon - self.left) * self.east * self.scale, (self.top - lat) * self.scale

    @property
    def units_per_m(self) -> float:
        return self.scale / METRES_PER_DEGREE

    @property
    def box(self) -> tuple[float, float, float, float]:
        """West, south, east and north of what is shown."""
        south, east = self.top - HEIGHT / self.scale, self.left + WIDTH / self.scale / self.east
        return self.left, south, east, self.top


def frame_of(trip: Trip) -> Frame:
    """Return the frame in which all of a trip is seen."""
    places = [place for line in trip.lines for place in line]
    places += [(step.lon, step.lat) for step in (*trip.loading, *trip.visits, trip.back)]
    lons, lats = zip(*places, strict=True)
    middle_lon, middle_lat = (min(lons) + max(lons)) / 2, (min(lats) + max(lats)) / 2
    east = math.cos(math.radians(middle_lat))
    least = LEAST_SPAN_M / METRES_PER_DEGREE
    across, up = max((max(lons) - min(lons)) * east, least), max(max(lats) - min(lats), least)
    scale = min((WIDTH - 2 * MARGIN) / across, (HEIGHT - 2 * MARGIN) / up)
    return Frame(middle_lon - WIDTH / 2 / scale / east, middle_lat + HEIGHT / 2 / scale, east, scale)


def trip_map(trip: Trip, backdrop: Backdrop | None = None) -> str:
    """Return the picture as SVG. It holds numbers and our own letters only, no text of the user."""
    frame = frame_of(trip)
    routes = [[frame.at(*place) for place in line] for line in trip.lines]
    parts = [
        f'<rect x="1" y="1" width="{WIDTH - 2:g}" height="{HEIGHT - 2:g}" fill="#fff"/>',
        *(_streets(backdrop, frame) if backdrop else ()),
        *(_line(route, 'stroke="#fff" stroke-width="6"') for route in routes),
        *(_line(route, 'stroke="#000" stroke-width="2.4"') for route in routes),
        *(arrow for route in routes for arrow in _arrows(route)),
        *_on_foot(trip, frame),
        *_marks(trip, frame),
        *_scale(frame),
        f'<rect x="1" y="1" width="{WIDTH - 2:g}" height="{HEIGHT - 2:g}" stroke="#000"/>',
    ]
    body = "".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:g} {HEIGHT:g}" '
        f'font-family="DejaVu Sans Condensed, sans-serif" font-size="15" text-anchor="middle" fill="none">{body}</svg>'
    )


def _streets(backdrop: Backdrop, frame: Frame) -> Iterator[str]:
    """Yield the streets of each rank as one path."""
    for style, lines in backdrop.shown(frame.box, degrees=1 / frame.scale):
        moves = (" ".join(f"{x:.1f},{y:.1f}" for x, y in (frame.at(*place) for place in line)) for line in lines)
        yield f'<path d="{"".join(f"M{move}" for move in moves)}" {style}/>'


def _line(points: Sequence[Point], style: str) -> str:
    joined = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return f'<polyline points="{joined}" {style} stroke-linejoin="round" stroke-linecap="round"/>'


def _arrows(points: Sequence[Point]) -> Iterator[str]:
    """Yield heads along a line that show which way it is driven."""
    due = ARROW_EVERY / 2
    for (ax, ay), (bx, by) in pairwise(points):
        length = math.hypot(bx - ax, by - ay)
        while due <= length and length > 0:
            share, angle = due / length, math.degrees(math.atan2(by - ay, bx - ax))
            x, y = ax + share * (bx - ax), ay + share * (by - ay)
            move = f"translate({x:.1f} {y:.1f}) rotate({angle:.0f})"
            yield f'<path d="M8 0L-6 6L-6 -6Z" fill="#000" stroke="#fff" transform="{move}"/>'
            due += ARROW_EVERY
        due -= length


def _on_foot(trip: Trip, frame: Frame) -> Iterator[str]:
    """Yield a broken line from where the vehicle stands to an address that the driver walks to."""
    for _, order in trip.stops.values():
        if order.parks_at is not None:
            ends = [frame.at(order.kerb.lon, order.kerb.lat), frame.at(order.lon, order.lat)]
            yield _line(ends, 'stroke="#000" stroke-width="1.6" stroke-dasharray="1 5"')


def _marks(trip: Trip, frame: Frame) -> Iterator[str]:
    """Yield the depot, the places to charge, and a label for each address with the numbers of its stops."""
    symbols = list(_symbols(trip, frame))
    numbers: dict[Point, list[int]] = {}
    for number, (step, order) in trip.stops.items():
        spot = order if order.parks_at is not None else kerb_of(trip, step)
        numbers.setdefault(frame.at(spot.lon, spot.lat), []).append(number)
    points, texts = list(numbers), [spans(shared) for shared in numbers.values()]
    sizes = [(max(LABEL_HEIGHT, LETTER * len(text) + 8), LABEL_HEIGHT) for text in texts]
    boxes = place_labels(points, sizes, Sheet(WIDTH, HEIGHT, (CORNER, *(box for box, _ in symbols))))
    for (x, y), box in zip(points, boxes, strict=True):
        yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="#000"/>'
        if (box.x, box.y) != (x, y):
            yield _line([(x, y), (box.x, box.y)], 'stroke="#000" stroke-width="1"')
    yield from (drawn for _, drawn in symbols)
    for text, box in zip(texts, boxes, strict=True):
        yield (
            f'<rect x="{box.x - box.width / 2:.1f}" y="{box.y - box.height / 2:.1f}" width="{box.width:.1f}" '
            f'height="{box.height:.1f}" rx="{box.height / 2:.1f}" fill="#fff" stroke="#000" stroke-width="1.6"/>'
            f'<text x="{box.x:.1f}" y="{box.y + 5.5:.1f}" fill="#000" font-weight="bold">{text}</text>'
        )


def _symbols(trip: Trip, frame: Frame) -> Iterator[tuple[Box, str]]:
    """Yield a square with a D for the depot, one with an H where the vehicle starts or ends, a diamond to charge."""
    seen = set()
    for step in (*trip.loading, *trip.visits, trip.back):
        x, y = frame.at(step.lon, step.lat)
        kind = step.kind
        if step.serves or kind is StepKind.BREAK or (step.lat, step.lon) in seen:
            continue
        seen.add((step.lat, step.lon))
        half = SYMBOL / 2
        if kind in {StepKind.CHARGE, StepKind.SWAP} and step.place_id not in trip.view.depots:
            outline = (
                f"M{x:.1f} {y - half - 4:.1f}l{half + 4} {half + 4}l-{half + 4} {half + 4}l-{half + 4} -{half + 4}Z"
            )
            drawn = f'<path d="{outline}" fill="#000" stroke="#fff"/>{_letter(x, y, "C")}'
        else:
            letter = "D" if step.place_id in trip.view.depots else "H"
            square = f'x="{x - half:.1f}" y="{y - half:.1f}" width="{SYMBOL:g}" height="{SYMBOL:g}"'
            drawn = f'<rect {square} fill="#000" stroke="#fff"/>{_letter(x, y, letter)}'
        yield Box(x, y, SYMBOL, SYMBOL), drawn


def _letter(x: float, y: float, letter: str) -> str:
    return f'<text x="{x:.1f}" y="{y + 5.5:.1f}" fill="#fff" font-weight="bold">{letter}</text>'


def _scale(frame: Frame) -> Iterator[str]:
    """Yield a bar of a round length, with its length, and an arrow to the north."""
    longest = 130.0
    length_m = max((m for m in SCALE_LENGTHS_M if m * frame.units_per_m <= longest), default=SCALE_LENGTHS_M[0])
    length, text = length_m * frame.units_per_m, f"{length_m / 1_000:g} km" if length_m >= 1_000 else f"{length_m} m"
    right, low = WIDTH - 40, HEIGHT - 8
    yield f'<rect x="{WIDTH - 180:g}" y="{HEIGHT - 32:g}" width="179" height="31" fill="#fff" stroke="#000"/>'
    yield _line([(right - length, low - 5), (right - length, low), (right, low), (right, low - 5)], 'stroke="#000"')
    yield f'<text x="{right - length / 2:.1f}" y="{low - 6:g}" fill="#000" font-size="13">{text}</text>'
    yield f'<text x="{WIDTH - 17:g}" y="{low - 2:g}" fill="#000" font-size="12" font-weight="bold">N</text>'
    yield f'<path d="M{WIDTH - 17:g} {HEIGHT - 30:g}l4 9h-8Z" fill="#000"/>'
