"""Write and read ``plan.json``."""

from __future__ import annotations

import json
from pathlib import Path

from pydantic import ValidationError

from planner.errors import Fault, InputError
from planner.io.files import read_file, write_atomic
from planner.io.plan_document import to_document, to_plan
from planner.io.plan_schema import FORMAT, PlanDocument
from planner.io.shapes import faults
from planner.io.strict_json import strict_json
from planner.plan import Plan

CODE = "E-F14"
MAX_BYTES = 500_000_000


def plan_to_json(plan: Plan) -> bytes:
    """Return the plan file of a plan: the same bytes for equal plans."""
    parts = to_document(plan)
    given = {"day", "provenance"}  # their fields are all there; in the routes what a step has not is left out
    document = parts.model_dump(mode="json", exclude=given, exclude_none=True) | parts.model_dump(
        mode="json", include=given
    )
    document["provenance"]["inputs_sha256"] = dict(sorted(plan.provenance.inputs_sha256.items()))
    return (json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode()


def write_plan(plan: Plan, path: Path) -> None:
    """Write a plan file, whole or not at all. Read back it is equal, given geometry in multiples of 1e-6 degrees."""
    write_atomic(path, plan_to_json(plan))


def read_plan(path: Path) -> Plan:
    """Read a plan file. Raises `InputError` with the places inside the document that are wrong."""
    return plan_from_json(read_file(path, max_bytes=MAX_BYTES), file=path.name)


def plan_from_json(data: bytes, *, file: str) -> Plan:
    """Read the bytes of a plan file, which complaints call `file`. Raises `InputError` like `read_plan`."""
    _refuse_loose_json(data, file)
    try:
        return to_plan(PlanDocument.model_validate_json(data))
    except ValidationError as error:
        raise InputError(faults(error, file=file, code=lambda _: CODE, keys=lambda _: ())) from None


def _refuse_loose_json(data: bytes, file: str) -> None:
    """Refuse what JSON readers silently differ on, and what is another format altogether."""
    try:
        document = strict_json(data)
    except ValueError as error:
        raise InputError(_fault(file, None, f"is no plan file ({error})")) from None
    found = document.get("format") if isinstance(document, dict) else None
    if found != FORMAT:
        raise InputError(_fault(file, "format", f'is not "{FORMAT}"', None if found is None else str(found)))


def _fault(file: str, column: str | None, message: str, value: str | None = None) -> Fault:
    remedy = "give a plan.json written by this version of planner"
    return Fault(code=CODE, file=file, column=column, value=value, message=message, remedy=remedy)
