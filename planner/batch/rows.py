"""A row of a manifest, or a JSON line, to a job: every fault of the row at once."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import TypeVar

from planner.batch.jobs import Defaults, Item, Job, Refused
from planner.batch.shelf import Shelf
from planner.errors import Fault, InputError, PlannerError, did_you_mean, listing, printable
from planner.io.files import read_file
from planner.io.orders import MAX_BYTES
from planner.solve.options import ENGINES, EngineName, SolveOptions, completed

COLUMNS = ("id", "orders", "fleet", "streets", "date", "iterations", "time_limit", "seed", "engine", "charging")
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")
UNNAMED = re.compile(r"line-\d+", re.IGNORECASE)
YES, NO = ("yes", "true", "1"), ("no", "false", "0")
MOST_ITERATIONS, MOST_S, MOST_SEED = 10**9, 86_400, 2**31 - 1

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What a row says, as text by column; paths are relative to `folder`. `data` are orders that come with it."""

    cells: Mapping[str, str]
    line: int
    file: str
    folder: Path
    data: Callable[[], bytes] | None = None
    orders_name: str = "orders.csv"


class _Reader:
    """Reads one row and collects what is wrong with it."""

    def __init__(self, row: Row, shelf: Shelf, defaults: Defaults) -> None:
        self.row, self.shelf, self.defaults = row, shelf, defaults
        self.faults: list[Fault] = []

    def text(self, column: str) -> str:
        return self.row.cells.get(column, "").strip()

    def refuse(self, code: str, column: str, message: str, remedy: str) -> None:
        value = self.text(column) or None
        where = {"file": self.row.file, "row": self.row.line, "column": column, "value": value}
        self.faults.append(Fault(code=code, message=message, remedy=remedy, **where))  # type: ignore[arg-type]

    def path(self, column: str) -> Path | None:
        return self.row.folder / self.text(column) if self.text(column) else None

    def name(self) -> str:
        said = self.text("id")
        if said and not NAME.fullmatch(said):
            remedy = "it names a folder: up to 80 letters, digits, points, hyphens and underscores, a letter first"
            self.refuse("E-B21", "id", "cannot name a folder", remedy)
        unnamed = f"line-{self.row.line}"
        if UNNAMED.fullmatch(said) and said != unnamed:
            self.refuse("E-B21", "id", "is how a line without an id is called", "give it another id")
            return unnamed
        return said or unnamed

    def day(self) -> date | None:
        said = self.text("date")
        if not said and self.defaults.day is None:
            self.refuse("E-B22", "date", "there is no date", "fill in the column date, or give --date")
        elif said:
            try:
                return datetime.strptime(said, "%Y-%m-%d").date()
            except ValueError:
                self.refuse("E-B22", "date", "is no date", "write it as 2026-03-10")
        return self.defaults.day

    def count(self, column: str, *, least: int, most: int) -> int | None:
        said = self.text(column)
        if not said:
            return None
        if said.isascii() and said.isdigit() and least <= int(said[:12]) <= most:
            return int(said)
        self.refuse("E-B23", column, f"is no whole number from {least:,} to {most:,}", "correct it, or leave it empty")
        return None

    def seconds(self) -> float | None:
        said = self.text("time_limit")
        if not said:
            return None
        try:
            limit = float(said)
        except ValueError:
            limit = 0.0
        if 1 <= limit <= MOST_S:
            return limit
        message = f"is no number of seconds from 1 to {MOST_S:,}"
        self.refuse("E-B23", "time_limit", message, "correct it, or leave it empty")
        return None

    def options(self) -> SolveOptions:
        usual, seed = self.defaults, self.count("seed", least=0, most=MOST_SEED)
        return completed(
            engine=self.engine() or usual.engine,
            iterations=self.count("iterations", least=1, most=MOST_ITERATIONS) or usual.iterations,
            time_limit_s=self.seconds() or usual.time_limit_s,
            seed=usual.seed if seed is None else seed,
            threads=1,
        )

    def engine(self) -> EngineName | None:
        said = self.text("engine")
        found = next((name for name in ENGINES if name == said), None)
        if said and found is None:
            self.refuse("E-B23", "engine", f"is no engine{did_you_mean(said, ENGINES)}", f"one of {', '.join(ENGINES)}")
        return found

    def charging(self) -> bool:
        said = self.text("charging").casefold()
        if said and said not in YES + NO:
            self.refuse("E-B23", "charging", "is neither yes nor no", "write yes or no")
        return said in YES if said else self.defaults.charging

    def orders(self) -> tuple[Callable[[], bytes], str, str] | None:
        """Return how to read the orders, the name of their file, and their hash."""
        read, name = self.row.data, self.row.orders_name
        if read is None:
            path = self.path("orders")
            if path is None:
                self.refuse("E-B24", "orders", "there is no file of orders", "name it, relative to the manifest")
                return None
            read, name = partial(read_file, path, max_bytes=MAX_BYTES), path.name
        data = self.told("orders", read)
        return None if data is None else (read, name, hashlib.sha256(data).hexdigest())

    def told(self, column: str, read: Callable[[], Value]) -> Value | None:
        """Read a file that the row names; what is wrong with it is told at the row."""
        try:
            return read()
        except InputError as error:
            own = [fault for fault in error.faults if fault.row is None and fault.column is None]
            for fault in own:
                self.refuse(fault.code, column, f"{printable(fault.file, limit=400)} {fault.message}", fault.remedy)
            self.faults += [fault for fault in error.faults if fault not in own]
        except PlannerError as error:
            code, _, rest = str(error).partition(" ")
            message, _, remedy = rest.partition(" → ")
            self.refuse(code, column, message, remedy or "correct it")
        except ValueError as error:  # letters that no name of a file, and no text, can have
            self.refuse("E-B24", column, f"cannot be read ({error})", "correct it")
        return None


def read_row(row: Row, shelf: Shelf, defaults: Defaults) -> Item:
    """Return the job of a row, or why it gives none."""
    reader = _Reader(row, shelf, defaults)
    name, day, options, charging = reader.name(), reader.day(), reader.options(), reader.charging()
    orders = reader.orders()
    fleet = reader.path("fleet") or defaults.fleet
    if fleet is None:
        reader.refuse("E-B24", "fleet", "there is no fleet", "fill in the column fleet, or give --fleet")
        found = None
    else:
        found = reader.told("fleet", lambda: reader.shelf.fleet(fleet, day or date(2026, 1, 1)))
    streets = reader.path("streets") or defaults.streets or (found and found.streets)
    digest = reader.told("streets", lambda: reader.shelf.streets(streets)) if streets else None
    if reader.faults or day is None or orders is None or fleet is None or found is None or not (streets and digest):
        shown = name if NAME.fullmatch(name) else f"line-{row.line}"
        return Refused(name=shown, position=row.line, code=reader.faults[0].code, message=listing(reader.faults))
    read, orders_name, orders_sha256 = orders
    return Job(
        name=name,
        position=row.line,
        day=day,
        orders_name=orders_name,
        read=read,
        orders_sha256=orders_sha256,
        fleet=fleet.absolute(),
        fleet_sha256=found.sha256,
        streets=streets.absolute(),
        streets_sha256=digest,
        charging=charging,
        options=options,
    )
