"""Words of addresses in several languages, from `words.toml`, which says what each list means."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

_FILE: Mapping[str, Any] = tomllib.loads(Path(__file__).with_name("words.toml").read_text(encoding="utf-8"))

LONG_FORMS: Mapping[str, Sequence[str]] = _FILE["long_forms"]
ENDINGS: Mapping[str, str] = _FILE["endings"]
ENDINGS_WITHOUT_STOP = frozenset[str](_FILE["endings_without_stop"])
KINDS: Sequence[str] = sorted(_FILE["kinds"], key=len, reverse=True)  # strasse before str
NUMBER_MARKS = frozenset[str](_FILE["number_marks"])
UNITS_BEFORE_NUMBER = frozenset[str](_FILE["units_before_number"])
UNITS_AFTER_NUMBER = frozenset[str](_FILE["units_after_number"])
UNITS = frozenset[str](_FILE["units"])
COUNTRIES = frozenset[str](_FILE["countries"])
COUNTRY_SIGNS = frozenset[str](_FILE["country_signs"])
