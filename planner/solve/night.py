"""The night: each vehicle back to its start charge by tomorrow's start, at the cheapest hours, within plugs and power.

All vehicles of a depot are planned together, in quarters of an hour (`night_slots`), beside the charges of those that
are still out. Whoever is short then gets what is free between them to the second.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np

from planner.clock import same_clock_tomorrow
from planner.energy.charging import charge_bands, charge_power_w
from planner.energy.tariff import energy_cost, mean_price
from planner.model import Day, Depot, Vehicle
from planner.plan import Night, NightCharge, Route, Step, StepKind
from planner.solve.night_slots import assign_slots

SLOT_S = 900
SHORTEST_S = 60  # nobody comes for less
FOR_EVER_S = 2**31
HAIR_S = 1e-6  # of a charge, which no second is begun for
HAIR_WH = 2e-4  # what the strongest charger gives in that time; nothing is written so finely
LEAST_MISSING_WH = 0.005
FINEST_PRICE = 1_000_000  # parts of the dearest price

Span = tuple[int, int]


@dataclass(frozen=True, kw_only=True)
class _Draw:
    """A constant power from a second to another. The plug is given by day, and found last by night.

    `before_wh` and `wh` are what the vehicle has charged this night before and what it charges now.
    """

    begin_s: int
    end_s: int
    power_w: float
    before_wh: float = 0.0
    wh: float = 0.0
    plug_id: str = ""


@dataclass(kw_only=True)
class _Sleeper:
    """A vehicle that needs a charge, between return and tomorrow's start; `spans` is when it charges."""

    vehicle: Vehicle
    window: Span
    stored_wh: float
    wanted_wh: float
    power_w: float  # before the battery takes less
    spans: list[Span] = field(default_factory=list)

    @property
    def need_s(self) -> int:
        """Return the time that its charge takes."""
        return sum(math.ceil(wh * 3_600 / power_w - HAIR_S) for power_w, wh in self._bands())

    def draws(self) -> list[_Draw]:
        """Return what it draws in its spans: less, the fuller the battery is."""
        found, left, charged_wh = [], self._bands(), 0.0
        for begin_s, end_s in self.spans:
            at_s = begin_s
            while left and at_s < end_s:
                power_w, wh = left.pop(0)
                until_s = min(at_s + math.ceil(wh * 3_600 / power_w - HAIR_S), end_s)
                taken_wh = min(wh, power_w * (until_s - at_s) / 3_600)
                if wh - taken_wh > HAIR_WH:
                    left.insert(0, (power_w, wh - taken_wh))
                found.append(_Draw(begin_s=at_s, end_s=until_s, power_w=power_w, before_wh=charged_wh, wh=taken_wh))
                at_s, charged_wh = until_s, charged_wh + taken_wh
        return found

    def _bands(self) -> list[tuple[float, float]]:
        return charge_bands(
            self.vehicle.type, from_wh=self.stored_wh, to_wh=self.stored_wh + self.wanted_wh, plug_w=self.power_w
        )


def plan_nights(day: Day, days: Sequence[tuple[Vehicle, Sequence[Step]]]) -> list[Night]:
    """Return the night of each vehicle after the steps of its day; one that ends elsewhere charges nothing."""
    nights = [_night(day, vehicle, steps) for vehicle, steps in days]
    for depot in day.depots:
        here = [i for i, (vehicle, _) in enumerate(days) if vehicle.depot_id == depot.id and not vehicle.end]
        sleepers = {i: sleeper for i in here if (sleeper := _sleeper(depot, *days[i], nights[i])) is not None}
        if not sleepers:
            continue
        by_day = [_by_day(step) for _, steps in days for step in steps if _charges_at(depot, step)]
        by_day += _out(day, depot)
        _find_slots(depot, list(sleepers.values()), by_day)
        _fill_gaps(depot, list(sleepers.values()), by_day)
        charges = _on_plugs(depot, list(sleepers.values()), by_day)
        for i, taken in zip(sleepers, charges, strict=True):
            missing_wh = round(nights[i].missing_wh - sum(charge.wh for charge in taken), 3)
            missing_wh = missing_wh if missing_wh > LEAST_MISSING_WH else 0.0
            nights[i] = replace(nights[i], charges=tuple(taken), missing_wh=missing_wh)
    return nights


def night_beside(day: Day, vehicle: Vehicle, steps: Sequence[Step], others: Iterable[Route]) -> Night:
    """Return the night of one vehicle beside the days and nights of others, which stay as they are."""
    night = _night(day, vehicle, steps)
    depot = next(depot for depot in day.depots if depot.id == vehicle.depot_id)
    sleeper = None if vehicle.end else _sleeper(depot, vehicle, steps, night)
    if sleeper is None:
        return night
    taken = [_by_day(step) for step in steps if _charges_at(depot, step)] + _out(day, depot)
    for route in others:
        taken += [_by_day(step) for step in route.steps if _charges_at(depot, step)]
        if route.night is not None and any(v.id == route.vehicle_id and v.depot_id == depot.id for v in day.vehicles):
            taken += [_by_night(charge) for charge in route.night.charges]
    _find_slots(depot, [sleeper], taken)
    _fill_gaps(depot, [sleeper], taken)
    (charges,) = _on_plugs(depot, [sleeper], taken)
    missing_wh = round(night.missing_wh - sum(charge.wh for charge in charges), 3)
    return replace(night, charges=tuple(charges), missing_wh=missing_wh if missing_wh > LEAST_MISSING_WH else 0.0)


