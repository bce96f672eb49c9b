"""Drives of an exact timing where traffic changes with the hour: the arrival as a function of the moment of leaving.

It is piecewise linear: a new piece begins where the drive begins, or ends, in another span of the profile. Between the
earliest and the latest moment at which a stop can be left at all there is mostly one piece, which is a plain sum.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from ortools.sat.python import cp_model

from planner.solve.pace import DONE, FROM, ONE, SHARE, Ints, arrival_s, leave_by_s
from planner.solve.problem import Problem
from planner.solve.solution import Sequence, trip_from
from planner.solve.trips import ready_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaving:
    """Between which moments a stop can be left, charges and breaks apart."""

    earliest_s: int
    latest_s: int


def leavings(p: Problem, vehicle: int, sequence: Sequence, *, begin: int | None) -> list[Leaving]:
    """Return when each place of a day, the depot first, can be left; `begin` is its start where that is given."""
    kind, depot = int(p.kind[vehicle]), int(p.depot[vehicle])
    first, last = (int(s) for s in p.shift[vehicle])
    places, ready, travel = [depot, *sequence, depot], ready_of(p, depot, sequence), p.travel_s[p.network[kind]]
    lasts = [p.loading_of(depot, trip_from(places, 0, depot=depot))]
    for i, (before, at) in enumerate(pairwise(places[:-1]), start=1):
        if at < p.orders:
            lasts.append(p.standing_of(kind, before, at))
        else:
            lasts.append(p.loading_of(depot, trip_from(places, i, depot=depot)) if at == depot else 0)
    now, earliest = first if begin is None else begin, []
    for i, at in enumerate(places[:-1]):
        if at < p.orders:
            now = min((max(now, int(a)) for a, b in p.windows[at] if a <= b and now <= b), default=now)
        now = max(now, ready[i]) + lasts[i]
        earliest.append(now)
        now = p.arrival_s(now, int(travel[at, places[i + 1]]))
    latest = [last] * len(earliest)
    for i in range(len(earliest) - 1, -1, -1):
        at = places[i]
        latest[i] = leave_by_s(p.pace, last, int(travel[at, places[i + 1]]))
        last = latest[i] - lasts[i]
        if at < p.orders:
            last = max((min(last, int(b)) for a, b in p.windows[at] if a <= b and a <= last), default=last)
    return [Leaving(earliest_s=soon, latest_s=max(late, soon)) for soon, late in zip(earliest, latest, strict=True)]


def arrival_of(cp: cp_model.CpModel, pace: Ints, leave: Any, drive_s: int, when: Leaving) -> Any:
    """Return the arrival of a drive that leaves some time in `when`, where it can leave at all."""
    pieces = _pieces(pace, drive_s, when)
    cp.add(leave <= when.latest_s)
    if len(pieces) == 1 and pieces[0].is_sum:
        return leave + pieces[0].offset
    soonest_s, latest_s = (arrival_s(pace, at, drive_s) for at in (when.earliest_s, when.latest_s))
    arrival = cp.new_int_var(soonest_s, latest_s, "")
    chosen = [cp.new_bool_var("") for _ in pieces]
    cp.add_exactly_one(chosen)
    for here, piece in zip(chosen, pieces, strict=True):
        cp.add(leave >= piece.begin_s).only_enforce_if(here)
        cp.add(leave <= piece.end_s).only_enforce_if(here)
        cp.add(piece.of_arrival * arrival >= piece.of_leave * leave + piece.offset).only_enforce_if(here)
    return arrival


@dataclass(frozen=True, slots=True, kw_only=True)
class _Piece:
    """For a leaving from `begin_s` to `end_s`: ``of_arrival * arrival >= of_leave * leave + offset``, rounded up."""

    begin_s: int
    end_s: int
    of_leave: int
    of_arrival: int
    offset: int

    @property
    def is_sum(self) -> bool:
        return self.of_leave == self.of_arrival == 1


def _pieces(pace: Ints, drive_s: int, when: Leaving) -> list[_Piece]:
    changes = [int(at) for at in pace[1:, FROM]]
    begins = {when.earliest_s, *changes, *(leave_by_s(pace, at, drive_s) + 1 for at in changes)}
    within = sorted(at for at in begins if when.earliest_s <= at <= when.latest_s)
    ends = [*(at - 1 for at in within[1:]), when.latest_s]
    return [_piece(pace, drive_s, begin, end) for begin, end in zip(within, ends, strict=True)]


def _piece(pace: Ints, drive_s: int, begin_s: int, end_s: int) -> _Piece:
    k = max(i for i in range(len(pace)) if i == 0 or pace[i, FROM] <= begin_s)
    done = int(pace[k, DONE] + (begin_s - pace[k, FROM]) * pace[k, SHARE]) + drive_s * ONE
    j = max(i for i in range(len(pace)) if i == 0 or pace[i, DONE] < done)
    share, share_there = int(pace[k, SHARE]), int(pace[j, SHARE])
    # With usual seconds passed as DONE + (t - FROM) * SHARE: those at the arrival are the drive's more than at leaving.
    offset = int(pace[k, DONE] - pace[k, FROM] * share - pace[j, DONE] + pace[j, FROM] * share_there) + drive_s * ONE
    unit = math.gcd(share, share_there)
    return _Piece(
        begin_s=begin_s,
        end_s=end_s,
        of_leave=share // unit,
        of_arrival=share_there // unit,
        offset=-(-offset // unit),
    )
