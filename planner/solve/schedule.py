"""Exact times and charges for given sequences, with true loads and every plug counted (OR-Tools CP-SAT).

All vehicles are timed together, because plugs and site power couple them. A charge at the depot overlaps the
loading; it may last longer, and then the vehicle waits for it.
"""

from __future__ import annotations

import math
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import numpy as np
from ortools.sat.python import cp_model

from planner.solve.battery import legs_of
from planner.solve.options import SolveOptions
from planner.solve.problem import LARGEST, MICRO, Ints, Problem
from planner.solve.schedule_traffic import arrival_of, leavings
from planner.solve.solution import Sequence, Tour, Visit, tour_of, trip_from
from planner.solve.trips import ready_of

EXACT = SolveOptions().exact  # in CP-SAT's own measure: a clock would make plans depend on the machine's load
LEAST_CHARGE_MWH = 100_000  # nobody plugs in for less than 100 Wh
LEAST_W = 4  # less is no whole mWh a second
# Money for each mWh in the battery beyond need, against 100 for each millionth that is truly spent: 0.01 per kWh.
CUSHION, SPENT = 1, 100


@dataclass(frozen=True, kw_only=True)
class _Charge:
    """A charge that may happen. `groups` maps the first of a set of equal plugs to the choice of that set."""

    begin: Any
    end: Any
    amount: Any
    present: Any
    groups: dict[int, Any]


@dataclass(frozen=True, kw_only=True)
class _Swap:
    """A swap of the battery that may happen when the vehicle comes, and what it gains."""

    present: Any
    gain: Any


@dataclass(frozen=True, kw_only=True)
class _Stop:
    """`rests` is the choice of taking the break here, None where none may be taken.

    `loads` is when the loading begins where docks are few, None where it begins at once.
    """

    place: int
    begin: Any
    charge: _Charge | None
    rests: Any = None
    loads: Any = None
    swap: _Swap | None = None


@dataclass(frozen=True, kw_only=True)
class _Break:
    """The break of one day: when it begins, how long it lasts, and the choices of a stop for it."""

    begin: Any
    length_s: int
    choices: list[Any] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class _Model:
    """The model in the making: charging intervals by set of equal plugs, and with their watts by site.

    Loadings by depot, and swaps by depot and type.
    """

    problem: Problem
    at_each_station: bool
    cp: cp_model.CpModel = field(default_factory=cp_model.CpModel)
    sessions: dict[int, list[Any]] = field(default_factory=lambda: defaultdict(list))
    draws: dict[int, list[tuple[Any, int]]] = field(default_factory=lambda: defaultdict(list))
    loadings: dict[int, list[Any]] = field(default_factory=lambda: defaultdict(list))
    swaps: dict[tuple[int, int], list[Any]] = field(default_factory=lambda: defaultdict(list))
    cost: list[Any] = field(default_factory=list)


def schedule(
    problem: Problem,
    sequences: dict[int, Sequence],
    *,
    taken: Iterable[Tour] = (),
    until_s: float = math.inf,
    begins: Mapping[int, int] | None = None,
    at_each_station: bool = False,
    exact: float = EXACT,
) -> list[Tour] | None:
    """Time the sequences of some vehicles beside tours that are settled; None if they do not fit.

    Returns the settled tours, whose charges may have changed to an equal plug, and the new ones. Minimises paid
    hours and the price of energy, and where plugs stand free takes energy at the depot as a cushion. Gives up when
    the monotonic clock shows `until_s`. `begins` says for some vehicles when they start; the others start when it
    is cheapest. With `at_each_station` no station is visited without a charge. `exact` is how long to look.
    """
    settled = list(taken)
    model = _Model(problem=problem, at_each_station=at_each_station)
    for tour in settled:
        _settle(model, tour)
    for plug, begin, end, watts in problem.booked.tolist():
        session = model.cp.new_fixed_size_interval_var(begin, end - begin, "")
        model.sessions[equal_plugs(problem, plug)[0]].append(session)
        model.draws[int(problem.plug_site[plug])].append((session, watts))
    drives = {v: _drive(model, v, sequence, begin=(begins or {}).get(v)) for v, sequence in sequences.items()}
    for group, sessions in model.sessions.items():
        model.cp.add_cumulative(sessions, [1] * len(sessions), len(equal_plugs(problem, group)))
    for site, draws in model.draws.items():
        if problem.site_w[site]:
            model.cp.add_cumulative([i for i, _ in draws], [w for _, w in draws], int(problem.site_w[site]))
    for depot, loadings in model.loadings.items():
        model.cp.add_cumulative(loadings, [1] * len(loadings), int(problem.docks[depot]))
    for (depot, kind), swaps in model.swaps.items():
        model.cp.add(sum(swaps) <= int(problem.packs[depot, kind]))
    model.cp.minimize(sum(model.cost))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.linearization_level = 2  # without it the bound creeps up by one second at a time
    solver.parameters.max_deterministic_time = exact
    if until_s < math.inf:
        solver.parameters.max_time_in_seconds = max(until_s - time.monotonic(), 0.01)
    if solver.solve(model.cp) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None
    tours = [_read(problem, solver, vehicle, start, stops) for vehicle, (start, stops) in drives.items()]
    return assign_plugs(problem, settled + tours)


