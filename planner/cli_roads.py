"""The verbs about roads: look into a streets file, cut one out of a large map, give it heights, measure on it."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from planner.cli_tools import ClassName, parse_date, talk, usage
from planner.errors import Fault, InputError, listing, printable

if TYPE_CHECKING:
    from planner.io.area import Spot
    from planner.matrix import Measured
    from planner.model import RoadClass
    from planner.roads.conditional import Span
    from planner.roads.cut_area import CutArea
    from planner.roads.facts import ClassFacts, Share, StreetFacts
    from planner.roads.grades import GradeFacts

INCOMPLETE = 4  # exit code, see docs/errors.md
FAR_LISTED = 10

StreetsArgument = Annotated[Path, typer.Argument(help="Streets file (.osm.pbf, .osm, GraphML, .streets.npz).")]
Classes = Annotated[Path | None, typer.Option("--classes", help="TOML file of road classes, see docs/classes.md.")]


def streets_info(
    file: StreetsArgument,
    class_name: ClassName = None,
    classes: Classes = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON on stdout.")] = False,
) -> int:
    """Tell what a streets file holds, and what of it a road class may use."""
    from planner.outputs import run_facts
    from planner.roads.facts import class_facts, street_facts
    from planner.roads.read import read_streets

    legal = None if class_name is None else _road_class(class_name, classes)
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
        raise usage("--around, --bbox, --polygon", None, "one of them says what to cut", "give exactly one")
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


def streets_elevate(
    file: Annotated[Path, typer.Argument(metavar="STREETS", help="Streets file of any kind.")],
    tiles: Annotated[list[Path], typer.Argument(metavar="TILE...", help="GeoTIFF or .hgt files of heights.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="File to write: .streets.npz.")],
    allow_gaps: Annotated[
        bool, typer.Option("--allow-gaps", help="Go on from the nearest heights where there is no tile.")
    ] = False,
) -> int:
    """Give streets the heights of elevation tiles, for the energy of hills."""
    from planner.roads.elevation import with_elevation
    from planner.roads.grades import grade_facts
    from planner.roads.read import read_streets
    from planner.roads.streets import save_streets

    _refuse_output(output, ".streets.npz")
    with talk.status(f"reading {file.name} and its heights"):
        streets = with_elevation(read_streets(file), tiles, allow_gaps=allow_gaps)
        save_streets(streets, output)
    typer.echo(f"{streets.seg_length_m.sum() / 1000:,.1f} km of street with heights, written to {output}")
    for line in _grade_lines(grade_facts(streets)):
        typer.echo(line)
    for note in streets.notes:
        typer.echo(f"note: {printable(note, limit=1_000)}")
    return 0


def matrix(
    points: Annotated[Path, typer.Argument(metavar="POINTS.csv", help="CSV file with columns id, lat, lon.")],
    streets: Annotated[Path, typer.Option("--streets", help="Streets file (.osm.pbf, .osm, GraphML, .streets.npz).")],
    class_name: Annotated[str, typer.Option("--class", help="Road class, such as L6e, L7e, us-lsv or van.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="File to write: .npz, see docs/matrix.md.")],
    type_name: Annotated[
        str | None, typer.Option("--type", help="Vehicle type; the first of the catalogue for the class if absent.")
    ] = None,
    classes: Classes = None,
    hours: Annotated[str | None, typer.Option("--hours", help="When vehicles are on the road, 08:00-18:00.")] = None,
    day: Annotated[str | None, typer.Option("--date", help="The day of these hours, YYYY-MM-DD.")] = None,
    elevation: Annotated[
        list[Path] | None, typer.Option("--elevation", help="GeoTIFF or .hgt file of heights; may be repeated.")
    ] = None,
    kerb: Annotated[bool, typer.Option("--kerb", help="Stop on a place's own side of the street only.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace the file to write if it exists.")] = False,
    allow_incomplete: Annotated[
        bool, typer.Option("--allow-incomplete", help="Exit 0 although places or ways are missing.")
    ] = False,
) -> int:
    """Measure times, lengths and energies between all places, and write them to one file."""
    _refuse_output(output, ".npz", force=force)
    if output.exists() and streets.exists() and output.samefile(streets):
        raise usage("-o", str(output), "is the streets file", "give another name", code="E-B07")
    span = _span(hours, day)
    road_class = _road_class(class_name, classes)

    from planner.matrix import measure, save_tables, type_of
    from planner.pipeline import Stages

    kind = type_of(replace(road_class, kerb=kerb or road_class.kerb), type_name)
    stages = Stages()
    with talk.status(f"measuring on {streets.name}"):
        measured = measure(points, streets, kind, span=span, tiles=elevation or (), stages=stages)
    if faults := (*measured.places.warnings, *measured.places.faults):
        talk.print(listing(faults), markup=False, soft_wrap=True)
    with stages.stage("write"):
        save_tables(measured, output)
    for line in _matrix_lines(measured):
        typer.echo(printable(line, limit=1_000))
    spent = ", ".join(f"{name} {seconds:.2f} s" for name, seconds in stages.seconds.items())
    talk.print(f"{spent}; cache {measured.cache}", soft_wrap=True)
    typer.echo(f"written to {output}")
    return 0 if measured.complete or allow_incomplete else INCOMPLETE


def _span(hours: str | None, day: str | None) -> Span | None:
    """Return the moments between which vehicles are on the road. Raises `InputError`."""
    from planner.io.cells import CellError, span

    if (hours is None) != (day is None):
        raise usage("--hours, --date", hours or day, "one goes with the other", "give both or neither")
    if hours is None or day is None:
        return None
    date = parse_date(day)
    try:
        window = span(hours, day=date, zone=ZoneInfo("UTC"), code="E-A01")  # by the clock on the wall
    except CellError as bad:
        raise usage("--hours", hours, bad.message, bad.remedy, code=bad.code) from None
    midnight = datetime.combine(date, datetime.min.time())
    return midnight + timedelta(seconds=window.start_s), midnight + timedelta(seconds=window.end_s)


def _matrix_lines(measured: Measured) -> Iterator[str]:
    import numpy as np

    from planner.roads.snap import MAX_GAP_M

    points, kind, seconds = measured.places.points, measured.kind, measured.seconds
    yield f"places   {len(points):,} of {measured.places.rows_read:,} rows, on {measured.streets_file.name}"
    yield f"vehicle  {kind.name}, class {kind.road_class.name}, up to {kind.top_speed_kmh:.0f} km/h"
    no_way = np.isnan(seconds)
    if not no_way.all():
        yield f"drives   {np.nanmedian(seconds):,.0f} s median, {np.nanmax(seconds):,.0f} s at most"
    if len(seconds):
        yield f"no way   {no_way.mean():.1%} of the pairs of places near a street"
    if measured.far:
        listed = ", ".join(f"{points[i].id} {measured.snapped.gap_m[i]:,.0f} m" for i in measured.far[:FAR_LISTED])
        more = f", and {len(measured.far) - FAR_LISTED:,} more" if len(measured.far) > FAR_LISTED else ""
        yield f"far off  {len(measured.far):,} places, no street of the class within {MAX_GAP_M:.0f} m: {listed}{more}"


def _refuse_output(output: Path, ending: str, *, force: bool | None = None) -> None:
    """Raise `InputError` E-B07 where the file cannot be written, before the work and not after it.

    `force` is None where there is no option to replace a file.
    """
    if not output.name.endswith(ending):
        message, remedy = "has another ending", f"end it in {ending}"
    elif not output.parent.is_dir():
        message, remedy = "is in a folder that does not exist", "make the folder first"
    elif output.exists() and not force:
        message, remedy = "exists already", "give another name with -o" + ("" if force is None else ", or --force")
    else:
        return
    raise InputError(Fault(code="E-B07", file=str(output), message=message, remedy=remedy))


def _road_class(name: str, classes: Path | None) -> RoadClass:
    """Return a class of the user's file or of the catalogue. Raises `InputError` E-C01."""
    from planner.catalogue import class_names, known_class, road_class
    from planner.io.fleet_classes import read_classes

    if classes is None:
        return road_class(name)
    known = {known: road_class(known) for known in class_names()} | dict(read_classes(classes))
    return known_class(name, known, file=classes.name)


