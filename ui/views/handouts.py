"""Sheets for drivers and files for other programs, made when they are asked for."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st
from jobs import Job
from packing import packed
from state import cached_streets
from words import NAMES, explain, words

from planner.errors import PlannerError
from planner.export.formats import FORMATS, Format, make, refuse_missing_parts
from planner.language.words import LANGUAGES, Words
from planner.plan import Plan
from planner.report.geojson import routes_geojson
from planner.report.map_page import map_page
from planner.report.tables import stops_csv

FILES = {
    "plan.json": ("The plan", "application/json"),
    "stops.csv": ("Stops as a table", "text/csv"),
    "routes.geojson": ("Routes for a map", "application/geo+json"),
    "map.html": ("Map page", "text/html"),
    "import_report.csv": ("Rows left out", "text/csv"),
}


def files(job: Job, plan: Plan) -> None:
    """Offer the files of ``planner plan``; what is not written is made when it is asked for."""
    say = words()
    made: dict[str, Callable[[], bytes | str]] = {
        "stops.csv": partial(stops_csv, plan),
        "routes.geojson": partial(routes_geojson, plan),
        "map.html": lambda: map_page(plan, cached_streets(job.streets)),
    }
    for name, (label, mime) in FILES.items():
        path = job.result(name)
        make: Callable[[], bytes | str] | None = path.read_bytes if path.exists() else made.get(name)
        if make is not None:
            st.download_button(
                f"{say.gettext(label)} · {name}", make, name, mime, on_click="ignore", icon=":material/download:"
            )


def show(job: Job, plan: Plan) -> None:
    """Offer every format of ``planner export`` as one file to download."""
    say = words()
    name = st.selectbox(say.gettext("For drivers and other programs"), list(FORMATS), format_func=partial(_said, say))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        language = st.selectbox(
            say.gettext("Language"), LANGUAGES, index=LANGUAGES.index(say.language), format_func=NAMES.__getitem__
        )
        wanted = FORMATS[name]
        try:
            refuse_missing_parts([wanted])
        except PlannerError as error:
            st.warning(explain(error, say))
            return
        st.download_button(
            say.gettext("Make {name}", name=name),
            partial(_zipped, job, plan, wanted, language),
            f"{name}-{plan.day.date}.zip",
            "application/zip",
            on_click="ignore",
            icon=":material/print:",
        )


def _said(say: Words, name: str) -> str:
    return f"{name}: {say.gettext(FORMATS[name].what)}"


def _zipped(job: Job, plan: Plan, wanted: Format, language: str) -> bytes:
    """Return all files of a format in one."""
    from planner.export.job import Job as Export  # noqa: PLC0415  (its libraries are part of an extra)

    made = make(wanted, Export(plan, Words(language), cached_streets(job.streets) if wanted.draws else None))
    return packed(made.files)
