"""What pydantic finds wrong with a document, as faults that name the place inside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from planner.errors import Fault, did_you_mean

Place = tuple[int | str, ...]
UNKNOWN_KEY = ("extra_forbidden", "unexpected_keyword_argument")


def key_path(place: Place) -> str:
    """Write a place in a document as ``vehicles[2].shift``."""
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place)
    return path.removeprefix(".")


def faults(
    error: ValidationError,
    *,
    file: str,
    code: Callable[[ErrorDetails], str],
    keys: Callable[[Place], Sequence[str]],
) -> list[Fault]:
    """Return one fault per error; `keys` gives the keys that are known at a place."""
    return [
        _fault(found, file=file, code=code(found), keys=keys(found["loc"][:-1]))
        for found in error.errors(include_url=False, include_context=False)
    ]


def keys_of(model: type[BaseModel]) -> tuple[str, ...]:
    """Return the keys of a model as they are written in a document."""
    return tuple(field.alias or name for name, field in model.model_fields.items())


def _fault(found: ErrorDetails, *, file: str, code: str, keys: Sequence[str]) -> Fault:
    column = key_path(found["loc"])
    if found["type"] in UNKNOWN_KEY:
        message = "is no key we know" + did_you_mean(str(found["loc"][-1]), keys)
        remedy = f"use one of: {', '.join(keys)}" if keys else "remove it"
        return Fault(code=code, file=file, column=column, message=message, remedy=remedy)
    if found["type"] == "missing":
        return Fault(code=code, file=file, column=column, message="is missing", remedy="add it")
    value = found["input"]
    shown = None if isinstance(value, dict | list) else str(value)
    message = found["msg"].removeprefix("Value error, ").replace("Input should", "should")
    return Fault(code=code, file=file, column=column, value=shown, message=message, remedy="correct the value")
