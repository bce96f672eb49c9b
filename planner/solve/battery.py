"""What driving does to the battery, in whole mWh: the one account that times, costs, reasons and answers share."""

from __future__ import annotations

from dataclasses import dataclass

from planner.solve.problem import Problem
from planner.solve.solution import Sequence, Tour
from planner.solve.trips import loads_of


@dataclass(frozen=True, slots=True, kw_only=True)
class LegEnergy:
    """A leg with its load on board.

    It takes `net_mwh`, negative where it gives back, and on the way up to `peak_mwh` before some comes back. A battery
    that leaves full can not take back `lost_mwh` of what comes. On a level street the first two are the same and
    nothing is lost.
    """

    net_mwh: int
    peak_mwh: int
    lost_mwh: int

    def arrives_mwh(self, stored_mwh: int, *, battery_mwh: int) -> int:
        """Return what is stored at the end of a leg that begins with `stored_mwh`."""
        return min(stored_mwh, battery_mwh - self.lost_mwh) - self.net_mwh


def leg_energy(p: Problem, kind: int, source: int, target: int, *, load_g: int) -> LegEnergy:
    """Return the energy of a leg with a load on board, each part of it rounded up."""
    empty = p.energy_mwh[:, kind, source, target].tolist()
    per_kg = p.energy_uwh_per_kg[:, kind, source, target].tolist()
    net, *on_hills = [mwh - (-uwh * load_g // 1_000_000) for mwh, uwh in zip(empty, per_kg, strict=True)]
    peak, from_full = on_hills or (net, net)
    # Rounding may turn the order of numbers that are the same but for their load.
    return LegEnergy(net_mwh=net, peak_mwh=max(peak, net), lost_mwh=max(from_full - net, 0))


def legs_of(p: Problem, vehicle: int, sequence: Sequence) -> list[LegEnergy]:
    """Return the energy of each leg, the last one home included, with what is on board on it."""
    kind, depot = int(p.kind[vehicle]), int(p.depot[vehicle])
    stops = [*sequence, depot]
    loads = loads_of(p, depot, sequence)
    return [
        leg_energy(p, kind, at, place, load_g=load_g)
        for at, place, (load_g, _) in zip([depot, *sequence], stops, loads, strict=True)
    ]


def left_mwh(p: Problem, tour: Tour) -> int:
    """Return what a vehicle holds at the end of its shift."""
    battery = int(p.battery_mwh[p.kind[tour.vehicle]])
    stored = int(p.start_mwh[tour.vehicle]) + tour.first.charge_mwh
    legs = legs_of(p, tour.vehicle, [visit.place for visit in tour.visits])
    for visit, leg in zip((*tour.visits, tour.home), legs, strict=True):
        stored = leg.arrives_mwh(stored, battery_mwh=battery) + visit.charge_mwh
    return stored
