"""What the tests of exports share: files of a format, and pages as pictures."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from io import BytesIO

import numpy as np
import pypdf
import pypdfium2
from numpy.typing import NDArray

from planner.export.formats import FORMATS, make
from planner.export.job import Job
from planner.language.words import Words
from planner.plan import Plan
from tests.export import plans

DPI = 200
POINTS_PER_INCH = 72


def made(plan: Plan, name: str, language: str = "en") -> Mapping[str, bytes]:
    """Return the files of a format by name."""
    return make(FORMATS[name], Job(plan, Words(language))).files


@cache
def manifest(name: str, language: str = "en") -> Mapping[str, bytes]:
    """Return the manifests of one of the plans to print."""
    return made(getattr(plans, name)(), "manifest", language)


def pdf_of_vehicle(files: Mapping[str, bytes]) -> bytes:
    return next(data for name, data in files.items() if name.startswith("01-") and name.endswith(".pdf"))


def html_of_vehicle(files: Mapping[str, bytes]) -> str:
    return next(data for name, data in files.items() if name.startswith("01-") and name.endswith(".html")).decode()


def text_of(pdf: bytes) -> str:
    """Return the text of all pages on one line, as it is read from top to bottom."""
    pages = pypdf.PdfReader(BytesIO(pdf)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).replace("\u200b", "").split())


@cache
def pictures(pdf: bytes) -> list[NDArray[np.uint8]]:
    """Return each page as it would be printed, rows of red, green and blue."""
    document = pypdfium2.PdfDocument(pdf)
    return [np.asarray(page.render(scale=DPI / POINTS_PER_INCH).to_pil().convert("RGB")) for page in document]
