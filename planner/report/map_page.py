"""Writes a plan as one HTML file with its own street map, which opens without a server or a network."""

from __future__ import annotations

import base64
import hashlib
import json
from importlib.resources import files
from string import Template
from typing import Any

from planner.plan import Plan
from planner.report.page_data import page_data
from planner.report.street_layer import street_layer
from planner.roads.streets import Streets


def map_page(plan: Plan, streets: Streets) -> str:
    """Return the page: styles, scripts, streets and plan in one file that asks no host for anything."""
    data = page_data(plan) | {
        "bbox": streets.bbox,
        "streets": street_layer(streets),
        "attribution": streets.attribution,
    }
    leaflet, script = _file("leaflet/leaflet.js"), _file("map_tools.js") + _file("map_page.js")
    return Template(_file("map_page.html")).substitute(
        policy=_policy(leaflet, script),
        style=_file("leaflet/leaflet.css") + _file("map_page.css"),
        leaflet=leaflet,
        script=script,
        data=_embedded(data),
    )


def _policy(*scripts: str) -> str:
    """Return a Content-Security-Policy that runs our scripts only, and lets nothing be fetched or sent."""
    hashes = " ".join(f"'sha256-{_sha256(script)}'" for script in scripts)
    return f"default-src 'none'; script-src {hashes}; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def _sha256(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode("ascii")


def _embedded(data: dict[str, Any]) -> str:
    """Return JSON that may stand inside a script element: pure ASCII, and no tag can begin in it."""
    return json.dumps(data, separators=(",", ":"), allow_nan=False).replace("<", "\\u003c")


def _file(name: str) -> str:
    return files("planner.report").joinpath(name).read_text(encoding="utf-8")
