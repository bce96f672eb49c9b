"""A fleet file to begin with: what has to be said is filled in, all that may be said a comment with unit and default.

A comment that begins with a bare ``#`` is a line of TOML that is switched off: take the sign away and it holds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import tzfpy

from planner.catalogue import vehicle_type
from planner.errors import Fault, InputError
from planner.generate.fleet import quoted
from planner.io.fleet_schema import Percent, VehicleRow
from planner.model import VehicleType

OWN_TYPE = "my-type"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the depot is."""

    lat: float
    lon: float


NOWHERE = Place(lat=-29.95055, lon=-71.28262)  # the hub of the demo city, so that the file can be tried at once


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """What a fleet file is begun with; without `near` the place is one that the user has to change."""

    types: tuple[VehicleType, ...]
    streets: str
    near: Place | None = None
    count: int = 2
    shift: str = "08:00-17:00"
    currency: str = "EUR"


def known_types(names: Sequence[str]) -> tuple[VehicleType, ...]:
    """Return catalogue types by their names, each once. Raises `InputError` E-C02 with every name that is none."""
    found: list[VehicleType] = []
    faults: list[Fault] = []
    for name in dict.fromkeys(names):
        try:
            found.append(vehicle_type(name))
        except InputError as error:
            faults += [replace(fault, file="--types") for fault in error.faults]
    if faults:
        raise InputError(faults)
    return tuple(found)


def template_text(wanted: Template) -> str:
    """Return the fleet file."""
    parts = (
        _head(wanted),
        _depot(wanted),
        _STATIONS,
        _options(),
        _types(wanted.types[0]),
        *_vehicles(wanted),
        _DRIVERS,
    )
    return "\n".join(parts)


def _head(wanted: Template) -> str:
    place = wanted.near or NOWHERE
    zone = tzfpy.get_tz(place.lon, place.lat) or "UTC"
    told = " of the depot's place" if wanted.near else "; change it with the depot's place"
    return f"""\
# A fleet to begin with. What stands here holds; a line that begins with a bare "#" is switched off, and shows the
# unit and what holds without it. docs/fleet.md explains every key. Vehicle types: planner fleet types.

streets = {quoted(wanted.streets)}  # .osm.pbf, .osm, GraphML or .streets.npz, relative to this file
time_zone = {quoted(zone)}  # IANA name{told}
currency = {quoted(wanted.currency)}  # three capital letters; all money here is in it
"""


