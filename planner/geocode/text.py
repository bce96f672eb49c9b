"""Written text to words that can be compared: no capitals, no accents, no marks."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from itertools import islice, product
from typing import NamedTuple

from planner.geocode.words import KINDS

MOST_SPELLINGS = 12
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})
_LETTERS = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})
_WORD = re.compile(r"\d+(?:[a-z]{1,2}(?![^\W\d_]))?|[^\W\d_]+")
_CONTRACTED = re.compile(r"\b([a-z])\.(so|le|lo|zza|zale|co)\b")  # C.so, P.zza
_STOREY = re.compile(r"(?<=\d)\s?\.?[ºª]")  # 2º is a floor, unless it is in a name
_NUMERAL = re.compile(r"[ivx]+|\d.*")
_MARKS = re.compile(r"[\u0300-\u036f]")
_SEGMENT_MARKS = frozenset(",;\n\r\t|()[]")


class Token(NamedTuple):
    """A word or number of a text. `gap` is what stands between it and the one before; `stop`: a full stop follows."""

    text: str
    gap: str
    stop: bool = False

    @property
    def is_number(self) -> bool:
        """Tell whether it begins with a digit."""
        return self.text[0].isdigit()

    @property
    def starts_part(self) -> bool:
        """Tell whether a comma, a bracket or a line end stands before it."""
        return not _SEGMENT_MARKS.isdisjoint(self.gap)


@lru_cache(maxsize=65_536)
def plain(text: str) -> str:
    """Return text without capitals and accents."""
    lowered = unicodedata.normalize("NFKC", text).casefold().translate(_LETTERS)
    return lowered if lowered.isascii() else _MARKS.sub("", unicodedata.normalize("NFD", lowered))


@lru_cache(maxsize=65_536)
def spelt_out(text: str) -> str:
    """Return text as `plain`, but with ü written as ue, as where the letter is missing."""
    composed = unicodedata.normalize("NFKC", text).casefold()
    return plain(composed.translate(_UMLAUTS))


def tokens(text: str) -> list[Token]:
    """Split into words and numbers."""
    lowered = _CONTRACTED.sub(r"\1\2", plain(_STOREY.sub(" piso ", text)))
    found: list[Token] = []
    end = 0
    for match in _WORD.finditer(lowered):
        gap = lowered[end : match.start()]
        following = lowered[match.end() : match.end() + 1]
        found.append(Token(match[0], gap, following == "." or (following == "/" and len(match[0]) == 1)))
        end = match.end()
    return found


def squeezed(words: tuple[str, ...] | list[str]) -> str:
    """Join words without spaces: compounds are written in one or apart."""
    return "".join(words)


def own_part(name: str) -> tuple[str, str]:
    """Return what of a squeezed name is its own, and the kind of street at its end if there is one."""
    for kind in KINDS:
        if name.endswith(kind):
            return name.removesuffix(kind), kind
    return next((name.removeprefix(kind) for kind in KINDS if name.startswith(kind)), name), ""


def numerals(words: Sequence[Token]) -> list[str]:
    """Return the numbers among words, Roman ones too: 12th Avenue is no slip for 13th Avenue."""
    return sorted(word.text for word in words if _NUMERAL.fullmatch(word.text) and not word.stop)


def combinations(choices: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Return the ways to choose one of each, the first of each first, and not too many."""
    return list(islice(product(*choices), MOST_SPELLINGS))
