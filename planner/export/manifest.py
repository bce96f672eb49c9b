"""A manifest for each vehicle as PDF and HTML, and a sheet of the day."""

from __future__ import annotations

from planner.export.html import html_of
from planner.export.job import Job, Made
from planner.export.pdf import pdf_of
from planner.export.sheets import sheets


def files(job: Job) -> Made:
    """Return a PDF and an HTML file for each vehicle and for the day."""
    made: dict[str, bytes] = {}
    notes = []
    for stem, sheet in sheets(job):
        made[f"{stem}.html"] = html_of(sheet)
        made[f"{stem}.pdf"], all_shown = pdf_of(sheet)
        if not all_shown:
            notes.append(f"{stem}.pdf: no font of this computer has all its letters; {stem}.html shows them")
    return Made(files=made, notes=tuple(notes))
