"""Tables of our streets for a VROOM problem that has coordinates and no tables of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from planner.catalogue import class_names, road_class
from planner.errors import Fault, InputError, did_you_mean
from planner.exchange.vroom_build import MOST_CELLS, TOO_LARGE
from planner.exchange.vroom_read import PLACE, table_of
from planner.exchange.vroom_schema import Location, MatricesPart, ProblemDocument
from planner.model import RoadClass
from planner.roads.matrices import Matrices, matrices
from planner.roads.network import build_network
from planner.roads.snap import snap
from planner.roads.streets import Streets

FAR, NO_WAY = "E-V11", "E-V12"
UNUSED = 10_000_000  # seconds and metres to a row of the tables that is no place of the problem
PAIRS_LISTED = 5


@dataclass(frozen=True, kw_only=True)
class Driven:
    """How the vehicles of a profile drive."""

    road_class: RoadClass
    top_speed_kmh: float


@dataclass(frozen=True, kw_only=True)
class StreetTables:
    """Completes problems with tables of `streets`; `fallback` is for profiles that are no class of ours.

    `measured` tells how the vehicles of each profile drive that was measured.
    """

    streets: Streets
    fallback: RoadClass | None = None
    measured: dict[str, Driven] = field(default_factory=dict)

    def __call__(self, document: ProblemDocument, file: str) -> ProblemDocument:
        """Return the problem with tables for each profile of its vehicles; those that it has stay as they are.

        Raises `InputError` E-V04 for a place without coordinates and for a profile that says no class of ours, E-V10,
        E-V11 for a place far from every street, and E-V12 where there is no way.
        """
        profiles = list(dict.fromkeys(v.profile for v in document.vehicles if v.profile not in document.matrices))
        if not profiles:
            return document
        places = _Places(document, file)
        driven, faults = self._driven(document, profiles, file)
        if faults or places.faults:
            raise InputError([*faults, *places.faults])
        if places.size**2 * len(profiles) > MOST_CELLS:
            message = f"is too large: {places.size:,} places for {len(profiles):,} profiles"
            raise InputError(Fault(code=TOO_LARGE, file=file, message=message, remedy="split it"))
        tables = {profile: self._table(profile, driven[profile], places, faults) for profile in profiles}
        if faults:
            raise InputError(faults)
        self.measured.update(driven)
        return places.numbered.model_copy(update={"matrices": {**document.matrices, **tables}})

    def _driven(
        self, document: ProblemDocument, profiles: Sequence[str], file: str
    ) -> tuple[dict[str, Driven], list[Fault]]:
        found, faults = {}, []
        for profile in profiles:
            driven = _named(profile)
            if driven is None and self.fallback is not None:
                driven = Driven(road_class=self.fallback, top_speed_kmh=self.fallback.max_speed_kmh)
            if driven is not None:
                found[profile] = driven
                continue
            first = next(i for i, vehicle in enumerate(document.vehicles) if vehicle.profile == profile)
            message = f"has no table and is no road class of ours{did_you_mean(profile, class_names())}"
            remedy = f"say which it is: --class with one of {', '.join(class_names())}"
            column = f"vehicles[{first}].profile"
            faults.append(Fault(code=PLACE, file=file, column=column, value=profile, message=message, remedy=remedy))
        return found, faults

    def _table(self, profile: str, driven: Driven, places: _Places, faults: list[Fault]) -> MatricesPart:
        """Measure a table; what is wrong goes into `faults`."""
        network = build_network(self.streets, driven.road_class, top_speed_kmh=driven.top_speed_kmh)
        lon, lat = np.array([places.located[index] for index in places.order]).T
        snapped = snap(network, lat=lat, lon=lon)
        where = [places.columns[index] for index in places.order]
        far = np.flatnonzero(~snapped.found)
        known = {fault.column for fault in faults if fault.code == FAR}  # by another profile
        for place in (place for place in far.tolist() if where[place] not in known):
            gap = f"{snapped.gap_m[place]:,.0f} m" if np.isfinite(snapped.gap_m[place]) else "far"
            message = f"lies {gap} from every street that {driven.road_class.name} may stop on"
            remedy = "correct it ([lon, lat]), or give the streets of its town"
            value = f"{lon[place]:g}, {lat[place]:g}"
            faults.append(
                Fault(code=FAR, file=places.file, column=where[place], value=value, message=message, remedy=remedy)
            )
        if far.size:
            return MatricesPart()
        measured = matrices(network, snapped, [])
        faults += _no_ways(measured, where, profile, places.file)
        return MatricesPart(
            durations=places.table(measured.seconds),
            distances=places.table(measured.metres),
        )


class _Places:
    """The places of a problem: numbered by its own indices where it has tables, else by coordinates."""

    def __init__(self, document: ProblemDocument, file: str) -> None:
        self.file, self.faults = file, list[Fault]()
        self.located: dict[int, Location] = {}
        self.columns: dict[int, str] = {}
        self._numbers: dict[Location, int] | None = None if document.matrices else {}
        self.numbered = self._with_indices(document)
        self.order = sorted(self.located)
        given = max((len(table_of(tables)) for tables in document.matrices.values()), default=0)
        self.size = max([given, *(index + 1 for index in self.order)])

    def table(self, measured: np.ndarray[Any, np.dtype[np.float64]]) -> list[list[int]]:
        """Return whole numbers, rounded against ourselves, with a row and a column for each index."""
        whole = np.full((self.size, self.size), UNUSED, dtype=np.int64)
        np.fill_diagonal(whole, 0)
        whole[np.ix_(self.order, self.order)] = np.nan_to_num(np.ceil(measured), nan=UNUSED)
        found: list[list[int]] = whole.tolist()
        return found

    def _with_indices(self, document: ProblemDocument) -> ProblemDocument:
        jobs = [self._stop(job, f"jobs[{i}]") for i, job in enumerate(document.jobs)]
        shipments = []
        for i, shipment in enumerate(document.shipments):
            stops = {name: self._stop(getattr(shipment, name), f"shipments[{i}].{name}") for name in _STEPS}
            shipments.append(shipment.model_copy(update=stops))
        vehicles = []
        for i, vehicle in enumerate(document.vehicles):
            ends = {}
            for name in ("start", "end"):
                location, index = getattr(vehicle, name), getattr(vehicle, f"{name}_index")
                if location is not None or index is not None:
                    ends[f"{name}_index"] = self._index(location, index, f"vehicles[{i}].{name}")
            vehicles.append(vehicle.model_copy(update=ends))
        return document.model_copy(update={"jobs": jobs, "shipments": shipments, "vehicles": vehicles})

    def _stop(self, stop: Any, column: str) -> Any:
        index = self._index(stop.location, stop.location_index, f"{column}.location")
        return stop.model_copy(update={"location_index": index})

    def _index(self, location: Location | None, index: int | None, column: str) -> int | None:
        if location is None:
            self._refuse(column, "is missing, and there is no table to look it up in", "give it as [lon, lat]")
            return index
        if self._numbers is not None:
            index = self._numbers.setdefault(location, len(self._numbers))
        elif index is None:
            self._refuse(f"{column}_index", "is missing", "give the row of the tables that is its place")
            return None
        self.located.setdefault(index, location)
        self.columns.setdefault(index, column)
        return index

    def _refuse(self, column: str, message: str, remedy: str) -> None:
        self.faults.append(Fault(code=PLACE, file=self.file, column=column, message=message, remedy=remedy))


_STEPS = ("pickup", "delivery")


def _named(profile: str) -> Driven | None:
    """Return what a profile says: a class of ours, or one with a pace, as `planner vroom write` names them."""
    known = class_names()
    if profile in known:
        found = road_class(profile)
        return Driven(road_class=found, top_speed_kmh=found.max_speed_kmh)
    name, _, pace = profile.rpartition("-")
    if name in known and pace.isdecimal() and 0 < int(pace) <= road_class(name).max_speed_kmh:
        return Driven(road_class=road_class(name), top_speed_kmh=float(pace))
    return None


def _no_ways(measured: Matrices, where: Sequence[str], profile: str, file: str) -> Iterator[Fault]:
    """Yield a fault for places without a way from or to another: the first few pairs, and how many there are."""
    missing = np.argwhere(np.isnan(measured.seconds) & ~np.eye(len(where), dtype=bool))
    if missing.size:
        pairs = ", ".join(f"{where[a]} to {where[b]}" for a, b in missing[:PAIRS_LISTED].tolist())
        more = f" and {len(missing) - PAIRS_LISTED:,} more" if len(missing) > PAIRS_LISTED else ""
        message = f"has no way from {pairs}{more}"
        remedy = "move them to streets that the class may use, or give larger streets"
        yield Fault(code=NO_WAY, file=file, column=f"profile {profile}", message=message, remedy=remedy)


def told(measured: Mapping[str, Driven]) -> Iterator[str]:
    """Yield how each profile is driven, in words."""
    for profile, driven in measured.items():
        yield f'profile "{profile}" is driven as {driven.road_class.name}, {driven.top_speed_kmh:g} km/h at most'
