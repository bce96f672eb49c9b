"""Labels where stations charge along concave curves and only time counts, under a limit for each route.

A forward label says that the vehicle can be at a stop at time t at the earliest, and how the last charge may go on: at
the time ``s + T_k(e + d)`` or t, whichever is later, it can be here with energy e, up to what makes ``e + d`` a full
battery. T_k is the time that station type k takes to charge an empty battery to a level, s the moment at which that
would have begun, d what has been taken from the battery since. A vehicle that has not charged yet has a type of its
own, which charges in no time.

A backward label says what the way home takes with energy e here: ``cost + max(0, T_k(n) - T_k(e - d))``, for e of d or
more. It stands for a charge at the next station up to level n, the energy to there being d.

Both forms are closed under driving. At a station the charge before it may end at any level; the best ends at a corner
of its curve or as early as it may (Froger, Mendoza, Jabali and Laporte, Computers & Operations Research 104, 2019), so
that each corner gives a label. Later than needed it ends only where it is the faster of the two.

Types are joined with an energy into one number, so that a label has the three values of `planner.solve.labels`.
"""

from __future__ import annotations

from planner.solve.compiled import compiled, inlined
from planner.solve.labels import MOST

KIND = 2.0**30  # joins a type with an energy: type * KIND + energy
PER_HOUR = 1e6  # whole units of cost in one of the instance's units of time
TINY = 1e-9
ENOUGH = 1e-6  # energies and times nearer than this are the same to dominance


@inlined
def joined(energy, k):  # type: ignore[no-untyped-def]
    """Join an energy with the type of a station."""
    return energy + k * KIND


@inlined
def kind_of(value):  # type: ignore[no-untyped-def]
    """Return the type that `joined` put in."""
    return int(value / KIND + TINY)


@inlined
def time_to(curves, k, level):  # type: ignore[no-untyped-def]
    """Return T_k(level): how long type k takes to charge an empty battery to a level."""
    c, last = 1, curves.shape[1] - 1
    while c < last and level > curves[k, c, 1]:
        c += 1
    t0, q0 = curves[k, c - 1, 0], curves[k, c - 1, 1]
    return t0 + (level - q0) * curves[k, c, 2]


@inlined
def level_at(curves, k, time):  # type: ignore[no-untyped-def]
    """Return the level that type k charges an empty battery to in some time; full for the type that takes none."""
    c, last = 1, curves.shape[1] - 1
    full = curves[k, last, 1]
    if time >= curves[k, last, 0]:
        return full
    while c < last and time > curves[k, c, 0]:
        c += 1
    if curves[k, c, 2] <= 0.0:
        return curves[k, c, 1]
    return min(full, curves[k, c - 1, 1] + (time - curves[k, c - 1, 0]) / curves[k, c, 2])


@inlined
def faster(curves, k, other):  # type: ignore[no-untyped-def]
    """Say whether an almost empty battery charges faster at one type than at another."""
    return curves[k, 1, 2] < curves[other, 1, 2] - 1e-15


@inlined
def drive_on(curves, t, s, d, k, lasts, takes, battery):  # type: ignore[no-untyped-def]
    """Drive a leg; t is below zero afterwards where the battery does not last."""
    t += lasts
    s += lasts
    d += takes
    t = -1.0 if d > battery + TINY else max(t, s + time_to(curves, k, d))
    return t, s, d


@compiled
def meeting(curves, t, s, value, least, wanted, battery):  # type: ignore[no-untyped-def]
    """Return how long a forward label (t, s, value) has to charge to fulfil a backward one (least, wanted); -1: never.

    It is a piecewise linear function of the energy here, and least at one of its corners.
    """
    k, ahead = kind_of(value), kind_of(wanted)
    d, n = value - k * KIND, wanted - ahead * KIND
    most = battery - d
    if most < least - TINY:
        return -1.0
    e = min(max(level_at(curves, k, t - s) - d, least), most)
    if ahead == len(curves) - 1:
        return max(t, s + time_to(curves, k, e + d)) - t
    target = time_to(curves, ahead, n)
    best = max(t, s + time_to(curves, k, e + d)) - t + max(0.0, target - time_to(curves, ahead, max(e - least, 0.0)))
    if faster(curves, k, ahead):
        enough, corners = min(n + least, most), curves.shape[1]
        for c in range(2 * corners):
            if c < corners:
                at = curves[k, c, 1] - d
            elif c < 2 * corners - 1:
                at = curves[ahead, c - corners, 1] + least
            else:
                at = enough
            if e < at <= enough:
                extra = max(t, s + time_to(curves, k, at + d)) - t
                extra += max(0.0, target - time_to(curves, ahead, at - least))
                best = min(best, extra)
    return best


