"""Writes what a format makes: all of it or nothing, and nothing in the place of what somebody else wrote."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from planner.errors import Fault, InputError
from planner.export.formats import Format
from planner.export.job import Made
from planner.io.files import fresh_folder, write_atomic

OURS = re.compile(r"\d\d+-[a-z0-9-]+\.(pdf|html|gpx|ics)|links\.csv")


def write_made(made: Made, wanted: Format, folder: Path) -> list[Path]:
    """Write files below a folder and return their paths.

    A format of many files has a folder of its own, which is replaced whole: no sheet of an older plan stays behind.
    Raises `InputError` E-B07 where it holds anything that is not ours, or cannot be written.
    """
    target = folder / wanted.name if wanted.folder else folder
    if wanted.folder:
        refuse_strangers(target)
    try:
        with fresh_folder(target) if wanted.folder else _kept_folder(target) as place:
            for name, data in made.files.items():
                write_atomic(place / name, data)
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError(_fault(target, f"cannot be written ({reason})")) from error
    return [target / name for name in made.files]


@contextmanager
def _kept_folder(target: Path) -> Iterator[Path]:
    """Give a folder as it is, made if it is not there."""
    target.mkdir(parents=True, exist_ok=True)
    yield target


def refuse_strangers(target: Path) -> None:
    """Raise `InputError` if a folder of a format is none, or holds what no export wrote."""
    if not target.exists():
        return
    strangers = [] if not target.is_dir() else sorted(e.name for e in target.iterdir() if not OURS.fullmatch(e.name))
    if not target.is_dir() or strangers:
        message = f'holds "{strangers[0]}", not made by planner export' if strangers else "is a file, not a folder"
        raise InputError(_fault(target, message))


def _fault(target: Path, message: str) -> Fault:
    return Fault(code="E-B07", file=str(target), message=message, remedy="choose another folder with -o")
