"""The shape of a plan file: VROOM's words for what VROOM has, and ours, with units, for the rest.

VROOM's words: `summary`, `routes`, `steps`, `unassigned`, `vehicle`, `cost`, `distance` (m), `duration` (s of
driving), `service` (s), `waiting_time` (s), `delivery`, `pickup` and `load` ([kg, litres]), `location` ([lon, lat]),
`arrival` (s since midnight), `geometry` (encoded polyline, here of precision 6).
"""

from __future__ import annotations

import json
from typing import Annotated, Final, Literal

import polyline
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from planner.model import Day, OrderKind
from planner.plan import LockKind, Provenance, Reason, StepKind

FORMAT: Final = "planner-plan-1"
PRECISION = 6

Line = tuple[tuple[float, float], ...]


def encode_line(line: Line) -> str:
    """Return (lon, lat) pairs as an encoded polyline; exact for multiples of 1e-6 degrees."""
    return polyline.encode(list(line), PRECISION, geojson=True) if line else ""


def decode_line(text: str) -> Line:
    """Return the (lon, lat) pairs of an encoded polyline. Raises `ValueError` for anything else."""
    try:
        return tuple((lon, lat) for lon, lat in polyline.decode(text, PRECISION, geojson=True))
    except (IndexError, ValueError, TypeError):
        raise ValueError("is no encoded polyline") from None


def _checked_line(text: str) -> str:
    decode_line(text)
    return text


EncodedLine = Annotated[str, AfterValidator(_checked_line), Field(description="encoded polyline, precision 6")]
Location = Annotated[tuple[float, float], Field(description="[lon, lat]")]
Amount = Annotated[tuple[float, float], Field(description="[kg, litres]")]


class Part(BaseModel):
    """No unknown keys, no text for numbers, no infinity."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False, frozen=True)


class CostPart(Part):
    """Money by kind."""

    vehicles: float
    distance: float
    time: float
    energy: Annotated[float, Field(description="by day and by night")]
    wear: Annotated[float, Field(description="of the battery")] = 0.0
    overtime: float = 0.0
    lateness: Annotated[float, Field(description="of service after the end of its window")] = 0.0
    minimum_pay: Annotated[float, Field(description="of hours paid without being worked")] = 0.0
    balance: Annotated[float, Field(description="of what is done above the mean of all vehicles in use")] = 0.0


class LegPart(Part):
    """The drive that arrives at a step."""

    distance_m: float
    drive_s: int
    energy_wh: float
    geometry: EncodedLine


class StepPart(Part):
    """One thing done at one place. `duration` and `distance` run from the start of the route, as in VROOM."""

    type: Annotated[StepKind, Field(strict=False)]
    id: Annotated[str, Field(description="of the order, depot or station")]
    trip: int
    location: Location
    arrival: int
    waiting_time: int
    service: Annotated[int, Field(description="seconds from begin to end, setup included")]
    duration: int
    distance: float
    load: Amount
    stored_arrival_wh: float
    stored_end_wh: float
    soc_arrival: Annotated[float | None, Field(description="share of the battery, 0..1")] = None
    soc_end: float | None = None
    leg: LegPart | None = None
    plug: str | None = None
    power_w: float | None = None
    charged_wh: float | None = None
    late_s: Annotated[int | None, Field(description="from the end of the order's window to the begin")] = None


class NightChargePart(Part):
    """Energy taken at the depot after the return, at a constant power into the battery."""

    plug: str
    begin: int
    end: int
    charged_wh: float
    power_w: float
    cost: float


class NightPart(Part):
    """From the return to the next shift, which begins `until`; what is still missing of the start charge then."""

    until: Annotated[int, Field(description="s since midnight of the plan's date")]
    charges: tuple[NightChargePart, ...]
    charged_wh: float
    missing_wh: float


class Totals(Part):
    """Sums over a route or over the plan. `service` is that of orders; `delivery` and `pickup` are their goods."""

    cost: float
    cost_by_kind: CostPart
    deliveries: int
    delivery: Amount
    pickups: int = 0
    pickup: Amount = (0.0, 0.0)
    service: int
    duration: int
    waiting_time: int
    distance: float
    energy_wh: float
    charged_wh: Annotated[float, Field(description="during the shift")]
    night_wh: Annotated[float, Field(description="charged after it, until the next one")] = 0.0
    missing_wh: Annotated[float, Field(description="to the start charge of the next shift")] = 0.0
    trips: int
    reloads: int
    charges: int
    breaks: int = 0
    swaps: int = 0
    late_s: Annotated[int, Field(description="of all stops that are late")] = 0
    stops_late: int = 0


class RoutePart(Totals):
    """All a vehicle does in its shift."""

    vehicle: str
    driver: Annotated[str, Field(description="empty where the fleet names none")] = ""
    geometry: EncodedLine
    steps: tuple[StepPart, ...]
    night: NightPart | None = None


class SummaryPart(Totals):
    """The plan in numbers; `routes` and `unassigned` are counts."""

    routes: int
    unassigned: int


class UnassignedPart(Part):
    """An order left out, and why."""

    id: str
    type: Annotated[OrderKind, Field(strict=False)]
    location: Location | None = None
    reason: Annotated[Reason, Field(strict=False)]
    detail: str


class ViolationPart(Part):
    """A rule that the plan breaks."""

    code: str
    where: str
    message: str
    amount: Annotated[float | None, Field(description="by how much, in `unit`, where the rule knows it")] = None
    unit: str | None = None


class KeptPart(Part):
    """Says that the violations are known and kept on purpose: by whom and when, where that was told."""

    by: str = ""
    at: Annotated[str, Field(description="ISO 8601")] = ""


class LockPart(Part):
    """An order that stays on its vehicle, or a vehicle that keeps its route."""

    type: Annotated[LockKind, Field(strict=False)]
    id: str


class PlanDocument(Part):
    """A plan file. What is derived (summary, totals, running sums, shares) is written for readers, never read back."""

    format: Literal["planner-plan-1"]
    summary: SummaryPart
    routes: tuple[RoutePart, ...]
    unassigned: tuple[UnassignedPart, ...]
    violations: tuple[ViolationPart, ...]
    kept: KeptPart | None = None
    locks: tuple[LockPart, ...] | None = None
    provenance: Provenance
    day: Day


def schema_text() -> str:
    """Return the JSON Schema of a plan file, as shipped in ``plan.schema.json``."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **PlanDocument.model_json_schema()}
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
