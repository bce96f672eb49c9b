"""What else could bring the same orders: a diesel van, an electric van, a cargo bike, each sized for the same days.

The figures of the diesel van and the bike are assumed; their money is in the money file, under their names.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from planner.catalogue import road_class, vehicle_type
from planner.model import VehicleType
from planner.sizing.candidates import Candidate
from planner.sizing.demand import DemandDay
from planner.sizing.hands import Hands
from planner.sizing.ledger import Ledger
from planner.sizing.search import size_fleet
from planner.sizing.task import Found, Progress, Size, Task

ELECTRIC_VAN, DIESEL_VAN, CARGO_BIKE = "electric-van", "diesel-van", "cargo-bike"
ROUTED_A_DAY, LEAST_ROUTED = 3, 60  # cells: a fleet of one kind is found soon


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A fleet of another kind for the same days; `best` is None where none serves enough.

    `even_fuel_price` is what a litre of diesel has to cost for it to be as dear as the recommended fleet.
    """

    name: str
    found: Found
    task: Task
    even_fuel_price: float | None = None

    @property
    def best(self) -> Size | None:
        """Return the cheapest that serves enough."""
        return self.found.best


def compared_types() -> dict[str, VehicleType]:
    """Return the kinds that a fleet is compared with, by name."""
    van = vehicle_type(ELECTRIC_VAN)
    # A tank is not filled during the day, and lasts for it: energy is never what stops this van.
    diesel = replace(van, name=DIESEL_VAN, kerb_kg=1_400.0, battery_wh=200_000.0, published_range_km=700.0)
    # Rides where vehicles may, at 20 km/h; cycle ways are left out. Spare packs make three of one (assumed).
    roads = replace(
        road_class("L2e"),
        name=CARGO_BIKE,
        max_speed_kmh=25.0,
        access_tags=("access", "vehicle"),
        width_m=1.0,
        mass_kg=300.0,
    )
    bike = replace(
        vehicle_type("kyburz-dxp"),
        name=CARGO_BIKE,
        road_class=roads,
        top_speed_kmh=20.0,
        kerb_kg=60.0,
        payload_kg=100.0,
        volume_l=250.0,
        longest_cm=80.0,
        battery_wh=1_800.0,
        charge_w=300.0,
        auxiliary_w=10.0,
        heater_w=0.0,
        drag_area_m2=0.8,
        rolling=0.008,
        published_range_km=120.0,
        cost_per_km=0.05,
    )
    return {DIESEL_VAN: diesel, ELECTRIC_VAN: van, CARGO_BIKE: bike}


def most_routed(days: int) -> int:
    """Return how many days may be routed with all kinds, for so many days given."""
    return len(compared_types()) * _most_of_a_kind(days)


def _most_of_a_kind(days: int) -> int:
    return max(ROUTED_A_DAY * days, LEAST_ROUTED)


def compare(
    task: Task, ledger: Ledger, tell: Progress, hands: Hands | None = None, *, best: Size | None
) -> tuple[Compared, ...]:
    """Size a fleet of each other kind for the same days, with the first candidate's shift."""
    found = []
    for name, kind in compared_types().items():
        vehicle = replace(task.candidates[0].vehicle, type=kind, end_soc=0.0)
        other = replace(
            task,
            candidates=(Candidate.owned(name, vehicle, task.money),),
            days=tuple(_without_charging(d) if name == DIESEL_VAN else _plugs_for(d, kind) for d in task.days),
            plugs=(0,) if name == DIESEL_VAN else task.plugs,
            most_routed=_most_of_a_kind(len(task.days)),
        )
        sized = size_fleet(other, ledger, tell, hands)
        even = _even_fuel_price(other, sized.best, best) if name == DIESEL_VAN else None
        found.append(Compared(name=name, found=sized, task=other, even_fuel_price=even))
    return tuple(found)


def _without_charging(day: DemandDay) -> DemandDay:
    return day if day.day is None else replace(day, day=replace(day.day, charging=False))


def _plugs_for(day: DemandDay, kind: VehicleType) -> DemandDay:
    """Give a day plugs as strong as the charger of a kind, where those of the fleet are weaker.

    A van that comes home empty is not filled overnight at a household socket. The grid's steps are paid for it.
    """
    if day.day is None:
        return day
    depots = tuple(
        replace(
            depot,
            plugs=tuple(replace(plug, power_w=max(plug.power_w, kind.charge_w)) for plug in depot.plugs),
            site_power_w=None
            if kind.charge_w > max((p.power_w for p in depot.plugs), default=0)
            else depot.site_power_w,
        )
        for depot in day.day.depots
    )
    return replace(day, day=replace(day.day, depots=depots))


def _even_fuel_price(task: Task, diesel: Size | None, best: Size | None) -> float | None:
    """Return that price; not above zero where the van is dearer at any."""
    if diesel is None or best is None or not diesel.year.cost.energy:
        return None
    price = task.money.figures.energy.diesel_per_litre
    litres = diesel.year.cost.energy / price
    return price + (best.year.cost.total - diesel.year.cost.total) / litres
