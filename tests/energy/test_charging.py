"""How long a charge takes."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.energy.charging import charge_power_w, charge_s, full_power_until_wh
from planner.model import ChargeStep
from tests.factories import make_type

# 5,000 Wh; 2,000 W up to 4,000 Wh and 1,000 W from there: 1.8 s and 3.6 s for each Wh
KIND = make_type()
LEVELS_WH = st.floats(0, 5_000)


@pytest.mark.parametrize(
    ("from_wh", "to_wh", "seconds"),
    [
        (0.0, 4_000.0, 7_200.0),
        (1_000.0, 2_000.0, 1_800.0),
        (4_000.0, 5_000.0, 3_600.0),
        (3_500.0, 4_500.0, 900.0 + 1_800.0),
        (0.0, 5_000.0, 7_200.0 + 3_600.0),
        (2_500.0, 2_500.0, 0.0),
        (3_000.0, 2_000.0, 0.0),
    ],
)
def test_a_charge_over_two_slopes_is_as_by_hand(from_wh: float, to_wh: float, seconds: float) -> None:
    assert charge_s(KIND, from_wh=from_wh, to_wh=to_wh, plug_w=10_000.0) == pytest.approx(seconds)


def test_the_lesser_of_plug_and_charger_sets_the_pace() -> None:
    assert charge_power_w(KIND, plug_w=1_500.0) == 1_500.0
    assert charge_power_w(KIND, plug_w=7_400.0) == 2_000.0


def test_a_plug_of_half_the_power_takes_twice_as_long_in_the_taper_too() -> None:
    for from_wh, to_wh in ((0.0, 1_000.0), (3_500.0, 4_500.0), (4_200.0, 5_000.0)):
        full_s, half_s = (charge_s(KIND, from_wh=from_wh, to_wh=to_wh, plug_w=power) for power in (2_000.0, 1_000.0))
        assert half_s == pytest.approx(2 * full_s)


def test_a_stronger_plug_than_the_charger_gains_nothing() -> None:
    times = {charge_s(KIND, from_wh=500.0, to_wh=4_900.0, plug_w=power) for power in (2_000.0, 3_700.0, 22_000.0)}
    assert len(times) == 1


@pytest.mark.parametrize("to_wh", [5_000.001, 9_000.0])
def test_more_than_the_battery_holds_takes_for_ever(to_wh: float) -> None:
    assert charge_s(KIND, from_wh=1_000.0, to_wh=to_wh, plug_w=2_000.0) == math.inf


def test_a_level_above_the_end_of_the_curve_is_never_reached() -> None:
    stops_at_90 = make_type(charge_curve=(ChargeStep(until_soc=0.9, power_share=1.0),))
    assert charge_s(stops_at_90, from_wh=0.0, to_wh=4_500.0, plug_w=2_000.0) == pytest.approx(8_100.0)
    assert charge_s(stops_at_90, from_wh=0.0, to_wh=4_600.0, plug_w=2_000.0) == math.inf


@given(levels=st.tuples(LEVELS_WH, LEVELS_WH, LEVELS_WH))
def test_a_charge_with_a_pause_takes_as_long_as_one_without(levels: tuple[float, float, float]) -> None:
    low, middle, high = sorted(levels)
    first_s, second_s, whole_s = (
        charge_s(KIND, from_wh=a, to_wh=b, plug_w=2_300.0) for a, b in ((low, middle), (middle, high), (low, high))
    )
    assert first_s + second_s == pytest.approx(whole_s)


@given(from_wh=st.floats(0, 4_000), later=st.floats(0, 1_000), taken=st.floats(0, 1_000))
def test_the_fuller_the_battery_the_slower_it_charges(from_wh: float, later: float, taken: float) -> None:
    taken = min(taken, 5_000 - from_wh - later)
    early_s = charge_s(KIND, from_wh=from_wh, to_wh=from_wh + taken, plug_w=2_000.0)
    late_s = charge_s(KIND, from_wh=from_wh + later, to_wh=from_wh + later + taken, plug_w=2_000.0)
    assert early_s <= late_s + 1e-6


@pytest.mark.parametrize(
    ("shares", "level_wh"),
    [
        (((0.8, 1.0), (1.0, 0.5)), 4_000.0),
        (((1.0, 1.0),), 5_000.0),
        (((1.0, 0.9),), 0.0),
        (((0.1, 0.5), (1.0, 1.0)), 0.0),
    ],
)
def test_full_power_is_taken_up_to_the_first_step_down(
    shares: tuple[tuple[float, float], ...], level_wh: float
) -> None:
    kind = make_type(charge_curve=tuple(ChargeStep(until_soc=soc, power_share=share) for soc, share in shares))
    assert full_power_until_wh(kind) == level_wh
