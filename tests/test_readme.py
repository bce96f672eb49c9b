"""The README's commands are run and print what it says they print.

After a change of the plans, ``PLANNER_UPDATE_README=1 pytest tests/test_readme.py`` writes the new outputs into it.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
RUN_BLOCK = re.compile(
    r"<!-- run -->\n(?P<indent> *)```console\n *\$ (?P<command>[^\n]+)\n(?P<output>.*?) *```\n", re.S
)
FILE_BLOCK = re.compile(r"Save as `(?P<name>[^`]+)`:\n\n *```\w+\n(?P<text>.*?) *```\n", re.S)


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that looks like a checkout to the README's commands."""
    folder = tmp_path_factory.mktemp("checkout")
    (folder / "data").symlink_to(ROOT / "data")
    for block in FILE_BLOCK.finditer(README.read_text()):
        file = folder / block["name"]
        file.parent.mkdir(exist_ok=True)
        file.write_text(textwrap.dedent(block["text"]))
    return folder


def blocks() -> list[re.Match[str]]:
    return list(RUN_BLOCK.finditer(README.read_text()))


def run(command: str, folder: Path) -> str:
    verb, *arguments = shlex.split(command)
    assert verb == "planner"
    done = subprocess.run(
        [sys.executable, "-m", "planner.cli", *arguments],
        cwd=folder,
        env={**os.environ, "PLANNER_STORE": str(folder / "plans.db")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return "\n".join(line.rstrip() for line in done.stdout.splitlines()) + "\n"


@pytest.mark.parametrize("number", range(len(blocks())))
def test_each_command_prints_what_the_readme_shows(number: int, checkout: Path) -> None:
    block = blocks()[number]
    printed = run(block["command"], checkout)
    if os.environ.get("PLANNER_UPDATE_README"):
        text = README.read_text()
        shown = textwrap.indent(printed, block["indent"], lambda line: bool(line.strip()))
        start, end = block.span("output")
        README.write_text(text[:start] + shown + text[end:])
    else:
        assert textwrap.dedent(block["output"]) == printed


def test_every_file_the_readme_links_to_exists() -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)", README.read_text())
    assert len(links) > 8
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_the_two_commands_are_targets_of_the_makefile() -> None:
    targets = re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), re.M)
    commands = re.findall(r"make (\w+)", README.read_text())
    assert {"demo", "test", "ui"} <= set(commands) <= set(targets)
