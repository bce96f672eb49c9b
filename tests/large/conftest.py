"""A day of two depots on the demo's real streets, large enough to be cut."""

from __future__ import annotations

import pytest

from planner.pipeline import Inputs
from tests.demo_files import demo_inputs, demo_rows

ORDERS = 60
FLEET = """
[[depots]]
id = "port"  # on Aníbal Pinto, Coquimbo
lat = -29.95300
lon = -71.33905
loading_min = 12
plugs = 2
plug_power_kw = 2.3
site_power_kw = 3.0

[[vehicles]]
id = "ami"
count = 4
type = "ami-cargo"
start_soc_percent = 35
depot = "hub"
shift = "08:30-18:00"

[[vehicles]]
id = "port-ami"
count = 3
type = "ami-cargo"
start_soc_percent = 35
depot = "port"
shift = "08:30-18:00"

[[vehicles]]
id = "paxster"
type = "paxster-cargo-l7e"
depot = "port"
shift = "08:30-18:00"
"""


@pytest.fixture(scope="package")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Inputs:
    """Return orders of the demo, some with goods at the port, three of one group, one too heavy for all."""
    folder = tmp_path_factory.mktemp("large")
    rows = [
        row
        | {"depot": "port" if n % 9 == 0 else "", "group": "g" if n in {3, 30, 50} else ""}
        | ({"demand_kg": "900"} if n == 7 else {})
        for n, row in enumerate(demo_rows()[:ORDERS])
    ]
    return demo_inputs(folder, vehicles=FLEET, rows=rows)
