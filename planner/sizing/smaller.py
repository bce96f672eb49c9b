"""What a year costs with less: fleets that serve fewer orders than was asked for, so that the frontier shows its price.

From the recommended fleet on, a vehicle at a time goes that is missed least by the scouts, with the courier for what is
then left out. Every fleet on that way is routed on every day.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

from planner.sizing.candidates import Cell
from planner.sizing.hands import Hands
from planner.sizing.ledger import Ledger
from planner.sizing.router import Router, Spent
from planner.sizing.scouts import Scouts
from planner.sizing.task import Found, Progress, Size, Task, size_of

ROUTED_A_DAY, LEAST_ROUTED = 3, 60  # days routed for it: so many for each day given, or for few days
LEAST_SERVICE = 0.8  # below it nobody asks what is saved
FLEETS = 4
EIGHTH = 8  # of a large fleet goes at a time


def most_routed(days: int) -> int:
    """Return how many days may be routed for so many days given."""
    return max(ROUTED_A_DAY * days, LEAST_ROUTED)


def serve_less(task: Task, found: Found, ledger: Ledger, tell: Progress, hands: Hands) -> Found:
    """Return what was found, with fleets that serve less beside it; as it is where nothing serves enough.

    Raises `RoadsError`, `PlanRefused`.
    """
    if found.best is None:
        return found
    router = Router(task=replace(task, most_routed=most_routed(len(task.days))), ledger=ledger, hands=hands, tell=tell)
    known = {size.key: size for size in found.sizes}
    with suppress(Spent):
        for size in _ever_smaller(router, found, found.best):
            known.setdefault(size.key, size)
    sizes = tuple(sorted(known.values(), key=lambda size: (size.year.cost.total, size.key)))
    return replace(
        found,
        sizes=sizes,
        best=next(size for size in sizes if size.enough(task)),  # it may be one that the scouts took for dearer
        routed=found.routed + router.routed,
        known=found.known + router.known,
    )


def _ever_smaller(router: Router, found: Found, best: Size) -> Iterator[Size]:
    """Yield fleets with ever fewer vehicles. Raises `Spent`."""
    task, at = router.task, best
    busy = [i for i, day in enumerate(task.days) if day.orders]
    step = -(-best.cell.vehicles // EIGHTH)
    for _ in range(FLEETS):
        cells = _fewer(task, at.cell, step)
        if at.service < LEAST_SERVICE or not cells:
            return
        cell = cells[0] if len(cells) == 1 else _missed_least(router, found, cells)
        router.route([(i, cell) for i in busy], "a fleet that serves less")
        outcomes = [router.outcome(i, cell) if day.orders else None for i, day in enumerate(task.days)]
        at = size_of(task, cell, outcomes)
        yield at


def _fewer(task: Task, cell: Cell, step: int) -> list[Cell]:
    """Return the cells with so many vehicles of one kind less, and no more plugs than vehicles."""
    found = []
    for k, count in enumerate(cell.counts):
        counts = tuple(n - min(step, count) * (j == k) for j, n in enumerate(cell.counts))
        if count and any(counts):
            enough = min((p for p in task.plugs if p >= sum(counts)), default=cell.plugs)
            found.append(Cell(counts=counts, plugs=min(cell.plugs, enough)))
    return found


def _missed_least(router: Router, found: Found, cells: list[Cell]) -> Cell:
    """Return the cell that costs least by the scouts, with couriers for what it leaves out."""
    scouts = Scouts(router=router, days=list(found.scouts), weights=found.scouts)
    router.route([(i, cell) for cell in cells for i in found.scouts], "what is missed least")
    return min(cells, key=lambda cell: (scouts.estimate(cell), cell))