@inlined
def _here_at(curves, t, s, d, k, e):  # type: ignore[no-untyped-def]
    """Return when a forward label can be here with energy e."""
    return max(t, s + time_to(curves, k, e + d))


@compiled
def _ahead_of(curves, t, s, value, t0, s0, value0, battery):  # type: ignore[no-untyped-def]
    """Say whether a forward label is here with any energy no later than another one."""
    k, k0 = kind_of(value), kind_of(value0)
    d, d0 = value - k * KIND, value0 - k0 * KIND
    if t > t0 + ENOUGH * 1e-3 or d > d0 + ENOUGH:
        return False
    if k == len(curves) - 1 or (k == k0 and s <= s0):
        return True  # it has charged nothing, or charges the same and began no later
    most = battery - d0
    if _here_at(curves, t, s, d, k, most) > _here_at(curves, t0, s0, d0, k0, most) + 1e-9:
        return False
    corners = curves.shape[1]
    for c in range(2 * corners):
        at = curves[k, c, 1] - d if c < corners else curves[k0, c - corners, 1] - d0
        at = min(max(at, 0.0), battery - d0)
        if _here_at(curves, t, s, d, k, at) > _here_at(curves, t0, s0, d0, k0, at) + 1e-9:
            return False
    return True


@compiled
def keep_ahead(curves, costs, values, first, count, cost, t, s, value, battery):  # type: ignore[no-untyped-def]
    """Put a forward label into the list at `first`, in order of cost, unless it is dominated; return the new count."""
    at, end = first, first + count
    while at < end and costs[at] <= cost:
        if _ahead_of(curves, values[at, 0], values[at, 1], values[at, 2], t, s, value, battery):
            return count
        at += 1
    if at >= first + MOST:
        return count
    last = at
    for i in range(at, end):
        if not _ahead_of(curves, t, s, value, values[i, 0], values[i, 1], values[i, 2], battery):
            costs[last] = costs[i]
            values[last, 0], values[last, 1], values[last, 2] = values[i, 0], values[i, 1], values[i, 2]
            last += 1
    return _put(costs, values, first, at, last, cost, t, s, value)


@inlined
def _put(costs, values, first, at, last, cost, a, b, c):  # type: ignore[no-untyped-def]
    last = min(last, first + MOST - 1)
    for i in range(last, at, -1):
        costs[i] = costs[i - 1]
        values[i, 0], values[i, 1], values[i, 2] = values[i - 1, 0], values[i - 1, 1], values[i - 1, 2]
    costs[at] = cost
    values[at, 0], values[at, 1], values[at, 2] = a, b, c
    return last + 1 - first


@inlined
def still_takes(curves, k, n, d, e):  # type: ignore[no-untyped-def]
    """Return how long a backward label has to charge with energy e here."""
    return max(0.0, time_to(curves, k, n) - time_to(curves, k, max(e - d, 0.0)))


@compiled
def _behind_of(curves, cost, d, wanted, cost0, d0, wanted0, battery):  # type: ignore[no-untyped-def]
    """Say whether a backward label needs no more time than another one, whatever the energy."""
    k, k0 = kind_of(wanted), kind_of(wanted0)
    n, n0 = wanted - k * KIND, wanted0 - k0 * KIND
    if d > d0 + ENOUGH or cost > cost0:
        return False
    if k == len(curves) - 1:
        return True  # it charges nothing
    less = (cost0 - cost) / PER_HOUR
    corners = curves.shape[1]
    for c in range(2 * corners + 2):
        if c < corners:
            at = curves[k, c, 1] + d
        elif c < 2 * corners:
            at = curves[k0, c - corners, 1] + d0
        else:
            at = n + d if c == 2 * corners else n0 + d0
        at = min(max(at, d0), battery)
        if still_takes(curves, k, n, d, at) > still_takes(curves, k0, n0, d0, at) + less + 1e-9:
            return False
    return True


@compiled
def keep_behind(curves, costs, values, first, count, cost, d, wanted, battery):  # type: ignore[no-untyped-def]
    """Put a backward label into the list at `first`, in order of cost, unless it is dominated; return the new count."""
    at, end = first, first + count
    while at < end and costs[at] <= cost:
        if _behind_of(curves, costs[at], values[at, 0], values[at, 1], cost, d, wanted, battery):
            return count
        at += 1
    if at >= first + MOST:
        return count
    last = at
    for i in range(at, end):
        if not _behind_of(curves, cost, d, wanted, costs[i], values[i, 0], values[i, 1], battery):
            costs[last] = costs[i]
            values[last, 0], values[last, 1], values[last, 2] = values[i, 0], values[i, 1], values[i, 2]
            last += 1
    return _put(costs, values, first, at, last, cost, d, wanted, 0.0)
