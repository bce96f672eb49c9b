"""Words for priority, type of order, yes and no, in the languages of the exports."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files

from planner.io.cells import CellError
from planner.io.importing.headers import key_of


@cache
def vocabulary(section: str) -> Mapping[str, Sequence[str]]:
    """Return the words of a section of words.toml, by what they mean."""
    text = files("planner.io.importing").joinpath("words.toml").read_text(encoding="utf-8")
    found: Mapping[str, Sequence[str]] = tomllib.loads(text)[section]
    return found


@cache
def _meanings(section: str) -> Mapping[str, str]:
    return {key_of(word): meaning for meaning, words in vocabulary(section).items() for word in words}


def priority_of(text: str) -> str:
    """Return must, should or may. Raises `CellError`."""
    found = _meanings("priority").get(key_of(text))
    if found is None:
        raise CellError("E-O54", "is no priority", "write low, normal or high")
    return found


def ranked_priority(text: str, *, lowest: float, highest: float, high_first: bool) -> str:
    """Return the priority of a number: the numbers of the column in thirds, the most urgent third must."""
    try:
        value = float(text)
    except ValueError:
        raise CellError("E-O54", "is no priority, where others are numbers", "give a number") from None
    share = (value - lowest) / (highest - lowest) if highest > lowest else 0.5
    urgent = share if high_first else 1 - share
    return "must" if urgent > 2 / 3 else "may" if urgent < 1 / 3 else "should"


def type_of(text: str) -> str:
    """Return delivery, pickup or task, also from yes and no to a pickup. Raises `CellError`."""
    found = _meanings("type").get(key_of(text))
    if found is None:
        raise CellError("E-O54", "is no type of order", "write delivery or pickup, or leave it empty")
    return found
