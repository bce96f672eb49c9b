"""A vehicle on a day that is not the usual one, by hand."""

from __future__ import annotations

import pytest

from planner.energy.conditions import in_conditions
from planner.energy.driving import edge_energy_wh
from tests.factories import TINY_TYPE, make_type

HEATED = make_type(battery_wh=5_000.0, auxiliary_w=100.0, heater_w=1_000.0)


def test_a_usual_day_changes_nothing() -> None:
    assert in_conditions(HEATED) == HEATED


def test_at_10_below_three_quarters_of_the_battery_are_left_and_the_heater_never_rests() -> None:
    cold = in_conditions(HEATED, temperature_c=-10.0)
    assert (cold.battery_wh, cold.auxiliary_w) == (3_750.0, 1_100.0)


def test_an_aged_battery_in_the_cold_has_lost_twice() -> None:
    assert in_conditions(HEATED, temperature_c=-10.0, state_of_health=0.8).battery_wh == pytest.approx(3_000.0)


def test_a_drive_that_lasts_a_fifth_longer_feeds_lights_and_heater_a_fifth_longer_and_nothing_else() -> None:
    slow = in_conditions(TINY_TYPE, travel_factor=1.2)
    # 7.2 km at 10 m/s last 720 s at the usual pace, 144 s more in traffic: 4 Wh at 100 W.
    usual_wh, slow_wh = (edge_energy_wh(kind, length_m=7_200.0, speed_mps=10.0)[0] for kind in (TINY_TYPE, slow))
    assert slow_wh - usual_wh == pytest.approx(4.0)
