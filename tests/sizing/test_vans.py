"""The same orders by vans and by bike."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.sizing.ledger import Ledger
from planner.sizing.search import size_fleet
from planner.sizing.vans import compare
from tests.sizing.factories import demand
from tests.sizing.test_search import silent, task_of


def test_vans_and_bikes_are_sized_for_the_same_orders(tmp_path: Path) -> None:
    task = task_of([demand(0, 6)], plugs=(1,))
    ledger = Ledger(tmp_path / "routed.jsonl")
    best = size_fleet(task, ledger, silent).best
    assert best is not None
    found = {other.name: other for other in compare(task, ledger, silent, best=best)}
    assert set(found) == {"diesel-van", "electric-van", "cargo-bike"}
    for other in found.values():
        assert other.best is not None
        assert other.best.service == 1
    diesel, electric = found["diesel-van"].best, found["electric-van"].best
    assert diesel is not None
    assert electric is not None
    assert diesel.cell.plugs == 0
    assert diesel.year.cost.plugs == 0
    # 9.5 l for 100 km, 1.40 a litre, 2.64 kg of carbon dioxide; nothing from the grid
    assert diesel.year.cost.energy == pytest.approx(diesel.year.km * 0.095 * 1.40)
    assert diesel.year.co2e_kg == pytest.approx(diesel.year.km * 0.095 * 2.64)
    # 11 kW for its charger: the second step of the grid, 1,500 / 20 + 5 % of 750 + 120
    assert electric.year.cost.grid == pytest.approx(232.5)
    even = found["diesel-van"].even_fuel_price
    litres = diesel.year.km * 0.095
    assert even == pytest.approx(1.40 + (best.year.cost.total - diesel.year.cost.total) / litres)
