"""Killed, crowded out or out of room: what was acknowledged is there, whole. tests/bench does the same at length."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.store.store import open_store
from tests.store.server import Server
from tests.store.work import Outcome, work


def assert_nothing_is_lost(outcome: Outcome) -> None:
    assert (outcome.lost, outcome.torn, outcome.problems) == (0, 0, 0)


def test_D01_savers_that_are_killed_lose_and_tear_nothing(url: str, request: pytest.FixtureRequest) -> None:
    at_server = ("--server", request.getfixturevalue("server").folder) if url.startswith("postgresql") else ()
    outcome = work("kills", url, "--rounds", 12, *at_server)
    assert outcome.kills == 12
    assert outcome.of_server == (3 if at_server else 0)
    assert outcome.acknowledged >= 12
    assert_nothing_is_lost(outcome)


def test_D01_a_store_that_is_killed_while_it_is_made_can_be_opened(file: Path) -> None:
    outcome = work("kills", file, "--rounds", 8, "--fresh")
    assert outcome.kills == 8
    assert_nothing_is_lost(outcome)


def test_D12_two_writers_who_add_to_one_number_lose_no_step(url: str) -> None:
    outcome = work("race", url, "--saves", 25)
    assert outcome.acknowledged == 50
    assert outcome.errors == ()
    assert_nothing_is_lost(outcome)


@pytest.mark.parametrize("limit", [3_000, 180_000, 400_000])
def test_D08_a_file_that_must_not_grow_is_told_and_nothing_is_lost(file: Path, limit: int) -> None:
    outcome = work("fill", file, "--limit", limit, "--most", 40)
    assert len(outcome.errors) == 1
    assert (outcome.acknowledged > 0) == (limit > 100_000)
    assert_nothing_is_lost(outcome)
    assert open_store(file).check().problems == ()


def test_a_server_that_stops_and_starts_has_what_was_acknowledged(server: Server) -> None:
    url = server.new_database()
    told = work("fill", url, "--most", 3)
    assert told.acknowledged == 3
    server.stop()  # at once, as after a loss of power
    server.start()
    store = open_store(url)
    assert len(store.history()) == 3
    assert store.check().problems == ()
