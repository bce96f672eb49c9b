"""What the rest of a sequence asks of a vehicle at least: bounds for the search of where to charge.

Cost is bounded by the same question without a clock: charges are full and take no time. It is answered backwards for
all levels of the battery at once. Time is bounded by the fastest way and the fastest plug, energy by the thriftiest
way, each without regard for the others.
"""

from __future__ import annotations

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


class Rest(NamedTuple):
    """What is ahead of a stop, or of a station in the gap after it.

    Nobody is home in time who is here after `latest`, or after `base` and the fastest pace times the battery's energy.
    `energy` is what the rest takes, `service` how long it stands. `togo[k]` is what the rest costs with at least
    `needs[k]` in the battery, more energy making it cheaper.
    """

    latest: float
    base: float
    energy: float
    service: float
    needs: Sequence[float]
    togo: Sequence[float]


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
    cost = Legs(*(long + cost_of_time * lasts for long, lasts in zip(length, time, strict=True)))
    togo = _togo(cost, energy, battery=instance.battery)
    if togo is None:
        return None
    needs, costs, onward = togo
    (_, _), (time_on, time_all), (energy_on, energy_all) = ways
    closes = instance.windows[np.array(stops), 1] + LATE
    service = np.append(instance.service[np.array(stops[1:-1], np.int64)], 0.0)
    loose = LOOSE * instance.battery if np.isfinite(instance.battery) else 0.0
    rest = Rest(float(closes[-1]), np.inf, 0.0, 0.0, needs[-1], costs[-1])
    at_stops, at_stations = [rest], []
    for gap in range(len(stops) - 2, -1, -1):
        late = min(rest.latest, rest.base + loose * pace)
        at_stations.append(
            tuple(
                Rest(
                    rest.latest - lasts,
                    late - lasts - pace * takes,
                    rest.energy + takes,
                    rest.service,
                    (0.0,),
                    (least,),
                )
                for lasts, takes, least in zip(
                    time_on[gap].tolist(), energy_on[gap].tolist(), onward[gap].tolist(), strict=True
                )
            )
        )
        stands = float(service[gap - 1]) if gap else 0.0
        lasts, takes = float(time_all[gap]) + stands, float(energy_all[gap])
        rest = Rest(
            min(float(closes[gap]), rest.latest - lasts),
            late - lasts - pace * takes,
            rest.energy + takes,
            rest.service + stands,
            needs[gap],
            costs[gap],
        )
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


def _togo(cost: Legs, energy: Legs, *, battery: float) -> tuple[list[list[float]], list[list[float]], Floats] | None:
    """Answer the question without a clock.

    Returns for each stop what must be in the battery and what the rest costs then, and for each gap and station what
    the rest costs with a full battery there; None if no charges do.
    """
    room = battery * (1.0 + LOOSE)
    slack = battery * LOOSE if np.isfinite(battery) else 0.0
    chain = _chain(np.where(energy.between <= room, cost.between, np.inf))
    onward = np.empty_like(energy.away)
    needs, togo = np.zeros(1), np.zeros(1)
    all_needs, all_togo = [needs.tolist()], [togo.tolist()]
    for gap in range(len(energy.direct) - 1, -1, -1):
        at = np.searchsorted(needs, room - energy.away[gap], side="right") - 1
        leaving = np.where(at >= 0, togo[at] + cost.away[gap], np.inf)
        onward[gap] = (chain + leaving).min(axis=1, initial=np.inf)
        needs = np.concatenate((needs + energy.direct[gap], energy.there[gap]))
        togo = np.concatenate((togo + cost.direct[gap], cost.there[gap] + onward[gap]))
        order = np.lexsort((togo, needs))
        needs, togo = needs[order], togo[order]
        before = np.concatenate(([np.inf], np.minimum.accumulate(togo)[:-1]))
        kept = (togo < before) & (needs <= room)
        needs, togo = needs[kept], togo[kept]
        if not len(needs):
            return None
        all_needs.append((needs - slack).tolist())
        all_togo.append(togo.tolist())
    return all_needs[::-1], all_togo[::-1], onward
