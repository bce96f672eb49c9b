"""The plan as a solution in VROOM's words."""

from __future__ import annotations

import json

from planner.exchange.vroom_plan import vroom_solution
from planner.export.job import Job, Made


def files(job: Job) -> Made:
    """Return the solution."""
    text = json.dumps(vroom_solution(job.plan), ensure_ascii=False, indent=1, allow_nan=False) + "\n"
    return Made(files={"vroom.json": text.encode()})
