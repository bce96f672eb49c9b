"""Read the files of CVRP and CEVRP instances. Standard library alone: PyVRP's environment has nothing of ours."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class VrpFile:
    """Places by the file's own numbers; without stations the battery is infinite."""

    xy: dict[int, tuple[float, float]]
    demand: dict[int, int]
    depot: int
    stations: tuple[int, ...]
    capacity: int
    battery: float
    energy_per_length: float

    @property
    def customers(self) -> tuple[int, ...]:
        return tuple(place for place in self.demand if place != self.depot and place not in self.stations)

    def length(self, here: int, there: int) -> float:
        return math.dist(self.xy[here], self.xy[there])

    def energy(self, here: int, there: int) -> float:
        return self.energy_per_length * self.length(here, there)


def read_vrplib(path: Path) -> VrpFile:
    """Read an instance with Euclidean coordinates: ``.vrp``, or ``.evrp`` with stations and a battery."""
    head: dict[str, str] = {}
    sections: dict[str, list[list[str]]] = {}
    rows: list[list[str]] | None = None
    for line in path.read_text(encoding="latin-1").splitlines():
        words = line.split()
        if not words or words[0] == "EOF":
            continue
        if words[0].endswith("_SECTION"):
            rows = sections.setdefault(words[0], [])
        elif rows is None:
            name, _, value = line.partition(":")
            head[name.strip().upper()] = value.strip()
        else:
            rows.append(words)
    return VrpFile(
        xy={int(place): (float(x), float(y)) for place, x, y in sections["NODE_COORD_SECTION"]},
        demand={int(place): int(float(demand)) for place, demand in sections["DEMAND_SECTION"]},
        depot=int(sections["DEPOT_SECTION"][0][0]),
        stations=tuple(int(row[0]) for row in sections.get("STATIONS_COORD_SECTION", [])),
        capacity=int(float(head["CAPACITY"])),
        battery=float(head.get("ENERGY_CAPACITY", "inf")),
        energy_per_length=float(head.get("ENERGY_CONSUMPTION", "0")),
    )