def _depot(wanted: Template) -> str:
    place, plugs = wanted.near or NOWHERE, max(1, wanted.count * len(wanted.types) // 2)
    said = "degrees" if wanted.near else "degrees; change it: this is the demo's hub"
    return f"""\
[[depots]]
id = "hub"
lat = {place.lat:.6f}  # {said}
lon = {place.lon:.6f}
loading_min = 10  # minutes before each trip
#loading_per_parcel_s = 5  # seconds on top for each parcel; 0 if not given
#docks = 2  # vehicles that load at the same time; no limit if not given
plugs = {plugs}  # sockets; none if not given
plug_power_kw = 2.3  # kW of each
#site_power_kw = 7.0  # kW of all plugs together; no limit if not given
price_per_kwh = 0.25  # money, at all hours; 0 if not given
# Instead of price_per_kwh a price by hour, each until the next one:
#tariff = [{{ from = "00:00", price_per_kwh = 0.18 }}, {{ from = "06:00", price_per_kwh = 0.34 }}]

# Spare batteries at this depot; none if not given. The type has to say how long a swap takes.
#[[depots.packs]]
#type = {quoted(OWN_TYPE)}
#spare = 2  # full packs in the morning
"""


_STATIONS = """\
# Public places to charge on the way; none if not given. Ids of depots and stations differ.
#[[stations]]
#id = "mall"
#lat = 0.0  # degrees
#lon = 0.0
#plugs = 2  # sockets
#plug_power_kw = 7.4  # kW of each
#price_per_kwh = 0.40  # money; 0 if not given
#open = "08:00-20:00"  # always if not given
"""


def _options() -> str:
    return """\
# How charges go.
#[charging]
#while_loading = true  # false where the plugs are not at the dock; true if not given
#full = false  # true where every charge goes up to where the power falls; false if not given

# What a minute costs by which an order that may be late is late, where the order does not say it.
#[lateness]
#cost_per_min = 0.50  # money; no price if not given

# What it costs that some vehicles do more than the mean of all in use; nothing if not given.
#[balance]
#by = "hours"  # stops, km or hours
#price = 2.00  # money for each of them above the mean

# How far the driver walks from a parked vehicle to a neighbour's order.
#[parking]
#walk_up_m = 40  # metres; 0 if not given

# Hours with a pace of their own; the usual pace if not given.
#[[traffic]]
#from = "07:30"
#to = "09:00"
#speed = 0.7  # share of the usual pace, 0.2 to 1.5

# A road class of your own, where the law or your vehicles differ from the ones we know; see docs/classes.md.
#[road_classes.my-class]
#like = "L6e"  # what it does not say is as there; all that follows is
#max_speed_kmh = 45  # km/h
#closed_highways = ["motorway", "motorway_link", "trunk", "trunk_link"]
#motorroad = false  # may it use motorroads?
#access_tags = ["access", "vehicle", "motor_vehicle"]
#urban_factor = 0.8  # share of the posted limit that is kept
#max_posted_kmh = 90  # km/h; roads posted above are closed
#crossing_m = 30  # metres that it may follow such a road to cross it
#width_m = 1.5  # metres, loaded
#height_m = 2.0
#mass_kg = 785  # kg, loaded
#tolls = true  # may it use toll roads?
#kerb = false  # are places reached on their own side of the street only?
#turn_s = 0  # seconds for each turn at a junction
#u_turn_s = 20  # seconds for turning round
#source = "our own figures"
"""


def _types(kind: VehicleType) -> str:
    """Return a type of the user's own, switched off, with every figure as its base has it."""
    curve = ", ".join(f"{{ until_soc = {c.until_soc}, power_share = {c.power_share} }}" for c in kind.charge_curve)
    return f"""\
# A vehicle type of your own: all that is not given is as in its base. These are the figures of {kind.name}.
#[types.{OWN_TYPE}]
#base = {quoted(kind.name)}
#road_class = {quoted(kind.road_class.name)}
#top_speed_kmh = {kind.top_speed_kmh:g}  # km/h
#kerb_kg = {kind.kerb_kg:g}  # kg with the battery
#driver_kg = {kind.driver_kg:g}  # kg
#payload_kg = {kind.payload_kg:g}  # kg
#volume_l = {kind.volume_l:g}  # litres
#longest_cm = {kind.longest_cm:g}  # cm
#battery_wh = {kind.battery_wh:g}  # Wh that can be used
#charge_w = {kind.charge_w:g}  # W, the most that its charger takes
#charge_curve = [{curve}]
#drag_area_m2 = {kind.drag_area_m2:g}  # square metres times the drag coefficient
#rolling = {kind.rolling:g}  # rolling resistance, a share of the weight
#drivetrain_efficiency = {kind.drivetrain_efficiency:g}  # share
#auxiliary_w = {kind.auxiliary_w:g}  # W while under way
#recuperation = {kind.recuperation:g}  # share of the braking energy that comes back
#heater_w = {kind.heater_w:g}  # W at most
#published_range_km = {kind.published_range_km:g}  # km
#cost_per_day = {kind.cost_per_day:g}  # money for a day in use
#cost_per_km = {kind.cost_per_km:g}  # money, energy apart
#cost_per_hour = {kind.cost_per_hour:g}  # money, the driver
#cost_per_overtime_hour = {kind.cost_per_overtime_hour:g}  # money on top, past the end of the shift
#wear_per_kwh = {kind.wear_per_kwh:g}  # money for each kWh taken from the battery
#service_factor = {kind.service_factor:g}  # of the setup and service time of an order
#licence = {quoted(kind.licence or "AM")}  # what its driver must have; none if not given
#swap_min = 4  # minutes to swap the battery; it stays in the vehicle if not given
"""


def _vehicles(wanted: Template) -> Iterator[str]:
    for kind in wanted.types:
        yield _vehicle(kind, wanted)


def _vehicle(kind: VehicleType, wanted: Template) -> str:
    place = wanted.near or NOWHERE
    spot = f"{{ lat = {place.lat:.6f}, lon = {place.lon:.6f} }}"
    return f"""\
# {kind.name}: road class {kind.road_class.name}, {kind.top_speed_kmh:g} km/h, {kind.payload_kg:g} kg, \
{kind.volume_l:g} l, {kind.battery_wh / 1000:g} kWh, {kind.published_range_km:g} km as published
[[vehicles]]
id = {quoted(kind.name)}  # with count: {kind.name}-1, {kind.name}-2 ...
count = {wanted.count}
type = {quoted(kind.name)}
depot = "hub"
shift = {quoted(wanted.shift)}
#start_soc_percent = {_percent("start_soc_percent")}  # % of the battery at the start
#end_soc_percent = {_percent("end_soc_percent")}  # % at least on return
#reserve_percent = {_percent("reserve_percent")}  # % that is never planned into
#skills = ["cold"]  # what orders may ask for; none if not given
#max_stops = 60  # deliveries and pickups in a shift; no limit if not given
#overtime_min = 0  # minutes that it may be out after its shift
#min_paid_hours = 0  # hours paid at least once it is used
#break_min = 30  # minutes; no break if not given
#break_after_h = 4  # begins at most so many hours after the start of work, or instead:
#break_window = "12:00-13:00"
#start = {spot}  # begins its day there; at its depot if not given
#end = {spot}  # ends its day there
"""


def _percent(key: str) -> str:
    default: Percent = VehicleRow.model_fields[key].default
    return f"{default:g}"


_DRIVERS = """\
# Without drivers each vehicle has one whenever it is on shift.
#[[drivers]]
#id = "ana"
#shift = "08:00-16:00"
#licences = ["AM"]  # any words; the licence of a type is one of them; none if not given
#skills = ["lift"]  # count as those of the vehicle; none if not given
#break_min = 30  # minutes; that of the vehicle if not given
#break_after_h = 4  # or instead:
#break_window = "12:00-13:00"
#cost_per_hour = 21.50  # money; that of the vehicle's type if not given
"""
