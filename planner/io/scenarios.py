"""Read a file of scenarios: how a day may turn out otherwise than planned.

A complete example; `docs/robust.md` explains every key::

    [[scenarios]]
    name = "cold and slow"
    temperature_c = -10
    travel_factor = 1.2
    load_factor = 1.15
    state_of_health = 0.8
    plugs_out = ["hub-1"]
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, ValidationError

from planner.errors import Fault, InputError
from planner.io.cells import same_id_key
from planner.io.files import read_file
from planner.io.fleet_schema import Name, Row
from planner.io.fleet_toml import MAX_BYTES, toml_tables
from planner.io.shapes import Place, faults, keys_of
from planner.model import Scenario

CODE, TWICE = "E-R01", "E-R03"
REMEDIES = {
    "scenarios": "write [[scenarios]] tables, each with a name",
    "temperature_c": "give degrees Celsius from -20 to 50",
    "travel_factor": "write 1.2 for 20 % more; from 0.5 to 3",
    "load_factor": "write 1.15 for 15 % more; from 0 to 3",
    "state_of_health": "give a share from 0.3 to 1, such as 0.8 for 80 %",
    "plugs_out": 'give a list of plug ids, such as ["hub-1"]',
}


def _no_percentage(value: float) -> float:
    if 1 < value <= 100:
        raise ValueError(f"may be a percentage: write {value / 100:g} for {value:g} %")
    return value


class ScenarioRow(Row):
    """One of ``[[scenarios]]``; what is not given is as planned."""

    name: Name
    temperature_c: Annotated[float, Field(ge=-20, le=50)] = 20.0
    travel_factor: Annotated[float, Field(ge=0.5, le=3)] = 1.0
    load_factor: Annotated[float, Field(ge=0, le=3)] = 1.0
    state_of_health: Annotated[float, AfterValidator(_no_percentage), Field(ge=0.3, le=1)] = 1.0
    plugs_out: tuple[Name, ...] = Field(default=(), strict=False)


class ScenariosDocument(Row):
    """The whole file."""

    scenarios: Annotated[list[ScenarioRow], Field(min_length=1, max_length=1_000)]


def read_scenarios(path: Path) -> tuple[Scenario, ...]:
    """Read a file of scenarios.

    Raises `InputError` with every fault of its shape, or else every name that is there twice.
    """
    raw = toml_tables(read_file(path, max_bytes=MAX_BYTES), path.name, docs="docs/robust.md")
    try:
        rows = ScenariosDocument.model_validate(raw).scenarios
    except ValidationError as error:
        found = faults(error, file=path.name, code=lambda _: CODE, keys=_known_keys)
        raise InputError([_with_remedy(fault) for fault in found]) from None
    if twice := _names_twice([row.name for row in rows], file=path.name):
        raise InputError(twice)
    return tuple(Scenario(**dict(row)) for row in rows)


def _known_keys(place: Place) -> Sequence[str]:
    return keys_of(ScenarioRow if place else ScenariosDocument)


def _with_remedy(fault: Fault) -> Fault:
    key = (fault.column or "").rpartition(".")[2].partition("[")[0]
    return replace(fault, remedy=REMEDIES[key]) if key in REMEDIES else fault


def _names_twice(names: Sequence[str], *, file: str) -> list[Fault]:
    """Return a fault for each name that reads the same as an earlier one."""
    seen: set[str] = set()
    found = []
    for i, name in enumerate(names):
        if same_id_key(name) in seen:
            message, remedy = "is the name of an earlier one too", "give each a name of its own"
            column = f"scenarios[{i}].name"
            found.append(Fault(code=TWICE, file=file, column=column, value=name, message=message, remedy=remedy))
        seen.add(same_id_key(name))
    return found
