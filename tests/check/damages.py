"""Every way in which the tests spoil a plan, each with the code by which the auditor must name it."""

from __future__ import annotations

from tests.check import damages_away, damages_drivers, damages_night, damages_pairs, damages_plan, damages_route
from tests.check.spoiling import REGISTER

__all__ = [
    "DAMAGES",
    "damages_away",
    "damages_drivers",
    "damages_night",
    "damages_pairs",
    "damages_plan",
    "damages_route",
]

DAMAGES = tuple(REGISTER)
