"""A time window in one cell: ``8-12``, ``between 9 and 11``, ``bis 10 Uhr``, ``PM``, two of them."""

from __future__ import annotations

import re
from collections.abc import Callable

from planner.io.cells import CellError
from planner.io.importing.moments import CLOCK, DAY_S, NEXT_DAY, OFFSET, UTC_MARK, YEAR_FIRST, YEAR_LAST, Moment
from planner.io.importing.words import vocabulary

Window = tuple[Moment | None, Moment | None]
Read = Callable[[str], Moment]

NOON_S = DAY_S // 2
# Named groups may stand in a pattern once: here they only mark where a time begins and ends.
_DATE = re.sub(r"\?P<\w+>", "?:", rf"(?:{YEAR_FIRST}|{YEAR_LAST})")
_TIME = re.sub(r"\?P<\w+>", "?:", rf"(?:{_DATE}(?:t|,?\s+)(?:{CLOCK}){OFFSET}|{CLOCK}{UTC_MARK}|\d{{3,4}}){NEXT_DAY}")
_WORDS = vocabulary("windows")


def _any_of(meaning: str) -> str:
    return "|".join(re.escape(word) for word in sorted(_WORDS[meaning], key=len, reverse=True))


_START, _END = rf"(?P<start>{_TIME})", rf"(?P<end>{_TIME})"
RANGE = re.compile(rf"(?:{_any_of('between')})?\s*{_START}\s*(?:{_any_of('to')})\s*{_END}")
BARE_HALF = re.compile(r"(?P<start>\d{1,2}(?:[:.]\d\d)?)\s*(?:[-–—]|to)\s*(?P<end>\d{1,2}(?:[:.]\d\d)?\s*[ap]\.?m\.?)")
UNTIL = re.compile(rf"(?:{_any_of('before')})\s*{_END}")
SINCE = re.compile(rf"(?:{_any_of('after')})\s*{_START}")
OPEN = re.compile(rf"{_START}\s*(?:-|–|—|\+|onwards)")
SINGLE = re.compile(_TIME)
# A stamp with an offset, which might else be read as a span of time.
STAMP = re.compile(rf"{_DATE}(?:t[\d:.,]+|\s\d\d:\d\d:\d\d)\s*[+-]\d\d:?\d\d")
AND = re.compile(r",|\band\b|\bund\b|\bet\b|\by\b|\be\b|\bor\b|\boder\b|\bou\b|&|\+")


def windows_of(text: str, *, read: Read, single: str | None) -> list[Window]:
    """Return the windows of a cell, open sides as None. Raises `CellError`.

    `single` says what a time alone means: "after", "before", or None where nobody has said it.
    """
    bare = " ".join(re.sub(r"\bore\s+", "", text.strip().replace("\n", ";").casefold()).split())
    found: list[Window] = []
    for part in filter(None, (part.strip() for part in re.split(r"[;|]", bare))):
        try:
            found.append(_window(part, read, single))
        except CellError:
            pieces = [piece.strip() for piece in AND.split(part) if piece.strip()]
            if len(pieces) < 2:
                raise
            found += [_window(piece, read, single) for piece in pieces]
    return found


def is_single(text: str) -> bool:
    """Tell whether a cell holds a time alone, neither from nor until."""
    bare = " ".join(text.casefold().split())
    return STAMP.fullmatch(bare) is not None or (not RANGE.fullmatch(bare) and SINGLE.fullmatch(bare) is not None)


def _window(part: str, read: Read, single: str | None) -> Window:
    """Read one window. Raises `CellError`."""
    if part in _WORDS["any_time"]:
        return None, None
    if part in _WORDS["morning"] or part in _WORDS["afternoon"]:
        noon = Moment(NOON_S)
        return (None, noon) if part in _WORDS["morning"] else (noon, None)
    stamp = STAMP.fullmatch(part)
    if match := stamp is None and (BARE_HALF.fullmatch(part) or RANGE.fullmatch(part)):
        return _halves(match, read) if match.re is BARE_HALF else _both(match, read)
    if match := stamp is None and UNTIL.fullmatch(part):
        return None, read(match["end"])
    if match := stamp is None and (SINCE.fullmatch(part) or OPEN.fullmatch(part)):
        return read(match["start"]), None
    if stamp is None and not SINGLE.fullmatch(part):
        raise CellError("E-O32", "is no span of time", "write 08:00-12:00")
    return (None, read(part)) if single == "before" else (read(part), None)


def _both(match: re.Match[str], read: Read) -> Window:
    """Read a start and an end; a date that stands once holds for both."""
    start, end = read(match["start"]), read(match["end"])
    if end.day is None and start.day is not None:
        end = end._replace(day=start.day, offset=start.offset if end.offset is None else end.offset)
    return start, end


def _halves(match: re.Match[str], read: Read) -> Window:
    """Read ``9-11am`` and ``10-2pm``: the half of the day that is written once holds for both, if it can."""
    end = read(match["end"])
    half = match["end"].strip()[-4:].lstrip("0123456789:. ")
    start = read(f"{match['start']} {half}")
    if start.second > end.second:
        start = read(f"{match['start']} {'am' if half.startswith('p') else 'pm'}")
    return start, end
