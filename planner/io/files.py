"""Read whole files with care, write them so that a kill never leaves half of one."""

from __future__ import annotations

import json
import os
import shutil
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from planner.errors import Fault, InputError

PLAN_NAME, RUN_NAME, REPORT_NAME = "plan.json", "run.json", "import_report.csv"
OUTPUT_NAMES = frozenset(
    {PLAN_NAME, RUN_NAME, REPORT_NAME, "stops.csv", "routes.geojson", "map.html", "changed.csv", "tomorrow.csv"}
)
"""Everything a plan folder may hold. A folder with anything else is not ours to replace."""


def read_file(path: Path, *, max_bytes: int, remedy: str = "split the file") -> bytes:
    """Return the bytes of a regular file (or a link to one).

    Raises `InputError` for URLs, folders, devices and pipes, for what is absent or unreadable, and for what is
    larger than `max_bytes`; `remedy` is what helps there.
    """
    name = path.name
    if str(path).startswith(("http:/", "https:/", "ftp:/", "s3:/", "file:/")):
        raise InputError(_file_fault("E-O46", str(path), "is an address, not a file", "download it first"))
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise InputError(_file_fault("E-O46", str(path), "is not a regular file", "give the name of a file"))
        if status.st_size > max_bytes:
            size = f"has {status.st_size:,} bytes, more than {max_bytes:,}"
            raise InputError(_file_fault("E-O24", name, size, remedy))
        return path.read_bytes()
    except FileNotFoundError:
        raise InputError(_file_fault("E-O46", str(path), "does not exist", "check the name and the folder")) from None
    except (OSError, ValueError) as error:
        if isinstance(error, InputError):  # a ValueError, and no failure to read
            raise
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(_file_fault("E-O46", str(path), f"cannot be read ({reason})", "check its rights")) from error


HALF_WRITTEN = ".*.part"


def write_atomic(path: Path, data: bytes | str) -> None:
    """Write a file whole or not at all: beside its place, flushed to disk, then renamed. Text is UTF-8."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as file:
            file.write(data.encode() if isinstance(data, str) else data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def write_run(path: Path, facts: Mapping[str, object]) -> None:
    """Write `run.json`: what differs from run to run (start and end in UTC, seconds by stage, host, memory)."""
    write_atomic(path, run_text(facts))


def run_text(facts: Mapping[str, object]) -> str:
    """Return the text of a `run.json`."""
    return json.dumps(facts, indent=2, ensure_ascii=False, allow_nan=False, default=str) + "\n"


@contextmanager
def replace_folder(target: Path) -> Iterator[Path]:
    """Give a fresh folder to fill, and put it in the place of `target` when the block ends well.

    `target` may be absent, empty, or a plan folder of ours: `plan.json` or `run.json` and nothing that is not in
    `OUTPUT_NAMES`. Anything else raises `InputError` before the block runs. If the block fails, `target` is as before.
    """
    refuse_strangers(target.absolute())
    with fresh_folder(target) as fresh:
        yield fresh
        unlisted = _names(fresh) - OUTPUT_NAMES
        if unlisted:
            raise ValueError(f"{sorted(unlisted)} must be named in OUTPUT_NAMES, or the folder can not be replaced")


@contextmanager
def fresh_folder(target: Path) -> Iterator[Path]:
    """Give a fresh folder beside `target`, and put it in its place, whatever is there, when the block ends well."""
    target = target.absolute()
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_name(f".{target.name}.{os.getpid()}.part")
    fresh.mkdir()
    try:
        yield fresh
        swap_in(fresh, target)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def refuse_strangers(target: Path) -> None:
    """Raise `InputError` if a folder holds anything that we did not write."""
    if not target.exists():
        return
    elsewhere = "choose another folder with -o"
    if not target.is_dir():
        raise InputError(_file_fault("E-B07", str(target), "is a file, not a folder", elsewhere))
    names = _names(target)
    strangers = sorted(names - OUTPUT_NAMES)
    if strangers:
        raise InputError(_file_fault("E-B07", str(target), f'holds "{strangers[0]}", not made by planner', elsewhere))
    if names and not names & {PLAN_NAME, RUN_NAME}:
        raise InputError(_file_fault("E-B07", str(target), "holds files, but no plan", elsewhere))


def _names(folder: Path) -> set[str]:
    return {entry.name for entry in folder.iterdir()}


def swap_in(fresh: Path, target: Path) -> None:
    """Put `fresh` in the place of `target`: rename twice; should the second fail, the old folder goes back."""
    if not target.exists():
        fresh.rename(target)
        return
    old = target.with_name(f".{target.name}.{os.getpid()}.old")
    target.rename(old)
    try:
        fresh.rename(target)
    except OSError:
        old.rename(target)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _file_fault(code: str, file: str, message: str, remedy: str) -> Fault:
    return Fault(code=code, file=file, message=message, remedy=remedy)
