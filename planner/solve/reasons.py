"""Why an order cannot be served, told from the problem alone.

An order is judged by itself on a fresh vehicle, hurdle by hurdle, each among the vehicles that pass the hurdles
before it: skills and class, weight, size, a road there and back, the clock, the battery.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from zoneinfo import ZoneInfo

import numpy as np

from planner.clock import clock
from planner.model import Day, Order, Vehicle
from planner.plan import Reason, Unassigned
from planner.roads.snap import MAX_GAP_M, Snapped
from planner.solve.battery import leg_energy
from planner.solve.problem import MOST_WINDOWS, MWH, NO_WAY, Problem, is_at_home, open_spans
from planner.solve.trips import allowed_together, members

STRANDED = -1
LONG_S = 10 * 86_400  # after the end of a shift, to look at windows alone


def impossible(day: Day, problem: Problem, snapped: Sequence[Snapped]) -> dict[int, Unassigned]:
    """Return the orders that no vehicle can serve even alone, by number, with the first hurdle at which they fail."""
    found = {}
    for i, order in enumerate(day.orders):
        verdict = _body_verdict(order, day.vehicles) or _road_verdict(problem, day, snapped, i)
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


def _body_verdict(order: Order, vehicles: Sequence[Vehicle]) -> tuple[Reason, str] | None:
    at_home = [v for v in vehicles if is_at_home(order, v)]
    if not at_home:
        return Reason.WRONG_DEPOT, f"no vehicle belongs to depot {order.depot_id}"
    skilled = [
        v
        for v in at_home
        if set(order.skills) <= set(v.skills)
        and (not order.vehicle_classes or v.type.road_class.name in order.vehicle_classes)
    ]
    if not skilled:
        wanted = " and ".join([*order.skills, *(["/".join(order.vehicle_classes)] if order.vehicle_classes else [])])
        whose = f" of depot {order.depot_id}" if order.depot_id else ""
        return Reason.NO_SKILL, f"no vehicle{whose} offers {wanted}"
    strong = [v for v in skilled if order.demand_kg <= v.type.payload_kg]
    if not strong:
        return Reason.TOO_HEAVY, f"{order.demand_kg:g} kg, the most is {max(v.type.payload_kg for v in skilled):g} kg"
    if not any(order.volume_l <= v.type.volume_l and order.longest_cm <= v.type.longest_cm for v in strong):
        litres, cm = max(v.type.volume_l for v in strong), max(v.type.longest_cm for v in strong)
        return (
            Reason.TOO_BIG,
            f"{order.volume_l:g} l, {order.longest_cm:g} cm long; the most is {litres:g} l, {cm:g} cm",
        )
    return None


def _road_verdict(p: Problem, day: Day, snapped: Sequence[Snapped], i: int) -> tuple[Reason, str] | None:
    able = [int(v) for v in np.flatnonzero(p.allowed[i])]
    reached = [v for v in able if _way(p, v, int(p.depot[v]), i) != NO_WAY and _way(p, v, i, int(p.depot[v])) != NO_WAY]
    if not reached:
        gap_m = min(float(at.gap_m[i]) for at in snapped)
        near = gap_m <= MAX_GAP_M
        return Reason.OFF_NETWORK, (
            "no road leads there and back" if near else f"the nearest usable street is {gap_m:,.0f} m away"
        )
    late_s = {v: _late_s(p, v, i) for v in reached}
    punctual = [v for v in reached if late_s[v] <= 0]
    if not punctual:
        late = f"{-(-min(late_s.values()) // 60)} min late even as a trip of its own"
        release_s = day.orders[i].release_s
        if release_s > min(int(p.shift[v, 0]) for v in reached):
            at = clock(release_s, day=date.fromisoformat(day.date), zone=ZoneInfo(day.time_zone))
            late += f", the goods being released at {at}"
        return Reason.WINDOW_UNREACHABLE, late
    if any(_short_mwh(p, v, i) <= 0 for v in punctual):
        return None
    short_wh = min(_short_mwh(p, v, i) for v in punctual) / 1000
    stations = [int(site) + p.orders for site in np.unique(p.plug_site) if site >= p.depots]
    if not day.charging or not stations:
        why = "charging is off" if not day.charging else "no station has a plug"
        return Reason.NO_PLUG, f"{short_wh:,.0f} Wh short there and back, and {why}"
    if any(_reached_with_stations(p, v, i, stations) for v in punctual):
        return None
    return Reason.BEYOND_RANGE, f"{short_wh:,.0f} Wh short there and back, and no station lies right to help"


def _way(p: Problem, vehicle: int, source: int, target: int) -> int:
    return int(p.travel_s[p.network[p.kind[vehicle]], source, target])


def _late_s(p: Problem, v: int, i: int) -> int:
    """Return by how many seconds the last window or the end of the shift is missed, at most 0 if both hold."""
    depot = int(p.depot[v])
    begin_s = max(int(p.shift[v, 0]), int(p.release_s[i]))
    arrival = p.arrival_s(begin_s + p.loading_of(depot, [i]), _way(p, v, depot, i))
    lasts_s, home_s = int(p.service_s[p.kind[v], i]), _way(p, v, i, depot)
    begins = [(max(arrival, int(opens)), int(closes)) for opens, closes in p.windows[i]]
    return min(
        max(begin - closes, p.arrival_s(begin + lasts_s, home_s) - int(p.shift[v, 1])) for begin, closes in begins
    )


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


def _load_g(p: Problem, i: int, *, out: bool) -> int:
    """Return what an order alone puts on board on the way out, or on the way home."""
    return int(p.demand_g[i]) if out != bool(p.pickup[i]) else 0


def _short_mwh(p: Problem, v: int, i: int) -> int:
    """Return what is missing to drive to an order and home without a charge on the way."""
    kind, depot = int(p.kind[v]), int(p.depot[v])
    start, reserve, full = _start_mwh(p, v), int(p.reserve_mwh[v]), int(p.battery_mwh[kind])
    out = leg_energy(p, kind, depot, i, load_g=_load_g(p, i, out=True))
    back = leg_energy(p, kind, i, depot, load_g=_load_g(p, i, out=False))
    there = out.arrives_mwh(start, battery_mwh=full)
    home = back.arrives_mwh(there, battery_mwh=full)
    return max(reserve + out.peak_mwh - start, reserve + back.peak_mwh - there, _end_mwh(p, v) - home)


def _reached_with_stations(p: Problem, v: int, i: int, stations: Sequence[int]) -> bool:
    """Say whether one full charge on the way out, or back, or one each way, makes the drive possible."""
    kind, depot = int(p.kind[v]), int(p.depot[v])
    load, load_home = (_load_g(p, i, out=out) for out in (True, False))
    start, reserve, full = _start_mwh(p, v), int(p.reserve_mwh[v]), int(p.battery_mwh[kind])
    ways = [s for s in stations if _way(p, v, depot, s) != NO_WAY and _way(p, v, s, i) != NO_WAY]
    ways = [s for s in ways if _way(p, v, i, s) != NO_WAY and _way(p, v, s, depot) != NO_WAY]

    def left(stored: int, a: int, b: int, load_g: int) -> int:
        """Return what is left after a leg, `STRANDED` where the reserve does not last."""
        leg = leg_energy(p, kind, a, b, load_g=load_g)
        return leg.arrives_mwh(stored, battery_mwh=full) if stored - leg.peak_mwh >= reserve else STRANDED

    # What the battery may hold at the order: from the depot, or from a station reached on the way.
    at_order = [left(start, depot, i, load)]
    at_order += [left(full, s, i, load) for s in ways if left(start, depot, s, load) >= reserve]
    most = max(at_order)
    home = [left(most, i, depot, load_home)]
    home += [left(full, s, depot, load_home) for s in ways if left(most, i, s, load_home) >= reserve]
    return max(home) >= _end_mwh(p, v)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hurdle:
    """What one vehicle fails at with one order alone. `amount` is in kg, l, cm, m, s or Wh, by the reason."""

    reason: Reason
    amount: float = 0.0
    of_shift: bool = False  # it is in time for a window, and back too late
    of_length: bool = False  # it is the longest side that is too big, and not the litres


def hurdle(day: Day, p: Problem, snapped: Sequence[Snapped], *, vehicle: int, order: int) -> Hurdle | None:
    """Return the first hurdle at which a vehicle fails with an order of its day alone, None if it may serve it."""
    return _body_hurdle(day.orders[order], day.vehicles[vehicle]) or _road_hurdle(p, day, snapped, vehicle, order)


def _body_hurdle(order: Order, vehicle: Vehicle) -> Hurdle | None:
    kind = vehicle.type
    if _body_verdict(order, [vehicle]) is None:
        return None
    if (verdict := _body_verdict(replace(order, demand_kg=0.0, volume_l=0.0, longest_cm=0.0), [vehicle])) is not None:
        return Hurdle(reason=verdict[0])
    if order.demand_kg > kind.payload_kg:
        return Hurdle(reason=Reason.TOO_HEAVY, amount=order.demand_kg - kind.payload_kg)
    if order.volume_l > kind.volume_l:
        return Hurdle(reason=Reason.TOO_BIG, amount=order.volume_l - kind.volume_l)
    return Hurdle(reason=Reason.TOO_BIG, amount=order.longest_cm - kind.longest_cm, of_length=True)


def _road_hurdle(p: Problem, day: Day, snapped: Sequence[Snapped], v: int, i: int) -> Hurdle | None:
    """Judge the road, the clock and the battery of one vehicle as if it were the whole fleet."""
    alone = replace(p, allowed=p.allowed * (np.arange(p.vehicles) == v))
    verdict = _road_verdict(alone, day, snapped, i)
    if verdict is None:
        return None
    reason = verdict[0]
    if reason == Reason.OFF_NETWORK:
        return Hurdle(reason=reason, amount=float(snapped[int(p.network[p.kind[v]])].gap_m[i]))
    if reason == Reason.WINDOW_UNREACHABLE:
        window_s = _late_s(_endless(p, day.orders[i], i), v, i)
        return Hurdle(reason=reason, amount=window_s if window_s > 0 else _late_s(p, v, i), of_shift=window_s <= 0)
    return Hurdle(reason=reason, amount=_short_mwh(p, v, i) / MWH)


def _endless(p: Problem, order: Order, i: int) -> Problem:
    """Return the problem with endless shifts, and the windows of one order as they are, not only within shifts."""
    spans = [(start, latest) for start, latest, _ in open_spans(order)] or [(0, LONG_S)]
    windows = p.windows.copy()
    windows[i] = (spans * MOST_WINDOWS)[:MOST_WINDOWS]
    return replace(p, shift=p.shift + np.array([0, LONG_S]), windows=windows)
