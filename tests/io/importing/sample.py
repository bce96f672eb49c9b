"""What a sample file is: bytes, what the user says about them, and the orders that are to come out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Sample:
    """`orders` is the whole orders file; `rejected` and `merged` are the other rows, by line."""

    name: str
    text: str | bytes
    orders: str
    said: Mapping[str, Any] = field(default_factory=dict)
    rejected: Mapping[int, str] = field(default_factory=dict)
    merged: tuple[int, ...] = ()
    product: str | None = None
    encoding: str = "utf-8"

    @property
    def data(self) -> bytes:
        """The bytes of the file."""
        return self.text if isinstance(self.text, bytes) else self.text.encode(self.encoding)
