"""How a batch is run, gone on with, and listened to; none of it changes a plan."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from planner.store.batches import Change, JobEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How jobs are run. `jobs` at once: absent, as many as there are cores, or workers of the scheduler."""

    jobs: int | None = None
    scheduler: str | None = None
    drawn: bool = True
    memory_mb: int = 4_096


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """How a batch is gone on with: also with what `failed`, with what is `changed`, on `mixed` versions."""

    resume: bool = False
    failed: bool = False
    changed: bool = False
    mixed: bool = False


def _nothing(*_: object) -> None:
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """Hears which jobs there are, at the beginning and as they come, and of each one that ends."""

    begun: Callable[[Sequence[JobEntry]], None] = _nothing
    more: Callable[[int], None] = _nothing
    ended: Callable[[str, Change], None] = _nothing
