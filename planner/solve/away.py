"""Ways between a depot and where a vehicle starts or ends its day, in the integers of `Problem`.

A vehicle that starts away drives to its depot first, one that ends away drives there last, and both ways are the same
whatever it does in between. So an engine sees a vehicle that starts and ends at its depot, with fewer hours, less
charge at the start and more asked for at the end. `planner.answer` writes the ways into the plan.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from planner.energy.driving import JOULE_PER_WH
from planner.model import Day, Vehicle, VehicleType
from planner.solve.pace import Ints, most_extra_s

if TYPE_CHECKING:
    from planner.roads.matrices import Matrices
    from planner.solve.problem import Problem

MWH = 1_000
MICRO = 1_000_000
HAIR = 1e-9  # of a number in floating point, which is not rounded up


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A drive with an empty bay, at the usual pace and at the worst moment of the day, for which its energy holds.

    Energy as in `planner.solve.battery.LegEnergy`.
    """

    seconds: int
    slow_s: int
    metres: float
    net_mwh: int
    peak_mwh: int
    lost_mwh: int

    def arrives_mwh(self, stored_mwh: int, *, battery_mwh: int) -> int:
        """Return what is stored at the end of a drive that begins with `stored_mwh`."""
        return min(stored_mwh, battery_mwh - self.lost_mwh) - self.net_mwh

    def holds(self, stored_mwh: int, *, battery_mwh: int, reserve_mwh: int) -> bool:
        """Say whether the reserve is kept on the way."""
        return min(stored_mwh, battery_mwh - self.lost_mwh) - self.peak_mwh >= reserve_mwh


STAY = Way(seconds=0, slow_s=0, metres=0.0, net_mwh=0, peak_mwh=0, lost_mwh=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """The tables of one vehicle type: those of its network and its layer in them; and the traffic of the day."""

    tables: Matrices
    layer: int
    auxiliary_w: float
    pace: Ints

    def way(self, source: int, target: int) -> Way | None:
        """Return the drive between two places, None where there is no way."""
        tables, leg = self.tables, (self.layer, source, target)
        if math.isnan(tables.seconds[source, target]):
            return None
        seconds = _up(float(tables.seconds[source, target]))
        extra_s = int(most_extra_s(self.pace, np.array([seconds]))[0])
        extra_mwh = _up(extra_s * self.auxiliary_w * MWH / JOULE_PER_WH)
        net, peak, from_full = (
            _up(float(energy[leg]) * MWH) + extra_mwh
            for energy in (tables.wh_empty, tables.wh_peak, tables.wh_from_full)
        )
        return Way(
            seconds=seconds,
            slow_s=seconds + extra_s,
            metres=float(tables.metres[source, target]),
            net_mwh=net,
            peak_mwh=max(peak, net),
            lost_mwh=max(from_full - net, 0),
        )


def measured_for(
    vehicle: Vehicle,
    *,
    types: Sequence[VehicleType],
    network_of_type: Sequence[int],
    roads: Sequence[Matrices],
    pace: Ints,
) -> Measured:
    """Return the tables of a vehicle's type on a day with such traffic."""
    t = list(types).index(vehicle.type)
    g = network_of_type[t]
    layer = list(network_of_type[:t]).count(g)
    return Measured(tables=roads[g], layer=layer, auxiliary_w=vehicle.type.auxiliary_w, pace=pace)


def ways_of(day: Day, vehicle: Vehicle, measured: Measured) -> tuple[Way | None, Way | None]:
    """Return a vehicle's way to its depot before the first loading, and from there to its end after the last trip."""
    depot = len(day.orders) + [depot.id for depot in day.depots].index(vehicle.depot_id)
    before = STAY if vehicle.start is None else measured.way(spot_place(day, vehicle, last=False), depot)
    after = STAY if vehicle.end is None else measured.way(depot, spot_place(day, vehicle, last=True))
    return before, after


def spot_place(day: Day, vehicle: Vehicle, *, last: bool) -> int:
    """Return the number of the place where a vehicle starts or ends: those away come after all sites."""
    spot = vehicle.end if last else vehicle.start
    if spot is None:
        return len(day.orders) + [depot.id for depot in day.depots].index(vehicle.depot_id)
    return len(day.orders) + len(day.sites) + day.spots.index(spot)


def start_mwh_of(vehicle: Vehicle) -> int:
    """Return what a vehicle starts with, rounded down."""
    return math.floor(vehicle.start_soc * vehicle.type.battery_wh * MWH + HAIR)


def end_mwh_of(vehicle: Vehicle) -> int:
    """Return what a vehicle must end with, rounded up."""
    return _up(max(vehicle.end_soc, vehicle.reserve_soc) * vehicle.type.battery_wh * MWH)


def between_the_ways(p: Problem, ways: Sequence[tuple[Way | None, Way | None]]) -> Problem:
    """Return the problem of what happens between the first arrival at the depot and the last leaving of it.

    A vehicle whose ways leave no time or charge can do nothing in between. In traffic the
    ways last, where their hour is not known, as long as they can.
    """
    shift, regular, breaks = p.shift.copy(), p.regular_s.copy(), p.breaks.copy()
    start, end = p.start_mwh.copy(), p.end_mwh.copy()
    ways_s, ways_m, ways_cost, min_paid = p.ways_s.copy(), p.ways_m.copy(), p.ways_cost.copy(), p.min_paid_s.copy()
    for v, (before, after) in enumerate(ways):
        kind = int(p.kind[v])
        battery, reserve, began = int(p.battery_mwh[kind]), int(p.reserve_mwh[v]), int(p.start_mwh[v])
        if before is None or after is None:
            shift[v, 1], end[v] = shift[v, 0], battery + 1
            continue
        # Who leaves first arrives first, in traffic too.
        opens_s = p.arrival_s(int(shift[v, 0]), before.seconds)
        shift[v] = opens_s, max(p.leave_by_s(int(shift[v, 1]), after.seconds), opens_s)
        lasts = before.holds(began, battery_mwh=battery, reserve_mwh=reserve)
        start[v] = max(before.arrives_mwh(began, battery_mwh=battery), 0)
        need = max(int(p.end_mwh[v]) + after.net_mwh, reserve + after.peak_mwh, 0)
        end[v] = need if lasts and need <= battery - after.lost_mwh else battery + 1
        regular[v] = max(p.leave_by_s(int(regular[v]), after.seconds), 0)
        if breaks[v, 3]:
            breaks[v, 2] = max(breaks[v, 2] - before.slow_s, 0)
        ways_s[v] = before.slow_s, after.slow_s
        price = int(p.night_per_kwh[p.depot[v] - p.orders] + p.wear_per_kwh[kind])
        energy = (began - int(start[v]) + after.net_mwh) * price // MICRO
        ways_m[v] = metres = math.ceil(before.metres) + math.ceil(after.metres)
        min_paid[v] = max(min_paid[v] - before.slow_s - after.slow_s, 0)  # all hours on the ways are paid
        hours = (before.slow_s + after.slow_s) * int(p.per_s[kind])
        ways_cost[v] = metres * int(p.per_km[kind]) // 1000 + hours + max(energy, 0)
    return replace(
        p,
        shift=shift,
        regular_s=regular,
        breaks=breaks,
        start_mwh=start,
        end_mwh=end,
        ways_s=ways_s,
        ways_m=ways_m,
        ways_cost=ways_cost,
        min_paid_s=min_paid,
    )


def _up(value: float) -> int:
    return math.ceil(value - HAIR)
