"""Bytes of a text file to text: which encoding it is in, told by its marks and its letters."""

from __future__ import annotations

import codecs
import itertools
from collections import Counter
from dataclasses import dataclass

from planner.errors import Fault, InputError
from planner.io.importing.questions import Question

BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
ENCODINGS = (
    "cp1252",
    "cp1250",
    "cp1251",
    "cp1253",
    "utf-16",
    "shift_jis",
    "gb18030",
    "big5",
)  # that are offered; any other may be said
SAMPLE_LETTERS = 20_000
CONTROLS = bytes({*range(32)} - set(b"\t\n\v\f\r\x1a"))  # 1A ends files of old programs
MOST_CONTROLS = 0.01
# Letters of Polish that Windows-1252 shows as signs inside a word: ą ł ż and their capitals.
SIGNS_FOR_LETTERS = frozenset("¹³¿£¯¥")
COMMON_CYRILLIC = frozenset("оеаи")  # Greek read as Cyrillic has one of them at most


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """A text and the encoding it was in; `sure` is False where the letters alone told it."""

    text: str
    encoding: str
    sure: bool = True


def decode(data: bytes, *, file: str, encoding: str | None = None) -> Decoded:
    """Return the text of a file. Raises `InputError` E-O13 where its encoding cannot be told.

    A mark at the beginning decides, then UTF-8 if every byte fits, then the letters. Libraries that guess were
    tried: on files of a few lines they took German for Polish and Polish for French.
    """
    if encoding is not None:
        return Decoded(text=_as_asked(data, encoding), encoding=encoding)
    for mark, name in BOMS:
        if data.startswith(mark):
            return Decoded(text=_strict(data, name, file).lstrip("\ufeff"), encoding=name)
    zeros = data[:200]
    if zeros.count(0) * 3 > len(zeros) > 1:
        name = "utf-16-le" if zeros[1::2].count(0) > zeros[::2].count(0) else "utf-16-be"
        text = _strict(data, name, file)
        if "\0" in text:
            raise InputError(_no_text(file))
        return Decoded(text=text, encoding=name)
    try:
        return Decoded(text=data.decode("utf-8"), encoding="utf-8")
    except UnicodeDecodeError:
        return _by_letters(data, file)


def _by_letters(data: bytes, file: str) -> Decoded:
    sample = data[: 50 * SAMPLE_LETTERS]
    if 0 in sample or len(sample) - len(sample.translate(None, CONTROLS)) > MOST_CONTROLS * len(sample):
        raise InputError(_no_text(file))
    high = bytes(byte for byte in data[: 50 * SAMPLE_LETTERS] if byte > 0x7F)[:SAMPLE_LETTERS]
    if _runs(data) > 0.5:
        letters = Counter(high.decode("cp1251", errors="replace").casefold()).most_common(4)
        if sum(letter in COMMON_CYRILLIC for letter, _ in letters) >= 2:
            return Decoded(text=_strict(data, "cp1251", file), encoding="cp1251", sure=False)
        raise InputError(_unknown(data, file))
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        return Decoded(text=_strict(data, "cp1250", file), encoding="cp1250", sure=False)
    if _signs_in_words(text):
        return Decoded(text=_strict(data, "cp1250", file), encoding="cp1250", sure=False)
    return Decoded(text=text, encoding="cp1252", sure=False)


def _runs(data: bytes) -> float:
    """Return which share of the bytes beyond ASCII stands beside another: high where a whole script is beyond it."""
    sample = data[: 50 * SAMPLE_LETTERS]
    high = [at for at, byte in enumerate(sample) if byte > 0x7F]
    beside = sum(b - a == 1 for a, b in itertools.pairwise(high))
    return beside / max(1, len(high))


def _signs_in_words(text: str) -> bool:
    """Tell whether the signs that stand for Polish letters are found inside words, more often than not."""
    inside = outside = 0
    for before, sign, after in zip(text, text[1:], text[2:], strict=False):
        if sign in SIGNS_FOR_LETTERS:
            letters = before.isalpha() or after.isalpha()
            inside, outside = inside + letters, outside + (not letters)
    return inside > outside


def _as_asked(data: bytes, encoding: str) -> str:
    try:
        codecs.lookup(encoding)
        text = data.decode(encoding)
    except (LookupError, UnicodeDecodeError, ValueError) as error:
        known = not isinstance(error, LookupError)
        message = f"the file is not in it ({error})" if known else "is no encoding"
        remedy = f"leave it out, or name another: utf-8, {', '.join(ENCODINGS)}"
        raise InputError(
            Question(
                code="E-O13",
                file="--encoding",
                value=encoding,
                message=message,
                remedy=remedy,
                answer="encoding",
                choices=ENCODINGS,
            )
        ) from None
    return text.lstrip("\ufeff")


def _strict(data: bytes, encoding: str, file: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        raise InputError(_no_text(file) if 0 in data else _unknown(data, file)) from None


def _no_text(file: str) -> Fault:
    message = "this is no text: a picture, a program or the like"
    return Fault(code="E-O47", file=file, message=message, remedy="give a CSV, TSV or XLSX file")


def _unknown(data: bytes, file: str) -> Question:
    line = next((n for n, text in enumerate(data.splitlines(), 1) if not text.isascii()), 1)
    return Question(
        code="E-O13",
        file=file,
        row=line,
        message="the encoding cannot be told: neither UTF-8 nor a Windows code page that is known by its letters",
        remedy=f"name it: --encoding {ENCODINGS[0]} (also {', '.join(ENCODINGS[1:])})",
        answer="encoding",
        choices=ENCODINGS,
    )
