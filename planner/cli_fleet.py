"""The verbs that begin a fleet file and tell which vehicle types there are to choose from."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from planner.cli_tools import Results, refuse_output, usage

if TYPE_CHECKING:
    from planner.generate.fleet_template import Place


def fleet_new(
    output: Annotated[Path, typer.Option("-o", "--output", help="File to write.")] = Path("fleet.toml"),
    types: Annotated[
        str, typer.Option("--types", help="Catalogue types, separated by commas; see planner fleet types.")
    ] = "ami-cargo",
    near: Annotated[str | None, typer.Option("--near", help="LAT,LON of the depot, which gives the time zone.")] = None,
    streets: Annotated[
        str, typer.Option("--streets", help="Streets file as the fleet file is to name it.")
    ] = "streets.osm.pbf",
    count: Annotated[int, typer.Option("--count", min=1, max=10_000, help="Vehicles of each type.")] = 2,
    shift: Annotated[str, typer.Option("--shift", help="From when to when they work.")] = "08:00-17:00",
    currency: Annotated[str, typer.Option("--currency", help="Three capital letters.")] = "EUR",
    force: Annotated[bool, typer.Option("--force", help="Replace the file to write if it exists.")] = False,
) -> int:
    """Begin a fleet file: types of the catalogue, a depot, and all else that may be said as comments."""
    from planner.generate.fleet_template import Template, known_types, template_text
    from planner.io.files import write_atomic
    from planner.io.fleet import parse_fleet

    names = [name.strip() for name in types.split(",") if name.strip()]
    if not names:
        raise usage("--types", types, "names no vehicle type", "give one or more; see planner fleet types")
    wanted = Template(
        types=known_types(names),
        streets=streets,
        near=None if near is None else _place(near),
        count=count,
        shift=shift,
        currency=currency,
    )
    refuse_output(output, force=force)
    text = template_text(wanted)
    parse_fleet(text.encode(), output)  # what the options say is judged as if it stood in the file
    write_atomic(output, text)
    vehicles = count * len(wanted.types)
    typer.echo(f"{vehicles} vehicle{'' if vehicles == 1 else 's'} of {len(wanted.types)} types, written to {output}")
    if near is None:
        typer.echo("the depot's place and the time zone are the demo's: change them, or use --near LAT,LON")
    return 0


def fleet_types(
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON on stdout.")] = False,
) -> int:
    """List the vehicle types of the catalogue."""
    from rich.table import Table

    from planner.catalogue import type_names, vehicle_type

    kinds = [vehicle_type(name) for name in type_names()]
    if as_json:
        keys = ("name", "top_speed_kmh", "payload_kg", "volume_l", "battery_wh", "published_range_km", "cost_per_day")
        told = [{key: getattr(kind, key) for key in keys} | {"road_class": kind.road_class.name} for kind in kinds]
        typer.echo(json.dumps({"types": told}))
        return 0
    table = Table(box=None, pad_edge=False, header_style="")
    table.add_column("type", no_wrap=True)
    table.add_column("class")
    for head in ("km/h", "kg", "litres", "kWh", "km"):
        table.add_column(head, justify="right")
    for kind in kinds:
        figures = (kind.top_speed_kmh, kind.payload_kg, kind.volume_l, kind.battery_wh / 1000, kind.published_range_km)
        table.add_row(kind.name, kind.road_class.name, *(f"{figure:g}" for figure in figures))
    Results(highlight=False).print(table)
    return 0


def _place(text: str) -> Place:
    """Return the place of an option `--near`. Raises `InputError` E-O07."""
    from planner.generate.fleet_template import Place

    remedy = "give degrees as --near 47.14,9.52"
    try:
        lat, lon = (float(part) for part in text.split(","))
    except ValueError:
        raise usage("--near", text, "is no LAT,LON", remedy, code="E-O07") from None
    if not (-90 <= lat <= 90 and -180 <= lon <= 180):
        raise usage("--near", text, "is outside -90..90, -180..180", remedy, code="E-O07")
    return Place(lat=lat, lon=lon)
