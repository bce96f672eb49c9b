"""Time that a charge takes.

A battery takes full charging power up to some state of charge and less above it, so the time to reach a
level is a convex piecewise-linear function of the level (Montoya et al., Transportation Research B 103, 2017).
"""

from __future__ import annotations

import math

from planner.energy.driving import JOULE_PER_WH
from planner.model import VehicleType


def charge_power_w(kind: VehicleType, *, plug_w: float) -> float:
    """Return the power that reaches the battery before it tapers: the lesser of plug and on-board charger."""
    return min(kind.charge_w, plug_w)


def charge_s(kind: VehicleType, *, from_wh: float, to_wh: float, plug_w: float) -> float:
    """Return the seconds that charging from one stored energy to another takes, 0 if it is no charge."""
    power_w = charge_power_w(kind, plug_w=plug_w)
    seconds, below_wh = 0.0, 0.0
    for step in kind.charge_curve:
        above_wh = step.until_soc * kind.battery_wh
        taken_wh = min(to_wh, above_wh) - max(from_wh, below_wh)
        if taken_wh > 0:
            seconds += taken_wh * JOULE_PER_WH / (power_w * step.power_share)
        below_wh = above_wh
    return seconds if to_wh <= below_wh + 1e-6 else math.inf


def charge_bands(kind: VehicleType, *, from_wh: float, to_wh: float, plug_w: float) -> list[tuple[float, float]]:
    """Return (power, watt-hours) of the parts of a charge, each at a power that does not change."""
    power_w, below_wh, bands = charge_power_w(kind, plug_w=plug_w), min(0.0, from_wh), []
    for step in kind.charge_curve:
        above_wh = step.until_soc * kind.battery_wh
        taken_wh = min(to_wh, above_wh) - max(from_wh, below_wh)
        if taken_wh > 0:
            bands.append((power_w * step.power_share, taken_wh))
        below_wh = above_wh
    return bands


def full_power_until_wh(kind: VehicleType) -> float:
    """Return the stored energy up to which the battery takes full charging power."""
    level = 0.0
    for step in kind.charge_curve:
        if step.power_share < 1.0:
            break
        level = step.until_soc
    return level * kind.battery_wh
