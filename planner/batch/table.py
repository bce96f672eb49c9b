"""The tables of a batch: one row a job, what is the same in every run apart from what is not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from planner.batch.folder import RESULTS, RUNS, BatchFolder
from planner.io.files import write_atomic
from planner.io.safe_csv import csv_text
from planner.store.batches import JobEntry

FIRST = ("job", "line", "state", "code", "message")
FIGURES: Mapping[str, type] = {
    "date": str,
    **dict.fromkeys(("orders", "planned", "unassigned", "rows_rejected", "vehicles"), int),
    **dict.fromkeys(("trips", "reloads", "charges"), int),
    **dict.fromkeys(("km", "drive_h", "service_h", "wait_h", "kwh", "kwh_on_the_way", "kwh_overnight"), float),
    "late_stops": int,
    **dict.fromkeys(("late_min", "lowest_soc"), float),
    "currency": str,
    **dict.fromkeys(("cost", "cost_per_order", "cost_vehicles", "cost_distance", "cost_time"), float),
    **dict.fromkeys(("cost_energy", "cost_other"), float),
    **dict.fromkeys(("stopped_by", "program", "engine"), str),
    **dict.fromkeys(("seed", "iterations"), int),
    "time_limit_s": float,
    **dict.fromkeys(("orders_sha256", "fleet_sha256", "streets_sha256", "plan_sha256", "content_sha256"), str),
}
TAKEN: Mapping[str, type] = {
    "job": str,
    **dict.fromkeys(("attempts", "deaths", "deaths_alone", "out_of_memory"), int),
    "ended": str,
    **dict.fromkeys(("seconds", "cpu_seconds", "memory_mb", "peak_memory_mb"), float),
    "host": str,
    "process": int,
    "process_age_s": float,
    **dict.fromkeys(("roads_loaded", "alone"), bool),
    **dict.fromkeys(
        (f"{stage}_s" for stage in ("streets", "read", "roads", "solve", "shapes", "audit", "write")), float
    ),
    "versions": str,
}
RESULT_TYPES: Mapping[str, type] = {**dict.fromkeys(FIRST, str), "line": int, **FIGURES}


def result_row(entry: JobEntry) -> dict[str, Any]:
    """Return the row of a job that is the same in every run."""
    first = dict(
        zip(
            FIRST,
            (entry.name, entry.position, state_of(entry.state, entry.result), entry.code, entry.message),
            strict=True,
        )
    )
    found = dict(entry.result or {}) | {"content_sha256": entry.content_sha256 or None}
    found.setdefault("date", entry.parts.get("date"))
    return first | {name: found.get(name) for name in FIGURES}


def run_row(entry: JobEntry) -> dict[str, Any]:
    """Return the row of a job that differs from run to run."""
    counted = ("attempts", "deaths", "deaths_alone", "out_of_memory")
    found = dict(entry.run or {}) | {name: getattr(entry, name) for name in counted} | {"job": entry.name}
    return {name: found.get(name) for name in TAKEN}


def state_of(state: str, result: Mapping[str, Any] | None) -> str:
    """Return the state in a word of the table: a plan that leaves out orders or rows is incomplete."""
    if state != "done" or result is None:
        return state
    return "incomplete" if result["unassigned"] or result["rows_rejected"] else "done"


def export(entries: Sequence[JobEntry], folder: BatchFolder) -> None:
    """Write both tables as CSV and, where its library is there, as Parquet."""
    _write(folder.path / RESULTS, RESULT_TYPES, [result_row(entry) for entry in entries])
    _write(folder.path / RUNS, TAKEN, [run_row(entry) for entry in entries])


def _write(stem: Path, types: Mapping[str, type], rows: Sequence[Mapping[str, Any]]) -> None:
    cells = ([_cell(row[name]) for name in types] for row in rows)
    write_atomic(stem.with_suffix(".csv"), csv_text(tuple(types), cells))
    parquet = _parquet(types, rows)
    if parquet is not None:
        write_atomic(stem.with_suffix(".parquet"), parquet)


def _cell(value: Any) -> str | float | None:
    return ("yes" if value else "no") if isinstance(value, bool) else value


def _parquet(types: Mapping[str, type], rows: Iterable[Mapping[str, Any]]) -> bytes | None:
    try:
        import pyarrow as pa  # noqa: PLC0415  (half a second, and not everywhere)
        import pyarrow.parquet as pq  # noqa: PLC0415
    except ImportError:
        return None
    kinds = {str: pa.string(), int: pa.int64(), float: pa.float64(), bool: pa.bool_()}
    schema = pa.schema([(name, kinds[kind]) for name, kind in types.items()])
    sink = pa.BufferOutputStream()
    pq.write_table(pa.Table.from_pylist(list(rows), schema=schema), sink)
    return bytes(sink.getvalue().to_pybytes())
