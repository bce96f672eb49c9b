"""What a street and a stop take from the battery."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.energy.driving import edge_energy_wh, piece_energy_wh, stop_energy_wh
from tests.factories import TINY_TYPE, make_type

LENGTHS_M = st.floats(0.1, 50_000)
SPEEDS_MPS = st.floats(1, 40)
GRADES = st.floats(-0.3, 0.3)
LOADS_KG = st.floats(0, TINY_TYPE.payload_kg)
STOPS_ONLY: dict[str, Any] = {"rolling": 0.0, "drag_area_m2": 0.0, "auxiliary_w": 0.0}


def kilometre_wh(*, grade: float = 0.0, load_kg: float = 0.0, speed_mps: float = 10.0, **changed: Any) -> float:
    kind = make_type(**changed)
    return float(piece_energy_wh(kind, length_m=1_000.0, speed_mps=speed_mps, grade=grade, load_kg=load_kg))


def test_a_kilometre_at_10_m_s_is_as_by_hand() -> None:
    # per kg: rolling 0.013 * 9.80665 = 0.12748645 N; stopping 1/250 * 1/2 * 10^2 * (1 - 0.3 * 0.8) = 0.152 N
    # air: 1/2 * 1.225 * 1.0 * 10^2 = 61.25 N; mass 480 + 75 = 555 kg
    # (555 * 0.27948645 + 61.25) N * 1,000 m / 3,600 J/Wh / 0.8 = 75.127 Wh; 100 W for 100 s = 2.778 Wh
    empty_wh, per_kg_wh = edge_energy_wh(TINY_TYPE, length_m=1_000.0, speed_mps=10.0)
    assert empty_wh == pytest.approx(75.1268 + 2.7778, abs=1e-3)
    assert per_kg_wh == pytest.approx(279.48645 / 2_880, abs=1e-7)


def test_a_vehicle_that_only_rolls_costs_its_weight_times_its_rolling_at_walking_pace() -> None:
    # 1 N/kg of rolling at 0.001 m/s: 1,000 kg over 3.6 m are 1 Wh, and stopping is nothing
    kind = make_type(
        rolling=1 / 9.80665, drag_area_m2=0.0, auxiliary_w=0.0, drivetrain_efficiency=1.0, kerb_kg=925.0, driver_kg=75.0
    )
    empty_wh, per_kg_wh = edge_energy_wh(kind, length_m=3.6, speed_mps=0.001)
    assert (empty_wh, per_kg_wh) == (pytest.approx(1.0, rel=1e-6), pytest.approx(0.001, rel=1e-6))


@pytest.mark.parametrize(
    ("changed", "wh"),
    [
        ({"auxiliary_w": 200.0}, 77.905 + 2.778),
        ({"drag_area_m2": 2.0}, 77.905 + 61.25 / 2.88),
        ({"drivetrain_efficiency": 0.4}, (555 * 0.30348645 + 61.25) / 1.44 + 2.778),  # 0.2 * (1 - 0.3 * 0.4) N to stop
        ({"recuperation": 0.0}, 77.905 + 555 * 0.048 / 2.88),
        ({"driver_kg": 85.0}, 77.905 + 10 * 279.48645 / 2_880),
        ({"grade": 0.05}, 77.905 + 555 * 9.80665 * 0.05 / 2.88),
        ({"load_kg": 40.0}, 77.905 + 40 * 279.48645 / 2_880),
    ],
    ids=str,
)
def test_each_term_counts_once(changed: dict[str, Any], wh: float) -> None:
    assert kilometre_wh(**changed) == pytest.approx(wh, abs=2e-3)


def test_down_a_tenth_a_part_comes_back_as_by_hand() -> None:
    # 216.365 N of resistance less 555 * 9.80665 * 0.1 = 544.269 N: 327.904 N brake at 10 m/s, of which 3 in 10 return
    assert kilometre_wh(grade=-0.1) == pytest.approx(100 * (100 - 0.3 * 3_279.04) / 3_600, abs=1e-3)


def test_a_battery_takes_back_no_more_than_half_its_energy_in_an_hour() -> None:
    # 5,000 Wh: 2,500 W for 100 s, less 100 W; half the slope would fill it too
    assert kilometre_wh(grade=-0.9) == pytest.approx(-100 * 2_400 / 3_600)
    assert kilometre_wh(grade=-0.45) == kilometre_wh(grade=-0.9)


def test_a_slope_that_just_rolls_takes_the_auxiliaries_alone() -> None:
    assert kilometre_wh(grade=-216.365 / (555 * 9.80665)) == pytest.approx(2.7778, abs=1e-3)


def test_going_up_and_down_again_costs_more_than_staying_level() -> None:
    assert kilometre_wh(grade=0.08) + kilometre_wh(grade=-0.08) > 2 * kilometre_wh()


@given(length_m=LENGTHS_M, speed_mps=SPEEDS_MPS, load_kg=st.floats(0, 1_000))
def test_load_counts_as_body_weight_does(length_m: float, speed_mps: float, load_kg: float) -> None:
    empty_wh, per_kg_wh = edge_energy_wh(TINY_TYPE, length_m=length_m, speed_mps=speed_mps)
    heavier = make_type(kerb_kg=TINY_TYPE.kerb_kg + load_kg)
    heavier_wh, _ = edge_energy_wh(heavier, length_m=length_m, speed_mps=speed_mps)
    assert empty_wh + load_kg * per_kg_wh == pytest.approx(heavier_wh)


@given(speed_mps=SPEEDS_MPS, load_kg=LOADS_KG)
def test_a_level_street_is_linear_in_the_load(speed_mps: float, load_kg: float) -> None:
    empty_wh, per_kg_wh = edge_energy_wh(TINY_TYPE, length_m=1_000.0, speed_mps=speed_mps)
    assert empty_wh + load_kg * per_kg_wh == pytest.approx(kilometre_wh(speed_mps=speed_mps, load_kg=load_kg))


def test_a_vehicle_without_payload_has_a_weight_all_the_same() -> None:
    without = edge_energy_wh(make_type(payload_kg=0.0), length_m=1_000.0, speed_mps=10.0)
    assert without == pytest.approx(edge_energy_wh(TINY_TYPE, length_m=1_000.0, speed_mps=10.0))


@given(speed_mps=SPEEDS_MPS, grade=GRADES, share=st.floats(0, 1))
def test_between_empty_and_full_the_straight_line_is_on_the_safe_side(
    speed_mps: float, grade: float, share: float
) -> None:
    empty_wh, between_wh, full_wh = (
        kilometre_wh(speed_mps=speed_mps, grade=grade, load_kg=part * TINY_TYPE.payload_kg)
        for part in (0.0, share, 1.0)
    )
    assert between_wh <= empty_wh + share * (full_wh - empty_wh) + 1e-9


@given(speed_mps=SPEEDS_MPS, grade=GRADES, steeper=st.floats(0, 0.3), load_kg=LOADS_KG)
def test_the_steeper_the_dearer(speed_mps: float, grade: float, steeper: float, load_kg: float) -> None:
    gentle_wh, steep_wh = (
        kilometre_wh(speed_mps=speed_mps, grade=slope, load_kg=load_kg) for slope in (grade, grade + steeper)
    )
    assert gentle_wh <= steep_wh + 1e-9


@given(speed_mps=SPEEDS_MPS, grade=st.floats(-0.013, 0.3), load_kg=LOADS_KG, more_kg=LOADS_KG)
def test_more_load_never_takes_less_unless_it_rolls_by_itself(
    speed_mps: float, grade: float, load_kg: float, more_kg: float
) -> None:
    light_wh, heavy_wh = (
        kilometre_wh(speed_mps=speed_mps, grade=grade, load_kg=mass_kg) for mass_kg in (load_kg, load_kg + more_kg)
    )
    assert light_wh <= heavy_wh + 1e-9


@given(speeds_mps=st.tuples(SPEEDS_MPS, SPEEDS_MPS, SPEEDS_MPS), grade=GRADES)
def test_there_is_one_speed_of_least_energy_and_faster_than_that_never_takes_less(
    speeds_mps: tuple[float, float, float], grade: float
) -> None:
    slow_wh, middle_wh, fast_wh = (kilometre_wh(speed_mps=speed, grade=grade) for speed in sorted(speeds_mps))
    assert middle_wh <= max(slow_wh, fast_wh) + 1e-9


@given(length_m=LENGTHS_M, speed_mps=SPEEDS_MPS, grade=GRADES, share=st.floats(0, 1))
def test_a_street_in_two_pieces_costs_what_it_costs_in_one(
    length_m: float, speed_mps: float, grade: float, share: float
) -> None:
    whole, first, second = (
        piece_energy_wh(TINY_TYPE, length_m=length_m * part, speed_mps=speed_mps, grade=grade, load_kg=30.0)
        for part in (1, share, 1 - share)
    )
    assert first + second == pytest.approx(whole)


@given(length_m=LENGTHS_M, speed_mps=SPEEDS_MPS)
def test_every_level_metre_costs_something_loaded_or_not(length_m: float, speed_mps: float) -> None:
    assert min(edge_energy_wh(TINY_TYPE, length_m=length_m, speed_mps=speed_mps)) > 0


def test_a_street_of_no_length_costs_nothing() -> None:
    assert piece_energy_wh(TINY_TYPE, length_m=0.0, speed_mps=10.0, grade=0.1, load_kg=50.0) == 0


def test_arrays_give_what_single_streets_give() -> None:
    lengths_m, speeds_mps = np.array([100.0, 2_000.0, 700.0]), np.array([5.0, 12.0, 9.0])
    grades, loads_kg = np.array([0.0, -0.15, 0.04]), np.array([[0.0], [80.0]])
    together = piece_energy_wh(TINY_TYPE, length_m=lengths_m, speed_mps=speeds_mps, grade=grades, load_kg=loads_kg)
    singly = [
        [
            piece_energy_wh(TINY_TYPE, length_m=m, speed_mps=v, grade=slope, load_kg=float(kg[0]))
            for m, v, slope in zip(lengths_m, speeds_mps, grades, strict=True)
        ]
        for kg in loads_kg
    ]
    np.testing.assert_allclose(together, singly)
    level = edge_energy_wh(TINY_TYPE, length_m=lengths_m, speed_mps=speeds_mps)
    level_singly = [
        edge_energy_wh(TINY_TYPE, length_m=m, speed_mps=v) for m, v in zip(lengths_m, speeds_mps, strict=True)
    ]
    np.testing.assert_allclose(np.column_stack(level), level_singly)


def test_a_stop_from_10_m_s_is_as_by_hand() -> None:
    # 1/2 * 10^2 = 50 J/kg, of which 0.24 come back: 38 J/kg at the wheels, 47.5 J/kg from the battery
    empty_wh, per_kg_wh = stop_energy_wh(TINY_TYPE, speed_mps=10.0)
    assert (empty_wh, per_kg_wh) == (pytest.approx(555 * 47.5 / 3_600), pytest.approx(47.5 / 3_600))


@given(speed_mps=st.floats(1, 11))
def test_a_kilometre_of_town_holds_four_stops(speed_mps: float) -> None:
    stops_only = make_type(**STOPS_ONLY)
    kilometre = edge_energy_wh(stops_only, length_m=1_000.0, speed_mps=speed_mps)
    assert kilometre == pytest.approx([4 * wh for wh in stop_energy_wh(stops_only, speed_mps=speed_mps)])


def test_on_faster_streets_stopping_costs_no_more_per_metre_than_at_40_km_h() -> None:
    fast_wh, town_wh = (kilometre_wh(speed_mps=speed, **STOPS_ONLY) for speed in (25.0, 40 / 3.6))
    assert fast_wh == pytest.approx(town_wh)


def test_a_motor_that_returns_everything_stops_for_nothing() -> None:
    perfect = make_type(recuperation=1.0, drivetrain_efficiency=1.0)
    assert stop_energy_wh(perfect, speed_mps=12.0) == (0.0, 0.0)
