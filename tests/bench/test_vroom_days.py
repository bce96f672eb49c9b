"""Days as VROOM problems, solved by VROOM itself and by our search: ``-m bench -s``.

Each day is made up on real streets, with batteries that never run low since VROOM knows none, and written by
``planner vroom write``. pyvroom solves it at its highest exploration level, our search by its usual budget. Both
answers are looked at anew by the checker; VROOM's is also driven as a plan of ours, and audited on the streets.
"""

from __future__ import annotations

import json
import re
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from planner.answer import left_out, routes_of
from planner.check import audit
from planner.cli import main
from planner.demo import demo_folder
from planner.exchange.vroom_check import Checked, check_solution
from planner.exchange.vroom_read import read_problem, read_solution
from planner.pipeline import provenance_of, read_inputs
from planner.plan import Plan, Violation
from planner.roads.day import day_roads
from planner.solve.cost import total_cost
from planner.solve.options import SolveOptions
from planner.solve.placing import place
from planner.solve.problem import build_problem
from planner.solve.solution import Sequence, Solution

CITIES = (
    "coquimbo",
    "lauf-2020",
    "liechtenstein-2021",
    "andorra-2021",
    "monaco-2023",
    "munich-centre-2020",
    "malta-2016",
)
DAYS = 20
LEVEL = 5  # VROOM's most thorough
OK, INCOMPLETE = 0, 4
NO_BATTERY = "\n[types.endless]\nbase = {base}\nbattery_wh = 200000\n"


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A solution that was looked at, and the seconds that it took."""

    checked: Checked
    seconds: float

    @property
    def rank(self) -> tuple[int, float]:
        """What VROOM counts: first the priorities that are served, then the cost."""
        return -self.checked.priority, float(self.checked.cost)


@pytest.mark.bench
@pytest.mark.timeout(7_200)
def test_days_cost_no_more_than_with_vroom_and_its_solutions_pass_the_audit(tmp_path: Path, shared: Path) -> None:
    pytest.importorskip("vroom", reason="pyvroom is not installed")
    print(f"\n| day | stops | vehicles | ours | VROOM | ratio | s, ours | s, VROOM |\n{'|---' * 8}|")
    worse = []
    for n in range(DAYS):
        city = CITIES[n % len(CITIES)]
        folder = made_day(tmp_path / f"day-{n}", shared, city=city, orders=30 + 30 * n // (DAYS - 1), seed=n)
        theirs, ours = by_vroom(folder / "problem.json"), by_us(folder / "problem.json")
        assert (theirs.checked.violations, ours.checked.violations) == ((), ())
        assert audited(folder) == ()
        document = read_problem(folder / "problem.json").document
        print(
            f"| {city} {n} | {len(document.jobs)} | {len(document.vehicles)} | {told(ours)} | {told(theirs)} "
            f"| {float(ours.checked.cost / theirs.checked.cost):.4f} | {ours.seconds:.1f} | {theirs.seconds:.1f} |",
            flush=True,
        )
        worse += [f"{city} {n}"] if ours.rank > theirs.rank else []
    assert worse == []


def told(answer: Answer) -> str:
    left = f", {answer.checked.unassigned} left out" if answer.checked.unassigned else ""
    return f"{float(answer.checked.cost) / 1000:.2f}{left}"


def made_day(folder: Path, shared: Path, *, city: str, orders: int, seed: int) -> Path:
    """Generate a day, make its batteries endless, and write it for VROOM."""
    streets = demo_folder() / "coquimbo.streets.npz" if city == "coquimbo" else shared / "osm" / f"{city}.osm.pbf"
    planner("generate", "--streets", streets, "--orders", orders, "--seed", seed, "-o", folder)
    fleet = folder / "fleet.toml"
    text = re.sub(r"^price_per_kwh = .*", "price_per_kwh = 0.0", fleet.read_text(), flags=re.MULTILINE)
    (base,) = re.findall(r'^type = (".*")', text, flags=re.MULTILINE)
    fleet.write_text(
        re.sub(r'^type = ".*"', 'type = "endless"', text, flags=re.MULTILINE) + NO_BATTERY.format(base=base)
    )
    rows = orders_of(folder)
    written = ("--fleet", fleet, "--date", rows.parent.name, "-o", folder / "problem.json")
    planner("vroom", "write", rows, *written)
    return folder


def orders_of(folder: Path) -> Path:
    (rows,) = folder.glob("*/orders.csv")
    return rows


def by_vroom(problem: Path) -> Answer:
    import vroom

    begun = time.monotonic()
    found = vroom.Input.from_json(problem).solve(exploration_level=LEVEL, nb_threads=1)
    seconds = time.monotonic() - begun
    file = problem.with_name("theirs.json")
    found.to_json(file)
    return Answer(checked=looked_at(problem, file), seconds=seconds)


def by_us(problem: Path) -> Answer:
    file, begun = problem.with_name("ours.json"), time.monotonic()
    planner("vroom", "solve", problem, "-o", file)
    return Answer(checked=looked_at(problem, file), seconds=time.monotonic() - begun)


def looked_at(problem: Path, solution: Path) -> Checked:
    return check_solution(read_problem(problem).document, read_solution(solution))


def audited(folder: Path) -> tuple[Violation, ...]:
    """Drive VROOM's routes as a plan of ours, and return what the auditor finds in it."""
    rows = orders_of(folder)
    inputs = read_inputs(rows, folder / "fleet.toml", day=date.fromisoformat(rows.parent.name))
    day, roads = inputs.day, day_roads(inputs.day, inputs.streets)
    problem = build_problem(day, types=roads.types, network_of_type=roads.network_of_type, roads=roads.matrices)
    answer = json.loads((folder / "theirs.json").read_text())
    trips = len(read_problem(folder / "problem.json").document.vehicles) // problem.vehicles
    sequences = routes_by_vehicle(answer, trips=trips, depots=problem.depot.tolist())
    tours = tuple(place(problem, sequences))
    served = sum(visit.place < problem.orders for tour in tours for visit in tour.visits)
    assert served == len(day.orders) - answer["summary"]["unassigned"], "a route of VROOM's cannot be driven here"
    found = Solution(tours=tours, cost=total_cost(problem, tours), iterations=0, stopped_by="time_limit")
    plan = Plan(
        day=day,
        routes=routes_of(day, problem, roads, found),
        unassigned=left_out(day, found, {}),
        provenance=provenance_of(inputs, SolveOptions()),
    )
    return audit(plan, inputs.streets)


def routes_by_vehicle(answer: dict[str, Any], *, trips: int, depots: list[int]) -> list[Sequence]:
    """Return where each vehicle goes: its trips one after the other, with its depot between."""
    found: list[Sequence] = [[] for _ in depots]
    for route in sorted(answer["routes"], key=lambda route: route["vehicle"]):
        vehicle = (route["vehicle"] - 1) // trips
        between = [depots[vehicle]] if found[vehicle] else []
        found[vehicle] += [*between, *(step["id"] - 1 for step in route["steps"] if step["type"] == "job")]
    return found


def planner(*arguments: object) -> None:
    assert main([str(argument) for argument in arguments]) in (OK, INCOMPLETE)
