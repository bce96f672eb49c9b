"""The panel of harder days: what of the plan holds in the cold, in traffic, with a plug out, and what breaks first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st
from jobs import Job
from words import plain

from planner.report.view import PlanView


def show(job: Job, view: PlanView) -> None:
    """Offer the replay, and show what it told."""
    told = job.replays()
    if told is None:
        st.text("The same routes in the cold, in slow traffic, with more load, aged batteries, or a plug out.")
        if not st.button("Replay the plan on harder days", icon=":material/ac_unit:"):
            return
        with st.spinner("Replaying"):
            job.replay()
        told = job.replays() or {}
    if "scenarios" not in told:
        st.error(plain(str(told.get("error", "the replay told nothing"))), icon=":material/error:")
        return
    st.metric("Scenarios that hold", f"{told['held']} / {len(told['scenarios'])}")
    st.dataframe(_table(view, told["scenarios"]), hide_index=True)
    st.caption("Vehicles, order of stops and charging places stay; times and charges are settled anew.")


def _table(view: PlanView, scenarios: Sequence[dict[str, Any]]) -> dict[str, Sequence[object]]:
    firsts = [scenario["breaks"][0] if scenario["breaks"] else {} for scenario in scenarios]
    return {
        "scenario": [scenario["name"] for scenario in scenarios],
        "holds": ["yes" if scenario["holds"] else "no" for scenario in scenarios],
        "breaks first": [first.get("vehicle_id") or "" for first in firsts],
        "where": [first.get("place_id") or "" for first in firsts],
        "at": ["" if first.get("at_s") is None else view.clock(first["at_s"]) for first in firsts],
        "by": [first.get("message", "") for first in firsts],
        "orders hit": [len(scenario["orders_hit"]) for scenario in scenarios],
    }
