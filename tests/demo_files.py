"""The demo's files with another fleet and other rows."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from planner.demo import DAY, demo_folder
from planner.pipeline import Inputs, read_inputs


def demo_rows() -> list[dict[str, str]]:
    """Return the rows of the demo's orders."""
    return list(csv.DictReader(io.StringIO((demo_folder() / "orders.csv").read_text(encoding="utf-8"))))


def demo_inputs(folder: Path, *, vehicles: str, rows: Sequence[dict[str, str]]) -> Inputs:
    """Write and read the demo's streets and depots with these vehicles, more depots, and rows."""
    text = (demo_folder() / "fleet.toml").read_text(encoding="utf-8")
    text = text[: text.index("[[vehicles]]")].replace(
        "coquimbo.streets.npz", str(demo_folder() / "coquimbo.streets.npz")
    )
    (folder / "fleet.toml").write_text(text + vehicles, encoding="utf-8")
    out = io.StringIO()
    writer = csv.DictWriter(out, [*rows[0]])
    writer.writeheader()
    writer.writerows(rows)
    (folder / "orders.csv").write_text(out.getvalue(), encoding="utf-8")
    return read_inputs(folder / "orders.csv", folder / "fleet.toml", day=DAY)
