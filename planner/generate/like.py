"""Days like those of a history: as many orders, at such doors, of such goods and wishes.

Each made-up order takes all that a real one says but its place, which is a doorstep near that of another real one. So
zones, sizes and windows come as often as they did, and no list of customers is handed on.
"""

from __future__ import annotations

import math
import os
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from planner.clock import midnight, moment_at
from planner.errors import Fault, InputError
from planner.generate.days import Made, with_streets
from planner.generate.folder import refuse_other_folder, write_days
from planner.generate.pattern import Pattern, pattern_of
from planner.io.fleet import FleetFile, read_fleet
from planner.io.order_rows import COLUMNS, REQUIRED, WINDOWS
from planner.io.safe_csv import csv_text
from planner.model import Order
from planner.roads.doorsteps import doorstep, doorstep_segments, nearest_segments
from planner.roads.network import build_network
from planner.roads.streets import METRES_PER_DEGREE, Ints, Streets

MOST_AWAY_M = 300.0  # of a made-up place from a real one, as a standard deviation
LEAST_ALIKE = 30  # orders of one weekday, and its days are made of these alone
MINUTE_S = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """What to make: `days` from `first_day` on, like `history`, with `growth` more orders (0.1: a tenth more)."""

    history: Mapping[date, Sequence[Order]]
    fleet: Path
    streets: Streets
    streets_file: Path
    days: int
    first_day: date
    seed: int
    growth: float = 0.0


@dataclass(frozen=True, kw_only=True)
class _Source:
    wanted: Likeness
    fleet: FleetFile
    doors: Ints
    away_m: float
    pattern: Pattern
    pool: Sequence[tuple[date, Order]]


def generate_like(wanted: Likeness, output: Path) -> Made:
    """Write the fleet and a folder of orders for each day; the same request gives the same bytes.

    A day without orders has a header line alone; one of a weekday that is closed has no folder. A day does not depend
    on how many others are made. Raises `InputError` or `RoadsError`.
    """
    refuse_other_folder(output)
    source = _source(wanted)
    orders: dict[str, str] = {}
    counts: dict[str, int] = {}
    for day in (wanted.first_day + timedelta(days=number) for number in range(wanted.days)):
        if not source.pattern.opens(day):
            continue
        rng = random.Random(f"{wanted.seed} {day} count")  # noqa: S311
        count = source.pattern.orders_on(day, growth=wanted.growth, rng=rng)
        orders[day.isoformat()] = _rows(source, day, count) if count else csv_text(REQUIRED, ())
        counts[day.isoformat()] = count
    if not any(counts.values()):
        message, remedy = "brings no order on any of these days", "ask for more days, or for other weekdays"
        raise InputError(Fault(code="E-Y10", file="the history", message=message, remedy=remedy))
    named = Path(os.path.relpath(wanted.streets_file.resolve(), output.resolve())).as_posix()
    write_days(output, fleet=with_streets(wanted.fleet, named), orders_by_day=orders)
    return Made(folder=output, orders_by_day=counts, weighted_by=f"{len(wanted.history)} days of real ones")


def _source(wanted: Likeness) -> _Source:
    fleet = read_fleet(wanted.fleet, day=wanted.first_day)
    kinds = dict.fromkeys((vehicle.type.road_class, vehicle.type.top_speed_kmh) for vehicle in fleet.vehicles)
    networks = [build_network(wanted.streets, legal, top_speed_kmh=kmh) for legal, kmh in kinds]
    pool = [(day, order) for day, orders in wanted.history.items() for order in orders if not order.pair]
    if not pool:
        message = "holds no order that stands for itself"
        remedy = "give days with orders that are not pairs of a pickup and a delivery"
        raise InputError(Fault(code="E-Y10", file="the history", message=message, remedy=remedy))
    return _Source(
        wanted=wanted,
        fleet=fleet,
        doors=doorstep_segments(networks),
        away_m=_away_m([order for _, order in pool]),
        pattern=pattern_of({day: len(orders) for day, orders in wanted.history.items()}),
        pool=pool,
    )


