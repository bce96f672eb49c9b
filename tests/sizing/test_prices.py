"""What steers the routes is what the money file will charge for them, in any currency."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from planner.io.money import read_money
from planner.model import Day
from planner.sizing.candidates import Candidate, Cell
from planner.sizing.cells import Outcome, ground_of, route
from planner.sizing.ledger import Ledger
from planner.sizing.money import DayUse, KindUse
from planner.sizing.prices import LARGEST, charged, in_reach
from planner.sizing.search import size_fleet
from planner.sizing.task import moving_cost
from planner.sizing.vans import compared_types
from planner.solve.options import SolveOptions
from tests.sizing.factories import candidate, city, demand
from tests.sizing.test_search import silent, task_of

RATES = {"EUR": 1.0, "CLP": 1_100.0, "VND": 30_500.0}


def in_currency(found: Day, currency: str) -> Day:
    depots = tuple(replace(depot, price_per_kwh=depot.price_per_kwh * RATES[currency]) for depot in found.depots)
    return replace(found, currency=currency, depots=depots)


def of_currency(currency: str) -> tuple[Candidate, ...]:
    money = read_money(currency=currency)
    return tuple(Candidate.owned(c.name, c.vehicle, money) for c in (candidate(), candidate("electric-van")))


def test_a_day_of_a_vehicle_costs_what_the_year_will_be_charged_for_it(tmp_path: Path) -> None:
    file = tmp_path / "money.toml"
    file.write_text("[wages]\nper_hour = 21.0\novertime_extra_per_hour = 6.0\nmin_paid_hours = 4\n")
    money = read_money(file)
    vehicle = charged(replace(candidate().vehicle, type=compared_types()["diesel-van"]), money)
    kind = vehicle.type
    # 9.5 l for 100 km at 1.40 a litre, and 0.09 of wear
    assert kind.cost_per_km == pytest.approx(0.09 + 0.133)
    assert (kind.cost_per_hour, kind.cost_per_overtime_hour, vehicle.min_paid_s) == (21.0, 6.0, 4 * 3_600)
    assert (kind.cost_per_day, kind.wear_per_kwh) == (0.0, 0.0)
    # 3 h, of them 1 past the end, and 50 km: 4 h are paid
    used = DayUse(
        orders=1,
        served=1,
        parcels=1,
        energy_paid=0.0,
        energy_kwh=0.0,
        kinds={"van": KindUse(hours=(3.0,), overtime_h=1.0, km=50.0, kwh=9.0)},
    )
    task = replace(task_of([demand(0, 1)]), money=money, candidates=(Candidate(name="van", vehicle=vehicle),))
    by_hand = kind.cost_per_hour * 4 + kind.cost_per_overtime_hour * 1 + kind.cost_per_km * 50
    assert moving_cost(used, task) == pytest.approx(by_hand) == pytest.approx(84 + 6 + 11.15)


def test_a_day_is_driven_alike_in_every_currency() -> None:
    def routed(currency: str) -> Outcome:
        one = demand(0, 24, minutes=8)
        assert one.day is not None
        one = replace(one, day=in_currency(one.day, currency))
        ground = ground_of(one, of_currency(currency), city())
        return route(ground, Cell(counts=(2, 1), plugs=2), SolveOptions(iterations=300, threads=1))

    euros = routed("EUR")
    assert euros.whole
    for currency in ("CLP", "VND"):
        other = routed(currency)
        assert other.used == euros.used
        assert other.use.kinds == euros.use.kinds
        assert other.use.energy_paid == pytest.approx(euros.use.energy_paid * RATES[currency])


def test_prices_are_divided_only_where_the_search_could_not_add_them_up() -> None:
    day = demand(0, 1).day
    assert day is not None
    small, large = candidate().vehicle, charged(candidate().vehicle, read_money(currency="VND"))
    assert in_reach(day, [small.type]) == (day, (small.type,))
    dongs = in_currency(replace(day, vehicles=(large,)), "VND")
    scaled, (kind,) = in_reach(dongs, [large.type])
    assert large.type.cost_per_hour == 549_000.0
    assert kind.cost_per_hour == pytest.approx(549.0)
    assert kind.cost_per_hour < LARGEST
    assert scaled.vehicles[0].type == kind
    assert scaled.depots[0].price_per_kwh == pytest.approx(6.1)  # 6,100 VND


def test_where_nothing_is_charged_energy_steers_nothing() -> None:
    day = demand(0, 1).day
    assert day is not None
    burning, _ = in_reach(replace(day, charging=False), [candidate().vehicle.type])
    assert burning.depots[0].price_per_kwh == 0


def test_a_fleet_is_sized_where_a_day_of_a_vehicle_costs_millions(tmp_path: Path) -> None:
    one = demand(0, 5)
    assert one.day is not None
    days = [replace(one, day=in_currency(one.day, "VND"))]
    money = read_money(currency="VND")
    task = replace(task_of(days, plugs=(1,)), money=money, candidates=of_currency("VND"))
    euros = size_fleet(task_of([one], plugs=(1,)), Ledger(tmp_path / "euros.jsonl"), silent).best
    best = size_fleet(task, Ledger(tmp_path / "dongs.jsonl"), silent).best
    assert best is not None
    assert euros is not None
    assert best.cell == euros.cell
    assert best.year.cost.total == pytest.approx(euros.year.cost.total * RATES["VND"], rel=1e-3)
