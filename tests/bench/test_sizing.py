"""The search for a fleet against trying every fleet, with long searches, on ten small cases; see docs/benchmarks.md.

The cases were fixed before anything was run on them. What has been routed is kept in `runs/bench/sizing`, so that a
run that was stopped goes on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import product
from pathlib import Path
from time import process_time

import pytest

from planner.demo import demo_folder
from planner.generate.days import Request, generate_days
from planner.sizing.candidates import Cell
from planner.sizing.hands import Hands
from planner.sizing.ledger import Ledger
from planner.sizing.router import Router
from planner.sizing.run import Sources, Wishes, read_asked
from planner.sizing.search import size_fleet
from planner.sizing.task import NEAR, Found, Size, Task, size_of
from planner.solve.apart import cores

pytestmark = [pytest.mark.bench, pytest.mark.timeout(4 * 3_600)]

STREETS = demo_folder() / "coquimbo.streets.npz"
KEPT = Path("runs/bench/sizing")
LONG = 10  # times what a day gets that decides
SLACK = 0.97  # of what a day costs with eight of each kind: what it may cost with another fleet
MOST_OF_A_KIND = 8
WITHIN = 0.01  # of a year's cost
AT_ONCE = 8


@dataclass(frozen=True, kw_only=True)
class Case:
    """Kinds of vehicles with their shifts, days from the generator, and what else differs."""

    name: str
    kinds: dict[str, str]  # shift by type
    orders: int
    seed: int
    days: int = 2
    first: date = date(2026, 3, 10)
    plugs: tuple[int, ...] = (1, 2)
    service: float = 1.0
    money: dict[str, dict[str, float]] = field(default_factory=dict)


CASES = (
    Case(
        name="whole days",
        kinds={"ami-cargo": "08:30-18:00", "mobilize-bento-80": "08:30-18:00"},
        orders=26,
        seed=101,
    ),
    Case(
        name="mornings",
        kinds={"ami-cargo": "09:00-13:00", "paxster-cargo-l7e": "09:00-13:00"},
        orders=20,
        seed=102,
    ),
    Case(
        name="three kinds",
        kinds={"ami-cargo": "09:00-14:00", "paxster-cargo-l7e": "09:00-14:00", "mobilize-bento-80": "09:00-14:00"},
        orders=24,
        seed=103,
    ),
    Case(
        name="afternoons",
        kinds={"ligier-pulse-4": "13:00-18:00", "kyburz-dxp": "13:00-18:00"},
        orders=18,
        first=date(2026, 3, 12),
        seed=104,
    ),
    Case(
        name="dear wages",
        kinds={"ami-cargo": "09:00-14:00", "mobilize-bento-80": "09:00-14:00", "goupil-g4": "09:00-14:00"},
        orders=18,
        plugs=(1,),
        money={"wages": {"per_hour": 30.0}},
        seed=105,
    ),
    Case(
        name="cheap wages",
        kinds={"ami-cargo": "09:00-13:00", "paxster-cargo-l7e": "09:00-13:00"},
        orders=24,
        money={"wages": {"per_hour": 8.0}},
        seed=106,
    ),
    Case(
        name="Saturday to Monday",
        kinds={"ami-cargo": "09:00-14:00", "ligier-pulse-3": "09:00-14:00", "paxster-cargo-l7e": "09:00-14:00"},
        orders=20,
        days=3,
        first=date(2026, 3, 14),
        seed=107,
    ),
    Case(
        name="two shifts",
        kinds={"ami-cargo": "08:00-13:00", "mobilize-bento-80": "12:00-18:00"},
        orders=18,
        seed=108,
    ),
    Case(
        name="small batteries",
        kinds={"ligier-myli-4kwh": "09:00-17:00", "ligier-pulse-3": "09:00-17:00"},
        orders=20,
        plugs=(1, 2, 3),
        seed=109,
    ),
    Case(
        name="couriers for one in twenty",
        kinds={"ami-cargo": "09:00-13:00", "paxster-cargo-l7e": "09:00-13:00"},
        orders=22,
        service=0.95,
        seed=110,
    ),
)


@dataclass(frozen=True, kw_only=True)
class Row:
    """A case with the cheapest fleet of all, the recommended one at the same long searches, and days routed by both."""

    name: str
    fleets: int
    truth: Size
    ours: Size
    said: float  # by the search itself
    routed: tuple[int, int]
    seconds: float
    told: tuple[str, str]

    @property
    def gap(self) -> float:
        return self.ours.year.cost.total / self.truth.year.cost.total - 1

    def __str__(self) -> str:
        truth, ours = self.truth.year.cost.total, self.ours.year.cost.total
        return (
            f"| {self.name} | {self.fleets} | {self.told[0]} | {truth:,.0f} | {self.told[1]} | {ours:,.0f} "
            f"| {self.said:,.0f} | {100 * self.gap:+.2f} | {self.routed[0]} | {self.routed[1]} |"
        )


HEAD = """
| case | fleets that serve enough | cheapest of all | a year | recommended | a year | as it said | gap % | days | ours |
| --- | ---: | --- | ---: | --- | ---: | ---: | ---: | ---: | ---: |"""


def test_ten_small_cases_against_every_fleet(tmp_path: Path) -> None:
    print(HEAD)
    rows = []
    for case in CASES:
        rows.append(compared(case, tmp_path))
        print(rows[-1], flush=True)
    print(f"mean gap {100 * sum(row.gap for row in rows) / len(rows):+.2f} %, {sum(r.seconds for r in rows):.0f} s")
    beyond = [row.name for row in rows if row.gap > WITHIN]
    assert not beyond


def compared(case: Case, folder: Path) -> Row:
    task = task_of(case, folder / case.name)
    ours, seconds = searched(task, folder / f"{case.name}.jsonl")
    assert ours.best is not None
    with Hands(task.streets, count=cores()) as hands:
        router = long_router(task, hands)
        cells = tried(router)
        truth = cheapest(router, cells)
        # What was passed over may yet be what the search recommends.
        router.route([(i, ours.best.cell) for i in router.bounds], "recommended")
        best = sized(router, ours.best.cell)
    return Row(
        name=case.name,
        fleets=len(cells),
        truth=truth,
        ours=best,
        said=ours.best.year.cost.total,
        routed=(router.routed + router.known, ours.routed),
        seconds=seconds,
        told=(truth.cell.told(task.candidates), best.cell.told(task.candidates)),
    )


def task_of(case: Case, folder: Path) -> Task:
    """Make the files of a case, and read them as the verb does."""
    folder.mkdir()
    kinds = "".join(
        f'\n[[vehicles]]\nid = "{name}"\ncount = 1\ntype = "{name}"\ndepot = "hub"\nshift = "{shift}"\n'
        for name, shift in case.kinds.items()
    )
    depot = 'id = "hub"\nlat = -29.95055\nlon = -71.28262\nloading_min = 12\nplugs = 2\nplug_power_kw = 2.3\n'
    fleet = folder / "given.toml"
    head = f'streets = "{STREETS}"\ntime_zone = "America/Santiago"\ncurrency = "EUR"\n'
    fleet.write_text(f"{head}\n[[depots]]\n{depot}price_per_kwh = 0.2\n{kinds}")
    money = folder / "money.toml"
    money.write_text(
        "".join(f"[{table}]\n" + "".join(f"{k} = {v}\n" for k, v in row.items()) for table, row in case.money.items())
    )
    request = Request(
        streets=STREETS, orders=case.orders, days=case.days, seed=case.seed, first_day=case.first, fleet=fleet
    )
    generate_days(request, folder / "days")
    sources = Sources(days=folder / "days", money=money if case.money else None)
    return read_asked(sources, Wishes(plugs=case.plugs, service=case.service)).task


def searched(task: Task, file: Path) -> tuple[Found, float]:
    """Size it as the verb does, in this process, so that its seconds can be told."""
    begun = process_time()
    found = size_fleet(task, Ledger(file), lambda _done, _most, _doing: None)
    return found, process_time() - begun


def long_router(task: Task, hands: Hands) -> Router:
    options = replace(task.options, iterations=LONG * task.options.iterations)
    long = replace(task, options=options, most_routed=10**9)
    router = Router(
        task=long, ledger=Ledger(KEPT / "routed.jsonl"), hands=hands, tell=lambda _done, _most, _doing: None
    )
    router.measure()
    return router


def tried(router: Router) -> list[Cell]:
    """Route every fleet that may be the cheapest, from the one that costs least standing still upwards.

    None is passed over but for proof that it serves too little, or for costing more, standing still and with `SLACK`
    times what its days cost with many vehicles, than one that was routed. Returns those that serve enough.
    """
    task = router.task
    rich = Cell(counts=(MOST_OF_A_KIND,) * len(task.candidates), plugs=max(task.plugs))
    router.route([(i, rich) for i in router.bounds], "rich")
    moving = SLACK * sum(task.days[i].weight * day_cost(router, i, rich) for i in router.bounds) * task.days_a_year
    passed: list[Cell] = []
    best = float("inf")
    every = every_cell(task)
    for cells in (every[at : at + AT_ONCE] for at in range(0, len(every), AT_ONCE)):
        may = [c for c in cells if task.standing(c) + moving < best and not falls_short(router, c)]
        assert all(max(cell.counts) < MOST_OF_A_KIND for cell in may if cell != rich), "fleets beyond the largest"
        for i in router.bounds:
            router.route([(i, cell) for cell in may], "every fleet")
            may = [cell for cell in may if not falls_short(router, cell)]
        passed += may
        best = min([best, *(sized(router, cell).year.cost.total for cell in may)])
        if task.standing(cells[0]) + moving >= best:
            return passed
    return passed


def every_cell(task: Task) -> list[Cell]:
    counts = product(*(range(MOST_OF_A_KIND + 1) for _ in task.candidates))
    cells = [Cell(counts=found, plugs=plugs) for found in counts if any(found) for plugs in task.plugs]
    return sorted(cells, key=lambda cell: (task.standing(cell), cell))


def day_cost(router: Router, i: int, cell: Cell) -> float:
    found = router.outcome(i, cell)
    assert found is not None
    return router.day_cost(found)


def falls_short(router: Router, cell: Cell) -> bool:
    """Say whether a fleet serves too little, by what is proven and by what was routed."""
    task, lost = router.task, 0.0
    for i, bound in router.bounds.items():
        found = router.outcome(i, cell)
        served = bound.most_served(cell) if found is None else found.use.served
        lost += task.days[i].weight * (bound.orders - served)
        if found is not None and found.short_kwh > 0:
            return True
    asked = sum(day.weight * day.orders for day in task.days)
    return lost > (1 - task.service) * asked + NEAR


def sized(router: Router, cell: Cell) -> Size:
    outcomes = [router.outcome(i, cell) if i in router.bounds else None for i in range(len(router.task.days))]
    return size_of(router.task, cell, outcomes)


def cheapest(router: Router, cells: Sequence[Cell]) -> Size:
    return min((sized(router, cell) for cell in cells), key=lambda size: size.year.cost.total)
