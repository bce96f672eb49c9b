"""The page of the store: every plan and revision; one to open, two to compare."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import state
import stored
import streamlit as st
from state import Workspace
from streamlit.navigation.page import StreamlitPage
from words import explain, money, plain, words

from planner.errors import PlannerError
from planner.language.words import Words
from planner.store.values import Entry, Story
from views import comparison, plan

MOST_ROWS = 1_000
FEW, TABLE_PX = 10, 330


def show() -> None:
    """Draw the page."""
    from planner.store.store import open_store  # noqa: PLC0415  (the other pages need no database)

    work, say = state.workspace(), words()
    st.subheader(say.gettext("Plans that were kept"), anchor=False)
    try:
        store = open_store(create=False)
        entries = sorted(store.history(), key=lambda entry: -entry.id)[:MOST_ROWS]
    except PlannerError as error:
        if "E-S35" not in str(error):  # there is one, and it cannot be read
            st.error(explain(error, say), icon=":material/error:")
            return
        entries = []
    if not entries:
        st.text(say.gettext("Nothing is kept yet. Plans of your own orders, and edits that you keep, are listed here."))
        return
    chosen = _chosen(entries, say)
    try:
        if len(chosen) == 1:
            _one(work, store.story(chosen[0].id), say)
        elif len(chosen) == 2:
            first, second = sorted(chosen, key=lambda entry: entry.id)
            comparison.show(
                (f"@{first.id}", stored.stored_plan(first.id)), (f"@{second.id}", stored.stored_plan(second.id))
            )
        else:
            st.caption(say.gettext("Tick one plan to open it, or two to compare them."))
    except PlannerError as error:
        st.error(explain(error, say), icon=":material/error:")


def page() -> StreamlitPage:
    """Return the page under its title in the language of this session."""
    return st.Page(show, title=words().gettext("History"), icon=":material/history:", url_path="history")


def _chosen(entries: Sequence[Entry], say: Words) -> list[Entry]:
    """List the plans; return those that are ticked."""
    days = sorted({entry.date for entry in entries}, reverse=True)
    narrow, _ = st.columns([1, 4])
    day = narrow.selectbox(
        say.gettext("Day"), [None, *days], format_func=lambda day: day or say.gettext("all days"), key="history-day"
    )
    listed = [entry for entry in entries if day in {None, entry.date}]
    table = st.dataframe(
        _rows(listed, say),
        hide_index=True,
        height="auto" if len(listed) <= FEW else TABLE_PX,
        key=f"history-{day}-{listed[0].id if listed else 0}",  # another list forgets what was ticked in this one
        on_select="rerun",
        selection_mode="multi-row",
    )
    return [listed[row] for row in table["selection"]["rows"] if row < len(listed)]


def _rows(entries: Sequence[Entry], say: Words) -> dict[str, Sequence[object]]:
    return {
        say.gettext("plan"): [f"@{entry.id}" for entry in entries],
        say.gettext("day"): [entry.date for entry in entries],
        say.gettext("revision"): [str(entry.revision) for entry in entries],
        say.gettext("made from"): ["" if entry.parent is None else f"@{entry.parent}" for entry in entries],
        say.gettext("saved"): [_moment(entry.saved_utc) for entry in entries],
        say.gettext("by"): [entry.author for entry in entries],
        say.gettext("cost"): [say.money(entry.cost, entry.currency) for entry in entries],
        say.gettext("orders"): [f"{say.number(entry.served)} / {say.number(entry.orders)}" for entry in entries],
        "km": [say.number(entry.km, 1) for entry in entries],
        say.gettext("vehicles"): [say.number(entry.vehicles) for entry in entries],
        say.gettext("what"): [_what(entry, say) for entry in entries],
    }


def _moment(utc: str) -> str:
    """Return a moment on the clock of this machine."""
    return datetime.fromisoformat(utc).astimezone().strftime("%Y-%m-%d %H:%M")


def _what(entry: Entry, say: Words) -> str:
    """Tell what is special about a plan, most of all that it breaks rules."""
    told = []
    if entry.kept_with_violations:
        count = entry.violations
        told.append(say.ngettext("KEPT WITH {count} VIOLATION", "KEPT WITH {count} VIOLATIONS", count))
    if entry.branch:
        told.append(say.gettext("branch"))
    told += [*entry.edits, *entry.events]
    if entry.erased_utc is not None:
        told.append(say.gettext("erased in part"))
    return ", ".join(told)


def _one(work: Workspace, story: Story, say: Words) -> None:
    """Tell how a plan came about, and offer to open it."""
    entry = story.entry
    with st.container(border=True):
        told, button = st.columns([4, 1], vertical_alignment="center")
        amount = money(say, entry.cost, entry.currency)
        told.markdown(f"**@{entry.id}** · {plain(entry.date)} · {amount}")
        busy = work.job is not None and work.job.running
        label = say.gettext("Open this plan")
        if button.button(label, type="primary", key="open-stored", disabled=busy, width="stretch"):
            stored.open_stored(work, entry.id)
            st.switch_page(plan.page())
        if entry.kept_with_violations:
            st.error(_what(entry, say), icon=":material/gavel:")
        lines = [f"{edit.kind} {_detail(edit.detail)}" for edit in story.edits]
        lines += [f"{event.kind} {_detail(event.detail)}" for event in story.events]
        for line in lines:
            st.text(line)
        st.caption(
            say.gettext(
                "Made by {program}, seed {seed}.",
                program=plain(str(story.provenance.get("program", ""))),
                seed=plain(str(story.provenance.get("seed", ""))),
            )
        )


def _detail(detail: object) -> str:
    items = detail.items() if isinstance(detail, dict) else ()
    return ", ".join(f"{name} {value}" for name, value in items if isinstance(value, str | int | float))
