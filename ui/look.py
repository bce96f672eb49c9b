"""Colours of the page, light and dark, told apart by people with any colour vision."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """`streets` run from faint to strong by rank; `vehicles` repeat when there are more vehicles than colours."""

    paper: str
    ink: str
    red: str
    streets: tuple[str, ...]
    vehicles: tuple[str, ...]

    def vehicle(self, number: int) -> str:
        """Return the colour of the n-th vehicle."""
        return self.vehicles[number % len(self.vehicles)]


LIGHT = Look(
    paper="#ffffff",
    ink="#22262b",
    red="#d4002a",
    streets=("#e9e8e4", "#dfded9", "#cfcfcb", "#c0c2c4", "#b3b7bc", "#a6acb4"),
    # The same as on the map page that is exported.
    vehicles=("#0072b2", "#e08a00", "#009e73", "#b05089", "#3aa3dd", "#882255", "#7d7d1a", "#332288"),
)
DARK = Look(
    paper="#15181c",
    ink="#e6e8ea",
    red="#ff4d64",
    streets=("#22272d", "#2a3037", "#363d46", "#434b55", "#4f5965", "#5b6673"),
    vehicles=("#2f8fd0", "#eb9b1f", "#12b386", "#d07fb0", "#7cc9f2", "#c95a86", "#b3b34a", "#9a8fe8"),
)


def page_look() -> Look:
    """Return the colours for the page as this browser shows it."""
    return DARK if st.context.theme.type == "dark" else LIGHT
