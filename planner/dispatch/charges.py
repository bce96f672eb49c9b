"""Which charges a vehicle's stops need, on plugs that the others leave free: many mixes of time and energy at once.

Whoever charges more early may find a free plug where one who charges late would wait. So at every stop all pairs of
time and energy are kept of which none is both earlier and fuller than another, from the first loading on; at a plug
each of them charges for some lengths, or not at all. Who comes home first shows how much to charge where.
"""

from __future__ import annotations

from typing import NamedTuple

from planner.dispatch.simulate import Day, Driven
from planner.dispatch.wishes import Wish

LENGTHS = 8  # of a charge that are tried between the shortest and the longest
MOST = 32  # pairs that are kept at a stop


class _Pair(NamedTuple):
    """On leaving a stop: when, and with what; `charges` are the amounts given before, by the number of the stop."""

    time_s: int
    stored_mwh: int
    charges: tuple[tuple[int, int, int], ...] = ()  # stop, plug, amount


def charged_anew(day: Day) -> Driven | None:
    """Return the day with other charges if they make it hold, None if none are found that do.

    Vehicles with a break or packs to swap are not looked at: their charges are found as the plan has them.
    """
    p = day.p
    if p.breaks[day.vehicle, 0] or any(wish.swap or wish.forced for wish in day.wishes.values()):
        return None
    pairs = [_Pair(int(p.shift[day.vehicle, 0]), int(p.start_mwh[day.vehicle]))]
    last = len(day.places) - 1
    for i in range(last + 1):
        pairs = _kept([after for pair in pairs if (at := _arrived(day, i, pair)) for after in _stayed(day, i, at)])
        if not pairs:
            return None
    for pair in pairs:
        wishes = {stop: Wish(plug=plug, planned_mwh=amount, exact=True) for stop, plug, amount in pair.charges}
        driven = day.best(wishes)
        if driven.holds:
            return driven
    return None


def _arrived(day: Day, i: int, pair: _Pair) -> _Pair | None:
    """Drive to a stop; None where the battery does not last."""
    if i == 0:
        return pair
    leg = day.legs[i - 1]
    kept = min(pair.stored_mwh, day.battery - leg.lost_mwh)
    if kept - leg.peak_mwh < day.reserve:
        return None
    return pair._replace(time_s=day.p.arrival_s(pair.time_s, day.drives[i - 1]), stored_mwh=kept - leg.net_mwh)


def _stayed(day: Day, i: int, at: _Pair) -> list[_Pair]:
    """Return how a stop may be left: served in time, or loaded and charged for some length."""
    if day.places[i] < day.p.orders:
        begin = next((max(at.time_s, a) for a, b in day.spans[i] if at.time_s <= b), None)
        return [] if begin is None else [at._replace(time_s=begin + day.stands[i])]
    last = i == len(day.places) - 1
    loaded_s = at.time_s if last else day.dock(max(at.time_s, day.ready[i]), day.loads[i]) + day.loads[i]
    found = [at._replace(time_s=loaded_s)] if day.places[i] < day.p.orders + day.p.depots else []
    if day.groups[i] and at.stored_mwh < day.knee:
        found += _charged(day, i, at, loaded_s)
    # Who leaves with less does not come to the next plug.
    return [pair for pair in found if pair.stored_mwh >= day.needs[i] and pair.time_s <= day.last_s]


def _charged(day: Day, i: int, at: _Pair, loaded_s: int) -> list[_Pair]:
    """Return a stop left after charges of some lengths in the first free times of its plugs."""
    site = day.places[i] - day.p.orders
    ready_s = loaded_s if day.p.apart[site] else at.time_s
    found = []
    for group in day.groups[i]:
        rate = day.rate(group[0])
        most_s = (day.knee - at.stored_mwh) // rate
        shortest_s = day.shortest_s(rate)
        for gap in day.gaps(group, ready_s, shortest_s):
            longest_s = min(most_s, gap.end - gap.begin)
            needed_s = -(-max(day.needs[i] - at.stored_mwh, 0) // rate)
            marks = {longest_s, needed_s, loaded_s - gap.begin}
            marks |= {shortest_s + (longest_s - shortest_s) * k // LENGTHS for k in range(LENGTHS)}
            if day.p.full[site]:
                marks = {most_s}
            for length_s in marks:
                if shortest_s <= length_s <= longest_s:
                    gained = length_s * rate
                    left_s = max(loaded_s, gap.begin + length_s)
                    charges = (*at.charges, (i, gap.plug, gained))
                    found.append(_Pair(left_s, at.stored_mwh + gained, charges))
    return found


def _kept(pairs: list[_Pair]) -> list[_Pair]:
    """Keep the pairs of which none is earlier and fuller, and not too many of them."""
    kept: list[_Pair] = []
    for pair in sorted(pairs, key=lambda pair: (pair.time_s, -pair.stored_mwh)):
        if not kept or pair.stored_mwh > kept[-1].stored_mwh:
            kept.append(pair)
    if len(kept) <= MOST:
        return kept
    return [kept[k * (len(kept) - 1) // (MOST - 1)] for k in range(MOST)]
