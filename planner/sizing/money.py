"""Put a price on a year: what a fleet is, what it did on its days, and what a year of such days costs.

Nothing here drives anything: days that were routed once are priced again for other wages and prices.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace

from planner.io.money import MoneyFile
from planner.io.money_schema import VehicleMoney

WH_PER_KWH, G_PER_KG, MONTHS = 1_000.0, 1_000.0, 12


@dataclass(frozen=True, slots=True, kw_only=True)
class KindUse:
    """What the vehicles of one candidate did on one day; `hours` has one entry for each vehicle in use."""

    hours: tuple[float, ...]
    overtime_h: float
    km: float
    kwh: float  # taken from the batteries


@dataclass(frozen=True, slots=True, kw_only=True)
class DayUse:
    """What a fleet did on one day. `energy_paid` is by the fleet's tariffs and the stations' prices."""

    orders: int
    served: int
    parcels: int  # of the orders served
    energy_paid: float
    energy_kwh: float  # from the grid
    kinds: Mapping[str, KindUse]  # by candidate
    rented: Mapping[str, int] = field(default_factory=dict)  # by candidate: of those in use, not owned

    def owned_share(self, name: str) -> float:
        """Return which share of the vehicles of a kind in use is owned: wear of the others is in their rent."""
        used = len(self.kinds[name].hours) if name in self.kinds else 0
        return 1 - self.rented.get(name, 0) / used if used else 1.0


NO_ORDERS = DayUse(orders=0, served=0, parcels=0, energy_paid=0.0, energy_kwh=0.0, kinds={})


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A candidate for the fleet, as far as money goes."""

    name: str
    type_name: str
    class_name: str
    battery_kwh: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetOf:
    """What is owned: how many of each candidate, and plugs with the power of all together."""

    counts: Mapping[str, int]
    plugs: int
    connection_kw: float


@dataclass(frozen=True, slots=True, kw_only=True)
class YearCost:
    """Money of a year by kind."""

    vehicles: float = 0.0  # loss in value and interest, or the lease
    rent: float = 0.0  # of vehicles for peak days
    batteries: float = 0.0  # new ones after the first
    insurance_and_tax: float = 0.0
    upkeep: float = 0.0  # service, tyres, repair
    parking: float = 0.0
    plugs: float = 0.0
    grid: float = 0.0
    energy: float = 0.0
    wages: float = 0.0
    overtime: float = 0.0
    courier: float = 0.0  # orders that the fleet leaves out

    @property
    def total(self) -> float:
        """Return the money of the year."""
        return math.fsum(getattr(self, part.name) for part in fields(self))

    @property
    def own(self) -> float:
        """Return the money of the year without the courier for what the fleet leaves out."""
        return self.total - self.courier


@dataclass(frozen=True, slots=True, kw_only=True)
class Year:
    """A year of a fleet: its cost, what it did, and its carbon dioxide in kilograms."""

    cost: YearCost
    orders: float
    served: float
    parcels: float
    km: float
    co2e_kg: float

    @property
    def per_parcel(self) -> float | None:
        """Return the cost per parcel that the fleet delivers, without those of the courier; None if there is none."""
        return self.cost.own / self.parcels if self.parcels else None


