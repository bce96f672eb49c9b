"""How far a charge carries: as published, and on a day of deliveries."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.energy.driving import edge_energy_wh
from planner.energy.range import cabin_w, delivery_range_km, published_range_km, usable_share
from tests.factories import TINY_TYPE, make_type

HEATED = make_type(heater_w=1_000.0)
EASY_DAY: dict[str, Any] = {"stops": 0, "load_share": 0.0, "temperature_c": 20.0}


@pytest.mark.parametrize(
    ("temperature_c", "share"), [(35, 1.0), (20, 1.0), (5, 0.905), (0, 0.87), (-20, 0.6), (-40, 0.6)]
)
def test_the_colder_the_less_of_a_battery_can_be_used(temperature_c: float, share: float) -> None:
    assert usable_share(temperature_c) == pytest.approx(share)


@given(colder_c=st.floats(-50, 50), warmer_c=st.floats(-50, 50))
def test_warmth_never_takes_energy_away(colder_c: float, warmer_c: float) -> None:
    colder_c, warmer_c = sorted((colder_c, warmer_c))
    assert 0 < usable_share(colder_c) <= usable_share(warmer_c) <= 1
    assert cabin_w(HEATED, temperature_c=colder_c) >= cabin_w(HEATED, temperature_c=warmer_c)


@pytest.mark.parametrize(("temperature_c", "power_w"), [(25, 0), (18, 0), (5.5, 500), (-7, 1_000), (-30, 1_000)])
def test_a_heater_runs_all_the_time_at_7_below_and_never_on_a_mild_day(temperature_c: float, power_w: float) -> None:
    assert cabin_w(HEATED, temperature_c=temperature_c) == pytest.approx(power_w)


def test_the_published_range_is_as_by_hand() -> None:
    # at 30 km/h: 555 kg * (0.127486 rolling + 0.105556 stops) + 42.535 air = 171.873 N, over 0.8: 59.678 Wh/km;
    # 100 W for 120 s are 3.333 Wh; 5,000 Wh / 63.011 Wh/km
    assert published_range_km(TINY_TYPE) == pytest.approx(79.35, abs=0.01)


@pytest.mark.parametrize("changed", [{"heater_w": 900.0}, {"payload_kg": 500.0}], ids=str)
def test_the_published_range_knows_neither_heating_nor_payload(changed: dict[str, Any]) -> None:
    assert published_range_km(make_type(**changed)) == published_range_km(TINY_TYPE)


def test_without_load_stops_and_cold_a_charge_is_spent_on_driving_alone() -> None:
    wh_per_km, _ = edge_energy_wh(TINY_TYPE, length_m=1_000.0, speed_mps=32 / 3.6)
    assert delivery_range_km(HEATED, **EASY_DAY) == pytest.approx(5_000 / wh_per_km)


@pytest.mark.parametrize("harder", [{"stops": 30}, {"load_share": 0.5}, {"temperature_c": 5.0}], ids=str)
def test_stops_load_and_cold_each_shorten_the_day(harder: dict[str, Any]) -> None:
    assert delivery_range_km(HEATED, **{**EASY_DAY, **harder}) < delivery_range_km(HEATED, **EASY_DAY)


def test_heating_counts_by_the_hour() -> None:
    # 1,000 W * (18 - 5.5) / (18 - -7) = 500 W at 32 km/h: 15.625 Wh for each kilometre
    cold_day = {**EASY_DAY, "temperature_c": 5.5}
    heated_wh, unheated_wh = (
        5_000 * usable_share(5.5) / delivery_range_km(kind, **cold_day) for kind in (HEATED, TINY_TYPE)
    )
    assert heated_wh - unheated_wh == pytest.approx(15.625)


def test_a_slow_vehicle_delivers_at_its_own_speed() -> None:
    wh_per_km, _ = edge_energy_wh(TINY_TYPE, length_m=1_000.0, speed_mps=20 / 3.6)
    assert delivery_range_km(make_type(top_speed_kmh=20.0), **EASY_DAY) == pytest.approx(5_000 / wh_per_km)


def test_a_battery_that_the_stops_empty_leaves_no_kilometre() -> None:
    assert delivery_range_km(TINY_TYPE, stops=100_000) == 0
