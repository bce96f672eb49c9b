"""Read streets from any file we know, by what is in it and not by its name."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Literal, NoReturn
from xml.parsers import expat

from planner.errors import RoadsError, printable
from planner.roads.read_osm import read_osm
from planner.roads.streets import Streets, load_streets

Kind = Literal["ours", "pbf", "osm", "graphml"]

HEAD_BYTES = 64
XML_HEAD_BYTES = 65_536


def read_streets(path: Path) -> Streets:
    """Read ``.streets.npz``, ``.osm.pbf``, ``.osm`` or GraphML as OSMnx saves it. Raises `RoadsError`."""
    if not path.exists():
        raise RoadsError(f"E-M04 {path}: no such file → give the path of a saved map")
    if not path.is_file():
        raise RoadsError(f"E-M19 {path}: not a file → give the path of a saved map")
    try:
        streets = _read(path, file_kind(path))
    except OSError as error:
        raise RoadsError(f"E-M19 {path}: cannot be read ({error.strerror or error})") from error
    if streets.segments == 0:
        raise RoadsError(f"E-M07 {path}: no street in it that a vehicle could use → take a map of the delivery area")
    return streets


def read_place(name: str) -> Streets:
    """Download the streets of a named place from OpenStreetMap. Raises `RoadsError`."""
    from planner.roads.place import download_place  # noqa: PLC0415 - OSMnx takes seconds to load

    return download_place(name)


def _read(path: Path, kind: Kind) -> Streets:
    if kind == "ours":
        return load_streets(path)
    if kind == "graphml":
        from planner.roads.read_graph import read_graphml  # noqa: PLC0415 - OSMnx takes seconds to load

        return read_graphml(path)
    return read_osm(path, kind)


def file_kind(path: Path) -> Kind:
    """Tell a file's format by its first bytes. Raises `RoadsError` E-M19 or E-M22."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    if head.startswith(b"PK\x03\x04") and zipfile.is_zipfile(path):  # looks for the end of the archive
        return "ours"
    if head[4:].startswith(b"\x0a\x09OSMHeader"):
        return "pbf"
    root = _xml_root(path) if head.lstrip(b"\xef\xbb\xbf\xfe\xff \t\r\n\0").startswith(b"<") else None
    if root == "osm":
        return "osm"
    if root == "graphml":
        return "graphml"
    what = "is empty" if not head else "is no complete .streets.npz, .osm.pbf, .osm or GraphML"
    raise RoadsError(f"E-M19 {path}: {what} → unpack or download it again")


def _xml_root(path: Path) -> str | None:
    """Return the name of the first element, or None where there is none.

    A document type may define entities that grow without end or read other files, and no map needs one: refused.
    """
    roots: list[str] = []

    def refuse(*_: object) -> NoReturn:
        raise RoadsError(f"E-M22 {path}: has a document type definition, which no map needs → remove it")

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = lambda name, _: roots.append(printable(name).rpartition(" ")[2])
    parser.StartDoctypeDeclHandler = refuse
    with path.open("rb") as file:
        try:
            while not roots and (chunk := file.read(XML_HEAD_BYTES)):
                parser.Parse(chunk, False)
        except expat.ExpatError as error:
            if not roots:
                raise RoadsError(f"E-M19 {path}: damaged XML ({error}) → download it again") from error
    return roots[0] if roots else None
