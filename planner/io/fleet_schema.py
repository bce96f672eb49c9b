"""The shape of a fleet file: its keys, their units and their bounds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from planner.catalogue import default_speeds
from planner.errors import did_you_mean
from planner.io.shapes import Place, keys_of


def _percent(value: float) -> float:
    if 0 < value <= 1:
        raise ValueError("may be a share or a percentage: write 80 for 80 %")
    return value


Percent = Annotated[float, Field(ge=0, le=100), AfterValidator(_percent)]
Name = Annotated[str, Field(min_length=1)]
Latitude = Annotated[float, Field(ge=-90, le=90)]
Longitude = Annotated[float, Field(ge=-180, le=180)]
Plugs = Annotated[int, Field(ge=0, le=1_000)]
Kilowatts = Annotated[float, Field(ge=0, le=1_000)]
Money = Annotated[float, Field(ge=0, le=1_000_000)]


class Row(BaseModel):
    """No unknown keys, no text for numbers, no infinity."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False, frozen=True)


class TariffRow(Row):
    """A price of energy from a time of day until the next one."""

    from_: Annotated[str, Field(alias="from")]
    price_per_kwh: Money


def _holds_prices(rows: tuple[TariffRow, ...]) -> tuple[TariffRow, ...]:
    if not rows:
        raise ValueError("holds no price")
    return rows


Tariff = Annotated[tuple[TariffRow, ...], Field(strict=False), AfterValidator(_holds_prices)]


class PacksRow(Row):
    """One of ``[[depots.packs]]``: spare batteries for a vehicle type."""

    type: Name
    spare: Annotated[int, Field(ge=1, le=1_000)]


class DepotRow(Row):
    """One of ``[[depots]]``."""

    id: Name
    lat: Latitude
    lon: Longitude
    loading_min: Annotated[float, Field(ge=0, le=600)] = 10.0
    plugs: Plugs = 0
    plug_power_kw: Kilowatts = 0.0
    site_power_kw: Annotated[float, Field(gt=0, le=10_000)] | None = None
    price_per_kwh: Money | None = None
    tariff: Tariff | None = None
    loading_per_parcel_s: Annotated[float, Field(ge=0, le=600)] = 0.0
    docks: Annotated[int, Field(ge=1, le=1_000)] | None = None
    packs: Annotated[tuple[PacksRow, ...], Field(strict=False)] = ()


class StationRow(Row):
    """One of ``[[stations]]``."""

    id: Name
    lat: Latitude
    lon: Longitude
    plugs: Plugs
    plug_power_kw: Kilowatts
    price_per_kwh: Money = 0.0
    open: str | None = None


class ChargeStepRow(Row):
    """Up to `until_soc` (a share, 0..1) the battery takes this share of its full charging power."""

    until_soc: Annotated[float, Field(gt=0, le=1)]
    power_share: Annotated[float, Field(gt=0, le=1)]


def _tapers(curve: tuple[ChargeStepRow, ...]) -> tuple[ChargeStepRow, ...]:
    levels, shares = [step.until_soc for step in curve], [step.power_share for step in curve]
    if levels != sorted(set(levels)) or levels[-1] != 1.0 or shares != sorted(shares, reverse=True):
        raise ValueError("until_soc must rise to 1.0, and power_share never rise")
    return curve


ChargeCurve = Annotated[tuple[ChargeStepRow, ...], Field(min_length=1, strict=False), AfterValidator(_tapers)]


