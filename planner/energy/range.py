"""Kilometres on one charge: under the standard cycle that makers publish, and on a day of deliveries.

A cycle is driven as an even pace with the traffic stops of `planner.energy.driving`. Published ranges are
those of a mild day with the driver alone; deliveries add load, stops, a cold battery and a warm cabin.
"""

from __future__ import annotations

import numpy as np

from planner.energy.driving import JOULE_PER_WH, piece_energy_wh, stop_energy_wh
from planner.model import VehicleType

# WMTC part 1 (UN GTR 2): 4.065 km in 600 s; of these about 18 % standing (general knowledge). A stop every 250 m from
# 30 km/h costs what two stops per kilometre from 42 km/h cost.
CYCLE_MPS = 30 / 3.6
# Assumed for deliveries: the middle of streets posted at 30 to 50 km/h, driven at four fifths of the limit.
DELIVERY_MPS = 0.8 * 40 / 3.6

# Share of the nominal energy that a lithium-ion pack without heating gives at moderate power. Assumed, between LFP
# and NMC; the direction is that of Jaguemont et al., Applied Energy 164 (2016): LFP loses more in the cold than NMC.
USABLE_AT_C = ((-20.0, 0.60), (-10.0, 0.75), (0.0, 0.87), (10.0, 0.94), (20.0, 1.0))
# Assumed: the cabin is warm enough from here, and the heater runs without a break from there.
UNHEATED_C, FULL_HEAT_C = 18.0, -7.0


def usable_share(temperature_c: float) -> float:
    """Return the share of the battery's nominal energy that can be used at an outside temperature."""
    at_c, share = zip(*USABLE_AT_C, strict=True)
    return float(np.interp(temperature_c, at_c, share))


def cabin_w(kind: VehicleType, *, temperature_c: float) -> float:
    """Return what heating and demisting draw on average while driving."""
    return kind.heater_w * float(np.interp(temperature_c, (FULL_HEAT_C, UNHEATED_C), (1.0, 0.0)))


def published_range_km(kind: VehicleType) -> float:
    """Predict the range that a maker publishes: a full battery, the driver alone, a mild day, the standard cycle."""
    return kind.battery_wh / _wh_per_km(kind, pace_mps=CYCLE_MPS, load_kg=0.0)


def delivery_range_km(
    kind: VehicleType, *, stops: int = 30, load_share: float = 0.5, temperature_c: float = 5.0
) -> float:
    """Predict the range on a day of deliveries; 0 where the stops alone empty the battery."""
    load_kg = load_share * kind.payload_kg
    pace_mps = min(DELIVERY_MPS, kind.top_speed_kmh / 3.6)
    stop_wh, stop_wh_per_kg = stop_energy_wh(kind, speed_mps=pace_mps)
    heating_wh_per_km = cabin_w(kind, temperature_c=temperature_c) * 1_000.0 / pace_mps / JOULE_PER_WH
    driving_wh = kind.battery_wh * usable_share(temperature_c) - stops * (stop_wh + stop_wh_per_kg * load_kg)
    return float(max(0.0, driving_wh) / (_wh_per_km(kind, pace_mps=pace_mps, load_kg=load_kg) + heating_wh_per_km))


def _wh_per_km(kind: VehicleType, *, pace_mps: float, load_kg: float) -> float:
    return float(piece_energy_wh(kind, length_m=1_000.0, speed_mps=pace_mps, grade=0.0, load_kg=load_kg))
