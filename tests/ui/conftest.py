"""The screen's modules, which Streamlit finds beside `app.py`, and a running screen."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ports import free_port

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "ui"))

STARTED = b"the screen is at"


@pytest.fixture(scope="session", autouse=True)
def _own_workspaces(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What tests do on the screen stays in a folder of the tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PLANNER_UI_FOLDER", str(tmp_path_factory.mktemp("screen")))
        yield


@pytest.fixture(autouse=True)
def _fresh_registry() -> Iterator[None]:
    yield
    if "state" in sys.modules:
        sys.modules["state"].registry().close()
        sys.modules["state"].registry.clear()


def open_screen(port: int, *, cwd: Path, **environment: str) -> subprocess.Popen[bytes]:
    """Start ``planner ui`` and return when it says that it is open."""
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "planner.cli", "ui", "--port", str(port)],
        cwd=cwd,
        env={**os.environ, "PYTHONUNBUFFERED": "1", **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line.startswith(STARTED), line.decode() + process.stdout.read().decode()
    return process


def close_screen(process: subprocess.Popen[bytes]) -> float:
    """End a screen as Ctrl-C does; return the seconds it took."""
    begun = time.monotonic()
    process.terminate()
    process.communicate(timeout=15)
    return time.monotonic() - begun


@pytest.fixture(scope="module")
def screen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a screen that searches little."""
    port = free_port()
    process = open_screen(port, cwd=tmp_path_factory.mktemp("anywhere"), PLANNER_UI_ITERATIONS="40")
    yield f"http://127.0.0.1:{port}"
    close_screen(process)


def three_bad_rows() -> str:
    """Return 30 orders of the demo, of which lines 4, 8 and 13 are bad: latitude, weight, time."""
    lines = (ROOT / "data" / "orders.csv").read_text(encoding="utf-8").splitlines()[:31]
    columns = lines[0].split(",")
    for line, column, value in ((4, "lat", "91.5"), (8, "demand_kg", "five"), (13, "tw_start", "25:00")):
        cells = lines[line - 1].split(",")
        cells[columns.index(column)] = value
        lines[line - 1] = ",".join(cells)
    return "\n".join(lines) + "\n"
