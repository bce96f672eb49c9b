"""What is asked about a file: a fault that an answer settles, with what may be said."""

from __future__ import annotations

from dataclasses import dataclass

from planner.errors import Fault


@dataclass(frozen=True, slots=True, kw_only=True)
class Question(Fault):
    """A fault that goes away once `answer`, a field of `Answers`, is given.

    `about` is the field that a column or a unit is asked for; `choices` is what may be said, () where it is a number.
    """

    answer: str
    about: str = ""
    choices: tuple[str, ...] = ()
