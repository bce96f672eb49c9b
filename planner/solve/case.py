"""An instance as the arrays that the search works on."""

from __future__ import annotations

import numba
import numpy as np

from planner.solve.curve_case import curves_of, reach_out
from planner.solve.curve_labels import PER_HOUR
from planner.solve.curve_pricing import CurvedCase
from planner.solve.instance import Instance, Ints
from planner.solve.labels import (
    FAR,
    MOST,
    NONE,
    begin,
    drive,
    keep_backward,
    keep_forward,
    meets,
    new_labels,
    plug_in,
)
from planner.solve.pricing import Case, arrays, back, back_plug

COST_UNIT = 1e-6  # of length; whole numbers make sums the same in any order
SLACK = 1e-9  # sums of the same legs in another order must not seem late or flat
MOST_DETOURS = 6  # tried between two customers
MOST_CURVED_DETOURS = 8  # where stations differ in speed
NEAREST_STATIONS = 4  # of a customer, between which a detour past two may lead
NEIGHBOURS = 10  # of a customer: its usual legs
SPARE_LEGS = 2.0  # what a route may cost too much in a label, for a station that one more customer might need
MOST_HOPS = 3  # stations in a row between the depot and a customer


def case_of(instance: Instance) -> Case | CurvedCase:
    """Return an instance's case, by what its stations charge along."""
    return build_curved_case(instance) if instance.curves else build_case(instance)


def build_curved_case(instance: Instance) -> CurvedCase:
    """Turn an instance with charge curves into whole costs, labels from and to the depot, and stations worth a stop."""
    n, p = instance.customers, instance.places
    cost = np.rint(instance.time * PER_HOUR).astype(np.int64)
    curves, kind = curves_of(instance)
    case = CurvedCase(
        customers=n,
        cost=cost,
        lasts=instance.time,
        takes=instance.energy,
        opens=np.zeros(p),
        closes=np.full(p, FAR),
        demand=instance.service,
        capacity=float(instance.windows[n, 1] - instance.windows[n, 0]),
        battery=instance.battery,
        curves=curves,
        kind=kind,
        fastest=instance.charge_rate,
        vehicle_cost=0,
        spare_cost=int(SPARE_LEGS * usual_leg(cost, n)),
        detours=_worthwhile(cost, instance.energy, curves[kind, 1, 2], instance.battery, n, MOST_CURVED_DETOURS),
        near=np.argsort(cost[:n, :n] + cost[:n, :n].T, axis=1, kind="stable"),
        out=new_labels(p),
        home=new_labels(p),
        alone=np.full(n, NONE),
    )
    reach_out(case)
    return case


def build_case(instance: Instance) -> Case:
    """Turn an instance into whole costs, labels from and to the depot, and stations worth a stop."""
    n, p = instance.customers, instance.places
    cost = np.rint(instance.length / COST_UNIT).astype(np.int64)
    lasts = instance.time.copy()
    lasts[:n] += instance.service[:, None]
    opens, closes = np.zeros(p), np.full(p, FAR)
    opens[: n + 1] = instance.windows[:, 0]
    closes[: n + 1] = np.minimum(instance.windows[:, 1] + SLACK, FAR)
    battery = min(instance.battery, FAR)
    # Where charging takes no time a set may allow no tolerance: the battery is then a hair smaller.
    battery += SLACK if instance.charge_rate else -SLACK
    takes = instance.energy if np.isfinite(instance.battery) else np.zeros((p, p))
    first, second, via, many = _worthwhile(cost, takes, np.zeros(p), battery, n, MOST_DETOURS)
    g = instance.charge_rate
    out, home = new_labels(p), new_labels(p)
    _straight_out(out, cost, lasts, takes, opens, closes, n, battery, g, not instance.partial)
    _straight_home(home, cost, lasts, takes, opens, closes, n, battery, g, not instance.partial)
    around = cost[:n, :n] + cost[:n, :n].T
    return Case(
        customers=n,
        cost=cost,
        lasts=lasts,
        takes=takes,
        opens=opens,
        closes=closes,
        demand=instance.demand,
        capacity=instance.capacity + SLACK,
        battery=battery,
        g=g,
        per_g=1.0 / g if g else 0.0,
        full=not instance.partial,
        vehicle_cost=int(cost.max()) * 2 * n if instance.vehicles_first else 0,
        spare_cost=int(SPARE_LEGS * usual_leg(cost, n)),
        detours=(first, second, via, many),
        near=np.argsort(around, axis=1, kind="stable"),
        out=out,
        home=home,
        alone=_alone(out, home, n, g),
    )


