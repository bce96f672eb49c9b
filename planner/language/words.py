"""Texts of one language, with its numbers, dates and money.

The English text is the key. A catalogue is a `.po` file, which Babel compiles in memory: so what is read can be
corrected with any editor, and there is no second, compiled copy that could be an older one.
"""

from __future__ import annotations

import gettext
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from io import BytesIO

from babel import Locale, negotiate_locale
from babel.dates import format_date
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_currency, format_decimal, format_percent

ENGLISH = "en"
LANGUAGES = (ENGLISH, "de", "fr", "es")
CURRENCY_LETTERS = 3  # of a code that Babel may know


@dataclass(frozen=True)
class Words:
    """What one language says."""

    language: str

    def gettext(self, text: str, /, **values: object) -> str:
        """Return a text in this language, with values in the places that it names in braces."""
        found = text if self.language == ENGLISH else _catalogue(self.language).gettext(text)
        return found.format(**values) if values else found

    def ngettext(self, one: str, many: str, count: int, /, **values: object) -> str:
        """Return the text for so many things; `count` is one of the values."""
        chosen = one if count == 1 else many
        found = chosen if self.language == ENGLISH else _catalogue(self.language).ngettext(one, many, count)
        return found.format(count=self.number(count), **values)

    def number(self, value: float, decimals: int = 0) -> str:
        """Return a number as the language writes it."""
        places = f".{'0' * decimals}" if decimals else ""
        return str(format_decimal(value, format=f"#,##0{places}", locale=self._locale))

    def measure(self, value: float) -> str:
        """Return a number with as many decimals as it has, three at most."""
        return str(format_decimal(value, format="#,##0.###", locale=self._locale))

    def percent(self, share: float) -> str:
        """Return a share in whole percent."""
        return str(format_percent(round(share, 2), locale=self._locale))

    def money(self, amount: float, currency: str) -> str:
        """Return an amount of money; what is no code of a currency stands behind the number as it is."""
        if len(currency) == CURRENCY_LETTERS and currency.isalpha():
            return str(format_currency(amount, currency.upper(), locale=self._locale))
        return f"{self.number(amount, 2)} {currency}"

    def day(self, day: date) -> str:
        """Return a date in full, with its day of the week."""
        return str(format_date(day, format="full", locale=self._locale))

    @property
    def _locale(self) -> Locale:
        return _locale(self.language)


def nearest_language(tag: str | None) -> str:
    """Return the language that is nearest to a tag such as ``de-AT``; English where there is none."""
    found = negotiate_locale([tag.replace("_", "-").lower()], LANGUAGES, sep="-") if tag else None
    return found or ENGLISH


@cache
def _locale(language: str) -> Locale:
    # Where English writes a date, the month does not come first for most of its readers: day, month, year.
    return Locale.parse("en_GB" if language == ENGLISH else language)


@cache
def _catalogue(language: str) -> gettext.GNUTranslations:
    source = files("planner.language").joinpath(f"locale/{language}.po").read_bytes()
    compiled = BytesIO()
    write_mo(compiled, read_po(BytesIO(source), locale=language))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
