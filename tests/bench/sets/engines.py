"""How each engine is called, and which code it is."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tests.bench.sets.catalogue import ROOT, BenchSet

OURS, BASELINE = "search", "ortools"
PLANNER_ENGINES = (OURS, BASELINE)
PEERS = ("pyvrp", "pyvrp+stations")
PEER_FILES = ("peer_pyvrp.py", "stations.py", "vrplib.py")
TITLES = {
    OURS: "ours",
    BASELINE: "OR-Tools alone",
    "pyvrp": "PyVRP (1 core)",
    "pyvrp+stations": "PyVRP (1 core) + stations",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One run that is wanted."""

    bench_set: BenchSet
    instance: Path
    engine: str
    seconds: float
    seed: int


def pyvrp_folder() -> Path | None:
    """Return the virtual environment with PyVRP, where one is named."""
    named = os.environ.get("PLANNER_PYVRP_VENV")
    return Path(named) if named else None


def engines_for(bench_set: BenchSet, wanted: Iterable[str]) -> list[str]:
    """Return the wanted engines that can solve this set: a peer solves what it was chosen for."""
    able = {OURS, bench_set.peer, *([BASELINE] if bench_set.baseline else [])}
    return [engine for engine in wanted if engine in able]


def command_for(job: Job, solution: Path, prefix: tuple[str, ...] | None) -> list[str]:
    """Return the documented command line; `prefix` replaces ``planner solve``."""
    command = [*(prefix or _program(job.engine)), str(job.instance)]
    if job.bench_set.recharge is not None:
        command += ["--recharge", job.bench_set.recharge]
    command += ["-l", f"{job.seconds:g}", "--seed", str(job.seed), "--engine", job.engine]
    return [*command, "-o", str(solution), "--json"]


def _program(engine: str) -> list[str]:
    if engine in PLANNER_ENGINES:
        return [str(Path(sys.executable).parent / "planner"), "solve"]
    folder = pyvrp_folder()
    if folder is None:
        raise SystemExit(f"engine {engine}: set PLANNER_PYVRP_VENV to a virtual environment with PyVRP 0.14")
    return [str(folder / "bin" / "python"), "-m", "tests.bench.peer_pyvrp"]


def version_of(engine: str, prefix: tuple[str, ...] | None) -> str:
    """Return a name of the code that would run now, which changes with its content and not with a commit."""
    digest = hashlib.sha256()
    if prefix is not None:
        digest.update("\0".join(prefix).encode())
    elif engine in PLANNER_ENGINES:
        _add_files(digest, (ROOT / "planner").rglob("*"))
    else:
        _add_files(digest, [ROOT / "tests" / "bench" / name for name in PEER_FILES])
        folder = pyvrp_folder()
        installed = sorted(path.name for path in folder.rglob("pyvrp-*.dist-info")) if folder else []
        digest.update("".join(installed).encode())
    return digest.hexdigest()[:12]


def _add_files(digest: hashlib._Hash, paths: Iterable[Path]) -> None:
    for path in sorted(paths):
        if path.is_file() and "__pycache__" not in path.parts:
            digest.update(str(path.relative_to(ROOT)).encode() + b"\0")
            digest.update(path.read_bytes())


def commit_and_dirty() -> tuple[str, bool]:
    """Return the commit of the checkout, and whether ``planner/`` differs from it."""

    def git(*arguments: str) -> str:
        done = subprocess.run(["git", "--no-optional-locks", *arguments], cwd=ROOT, capture_output=True, check=False)
        return done.stdout.decode().strip()

    return git("rev-parse", "--short=10", "HEAD"), bool(git("status", "--porcelain", "--", "planner"))
