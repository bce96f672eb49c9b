"""What a vehicle is like on a day that is not the usual one: cold, slow traffic, an aged battery.

The usual day is mild, its traffic is that of `planner.energy.driving`, and the battery is new.
"""

from __future__ import annotations

from dataclasses import replace

from planner.energy.range import cabin_w, usable_share
from planner.model import VehicleType

USUAL_C = 20.0


def in_conditions(
    kind: VehicleType, *, temperature_c: float = USUAL_C, state_of_health: float = 1.0, travel_factor: float = 1.0
) -> VehicleType:
    """Return a type as it is on such a day: less battery, and more drawn for the cabin.

    A drive that lasts longer takes as much for driving as ever (what slower traffic saves in the air it loses to
    stops) and feeds heater, lights and control for longer: their power is that of the usual pace.
    """
    return replace(
        kind,
        battery_wh=kind.battery_wh * state_of_health * usable_share(temperature_c),
        auxiliary_w=(kind.auxiliary_w + cabin_w(kind, temperature_c=temperature_c)) * travel_factor,
    )
