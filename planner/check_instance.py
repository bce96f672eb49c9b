"""The auditor of answers to an instance: do the routes keep every rule, and how long are they?

Written from the published rules of the sets (Schneider et al. 2014, Keskin and Çatay 2016, Montoya et al. 2017,
Mavrovouniotis et al. 2020, Solomon 1987, Uchoa et al. 2017; for several trips see `check_instance_trips`). It shares
the instance with the solver, and no decision and no arithmetic.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from planner.check_instance_clock import FullCharges, PartialCharges
from planner.check_instance_curves import drive_with_curves
from planner.check_instance_trips import day_of_trips, fleet_kept
from planner.solve.instance import Instance, RouteSet

TOLERANCE = 1e-6  # of the usual checkers, in the instance's own units
EXACT = 1e-9  # where a set's own checker allows none: what adding up doubles may owe
LENGTH_TOLERANCE = 1e-6  # of the whole length, relative


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What the audit of an answer found: every broken rule in words, and the figures derived anew.

    `vehicles` and `length` count routes with customers only.
    """

    violations: tuple[str, ...]
    vehicles: int
    length: float


def audit_routes(instance: Instance, found: RouteSet) -> Findings:
    """Audit an answer. Customers that it lists as unserved must be on no route; all others on exactly one."""
    used = [(number, route) for number, route in enumerate(found.routes, start=1) if _serves(instance, route)]
    strange = [
        f"route {number}: there is no place {place}"
        for number, route in enumerate(found.routes, start=1)
        for place in route
        if not 0 <= place < instance.places
    ]
    if strange:
        return Findings(violations=tuple(strange), vehicles=len(used), length=math.nan)
    length = math.fsum(leg for _, route in used for leg in _lengths(instance, route))
    violations = [
        *_visits(instance, found),
        *fleet_kept(instance, len(used)),
        *(f"route {number}: {broken}" for number, route in used for broken in _route(instance, route)),
    ]
    if instance.curves:
        walked = [drive_with_curves(instance, route, charges) for route, charges in _charged(found)]
        length = math.fsum(hours for hours, _ in walked)
        violations += [f"route {n}: {broken}" for n, (_, found_) in enumerate(walked, start=1) for broken in found_]
    if not math.isclose(length, found.length, rel_tol=LENGTH_TOLERANCE, abs_tol=TOLERANCE):
        violations.append(f"the length is {length:.6f}, not {found.length:.6f}")
    return Findings(violations=tuple(violations), vehicles=len(used), length=length)


def _charged(found: RouteSet) -> Iterator[tuple[Sequence[int], Sequence[float]]]:
    """Yield each route with its charges, 0 where none is given."""
    for number, route in enumerate(found.routes):
        charges = found.charges[number] if number < len(found.charges) else ()
        yield route, [charges[k] if k < len(charges) else 0.0 for k in range(len(route))]


def _serves(instance: Instance, route: Sequence[int]) -> bool:
    return any(0 <= place < instance.customers for place in route)


def _lengths(instance: Instance, route: Sequence[int]) -> Iterator[float]:
    stops = [instance.depot, *route, instance.depot]
    return (float(instance.length[here, there]) for here, there in pairwise(stops))


def _visits(instance: Instance, found: RouteSet) -> Iterator[str]:
    """Every customer once: on one route, or in the list of those that are not served."""
    on_routes = Counter(place for route in found.routes for place in route if place < instance.customers)
    listed = Counter(found.unserved)
    for customer in range(instance.customers):
        times = on_routes[customer] + listed[customer]
        if times == 0:
            yield f"customer {instance.names[customer]} is neither served nor listed as not served"
        elif times > 1:
            yield f"customer {instance.names[customer]} is there {times} times"
    for place in sorted(set(listed) - set(range(instance.customers))):
        yield f"place {place} is listed as not served and is no customer"


def _route(instance: Instance, route: Sequence[int]) -> Iterator[str]:
    if instance.release is not None:
        yield from day_of_trips(instance, route)
        return
    if instance.depot in route:
        yield "the depot is on the way"
        return
    served = [place for place in route if place < instance.customers]
    load = math.fsum(float(instance.demand[customer]) for customer in served)
    if load > instance.capacity + _slack(instance):
        yield f"a load of {load:g} in {instance.capacity:g}"
    if not instance.curves:
        yield from _drive(instance, route)


def _drive(instance: Instance, route: Sequence[int]) -> Iterator[str]:
    """Follow the battery and the clock along a route, as early as they allow."""
    slack = _slack(instance)
    clock = (PartialCharges if instance.partial else FullCharges)(
        start=float(instance.windows[instance.depot, 0]),
        battery=instance.battery,
        rate=instance.charge_rate,
    )
    here = instance.depot
    for there in (*route, instance.depot):
        clock.drive(time=float(instance.time[here, there]), energy=float(instance.energy[here, there]))
        if clock.short > slack:
            yield f"the battery is short of {clock.short:.6f} at {instance.names[there]}"
        if there <= instance.depot:
            opens, closes = (float(bound) for bound in instance.windows[there])
            if (late := clock.wait(opens, closes)) > slack:
                yield f"late by {late:.6f} at {instance.names[there]}"
        else:
            clock.charge()
        if there < instance.customers:
            clock.stand(float(instance.service[there]))
        here = there


def _slack(instance: Instance) -> float:
    return EXACT if instance.kind in {"cevrp", "cvrp"} else TOLERANCE
