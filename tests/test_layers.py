"""Who may import whom: rooms import downwards only, and a heavy library stays in its room."""

from __future__ import annotations

import ast
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# A room may import itself and every room further up in this list, not its neighbours.
LEVELS: tuple[tuple[str, ...], ...] = (
    ("planner",),
    ("errors",),
    ("clock", "interrupt", "language"),
    ("model", "instance"),
    ("plan", "energy", "catalogue", "explained"),
    ("roads",),
    ("solve", "check", "geocode"),
    ("io", "report"),
    ("exchange",),
    ("answer", "export", "instances", "replay"),
    ("large",),
    ("pipeline", "outputs", "robust", "store", "warm"),
    ("demo", "generate", "cut", "matrix", "padded", "explain", "geocode_file", "geocode_online", "geocode_pins"),
    ("batch", "dispatch", "sizing"),
    ("bench",),
    ("cli_tools", "cli_ui_login"),
    ("cli_ui",),
    ("cli_store",),
    ("cli_plan_file",),
    (
        "cli_batch",
        "cli_bench",
        "cli_compare",
        "cli_edit",
        "cli_explain",
        "cli_export",
        "cli_fleet",
        "cli_generate",
        "cli_geocode",
        "cli_import",
        "cli_insert",
        "cli_replan",
        "cli_roads",
        "cli_robust",
        "cli_size",
        "cli_solve",
        "cli_vroom",
    ),
    ("cli",),
    ("ui",),
)
# A contract is a room of its own, wherever its file lies: problem and answer are what a solver and its auditor share.
CONTRACTS = {"planner.solve.instance": "instance"}
# Readers and reports know values, not how they came about.
ONLY = {
    "io": (
        "planner.errors",
        "planner.clock",
        "planner.model",
        "planner.plan",
        "planner.explained",
        "planner.catalogue",
        "planner.io",
    ),
    "report": (
        "planner.errors",
        "planner.clock",
        "planner.model",
        "planner.plan",
        "planner.explained",
        "planner.catalogue",
        "planner.roads.streets",
        "planner.report",
    ),
    "export": (
        "planner.errors",
        "planner.language",
        "planner.model",
        "planner.plan",
        "planner.report",
        "planner.roads.streets",
        "planner.io.files",
        "planner.io.safe_csv",
        "planner.exchange.vroom_plan",
        "planner.export",
    ),
    "instances": ("planner.errors", "planner.io.files", "planner.solve.instance", "planner.instances"),
}
# What would make the auditor believe the planner.
NOT_FOR_THE_AUDITOR = (
    "planner.solve",
    "planner.roads.labels",
    "planner.roads.leg_energy",
    "planner.roads.matrices",
    "planner.roads.nearby",
    "planner.roads.paths",
)

LIBRARIES: dict[str, tuple[str, ...]] = {
    "alembic": ("planner.store",),
    "altair": ("planner.sizing.pictures", "ui"),
    "geopy": ("planner.geocode_online",),
    "babel": ("planner.language",),
    "dask": ("planner.batch.cluster", "planner.batch.worker"),
    "distributed": (
        "planner.batch.asking",
        "planner.batch.cluster",
        "planner.batch.parts",
        "planner.batch.worker",
        "planner.cli_bench",
    ),
    "gpxpy": ("planner.export",),
    "icalendar": ("planner.export",),
    "jinja2": ("planner.export",),
    "matplotlib": ("planner.bench", "planner.cli_bench"),
    "markupsafe": ("planner.export",),
    "networkx": ("planner.roads",),
    "numba": ("planner.roads", "planner.solve", "planner.check_search"),
    "numpy": ("planner", "ui"),
    "opening_hours": ("planner.roads",),
    "ortools": ("planner.solve",),
    "osmium": ("planner.roads",),
    "osmnx": ("planner.roads",),
    "pandas": ("ui",),
    "platformdirs": ("planner.roads.cache", "planner.store"),
    "polyline": ("planner.exchange", "planner.io"),
    "pyarrow": ("planner.batch.table",),
    "pydantic": ("planner.catalogue", "planner.exchange", "planner.io"),
    "pydantic_core": ("planner.exchange", "planner.io"),
    "pymetis": ("planner.roads",),
    "python_calamine": ("planner.io.importing",),
    "rapidfuzz": ("planner.geocode",),
    "rasterio": ("planner.roads",),
    "requests": ("planner.roads.place",),
    "rich": ("planner.cli", "planner.cli_batch", "planner.cli_fleet", "planner.cli_tools", "planner.report"),
    "segno": ("planner.export",),
    "scipy": ("planner.bench.sizes", "planner.roads", "planner.solve.crew"),
    "shapely": ("planner.roads", "planner.report", "planner.export", "ui"),
    "sqlalchemy": ("planner.store",),
    "streamlit": ("ui",),
    "typer": (
        "planner.cli",
        "planner.cli_batch",
        "planner.cli_bench",
        "planner.cli_compare",
        "planner.cli_edit",
        "planner.cli_explain",
        "planner.cli_export",
        "planner.cli_fleet",
        "planner.cli_generate",
        "planner.cli_geocode",
        "planner.cli_import",
        "planner.cli_insert",
        "planner.cli_plan_file",
        "planner.cli_replan",
        "planner.cli_roads",
        "planner.cli_robust",
        "planner.cli_size",
        "planner.cli_solve",
        "planner.cli_store",
        "planner.cli_tools",
        "planner.cli_ui",
        "planner.cli_vroom",
    ),
    "typst": ("planner.export",),
    "tzfpy": ("planner.generate", "planner.io.importing"),
    "vl_convert": ("planner.sizing.pictures",),
    "xlsxwriter": ("planner.export",),
}


