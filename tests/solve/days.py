"""Random small days on the auditor's small town, as hypothesis draws them."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from itertools import pairwise

import numpy as np
from hypothesis import strategies as st

from planner.model import (
    Balance,
    Day,
    Depot,
    Driver,
    DriverBreak,
    Measure,
    Order,
    OrderKind,
    Packs,
    Plug,
    PriceFrom,
    Priority,
    Spot,
    Station,
    TimeWindow,
    Traffic,
    Vehicle,
    VehicleType,
)
from planner.roads.streets import Streets
from planner.roads.walk_up import park_together
from tests.check.grid import COLUMNS, ROWS, SOUTH, STEP_LAT, STEP_LON, WEST, make_grid
from tests.factories import HOUR_S, make_day, make_depot, make_order, make_station, make_type, make_vehicle

MORNING_S = 8 * HOUR_S
CHEAP_NIGHTS = tuple(
    PriceFrom(from_s=hour * HOUR_S, price_per_kwh=price) for hour, price in ((0, 0.1), (6, 0.4), (22, 0.1), (30, 0.4))
)


@cache
def grid() -> Streets:
    return make_grid()


@cache
def hilly_grid() -> Streets:
    """The same town on rounded hills 120 m above its valleys, a third of a small battery, and up to 25 % steep."""
    level = make_grid()
    north = np.sin((level.shape_lat - SOUTH) / STEP_LAT * np.pi / 3)
    east = np.cos((level.shape_lon - WEST) / STEP_LON * np.pi / 3)
    return replace(level, shape_ele_m=60.0 * north * east)


@st.composite
def spots(draw: st.DrawFn) -> tuple[float, float]:
    """Draw (lat, lon) near a street of the town; now and then one that is too far from any."""
    row = draw(st.integers(0, 10 * (ROWS - 1))) / 10
    column = draw(st.sampled_from([0, COLUMNS - 1])) if row != int(row) else draw(st.integers(0, COLUMNS - 1))
    off = 0.01 if draw(st.integers(0, 19)) == 19 else 0.0
    return SOUTH + STEP_LAT * row - off, WEST + STEP_LON * column


@st.composite
def windows(draw: st.DrawFn) -> tuple[TimeWindow, ...]:
    """Draw up to three windows of a quarter of an hour to three hours, some of them outside every shift."""
    begins = draw(st.lists(st.integers(24, 72), max_size=3, unique=True))
    spans = [TimeWindow(start_s=b * 900, end_s=b * 900 + draw(st.integers(1, 12)) * 900) for b in sorted(begins)]
    apart = [span for i, span in enumerate(spans) if i == 0 or span.start_s > max(s.end_s for s in spans[:i])]
    return tuple(apart)


@st.composite
def orders(draw: st.DrawFn, number: int) -> Order:
    lat, lon = draw(spots())
    kind = draw(st.sampled_from([OrderKind.DELIVERY, OrderKind.DELIVERY, OrderKind.PICKUP]))
    release = MORNING_S + draw(st.sampled_from([-1, -1, 0, 1, 3])) * HOUR_S
    return make_order(
        f"o{number}",
        lat=lat,
        lon=lon,
        demand_kg=float(draw(st.sampled_from([0, 1, 10, 30, 60, 120]))),
        volume_l=float(draw(st.sampled_from([0, 5, 50, 150, 390]))),
        service_s=draw(st.sampled_from([0, 60, 600, 3_600])),
        setup_s=draw(st.sampled_from([0, 45])),
        windows=draw(windows()),
        priority=draw(st.sampled_from(list(Priority))),
        skills=draw(st.sampled_from([(), (), (), ("lift",)])),
        kind=kind,
        release_s=release if kind is OrderKind.DELIVERY else 0,
        group=draw(st.sampled_from(["", "", "", "", "a", "b"])),
    )


@st.composite
def neighbours(draw: st.DrawFn, apart: tuple[Order, ...]) -> tuple[Order, ...]:
    """Move some orders to the door of the first."""
    lat, lon = apart[0].lat, apart[0].lon
    return tuple(replace(order, lat=lat, lon=lon) if draw(st.integers(0, 3)) == 0 else order for order in apart)


@st.composite
def paired(draw: st.DrawFn, orders: tuple[Order, ...]) -> tuple[Order, ...]:
    """Make pairs of up to four of the orders: the goods of one are fetched at it and brought to the next."""
    made = list(orders)
    for n in range(draw(st.sampled_from([0, 0, 1, 2]))):
        one, other = made[2 * n : 2 * n + 2] if len(made) >= 2 * n + 2 else (None, None)
        if one is None or other is None:
            break
        if draw(st.booleans()):  # or hardly any could be served
            one, other = (
                replace(stop, windows=(), skills=(), demand_kg=10.0, volume_l=20.0, service_s=60)
                for stop in (one, other)
            )
        made[2 * n] = replace(one, kind=OrderKind.PICKUP, pair=f"p{n}", release_s=0)
        made[2 * n + 1] = replace(
            other,
            kind=OrderKind.DELIVERY,
            pair=f"p{n}",
            release_s=0,
            demand_kg=one.demand_kg,
            volume_l=one.volume_l,
            group=one.group,
        )
    return tuple(made)


@st.composite
def kinds(draw: st.DrawFn, name: str) -> VehicleType:
    return make_type(
        name,
        top_speed_kmh=draw(st.sampled_from([25.0, 45.0])),
        battery_wh=draw(st.sampled_from([300.0, 450.0, 700.0, 3_000.0])),
        payload_kg=draw(st.sampled_from([70.0, 130.0])),
        volume_l=draw(st.sampled_from([180.0, 400.0])),
        charge_w=draw(st.sampled_from([500.0, 2_000.0])),
        cost_per_day=draw(st.sampled_from([0.0, 10.0, 20.0])),
        wear_per_kwh=draw(st.sampled_from([0.0, 0.0, 0.2])),
    )


@st.composite
def vehicles(draw: st.DrawFn, number: int, kind: VehicleType, depot: Depot) -> Vehicle:
    begin = MORNING_S + draw(st.integers(0, 4)) * 1_800
    start_soc = draw(st.sampled_from([0.3, 0.8, 1.0]))
    return make_vehicle(
        f"v{number}",
        type=kind,
        depot_id=depot.id,
        shift=TimeWindow(start_s=begin, end_s=begin + draw(st.integers(1, 18)) * 1_800),
        start_soc=start_soc,
        end_soc=draw(st.sampled_from([0.0, 0.0, 0.5, 0.9])),
        reserve_soc=draw(st.sampled_from([0.0, 0.1, 0.2])),
        skills=draw(st.sampled_from([(), ("lift",)])),
    )


def plugs(site: str, count: int, power_w: float) -> tuple[Plug, ...]:
    return tuple(Plug(id=f"{site}-{i + 1}", power_w=power_w) for i in range(count))


@st.composite
def depots(draw: st.DrawFn, number: int) -> Depot:
    return make_depot(
        f"hub{number}",
        lat=SOUTH + STEP_LAT * draw(st.integers(0, ROWS - 1)),
        lon=WEST,
        loading_s=draw(st.sampled_from([0, 300, 900])),
        plugs=plugs(f"hub{number}", draw(st.integers(0, 2)), draw(st.sampled_from([800.0, 2_300.0]))),
        site_power_w=draw(st.sampled_from([None, None, 1_000.0, 2_500.0])),
        tariff=draw(st.sampled_from([(), (), CHEAP_NIGHTS])),
    )


@st.composite
def stations(draw: st.DrawFn, number: int) -> Station:
    opens = MORNING_S + draw(st.integers(-2, 6)) * HOUR_S
    return make_station(
        f"s{number}",
        lat=SOUTH + STEP_LAT * draw(st.integers(0, ROWS - 1)),
        lon=WEST + STEP_LON * (COLUMNS - 1),
        plugs=plugs(f"s{number}", draw(st.integers(1, 2)), 3_700.0),
        hours=draw(st.sampled_from([(), (TimeWindow(start_s=opens, end_s=opens + 3 * HOUR_S),)])),
    )


@st.composite
def traffic(draw: st.DrawFn) -> tuple[Traffic, ...]:
    """Draw up to three spans with a pace of their own, now and then one right after the other, often none."""
    if draw(st.booleans()):
        return ()
    ends = sorted(draw(st.sets(st.integers(24, 72), min_size=2, max_size=6)))
    spans = pairwise(ends) if draw(st.booleans()) else zip(ends[::2], ends[1::2], strict=False)
    pace = st.sampled_from([0.2, 0.5, 0.7, 0.85, 1.2, 1.5])
    return tuple(Traffic(start_s=a * 900, end_s=b * 900, speed=draw(pace)) for a, b in spans)


@st.composite
def days(draw: st.DrawFn) -> Day:
    """Draw 3 to 10 orders for 1 to 3 vehicles of up to two types, at one or two depots, with up to two stations."""
    hubs = tuple(draw(depots(i)) for i in range(draw(st.sampled_from([1, 1, 2]))))
    types = [draw(kinds(name)) for name in ("small", "large")]
    fleet = range(draw(st.integers(1, 3)))
    return make_day(
        orders=draw(paired(draw(neighbours(tuple(draw(orders(i)) for i in range(draw(st.integers(3, 10)))))))),
        vehicles=tuple(draw(vehicles(i, draw(st.sampled_from(types)), draw(st.sampled_from(hubs)))) for i in fleet),
        depots=hubs,
        stations=tuple(draw(stations(i)) for i in range(draw(st.integers(0, 2)))),
        charging=draw(st.sampled_from([True, True, False])),
        charge_while_loading=draw(st.sampled_from([True, True, False])),
        full_charges=draw(st.sampled_from([False, False, True])),
        traffic=draw(traffic()),
    )


@st.composite
def breaks(draw: st.DrawFn, shift: TimeWindow) -> DriverBreak | None:
    """Draw a break of up to a third of the shift: within a span of it, or after some hours of work, or none."""
    half_hours = (shift.end_s - shift.start_s) // 1_800
    length_s = draw(st.sampled_from([0, 600, 1_800, 3_600]))
    if not length_s or half_hours < 3:
        return None
    if draw(st.booleans()):
        latest_s = draw(st.integers(1, half_hours)) * 1_800
        return DriverBreak(length_s=length_s, earliest_s=0, latest_s=latest_s, from_start=True)
    begin_s = shift.start_s + draw(st.integers(0, half_hours - 2)) * 1_800
    return DriverBreak(length_s=length_s, earliest_s=begin_s, latest_s=begin_s + draw(st.sampled_from([0, 900, 3_600])))


@st.composite
def aways(draw: st.DrawFn) -> Spot | None:
    """Draw a place away from the depot where a vehicle starts or ends, mostly none."""
    row, column = draw(st.integers(0, ROWS - 1)), draw(st.integers(0, COLUMNS - 1))
    away = Spot(lat=SOUTH + STEP_LAT * row, lon=WEST + STEP_LON * column)
    return draw(st.sampled_from([None, None, away]))


@st.composite
def drivers(draw: st.DrawFn, number: int) -> Driver:
    begin = MORNING_S + draw(st.integers(-2, 4)) * 1_800
    shift = TimeWindow(start_s=begin, end_s=begin + draw(st.integers(2, 20)) * 1_800)
    return Driver(
        id=f"d{number}",
        shift=shift,
        licences=draw(st.sampled_from([(), ("AM",), ("B",), ("AM", "B")])),
        skills=draw(st.sampled_from([(), ("lift",)])),
        driver_break=draw(breaks(shift)),
        cost_per_hour=draw(st.sampled_from([None, 5.0])),
    )


@st.composite
def driven_days(draw: st.DrawFn) -> Day:
    """Draw a day with rules whose vehicles need drivers, some of them a licence: at least one vehicle has a driver."""
    day = draw(ruled_days())
    licences = {vehicle.type: draw(st.sampled_from(["", "AM", "B"])) for vehicle in day.vehicles}
    crew = tuple(draw(drivers(n)) for n in range(draw(st.integers(1, 3))))
    able = replace(crew[0], licences=("AM", "B"), shift=TimeWindow(start_s=0, end_s=86_400))
    return replace(
        day,
        vehicles=tuple(replace(v, type=replace(v.type, licence=licences[v.type])) for v in day.vehicles),
        drivers=(able, *crew[1:]),
    )


@st.composite
def ruled_days(draw: st.DrawFn) -> Day:
    """Draw a day whose vehicles and depots have rules: breaks, stops, overtime, ways home, docks, swaps, walks."""
    day = draw(days())
    types = {
        kind.name: replace(
            kind,
            service_factor=draw(st.sampled_from([0.5, 1.0, 1.37])),
            cost_per_overtime_hour=draw(st.sampled_from([0.0, 5.0, 500.0])),
            swap_s=draw(st.sampled_from([None, 240, 1_200])),
        )
        for kind in {vehicle.type.name: vehicle.type for vehicle in day.vehicles}.values()
    }
    balance = Balance(by=draw(st.sampled_from(list(Measure))), price=draw(st.sampled_from([0.1, 5.0, 500.0])))
    walk_up_m = draw(st.sampled_from([0.0, 0.0, 150.0]))
    parked = park_together(day.orders, within_m=walk_up_m)
    return replace(
        day,
        balance=draw(st.sampled_from([None, balance])),
        walk_up_m=walk_up_m,
        orders=tuple(
            replace(
                order,
                parcels=draw(st.sampled_from([0, 1, 7])),
                depot_id=draw(st.sampled_from(["", "", *(depot.id for depot in day.depots)])) if not order.pair else "",
                late_max_s=draw(st.sampled_from([0, 0, 300, 3_600])),
                late_cost_per_min=draw(st.sampled_from([0.0, 0.01, 0.5])),
            )
            for order in parked
        ),
        depots=tuple(
            replace(
                depot,
                loading_per_parcel_s=draw(st.sampled_from([0.0, 0.3, 90.0])),
                docks=draw(st.sampled_from([None, 1, 1, 2])),
                packs=tuple(
                    Packs(type_name=name, spare=draw(st.integers(0, 2)))
                    for name in draw(st.sampled_from([(), tuple(types)]))
                ),
            )
            for depot in day.depots
        ),
        vehicles=tuple(
            replace(
                vehicle,
                type=types[vehicle.type.name],
                max_stops=draw(st.sampled_from([None, 1, 3])),
                overtime_s=draw(st.sampled_from([0, 1_800, 7_200])),
                driver_break=draw(breaks(vehicle.shift)),
                start=draw(aways()),
                end=draw(aways()),
                min_paid_s=draw(st.sampled_from([0, 0, 7_200, 28_800])),
            )
            for vehicle in day.vehicles
        ),
    )
