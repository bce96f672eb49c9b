"""The panel of harder days: what of the plan holds in the cold, in traffic, with a plug out, and what breaks first."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import streamlit as st
from jobs import Job
from words import plain, words

from planner.report.broken import AMOUNTS, TITLES, shown_amount
from planner.report.view import PlanView

PLUG_OUT = re.compile(r"plug (.+) out", re.DOTALL)


def show(job: Job, view: PlanView) -> None:
    """Offer the replay, and show what it told."""
    told, say = job.replays(), words()
    if told is None:
        st.text(
            say.gettext("The same routes in the cold, in slow traffic, with more load, aged batteries, or a plug out.")
        )
        if not st.button(say.gettext("Replay the plan on harder days"), icon=":material/ac_unit:"):
            return
        with st.spinner(say.gettext("Replaying")):
            job.replay()
        told = job.replays() or {}
    if "scenarios" not in told:
        st.error(plain(say.gettext(str(told.get("error")))), icon=":material/error:")
        return
    holding = f"{say.number(told['held'])} / {say.number(len(told['scenarios']))}"
    st.metric(say.gettext("Scenarios that hold"), holding)
    st.dataframe(_table(view, told["scenarios"]), hide_index=True)
    st.caption(say.gettext("Vehicles, order of stops and charging places stay; times and charges are settled anew."))


def _table(view: PlanView, scenarios: Sequence[dict[str, Any]]) -> dict[str, Sequence[object]]:
    say = words()
    firsts = [scenario["breaks"][0] if scenario["breaks"] else {} for scenario in scenarios]
    return {
        say.gettext("scenario"): [_name(scenario["name"]) for scenario in scenarios],
        say.gettext("holds"): [
            say.gettext("yes") if scenario["holds"] else say.gettext("no") for scenario in scenarios
        ],
        say.gettext("breaks first"): [first.get("vehicle_id") or "" for first in firsts],
        say.gettext("where"): [first.get("place_id") or "" for first in firsts],
        say.gettext("at"): ["" if first.get("at_s") is None else view.clock(first["at_s"]) for first in firsts],
        say.gettext("by"): [_by(first) for first in firsts],
        say.gettext("orders hit"): [len(scenario["orders_hit"]) for scenario in scenarios],
    }


def _by(first: dict[str, Any]) -> str:
    """Return by how much a rule is broken, or which one is; rules that a replay hardly ever breaks are in English."""
    say, code = words(), first.get("code", "")
    if first.get("amount") is not None and code in AMOUNTS:
        amount, decimals, unit = shown_amount(first["amount"], first["unit"])
        if unit == "stops":
            return say.gettext(AMOUNTS[code], amount=say.ngettext("{count} stop", "{count} stops", int(amount)))
        return say.gettext(AMOUNTS[code], amount=f"{say.number(amount, decimals)} {unit}")
    return say.gettext(TITLES[code]) if code in TITLES else first.get("message", "")


def _name(scenario: str) -> str:
    """Return the name of a usual scenario in the language of the page; that of a plug has the plug's name in it."""
    plug = PLUG_OUT.fullmatch(scenario)
    return words().gettext("plug {plug} out", plug=plug[1]) if plug else words().gettext(scenario)
