"""The verb that finds addresses: coordinates for the rows of a file that have none."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from planner.cli_tools import talk, usage
from planner.errors import did_you_mean, listing

if TYPE_CHECKING:
    from planner.geocode_file import AddressFile, Asked, Find
    from planner.geocode_online import OnlineGeocoder

INCOMPLETE = 4  # exit code, see docs/errors.md


def _forget(wanted: bool) -> None:
    """Delete the answers of online services, which hold addresses of customers, and end the program."""
    if not wanted:
        return
    from planner.geocode_online import forget_answers

    count = forget_answers()
    typer.echo(f"{count:,} answers of online services deleted")
    raise typer.Exit


def geocode(
    file: Annotated[
        Path, typer.Argument(metavar="FILE.csv", help="CSV file with a column address, see docs/geocode.md.")
    ],
    streets: Annotated[
        Path | None, typer.Option("--streets", help="OpenStreetMap file with addresses: .osm.pbf or .osm.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="CSV file to write; FILE.geocoded.csv if absent.")
    ] = None,
    confirmed: Annotated[
        Path | None,
        typer.Option("--confirmed", help="A geocode_report.csv with an x under use where a place is right."),
    ] = None,
    online: Annotated[
        str | None, typer.Option("--online", help="Ask nominatim or photon, over the internet, what is not sure.")
    ] = None,
    server: Annotated[str | None, typer.Option("--server", help="Your own server for --online, https://...")] = None,
    forget_online: Annotated[  # noqa: ARG001  (its callback does it)
        bool,
        typer.Option(
            "--forget-online", is_eager=True, callback=_forget, help="Delete what services answered so far, and end."
        ),
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace the files to write if they exist.")] = False,
    allow_incomplete: Annotated[
        bool, typer.Option("--allow-incomplete", help="Exit 0 although rows are left without a place.")
    ] = False,
) -> int:
    """Find the addresses of rows without coordinates in a map; what is doubtful is listed and left empty."""
    from planner.geocode_file import REPORT_NAME, fill, filled_csv, read_addresses_file, read_confirmed, report_csv
    from planner.io.files import write_atomic

    target = output or file.with_name(f"{file.stem}.geocoded.csv")
    report = target.with_name(REPORT_NAME)
    _refuse_outputs(file, target, report, confirmed=confirmed, force=force)
    service = _service(online, server)
    if streets is None and service is None:
        raise usage("--streets", None, "no map to look in", "give --streets city.osm.pbf, or --online nominatim")
    known = None if confirmed is None else read_confirmed(confirmed)
    rows = read_addresses_file(file, confirmed=known)
    if streets is not None and rows.waiting:
        with talk.status(f"reading the addresses of {streets.name}"):
            rows = fill(rows, _offline(streets))
    if service is not None:
        rows = _fill_online(rows, service)
    write_atomic(target, filled_csv(rows))
    report.unlink(missing_ok=True)
    if rows.without_place:
        write_atomic(report, report_csv(rows))
        talk.print(listing([row.fault for row in rows.without_place if row.fault]), markup=False, soft_wrap=True)
    _tell(rows, report=report, target=target)
    return INCOMPLETE if rows.without_place and not allow_incomplete else 0


def _refuse_outputs(file: Path, target: Path, report: Path, *, confirmed: Path | None, force: bool) -> None:
    """Raise `InputError` E-B07 before the work where a file cannot be written."""
    if not target.parent.is_dir():
        raise usage(str(target), None, "is in a folder that does not exist", "make the folder first", code="E-B07")
    if target.exists() and file.exists() and target.samefile(file):
        raise usage(str(target), None, "is the file to read", "give another name with -o", code="E-B07")
    for path in (target, report):
        mine = confirmed is not None and confirmed.exists() and path.exists() and path.samefile(confirmed)
        if path.exists() and not force and not mine:
            raise usage(str(path), None, "exists already", "give another name with -o, or --force", code="E-B07")


def _service(online: str | None, server: str | None) -> OnlineGeocoder | None:
    if online is None:
        if server is not None:
            raise usage("--server", server, "goes with --online", "add --online nominatim, or leave it out")
        return None
    from planner.geocode_online import SERVICES, OnlineGeocoder

    chosen = next((name for name in SERVICES if name == online), None)
    if chosen is None:
        message = f"is no service{did_you_mean(online, SERVICES)}"
        raise usage("--online", online, message, f"choose one of: {', '.join(SERVICES)}")
    return OnlineGeocoder(chosen, server=server)


def _offline(streets: Path) -> Find:
    from planner.geocode.geocoder import Geocoder

    geocoder = Geocoder.from_osm(streets)
    return lambda asked: geocoder.find(asked.text, city=asked.city, postcode=asked.postcode)


def _fill_online(rows: AddressFile, service: OnlineGeocoder) -> AddressFile:
    """Ask a service about the rows that are still without a place, until it does not answer."""
    from planner.geocode.found import Found, better
    from planner.geocode_file import fill
    from planner.geocode_online import OnlineError, query_of

    waiting = {row.asked: row.found for row in rows.waiting if row.asked is not None}
    service.refuse_list([query_of(asked.text, city=asked.city, postcode=asked.postcode) for asked in waiting])
    silent = False

    def find(asked: Asked) -> Found:
        nonlocal silent
        before = waiting[asked] or Found(grade="none", reason="not looked up")
        if silent:
            return before
        try:
            answer = service.find(asked.text, city=asked.city, postcode=asked.postcode)
        except OnlineError as error:
            silent = True
            talk.print(str(error), markup=False, soft_wrap=True)
            return before
        return better(before, answer)

    with talk.status(f"asking about {len(waiting)} addresses, one a second"):
        return fill(rows, find)


def _tell(rows: AddressFile, *, report: Path, target: Path) -> None:
    filled = sum(row.pin is not None for row in rows.rows)
    known = sum(row.pin is not None and row.found is None for row in rows.rows)
    left = rows.without_place
    doubtful = sum(row.fault is not None and row.fault.code == "E-G03" for row in left)
    typer.echo(f"rows     {len(rows.rows):,}, {len(rows.rows) - filled - len(left):,} with coordinates already")
    typer.echo(f"found    {filled:,}" + (f", {known:,} of them confirmed by you" if known else ""))
    typer.echo(f"left     {len(left):,} without a place, {doubtful:,} of them to confirm")
    if left:
        typer.echo(f"to confirm: put an x under use in {report} and run again with --confirmed {report}")
    typer.echo(f"written to {target}")
