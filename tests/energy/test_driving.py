"""What a street takes from the battery."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.energy.driving import edge_energy_wh
from tests.factories import TINY_TYPE, make_type

LENGTHS_M = st.floats(0.1, 50_000)
SPEEDS_MPS = st.floats(1, 40)


def test_a_kilometre_at_10_m_s_is_as_by_hand() -> None:
    # per kg: rolling 0.013 * 9.80665 = 0.12748645 N; stopping 1/250 * 1/2 * 10^2 * 0.7 = 0.14 N
    # air: 1/2 * 1.225 * 1.0 * 10^2 = 61.25 N; mass 480 + 75 = 555 kg
    # (555 * 0.26748645 + 61.25) N * 1,000 m / 3,600 J/Wh / 0.8 = 72.814 Wh; 100 W for 100 s = 2.778 Wh
    empty_wh, per_kg_wh = edge_energy_wh(TINY_TYPE, length_m=1_000.0, speed_mps=10.0)
    assert empty_wh == pytest.approx(72.8142 + 2.7778, abs=1e-3)
    assert per_kg_wh == pytest.approx(267.48645 / 2_880, abs=1e-7)


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
        ({"auxiliary_w": 200.0}, 75.592 + 2.778),
        ({"drag_area_m2": 2.0}, 75.592 + 61.25 / 2.88),
        ({"drivetrain_efficiency": 0.4}, 2 * 72.8142 + 2.778),
        ({"driver_kg": 85.0}, 75.592 + 10 * 267.48645 / 2_880),
    ],
    ids=str,
)
def test_each_term_counts_once(changed: dict[str, Any], wh: float) -> None:
    empty_wh, _ = edge_energy_wh(make_type(**changed), length_m=1_000.0, speed_mps=10.0)
    assert empty_wh == pytest.approx(wh, abs=2e-3)


@given(length_m=LENGTHS_M, speed_mps=SPEEDS_MPS, load_kg=st.floats(0, 1_000))
def test_load_counts_as_body_weight_does(length_m: float, speed_mps: float, load_kg: float) -> None:
    empty_wh, per_kg_wh = edge_energy_wh(TINY_TYPE, length_m=length_m, speed_mps=speed_mps)
    heavier = make_type(kerb_kg=TINY_TYPE.kerb_kg + load_kg)
    heavier_wh, _ = edge_energy_wh(heavier, length_m=length_m, speed_mps=speed_mps)
    assert empty_wh + load_kg * per_kg_wh == pytest.approx(heavier_wh)


@given(length_m=LENGTHS_M, speed_mps=SPEEDS_MPS, share=st.floats(0, 1))
def test_a_street_driven_in_two_parts_costs_what_it_costs_in_one(
    length_m: float, speed_mps: float, share: float
) -> None:
    whole, first, second = (
        edge_energy_wh(TINY_TYPE, length_m=length_m * part, speed_mps=speed_mps) for part in (1, share, 1 - share)
    )
    assert [a + b for a, b in zip(first, second, strict=True)] == pytest.approx(list(whole))


@given(length_m=LENGTHS_M, speed_mps=SPEEDS_MPS)
def test_every_metre_costs_something_loaded_or_not(length_m: float, speed_mps: float) -> None:
    assert min(edge_energy_wh(TINY_TYPE, length_m=length_m, speed_mps=speed_mps)) > 0


def test_arrays_give_what_single_streets_give() -> None:
    lengths_m, speeds_mps = np.array([100.0, 2_000.0]), np.array([5.0, 12.0])
    together = edge_energy_wh(TINY_TYPE, length_m=lengths_m, speed_mps=speeds_mps)
    singly = [edge_energy_wh(TINY_TYPE, length_m=m, speed_mps=v) for m, v in zip(lengths_m, speeds_mps, strict=True)]
    np.testing.assert_allclose(np.column_stack(together), singly)
