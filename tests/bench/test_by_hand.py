"""Hand edits and late orders at full size: ``make bench``."""

from __future__ import annotations

import random
import statistics
import time
from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from planner.check import audit
from planner.check_legs import LegFinder
from planner.demo import DAY, demo_folder
from planner.dispatch.desk import Desk, open_desk
from planner.dispatch.edit import apply
from planner.dispatch.edits import in_words
from planner.dispatch.insert import desk_with
from planner.dispatch.slots import slots_for, with_slot
from planner.errors import InputError
from planner.generate.days import Request, generate_days
from planner.io.plan_file import plan_to_json, read_plan
from planner.pipeline import plan_inputs, read_inputs
from planner.roads.read import read_streets
from planner.roads.streets import Streets
from planner.solve.options import SolveOptions
from tests.dispatch.test_edit import random_edit

SEQUENCES, MOST_EDITS = 2_000, 5
INSERTED, MOST_S = 40, 1.0
# What hands may break; all else a plan says (times, drives, energy, money, plugs) is true of it.
BY_HAND = {
    "window_missed",
    "shift_exceeded",
    "overweight",
    "overfull",
    "too_long",
    "reserve_broken",
    "end_soc_short",
    "skill_missing",
    "class_refused",
    "depot_refused",
    "group_split",
    "too_many_stops",
    "break_late",
    "break_missing",
    "released_late",
    "station_closed",
}


@pytest.mark.bench
@pytest.mark.timeout(3_600)
def test_what_is_shown_after_hand_edits_is_what_the_auditor_finds(tmp_path: Path) -> None:
    folder = demo_folder()
    inputs = read_inputs(folder / "orders.csv", folder / "fleet.toml", day=DAY)
    plan = plan_inputs(inputs, SolveOptions(iterations=3_000, time_limit_s=300.0))
    desk, finder = open_desk(plan, inputs.streets), LegFinder(inputs.streets)
    chance, codes, refused, seconds = random.Random(1), Counter[str](), Counter[str](), []
    made = 0
    while made < SEQUENCES:
        edits = [random_edit(chance, desk) for _ in range(chance.randint(1, MOST_EDITS))]
        begun = time.perf_counter()
        try:
            found = apply(desk, edits)
        except InputError as error:
            refused[error.faults[0].code] += 1
            continue
        seconds.append(time.perf_counter() - begun)
        (tmp_path / "plan.json").write_bytes(plan_to_json(found.plan))
        anew = audit(read_plan(tmp_path / "plan.json"), inputs.streets, legs=finder)
        assert _told(found.violations) == _told(anew), [in_words(edit) for edit in edits]
        assert {v.code for v in anew} <= BY_HAND, [in_words(edit) for edit in edits]
        codes.update(v.code for v in anew)
        made += 1
    print(f"\n{made} sequences; seconds: median {statistics.median(seconds):.3f}, most {max(seconds):.2f}")
    print(f"broken: {dict(codes.most_common())}; refused: {dict(refused)}")


def _told(violations: object) -> list[tuple[str, str, str]]:
    return sorted((v.code, v.where, v.message) for v in violations)  # type: ignore[attr-defined]


@pytest.mark.bench
@pytest.mark.timeout(3_600)
def test_all_slots_of_an_order_on_a_day_of_200_are_there_within_a_second(shared: Path, tmp_path: Path) -> None:
    map_file = shared / "osm" / "porto-2015.osm.pbf"
    if not map_file.exists():
        pytest.skip(f"no {map_file}")
    first = date(2026, 3, 10)
    generate_days(Request(streets=map_file, orders=200, days=1, seed=1, first_day=first, class_name="L6e"), tmp_path)
    inputs = read_inputs(tmp_path / first.isoformat() / "orders.csv", tmp_path / "fleet.toml", day=first)
    plan = plan_inputs(inputs, SolveOptions(iterations=20_000, time_limit_s=300.0))
    begun = time.perf_counter()
    desk = open_desk(plan, read_streets(map_file))
    print(f"\n{len(plan.routes)} vehicles, opened in {time.perf_counter() - begun:.2f} s")
    seconds, counts = [], []
    for nth in range(INSERTED):
        took_s, count = _inserted(desk, desk.streets, nth)
        seconds.append(took_s)
        counts.append(count)
    print(f"slots: {min(counts)} to {max(counts)}, median {statistics.median(counts):.0f}")
    print(f"seconds: median {statistics.median(seconds):.2f}, most {max(seconds):.2f}")
    assert statistics.median(seconds) <= MOST_S


def _inserted(desk: Desk, streets: Streets, nth: int) -> tuple[float, int]:
    """Return how long it takes to find all slots for one more order somewhere between two others, and how many."""
    one, other = desk.plan.day.orders[nth], desk.plan.day.orders[-1 - nth]
    windows = one.windows if nth % 2 else ()
    lat, lon = (one.lat + other.lat) / 2, (one.lon + other.lon) / 2
    new = replace(one, id=f"new-{nth}", lat=lat, lon=lon, windows=windows, demand_kg=2.0, volume_l=2.0)
    begun = time.perf_counter()
    wider = desk_with(desk, [new], file="bench")
    slots = slots_for(wider, wider.numbers[new.id])
    took_s = time.perf_counter() - begun
    for slot in slots[:: max(1, len(slots) // 3)]:  # the whole audit, with its lines, of some of them
        assert with_slot(wider, slot).violations == ()
    assert streets is wider.streets
    return took_s, len(slots)