def usual_leg(cost: Ints, customers: int) -> float:
    """Return the median cost of a leg to one of the nearest customers."""
    near = np.sort(cost[:customers, :customers], axis=1)[:, 1 : NEIGHBOURS + 1]
    return float(np.median(near)) if near.size else float(cost.max())


@numba.njit(cache=True, nogil=True)
def _worthwhile(cost, takes, pace, battery, n, most):  # type: ignore[no-untyped-def]
    """Return for each pair of customers the detours worth a thought, the cheapest first: past one station or two.

    Not worth it is a detour that another one beats in cost, in what the battery must hold for it, and in what it leaves
    the battery with, and charges as fast by its `pace`. At most `most` are
    kept. Detours past two stations go from one of the nearest to one of the nearest.
    """
    p = len(cost)
    count = p - n - 1
    first, second = np.zeros((n, n, most), np.int64), np.zeros((n, n, most), np.int64)
    costs, many = np.zeros((n, n, most), np.int64), np.zeros((n, n), np.int64)
    ends = min(count, NEAREST_STATIONS)
    near_from, near_to = np.zeros((n, max(ends, 1)), np.int64), np.zeros((n, max(ends, 1)), np.int64)
    for i in range(n):
        if count > 0:
            near_from[i] = np.argsort(takes[i, n + 1 :])[:ends] + n + 1
            near_to[i] = np.argsort(takes[n + 1 :, i])[:ends] + n + 1
    for i in range(n):
        for j in range(n):
            if i == j or count <= 0:
                continue
            of = (first[i, j], second[i, j], costs[i, j])
            kept = 0
            for s in range(n + 1, p):
                kept = _keep_detour(of, kept, s, s, cost[i, s] + cost[s, j], i, j, takes, pace, battery)
            for a in range(ends):
                for b in range(ends):
                    s, r = near_from[i, a], near_to[j, b]
                    if s != r and takes[s, r] <= battery:
                        total = cost[i, s] + cost[s, r] + cost[r, j]
                        kept = _keep_detour(of, kept, s, r, total, i, j, takes, pace, battery)
            many[i, j] = kept
    return first, second, costs, many


@numba.njit(cache=True, nogil=True)
def _keep_detour(of, kept, s, r, total, i, j, takes, pace, battery):  # type: ignore[no-untyped-def]
    """Put a detour into its list by cost, unless it is beaten; return the new count."""
    first, second, costs = of
    if takes[i, s] > battery or takes[r, j] > battery:
        return kept
    at, most = 0, len(costs)
    while at < kept and costs[at] <= total:
        a, b = first[at], second[at]
        if takes[i, a] <= takes[i, s] and takes[b, j] <= takes[r, j] and pace[a] <= pace[s] and pace[b] <= pace[r]:
            return kept
        at += 1
    if at == most:
        return kept
    last = at
    for k in range(at, kept):
        a, b = first[k], second[k]
        beaten = takes[i, s] <= takes[i, a] and takes[r, j] <= takes[b, j] and pace[s] <= pace[a] and pace[r] <= pace[b]
        if not beaten:
            first[last], second[last], costs[last] = first[k], second[k], costs[k]
            last += 1
    kept = min(last, most - 1)
    for k in range(kept, at, -1):
        first[k], second[k], costs[k] = first[k - 1], second[k - 1], costs[k - 1]
    first[at], second[at], costs[at] = s, r, total
    return kept + 1


