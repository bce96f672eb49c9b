"""A run that is killed goes on by the same command, to the same files."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.sizing.killed import case, command, kill_after, routed, run, written

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes end with their parent on Linux only")


def test_a_run_that_was_killed_twice_ends_with_the_files_of_one_that_was_not(tmp_path: Path) -> None:
    folder, whole, killed = case(tmp_path / "days"), tmp_path / "whole", tmp_path / "killed"
    run(command(folder, whole))
    for more, wait_s in ((1, 0.0), (2, 0.01)):
        assert kill_after(command(folder, killed), killed, more=more, wait_s=wait_s)
    assert 0 < routed(killed) < routed(whole)
    run(command(folder, killed))
    assert written(killed) == written(whole)
    assert {"report.pdf", "report.html", "sizes.csv"} <= written(whole).keys()
    assert b"1 small" in written(whole)["peak_days.csv"]
