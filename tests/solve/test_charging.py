"""Charging on a fixed sequence: as good as trying everything, as the published answers, as another exact program."""

from __future__ import annotations

import math
import random
from itertools import groupby

import pytest

from planner.solve.charging import charged
from tests.solve.charging_cases import (
    IN_A_ROW,
    IN_ALL,
    POLICIES,
    best_by_trying,
    earliest_end,
    end_of_walk,
    length_of,
    make_case,
)

SEQUENCES = 500  # small random ones of each policy


@pytest.mark.parametrize("policy", POLICIES)
def test_no_choice_of_stations_and_amounts_is_cheaper(policy: str) -> None:
    for seed in range(SEQUENCES):
        case = make_case(random.Random(f"{policy}{seed}"), policy=policy)
        instance, wanted = case.instance, best_by_trying(case)
        found = charged(instance, range(instance.customers), curves=case.curves, cost_of_time=case.cost_of_time)
        if found is None:
            assert wanted == math.inf, seed
            continue
        assert [place for place in found.places if place < instance.depot] == list(range(instance.customers))
        assert found.length == pytest.approx(length_of(instance, found.places))
        assert end_of_walk(case, found.places, found.amounts) == pytest.approx(found.end), seed
        assert earliest_end(case, found.places) == pytest.approx(found.end), seed
        spent = float(instance.windows[instance.depot, 0] + instance.service.sum())
        cost = found.length + case.cost_of_time * (found.end - spent)
        rows = [
            len(list(row)) for served, row in groupby(place < instance.depot for place in found.places) if not served
        ]
        if max(rows, default=0) <= IN_A_ROW and sum(rows) <= IN_ALL:
            assert cost == pytest.approx(wanted, rel=1e-7, abs=1e-7), seed
        else:  # which was not tried
            assert cost < wanted, seed
