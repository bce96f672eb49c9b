"""Thousands of days of two orders, some of them bad: what is measured on them is what a batch itself costs."""

from __future__ import annotations

from pathlib import Path

from tests.batch.small import write_manifest
from tests.check.grid import SOUTH, STEP_LAT, STEP_LON, WEST

KINDS = 50  # files of orders that differ
BAD = (
    {"date": "2026-02-30"},
    {"orders": "nowhere.csv"},
    {"orders": "torn.csv"},
    {"seed": "x"},
    {"fleet": "nofleet.toml"},
)


def write_many(folder: Path, count: int) -> tuple[Path, dict[str, str]]:
    """Write a manifest in which every hundredth row is bad, and return it with what is wrong with each of those."""
    (folder / "o").mkdir()
    (folder / "torn.csv").write_text("id,lat,lon,demand_kg\na,north,west,5\n")
    for kind in range(KINDS):
        spots = ((SOUTH + STEP_LAT * (1 + n), WEST + STEP_LON * (0.5 + (kind + n) % 3)) for n in range(2))
        rows = [f"A-{n},{lat:.5f},{lon:.5f},{1 + kind % 9}" for n, (lat, lon) in enumerate(spots)]
        (folder / "o" / f"{kind}.csv").write_text("\n".join(("id,lat,lon,demand_kg", *rows)) + "\n")
    codes = ("E-B22", "E-O46", "E-O15", "E-B23", "E-O46")
    jobs: list[dict[str, object]] = []
    bad: dict[str, str] = {}
    for n in range(count):
        row: dict[str, object] = {
            "id": f"j{n}",
            "orders": f"o/{n % KINDS}.csv",
            "date": f"2026-03-{1 + n % 28:02}",
            "seed": n // KINDS,
            "fleet": "fleet.toml",
            "absent": "yes",
        }
        if n % 100 == 42:
            row |= BAD[n // 100 % len(BAD)]
            bad[str(row["id"])] = codes[n // 100 % len(BAD)]
        jobs.append(row)
    return write_manifest(folder, jobs), bad
