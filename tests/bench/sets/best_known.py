"""The best known answers of a set, and how another answer compares with them."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

SAME_LENGTH = 0.01  # published lengths are rounded to two decimals


@dataclass(frozen=True, slots=True, kw_only=True)
class BestKnown:
    """The best known answer of an instance; with `vehicles_first` fewer vehicles are better than any length."""

    vehicles: int
    distance: float
    vehicles_first: bool

    def vehicles_over(self, vehicles: int) -> int:
        """Return how many vehicles more than here were used, where vehicles count."""
        return vehicles - self.vehicles if self.vehicles_first else 0

    def gap_percent(self, vehicles: int, distance: float) -> float | None:
        """Return how much longer an answer is, or None where its vehicles make the lengths incomparable."""
        if self.vehicles_over(vehicles):
            return None
        return 100.0 * (distance - self.distance) / self.distance

    def is_beaten_by(self, vehicles: int, distance: float) -> bool:
        over = self.vehicles_over(vehicles)
        return over < 0 or (over == 0 and distance < self.distance - SAME_LENGTH)


def read_published(folder: Path) -> dict[str, BestKnown]:
    """Return the published answers that lie beside their instances as ``.sol`` files, by instance."""
    found = {}
    for path in folder.glob("*.sol"):
        told = [line.partition(":")[::2] for line in path.read_text(encoding="utf-8").splitlines()]
        found[path.stem] = BestKnown(
            vehicles=sum(head.startswith("Route") for head, _ in told),
            distance=next(float(value) for head, value in told if head == "Cost"),
            vehicles_first=False,
        )
    return found


def read_best_known(path: Path, objective: str) -> dict[str, BestKnown]:
    """Return the rows of ``bks.csv`` that are about this objective, by instance."""
    with path.open(newline="", encoding="utf-8") as file:
        return {
            row["instance"]: BestKnown(
                vehicles=int(row["vehicles"]),
                distance=float(row["distance"]),
                vehicles_first=objective == "vehicles_then_distance",
            )
            for row in csv.DictReader(file)
            if row["objective_kind"] == objective
        }
