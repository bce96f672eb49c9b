"""A question says which answers settle it, and each of them does."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from planner.errors import InputError
from planner.io.importing.answers import Answers, checked
from planner.io.importing.importer import import_orders
from planner.io.importing.questions import Question

HEAD = "id,lat,lon,weight"
OPEN = {
    "decimal": f'{HEAD}\nA,52.53,13.38,"12,5"\nB,52.53,13.38,12.5\n',
    "date_order": f"{HEAD},date\nA,52.53,13.38,1,03/04/2026\n",
    "coordinates": f"{HEAD}\nA,113.38,52.53,1\nB,113.38,52.53,1\n",
    "single_time": f"{HEAD},time window\nA,52.53,13.38,1,08:00\n",
    "first_priority": f"{HEAD},priority\nA,52.53,13.38,1,1\nB,52.53,13.38,1,5\n",
    "units": f"{HEAD},volume\nA,52.53,13.38,1,20\n",
    "parcel_kg": "id,lat,lon\nA,52.53,13.38\n",
    "columns": "naam,noord,oost,weight\nA,52.53,13.38,1\n",
}


def questions(file: Path, answers: Answers) -> list[Question]:
    try:
        import_orders(file, checked(answers))
    except InputError as error:
        return [fault for fault in error.faults if isinstance(fault, Question)]
    return []


def given(question: Question, choice: str) -> Answers:
    if question.answer == "units":
        return Answers(units={question.about: choice})
    return Answers().but(**{question.answer: choice})


@pytest.mark.parametrize("name", [name for name in OPEN if name not in {"parcel_kg", "columns"}])
def test_each_choice_of_a_question_settles_it(name: str, tmp_path: Path) -> None:
    file = tmp_path / "export.csv"
    file.write_text(OPEN[name], encoding="utf-8")
    (question,) = questions(file, Answers())
    assert question.answer == name
    assert len(question.choices) > 1
    for choice in question.choices:
        assert questions(file, given(question, choice)) == []


def test_columns_that_are_not_known_are_asked_for_by_field_out_of_those_of_the_file(tmp_path: Path) -> None:
    file = tmp_path / "export.csv"
    file.write_text(OPEN["columns"], encoding="utf-8")
    asked = questions(file, Answers())
    assert [(question.answer, question.about) for question in asked] == [("columns", "lat"), ("columns", "lon")]
    assert {question.choices for question in asked} == {("naam", "noord", "oost", "weight")}
    assert questions(file, replace(Answers(), columns={"noord": "lat", "oost": "lon"})) == []


def test_a_weight_that_no_column_tells_is_a_number_or_one_of_the_columns_left(tmp_path: Path) -> None:
    file = tmp_path / "export.csv"
    file.write_text("id,lat,lon,gewig\nA,52.53,13.38,2\n", encoding="utf-8")
    (question,) = questions(file, Answers())
    assert (question.answer, question.about, question.choices) == ("parcel_kg", "weight", ("gewig",))
    assert questions(file, Answers(parcel_kg="2.5")) == []
    assert questions(file, replace(Answers(), columns={"gewig": "weight"})) == []


@pytest.mark.parametrize(
    "content", [b"\x7fELF" + bytes(400), b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", bytes(range(256))]
)
def test_what_is_no_text_is_no_question_of_encodings(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "export.csv"
    file.write_bytes(content)
    with pytest.raises(InputError, match=r"E-O47.*no text"):
        import_orders(file, Answers())