def equal_plugs(problem: PlugTable, plug: int) -> list[int]:
    """Return the plugs of the same site and power as one plug, itself included."""
    same = (problem.plug_site == problem.plug_site[plug]) & (problem.plug_w == problem.plug_w[plug])
    return [int(i) for i in np.flatnonzero(same)]


def _drive(model: _Model, vehicle: int, sequence: Sequence, *, begin: int | None) -> tuple[Any, list[_Stop]]:
    """Put one vehicle's day into the model; return its start and its stops, loading and return included."""
    p, cp = model.problem, model.cp
    kind, depot = int(p.kind[vehicle]), int(p.depot[vehicle])
    travel = p.travel_s[p.network[kind]]
    first, last = (int(s) for s in p.shift[vehicle])
    start: Any = cp.new_int_var(first, last, "") if begin is None else cp.new_constant(begin)
    arrival, stored, at = start, int(p.start_mwh[vehicle]), depot
    stops: list[_Stop] = []
    pause = _break(model, vehicle, start)
    places, ready_s = [depot, *sequence, depot], ready_of(p, depot, sequence)
    whens = leavings(p, vehicle, sequence, begin=begin) if p.traffic else []
    for i, (place, leg) in enumerate(zip(places[1:], legs_of(p, vehicle, sequence), strict=True)):
        loading_s = p.loading_of(depot, trip_from(places, i, depot=depot)) if at == depot else 0
        stop, ready, leave = _stop(
            model,
            vehicle,
            at,
            arrival,
            stored,
            before=places[max(i - 1, 0)],
            ready_s=ready_s[i],
            loading_s=loading_s,
        )
        if pause and i:
            stop, leave = _rest(model, pause, stop, ready, leave)
        stops.append(stop)
        # What a full battery loses on the way counts as gone at once: it is not there for a climb that comes later.
        gained = (stop.charge.amount if stop.charge else 0) + (stop.swap.gain if stop.swap else 0)
        kept = _kept(model, vehicle, stored + gained, lost_mwh=leg.lost_mwh)
        cp.add(kept - leg.peak_mwh >= int(p.reserve_mwh[vehicle]))
        stored = kept - leg.net_mwh
        drive_s, at = int(travel[at, place]), place
        arrival = arrival_of(cp, p.pace, leave, drive_s, whens[i]) if p.traffic else leave + drive_s
    end, charge = arrival, None
    if p.end_mwh[vehicle] > p.reserve_mwh[vehicle]:  # nothing else makes anyone charge before the end of the shift
        charge = _charge(model, vehicle, depot - p.orders, arrival, stored)
    if charge:
        end = cp.new_int_var(first, last, "")
        cp.add(end >= arrival)
        cp.add(end >= charge.end).only_enforce_if(charge.present)
        stored = stored + charge.amount
    stops.append(_Stop(place=depot, begin=arrival, charge=charge))
    if pause:
        # Who ends elsewhere is back only after the charge at the depot.
        _rest_once(model, vehicle, pause, start, home=end if p.ways_s[vehicle, 1] else arrival)
    cp.add(end <= last)
    cp.add(stored >= int(p.end_mwh[vehicle]))
    since = first if p.at_work[vehicle] else start
    model.cost.append(SPENT * int(p.per_s[kind]) * _paid_s(model, vehicle, end - since))
    if p.at_work[vehicle]:
        model.cost.append(last - start)  # who is paid anyway sets out late: what is not on board may still change
    if last > p.regular_s[vehicle] and p.per_over_s[kind]:
        over = cp.new_int_var(0, last - int(p.regular_s[vehicle]), "")
        cp.add(over >= end - int(p.regular_s[vehicle]))
        model.cost.append(SPENT * int(p.per_over_s[kind]) * over)
    return start, stops


