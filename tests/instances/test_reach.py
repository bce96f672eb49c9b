"""Which customers are said to be out of reach, against every route that serves one customer alone."""

from __future__ import annotations

import random
from itertools import chain, permutations
from pathlib import Path

import pytest

from planner.instances.reach import out_of_reach
from planner.instances.schneider import Recharge
from planner.solve.instance import Instance
from tests.instances.files import EVRPTW, changed, instance_of
from tests.instances.test_audit import random_instance, said

STATIONS = 2


def served_alone(instance: Instance, customer: int) -> bool:
    """Try every way by stations there and away."""
    stations = range(instance.depot + 1, instance.places)
    ways = list(chain.from_iterable(permutations(stations, many) for many in range(STATIONS + 1)))
    left = tuple(other for other in range(instance.customers) if other != customer)
    return any(said(instance, [[*there, customer, *away]], unserved=left) == () for there in ways for away in ways)


@pytest.mark.parametrize("recharge", ["full", "partial"])
def test_out_of_reach_is_exactly_what_no_route_serves(tmp_path: Path, recharge: Recharge) -> None:
    rng, base = random.Random(recharge), instance_of(tmp_path, EVRPTW, recharge=recharge)
    refused = missed = 0
    for _ in range(120):
        instance = random_instance(rng, base, customers=3, stations=STATIONS)
        claimed = {found.customer for found in out_of_reach(instance)}
        hopeless = {customer for customer in range(3) if not served_alone(instance, customer)}
        assert claimed <= hopeless
        refused += len(claimed)
        missed += len(hopeless - claimed)
    assert refused > 25
    # With full charges the claim is exact; with partial ones it is a bound that nearly is.
    assert missed == 0 if recharge == "full" else missed < refused / 10


def test_a_customer_beyond_two_stations_is_reached_by_both(tmp_path: Path) -> None:
    far = changed(EVRPTW, ("50.0  0.0", "99.0  0.0"), ("40.0       900.0", "40.0       999.0"), ("/2.0/", "/0.1/"))
    instance = instance_of(tmp_path, changed(far, ("C1   ", "S2 f 75 0 0 0 1000 0\nC1   ")))
    assert list(out_of_reach(instance)) == []
    assert said(instance, [[0], [3, 4, 1, 4, 3]]) == ()


def test_the_reason_says_what_is_needed_and_what_there_is(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"at least 120.00 from a battery of 80 → add a station near it"):
        instance_of(tmp_path, changed(EVRPTW, ("50.0  0.0", "90.0  0.0")))


def test_charging_counts_where_a_window_is_missed(tmp_path: Path) -> None:
    # 30 to the station, 60 there, 20 on: 110. A battery of 60 does not last from the depot to the customer and on.
    text = changed(EVRPTW, ("40.0       900.0", "40.0       109.0"), ("/80.0/", "/60.0/"))
    with pytest.raises(ValueError, match=r"E-I15 .* reached at 110.00 at the earliest, after its window ends at 109"):
        instance_of(tmp_path, text)
    assert instance_of(tmp_path, text, recharge="partial").customers == 2


def test_a_depot_that_closes_too_early_is_the_reason(tmp_path: Path) -> None:
    text = changed(EVRPTW, ("1000.0", "210.0"), ("1000.0", "210.0"), ("/80.0/", "/60.0/"))
    # Back at the station at 140, charged by 220, home at 250.
    with pytest.raises(ValueError, match=r'E-I15 .*"C2" .* back before 250.00, and the depot closes at 210'):
        instance_of(tmp_path, text)
