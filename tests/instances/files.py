"""Instance files of each format, small enough to check by hand, and ways to damage them."""

from __future__ import annotations

from pathlib import Path

from planner.instances.read import read_instance
from planner.instances.schneider import Recharge
from planner.solve.instance import Instance

# The depot, a station 30 to the east, a customer 10 to the north and one 50 to the east.
EVRPTW = """\
StringID   Type  x     y     demand  ReadyTime  DueDate  ServiceTime
D0         d     0.0   0.0   0.0     0.0        1000.0   0.0
S1         f     30.0  0.0   0.0     0.0        1000.0   0.0
C1         c     0.0   10.0  5.0     0.0        500.0    10.0
C2         c     50.0  0.0   5.0     40.0       900.0    10.0

Q Vehicle fuel tank capacity /80.0/
C Vehicle load capacity /10.0/
r fuel consumption rate /1.0/
g inverse refueling rate /2.0/
v average Velocity /1.0/
"""

CEVRP = """\
Name: by hand
COMMENT: two customers, a station
TYPE: EVRP
OPTIMAL_VALUE: 0
VEHICLES: 1
DIMENSION: 3
STATIONS: 1
CAPACITY: 100
ENERGY_CAPACITY: 100
ENERGY_CONSUMPTION: 1.20
EDGE_WEIGHT_FORMAT: EUC_2D
NODE_COORD_SECTION
1 0 0
2 0 10
3 50 0
4 30 0
DEMAND_SECTION
1 0
2 30
3 40
STATIONS_COORD_SECTION
4
DEPOT_SECTION
1
-1
EOF
"""

SOLOMON = """\
HAND1

VEHICLE
NUMBER     CAPACITY
  25         200

CUSTOMER
CUST NO.  XCOORD.   YCOORD.    DEMAND   READY TIME  DUE DATE   SERVICE   TIME

    0      40         50          0          0       1236          0
    1      45.5       68         10        912        967         90
    2      43         54         30        825        870         90
"""

CVRP = """\
NAME : \tby-hand\t
COMMENT : \t"three customers"
TYPE : \tCVRP\t
DIMENSION : \t4
EDGE_WEIGHT_TYPE : \tEUC_2D
CAPACITY : \t10
NODE_COORD_SECTION\t\t
1\t0\t0\t
2\t1\t1\t
3\t0\t2\t
4\t3\t4\t
DEMAND_SECTION
1\t0
2\t4
3\t5
4\t6
DEPOT_SECTION
\t1
\t-1
EOF
"""

EXPLICIT = """\
NAME : by-hand
TYPE : CVRP
DIMENSION : 4
EDGE_WEIGHT_TYPE : EXPLICIT
EDGE_WEIGHT_FORMAT : LOWER_ROW
CAPACITY : 10
EDGE_WEIGHT_SECTION
1
2 3
4 5 6
DEMAND_SECTION
1 0
2 4
3 5
4 6
DEPOT_SECTION
1
-1
EOF
"""

# A fast station 30 km to the east, a customer 10 km to the north and one 70 km to the east.
EVRPNL = """\
<?xml version="1.0" encoding="UTF-8"?>
<instance>
  <info><dataset>by hand</dataset><name>two</name></info>
  <network>
    <nodes>
      <node id="0" type="0"><cx>0</cx><cy>0</cy></node>
      <node id="1" type="1"><cx>0</cx><cy>10</cy></node>
      <node id="2" type="1"><cx>70</cx><cy>0</cy></node>
      <node id="3" type="2"><cx>30</cx><cy>0</cy><custom><cs_type>fast</cs_type></custom></node>
    </nodes>
    <euclidean/>
    <decimals>14</decimals>
  </network>
  <fleet>
    <vehicle_profile type="0">
      <departure_node>0</departure_node>
      <arrival_node>0</arrival_node>
      <max_travel_time>10</max_travel_time>
      <speed_factor>40</speed_factor>
      <custom>
        <consumption_rate>125</consumption_rate>
        <battery_capacity>16000</battery_capacity>
        <charging_functions>
          <function cs_type="fast">
            <breakpoint><battery_level>0</battery_level><charging_time>0.0</charging_time></breakpoint>
            <breakpoint><battery_level>13600</battery_level><charging_time>0.31</charging_time></breakpoint>
            <breakpoint><battery_level>15200</battery_level><charging_time>0.39</charging_time></breakpoint>
            <breakpoint><battery_level>16000</battery_level><charging_time>0.51</charging_time></breakpoint>
          </function>
        </charging_functions>
      </custom>
    </vehicle_profile>
  </fleet>
  <requests>
    <request id="1" node="1"><service_time>0.5</service_time></request>
    <request id="2" node="2"><service_time>0.5</service_time></request>
  </requests>
</instance>
"""

# The depot, and customers 5, 10 and 1.41 away; two vehicles. The goods for node 3 come at 20.
MULTITRIP = """\
NAME: by-hand
COMMENT: three customers, two vehicles
TYPE: MTVRPTWR
EDGE_WEIGHT_TYPE: EUC_2D
DIMENSION: 4
VEHICLES: 2
CAPACITY: 10
SERVICE_TIME: 1.5
NODE_COORD_SECTION
1\t0\t0
2\t3\t4
3\t0\t10
4\t1\t1
DEMAND_SECTION
1\t0
2\t6
3\t5
4\t4
TIME_WINDOW_SECTION
1\t0\t100
2\t0\t50
3\t25\t60.25
4\t0\t90
RELEASE_TIME_SECTION
1\t0
2\t0
3\t20
4\t0
VEHICLES_RELOAD_DEPOT_SECTION
1\t1
2\t1
DEPOT_SECTION
1
EOF
"""


def written(folder: Path, text: str, name: str = "instance.any") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def instance_of(folder: Path, text: str, *, recharge: Recharge = "full") -> Instance:
    return read_instance(written(folder, text), recharge=recharge)


def changed(text: str, *changes: tuple[str, str]) -> str:
    """Replace words, each of which must be there."""
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def without(text: str, start: str, end: str | None = None) -> str:
    """Leave out the lines from the one that begins so, up to the one that begins like `end`, or that one line."""
    lines = text.splitlines(keepends=True)
    first = next(at for at, line in enumerate(lines) if line.startswith(start))
    last = first + 1 if end is None else next(at for at, line in enumerate(lines) if line.startswith(end))
    return "".join([*lines[:first], *lines[last:]])
