"""How many orders of a day a fleet can serve at most, proven without a route.

Whatever the routes are, some load has to leave the depot, somebody has to drive to each door and stand there, and the
energy has to come from somewhere. What a fleet cannot give of one of these it cannot give in any plan, so that a cell
that falls short here is never routed. Each quantity is taken as small as it can be for any choice of orders.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.energy.tariff import DAY_S
from planner.model import Depot, Order, OrderKind, Vehicle, VehicleType
from planner.sizing.candidates import Cell
from planner.sizing.cells import Ground

HOUR_S = 3_600.0
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    """What one vehicle of a candidate can give in a day, and what a trip of it takes at least."""

    payload_kg: float
    volume_l: float
    time_s: float
    trip_s: float  # loading, and the way home from the nearest door
    trip_wh: float
    stored_wh: float
    charge_w: float
    most_stops: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DayBounds:
    """The least that the n least demanding orders of a day take, in sums that begin with none of them."""

    orders: int
    kinds: tuple[_Kind, ...]
    out_kg: Floats
    out_l: Floats
    in_kg: Floats
    in_l: Floats
    work_s: Floats
    work_wh: Floats
    span_s: float
    plug_w: float
    site_w: float | None
    station_wh: float
    swaps: bool

    def most_served(self, cell: Cell) -> int:
        """Return a number of orders that no plan of this fleet can exceed."""
        low, high = 0, self.orders
        while low < high:
            middle = (low + high + 1) // 2
            low, high = (middle, high) if self.may_serve(middle, cell) else (low, middle - 1)
        return low

    def may_serve(self, orders: int, cell: Cell) -> bool:
        """Say whether nothing speaks against a plan that serves so many orders."""
        if orders == 0:
            return True
        fleet = [(kind, n) for kind, n in zip(self.kinds, cell.counts, strict=True) if n]
        if not fleet or sum(n * kind.most_stops for kind, n in fleet) < orders:
            return False
        loads = [
            (float(max(self.out_kg[orders], self.in_kg[orders])), [kind.payload_kg for kind, _ in fleet]),
            (float(max(self.out_l[orders], self.in_l[orders])), [kind.volume_l for kind, _ in fleet]),
        ]
        time_s = sum(n * kind.time_s for kind, n in fleet) - float(self.work_s[orders])
        if any(_least(fleet, load, bays, "trip_s") > time_s + 1e-6 for load, bays in loads):
            return False
        return self._energy_lasts(orders, cell, fleet, loads)

    def _energy_lasts(
        self,
        orders: int,
        cell: Cell,
        fleet: Sequence[tuple[_Kind, int]],
        loads: Sequence[tuple[float, Sequence[float]]],
    ) -> bool:
        if self.swaps:
            return True
        need_wh = float(self.work_wh[orders]) + max(_least(fleet, load, bays, "trip_wh") for load, bays in loads)
        site_w = min(cell.plugs * self.plug_w, cell.plugs * max(kind.charge_w for kind, _ in fleet))
        site_w = site_w if self.site_w is None else min(site_w, self.site_w)
        by_day_wh = site_w * self.span_s / HOUR_S + self.station_wh
        stored_wh = sum(n * kind.stored_wh for kind, n in fleet)
        # What was in the batteries in the morning has to be there again the next one.
        day_and_night_wh = site_w * DAY_S / HOUR_S + self.station_wh
        return need_wh <= min(stored_wh + by_day_wh, day_and_night_wh) + 1e-6


def _least(fleet: Sequence[tuple[_Kind, int]], load: float, bays: Sequence[float], of: str) -> float:
    """Return the least time or energy of the trips that a load needs, each kind taking no more than it has time for."""
    kinds = sorted(zip(fleet, bays, strict=True), key=lambda item: getattr(item[0][0], of) / item[1])
    least = 0.0
    for (kind, n), bay in kinds:
        trips = n * kind.time_s / kind.trip_s if kind.trip_s > 0 else np.inf
        taken = min(load, trips * bay)
        least += taken / bay * getattr(kind, of)
        load -= taken
    return least if load <= 1e-9 else np.inf


def bounds_of(ground: Ground) -> DayBounds:
    """Measure what the orders of a day take at least, whoever serves them."""
    day, n = ground.day, len(ground.day.orders)
    home = next(i for i, d in enumerate(day.depots) if d.id == ground.candidates[0].vehicle.depot_id)
    depot, fastest = day.depots[home], max([1.0, *(span.speed for span in day.traffic)])
    work_s, work_wh = np.full(n, np.inf), np.full(n, np.inf)
    kinds = []
    for vehicle in day.vehicles:  # one of each candidate
        kind = vehicle.type
        t = ground.roads.types.index(kind)
        at = ground.roads.network_of_type[t]
        layer = list(ground.roads.network_of_type[:t]).count(at)
        table = ground.roads.matrices[at]
        energy = np.minimum(table.wh_empty[layer], table.wh_empty[layer] + table.wh_per_kg[layer] * kind.payload_kg)
        home_wh = _nearest(energy[:n, n + home])
        into_s, into_wh = _into(table.seconds, n) / fastest, _into(energy, n)
        stand_s = np.array([kind.standing_s(order, parked=True) + _loading_s(depot, order) for order in day.orders])
        # Where driving home gives energy back, no more often than once for each order.
        work_s, work_wh = np.minimum(work_s, into_s + stand_s), np.minimum(work_wh, into_wh + min(home_wh, 0.0))
        home_s = _nearest(table.seconds[:n, n + home]) / fastest
        kinds.append(_kind(vehicle, depot, home_s=home_s, home_wh=max(home_wh, 0.0)))
    by_truck = [order.from_depot for order in day.orders]
    back = [order.kind is OrderKind.PICKUP and not order.pair for order in day.orders]
    kg, litres = np.array([o.demand_kg for o in day.orders]), np.array([o.volume_l for o in day.orders])
    span_s = max(v.latest_s for v in day.vehicles) - min(v.shift.start_s for v in day.vehicles)
    return DayBounds(
        orders=n,
        kinds=tuple(kinds),
        out_kg=_sums(np.where(by_truck, kg, 0.0)),
        out_l=_sums(np.where(by_truck, litres, 0.0)),
        in_kg=_sums(np.where(back, kg, 0.0)),
        in_l=_sums(np.where(back, litres, 0.0)),
        work_s=_sums(work_s),
        work_wh=_rising(_sums(work_wh)),
        span_s=span_s,
        plug_w=depot.plugs[0].power_w if depot.plugs else 0.0,
        site_w=depot.site_power_w,
        station_wh=sum(plug.power_w for s in day.stations for plug in s.plugs) * span_s / HOUR_S,
        swaps=any(d.packs for d in day.depots) or not day.charging,
    )


def _kind(vehicle: Vehicle, depot: Depot, *, home_s: float, home_wh: float) -> _Kind:
    kind = vehicle.type
    away = vehicle.start is not None or vehicle.end is not None  # its last drive may end elsewhere than at the depot
    return _Kind(
        payload_kg=kind.payload_kg,
        volume_l=kind.volume_l,
        time_s=float(vehicle.latest_s - vehicle.shift.start_s),
        trip_s=depot.loading_s + (0.0 if away else home_s),
        trip_wh=0.0 if away else home_wh,
        stored_wh=_stored_wh(kind, vehicle.start_soc, max(vehicle.reserve_soc, vehicle.end_soc)),
        charge_w=kind.charge_w,
        most_stops=float(vehicle.max_stops) if vehicle.max_stops is not None else np.inf,
    )


def _loading_s(depot: Depot, order: Order) -> float:
    return depot.loading_per_parcel_s * order.parcels if order.from_depot else 0.0


def _stored_wh(kind: VehicleType, start_soc: float, left_soc: float) -> float:
    return max(0.0, start_soc - left_soc) * kind.battery_wh


def _into(table: Floats, orders: int) -> Floats:
    """Return for each order the least of any way to it; one that no way leads to is not served anyway."""
    ways = table[:, :orders].copy()
    ways[np.arange(orders), np.arange(orders)] = np.nan
    reached = ~np.isnan(ways)
    return np.where(reached.any(axis=0), np.where(reached, ways, np.inf).min(axis=0), np.inf)


def _nearest(ways: Floats) -> float:
    found = ways[~np.isnan(ways)]
    return float(found.min()) if len(found) else 0.0


def _sums(amounts: Floats) -> Floats:
    """Return the sums of the least amounts, the first being of none."""
    return np.concatenate([[0.0], np.cumsum(np.sort(amounts))])


def _rising(sums: Floats) -> Floats:
    """Lower sums so that they never fall: what is true of many orders is then true of fewer."""
    return np.minimum.accumulate(sums[::-1])[::-1]
