"""Stores to test with: the same tests on both databases."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from planner.store.store import Store, open_store
from tests.store.server import Server, programs, running_server

BOTH = ("sqlite", "postgresql")


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A PostgreSQL server of our own."""
    bin = programs()
    if bin is None:
        if os.environ.get("CI"):
            pytest.fail("no PostgreSQL, and CI must not skip")
        pytest.skip("no PostgreSQL: install Debian's postgresql to test with it")
    with running_server(bin) as found:
        yield found


@pytest.fixture(params=BOTH)
def url(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Where an empty store may be, once in each database; what the store keeps beside it goes to `tmp_path`."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    if request.param == "sqlite":
        return str(tmp_path / "store" / "plans.db")
    server: Server = request.getfixturevalue("server")
    return server.new_database()


@pytest.fixture
def store(url: str) -> Store:
    """An empty store."""
    return open_store(url)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where an empty store in SQLite may be."""
    return tmp_path / "store" / "plans.db"
