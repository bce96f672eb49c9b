"""Ask the sets' own scorer, or PyVRP, in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.bench.sets.catalogue import ROOT
from tests.bench.sets.engines import pyvrp_folder

PYVRP, PYVRP_SCORE = "pyvrp", "tests.bench.pyvrp_score"


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """The scorer's verdict; without a value where it could not read the answer."""

    feasible: bool
    vehicles: int | None
    distance: float | None
    violations: list[str]


def score(shared: Path, *, scorer: str, instance: Path, solution: Path) -> Score:
    name, by = "score.py", [sys.executable, str(shared / "bench" / "score.py"), scorer]
    if scorer == PYVRP:
        name, by = PYVRP_SCORE, [str((pyvrp_folder() or Path(sys.prefix)) / "bin" / "python"), "-m", PYVRP_SCORE]
    command = [*by, str(instance.resolve()), str(solution.resolve())]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    try:
        verdict = json.loads(done.stdout)
    except json.JSONDecodeError:
        last = done.stderr.strip().splitlines()[-1:] or [f"exit code {done.returncode}"]
        return Score(feasible=False, vehicles=None, distance=None, violations=[f"{name}: {last[0]}"])
    return Score(
        feasible=bool(verdict["feasible"]) and done.returncode == 0,
        vehicles=int(verdict["vehicles"]),
        distance=float(verdict["distance"]),
        violations=[str(violation) for violation in verdict["violations"]],
    )
