"""Running the verbs beside planning as the command line does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import click
import pytest
import typer

from planner.cli_generate import generate
from planner.cli_roads import streets_cut, streets_elevate, streets_info
from planner.errors import PlannerError


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What a command answered."""

    code: int
    out: str
    complaint: str


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    app, streets = typer.Typer(), typer.Typer()
    app.command("generate")(generate)
    app.add_typer(streets, name="streets")
    streets.command("info")(streets_info)
    streets.command("cut")(streets_cut)
    streets.command("elevate")(streets_elevate)

    def ran(*arguments: object) -> Ran:
        try:
            code = int(app(args=[str(argument) for argument in arguments], standalone_mode=False) or 0)
            return Ran(code=code, out=capsys.readouterr().out, complaint="")
        except PlannerError as error:
            return Ran(code=error.exit_code, out=capsys.readouterr().out, complaint=str(error))
        except click.ClickException as error:
            return Ran(code=2, out=capsys.readouterr().out, complaint=error.format_message())

    return ran
