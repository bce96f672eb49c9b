"""Fit the drivetrain efficiency of each body to the ranges that makers publish, and print how well it predicts them.

    python data/fit_energy.py

Prints the two tables of `docs/energy.md`. The fitted figures stand in `planner/catalogue/types.toml`, from where the
predictions of the second table are made; change them there when the first table says otherwise.
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from statistics import harmonic_mean

from planner.catalogue import figure_sources, type_names, vehicle_type
from planner.energy.range import delivery_range_km, published_range_km
from planner.model import VehicleType

TYPES = Path(__file__).parents[1] / "planner" / "catalogue" / "types.toml"
CLAIMED = ("battery_wh", "published_range_km")


def main() -> None:
    """Print both tables."""
    lines = [*body_table(), "", *type_table()]
    sys.stdout.write("\n".join(lines) + "\n")


def bodies() -> dict[str, list[VehicleType]]:
    """Return the types of each body in the order of the catalogue."""
    rows = tomllib.loads(TYPES.read_text(encoding="utf-8"))
    names = (name for name in rows["bodies"] if name != "common")
    return {body: [vehicle_type(name) for name in type_names() if rows[name]["body"] == body] for body in names}


def is_evidence(kind: VehicleType) -> bool:
    """Say whether battery and range are both somebody's statement, and neither was computed from the other."""
    return not any(figure_sources(kind.name)[figure].startswith("assumed") for figure in CLAIMED)


def fit(kinds: Sequence[VehicleType]) -> float:
    """Return the efficiency, to a hundredth, at which a body consumes on average what its types' claims imply."""
    return round(harmonic_mean(implied_efficiency(kind) for kind in kinds), 2)


def implied_efficiency(kind: VehicleType) -> float:
    """Return the efficiency that makes the predicted range the published one.

    Consumption is ``a / efficiency + b``: two predictions give both.
    """
    lossless, lossy = (_wh_per_km(replace(kind, drivetrain_efficiency=efficiency)) for efficiency in (1.0, 0.5))
    by_drivetrain = lossy - lossless
    return by_drivetrain / (kind.battery_wh / kind.published_range_km - (lossless - by_drivetrain))


def _wh_per_km(kind: VehicleType) -> float:
    return kind.battery_wh / published_range_km(kind)


def error(kind: VehicleType) -> float:
    """Return by which share the predicted range exceeds the published one."""
    return published_range_km(kind) / kind.published_range_km - 1


def left_out_error(kind: VehicleType, others: Sequence[VehicleType]) -> float:
    """Return the error of a type that the fit has not seen, nor its twins: another badge with the same claim."""
    seen = [other for other in others if _claim(other) != _claim(kind)]
    return error(replace(kind, drivetrain_efficiency=fit(seen)))


def _claim(kind: VehicleType) -> tuple[float, float]:
    return kind.published_range_km, kind.top_speed_kmh


def body_table() -> list[str]:
    """Return what was fitted, and how far off a type is that was left out, as Markdown."""
    lines = ["| body | types | fitted | efficiency | error, left out |", "|---|---:|---:|---:|---:|"]
    everything: list[float] = []
    for body, kinds in bodies().items():
        evidence = [kind for kind in kinds if is_evidence(kind)]
        errors = [abs(left_out_error(kind, evidence)) for kind in evidence]
        everything += errors
        lines.append(f"| {body} | {len(kinds)} | {len(evidence)} | {fit(evidence):.2f} | {_mean(errors):.1%} |")
    return [*lines, f"| all | {len(type_names())} | {len(everything)} | | {_mean(everything):.1%} |"]


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def type_table() -> list[str]:
    """Return what is published and predicted for each type, as Markdown."""
    lines = [
        "| type | body | fitted | published km | predicted km | error | deliveries km | of published | of predicted |",
        "|---|---|---|---:|---:|---:|---:|---:|---:|",
    ]
    for body, kinds in bodies().items():
        for kind in kinds:
            predicted_km, delivery_km = published_range_km(kind), delivery_range_km(kind)
            lines.append(
                f"| {kind.name} | {body} | {'yes' if is_evidence(kind) else 'no'} | {kind.published_range_km:.0f} "
                f"| {predicted_km:.0f} | {error(kind):+.0%} | {delivery_km:.0f} "
                f"| {delivery_km / kind.published_range_km:.0%} | {delivery_km / predicted_km:.0%} |"
            )
    return lines


if __name__ == "__main__":
    main()
