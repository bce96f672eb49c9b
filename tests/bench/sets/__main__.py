"""``python -m tests.bench.sets``: run benchmark sets, and print what came of them."""

from __future__ import annotations

import argparse
import shlex
import signal
from pathlib import Path

from tests.bench.sets import records
from tests.bench.sets.catalogue import QUICK_S, ROOT, SETS, BenchSet, sampled, shared_folder
from tests.bench.sets.engines import BASELINE, OURS, PEERS, Job, engines_for, pyvrp_folder
from tests.bench.sets.rows import read_rows
from tests.bench.sets.run import Bench, run_jobs
from tests.bench.sets.scoring import PYVRP
from tests.bench.sets.tables import Chosen, Lines, all_sets, set_table

INTERRUPTED = 130


def main(argv: list[str] | None = None) -> int:
    wanted = _parser().parse_args(argv)
    shared = shared_folder()
    if wanted.verb == "run":
        return _run(wanted, shared)
    lines = [_lines(wanted, bench_set, shared) for bench_set in _sets(wanted)]
    parts = [all_sets(lines)] if wanted.summary else [*(set_table(one) for one in lines), all_sets(lines)]
    text = "\n\n".join(parts) + "\n"
    if wanted.output is None:
        print(text, end="")
    else:
        wanted.output.write_text(text, encoding="utf-8")
        print(f"written to {wanted.output}")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.sets", description=__doc__)
    both = argparse.ArgumentParser(add_help=False)
    both.add_argument("sets", nargs="*", metavar="SET", help=f"{', '.join(SETS)}; all of them when none is named")
    both.add_argument("--seconds", type=float, help="budget of each run (default: 60, small instances 5)")
    both.add_argument("--instances", help="only these, by name, separated by commas")
    both.add_argument("--quick", action="store_true", help=f"a fixed sample of each set, at most {QUICK_S:g} s each")
    both.add_argument("--folder", type=Path, default=ROOT / "runs" / "bench", help="of lines and answers")

    verbs = parser.add_subparsers(dest="verb", required=True)
    run = verbs.add_parser("run", parents=[both], help="run what has no line yet")
    run.add_argument("--engines", help="search, ortools, pyvrp, pyvrp+stations (default: all that are there)")
    run.add_argument("--seeds", default="1", help="separated by commas")
    run.add_argument("--at-once", type=int, default=1, help="how many runs share the machine")
    run.add_argument("--again", action="store_true", help="run finished ones too")
    run.add_argument("--any-version", action="store_true", help="a line of other code counts as finished")
    run.add_argument("--command", help="instead of 'planner solve': a trial for a --folder of its own, without records")

    table = verbs.add_parser("table", parents=[both], help="write a table for each set, and one over all")
    table.add_argument("--summary", action="store_true", help="the table over all sets alone")
    table.add_argument("-o", "--output", type=Path, help="a Markdown file instead of the screen")
    return parser


def _run(wanted: argparse.Namespace, shared: Path) -> int:
    bench = Bench(
        shared=shared,
        folder=wanted.folder,
        records=records.FOLDER,
        prefix=tuple(shlex.split(wanted.command)) if wanted.command else None,
        at_once=wanted.at_once,
    )
    jobs = _jobs(wanted, shared)
    if pyvrp_folder() is None and any(job.bench_set.scorer == PYVRP for job in jobs):
        raise SystemExit("PyVRP scores this set: set PLANNER_PYVRP_VENV to a virtual environment with PyVRP 0.14")
    hours = sum(job.seconds for job in jobs) / bench.at_once / 3_600
    print(f"{len(jobs)} runs, {hours:.2f} h without those that have a line", flush=True)
    for stop in (signal.SIGTERM, signal.SIGHUP):  # like Ctrl-C, which ends the running processes too
        signal.signal(stop, lambda *_: signal.raise_signal(signal.SIGINT))
    try:
        count = run_jobs(jobs, bench, again=wanted.again, any_version=wanted.any_version)
    except KeyboardInterrupt:
        print("interrupted: the same command goes on from here")
        return INTERRUPTED
    print(f"{count} run, {len(jobs) - count} had a line already: {bench.results}")
    return 0


def _jobs(wanted: argparse.Namespace, shared: Path) -> list[Job]:
    """List the runs, the engines of an instance one after the other, so that they meet the same machine."""
    engines = wanted.engines.split(",") if wanted.engines else [OURS, BASELINE, *(PEERS if pyvrp_folder() else ())]
    unknown = set(engines) - {OURS, BASELINE, *PEERS}
    if unknown:
        raise SystemExit(f"no such engine: {', '.join(sorted(unknown))}")
    return [
        Job(bench_set=bench_set, instance=instance, engine=engine, seconds=_seconds(wanted, bench_set), seed=seed)
        for bench_set in _sets(wanted)
        for instance in _instances(wanted, bench_set, shared)
        for seed in map(int, wanted.seeds.split(","))
        for engine in engines_for(bench_set, engines)
    ]


def _lines(wanted: argparse.Namespace, bench_set: BenchSet, shared: Path) -> Lines:
    chosen = Chosen(
        bench_set=bench_set,
        instances=[path.stem for path in _instances(wanted, bench_set, shared)],
        of=len(bench_set.instances(shared)),
        best=bench_set.best(shared),
        seconds=_seconds(wanted, bench_set),
    )
    return Lines(chosen, read_rows(wanted.folder / "results.jsonl"))


def _sets(wanted: argparse.Namespace) -> list[BenchSet]:
    unknown = set(wanted.sets) - set(SETS)
    if unknown:
        raise SystemExit(f"no such set: {', '.join(sorted(unknown))}; there are {', '.join(SETS)}")
    return [SETS[name] for name in wanted.sets] or list(SETS.values())


def _instances(wanted: argparse.Namespace, bench_set: BenchSet, shared: Path) -> list[Path]:
    found = bench_set.instances(shared)
    if wanted.quick:
        found = sampled(found, bench_set.sample)
    if wanted.instances:
        names = set(wanted.instances.split(","))
        found = [path for path in found if path.stem in names]
    return found


def _seconds(wanted: argparse.Namespace, bench_set: BenchSet) -> float:
    if wanted.seconds is not None:
        return float(wanted.seconds)
    return min(bench_set.seconds, QUICK_S) if wanted.quick else bench_set.seconds


if __name__ == "__main__":
    raise SystemExit(main())
