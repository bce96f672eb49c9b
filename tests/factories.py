"""Small, consistent values for tests: every factory takes overrides by keyword."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from planner.model import (
    ChargeStep,
    Day,
    Depot,
    Order,
    Plug,
    RoadClass,
    Station,
    TimeWindow,
    Vehicle,
    VehicleType,
)
from planner.plan import Cost, Leg, Night, NightCharge, Plan, Provenance, Reason, Route, Step, StepKind, Unassigned

DAY = date(2026, 5, 12)  # a Tuesday without a clock change in Chile
ZONE = ZoneInfo("America/Santiago")
DEPOT_LAT, DEPOT_LON = -29.95, -71.34
HOUR_S = 3_600

TINY_CLASS = RoadClass(
    name="tiny-class",
    max_speed_kmh=45.0,
    closed_highways=("motorway", "motorway_link", "trunk", "trunk_link"),
    motorroad=False,
    access_tags=("access", "vehicle", "motor_vehicle"),
    urban_factor=0.8,
)

TINY_TYPE = VehicleType(
    name="tiny",
    road_class=TINY_CLASS,
    top_speed_kmh=45.0,
    kerb_kg=480.0,
    payload_kg=100.0,
    volume_l=400.0,
    longest_cm=120.0,
    battery_wh=5_000.0,
    charge_w=2_000.0,
    charge_curve=(ChargeStep(until_soc=0.8, power_share=1.0), ChargeStep(until_soc=1.0, power_share=0.5)),
    drag_area_m2=1.0,
    rolling=0.013,
    drivetrain_efficiency=0.8,
    auxiliary_w=100.0,
    published_range_km=75.0,
    cost_per_day=10.0,
    cost_per_km=0.1,
    cost_per_hour=1.0,
)


def make_type(name: str = "tiny", **overrides: Any) -> VehicleType:
    return replace(TINY_TYPE, name=name, **overrides)


def make_order(id: str = "o1", **overrides: Any) -> Order:
    order = Order(id=id, lat=-29.951, lon=-71.341, demand_kg=30.0, volume_l=60.0, service_s=180)
    return replace(order, **overrides)


def make_depot(id: str = "hub", **overrides: Any) -> Depot:
    depot = Depot(
        id=id,
        lat=DEPOT_LAT,
        lon=DEPOT_LON,
        loading_s=600,
        plugs=(Plug(id="hub-1", power_w=2_300.0), Plug(id="hub-2", power_w=2_300.0)),
        price_per_kwh=0.2,
    )
    return replace(depot, **overrides)


def make_station(id: str = "station", **overrides: Any) -> Station:
    station = Station(id=id, lat=-29.96, lon=-71.33, plugs=(Plug(id="station-1", power_w=3_700.0),), price_per_kwh=0.4)
    return replace(station, **overrides)


def make_vehicle(id: str = "v1", **overrides: Any) -> Vehicle:
    vehicle = Vehicle(
        id=id, type=TINY_TYPE, depot_id="hub", shift=TimeWindow(start_s=8 * HOUR_S, end_s=17 * HOUR_S), reserve_soc=0.1
    )
    return replace(vehicle, **overrides)


def make_day(**overrides: Any) -> Day:
    """One vehicle, one depot with two plugs, one station, three orders; 12 May 2026 in Chile."""
    second = make_order(
        "o2",
        lat=-29.952,
        lon=-71.342,
        demand_kg=40.0,
        volume_l=80.0,
        windows=(TimeWindow(start_s=30_900, end_s=36_000),),
    )
    day = Day(
        date=DAY.isoformat(),
        time_zone=ZONE.key,
        currency="EUR",
        orders=(make_order("o1"), second, make_order("o3", demand_kg=900.0)),
        vehicles=(make_vehicle(),),
        depots=(make_depot(),),
        stations=(make_station(),),
    )
    return replace(day, **overrides)


def make_leg(**overrides: Any) -> Leg:
    """1,000 m in 120 s for 70 Wh, from the depot to the first order."""
    leg = Leg(
        distance_m=1_000.0,
        drive_s=120,
        energy_wh=70.0,
        geometry=((DEPOT_LON, DEPOT_LAT), (-71.3405, -29.9504), (-71.341, -29.951)),
    )
    return replace(leg, **overrides)


def make_step(kind: StepKind = StepKind.DELIVERY, **overrides: Any) -> Step:
    """Return the delivery of o1 in `make_plan`; anything else by overrides."""
    step = Step(
        kind=kind,
        place_id="o1",
        trip=1,
        lat=-29.951,
        lon=-71.341,
        arrival_s=29_520,
        begin_s=29_520,
        end_s=29_700,
        stored_arrival_wh=4_930.0,
        stored_end_wh=4_930.0,
        load_kg=0.0,
        load_l=0.0,
        leg=make_leg() if kind is StepKind.DELIVERY else None,
    )
    return replace(step, **overrides)


def make_provenance(**overrides: Any) -> Provenance:
    provenance = Provenance(
        program="planner 0.1.0",
        engine="ortools",
        seed=1,
        iterations=100,
        time_limit_s=None,
        stopped_by="iterations",
        streets_file="tiny.streets.npz",
        streets_sha256="0" * 64,
        inputs_sha256={"fleet.toml": "2" * 64, "orders.csv": "1" * 64},
        rows_read=3,
        rows_rejected=0,
    )
    return replace(provenance, **overrides)


def make_plan(**overrides: Any) -> Plan:
    """Two trips of one vehicle with a charge while it reloads; o3 is too heavy. Sums agree, by hand.

    6,000 m and 720 s driven, 365.875 Wh used, 100 Wh charged, the rest overnight, 360 s of service, 240 s of waiting.
    """
    route = Route(
        vehicle_id="v1",
        steps=_steps(),
        # 10 a day; 6 km at 0.1; 42 minutes at 1 an hour; 365.875 Wh at 0.2 a kWh (100 by day, the rest overnight)
        cost=Cost(vehicles=10.0, distance=0.6, time=0.7, energy=0.073175),
        # Above 80 % the battery takes half of 2 kW: 957.15 s.
        night=Night(
            until_s=28_800 + 24 * HOUR_S,
            charges=(
                NightCharge(plug_id="hub-1", begin_s=31_320, end_s=32_278, wh=265.875, power_w=1_000.0, cost=0.053175),
            ),
        ),
    )
    plan = Plan(
        day=make_day(),
        routes=(route,),
        unassigned=(Unassigned(order_id="o3", reason=Reason.TOO_HEAVY, detail="900 kg, the largest bay takes 100 kg"),),
        provenance=make_provenance(),
    )
    return replace(plan, **overrides)


def _steps() -> tuple[Step, ...]:
    o1, o2, depot = (-71.341, -29.951), (-71.342, -29.952), (DEPOT_LON, DEPOT_LAT)
    back = make_leg(energy_wh=65.25, geometry=(o1, depot))
    there = make_leg(distance_m=2_000.0, drive_s=240, energy_wh=120.5, geometry=(depot, o1, o2))
    home = make_leg(distance_m=2_000.0, drive_s=240, energy_wh=110.125, geometry=(o2, o1, depot))
    at_depot = {"place_id": "hub", "lat": DEPOT_LAT, "lon": DEPOT_LON, "leg": None}
    reloading = {"arrival_s": 29_820, "begin_s": 29_820, "end_s": 30_420, "load_kg": 40.0, "load_l": 80.0, "trip": 2}
    return (
        make_step(
            StepKind.START,
            **at_depot,
            **{"arrival_s": 28_800, "begin_s": 28_800, "end_s": 29_400, "load_kg": 30.0, "load_l": 60.0},
            **_stored(5_000.0),
        ),
        make_step(),
        make_step(StepKind.RELOAD, **(at_depot | {"leg": back}), **reloading, **_stored(4_864.75)),
        make_step(
            StepKind.CHARGE,
            **at_depot,
            **reloading,
            **_stored(4_864.75, 4_964.75),
            plug_id="hub-1",
            power_w=600.0,
        ),
        make_step(
            place_id="o2",
            trip=2,
            lat=-29.952,
            lon=-71.342,
            arrival_s=30_660,
            begin_s=30_900,
            end_s=31_080,
            leg=there,
            **_stored(4_844.25),
        ),
        make_step(
            StepKind.END,
            **(at_depot | {"leg": home}),
            **{"trip": 2, "arrival_s": 31_320, "begin_s": 31_320, "end_s": 31_320},
            **_stored(4_734.125),
        ),
    )


def _stored(arrival_wh: float, end_wh: float | None = None) -> dict[str, Any]:
    return {"stored_arrival_wh": arrival_wh, "stored_end_wh": arrival_wh if end_wh is None else end_wh}
