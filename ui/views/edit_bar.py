"""The bar over the plan: what was changed by hand, what that costs and breaks, undo, redo, and keep."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import keeping
import login
import state
import streamlit as st
from hands import ChangedMeanwhileError, Hands, Made
from jobs import Job
from state import Workspace
from words import explain, more, plain, words

from planner.dispatch.edits import Charge, Edit, Move, Remove, SetLock, in_words
from planner.dispatch.slots import Slot
from planner.errors import PlannerError
from planner.language.words import Words
from planner.plan import LockKind
from planner.report.broken import broken_words

PROBLEM, NOTICE, ON_PURPOSE = "edit-problem", "edit-notice", "keep-on-purpose"
OUTDATED = "edit-bar-outdated"
FEW, LIST_PX = 4, 110  # violations that are told without a list to scroll in


def show(work: Workspace, job: Job, hands: Hands) -> None:
    """Draw the bar; where nothing was changed only what there is to say."""
    st.session_state[OUTDATED] = False
    if problem := st.session_state.get(PROBLEM):
        st.error(problem, icon=":material/block:")
    if notice := st.session_state.pop(NOTICE, None):
        st.success(notice, icon=":material/check:")
    if not hands.made and not hands.undone:
        return
    say = words()
    with st.container(border=True, key="edit-bar"):
        told, *buttons = st.columns([6, 1, 1, 1.4], vertical_alignment="center", gap="small")
        told.markdown(_told(hands, say))
        undo, redo, keep = buttons
        version = hands.version
        undo.button(
            say.gettext("Undo"),
            key="undo",
            icon=":material/undo:",
            disabled=not hands.made,
            on_click=attempt,
            args=(partial(hands.undo, version=version),),
            width="stretch",
        )
        redo.button(
            say.gettext("Redo"),
            key="redo",
            icon=":material/redo:",
            disabled=not hands.undone,
            on_click=attempt,
            args=(partial(hands.redo, version=version),),
            width="stretch",
        )
        agreed = _agreed(hands, say)
        keep.button(
            say.gettext("Keep the edits"),
            key="keep",
            type="primary",
            disabled=not hands.made or not agreed,
            on_click=_keep,
            args=(work, job, hands, version),
            width="stretch",
        )


def outdated() -> bool:
    """Say whether anything was tried since the bar was drawn."""
    return bool(st.session_state.get(OUTDATED))


def _told(hands: Hands, say: Words) -> str:
    """Return the last edit, its cost and whether the plan holds, as Markdown."""
    if not hands.made:
        return say.gettext("All edits are undone.")
    currency = hands.plan.day.currency
    count = len(hands.made)
    lines = [
        say.ngettext("{count} edit", "{count} edits", count)
        + f" · **{edit_words(hands.made[-1], say)}** · {more(say, hands.last_extra_cost, currency)}"
    ]
    if count > 1:
        lines.append(say.gettext("All edits together: {money}", money=more(say, hands.extra_cost, currency)))
    if not hands.plan.violations:
        lines.append(":material/verified: " + say.gettext("Audited: no rule is broken."))
    return "  \n".join(lines)


def _agreed(hands: Hands, say: Words) -> bool:
    """Tell what is broken; return whether the plan may be kept: it holds, or its user keeps it on purpose."""
    broken = hands.plan.violations
    if not broken or not hands.made:
        return True
    count = len(broken)
    head = say.ngettext("Audited: {count} rule is broken.", "Audited: {count} rules are broken.", count)
    st.error(head, icon=":material/gavel:")
    with st.container(height=LIST_PX if count > FEW else "content", border=False):
        st.markdown("\n".join(f"- {plain(broken_words(violation))}" for violation in broken))
    # Another plan with other violations asks again.
    return st.checkbox(say.gettext("Keep it although it breaks these rules"), key=f"{ON_PURPOSE}-{hands.version}")


def attempt(action: Callable[[], object]) -> None:
    """Do something to the plan, and say on the page why it could not be done."""
    st.session_state[PROBLEM] = ""
    st.session_state[OUTDATED] = True
    try:
        action()
    except ChangedMeanwhileError:
        st.session_state[PROBLEM] = words().gettext("The plan was changed in another tab. It is shown as it is now.")
    except PlannerError as error:
        st.session_state[PROBLEM] = explain(error, words())


def make(hands: Hands, edit: Edit | None, version: int) -> None:
    """Make an edit, if there is any."""
    if edit is not None:
        attempt(partial(_make, hands, edit, version))


def _make(hands: Hands, edit: Edit, version: int) -> None:
    state.registry().use_desk(hands)
    hands.make(edit, version=version)


def _keep(work: Workspace, job: Job, hands: Hands, version: int) -> None:
    attempt(partial(_kept, work, job, hands, version))


def _kept(work: Workspace, job: Job, hands: Hands, version: int) -> None:
    if version != hands.version:
        raise ChangedMeanwhileError
    say = words()
    found = keeping.keep(work, job, hands, by=login.name())
    if found.stored is None:
        said = say.gettext("The plan is kept here, but not in the store: {why}", why=plain(found.problem))
    elif found.beside:
        said = say.gettext(
            "Kept as {plan}, beside a newer revision that was saved before. See History.", plan=found.stored
        )
    else:
        said = say.gettext("Kept as {plan}. See History.", plan=found.stored)
    st.session_state[NOTICE] = said


def edit_words(made: Made, say: Words) -> str:
    """Return what was done, as Markdown."""
    what = made.what
    if isinstance(what, Slot | Move):
        to = (made.order or "", what.vehicle_id) if isinstance(what, Slot) else (what.order, what.vehicle)
        return say.gettext("{order} to {vehicle}", order=plain(to[0]), vehicle=plain(to[1]))
    if isinstance(what, Remove):
        return say.gettext("{order} left out", order=plain(what.order))
    if isinstance(what, Charge):
        where = what.after if what.after is not None else say.gettext("trip {trip}", trip=what.trip)
        return say.gettext("{vehicle} charges: {place}", vehicle=plain(what.vehicle), place=plain(where))
    if isinstance(what, SetLock):
        kind = say.gettext("order") if what.kind is LockKind.ORDER else say.gettext("vehicle")
        if what.on:
            return say.gettext("{what} {id} locked", what=kind, id=plain(what.id))
        return say.gettext("{what} {id} unlocked", what=kind, id=plain(what.id))
    return plain(in_words(what))
