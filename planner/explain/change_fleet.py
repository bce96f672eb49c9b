"""Changes of the fleet: a skill, another type, one more vehicle."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import count

from planner.catalogue import type_names, vehicle_type
from planner.explain.change import YES, Change, Used, with_vehicles
from planner.explain.force import Forced
from planner.explained import RepairKind, phrase
from planner.model import Day, Order, Vehicle, VehicleType, partners
from planner.solve.problem import is_at_home, may_serve

MOST_SWAPS = 3  # vehicles that may change to a type, those with the least to do
MOST_FROM_CATALOGUE = 2


def skills(day: Day, order: int) -> Iterator[Change]:
    """Yield the skills that an order asks for, given to the vehicle that then serves it."""
    wanted = _wanted(day, day.orders[order])
    if all(set(wanted) <= set(vehicle.skills) for vehicle in day.vehicles):
        return

    def skilled(vehicle: Vehicle) -> Vehicle:
        return replace(vehicle, skills=tuple(dict.fromkeys((*vehicle.skills, *wanted))))

    def used(_: float, found: Forced) -> Used:
        serving = day.vehicles[found.vehicle]
        missing = [skill for skill in wanted if skill not in serving.skills] or wanted
        return Used(
            amount=YES,
            target=serving.id,
            day=with_vehicles(day, lambda v: skilled(v) if v.id == serving.id else v),
            phrase=phrase("{vehicle} with {skills}", vehicle=serving.id, skills=tuple(missing)),
        )

    yield Change(kind=RepairKind.SKILL, steps=(YES,), apply=lambda _: with_vehicles(day, skilled), used=used)


def types(day: Day, order: int, busy: dict[int, int]) -> Iterator[Change]:
    """Yield other types for some vehicles and one more vehicle of each type; `busy` counts the stops of each."""
    for kind in _candidates(day, day.orders[order]):
        victims = sorted(
            (i for i, vehicle in enumerate(day.vehicles) if vehicle.type != kind), key=lambda i: (busy.get(i, 0), i)
        )
        for victim in victims[:MOST_SWAPS]:
            yield _swap(day, victim, kind)
        yield _one_more(day, day.orders[order], kind)


def _wanted(day: Day, order: Order) -> tuple[str, ...]:
    """Return the skills that an order asks for, and the other stop of its pair."""
    other = partners(day.orders).get(order.id, order)
    return tuple(dict.fromkeys((*order.skills, *other.skills)))


def _candidates(day: Day, order: Order) -> Sequence[VehicleType]:
    """Return the fleet's types that may carry an order, or where there is none the least of the catalogue that may.

    From the catalogue only types of the fleet's road classes count, and of those that the order asks for.
    """
    own = [kind for kind in dict.fromkeys(v.type for v in day.vehicles) if may_serve(order, kind, order.skills)]
    if own:
        return own
    classes = set(order.vehicle_classes) or {vehicle.type.road_class.name for vehicle in day.vehicles}
    known = [vehicle_type(name) for name in type_names()]
    able = [k for k in known if k.road_class.name in classes and may_serve(order, k, order.skills)]
    return sorted(able, key=lambda k: (k.cost_per_day, k.payload_kg, k.name))[:MOST_FROM_CATALOGUE]


def _swap(day: Day, victim: int, kind: VehicleType) -> Change:
    old = day.vehicles[victim]
    new = tuple(replace(v, type=kind) if i == victim else v for i, v in enumerate(day.vehicles))
    changed = replace(day, vehicles=new)
    said = phrase("{type} instead of {other} for {vehicle}", type=kind.name, other=old.type.name, vehicle=old.id)
    return Change(
        kind=RepairKind.TYPE,
        steps=(YES,),
        family=kind.name,
        apply=lambda _: changed,
        used=lambda _, __: Used(amount=YES, target=f"{old.id}: {kind.name}", day=changed, phrase=said),
    )


def _one_more(day: Day, order: Order, kind: VehicleType) -> Change:
    here = [v for v in day.vehicles if is_at_home(order, v)]
    like = next((v for v in (*here, *day.vehicles) if v.type == kind), day.vehicles[0])
    taken = {vehicle.id for vehicle in day.vehicles}
    id = next(f"{kind.name}-more-{n}" for n in count(1) if f"{kind.name}-more-{n}" not in taken)
    wanted = _wanted(day, order)
    skills = tuple(dict.fromkeys((*like.skills, *wanted)))
    depot = order.depot_id or like.depot_id
    more = replace(like, id=id, type=kind, depot_id=depot, start_soc=1.0, skills=skills)
    changed = replace(day, vehicles=(*day.vehicles, more))
    said = phrase("one more {type}", type=kind.name)
    if wanted:
        said = phrase("one more {type} with {skills}", type=kind.name, skills=wanted)
    return Change(
        kind=RepairKind.VEHICLE,
        steps=(YES,),
        apply=lambda _: changed,
        used=lambda _, __: Used(amount=YES, target=kind.name, day=changed, phrase=said),
    )
