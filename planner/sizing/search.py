"""Find the cheapest fleet for a year of days, with as few routed days as that takes.

A few days scout for all: the hardest, and one from the middle of each fifth of the others. Cells are tried on them from
the cheapest upwards, with a short search, and given up as soon as they lose more orders than the service allows. Those
that look cheapest are then routed on every day, for longer; so are the neighbours of the best. Bounds that are proven
keep hopeless cells from being routed at all.

Cells are taken in rounds, and a round is judged by what was known before it: how many processes route at once changes
nothing.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise, product

from planner.sizing.candidates import Cell
from planner.sizing.cells import Outcome
from planner.sizing.hands import Hands
from planner.sizing.ledger import Ledger
from planner.sizing.router import Router, Spent
from planner.sizing.task import NEAR, Found, Progress, Size, Task, exchanges, neighbours, size_of

ROUTED_A_DAY = 8  # cells, in the mean
LEAST_ROUTED = 250  # however few the days are
SCOUTS = 6
SCOUT_SHARE = 0.35  # of what may be routed, for first looks
ROUND = 4  # cells tried at a time
BATCH = 8  # days of a cell routed at a time
SPARE = 3  # vehicles of a kind above the proven least that are looked at
LEEWAY = 1.1  # a mix is looked at where it may serve this much more than its kinds have shown one by one
CHEAPER = 0.98  # what a day may cost with another fleet, of the least that it has cost with any
CLOSE = 1.03  # of the cheapest estimate: what a longer search on all days may turn round
FINALISTS = 3
NEAR_MISS = 0.03  # of a day's orders: a longer search may serve so many more


def most_routed(days: int) -> int:
    """Return how many days may be routed with cells for so many days given."""
    return max(ROUTED_A_DAY * days, LEAST_ROUTED)


@dataclass(slots=True)
class _Search:
    """What the search has come to: estimates by cell from the scouts, and cells that were looked at on every day."""

    router: Router
    days: Sequence[int]  # with orders, the hardest first
    scouts: Mapping[int, float]
    estimates: dict[Cell, float] = field(default_factory=dict)
    cells: dict[Cell, None] = field(default_factory=dict)
    partly: dict[Cell, tuple[float, float]] = field(default_factory=dict)  # dearer, orders more, by the scouts
    given_up: int = 0
    never_routed: int = 0
    scouted: bool = False
    _priced: dict[tuple[int, ...], float] = field(default_factory=dict)
    _least: dict[int, tuple[int, float]] = field(default_factory=dict)

    @property
    def task(self) -> Task:
        return self.router.task

    @property
    def hardest(self) -> int:
        return self.days[0]

    def allowed(self, weights: Mapping[int, float]) -> float:
        """Return how many orders of some days, weighted, may be left out."""
        orders = sum(weight * self.task.days[i].orders for i, weight in weights.items())
        return (1 - self.task.service) * orders + NEAR

    def standing(self, cell: Cell) -> float:
        """Return what a cell costs in a year standing still: that of its plugs, and so much for each vehicle."""
        none = (0,) * len(cell.counts)
        total = self._stand(none, cell.plugs)
        for k, n in enumerate(cell.counts):
            one = tuple(int(j == k) for j in range(len(none)))
            total += n * (self._stand(one, 1) - self._stand(none, 1))
        return total

    def _stand(self, counts: tuple[int, ...], plugs: int) -> float:
        if (*counts, plugs) not in self._priced:
            self._priced[*counts, plugs] = self.task.standing(Cell(counts=counts, plugs=plugs))
        return self._priced[*counts, plugs]

    def least_of_day(self, i: int) -> float:
        """Return what a day costs at least with any fleet, as far as is known: a little less than the least so far."""
        seen = len(self.router.seen.get(i, {}))
        if self._least.get(i, (-1, 0.0))[0] != seen:
            costs = (self.router.day_cost(found) for found in self.router.whole(i))
            self._least[i] = (seen, CHEAPER * min(costs, default=0.0))
        return self._least[i][1]

    def sizes(self) -> list[Size]:
        """Return what was looked at on every day, the cheapest first, with the best plans known by now."""
        return sorted(map(self.size, self.cells), key=lambda size: (size.year.cost.total, size.cell))

    def size(self, cell: Cell) -> Size:
        busy = set(self.days)
        outcomes = [
            self.router.outcome(i, cell, longer=True) if i in busy else None for i in range(len(self.task.days))
        ]
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
    search = _Search(router=router, days=days, scouts=scouts_of(task, days))
    complete = False
    try:
        _scout(search)
        _decide(search)
        _look_around(search)
        complete = search.scouted
    except Spent:
        pass
    return Found(
        sizes=tuple(search.sizes()),
        best=search.best(),
        given_up=search.given_up,
        never_routed=search.never_routed,
        routed=router.routed,
        known=router.known,
        complete=complete,
        scouts=search.scouts,
        partly=search.partly,
    )


def _hardest_first(router: Router) -> list[int]:
    """Order the days with orders by the time and the load that they take at least."""
    bounds = router.bounds
    return sorted(bounds, key=lambda i: (-float(bounds[i].work_s[-1]), -float(bounds[i].out_l[-1]), i))


def scouts_of(task: Task, days: Sequence[int]) -> dict[int, float]:
    """Return the days that stand for all, with the weight of those each stands for; the hardest for itself."""
    if len(days) <= SCOUTS:
        return {i: task.days[i].weight for i in days}
    first, rest, parts = days[0], days[1:], SCOUTS - 1
    cuts = [round(n * len(rest) / parts) for n in range(parts + 1)]
    groups = [rest[a:b] for a, b in pairwise(cuts)]
    return {first: task.days[first].weight} | {g[len(g) // 2]: sum(task.days[i].weight for i in g) for g in groups}


def _scout(search: _Search) -> None:
    """Estimate cells on the scouts until none that is left may be cheaper, or the share for it is spent."""
    rates = _rates(search)
    most = SCOUT_SHARE * search.task.most_routed
    waiting: list[Cell] = []
    for cell in _cells(search, rates):
        if _too_dear(search, cell):
            search.scouted = True
            break
        if _hopeless(search, cell, rates):
            search.never_routed += 1
            continue
        waiting.append(cell)
        if len(waiting) == ROUND:
            _look(search, waiting)
            waiting = []
        if search.router.routed + search.router.known >= most:
            break
    else:
        search.scouted = True
    _look(search, waiting)


def _rates(search: _Search) -> list[float]:
    """Return how many orders of the hardest day one vehicle of each kind serves, where it is alone with its like."""
    task = search.task
    least = [_fewest(search, k) for k in range(len(task.candidates))]
    cells = [None if n is None else _only(task, k, n) for k, n in enumerate(least)]
    search.router.route([(search.hardest, cell) for cell in cells if cell], "first look")
    rates = []
    for cell in cells:
        outcome = None if cell is None else search.router.outcome(search.hardest, cell)
        if cell is None or outcome is None:
            rates.append(0.0)
        else:
            rates.append(outcome.use.served / max(outcome.used.vehicles if outcome.whole else cell.vehicles, 1))
    return rates


def _fewest(search: _Search, k: int) -> int | None:
    """Return the least number of one kind that may serve all that this kind can serve; None where it serves nothing."""
    bound, task = search.router.bounds[search.hardest], search.task
    n = task.days[search.hardest].orders
    most = bound.most_served(_only(task, k, n))
    return next((count for count in range(1, n + 1) if bound.most_served(_only(task, k, count)) >= most > 0), None)


def _only(task: Task, k: int, count: int) -> Cell:
    counts = tuple(count if j == k else 0 for j in range(len(task.candidates)))
    return Cell(counts=counts, plugs=max(task.plugs))


def _cells(search: _Search, rates: Sequence[float]) -> Iterator[Cell]:
    """Yield the cells worth a look, from the cheapest standing still to the dearest."""
    task = search.task
    orders = task.days[search.hardest].orders
    caps = []
    for k, rate in enumerate(rates):
        fewest = _fewest(search, k)
        shown = math.ceil(orders / rate) if rate else 0
        caps.append(0 if fewest is None else max(fewest, shown) + SPARE)
    cells = [Cell(counts=counts, plugs=p) for p in task.plugs for counts in product(*(range(cap + 1) for cap in caps))]
    yield from sorted((cell for cell in cells if cell.vehicles), key=lambda cell: (search.standing(cell), cell))


def _too_dear(search: _Search, cell: Cell) -> bool:
    """Say whether a cell, and all that cost more standing still, can hardly be the cheapest."""
    if not search.estimates:
        return False
    moving = sum(weight * search.least_of_day(i) for i, weight in search.scouts.items())
    return search.standing(cell) + search.task.days_a_year * moving >= min(search.estimates.values())


def _hopeless(search: _Search, cell: Cell, rates: Sequence[float]) -> bool:
    """Say whether a cell cannot serve enough, by proof, by its kinds one by one, or by what larger ones have shown."""
    allowed = search.allowed(search.scouts)
    promised = sum(n * rate for n, rate in zip(cell.counts, rates, strict=True)) * LEEWAY
    if promised < search.task.service * search.task.days[search.hardest].orders - allowed:
        return True
    lost = 0.0
    for i, weight in search.scouts.items():
        lost += weight * (search.task.days[i].orders - search.router.most_served(i, cell))
        if lost > allowed:
            return True
    return False


def _look(search: _Search, cells: Sequence[Cell]) -> None:
    """Estimate some cells: on the hardest day, then those that passed on half of the scouts, and on all."""
    scouts = [*search.scouts]
    for days in (scouts[:1], scouts[: 1 + len(scouts) // 2], scouts):
        cells = _passed(search, cells, days)
        dear = CLOSE * min(search.estimates.values(), default=math.inf)
        cells = [cell for cell in cells if _estimate(search, cell) <= dear]
    search.estimates |= {cell: _estimate(search, cell) for cell in cells}


def _estimate(search: _Search, cell: Cell, *, longer: bool = False) -> float:
    """Return what a year costs by the scouts; on those not looked at, little less than with any other cell."""
    moving = 0.0
    for i, weight in search.scouts.items():
        found = search.router.outcome(i, cell, longer=longer)
        moving += weight * (search.router.day_cost(found) if found else search.least_of_day(i))
    return search.standing(cell) + search.task.days_a_year * moving


def _passed(search: _Search, cells: Sequence[Cell], days: Sequence[int]) -> list[Cell]:
    """Route some days with cells; return those that do not lose too much. A near miss is looked at for longer."""
    router = search.router
    router.route([(i, cell) for cell in cells for i in days], "first look")
    missed = [(i, cell) for cell in cells for i in days if _near_miss(router.outcome(i, cell))]
    if search.task.service == 1:
        router.route(missed, "a near miss, for longer", longer=True)
    passed = [cell for cell in cells if not _falls_short(search, cell, days)]
    search.given_up += len(cells) - len(passed)
    return passed


def _near_miss(found: Outcome | None) -> bool:
    if found is None:
        return False
    lost = found.use.orders - found.use.served
    return found.short_kwh == 0 and 0 < lost <= max(1, NEAR_MISS * found.use.orders)


def _falls_short(search: _Search, cell: Cell, days: Sequence[int]) -> bool:
    """Say whether a cell has lost more than is allowed on all scouts, or its batteries are not full in the morning."""
    lost = 0.0
    for i in days:
        found = search.router.outcome(i, cell)
        if found is None:
            continue
        if found.short_kwh > 0:
            return True
        lost += search.scouts.get(i, search.task.days[i].weight) * (found.use.orders - found.use.served)
    return lost > search.allowed(search.scouts)


def _decide(search: _Search) -> None:
    """Route the cells that look cheapest on every day, until enough of them have served enough."""
    passed = 0
    ranked = sorted(search.estimates, key=lambda cell: (search.estimates[cell], cell))
    for cell in ranked:
        if passed and search.estimates[cell] > CLOSE * search.estimates[ranked[0]]:
            break
        passed += _every_day(search, cell, doing="deciding")
        if passed == FINALISTS:
            break
    if not passed:
        _every_day(search, _nearest(search), doing="the nearest", to_the_end=True)


def _nearest(search: _Search) -> Cell:
    """Return the cell that left least behind on the hardest day, the largest that was tried where none was routed."""
    seen = search.router.seen.get(search.hardest, {})
    if not seen:
        return max(_cells(search, _rates(search)), key=lambda cell: (cell.vehicles, cell))
    return min(seen, key=lambda key: (seen[key].short_kwh > 0, -seen[key].use.served, key[0].vehicles, key[0]))[0]


def _every_day(search: _Search, cell: Cell, *, doing: str, to_the_end: bool = False) -> bool:
    """Route a cell on every day for longer; give it up once it serves too little. Say whether it serves enough."""
    router, task = search.router, search.task
    allowed, lost = search.allowed({i: task.days[i].weight for i in search.days}), 0.0
    for at in range(0, len(search.days), BATCH):
        batch = search.days[at : at + BATCH]
        router.route([(i, cell) for i in batch], doing, longer=True)
        for i in batch:
            found = router.outcome(i, cell, longer=True)
            assert found is not None
            lost += task.days[i].weight * (found.use.orders - found.use.served)
            if not to_the_end and (lost > allowed or found.short_kwh > 0):
                search.given_up += 1
                return False
    search.cells[cell] = None
    return search.size(cell).enough(task)


def _look_around(search: _Search) -> None:
    """Look at the best cell's neighbours, one vehicle or plug more or less, on every day; go on from a better one."""
    looked: set[Cell] = set()
    while (best := search.best()) is not None and best.cell not in looked:
        looked.add(best.cell)
        around = [cell for cell in neighbours(best.cell, search.task.plugs) if cell not in search.cells]
        more = [cell for cell in around if best.cell.within(cell)]
        search.router.route([(i, cell) for cell in (best.cell, *more) for i in search.scouts], "one more", longer=True)
        _exchange(search, best.cell)
        for cell in more:
            search.partly[cell] = _beside(search, cell, best.cell)
        # What looks cheaper by the scouts has to be looked at on every day, and so is every smaller one that can be.
        cheaper = [cell for cell in more if search.partly[cell][0] < 0 or len(search.scouts) == len(search.days)]
        smaller = sorted((cell for cell in around if cell not in more), key=search.standing, reverse=True)
        for cell in [*cheaper, *smaller]:
            _every_day(search, cell, doing="a neighbour", to_the_end=True)


def _exchange(search: _Search, best: Cell) -> None:
    """Look at the best cell with a vehicle of another kind in the place of one: first looks are short for mixes."""
    others = [cell for cell in exchanges(best) if cell not in search.cells]
    search.router.route([(i, cell) for cell in (best, *others) for i in search.scouts], "one for another", longer=True)
    for cell in others:
        if _beside(search, cell, best)[0] < 0:
            _every_day(search, cell, doing="one for another")


def _beside(search: _Search, cell: Cell, other: Cell) -> tuple[float, float]:
    """Return how much dearer a cell is in a year than another, and how many orders more it serves, by the scouts."""
    served = 0.0
    for i, weight in search.scouts.items():
        one, two = (search.router.outcome(i, c, longer=True) for c in (cell, other))
        assert one is not None
        assert two is not None
        served += weight * (one.use.served - two.use.served)
    dearer = _estimate(search, cell, longer=True) - _estimate(search, other, longer=True)
    return dearer, search.task.days_a_year * served
