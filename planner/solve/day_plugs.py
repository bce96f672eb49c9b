"""The plugs of a day in the search: when one is free with its power, for how long a charge lasts, and who holds it."""

from __future__ import annotations

import numpy as np

from planner.solve.compiled import inner
from planner.solve.day_case import (
    BUCKET_S,
    CH_BEGIN,
    CH_END,
    CH_GROUP,
    CHARGE_W,
    CHARGES,
    FIRST_GROUP,
    GROUP_FREE,
    GROUP_PLUGS,
    GROUP_SITE,
    GROUP_W,
    LAST_GROUP,
    SITE_FULL,
    SITE_W,
)
from planner.solve.schedule import LEAST_CHARGE_MWH

EVER = np.int64(2) ** 40
LOOK_AHEAD_S = 900


@inner
def charged_mwh(case, of, scratch, charges):  # type: ignore[no-untyped-def]
    """Return what is charged in all."""
    total = np.int64(0)
    for c in range(charges):
        watts = min(case.group[scratch[CH_GROUP, c], GROUP_W], of[CHARGE_W])
        total += (scratch[CH_END, c] - scratch[CH_BEGIN, c]) * (watts * 5 // 18)
    return total


@inner
def plug_in(site, group, taken, drawn, mine, s, charge_w, knee, t, q, need, want, lasts):  # type: ignore[no-untyped-def]
    """Choose plug and time of a charge at a site; return group, begin, end and until when it could last.

    The group is -1 where no charge is possible, or none is needed and none worth its while.
    """
    best, best_begin, best_end, best_until, best_leave = -1, t, t, t, EVER
    for g in range(site[s, FIRST_GROUP], site[s, LAST_GROUP]):
        watts = min(group[g, GROUP_W], charge_w)
        rate = watts * 5 // 18
        if rate == 0:
            continue
        room = (knee - q) // rate
        least = max(-(-LEAST_CHARGE_MWH // rate), -((q - need) // rate))
        if site[s, SITE_FULL]:
            least = max(least, room)
        if room < least:
            continue
        if group[g, GROUP_FREE]:
            begin, until = t, EVER
        else:
            plugs, limit = group[g, GROUP_PLUGS], site[s, SITE_W]
            begin, until = _free(taken, drawn, mine, g, s, watts, plugs, limit, t, least, lasts)
            if begin < 0:
                continue
        end = max(begin + least, min(t + lasts, until, begin + min(room, -((q - want) // rate))))
        leave = max(t + lasts, end)
        if q >= need and leave > t + lasts:
            continue
        if leave < best_leave:
            best, best_begin, best_end, best_until, best_leave = g, begin, end, until, leave
    return best, best_begin, best_end, best_until


@inner
def _free(taken, drawn, mine, g, s, watts, plugs, limit, t, least, lasts):  # type: ignore[no-untyped-def]
    """Return the first time from t when a plug and its power are free for `least` seconds, and until when.

    What the vehicle itself takes in its present day counts as free. -1 if there is no such time.
    """
    begin, enough, buckets = -1, max(least, lasts) + LOOK_AHEAD_S, taken.shape[1]
    most = limit - watts if limit else EVER
    for b in range(t // BUCKET_S, buckets):
        own = 1 if mine[b] == g + 1 else 0
        since = b * BUCKET_S
        if taken[g, b] - own < plugs and drawn[s, b] - own * watts <= most:
            if begin < 0:
                begin = max(t, since)
            if since + BUCKET_S - begin >= enough:
                return begin, since + BUCKET_S
        else:
            if begin >= 0 and since - begin >= least:
                return begin, since
            begin = -1
    if begin >= 0 and buckets * BUCKET_S - begin >= least:
        return begin, buckets * BUCKET_S
    return -1, -1


@inner
def hold_plugs(case, books, v, sign):  # type: ignore[no-untyped-def]
    """Take the plugs and the power of a vehicle's charges, or give them back with a sign of -1."""
    slot = books.slot_of[v]
    charge, taken, drawn, mine, group = books.charge, books.taken, books.watts, books.mine, case.group
    for c in range(books.fact[slot, CHARGES]):
        g = charge[slot, 1, c]
        s, watts = group[g, GROUP_SITE], min(group[g, GROUP_W], case.vehicle[v, CHARGE_W])
        for b in range(charge[slot, 2, c] // BUCKET_S, (charge[slot, 3, c] - 1) // BUCKET_S + 1):
            if sign > 0 and mine[slot, b] == 0:
                mine[slot, b] = g + 1
                taken[g, b] += 1
                drawn[s, b] += watts
            elif sign < 0 and mine[slot, b] == g + 1:
                mine[slot, b] = 0
                taken[g, b] -= 1
                drawn[s, b] -= watts
