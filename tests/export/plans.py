"""Plans to print: sixty stops in one trip, a day with everything a vehicle can do, and texts that mean harm.

Places lie on a straight street from the depot to the east, a kilometre in a hundredth of a degree. Every drive takes
5 minutes and 100 Wh, every stop 3 minutes, so times can be told by hand.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from planner.model import Day, DriverBreak, Order, OrderKind, Spot, TimeWindow, Vehicle
from planner.plan import Cost, Leg, Night, NightCharge, Plan, Reason, Route, Step, StepKind, Unassigned
from tests.factories import (
    DEPOT_LAT,
    DEPOT_LON,
    HOUR_S,
    make_day,
    make_depot,
    make_order,
    make_plan,
    make_station,
    make_type,
    make_vehicle,
)

DRIVE_S, SERVICE_S, DRIVE_WH = 300, 180, 100.0
EIGHT_S = 8 * HOUR_S
STATION = make_station("Plaza", lat=DEPOT_LAT, lon=DEPOT_LON + 0.055)
HOME = Spot(lat=round(DEPOT_LAT + 0.01, 6), lon=round(DEPOT_LON + 0.02, 6))
COST = Cost(vehicles=1_000.0, distance=200.0, time=30.0, energy=4.5)


def east(hundredths: float, *, north: float = 0.0) -> dict[str, float]:
    """Return the position so many hundredths of a degree east of the depot."""
    return {"lat": round(DEPOT_LAT + north / 100, 6), "lon": round(DEPOT_LON + hundredths / 100, 6)}


class Driving:
    """Writes the steps of a route, one after the other."""

    def __init__(self, vehicle: Vehicle, orders: dict[str, Order]) -> None:
        self.vehicle, self.orders = vehicle, orders
        self.at = Spot(lat=DEPOT_LAT, lon=DEPOT_LON)
        self.clock_s, self.stored_wh, self.trip = EIGHT_S, vehicle.type.battery_wh, 1
        self.steps: list[Step] = []

    def drive(self, spot: Spot) -> Leg:
        bend = (round((self.at.lon + spot.lon) / 2, 6), self.at.lat)
        line = ((self.at.lon, self.at.lat), bend, (spot.lon, spot.lat))
        self.at, self.clock_s, self.stored_wh = spot, self.clock_s + DRIVE_S, self.stored_wh - DRIVE_WH
        return Leg(distance_m=2_000.0, drive_s=DRIVE_S, energy_wh=DRIVE_WH, geometry=line)

    def add(self, kind: StepKind, place_id: str, *, seconds: int = 0, wait_s: int = 0, **given: Any) -> None:
        gained_wh = given.pop("gained_wh", 0.0)
        begin_s = self.clock_s + wait_s
        step = Step(
            kind=kind,
            place_id=place_id,
            trip=self.trip,
            arrival_s=self.clock_s,
            begin_s=begin_s,
            end_s=begin_s + seconds,
            stored_arrival_wh=self.stored_wh,
            stored_end_wh=self.stored_wh + gained_wh,
            load_kg=0.0,
            load_l=0.0,
            **{"lat": self.at.lat, "lon": self.at.lon} | given,
        )
        self.steps.append(step)
        self.clock_s, self.stored_wh = step.end_s, step.stored_end_wh

    def serve(self, *order_ids: str, wait_s: int = 0) -> None:
        for order_id in order_ids:
            order = self.orders[order_id]
            kind = StepKind.PICKUP if order.kind is OrderKind.PICKUP else StepKind.DELIVERY
            leg = self.drive(order.kerb)
            seconds = SERVICE_S + order.walk_s
            self.add(kind, order_id, seconds=seconds, wait_s=wait_s, leg=leg, lat=order.lat, lon=order.lon)

    def depot(self, kind: StepKind, *, seconds: int = 600, **given: Any) -> None:
        leg = None if kind is StepKind.START else self.drive(Spot(lat=DEPOT_LAT, lon=DEPOT_LON))
        self.trip += kind is StepKind.RELOAD and bool(self.steps) and any(step.serves for step in self.steps)
        self.add(kind, self.vehicle.depot_id, seconds=0 if kind is StepKind.END else seconds, leg=leg, **given)

    def charge_while_loading(self, wh: float) -> None:
        loading = self.steps[-1]
        charge = replace(
            loading, kind=StepKind.CHARGE, leg=None, plug_id="hub-1", power_w=2_000.0, stored_end_wh=self.stored_wh + wh
        )
        self.steps.append(charge)
        self.stored_wh += wh

    def route(self, *, night: Night | None = None, driver_id: str = "") -> Route:
        return Route(vehicle_id=self.vehicle.id, steps=tuple(self.steps), cost=COST, night=night, driver_id=driver_id)


def plan_of(driving: Driving, **given: Any) -> Plan:
    day = make_day(orders=tuple(driving.orders.values()), vehicles=(driving.vehicle,), stations=(STATION,))
    route = given.pop("route", None) or driving.route()
    return make_plan(**{"day": day, "routes": (route,), "unassigned": ()} | given)


def sixty_stops() -> Plan:
    """One trip with sixty deliveries in four streets, some of them at one address."""
    orders = {
        f"S{i:03d}": make_order(
            f"S{i:03d}",
            **east(i % 15 * 0.1, north=i // 15 * 0.15),
            demand_kg=1.5,
            volume_l=4.0,
            parcels=1 + i % 2,
            address=f"Calle de la Constitución {i}, Departamento {i % 7}, La Serena",
            notes="Ring twice, the bell is broken; leave with the concierge" if i % 3 == 0 else "",
            windows=(TimeWindow(start_s=EIGHT_S, end_s=EIGHT_S + 8 * HOUR_S),) if i % 2 else (),
        )
        for i in range(1, 61)
    }
    driving = Driving(make_vehicle(type=make_type(battery_wh=8_000.0)), orders)
    driving.depot(StepKind.START)
    driving.serve(*orders)
    driving.depot(StepKind.END)
    return plan_of(driving)


def everything() -> Plan:
    """Two trips of a vehicle that starts and ends at its driver's home: all kinds of steps and remarks."""
    orders = {order.id: order for order in _orders_of_everything()}
    rest = DriverBreak(length_s=1_800, earliest_s=0, latest_s=12 * HOUR_S)
    vehicle = make_vehicle("van 7", start=HOME, end=HOME, driver_break=rest)
    driving = Driving(vehicle, orders)
    driving.at = HOME
    driving.add(StepKind.START, "van 7")
    driving.depot(StepKind.RELOAD)
    driving.serve("first", "on-foot")
    driving.serve("waits", wait_s=600)
    driving.add(StepKind.BREAK, "waits", seconds=1_800)
    leg = driving.drive(Spot(lat=STATION.lat, lon=STATION.lon))
    charging: dict[str, Any] = {"plug_id": "station-1", "power_w": 2_000.0, "gained_wh": 400.0, "leg": leg}
    driving.add(StepKind.CHARGE, "Plaza", seconds=720, **charging)
    driving.serve("fetch", "bring")
    driving.depot(StepKind.RELOAD)
    driving.charge_while_loading(300.0)
    driving.add(StepKind.SWAP, "hub", seconds=240, gained_wh=vehicle.type.battery_wh - driving.stored_wh)
    driving.serve("late", "walk", "pickup")
    driving.depot(StepKind.RETURN, seconds=0)
    driving.add(StepKind.END, "van 7", leg=driving.drive(HOME), lat=HOME.lat, lon=HOME.lon)
    night = Night(
        until_s=EIGHT_S + 24 * HOUR_S,
        charges=(NightCharge(plug_id="hub-2", begin_s=64_800, end_s=72_000, wh=1_250.0, power_w=2_000.0, cost=0.25),),
        missing_wh=150.0,
    )
    left_out = Unassigned(order_id="left", reason=Reason.TOO_HEAVY, detail="900 kg, the largest bay takes 100 kg")
    route = driving.route(night=night, driver_id="Zoë Ångström")
    return plan_of(driving, route=route, unassigned=(left_out,))


