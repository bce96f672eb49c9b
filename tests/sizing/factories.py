"""A depot in the demo city with a few days of orders, made by hand."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from functools import cache

from planner import catalogue
from planner.demo import demo_folder
from planner.io.money import read_money
from planner.model import Day, Depot, Order, Plug, TimeWindow, Vehicle
from planner.roads.read import read_streets
from planner.roads.streets import Streets
from planner.sizing.candidates import Candidate
from planner.sizing.demand import DemandDay

HOUR_S = 3_600
HUB = (-29.95055, -71.28262)
FIRST = date(2026, 3, 10)


@cache
def city() -> Streets:
    return read_streets(demo_folder() / "coquimbo.streets.npz")


@cache
def doors() -> list[tuple[float, float]]:
    with (demo_folder() / "orders.csv").open(encoding="utf-8") as file:
        return [(float(row["lat"]), float(row["lon"])) for row in csv.DictReader(file)]


def candidate(type_name: str = "ami-cargo", *, hours: tuple[int, int] = (9, 17)) -> Candidate:
    shift = TimeWindow(start_s=hours[0] * HOUR_S, end_s=hours[1] * HOUR_S)
    vehicle = Vehicle(id="", type=catalogue.vehicle_type(type_name), depot_id="hub", shift=shift)
    return Candidate.owned(type_name, vehicle, read_money())


def orders(count: int, *, volume_l: float = 60.0, demand_kg: float = 8.0, minutes: float = 5.0) -> tuple[Order, ...]:
    """The first addresses of the demo, each with the same order."""
    return tuple(
        Order(
            id=f"o{n}",
            lat=doors()[n][0],
            lon=doors()[n][1],
            demand_kg=demand_kg,
            volume_l=volume_l,
            service_s=round(minutes * 60),
        )
        for n in range(count)
    )


def demand(number: int, count: int, *, weight: float = 1.0, plugs: int = 2, **order: float) -> DemandDay:
    """The n-th day, with so many orders; none is a day without any."""
    day = Day(
        date=str(FIRST + timedelta(days=number)),
        time_zone="America/Santiago",
        currency="EUR",
        orders=orders(count, **order),
        vehicles=(),
        depots=(
            Depot(
                id="hub",
                lat=HUB[0],
                lon=HUB[1],
                loading_s=600,
                plugs=tuple(Plug(id=f"hub-{n}", power_w=2_300.0) for n in range(plugs)),
                price_per_kwh=0.2,
            ),
        ),
    )
    at = FIRST + timedelta(days=number)
    return DemandDay(date=at, weight=weight, day=day if count else None, sha256=f"{number}-{count}-{order}")
