"""From the rows of a fleet file to vehicles, depots and stations, with every fault in what they mean."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from planner.catalogue import class_names, known_class, road_class, type_names, vehicle_type
from planner.errors import Fault, InputError, did_you_mean
from planner.io.cells import CellError, identifier, same_id_key, span
from planner.io.fleet_classes import own_classes
from planner.io.fleet_schema import (
    UNLIKELY,
    DepotRow,
    DriverRow,
    FleetDocument,
    SpotRow,
    StationRow,
    TypeRow,
    VehicleRow,
)
from planner.io.tariff import CODE as TARIFF_CODE
from planner.io.tariff import day_tariff, tariff_minutes
from planner.model import (
    ChargeStep,
    Depot,
    Driver,
    DriverBreak,
    Packs,
    Plug,
    PriceFrom,
    RoadClass,
    Spot,
    Station,
    TimeWindow,
    Traffic,
    Vehicle,
    VehicleType,
)

TRAFFIC_CODE = "E-F25"
DEFAULTED = frozenset(
    {
        "driver_kg",
        "recuperation",
        "heater_w",
        "cost_per_day",
        "cost_per_km",
        "cost_per_hour",
        "cost_per_overtime_hour",
        "wear_per_kwh",
        "service_factor",
        "licence",
    }
)


@dataclass(kw_only=True)
class FleetBuilder:
    """Builds the parts of a fleet and collects what is wrong with them by the key it is about."""

    file: str
    day: date
    zone: ZoneInfo
    document: FleetDocument
    faults: list[Fault] = field(default_factory=list)
    warnings: list[Fault] = field(default_factory=list)

    def depots(self) -> tuple[Depot, ...]:
        """Return the depots; ids of places are checked here, since depots and stations share them."""
        places = [(f"depots[{i}].id", row.id) for i, row in enumerate(self.document.depots)]
        places += [(f"stations[{i}].id", row.id) for i, row in enumerate(self.document.stations)]
        self._check_ids(places)
        return tuple(self._depot(i, row) for i, row in enumerate(self.document.depots))

    def stations(self) -> tuple[Station, ...]:
        """Return the stations at which a vehicle can charge; the others are left out with a warning."""
        found = [self._station(i, row) for i, row in enumerate(self.document.stations)]
        return tuple(station for station in found if station is not None)

    def traffic(self) -> tuple[Traffic, ...]:
        """Return the pace of the hours that have one of their own, in order of time."""
        found: list[Traffic] = []
        for i, row in enumerate(self.document.traffic):
            place, text = f"traffic[{i}].from", f"{row.from_}-{row.to}"
            for at in self._span(TRAFFIC_CODE, place, text):
                if other := next((t for t in found if t.start_s < at.end_s and at.start_s < t.end_s), None):
                    message = f"overlaps the span in which the pace is {other.speed:g} of the usual one"
                    self._refuse(TRAFFIC_CODE, place, text, message, "give each hour one pace")
                found.append(Traffic(start_s=at.start_s, end_s=at.end_s, speed=row.speed))
        return tuple(sorted(found, key=lambda t: t.start_s))

    def vehicles(self) -> tuple[Vehicle, ...]:
        """Return the vehicles, each counted one by itself."""
        if not self.document.vehicles:
            self._refuse("E-F01", "vehicles", None, "the fleet has no vehicle", "add a [[vehicles]] table")
        classes = self._classes()
        own = {name: self._own_type(name, row, classes) for name, row in self.document.types.items()}
        made = [
            (f"vehicles[{i}]", vehicle)
            for i, row in enumerate(self.document.vehicles)
            for vehicle in _counted(row, self._vehicle(i, row, own))
        ]
        self._check_ids([(f"{place}.id", vehicle.id) for place, vehicle in made])
        return tuple(vehicle for _, vehicle in made)

    def _depot(self, i: int, row: DepotRow) -> Depot:
        if row.plugs and not row.plug_power_kw:
            self._refuse(
                "E-F07", f"depots[{i}].plug_power_kw", None, "the plugs have no power", "give their power in kW"
            )
        return Depot(
            id=row.id,
            lat=row.lat,
            lon=row.lon,
            loading_s=_seconds(row.loading_min),
            loading_per_parcel_s=row.loading_per_parcel_s,
            plugs=_plugs(row.id, row.plugs, row.plug_power_kw),
            site_power_w=None if row.site_power_kw is None else _watts(row.site_power_kw),
            price_per_kwh=row.price_per_kwh or 0.0,
            tariff=self._tariff(i, row),
            docks=row.docks,
            packs=self._packs(i, row),
        )

    def _packs(self, i: int, row: DepotRow) -> tuple[Packs, ...]:
        """Return the spare packs of a depot; a type has some once, and can swap its battery."""
        named: list[str] = []
        for n, packs in enumerate(row.packs):
            key, own = f"depots[{i}].packs[{n}].type", self.document.types.get(packs.type)
            if packs.type in named:
                self._refuse("E-F26", key, packs.type, "has packs here already", "give their number once")
            elif own is None or own.swap_min is None:
                message = "is no type of this file that says how long a swap takes"
                self._refuse("E-F26", key, packs.type, message, "add swap_min to the type")
            named.append(packs.type)
        return tuple(Packs(type_name=packs.type, spare=packs.spare) for packs in row.packs)

    def _tariff(self, i: int, row: DepotRow) -> tuple[PriceFrom, ...]:
        rows = row.tariff or ()
        if rows and row.price_per_kwh is not None:
            key, value = f"depots[{i}].price_per_kwh", f"{row.price_per_kwh:g}"
            self._refuse(TARIFF_CODE, key, value, "stands beside a tariff", "keep one of the two")
        minutes, wrong = tariff_minutes(rows)
        for n, bad in wrong:
            self._refuse(bad.code, f"depots[{i}].tariff[{n}].from", rows[n].from_, bad.message, bad.remedy)
        return () if wrong or not rows else day_tariff(rows, minutes, day=self.day, zone=self.zone)

    def _station(self, i: int, row: StationRow) -> Station | None:
        hours = () if row.open is None else self._span("E-F07", f"stations[{i}].open", row.open)
        if not row.plugs or not row.plug_power_kw:
            key = f"stations[{i}].{'plug_power_kw' if row.plugs else 'plugs'}"
            self._warn("E-F07", key, "0", f'nobody can charge at "{row.id}", it is left out', "correct or remove it")
            return None
        return Station(
            id=row.id,
            lat=row.lat,
            lon=row.lon,
            plugs=_plugs(row.id, row.plugs, row.plug_power_kw),
            price_per_kwh=row.price_per_kwh,
            hours=hours,
        )

    def _vehicle(self, i: int, row: VehicleRow, own: Mapping[str, VehicleType | None]) -> Vehicle | None:
        place = f"vehicles[{i}]"
        homes = self._homes(place, row)
        if row.reserve_percent >= row.start_soc_percent:
            value = f"{row.reserve_percent:g}"
            message = f"keeps all of the {row.start_soc_percent:g} % that the vehicle starts with"
            self._refuse("E-F06", f"{place}.reserve_percent", value, message, "give a smaller reserve")
        shift = self._span("E-F11", f"{place}.shift", row.shift)
        kind = self._type(place, row.type, own)
        driver_break = self._break(place, row, shift[0]) if shift else None
        if kind is None or not shift:
            return None
        return Vehicle(
            id=row.id,
            type=kind,
            depot_id=homes[0] if homes else "",
            shift=shift[0],
            start_soc=row.start_soc_percent / 100,
            end_soc=row.end_soc_percent / 100,
            reserve_soc=row.reserve_percent / 100,
            skills=row.skills,
            max_stops=row.max_stops,
            overtime_s=_seconds(row.overtime_min),
            driver_break=driver_break,
            start=_spot(row.start),
            end=_spot(row.end),
            min_paid_s=_seconds(row.min_paid_hours * 60),
        )

    def _homes(self, place: str, row: VehicleRow) -> tuple[str, ...]:
        """Return the depots at which a vehicle may work: its own, or those that share it."""
        known = [depot.id for depot in self.document.depots]
        if (row.depot is None) == (row.depots is None):
            message = "is needed, or depots" if row.depot is None else "does not go with depots"
            remedy = 'give depot = "hub" to a vehicle that belongs there, or depots = ["hub", "port"] to a shared one'
            self._refuse("E-F19", f"{place}.depot", row.depot, message, remedy)
        homes = (row.depot,) if row.depot is not None else row.depots or ()
        key = f"{place}.depot" if row.depot is not None else f"{place}.depots"
        for home in homes:
            if home not in known:
                message = f"is no depot of this file{did_you_mean(home, known)}"
                self._refuse("E-F19", key, home, message, f"use one of: {', '.join(known)}")
        return homes

    def shared(self) -> dict[str, tuple[str, ...]]:
        """Return by vehicle the depots that share it, where there are several."""
        return {
            id_: tuple(dict.fromkeys(row.depots))
            for row in self.document.vehicles
            if row.depots is not None
            for id_ in _ids(row)
        }

    def drivers(self, vehicles: Sequence[Vehicle]) -> tuple[Driver, ...]:
        """Return the drivers; one who may drive nothing is kept with a warning, and a fault if nobody may."""
        rows = self.document.drivers
        if rows is None:
            return ()
        if not rows:
            self._refuse("E-F22", "drivers", None, "holds no driver", "add a driver, or take the key out")
        self._check_ids([(f"drivers[{i}].id", row.id) for i, row in enumerate(rows)])
        known = sorted({vehicle.type.licence for vehicle in vehicles} - {""})
        made = [self._driver(f"drivers[{i}]", row, known) for i, row in enumerate(rows)]
        drivers = [driver for driver in made if driver is not None]
        useless = [driver for driver in drivers if not any(driver.may_drive(vehicle) for vehicle in vehicles)]
        if vehicles and drivers and len(useless) == len(made):
            message = "none of them may drive any vehicle: licences or hours do not meet"
            self._refuse("E-F22", "drivers", None, message, "correct their licences and shifts")
            return ()
        for i, driver in enumerate(made):
            if driver in useless and vehicles:
                message = "may drive no vehicle of the fleet: licence or hours do not meet"
                self._warn("E-F22", f"drivers[{i}]", rows[i].id, message, "correct licences and shift, or remove it")
        return tuple(drivers)

    def _driver(self, place: str, row: DriverRow, known: Sequence[str]) -> Driver | None:
        for licence in row.licences:
            if licence not in known:
                message = f"is asked for by no vehicle of the fleet{did_you_mean(licence, known)}"
                self._warn("E-F22", f"{place}.licences", licence, message, "correct it, or leave it if it is meant")
        shift = self._span("E-F11", f"{place}.shift", row.shift)
        if not shift:
            return None
        return Driver(
            id=row.id,
            shift=shift[0],
            licences=row.licences,
            skills=row.skills,
            driver_break=self._break(place, row, shift[0]),
            cost_per_hour=row.cost_per_hour,
        )

    def _break(self, place: str, row: VehicleRow | DriverRow, shift: TimeWindow) -> DriverBreak | None:
        """Return the break that a row asks for, if any, with its faults noted."""
        if row.break_min is None:
            if row.break_after_h is not None or row.break_window is not None:
                key = "break_window" if row.break_after_h is None else "break_after_h"
                self._refuse("E-F11", f"{place}.{key}", None, "a break without a length", "add break_min")
            return None
        length_s, key, value = _seconds(row.break_min), f"{place}.break_min", f"{row.break_min:g}"
        if (row.break_after_h is None) == (row.break_window is None):
            message = "when this break begins is not said, or twice"
            self._refuse("E-F11", key, value, message, "give break_after_h or break_window")
            return None
        if length_s >= shift.end_s - shift.start_s:
            self._refuse("E-F11", key, value, f"the break is as long as the shift {row.shift}", "give a shorter break")
        if row.break_after_h is not None:
            return DriverBreak(
                length_s=length_s, earliest_s=0, latest_s=_seconds(row.break_after_h * 60), from_start=True
            )
        key, text = f"{place}.break_window", row.break_window or ""
        window = self._span("E-F11", key, text)
        if not window:
            return None
        if window[0].start_s < shift.start_s or window[0].end_s > shift.end_s:
            self._refuse("E-F11", key, text, f"lies outside the shift {row.shift}", "give a window inside it")
        return DriverBreak(length_s=length_s, earliest_s=window[0].start_s, latest_s=window[0].end_s)

    def _type(self, place: str, name: str, own: Mapping[str, VehicleType | None]) -> VehicleType | None:
        if name in own:
            return own[name]
        if name in type_names():
            return vehicle_type(name)
        known = [*own, *type_names()]
        message = f"is no vehicle type{did_you_mean(name, known)}"
        self._refuse("E-C02", f"{place}.type", name, message, f"use one of: {', '.join(known)}")
        return None

    def _classes(self) -> Mapping[str, RoadClass | None]:
        """Return the road classes that a type may name, None for one of this file that is faulty."""
        own, found = own_classes(self.document.road_classes, file=self.file)
        self.faults += found
        catalogue = {name: road_class(name) for name in class_names()}
        return {name: own.get(name) for name in self.document.road_classes} | catalogue

    def _own_type(self, name: str, row: TypeRow, classes: Mapping[str, RoadClass | None]) -> VehicleType | None:
        """Lay the figures given over the base type, or make a type of figures alone."""
        for key, (least, most, unit) in UNLIKELY.items():
            value = getattr(row, key)
            if value is not None and not least <= value <= most:
                self._warn("E-F04", f"types.{name}.{key}", f"{value:g}", "is unusual", f"check that it is {unit}")
        if row.road_class in self.document.road_classes and classes[row.road_class] is None:
            return None  # the fault is that of the class
        try:
            figures = _figures(row, classes)
            if row.base is not None:
                return replace(vehicle_type(row.base), name=name, **figures)
        except InputError as error:
            self.faults += [replace(fault, file=self.file, column=f"types.{name}") for fault in error.faults]
            return None
        missing = sorted(set(TypeRow.model_fields) - {"base", "swap_min"} - DEFAULTED - set(figures))
        for key in missing:
            self._refuse("E-F02", f"types.{name}.{key}", None, "is missing", "add it, or name a base type")
        return None if missing else VehicleType(name=name, **figures)

    def _span(self, code: str, key: str, text: str) -> tuple[TimeWindow, ...]:
        """Return ``HH:MM-HH:MM`` as one window, or nothing with its fault noted."""
        try:
            return (span(text, day=self.day, zone=self.zone, code=code),)
        except CellError as bad:
            self._refuse(bad.code, key, text, bad.message, bad.remedy)
            return ()

    def _check_ids(self, places: Sequence[tuple[str, str]]) -> None:
        """Refuse ids with control characters, and ids that read the same."""
        seen: dict[str, str] = {}
        for key, id_text in places:
            try:
                identifier(id_text.strip())
            except CellError as bad:
                self._refuse(bad.code, key, id_text, bad.message, bad.remedy)
            first = seen.setdefault(same_id_key(id_text), key)
            if first != key:
                self._refuse("E-F18", key, id_text, f"is the id of {first} too", "give each an id of its own")

    def _refuse(self, code: str, key: str, value: str | None, message: str, remedy: str) -> None:
        self.faults.append(Fault(code=code, file=self.file, column=key, value=value, message=message, remedy=remedy))

    def _warn(self, code: str, key: str, value: str, message: str, remedy: str) -> None:
        self.warnings.append(Fault(code=code, file=self.file, column=key, value=value, message=message, remedy=remedy))


def _counted(row: VehicleRow, vehicle: Vehicle | None) -> Sequence[Vehicle]:
    return [] if vehicle is None else [replace(vehicle, id=id_) for id_ in _ids(row)]


def _ids(row: VehicleRow) -> list[str]:
    """Return the ids of the vehicles for which a row stands."""
    return [row.id] if row.count is None else [f"{row.id}-{number}" for number in range(1, row.count + 1)]


def _spot(row: SpotRow | None) -> Spot | None:
    return None if row is None else Spot(lat=row.lat, lon=row.lon)


def _figures(row: TypeRow, classes: Mapping[str, RoadClass | None]) -> dict[str, Any]:
    """Return the figures that a row gives, in the model's own types. Raises `InputError` for an unknown road class."""
    figures = {key: value for key, value in row if value is not None and key not in {"base", "swap_min"}}
    if row.swap_min is not None:
        figures["swap_s"] = _seconds(row.swap_min)
    if row.road_class is not None:
        figures["road_class"] = known_class(row.road_class, classes)
    if row.charge_curve is not None:
        figures["charge_curve"] = tuple(
            ChargeStep(until_soc=step.until_soc, power_share=step.power_share) for step in row.charge_curve
        )
    return figures


def _seconds(minutes: float) -> int:
    return math.ceil(round(minutes * 60, 6))


def _plugs(place_id: str, count: int, power_kw: float) -> tuple[Plug, ...]:
    return tuple(Plug(id=f"{place_id}-{number}", power_w=_watts(power_kw)) for number in range(1, count + 1))


def _watts(power_kw: float) -> float:
    return round(power_kw * 1_000, 3)  # 16.1 kW is 16,100 W, not 16,100.000000000002
