"""Sets a sheet as a PDF on A4 with Typst: tagged for screen readers, its fonts inside, the same bytes every time."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from functools import cache
from importlib.resources import as_file, files
from typing import Any, Final, Literal

import typst

from planner.export.sheet import Sheet

# Typst breaks a line between words only: long words get places where they may break.
LONG_WORD = re.compile(r"\S{24}(?=\S)")
BREAK_HERE = "\u200b"
KEPT: Final = frozenset({"url", "qr_svg", "map_svg"})  # which are no text to be read
Standard = Literal["ua-1", "1.7"]
NO_FONT = "could not be displayed"


def pdf_of(sheet: Sheet) -> tuple[bytes, bool]:
    """Return the document, and whether every letter of it is shown.

    What the font that we bring lacks is taken from the fonts of this computer. Where these lack it too a box stands in
    its place, and the foot of the page says so.
    """
    for system_fonts in (False, True):
        try:
            return _compiled(sheet, system_fonts=system_fonts, standard="ua-1"), True
        except typst.TypstError as error:
            if NO_FONT not in str(error):
                raise
    return _compiled(sheet, system_fonts=True, standard="1.7", tofu=True), False


def _compiled(sheet: Sheet, *, system_fonts: bool, standard: Standard, tofu: bool = False) -> bytes:
    data = _breakable(asdict(sheet)) | {"tofu": tofu}
    template = files("planner.export").joinpath("manifest.typ").read_bytes()
    inputs = {"sheet": json.dumps(data, ensure_ascii=False)}
    return typst.compile(
        template, font_paths=fonts(system=system_fonts), sys_inputs=inputs, format="pdf", pdf_standards=standard
    )


@cache
def fonts(*, system: bool) -> typst.Fonts:
    """Return the font that we bring, and on demand those of this computer."""
    with as_file(files("planner.export").joinpath("fonts")) as folder:
        return typst.Fonts(include_system_fonts=system, include_embedded_fonts=False, font_paths=[str(folder)])


def _breakable(value: Any) -> Any:
    if isinstance(value, str):
        return LONG_WORD.sub(lambda found: found[0] + BREAK_HERE, value)
    if isinstance(value, dict):
        return {key: part if key in KEPT else _breakable(part) for key, part in value.items()}
    return [_breakable(part) for part in value] if isinstance(value, (list, tuple)) else value
