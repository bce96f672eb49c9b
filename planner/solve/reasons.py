"""Why an order cannot be served, told from the problem alone.

An order, or a pair of orders, is judged by itself on a fresh vehicle, hurdle by hurdle, each among the vehicles that
pass the hurdles before it: skills and class, weight, size, a road there and back, the clock, the battery.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np

from planner.clock import clock
from planner.model import Day, Order, Vehicle
from planner.plan import Reason, Unassigned
from planner.roads.snap import MAX_GAP_M, Snapped
from planner.solve.battery import leg_energy, legs_of
from planner.solve.problem import MOST_WINDOWS, MWH, NO_WAY, Problem, is_at_home, open_spans
from planner.solve.trips import allowed_together, loads_of, members, stops_of

Stops = Sequence[int]
"""The stops that one trip is made for: an order, or the two of a pair."""

STRANDED = -1
LONG_S = 10 * 86_400  # after the end of a shift, to look at windows alone


def impossible(day: Day, problem: Problem, snapped: Sequence[Snapped]) -> dict[int, Unassigned]:
    """Return the orders that no vehicle can serve even alone, by number, with the first hurdle at which they fail."""
    found = {}
    for i, order in enumerate(day.orders):
        stops = stops_of(problem, i)
        verdict = _body_verdict([day.orders[at] for at in stops], day.vehicles)
        verdict = verdict or _road_verdict(problem, day, snapped, stops)
        if verdict:
            found[i] = Unassigned(order_id=order.id, reason=verdict[0], detail=verdict[1])
    return found | _incomplete(day, problem, found)


def _incomplete(day: Day, p: Problem, found: Mapping[int, Unassigned]) -> dict[int, Unassigned]:
    """Return the other orders of groups of which one can not be served, or all only by different vehicles."""
    incomplete = {}
    together = allowed_together(p)
    for orders in members(p):
        first = next((i for i in orders if i in found), None)
        if first is not None:
            why = f"order {day.orders[first].id} of its group can not be served ({found[first].reason.value})"
        elif not together[orders[0]].any():
            why = "no vehicle may carry all orders of its group"
        else:
            continue
        for i in orders:
            if i not in found:
                incomplete[i] = Unassigned(order_id=day.orders[i].id, reason=Reason.GROUP_INCOMPLETE, detail=why)
    return incomplete


def _body_verdict(orders: Sequence[Order], vehicles: Sequence[Vehicle]) -> tuple[Reason, str] | None:
    """Judge an order, or the two of a pair, which the same vehicle serves."""
    depot_id = orders[0].depot_id
    at_home = [v for v in vehicles if is_at_home(orders[0], v)]
    if not at_home:
        return Reason.WRONG_DEPOT, f"no vehicle belongs to depot {depot_id}"
    skilled = [
        v
        for v in at_home
        if all(
            set(order.skills) <= set(v.skills)
            and (not order.vehicle_classes or v.type.road_class.name in order.vehicle_classes)
            for order in orders
        )
    ]
    if not skilled:
        skills = [skill for order in orders for skill in order.skills]
        classes = ["/".join(order.vehicle_classes) for order in orders if order.vehicle_classes]
        whose = f" of depot {depot_id}" if depot_id else ""
        return Reason.NO_SKILL, f"no vehicle{whose} offers {' and '.join(dict.fromkeys([*skills, *classes]))}"
    kg = orders[0].demand_kg
    strong = [v for v in skilled if kg <= v.type.payload_kg]
    if not strong:
        return Reason.TOO_HEAVY, f"{kg:g} kg, the most is {max(v.type.payload_kg for v in skilled):g} kg"
    volume_l, longest_cm = orders[0].volume_l, max(order.longest_cm for order in orders)
    if not any(volume_l <= v.type.volume_l and longest_cm <= v.type.longest_cm for v in strong):
        litres, cm = max(v.type.volume_l for v in strong), max(v.type.longest_cm for v in strong)
        return Reason.TOO_BIG, f"{volume_l:g} l, {longest_cm:g} cm long; the most is {litres:g} l, {cm:g} cm"
    return None


def _road_verdict(p: Problem, day: Day, snapped: Sequence[Snapped], stops: Stops) -> tuple[Reason, str] | None:
    able = [int(v) for v in np.flatnonzero(p.allowed[stops].min(axis=0))]
    reached = [v for v in able if all(_way(p, v, a, b) != NO_WAY for a, b in _legs(p, v, stops))]
    if not reached:
        gap_m = _gap_m(snapped, stops)
        near = gap_m <= MAX_GAP_M
        return Reason.OFF_NETWORK, (
            "no road leads there and back" if near else f"the nearest usable street is {gap_m:,.0f} m away"
        )
    late_s = {v: _late_s(p, v, stops) for v in reached}
    punctual = [v for v in reached if late_s[v] <= 0]
    if not punctual:
        late = f"{-(-min(late_s.values()) // 60)} min late even as a trip of its own"
        release_s = day.orders[stops[0]].release_s
        if release_s > min(int(p.shift[v, 0]) for v in reached):
            at = clock(release_s, day=date.fromisoformat(day.date), zone=ZoneInfo(day.time_zone))
            late += f", the goods being released at {at}"
        return Reason.WINDOW_UNREACHABLE, late
    if any(_short_mwh(p, v, stops) <= 0 for v in punctual):
        return None
    short_wh = min(_short_mwh(p, v, stops) for v in punctual) / 1000
    stations = [int(site) + p.orders for site in np.unique(p.plug_site) if site >= p.depots]
    if not day.charging or not stations:
        why = "charging is off" if not day.charging else "no station has a plug"
        return Reason.NO_PLUG, f"{short_wh:,.0f} Wh short there and back, and {why}"
    if any(_reached_with_stations(p, v, stops, stations) for v in punctual):
        return None
    return Reason.BEYOND_RANGE, f"{short_wh:,.0f} Wh short there and back, and no station lies right to help"


def _way(p: Problem, vehicle: int, source: int, target: int) -> int:
    return int(p.travel_s[p.network[p.kind[vehicle]], source, target])


def _legs(p: Problem, v: int, stops: Stops) -> list[tuple[int, int]]:
    depot = int(p.depot[v])
    return list(pairwise([depot, *stops, depot]))


def _gap_m(snapped: Sequence[Snapped], stops: Stops) -> float:
    """Return how far the stop that is farthest from any usable street is from it."""
    return max(min(float(at.gap_m[stop]) for at in snapped) for stop in stops)


def _late_s(p: Problem, v: int, stops: Stops) -> int:
    """Return by how many seconds the last window or the end of the shift is missed, at most 0 if both hold."""
    depot = int(p.depot[v])
    begin_s = max(int(p.shift[v, 0]), int(p.release_s[stops[0]]))
    return _late_from(p, v, begin_s + p.loading_of(depot, stops), depot, stops)


def _late_from(p: Problem, v: int, leave_s: int, before: int, stops: Stops) -> int:
    """Return the same of what is still to be done on leaving the place before some stops."""
    at, *later = stops
    arrival_s = p.arrival_s(leave_s, _way(p, v, before, at))
    begins = [(max(arrival_s, int(opens)), int(closes)) for opens, closes in p.windows[at]]
    lasts_s = p.standing_of(int(p.kind[v]), before, at)
    if later:
        return min(max(begin - closes, _late_from(p, v, begin + lasts_s, at, later)) for begin, closes in begins)
    home_s, until_s = _way(p, v, at, int(p.depot[v])), int(p.shift[v, 1])
    return min(max(begin - closes, p.arrival_s(begin + lasts_s, home_s) - until_s) for begin, closes in begins)


def _start_mwh(p: Problem, v: int) -> int:
    """Return the most a vehicle may leave with: a plug at its depot charges to the knee while it is loaded.

    A spare pack is full.
    """
    if p.swap_s[p.kind[v]] and p.packs[p.depot[v] - p.orders, p.kind[v]]:
        return int(p.battery_mwh[p.kind[v]])
    start, knee = int(p.start_mwh[v]), int(p.knee_mwh[p.kind[v]])
    return max(start, knee) if _plug_at_home(p, v) else start


def _end_mwh(p: Problem, v: int) -> int:
    """Return the least a vehicle may come back with: a plug at its depot fills what the end of the shift asks."""
    end, reserve = int(p.end_mwh[v]), int(p.reserve_mwh[v])
    return reserve if _plug_at_home(p, v) and end <= p.knee_mwh[p.kind[v]] else end


def _plug_at_home(p: Problem, v: int) -> bool:
    return bool((p.plug_site == p.depot[v] - p.orders).any())


def _short_mwh(p: Problem, v: int, stops: Stops) -> int:
    """Return what is missing to drive to an order and home without a charge on the way."""
    stored, reserve, full = _start_mwh(p, v), int(p.reserve_mwh[v]), int(p.battery_mwh[p.kind[v]])
    missing = []
    for leg in legs_of(p, v, list(stops)):
        missing.append(reserve + leg.peak_mwh - stored)
        stored = leg.arrives_mwh(stored, battery_mwh=full)
    return max(*missing, _end_mwh(p, v) - stored)


def _reached_with_stations(p: Problem, v: int, stops: Stops, stations: Sequence[int]) -> bool:
    """Say whether a full charge on the way out, or back, or between the stops of a pair, makes the drive possible."""
    kind, depot = int(p.kind[v]), int(p.depot[v])
    reserve, full = int(p.reserve_mwh[v]), int(p.battery_mwh[kind])
    legs, loads = _legs(p, v, stops), loads_of(p, depot, list(stops))
    ways = [s for s in stations if all(_way(p, v, a, s) != NO_WAY and _way(p, v, s, b) != NO_WAY for a, b in legs)]

    def left(stored: int, a: int, b: int, load_g: int) -> int:
        """Return what is left after a leg, `STRANDED` where the reserve does not last."""
        leg = leg_energy(p, kind, a, b, load_g=load_g)
        return leg.arrives_mwh(stored, battery_mwh=full) if stored - leg.peak_mwh >= reserve else STRANDED

    most = _start_mwh(p, v)
    for (a, b), (load_g, _) in zip(legs, loads, strict=True):
        # What the battery may hold at the next stop: from the one before, or from a station reached on the way.
        by_station = [left(full, s, b, load_g) for s in ways if left(most, a, s, load_g) >= reserve]
        most = max([left(most, a, b, load_g), *by_station])
    return most >= _end_mwh(p, v)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hurdle:
    """What one vehicle fails at with one order alone. `amount` is in kg, l, cm, m, s or Wh, by the reason."""

    reason: Reason
    amount: float = 0.0
    of_shift: bool = False  # it is in time for a window, and back too late
    of_length: bool = False  # it is the longest side that is too big, and not the litres


def hurdle(day: Day, p: Problem, snapped: Sequence[Snapped], *, vehicle: int, order: int) -> Hurdle | None:
    """Return the first hurdle at which a vehicle fails with an order of its day alone, None if it may serve it.

    An order of a pair is judged with its other stop.
    """
    stops = stops_of(p, order)
    body = _body_hurdle([day.orders[at] for at in stops], day.vehicles[vehicle])
    return body or _road_hurdle(p, day, snapped, vehicle, stops)


def _body_hurdle(orders: Sequence[Order], vehicle: Vehicle) -> Hurdle | None:
    kind = vehicle.type
    if _body_verdict(orders, [vehicle]) is None:
        return None
    of_nothing = [replace(order, demand_kg=0.0, volume_l=0.0, longest_cm=0.0) for order in orders]
    if (verdict := _body_verdict(of_nothing, [vehicle])) is not None:
        return Hurdle(reason=verdict[0])
    if orders[0].demand_kg > kind.payload_kg:
        return Hurdle(reason=Reason.TOO_HEAVY, amount=orders[0].demand_kg - kind.payload_kg)
    if orders[0].volume_l > kind.volume_l:
        return Hurdle(reason=Reason.TOO_BIG, amount=orders[0].volume_l - kind.volume_l)
    longest_cm = max(order.longest_cm for order in orders)
    return Hurdle(reason=Reason.TOO_BIG, amount=longest_cm - kind.longest_cm, of_length=True)


def _road_hurdle(p: Problem, day: Day, snapped: Sequence[Snapped], v: int, stops: Stops) -> Hurdle | None:
    """Judge the road, the clock and the battery of one vehicle as if it were the whole fleet."""
    alone = replace(p, allowed=p.allowed * (np.arange(p.vehicles) == v))
    verdict = _road_verdict(alone, day, snapped, stops)
    if verdict is None:
        return None
    reason = verdict[0]
    if reason == Reason.OFF_NETWORK:
        return Hurdle(reason=reason, amount=_gap_m([snapped[int(p.network[p.kind[v]])]], stops))
    if reason == Reason.WINDOW_UNREACHABLE:
        window_s = _late_s(_endless(p, day, stops), v, stops)
        return Hurdle(reason=reason, amount=window_s if window_s > 0 else _late_s(p, v, stops), of_shift=window_s <= 0)
    return Hurdle(reason=reason, amount=_short_mwh(p, v, stops) / MWH)


def _endless(p: Problem, day: Day, stops: Stops) -> Problem:
    """Return the problem with endless shifts, and the windows of some orders as they are, not only within shifts."""
    windows = p.windows.copy()
    for at in stops:
        spans = [(start, latest) for start, latest, _ in open_spans(day.orders[at])] or [(0, LONG_S)]
        windows[at] = (spans * MOST_WINDOWS)[:MOST_WINDOWS]
    return replace(p, shift=p.shift + np.array([0, LONG_S]), windows=windows)
