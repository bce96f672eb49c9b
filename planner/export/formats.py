"""The formats that a plan is exported to: a name, what it is, and the module that makes it."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec

from planner.errors import PlannerError
from planner.export.job import Job, Made


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One format. With `folder` its files go in a folder of their own, else beside those of other formats.

    The module has `files(job)`. `needs` are the libraries that it takes from the extra `export`.
    """

    name: str
    what: str
    module: str
    needs: tuple[str, ...] = ("babel",)
    folder: bool = False
    draws: bool = False  # maps, which are better with streets behind them


FORMATS = {
    found.name: found
    for found in (
        Format(
            name="manifest",
            what="a sheet for each driver, PDF and HTML",
            module="manifest",
            needs=("babel", "jinja2", "segno", "typst"),
            folder=True,
            draws=True,
        ),
        Format(
            name="html",
            what="the same, HTML only",
            module="pages",
            needs=("babel", "jinja2", "segno"),
            folder=True,
            draws=True,
        ),
        Format(name="csv", what="a table of all steps", module="csv"),
        Format(name="xlsx", what="a workbook", module="xlsx", needs=("babel", "xlsxwriter")),
        Format(name="geojson", what="ways and stops for a map program", module="geojson"),
        Format(
            name="gpx",
            what="tracks and stops for a navigation device",
            module="gpx",
            needs=("babel", "gpxpy"),
            folder=True,
        ),
        Format(name="kml", what="ways and stops for Google Earth", module="kml"),
        Format(
            name="ical", what="a calendar for each vehicle", module="ical", needs=("babel", "icalendar"), folder=True
        ),
        Format(
            name="links",
            what="links to Google Maps, Apple Maps and geo:",
            module="link_pages",
            needs=("babel", "jinja2"),
            folder=True,
        ),
        Format(name="vroom", what="a solution in VROOM's words", module="vroom"),
    )
}


def refuse_missing_parts(wanted: list[Format]) -> None:
    """Raise `PlannerError` E-T03 where a format needs a library that is not installed."""
    missing = sorted({name for found in wanted for name in found.needs if find_spec(name) is None})
    if missing:
        names = ", ".join(found.name for found in wanted if not {*missing}.isdisjoint(found.needs))
        raise PlannerError(
            f"E-T03 {names}: needs {' and '.join(missing)} → pip install 'micro-ev-planner[export]', then try again"
        )


def make(wanted: Format, job: Job) -> Made:
    """Return the files of a format."""
    made: Made = import_module(f"planner.export.{wanted.module}").files(job)
    return made
