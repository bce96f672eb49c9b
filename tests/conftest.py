"""Fixtures that every room may use."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# WebGL in software, so that deck.gl draws on a machine without a graphics card; plain canvases without it,
# so that their pixels can be counted.
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-accelerated-2d-canvas",
]


@pytest.fixture(scope="session", autouse=True)
def _own_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Plans that tests make go to a store of the tests, never to the user's."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PLANNER_STORE", str(tmp_path_factory.mktemp("store") / "plans.db"))
        yield


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of street extracts and benchmark instances that lies beside the project."""
    folder = Path(os.environ.get("PLANNER_SHARED", Path(__file__).parents[2] / "shared"))
    if not folder.is_dir():
        if os.environ.get("CI"):
            pytest.fail(f"PLANNER_SHARED: no folder {folder}, and CI must not skip")
        pytest.skip(f"no folder {folder}: set PLANNER_SHARED to the street extracts")
    return folder


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A real, headless Chromium."""
    path = shutil.which("chromium")
    if path is None:
        if os.environ.get("CI"):
            pytest.fail("no chromium, and CI must not skip")
        pytest.skip("no chromium: install it to see the pages")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        yield chromium
        chromium.close()
