"""A report as a list of parts, set as one HTML file that loads nothing and as a PDF on A4: the same words in both."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from importlib.resources import files
from typing import Literal

import typst
from markupsafe import Markup

from planner.export.html import page
from planner.export.pdf import NO_FONT, fonts


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A heading, a paragraph, a table or a picture with what it shows in words; what a part has not stays empty."""

    kind: Literal["heading", "text", "lead", "note", "table", "picture"]
    text: str = ""
    heads: tuple[str, ...] = ()
    numbers: tuple[bool, ...] = ()  # columns that are set to the right
    rows: tuple[tuple[str, ...], ...] = ()
    strong: tuple[int, ...] = ()  # rows that stand out
    svg: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A report."""

    title: str
    subtitle: str
    parts: tuple[Part, ...]


def paper_html(paper: Paper) -> bytes:
    """Return the page. Texts are escaped; the drawings are ours."""
    return page("paper.html.j2").render(paper=paper, drawing=Markup).encode()


def paper_pdf(paper: Paper) -> bytes:
    """Return the document, with fonts of this computer for letters that the font we bring lacks."""
    template = files("planner.export").joinpath("paper.typ").read_bytes()
    inputs = {"paper": json.dumps(asdict(paper), ensure_ascii=False)}
    try:
        return typst.compile(template, font_paths=fonts(system=False), sys_inputs=inputs, pdf_standards="ua-1")
    except typst.TypstError as error:
        if NO_FONT not in str(error):
            raise
    return typst.compile(template, font_paths=fonts(system=True), sys_inputs=inputs, pdf_standards="1.7")
