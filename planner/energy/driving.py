"""Watt-hours that driving takes from the battery: a piece of street of constant grade, and a stop.

Forces along the street: rolling resistance ``c_rr m g``, the grade ``m g s``, air ``½ ρ c_d A v²``, and the braking
losses of traffic. What pulls passes the drivetrain's efficiency; what brakes is given back in part. To both comes
what the vehicle uses while time passes (Guzzella and Sciarretta, Vehicle Propulsion Systems, 3rd ed., chapter 2).

On a level street all terms are linear in mass. Downhill the energy bends: it is convex in the load, so the straight
line between the empty and the full vehicle is never less than the truth.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from planner.model import VehicleType

GRAVITY_MPS2 = 9.80665  # standard gravity, CGPM 1901
AIR_KG_PER_M3 = 1.225  # ICAO standard atmosphere, sea level, 15 °C
JOULE_PER_WH = 3600.0
# Assumed for a town: a full stop every 250 m (junctions, lights, kerb).
STOPS_PER_M = 1 / 250.0
# Assumed: above the usual pace of a street posted at 50 km/h stops are rarer, so that no more is lost per metre.
TOWN_MPS = 0.8 * 50 / 3.6
# Of its energy a pack takes back while driving, per hour: the standard charge of LFP cells, as EVE LF280K (general
# knowledge).
RECUPERATION_PER_H = 0.5


def piece_energy_wh(kind: VehicleType, *, length_m: Any, speed_mps: Any, grade: Any, load_kg: Any) -> Any:
    """Return the Wh of driving a piece of constant `grade` (rise per metre driven), negative where it gives back.

    All arguments may be arrays that broadcast.
    """
    mass_kg = kind.kerb_kg + kind.driver_kg + load_kg
    lost_j_per_kg = 0.5 * np.square(np.minimum(speed_mps, TOWN_MPS)) * _unrecovered(kind)
    newton_per_kg = GRAVITY_MPS2 * (kind.rolling + grade) + STOPS_PER_M * lost_j_per_kg
    air_newton = 0.5 * AIR_KG_PER_M3 * kind.drag_area_m2 * np.square(speed_mps)
    newton = mass_kg * newton_per_kg + air_newton
    pulling_w = np.maximum(newton, 0.0) * speed_mps / kind.drivetrain_efficiency
    braking_w = np.maximum(-newton, 0.0) * speed_mps * kind.recuperation
    returned_w = np.minimum(braking_w, RECUPERATION_PER_H * kind.battery_wh)
    return (pulling_w - returned_w + kind.auxiliary_w) * np.divide(length_m, speed_mps) / JOULE_PER_WH


def edge_energy_wh(kind: VehicleType, *, length_m: Any, speed_mps: Any) -> tuple[Any, Any]:
    """Return (Wh without load, Wh per kilogram of load) of a level street; arrays broadcast."""
    full_kg = kind.payload_kg or 1.0  # a vehicle that may carry nothing has a slope all the same
    empty_wh, full_wh = (
        piece_energy_wh(kind, length_m=length_m, speed_mps=speed_mps, grade=0.0, load_kg=load_kg)
        for load_kg in (0.0, full_kg)
    )
    return empty_wh, (full_wh - empty_wh) / full_kg


def stop_energy_wh(kind: VehicleType, *, speed_mps: Any) -> tuple[Any, Any]:
    """Return (Wh without load, Wh per kilogram of load) of braking to a stop and reaching `speed_mps` again."""
    lost_j_per_kg = 0.5 * np.square(speed_mps) * _unrecovered(kind)
    wh_per_kg = lost_j_per_kg / kind.drivetrain_efficiency / JOULE_PER_WH
    return wh_per_kg * (kind.kerb_kg + kind.driver_kg), wh_per_kg


def _unrecovered(kind: VehicleType) -> float:
    """Return the share of its kinetic energy that the wheels lack after a stop, once what came back is spent again."""
    return 1.0 - kind.recuperation * kind.drivetrain_efficiency
