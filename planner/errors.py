"""Errors a user can meet, with stable exit codes.

    PlannerError          1  the program failed, not the user
    ├── PlanRefused       1  our own auditor refused our own plan
    ├── InputError        2  a file, row or flag was refused; carries every fault found
    ├── RoadsError        3  no usable streets, or streets that do not fit the request
    ├── NoPlanError       5  the engine ended without a plan
    └── Interrupted     130  stopped by the user; the best plan so far is kept

Each fault has a stable code such as ``E-O07``. `docs/errors.md` lists them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

MOST_FAULTS_LISTED = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing wrong with an input: where it is, what it is, how to mend it."""

    code: str
    file: str
    message: str
    remedy: str
    row: int | None = None  # line number in the file, the header being line 1
    column: str | None = None
    value: str | None = None
    id: str | None = None

    def __str__(self) -> str:
        place = self.file if self.row is None else f"{self.file} line {self.row}"
        if self.id is not None:
            place += f' (id "{printable(self.id)}")'
        if self.column is not None:
            place += f" column {printable(self.column)}"
        value = "" if self.value is None else f'"{printable(self.value)}" '
        return f"{self.code} {place}: {value}{self.message} → {self.remedy}"


def printable(text: str, *, limit: int = 80) -> str:
    """Escape control and direction-changing characters so that a value cannot forge a line."""
    shown = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
    return shown if len(shown) <= limit else shown[: limit - 1] + "…"


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return ``; did you mean "x"?`` when a known word is near, else nothing."""
    near = get_close_matches(word.casefold(), list(known), n=1)
    return f'; did you mean "{near[0]}"?' if near else ""


class PlannerError(Exception):
    """Anything this program reports to its user instead of a traceback."""

    exit_code = 1


class PlanRefused(PlannerError):
    """The auditor refused a plan of ours; the message says where the evidence was saved."""


class InputError(PlannerError, ValueError):
    """The user's file or flag cannot be used."""

    exit_code = 2

    def __init__(self, faults: Fault | Sequence[Fault]) -> None:
        self.faults = (faults,) if isinstance(faults, Fault) else tuple(faults)
        super().__init__(listing(self.faults))


class RoadsError(PlannerError, LookupError):
    """Streets are missing, broken, or hold nothing for the vehicle class."""

    exit_code = 3


class NoPlanError(PlannerError):
    """The engine was stopped by its limits, or died, before it had any plan."""

    exit_code = 5


class Interrupted(PlannerError):
    """The user stopped the run."""

    exit_code = 130


def listing(faults: Sequence[Fault]) -> str:
    """List faults one a line, at most `MOST_FAULTS_LISTED`, and always say how many there are."""
    lines = [str(fault) for fault in faults[:MOST_FAULTS_LISTED]]
    if len(faults) > MOST_FAULTS_LISTED:
        lines.append(f"... {len(faults)} faults in all")
    return "\n".join(lines)