def _orders_of_everything() -> tuple[Order, ...]:
    nine, two = TimeWindow(start_s=9 * HOUR_S, end_s=10 * HOUR_S), TimeWindow(start_s=14 * HOUR_S, end_s=15 * HOUR_S)
    kerb = east(1)
    return (
        make_order("first", **kerb, address="Łódzka 1", windows=(nine, two), parcels=3, longest_cm=80.0),
        make_order("on-foot", **east(1.02, north=0.05), address="Łódzka 3", parks_at=Spot(**kerb), walk_s=130),
        make_order("waits", **east(2), address="Οδός Ερμού 5", notes="Код 42#\nsecond floor", skills=("cold",)),
        make_order("fetch", **east(5), kind=OrderKind.PICKUP, pair="rx", address="улица Ленина 7", demand_kg=2.0),
        make_order("bring", **east(5.5, north=1), pair="rx", address="Größe 9", demand_kg=2.0),
        make_order("late", **east(3), windows=(TimeWindow(start_s=EIGHT_S, end_s=EIGHT_S + 60),), late_max_s=20_000),
        make_order("walk", **east(0.98), address="Łódzka 2", parks_at=Spot(**kerb), walk_s=61),
        make_order("pickup", **east(4), kind=OrderKind.PICKUP, address="Ñuñoa 11", parcels=2),
        make_order("left", demand_kg=900.0, address="Too heavy street"),
    )


HOSTILE = (
    '=HYPERLINK("http://evil.example","x")',
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    '#import "x"; #panic() *bold* $x$ @ref {{ 7*7 }} {% raw %}',
    "]]></name><script>alert(1)</script>&amp;&lt;",
    "BEGIN:VEVENT\r\nSUMMARY:forged\r\nEND:VEVENT",
    "+49 30 1234\x1b[31m\x07\u202egnp.exe",
)


def hostile() -> Plan:
    """Every text of the user is one that means harm to some format."""
    orders = {
        text: make_order(text, **east(number), address=text, notes=text, demand_kg=1.0, skills=(text,))
        for number, text in enumerate(HOSTILE, start=1)
    }
    vehicle = make_vehicle("../../<b>v</b>", depot_id=HOSTILE[1], type=make_type(name=HOSTILE[2]))
    driving = Driving(vehicle, orders)
    driving.depot(StepKind.START)
    driving.serve(*orders)
    driving.depot(StepKind.END)
    day = Day(
        date="2026-05-12",
        time_zone="America/Santiago",
        currency="CLP",
        orders=tuple(orders.values()),
        vehicles=(vehicle,),
        depots=(make_depot(HOSTILE[1]),),
    )
    return plan_of(driving, day=day, route=driving.route(driver_id=HOSTILE[3]))
