"""Our tables between places beside OSRM's, on the streets of Porto, in one run: ``make bench``."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from planner.roads.read import read_streets
from planner.roads.streets import Floats, haversine_m

ROOT = Path(__file__).parents[2]
OSRM_PACKAGES = ("osrm-bindings", "numpy")
VAN, MICRO = "electric-van", "ami-cargo"
SEED = 20260310
PLACES, MANY_PLACES, PAIRS = 1_000, 5_000, 1_000
WITH_DOORS = ("primary", "secondary", "tertiary", "unclassified", "residential", "living_street")

MOST_OF_OSRM_COLD, MOST_OF_OSRM_WARM = 0.2, 0.4
MOST_SECOND_CLASS_S, MOST_MANY_S = 0.7, 12.0
MOST_MEMORY_MB, MOST_MANY_MEMORY_MB = 1_500.0, 3_000.0


@dataclass(frozen=True, kw_only=True, eq=False)
class Measured:
    """What a program wrote: seconds by stage, peak memory, and its tables; `wall_s` from its start to its end."""

    wall_s: float
    stage_s: dict[str, float]
    peak_mb: float
    seconds: Floats = field(repr=False)

    def sum_s(self, *stages: str) -> float:
        return sum(self.stage_s[stage] for stage in stages)


@pytest.fixture(scope="module")
def osrm_python() -> Path:
    """A Python that has OSRM, in the folder PLANNER_OSRM_VENV or the user's cache."""
    folder = Path(os.environ.get("PLANNER_OSRM_VENV", Path.home() / ".cache" / "planner-osrm"))
    python = folder / "bin" / "python"
    if python.exists() and _ends_well(str(python), "-c", "import osrm, numpy"):
        return python
    for base in _new_pythons():
        if _ends_well(base, "-m", "venv", "--clear", str(folder)) and _ends_well(
            str(python), "-m", "pip", "install", "--quiet", "--only-binary=:all:", *OSRM_PACKAGES
        ):
            return python
    pytest.skip("no Python 3.12 or later into which pip can install the wheel of osrm-bindings")


def _new_pythons() -> list[str]:
    """Return the interpreters that the wheel of OSRM is made for: Python 3.12 or later."""
    named = [sys.executable, *(shutil.which(name) or "" for name in ("python3.12", "python3.13"))]
    by_pyenv = sorted((Path.home() / ".pyenv" / "versions").glob("3.1[2-9]*/bin/python3"))
    check = "import sys; sys.exit(sys.version_info < (3, 12))"
    return [python for python in (*named, *map(str, by_pyenv)) if python and _ends_well(python, "-c", check)]


def _ends_well(*command: str) -> bool:
    return subprocess.run(command, check=False, capture_output=True).returncode == 0