def price_year(
    fleet: FleetOf, days: Iterable[tuple[float, DayUse]], *, kinds: Iterable[Kind], money: MoneyFile
) -> Year:
    """Price a year of days, each with its weight; together they stand for the working days of the year."""
    weighted = list(days)
    figures = money.figures
    share = figures.year.working_days / math.fsum(weight for weight, _ in weighted)
    total = Year(cost=_site_cost(fleet, money), orders=0.0, served=0.0, parcels=0.0, km=0.0, co2e_kg=0.0)

    def a_year(of_day: Mapping[int, float]) -> float:
        return share * math.fsum(weight * of_day[i] for i, (weight, _) in enumerate(weighted))

    for kind in kinds:
        uses = {i: day.kinds.get(kind.name) for i, (_, day) in enumerate(weighted)}
        km = a_year({i: use.km if use else 0.0 for i, use in uses.items()})
        own = {i: day.owned_share(kind.name) for i, (_, day) in enumerate(weighted)}
        own_km = a_year({i: own[i] * use.km if use else 0.0 for i, use in uses.items()})
        own_kwh = a_year({i: own[i] * use.kwh if use else 0.0 for i, use in uses.items()})
        rented = a_year({i: float(day.rented.get(kind.name, 0)) for i, (_, day) in enumerate(weighted)})
        floor_h = figures.wages.min_paid_hours
        paid_h = a_year({i: math.fsum(max(h, floor_h) for h in use.hours) if use else 0.0 for i, use in uses.items()})
        over_h = a_year({i: use.overtime_h if use else 0.0 for i, use in uses.items()})
        rates = money.of(kind.type_name, kind.class_name)
        count = fleet.counts.get(kind.name, 0)
        owned = _owned(rates, count, km=own_km, kwh=own_kwh, battery_kwh=kind.battery_kwh, interest=_interest(money))
        litres = km * rates.diesel_l_per_100km / 100
        worked = YearCost(
            rent=rented * rates.rent_per_day,
            energy=litres * figures.energy.diesel_per_litre,
            wages=paid_h * figures.wages.per_hour,
            overtime=over_h * figures.wages.overtime_extra_per_hour,
        )
        total = replace(
            total,
            cost=_sum(total.cost, owned, worked),
            km=total.km + km,
            co2e_kg=total.co2e_kg
            + litres * figures.energy.diesel_co2_kg_per_litre
            + count * rates.production_co2_kg / rates.years,
        )
    paid = a_year({i: day.energy_paid for i, (_, day) in enumerate(weighted)}) * figures.energy.price_factor
    left_out = a_year({i: float(day.orders - day.served) for i, (_, day) in enumerate(weighted)})
    grid_kwh = a_year({i: day.energy_kwh for i, (_, day) in enumerate(weighted)})
    by_use = YearCost(energy=paid, courier=left_out * figures.year.courier_per_order)
    return replace(
        total,
        cost=_sum(total.cost, by_use),
        orders=a_year({i: float(day.orders) for i, (_, day) in enumerate(weighted)}),
        served=a_year({i: float(day.served) for i, (_, day) in enumerate(weighted)}),
        parcels=a_year({i: float(day.parcels) for i, (_, day) in enumerate(weighted)}),
        co2e_kg=total.co2e_kg + grid_kwh * figures.energy.co2_g_per_kwh / G_PER_KG,
    )


def fixed_cost(fleet: FleetOf, *, kinds: Iterable[Kind], money: MoneyFile) -> float:
    """Return what a fleet costs in a year in which it stands still."""
    owned = (
        _owned(
            money.of(kind.type_name, kind.class_name),
            fleet.counts.get(kind.name, 0),
            km=0.0,
            kwh=0.0,
            battery_kwh=kind.battery_kwh,
            interest=_interest(money),
        )
        for kind in kinds
    )
    return _sum(_site_cost(fleet, money), *owned).total


def beyond_grid(fleet: FleetOf, money: MoneyFile) -> bool:
    """Say whether a fleet needs more power than the last step of the grid, which it is priced as."""
    return fleet.connection_kw > money.figures.grid.steps[-1].up_to_kw


def _interest(money: MoneyFile) -> float:
    return money.figures.year.interest_percent / 100


def _owned(rates: VehicleMoney, count: int, *, km: float, kwh: float, battery_kwh: float, interest: float) -> YearCost:
    """Price some vehicles of one type for a year in which they drive `km` and take `kwh` from their batteries.

    Value falls evenly, and interest is paid on the mean of what is tied up. The first battery comes with the vehicle:
    only what the cycles of all its years go beyond a battery's life is bought anew, as a share of a battery.
    """
    if rates.lease_per_month > 0:
        capital, batteries = count * MONTHS * rates.lease_per_month, 0.0
    else:
        paid, residual = rates.price - rates.subsidy, rates.price * rates.residual_percent / 100
        capital = count * ((paid - residual) / rates.years + interest * (paid + residual) / 2)
        lives = kwh * rates.years / (count * battery_kwh * rates.battery_cycles) if count else 0.0
        batteries = count * max(0.0, lives - 1) * battery_kwh * rates.battery_per_kwh / rates.years
    return YearCost(
        vehicles=capital,
        batteries=batteries,
        insurance_and_tax=count * (rates.insurance_per_year + rates.tax_per_year),
        upkeep=count * rates.service_per_year + km * rates.tyres_and_repair_per_km,
        parking=count * MONTHS * rates.parking_per_month,
    )


def _site_cost(fleet: FleetOf, money: MoneyFile) -> YearCost:
    """Price plugs and the connection to the grid, evenly over their years, with interest on half of what they cost."""
    plug, grid, interest = money.figures.plugs, money.figures.grid, _interest(money)
    once = plug.price + plug.installation
    step = next((step for step in grid.steps if fleet.connection_kw <= step.up_to_kw), grid.steps[-1])
    return YearCost(
        plugs=fleet.plugs * (once / plug.years + interest * once / 2 + plug.upkeep_per_year),
        grid=step.once / grid.years + interest * step.once / 2 + step.per_year,
    )


def _sum(*costs: YearCost) -> YearCost:
    return YearCost(**{part.name: math.fsum(getattr(cost, part.name) for cost in costs) for part in fields(YearCost)})
