"""From the bytes of a TOML file to its tables."""

from __future__ import annotations

import tomllib
from typing import Any

from planner.errors import Fault, InputError

MAX_BYTES = 10_000_000


def toml_tables(data: bytes, file: str, *, docs: str) -> dict[str, Any]:
    """Return the tables of a file. Raises `InputError` E-F20."""
    try:
        return tomllib.loads(data.decode("utf-8-sig").replace("\r\n", "\n"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        message = f"is no TOML file ({error})"
        raise InputError(Fault(code="E-F20", file=file, message=message, remedy=f"see {docs}")) from None
