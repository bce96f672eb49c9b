"""From the best cell to a better one beside it, by the scouts, until none is left or the share of the days is spent."""

from __future__ import annotations

from collections.abc import Iterator

from planner.sizing.candidates import Cell
from planner.sizing.scouts import Scouts
from planner.sizing.task import exchanges, neighbours

ROUND = 4  # cells looked at together
NEARLY = 1.01  # of the cheapest estimate: cells beside which a better one may lie as well


def descend(scouts: Scouts, *, most: float) -> bool:
    """Look beside the cells that look cheapest; say whether nothing was left, after so many routed days at most."""
    expanded: set[Cell] = set()
    while (cell := _next(scouts, expanded)) is not None:
        waiting = beside(scouts, cell)
        while waiting:
            if scouts.router.routed + scouts.router.known >= most:
                return False
            scouts.look(waiting[:ROUND], "looking around")
            waiting = waiting[ROUND:]
            if scouts.best != cell and scouts.estimates[cell] > NEARLY * min(scouts.estimates.values()):
                break  # it has been left behind
        else:
            expanded.add(cell)
    return True


def _next(scouts: Scouts, expanded: set[Cell]) -> Cell | None:
    """Return the cheapest cell beside which was not looked, of those that are nearly the best."""
    near = NEARLY * min(scouts.estimates.values(), default=0.0)
    left = (cell for cell, cost in scouts.estimates.items() if cost <= near and cell not in expanded)
    return min(left, key=lambda cell: (scouts.estimates[cell], cell), default=None)


def beside(scouts: Scouts, cell: Cell) -> list[Cell]:
    """Return the cells that differ by a vehicle or plug, by a kind, or by two of one kind for one of another.

    Other vehicles are tried with all plugs: what they do not need of them shows in their plans.
    """
    plugs = max(scouts.task.plugs)
    near = neighbours(cell, scouts.task.plugs)
    fewer_plugs = [c for c in near if c.counts == cell.counts and c.plugs < cell.plugs]
    others = [c for c in (*near, *exchanges(cell), *_two_for_one(cell)) if c.counts != cell.counts]
    return [*fewer_plugs, *dict.fromkeys(Cell(counts=c.counts, plugs=plugs) for c in others)]


def _two_for_one(cell: Cell) -> Iterator[Cell]:
    """Yield the cells with two of one kind in the place of one of another, and with one in the place of two."""
    kinds = range(len(cell.counts))
    for out, into in ((2, 1), (1, 2)):
        for a in kinds:
            for b in kinds:
                if a != b and cell.counts[a] >= out:
                    counts = tuple(n - out * (j == a) + into * (j == b) for j, n in enumerate(cell.counts))
                    yield Cell(counts=counts, plugs=cell.plugs)
