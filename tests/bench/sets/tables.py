"""Markdown tables: one for each set, with every instance in it, and one over all sets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tests.bench.sets.best_known import BestKnown
from tests.bench.sets.catalogue import BenchSet
from tests.bench.sets.engines import BASELINE, OURS, TITLES
from tests.bench.sets.rows import Row, latest

NONE = "–"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What a table is about: these instances of a set, under one budget."""

    bench_set: BenchSet
    instances: Sequence[str]
    of: int
    best: dict[str, BestKnown]
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """How an engine did over its runs; gaps are taken where the vehicles are equal."""

    wanted: int
    run: int
    solved: int
    vehicles_over: int
    gaps: tuple[float, ...]
    records: int
    longest_s: float

    @property
    def mean_gap(self) -> float | None:
        return sum(self.gaps) / len(self.gaps) if self.gaps else None

    @property
    def worst_gap(self) -> float | None:
        return max(self.gaps, default=None)


def summarise(rows: Sequence[Row | None], best: dict[str, BestKnown]) -> Summary:
    """Count over the runs of an engine, None standing for a run that is wanted and has no line."""
    run = [row for row in rows if row is not None]
    known = [(best[row.instance], *row.value) for row in run if row.value is not None and row.instance in best]
    gaps = [one.gap_percent(vehicles, distance) for one, vehicles, distance in known]
    return Summary(
        wanted=len(rows),
        run=len(run),
        solved=sum(row.value is not None for row in run),
        vehicles_over=sum(max(0, one.vehicles_over(vehicles)) for one, vehicles, _ in known),
        gaps=tuple(gap for gap in gaps if gap is not None),
        records=sum(one.is_beaten_by(vehicles, distance) for one, vehicles, distance in known),
        longest_s=max((row.wall_s for row in run), default=0.0),
    )


class Lines:
    """The lines that belong to a table, each found by instance, engine and seed."""

    def __init__(self, chosen: Chosen, rows: Iterable[Row]) -> None:
        self.chosen = chosen
        wanted = set(chosen.instances)
        self._rows = {
            (row.instance, row.engine, row.seed): row
            for row in latest(rows).values()
            if row.set == chosen.bench_set.name and row.seconds == chosen.seconds and row.instance in wanted
        }
        seeds = {engine: sorted({s for _, e, s in self._rows if e == engine}) for engine in (OURS, BASELINE)}
        self.seeds = seeds[OURS] or seeds[BASELINE] or [1]
        peer = chosen.bench_set.peer
        others = [peer] if peer and any(engine == peer for _, engine, _ in self._rows) else []
        self.others: list[str] = [*([BASELINE] if chosen.bench_set.baseline else []), *others]

    def of(self, engine: str) -> list[Row | None]:
        return [self._rows.get((name, engine, seed)) for name in self.chosen.instances for seed in self.seeds]

    def summary(self, engine: str) -> Summary:
        return summarise(self.of(engine), self.chosen.best)

    def codes(self, engine: str) -> str:
        """Name the commits that an engine's lines stem from."""
        rows = [row for row in self.of(engine) if row is not None]
        return ", ".join(sorted({f"{row.commit}{' with changes' if row.dirty else ''}" for row in rows}))

    def at_once(self) -> str:
        counts = sorted({row.at_once for row in self._rows.values()})
        return f", {' or '.join(map(str, counts))} at once" if counts else ""


def set_table(lines: Lines) -> str:
    """Return one set's table under its title, closed by a line over all."""
    chosen = lines.chosen
    heads = ["instance", "best known", *(TITLES[engine] for engine in lines.others), TITLES[OURS]]
    heads += ["gap %", "vehicles over", "seconds", "seed"]
    places = [(name, seed) for name in chosen.instances for seed in lines.seeds]
    columns = [lines.of(engine) for engine in (*lines.others, OURS)]
    body = [_instance_line(chosen, name, seed, cells) for (name, seed), *cells in zip(places, *columns, strict=True)]
    return "\n".join([f"### {chosen.bench_set.title}", "", _caption(lines), "", *_markdown(heads, body, _total(lines))])


