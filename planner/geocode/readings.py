"""The ways to read an address: which number is of the house, which the postcode, which words are street and town."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from planner.geocode.index import Index
from planner.geocode.numbers import NumberSpan, spans_at
from planner.geocode.text import Token, tokens
from planner.geocode.towns import postcode_form
from planner.geocode.words import (
    COUNTRY_SIGNS,
    NUMBER_MARKS,
    UNITS,
    UNITS_AFTER_NUMBER,
    UNITS_BEFORE_NUMBER,
)

MOST_TOKENS, MOST_NUMBERS, MOST_TOWN_WORDS, LONGEST_POSTCODE = 40, 5, 5, 3
Chunk = tuple[Token, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Town:
    """Words read as a town: the numbers it can be, none for one that the map does not know."""

    towns: frozenset[int]
    edits: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One way to read an address. `unread` words say something that the reading has no place for."""

    street: Chunk
    number: str | None
    postcode: str
    towns: tuple[Town, ...]
    unread: int
    torn: bool = False  # a letter after the number is read as one of the street


@dataclass(slots=True)
class Written:
    """The words of an address; `taken` are those with a role already, `postcode` in its compared form."""

    words: list[Token]
    taken: set[int]
    postcode: str
    town_words: tuple[Chunk, ...]  # of a column for the town


def split(text: str, *, city: str | None, postcode: str | None, index: Index) -> Written:
    """Find the words of an address and its postcode."""
    written = Written(tokens(text)[:MOST_TOKENS], set(), postcode_form(postcode or ""), ())
    if city and (words := tuple(tokens(city)[:MOST_TOKENS])):
        written.town_words = (words,)
    _find_postcode(written, index)
    return written


def _find_postcode(written: Written, index: Index) -> None:
    """Mark a postcode that the map knows, or digits that look like one of its postcodes."""
    words = written.words
    for size in range(min(LONGEST_POSTCODE, len(words)), 0, -1):
        for start in range(len(words) - size, -1, -1):
            joined = "".join(word.text for word in words[start : start + size])
            if joined in index.postcodes and any(c.isdigit() for c in joined):
                _take_postcode(written, start, size, joined)
                return
    digits = {len(code) for code in index.postcodes if code.isdigit()}
    for at in range(len(words) - 1, -1, -1):
        text = words[at].text
        if text.isdigit() and len(text) in digits and len(text) > 3:
            _take_postcode(written, at, 1, text)
            return


def _take_postcode(written: Written, start: int, size: int, form: str) -> None:
    written.taken |= {*range(start, start + size)}
    if start and written.words[start - 1].text in COUNTRY_SIGNS and written.words[start].gap.strip() in {"", "-"}:
        written.taken.add(start - 1)
    written.postcode = written.postcode or form


def readings(written: Written, index: Index) -> Iterator[Reading]:
    """Yield every sensible way to read an address, the likely ones first."""
    for without_units in (True, False):
        taken = written.taken | (_units(written.words) if without_units else set())
        if not without_units and taken == written.taken | _units(written.words):
            return
        for span in _numbers(written.words, taken):
            used = taken | (set() if span is None else {*range(span.start, span.end)})
            used |= _number_marks(written.words, span)
            chunks = _chunks(written.words, used)
            for street, towns, unread in _roles(chunks, written.town_words, index):
                yield Reading(
                    street=street,
                    number=None if span is None else span.form,
                    postcode=written.postcode,
                    towns=towns,
                    unread=unread,
                    torn=span is not None and span.torn,
                )


def _units(words: Sequence[Token]) -> set[int]:
    """Return the words that name a flat or a floor."""
    found = {at for at, word in enumerate(words) if word.text in UNITS}
    for at, (one, two) in enumerate(pairwise(words)):
        before = one.text in UNITS_BEFORE_NUMBER and two.is_number and not two.starts_part
        after = one.is_number and two.text in UNITS_AFTER_NUMBER and not two.starts_part
        if before or after:
            found |= {at, at + 1}
        door = words[at + 2] if after and at + 2 < len(words) else None
        if door is not None and len(door.text) == 1 and not door.is_number and not door.starts_part:
            found.add(at + 2)
    return found


def _numbers(words: Sequence[Token], taken: set[int]) -> list[NumberSpan | None]:
    """Return what can be the house number: each number with and without what follows it, and none of them."""
    starts = [at for at, word in enumerate(words) if word.is_number and at not in taken][:MOST_NUMBERS]
    spans = [span for at in starts for span in spans_at(words, at) if taken.isdisjoint(range(span.start, span.end))]
    return [*sorted(spans, key=lambda span: span.start - span.end), None]


def _number_marks(words: Sequence[Token], span: NumberSpan | None) -> set[int]:
    if span is None or not span.start or words[span.start - 1].text not in NUMBER_MARKS:
        return set()
    return {span.start - 1}


def _chunks(words: Sequence[Token], used: set[int]) -> list[Chunk]:
    """Return the runs of words that neither a mark nor a used word parts."""
    chunks: list[list[Token]] = []
    fresh = True
    for at, word in enumerate(words):
        if at in used:
            fresh = True
            continue
        if fresh or word.starts_part or not chunks:
            chunks.append([])
        chunks[-1].append(word)
        fresh = False
    return [tuple(chunk) for chunk in chunks]


def _roles(
    chunks: Sequence[Chunk], town_words: Sequence[Chunk], index: Index
) -> Iterator[tuple[Chunk, tuple[Town, ...], int]]:
    """Yield street, towns and how many words are left over: each chunk in turn has the street."""
    given = [_as_town(words, index) or Town(towns=frozenset(), edits=0) for words in town_words]
    for at, chunk in enumerate(chunks):
        towns, unread = [*given], 0
        for other in (*chunks[:at], *chunks[at + 1 :]):
            town = _as_town(other, index)
            if town is not None:
                towns.append(town)
            elif not index.towns.is_region(_texts(other)):
                unread += len(other)
        for street, own in _street_parts(chunk, index):
            yield street, (*towns, *own), unread
        for street, rest in _exact_parts(chunk, index):
            yield street, tuple(towns), unread + rest


def _street_parts(chunk: Chunk, index: Index) -> Iterator[tuple[Chunk, tuple[Town, ...]]]:
    """Yield a chunk as a street, and without a town at either end of it."""
    yield chunk, ()
    for size in range(min(MOST_TOWN_WORDS, len(chunk) - 1), 0, -1):
        for street, words in ((chunk[:-size], chunk[-size:]), (chunk[size:], chunk[:size])):
            if (town := _as_town(words, index)) is not None:
                yield street, (town,)
            elif index.towns.is_region(_texts(words)):
                yield street, ()


def _exact_parts(chunk: Chunk, index: Index) -> Iterator[tuple[Chunk, int]]:
    """Yield streets spelt as in the map at either end of a chunk, and how many words they leave."""
    for size in range(len(chunk) - 1, 0, -1):
        for street in (chunk[:size], chunk[-size:]):
            if any(key in index.by_key for key in index.spellings(street)):
                yield street, len(chunk) - size


def _as_town(chunk: Chunk, index: Index) -> Town | None:
    found = index.towns.recognise(_texts(chunk))
    return None if found is None else Town(towns=found[0], edits=found[1])


def _texts(chunk: Chunk) -> tuple[str, ...]:
    return tuple(word.text for word in chunk)
