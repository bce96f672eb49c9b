"""Writes what a format makes: all of it or nothing, and nothing in the place of what somebody else wrote."""

from __future__ import annotations

import re
from pathlib import Path

from planner.errors import Fault, InputError
from planner.export.formats import Format
from planner.export.job import Made
from planner.io.files import fresh_folder, write_atomic

OURS = re.compile(r"\d\d+-[a-z0-9-]+\.(pdf|html|gpx|ics)|links\.csv")


def write_made(made: Made, wanted: Format, folder: Path) -> list[Path]:
    """Write files below a folder and return their paths.

    A format of many files has a folder of its own, which is replaced whole: no sheet of an older plan stays behind.
    Raises `InputError` E-B07 where it holds anything that is not ours.
    """
    if not wanted.folder:
        folder.mkdir(parents=True, exist_ok=True)
        for name, data in made.files.items():
            write_atomic(folder / name, data)
        return [folder / name for name in made.files]
    target = folder / wanted.name
    refuse_strangers(target)
    with fresh_folder(target) as fresh:
        for name, data in made.files.items():
            write_atomic(fresh / name, data)
    return [target / name for name in made.files]


def refuse_strangers(target: Path) -> None:
    """Raise `InputError` if a folder of a format is none, or holds what no export wrote."""
    if not target.exists():
        return
    strangers = [] if not target.is_dir() else sorted(e.name for e in target.iterdir() if not OURS.fullmatch(e.name))
    if not target.is_dir() or strangers:
        message = f'holds "{strangers[0]}", not made by planner export' if strangers else "is a file, not a folder"
        fault = Fault(code="E-B07", file=str(target), message=message, remedy="choose another folder with -o")
        raise InputError(fault)
