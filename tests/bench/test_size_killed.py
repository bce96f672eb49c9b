"""Runs of a sizing that are killed at random moments: ``make bench``."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.sizing.killed import case, command, kill_after, run, written

KILLS = 20


@pytest.mark.bench
@pytest.mark.timeout(3_600)
def test_whenever_a_run_is_killed_its_files_are_those_of_one_that_was_not(tmp_path: Path) -> None:
    folder, whole = case(tmp_path / "days"), tmp_path / "whole"
    run(command(folder, whole, workers=2))
    chance, kills, ended = random.Random(1), 0, 0
    while kills < KILLS:
        output = tmp_path / f"killed-{ended}"
        for _ in range(chance.randint(1, 4)):
            # Before the first day, between two of them, and while tables and report are written.
            kills += kill_after(
                command(folder, output, workers=2), output, more=chance.randint(0, 3), wait_s=chance.uniform(0, 3)
            )
        run(command(folder, output, workers=2))
        assert written(output) == written(whole)
        ended += 1
    print(f"{kills} kills in {ended} runs; the same files each time")
