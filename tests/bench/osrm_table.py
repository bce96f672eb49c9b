"""OSRM's table of seconds and metres between places, each stage timed.

``python -m tests.bench.osrm_table CITY.osm.pbf PLACES.csv FOLDER``, by a Python with `osrm-bindings` and NumPy.
"""

from __future__ import annotations

import resource
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import osrm  # type: ignore[import-not-found]  # it has no wheel for this project's oldest Python

from tests.bench.stages import Stages, peak_mb, read_places, write_measured

CAR = Path(osrm.__file__).parent / "share" / "profiles" / "car.lua"


def measure(city: Path, places: list[tuple[float, float]], folder: Path) -> None:
    """Prepare the streets for cars by contraction hierarchies, OSRM's quickest way, and ask for a table twice."""
    stages = Stages()
    source = folder / "city.osm.pbf"
    shutil.copyfile(city, source)  # OSRM writes beside its source
    with stages.timed("extract"):
        _prepare("extract", "-p", str(CAR), str(source))
    with stages.timed("contract"):
        _prepare("contract", str(folder / "city.osrm"))
    prepare_peak_mb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    with stages.timed("load"):
        engine = osrm.OSRM(
            storage_config=str(folder / "city.osrm"),
            algorithm="CH",
            use_shared_memory=False,
            max_locations_distance_table=len(places),
        )
    for stage in ("first table", "table"):  # the first one also waits for the mapped files to be read
        with stages.timed(stage):
            answer = engine.Table(_question(places))
    facts = {"seconds": stages.seconds, "peak_mb": max(prepare_peak_mb, peak_mb())}
    seconds, metres = (list(map(list, answer[name])) for name in ("durations", "distances"))
    write_measured(folder, seconds=seconds, metres=metres, facts=facts)


def _question(places: list[tuple[float, float]]) -> Any:
    """Ask for nothing but the two tables."""
    coordinates = [(lon, lat) for lat, lon in places]
    question = osrm.TableParameters(coordinates=coordinates, annotations=["duration", "distance"], generate_hints=False)
    question.skip_waypoints = True
    return question


def _prepare(*arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "osrm", *arguments], check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    measure(Path(sys.argv[1]), read_places(Path(sys.argv[2])), Path(sys.argv[3]))