def _paid_s(model: _Model, vehicle: int, worked_s: Any) -> Any:
    """Return the seconds that are paid: those worked, or the least that a vehicle in use is paid for."""
    least = int(model.problem.min_paid_s[vehicle])
    if not least:
        return worked_s
    paid = model.cp.new_int_var(least, max(least, model.problem.horizon_s), "")
    model.cp.add(paid >= worked_s)
    model.cost.append(worked_s)  # of days that are paid alike the shortest
    return paid


def _break(model: _Model, vehicle: int, start: Any) -> _Break | None:
    """Return the break of a vehicle that has to take one, within its times."""
    p, cp = model.problem, model.cp
    length_s, earliest, latest, from_start = (int(value) for value in p.breaks[vehicle])
    if not length_s:
        return None
    begin = cp.new_int_var(0, p.horizon_s, "")
    since = start if from_start else 0
    cp.add(begin >= since + earliest)
    cp.add(begin <= since + latest)
    return _Break(begin=begin, length_s=length_s)


def _rest(model: _Model, pause: _Break, stop: _Stop, ready: Any, leave: Any) -> tuple[_Stop, Any]:
    """Allow the break at a stop once it is served or loaded; return the stop and the moment of leaving it then."""
    cp, here = model.cp, model.cp.new_bool_var("")
    later = cp.new_int_var(0, model.problem.horizon_s, "")
    cp.add(later >= leave)
    cp.add(pause.begin >= ready).only_enforce_if(here)
    cp.add(later >= pause.begin + pause.length_s).only_enforce_if(here)
    pause.choices.append(here)
    return replace(stop, rests=here), later


def _rest_once(model: _Model, vehicle: int, pause: _Break, start: Any, *, home: Any) -> None:
    """Take the break once, or never where it is not due: back by its latest begin, or not at work by then."""
    cp = model.cp
    _, _, latest, from_start = (int(value) for value in model.problem.breaks[vehicle])
    before_s, after_s = (int(value) for value in model.problem.ways_s[vehicle])
    back, absent = cp.new_bool_var(""), cp.new_bool_var("")
    cp.add_exactly_one(*pause.choices, back, absent)
    cp.add(home + after_s <= (start if from_start else 0) + latest).only_enforce_if(back)
    if from_start:
        cp.add(absent == 0)
    else:
        cp.add(start - before_s > latest).only_enforce_if(absent)


def _kept(model: _Model, vehicle: int, stored: Any, *, lost_mwh: int) -> Any:
    """Return how much of what is stored at the beginning of a leg is of use; what is lost is bought again at home."""
    p = model.problem
    battery = int(p.battery_mwh[p.kind[vehicle]])
    if isinstance(stored, int):
        return min(stored, battery - lost_mwh)
    if not lost_mwh:
        return stored
    kept = model.cp.new_int_var(min(0, int(p.reserve_mwh[vehicle])), battery, "")
    model.cp.add_min_equality(kept, [stored, battery - lost_mwh])
    price = SPENT * int(p.night_per_kwh[p.depot[vehicle] - p.orders] + p.wear_per_kwh[p.kind[vehicle]]) // MICRO
    model.cost.append((stored - kept) * (price + CUSHION))
    return kept


