"""From a draft to an instance: does it make sense, where are the places, what does each leg take."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import astuple

import numpy as np

from planner.instances.draft import Draft, Faults, Node, Rounding
from planner.instances.reach import out_of_reach
from planner.solve.instance import Floats, Instance

MAX_PLACES = 5_000  # each table of lengths, times and energies then has 200 MB
EXACT = 1e-9
SENSE = frozenset({"E-I07", "E-I08", "E-I09", "E-I10", "E-I11", "E-I17"})
"""Faults that leave every row where it is: the reach of the vehicles can still be told, if the numbers are known."""


def build(draft: Draft, faults: Faults) -> Instance:
    """Return the instance of a draft. Raises `InputError` with all faults, also those found before."""
    if len(draft.nodes) > MAX_PLACES:
        message = f"has {len(draft.nodes):,} places, more than {MAX_PLACES:,}"
        faults.add("E-I02", message, "use a smaller instance")
        faults.raise_any()
    by_role = {role: [node for node in draft.nodes if node.role == role] for role in ("customer", "depot", "station")}
    customers, depots, stations = by_role["customer"], by_role["depot"], by_role["station"]
    _check_ids(draft.nodes, faults)
    _check_depots(depots, faults)
    if not customers:
        faults.add("E-I08", "has no customers", "give at least one")
    for node in customers:
        _check_customer(node, draft.vehicle.capacity, faults)
    for node in stations:
        _check_station(node, depots[0] if depots else None, faults)
    sound = _all_known(draft) and all(fault.code in SENSE for fault in faults.found)
    if len(depots) != 1 or not customers or not sound:
        faults.raise_any()
    instance = _instance(draft, customers, depots[0], stations)
    lines = [node.line or None for node in customers]
    unit = ", in tenths" if draft.rounding == "tenths" else ""
    for found in out_of_reach(instance):
        message, value = found.message + unit, instance.names[found.customer]
        faults.add(found.code, message, found.remedy, line=lines[found.customer], value=value)
    if not stations and any(fault.code == "E-I14" for fault in faults.found):
        faults.add("E-I13", "has no stations, and one battery does not do for all customers", "add stations")
    faults.raise_any()
    return instance


def _all_known(draft: Draft) -> bool:
    values = [*astuple(draft.vehicle), *(value for node in draft.nodes for value in astuple(node))]
    return not any(isinstance(value, float) and math.isnan(value) for value in values)


def _check_ids(nodes: Iterable[Node], faults: Faults) -> None:
    seen: set[str] = set()
    for node in nodes:
        if node.id in seen:
            message, remedy = "is a node that is there twice", "give each its own name"
            faults.add("E-I05", message, remedy, line=node.line or None, value=node.id)
        seen.add(node.id)


def _check_depots(depots: list[Node], faults: Faults) -> None:
    if not depots:
        faults.add("E-I07", "has no depot", "name one")
    for node in depots[1:]:
        message = f'is a second depot, beside "{depots[0].id}"'
        faults.add("E-I07", message, "keep one depot", line=node.line or None, value=node.id)
    for node in depots:
        if node.demand:
            message, remedy = f"is the depot and has a demand of {node.demand:g}", "set it to 0, or name another depot"
            faults.add("E-I07", message, remedy, line=node.line or None, value=node.id)
        _check_window(node, faults)


def _check_customer(node: Node, capacity: float, faults: Faults) -> None:
    for column, amount in (("demand", node.demand), ("service", node.service)):
        if amount < 0:
            value = f"{amount:g}"
            faults.add("E-I10", "is negative", "give 0 or more", line=node.line or None, column=column, value=value)
    if node.demand > capacity:
        message = f'of customer "{node.id}" is above the capacity of {capacity:g}'
        remedy = "split it, or use larger vehicles"
        faults.add("E-I09", message, remedy, line=node.line or None, column="demand", value=f"{node.demand:g}")
    _check_window(node, faults)


def _check_window(node: Node, faults: Faults) -> None:
    if node.ready > node.due:
        message = f'of "{node.id}" ends before it starts'
        value = f"{node.ready:g} to {node.due:g}"
        faults.add("E-I11", message, "swap the times", line=node.line or None, column="window", value=value)


def _check_station(node: Node, depot: Node | None, faults: Faults) -> None:
    """Refuse what an instance cannot say: stations that carry goods, take time of their own, or close."""
    binds = depot is not None and (node.ready > max(depot.ready, 0.0) or node.due < depot.due)
    if node.demand or node.service or binds:
        message = "is a station with a demand, a service time or a window of its own, which is not read"
        remedy = "give it 0, and the window of the depot"
        faults.add("E-I17", message, remedy, line=node.line or None, value=node.id)


def _instance(draft: Draft, customers: list[Node], depot: Node, stations: list[Node]) -> Instance:
    ordered = [*customers, depot, *stations]
    vehicle = draft.vehicle
    length = _length(draft, ordered)
    zeros = np.zeros_like(length)
    timed = [*customers, depot]
    time = zeros if math.isinf(vehicle.speed) else _scaled(length, 1.0 / vehicle.speed)
    windows = np.array([(node.ready, node.due) for node in timed])
    windows[-1, 0] = max(windows[-1, 0], 0.0)  # a clock starts at 0
    service = np.array([node.service for node in customers])
    release = np.array([node.release for node in customers]) if draft.trips else None
    if draft.rounding == "tenths":
        windows, service = _tenths(windows), _tenths(service)
        release = None if release is None else _tenths(release)
    return Instance(
        name=draft.name,
        kind=draft.kind,
        names=tuple(node.id for node in ordered),
        length=time if draft.curves else length,
        time=time,
        energy=_scaled(length, vehicle.consumption) if vehicle.consumption else zeros,
        demand=np.array([node.demand for node in customers]),
        service=service,
        windows=windows,
        capacity=vehicle.capacity,
        battery=vehicle.battery,
        charge_rate=vehicle.charge_rate,
        partial=draft.kind in {"evrptw-pr", "evrpnl"},
        vehicles_first=draft.kind in {"evrptw", "evrptw-pr", "vrptw"},
        curves=draft.curves,
        fleet=draft.fleet,
        release=release,
    )


def _scaled(length: Floats, factor: float) -> Floats:
    return length if factor == 1.0 else length * factor


def _length(draft: Draft, ordered: list[Node]) -> Floats:
    if draft.matrix is not None:
        at = {node.id: row for row, node in enumerate(draft.nodes)}
        rows = [at[node.id] for node in ordered]
        length = draft.matrix[np.ix_(rows, rows)]
        np.fill_diagonal(length, 0.0)
        return length
    x, y = (np.array([getattr(node, axis) for node in ordered]) for axis in ("x", "y"))
    return _rounded(np.hypot(np.subtract.outer(x, x), np.subtract.outer(y, y)), draft.rounding)


def _rounded(length: Floats, rounding: Rounding) -> Floats:
    if rounding == "nearest":
        return np.floor(length + 0.5)
    if rounding == "tenths":
        return _tenths(length)
    if rounding == "up":
        return np.ceil(length)
    return np.floor(length) if rounding == "down" else length


def _tenths(values: Floats) -> Floats:
    """Return whole tenths, cut off; what adding up doubles owes is no reason to lose one."""
    return np.floor(10.0 * values + EXACT)
