"""Mixes of kinds that the engine itself would choose on the scouts, were vehicles hired by the day.

What a vehicle costs in a year standing still is spread over days: over all of them, where each has to pay its share, or
over few, as if it stood there for the hardest alone. With so much for a day in use, and more of each kind than it can
need, a plan uses the mix that pays on that day. Such a plan holds for what it uses, whoever owns it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from planner.sizing.candidates import Candidate, Cell
from planner.sizing.router import Router
from planner.sizing.scouts import Scouts

SPREADS = (1.0, 3.0, 10.0)  # parts of a year's cost that a day pays, if even shares are 1; all on the hardest day
MOST_SPREAD = 3.0  # on the others


def proposals(scouts: Scouts) -> list[Cell]:
    """Return mixes that the engine chose, those of the hardest day first, each with all the plugs there may be.

    The last one is what it chose from, more of each kind than any day needs.
    """
    rich = _rich(scouts)
    if not rich.vehicles:
        return []
    first, *others = scouts.weights
    for spread in SPREADS:
        hardest = [first] if spread != SPREADS[0] else []  # it has been routed with that
        _route(scouts, spread, rich, [*hardest, *(others if spread <= MOST_SPREAD else ())])
    # With as many as it likes a day costs least: what a smaller fleet may cost at best is judged by that.
    scouts.router.route([(i, rich) for i in scouts.weights], "all it may need")
    chosen = [found.used for i in scouts.weights for found in scouts.router.offered[i] if found.used.vehicles]
    return [*dict.fromkeys(Cell(counts=used.counts, plugs=rich.plugs) for used in chosen), rich]


def _route(scouts: Scouts, spread: float, rich: Cell, days: Sequence[int]) -> None:
    """Route days with vehicles that cost so much for a day in use, and keep the plans for what they use."""
    router, task = scouts.router, scouts.task
    hired = tuple(_hired(c, spread * scouts.of_one(k) / _days(scouts)) for k, c in enumerate(task.candidates))
    other = Router(
        task=replace(task, candidates=hired, most_routed=router.left),
        ledger=router.ledger,
        hands=router.hands,
        tell=lambda done, _most, doing: router.tell(router.routed + router.known + done, task.most_routed, doing),
    )
    try:
        other.route([(i, rich) for i in days], "a mix")
    finally:
        router.routed, router.known = router.routed + other.routed, router.known + other.known
    for i in days:
        found = other.outcome(i, rich)
        assert found is not None
        router.offered.setdefault(i, []).append(found)


def _hired(candidate: Candidate, cost: float) -> Candidate:
    kind = replace(candidate.vehicle.type, cost_per_day=round(cost, 2))
    return replace(candidate, vehicle=replace(candidate.vehicle, type=kind))


def _days(scouts: Scouts) -> float:
    return scouts.task.money.figures.year.working_days


def _rich(scouts: Scouts) -> Cell:
    """Return more of each kind than the hardest day needs: doubled until all is served, or no order more."""
    rich = _doubled(_needed(scouts))
    served = -1
    while rich.vehicles and (now := _served(scouts, rich)) > served:
        if now == scouts.router.bounds[scouts.hardest].orders:
            return rich
        served, rich = now, _doubled(rich)
    return rich


def _served(scouts: Scouts, cell: Cell) -> int:
    _route(scouts, SPREADS[0], cell, [scouts.hardest])
    return scouts.router.offered[scouts.hardest][-1].use.served


def _doubled(cell: Cell) -> Cell:
    return Cell(counts=tuple(2 * n for n in cell.counts), plugs=cell.plugs)


def _needed(scouts: Scouts) -> Cell:
    """Return as many of each kind as the hardest day needs by proof, were it alone."""
    bound, task = scouts.router.bounds[scouts.hardest], scouts.task
    counts = []
    for k in range(len(task.candidates)):
        alone = [_only(scouts, k, n) for n in range(1, bound.orders + 1)]
        most = bound.most_served(alone[-1])
        counts.append(next((cell.counts[k] for cell in alone if bound.most_served(cell) >= most > 0), 0))
    return Cell(counts=tuple(counts), plugs=max(task.plugs))


def _only(scouts: Scouts, k: int, count: int) -> Cell:
    counts = tuple(count if j == k else 0 for j in range(len(scouts.task.candidates)))
    return Cell(counts=counts, plugs=max(scouts.task.plugs))
