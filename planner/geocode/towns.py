"""Names of towns as people shorten and misspell them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from rapidfuzz import process
from rapidfuzz.distance import OSA

from planner.geocode.text import plain, spelt_out, squeezed, tokens
from planner.geocode.words import COUNTRIES, LONG_FORMS

_NOT_LETTERS = re.compile(r"[^a-z0-9]")
_LINKS = frozenset(
    {"a", "am", "an", "b", "bei", "beim", "d", "de", "der", "i", "im", "in", "ob", "sous", "sur", "unter", "v", "vor"}
)
MOST_KEPT = 100_000
EDITS_FROM = ((8, 2), (4, 1))  # letters, and how many edits a name of so many may have


def postcode_form(written: str) -> str:
    """Return a postcode without spaces and dashes."""
    return _NOT_LETTERS.sub("", plain(written))


class TownNames:
    """All town names of a map. Spellings of one name, such as ``a.d.`` and ``an der``, have one number."""

    def __init__(self, names: Iterable[str], *, regions: Iterable[str] = ()) -> None:
        self._numbers: dict[str, int] = {}
        self._words: list[tuple[str, ...]] = []
        self._same: list[int] = []  # of each spelling, the number of the town
        self._by_first: dict[str, list[int]] = {}
        self._seen: dict[tuple[str, ...], tuple[frozenset[int], int] | None] = {}
        for name in sorted(set(names)):
            for spelt in (name, spelt_out(name)):
                self._add(name, tuple(word.text for word in tokens(spelt)))
        self._fuzzy: dict[str, set[int]] = {}
        for number, words in enumerate(self._words):
            for key in {squeezed(words), words[0]}:
                self._fuzzy.setdefault(key, set()).add(self._same[number])
        self._fuzzy_keys = [key for key in self._fuzzy if len(key) >= EDITS_FROM[-1][0]]
        self.regions = {tuple(word.text for word in tokens(region)) for region in regions}
        self.regions |= {(country,) for country in COUNTRIES}

    def _add(self, name: str, words: tuple[str, ...]) -> None:
        if not words:
            return
        same = self._numbers.get(name)
        if same is None:
            same = next(
                (
                    self._same[other]
                    for other in self._by_first.get(words[0], ())
                    if len(self._words[other]) == len(words) and _follows(words[1:], self._words[other][1:])
                ),
                len(self._words),
            )
        self._numbers[name] = same
        self._by_first.setdefault(words[0], []).append(len(self._words))
        self._words.append(words)
        self._same.append(same)

    def numbers(self, names: Iterable[str]) -> frozenset[int]:
        """Return the numbers of names that the map has."""
        return frozenset(self._numbers[name] for name in names if name in self._numbers)

    def recognise(self, words: tuple[str, ...]) -> tuple[frozenset[int], int] | None:
        """Return the towns that words may stand for and how many letters they are off; None for no town."""
        if words not in self._seen:
            if len(self._seen) > MOST_KEPT:
                self._seen.clear()
            self._seen[words] = self._recognise(words)
        return self._seen[words]

    def _recognise(self, words: tuple[str, ...]) -> tuple[frozenset[int], int] | None:
        for first in (words[0], *LONG_FORMS.get(words[0], ())):
            known = self._by_first.get(first, ())
            exact = [n for n in known if self._words[n][1:] == words[1:]]
            exact = exact or [n for n in known if _follows(words[1:], self._words[n][1:])]
            # More than the map says: "Lauf an der Pegnitz" for a Lauf.
            if not exact and len(words) > 2 and words[1] in _LINKS:
                exact = [n for n in known if len(self._words[n]) == 1]
            if exact:
                return frozenset(self._same[n] for n in exact), 0
        written = squeezed(words)
        most = next((edits for letters, edits in EDITS_FROM if len(written) >= letters), 0)
        near = most and process.extractOne(written, self._fuzzy_keys, scorer=OSA.distance, score_cutoff=most)
        return (frozenset(self._fuzzy[near[0]]), int(near[1])) if near else None

    def is_region(self, words: tuple[str, ...]) -> bool:
        """Tell whether words name a country or a region around the map, which says nothing more."""
        return words in self.regions


def _follows(short: Sequence[str], long: Sequence[str]) -> bool:
    """Tell whether each short word begins a long one, in order; long ones may be left out."""
    rest = iter(long)
    return all(any(word.startswith(part) or part.startswith(word) for word in rest) for part in short)
