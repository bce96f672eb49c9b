"""Batches that are struck while they run: their runner killed, their workers killed, their scheduler gone.

python -m tests.batch.storms runner --jobs 20 --kills 200
python -m tests.batch.storms workers --jobs 500 --every 5
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path

import psutil

from tests.batch.small import command, days, environment, exported, results, run_batch, table, write_manifest

WORKER = "planner.batch.worker"  # in the command line of a worker


@dataclass(slots=True)
class Outcome:
    """What a struck batch came to."""

    kills: int = 0
    of: dict[str, int] = field(default_factory=dict)
    runs: int = 0
    jobs: int = 0
    done: int = 0
    differing: tuple[str, ...] = ()
    leftovers: tuple[str, ...] = ()
    orphans: int = 0
    attempts: int = 0
    seconds: float = 0.0


def workers_of(pid: int) -> list[psutil.Process]:
    """Return the workers of a runner."""
    try:
        below = psutil.Process(pid).children(recursive=True)
        return [process for process in below if WORKER in " ".join(process.cmdline())]
    except psutil.Error:
        return []


def strike_runner(folder: Path, *, jobs: int, kills: int, seed: int, longest_s: float = 9.0) -> Outcome:
    """Kill runners with SIGKILL at random instants until so many are dead, and compare with an undisturbed run."""
    draw, begun = random.Random(seed), time.monotonic()
    manifest = write_manifest(folder, days(jobs))
    assert run_batch(manifest, "-o", folder / "calm", fleet=folder / "fleet.toml", jobs=2).returncode == 0
    calm = exported(folder / "calm")
    outcome = Outcome(jobs=jobs)
    while outcome.kills < kills:
        struck = folder / "struck"
        ended = False
        while not ended:
            runner = start(manifest, "-o", struck, "--resume", fleet=folder / "fleet.toml")
            try:
                # After the last kill that is wanted it may finish.
                code = runner.wait(timeout=draw.uniform(0.2, longest_s) if outcome.kills < kills else 600)
                assert code == 0
                ended = True
            except subprocess.TimeoutExpired:
                pids = [process.pid for process in workers_of(runner.pid)]
                runner.kill()
                runner.wait()
                outcome.kills += 1
                outcome.orphans += still_there(pids)
            outcome.runs += 1
        found = exported(struck)
        outcome.differing += tuple(sorted(k for k in calm.keys() | found.keys() if calm.get(k) != found.get(k)))
        outcome.leftovers += tuple(path.name for path in (struck / "jobs").glob(".*"))
        outcome.done += sum(row["state"] == "done" for row in results(struck).values())
        outcome.attempts += sum(int(row["attempts"]) for row in table(struck / "runs.csv").values())
        shutil.rmtree(struck)
    outcome.seconds = round(time.monotonic() - begun, 1)
    return outcome


def strike_workers(folder: Path, *, jobs: int, every_s: float, seed: int, kills: int = 10**6) -> Outcome:
    """Kill a random worker every few seconds, in turn as others kill and as it would die of itself."""
    draw, begun = random.Random(seed), time.monotonic()
    manifest = write_manifest(folder, days(jobs))
    outcome, of = Outcome(jobs=jobs, runs=1), Counter[str]()
    runner = start(manifest, "-o", folder / "struck", fleet=folder / "fleet.toml")
    while True:
        try:
            runner.wait(timeout=every_s)
            break
        except subprocess.TimeoutExpired:
            found = workers_of(runner.pid)
            if found and outcome.kills < kills:
                how = (signal.SIGKILL, signal.SIGSEGV, signal.SIGTERM)[outcome.kills % 3]
                draw.choice(found).send_signal(how)
                outcome.kills += 1
                of[how.name] += 1
    outcome.of = dict(of)
    rows = results(folder / "struck")
    outcome.done = sum(row["state"] == "done" for row in rows.values())
    assert runner.returncode == (0 if outcome.done == jobs else 6)
    outcome.leftovers = tuple(path.name for path in (folder / "struck" / "jobs").glob(".*"))
    outcome.attempts = sum(int(row["attempts"]) for row in table(folder / "struck" / "runs.csv").values())
    outcome.seconds = round(time.monotonic() - begun, 1)
    return outcome


def start(*arguments: object, fleet: Path) -> subprocess.Popen[bytes]:
    """Start a batch."""
    return subprocess.Popen(
        command(*arguments, fleet=fleet, jobs=2),
        env=environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def still_there(pids: list[int], *, wait_s: float = 5.0) -> int:
    """Return how many processes outlive their parent for longer than that."""
    until = time.monotonic() + wait_s
    while any(map(psutil.pid_exists, pids)) and time.monotonic() < until:
        time.sleep(0.05)
    return sum(map(psutil.pid_exists, pids))


def main() -> None:
    """Strike as the command line says, and print what came of it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=("runner", "workers"))
    parser.add_argument("--jobs", type=int, default=20)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--every", type=float, default=5.0)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        if asked.what == "runner":
            outcome = strike_runner(Path(name), jobs=asked.jobs, kills=asked.kills, seed=asked.seed)
        else:
            outcome = strike_workers(Path(name), jobs=asked.jobs, every_s=asked.every, seed=asked.seed)
    sys.stdout.write(json.dumps(asdict(outcome), indent=1) + "\n")


if __name__ == "__main__":
    main()
