"""Plan a day so that a share of its scenarios holds, with as little slack as that takes.

The usual plan is replayed first. Where too few scenarios hold, routes are searched anew for a harder day: one with the
worst of as many failed scenarios as are missing, those first that hit the fewest orders, at half strength and at full
strength, and at last with the worst of all. Their vehicles, sequences and starts are then timed on the day itself,
audited and replayed; a station stays in a route although only the harder day needs it. Slack never costs an order:
routes that leave out one that the usual plan serves are not taken. Plugs that are out are not padded.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from planner.answer import left_out, routes_of
from planner.check import audit
from planner.errors import Interrupted, NoPlanError
from planner.model import Day, Scenario
from planner.pipeline import Progress, Stages, plan_day, solve_possible, with_drivers_in_mind
from planner.plan import Plan, Provenance, Replay, Robust
from planner.roads.streets import Streets
from planner.robust import measured_under, refuse_strange_plugs, replay_plan
from planner.solve.crew import pair_up
from planner.solve.options import SolveOptions
from planner.solve.placing import settle
from planner.solve.reasons import impossible
from planner.solve.schedule import schedule

USUAL = Scenario(name="padding")
STRENGTHS = (0.5, 1.0)
DECIMALS = 6
TINY = 1e-9
INTERRUPT = "interrupt"


@dataclass(frozen=True, kw_only=True)
class PaddedJob:
    """What to plan, how long to search for each step, and under how many of the scenarios the plan is to hold."""

    day: Day
    streets: Streets
    provenance: Provenance
    options: SolveOptions
    share: float
    scenarios: tuple[Scenario, ...]
    progress: Progress | None = None
    stages: Stages = field(default_factory=Stages)


def plan_padded(job: PaddedJob) -> Plan:
    """Plan a day with enough slack; its provenance says how many scenarios hold and what was padded.

    Where no padding is enough, it is the plan under which most scenarios hold; of equal ones the one padded least.
    Raises `InputError` E-R02 for plugs that the day does not have, and what `plan_day` raises.
    """
    refuse_strange_plugs(job.day, job.scenarios)
    usual = plan_day(
        job.day, job.streets, job.options, provenance=job.provenance, progress=job.progress, stages=job.stages
    )
    if usual.violations:
        return usual
    replays = _replays(job, usual)
    best, served = _told(job, usual, replays, None), _served(usual)
    for padding in paddings(replays, share=job.share):
        if _held(best).enough or best.provenance.stopped_by == INTERRUPT:
            break
        try:
            made = _plan_for(job, padding)
        except NoPlanError:
            continue
        except Interrupted:
            return _interrupted(best)
        if made is not None and served <= _served(made) and not made.violations:
            made = _told(job, made, _replays(job, made), padding)
            best = made if _held(made).held > _held(best).held else best
        if made is not None and made.provenance.stopped_by == INTERRUPT:
            return _interrupted(best)
    return best


def paddings(replays: Sequence[Replay], *, share: float) -> list[Scenario]:
    """Return the harder days to search routes for, after how the usual plan fared."""
    failed = [replay for replay in replays if not replay.holds]
    failed.sort(key=lambda replay: (bool(replay.scenario.plugs_out), len(replay.orders_hit)))
    missing = math.ceil(share * len(replays) - TINY) - (len(replays) - len(failed))
    nearest, every = ([replay.scenario for replay in some] for some in (failed[: max(missing, 0)], failed))
    days = [worst_of(nearest, strength) for strength in STRENGTHS] + [worst_of(every, 1.0)]
    return [day for day in dict.fromkeys(days) if day != USUAL]


def worst_of(scenarios: Sequence[Scenario], strength: float) -> Scenario:
    """Return the day with the worst of each scenario, plugs apart, `strength` of the way from the usual day."""

    def towards(usual: float, worst: float) -> float:
        return round(usual + strength * (worst - usual), DECIMALS)

    return replace(
        USUAL,
        temperature_c=towards(USUAL.temperature_c, min([USUAL.temperature_c, *(s.temperature_c for s in scenarios)])),
        travel_factor=towards(1.0, max([1.0, *(s.travel_factor for s in scenarios)])),
        load_factor=towards(1.0, max([1.0, *(s.load_factor for s in scenarios)])),
        state_of_health=towards(1.0, min([1.0, *(s.state_of_health for s in scenarios)])),
    )


def _plan_for(job: PaddedJob, padding: Scenario) -> Plan | None:
    """Search routes for a harder day and time them on the day itself; None if no times are found there."""
    day, streets = job.day.manned(pair_up(job.day)), job.streets
    with job.stages.stage("roads"):
        hard_day, hard_roads, hard = measured_under(day, streets, padding)
        _, roads, problem = measured_under(day, streets, USUAL)
    with job.stages.stage("solve"):
        found = solve_possible(hard, job.options, impossible(hard_day, hard, hard_roads.snapped), job.progress)
        sequences = {tour.vehicle: [visit.place for visit in tour.visits] for tour in found.tours}
        begins = {tour.vehicle: tour.start_s for tour in found.tours}
        tours = schedule(problem, sequences, begins=begins, at_each_station=True)
        tours = tours or settle(problem, sequences, taken=[], begins=begins)
    if tours is None:
        return None
    timed = replace(found, tours=tuple(sorted(tours, key=lambda tour: tour.vehicle)), fits_nowhere=())
    with job.stages.stage("shapes"):
        plan = Plan(
            day=job.day,
            routes=routes_of(day, problem, roads, timed),
            unassigned=left_out(day, timed, impossible(day, problem, roads.snapped)),
            provenance=replace(job.provenance, stopped_by=found.stopped_by),
        )
        if job.day.drivers:
            plan = replace(plan, unassigned=with_drivers_in_mind(plan, streets))
    with job.stages.stage("audit"):
        return replace(plan, violations=audit(plan, streets))


def _replays(job: PaddedJob, plan: Plan) -> tuple[Replay, ...]:
    with job.stages.stage("replay"):
        return replay_plan(plan, job.streets, job.scenarios)


def _told(job: PaddedJob, plan: Plan, replays: Sequence[Replay], padding: Scenario | None) -> Plan:
    """Say in a plan how many scenarios hold."""
    held = sum(replay.holds for replay in replays)
    robust = Robust(share=job.share, held=held, scenarios=len(replays), padding=padding)
    return replace(plan, provenance=replace(plan.provenance, robust=robust))


def _held(plan: Plan) -> Robust:
    robust = plan.provenance.robust
    if robust is None:
        raise ValueError("the plan has not been replayed")
    return robust


def _interrupted(plan: Plan) -> Plan:
    return replace(plan, provenance=replace(plan.provenance, stopped_by=INTERRUPT))


def _served(plan: Plan) -> set[str]:
    return {step.place_id for route in plan.routes for step in route.steps if step.serves}
