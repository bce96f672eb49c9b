"""Size a fleet from files to files: read the days, search, advise, write. The verb and the screen both call this.

sized = size_days(Sources(days=Path("days")), Wishes(plugs=(1, 2, 3)), output=Path("size"))
print("\\n".join(sized.words))
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TypeVar

from planner import catalogue
from planner.errors import Fault, InputError, Interrupted
from planner.io.files import HALF_WRITTEN, write_atomic
from planner.io.fleet import read_fleet
from planner.io.money import DEFAULT, read_money, unused_vehicles
from planner.io.plausible import EURO, odd_energy, rates
from planner.io.safe_csv import csv_text
from planner.roads.read import read_streets
from planner.sizing.candidates import candidates_of, refuse_gifts, refuse_unsized
from planner.sizing.dates import read_weights
from planner.sizing.demand import FLEET_NAME, read_demand
from planner.sizing.doubt import resample, tornado
from planner.sizing.hands import Hands
from planner.sizing.ledger import NAME, Ledger
from planner.sizing.peaks import COURIER, relieve
from planner.sizing.recommend import advise
from planner.sizing.results import (
    ASSUMPTIONS,
    DAYS,
    REPORT,
    REPORT_PDF,
    SIZES,
    Results,
    assumptions_toml,
    days_csv,
    sizes_csv,
    words,
)
from planner.sizing.search import most_routed
from planner.sizing.shifts import cheapest, size_by_shift, tasks_of
from planner.sizing.smaller import serve_less
from planner.sizing.steps import Step, Steps, most_in_all
from planner.sizing.tables import tables
from planner.sizing.task import Task
from planner.sizing.vans import compare, compared_types
from planner.sizing.what_if import what_ifs
from planner.solve.apart import cores
from planner.solve.options import SolveOptions

T = TypeVar("T")

DRAWN_WITH = ("altair", "vl_convert", "typst", "jinja2")
NOTHING = "no fleet was found that serves enough; more plugs, longer shifts or larger vehicles would be needed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """The files that a fleet is sized from; the fleet lies beside the days where it is not named."""

    days: Path
    fleet: Path | None = None
    streets: Path | None = None
    money: Path | None = None
    weights: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What is asked for: `service` is the share of the year's orders that has to be served."""

    plugs: tuple[int, ...] = (1, 2, 3, 4)
    service: float = 1.0
    vans: bool = False
    peaks: str = COURIER  # or "rent", "overtime": what helps on days for which too little is owned
    shifts: tuple[str, ...] = ()  # such as "08:00-16:00": the whole fleet works one of them; the fleet file's if none
    iterations: int = 4_000
    seed: int = 1
    workers: int | None = None  # processes that route days, one a core if None; 0 routes in this process


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What was read: the task by shift, what looks odd in the files, and the rows that were left out."""

    tasks: tuple[Task, ...]
    vans: bool
    peaks: str
    workers: int | None
    notes: tuple[Fault, ...]
    faults: tuple[Fault, ...]

    @property
    def task(self) -> Task:
        """Return the task, with the first of the shifts where there are several."""
        return self.tasks[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sized:
    """The answer: `results` is None where no fleet was looked at on every day. `files` are what was written."""

    asked: Asked
    results: Results | None
    files: tuple[Path, ...]

    @property
    def words(self) -> tuple[str, ...]:
        """Return the answer in words, the three sentences of the advice first."""
        return (NOTHING,) if self.results is None else tuple(words(self.results))

    @property
    def incomplete(self) -> bool:
        """Say whether rows were left out, no fleet serves enough, or the budget ended the search."""
        results = self.results
        return bool(self.asked.faults) or results is None or not (results.advice.enough and results.found.complete)


def size_days(
    sources: Sources, wishes: Wishes | None = None, *, output: Path, progress: Callable[[Step], None] | None = None
) -> Sized:
    """Size a fleet and write what was found to a folder; a run that was stopped goes on there.

    Raises `InputError`, `RoadsError`, `PlanRefused`, and `Interrupted` on Ctrl-C.
    """
    return size_asked(read_asked(sources, wishes), output=output, progress=progress)


def read_asked(sources: Sources, wishes: Wishes | None = None) -> Asked:
    """Read what a fleet is sized for. Raises `InputError` with the faults of all files, or `RoadsError`."""
    wishes = wishes or Wishes()
    faults: list[Fault] = []
    fleet = _fleet_of(sources)
    fleet_file = _tried(lambda: read_fleet(fleet), faults)
    prices = _tried(lambda: read_money(sources.money, currency=fleet_file.currency if fleet_file else EURO), faults)
    if fleet_file is None:
        if sources.weights:
            _tried(partial(read_weights, sources.weights), faults)
        raise InputError(faults)
    network = read_streets(sources.streets or fleet_file.streets)
    demand = _tried(
        lambda: read_demand(
            sources.days, fleet=fleet, streets=sources.streets, network=network, weights=sources.weights
        ),
        faults,
    )
    _tried(lambda: refuse_unsized(fleet_file, file=fleet.name), faults)
    if prices and sources.money:
        types = [vehicle.type for vehicle in fleet_file.vehicles] + [*compared_types().values()] * wishes.vans
        _tried(partial(refuse_gifts, prices, types, file=sources.money.name), faults)
    if faults or demand is None or prices is None:
        raise InputError(faults)
    first = next(day.day for day in demand.days if day.day is not None)
    task = Task(
        days=demand.days,
        candidates=candidates_of(first, prices),
        streets=network,
        plugs=wishes.plugs,
        service=wishes.service,
        money=prices,
        options=SolveOptions(iterations=wishes.iterations, seed=wishes.seed),
        most_routed=most_routed(len(demand.days)),
    )
    odd = odd_energy(fleet_file.depots, fleet_file.stations, fleet.name, rates().get(fleet_file.currency))
    known = (*catalogue.type_names(), *catalogue.class_names(), *compared_types(), DEFAULT, *_names(task))
    return Asked(
        tasks=tasks_of(task, wishes.shifts),
        vans=wishes.vans,
        peaks=wishes.peaks,
        workers=wishes.workers,
        notes=(
            *prices.warnings,
            *unused_vehicles(prices, known, file=sources.money.name if sources.money else FLEET_NAME),
            *odd,
            *demand.warnings,
        ),
        faults=demand.faults,
    )


def _names(task: Task) -> list[str]:
    """Return what the candidates are called in a money file."""
    return [name for kind in task.kinds for name in (kind.type_name, kind.class_name)]


def _fleet_of(sources: Sources) -> Path:
    """Return the fleet file. Raises `InputError` where there are no days beside which it could lie."""
    if not sources.days.exists():
        message, remedy = "does not exist", "check the name and the folder"
        raise InputError(Fault(code="E-O46", file=str(sources.days), message=message, remedy=remedy))
    return sources.fleet or (sources.days if sources.days.is_dir() else sources.days.parent) / FLEET_NAME


def _tried(read: Callable[[], T], faults: list[Fault]) -> T | None:
    """Read something, or note what is wrong with it, so that everything is told at once."""
    try:
        return read()
    except InputError as error:
        faults += error.faults
        return None


def size_asked(asked: Asked, *, output: Path, progress: Callable[[Step], None] | None = None) -> Sized:
    """Search the cheapest fleet, ask how sure that is, and write the results. Raises as `size_days`."""
    ledger = Ledger(output / NAME)
    days, shifts = len(asked.task.days), len(asked.tasks)
    most = most_in_all(days, shifts=shifts, policy=asked.peaks, compared=asked.vans)
    tell = Steps(most, progress or (lambda _: None)).tell
    output.mkdir(parents=True, exist_ok=True)
    try:
        with Hands(asked.task.streets, count=cores() if asked.workers is None else asked.workers) as hands:
            by_shift = size_by_shift(asked.tasks, ledger, tell, hands)
            task, owned = cheapest(by_shift).task, cheapest(by_shift).found
            owned = serve_less(task, owned, ledger, tell, hands)
            peaks = relieve(task, owned, asked.peaks, ledger, tell, hands)
            advice = advise(task, peaks.found)
            compared = compare(task, ledger, tell, hands, best=peaks.found.best) if asked.vans else ()
            routed = what_ifs(task, owned, ledger, tell, hands)
    except KeyboardInterrupt:
        raise Interrupted(f"stopped; what was routed is in {output / NAME}, and the same command goes on") from None
    if advice is None:
        return Sized(asked=asked, results=None, files=())
    results = Results(
        task=task,
        found=peaks.found,
        advice=advice,
        resampled=resample(task, peaks.found.sizes, advice.best),
        swings=tornado(task, peaks.found.sizes, advice.best, routed),
        what_ifs=routed,
        compared=compared,
        peaks=peaks,
        by_shift=by_shift if len(by_shift) > 1 else (),
    )
    return Sized(asked=asked, results=results, files=write_results(results, output))


def write_results(results: Results, folder: Path) -> tuple[Path, ...]:
    """Write tables, assumptions and the report to a folder; no report where the parts that draw it are missing."""
    made: dict[str, str | bytes] = {
        SIZES: sizes_csv(results),
        DAYS: days_csv(results),
        ASSUMPTIONS: assumptions_toml(results.task.money),
    }
    made |= {f"{name}.csv": csv_text(table.columns, table.rows) for name, table in tables(results).items()}
    if not missing_parts():
        from planner.export.paper import paper_html, paper_pdf  # noqa: PLC0415  (parts that may be missing)
        from planner.sizing.report import paper_of  # noqa: PLC0415

        paper = paper_of(results)
        made |= {REPORT: paper_html(paper), REPORT_PDF: paper_pdf(paper)}
    for half in folder.glob(HALF_WRITTEN):  # of a run that was killed
        half.unlink()
    for name, data in made.items():
        write_atomic(folder / name, data)
    return tuple(folder / name for name in made)


def missing_parts() -> tuple[str, ...]:
    """Return the libraries that the report is drawn with and that are not installed."""
    return tuple(name for name in DRAWN_WITH if find_spec(name) is None)
