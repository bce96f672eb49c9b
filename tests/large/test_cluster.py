"""A large day whose parts a Dask cluster searches, started as its user starts it."""

from __future__ import annotations

import signal
import socket
import threading
from pathlib import Path

import pytest

from planner.batch import parts
from planner.batch.cluster import ClusterGone
from planner.batch.parts import Cluster, cluster_for
from planner.cli import main
from planner.demo import demo_folder
from planner.io.plan_file import plan_to_json
from planner.large.hands import Task, do
from planner.pipeline import Inputs, plan_inputs
from planner.solve.options import SolveOptions
from tests.batch.small import cluster
from tests.ports import free_port
from tests.solve.factories import make_problem

OPTIONS = SolveOptions(iterations=240, seed=3, large_from=20, part_orders=20, threads=2)
NO_ANSWER = 6


def test_the_plan_is_that_of_this_machine_alone_also_where_the_cluster_dies_in_the_middle(
    inputs: Inputs, tmp_path: Path
) -> None:
    port = free_port()
    with cluster(port, tmp_path) as processes:
        hands = cluster_for(f"tcp://127.0.0.1:{port}", OPTIONS)
        there = plan_inputs(inputs, OPTIONS, hands=hands)

        def kill(served: int, cost: float) -> None:
            for process in processes:
                process.kill()

        struck = plan_inputs(inputs, OPTIONS, hands=hands, progress=kill)
    assert plan_to_json(there) == plan_to_json(struck) == plan_to_json(plan_inputs(inputs, OPTIONS))
    assert there.violations == ()


def test_parts_come_back_by_their_numbers_and_a_worker_that_is_gone_costs_none(tmp_path: Path) -> None:
    port = free_port()
    task = Task(what="search", problem=make_problem(), options=SolveOptions(iterations=50, islands=1))
    with cluster(port, tmp_path) as (_, worker):
        hands = Cluster(f"tcp://127.0.0.1:{port}", SolveOptions(threads=1))
        try:
            answers = dict(hands.do([task, task]))
            worker.kill()
            answers |= {number + 2: answer for number, answer in hands.do([task])}
        finally:
            hands.close()
    assert answers == dict.fromkeys(range(3), do(task))


def test_what_a_scheduler_that_hangs_was_to_do_is_done_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "GIVEN_UP_S", 1.0)
    port = free_port()
    task = Task(what="search", problem=make_problem(), options=SolveOptions(iterations=50, islands=1))
    with cluster(port, tmp_path) as (scheduler, _):
        hands = Cluster(f"tcp://127.0.0.1:{port}", SolveOptions(threads=1))
        scheduler.send_signal(signal.SIGSTOP)
        try:
            assert dict(hands.do([task])) == {0: do(task)}
        finally:
            hands.close()


@pytest.mark.parametrize("address", ["nonsense", "tcp://head", "tcp://head:many", "tcp://nobody.invalid:8786"])
def test_an_address_at_which_no_scheduler_can_be_is_told(address: str) -> None:
    with pytest.raises(ClusterGone, match=f"E-B04 no Dask scheduler answers at {address} → write it as tcp://") as told:
        Cluster(address, OPTIONS)
    assert told.value.exit_code == NO_ANSWER


@pytest.mark.parametrize("greeting", [b"SSH-2.0-OpenSSH_9.2\r\n", b"hello", b""])
def test_another_server_is_told_from_a_scheduler_by_its_greeting(greeting: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def greet() -> None:
            line, _ = server.accept()
            with line:
                line.sendall(greeting)

        threading.Thread(target=greet, daemon=True).start()
        with pytest.raises(ClusterGone, match="E-B04 no Dask scheduler answers at tcp://127"):
            Cluster(f"tcp://127.0.0.1:{server.getsockname()[1]}", OPTIONS)


def test_a_day_that_is_one_search_needs_no_cluster_and_its_user_hears_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    demo = demo_folder()
    options = ["--fleet", demo / "fleet.toml", "--date", "2026-03-10", "--iterations", "1", "-o", tmp_path / "out"]
    main(["plan", *map(str, [demo / "orders.csv", *options]), "--no-store", "--scheduler", "tcp://127.0.0.1:1"])
    assert "note: --scheduler is of no use for 150 orders" in capsys.readouterr().err
