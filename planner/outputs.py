"""Write a plan's folder: the plan, its tables and map, what was rejected, and how the run went."""

from __future__ import annotations

import os
import platform
import sys
from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from planner.errors import PlanRefused
from planner.io.files import PLAN_NAME, REPORT_NAME, RUN_NAME, replace_folder, run_text, write_atomic
from planner.io.import_report import import_report
from planner.io.orders import OrdersFile
from planner.io.plan_file import plan_to_json
from planner.plan import Plan
from planner.report.geojson import routes_geojson
from planner.report.map_page import map_page
from planner.report.tables import stops_csv
from planner.roads.streets import Streets

LIBRARIES = ("numpy", "numba", "scipy", "ortools", "shapely", "osmium")


def write_outputs(
    plan: Plan,
    streets: Streets,
    folder: Path,
    *,
    orders_file: OrdersFile | None,
    seconds: dict[str, float],
    bare: bool = False,
) -> Plan:
    """Write everything to `folder`, replacing a plan folder of ours; return the plan as written.

    Where it is to be `bare`, without what can be made from the plan at any time.

    A plan that the auditor refused goes to ``FOLDER.refused`` instead, as evidence, and raises `PlanRefused`, unless
    its violations are kept on purpose.
    """
    target = folder.with_name(f"{folder.name}.refused") if is_refused(plan) else folder
    plan = with_relative_streets(plan, target)
    with replace_folder(target) as fresh:
        files = contents(plan, streets, orders_file=orders_file, seconds=seconds, bare=bare)
        for name, data in files.items():
            write_atomic(fresh / name, data)
    if is_refused(plan):
        raise refusal(plan, target)
    return plan


def is_refused(plan: Plan) -> bool:
    """Tell whether the auditor found what nobody keeps on purpose."""
    return bool(plan.violations) and plan.kept is None


def refusal(plan: Plan, evidence: Path) -> PlanRefused:
    """Return the error of a plan that the auditor refused and whose files are kept as evidence."""
    listed = "\n".join(f"  {v.code} {v.where}: {v.message}" for v in plan.violations[:20])
    return PlanRefused(
        f"E-X01 the auditor refused the plan ({len(plan.violations)} violations), a fault of this program\n"
        f"{listed}\n→ the evidence is in {evidence}; please report it"
    )


def contents(
    plan: Plan,
    streets: Streets,
    *,
    orders_file: OrdersFile | None,
    seconds: dict[str, float],
    bare: bool = False,
    drawn: bool = True,
) -> dict[str, bytes]:
    """Return the files of a plan's folder by name; `bare` without tables and map, without `drawn` without the map."""
    files: dict[str, bytes | str] = {PLAN_NAME: plan_to_json(plan)}
    if orders_file is not None and (orders_file.faults or orders_file.warnings):
        files[REPORT_NAME] = import_report(orders_file)
    if not (is_refused(plan) or bare):
        files["stops.csv"] = stops_csv(plan)
        files["routes.geojson"] = routes_geojson(plan)
        if drawn:
            files["map.html"] = map_page(plan, streets)
    files[RUN_NAME] = run_text(run_facts(seconds))
    return {name: data.encode() if isinstance(data, str) else data for name, data in files.items()}


def run_facts(seconds: dict[str, float]) -> dict[str, object]:
    """Return what differs from run to run: the clock, the machine, seconds by stage, the peak of memory."""
    return {
        "ended": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": {**seconds, "total": round(sum(seconds.values()), 3)},
        "peak_memory_mb": _peak_memory_mb(),
        "python": platform.python_version(),
        "system": platform.platform(),
        "libraries": {name: version(name) for name in LIBRARIES},
    }


def _peak_memory_mb() -> float | None:
    """Return the larger peak of this process and its engine, in MB; None where the system does not tell."""
    if sys.platform == "win32":
        return None
    import resource  # noqa: PLC0415  (not on every system)

    peaks = [resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return round(max(peaks) / (1024 * 1024 if sys.platform == "darwin" else 1024), 1)


def with_relative_streets(plan: Plan, folder: Path) -> Plan:
    """Name the streets file relative to the plan's folder, so that both may move together."""
    named = Path(plan.provenance.streets_file)
    if not named.is_absolute():
        return plan
    # Where the folder is reached by a link, its parent is that of the place that the link leads to.
    relative = Path(os.path.relpath(named.parent.resolve() / named.name, folder.resolve())).as_posix()
    return replace(plan, provenance=replace(plan.provenance, streets_file=relative))
