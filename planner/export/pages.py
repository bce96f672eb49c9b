"""The manifests as HTML alone."""

from __future__ import annotations

from planner.export.html import html_of
from planner.export.job import Job, Made
from planner.export.sheets import sheets


def files(job: Job) -> Made:
    """Return an HTML file for each vehicle and for the day."""
    return Made(files={f"{stem}.html": html_of(sheet) for stem, sheet in sheets(job)})
