"""What a part of a large day may count on at a depot with two plugs of 2.3 kW."""

from __future__ import annotations

from typing import Any

from planner.large.plugs import PlugBook, Use
from planner.solve.solution import Tour, Visit, tour_of
from tests.factories import make_day, make_depot, make_vehicle

NIGHT_S = 36_000  # the end of the shift, a whole number of steps
FIRST = 0  # the first of two equal plugs stands for both


def book(**depot: Any) -> PlugBook:
    vehicle = make_vehicle()
    shift = type(vehicle.shift)(start_s=0, end_s=NIGHT_S)
    vehicles = tuple(make_vehicle(f"v{n}", shift=shift) for n in range(3))
    return PlugBook(make_day(depots=(make_depot(**depot),), vehicles=vehicles, stations=()))


def charges(*uses: tuple[int, int]) -> list[Use]:
    return [(FIRST, begin, end, 2_000) for begin, end in uses]


def plugs_left(rows: list[Use], at_s: int) -> int:
    return 2 - sum(begin <= at_s < end for _, begin, end, _ in rows)


def test_what_stands_free_is_shared_by_parts_that_are_searched_at_once() -> None:
    both = book().booked_for([[], []], [], [[0], [0]], turn=0)
    assert [plugs_left(rows, 5_000) for rows in both] == [1, 1]


def test_a_part_alone_may_take_all_that_others_leave() -> None:
    (rows,) = book().booked_for([[]], charges((3_600, 7_200)), [[0]], turn=0)
    assert [plugs_left(rows, at) for at in (3_599, 3_600, 7_199, 7_200)] == [2, 1, 1, 2]


def test_what_a_part_uses_now_stays_its_own() -> None:
    mine, others = charges((3_600, 7_200), (3_600, 5_400)), charges()
    first, second = book().booked_for([mine, others], [], [[0], [0]], turn=0)
    assert [plugs_left(first, at) for at in (3_600, 5_399, 5_400)] == [2, 2, 1 + 1]
    assert [plugs_left(second, at) for at in (3_600, 5_399)] == [0, 0]


def test_an_odd_plug_goes_to_another_part_at_each_turn() -> None:
    three = [book().booked_for([[], [], []], [], [[0]] * 3, turn=turn) for turn in (0, 1, 2)]
    left = [[plugs_left(rows, 0) for rows in parts] for parts in three]
    assert sorted(map(sum, left)) == [2, 2, 2]
    assert len({tuple(one) for one in left}) == 3


def test_a_part_that_does_not_know_a_depot_has_nothing_booked_there() -> None:
    assert book().booked_for([[]], charges((0, 3_600)), [[]], turn=0) == [[]]


def test_power_that_others_draw_is_booked_with_their_plugs() -> None:
    (rows,) = book(site_power_w=3_000.0).booked_for([[]], charges((3_600, 7_200)), [[0]], turn=0)
    assert [(begin, end, watts) for _, begin, end, watts in rows] == [(3_600, 7_200, 2_000)]


def test_two_charges_at_once_get_two_plugs_in_the_end() -> None:
    def tour(vehicle: int, begin_s: int, end_s: int) -> Tour:
        stop = Visit(place=1, arrival_s=0, begin_s=0, end_s=0)
        charge = Visit(
            place=1, arrival_s=0, begin_s=0, end_s=0, plug=0, charge_begin_s=begin_s, charge_end_s=end_s, charge_mwh=1
        )
        return tour_of(vehicle, [charge, stop])

    told = book().told_apart([tour(0, 0, 1_000), tour(1, 500, 1_500), tour(2, 1_000, 2_000)])
    assert [tour.first.plug for tour in told] == [0, 1, 0]