class TypeRow(Row):
    """One of ``[types.NAME]``: figures over those of `base`, or a complete type. Bounds are what can not be meant."""

    base: str | None = None
    road_class: str | None = None
    top_speed_kmh: Annotated[float, Field(ge=1, le=150)] | None = None
    kerb_kg: Annotated[float, Field(ge=10, le=3_500)] | None = None
    payload_kg: Annotated[float, Field(gt=0, le=3_500)] | None = None
    volume_l: Annotated[float, Field(gt=0, le=30_000)] | None = None
    longest_cm: Annotated[float, Field(gt=0, le=1_000)] | None = None
    battery_wh: Annotated[float, Field(ge=100, le=200_000)] | None = None
    charge_w: Annotated[float, Field(ge=50, le=400_000)] | None = None
    charge_curve: ChargeCurve | None = None
    drag_area_m2: Annotated[float, Field(gt=0, le=10)] | None = None
    rolling: Annotated[float, Field(gt=0, le=0.1)] | None = None
    drivetrain_efficiency: Annotated[float, Field(gt=0, le=1)] | None = None
    auxiliary_w: Annotated[float, Field(ge=0, le=10_000)] | None = None
    recuperation: Annotated[float, Field(ge=0, lt=1)] | None = None
    heater_w: Annotated[float, Field(ge=0, le=10_000)] | None = None
    published_range_km: Annotated[float, Field(ge=1, le=1_000)] | None = None
    driver_kg: Annotated[float, Field(ge=0, le=300)] | None = None
    cost_per_day: Money | None = None
    cost_per_km: Money | None = None
    cost_per_hour: Money | None = None
    wear_per_kwh: Money | None = None
    cost_per_overtime_hour: Money | None = None
    service_factor: Annotated[float, Field(ge=0.1, le=10)] | None = None
    licence: str | None = None
    swap_min: Annotated[float, Field(gt=0, le=240)] | None = None


def _highway(value: str) -> str:
    if value not in default_speeds():
        raise ValueError(f"is no kind of street{did_you_mean(value, default_speeds())}")
    return value


Highway = Annotated[str, AfterValidator(_highway)]
AccessTag = Literal["access", "vehicle", "motor_vehicle", "motorcar", "moped", "goods", "hgv"]


class ClassRow(Row):
    """One of ``[road_classes.NAME]``: differences from the class it is `like`, or a complete class."""

    like: Name | None = None
    max_speed_kmh: Annotated[float, Field(ge=1, le=150)] | None = None
    closed_highways: Annotated[tuple[Highway, ...], Field(strict=False)] | None = None
    motorroad: bool | None = None
    access_tags: Annotated[tuple[AccessTag, ...], Field(min_length=1, strict=False)] | None = None
    urban_factor: Annotated[float, Field(gt=0, le=1)] | None = None
    max_posted_kmh: Annotated[float, Field(ge=1, le=150)] | None = None
    crossing_m: Annotated[float, Field(ge=0, le=1_000)] | None = None
    width_m: Annotated[float, Field(gt=0, le=3)] | None = None
    height_m: Annotated[float, Field(gt=0, le=5)] | None = None
    mass_kg: Annotated[float, Field(ge=50, le=50_000)] | None = None
    tolls: bool | None = None
    kerb: bool | None = None
    turn_s: Annotated[float, Field(ge=0, le=300)] | None = None
    u_turn_s: Annotated[float, Field(ge=0, le=600)] | None = None
    source: str | None = None


class SpotRow(Row):
    """Where a vehicle starts or ends away from its depot."""

    lat: Latitude
    lon: Longitude


class VehicleRow(Row):
    """One of ``[[vehicles]]``; with `count` it stands for that many, ``id-1``, ``id-2`` ..."""

    id: Name
    count: Annotated[int, Field(ge=1, le=10_000)] | None = None
    type: Name
    depot: Name | None = None
    depots: Annotated[tuple[Name, ...], Field(min_length=1)] | None = Field(default=None, strict=False)
    shift: str
    start_soc_percent: Percent = 100.0
    end_soc_percent: Percent = 0.0
    reserve_percent: Percent = 10.0
    skills: tuple[Name, ...] = Field(default=(), strict=False)
    max_stops: Annotated[int, Field(ge=1, le=10_000)] | None = None
    overtime_min: Annotated[float, Field(ge=0, le=720)] = 0.0
    break_min: Annotated[float, Field(gt=0, le=720)] | None = None
    break_after_h: Annotated[float, Field(gt=0, le=24)] | None = None
    break_window: str | None = None
    start: SpotRow | None = None
    end: SpotRow | None = None
    min_paid_hours: Annotated[float, Field(ge=0, le=24)] = 0.0


class DriverRow(Row):
    """One of ``[[drivers]]``."""

    id: Name
    shift: str
    licences: tuple[Name, ...] = Field(default=(), strict=False)
    skills: tuple[Name, ...] = Field(default=(), strict=False)
    break_min: Annotated[float, Field(gt=0, le=720)] | None = None
    break_after_h: Annotated[float, Field(gt=0, le=24)] | None = None
    break_window: str | None = None
    cost_per_hour: Money | None = None


