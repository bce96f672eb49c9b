"""What makes two orders the two stops of a pair, as the auditor reads a day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from planner.model import Day, Order, OrderKind


def pairs_of(orders: Iterable[Order]) -> Mapping[str, list[Order]]:
    """Return the orders of each pair, what is fetched before what is brought."""
    pairs: dict[str, list[Order]] = defaultdict(list)
    for order in orders:
        if order.pair:
            pairs[order.pair].append(order)
    return {name: sorted(pair, key=lambda order: order.kind != OrderKind.PICKUP) for name, pair in pairs.items()}


def pair_faults(day: Day) -> Iterator[tuple[str, str]]:
    """Yield where and why pairs of a day cannot be meant."""
    for name, pair in pairs_of(day.orders).items():
        where = f"pair {name}"
        if [order.kind for order in pair] != [OrderKind.PICKUP, OrderKind.DELIVERY]:
            yield where, f"has the orders {', '.join(order.id for order in pair)}, not one pickup and one delivery"
            continue
        fetched, brought = pair
        if (fetched.demand_kg, fetched.volume_l) != (brought.demand_kg, brought.volume_l):
            yield where, "what is fetched is not what is brought"
        if fetched.group != brought.group:
            yield where, "its stops are of different groups"
        if fetched.depot_id or brought.depot_id:
            yield where, "its goods belong to no depot"
        if fetched.release_s or brought.release_s:
            yield where, "its goods are never at the depot and have no release"
