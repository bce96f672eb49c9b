"""What a day is made of: orders, depots, stations, vehicles.

Everything is frozen and in house units: metres, seconds (elapsed since local midnight), watt-hours, watts,
kilograms, litres, degrees, money in the user's currency. Shares such as a state of charge are 0..1.
Values are checked by the readers in `planner.io`, which can name file and row; a `Day` built in code is
checked by `planner.pipeline`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

SPOT_DECIMALS = 6  # of a degree


class Priority(StrEnum):
    """How dear it is to leave an order out. `MUST` is never dropped to save money."""

    MUST = "must"
    SHOULD = "should"
    MAY = "may"


class OrderKind(StrEnum):
    """Which way the goods go: from the depot to the customer, or from there to the depot at the end of the trip."""

    DELIVERY = "delivery"
    PICKUP = "pickup"


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeWindow:
    """A span in which something may begin, both ends included."""

    start_s: int
    end_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A place without a plug: where a vehicle starts or ends its day away from its depot, or parks for an order."""

    lat: float
    lon: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One delivery or pickup. Service must begin inside one of `windows`; none given means any time.

    `setup_s` (parking) and `service_s` (handing over) are both spent at the stop, but parking only once where orders
    at one place follow each other directly. An empty `vehicle_classes` admits every class. The goods of a delivery are
    at the depot from `release_s` on, and loading for its trip begins no earlier. Orders of one `group` go on one
    vehicle, in any of its trips, or not at all. With a `depot_id` the goods are at that depot, or are to be brought
    there, so that only its vehicles may serve the order. Service may begin up to `late_max_s` after the end of a
    window, at `late_cost_per_min` for the time past it.

    A vehicle that `parks_at` a neighbour's address serves the order on foot from there: `walk_s` there and back come on
    top of its service.

    A pickup and a delivery of one `pair` are the two stops of the same goods, which never see the depot: fetched here,
    brought there, in one trip or not at all. Both say the same of the goods.
    """

    id: str
    lat: float
    lon: float
    demand_kg: float
    volume_l: float
    service_s: int
    setup_s: int = 0
    windows: tuple[TimeWindow, ...] = ()
    priority: Priority = Priority.SHOULD
    parcels: int = 1
    longest_cm: float = 0.0
    skills: tuple[str, ...] = ()
    vehicle_classes: tuple[str, ...] = ()
    address: str = ""
    notes: str = ""
    kind: OrderKind = OrderKind.DELIVERY
    release_s: int = 0
    group: str = ""
    depot_id: str = ""
    late_max_s: int = 0
    late_cost_per_min: float = 0.0
    pair: str = ""
    parks_at: Spot | None = None
    walk_s: int = 0

    @property
    def kerb(self) -> Spot:
        """Return where a vehicle parks to serve it."""
        return self.parks_at or Spot(lat=self.lat, lon=self.lon)

    @property
    def spot(self) -> tuple[float, float]:
        """Return what tells kerbs apart: the coordinates to a millionth of a degree, a hand's breadth."""
        return round(self.kerb.lat, SPOT_DECIMALS), round(self.kerb.lon, SPOT_DECIMALS)

    @property
    def from_depot(self) -> bool:
        """Say whether the goods are loaded at the depot."""
        return self.kind is OrderKind.DELIVERY and not self.pair

    def late_s(self, begin_s: int) -> int:
        """Return how late service begins: the time since the last window that has ended, 0 inside of one."""
        if any(window.start_s <= begin_s <= window.end_s for window in self.windows):
            return 0
        return min((begin_s - window.end_s for window in self.windows if window.end_s < begin_s), default=0)


