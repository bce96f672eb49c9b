"""What the rest of a sequence asks of a vehicle at least: bounds for the search of where to charge.

Cost is bounded by the same question without a clock: charges are full and take no time. It is answered backwards for
all levels of the battery at once. Time is bounded by the fastest way and the fastest plug, energy by the thriftiest
way, each without regard for the others.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.solve.instance import Floats, Instance

LOOSE = 1e-8  # of the battery: a bound must not cut off what only rounding forbids
LATE = 1e-8  # of time: sums of the same legs in another order must not seem late


class Legs(NamedTuple):
    """One figure of all legs that may be driven in n + 1 gaps between stops, with s stations.

    `direct` [n + 1], `there` [n + 1, s] from the stop to a station, `away` [n + 1, s] from it to the next stop,
    `between` [s, s] from station to station.
    """

    direct: Floats
    there: Floats
    away: Floats
    between: Floats


class Togo(NamedTuple):
    """What the rest costs with at least `needs[k]` in the battery: `costs[k]`, less with more energy."""

    needs: Sequence[float]
    costs: Sequence[float]

    def least(self, energy: float) -> float:
        """Return the least cost with an energy in the battery, inf if it is too little."""
        at = bisect_right(self.needs, energy) - 1
        return self.costs[at] if at >= 0 else math.inf


class Rest(NamedTuple):
    """What is ahead of a stop, or of a station in the gap after it.

    Nobody is home in time who is here after `latest`, or after `base` and the fastest pace times the battery's energy,
    and nobody is home before `soonest`, however early here. `energy` is what the rest takes, `service` how long it
    stands, `length` how long it is, `cost` how long and how expensive the time of its legs.
    """

    latest: float
    base: float
    soonest: float
    energy: float
    service: float
    length: Togo
    cost: Togo


class Ahead(NamedTuple):
    """The rest from each stop on, [n + 2], and from each station in each gap, [n + 1][s].

    `detours` is true if no stop at a station saves length, time or energy.
    """

    stops: tuple[Rest, ...]
    stations: tuple[tuple[Rest, ...], ...]
    detours: bool


def legs_of(matrix: Floats, stops: Sequence[int], stations: Sequence[int]) -> Legs:
    """Take the legs that may be driven out of a matrix of all."""
    row, column = np.array(stations, np.int64), np.array(stations, np.int64)[:, None]
    here, there = np.array(stops[:-1]), np.array(stops[1:])
    return Legs(matrix[here, there], matrix[here[:, None], row], matrix[column, there].T, matrix[column, row])


def look_ahead(
    instance: Instance,
    stops: Sequence[int],
    *,
    length: Legs,
    time: Legs,
    energy: Legs,
    cost_of_time: float,
    pace: float,
) -> Ahead | None:
    """Return the bounds along a sequence, None if the battery cannot last whatever is done."""
    ways = [_least(figure) for figure in (length, time, energy)]
    (_, _), (time_on, time_all), (energy_on, energy_all) = ways
    togo = _togo(length, energy, battery=instance.battery)
    if not togo[0][0].needs:
        return None
    whole = Legs(*(long + cost_of_time * lasts for long, lasts in zip(length, time, strict=True)))
    togo_all = _togo(whole, energy, battery=instance.battery) if cost_of_time else togo
    opens, closes = instance.windows[np.array(stops)].T
    stands = np.append(0.0, instance.service[np.array(stops[1:-1], np.int64)])
    loose = LOOSE * instance.battery * pace if pace else 0.0
    rest = Rest(float(closes[-1]) + LATE, math.inf, -math.inf, 0.0, 0.0, togo[0][-1], togo_all[0][-1])
    at_stops, at_stations, home = [rest], [], 0.0
    for gap in range(len(stops) - 2, -1, -1):
        latest, base = rest.latest, min(rest.latest, rest.base + loose)
        soonest, taken, service = max(rest.soonest, float(opens[gap + 1]) + home), rest.energy, rest.service
        figures = zip(time_on[gap].tolist(), energy_on[gap].tolist(), togo[1][gap], togo_all[1][gap], strict=True)
        at_stations.append(
            tuple(
                Rest(latest - lasts, base - lasts - pace * takes, soonest, taken + takes, service, long, cost)
                for lasts, takes, long, cost in figures
            )
        )
        lasts, takes = float(time_all[gap] + stands[gap]), float(energy_all[gap])
        rest = Rest(
            latest=min(float(closes[gap]) + LATE, latest - lasts),
            base=base - lasts - pace * takes,
            soonest=soonest,
            energy=taken + takes,
            service=service + float(stands[gap]),
            length=togo[0][gap],
            cost=togo_all[0][gap],
        )
        home += lasts
        at_stops.append(rest)
    detours = all(_no_more(way, figure) for figure, way in zip((length, time, energy), ways, strict=True))
    return Ahead(tuple(reversed(at_stops)), tuple(reversed(at_stations)), detours)


def _chain(between: Floats) -> Floats:
    """Return the least sums from station to station past any others (Floyd and Warshall)."""
    chain = between.copy()
    np.fill_diagonal(chain, 0.0)
    for by in range(len(chain)):
        np.minimum(chain, chain[:, by, None] + chain[by], out=chain)
    return chain


def _past(chain: Floats, away: Floats) -> Floats:
    """Return the least sums from a station past any others to the next stop, [n + 1, s]."""
    sums: Floats = (chain + away[:, None, :]).min(axis=2, initial=np.inf)
    return sums


def _least(figure: Legs) -> tuple[Floats, Floats]:
    """Return the least sums from each station to the next stop and from each stop to the next, past any stations."""
    onward = _past(_chain(figure.between), figure.away)
    return onward, np.minimum(figure.direct, (figure.there + onward).min(axis=1, initial=np.inf))


def _no_more(way: tuple[Floats, Floats], figure: Legs) -> bool:
    """Say whether nothing is saved by passing a station, but for rounding."""
    chain = _chain(figure.between)
    there = (figure.there[:, :, None] + chain).min(axis=1, initial=np.inf)
    found: list[NDArray[np.float64]] = [way[0], way[1], there, chain]
    stated = [figure.away, figure.direct, figure.there, figure.between - np.diag(np.diag(figure.between))]
    return all(bool(np.all(less >= given * (1.0 - 1e-12))) for less, given in zip(found, stated, strict=True))


def _togo(cost: Legs, energy: Legs, *, battery: float) -> tuple[list[Togo], list[list[Togo]]]:
    """Answer the question without a clock from each stop on, and from each station in each gap, left full.

    From the depot nothing will do if no charges do.
    """
    room = battery * (1.0 + LOOSE)
    slack = battery * LOOSE if np.isfinite(battery) else 0.0
    chain = _chain(np.where(energy.between <= room, cost.between, np.inf))
    needs, costs = np.zeros(1), np.zeros(1)
    stops, stations = [Togo((0.0,), (0.0,))], []
    for gap in range(len(energy.direct) - 1, -1, -1):
        at = np.searchsorted(needs, room - energy.away[gap], side="right") - 1
        leaving = np.where(at >= 0, np.append(costs, np.inf)[at] + cost.away[gap], np.inf)
        onward = (chain + leaving).min(axis=1, initial=np.inf)
        needs = np.concatenate((needs + energy.direct[gap], energy.there[gap]))
        costs = np.concatenate((costs + cost.direct[gap], cost.there[gap] + onward))
        order = np.lexsort((costs, needs))
        needs, costs = needs[order], costs[order]
        before = np.concatenate(([np.inf], np.minimum.accumulate(costs)[:-1]))
        kept = (costs < before) & (needs <= room)
        needs, costs = needs[kept], costs[kept]
        stops.append(Togo((needs - slack).tolist(), costs.tolist()))
        stations.append([Togo((0.0,), (least,)) for least in onward.tolist()])
    return stops[::-1], stations[::-1]