def all_sets(tables: Sequence[Lines]) -> str:
    """Return a table with one line for each set."""
    heads = ["set", "instances", "seconds each", TITLES[BASELINE], TITLES["pyvrp"], TITLES[OURS]]
    heads += ["mean gap %", "worst gap %", "vehicles over", "better than best known"]
    body = []
    for lines in tables:
        ours, chosen = lines.summary(OURS), lines.chosen
        peers = [_told(lines.summary(engine)) for engine in lines.others if engine != BASELINE]
        count = f"{len(chosen.instances)} of {chosen.of}" if len(chosen.instances) < chosen.of else f"{chosen.of}"
        baseline = _told(lines.summary(BASELINE)) if chosen.bench_set.baseline else NONE
        line = [chosen.bench_set.title, count, f"{chosen.seconds:g}", baseline]
        line += [peers[0] if peers else NONE, _solved(ours), _percent(ours.mean_gap), _percent(ours.worst_gap)]
        over = f"{ours.vehicles_over}" if chosen.bench_set.vehicles_first and ours.run else NONE
        body.append([*line, over, f"{ours.records}" if ours.run else NONE])
    return "\n".join(_markdown(heads, body))


def _caption(lines: Lines) -> str:
    chosen = lines.chosen
    part = f"{len(chosen.instances)} of " if len(chosen.instances) < chosen.of else ""
    codes = [f"{TITLES[e]} at {lines.codes(e)}" for e in (*lines.others, OURS) if lines.codes(e)]
    return "; ".join([f"{part}{chosen.of} instances, {chosen.seconds:g} s each{lines.at_once()}", *codes]) + "."


def _instance_line(chosen: Chosen, name: str, seed: int, cells: Sequence[Row | None]) -> list[str]:
    *others, ours = cells
    best, decimals = chosen.best.get(name), chosen.bench_set.decimals
    known = _value(best.vehicles, best.distance, decimals) if best else NONE
    gap = over = NONE
    if best is not None and ours is not None and ours.value is not None:
        gap = _percent(best.gap_percent(*ours.value))
        over = str(best.vehicles_over(ours.value[0])) if best.vehicles_first else NONE
    seconds = f"{ours.wall_s:.1f}" if ours else NONE
    answers = [_answer(row, None, decimals) for row in others]
    return [name, known, *answers, _answer(ours, best, decimals), gap, over, seconds, str(seed)]


def _answer(row: Row | None, best: BestKnown | None, decimals: int) -> str:
    """Write an answer, or what came instead; in bold where it beats `best`."""
    if row is None:
        return "not run"
    if row.value is None:
        return f"{row.unserved} unserved" if row.outcome == "infeasible" and row.unserved else row.outcome
    text = _value(*row.value, decimals)
    return f"**{text}**" if best is not None and best.is_beaten_by(*row.value) else text


def _value(vehicles: int, distance: float, decimals: int) -> str:
    return f"{vehicles} / {distance:,.{decimals}f}"


def _total(lines: Lines) -> list[str]:
    ours, chosen = lines.summary(OURS), lines.chosen
    others = [_told(lines.summary(engine)) for engine in lines.others]
    records = f", {ours.records} better than best known" if ours.records else ""
    gap = f"mean {_percent(ours.mean_gap)}, worst {_percent(ours.worst_gap)} ({len(ours.gaps)} equal)"
    over = str(ours.vehicles_over) if chosen.bench_set.vehicles_first and ours.run else NONE
    longest = f"{ours.longest_s:.1f} at most" if ours.run else NONE
    return [f"{len(chosen.instances)} instances", "", *others, _solved(ours) + records, gap, over, longest, ""]


def _told(summary: Summary) -> str:
    """Say in a cell how another engine did."""
    vehicles = "vehicle" if summary.vehicles_over == 1 else "vehicles"
    over = [f"{summary.vehicles_over} {vehicles} over"] if summary.vehicles_over else []
    gap = [f"mean gap {_percent(summary.mean_gap)} %"] if summary.gaps else []
    return ", ".join([_solved(summary), *over, *gap])


def _solved(summary: Summary) -> str:
    if not summary.run:
        return "not run"
    missing = summary.wanted - summary.run
    return f"{summary.solved} of {summary.wanted} solved" + (f", {missing} not run" if missing else "")


def _percent(value: float | None) -> str:
    return NONE if value is None else f"{round(value, 2) + 0.0:+.2f}"


def _markdown(heads: Sequence[str], body: Sequence[Sequence[str]], total: Sequence[str] | None = None) -> list[str]:
    closing = [[f"**{cell}**" if cell else "" for cell in total]] if total else []
    ruler = ["---", *("---:" for _ in heads[1:])]
    return [f"| {' | '.join(cells)} |" for cells in (heads, ruler, *body, *closing)]