def _area(spots: Sequence[Spot], *, margin_km: float, bbox: str | None, polygon: Path | None) -> CutArea:
    from planner.roads.cut_area import area_around, area_of_box, area_of_polygon

    if bbox is not None:
        return area_of_box(bbox)
    if polygon is not None:
        return area_of_polygon(polygon)
    return area_around([spot.lat for spot in spots], [spot.lon for spot in spots], margin_km=margin_km)


def _street_lines(facts: StreetFacts) -> Iterator[str]:
    west, south, east, north = facts.bbox
    yield f"{facts.km:,.1f} km of street in {facts.segments:,} segments, {facts.junctions:,} junctions"
    yield f"box: lat {south:.4f}..{north:.4f}, lon {west:.4f}..{east:.4f} (of the streets, not of the file's header)"
    for kind, share in facts.by_highway.items():
        yield _share_line(kind, share)
    longest = ", ".join(f"{km:,.1f}" for km in facts.parts.longest_km)
    yield f"parts that no street joins: {facts.parts.count:,}; the longest have {longest} km"
    yield f"posted limit known on {facts.limits_tagged:.0%} of the length"
    yield (
        f"traffic keeps: {facts.keeps} (read from {facts.roundabout_pieces:,} pieces of roundabout); "
        "it matters to classes that stop at the kerb only, one-way tags say which way"
    )
    yield f"turn restrictions: {facts.restrictions:,}; those not understood are in the notes"
    yield from () if facts.grades is None else _grade_lines(facts.grades)
    yield from (f"note: {note}" for note in facts.notes)
    yield facts.attribution


def _class_lines(facts: ClassFacts) -> Iterator[str]:
    yield f"class {facts.name}: {facts.usable_km:,.1f} km to use"
    for kind, share in facts.by_highway.items():
        yield f"{_share_line(kind, share)} open"
    yield f"  {facts.cut_off_km:,.1f} km open but cut off: not reached, or no way back"
    for reason, km in facts.closed_km.items():
        yield f"  {km:,.1f} km closed: {reason}"
    longest = ", ".join(f"{km:,.1f}" for km in facts.parts.longest_km)
    yield f"  {facts.parts.count:,} connected parts; the longest have {longest} km, one is used"
    if facts.crossings.segments:
        yield f"  {facts.crossings.segments:,} short links, {facts.crossings.km:,.1f} km, to cross only"
    yield f"  {facts.restrictions:,} turn restrictions bind it"
    yield f"  a default limit stands in on {facts.limits_imputed:.0%} of the open length"


def _share_line(kind: str, share: Share) -> str:
    return f"  {kind:<16} {share.km:>10,.1f} km {share.segments:>9,} segments {share.edges:>9,} directions"


def _grade_lines(facts: GradeFacts) -> Iterator[str]:
    yield f"climb: {facts.climb_m_per_km:.1f} m per km, the mean of both directions"
    yield f"grade: {facts.grade_p50:.1%} p50, {facts.grade_p90:.1%} p90, {facts.grade_max:.1%} at most"
    yield f"  {facts.capped_km:,.1f} km looked steeper than that is taken to be"
