"""What a plan is made of: routes of steps, and the orders left out with their reasons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from planner.model import Day, Scenario


class StepKind(StrEnum):
    """What a vehicle does at a place."""

    START = "start"
    DELIVERY = "delivery"
    PICKUP = "pickup"
    RELOAD = "reload"
    CHARGE = "charge"
    SWAP = "swap"
    BREAK = "break"
    RETURN = "return"  # to the depot after the last trip, by a vehicle that ends elsewhere
    END = "end"


class Reason(StrEnum):
    """Why an order is not in the plan. All but `NO_DRIVER` and the last four hold for it alone on a fresh vehicle."""

    OFF_NETWORK = "off_network"  # no usable street near it, or none that leads there and back
    TOO_HEAVY = "too_heavy"
    TOO_BIG = "too_big"
    WRONG_DEPOT = "wrong_depot"  # no vehicle belongs to the depot of its goods
    NO_DRIVER = "no_driver"  # a vehicle could serve it that no driver is left for, or with another driver
    NO_SKILL = "no_skill"  # no vehicle has the skills or the class it asks for
    WINDOW_UNREACHABLE = "window_unreachable"
    BEYOND_RANGE = "beyond_range"  # not even with charging on the way
    NO_PLUG = "no_plug"  # it needs a charge on the way, and no plug may be used
    GROUP_INCOMPLETE = "group_incomplete"  # its group goes on one vehicle, and one of the others can not
    FLEET_FULL = "fleet_full"  # it fits nowhere beside the planned orders
    NOT_FOUND_IN_TIME = "not_found_in_time"  # the search was stopped before it could tell
    COURIER = "courier"  # it is handed to one, for a price


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """A drive between two places, as its arrival step carries it. `geometry` is (lon, lat) pairs."""

    distance_m: float
    drive_s: int
    energy_wh: float
    geometry: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing done at one place.

    `place_id` is an order, depot or station, or the vehicle itself where it starts or ends away from its depot. `leg`
    is the drive that arrives, absent where the vehicle is there already. Waiting is `begin_s - arrival_s`.
    `stored_*_wh` is what the battery holds at arrival and at the end; `load_*` is on board when the step ends. A
    charge at the depot is a step of its own after the reload it overlaps: both begin when the vehicle arrives or later,
    and the vehicle leaves after both. So is a swap of the battery for a full one. A break is a step after what is done
    at its stop, and may overlap the charge there.
    """

    kind: StepKind
    place_id: str
    trip: int  # from 1; the charge and the reload before a trip belong to that trip
    lat: float
    lon: float
    arrival_s: int
    begin_s: int
    end_s: int
    stored_arrival_wh: float
    stored_end_wh: float
    load_kg: float
    load_l: float
    leg: Leg | None = None
    plug_id: str | None = None
    power_w: float | None = None  # the most this charge draws, constant as far as the site limit goes

    @property
    def serves(self) -> bool:
        """Say whether this step serves an order."""
        return self.kind in {StepKind.DELIVERY, StepKind.PICKUP}

    @property
    def charged_wh(self) -> float:
        """Energy that this step put into the battery."""
        return max(0.0, self.stored_end_wh - self.stored_arrival_wh)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """Money by kind. `overtime` comes on top of `time`, for the hours past the end of the shift.

    `minimum_pay` does too, for the hours that are paid without being worked. `balance` is for what the vehicle does
    above the mean of all in use.
    """

    vehicles: float
    distance: float
    time: float
    energy: float  # by day and by night
    wear: float = 0.0  # of the battery
    overtime: float = 0.0
    lateness: float = 0.0  # of service that begins after the end of its window
    minimum_pay: float = 0.0
    balance: float = 0.0

    @property
    def total(self) -> float:
        paid = self.time + self.overtime + self.minimum_pay
        return self.vehicles + self.distance + paid + self.energy + self.wear + self.lateness + self.balance


@dataclass(frozen=True, slots=True, kw_only=True)
class NightCharge:
    """Energy that a vehicle takes at its depot after its return, at a power that does not change meanwhile."""

    plug_id: str
    begin_s: int
    end_s: int
    wh: float
    power_w: float  # into the battery
    cost: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Night:
    """From the return to tomorrow's start of the shift, `until_s`: how the battery gets back to its start charge.

    `missing_wh` is what it will lack then.
    """

    until_s: int
    charges: tuple[NightCharge, ...] = ()
    missing_wh: float = 0.0

    @property
    def charged_wh(self) -> float:
        return sum(charge.wh for charge in self.charges)


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """All a vehicle does in its shift."""

    vehicle_id: str
    steps: tuple[Step, ...]
    cost: Cost
    night: Night | None = None  # none in a plan that looks no further than the shift
    driver_id: str = ""  # empty where the fleet names no drivers


@dataclass(frozen=True, slots=True, kw_only=True)
class Unassigned:
    """An order left out, why, and by how much it fails."""

    order_id: str
    reason: Reason
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """A rule that a plan breaks: a stable code, where, and how far.

    One found at a step of a route also names it: the vehicle, and the step's place in the route, from 0. Where the rule
    knows by how much it is broken, that is `amount` in `unit`, beside what the message says.
    """

    code: str
    where: str
    message: str
    vehicle_id: str | None = None
    step: int | None = None
    amount: float | None = None
    unit: str = ""


class LockKind(StrEnum):
    """What is not to be changed."""

    ORDER = "order"  # stays on its vehicle
    VEHICLE = "vehicle"  # keeps its orders, in their order


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """A part of a plan that later changes leave as it is."""

    kind: LockKind
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """Says that the violations of a plan are known and kept on purpose, and where that was told by whom and when."""

    by: str = ""
    at: str = ""  # ISO 8601


@dataclass(frozen=True, slots=True, kw_only=True)
class Robust:
    """How many of the scenarios a plan holds under, of which at least `share` were asked for.

    `padding` is the harder day for which its routes were searched, None where those of the day itself hold enough.
    """

    share: float
    held: int
    scenarios: int
    padding: Scenario | None

    @property
    def enough(self) -> bool:
        """Tell whether the share was reached."""
        return self.held >= self.share * self.scenarios - 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Where a plan comes from: enough to make it again. Times and hosts are kept apart, in `run.json`."""

    program: str
    engine: str
    seed: int
    iterations: int
    time_limit_s: float | None
    stopped_by: str  # "iterations" or "time_limit" or "interrupt"
    streets_file: str
    streets_sha256: str
    inputs_sha256: dict[str, str]
    rows_read: int
    rows_rejected: int
    robust: Robust | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A day with its routes. `violations` is what the auditor found; a released plan has none, or is `kept` with them.

    `locks` are honoured by whoever changes the plan.
    """

    day: Day
    routes: tuple[Route, ...]
    unassigned: tuple[Unassigned, ...]
    provenance: Provenance
    violations: tuple[Violation, ...] = ()
    kept: Kept | None = None
    locks: tuple[Lock, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """A rule that a replay breaks: the auditor's code, and by how much in words; where and when, if at one step.

    `step` counts the steps of the replayed route from 1.
    """

    code: str
    where: str
    message: str
    vehicle_id: str | None = None
    step: int | None = None
    place_id: str | None = None
    at_s: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """A plan under one scenario: what breaks, in order of time, and the orders that are hit by it."""

    scenario: Scenario
    breaks: tuple[Break, ...]
    orders_hit: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Tell whether nothing breaks."""
        return not self.breaks


def share_held(replays: Sequence[Replay]) -> float:
    """Return the share of the scenarios under which a plan holds."""
    return sum(replay.holds for replay in replays) / len(replays)
