"""Addresses whose place is not certain: to confirm, or to take back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import streamlit as st
from foreign import Foreign, Pin, Reading
from state import Workspace
from words import words

from planner.errors import printable
from planner.geocode.found import Found

MOST_SHOWN = 100


def show(work: Workspace, foreign: Foreign, reading: Reading) -> None:
    """List the addresses that were not found for certain, each with the places that may be meant."""
    say = words()
    pins = dict(foreign.pins)
    if reading.doubtful:
        head = say.gettext("These places are not certain. Confirm them, or leave their orders out.")
        st.markdown(f"**{head}**")
        if len(reading.doubtful) > MOST_SHOWN:
            shown, total = say.number(MOST_SHOWN), say.number(len(reading.doubtful))
            st.caption(
                say.gettext(
                    "The first {shown} of {total}; the next ones follow when these are used.", shown=shown, total=total
                )
            )
        pins |= _chosen(dict(list(reading.doubtful.items())[:MOST_SHOWN]), {})
    if reading.confirmed:
        count = len(reading.confirmed)
        label = say.ngettext("{count} place you confirmed", "{count} places you confirmed", count)
        with st.expander(label, icon=":material/where_to_vote:"):
            kept = _chosen(reading.confirmed, pins)
            pins = {address: pin for address, pin in pins.items() if address not in reading.confirmed} | kept
    st.button(
        say.gettext("Use these places"),
        icon=":material/pin_drop:",
        on_click=_confirm,
        args=(work, replace(foreign, pins=pins)),
    )


def _chosen(found: Mapping[str, Found], pins: Mapping[str, Pin]) -> dict[str, Pin]:
    """Draw a choice for each address, beginning with the pin that it has, and return those that are not left out."""
    leave_out, chosen = words().gettext("leave it out"), dict[str, Pin]()
    for address, of_it in found.items():
        places: dict[str, Pin] = {
            f"{place.address} ({place.lat:.5f}, {place.lon:.5f})": (place.lat, place.lon) for place in of_it.candidates
        }
        if (pin := pins.get(address)) is not None and pin not in places.values():
            places[f"{pin[0]:.5f}, {pin[1]:.5f}"] = pin  # of another map
        names = [leave_out, *places]
        begin = 0 if pin is None else 1 + list(places.values()).index(pin)
        label = printable(f"{address}: {of_it.reason}", limit=300)
        name = st.selectbox(label, names, index=begin, key=f"pin-{address}-{pin}")
        if name != leave_out:
            chosen[address] = places[name]
    return chosen


def _confirm(work: Workspace, foreign: Foreign) -> None:
    work.foreign = foreign
