"""Find the cheapest fleet for a year of days, with as few routed days as that takes.

A few days scout for all (`scouts`). The engine proposes mixes of kinds for them (`propose`), and from the best of these
the search goes to better ones beside them (`descend`). The mixes that look cheapest are then routed on every day, and
the neighbours of the best on the scouts once more.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field

from planner.sizing.candidates import Cell
from planner.sizing.descend import beside, descend
from planner.sizing.hands import Hands
from planner.sizing.ledger import Ledger
from planner.sizing.propose import proposals
from planner.sizing.router import Router, Spent
from planner.sizing.scouts import Scouts, scouts_of
from planner.sizing.task import Found, Progress, Size, Task, neighbours, size_of

ROUTED_A_DAY = 8  # cells, in the mean
LEAST_ROUTED = 250  # however few the days are
SCOUT_SHARE = 0.45  # of what may be routed
BATCH = 8  # days of a cell routed at a time
CLOSE = 1.03  # of the cheapest estimate: what all days may turn round
EQUAL = 1.002  # another number of plugs is then decided on too
FINALISTS = 4  # mixes of kinds


def most_routed(days: int) -> int:
    """Return how many days may be routed with cells for so many days given."""
    return max(ROUTED_A_DAY * days, LEAST_ROUTED)


@dataclass(slots=True)
class _Search:
    """What the search has come to: estimates by the scouts, and cells that were looked at on every day."""

    scouts: Scouts
    cells: dict[Cell, None] = field(default_factory=dict)
    partly: dict[Cell, tuple[float, float]] = field(default_factory=dict)  # dearer, orders more, by the scouts
    complete: bool = False

    @property
    def router(self) -> Router:
        return self.scouts.router

    @property
    def task(self) -> Task:
        return self.router.task

    def sizes(self) -> list[Size]:
        """Return what was looked at on every day, the cheapest first, with the best plans known by now."""
        return sorted(map(self.size, self.cells), key=lambda size: (size.year.cost.total, size.cell))

    def size(self, cell: Cell) -> Size:
        busy = set(self.scouts.days)
        outcomes = [self.router.outcome(i, cell) if i in busy else None for i in range(len(self.task.days))]
        return size_of(self.task, cell, outcomes)

    def best(self) -> Size | None:
        """Return the cheapest cell that serves enough and starts every day with full batteries."""
        return next((size for size in self.sizes() if size.enough(self.task)), None)


def size_fleet(task: Task, ledger: Ledger, tell: Progress, hands: Hands | None = None) -> Found:
    """Look for the cheapest fleet that serves enough, and at its neighbours.

    Days are routed by `hands`, or in this process. Raises `RoadsError`, `PlanRefused`.
    """
    router = Router(task=task, ledger=ledger, hands=hands or Hands(task.streets, count=0), tell=tell)
    router.measure()
    days = _hardest_first(router)
    search = _Search(scouts=Scouts(router=router, days=days, weights=scouts_of(task, days)))
    with suppress(Spent):
        _run(search)
    best = search.best()  # which prices every size
    return Found(
        sizes=tuple(search.sizes()),
        best=best,
        given_up=len(search.scouts.given_up),
        never_routed=len(search.scouts.never_routed),
        routed=router.routed,
        known=router.known,
        complete=search.complete,
        scouts=search.scouts.weights,
        partly=search.partly,
        partly_of=None if best is None else best.cell,
        whole={i: tuple(router.whole(i)) for i in days},
    )


def _hardest_first(router: Router) -> list[int]:
    """Order the days with orders by the time and the load that they take at least."""
    bounds = router.bounds
    return sorted(bounds, key=lambda i: (-float(bounds[i].work_s[-1]), -float(bounds[i].out_l[-1]), i))


def _run(search: _Search) -> None:
    scouts = search.scouts
    *mixes, rich = proposals(scouts) or (_one(search.task),)
    scouts.look(mixes, "a mix")
    if not scouts.estimates:
        scouts.look([rich], "more than any day needs")
    closed = descend(scouts, most=SCOUT_SHARE * search.task.most_routed)
    _decide(search)
    _look_around(search)
    search.complete = closed
    _look_below(search)


def _decide(search: _Search) -> None:
    """Route the mixes that look cheapest on every day, until enough of them have served enough."""
    estimates, passed = dict(search.scouts.estimates), set[tuple[int, ...]]()
    ranked = sorted(estimates, key=lambda cell: (estimates[cell], cell))
    for cell in ranked:
        more = estimates[cell] / estimates[ranked[0]]
        if passed and more > CLOSE:
            break
        if (more <= EQUAL or cell.counts not in passed) and _every_day(search, cell, doing="deciding"):
            passed.add(cell.counts)
        if len(passed) == FINALISTS:
            break
    if not passed:
        _every_day(search, _nearest(search), doing="the nearest", to_the_end=True)


def _nearest(search: _Search) -> Cell:
    """Return the cell that left least behind on the hardest day, the smallest of these."""
    router, plugs = search.router, max(search.task.plugs)
    tried = dict(router.seen.get(search.scouts.hardest, {}))
    for found in router.offered.get(search.scouts.hardest, ()):
        tried.setdefault(Cell(counts=found.used.counts, plugs=plugs), found)
    able = [cell for cell in tried if cell.vehicles]
    key = {cell: (tried[cell].short_kwh > 0, -tried[cell].use.served, cell.vehicles, cell) for cell in able}
    return min(able, key=lambda cell: key[cell], default=_one(search.task))


def _one(task: Task) -> Cell:
    return Cell(counts=tuple(int(k == 0) for k in range(len(task.candidates))), plugs=max(task.plugs))


def _every_day(search: _Search, cell: Cell, *, doing: str, to_the_end: bool = False) -> bool:
    """Route a cell on every day; give it up once it serves too little. Say whether it serves enough."""
    router, task, days = search.router, search.task, search.scouts.days
    allowed, lost = search.scouts.allowed({i: task.days[i].weight for i in days}), 0.0
    for at in range(0, len(days), BATCH):
        batch = days[at : at + BATCH]
        router.route([(i, cell) for i in batch], doing)
        for i in batch:
            found = router.outcome(i, cell)
            assert found is not None
            lost += task.days[i].weight * (found.use.orders - found.use.served)
            if not to_the_end and (lost > allowed or found.short_kwh > 0):
                search.scouts.give_up(cell)
                return False
    search.cells[cell] = None
    return search.size(cell).enough(task)


def _look_around(search: _Search) -> None:
    """Look beside the best cell, by the scouts and on every day where that looks cheaper; go on from a better one."""
    scouts, looked = search.scouts, set[Cell]()
    while (best := search.best()) is not None and best.cell not in looked:
        looked.add(best.cell)
        # It may have been decided on with other plugs than the scouts have looked at.
        scouts.router.route([(i, best.cell) for i in scouts.weights], "the best")
        scouts.estimates[best.cell] = scouts.estimate(best.cell)
        scouts.look(beside(scouts, best.cell), "looking around")
        for cell in _cheaper(search, best.cell):
            _every_day(search, cell, doing="one that looks cheaper")


def _cheaper(search: _Search, best: Cell) -> list[Cell]:
    estimates = search.scouts.estimates
    cheaper = [cell for cell in estimates if cell not in search.cells and estimates[cell] < estimates[best]]
    return sorted(cheaper, key=lambda cell: (estimates[cell], cell))


def _look_below(search: _Search) -> None:
    """Say by the scouts what one vehicle or plug more or less changes, and on every day what the nearest less fails at.

    Where all days are scouts, each of them is looked at on every day.
    """
    scouts, near = search.scouts, _beside_the_best(search)
    best = search.best()
    if best is None:
        return
    less = [cell for cell in near if cell.within(best.cell) and search.partly[cell][1] < 0]
    nearest = sorted(less, key=lambda cell: -search.partly[cell][1])[:1]
    for cell in near if len(scouts.weights) == len(scouts.days) else nearest:
        if search.router.left >= len(scouts.days):
            _every_day(search, cell, doing="a neighbour", to_the_end=True)


def _beside_the_best(search: _Search) -> list[Cell]:
    """Look by the scouts at the cells beside the best that are not known on every day, and return them.

    One that was given up as too dear after some scouts may turn out cheaper after all: then every day decides.
    """
    while (best := search.best()) is not None:
        near = [cell for cell in neighbours(best.cell, search.task.plugs) if cell not in search.cells]
        search.router.route(_on_scouts(search.scouts, [best.cell, *near]), "one more or less")
        search.partly = {cell: search.scouts.beside(cell, best.cell) for cell in near}
        for cell in sorted(near, key=lambda cell: search.partly[cell][0]):
            if search.partly[cell][0] < 0:  # to the end, so that where it gives way is known as well
                _every_day(search, cell, doing="one that looks cheaper", to_the_end=True)
        now = search.best()
        if now is not None and now.cell == best.cell:
            return [cell for cell in near if cell not in search.cells]
    return []


def _on_scouts(scouts: Scouts, cells: Iterable[Cell]) -> list[tuple[int, Cell]]:
    return [(i, cell) for cell in cells for i in scouts.weights]
