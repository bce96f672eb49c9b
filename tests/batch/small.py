"""Small days in a small town, and the program run as its user runs it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from planner.roads.streets import save_streets
from tests.check.grid import SOUTH, STEP_LAT, STEP_LON, WEST, make_grid

ROOT = Path(__file__).parents[2]
FAULTS = Path(__file__).parent / "faults"
HEADER = "id,lat,lon,demand_kg"
SPOTS = [
    (SOUTH + STEP_LAT * row, WEST + STEP_LON * column)
    for row, column in ((0.0, 1.5), (2.0, 2.5), (3.0, 0.5), (1.0, 2.5))
]
FLEET = f"""
streets = "town.streets.npz"
time_zone = "America/Santiago"
currency = "EUR"

[[depots]]
id = "hub"
lat = {SOUTH + STEP_LAT}
lon = {WEST + STEP_LON}
loading_min = 10
plugs = 1
plug_power_kw = 2.3
price_per_kwh = 0.16

[[vehicles]]
id = "ami"
type = "ami-cargo"
depot = "hub"
shift = "08:30-18:00"
"""


def write_town(folder: Path) -> Path:
    """Write streets and a fleet for them, unless they are there, and return the fleet."""
    fleet = folder / "fleet.toml"
    if not fleet.exists():
        save_streets(make_grid(rows=4, columns=4), folder / "town.streets.npz")
        fleet.write_text(FLEET)
    return fleet


def orders_csv(count: int = 3, *, first: int = 0) -> str:
    """Return a file of orders; other days have other places."""
    rows = [
        f"A-{number},{lat + 0.0001 * (first % 7):.5f},{lon:.5f},{5 + (first + number) % 9}"
        for number, (lat, lon) in enumerate(SPOTS[:count])
    ]
    return "\n".join((HEADER, *rows)) + "\n"


def write_manifest(folder: Path, rows: Sequence[Mapping[str, object]], *, name: str = "manifest.csv") -> Path:
    """Write a manifest, with a file of orders for each row that has none and is not to be `absent`, and a town."""
    columns = list(dict.fromkeys(column for row in rows for column in row if column != "absent"))
    lines = [",".join(columns)]
    for number, row in enumerate(rows):
        orders = folder / str(row.get("orders", ""))
        if row.get("orders") and not orders.exists() and row.get("absent") is None:
            orders.parent.mkdir(parents=True, exist_ok=True)
            orders.write_text(orders_csv(first=number))
        lines.append(",".join(str(row.get(column, "")) for column in columns))
    write_town(folder)
    path = folder / name
    path.write_text("\n".join(lines) + "\n")
    return path


def days(count: int) -> list[dict[str, object]]:
    """Return rows of a manifest, a day each."""
    return [{"id": f"d{n}", "orders": f"o/{n}.csv", "date": f"2026-03-{1 + n % 28:02}"} for n in range(count)]


def command(*arguments: object, fleet: Path, jobs: int = 1) -> list[str]:
    """Return the command line of a batch with little search and no maps."""
    usual = ("--fleet", fleet, "--iterations", 20, "--jobs", jobs, "--no-map")
    return [sys.executable, "-m", "planner.cli", "batch", *map(str, (*arguments, *usual))]


def environment(*, faults: bool = False) -> dict[str, str]:
    """Return the environment of a run; with `faults` what `faults/sitecustomize.py` says comes true."""
    paths = [str(FAULTS)] * faults + [str(ROOT)]
    return os.environ | {"PYTHONPATH": os.pathsep.join(paths)}


def run_batch(
    *arguments: object, fleet: Path, jobs: int = 1, faults: bool = False, stdin: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run a batch to its end; no traceback may reach the user."""
    ran = subprocess.run(
        command(*arguments, fleet=fleet, jobs=jobs),
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


@contextmanager
def cluster(port: int, folder: Path, *, path: str = "") -> Iterator[list[subprocess.Popen[bytes]]]:
    """Run a scheduler and a worker as others start them, whose modules come from `path`; kill both at the end."""
    address, quiet = f"tcp://127.0.0.1:{port}", ("--no-dashboard",)
    modules = environment() | ({"PYTHONPATH": path} if path else {})
    programs = [
        ("distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", str(port), *quiet),
        ("distributed.cli.dask_worker", address, "--nthreads", "1", "--no-nanny", *quiet),
    ]
    with (folder / "dask.log").open("ab") as log:
        ran = [
            subprocess.Popen([sys.executable, "-m", *program], env=modules, stdout=log, stderr=log, cwd=folder)
            for program in programs
        ]
        try:
            yield ran
        finally:
            for process in ran:
                process.kill()
                process.wait()