def partners(orders: Iterable[Order]) -> Mapping[str, Order]:
    """Return by id of each order of a pair the other one; a pair that is not one pickup and one delivery has none."""
    pairs: dict[str, list[Order]] = {}
    for order in orders:
        if order.pair:
            pairs.setdefault(order.pair, []).append(order)
    found: dict[str, Order] = {}
    for pair in pairs.values():
        if sorted(order.kind for order in pair) == [OrderKind.DELIVERY, OrderKind.PICKUP]:
            found |= {pair[0].id: pair[1], pair[1].id: pair[0]}
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Plug:
    """One socket; one vehicle at a time."""

    id: str
    power_w: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RoadOut:
    """Pieces of street, by their numbers, that are closed both ways to drives begun at `from_s` or later.

    `lat`, `lon` and `radius_m` say where they were told to be.
    """

    segments: tuple[int, ...]
    from_s: int
    lat: float
    lon: float
    radius_m: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PlugOut:
    """A plug that gives nothing from a moment of the day on, nor in the night that follows."""

    plug_id: str
    from_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceFrom:
    """A price of energy that holds from a moment until the next one."""

    from_s: int
    price_per_kwh: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Packs:
    """Full batteries for vehicles of one type, which a depot keeps; each is put in once a day."""

    type_name: str
    spare: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Depot:
    """Where vehicles start, reload, charge and end.

    Before each trip `loading_s` is spent, and `loading_per_parcel_s` for each parcel of its deliveries. A `tariff`
    stands for `price_per_kwh`: prices in order of time, the last one for as long as the night lasts. At most `docks`
    vehicles load at the same time; None means any number.
    """

    id: str
    lat: float
    lon: float
    loading_s: int
    plugs: tuple[Plug, ...] = ()
    site_power_w: float | None = None  # the sum of what the plugs draw at any instant
    price_per_kwh: float = 0.0
    tariff: tuple[PriceFrom, ...] = ()
    loading_per_parcel_s: float = 0.0
    docks: int | None = None
    packs: tuple[Packs, ...] = ()

    def spare_packs(self, type_name: str) -> int:
        """Return how many full batteries for a type it has in the morning."""
        return sum(packs.spare for packs in self.packs if packs.type_name == type_name)

    def loading_of(self, parcels: int) -> int:
        """Return the seconds that loading a trip takes, rounded up."""
        return self.loading_s + math.ceil(round(self.loading_per_parcel_s * parcels, 6))