def _out(day: Day, depot: Depot) -> list[_Draw]:
    """Return the plugs of a depot that give nothing, as if they were in use."""
    own = {plug.id for plug in depot.plugs}
    return [
        _Draw(begin_s=out.from_s, end_s=FOR_EVER_S, power_w=0.0, plug_id=out.plug_id)
        for out in day.plugs_out
        if out.plug_id in own
    ]


def _by_night(charge: NightCharge) -> _Draw:
    return _Draw(begin_s=charge.begin_s, end_s=charge.end_s, power_w=charge.power_w, plug_id=charge.plug_id)


def _night(day: Day, vehicle: Vehicle, steps: Sequence[Step]) -> Night:
    """Return a night in which nothing is charged yet."""
    until_s = same_clock_tomorrow(vehicle.shift.start_s, day=date.fromisoformat(day.date), zone=ZoneInfo(day.time_zone))
    missing_wh = vehicle.tomorrow_soc * vehicle.type.battery_wh - steps[-1].stored_end_wh
    return Night(until_s=until_s, missing_wh=max(0.0, round(missing_wh, 3)))


def _sleeper(depot: Depot, vehicle: Vehicle, steps: Sequence[Step], night: Night) -> _Sleeper | None:
    """Return a vehicle that needs and can have a charge. The fleet file gives all plugs of a depot one power."""
    end_s = steps[-1].end_s
    plug_w = min((plug.power_w for plug in depot.plugs), default=0.0)
    power_w = charge_power_w(
        vehicle.type, plug_w=plug_w if depot.site_power_w is None else min(plug_w, depot.site_power_w)
    )
    if power_w <= 0 or night.missing_wh <= 0 or end_s >= night.until_s:
        return None
    return _Sleeper(
        vehicle=vehicle,
        window=(end_s, night.until_s),
        stored_wh=steps[-1].stored_end_wh,
        wanted_wh=night.missing_wh,
        power_w=power_w,
    )


def _charges_at(depot: Depot, step: Step) -> bool:
    return step.kind is StepKind.CHARGE and step.place_id == depot.id


def _by_day(step: Step) -> _Draw:
    return _Draw(begin_s=step.begin_s, end_s=step.end_s, power_w=step.power_w or 0.0, plug_id=step.plug_id or "")


def _find_slots(depot: Depot, sleepers: list[_Sleeper], by_day: list[_Draw]) -> None:
    """Give each vehicle its quarters of an hour."""
    first_s = min(sleeper.window[0] for sleeper in sleepers) // SLOT_S * SLOT_S
    last_s = max(sleeper.window[1] for sleeper in sleepers)
    begins = np.arange(first_s, last_s, SLOT_S)
    windows = np.array([sleeper.window for sleeper in sleepers])
    there_s = np.minimum(windows[:, 1:], begins + SLOT_S) - np.maximum(windows[:, :1], begins)
    prices = np.array([mean_price(depot, begin, begin + SLOT_S) for begin in begins.tolist()])
    levels = np.rint(prices / (prices.max() or 1.0) * FINEST_PRICE).astype(np.int64)
    watts = np.array([round(sleeper.power_w) for sleeper in sleepers], dtype=np.int64)
    cost = levels * watts[:, None] * len(begins) + np.arange(len(begins))  # of equal prices the earlier one
    usable_s = np.where(there_s >= SHORTEST_S, there_s, 0)
    used = assign_slots(
        cost=cost,
        usable_s=usable_s,
        need_s=np.array([sleeper.need_s for sleeper in sleepers]),
        room=np.array([_room(depot, sleepers, by_day, int(begin)) for begin in begins]),
    )
    for sleeper, row in zip(sleepers, used, strict=True):
        slots = [(int(begins[t]), int(begins[t]) + SLOT_S) for t in np.flatnonzero(row)]
        spans = [(max(begin, sleeper.window[0]), min(end, sleeper.window[1])) for begin, end in slots]
        sleeper.spans = _trimmed(depot, spans, spare_s=sum(b - a for a, b in spans) - sleeper.need_s)


def _room(depot: Depot, sleepers: list[_Sleeper], by_day: list[_Draw], begin_s: int) -> int:
    """Return how many of the vehicles may charge in a slot whichever they are."""
    beside = [draw for draw in by_day if draw.begin_s < begin_s + SLOT_S and draw.end_s > begin_s]
    room = len(depot.plugs) - len(beside)
    if depot.site_power_w is not None:
        left_w = depot.site_power_w - sum(draw.power_w for draw in beside)
        sums_w = np.cumsum(sorted((sleeper.power_w for sleeper in sleepers), reverse=True))
        room = min(room, int((sums_w <= left_w + 1e-6).sum()))
    return max(0, room)


