"""Events are read with every fault at once: file, row, column, value, remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.dispatch.events import read_events
from planner.errors import InputError
from tests.factories import make_day

NOON_S = 12 * 3_600


def test_good_events_come_in_order_of_time(tmp_path: Path) -> None:
    file = tmp_path / "events.csv"
    file.write_text(
        "time,event,vehicle,minutes,order,id,lat,lon,demand_kg\n"
        "10:40,order_new,,,,n1,-29.951,-71.341,5\n"
        "10:30,delay,v1,25,,,,,\n"
        "10:50,order_cancelled,,,o2,,,,\n"
    )
    found = read_events(file, make_day(), now_s=NOON_S)
    assert [(event.kind, event.at_s) for event in found] == [
        ("delay", 37_800),
        ("order_new", 38_400),
        ("order_cancelled", 39_000),
    ]
    assert found[0].lasts_s == 1_500
    assert found[1].new is not None
    assert found[1].new.demand_kg == 5.0


def test_json_says_the_same(tmp_path: Path) -> None:
    file = tmp_path / "events.json"
    file.write_text('[{"time": "10:30", "event": "vehicle_out", "vehicle": "v1"}]')
    (event,) = read_events(file, make_day(), now_s=NOON_S)
    assert (event.kind, event.vehicle, event.at_s) == ("vehicle_out", "v1", 37_800)


def test_all_bad_events_are_refused_at_once(tmp_path: Path) -> None:
    file = tmp_path / "events.csv"
    file.write_text(
        "time,event,vehicle,minutes,order\n"
        "10:00,flat_tyre,v1,,\n"
        "10:00,delay,v9,5,\n"
        "10:00,delay,v1,,\n"
        "13:00,vehicle_out,v1,,\n"
        "10:00,delay,v1,soon,\n"
    )
    with pytest.raises(InputError) as refused:
        read_events(file, make_day(), now_s=NOON_S)
    told = [(fault.code, fault.row, fault.column) for fault in refused.value.faults]
    assert told == [
        ("E-N03", 2, "event"),
        ("E-N04", 3, "vehicle"),
        ("E-N02", 4, "minutes"),
        ("E-N05", 5, "time"),
        ("E-N06", 6, "minutes"),
    ]
    assert all(fault.remedy for fault in refused.value.faults)
