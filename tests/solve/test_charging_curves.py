"""Charging along curves on the instances of Montoya et al. (2017): as frvcpy, and as the published answers."""

from __future__ import annotations

import contextlib
import io
import math
import random
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from frvcpy import solver, translator

from planner.solve.charging import Corners, charged
from planner.solve.instance import Instance
from tests.instances.score import scorer

RANDOM_ROUTES = 2  # on each instance
SAMPLE = 3  # every third instance is given to frvcpy


@dataclass(frozen=True, kw_only=True)
class Curved:
    """An instance whose length is nothing: only time counts. `ids` are the file's, in the order of our places."""

    file: Path
    instance: Instance
    curves: Mapping[int, Corners]
    ids: list[int]


def number(node: Any, name: str) -> float:
    return float(node.findtext(name))


def read(file: Path) -> Curved:
    """Read a file, with a plug of the fastest type at the depot, which frvcpy assumes."""
    root = ElementTree.parse(file).getroot()
    profile: Any = root.find("fleet/vehicle_profile")
    lines = {
        line.get("cs_type"): [(number(corner, "charging_time"), number(corner, "battery_level")) for corner in line]
        for line in profile.find("custom/charging_functions")
    }
    fastest = min(lines, key=lambda name: lines[name][1][0] / lines[name][1][1])
    nodes: list[tuple[str | None, int, float, float, str | None]] = [
        (
            node.get("type"),
            int(str(node.get("id"))),
            number(node, "cx"),
            number(node, "cy"),
            node.findtext("custom/cs_type"),
        )
        for node in root.iterfind("network/nodes/node")
    ]
    nodes.append(("2", len(nodes), *next(node[2:4] for node in nodes if node[0] == "0"), fastest))
    nodes.sort(key=lambda node: ("1", "0", "2").index(str(node[0])))
    customers = sum(node[0] == "1" for node in nodes)
    x, y = np.array([node[2:4] for node in nodes]).T
    apart = np.hypot(np.subtract.outer(x, x), np.subtract.outer(y, y))
    service = {
        int(str(request.get("node"))): number(request, "service_time") for request in root.iterfind("requests/*")
    }
    ids = [node[1] for node in nodes]
    instance = Instance(
        name=file.stem,
        kind="evrptw-pr",
        names=tuple(map(str, ids)),
        length=np.zeros_like(apart),
        time=apart / number(profile, "speed_factor"),
        energy=apart * number(profile, "custom/consumption_rate"),
        demand=np.zeros(customers),
        service=np.array([service[id_] for id_ in ids[:customers]]),
        windows=np.tile((0.0, number(profile, "max_travel_time")), (customers + 1, 1)),
        capacity=1.0,
        battery=number(profile, "custom/battery_capacity"),
        charge_rate=0.0,
        partial=True,
        vehicles_first=False,
    )
    curves = {place: lines[node[4]] for place, node in enumerate(nodes) if node[0] == "2"}
    return Curved(file=file, instance=instance, curves=curves, ids=ids)


def best_known(shared: Path, file: Path) -> list[list[tuple[int, float, float]]]:
    """Return the published routes as the scorer takes them."""
    solution = shared / "bench" / "evrpnl" / "solutions_bks" / f"sol_EVRPNL_BKS_{file.stem}.xml"
    if not solution.exists():
        return []
    routes: list[list[tuple[int, float, float]]] = scorer(shared).read_evrpnl_solution(solution)[0]
    return routes


def files(shared: Path) -> list[Path]:
    return sorted((shared / "bench" / "evrpnl" / "instances").glob("*.xml"))


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_charges_are_as_quick_as_those_of_frvcpy(shared: Path) -> None:
    rng, compared = random.Random(0), 0
    for file in files(shared)[::SAMPLE]:
        case = read(file)
        with contextlib.redirect_stdout(io.StringIO()):
            theirs = translator.translate(str(file))
        customers = range(case.instance.customers)
        routes = [rng.sample(customers, rng.randint(2, 8)) for _ in range(RANDOM_ROUTES)]
        for published in best_known(shared, file):
            routes.append([place for node, _, _ in published if (place := case.ids.index(node)) in customers])
        for route in routes:
            found = charged(case.instance, route, curves=case.curves, cost_of_time=1.0)
            way = [0, *(case.ids[customer] for customer in route), 0]
            wanted = solver.Solver(theirs, way, case.instance.battery).solve()[0]
            assert (found.end if found else math.inf) == pytest.approx(wanted, abs=1e-7), (file.stem, route)
            compared += found is not None
    assert compared > 200


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_best_known_routes_stripped_of_their_stations_are_charged_as_quickly_and_pass_the_scorer(shared: Path) -> None:
    score = scorer(shared)
    for file in files(shared):
        routes = best_known(shared, file)
        if not routes:
            continue
        case, named = read(file), []
        plug_at_depot = case.ids[-1]
        for route in routes:
            customers = [place for node, _, _ in route if (place := case.ids.index(node)) < case.instance.customers]
            stations = [place for place, node in enumerate(case.ids) if place in case.curves and node != plug_at_depot]
            found = charged(case.instance, customers, curves=case.curves, stations=stations, cost_of_time=1.0)
            assert found is not None, file.stem
            stops = [(case.ids[place], amount, 0.0) for place, amount in zip(found.places, found.amounts, strict=True)]
            named.append([(0, 0.0, 0.0), *stops, (0, 0.0, 0.0)])
        read_by_scorer = score.read_evrpnl(file)
        ours = score.score_evrpnl(read_by_scorer, named)
        assert ours["feasible"], (file.stem, ours["violations"])
        assert ours["distance"] <= score.score_evrpnl(read_by_scorer, routes)["distance"] + 1e-6, file.stem
