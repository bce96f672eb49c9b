"""One job in a worker: read, plan, audit, and everything that goes into its folder, as bytes."""

from __future__ import annotations

import os
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from planner.batch.city import streets_of
from planner.batch.jobs import differing, versions
from planner.batch.measures import figures, give_back, taken
from planner.batch.task import ERRORS_NAME, Outcome, Task
from planner.errors import InputError, PlannerError, listing
from planner.io.files import REPORT_NAME
from planner.io.import_report import import_report
from planner.outputs import contents, is_refused, refusal, with_relative_streets
from planner.pipeline import Inputs, Stages, plan_inputs, read_inputs
from planner.solve.child import solve_here
from planner.solve.options import SolveOptions

READING_S = 720.0  # for streets and files, at most; then the process ends itself
GRACE_S, GRACE_S_PER_ORDER = 120.0, 0.05  # past the time limit, for roads, exact times, audit and files; likewise
LATE = 86  # the exit code of a process that ended itself because it was late
MOST_TOLD = 20


def work(task: Task) -> Outcome:
    """Plan a day in this process. What a user can meet is an outcome, never an exception."""
    if dict(task.versions) != versions():
        return Outcome(kind="other versions", code="E-B12", message=differing(task.versions))
    stages, cpu = Stages(), time.process_time()
    files: dict[str, bytes] = {}
    try:
        with _capped(task.memory_mb):
            outcome, loaded = _planned(task, stages, files)
    except MemoryError:
        return Outcome(kind="out of memory", code="E-B05", message=f"needs more than {task.memory_mb} MB")
    except PlannerError as error:
        files[ERRORS_NAME] = f"{error}\n".encode()
        return Outcome(kind="failed", code=code_of(error), message=_without_values(error), files=files)
    except Exception as error:  # noqa: BLE001  (a defect of ours in one job does not end the others)
        files[ERRORS_NAME] = traceback.format_exc().encode()
        message = f"internal error ({type(error).__name__}) → please report it with {ERRORS_NAME} of its folder"
        return Outcome(kind="failed", code="E-X00", message=message, files=files)
    cpu_s = time.process_time() - cpu
    give_back()
    run = taken(stages.seconds, cpu_s=cpu_s, roads_loaded=loaded, alone=task.alone)
    return replace(outcome, run=run, files=files)


def most_s(task: Task) -> float:
    """Return how long this process may work at a task; of its orders no more is known here than their lines."""
    lines = max(task.orders.count(b"\n"), task.orders.count(b"\r")) + 1
    return READING_S + _planning_s(task.options.for_day(lines), lines)


def _planning_s(options: SolveOptions, orders: int) -> float:
    return options.time_limit_s + max(GRACE_S, GRACE_S_PER_ORDER * orders)


def _planned(task: Task, stages: Stages, files: dict[str, bytes]) -> tuple[Outcome, bool]:
    with _watched(READING_S):
        inputs, loaded = _read(task, stages)
    _refuse_empty(inputs, files)
    orders = len(inputs.orders_file.orders)
    options = task.options.for_day(orders)
    with _watched(_planning_s(options, orders)):
        plan = plan_inputs(inputs, options, stages=stages, solver=solve_here)
        plan = with_relative_streets(plan, Path(task.target))
        with stages.stage("write"):
            rows = inputs.orders_file
            files |= contents(plan, inputs.streets, orders_file=rows, seconds=stages.seconds, drawn=task.drawn)
    if is_refused(plan):
        error = refusal(plan, Path(task.target))
        files[ERRORS_NAME] = f"{error}\n".encode()
        return Outcome(kind="failed", code="E-X01", message=str(error)), loaded
    return Outcome(kind="planned", result=figures(plan, files)), loaded


def _read(task: Task, stages: Stages) -> tuple[Inputs, bool]:
    """Read a task's files; say also whether its streets had to be loaded."""
    with stages.stage("streets"):
        streets, loaded = streets_of(Path(task.streets), task.streets_sha256)
    with tempfile.TemporaryDirectory(prefix="planner-batch-") as folder:
        orders, fleet = Path(folder, "orders", task.orders_name), Path(folder, "fleet", task.fleet_name)
        for path, data in ((orders, task.orders), (fleet, task.fleet)):
            path.parent.mkdir()
            path.write_bytes(data)
        inputs = read_inputs(orders, fleet, day=task.day, place_streets=streets, charging=task.charging, stages=stages)
    return replace(inputs, streets_file=task.streets), loaded


def _refuse_empty(inputs: Inputs, files: dict[str, bytes]) -> None:
    """Raise `InputError` where no row is left to plan; the report of the rows goes to the job's folder."""
    rows = inputs.orders_file
    if rows.faults and not rows.orders:
        files[REPORT_NAME] = import_report(rows).encode()
        raise InputError(rows.faults)


def code_of(error: PlannerError) -> str:
    """Return the stable code of an error."""
    faults = getattr(error, "faults", ())
    return str(faults[0].code) if faults else str(error).partition(" ")[0]


def _without_values(error: PlannerError) -> str:
    """Return what went wrong without ids and values of rows, which may be somebody's: the store keeps it."""
    if not isinstance(error, InputError):
        return str(error).partition(" ")[2]
    bare = [replace(fault, value=None, id=None) if fault.row else fault for fault in error.faults]
    more = f"\n... {len(bare)} faults in all, see {ERRORS_NAME}" if len(bare) > MOST_TOLD else ""
    return listing(bare[:MOST_TOLD]) + more


@contextmanager
def _capped(memory_mb: int) -> Iterator[None]:
    """Let this process take so much more memory, where the system can tell and limit it."""
    if sys.platform != "linux":
        yield
        return
    import resource  # noqa: PLC0415  (not on every system)

    usual = resource.getrlimit(resource.RLIMIT_AS)
    has = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * os.sysconf("SC_PAGE_SIZE")
    most = has + memory_mb * 1024 * 1024
    hard = usual[1]
    resource.setrlimit(resource.RLIMIT_AS, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, usual)


@contextmanager
def _watched(seconds: float) -> Iterator[None]:
    """End this process if the block hangs: native code can be stopped in no other way."""
    watch = threading.Timer(seconds, os._exit, [LATE])
    watch.daemon = True
    watch.start()
    try:
        yield
    finally:
        watch.cancel()