def _stop(
    model: _Model, vehicle: int, place: int, arrival: Any, stored: Any, *, before: int, ready_s: int, loading_s: int
) -> tuple[_Stop, Any, Any]:
    """Return a stop, the moment when it is served or loaded, and that of leaving it.

    The vehicle comes from the place `before`. Loading at the depot begins no earlier than `ready_s`.
    """
    p, cp = model.problem, model.cp
    if place < p.orders:
        spans = [[int(a), int(b)] for a, b in p.windows[place] if a <= b]
        begin = cp.new_int_var_from_domain(cp_model.Domain.from_intervals(spans), "")
        cp.add(begin >= arrival)
        if p.late_per_s[place]:
            _pay_for_lateness(model, place, begin)
        ready = begin + p.standing_of(int(p.kind[vehicle]), before, place)
        return _Stop(place=place, begin=begin, charge=None), ready, ready
    loaded, loads = arrival + loading_s, None
    if loading_s and place < p.orders + p.depots and p.docks[place - p.orders]:
        loads = cp.new_int_var(ready_s, p.horizon_s, "")
        cp.add(loads >= arrival)
        loaded = loads + loading_s
        model.loadings[place - p.orders].append(cp.new_fixed_size_interval_var(loads, loading_s, ""))
    elif ready_s:
        loaded = cp.new_int_var(0, p.horizon_s, "")
        cp.add_max_equality(loaded, [arrival + loading_s, ready_s + loading_s])
    charge = _charge(model, vehicle, place - p.orders, loaded if p.apart[place - p.orders] else arrival, stored)
    leave = cp.new_int_var(0, p.horizon_s, "")
    cp.add(leave >= loaded)
    if charge:
        cp.add(leave >= charge.end)
    swap = _swap(model, vehicle, place, stored)
    if swap:
        cp.add(leave >= arrival + int(p.swap_s[p.kind[vehicle]])).only_enforce_if(swap.present)
        if charge:
            cp.add_implication(swap.present, ~charge.present)
    if charge and model.at_each_station and place >= p.orders + p.depots:
        cp.add(charge.present == 1)
    return _Stop(place=place, begin=arrival, charge=charge, loads=loads, swap=swap), loaded, leave