class ChargingRow(Row):
    """The table ``[charging]``: how charges go, whatever the place."""

    while_loading: bool = True
    full: bool = False


class TrafficRow(Row):
    """One of ``[[traffic]]``: the share of the usual pace that is made between two times of day."""

    from_: Annotated[str, Field(alias="from")]
    to: str
    speed: Annotated[float, Field(ge=0.2, le=1.5)]


class LatenessRow(Row):
    """The table ``[lateness]``: what orders that may be late pay, where they do not say it themselves."""

    cost_per_min: Annotated[float, Field(ge=0, le=50_000)]


class ParkingRow(Row):
    """The table ``[parking]``: how far the driver walks from a parked vehicle."""

    walk_up_m: Annotated[float, Field(ge=0, le=300)]


class BalanceRow(Row):
    """The table ``[balance]``: the price of some vehicles doing more than others."""

    by: Literal["stops", "km", "hours"]
    price: Annotated[float, Field(gt=0, le=5_000)]


class FleetDocument(Row):
    """The whole file."""

    streets: Name
    time_zone: Name
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")]
    depots: list[DepotRow]
    stations: list[StationRow] = []
    charging: ChargingRow = ChargingRow()
    traffic: list[TrafficRow] = []
    lateness: LatenessRow | None = None
    balance: BalanceRow | None = None
    parking: ParkingRow = ParkingRow(walk_up_m=0.0)
    road_classes: dict[Name, ClassRow] = {}
    types: dict[Name, TypeRow] = {}
    vehicles: list[VehicleRow] = []
    drivers: list[DriverRow] | None = None


class ClassesDocument(Row):
    """A file of road classes alone."""

    road_classes: dict[Name, ClassRow]


TABLES: dict[str, type[Row]] = {
    "depots": DepotRow,
    "stations": StationRow,
    "charging": ChargingRow,
    "traffic": TrafficRow,
    "lateness": LatenessRow,
    "balance": BalanceRow,
    "parking": ParkingRow,
    "road_classes": ClassRow,
    "types": TypeRow,
    "vehicles": VehicleRow,
    "drivers": DriverRow,
}

CODES = {
    "vehicles": "E-F01",
    "count": "E-F01",
    "payload_kg": "E-F02",
    "volume_l": "E-F02",
    "longest_cm": "E-F02",
    "battery_wh": "E-F03",
    "start_soc_percent": "E-F03",
    "end_soc_percent": "E-F03",
    "reserve_percent": "E-F03",
    "rolling": "E-F05",
    "drivetrain_efficiency": "E-F05",
    "plugs": "E-F07",
    "plug_power_kw": "E-F07",
    "docks": "E-F07",
    "spare": "E-F26",
    "swap_min": "E-F26",
    "shift": "E-F11",
    "break_min": "E-F11",
    "break_after_h": "E-F11",
    "break_window": "E-F11",
}

UNLIKELY: dict[str, tuple[float, float, str]] = {
    "battery_wh": (300, 100_000, "Wh, not kWh"),
    "published_range_km": (10, 500, "km"),
    "top_speed_kmh": (5, 130, "km/h"),
    "charge_w": (200, 50_000, "W, not kW"),
}
"""Outside these a figure of a type is kept with a warning: usually another unit was meant."""


def code(found: Any) -> str:
    """Return the code of a pydantic error by the key it is about."""
    place: Place = found["loc"]
    if found["type"] == "extra_forbidden":
        return "E-F15"
    if place[0] == "traffic" and found["type"] != "missing":
        return "E-F25"
    if "tariff" in place and found["type"] != "missing":
        return "E-F21"
    if found["type"] != "missing" and place[-1] in CODES:
        return CODES[str(place[-1])]
    return "E-F04" if place[0] == "types" else "E-F19"


def known_keys(place: Place) -> Sequence[str]:
    """Return the keys that may stand at a place."""
    if "charge_curve" in place:
        return keys_of(ChargeStepRow)
    if "tariff" in place:
        return keys_of(TariffRow)
    if place and place[0] == "vehicles" and place[-1] in {"start", "end"}:
        return keys_of(SpotRow)
    if "packs" in place:
        return keys_of(PacksRow)
    return keys_of(TABLES.get(str(place[0]), FleetDocument) if place else FleetDocument)
