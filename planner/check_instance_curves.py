"""Follow a route whose charges are given and go along concave curves (Montoya et al. 2017)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from planner.solve.instance import Corners, Instance

TOLERANCE = 1e-6  # of the battery, and of the route's limit


def drive_with_curves(instance: Instance, route: Sequence[int], charges: Sequence[float]) -> tuple[float, list[str]]:
    """Return the time for driving and charging, and what is wrong: the battery, the charges, or the route's limit."""
    hours, service, wrong = 0.0, 0.0, list[str]()
    level, here = instance.battery, instance.depot
    slack = TOLERANCE * instance.battery
    for there, charge in zip((*route, instance.depot), (*charges, 0.0), strict=True):
        hours += float(instance.time[here, there])
        level -= float(instance.energy[here, there])
        if level < -slack:
            wrong.append(f"the battery is short of {-level:.6f} at {instance.names[there]}")
        if there < instance.customers:
            service += float(instance.service[there])
        if there > instance.depot:
            wrong += _bad_charge(instance, there, level, charge, slack)
            curve = instance.curves[there - instance.depot - 1]
            hours += _time_at(curve, level + charge) - _time_at(curve, level)
            level += charge
        elif charge:
            wrong.append(f"a charge of {charge:g} at {instance.names[there]}, which is no station")
        here = there
    opens, closes = (float(bound) for bound in instance.windows[instance.depot])
    if hours + service > closes - opens + TOLERANCE * (closes - opens):
        wrong.append(f"it takes {hours + service:.6f}, more than {closes - opens:g}")
    return hours, wrong


def _bad_charge(instance: Instance, station: int, level: float, charge: float, slack: float) -> Iterator[str]:
    name = instance.names[station]
    if charge < -slack:
        yield f"a charge of {charge:g} at {name} is negative"
    if level + charge > instance.battery + slack:
        yield f"a charge of {charge:g} at {name} goes beyond the battery by {level + charge - instance.battery:.6f}"


def _time_at(curve: Corners, level: float) -> float:
    """Return when an empty battery is charged to a level."""
    times, levels = zip(*curve, strict=True)
    return float(np.interp(level, levels, times))
