"""A plan as one row of figures: what the same job gives in every run, and what it took this time."""

from __future__ import annotations

import ctypes
import hashlib
import os
import platform
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from planner.clock import process_age_s
from planner.io.files import PLAN_NAME
from planner.plan import Plan
from planner.report.kpis import kpis

MB = 1024 * 1024


def figures(plan: Plan, files: dict[str, bytes]) -> dict[str, Any]:
    """Return what is the same in every run with an iteration budget."""
    found, source = kpis(plan), plan.provenance
    cost = found.cost
    return {
        "date": plan.day.date,
        "orders": found.orders_total,
        "planned": found.orders_planned,
        "unassigned": found.orders_unassigned,
        "rows_rejected": source.rows_rejected,
        "vehicles": found.vehicles_used,
        "trips": found.trips,
        "reloads": found.reloads,
        "charges": found.charges,
        "km": round(found.distance_km, 3),
        "drive_h": round(found.drive_hours, 4),
        "service_h": round(found.service_hours, 4),
        "wait_h": round(found.wait_hours, 4),
        "kwh": round(found.energy_kwh, 4),
        "kwh_on_the_way": round(found.charged_kwh, 4),
        "kwh_overnight": round(found.night_kwh, 4),
        "late_stops": found.stops_late,
        "late_min": round(found.late_minutes, 2),
        "lowest_soc": None if found.lowest is None else round(found.lowest.soc, 4),
        "currency": plan.day.currency,
        "cost": round(cost.total, 4),
        "cost_per_order": None if found.cost_per_order is None else round(found.cost_per_order, 4),
        "cost_vehicles": round(cost.vehicles, 4),
        "cost_distance": round(cost.distance, 4),
        "cost_time": round(cost.time + cost.overtime + cost.minimum_pay, 4),
        "cost_energy": round(cost.energy, 4),
        "cost_other": round(cost.wear + cost.lateness + cost.balance, 4),
        "stopped_by": source.stopped_by,
        "program": source.program,
        "engine": source.engine,
        "seed": source.seed,
        "iterations": source.iterations,
        "time_limit_s": source.time_limit_s,
        "orders_sha256": source.inputs_sha256["orders"],
        "fleet_sha256": source.inputs_sha256["fleet"],
        "streets_sha256": source.streets_sha256,
        "plan_sha256": hashlib.sha256(files[PLAN_NAME]).hexdigest(),
    }


def taken(seconds: dict[str, float], *, cpu_s: float, roads_loaded: bool, alone: bool) -> dict[str, Any]:
    """Return what a job took in this process."""
    return {
        "ended": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "seconds": round(sum(seconds.values()), 3),
        "cpu_seconds": round(cpu_s, 3),
        "memory_mb": memory_mb(),
        "peak_memory_mb": _peak_mb(),
        "host": platform.node(),
        "process": os.getpid(),
        "process_age_s": round(process_age_s(), 1),
        "roads_loaded": roads_loaded,
        "alone": alone,
        **{f"{stage}_s": spent for stage, spent in seconds.items()},
    }


def give_back() -> None:
    """Return to the system what this process does not use any more: over hundreds of days scraps add up."""
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # of glibc
        if trim is not None:
            trim(0)


def memory_mb() -> float | None:
    """Return what this process holds now, None where the system does not tell."""
    if sys.platform != "linux":
        return None
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return round(pages * os.sysconf("SC_PAGE_SIZE") / MB, 1)


def _peak_mb() -> float | None:
    if sys.platform == "win32":
        return None
    import resource  # noqa: PLC0415  (not on every system)

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (MB if sys.platform == "darwin" else 1024), 1)
