"""Charges along concave curves: what a route takes, and what the auditor says of it."""

from __future__ import annotations

import csv
import math
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from planner.check_instance import audit_routes
from planner.instances.read import read_instance
from planner.solve.charging import charged_best
from planner.solve.instance import RouteSet
from tests.instances.files import EVRPNL, instance_of

FAST = 0.31 / 13_600  # hours for each Wh
# By way of both customers and the station: 10 km, 70.71 km, 40 km, 30 km; the battery has 911 Wh at the station.
DRIVE_H = (10 + math.hypot(10, 70) + 40 + 30) / 40
CHARGE_WH = DRIVE_H * 40 * 125 - 16_000


def answer(length: float, *, charge: float = CHARGE_WH) -> RouteSet:
    return RouteSet(
        routes=((0, 1, 3),), length=length, iterations=0, stopped_by="iterations", charges=((0.0, 0.0, charge),)
    )


def test_a_charge_takes_what_the_curve_says_between_its_levels(tmp_path: Path) -> None:
    instance = instance_of(tmp_path, EVRPNL)
    best = charged_best(instance, (0, 1))
    assert best is not None
    assert best.places == (0, 1, 3)
    assert best.length == pytest.approx(DRIVE_H + CHARGE_WH * FAST)
    assert audit_routes(instance, answer(best.length)).violations == ()


def test_what_the_curve_takes_longer_for_is_no_better_at_another_time(tmp_path: Path) -> None:
    """Charging on the way out, with 6,911 Wh more in the battery, would run beyond 85 %."""
    instance = instance_of(tmp_path, EVRPNL)
    out = RouteSet(
        routes=((0, 3, 1),),
        length=(10 + math.hypot(10, 30) + 40 + 70) / 40,
        iterations=0,
        stopped_by="iterations",
        charges=((0.0, 5_000.0, 0.0),),
    )
    level = 16_000 - (10 + math.hypot(10, 30)) * 125
    lasts = 0.39 + (level + 5_000 - 15_200) * 0.12 / 800 - level * FAST
    assert level + 5_000 > 15_200
    assert audit_routes(instance, replace(out, length=out.length + lasts)).violations == ()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"charge": CHARGE_WH - 100}, "route 1: the battery is short of 100.0"),
        ({"charge": 15_500.0}, "route 1: a charge of 15500 at 3 goes beyond the battery by 411."),
        ({"charge": -50.0}, "route 1: a charge of -50 at 3 is negative"),
        ({"length": 3.0}, "the length is 3.832"),
    ],
)
def test_a_false_charge_or_length_is_a_violation(tmp_path: Path, changes: dict[str, float], message: str) -> None:
    found = answer(**{"length": DRIVE_H + CHARGE_WH * FAST} | changes)
    assert any(message in broken for broken in audit_routes(instance_of(tmp_path, EVRPNL), found).violations)


def test_a_route_that_takes_longer_than_a_day_is_a_violation(tmp_path: Path) -> None:
    instance = instance_of(tmp_path, EVRPNL)
    short = replace(instance, windows=instance.windows * [1, 0.48])
    (broken,) = audit_routes(short, answer(DRIVE_H + CHARGE_WH * FAST)).violations
    assert broken == f"route 1: it takes {DRIVE_H + CHARGE_WH * FAST + 2 * 0.5:.6f}, more than 4.8"


def test_published_answers_are_what_their_authors_say(shared: Path) -> None:
    folder = shared / "bench" / "evrpnl"
    with (folder / "bks.csv").open() as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        instance = read_instance(folder / "instances" / f"{row['instance']}.xml")
        number = {name: place for place, name in enumerate(instance.names)}
        routes, charges = [], []
        for sequence in ElementTree.parse(folder / row["solution_file"]).iterfind("route/sequence"):
            stops = [(number[node.get("id", "")], float(node.findtext("charge", "0"))) for node in sequence][1:-1]
            routes.append(tuple(place for place, _ in stops))
            charges.append(tuple(charge for _, charge in stops))
        found = RouteSet(
            routes=tuple(routes),
            length=float(row["distance"]),
            iterations=0,
            stopped_by="iterations",
            charges=tuple(charges),
        )
        audited = audit_routes(instance, found)
        assert [broken for broken in audited.violations if "the length" not in broken] == [], row["instance"]
        assert audited.length == pytest.approx(float(row["distance"]), abs=1e-4)
    assert len(rows) > 50
