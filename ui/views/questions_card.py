"""What a foreign file leaves open: each question with what may be answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st
from foreign import Foreign, Reading, answered
from state import Workspace
from words import plain, words

from planner.errors import printable
from planner.io.importing.questions import Question

UNSAID = ""
Columns = Mapping[str, str | None]


def show(work: Workspace, foreign: Foreign, reading: Reading) -> None:
    """Draw the questions, and the button that reads the file with what is said now."""
    say = words()
    open_ = say.gettext("{file} can be read in more than one way.", file=plain(foreign.path.name))
    st.markdown(f"**{open_}**")
    for question in reading.questions:
        where = f"*{plain(question.column)}*: " if question.column else ""
        st.markdown(f"- {where}{plain(printable(question.message, limit=600))}")
    columns = _columns(reading.questions)
    said = _said(reading.questions)
    st.button(
        say.gettext("Read the file"),
        type="primary",
        on_click=_answer,
        args=(work, foreign, said, columns),
        icon=":material/check:",
    )


def _columns(questions: Sequence[Question]) -> Columns:
    """Let the user name the columns that were not found, and return the field of each that is named."""
    say, named = words(), dict[str, str | None]()
    wanted = {question.about: question.choices for question in questions if question.about in COLUMN_LABELS}
    if {"lat", "lon"} <= set(wanted):
        wanted["address"] = wanted["lat"]  # which would do in their place
    for field, choices in wanted.items():
        label = say.gettext(COLUMN_LABELS[field])
        column = st.selectbox(label, [UNSAID, *choices], key=f"column-{field}") if choices else UNSAID
        if column:
            named[column] = field
    return named


def _said(questions: Sequence[Question]) -> Mapping[str, Any]:
    """Let the user answer the other questions, and return the answers by name."""
    say, said, units = words(), dict[str, Any](), dict[str, str]()
    for question in {(question.answer, question.about): question for question in questions}.values():
        key = f"answer-{question.answer}"
        if question.answer == "units":
            label = say.gettext("Unit of {field}", field=question.about)
            units[question.about] = st.selectbox(label, question.choices, key=f"answer-unit-{question.about}")
        elif question.answer == "parcel_kg":
            label = say.gettext(LABELS[question.answer])
            number = st.number_input(label, min_value=0.0, max_value=10_000.0, value=None, step=0.1, key=key)
            said[question.answer] = None if number is None else f"{number:f}".rstrip("0").rstrip(".")
        elif question.answer in LABELS:
            label = say.gettext(LABELS[question.answer])
            said[question.answer] = st.selectbox(label, question.choices, key=key, format_func=_meaning)
    return {**said, "units": units}


def _meaning(choice: str) -> str:
    return words().gettext(MEANINGS[choice]) if choice in MEANINGS else choice


def _answer(work: Workspace, foreign: Foreign, said: Mapping[str, Any], columns: Columns) -> None:
    work.foreign = answered(foreign, said, columns)


COLUMN_LABELS = {
    "lat": "Column of the latitude",
    "lon": "Column of the longitude",
    "address": "Column of the address, where there are no coordinates",
    "weight": "Column of the weight",
}
LABELS = {
    "decimal": "Decimal sign",
    "date_order": "Order of day and month",
    "coordinates": "Order of the coordinates",
    "single_time": "What a single time means",
    "first_priority": "Which priority comes first",
    "encoding": "Encoding of the file",
    "sheet": "Sheet of the orders",
    "parcel_kg": "Kilograms of one parcel",
}
MEANINGS = {
    "dmy": "day, month, year",
    "mdy": "month, day, year",
    "lat-lon": "latitude, longitude",
    "lon-lat": "longitude, latitude",
    "after": "not before it",
    "before": "not after it",
    "high": "the highest number",
    "low": "the lowest number",
}
