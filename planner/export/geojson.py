"""Drives and steps as GeoJSON, as a plan's folder has them."""

from __future__ import annotations

from planner.export.job import Job, Made
from planner.report.geojson import routes_geojson


def files(job: Job) -> Made:
    """Return the collection."""
    return Made(files={"routes.geojson": routes_geojson(job.plan).encode()})
