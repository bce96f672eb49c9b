"""The verbs beside planning: make up days, look into a streets file, cut one out of a large map."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from planner.errors import Fault, InputError, printable

if TYPE_CHECKING:
    from planner.io.area import Spot
    from planner.roads.cut_area import CutArea
    from planner.roads.facts import ClassFacts, StreetFacts

FIRST_DAY = "2026-03-10"  # an ordinary Tuesday: its orders are as many as asked for
DEFAULT_CLASS = "L6e"
talk = Console(stderr=True, highlight=False)

ClassName = Annotated[str | None, typer.Option("--class", help="Road class, such as L6e, L7e, us-lsv or van.")]


def generate(
    output: Annotated[Path, typer.Option("-o", "--output", help="Folder for the days; replaced as a whole.")],
    streets: Annotated[Path | None, typer.Option("--streets", help="Streets file; the demo city if absent.")] = None,
    orders: Annotated[int, typer.Option("--orders", min=1, max=10_000, help="Orders of an ordinary Tuesday.")] = 60,
    days: Annotated[int, typer.Option("--days", min=1, max=3_660, help="How many days.")] = 1,
    seed: Annotated[int, typer.Option("--seed", min=0, max=2**31 - 1)] = 1,
    fleet: Annotated[
        Path | None, typer.Option("--fleet", help="Fleet file to make the days for; one is made up if absent.")
    ] = None,
    first_day: Annotated[str, typer.Option("--date", help="First day, YYYY-MM-DD.")] = FIRST_DAY,
    class_name: ClassName = None,
) -> int:
    """Make up realistic days of orders on any streets, and a fleet for them."""
    from planner.demo import demo_folder
    from planner.generate.days import Request, generate_days

    if fleet is not None and class_name is not None:
        raise _usage("--class", class_name, "goes with a made-up fleet, not with --fleet", "leave one of them out")
    request = Request(
        streets=streets or _streets_of(fleet) or demo_folder() / "coquimbo.streets.npz",
        orders=orders,
        days=days,
        seed=seed,
        first_day=parse_date(first_day),
        class_name=class_name or DEFAULT_CLASS,
        fleet=fleet,
    )
    with talk.status("reading the streets"):
        made = generate_days(request, output)
    first = next(iter(made.orders_by_day))
    total = sum(made.orders_by_day.values())
    days_said = "1 day" if days == 1 else f"{days} days"
    typer.echo(f"{days_said}, {total} orders placed by {made.weighted_by}, written to {output}")
    typer.echo(f"plan one: planner plan {output / first / 'orders.csv'} --fleet {output / 'fleet.toml'} --date {first}")
    return 0


def streets_info(
    file: Annotated[Path, typer.Argument(help="Streets file (.osm.pbf, .osm, GraphML, .streets.npz).")],
    class_name: ClassName = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON on stdout.")] = False,
) -> int:
    """Tell what a streets file holds, and what of it a road class may use."""
    from planner.catalogue import road_class
    from planner.outputs import run_facts
    from planner.roads.facts import class_facts, street_facts
    from planner.roads.read import read_streets

    legal = None if class_name is None else road_class(class_name)
    begun = time.perf_counter()
    streets = read_streets(file)
    read_s = round(time.perf_counter() - begun, 2)
    facts = street_facts(streets)
    of_class = None if legal is None else class_facts(streets, legal)
    memory_mb = run_facts({})["peak_memory_mb"]
    if as_json:
        told = {"file": str(file), **asdict(facts), "class": None if of_class is None else asdict(of_class)}
        typer.echo(json.dumps({**told, "read_s": read_s, "peak_memory_mb": memory_mb}, ensure_ascii=False))
        return 0
    for line in (*_street_lines(facts), *(() if of_class is None else _class_lines(of_class))):
        typer.echo(printable(line, limit=1_000))
    typer.echo(f"read in {read_s:.1f} s; {memory_mb} MB of memory at most")
    return 0


def streets_cut(
    big: Annotated[Path, typer.Argument(metavar="BIG.osm.pbf", help="OpenStreetMap file of any size.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="File to write: .osm.pbf or .streets.npz.")],
    around: Annotated[Path | None, typer.Option("--around", help="CSV file of orders; the box around them.")] = None,
    margin_km: Annotated[float, typer.Option("--margin-km", min=0, max=200, help="Kilometres around the orders.")] = 3,
    bbox: Annotated[str | None, typer.Option("--bbox", help="West,south,east,north in degrees.")] = None,
    polygon: Annotated[Path | None, typer.Option("--polygon", help="GeoJSON file of polygons.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the file to write if it exists.")] = False,
) -> int:
    """Cut the streets of an area out of a large map, with little memory."""
    from planner.cut import cut_streets
    from planner.io.positions import Positions, read_positions

    if sum(choice is not None for choice in (around, bbox, polygon)) != 1:
        raise _usage("--around, --bbox, --polygon", None, "one of them says what to cut", "give exactly one")
    orders = Positions(spots=(), notes=()) if around is None else read_positions(around)
    for note in orders.notes:
        talk.print(f"note: {note}", markup=False, soft_wrap=True)
    area = _area(orders.spots, margin_km=margin_km, bbox=bbox, polygon=polygon)
    with talk.status(f"reading {big.name}, three times through"):
        cut, served = cut_streets(
            big, area, output, force=force, orders=orders.spots, orders_file=around.name if around else ""
        )
    typer.echo(
        f"{cut.streets:,} streets, {cut.restrictions:,} turn restrictions, {cut.places:,} chargers and addresses "
        f"of {cut.nodes_read:,} nodes read, written to {output}"
    )
    if cut.clipped:
        typer.echo(f"{cut.clipped:,} streets end at the edge of the area")
    if orders.spots:
        typer.echo(f"{served:,} of {len(orders.spots):,} orders lie near these streets")
    return 0


def _area(spots: Sequence[Spot], *, margin_km: float, bbox: str | None, polygon: Path | None) -> CutArea:
    from planner.roads.cut_area import area_around, area_of_box, area_of_polygon

    if bbox is not None:
        return area_of_box(bbox)
    if polygon is not None:
        return area_of_polygon(polygon)
    return area_around([spot.lat for spot in spots], [spot.lon for spot in spots], margin_km=margin_km)


def _streets_of(fleet: Path | None) -> Path | None:
    from planner.io.fleet import read_fleet

    return None if fleet is None else read_fleet(fleet).streets


def _street_lines(facts: StreetFacts) -> Iterator[str]:
    west, south, east, north = facts.bbox
    yield f"{facts.km:,.1f} km of street in {facts.segments:,} segments, {facts.junctions:,} junctions"
    yield f"box: lat {south:.4f}..{north:.4f}, lon {west:.4f}..{east:.4f} (of the streets, not of the file's header)"
    for kind, share in facts.by_highway.items():
        yield f"  {kind:<16} {share.km:>10,.1f} km {share.segments:>9,} segments"
    longest = ", ".join(f"{km:,.1f}" for km in facts.parts.longest_km)
    yield f"parts that no street joins: {facts.parts.count:,}; the longest have {longest} km"
    yield f"posted limit known on {facts.limits_tagged:.0%} of the length"
    yield (
        f"traffic keeps: {facts.keeps} (read from {facts.roundabout_pieces:,} pieces of roundabout); "
        "it makes no difference to the plan, one-way tags say which way"
    )
    yield from (f"note: {note}" for note in facts.notes)
    yield facts.attribution


def _class_lines(facts: ClassFacts) -> Iterator[str]:
    yield f"class {facts.name}: {facts.usable_km:,.1f} km to use"
    yield f"  {facts.cut_off_km:,.1f} km open but cut off: not reached, or no way back"
    for reason, km in facts.closed_km.items():
        yield f"  {km:,.1f} km closed: {reason}"
    longest = ", ".join(f"{km:,.1f}" for km in facts.parts.longest_km)
    yield f"  {facts.parts.count:,} connected parts; the longest have {longest} km, one is used"
    yield f"  a default limit stands in on {facts.limits_imputed:.0%} of the open length"


def parse_date(text: str) -> date:
    """Return the date of an option `--date`. Raises `InputError` E-O33."""
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()
    except ValueError:
        raise _usage("--date", text, "is no date", "write it as 2026-03-10", code="E-O33") from None


def _usage(flag: str, value: str | None, message: str, remedy: str, *, code: str = "E-A01") -> InputError:
    return InputError(Fault(code=code, file=flag, value=value, message=message, remedy=remedy))