@numba.njit(cache=True, nogil=True)
def _straight_out(labels, cost, lasts, takes, opens, closes, n, battery, g, full):  # type: ignore[no-untyped-def]
    """Find forward labels at each place for ways from the depot, past up to `MOST_HOPS` stations."""
    p, depot = len(cost), n
    per_g = 1.0 / g if g > 0.0 else 0.0
    at_many, at_cost, at = arrays(labels)
    at_many[depot] = 1
    at[depot * MOST, 0], at[depot * MOST, 1] = opens[depot], battery
    for _ in range(MOST_HOPS):
        for i in range(depot, p):
            for m in range(i * MOST, i * MOST + at_many[i]):
                for s in range(depot + 1, p):
                    if s == i:
                        continue
                    t, q, x = drive(at[m, 0], at[m, 1], at[m, 2], lasts[i, s], takes[i, s], g)
                    if q >= 0.0 and t <= closes[depot]:
                        t, q, x = plug_in(t, q, battery, g, full)
                        at_many[s] = keep_forward(
                            at_cost, at, s * MOST, at_many[s], at_cost[m] + cost[i, s], t, q, x, per_g
                        )
    for u in range(n):
        for i in range(depot, p):
            for m in range(i * MOST, i * MOST + at_many[i]):
                t, q, x = drive(at[m, 0], at[m, 1], at[m, 2], lasts[i, u], takes[i, u], g)
                if q >= 0.0:
                    t, q, x = begin(t, q, x, opens[u], closes[u], per_g)
                    if t <= closes[u]:
                        at_many[u] = keep_forward(
                            at_cost, at, u * MOST, at_many[u], at_cost[m] + cost[i, u], t, q, x, per_g
                        )


@numba.njit(cache=True, nogil=True)
def _straight_home(labels, cost, lasts, takes, opens, closes, n, battery, g, full):  # type: ignore[no-untyped-def]
    """Find backward labels at each place for ways home, past up to `MOST_HOPS` stations."""
    p, depot = len(cost), n
    per_g = 1.0 / g if g > 0.0 else 0.0
    at_many, at_cost, at = arrays(labels)
    at_many[depot] = 1
    at[depot * MOST, 0], at[depot * MOST, 1] = closes[depot], FAR
    for _ in range(MOST_HOPS):
        for j in range(depot, p):
            for m in range(j * MOST, j * MOST + at_many[j]):
                for s in range(depot + 1, p):
                    if s == j:
                        continue
                    latest, base, least = back(
                        at[m, 0], at[m, 1], at[m, 2], lasts[s, j], takes[s, j], opens[depot], g, per_g
                    )
                    if least > battery:
                        continue
                    latest, base, least = back_plug(latest, base, least, battery, g, full)
                    if latest >= 0.0:
                        at_many[s] = keep_backward(
                            at_cost, at, s * MOST, at_many[s], at_cost[m] + cost[s, j], latest, base, least
                        )
    for u in range(n):
        for j in range(depot, p):
            for m in range(j * MOST, j * MOST + at_many[j]):
                latest, base, least = back(at[m, 0], at[m, 1], at[m, 2], lasts[u, j], takes[u, j], 0.0, g, per_g)
                latest = min(latest, closes[u])
                if least <= battery and latest >= opens[u] and base + g * battery >= opens[u]:
                    at_many[u] = keep_backward(
                        at_cost, at, u * MOST, at_many[u], at_cost[m] + cost[u, j], latest, base, least
                    )


@numba.njit(cache=True, nogil=True)
def _alone(out, home, n, g):  # type: ignore[no-untyped-def]
    """Return the least cost of a route for each customer alone, `NONE` where there is none."""
    alone = np.full(n, NONE)
    out_many, out_cost, outs = arrays(out)
    home_many, home_cost, homes = arrays(home)
    for u in range(n):
        for f in range(u * MOST, u * MOST + out_many[u]):
            for b in range(u * MOST, u * MOST + home_many[u]):
                cost = out_cost[f] + home_cost[b]
                t, q, x = outs[f, 0], outs[f, 1], outs[f, 2]
                if cost < alone[u] and meets(t, q, x, homes[b, 0], homes[b, 1], homes[b, 2], g):
                    alone[u] = cost
    return alone
