"""What every reader of an instance gathers: lines, faults, nodes, and the figures of the vehicle."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from planner.errors import Fault, InputError
from planner.solve.instance import Corners, Floats, Kind

LARGEST = 1e9
"""No number of an instance may be larger: sums and products of such stay exact enough for a tolerance of 1e-6."""

Role = Literal["customer", "depot", "station"]
Rounding = Literal["none", "nearest", "up", "down", "tenths"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of the file that holds something, with its number in the file."""

    number: int
    text: str

    @property
    def words(self) -> list[str]:
        return self.text.split()


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A row of the file: a place of one role. Numbers that could not be read are NaN, and there is a fault."""

    id: str
    role: Role
    line: int
    x: float
    y: float
    demand: float = 0.0
    ready: float = 0.0
    due: float = math.inf
    service: float = 0.0
    curve: str = ""  # the type of a station whose charge curve is its type's
    release: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Vehicle:
    """The figures all vehicles share. `speed` is inf where the format knows no time, `battery` where it knows none."""

    capacity: float
    battery: float = math.inf
    consumption: float = 0.0  # energy for each unit of length
    charge_rate: float = 0.0  # time for each unit of energy
    speed: float = math.inf


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Draft:
    """A file as it was read, before it is known whether it makes sense.

    `matrix` [nodes, nodes] holds lengths in the order of `nodes` where the file gives them, else they are Euclidean
    and rounded as `rounding` says. With "tenths", lengths and times are cut off after one decimal, and tenths counted.
    `curves` are those of the stations, in the order of `nodes`. `fleet` is None where the number of vehicles is free;
    `trips` says that they may reload.
    """

    name: str
    kind: Kind
    nodes: tuple[Node, ...]
    vehicle: Vehicle
    rounding: Rounding = "none"
    matrix: Floats | None = None
    curves: tuple[Corners, ...] = ()
    fleet: int | None = None
    trips: bool = False


class Faults:
    """Everything found wrong with one file."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.found: list[Fault] = []

    def add(
        self,
        code: str,
        message: str,
        remedy: str,
        *,
        line: int | None = None,
        column: str | None = None,
        value: str | None = None,
    ) -> None:
        self.found.append(
            Fault(code=code, file=self.file, row=line, column=column, value=value, message=message, remedy=remedy)
        )

    def raise_any(self) -> None:
        """Raise `InputError` with all faults, in the order of the file, if there are any."""
        if self.found:
            raise InputError(sorted(self.found, key=lambda fault: fault.row or 0))

    def number(self, word: str, *, line: int, column: str) -> float:
        """Return a finite number of ordinary size, or NaN and a fault E-I04."""
        try:
            value = float(word) if "_" not in word else math.nan
        except ValueError:
            value = math.nan
        if math.isnan(value) or math.isinf(value):
            self.add("E-I04", "is not a finite number", "give a number", line=line, column=column, value=word)
            return math.nan
        if abs(value) > LARGEST:
            message = f"is beyond {LARGEST:,.0f}"
            self.add("E-I04", message, "use a larger unit", line=line, column=column, value=word)
            return math.nan
        return value

    def positive(self, word: str, *, line: int, column: str, zero: bool = False) -> float:
        """Return a number above 0, or from 0 where `zero`; else NaN and a fault E-I04 or E-I10."""
        value = self.number(word, line=line, column=column)
        if value < 0 or (value == 0 and not zero):
            message = "is negative" if value < 0 else "is 0"
            remedy = "give 0 or more" if zero else "give more than 0"
            self.add("E-I10", message, remedy, line=line, column=column, value=word)
            return math.nan
        return value


def lines(text: str) -> Iterator[Line]:
    """Yield the lines that are not blank, numbered from 1 as an editor does."""
    for number, line in enumerate(text.split("\n"), start=1):
        if stripped := line.strip():
            yield Line(number=number, text=stripped)
