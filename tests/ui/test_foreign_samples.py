"""Every sample file of the importer, handed to the page: the same orders come of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from foreign import answered
from state import Workspace, demo_draft

from planner.io.orders import read_orders
from planner.model import Order
from tests.io.importing.sample import Sample
from tests.io.importing.test_samples import ANY_DAY, SAMPLES, cells, imported

ROAD = """<?xml version="1.0" encoding="UTF-8"?>
<osm version="0.6">
  <node id="1" lat="{south}" lon="{west}"/><node id="2" lat="{north}" lon="{east}"/>
  <way id="9"><nd ref="1"/><nd ref="2"/><tag k="highway" v="residential"/></way>
</osm>
"""
# The page always knows the day, so that 01:00 of the next one has a date; `planner import` without --date has not.
WITH_THE_DAY = {
    "windows that end before they start, or on the next day without a date": (
        "id,lat,lon,demand_kg,tw_start,tw_end\n3,52.53,13.38,1,15:56,2024-05-02T01:00\n",
        {2, 3},
    )
}
SOMEWHERE = {"lat": "52.53", "lon": "13.38"}


def road_through(orders: str, path: Path) -> Path:
    """Write the streets of a town: one road past all the orders."""
    rows = cells(orders) or [SOMEWHERE]
    lats, lons = ([float(row[name]) for row in rows] for name in ("lat", "lon"))
    box = {"south": min(lats) - 0.01, "north": max(lats) + 0.01, "west": min(lons) - 0.01, "east": max(lons) + 0.01}
    path.write_text(ROAD.format(**box), encoding="utf-8")
    return path


def taken(sample: Sample, folder: Path, day: date) -> Workspace:
    """Return a workspace into which the file was dropped, with the sample's answers given."""
    streets = road_through(sample.orders, folder / "town.osm")
    work = Workspace("test", folder, replace(demo_draft(), orders=None, streets=streets, day=day))
    work.take_orders(sample.data, "export.csv")
    if work.foreign is not None:
        said = {name: value for name, value in sample.said.items() if name not in {"day", "columns"}}
        work.foreign = answered(work.foreign, said, sample.said.get("columns", {}))
    return work


def read(path: Path, day: date, zone: str) -> tuple[Order, ...]:
    return read_orders(path, day=day, zone=ZoneInfo(zone)).orders


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_the_page_makes_the_orders_of_a_file_that_the_importer_makes(sample: Sample, tmp_path: Path) -> None:
    first = imported(sample, tmp_path)
    day, zone = first.day or ANY_DAY, first.zone or "UTC"
    work = taken(sample, tmp_path, day)
    if work.foreign is None:  # of our own form
        expected = tmp_path / "expected.csv"
        expected.write_text(sample.orders, encoding="utf-8")
        assert work.draft.orders is not None
        assert read(work.draft.orders, day, zone) == read(expected, day, zone)
        return
    orders, rejected = WITH_THE_DAY.get(sample.name, (sample.orders, set(sample.rejected)))
    reading = work.read_foreign()
    assert reading.questions == ()
    found = cells(work.draft.orders.read_text(encoding="utf-8")) if work.draft.orders is not None else []
    assert found == cells(orders)
    assert work.rejected == len(rejected)
