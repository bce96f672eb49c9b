"""Watt-hours that a street takes from the battery, as a linear function of the load on board.

Forces on a level road: rolling resistance ``c_rr m g``, air ``½ ρ c_d A v²``, and the braking losses of
city traffic, ``½ m v²`` at each stop, of which a part is recovered. Their sum over the drivetrain's
efficiency, plus what the vehicle uses while time passes, is what the battery gives (Guzzella and Sciarretta,
Vehicle Propulsion Systems, 3rd ed., chapter 2). All terms are linear in mass, so a leg is two numbers:
watt-hours for the vehicle with its driver, and watt-hours for each further kilogram.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from planner.model import VehicleType

GRAVITY_MPS2 = 9.80665  # standard gravity, CGPM 1901
AIR_KG_PER_M3 = 1.225  # ICAO standard atmosphere, sea level, 15 °C
# Assumed for a town: a full stop every 250 m (junctions, lights, kerb), three tenths of it recovered.
STOPS_PER_M = 1 / 250.0
RECOVERED_SHARE = 0.3
JOULE_PER_WH = 3600.0


def edge_energy_wh(kind: VehicleType, *, length_m: Any, speed_mps: Any) -> tuple[Any, Any]:
    """Return (Wh without load, Wh per kilogram of load) for driving `length_m` at `speed_mps`; arrays broadcast."""
    stopping = STOPS_PER_M * 0.5 * np.square(speed_mps) * (1.0 - RECOVERED_SHARE)
    newton_per_kg = kind.rolling * GRAVITY_MPS2 + stopping
    air_newton = 0.5 * AIR_KG_PER_M3 * kind.drag_area_m2 * np.square(speed_mps)
    metres_to_wh = np.asarray(length_m) / (JOULE_PER_WH * kind.drivetrain_efficiency)
    empty_kg = kind.kerb_kg + kind.driver_kg
    auxiliary_wh = kind.auxiliary_w * np.asarray(length_m) / speed_mps / JOULE_PER_WH
    return metres_to_wh * (newton_per_kg * empty_kg + air_newton) + auxiliary_wh, metres_to_wh * newton_per_kg
