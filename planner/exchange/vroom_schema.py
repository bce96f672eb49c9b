"""The shape of VROOM's files (its API of version 1.15): seconds, metres, whole numbers, `[lon, lat]`.

Keys that VROOM does not know are kept aside, since it ignores them too; `strangers` names them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from planner.io.shapes import keys_of

MOST_UINT32 = 2**32 - 1
TASK_KINDS = ("job", "pickup", "delivery")

Whole = Annotated[int, Field(ge=0, le=MOST_UINT32)]
Id = Annotated[int, Field(ge=0, le=2**63 - 1)]
Index = Annotated[int, Field(ge=0, le=65_535)]
Amount = list[Whole]
Skills = list[Whole]
Window = Annotated[tuple[Whole, Whole], Field(description="[start, end], both inclusive", strict=False)]
Location = Annotated[tuple[float, float], Field(description="[lon, lat]", strict=False)]
Matrix = list[list[Whole]]
PerType = dict[str, Whole]
StepKind = Literal["start", "job", "pickup", "delivery", "break", "end"]


class Part(BaseModel):
    """No text for numbers, no infinity; unknown keys are kept aside."""

    model_config = ConfigDict(extra="allow", strict=True, allow_inf_nan=False, frozen=True)


class StopPart(Part):
    """What jobs and the two steps of a shipment have in common."""

    id: Id
    description: str = ""
    location: Location | None = None
    location_index: Index | None = None
    setup: Annotated[Whole, Field(description="s, once where tasks at one place follow each other")] = 0
    service: Annotated[Whole, Field(description="s")] = 0
    setup_per_type: PerType = {}
    service_per_type: PerType = {}
    time_windows: Annotated[list[Window], Field(description="when service may begin")] = []


Priority = Annotated[int, Field(ge=0, le=100)]


class JobPart(StopPart):
    """One stop; what it delivers is loaded at the start, what it picks up is brought to the end."""

    delivery: Amount = []
    pickup: Amount = []
    amount: Annotated[Amount, Field(description="old word for delivery")] = []
    skills: Skills = []
    priority: Priority = 0


class ShipmentPart(Part):
    """Goods fetched at one stop and brought to another."""

    pickup: StopPart
    delivery: StopPart
    amount: Amount = []
    skills: Skills = []
    priority: Priority = 0


class BreakPart(Part):
    """A break of a vehicle's driver."""

    id: Id
    time_windows: Annotated[list[Window], Field(description="when it may begin")] = []
    service: Annotated[Whole, Field(description="s")] = 0
    description: str = ""
    max_load: Amount | None = None


class CostsPart(Part):
    """What a vehicle costs."""

    fixed: Whole = 0
    per_hour: Annotated[Whole, Field(description="of driving")] = 3600
    per_task_hour: Annotated[Whole, Field(description="of setup, service and breaks")] = 0
    per_km: Whole = 0


class VehicleStepPart(Part):
    """One step of a route that is given."""

    type: StepKind
    id: Id | None = None
    service_at: Whole | None = None
    service_after: Whole | None = None
    service_before: Whole | None = None


class VehiclePart(Part):
    """One vehicle and one route."""

    id: Id
    profile: str = "car"
    description: str = ""
    start: Location | None = None
    start_index: Index | None = None
    end: Location | None = None
    end_index: Index | None = None
    capacity: Amount = []
    costs: CostsPart = CostsPart()
    skills: Skills = []
    type: str = ""
    time_window: Window | None = None
    breaks: list[BreakPart] = []
    speed_factor: Annotated[float, Field(gt=0, le=5)] = 1.0
    max_tasks: Whole | None = None
    max_travel_time: Annotated[Whole | None, Field(description="s")] = None
    max_distance: Annotated[Whole | None, Field(description="m")] = None
    steps: list[VehicleStepPart] = []


class MatricesPart(Part):
    """Tables of one profile."""

    durations: Annotated[Matrix | None, Field(description="s")] = None
    distances: Annotated[Matrix | None, Field(description="m")] = None
    costs: Matrix | None = None


class ProblemDocument(Part):
    """A problem file."""

    jobs: list[JobPart] = []
    shipments: list[ShipmentPart] = []
    vehicles: Annotated[list[VehiclePart], Field(min_length=1)]
    matrices: dict[str, MatricesPart] = {}
    matrix: Annotated[Matrix | None, Field(description="old word for the durations of the profile car")] = None


class Done(Part):
    """Times and goods of a step, a route or a whole solution."""

    setup: int = 0
    service: int = 0
    waiting_time: int = 0
    duration: Annotated[int, Field(description="s of driving")] = 0
    distance: Annotated[int | None, Field(description="m")] = None
    violations: list[dict[str, Any]] = []


class StepPart(Done):
    """One step; `duration` and `distance` count from the start of the route."""

    type: StepKind
    id: Id | None = None
    description: str = ""
    location: Location | None = None
    location_index: Index | None = None
    arrival: int
    load: Annotated[list[int], Field(description="when the step is over")] = []


class RoutePart(Done):
    """What one vehicle does."""

    vehicle: Id
    description: str = ""
    cost: int
    priority: int = 0
    delivery: list[int] = []
    pickup: list[int] = []
    steps: list[StepPart]
    geometry: Annotated[str, Field(description="encoded polyline, precision 5")] = ""


class SummaryPart(Done):
    """A solution in numbers."""

    cost: int
    routes: int = 0
    unassigned: int
    priority: int = 0
    delivery: list[int] = []
    pickup: list[int] = []


class UnassignedPart(Part):
    """A task left out."""

    id: Id
    type: Literal["job", "pickup", "delivery"]
    description: str = ""
    location: Location | None = None
    location_index: Index | None = None


class SolutionDocument(Part):
    """A solution file."""

    code: Annotated[int, Field(description="0 where there is a solution")]
    summary: SummaryPart
    unassigned: list[UnassignedPart] = []
    routes: list[RoutePart] = []


def strangers(part: BaseModel, place: str = "") -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Yield each unknown key: where it stands, itself, and the keys that are known there."""
    for key in part.model_extra or {}:
        yield place, key, keys_of(type(part))
    for key in type(part).model_fields:
        value = getattr(part, key)
        inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        at = f"{place}.{key}".removeprefix(".")
        if isinstance(value, BaseModel):
            yield from strangers(value, at)
        for name, item in inside:
            if isinstance(item, BaseModel):
                yield from strangers(item, f"{at}[{name}]")


def schema_text(document: type[ProblemDocument] | type[SolutionDocument]) -> str:
    """Return the JSON Schema of a file, as shipped beside this module."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **document.model_json_schema()}
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
