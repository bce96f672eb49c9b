"""The languages of the manifests are complete."""

from __future__ import annotations

import string
from functools import cache
from importlib.resources import files
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import planner
from planner.language.words import ENGLISH, LANGUAGES, Words
from planner.report.view import REASON_TEXT

Text = str | tuple[str, ...]


@cache
def said() -> frozenset[Text]:
    """Return every text that the program asks a catalogue for: one, or two where it counts."""
    folder = Path(planner.__file__).parent
    found = {message for _, _, message, _, _ in extract_from_dir(folder, [("**.py", "python")], directory_filter=None)}
    return frozenset({*(tuple(m) if isinstance(m, tuple) else m for m in found), *REASON_TEXT.values()})


@cache
def catalogue(language: str) -> Catalog:
    data = files("planner.language").joinpath(f"locale/{language}.po").read_bytes()
    return read_po(BytesIO(data), locale=language, abort_invalid=True)


def places(text: str) -> list[str]:
    """Return the names in braces."""
    return sorted(name for _, name, _, _ in string.Formatter().parse(text) if name)


def test_there_are_four_languages_and_the_program_says_something_in_them() -> None:
    assert LANGUAGES == ("en", "de", "fr", "es")
    assert len(said()) > 80
    assert {"Load list, last stop first", ("{count} stop", "{count} stops"), "too heavy"} <= said()


@pytest.mark.parametrize("language", [language for language in LANGUAGES if language != ENGLISH])
def test_a_catalogue_has_all_that_is_said_and_nothing_else(language: str) -> None:
    assert {message.id for message in catalogue(language) if message.id} == set(said())
    doubtful = [message.id for message in catalogue(language) if message.fuzzy or not all(_forms(message.string))]
    assert doubtful == []


@pytest.mark.parametrize("language", [language for language in LANGUAGES if language != ENGLISH])
def test_a_translation_has_the_values_of_the_english_text(language: str) -> None:
    for message in catalogue(language):
        for form in _forms(message.string) if message.id else ():
            assert places(form) == places(_forms(message.id)[0])


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_count_has_its_form(language: str) -> None:
    words = Words(language)
    one, two = (words.ngettext("{count} stop", "{count} stops", count) for count in (1, 2))
    assert one.startswith("1 ")
    assert one[2:] != two[2:]
    assert words.ngettext("{count} stop", "{count} stops", 1_000_000).endswith(two[2:])


def test_money_percent_and_days_are_written_as_the_language_does() -> None:
    assert Words("en").money(1_234.5, "EUR") == "€1,234.50"
    assert Words("de").money(1_234.5, "EUR") == "1.234,50\xa0€"
    assert Words("en").money(1_234.4, "CLP") == "CLP1,234", "there are no parts of a Chilean peso"
    assert Words("de").percent(0.845) == "84\xa0%"
    assert Words("es").number(1_234_567.25, 1) == "1.234.567,2"


def _forms(text: Text | list[str] | None) -> tuple[str, ...]:
    return (text or "",) if text is None or isinstance(text, str) else tuple(text)
