"""What becomes of a job after a try: it ends, or it waits for another one, with what happened on its list."""

from __future__ import annotations

from dataclasses import replace

from planner.batch.jobs import versions
from planner.batch.task import Outcome
from planner.errors import Fault, InputError
from planner.store.batches import Change, Lease, State

MOST_DEATHS_ALONE = 3
MOST_DEATHS = 20  # of workers under a job that was never seen to die alone
MOST_OUT_OF_MEMORY = 2


def after(outcome: Outcome | None, lease: Lease) -> Change:
    """Return how a job goes on; None is the outcome where its worker died. Raises `InputError` E-B12."""
    if outcome is None:
        return _worker_died(lease)
    if outcome.kind == "planned":
        run = {**outcome.run, "versions": versions()["planner"]}
        return Change(state="done", result=outcome.result, run=run)
    if outcome.kind == "out of memory":
        return _out_of_memory(outcome, lease)
    if outcome.kind == "died":
        return _died_alone(outcome, lease)
    if outcome.kind == "other versions":
        remedy = "install the same on the workers as here"
        raise InputError(
            Fault(
                code="E-B12", file="the Dask workers", message=f"have other versions: {outcome.message}", remedy=remedy
            )
        )
    return ended("failed", outcome.code, outcome.message)


def ended(state: State, code: str, message: str) -> Change:
    """Return the end of a job without a plan; its message begins with its code."""
    return Change(state=state, code=code, message=message if message.startswith(code) else f"{code} {message}")


def _worker_died(lease: Lease) -> Change:
    """Count a death that may have been anybody's fault: from now on the job runs in a process of its own."""
    if lease.deaths + 1 < MOST_DEATHS:
        return Change(state="waiting", deaths=1)
    message = f"its worker died {MOST_DEATHS} times, for reasons unknown → see why workers die, then --resume --retry"
    return replace(ended("quarantined", "E-B02", message), deaths=1)


def _died_alone(outcome: Outcome, lease: Lease) -> Change:
    if lease.deaths_alone + 1 < MOST_DEATHS_ALONE:
        return Change(state="waiting", deaths_alone=1)
    message = f"died {MOST_DEATHS_ALONE} times with nothing else in its process: {outcome.message} → please report it"
    return replace(ended("quarantined", "E-B03", message), deaths_alone=1)


def _out_of_memory(outcome: Outcome, lease: Lease) -> Change:
    if lease.out_of_memory + 1 < MOST_OUT_OF_MEMORY:
        return Change(state="waiting", out_of_memory=1)
    message = f"{outcome.message}, also with half as many jobs at once → fewer --jobs, or a larger --memory"
    return replace(ended("failed", "E-B05", message), out_of_memory=1)
