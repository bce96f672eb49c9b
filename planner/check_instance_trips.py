"""The auditor's rules for vehicles that reload: load and release of each trip, windows, and the size of the fleet.

Written from the rules of PyVRP's MTVRPTWR files (after Yang 2023 and Cattaruzza, Absi and Feillet 2016).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from planner.solve.instance import Instance


def fleet_kept(instance: Instance, used: int) -> Iterator[str]:
    """Yield what is wrong with the number of vehicles."""
    if instance.fleet is not None and used > instance.fleet:
        yield f"{used} vehicles of {instance.fleet}"


def day_of_trips(instance: Instance, route: Sequence[int]) -> Iterator[str]:
    """Follow the clock of one vehicle, trip by trip; everything is a whole number, so that nothing is forgiven."""
    opens, closes = (float(bound) for bound in instance.windows[instance.depot])
    clock = opens
    for number, trip in enumerate(_trips(instance, route), start=1):
        if not trip:  # reloading twice does no harm, and published answers do so
            continue
        load = sum(float(instance.demand[customer]) for customer in trip)
        if load > instance.capacity:
            yield f"trip {number}: a load of {load:g} in {instance.capacity:g}"
        if instance.release is not None:
            clock = max(clock, *(float(instance.release[customer]) for customer in trip))
        here = instance.depot
        for customer in trip:
            ready, due = (float(bound) for bound in instance.windows[customer])
            clock = max(clock + float(instance.time[here, customer]), ready)
            if clock > due:
                yield f"trip {number}: late by {clock - due:g} at {instance.names[customer]}"
            clock += float(instance.service[customer])
            here = customer
        clock += float(instance.time[here, instance.depot])
        if clock > closes:
            yield f"trip {number}: late by {clock - closes:g} at {instance.names[instance.depot]}"


def _trips(instance: Instance, route: Sequence[int]) -> Iterator[list[int]]:
    trip: list[int] = []
    for place in route:
        if place == instance.depot:
            yield trip
            trip = []
        else:
            trip.append(place)
    yield trip
