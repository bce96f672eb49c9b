"""Run the verb in a process of its own, and kill it with no warning."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from planner.sizing.ledger import NAME
from tests.sizing.test_by_hand import BUSY, QUIET, write_case

ENDED_S, POLL_S = 10.0, 0.02


def command(folder: Path, output: Path, *, workers: int = 1) -> list[str]:
    """Return the verb on the case by hand, with processes that route, and peak days to rent for."""
    options = ["--plugs", "1", "--iterations", "60", "--workers", str(workers), "--peaks", "rent"]
    files = ["--money", str(folder / "money.toml"), "--weights", str(folder / "weights.csv")]
    return [sys.executable, "-m", "planner.cli", "size", str(folder), *options, *files, "-o", str(output)]


def case(folder: Path) -> Path:
    folder.mkdir()
    write_case(folder)
    (folder / "weights.csv").write_text(f"date,weight\n{BUSY},1\n{QUIET},19\n")
    return folder


def run(command: list[str]) -> None:
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def kill_after(command: list[str], output: Path, *, more: int, wait_s: float) -> bool:
    """Kill a run some time after so many days more, and see its processes end. Say whether it was alive."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    begun_with, children = routed(output), set[int]()
    while process.poll() is None and routed(output) < begun_with + more:
        children |= children_of(process.pid)
        time.sleep(POLL_S)
    time.sleep(wait_s)
    children |= children_of(process.pid)
    alive = process.poll() is None
    process.send_signal(signal.SIGKILL)
    process.wait()
    deadline = time.monotonic() + ENDED_S
    while any(map(running, children)):
        assert time.monotonic() < deadline, "its processes live on"
        time.sleep(POLL_S)
    return alive


def routed(output: Path) -> int:
    file = output / NAME
    return file.read_bytes().count(b"\n") if file.exists() else 0


def children_of(pid: int) -> set[int]:
    try:
        return {int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()}
    except OSError:
        return set()


def running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False


def written(output: Path) -> dict[str, bytes]:
    """Return all files but the ledger, whose lines have the seconds that each day took."""
    return {file.name: file.read_bytes() for file in output.iterdir() if file.name != NAME}
