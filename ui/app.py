"""The screen: looks up the workspace of this browser and shows one of its pages."""

from __future__ import annotations

from pathlib import Path

import login
import state
import streamlit as st
from views import day, history, orders, plan, sizing
from words import choose_language

st.set_page_config(page_title="Planner", page_icon=str(Path(__file__).with_name("icon.png")), layout="wide")
st.html(Path(__file__).with_name("page.css"))
if not login.passed():
    login.show()
    st.stop()
work = state.workspace()
state.remember_in_address(work)
work.remember()
choose_language()
login.show_way_out()
st.navigation([orders.page(), plan.page(), day.page(), sizing.page(), history.page()], position="top").run()
