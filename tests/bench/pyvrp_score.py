"""Score days of several trips by PyVRP's own evaluation: ``python -m tests.bench.pyvrp_score INSTANCE ANSWER``.

By a Python with PyVRP 0.14. Prints what ``score.py`` prints for the other sets; exit code 1 where a rule is broken.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any


def verdict(instance: Path, answer: Path) -> dict[str, Any]:
    """Return what PyVRP says of an answer."""
    import pyvrp  # type: ignore[import-not-found]  # it lives in an environment of its own

    data = pyvrp.read(str(instance), round_func="dimacs")
    solution = pyvrp.read_solution(str(answer), data)
    violations = [
        *(["customers are missing"] if not solution.is_complete() else []),
        *(["too much is loaded"] if solution.has_excess_load() else []),
        *(["too late, or before the goods are there"] if solution.has_time_warp() else []),
        *(["not feasible"] if not solution.is_feasible() else []),
    ]
    return {
        "feasible": not violations,
        "vehicles": solution.num_routes(),
        "distance": solution.distance(),
        "violations": violations,
    }


if __name__ == "__main__":
    told = verdict(Path(sys.argv[1]), Path(sys.argv[2]))
    print(json.dumps(told))
    raise SystemExit(0 if told["feasible"] else 1)
