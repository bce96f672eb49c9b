"""How long a search may take where nobody has said it: a net for what hangs, that no normal run reaches."""

from __future__ import annotations

import pytest

from planner.solve.options import UNLIMITED, SolveOptions, completed


@pytest.mark.parametrize(
    ("orders", "iterations", "net_s"),
    [
        (150, 160_000, 600.0),
        (500, 640_000, 600.0),
        (501, 160_000, 600.0),
        (10_000, 160_000, 10_000.0),  # two cores took 660 s
        (10_000, 2_000, 10_000.0),
        (10_000, 640_000, 40_000.0),
        (10_000, 10**8, 86_400.0),
        (10_000, UNLIMITED, 10_000.0),  # of no budget: the net is all that there is
    ],
)
def test_the_net_grows_with_the_orders_of_a_large_day_and_with_its_budget(
    orders: int, iterations: int, net_s: float
) -> None:
    options = completed(engine="search", iterations=iterations, time_limit_s=None, seed=1, threads=1)
    assert options.for_day(orders).time_limit_s == net_s


def test_the_net_is_the_same_on_any_number_of_cores() -> None:
    assert len({SolveOptions(threads=threads).for_day(5_000).time_limit_s for threads in (0, 1, 64)}) == 1


@pytest.mark.parametrize("iterations", [None, 20])
def test_a_limit_that_was_given_stays(iterations: int | None) -> None:
    options = completed(engine="search", iterations=iterations, time_limit_s=600.0, seed=1, threads=1)
    assert options.for_day(10_000) == options
