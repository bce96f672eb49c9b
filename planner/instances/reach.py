"""Which customers no vehicle can serve, provably: for want of energy, or of time.

A customer is served alone, by way of stations only: with the Euclidean legs of these instances another customer on the
way shortens nothing. Between two charges (the depot being one) a vehicle takes no more than its battery holds. Hops
between such places make a graph, and its cheapest ways from the depot and back bound what any route can do.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from planner.solve.instance import Floats, Instance

SLACK = 1e-6
"""Tolerance of the usual checkers for each leg; a claim here allows it on as many legs as there are places."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreachable:
    """A customer that cannot be served, and why."""

    customer: int
    code: str
    message: str
    remedy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ways:
    """The cheapest ways between the depot and the places to charge at, [h] each; inf where there is none.

    `cost` lasts, `energy` is taken on the way: from the depot (`out`), or to it (`back`). Place 0 is the depot.
    """

    cost_out: Floats
    cost_back: Floats
    energy_out: Floats
    energy_back: Floats


def out_of_reach(instance: Instance) -> Iterator[Unreachable]:
    """Yield the customers that no vehicle can serve; no other customer is claimed to be served."""
    slack = SLACK * instance.places
    hubs = np.arange(instance.depot, instance.places)
    ways = _ways(instance, hubs, slack)
    reached, returning = np.isfinite(ways.cost_out), np.isfinite(ways.cost_back)
    for customer in range(instance.customers):
        there, away = instance.energy[hubs, customer], instance.energy[customer, hubs]
        takes = there[:, None] + away
        takes = np.where(reached[:, None] & returning, takes, np.inf)
        least = float(takes.min())
        if least > instance.battery + slack:
            yield Unreachable(
                customer=customer,
                code="E-I14",
                message=f"is a customer out of reach: between two charges it takes at least {least:.2f} from a battery "
                f"of {instance.battery:g}",
                remedy="add a station near it, or use a larger battery",
            )
        elif late := _late(instance, customer, ways, possible=takes <= instance.battery + slack, slack=slack):
            yield Unreachable(
                customer=customer, code="E-I15", message=late, remedy="correct its window, or that of the depot"
            )


def _ways(instance: Instance, hubs: np.ndarray[tuple[int], np.dtype[np.int64]], slack: float) -> _Ways:
    """Find the ways over hops that a battery lasts for.

    Under full recharge a vehicle leaves each station full, so a hop there lasts as long as its drive and the charge of
    what it took: exact. Under partial recharge a hop lasts its drive at least, and charges are counted from energy.
    """
    energy, drive = (table[np.ix_(hubs, hubs)] for table in (instance.energy, instance.time))
    possible = energy <= instance.battery + slack
    charge = 0.0 * energy if instance.partial else instance.charge_rate * energy
    charge[:, 0] = 0.0  # at the depot, at night
    cost = np.where(possible, drive + charge, np.inf)
    taken = np.where(possible, energy, np.inf)
    return _Ways(
        cost_out=_from_first(cost),
        cost_back=_from_first(cost.T),
        energy_out=_from_first(taken),
        energy_back=_from_first(taken.T),
    )


def _from_first(cost: Floats) -> Floats:
    """Return the cheapest ways [h] from place 0, by relaxing all hops until none helps (Bellman and Ford)."""
    best = np.full(len(cost), np.inf)
    best[0] = 0.0
    for _ in range(len(cost)):  # no cheapest way has more hops
        better = np.minimum(best, (best[:, None] + cost).min(axis=0))
        if np.array_equal(better, best):
            break
        best = better
    return best


def _late(
    instance: Instance,
    customer: int,
    ways: _Ways,
    *,
    possible: np.ndarray[tuple[int, int], np.dtype[np.bool_]],
    slack: float,
) -> str | None:
    """Say how a customer cannot be served in time by any of the `possible` ways [h, h] there and away, if so.

    All times are the earliest that any route can have, in the order of `possible`: last hub before, first hub after.
    """
    hubs = np.arange(instance.depot, instance.places)
    rate, battery = instance.charge_rate, instance.battery
    start, closes = instance.windows[instance.depot]
    ready, due = instance.windows[customer]
    if np.isinf(due) and np.isinf(closes):
        return None
    there, away = instance.energy[hubs, customer][:, None], instance.energy[customer, hubs]
    drive_there, drive_away = instance.time[hubs, customer][:, None], instance.time[customer, hubs]
    charged_here = np.where(hubs == instance.depot, 0.0, 1.0)
    leaves = start if instance.release is None else max(start, instance.release[customer])
    arrive = leaves + ways.cost_out[:, None] + drive_there + 0.0 * away
    after = drive_away + ways.cost_back
    if instance.partial:
        # Charged before the customer: what the way there takes, and on to the next hub, beyond the first full battery.
        arrive += rate * _above(ways.energy_out[:, None] + there + away, battery) * charged_here[:, None]
        # Charged after it: a battery full at the last hub before lasts so far only.
        after = after + rate * _above(there + away + ways.energy_back, battery)
    else:
        after = after + rate * (there + away) * charged_here
    arrive = np.where(possible, arrive, np.inf)
    if (earliest := float(arrive.min())) > due + slack:
        return f"is a customer reached at {earliest:.2f} at the earliest, after its window ends at {due:g}"
    back = np.maximum(arrive, ready) + instance.service[customer] + after
    back = np.where(arrive <= due + slack, back, np.inf)
    if (earliest := float(back.min())) > closes + slack:
        return f"is a customer from which no vehicle is back before {earliest:.2f}, and the depot closes at {closes:g}"
    return None


def _above(taken: Floats, battery: float) -> Floats:
    """Return what is taken beyond one battery, 0 where that is unlimited."""
    return np.zeros_like(taken) if np.isinf(battery) else np.maximum(taken - battery, 0.0)
