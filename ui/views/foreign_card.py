"""The card of a file that a shop or another planner made: questions, what was understood, pins to confirm."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import streamlit as st
from fix_rows import problem
from foreign import Foreign, Reading, answered
from state import Workspace
from words import explain, plain, words

from planner.errors import Fault, PlannerError, printable
from planner.io.importing.importer import Imported

UNIT = re.compile(r"--unit (\w+)=(\S+)")
TEXTS = {"parcel_kg": "--parcel-kg", "time_zone": "--zone"}
MOST_SHOWN = 100
UNSAID = ""


def show(work: Workspace) -> None:
    """Draw the card, and take the orders that the file gives now."""
    say = words()
    with st.container(border=True):
        try:
            reading = work.read_foreign()
        except PlannerError as error:
            st.error(explain(error, say), icon=":material/error:")
            return
        assert work.foreign is not None
        if reading.questions:
            _questions(work, work.foreign, reading)
        elif reading.imported is not None:
            _told(reading.imported, work.foreign)
        if reading.doubtful:
            _pins(work, work.foreign, reading)


def _questions(work: Workspace, foreign: Foreign, reading: Reading) -> None:
    say = words()
    open_ = say.gettext("{file} can be read in more than one way.", file=plain(foreign.path.name))
    st.markdown(f"**{open_}**")
    for question in reading.questions:
        where = f"*{plain(question.column)}*: " if question.column else ""
        st.markdown(f"- {where}{plain(printable(question.message, limit=600))}")
    said = dict(_choices(reading))
    columns: Mapping[str, str | None] = {}
    if any(question.code == "E-O71" for question in reading.questions):
        columns = _columns(reading.questions)
    st.button(
        say.gettext("Read the file"),
        type="primary",
        on_click=_answer,
        args=(work, foreign, said, columns),
        icon=":material/check:",
    )


def _choices(reading: Reading) -> Mapping[str, Any]:
    """Draw what the questions leave open, and return what is said now."""
    say, said = words(), dict[str, Any]()
    remedies = " ".join(question.remedy for question in reading.questions)
    for name, choices in reading.asked.items():
        label = say.gettext(LABELS[name])
        shown = {choice: say.gettext(MEANINGS.get(choice, choice)) for choice in choices}
        said[name] = st.selectbox(label, choices, key=f"answer-{name}", format_func=shown.__getitem__)
    for name, option in TEXTS.items():
        if option in remedies:
            said[name] = st.text_input(say.gettext(LABELS[name]), key=f"answer-{name}").strip()
    units: dict[str, list[str]] = {}
    for field, unit in UNIT.findall(remedies):
        units.setdefault(field, []).append(unit.strip(",;"))
    if units:
        said["units"] = {
            field: st.selectbox(
                say.gettext("Unit of {field}", field=field), list(dict.fromkeys(listed)), key=f"answer-unit-{field}"
            )
            for field, listed in units.items()
        }
    return said


def _columns(questions: tuple[Fault, ...]) -> Mapping[str, str | None]:
    """Let the user name the column of each place that no column was found for."""
    say, named = words(), dict[str, str | None]()
    listed = re.findall(r'"([^"]*)" \(such as', questions[0].message)
    for question in questions:
        found = re.search(r'write "(\w+)" behind', question.remedy)
        if question.code != "E-O71" or found is None:
            continue
        label = say.gettext("Column of the latitude") if found[1] == "lat" else say.gettext("Column of the longitude")
        column = st.selectbox(label, [UNSAID, *listed], key=f"column-{found[1]}")
        if column:
            named[column] = found[1]
    return named


def _answer(work: Workspace, foreign: Foreign, said: Mapping[str, str], columns: Mapping[str, str | None]) -> None:
    work.foreign = answered(foreign, said, columns)


def _told(imported: Imported, foreign: Foreign) -> None:
    say, judged = words(), imported.judged
    file, rows = plain(foreign.path.name), say.number(imported.rows_read)
    counts = say.gettext(
        "{rows} rows: {accepted} became orders, {merged} were merged into them, {rejected} were rejected.",
        rows=rows,
        accepted=say.number(judged.accepted),
        merged=say.number(judged.merged),
        rejected=say.number(judged.rejected),
    )
    st.markdown(f"**{file}** · {counts}")
    with st.expander(say.gettext("What was understood"), icon=":material/rule:"):
        for line in imported.said:
            st.caption(plain(line))
        st.dataframe(
            {
                say.gettext("column"): [column.name for column in imported.columns],
                say.gettext("is read as"): [column.field or say.gettext("not used") for column in imported.columns],
                say.gettext("unit"): [column.unit for column in imported.columns],
                say.gettext("example"): [column.example for column in imported.columns],
            },
            hide_index=True,
        )
    faults = judged.report.faults[:MOST_SHOWN]
    if faults:
        head = say.gettext("These rows are not planned.")
        st.markdown(f"**{head}**")
        st.dataframe(
            {
                say.gettext("line"): [fault.row for fault in faults],
                say.gettext("what is wrong"): [problem(fault) for fault in faults],
                say.gettext("what to do"): [fault.remedy for fault in faults],
            },
            hide_index=True,
        )


def _pins(work: Workspace, foreign: Foreign, reading: Reading) -> None:
    """List the addresses whose place is not certain, each with the places that may be meant."""
    say = words()
    head = say.gettext("These places are not certain. Confirm them, or leave their orders out.")
    st.markdown(f"**{head}**")
    pins = dict(foreign.pins)
    for address, found in list(reading.doubtful.items())[:MOST_SHOWN]:
        places = [f"{place.address} ({place.lat:.5f}, {place.lon:.5f})" for place in found.candidates]
        leave_out = say.gettext("leave it out")
        chosen = st.selectbox(
            printable(f"{address}: {found.reason}", limit=300), [leave_out, *places], key=f"pin-{address}"
        )
        if chosen != leave_out:
            place = found.candidates[places.index(chosen)]
            pins[address] = (place.lat, place.lon)
    label = say.gettext("Use these places")
    st.button(label, icon=":material/pin_drop:", on_click=_confirm, args=(work, replace(foreign, pins=pins)))


def _confirm(work: Workspace, foreign: Foreign) -> None:
    work.foreign = foreign


LABELS = {
    "decimal": "Decimal sign",
    "date_order": "Order of day and month",
    "window_end": "What the end of a window means",
    "coordinates": "Order of the coordinates",
    "single_time": "What a single time means",
    "first_priority": "Which priority comes first",
    "parcel_kg": "Kilograms of one parcel",
    "time_zone": "Time zone, such as Europe/Berlin",
}
MEANINGS = {
    "dmy": "day, month, year",
    "mdy": "month, day, year",
    "service-end": "service has ended",
    "service-start": "service has begun",
    "arrival": "the vehicle has arrived",
    "lat-lon": "latitude, longitude",
    "lon-lat": "longitude, latitude",
    "after": "not before it",
    "before": "not after it",
    "high": "the highest number",
    "low": "the lowest number",
}
