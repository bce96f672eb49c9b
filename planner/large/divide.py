"""The first cut of a large day: each order to a depot, each depot's orders into pieces, each piece its vehicles.

An order goes to the depot from which it takes the least work, as long as the depot's vehicles have the hours. The work
of an order is its stop, and its part of a trip: of the loading and of the way there and back. Pieces are cut along
lines that leave work and hours in the same proportion on both sides.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle

import numpy as np
from numpy.typing import NDArray

from planner.model import Day, Vehicle
from planner.roads.streets import Floats
from planner.solve.problem import is_at_home, may_serve

Unit = tuple[int, ...]
"""Orders that one vehicle has to serve: a group, a pair, or an order alone."""

FULL = 1.05  # times the mean of what all depots are asked for: a depot takes no more while another has room
MOST_HALVINGS = 20
HALF_FULL = 0.8  # of a depot's hours: up to there the nearest is the best, however little the others do


@dataclass(frozen=True, kw_only=True, eq=False)
class Piece:
    """Orders and vehicles that are planned together first."""

    orders: tuple[int, ...]
    vehicles: tuple[int, ...]


def units_of(day: Day, orders: Sequence[int]) -> list[Unit]:
    """Return the orders as units, in order of their first orders."""
    holding: dict[tuple[str, str], list[int]] = {}
    units: dict[int, list[int]] = {}  # by identity: a unit grows where a name joins two
    for order in orders:
        one = day.orders[order]
        names = [name for name in (("group", one.group), ("pair", one.pair)) if name[1]]
        joined = list({id(holding[name]): holding[name] for name in names if name in holding}.values())
        unit = joined[0] if joined else []
        units[id(unit)] = unit
        unit.append(order)
        for other in joined[1:]:
            unit += units.pop(id(other))
            holding |= {name: unit for name, held in holding.items() if held is other}
        holding |= dict.fromkeys(names, unit)
    return sorted(tuple(sorted(unit)) for unit in units.values())


def divide(day: Day, points: Floats, orders: Sequence[int], trip_s: Floats, *, most: int) -> list[Piece]:
    """Cut a day into pieces of at most about so many orders; each vehicle with work is in one of them.

    `points` [p, 2] is where each place lies, `trip_s` [n, d] how long it takes from a depot to an order and back,
    infinite where there is no way.
    """
    division = _Division(day, points, trip_s)
    units = units_of(day, orders)
    homes = division.homes(units)
    pieces: list[Piece] = []
    for d in range(len(day.depots)):
        own = [unit for unit, home in zip(units, homes, strict=True) if home == d]
        vehicles = [v for v, vehicle in enumerate(day.vehicles) if vehicle.depot_id == day.depots[d].id]
        if own:
            # A vehicle that loads at one of few docks keeps to those of its piece: there are no more pieces than docks.
            docks = day.depots[d].docks
            halvings = int(math.log2(docks)) if docks else MOST_HALVINGS
            pieces += division.pieces(d, own, vehicles, most=most, halvings=halvings)
    return pieces


class _Division:
    def __init__(self, day: Day, points: Floats, trip_s: Floats) -> None:
        self.day, self.points, self.trip_s = day, points, trip_s
        self.fleets = [[v for v in day.vehicles if v.depot_id == depot.id] for depot in day.depots]
        self.work_s = np.stack([self._work_s(d) for d in range(len(day.depots))], axis=1)

    def _work_s(self, d: int) -> Floats:
        """Return the seconds of work [n] that each order asks of a depot's vehicles."""
        orders, fleet, depot = self.day.orders, self.fleets[d], self.day.depots[d]
        if not fleet:
            return np.full(len(orders), np.inf)
        kg = np.mean([vehicle.type.payload_kg for vehicle in fleet])
        litres = np.mean([vehicle.type.volume_l for vehicle in fleet])
        share = np.array([max(o.demand_kg / kg, o.volume_l / litres, 1e-3) for o in orders])
        stop_s = np.array([o.service_s + o.setup_s for o in orders])
        return stop_s + share * (depot.loading_s + self.trip_s[:, d])

    def homes(self, units: Sequence[Unit]) -> list[int]:
        """Return the depot of each unit."""
        hours_s = np.array([sum(_shift_s(v) for v in fleet) for fleet in self.fleets])
        work_s = np.array([self.work_s[list(unit)].sum(axis=0) for unit in units])
        work_s[~self._may(units)] = np.inf
        asked_s = np.where(np.isfinite(work_s), work_s, np.inf).min(axis=1)
        level = asked_s[np.isfinite(asked_s)].sum() / max(hours_s.sum(), 1.0)
        room_s = hours_s * max(FULL * level, HALF_FULL)
        ranked = np.sort(work_s, axis=1)
        regret = ranked[:, 1] - ranked[:, 0] if work_s.shape[1] > 1 else np.zeros(len(units))
        regret = np.where(np.isnan(regret), 0.0, regret)
        homes = [0] * len(units)
        for u in np.argsort(-regret, kind="stable").tolist():
            able = [d for d in np.argsort(work_s[u], kind="stable").tolist() if np.isfinite(work_s[u, d])]
            free = [d for d in able if room_s[d] >= work_s[u, d]]
            homes[u] = (free or sorted(able, key=lambda d: -room_s[d]) or [0])[0]
            if able:
                room_s[homes[u]] -= work_s[u, homes[u]]
        return homes

    def _may(self, units: Sequence[Unit]) -> NDArray[np.bool_]:
        """Say of which depots some vehicle may serve each unit [u, d]."""
        kinds = [list({(v.type, v.skills): v for v in fleet}.values()) for fleet in self.fleets]
        return np.array([[any(self._able(unit, v) for v in fleet) for fleet in kinds] for unit in units], dtype=bool)

    def _able(self, unit: Unit, vehicle: Vehicle) -> bool:
        orders = (self.day.orders[order] for order in unit)
        return all(is_at_home(order, vehicle) and may_serve(order, vehicle.type, vehicle.skills) for order in orders)

    def pieces(self, d: int, units: list[Unit], vehicles: list[int], *, most: int, halvings: int) -> list[Piece]:
        """Return the pieces of a depot; orders go where some vehicle may serve them."""
        cut = self._cut(d, units, vehicles, most, halvings)
        fleets = [
            list({(self.day.vehicles[v].type, self.day.vehicles[v].skills): v for v in fleet}.values())
            for _, fleet in cut
        ]
        middles = [self.points[[order for unit in own for order in unit]].mean(axis=0) for own, _ in cut]
        placed: list[list[int]] = [[] for _ in cut]
        for own, (units_here, _) in enumerate(cut):
            for unit in units_here:
                away = [float(((self.points[unit[0]] - middle) ** 2).sum()) for middle in middles]
                able = [
                    i for i, fleet in enumerate(fleets) if any(self._able(unit, self.day.vehicles[v]) for v in fleet)
                ]
                where = own if own in able or not able else min(able, key=lambda i: away[i])
                placed[where] += unit
        return [
            Piece(orders=tuple(sorted(o)), vehicles=tuple(sorted(v)))
            for o, (_, v) in zip(placed, cut, strict=True)
            if o
        ]

    def _cut(
        self, d: int, units: list[Unit], vehicles: list[int], most: int, halvings: int
    ) -> list[tuple[list[Unit], list[int]]]:
        if not halvings or sum(map(len, units)) <= most or len(vehicles) < 2 or len(units) < 2:
            return [(units, vehicles)]
        halves = self._halves(vehicles)
        hours_s = [sum(_shift_s(self.day.vehicles[v]) for v in half) for half in halves]
        share = hours_s[0] / max(sum(hours_s), 1)
        at = self.points[[unit[0] for unit in units]]
        axis = int(np.argmax(np.ptp(at, axis=0)))
        order = np.argsort(at[:, axis], kind="stable")
        work = np.array([self.work_s[list(unit), d].sum() for unit in units])
        work = np.where(np.isfinite(work), work, 0.0)[order]
        along = np.cumsum(work)
        k = int(np.clip((along - work / 2 <= share * along[-1]).sum(), 1, len(units) - 1))
        low, high = ([units[i] for i in part.tolist()] for part in (order[:k], order[k:]))
        return [
            *self._cut(d, low, halves[0], most, halvings - 1),
            *self._cut(d, high, halves[1], most, halvings - 1),
        ]

    def _halves(self, vehicles: list[int]) -> tuple[list[int], list[int]]:
        """Deal vehicles to two sides, those that are alike in turns."""
        alike: dict[tuple[object, ...], list[int]] = {}
        for v in vehicles:
            one = self.day.vehicles[v]
            alike.setdefault((one.type, one.skills, one.shift), []).append(v)
        sides: tuple[list[int], list[int]] = ([], [])
        for v, side in zip((v for same in alike.values() for v in same), cycle((0, 1)), strict=False):
            sides[side].append(v)
        return sides


def _shift_s(vehicle: Vehicle) -> int:
    return vehicle.latest_s - vehicle.shift.start_s
