"""A child does not outlive its parent, however early the parent ends."""

from __future__ import annotations

import subprocess
import sys

import psutil
import pytest

from tests.batch.storms import still_there

CHILD = "from planner.solve.apart import die_with_parent\nimport time\n{}\ndie_with_parent()\ntime.sleep(60)"
PARENT = (
    "import subprocess, sys, time\nfrom planner.solve.apart import child_environment\n"
    "child = subprocess.Popen([sys.executable, '-c', {child!r}], env=child_environment(), stdout=subprocess.DEVNULL)\n"
    "print(child.pid, flush=True)\ntime.sleep({seconds})"
)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems cannot tie a process to its parent")
@pytest.mark.parametrize(("parent_s", "child_waits_s"), [(0.0, 1.0), (1.5, 0.0)])
def test_a_child_ends_with_its_parent_also_where_that_ended_first(parent_s: float, child_waits_s: float) -> None:
    child = CHILD.format(f"time.sleep({child_waits_s})")
    parent = subprocess.run(
        [sys.executable, "-c", PARENT.format(child=child, seconds=parent_s)], check=True, capture_output=True, text=True
    )
    pid = int(parent.stdout)
    gone = still_there([pid], wait_s=20.0) == 0
    if not gone:
        psutil.Process(pid).kill()
    assert gone
