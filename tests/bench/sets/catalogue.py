"""Which sets there are, where their instances lie, and which of them a quick run samples."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tests.bench.sets.best_known import BestKnown, read_best_known, read_published

ROOT = Path(__file__).parents[3]
Objective = Literal[
    "vehicles_then_distance",
    "distance",
    "distance_rounded_int",
    "distance_trunc1_x10",
    "total_time_h(driving+charging)",
]
Peer = Literal["pyvrp", "pyvrp+stations"]

LONG_S, SHORT_S = 60.0, 5.0
QUICK_S = 25.0  # at most, for one run of a quick sample


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchSet:
    """All files ``bench/<folder>/instances/<pattern><suffix>``, with ``bench/<best_known>`` beside them.

    `best_known` is a table, or the folder of published answers. `scorer` is the kind that ``score.py`` knows, or pyvrp
    for PyVRP's own evaluation; `baseline` says whether OR-Tools alone solves the set, `sample` how many instances a
    quick run takes.
    """

    name: str
    title: str
    folder: str
    pattern: str
    suffix: str
    best_known: str
    objective: Objective
    scorer: str
    recharge: Literal["full", "partial"] | None = None
    peer: Peer | None = None
    baseline: bool = True
    seconds: float = LONG_S
    sample: int

    def instances(self, shared: Path) -> list[Path]:
        """Return every instance of the set that the folder holds, in natural order."""
        files = (shared / "bench" / self.folder / "instances").glob(f"*{self.suffix}")
        return sorted((file for file in files if re.fullmatch(self.pattern, file.stem)), key=_natural)

    def best(self, shared: Path) -> dict[str, BestKnown]:
        if (folder := shared / "bench" / self.best_known).is_dir():
            return read_published(folder)
        return read_best_known(shared / "bench" / self.best_known, self.objective)

    @property
    def vehicles_first(self) -> bool:
        return self.objective == "vehicles_then_distance"

    @property
    def decimals(self) -> int:
        return 0 if self.objective in {"distance_rounded_int", "distance_trunc1_x10"} else 2


def _electric(name: str, title: str, *, recharge: Literal["full", "partial"], small: bool) -> BenchSet:
    return BenchSet(
        name=name,
        title=title,
        folder="evrptw",
        pattern=r".*C(5|10|15)" if small else r".*_21",
        suffix=".txt",
        best_known="evrptw/bks.csv" if recharge == "full" else "evrptw_pr/bks.csv",
        objective="vehicles_then_distance",
        scorer="evrptw" if recharge == "full" else "evrptw-pr",
        recharge=recharge,
        seconds=SHORT_S if small else LONG_S,
        sample=3 if small else 6,
    )


def _cevrp(name: str, title: str, *, pattern: str, sample: int) -> BenchSet:
    return BenchSet(
        name=name,
        title=title,
        folder="cevrp",
        pattern=pattern,
        suffix=".evrp",
        best_known="cevrp/bks.csv",
        objective="distance",
        scorer="cevrp",
        peer="pyvrp+stations",
        sample=sample,
    )


def _curved(name: str, title: str, *, pattern: str, sample: int) -> BenchSet:
    return BenchSet(
        name=name,
        title=title,
        folder="evrpnl",
        pattern=pattern,
        suffix=".xml",
        best_known="evrpnl/bks.csv",
        objective="total_time_h(driving+charging)",
        scorer="evrpnl",
        baseline=False,
        sample=sample,
    )


_ALL = (
    _electric("evrptw-large", "E-VRPTW, 100 customers, full recharge", recharge="full", small=False),
    _electric("evrptw-small", "E-VRPTW, 5-15 customers, full recharge", recharge="full", small=True),
    _electric("evrptw-pr-large", "EVRPTW-PR, 100 customers, partial recharge", recharge="partial", small=False),
    _electric("evrptw-pr-small", "EVRPTW-PR, 5-15 customers, partial recharge", recharge="partial", small=True),
    _cevrp("cevrp-e", "CEVRP, E-n22 to E-n101", pattern=r"E-n\d+-.*", sample=1),
    _cevrp("cevrp-x", "CEVRP, X-n143 to X-n351", pattern=r"X-n[1-3]\d\d-.*", sample=2),
    _cevrp("cevrp-x-large", "CEVRP, above X-n351", pattern=r"X-n([4-9]\d\d|\d{4,})-.*", sample=1),
    _curved("evrpnl", "E-VRP-NL, 10 to 80 customers", pattern=r"tc\dc[1-8]0s.*", sample=2),
    _curved("evrpnl-large", "E-VRP-NL, 160 and 320 customers", pattern=r"tc\dc(160|320)s.*", sample=1),
    BenchSet(
        name="solomon",
        title="VRPTW, 100 customers (Solomon)",
        folder="solomon",
        pattern=r".*",
        suffix=".txt",
        best_known="solomon/bks.csv",
        objective="vehicles_then_distance",
        scorer="vrptw",
        sample=3,
    ),
    BenchSet(
        name="cvrp-x",
        title="CVRP, X-n101 to X-n1001",
        folder="cvrp_x",
        pattern=r".*",
        suffix=".vrp",
        best_known="cvrp_x/bks.csv",
        objective="distance_rounded_int",
        scorer="vrplib",
        peer="pyvrp",
        sample=2,
    ),
    BenchSet(
        name="mtvrptwr",
        title="several trips with release dates, 100 and 200 customers",
        folder="mtvrptwr",
        pattern=r".*",
        suffix=".vrp",
        best_known="mtvrptwr/instances",
        objective="distance_trunc1_x10",
        scorer="pyvrp",
        peer="pyvrp",
        baseline=False,
        sample=1,
    ),
)
SETS = {bench_set.name: bench_set for bench_set in _ALL}


def sampled(instances: list[Path], count: int) -> list[Path]:
    """Return the middle one of each of `count` equal stretches of the list: no result has a say in it."""
    total = len(instances)
    if total <= count:
        return instances
    return [instances[(2 * number + 1) * total // (2 * count)] for number in range(count)]


def shared_folder() -> Path:
    """Return the folder that holds ``bench/``: PLANNER_SHARED, or ``shared`` beside the checkout."""
    folder = Path(os.environ.get("PLANNER_SHARED", ROOT.parent / "shared"))
    if not (folder / "bench" / "score.py").is_file():
        raise SystemExit(f"no bench/score.py in {folder}: set PLANNER_SHARED to the folder of the benchmark sets")
    return folder


def _natural(path: Path) -> list[tuple[int, str]]:
    """Order E-n22 before E-n101."""
    return [(int(part), "") if part.isdigit() else (0, part) for part in re.split(r"(\d+)", path.stem)]
