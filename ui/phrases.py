"""Why an order is left out, and what an explanation found, in the user's language."""

from __future__ import annotations

from words import plain

from planner.dispatch.desk import BY_HAND
from planner.errors import printable
from planner.explained import UNCOUNTED, Phrase, Repair, Shortfall, Value
from planner.language.words import Words
from planner.plan import Unassigned
from planner.report.view import REASON_TEXT, PlanView

LONGEST = 200


def reason_words(say: Words, missing: Unassigned) -> str:
    """Say in short why an order is left out."""
    return say.gettext("taken out by hand") if missing.detail == BY_HAND else say.gettext(REASON_TEXT[missing.reason])


def left_out_words(say: Words, missing: Unassigned) -> str:
    """Say why an order is left out, in red, and what is known beside that, as Markdown."""
    detail = "" if missing.detail in {"", BY_HAND} else f": {plain(missing.detail)}"
    return f":red[{reason_words(say, missing)}]{detail}"


def shortfall_words(say: Words, shortfall: Shortfall) -> str:
    """Say what fails, and at which place."""
    told = _both(say, [_said(say, one) for one in shortfall.phrases])
    if shortfall.at_least:
        told = f"{told}, {say.gettext(UNCOUNTED)}"
    if shortfall.of_order:
        told = say.gettext("order {order} of its group: {told}", order=_plain(shortfall.of_order), told=told)
    if shortfall.after is None:
        return told
    at = say.gettext(
        "{vehicle} after {place}", vehicle=_plain(shortfall.vehicle_id or ""), place=_plain(shortfall.after)
    )
    return f"{told} ({at})"


def repair_words(say: Words, view: PlanView, repair: Repair) -> str:
    """Say what is changed, who serves the order then, and whose routes differ from the plan."""
    clock = view.clock(repair.begin_s)
    served = say.gettext("{vehicle} at {time}", vehicle=_plain(repair.vehicle_id), time=clock)
    told = f"{_said(say, repair.phrase)}: {served}"
    others = [_plain(id) for id in repair.routes_changed if id != repair.vehicle_id]
    if not others:
        return told
    moved = say.gettext("{vehicles} re-planned", vehicles=_both(say, others))
    return f"{told}, {moved}"


def _said(say: Words, phrase: Phrase) -> str:
    return say.gettext(phrase.words, **{name: _value(say, value) for name, value in phrase.values})


def _value(say: Words, value: Value) -> str:
    if isinstance(value, tuple):
        listed = [_said(say, one) if isinstance(one, Phrase) else _plain(one) for one in value]
        return ", ".join(listed) if value and isinstance(value[0], Phrase) else _both(say, listed)
    return _plain(value) if isinstance(value, str) else say.measure(value)


def _both(say: Words, texts: list[str]) -> str:
    """Return texts with "and" between them."""
    told = texts[0] if texts else ""
    for text in texts[1:]:
        told = say.gettext("{one} and {other}", one=told, other=text)
    return told


def _plain(text: str) -> str:
    return printable(text, limit=LONGEST)
