"""The folder of generated days: one `fleet.toml`, and a folder named by its date for each day."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from planner.errors import Fault, InputError
from planner.io.files import fresh_folder, write_atomic

FLEET_NAME, ORDERS_NAME = "fleet.toml", "orders.csv"
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def write_days(target: Path, *, fleet: str, orders_by_day: Mapping[str, str]) -> None:
    """Write all days or none; an older folder of generated days is replaced."""
    refuse_other_folder(target.absolute())
    with fresh_folder(target) as fresh:
        write_atomic(fresh / FLEET_NAME, fleet)
        for day, orders in orders_by_day.items():
            (fresh / day).mkdir()
            write_atomic(fresh / day / ORDERS_NAME, orders)


def refuse_other_folder(target: Path) -> None:
    """Raise `InputError` if the folder holds anything but days that were generated."""
    if not target.exists():
        return
    if not target.is_dir():
        raise InputError(_fault(target, "is a file, not a folder"))
    strangers = sorted(entry.name for entry in target.iterdir() if not _is_ours(entry))
    if strangers:
        raise InputError(_fault(target, f'holds "{strangers[0]}", not made by planner generate'))


def _is_ours(entry: Path) -> bool:
    if entry.is_dir():
        return bool(_DAY.fullmatch(entry.name)) and {inner.name for inner in entry.iterdir()} <= {ORDERS_NAME}
    return entry.name == FLEET_NAME


def _fault(target: Path, message: str) -> Fault:
    return Fault(code="E-B07", file=str(target), message=message, remedy="choose another folder with -o")
