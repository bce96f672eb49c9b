"""An instance with charge curves as the arrays that the search works on."""

from __future__ import annotations

import numpy as np

from planner.solve.compiled import compiled
from planner.solve.curve_labels import joined, keep_ahead, keep_behind
from planner.solve.curve_pricing import (
    CurvedCase,
    drive_ahead,
    drive_behind,
    limit_of,
    met,
    plug_ahead,
    plug_behind,
)
from planner.solve.instance import Floats, Instance, Ints
from planner.solve.labels import MOST, NONE
from planner.solve.pricing import arrays

MOST_HOPS = 3  # stations in a row between the depot and a customer


def curves_of(instance: Instance) -> tuple[Floats, Ints]:
    """Return the corners of each type of station [k, c, 3], the one that takes no time last, and each place's type.

    A corner is a time, a level and the time for each unit of energy since the corner before.
    """
    types = list(dict.fromkeys(instance.curves))
    count = max(len(corners) for corners in types) if types else 2
    curves = np.zeros((len(types) + 1, max(count, 2), 3))
    curves[:, 1:, 1] = instance.battery
    for k, corners in enumerate(types):
        padded = [*corners, *[corners[-1]] * (curves.shape[1] - len(corners))]
        curves[k, :, :2] = padded
        rise = np.diff(curves[k, :, 1])
        curves[k, 1:, 2] = np.divide(np.diff(curves[k, :, 0]), rise, out=np.zeros_like(rise), where=rise > 0)
    kind = np.full(instance.places, len(types), np.int64)
    kind[instance.depot + 1 :] = [types.index(corners) for corners in instance.curves]
    return curves, kind


def reach_out(case: CurvedCase) -> None:
    """Fill the labels of ways between the depot and each customer, past stations in a row, and routes for one."""
    _straight_out(case, case.out)
    _straight_home(case, case.home)
    _alone(case)


@compiled
def _straight_out(case, labels):  # type: ignore[no-untyped-def]
    n, p = case.customers, len(case.cost)
    out = arrays(labels)
    many, costs, values = out
    legs, power = (case.cost, case.lasts, case.takes), (case.curves, case.kind, case.battery)
    free = len(case.curves) - 1
    many[n] = keep_ahead(case.curves, costs, values, n * MOST, 0, 0, 0.0, 0.0, joined(0.0, free), case.battery)
    for _ in range(MOST_HOPS):
        for i in range(n, p):
            for m in range(i * MOST, i * MOST + many[i]):
                for station in range(n + 1, p):
                    if station != i:
                        t, s, value = values[m, 0], values[m, 1], values[m, 2]
                        plug_ahead(legs, power, out, station, t, s, value, i, station, np.inf, NONE)
    for u in range(n):
        for i in range(n, p):
            for m in range(i * MOST, i * MOST + many[i]):
                drive_ahead(legs, power, out, u, u, values[m, 0], values[m, 1], values[m, 2], i, NONE)


@compiled
def _straight_home(case, labels):  # type: ignore[no-untyped-def]
    n, p = case.customers, len(case.cost)
    home = arrays(labels)
    many, costs, values = home
    legs, power = (case.cost, case.lasts, case.takes), (case.curves, case.kind, case.battery)
    free = len(case.curves) - 1
    many[n] = keep_behind(case.curves, costs, values, n * MOST, 0, 0, 0.0, joined(0.0, free), case.battery)
    for _ in range(MOST_HOPS):
        for j in range(n, p):
            for m in range(j * MOST, j * MOST + many[j]):
                for station in range(n + 1, p):
                    if station != j:
                        plug_behind(legs, power, home, station, costs[m], values[m, 0], values[m, 1], station, j, NONE)
    for u in range(n):
        for j in range(n, p):
            for m in range(j * MOST, j * MOST + many[j]):
                drive_behind(legs, power, home, u, costs[m], values[m, 0], values[m, 1], u, j, NONE)


@compiled
def _alone(case):  # type: ignore[no-untyped-def]
    out, home = arrays(case.out), arrays(case.home)
    for u in range(case.customers):
        cost = met(case.curves, case.battery, out, u, home, u, NONE)
        case.alone[u] = cost if cost <= limit_of(case, case.demand[u]) else NONE
