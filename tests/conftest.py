"""Fixtures that every room may use."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of street extracts and benchmark instances that lies beside the project."""
    folder = Path(os.environ.get("PLANNER_SHARED", Path(__file__).parents[2] / "shared"))
    if not folder.is_dir():
        if os.environ.get("CI"):
            pytest.fail(f"PLANNER_SHARED: no folder {folder}, and CI must not skip")
        pytest.skip(f"no folder {folder}: set PLANNER_SHARED to the street extracts")
    return folder
