"""The verb that turns files of other tools into orders."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from planner.cli_tools import parse_date, talk, usage
from planner.errors import Fault, InputError, listing, printable

if TYPE_CHECKING:
    from planner.geocode.found import Found
    from planner.io.area import Area
    from planner.io.importing.answers import Answers
    from planner.io.importing.importer import Imported
    from planner.io.importing.pins import Asked, Place

INCOMPLETE = 4  # exit code, see docs/errors.md
MAPPING_NAME = "import_mapping.json"
MERGED = "E-O81"  # a row that became part of an order is no oddity
LONGEST_EXAMPLE = 30


def import_file(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV, TSV or XLSX file of another tool.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="Orders file to write.")] = Path("orders.csv"),
    mapping: Annotated[
        Path | None, typer.Option("--mapping", help="Mapping file that an earlier import wrote, perhaps edited.")
    ] = None,
    product: Annotated[str | None, typer.Option("--product", help="Tool the file is from, if it is not seen.")] = None,
    encoding: Annotated[str | None, typer.Option("--encoding", help="Encoding, such as cp1252 or utf-16.")] = None,
    delimiter: Annotated[str | None, typer.Option("--delimiter", help="What separates the columns.")] = None,
    sheet: Annotated[str | None, typer.Option("--sheet", help="Sheet of an XLSX file.")] = None,
    decimal: Annotated[str | None, typer.Option("--decimal", help="Decimal sign of the numbers: , or .")] = None,
    date_order: Annotated[str | None, typer.Option("--date-order", help="dmy or mdy, for 03/04/2026.")] = None,
    day: Annotated[
        str | None, typer.Option("--date", help="Day to import, YYYY-MM-DD, if the file has several.")
    ] = None,
    zone: Annotated[str | None, typer.Option("--zone", help="Time zone; that of the coordinates if absent.")] = None,
    window_end: Annotated[
        str | None,
        typer.Option("--window-end-means", help="What the end of a window is: service-end, service-start or arrival."),
    ] = None,
    single_time: Annotated[
        str | None, typer.Option("--single-time", help="What one time in a column of windows is: after or before.")
    ] = None,
    coordinates: Annotated[
        str | None, typer.Option("--coordinates", help="lat-lon as the columns are named, lon-lat to swap them.")
    ] = None,
    unit: Annotated[
        list[str] | None, typer.Option("--unit", help="Unit of a field, such as volume=m3 or load=kg; may be repeated.")
    ] = None,
    parcel_kg: Annotated[
        float | None, typer.Option("--parcel-kg", min=0, max=10_000, help="Weight of a parcel where none is written.")
    ] = None,
    first_priority: Annotated[
        str | None, typer.Option("--priority-first", help="Which end of a scale of numbers is urgent: high or low.")
    ] = None,
    item_rows: Annotated[
        bool | None, typer.Option("--item-rows/--no-item-rows", help="Rows of one id are items of one order.")
    ] = None,
    streets: Annotated[Path | None, typer.Option("--streets", help="Streets file that the orders must lie in.")] = None,
    near: Annotated[str | None, typer.Option("--near", help="LAT,LON within 100 km of which the orders lie.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the orders file if it exists.")] = False,
    allow_incomplete: Annotated[
        bool, typer.Option("--allow-incomplete", help="Exit 0 although rows were rejected.")
    ] = False,
) -> int:
    """Turn an export of a shop or another planner into an orders file."""
    from planner.io.files import REPORT_NAME, write_atomic
    from planner.io.import_report import write_import_report
    from planner.io.importing.answers import Answers, checked, read_mapping
    from planner.io.importing.importer import OpenQuestions, import_orders

    _refuse_output(output, file, force=force)
    flags = {
        **{"product": product, "encoding": encoding, "delimiter": _sign(delimiter), "sheet": sheet, "decimal": decimal},
        **{"date_order": date_order, "window_end": window_end, "single_time": single_time, "coordinates": coordinates},
        **{"first_priority": first_priority, "item_rows": item_rows, "time_zone": zone},
        "day": parse_date(day) if day is not None else None,
        "parcel_kg": None if parcel_kg is None else f"{parcel_kg:f}".rstrip("0").rstrip("."),
        "units": _units(unit or []),
    }
    answers: Answers = checked((read_mapping(mapping) if mapping is not None else Answers()).but(**flags))
    place = output.with_name(MAPPING_NAME)
    try:
        with talk.status(f"reading {file.name}"):
            imported = import_orders(file, answers, area=_area(streets, near), place=_place(streets))
    except OpenQuestions as questions:
        if mapping is None and (force or not place.exists()):
            write_atomic(place, questions.mapping)
            talk.print(f"what was understood so far is in {place}", markup=False, soft_wrap=True)
        raise
    judged = imported.judged
    write_import_report(output.with_name(REPORT_NAME), judged.report)
    for line in _lines(file, imported):
        typer.echo(printable(line, limit=1_000))
    if not judged.orders:
        raise InputError(judged.report.faults)
    odd = [note for note in judged.report.warnings if note.code != MERGED]
    if told := (*judged.report.faults, *odd):
        typer.echo(listing(told), err=True)
    write_atomic(output, judged.orders_csv)
    # A mapping that was edited and not named this time is not ours to replace.
    if force or not place.exists() or (mapping is not None and mapping.samefile(place)):
        write_atomic(place, imported.mapping)
    on_day = f" --date {imported.day}" if imported.day is not None else ""
    typer.echo(f"written to {output}; see {output.with_name(REPORT_NAME)} and, for the next file, --mapping {place}")
    typer.echo(f"plan it: planner plan {output} --fleet fleet.toml{on_day}")
    return INCOMPLETE if judged.rejected and not allow_incomplete else 0


def _lines(file: Path, imported: Imported) -> Iterator[str]:
    judged = imported.judged
    for said in imported.said[:1]:
        yield f"{file.name}: {said}"
    yield from (f"  {said}" for said in imported.said[1:])
    used = [column for column in imported.columns if column.field]
    widths = [max(len(getattr(column, name)) for column in used) for name in ("name", "field", "unit")]
    for column in used:
        example = column.example if len(column.example) <= LONGEST_EXAMPLE else f"{column.example[:29]}…"
        cells = zip((column.name, column.field, column.unit), widths, strict=True)
        yield "  " + "  ".join([*(f"{text:{width}}" for text, width in cells), example])
    unused = [column for column in imported.columns if not column.field]
    if unused:
        yield "  not used: " + ", ".join(
            f"{column.name} ({column.why})" if column.why else column.name for column in unused
        )
    parts = [f"{judged.accepted:,} became {judged.orders:,} orders"]
    parts += [f"{judged.merged:,} merged into them"] if judged.merged else []
    yield f"{imported.rows_read:,} rows: {', '.join(parts)}, {judged.rejected:,} rejected"


def _units(texts: list[str]) -> dict[str, str]:
    found = {}
    for text in texts:
        field, sign, unit = text.partition("=")
        if not sign:
            raise usage("--unit", text, "names no unit", "write it as volume=m3")
        found[field.strip()] = unit.strip()
    return found


def _sign(delimiter: str | None) -> str | None:
    if delimiter in {"tab", "\\t"}:
        return "\t"
    if delimiter is not None and len(delimiter) != 1:
        raise usage("--delimiter", delimiter, "is more than one character", "write ; or , or tab")
    return delimiter


def _area(streets: Path | None, near: str | None) -> Area | None:
    """Return where the orders are to lie. Raises `InputError`."""
    from planner.io.area import METRES_PER_DEGREE, Area
    from planner.io.cells import CellError, degrees
    from planner.io.positions import FARTHEST_KM

    if streets is not None and near is not None:
        raise usage("--streets, --near", None, "both say where the orders are", "give one of them")
    if streets is not None:
        from planner.roads.read import read_streets

        west, south, east, north = read_streets(streets).bbox
        return Area(west=west, south=south, east=east, north=north)
    if near is None:
        return None
    try:
        first, _, second = near.partition(",")
        middle_lat, middle_lon = degrees(first.strip(), limit=90), degrees(second.strip(), limit=180)
    except CellError as bad:
        raise usage("--near", near, bad.message, "write it as 52.5,13.4") from None
    reach = FARTHEST_KM * 1000 / METRES_PER_DEGREE
    return Area(west=middle_lon - reach, south=middle_lat - reach, east=middle_lon + reach, north=middle_lat + reach)


def _place(streets: Path | None) -> Place:
    """Return what finds addresses in the map, read when the first one is asked for."""
    from planner.io.cells import CellError
    from planner.io.importing.pins import no_place

    if streets is None:
        return no_place
    from planner.geocode.geocoder import Geocoder
    from planner.geocode_pins import place_in

    def unsure(_: Asked, found: Found) -> CellError:
        known = found.grade != "none"
        seen = f" ({found.address})" if found.address else ""
        message = f"is {'not certain' if known else 'not found'} in {streets.name}{seen}: {found.reason}"
        return CellError("E-G03" if known else "E-G04", message, "correct the address, or give coordinates")

    return place_in(cache(partial(Geocoder.of_map, streets)), unsure)


def _refuse_output(output: Path, source: Path, *, force: bool) -> None:
    """Raise `InputError` E-B07 where the orders file cannot be written, before the work and not after it."""
    if not output.parent.is_dir():
        message, remedy = "is in a folder that does not exist", "make the folder first"
    elif output.exists() and source.exists() and output.samefile(source):
        message, remedy = "is the file to import", "give another name with -o"
    elif output.exists() and not force:
        message, remedy = "exists already", "give another name with -o, or --force"
    else:
        return
    raise InputError(Fault(code="E-B07", file=str(output), message=message, remedy=remedy))
