"""The store under kills, two writers and full disks, at length; see docs/store.md for the figures."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.store.server import OWNER, Server, programs, running_server
from tests.store.work import Outcome, work

pytestmark = [pytest.mark.bench, pytest.mark.timeout(7_200)]

MB = 1_000_000
BALLAST = 4 * MB
SIZES = [100_000 + 40_000 * i * i for i in range(20)]  # bytes of room for a store: 100 KB to 14.5 MB


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A server that waits for its disk, as it does by default."""
    bin = programs()
    if bin is None:
        pytest.skip("no PostgreSQL")
    with running_server(bin, fsync=True) as found:
        yield found


@contextmanager
def small_disk(folder: Path, size: int, *, owner: str | None = None) -> Iterator[Path]:
    """Give a disk of its own size in memory; the ballast on it goes when room is wanted again."""
    if os.getuid() != 0:
        pytest.skip("only root can mount a small disk")
    folder.mkdir(parents=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size + BALLAST}", "tmpfs", str(folder)]
    if subprocess.run(mount, check=False).returncode != 0:
        pytest.skip("a small disk cannot be mounted here")
    try:
        (folder / "ballast").write_bytes(bytes(BALLAST))
        if owner:
            subprocess.run(["chown", f"{owner}:", str(folder)], check=True)
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def assert_nothing_is_lost(outcome: Outcome) -> None:
    print(outcome)
    assert (outcome.lost, outcome.torn, outcome.problems) == (0, 0, 0)


def test_a_thousand_kills_of_savers_to_a_file(tmp_path: Path) -> None:
    outcome = work("kills", tmp_path / "store" / "plans.db", "--rounds", 1_000)
    assert outcome.kills == 1_000
    assert_nothing_is_lost(outcome)


def test_two_hundred_kills_while_a_store_is_made(tmp_path: Path) -> None:
    assert_nothing_is_lost(work("kills", tmp_path / "store" / "plans.db", "--rounds", 200, "--fresh"))


def test_a_thousand_kills_of_savers_and_of_the_servers_processes(server: Server) -> None:
    outcome = work("kills", server.new_database(), "--rounds", 1_000, "--server", server.folder)
    assert (outcome.kills, outcome.of_server) == (1_000, 250)
    assert_nothing_is_lost(outcome)


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_two_writers_of_two_hundred_saves_each(database: str, server: Server, tmp_path: Path) -> None:
    url = server.new_database() if database == "postgresql" else tmp_path / "plans.db"
    outcome = work("race", url, "--saves", 200)
    assert (outcome.acknowledged, outcome.errors) == (400, ())
    assert_nothing_is_lost(outcome)


@pytest.mark.parametrize("size", SIZES)
def test_a_disk_of_this_size_that_gets_full_under_a_file(size: int, tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", size) as disk:
        outcome = work("fill", disk / "store" / "plans.db", "--ballast", disk / "ballast", "--most", 5_000)
        assert outcome.errors == ("E-B06",)
        assert_nothing_is_lost(outcome)


@pytest.mark.parametrize("size", SIZES)
def test_a_disk_of_this_size_that_gets_full_under_a_server(size: int, server: Server, tmp_path: Path) -> None:
    name = f"small_{size}"
    empty = 8 * MB  # what a database without tables takes
    owner = OWNER if os.getuid() == 0 else None
    place = server.folder / name
    with small_disk(place, empty + size, owner=owner) as disk:
        (disk / "data").mkdir()
        subprocess.run(["chown", f"{OWNER}:", str(disk / "data")], check=True)
        server.say(f"CREATE TABLESPACE {name} LOCATION '{disk / 'data'}'")
        server.say(f"CREATE DATABASE test_{name} TABLESPACE {name} STRATEGY file_copy")
        try:
            outcome = work("fill", server.url(f"test_{name}"), "--ballast", disk / "ballast", "--most", 5_000)
            assert outcome.errors == ("E-B06",)
            assert_nothing_is_lost(outcome)
        finally:
            server.say(f"DROP DATABASE test_{name} (FORCE)")
            server.say(f"DROP TABLESPACE {name}")
