"""Read VROOM's JSON: a problem with its own tables, or a solution; every fault with its place, and how to mend it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from planner.errors import Fault, InputError, did_you_mean
from planner.exchange.vroom_schema import (
    BreakPart,
    MatricesPart,
    ProblemDocument,
    ShipmentPart,
    SolutionDocument,
    StopPart,
    VehiclePart,
    Window,
    strangers,
)
from planner.io.files import read_file
from planner.io.shapes import faults
from planner.io.strict_json import strict_json

MAX_BYTES = 1_000_000_000
NO_JSON, SHAPE, TWICE, PLACE, TABLE, AMOUNTS, WINDOW, STRANGER = (f"E-V{n:02d}" for n in range(1, 9))
DOCS = "see docs/vroom.md"
OLD_PROFILE = "car"  # that of the old key `matrix`

Document = TypeVar("Document", bound=BaseModel)
Complete = Callable[[ProblemDocument, str], ProblemDocument]


@dataclass(frozen=True, kw_only=True)
class ProblemFile:
    """A problem, and what in its file says nothing to VROOM or to us."""

    name: str
    document: ProblemDocument
    warnings: tuple[Fault, ...]


def read_problem(path: Path, complete: Complete | None = None) -> ProblemFile:
    """Read a problem file. Raises `InputError` with every fault of its shape or, that being right, of its meaning.

    `complete` gives a problem the tables that it lacks, see `vroom_streets`.
    """
    return parse_problem(_json_of(path), path.name, complete)


def parse_problem(raw: Any, file: str, complete: Complete | None = None) -> ProblemFile:
    """Return the problem that a JSON document says, as `read_problem`."""
    document = _shaped(raw, ProblemDocument, file)
    if document.matrix is not None:
        old = {OLD_PROFILE: MatricesPart(durations=document.matrix)}
        document = document.model_copy(update={"matrices": old | document.matrices, "matrix": None})
    if complete is not None:
        document = complete(document, file)
    judge = _Judge(file=file, document=document)
    judge.look()
    if judge.faults:
        raise InputError(judge.faults)
    return ProblemFile(name=file, document=document, warnings=tuple(_strange(document, file)))


def read_solution(path: Path) -> SolutionDocument:
    """Read a solution file. Raises `InputError` with every fault of its shape."""
    return _shaped(_json_of(path), SolutionDocument, path.name)


def table_of(matrices: MatricesPart) -> Sequence[Sequence[int]]:
    """Return the table of a profile that says how many places there are."""
    return matrices.durations or matrices.costs or ()


def _json_of(path: Path) -> Any:
    data = read_file(path, max_bytes=MAX_BYTES)
    try:
        return strict_json(data)
    except ValueError as error:
        message = f"is no JSON document ({error})"
        raise InputError(Fault(code=NO_JSON, file=path.name, message=message, remedy=DOCS)) from None


def _shaped(raw: Any, document: type[Document], file: str) -> Document:
    try:
        return document.model_validate(raw)
    except ValidationError as error:
        raise InputError(faults(error, file=file, code=lambda _: SHAPE, keys=lambda _: ())) from None


def _strange(document: ProblemDocument, file: str) -> Iterator[Fault]:
    for place, key, known in strangers(document):
        message = f"is no key of VROOM's, nothing is read from it{did_you_mean(key, known)}"
        column = f"{place}.{key}".removeprefix(".")
        yield Fault(code=STRANGER, file=file, column=column, message=message, remedy="correct it, or leave it out")


@dataclass(kw_only=True)
class _Judge:
    """Collects what is wrong with the meaning of a problem."""

    file: str
    document: ProblemDocument
    faults: list[Fault] = field(default_factory=list)

    def look(self) -> None:
        d = self.document
        if not d.jobs and not d.shipments:
            self._refuse(SHAPE, "jobs", None, "there is nothing to do", "add a job or a shipment")
        self._once("jobs", [job.id for job in d.jobs])
        self._once("shipments", [shipment.pickup.id for shipment in d.shipments], step=".pickup")
        self._once("shipments", [shipment.delivery.id for shipment in d.shipments], step=".delivery")
        self._once("vehicles", [vehicle.id for vehicle in d.vehicles])
        self._tables()
        for i, vehicle in enumerate(d.vehicles):
            self._vehicle(f"vehicles[{i}]", vehicle)
        for i, job in enumerate(d.jobs):
            if job.amount and job.delivery:
                self._refuse(AMOUNTS, f"jobs[{i}].amount", None, "stands beside delivery", "keep one of the two")
            self._stop(f"jobs[{i}]", job)
            for name in ("delivery", "pickup", "amount"):
                self._amount(f"jobs[{i}].{name}", getattr(job, name))
        for i, shipment in enumerate(d.shipments):
            self._shipment(f"shipments[{i}]", shipment)

    @property
    def _has_tables(self) -> bool:
        """Tell whether there is any table: without one, that is what is told, and not each place that is in none."""
        return bool(self.document.matrices)

    def _shipment(self, place: str, shipment: ShipmentPart) -> None:
        self._stop(f"{place}.pickup", shipment.pickup)
        self._stop(f"{place}.delivery", shipment.delivery)
        self._amount(f"{place}.amount", shipment.amount)

    def _vehicle(self, place: str, vehicle: VehiclePart) -> None:
        if self._has_tables and vehicle.profile not in self.document.matrices:
            known = list(self.document.matrices)
            message = f"is a profile without a table{did_you_mean(vehicle.profile, known)}"
            self._refuse(PLACE, f"{place}.profile", vehicle.profile, message, "give its durations in matrices")
        if self._has_tables and vehicle.start_index is None and vehicle.end_index is None:
            self._refuse(PLACE, place, None, "has neither start_index nor end_index", "give one of them")
        for name in ("start_index", "end_index"):
            self._index(f"{place}.{name}", getattr(vehicle, name))
        self._windows(f"{place}.time_window", [vehicle.time_window] if vehicle.time_window else [])
        self._amount(f"{place}.capacity", vehicle.capacity)
        self._once(f"{place}.breaks", [pause.id for pause in vehicle.breaks])
        for i, pause in enumerate(vehicle.breaks):
            self._break(f"{place}.breaks[{i}]", pause)

    def _break(self, place: str, pause: BreakPart) -> None:
        self._windows(f"{place}.time_windows", pause.time_windows)
        if pause.max_load is not None:
            self._amount(f"{place}.max_load", pause.max_load)

    def _stop(self, place: str, stop: StopPart) -> None:
        if self._has_tables and stop.location_index is None:
            remedy = "give the row of the tables that is its place"
            self._refuse(PLACE, f"{place}.location_index", None, "is missing", remedy)
        self._index(f"{place}.location_index", stop.location_index)
        self._windows(f"{place}.time_windows", stop.time_windows)

    def _index(self, place: str, index: int | None) -> None:
        size = max((len(table_of(m)) for m in self.document.matrices.values()), default=0)
        if self._has_tables and index is not None and index >= size:
            self._refuse(PLACE, place, str(index), f"is no row of the tables, which have {size}", "correct it")

    def _tables(self) -> None:
        """Look at the tables: there, square, and all of one size."""
        if not self.document.matrices:
            message = "are missing: VROOM would ask a server of streets, we do not"
            remedy = "give the durations of each profile, or coordinates and streets: --streets city.osm.pbf"
            self._refuse(TABLE, "matrices", None, message, remedy)
        sizes: set[int] = set()
        for profile, tables in self.document.matrices.items():
            place = f"matrices.{profile}"
            if tables.durations is None:
                self._refuse(TABLE, f"{place}.durations", None, "is missing", "give seconds between all places")
            if tables.costs is not None and any(v.costs.per_km or v.costs.per_hour != 3600 for v in self._of(profile)):
                message = "stands beside a price for the hour or the kilometre"
                self._refuse(TABLE, f"{place}.costs", None, message, "keep one of the two, as VROOM asks for")
            for name in ("durations", "distances", "costs"):
                table = getattr(tables, name)
                if table is not None:
                    sizes.add(len(table))
                    self._square(f"{place}.{name}", table)
            if tables.distances is None and any(v.costs.per_km or v.max_distance for v in self._of(profile)):
                self._refuse(TABLE, f"{place}.distances", None, "is missing, and a vehicle counts metres", "add them")
        if len(sizes) > 1:
            told = ", ".join(map(str, sorted(sizes)))
            self._refuse(TABLE, "matrices", told, "rows: the tables differ in size", "give each the same places")

    def _of(self, profile: str) -> Iterator[VehiclePart]:
        return (vehicle for vehicle in self.document.vehicles if vehicle.profile == profile)

    def _square(self, place: str, table: Sequence[Sequence[int]]) -> None:
        wrong = next((i for i, row in enumerate(table) if len(row) != len(table)), None)
        if not table:
            self._refuse(TABLE, place, None, "is empty", "give a row and a column for each place")
        elif wrong is not None:
            message = f"has {len(table[wrong])} columns, and the table {len(table)} rows"
            self._refuse(TABLE, f"{place}[{wrong}]", None, message, "give a row and a column for each place")

    def _amount(self, place: str, amount: Sequence[int]) -> None:
        most = max(len(vehicle.capacity) for vehicle in self.document.vehicles)
        if amount and len(amount) != most:
            message = f"has {len(amount)} numbers, the longest capacity has {most}"
            self._refuse(AMOUNTS, place, None, message, "give each amount the same numbers")

    def _windows(self, place: str, windows: Sequence[Window]) -> None:
        for i, (start, end) in enumerate(windows):
            if end < start:
                self._refuse(WINDOW, f"{place}[{i}]", f"{start}, {end}", "ends before it starts", "swap the times")

    def _once(self, place: str, ids: Iterable[int], *, step: str = "") -> None:
        seen: dict[int, int] = {}
        for i, number in enumerate(ids):
            first = seen.setdefault(number, i)
            if first != i:
                message = f"is the id of {place}[{first}] too"
                self._refuse(TWICE, f"{place}[{i}]{step}.id", str(number), message, "give each an id of its own")

    def _refuse(self, code: str, place: str, value: str | None, message: str, remedy: str) -> None:
        self.faults.append(Fault(code=code, file=self.file, column=place, value=value, message=message, remedy=remedy))