@pytest.mark.bench
@pytest.mark.timeout(1_800)
def test_tables_of_a_city_are_ready_far_sooner_than_with_osrm(
    osrm_python: Path, shared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLANNER_CACHE", str(tmp_path / "drawing"))
    city = shared / "osm" / "porto-2015.osm.pbf"
    places = _write_places(city, tmp_path / "places.csv", count=PLACES)
    many_places = _write_places(city, tmp_path / "many.csv", count=MANY_PLACES)
    subprocess.run([sys.executable, "-m", "planner.warm"], check=True, cwd=ROOT)

    osrm = _measured(str(osrm_python), "osrm_table", city, places, tmp_path / "osrm")
    monkeypatch.setenv("PLANNER_CACHE", str(tmp_path / "cache"))
    cold = _measured(sys.executable, "our_table", city, places, tmp_path / "cold", VAN)
    again = _measured(sys.executable, "our_table", city, places, tmp_path / "again", VAN, VAN, MICRO)
    many = _measured(sys.executable, "our_table", city, many_places, tmp_path / "many", VAN)

    osrm_cold_s = osrm.sum_s("extract", "contract", "load", "first table")
    osrm_warm_s = osrm.sum_s("table")
    warm_s = again.sum_s("snap 1", "table 1")
    second_class_s = again.sum_s("network 2", "snap 2", "table 2")
    many_s = many.sum_s("snap 0", "table 0")
    print("\nwhat | ours s | OSRM s | ours / OSRM | our peak MB | OSRM's peak MB")
    print(_row(f"{PLACES} places, from the map file on", cold.wall_s, osrm_cold_s, cold.peak_mb, osrm.peak_mb))
    print(_row(f"{PLACES} places, streets at hand", warm_s, osrm_warm_s))
    print(f"second class on the same streets | {second_class_s:.2f} | | | {again.peak_mb:.0f} |")
    print(f"{MANY_PLACES} places, streets at hand | {many_s:.2f} | | | {many.peak_mb:.0f} |")
    for name, run in {"OSRM": osrm, "ours, cold": cold, "ours, again": again, f"ours, {MANY_PLACES}": many}.items():
        print(f"stages, {name}: {', '.join(f'{stage} {s:.2f}' for stage, s in run.stage_s.items())}")
    print(_compared(cold.seconds, osrm.seconds))

    assert cold.wall_s <= MOST_OF_OSRM_COLD * osrm_cold_s
    assert warm_s <= MOST_OF_OSRM_WARM * osrm_warm_s
    assert second_class_s <= MOST_SECOND_CLASS_S
    assert many_s <= MOST_MANY_S
    assert max(cold.peak_mb, again.peak_mb) <= MOST_MEMORY_MB
    assert many.peak_mb <= MOST_MANY_MEMORY_MB


def _write_places(city: Path, path: Path, *, count: int) -> Path:
    """Write random points on streets with doors, each metre of street as likely as any other."""
    streets = read_streets(city)
    lat, lon = streets.shape_lat, streets.shape_lon
    has_doors = np.array([tags["highway"] in WITH_DOORS for tags in streets.tag_sets])[streets.seg_tags]
    step_m = haversine_m(lat1=lat[:-1], lon1=lon[:-1], lat2=lat[1:], lon2=lon[1:])
    step_m *= np.repeat(has_doors, np.diff(streets.shape_start))[:-1]
    step_m[streets.shape_start[1:-1] - 1] = 0.0  # from the end of one street to the beginning of the next
    rng = np.random.default_rng(SEED)
    at = rng.choice(len(step_m), count, p=step_m / step_m.sum())
    share = rng.uniform(0, 1, count)
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["lat", "lon"])
        rows.writerows(zip(*(np.round(a[at] + share * (a[at + 1] - a[at]), 7) for a in (lat, lon)), strict=True))
    return path


def _measured(python: str, program: str, city: Path, places: Path, folder: Path, *types: str) -> Measured:
    """Run a program of this folder in a process of its own."""
    folder.mkdir()
    begun = time.perf_counter()
    command = [python, "-m", f"tests.bench.{program}", str(city), str(places), str(folder), *types]
    subprocess.run(command, check=True, cwd=ROOT)
    wall_s = time.perf_counter() - begun
    facts = json.loads((folder / "facts.json").read_text(encoding="utf-8"))
    with np.load(folder / "table.npz") as table:
        return Measured(wall_s=wall_s, stage_s=facts["seconds"], peak_mb=facts["peak_mb"], seconds=table["seconds"])


def _row(what: str, ours_s: float, osrm_s: float, *peaks_mb: float) -> str:
    return " | ".join(
        [what, f"{ours_s:.2f}", f"{osrm_s:.2f}", f"{ours_s / osrm_s:.2f}", *(f"{p:.0f}" for p in peaks_mb)]
    )


def _compared(ours_s: Floats, osrm_s: Floats) -> str:
    """Say how our times of random pairs compare with OSRM's, which drives its own paces, turns and signals."""
    rng = np.random.default_rng(SEED)
    from_place, to_place = rng.integers(0, PLACES, (2, 2 * PAIRS))
    pairs = np.column_stack([from_place, to_place])[from_place != to_place][:PAIRS].T
    ratio = ours_s[tuple(pairs)] / osrm_s[tuple(pairs)]
    known = ratio[np.isfinite(ratio)]
    said = ", ".join(f"p{percent} {np.percentile(known, percent):.2f}" for percent in (1, 5, 25, 50, 75, 95, 99))
    return f"our {VAN}'s seconds / OSRM's car's, {len(known)} of {PAIRS} pairs that both drive: {said}"
