"""Read streets from any file we know, by what is in it and not by its name."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path
from typing import Literal, NoReturn
from xml.parsers import expat

from planner.errors import RoadsError, printable
from planner.roads.cache import cache_folder, cached
from planner.roads.read_osm import read_osm
from planner.roads.streets import BROKEN_FILE, FORMAT, Streets, from_arrays, load_streets, save_streets, to_arrays

Kind = Literal["ours", "pbf", "osm", "graphml"]
MapKind = Literal["pbf", "osm", "graphml"]

READER = 1  # counts up when the same file is read to other streets
HEAD_BYTES = 64
XML_HEAD_BYTES = 65_536


def read_streets(path: Path) -> Streets:
    """Read ``.streets.npz``, ``.osm.pbf``, ``.osm`` or GraphML as OSMnx saves it. Raises `RoadsError`."""
    if not path.exists():
        raise RoadsError(f"E-M04 {path}: no such file → give the path of a saved map")
    if not path.is_file():
        raise RoadsError(f"E-M19 {path}: not a file → give the path of a saved map")
    try:
        kind = file_kind(path)
        streets = load_streets(path) if kind == "ours" else _kept(path, kind)
    except OSError as error:
        raise RoadsError(f"E-M19 {path}: cannot be read ({error.strerror or error})") from error
    if streets.segments == 0:
        raise RoadsError(f"E-M07 {path}: no street in it that a vehicle could use → take a map of the delivery area")
    return streets


def _kept(path: Path, kind: MapKind) -> Streets:
    """Read a map, or what the cache folder holds of a file with the same content."""
    with path.open("rb") as file:
        content = hashlib.file_digest(file, "sha256").hexdigest()
    try:
        return from_arrays(cached("streets", f"{FORMAT}-{READER}-{content[:32]}", lambda: to_arrays(_read(path, kind))))
    except BROKEN_FILE:
        return _read(path, kind)


def fetch_place(name: str) -> Path:
    """Download the streets of a named place, or of ``west,south,east,north``, into the cache folder.

    Returns the file, so that a plan can name the streets it was made on. Raises `RoadsError`.
    """
    from planner.roads.place import download_place  # noqa: PLC0415 - OSMnx takes seconds to load

    streets = download_place(name)
    path = cache_folder() / f"place-{streets.sha256[:16]}.streets.npz"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        save_streets(streets, path)
    except OSError as error:
        raise RoadsError(
            f"E-B06 {path}: the downloaded streets cannot be kept ({error.strerror or error}) → set PLANNER_CACHE to a "
            "folder that can be written"
        ) from error
    return path


def _read(path: Path, kind: MapKind) -> Streets:
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
