"""A fleet works by the clock of the wall on all days, those with a clock change included."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from planner.clock import from_wall_s, wall_s
from planner.errors import InputError
from planner.model import Day
from planner.sizing.bounds import bounds_of
from planner.sizing.candidates import Cell, day_with
from planner.sizing.cells import ground_of
from planner.sizing.run import Sources, Wishes, read_asked
from planner.sizing.task import Task
from tests.sizing.test_by_hand import BUSY, FLEET, QUIET, write_case

HOUR_S = 3_600
FORWARD, AFTER = "2026-03-29", "2026-03-30"  # in Europe the clock goes from 2 to 3 on the first of these
BREAK = 'shift = "01:00-18:00"\nbreak_min = 30\nbreak_window = "12:00-13:00"'


def case(folder: Path, *, shift: str = BREAK) -> Path:
    write_case(folder)
    fleet = FLEET.replace('time_zone = "UTC"', 'time_zone = "Europe/Madrid"')
    (folder / "fleet.toml").write_text(fleet.replace('shift = "09:00-11:00"', shift))
    for day, now in ((BUSY, FORWARD), (QUIET, AFTER)):
        (folder / day).rename(folder / now)
    return folder


def asked(folder: Path, *shifts: str) -> tuple[Task, ...]:
    wishes = Wishes(plugs=(1,), iterations=60, shifts=shifts)
    return read_asked(Sources(days=folder, money=folder / "money.toml"), wishes).tasks


def days_of(task: Task) -> list[Day]:
    """Return each day with one of the first kind of vehicle."""
    days = [found.day for found in task.days if found.day is not None]
    return [day_with(day, task.candidates, Cell(counts=(1, 0), plugs=1)) for day in days]


def hours(day: Day) -> tuple[float, ...]:
    (vehicle,) = day.vehicles
    rest = vehicle.driver_break
    taken = (rest.earliest_s, rest.latest_s) if rest else ()
    return tuple(s / HOUR_S for s in (vehicle.shift.start_s, vehicle.shift.end_s, *taken))


def test_shifts_and_breaks_begin_by_the_clock_on_every_day_of_a_folder_that_begins_with_a_clock_change(
    tmp_path: Path,
) -> None:
    (task,) = asked(case(tmp_path))
    # On the first day the clock skips the hour after 2: 12:00 is 11 hours after midnight.
    changed, usual = days_of(task)
    assert hours(changed) == (1, 17, 11, 12)
    assert hours(usual) == (1, 18, 12, 13)
    assert changed.hours is not None
    assert (changed.hours.start_s, changed.hours.end_s) == (HOUR_S, 17 * HOUR_S)
    # and so there are 16 hours to work, not 17
    spans = [bounds_of(ground_of(day, task.candidates, task.streets)).kinds[0].time_s for day in task.days]
    assert spans == [16 * HOUR_S, 17 * HOUR_S]


def test_shifts_to_choose_from_begin_by_the_clock_too(tmp_path: Path) -> None:
    one, two = asked(case(tmp_path, shift='shift = "09:00-11:00"'), "09:00-17:00", "00:00-24:00")
    assert [hours(day) for day in days_of(one)] == [(8, 16), (9, 17)]
    assert [hours(day) for day in days_of(two)] == [(0, 23), (0, 24)]


def test_a_shift_that_does_not_hold_the_break_of_a_vehicle_is_refused(tmp_path: Path) -> None:
    folder = case(tmp_path, shift=BREAK.replace("01:00", "08:00"))
    with pytest.raises(InputError) as caught:
        asked(folder, "13:30-17:30", "08:00-16:00", "12:00-12:30", "12:00-13:00")
    told = [(fault.code, fault.value, fault.message) for fault in caught.value.faults]
    outside = "the break_window 12:00-13:00 of {} lies outside this shift"
    assert told == [
        *(("E-Y19", "13:30-17:30", outside.format(kind)) for kind in ("small", "big")),
        *(
            ("E-Y19", "12:00-12:30", said.format(kind))
            for kind in ("small", "big")
            for said in ("is no longer than the break of {}", outside)
        ),
    ]
    late = folder / "fleet.toml"  # which a fleet file with that shift is told as well
    late.write_text(late.read_text().replace("08:00-18:00", "13:30-17:30"))
    with pytest.raises(InputError, match=r"E-F11.*lies outside the shift 13:30-17:30"):
        asked(folder)


@pytest.mark.parametrize(
    ("zone", "day", "elapsed_h", "shown_h"),
    [
        ("Europe/Madrid", "2026-03-29", 7.5, 8.5),
        ("Europe/Madrid", "2026-10-25", 9.5, 8.5),  # back from 3 to 2
        ("Europe/Madrid", "2026-10-25", 25, 24),
        ("America/Santiago", "2026-09-06", 0, 0),  # midnight itself is skipped
        ("America/Santiago", "2026-09-06", 7.5, 8.5),
        ("America/Santiago", "2026-04-04", 25, 24),
        ("Asia/Tokyo", "2026-03-29", 8.5, 8.5),
    ],
)
def test_what_the_clock_shows_and_when_it_shows_it(zone: str, day: str, elapsed_h: float, shown_h: float) -> None:
    at, of = date.fromisoformat(day), ZoneInfo(zone)
    assert wall_s(elapsed_h * HOUR_S, day=at, zone=of) == shown_h * HOUR_S
    assert from_wall_s(shown_h * HOUR_S, day=at, zone=of) == elapsed_h * HOUR_S
