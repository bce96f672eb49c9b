"""Answers of ours that are better than the best known ones, kept as files that a test scores again."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from tests.bench.sets.best_known import BestKnown
from tests.bench.sets.rows import Row

FOLDER = Path(__file__).parents[1] / "records"
HEADER = re.compile(r"(?:#|<!--) (?P<vehicles>\d+) vehicles, (?P<distance>[\d.]+); best known (?P<best>[\d]+, [\d.]+)")


def keep_record(folder: Path, row: Row, best: BestKnown) -> Path | None:
    """Copy a row's routes to ``<set>/<instance>.txt`` where they beat the best known and what was kept before."""
    if row.value is None or not best.is_beaten_by(*row.value):
        return None
    is_xml = Path(row.solution).read_text(encoding="utf-8").startswith("<")
    path = folder / row.set / f"{row.instance}.{'xml' if is_xml else 'txt'}"
    if path.exists():
        vehicles, distance = kept_value(path)
        if not replace(best, vehicles=vehicles, distance=distance).is_beaten_by(*row.value):
            return None
    path.parent.mkdir(parents=True, exist_ok=True)
    header = f"<!-- {_header(row, best)} -->" if is_xml else f"# {_header(row, best)}"
    path.write_text(f"{header}\n{_routes(Path(row.solution))}", encoding="utf-8")
    return path


def kept_value(path: Path) -> tuple[int, float]:
    """Return vehicles and length as the first line of a record states them."""
    with path.open(encoding="utf-8") as file:
        stated = HEADER.match(file.readline())
    if stated is None:
        raise ValueError(f"{path}: the first line does not state vehicles and length")
    return int(stated["vehicles"]), float(stated["distance"])


def records_table(folder: Path) -> str:
    """Return the records as lines of a table, as docs/records.md has them."""
    lines = []
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        stated = HEADER.match(path.read_text(encoding="utf-8"))
        assert stated is not None, path
        best = stated["best"].replace(", ", " / ")
        value = f"{stated['vehicles']} / {float(stated['distance']):.4f}"
        link = f"[{path.stem}](../tests/bench/records/{path.relative_to(folder)})"
        lines.append(f"| {path.parent.name} | {link} | {best} | {value} |")
    return "\n".join(["| set | instance | best known | ours |", "| --- | --- | ---: | ---: |", *lines])


def _header(row: Row, best: BestKnown) -> str:
    code = f"{row.commit}{', changed' if row.dirty else ''}"
    run = f"engine {row.engine}, {row.seconds:g} s ({row.wall_s:.1f} s wall), seed {row.seed}, code {code}"
    return f"{row.vehicles} vehicles, {row.distance:.6f}; best known {best.vehicles}, {best.distance}; {run}"


def _routes(solution: Path) -> str:
    """Return the lines of an answer without its own comments."""
    lines = solution.read_text(encoding="utf-8").splitlines()
    return "".join(f"{line}\n" for line in lines if not line.startswith(("#", "<?xml")))