@cache
def modules() -> dict[str, Path]:
    """Return every module of the product by its dotted name."""
    found = {}
    for path in sorted([*ROOT.glob("planner/**/*.py"), *ROOT.glob("ui/**/*.py")]):
        parts = path.relative_to(ROOT).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


@cache
def imports(module: str) -> frozenset[str]:
    """Return what a module imports anywhere in it, functions included, by dotted name."""
    tree = ast.parse(modules()[module].read_text(encoding="utf-8"))
    return frozenset(name for node in ast.walk(tree) for name in _named(node))


def _named(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        assert node.level == 0, f"line {node.lineno}: write imports in full"
        for alias in node.names:
            whole = f"{node.module}.{alias.name}"
            yield whole if whole in modules() else str(node.module)


def room(module: str) -> str:
    """Name the room: the folder or file below `planner`, the auditor's files being one room."""
    if module in CONTRACTS:
        return CONTRACTS[module]
    first = module.split(".")
    name = first[1] if first[0] == "planner" and len(first) > 1 else first[0]
    return "check" if name.startswith("check_") else name


def level(module: str) -> int:
    return next(number for number, rooms in enumerate(LEVELS) if room(module) in rooms)


def own(names: frozenset[str]) -> list[str]:
    return sorted(name for name in names if name.split(".")[0] in {"planner", "ui"})


def within(module: str, places: tuple[str, ...]) -> bool:
    return any(module == place or module.startswith(f"{place}.") for place in places)


def test_every_room_has_its_place_in_the_order() -> None:
    assert {room(module) for module in modules()} <= {name for rooms in LEVELS for name in rooms}


@pytest.mark.parametrize("module", modules())
def test_rooms_import_downwards_only(module: str) -> None:
    upwards = [name for name in own(imports(module)) if room(name) != room(module) and not level(name) < level(module)]
    assert upwards == []


@pytest.mark.parametrize("module", [module for module in modules() if room(module) in ONLY])
def test_readers_and_reports_know_values_only(module: str) -> None:
    assert [name for name in own(imports(module)) if not within(name, ONLY[room(module)])] == []


def test_the_auditor_reaches_neither_the_solver_nor_its_matrices_by_any_way() -> None:
    waiting = [module for module in modules() if room(module) == "check"]
    assert waiting
    reached = set(waiting)
    while waiting:
        new = set(own(imports(waiting.pop()))) - reached
        reached |= new
        waiting += new
    reached -= set(CONTRACTS)
    assert [name for name in sorted(reached) if within(name, NOT_FOR_THE_AUDITOR)] == []


@pytest.mark.parametrize("module", CONTRACTS)
def test_a_contract_holds_values_only(module: str) -> None:
    assert own(imports(module)) == []


@pytest.mark.parametrize("module", modules())
def test_a_library_stays_in_its_room(module: str) -> None:
    # Streamlit puts the screen's folder on the path: its modules import each other by bare name.
    screen = {path.stem for path in ROOT.glob("ui/*.py")} | {"views"}
    foreign = {name.split(".")[0] for name in imports(module)} - sys.stdlib_module_names - {"planner", "ui"}
    foreign -= screen if room(module) == "ui" else set()
    strays = [name for name in sorted(foreign) if not within(module, LIBRARIES.get(name, ()))]
    assert strays == []


def test_lint_bans_no_library_that_this_table_does_not_keep_in_a_room() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    banned = settings["tool"]["ruff"]["lint"]["flake8-tidy-imports"]["banned-api"]
    assert set(banned) <= set(LIBRARIES)
    assert all(LIBRARIES[name] != ("planner", "ui") for name in banned)


def test_the_table_sees_a_forbidden_import() -> None:
    assert level("planner.errors") < level("planner.roads.snap") < level("planner.check_legs") < level("planner.cli")
    assert room("planner.check_rules_energy") == room("planner.check") == "check"
    assert not within("planner.roads.streets_of", ("planner.roads.streets",))
    assert "planner.roads.matrices" in imports("planner.roads.day")
    assert "osmnx" in imports("planner.roads.place")  # which is inside a function
