"""The table of all steps for spreadsheets, as a plan's folder has it."""

from __future__ import annotations

from planner.export.job import Job, Made
from planner.report.tables import stops_csv


def files(job: Job) -> Made:
    """Return the table."""
    return Made(files={"stops.csv": stops_csv(job.plan).encode()})
