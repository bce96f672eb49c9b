"""Where and how much to charge on a fixed sequence of customers: the cheapest way there is, exactly.

Labels go from stop to stop, past any stations, the most promising first. A label holds the length so far and the
supply: the most energy at each time, as how long the last charge was is still open. At a further station one label sets
out for each corner of the supply, which is exact as charge curves are concave (Froger, Mendoza, Jabali and Laporte,
Computers & Operations Research 104, 2019). Where all plugs charge at one and the same steady pace it does not matter
where energy is bought, and the first corner is enough. A label is given up if another one at the same place is no
longer and has no less energy at any time.

Time costs the same wherever it is spent, so the clock on return says what it costs; it starts when the depot opens. A
vehicle could set out later where it would only wait, which changes nothing on return.

What the rest costs is bounded from below by `planner.solve.charging_ahead`; the bound is the answer itself where
charging takes no time.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from heapq import heappop, heappush
from itertools import count
from typing import NamedTuple

import numpy as np

from planner.solve.charging_ahead import Ahead, Legs, Rest, legs_of, look_ahead
from planner.solve.instance import Instance
from planner.solve.supply import Curve, Supply, arrive, charge, holds, make_curve

FLAT = 1e-9  # of the battery, below zero: sums of the same legs in another order must not seem flat
TIE = 1e-9  # of the cost: as cheap but for rounding
AT_STOP = -1  # the station of a label that is at none

Corners = Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Charged:
    """Customers with the stations between them, the depot at neither end, and the energy charged at each place.

    `length` is what the legs cost, `end` the earliest return with these stations.
    """

    places: tuple[int, ...]
    length: float
    end: float
    amounts: tuple[float, ...]


@dataclass(slots=True)
class _Label:
    """A way to stop number `stop`, or to a station in the gap after it, with the supply on leaving that.

    `arrived` is the energy with which the last leg ended, where it is decided.
    """

    stop: int
    station: int
    length: float
    supply: Supply
    before: _Label | None
    arrived: float


class _Lists(NamedTuple):
    """`Legs` as lists, as their numbers are faster than those of arrays."""

    direct: list[float]
    there: list[list[float]]
    away: list[list[float]]
    between: list[list[float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Task:
    """A sequence and all that is known about it."""

    stops: tuple[int, ...]
    stations: tuple[int, ...]
    opens: list[float]
    stands: list[float]
    length: _Lists
    time: _Lists
    energy: _Lists
    curves: list[Curve]
    ahead: Ahead
    battery: float
    empty: float
    full: bool
    steady: bool
    pace: float
    cost_of_time: float


def charged(
    instance: Instance,
    customers: Sequence[int],
    *,
    curves: Mapping[int, Corners] | None = None,
    stations: Sequence[int] | None = None,
    cost_of_time: float = 0.0,
    at_most: float = math.inf,
) -> Charged | None:
    """Return the cheapest way to serve customers in this order with any stations and charges between them, if any.

    It costs its length and `cost_of_time` for each unit of time from the opening of the depot to the return, service
    not counted. With `instance.partial` a vehicle may leave a station at any level, else it leaves full. It charges at
    `instance.charge_rate`, or where `curves` are given along that of the station: corners (time, energy) of a concave
    line from (0, 0) to the full battery. `stations` are those that may be used, all by default. Legs give no energy
    back. What costs more than `at_most` is not looked for.
    """
    task = _task(instance, customers, curves=curves, stations=stations, cost_of_time=cost_of_time)
    if task is None:
        return None
    start = float(instance.windows[instance.depot, 0])
    spent = cost_of_time * (start + sum(task.stands)) if cost_of_time else 0.0
    found = _search(task, start=start, at_most=at_most + spent)
    return _told(task, instance, found) if found else None


def charged_best(instance: Instance, customers: Sequence[int]) -> Charged | None:
    """Return the way to serve customers in this order that is worth most to the instance, with what it counts.

    That is length, or where there are `Instance.curves` the time for driving and charging.
    """
    if not instance.curves:
        return charged(instance, customers)
    timed = replace(instance, length=np.zeros_like(instance.length))
    curves = dict(enumerate(instance.curves, start=instance.depot + 1))
    found = charged(timed, customers, curves=curves, cost_of_time=1.0)
    if found is None:
        return None
    service = float(sum(instance.service[customer] for customer in customers))
    return replace(found, length=found.end - float(instance.windows[instance.depot, 0]) - service)


def _task(
    instance: Instance,
    customers: Sequence[int],
    *,
    curves: Mapping[int, Corners] | None,
    stations: Sequence[int] | None,
    cost_of_time: float,
) -> _Task | None:
    stops = (instance.depot, *(int(customer) for customer in customers), instance.depot)
    usable = _stations(instance, curves, stations)
    lines = [_curve(instance, curves, station) for station in usable]
    pace = min((line.least_pace() for line in lines), default=0.0)
    length, time, energy = (
        legs_of(matrix, stops, usable) for matrix in (instance.length, instance.time, instance.energy)
    )
    ahead = look_ahead(instance, stops, length=length, time=time, energy=energy, cost_of_time=cost_of_time, pace=pace)
    if ahead is None:
        return None
    instant = all(line.times[-1] == 0.0 for line in lines)
    return _Task(
        stops=stops,
        stations=usable,
        opens=[float(instance.windows[stop, 0]) for stop in stops],
        stands=[float(instance.service[stop]) if stop < instance.customers else 0.0 for stop in stops],
        length=_lists(length),
        time=_lists(time),
        energy=_lists(energy),
        curves=lines,
        ahead=ahead,
        battery=instance.battery,
        empty=0.0 if instant else -FLAT * instance.battery,
        full=not instance.partial or instant,
        steady=curves is None,
        pace=pace,
        cost_of_time=cost_of_time,
    )


def _stations(
    instance: Instance, curves: Mapping[int, Corners] | None, stations: Sequence[int] | None
) -> tuple[int, ...]:
    if math.isinf(instance.battery):
        return ()
    if stations is not None:
        return tuple(int(station) for station in stations)
    return tuple(range(instance.depot + 1, instance.places)) if curves is None else tuple(curves)


def _curve(instance: Instance, curves: Mapping[int, Corners] | None, station: int) -> Curve:
    battery = instance.battery
    if curves is not None:
        return make_curve(curves[station], battery=battery)
    return Curve(times=(0.0, instance.charge_rate * battery), levels=(0.0, battery))


def _lists(legs: Legs) -> _Lists:
    return _Lists(*(part.tolist() for part in legs))


def _search(task: _Task, *, start: float, at_most: float) -> _Label | None:
    """Return the label of the cheapest way home, the earliest of those that differ in charges only."""
    last, order = len(task.stops) - 1, count()
    settled: dict[tuple[int, int], list[_Label]] = {}
    queue: list[tuple[float, int, int, _Label]] = []
    best: tuple[float, float, _Label] | None = None
    limit = at_most + TIE * abs(at_most) if math.isfinite(at_most) else sys.float_info.max
    labels: Iterator[_Label] = iter((_Label(0, AT_STOP, 0.0, ((start, task.battery),), None, task.battery),))
    while True:
        for label in labels:
            least = _least_cost(task, label)
            if least <= limit:
                heappush(queue, (least, -label.stop, next(order), label))
        if not queue:
            break
        least, _, _, label = heappop(queue)
        if least > limit:
            break
        labels = iter(())
        if label.stop == last:
            if best is None or (least, label.supply[0][0]) < best[:2]:
                best = (least, label.supply[0][0], label)
                limit = min(limit, least + TIE * abs(least))
            continue
        rivals = settled.setdefault((label.stop, label.station), [])
        if not any(rival.length <= label.length and holds(rival.supply, label.supply) for rival in rivals):
            rivals.append(label)
            labels = _onward(task, label)
    return best[2] if best else None


def _rest(task: _Task, label: _Label) -> Rest:
    if label.station == AT_STOP:
        return task.ahead.stops[label.stop]
    return task.ahead.stations[label.stop][label.station]


def _least_cost(task: _Task, label: _Label) -> float:
    """Return what the whole way costs at least, inf if there is none."""
    rest, (time, energy) = _rest(task, label), label.supply[0]
    if time > rest.latest or (task.pace and time - task.pace * energy > rest.base):
        return math.inf
    most = label.supply[-1][1]
    if not task.cost_of_time:
        return label.length + rest.length.least(most)
    lasts = rest.service + task.pace * max(rest.energy - energy, 0.0)
    waiting = task.cost_of_time * rest.soonest + rest.length.least(most)
    return label.length + max(task.cost_of_time * (time + lasts) + rest.cost.least(most), waiting)


def _onward(task: _Task, label: _Label) -> Iterator[_Label]:
    """Drive a label on to the next stop, and to each station that lies in reach and may be of use."""
    gap, here, supply, empty = label.stop, label.station, label.supply, task.empty
    length, time, energy = (_row(figure, gap, here) for figure in (task.length, task.time, task.energy))
    stands = task.stands[gap] if here == AT_STOP else 0.0
    opens, closes = task.opens[gap + 1], task.ahead.stops[gap + 1].latest
    there = arrive(supply, time[0] + stands, energy[0], opens=opens, closes=closes, empty=empty)
    if there:
        yield _Label(gap + 1, AT_STOP, label.length + length[0], there, label, math.nan)
    if task.ahead.detours and supply[0][1] * (1.0 - FLAT) >= _rest(task, label).energy:
        return  # the battery lasts to the end, and no station shortens the way
    most = supply[-1][1]
    for station, rest in enumerate(task.ahead.stations[gap]):
        takes = energy[1][station]
        if station == here or takes > most - empty or math.isinf(rest.length.costs[0]):
            continue
        there = arrive(supply, time[1][station] + stands, takes, opens=-math.inf, closes=rest.latest, empty=empty)
        if there:
            yield from _charges(task, label, station, label.length + length[1][station], there)


def _row(figure: _Lists, gap: int, here: int) -> tuple[float, list[float]]:
    """Return a figure of the legs from a stop or station to the next stop and to all stations."""
    if here == AT_STOP:
        return figure.direct[gap], figure.there[gap]
    return figure.away[gap][here], figure.between[here]


def _charges(task: _Task, before: _Label, station: int, length: float, supply: Supply) -> Iterator[_Label]:
    """Plug in with each corner of a supply."""
    curve = task.curves[station]
    if task.full:
        (time, energy), *_ = supply
        lasts = curve.times[-1] - curve.time_to(energy)
        yield _Label(before.stop, station, length, ((time + lasts, task.battery),), before, energy)
        return
    behind: float | None = None
    for time, energy in supply[:1] if task.steady else supply:
        begun = time - curve.time_to(energy)
        if behind is None or begun < behind:  # else the corner before has as much by now
            behind = begun
            yield _Label(before.stop, station, length, charge(curve, time, energy), before, energy)
    if not (task.steady or task.ahead.detours):
        yield _Label(before.stop, station, length, supply, before, math.nan)  # a short cut without a charge


def _told(task: _Task, instance: Instance, home: _Label) -> Charged:
    """Go back along the labels: what is in the battery on return says how long each charge was."""
    places: list[int] = []
    amounts: list[float] = []
    level, place, label = home.supply[0][1], instance.depot, home.before
    while label is not None and label.before is not None:
        here = task.stops[label.stop] if label.station == AT_STOP else task.stations[label.station]
        level = min(level + float(instance.energy[here, place]), task.battery)
        amount = 0.0
        if not math.isnan(label.arrived):
            amount = max((task.battery if task.full else level) - label.arrived, 0.0)
            level = label.arrived
        places.append(here)
        amounts.append(amount)
        place, label = here, label.before
    return Charged(
        places=tuple(reversed(places)), length=home.length, end=home.supply[0][0], amounts=tuple(reversed(amounts))
    )