def _away_m(orders: Sequence[Order]) -> float:
    """Return how far around real places others are drawn: by Scott's rule for two dimensions, and no farther than that.

    D. W. Scott, Multivariate Density Estimation (Wiley 1992), eq. 6.42: sigma n^(-1/6).
    """
    lat, lon = np.array([order.lat for order in orders]), np.array([order.lon for order in orders])
    shrink = math.cos(math.radians(float(np.median(lat))))
    sigma_m = METRES_PER_DEGREE * math.sqrt((float(np.var(lat)) + float(np.var(lon)) * shrink**2) / 2)
    return min(sigma_m * math.pow(len(orders), -1 / 6), MOST_AWAY_M)


def _rows(source: _Source, day: date, count: int) -> str:
    places, goods = (random.Random(f"{source.wanted.seed} {day} {use}") for use in ("places", "goods"))  # noqa: S311
    alike = [one for one in source.pool if one[0].weekday() == day.weekday()]
    pool = alike if len(alike) >= LEAST_ALIKE else source.pool
    chosen = [goods.choice(pool) for _ in range(count)]
    doors = _doors(source, [places.choice(pool)[1] for _ in range(count)], places)
    tags = source.wanted.streets.tag_sets
    streets = [tags[source.wanted.streets.seg_tags[segment]].get("name", "") for segment, _, _ in doors]
    rows = [
        _row(source, day, number, order, of=then, place=(lat, lon), street=street)
        for number, ((then, order), (_, lat, lon), street) in enumerate(
            zip(chosen, doors, streets, strict=True), start=1
        )
    ]
    columns = [name for name in COLUMNS if any(row.get(name, "") != "" for row in rows)]
    return csv_text(columns, [[row.get(name, "") for name in columns] for row in rows])


def _doors(source: _Source, near: Sequence[Order], rng: random.Random) -> list[tuple[int, float, float]]:
    """Draw a doorstep near each of some orders: its segment, latitude and longitude."""
    step = source.away_m / METRES_PER_DEGREE
    lat = np.array([order.lat + rng.gauss(0, step) for order in near])
    lon = np.array([order.lon + rng.gauss(0, step) / math.cos(math.radians(order.lat)) for order in near])
    segments = nearest_segments(source.wanted.streets, source.doors, lat=lat, lon=lon).tolist()
    return [(segment, *doorstep(source.wanted.streets, segment, rng)) for segment in segments]


def _row(
    source: _Source, day: date, number: int, order: Order, *, of: date, place: tuple[float, float], street: str
) -> dict[str, str | float]:
    row: dict[str, str | float] = {
        "id": f"D{day:%m%d}-{number:03d}",
        "lat": round(place[0], 6),
        "lon": round(place[1], 6),
        "address": "".join(letter for letter in street if letter.isprintable()),
        "demand_kg": order.demand_kg,
        "volume_l": order.volume_l,
        "parcels": order.parcels,
        "longest_cm": order.longest_cm,
        "service_min": order.service_s / MINUTE_S,
        "setup_min": order.setup_s / MINUTE_S,
        "priority": order.priority.value,
        "skills": ";".join(order.skills),
        "vehicle_class": ";".join(order.vehicle_classes),
        "type": order.kind.value,
        "depot": order.depot_id,
    }
    if order.release_s:
        row["release"] = _clock(source, day, order.release_s, of=of)
    if order.late_max_s:
        row |= {"late_max_min": order.late_max_s / MINUTE_S, "late_cost_per_min": order.late_cost_per_min}
    for (start, end), window in zip(WINDOWS, order.windows, strict=False):
        row |= {start: _clock(source, day, window.start_s, of=of), end: _clock(source, day, window.end_s, of=of)}
    return row


def _clock(source: _Source, day: date, seconds: int, *, of: date) -> str:
    """Write on a day the time that the clock showed on another one."""
    then = moment_at(seconds, day=of, zone=source.fleet.zone)
    later = (then.date() - of).days
    if later == 1 and then == midnight(of + timedelta(days=1), source.fleet.zone):
        return "24:00"
    return f"{then:%H:%M}" if not later else f"{day + timedelta(days=later)}T{then:%H:%M}"
