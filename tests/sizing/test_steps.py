"""How far a sizing is, told to the one who waits."""

from __future__ import annotations

from pathlib import Path

from planner.sizing.run import Sources, Wishes, size_days
from planner.sizing.steps import Step, Steps, most_in_all
from tests.sizing.test_size_verb import folder_of


def test_days_of_all_stages_are_counted_together() -> None:
    heard: list[Step] = []
    steps = Steps(10, heard.append)
    for done in (0, 2, 4, 1, 3, 1):  # three stages, of 4, 3 and 1 days
        steps.tell(done, 4, "a day")
    assert [step.routed for step in heard] == [0, 2, 4, 5, 7, 8]
    assert {step.most for step in heard} == {10}
    assert heard[0].left_s is None
    assert heard[-1].left_s is not None


def test_no_run_routes_more_days_than_it_has_said(tmp_path: Path) -> None:
    heard: list[Step] = []
    days = folder_of(tmp_path, {"2026-03-10": 30, "2026-03-11": 6})
    wishes = Wishes(plugs=(1,), iterations=40, peaks="overtime", workers=0)
    sized = size_days(Sources(days=days), wishes, output=tmp_path / "out", progress=heard.append)
    assert sized.results is not None
    assert [step.routed for step in heard] == sorted(step.routed for step in heard)
    assert heard[-1].routed <= heard[-1].most == most_in_all(2, policy="overtime")
    assert "\n".join(sized.words).count("routed and audited") == 1
