"""The languages of the manifests and of the screen are complete."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator
from dataclasses import fields, replace
from functools import cache
from importlib.resources import files
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from effort import EFFORTS
from fix_rows import TOLD
from jobs import REPLAY_LATE, STOPPED
from phrases import repair_words, shortfall_words
from timeline import LEGEND
from views.comparison import PROMISES
from views.day import EVENTS
from views.handouts import FILES
from views.questions_card import COLUMN_LABELS, LABELS, MEANINGS
from views.sizing import PEAKS, SOURCES

import planner
from planner.dispatch.compare import FIGURES, LOWEST, TOTAL
from planner.explain.misses import BY_CLOCK, CROWDED
from planner.explained import UNCOUNTED, Explanation, Grade, Repair, RepairKind, Rule, Shortfall, phrase
from planner.export.formats import FORMATS
from planner.io.explained_file import explanations_from_json, explanations_to_json
from planner.language.words import ENGLISH, LANGUAGES, Words, nearest_language
from planner.model import Priority
from planner.plan import Cost, StepKind
from planner.report.broken import AMOUNTS, TITLES
from planner.report.explained import CUT, GRADE_TEXT, NO_REPAIR, repair_text, shortfall_text
from planner.report.view import ENDS_AWAY, NIGHT_TOO_SHORT, NO_NIGHT_PLUG, REASON_TEXT, PlanView, cost_kinds
from planner.robust import usual_scenarios
from tests.factories import make_day, make_plan
from tests.ui.conftest import ROOT

UNTIL = "{vehicle} until {time}"
LITERAL = re.compile(r"gettext\(['\"]")  # Babel does not look into f-strings
PLANNER = Path(planner.__file__).parent
Text = str | tuple[str, ...]


@cache
def said() -> frozenset[Text]:
    """Return every text that the program asks a catalogue for: one, or two where it counts."""
    found = [message for folder in (PLANNER, ROOT / "ui") for _, _, message, _, _ in extracted(folder)]
    return frozenset({*(tuple(m) if isinstance(m, tuple) else m for m in found), *named()})


def extracted(folder: Path) -> Iterator[tuple[str, int, str | tuple[str, ...], list[str], str | None]]:
    return extract_from_dir(folder, [("**.py", "python")], directory_filter=None)


def named() -> set[str]:
    """Return the names that stand in tables, or are values of the model, and are shown in the user's language."""
    tables = [*REASON_TEXT.values(), *GRADE_TEXT.values(), NO_REPAIR, CUT, NIGHT_TOO_SHORT, NO_NIGHT_PLUG, ENDS_AWAY]
    kinds = cost_kinds(Cost(**{field.name: 1.0 for field in fields(Cost)}))
    formats = [wanted.what for wanted in FORMATS.values()]
    scenarios = [one.name for one in usual_scenarios(replace(make_day(), depots=()))]
    screen = [
        *TOLD,
        *EFFORTS,
        STOPPED,
        REPLAY_LATE,
        *(label for label, _ in FILES.values()),
        *LABELS.values(),
        *COLUMN_LABELS.values(),
        *LEGEND.values(),
        *PROMISES.values(),
        *EVENTS.values(),
        *SOURCES.values(),
        *PEAKS.values(),
        *(name for _, name, _ in FIGURES),
        LOWEST,
        TOTAL,
        *(field.name.replace("_", " ") for field in fields(Cost)),
        *MEANINGS.values(),
    ]
    breaks = [UNCOUNTED, *AMOUNTS.values(), *TITLES.values()]
    return {*tables, *kinds, *formats, *scenarios, *screen, *breaks, *explained(), *StepKind, *Priority}


def explained() -> set[str]:
    """Return the words of every phrase that an explanation may have: they stand in calls of `phrase`, or in tables."""
    found = {*CROWDED.values(), *BY_CLOCK.values()}
    for path in sorted((PLANNER / "explain").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "phrase":
                words = node.args[0]
                if isinstance(words, ast.Constant):
                    found.add(str(words.value))
                else:
                    assert ast.unparse(words) in {"CROWDED[rule]", "BY_CLOCK[rule]"}, ast.unparse(node)
    return found


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


def test_no_text_hides_from_the_catalogues_in_an_f_string() -> None:
    files_of_the_screen = sorted((ROOT / "ui").rglob("*.py"))
    assert len(files_of_the_screen) > 15
    trees = {path.name: ast.parse(path.read_text(encoding="utf-8")) for path in files_of_the_screen}
    strings = [
        (name, node) for name, tree in trees.items() for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)
    ]
    assert [(name, ast.unparse(node)) for name, node in strings if LITERAL.search(ast.unparse(node))] == []


@pytest.mark.parametrize(
    ("tag", "language"), [("de-AT", "de"), ("fr_CA", "fr"), ("ES", "es"), ("pt-BR", "en"), ("", "en"), (None, "en")]
)
def test_a_browser_gets_the_nearest_language_or_english(tag: str | None, language: str) -> None:
    assert nearest_language(tag) == language


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


SHORT = Shortfall(
    type_name="van",
    rule=Rule.WINDOW,
    amount=7.0,
    unit="min",
    phrases=(phrase("{number} kg too heavy for the trip", number=2.5), phrase("{number} min late", number=1_007)),
    at_least=True,
    vehicle_id="v1",
    after="o2",
)
LATER = Repair(
    kind=RepairKind.SHIFT_LATER,
    phrase=phrase("shift +{number} min ({limits})", number=10, limits=(phrase(UNTIL, vehicle="v1", time="17:10"),) * 2),
    vehicle_id="v1",
    begin_s=36_000,
    extra_cost=1.0,
    routes_changed=("v1", "v2", "v3"),
)


def test_what_an_explanation_found_is_said_in_the_language_of_the_page_and_in_english_as_on_the_terminal() -> None:
    told = {language: shortfall_words(Words(language), SHORT) for language in LANGUAGES}
    assert told["en"] == shortfall_text(SHORT)
    assert told["de"] == (
        "2,5 kg zu schwer für die Tour und 1.007 min zu spät, Laden und Pausen nicht gezählt (v1 nach o2)"
    )
    assert told["fr"].startswith("2,5 kg de trop pour la tournée et 1\u202f007 min de retard, sans compter")
    assert told["es"].endswith("min de retraso, sin contar cargas ni pausas (v1 después de o2)")
    view = PlanView(make_plan())
    said = {language: repair_words(Words(language), view, LATER) for language in LANGUAGES}
    assert (
        said["en"]
        == repair_text(view, LATER)
        == ("shift +10 min (v1 until 17:10, v1 until 17:10): v1 at 10:00, v2 and v3 re-planned")
    )
    assert said["de"] == "Schicht +10 min (v1 bis 17:10, v1 bis 17:10): v1 um 10:00, v2 und v3 neu geplant"


def test_an_explanation_keeps_its_phrases_in_a_file() -> None:
    one = Explanation(
        order_id="o9",
        grade=Grade.NOT_FOUND,
        reason="fleet_full",
        detail="",
        shortfalls=(replace(SHORT, of_order="o8"),),
        repairs=(LATER,),
    )
    assert explanations_from_json(explanations_to_json([one], currency="EUR")) == (one,)
