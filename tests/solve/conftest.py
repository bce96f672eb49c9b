from __future__ import annotations

import pytest

from planner.solve.options import ENGINES
from tests.solve import factories


@pytest.fixture(params=ENGINES)
def either_engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let `solved` run with one engine after the other."""
    monkeypatch.setattr(factories, "ENGINE", request.param)
