"""Text for the page, in the user's language. What a user wrote is data: it is escaped before it meets Markdown."""

from __future__ import annotations

import re

import streamlit as st

from planner.errors import InputError, PlannerError, printable
from planner.language.words import LANGUAGES, Words, nearest_language

MARKDOWN = re.compile(r"([!-/:-@\[-`{-~])")
BARE_DOLLAR = re.compile(r"(?<!\\)\$")  # two of them would make a formula of what is between
MOST_FAULTS = 5
LONGEST = 300
KEY = "lang"  # in the address and in the session
DAYS = {"en": "DD/MM/YYYY", "de": "DD.MM.YYYY", "fr": "DD/MM/YYYY", "es": "DD/MM/YYYY"}  # of Streamlit's calendar
NAMES = {"en": "English", "de": "Deutsch", "fr": "Français", "es": "Español"}


def words() -> Words:
    """Return the words of this session's language: that of the address, the one chosen before, or the browser's."""
    asked = st.query_params.get(KEY)
    found = asked if asked in LANGUAGES else st.session_state.get(KEY)
    return Words(found or nearest_language(st.context.locale))


def choose_language() -> None:
    """Draw the choice of the language, and keep one that was made in the session and in the address."""
    language = words().language
    if st.query_params.get(KEY) in LANGUAGES or KEY in st.session_state:
        st.session_state[KEY] = st.query_params[KEY] = language
    st.session_state["language-shown"] = language
    with st.container(key="language"):
        st.selectbox(
            words().gettext("Language"),
            LANGUAGES,
            key="language-shown",
            format_func=NAMES.__getitem__,
            on_change=_take_language,
            label_visibility="collapsed",
        )


def _take_language() -> None:
    st.session_state[KEY] = st.query_params[KEY] = st.session_state["language-shown"]


def plain(text: str) -> str:
    """Return text that Markdown shows as it is: every mark escaped, every control character made visible."""
    return MARKDOWN.sub(r"\\\1", printable(text, limit=LONGEST))


def money(say: Words, amount: float, currency: str) -> str:
    """Return an amount as Markdown; the currency may be any text of the user."""
    return BARE_DOLLAR.sub(r"\\$", say.money(amount, plain(currency)))


def more(say: Words, extra: float, currency: str) -> str:
    """Return how much more something costs, with its sign, as Markdown."""
    return ("+" if extra >= 0 else "") + money(say, extra, currency)


def heading(title: str, about: str) -> str:
    """Return the first line of a card as Markdown: what it is, and which."""
    return f"**{title}** · {about}"


def capital(text: str) -> str:
    """Return a sentence with its first letter large, the others as they are: German nouns keep theirs."""
    return text[:1].upper() + text[1:]


def explain(error: PlannerError, say: Words) -> str:
    """Return an error as Markdown: one line per fault, the first few of them."""
    lines = [str(fault) for fault in error.faults] if isinstance(error, InputError) else str(error).splitlines()
    unsaid = len(lines) - MOST_FAULTS
    more = [say.ngettext("... and {count} more", "... and {count} more", unsaid)] if unsaid > 0 else []
    return "  \n".join([*(plain(line) for line in lines[:MOST_FAULTS]), *more])
