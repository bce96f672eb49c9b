"""Logging in, where the screen is open to others: with OpenID Connect, through Streamlit and Authlib."""

from __future__ import annotations

import os
import time

import streamlit as st
from words import plain, words

WANTED = "PLANNER_UI_LOGIN"  # set by `planner ui`, which has looked at the provider's file
IDLE_S = 8 * 3_600.0  # the cookie of a login lasts for 30 days
_seen_s: dict[str, float] = {}  # when each person was last here


def wanted() -> bool:
    """Say whether everybody has to log in."""
    return bool(os.environ.get(WANTED))


def passed() -> bool:
    """Say whether this visitor may see the pages; who was away for hours logs in again."""
    if not wanted():
        return True
    who, now_s = owner(), time.monotonic()
    if not who:
        return False
    if now_s - _seen_s.get(who, now_s) > IDLE_S:
        del _seen_s[who]
        st.logout()
        return False
    _seen_s[who] = now_s
    return True


def owner() -> str:
    """Return who has logged in, nobody where there is no login."""
    if not wanted() or not getattr(st.user, "is_logged_in", False):
        return ""
    told = st.user.to_dict()
    return " ".join(str(told[name]) for name in ("iss", "sub") if told.get(name)) or str(told.get("email") or "")


def name() -> str:
    """Return how who has logged in is called."""
    told = st.user.to_dict() if owner() else {}
    return str(told.get("name") or told.get("email") or told.get("sub") or "")


def show() -> None:
    """Draw the only thing that is there before a login."""
    say = words()
    st.subheader(say.gettext("Log in to plan"), anchor=False)
    st.text(say.gettext("This screen is for people who are known to it."))
    for provider in _providers():
        label = say.gettext("Log in") if provider is None else say.gettext("Log in with {name}", name=provider)
        key = f"log-in-{provider or ''}"
        st.button(label, key=key, type="primary", icon=":material/login:", on_click=st.login, args=(provider,))


def show_way_out() -> None:
    """Draw the button that logs out, with who has logged in."""
    if wanted():
        with st.container(key="log-out"):
            label = words().gettext("Log out {name}", name=plain(name()))
            st.button(label, key="log-out-button", type="tertiary", icon=":material/logout:", on_click=st.logout)


def _providers() -> list[str | None]:
    """Return the providers by their names; one that needs no name is None."""
    try:
        auth = st.secrets["auth"]
    except (KeyError, FileNotFoundError):
        return [None]
    named = [key for key in auth if hasattr(auth[key], "get") and auth[key].get("client_id")]
    return [*named] or [None]