def _trimmed(depot: Depot, spans: list[Span], *, spare_s: int) -> list[Span]:
    """Take time that is not needed from the dearest spans, the latest first, and join those that touch."""
    kept = sorted(spans, key=lambda span: (mean_price(depot, *span), span))
    while spare_s > 0 and kept:
        begin, end = kept.pop()
        cut_s = min(spare_s, end - begin)
        spare_s -= cut_s
        if cut_s < end - begin:
            kept.append((begin + cut_s, end) if any(other == end for other, _ in kept) else (begin, end - cut_s))
    return _joined(kept)


def _joined(spans: list[Span]) -> list[Span]:
    joined: list[Span] = []
    for begin, end in sorted(spans):
        if joined and joined[-1][1] == begin:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((begin, end))
    return joined


def _fill_gaps(depot: Depot, sleepers: list[_Sleeper], by_day: list[_Draw]) -> None:
    """Let whoever is short charge wherever a plug and its power stay free, the cheapest time first.

    A fuller battery draws less, so that what one gains may leave power for another: until nobody finds any more.
    """
    found = True
    while found:
        found = False
        for sleeper in sleepers:
            short_s = sleeper.need_s - sum(end - begin for begin, end in sleeper.spans)
            if short_s <= 0:
                continue
            others = [draw for other in sleepers if other is not sleeper for draw in other.draws()]
            gaps = _gaps(depot, sleeper, [*by_day, *others])
            spare_s = sum(end - begin for begin, end in gaps) - short_s
            sleeper.spans = _joined([*sleeper.spans, *_trimmed(depot, gaps, spare_s=spare_s)])
            found |= bool(gaps)


def _gaps(depot: Depot, sleeper: _Sleeper, others: list[_Draw]) -> list[Span]:
    """Return when a vehicle could charge and does not."""
    begin_s, end_s = sleeper.window
    edges = {begin_s, end_s, *(at for span in sleeper.spans for at in span)}
    edges |= {at for draw in others for at in (draw.begin_s, draw.end_s) if begin_s < at < end_s}
    gaps = []
    for since, until in pairwise(sorted(edges)):
        beside = [draw for draw in others if draw.begin_s < until and draw.end_s > since]
        drawn_w = sleeper.power_w + sum(draw.power_w for draw in beside)
        charges = any(a < until and b > since for a, b in sleeper.spans)
        fits = depot.site_power_w is None or drawn_w <= depot.site_power_w + 1e-6
        if not charges and fits and len(beside) < len(depot.plugs):
            gaps.append((since, until))
    return gaps


def _on_plugs(depot: Depot, sleepers: list[_Sleeper], by_day: list[_Draw]) -> list[list[NightCharge]]:
    """Give each charge plugs that are free; it changes plugs only where one is needed for a charge by day."""
    draws = [(n, draw) for n, sleeper in enumerate(sleepers) for draw in sleeper.draws()]
    edges = sorted({at for draw in (*by_day, *(d for _, d in draws)) for at in (draw.begin_s, draw.end_s)})
    held: dict[int, str] = {}
    charges: list[list[NightCharge]] = [[] for _ in sleepers]
    for since, until in pairwise(edges):
        now = [(n, draw) for n, draw in draws if draw.begin_s < until and draw.end_s > since]
        taken = {draw.plug_id for draw in by_day if draw.begin_s < until and draw.end_s > since}
        held = {n: held[n] for n, _ in now if n in held and held[n] not in taken}
        for n, draw in now:
            if n not in held:
                held[n] = _longest_free(depot, by_day, since, {*taken, *held.values()})
            _append(charges[n], draw, held[n], since, until)
    return [[_priced(depot, charge) for charge in taken] for taken in charges]


def _longest_free(depot: Depot, by_day: list[_Draw], at_s: int, taken: set[str]) -> str:
    def free_s(plug_id: str) -> float:
        return min((draw.begin_s for draw in by_day if draw.plug_id == plug_id and draw.begin_s >= at_s), default=1e18)

    return max((plug.id for plug in depot.plugs if plug.id not in taken), key=free_s)


def _append(charges: list[NightCharge], draw: _Draw, plug_id: str, since: int, until: int) -> None:
    """Write down a part of a draw, as one with the part before if nothing has changed."""
    per_s = draw.wh / (draw.end_s - draw.begin_s)
    after_wh, before_wh = (round(draw.before_wh + per_s * (at - draw.begin_s), 3) for at in (until, since))
    wh = after_wh - before_wh
    last = charges[-1] if charges else None
    if last and last.plug_id == plug_id and last.end_s == since and last.power_w == draw.power_w:
        charges[-1] = replace(last, end_s=until, wh=round(last.wh + wh, 3))
    else:
        charges.append(
            NightCharge(plug_id=plug_id, begin_s=since, end_s=until, wh=round(wh, 3), power_w=draw.power_w, cost=0.0)
        )


def _priced(depot: Depot, charge: NightCharge) -> NightCharge:
    cost = energy_cost(depot, begin_s=charge.begin_s, end_s=charge.end_s, wh=charge.wh)
    return replace(charge, cost=round(cost, 6))