def _swap(model: _Model, vehicle: int, place: int, stored: Any) -> _Swap | None:
    """Allow a swap at the vehicle's depot where there are packs for its type."""
    p, cp, kind = model.problem, model.cp, int(model.problem.kind[vehicle])
    depot, battery = int(p.depot[vehicle]), int(p.battery_mwh[kind])
    if place != depot or not p.swap_s[kind] or not p.packs[depot - p.orders, kind]:
        return None
    present, gain = cp.new_bool_var(""), cp.new_int_var(0, battery, "")
    cp.add(gain == battery - stored).only_enforce_if(present)
    cp.add(gain == 0).only_enforce_if(~present)
    model.swaps[depot - p.orders, kind].append(present)
    price = SPENT * int(p.pack_per_kwh[depot - p.orders] - p.night_per_kwh[depot - p.orders])
    # Nobody takes a pack for nothing.
    model.cost.append(gain * (price // MICRO) + SPENT * present)
    return _Swap(present=present, gain=gain)


def _pay_for_lateness(model: _Model, order: int, begin: Any) -> None:
    """Let the time between the end of a window and the begin cost what the order says."""
    p, cp = model.problem, model.cp
    rows = np.column_stack([p.windows[order], p.punctual_s[order]]).tolist()
    spans = [
        (opens, closes, punctual) for opens, closes, punctual in dict.fromkeys(map(tuple, rows)) if opens <= closes
    ]
    late = cp.new_int_var(0, max(max(b - c, 0) for _, b, c in spans), "")
    inside = [cp.new_bool_var("") for _ in spans]
    cp.add_exactly_one(inside)
    for here, (opens, closes, punctual) in zip(inside, spans, strict=True):
        cp.add_linear_constraint(begin, opens, closes).only_enforce_if(here)
        cp.add(late >= begin - punctual).only_enforce_if(here)
    model.cost.append(SPENT * int(p.late_per_s[order]) * late)


def _charge(model: _Model, vehicle: int, site: int, arrival: Any, stored: Any) -> _Charge | None:
    """Allow a charge at a site: on one plug that is free, while it is open, up to where the power falls.

    Where charges are to be full, they go there to the second.
    """
    p, cp = model.problem, model.cp
    kind = int(p.kind[vehicle])
    plugs = np.flatnonzero((p.plug_site == site) & (p.plug_w >= LEAST_W))
    firsts = sorted({equal_plugs(p, int(plug))[0] for plug in plugs})
    if not firsts or (isinstance(stored, int) and stored >= p.knee_mwh[kind]):
        return None
    begin, end = (cp.new_int_var(0, p.horizon_s, "") for _ in range(2))
    present = cp.new_bool_var("")
    amount: Any = 0
    cp.add(begin >= arrival)
    cp.add(end == begin).only_enforce_if(~present)
    groups = {first: cp.new_bool_var("") for first in firsts}
    cp.add(sum(groups.values()) == present)
    for first, chosen in groups.items():
        watts = min(int(p.plug_w[first]), int(p.charge_w[kind]))
        rate = watts * 5 // 18  # mWh a second
        most_s = -(-int(p.battery_mwh[kind]) // rate)
        length = cp.new_int_var(0, most_s, "")
        cp.add(length == 0).only_enforce_if(~chosen)
        cp.add(length * rate >= LEAST_CHARGE_MWH).only_enforce_if(chosen)
        session = cp.new_optional_interval_var(begin, length, end, chosen, "")
        amount += length * rate
        if p.full[site]:
            cp.add(stored + length * rate > int(p.knee_mwh[kind]) - rate).only_enforce_if(chosen)
        model.sessions[first].append(session)
        model.draws[site].append((session, watts))
    cp.add(stored + amount <= int(p.knee_mwh[kind])).only_enforce_if(present)
    spans = [cp.new_bool_var("") for _ in p.open[site]]
    cp.add_bool_or(spans)
    for chosen, (opens, closes) in zip(spans, p.open[site], strict=True):
        cp.add(begin >= int(opens)).only_enforce_if(chosen, present)
        cp.add(end <= int(closes)).only_enforce_if(chosen, present)
    price = SPENT * (int(p.price_per_kwh[site]) - int(p.night_per_kwh[p.depot[vehicle] - p.orders]))
    # The price is per kWh; energy not taken here is bought at the depot overnight.
    model.cost.append(amount * (price // MICRO) - (amount * CUSHION if site < p.depots else 0))
    return _Charge(begin=begin, end=end, amount=amount, present=present, groups=groups)


def _settle(model: _Model, tour: Tour) -> None:
    """Keep the plugs and the docks of a settled tour occupied, and its packs taken."""
    p, depot = model.problem, int(model.problem.depot[tour.vehicle])
    for visit in tour.all_visits:
        if visit.swap_end_s:
            model.swaps[depot - p.orders, int(p.kind[tour.vehicle])].append(1)
        if visit.place == depot and p.docks[depot - p.orders] and visit.end_s > visit.begin_s:
            loading = model.cp.new_fixed_size_interval_var(visit.begin_s, visit.end_s - visit.begin_s, "")
            model.loadings[depot - p.orders].append(loading)
        if visit.plug >= 0:
            first = equal_plugs(p, visit.plug)[0]
            length = visit.charge_end_s - visit.charge_begin_s
            session = model.cp.new_fixed_size_interval_var(visit.charge_begin_s, length, "")
            model.sessions[first].append(session)
            watts = min(int(p.plug_w[first]), int(p.charge_w[p.kind[tour.vehicle]]))
            model.draws[int(p.plug_site[first])].append((session, watts))


def _read(problem: Problem, solver: cp_model.CpSolver, vehicle: int, start: Any, stops: list[_Stop]) -> Tour:
    """Read a tour, each thing begun as soon as it may: charges keep their times, visits move up to the arrival."""
    p, depot = problem, int(problem.depot[vehicle])
    travel = p.travel_s[p.network[p.kind[vehicle]]]
    ready = ready_of(p, depot, [stop.place for stop in stops[1:-1]])
    places = [stop.place for stop in stops]
    arrival = first = solver.value(start)
    visits: list[Visit] = []
    for i, stop in enumerate(stops):
        if visits:
            arrival = p.arrival_s(visits[-1].leave_s, int(travel[visits[-1].place, stop.place]))
        visit = Visit(place=stop.place, arrival_s=arrival, begin_s=arrival, end_s=arrival)
        if stop.place < p.orders:
            wanted = solver.value(stop.begin) if p.late_per_s[stop.place] else arrival  # to wait may be cheaper
            begun = min(max(int(a), arrival) for a, b in p.windows[stop.place] if wanted <= b)
            lasts_s = p.standing_of(int(p.kind[vehicle]), places[i - 1], stop.place)
            visit = replace(visit, begin_s=begun, end_s=begun + lasts_s)
        elif stop.place == depot and i < len(stops) - 1:
            begun = max(arrival, ready[i]) if stop.loads is None else solver.value(stop.loads)
            loading_s = p.loading_of(depot, trip_from(places, i, depot=depot))
            visit = replace(visit, begin_s=begun, end_s=begun + loading_s)
        if stop.rests is not None and solver.value(stop.rests):
            length_s, earliest, _, from_start = (int(value) for value in p.breaks[vehicle])
            begin = max(visit.end_s, earliest + (first if from_start else 0))
            visit = replace(visit, break_begin_s=begin, break_end_s=begin + length_s)
        if stop.swap and solver.value(stop.swap.present):
            swapped_s = arrival + int(p.swap_s[p.kind[vehicle]])
            gain = solver.value(stop.swap.gain)
            visit = replace(visit, swap_begin_s=arrival, swap_end_s=swapped_s, charge_mwh=gain)
        if stop.charge and solver.value(stop.charge.present):
            visit = replace(
                visit,
                plug=next(first for first, chosen in stop.charge.groups.items() if solver.value(chosen)),
                charge_begin_s=solver.value(stop.charge.begin),
                charge_end_s=solver.value(stop.charge.end),
                charge_mwh=solver.value(stop.charge.amount),
            )
        visits.append(visit)
    return tour_of(vehicle, visits)


class PlugTable(Protocol):
    """The plugs of a day and what is booked of them, as `Problem` has them."""

    @property
    def plug_site(self) -> Ints: ...

    @property
    def plug_w(self) -> Ints: ...

    @property
    def booked(self) -> Ints: ...


def _booked_after(problem: PlugTable, plug: int, begin: int, end: int) -> int:
    """Return when a plug is booked next after a charge, so that others stay for longer ones; last if meanwhile."""
    spans = [(since, until) for q, since, until, _ in problem.booked.tolist() if q == plug and until > begin]
    if any(since < end for since, _ in spans):
        return 2 * LARGEST
    return min((since for since, _ in spans), default=LARGEST)


def assign_plugs(problem: PlugTable, tours: list[Tour]) -> list[Tour]:
    """Give each charge a plug of its set: in order of beginning, the first one free that is not booked meanwhile."""
    free_at = dict.fromkeys(range(len(problem.plug_w)), 0)
    charges = sorted(
        (visit.charge_begin_s, visit.charge_end_s, t, k)
        for t, tour in enumerate(tours)
        for k, visit in enumerate(tour.all_visits)
        if visit.plug >= 0
    )
    plugs: dict[tuple[int, int], int] = {}
    for begin, end, t, k in charges:
        free = [q for q in equal_plugs(problem, tours[t].all_visits[k].plug) if free_at[q] <= begin]
        plug = min(free, key=lambda q: _booked_after(problem, q, begin, end))
        plugs[t, k], free_at[plug] = plug, end
    return [
        tour_of(tour.vehicle, [replace(visit, plug=plugs.get((t, k), -1)) for k, visit in enumerate(tour.all_visits)])
        for t, tour in enumerate(tours)
    ]
