"""Two plans side by side: figures, money, stops that moved, promises broken."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st
from words import plain, words

from planner.dispatch.compare import At, BrokenPromise, Comparison, Figure, Promise, compare
from planner.language.words import Words
from planner.plan import Plan
from planner.report.view import PlanView
from views.figures import broken

Named = tuple[str, Plan]
PROMISES = {
    Promise.WINDOW: "outside the window it had",
    Promise.ARRIVAL: "comes at another time than told",
    Promise.LOCK: "was locked, and differs",
    Promise.SERVED: "was planned, and is left out",
}


def show(first: Named, second: Named) -> None:
    """Draw what differs in the second plan."""
    (a, one), (b, other), say = first, second, words()
    found = compare(one, other)
    for name, of in (first, second):
        if of.violations:
            st.error(f"**{plain(name)}** {broken(of)}", icon=":material/gavel:")
    st.markdown(f"**{plain(a)}** → **{plain(b)}**")
    if found.days[0] != found.days[1]:
        st.warning(say.gettext("These are plans of two days: {days}.", days=plain(", ".join(found.days))))
    figures, lists = st.columns([1, 1.2], gap="small")
    with figures:
        st.dataframe(_figures(found.figures, (a, b), say), hide_index=True, height="content")
        st.dataframe(_money(found, (a, b), say), hide_index=True, height="content")
    with lists:
        _lists(found, first, second, say)


def _lists(found: Comparison, first: Named, second: Named, say: Words) -> None:
    (a, one), (b, other) = first, second
    names = [
        say.gettext("Moved stops ({number})", number=say.number(len(found.moved))),
        say.gettext("Broken promises ({number})", number=say.number(len(found.broken))),
        say.gettext("Orders"),
    ]
    moved, promises, orders = st.tabs(names)
    with moved:
        if found.moved:
            st.dataframe(
                {
                    say.gettext("order"): [stop.order_id for stop in found.moved],
                    a: [_where(one, stop.a, say) for stop in found.moved],
                    b: [_where(other, stop.b, say) for stop in found.moved],
                    say.gettext("minutes later"): [round(stop.later_s / 60) for stop in found.moved],
                },
                hide_index=True,
            )
        else:
            st.text(say.gettext("No stop moved."))
    with promises:
        if found.broken:
            st.dataframe(_promises(found.broken, say), hide_index=True)
        else:
            st.text(say.gettext("No promise is broken."))
    with orders:
        told = (
            (say.gettext("left out in {plan} only", plan=b), found.left_out_in_b),
            (say.gettext("left out in {plan} only", plan=a), found.left_out_in_a),
            (say.gettext("of the day of {plan} only", plan=a), found.only_in_a),
            (say.gettext("of the day of {plan} only", plan=b), found.only_in_b),
        )
        for title, ids in told:
            if ids:
                st.text(f"{title}: {', '.join(ids)}")
        if not any(ids for _, ids in told):
            st.text(say.gettext("Both plan the same orders."))


def _figures(figures: Sequence[Figure], names: tuple[str, str], say: Words) -> dict[str, Sequence[object]]:
    return {
        say.gettext("figure"): [say.gettext(one.name) for one in figures],
        names[0]: [say.number(one.a, one.decimals) for one in figures],
        names[1]: [say.number(one.b, one.decimals) for one in figures],
        say.gettext("difference"): [
            _signed(one.difference, say.number(one.difference, one.decimals)) for one in figures
        ],
    }


def _money(found: Comparison, names: tuple[str, str], say: Words) -> dict[str, Sequence[object]]:
    same = found.currencies[0] == found.currencies[1]
    return {
        say.gettext("cost"): [say.gettext(one.name) for one in found.money],
        names[0]: [say.money(one.a, found.currencies[0]) for one in found.money],
        names[1]: [say.money(one.b, found.currencies[1]) for one in found.money],
        say.gettext("difference"): [
            _signed(one.difference, say.money(one.difference, found.currencies[0])) if same else ""
            for one in found.money
        ],
    }


def _signed(value: float, told: str) -> str:
    return f"+{told}" if value > 0 else told


def _where(plan: Plan, at: At, say: Words) -> str:
    where = say.gettext("trip {trip}, stop {number}", trip=at.trip, number=at.position)
    return f"{PlanView(plan).clock(at.begin_s)} · {at.vehicle_id}, {where}"


def _promises(found: Sequence[BrokenPromise], say: Words) -> dict[str, Sequence[object]]:
    return {
        say.gettext("order"): [one.id for one in found],
        say.gettext("promise"): [say.gettext(PROMISES[one.promise]) for one in found],
        say.gettext("minutes"): ["" if one.by_s is None else str(-(-one.by_s // 60)) for one in found],
    }
