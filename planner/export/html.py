"""Sets a sheet as one HTML file that loads nothing from anywhere, for a screen, a telephone or a printer."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from jinja2 import Environment, FunctionLoader, StrictUndefined, Template
from markupsafe import Markup

from planner.export.sheet import Sheet


def html_of(sheet: Sheet) -> bytes:
    """Return the page. Texts of the user are escaped; the drawings are ours and hold numbers only."""
    return page("manifest.html.j2").render(sheet=sheet, drawing=Markup).encode()


@cache
def page(name: str) -> Template:
    """Return a template whose values are escaped, and where a value that is missing is an error."""
    environment = Environment(
        loader=FunctionLoader(lambda name: files("planner.export").joinpath(name).read_text(encoding="utf-8")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(name)
