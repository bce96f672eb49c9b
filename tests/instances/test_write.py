"""Routes as text: what stands in it, and that the sets' scorer reads it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from planner.instances.write import routes_text
from tests.instances.files import CVRP, EVRPNL, EVRPTW, MULTITRIP, instance_of
from tests.instances.score import SETS, WORDS, answer_of, published, scored, scorer


def test_a_route_is_a_line_of_names_with_the_depot_at_both_ends(tmp_path: Path) -> None:
    found = answer_of([[0], [3, 1, 3]], length=120.0)
    assert routes_text(instance_of(tmp_path, EVRPTW), found) == (
        "# instance: 2 vehicles, length 120.000000\nD0 C1 D0\nD0 S1 C2 S1 D0\n"
    )


def test_customers_left_out_are_named_in_the_comment(tmp_path: Path) -> None:
    text = routes_text(instance_of(tmp_path, EVRPTW), answer_of([[0]], length=20.0, unserved=[1]))
    assert text.splitlines()[0] == "# instance: 1 vehicles, length 20.000000; not served: C2"


def test_a_cvrp_is_answered_in_the_form_of_cvrplib(tmp_path: Path) -> None:
    found = answer_of([[0, 1], [2]], length=14.0)
    assert routes_text(instance_of(tmp_path, CVRP), found) == "Route #1: 1 2\nRoute #2: 3\nCost 14\n"


def test_an_evrpnl_is_answered_with_the_energy_of_each_charge(tmp_path: Path) -> None:
    found = replace(answer_of([[0, 1, 3]], length=3.8), charges=((0.0, 0.0, 2838.5),))
    sequence = ElementTree.fromstring(routes_text(instance_of(tmp_path, EVRPNL), found)).findall("route/sequence/node")
    assert [(node.get("id"), node.findtext("charge")) for node in sequence] == [
        ("0", None),
        ("1", None),
        ("2", None),
        ("3", "2838.5"),
        ("0", None),
    ]


def test_several_trips_are_answered_with_a_0_where_a_vehicle_reloads(tmp_path: Path) -> None:
    found = answer_of([[2, 3, 1], [0]], length=328.0)
    assert routes_text(instance_of(tmp_path, MULTITRIP), found) == "Route #1: 3 0 2\nRoute #2: 1\nCost: 328\n"


@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.parametrize("which", SETS)
def test_published_answers_written_anew_score_as_published(
    shared: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], which: str
) -> None:
    score = scorer(shared)
    cases = list(published(shared, which))
    assert cases
    for case in cases:
        length = scored(score, case, case.routes)["distance"]
        text = tmp_path / "routes"
        text.write_text(routes_text(case.instance, answer_of(case.routes, length=length)))
        assert score.main([WORDS[case.instance.kind], str(case.file), str(text)]) == 0
        told = json.loads(capsys.readouterr().out)
        assert (told["vehicles"], told["distance"]) == (len(case.routes), pytest.approx(length))
