"""The card of a file that a shop or another planner made: what is open, what was understood, what is rejected."""

from __future__ import annotations

import streamlit as st
from fix_rows import problem
from foreign import Foreign
from state import Workspace
from words import explain, plain, words

from planner.errors import PlannerError
from planner.io.importing.importer import Imported
from views import pins_card, questions_card

MOST_SHOWN = 100


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
            questions_card.show(work, work.foreign, reading)
        elif reading.imported is not None:
            _told(reading.imported, work.foreign)
        if reading.doubtful or reading.confirmed:
            pins_card.show(work, work.foreign, reading)


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
    if len(judged.report.faults) > MOST_SHOWN:
        shown, total = say.number(MOST_SHOWN), say.number(len(judged.report.faults))
        st.caption(
            say.gettext("The first {shown} of {total}; mend so many in the file itself.", shown=shown, total=total)
        )
