"""Small days in the demo city, and the program run as its user runs it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from planner.demo import demo_folder

ROOT = Path(__file__).parents[2]
FAULTS = Path(__file__).parent / "faults"
HEADER = "id,lat,lon,demand_kg"
SPOTS = ((-29.9061, -71.2497), (-29.9532, -71.3391), (-29.9140, -71.2531), (-29.9668, -71.3372))
FLEET = demo_folder() / "fleet.toml"


def orders_csv(count: int = 3, *, first: int = 0) -> str:
    """Return a file of orders; other days have other places."""
    rows = [
        f"A-{number},{lat + 0.0004 * (first % 7):.5f},{lon:.5f},{5 + (first + number) % 9}"
        for number, (lat, lon) in enumerate(SPOTS[:count])
    ]
    return "\n".join((HEADER, *rows)) + "\n"


def write_manifest(folder: Path, rows: Sequence[Mapping[str, object]], *, name: str = "manifest.csv") -> Path:
    """Write a manifest, with a file of orders for each row that has none and is not to be `absent`."""
    columns = list(dict.fromkeys(column for row in rows for column in row if column != "absent"))
    lines = [",".join(columns)]
    for number, row in enumerate(rows):
        orders = folder / str(row.get("orders", ""))
        if row.get("orders") and not orders.exists() and row.get("absent") is None:
            orders.parent.mkdir(parents=True, exist_ok=True)
            orders.write_text(orders_csv(first=number))
        lines.append(",".join(str(row.get(column, "")) for column in columns))
    path = folder / name
    path.write_text("\n".join(lines) + "\n")
    return path


def days(count: int) -> list[dict[str, object]]:
    """Return rows of a manifest, a day each."""
    return [{"id": f"d{n}", "orders": f"o/{n}.csv", "date": f"2026-03-{1 + n % 28:02}"} for n in range(count)]


def command(*arguments: object) -> list[str]:
    """Return the command line of a batch on the demo fleet, with little search."""
    usual = ("--fleet", FLEET, "--iterations", 20, "--jobs", 2, "--no-map")
    return [sys.executable, "-m", "planner.cli", "batch", *map(str, (*arguments, *usual))]


def environment(*, faults: bool = False) -> dict[str, str]:
    """Return the environment of a run; with `faults` what `faults/sitecustomize.py` says comes true."""
    paths = [str(FAULTS)] * faults + [str(ROOT)]
    return os.environ | {"PYTHONPATH": os.pathsep.join(paths)}


def run_batch(*arguments: object, faults: bool = False, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """Run a batch to its end; no traceback may reach the user."""
    ran = subprocess.run(
        command(*arguments),
        env=environment(faults=faults),
        input=stdin,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert "Traceback" not in ran.stdout + ran.stderr
    return ran


def results(folder: Path) -> dict[str, dict[str, str]]:
    """Return the table of results by job."""
    return table(folder / "results.csv")


def table(path: Path) -> dict[str, dict[str, str]]:
    """Return a table by job."""
    import csv

    with path.open(newline="", encoding="utf-8") as file:
        return {row["job"]: row for row in csv.DictReader(file)}


def exported(folder: Path) -> dict[str, bytes]:
    """Return what a batch has exported and what is the same in every run, by path."""
    kept = [folder / "results.csv", folder / "results.parquet"]
    kept += [path for path in folder.glob("jobs/*/*") if path.name != "run.json"]
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(kept)}


def json_lines(text: str) -> list[dict[str, object]]:
    """Return lines of JSON."""
    return [json.loads(line) for line in text.splitlines()]