@dataclass(frozen=True, slots=True, kw_only=True)
class Station:
    """A public place to charge. Empty `hours` means always open; a charge lies inside one of them."""

    id: str
    lat: float
    lon: float
    plugs: tuple[Plug, ...]
    price_per_kwh: float = 0.0
    hours: tuple[TimeWindow, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RoadClass:
    """Which roads a legal vehicle class may use, and how fast it goes there.

    `access_tags` run from the most general to the most specific OpenStreetMap key; the most specific
    one present on a road decides. `urban_factor` turns a posted limit into the pace that is kept. `width_m`,
    `height_m` and `mass_kg` are the largest of the class, loaded. Roads posted above `max_posted_kmh` are closed,
    but for links of at most `crossing_m` between two streets that are open. `tolls` admits toll roads. With `kerb` a
    place is reached and left only on its own side of the street. `turn_s` is added for each turn at a junction,
    `u_turn_s` for turning round.
    """

    name: str
    max_speed_kmh: float
    closed_highways: tuple[str, ...]
    motorroad: bool
    access_tags: tuple[str, ...]
    urban_factor: float
    max_posted_kmh: float | None = None
    crossing_m: float = 0.0
    width_m: float = 1.5
    height_m: float = 2.0
    mass_kg: float = 1_000.0
    tolls: bool = True
    kerb: bool = False
    turn_s: float = 0.0
    u_turn_s: float = 0.0
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeStep:
    """Up to a state of charge of `until_soc` the battery takes this share of its full charging power."""

    until_soc: float
    power_share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class VehicleType:
    """A kind of vehicle: body, battery, bay and what it costs. `kerb_kg` includes the battery."""

    name: str
    road_class: RoadClass
    top_speed_kmh: float
    kerb_kg: float
    payload_kg: float
    volume_l: float
    longest_cm: float
    battery_wh: float
    charge_w: float  # most that the on-board charger takes into the battery
    charge_curve: tuple[ChargeStep, ...]
    drag_area_m2: float
    rolling: float
    drivetrain_efficiency: float
    auxiliary_w: float
    published_range_km: float
    driver_kg: float = 75.0
    recuperation: float = 0.3  # share of the braking energy at the wheels that reaches the battery
    heater_w: float = 0.0  # most that heating and demisting draw
    cost_per_day: float = 0.0
    cost_per_km: float = 0.0
    cost_per_hour: float = 0.0
    wear_per_kwh: float = 0.0  # of the battery, for what is taken from it
    cost_per_overtime_hour: float = 0.0  # on top of `cost_per_hour`, past the end of the shift
    service_factor: float = 1.0  # of what an order's setup and service take
    licence: str = ""  # that its driver needs; none if empty
    swap_s: int | None = None  # that a swap of the battery takes; None where it stays in the vehicle

    def standing_s(self, order: Order, *, parked: bool = False) -> int:
        """Return what a stop takes with this type, on foot included, and its setup unless parked; rounded up."""
        setup_s = 0 if parked else order.setup_s
        return math.ceil(round((setup_s + order.service_s) * self.service_factor, 6)) + order.walk_s


@dataclass(frozen=True, slots=True, kw_only=True)
class DriverBreak:
    """A break of `length_s` that begins between two times of the day or, with `from_start`, after the start of work.

    It is due where work begins by `latest_s` and the vehicle is not back at its depot by then.
    """

    length_s: int
    earliest_s: int
    latest_s: int
    from_start: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Vehicle:
    """One vehicle for one shift. It never plans below `reserve_soc`, and is back with `end_soc` or more.

    It may be out for `overtime_s` after the end of its shift, and serves no more than `max_stops` orders. With a
    `start` it drives to its depot before its first loading, with an `end` it drives there after its last trip. Where
    it is used at all, its hours are paid for `min_paid_s` or more. The night fills it to `night_soc`, or where that is
    not said to its `start_soc`.
    """

    id: str
    type: VehicleType
    depot_id: str
    shift: TimeWindow
    start_soc: float = 1.0
    end_soc: float = 0.0
    reserve_soc: float = 0.1
    skills: tuple[str, ...] = ()
    max_stops: int | None = None
    overtime_s: int = 0
    driver_break: DriverBreak | None = None
    start: Spot | None = None
    end: Spot | None = None
    driver_id: str = ""  # where `Driver.at` has put a driver at the wheel
    min_paid_s: int = 0
    night_soc: float | None = None

    @property
    def tomorrow_soc(self) -> float:
        """Return what the night fills it to."""
        return self.start_soc if self.night_soc is None else self.night_soc

    @property
    def latest_s(self) -> int:
        """Return when it must be back: the end of its shift and the overtime."""
        return self.shift.end_s + self.overtime_s


class Measure(StrEnum):
    """What a vehicle has to do, by which days are compared."""

    STOPS = "stops"
    KM = "km"
    HOURS = "hours"


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """What it costs that some do more than others.

    Each vehicle in use pays `price` for what it does above the mean of all in use: per stop, kilometre or hour.
    """

    by: Measure
    price: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Driver:
    """Someone who drives one vehicle for a whole day, in the hours that both have in common.

    Skills count as the vehicle's own, a break and a `cost_per_hour` replace those of the vehicle.
    """

    id: str
    shift: TimeWindow
    licences: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()
    driver_break: DriverBreak | None = None
    cost_per_hour: float | None = None

    def may_drive(self, vehicle: Vehicle) -> bool:
        """Say whether the licence is the right one and the two have any time in common."""
        licensed = not vehicle.type.licence or vehicle.type.licence in self.licences
        return licensed and max(self.shift.start_s, vehicle.shift.start_s) < min(self.shift.end_s, vehicle.shift.end_s)

    def at(self, vehicle: Vehicle) -> Vehicle:
        """Return a vehicle as it is on a day with this driver."""
        kind = vehicle.type
        return replace(
            vehicle,
            type=kind if self.cost_per_hour is None else replace(kind, cost_per_hour=self.cost_per_hour),
            shift=TimeWindow(
                start_s=max(self.shift.start_s, vehicle.shift.start_s), end_s=min(self.shift.end_s, vehicle.shift.end_s)
            ),
            skills=tuple(dict.fromkeys((*vehicle.skills, *self.skills))),
            driver_break=self.driver_break or vehicle.driver_break,
            driver_id=self.id,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Traffic:
    """From `start_s` to `end_s` every drive makes `speed` of its usual pace: 0.7 is slower, 1.2 faster."""

    start_s: int
    end_s: int
    speed: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """Everything a plan is made from, apart from the streets.

    Where there are `drivers` each vehicle needs one. `hours` is when vehicles are on the road where that is not said by
    the shifts of these vehicles.
    Orders `walk_up_m` or less away from another one may be served on foot from where that is.
    Spans of `traffic` do not overlap; outside them the usual pace is kept. A drive is over when its usual seconds have
    passed, each at the share of its moment. Its energy is the usual one, and what the vehicle draws while time passes
    for as long as the drive may take longer than usual at the worst moment of the day.
    """

    date: str  # ISO 8601
    time_zone: str  # IANA name
    currency: str
    orders: tuple[Order, ...]
    vehicles: tuple[Vehicle, ...]
    depots: tuple[Depot, ...]
    stations: tuple[Station, ...] = ()
    charging: bool = True
    charge_while_loading: bool = True  # else a charge at the depot begins when the vehicle is loaded
    full_charges: bool = False  # every charge goes up to where the power falls
    drivers: tuple[Driver, ...] = ()
    hours: TimeWindow | None = None
    traffic: tuple[Traffic, ...] = ()
    balance: Balance | None = None
    walk_up_m: float = 0.0
    plugs_out: tuple[PlugOut, ...] = ()
    roads_out: tuple[RoadOut, ...] = ()

    @property
    def sites(self) -> tuple[Depot | Station, ...]:
        """Depots, then stations: every place that may have plugs."""
        return (*self.depots, *self.stations)

    @property
    def spots(self) -> tuple[Spot, ...]:
        """Every place away from the depots at which a vehicle starts or ends, once."""
        return tuple(dict.fromkeys(spot for v in self.vehicles for spot in (v.start, v.end) if spot is not None))

    @property
    def span(self) -> tuple[datetime, datetime]:
        """First start and last end of any work by the clock on the wall, for rules that change with the hour."""
        midnight, hours = datetime.fromisoformat(self.date), self.hours
        if hours is None:
            starts, ends = zip(*((v.shift.start_s, v.latest_s) for v in self.vehicles), strict=True)
            hours = TimeWindow(start_s=min(starts), end_s=max(ends))
        return midnight + timedelta(seconds=hours.start_s), midnight + timedelta(seconds=hours.end_s)

    def closed(self, at_s: float = math.inf) -> tuple[int, ...]:
        """Return the pieces of street that are closed to a drive begun at a moment, or once all of them are."""
        return tuple(sorted({piece for out in self.roads_out if out.from_s <= at_s for piece in out.segments}))

    def manned(self, crew: Mapping[str, str]) -> Day:
        """Return the day as a fleet without drivers of its own: each vehicle with its driver, the others left at home.

        `crew` names the driver of each vehicle that has one.
        """
        if not self.drivers:
            return self
        drivers = {driver.id: driver for driver in self.drivers}
        starts, ends = zip(*((v.shift.start_s, v.latest_s) for v in self.vehicles), strict=True)
        return replace(
            self,
            vehicles=tuple(drivers[crew[v.id]].at(v) for v in self.vehicles if v.id in crew),
            drivers=(),
            hours=self.hours or TimeWindow(start_s=min(starts), end_s=max(ends)),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """How a day may turn out otherwise than planned; as given here, it turns out as planned.

    Every drive takes `travel_factor` times as long, every order weighs `load_factor` times as much, each battery
    holds `state_of_health` of what it held new, and the plugs in `plugs_out` give nothing.
    """

    name: str
    temperature_c: float = 20.0
    travel_factor: float = 1.0
    load_factor: float = 1.0
    state_of_health: float = 1.0
    plugs_out: tuple[str, ...] = ()
