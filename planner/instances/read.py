"""Read an instance file of any of the formats, told apart by what is in it and not by its name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from planner.errors import Fault, InputError
from planner.instances.build import build
from planner.instances.cevrp import is_cevrp, read_cevrp
from planner.instances.cvrp import read_cvrp
from planner.instances.draft import Draft, Faults, Line, lines
from planner.instances.evrpnl import is_xml, read_evrpnl
from planner.instances.multitrip import is_multitrip, read_multitrip
from planner.instances.schneider import Recharge, is_schneider, read_schneider
from planner.instances.sections import is_sections, split_sections
from planner.instances.solomon import is_solomon, read_solomon
from planner.io.files import read_file
from planner.solve.instance import Instance

MAX_BYTES = 100_000_000
KNOWN = "E-VRPTW text, Solomon text, VRPLIB CVRP or MTVRPTWR, WCCI-2020 .evrp, or E-VRP-NL XML"


def read_instance(path: Path, *, recharge: Recharge = "full") -> Instance:
    """Read an instance; `recharge` says how the vehicles of an E-VRPTW file charge, no other format leaves it open.

    Raises `InputError` with every fault of the file.
    """
    text = _text(path)
    faults = Faults(path.name)
    if is_xml(text):
        return build(read_evrpnl(text, faults, name=path.stem), faults)
    instance = build(_draft(list(lines(text)), faults, name=path.stem, recharge=recharge), faults)
    return _numbered_as_answers_are(instance) if instance.kind in {"cvrp", "mtvrptwr"} else instance


def _draft(text: Sequence[Line], faults: Faults, *, name: str, recharge: Recharge) -> Draft:
    if text and is_schneider(text):
        return read_schneider(text, faults, name=name, recharge=recharge)
    if is_solomon(text):
        return read_solomon(text, faults, name=name)
    if is_sections(text):
        parts = split_sections(text, faults)
        if is_multitrip(parts):
            return read_multitrip(parts, faults, name=name)
        return read_cevrp(parts, faults, name=name) if is_cevrp(parts) else read_cvrp(parts, faults, name=name)
    message = "is empty" if not text else f"is no instance of a format that is read ({KNOWN})"
    raise _unknown(faults.file, message)


def _text(path: Path) -> str:
    data = read_file(path, max_bytes=MAX_BYTES, remedy="use a smaller instance")
    if b"\0" in data:
        raise _unknown(path.name, "is not a text file")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("latin-1")  # names and comments of old files; the numbers are ASCII in either
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _unknown(file: str, message: str) -> InputError:
    return InputError(Fault(code="E-I01", file=file, message=message, remedy="see docs/solve.md"))


def _numbered_as_answers_are(instance: Instance) -> Instance:
    """Name places as CVRPLIB's answers do: the depot 0, the customers from 1 in the order of the file."""
    return replace(instance, names=(*(str(number) for number in range(1, instance.customers + 1)), "0"))
