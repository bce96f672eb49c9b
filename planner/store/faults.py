"""What can go wrong with the store, in a sentence and with a stable code."""

from __future__ import annotations

from planner.errors import Fault, InputError


class StoreError(InputError):
    """The store cannot be used as asked; what was in it still is."""


class Conflict(StoreError):
    """Someone has saved a newer revision. Nothing is written; `newest` is the plan to look at."""

    def __init__(self, fault: Fault, *, newest: int) -> None:
        super().__init__(fault)
        self.newest = newest


def refused(code: str, store: str, message: str, remedy: str, *, value: str | None = None) -> StoreError:
    """Return the error of a store that is named as its user names it."""
    return StoreError(Fault(code=code, file=store, message=message, remedy=remedy, value=value))


def no_such_plan(store: str, plan_id: int) -> StoreError:
    """Return the error for a number that no plan has."""
    return refused("E-S35", store, "is no plan of this store", "see planner history", value=f"@{plan_id}")
