"""House numbers in one form: ``12 A`` and ``12a`` are the same, ``12`` and ``12a`` are not."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from planner.geocode.text import Token, plain

_SPACES = re.compile(r"\s+")
_DASHES = re.compile(r"[\u2010-\u2015\u2212]")
_RANGE = re.compile(r"(\d+)([a-z]?)-(\d+)([a-z]?)")
_LEADING = re.compile(r"\d+")
_ZEROS = re.compile(r"(?<!\d)0+(?=\d)")
_BEFORE_LETTER = re.compile(r"(?<=\d)[/-](?=[a-z])")  # 15/A is 15a
_REPEATS = frozenset({"bis", "ter", "quater"})
_LONGEST_RANGE = 40


class NumberSpan(NamedTuple):
    """A reading of tokens `start` to `end` as a house number. `torn`: it leaves a letter that may belong to it."""

    form: str
    start: int
    end: int
    torn: bool = False


def number_forms(written: str) -> tuple[str, ...]:
    """Return the numbers that a house has: one, or those of a list such as ``10;12``."""
    parts = re.split(r"[;,]", _DASHES.sub("-", plain(written)))
    forms = (_BEFORE_LETTER.sub("", _ZEROS.sub("", _SPACES.sub("", part))) for part in parts)
    return tuple(dict.fromkeys(form for form in forms if form))


def ends(form: str) -> tuple[str, ...]:
    """Return the first and the last number of a range such as ``12-14``; nothing for any other number."""
    match = _RANGE.fullmatch(form)
    if not match or not 0 < int(match[3]) - int(match[1]) <= _LONGEST_RANGE:
        return ()
    return match[1] + match[2], match[3] + match[4]


def base(form: str) -> int | None:
    """Return the number without letters and what follows them."""
    match = _LEADING.match(form)
    return int(match[0]) if match and len(match[0]) < 10 else None


def spans_at(words: Sequence[Token], start: int) -> list[NumberSpan]:
    """Return what the number at `start` can be with what follows it, the longest first."""
    core = _ZEROS.sub("", words[start].text)
    before = words[start - 1] if start else None
    if before is not None and _is_letter(before, or_first=True) and not words[start].gap:
        return [NumberSpan(before.text + core, start - 1, start + 1), NumberSpan(core, start, start + 1, torn=True)]
    glued = before is not None and not words[start].gap
    found = [NumberSpan(core, start, start + 1, torn=glued)]
    after = words[start + 1] if start + 1 < len(words) else None
    if after is None or (after.starts_part and ";" not in after.gap):
        return found
    gap = _DASHES.sub("-", after.gap).strip()
    if after.is_number and gap in {"-", "/", "+", "&"}:
        joined = f"{core}{'/' if gap == '/' else '-'}{_ZEROS.sub('', after.text)}"
        found.append(NumberSpan(joined, start, start + 2))
        last = words[start + 2] if start + 2 < len(words) else None
        if last is not None and _is_letter(last) and joined[-1].isdigit():
            found.append(NumberSpan(joined + last.text, start, start + 3))
    elif after.is_number and gap == ";":
        found += _listed(words, start, core)
    elif core[-1].isalpha() and _is_letter(after) and gap in {"-", "/"}:
        found.append(NumberSpan(f"{core}{gap}{after.text}", start, start + 2))
    elif core.isdigit() and (_is_letter(after) or after.text in _REPEATS) and gap in {"", "-", "/"}:
        found.append(NumberSpan(core + after.text, start, start + 2))
    torn = glued or _is_letter(after) or not after.gap
    return [found[0]._replace(torn=torn)] if len(found) == 1 else [*found[:0:-1], found[0]._replace(torn=torn)]


def _listed(words: Sequence[Token], start: int, core: str) -> list[NumberSpan]:
    """Return a list such as 10;12 as one number."""
    end = start + 1
    while end < len(words) and words[end].is_number and words[end].gap.strip() == ";":
        end += 1
    return [NumberSpan(";".join([core, *(word.text for word in words[start + 1 : end])]), start, end)]


def _is_letter(token: Token, *, or_first: bool = False) -> bool:
    return len(token.text) == 1 and not token.is_number and (or_first or not token.starts_part)
