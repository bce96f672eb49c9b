"""Where jobs come from while a batch runs: all at once from a source, or line by line from a program."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

from planner.batch.jobs import Defaults, Item, Refused
from planner.batch.rows import COLUMNS, Row, read_row
from planner.batch.shelf import Shelf
from planner.errors import Fault, did_you_mean
from planner.io.cells import same_id_key
from planner.io.strict_json import strict_json

INLINE = "orders_csv"  # the key of a line that brings its orders with it
FILE = "stdin"


class Feed(Protocol):
    """Gives jobs; `closed` is true once the last one has been taken."""

    closed: bool

    def take(self) -> list[Item]: ...


class Fixed:
    """All jobs at once."""

    def __init__(self, items: Iterable[Item]) -> None:
        self._items = list(items)
        self.closed = False

    def take(self) -> list[Item]:
        """Give all the first time, none afterwards."""
        items, self._items, self.closed = self._items, [], True
        return items

    def rest(self) -> list[Item]:
        """Give all that has not been taken."""
        return self.take()


class Lines:
    """A job for each JSON line that is read, as soon as it is there; paths are relative to `folder`."""

    def __init__(self, lines: Iterable[bytes], defaults: Defaults, *, folder: Path) -> None:
        self.closed = False
        self._lines, self._defaults, self._folder = lines, defaults, folder
        self._shelf, self._seen = Shelf(), dict[str, int]()
        self._read: queue.SimpleQueue[Item | Exception | None] = queue.SimpleQueue()
        threading.Thread(target=self._run, daemon=True).start()

    def take(self) -> list[Item]:
        """Give what has come since the last time. Raises what has stopped the reading."""
        found: list[Item] = []
        with suppress(queue.Empty):
            while not self.closed:
                item = self._read.get_nowait()
                if item is None:
                    self.closed = True
                elif isinstance(item, Exception):
                    raise item
                else:
                    found.append(item)
        return found

    def rest(self) -> list[Item]:
        """Wait for the last line, and give all that has not been taken."""
        found: list[Item] = []
        while not self.closed:
            found += self.take()
            time.sleep(0.0 if self.closed else 0.05)
        return found

    def _run(self) -> None:
        try:
            for number, line in enumerate(self._lines, start=1):
                if line.strip():
                    self._read.put(self._item(line, number))
        except Exception as error:  # noqa: BLE001  (it is raised where the lines are taken)
            self._read.put(error)
        self._read.put(None)

    def _item(self, line: bytes, number: int) -> Item:
        try:
            cells, data = _cells(line)
        except ValueError as error:
            fault = Fault(code="E-B25", file=FILE, row=number, message=str(error), remedy="see docs/batch.md")
            return Refused(name=f"line-{number}", position=number, code=fault.code, message=str(fault))
        read = None if data is None else data.encode
        row = Row(cells=cells, line=number, file=FILE, folder=self._folder, data=read)
        item = read_row(row, self._shelf, self._defaults)
        before = self._seen.setdefault(same_id_key(item.name), number)
        if before == number:
            return item
        fault = Fault(
            code="E-B21",
            file=FILE,
            row=number,
            column="id",
            value=item.name,
            message=f"is the id of line {before} too",
            remedy="give each job an id of its own",
        )
        return Refused(name=f"line-{number}", position=number, code=fault.code, message=str(fault))


def _cells(line: bytes) -> tuple[dict[str, str], str | None]:
    """Return a line's values as text, and the orders that it brings. Raises `ValueError` with what is wrong."""
    document = strict_json(line)
    if not isinstance(document, dict):
        raise ValueError("is no JSON object")  # noqa: TRY004  (a fault of the line, not of our types)
    data = document.pop(INLINE, None)
    if data is not None and not isinstance(data, str):
        raise ValueError(f"{INLINE} is no text")
    unknown = [name for name in document if name not in COLUMNS]
    if unknown:
        raise ValueError(f'"{unknown[0]}" is no key of a job{did_you_mean(unknown[0], (*COLUMNS, INLINE))}')
    return {name: _text(name, value) for name, value in document.items() if value is not None}, data


def _text(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str | int | float):
        return str(value)
    raise ValueError(f'"{name}" is neither text nor a number')
