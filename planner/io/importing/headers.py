"""Names of columns: what they are compared by, the unit in them, and the field they stand for."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from planner.io.importing.units import unit_of

BRACKETS = re.compile(r"[(\[]([^)\]]*)[)\]]")
WORDS = re.compile(r"[^\W_]+")
# Letters that no decomposition turns into plain ones.
PLAIN = str.maketrans({"ß": "ss", "ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe", "ı": "i", "º": " ", "ª": " "})
SECOND_WINDOWS = ("tw_start", "tw_end", "tw")


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A header cell: its words, and the unit it names (canonical, or "" for none)."""

    words: tuple[str, ...]
    unit: str

    @property
    def key(self) -> str:
        """What names are compared by."""
        return "".join(self.words)


@dataclass(frozen=True, slots=True, kw_only=True)
class Alias:
    """A field, and how good the name is for it (0 the best)."""

    field: str
    rank: int
    unit: str = ""


def key_of(text: str) -> str:
    """Return a text without capitals, accents, spaces and punctuation."""
    return "".join(_words(text))


def heading(text: str) -> Heading:
    """Take a header cell apart: ``*Weight [kg]`` is the word "weight" with the unit kg."""
    units = [unit for part in BRACKETS.findall(text) if (unit := unit_of("".join(_words(part))))]
    words = _words(BRACKETS.sub(" ", text)) or _words(text)
    return Heading(words=words, unit=units[0] if units else "")


def alias_of(text: str, own: Mapping[str, str] | None = None) -> Alias | None:
    """Return the field that a column of this name stands for; `own` are the names of a known product, by key."""
    head = heading(text)
    if own and head.key in own:
        return Alias(field=own[head.key], rank=-1, unit=head.unit)
    return _window_alias(head) or _alias(head)


def known(text: str) -> bool:
    """Tell whether a header cell is one that we have a field for."""
    return alias_of(text) is not None


@cache
def fields() -> tuple[str, ...]:
    """Return the fields that a column may be mapped to."""
    return tuple(dict.fromkeys(alias.field for alias in _aliases().values()))


def _words(text: str) -> tuple[str, ...]:
    plain = unicodedata.normalize("NFKD", text.casefold().translate(PLAIN))
    return tuple(WORDS.findall("".join(c for c in plain if not unicodedata.combining(c) and c.isprintable())))


def _alias(head: Heading) -> Alias | None:
    found = _aliases().get(head.key)
    if found is not None:
        return Alias(field=found.field, rank=found.rank, unit=head.unit or unit_of(head.words[-1]))
    if len(head.words) > 1 and (unit := unit_of(head.words[-1])):
        found = _aliases().get("".join(head.words[:-1]))
        if found is not None:
            return Alias(field=found.field, rank=found.rank, unit=unit)
    return None


def _window_alias(head: Heading) -> Alias | None:
    """Find the columns of a second and third window: "Time window from 2", "Fenster 2 von"."""
    number = next((word for word in head.words if word in {"2", "3"}), None)
    if number is None:
        return None
    found = _aliases().get("".join(word for word in head.words if word != number))
    if found is None or found.field not in SECOND_WINDOWS:
        return None
    return Alias(field=found.field.replace("tw", f"tw{number}", 1), rank=found.rank, unit=head.unit)


@cache
def _aliases() -> dict[str, Alias]:
    document = tomllib.loads(files("planner.io.importing").joinpath("aliases.toml").read_text(encoding="utf-8"))
    found: dict[str, Alias] = {}
    for field, names in document["fields"].items():
        for rank, name in enumerate(names):
            found.setdefault(key_of(name), Alias(field=field, rank=rank))
    return found
