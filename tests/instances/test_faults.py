"""What the readers say about damaged files: every code, with line, value and remedy, all at once."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path

import pytest

from planner.errors import InputError
from planner.instances import build, cvrp
from planner.instances.read import read_instance
from tests.instances.files import (
    CEVRP,
    CVRP,
    EVRPNL,
    EVRPTW,
    EXPLICIT,
    MULTITRIP,
    SOLOMON,
    changed,
    instance_of,
    without,
    written,
)

CASES = {
    "empty": ("", "E-I01 instance.any: is empty"),
    "prose": ("Lorem ipsum dolor\nsit amet\n", "E-I01 instance.any: is no instance"),
    "xml": ("<?xml version='1.0'?><plan/>", "E-I01"),
    "torn xml": (without(EVRPNL, "</instance"), "E-I16 instance.any line 38: is no well-formed XML"),
    "entities": (
        changed(EVRPNL, ("<instance>", "<!DOCTYPE x [<!ENTITY a 'b'>]><instance>")),
        "E-I17 instance.any line 2",
    ),
    "another element": (
        changed(EVRPNL, ("<euclidean/>", "<capacity>4</capacity>")),
        'E-I17 instance.any line 11: "capacity" is an element that is not read',
    ),
    "rounded": (changed(EVRPNL, (">14<", ">2<")), 'E-I17 instance.any line 12: "2" rounds lengths'),
    "no battery": (without(EVRPNL, "        <battery_capacity"), "E-I03 instance.any column battery_capacity"),
    "no coordinate": (changed(EVRPNL, ("<cx>70</cx>", "")), "E-I03 instance.any line 8 column cx"),
    "no service": (
        changed(EVRPNL, ('node="2"><service_time>0.5</service_time>', 'node="2">')),
        "E-I03 instance.any line 36 column service_time",
    ),
    "no request": (without(EVRPNL, '    <request id="2"'), 'E-I06 instance.any line 8: "2" is a customer without'),
    "request of nobody": (changed(EVRPNL, ('node="2"', 'node="3"')), 'E-I06 instance.any line 36: "3" is a request'),
    "two requests": (changed(EVRPNL, ('node="2"', 'node="1"')), 'E-I05 instance.any line 36: "1" has a second'),
    "slower than known": (
        changed(EVRPNL, ("<cs_type>fast", "<cs_type>fasd")),
        'E-I06 instance.any line 9 column cs_type: "fasd" is a type of station without a charging function',
    ),
    "another role": (changed(EVRPNL, ('id="2" type="1"', 'id="2" type="7"')), "E-I17 instance.any line 8 column type"),
    "a convex curve": (
        changed(EVRPNL, (">0.39<", ">0.32<")),
        "E-I18 instance.any line 24 column function: \"fast\" is the curve of type 'fast', and is not concave",
    ),
    "a short curve": (
        changed(EVRPNL, (">16000</battery_level", ">15900</battery_level")),
        "does not end at the battery",
    ),
    "a curve with a jump": (
        changed(EVRPNL, (">0.0</charging_time", ">0.1</charging_time")),
        "E-I18 instance.any line 24",
    ),
    "a flat curve": (changed(EVRPNL, (">15200<", ">13600<")), "E-I18 instance.any line 24"),
    "beyond any charge": (
        changed(EVRPNL, ("<cx>70</cx>", "<cx>170</cx>")),
        'E-I14 instance.any line 8: "2" is a customer out of reach',
    ),
    "beyond the day": (
        changed(EVRPNL, ("<max_travel_time>10", "<max_travel_time>3")),
        'E-I15 instance.any line 8: "2" is a customer',
    ),
    "binary": ("StringID\0", "E-I01 instance.any: is not a text file"),
    "figure missing": (without(EVRPTW, "g inverse"), "E-I03 instance.any column g: the time for each unit of energy"),
    "header missing": (without(CEVRP, "ENERGY_CAPACITY"), "E-I03 instance.any column ENERGY_CAPACITY"),
    "section missing": (without(CVRP, "DEMAND", "DEPOT"), "E-I03 instance.any column DEMAND_SECTION"),
    "matrix missing": (without(EXPLICIT, "EDGE_WEIGHT_S", "DEMAND"), "E-I03 instance.any column EDGE_WEIGHT_SECTION"),
    "form missing": (without(EXPLICIT, "EDGE_WEIGHT_F"), "E-I03 instance.any column EDGE_WEIGHT_FORMAT"),
    "metric missing": (without(CVRP, "EDGE_WEIGHT"), "E-I03 instance.any: EDGE_WEIGHT_TYPE"),
    "heading missing": (without(SOLOMON, "VEHICLE"), "E-I03 instance.any: the heading VEHICLE"),
    "capacity missing": (without(SOLOMON, "  25"), "E-I03 instance.any column CAPACITY"),
    "no number": (
        changed(EVRPTW, ("50.0  0.0   5.0", "50,0  0.0   5.0")),
        'E-I04 instance.any line 5 column x: "50,0"',
    ),
    "not finite": (changed(EVRPTW, ("500.0", "inf")), 'E-I04 instance.any line 4 column DueDate: "inf"'),
    "not a number": (changed(CVRP, ("4\t3\t4", "4\tnan\t4")), 'E-I04 instance.any line 11 column x: "nan"'),
    "underscore": (
        changed(EXPLICIT, ("4 5 6", "4 5_0 6")),
        'E-I04 instance.any line 10 column EDGE_WEIGHT_SECTION: "5_0"',
    ),
    "beyond": (changed(SOLOMON, ("1236", "1e12")), 'E-I04 instance.any line 10 column DUE DATE: "1e12" is beyond'),
    "half a node": (
        changed(CVRP, ("DIMENSION : \t4", "DIMENSION : 3.5")),
        "E-I04 instance.any line 4 column DIMENSION",
    ),
    "word for a node": (changed(CVRP, ("2\t1\t1", "two\t1\t1")), "E-I04 instance.any line 9 column NODE_COORD_SECTION"),
    "node twice": (changed(EVRPTW, ("C2 ", "C1 ")), 'E-I05 instance.any line 5: "C1" is a node that is there twice'),
    "row twice": (changed(CVRP, ("3\t0\t2", "2\t0\t2")), 'E-I05 instance.any line 10 column NODE_COORD_SECTION: "2"'),
    "figure twice": (EVRPTW + "v again /2.0/\n", 'E-I05 instance.any line 12: "v"'),
    "key twice": ("NAME : x\n" + CVRP, 'E-I05 instance.any line 2: "NAME"'),
    "section twice": (changed(CVRP, ("DEPOT_S", "DEMAND_S")), 'E-I05 instance.any line 17: "DEMAND_SECTION"'),
    "unknown depot": (changed(CVRP, ("\t1\n\t-1", "\t9\n\t-1")), 'E-I06 instance.any line 18: "9" is no node'),
    "unknown demand": (changed(CEVRP, ("3 40", "7 40")), 'E-I06 instance.any line 20: "7" is no node'),
    "no demand": (changed(CEVRP, ("3 40\n", "")), 'E-I06 instance.any line 15: "3" is a node without a demand'),
    "no depot": (without(EVRPTW, "D0"), "E-I07 instance.any: has no depot"),
    "nobody is 0": (without(SOLOMON, "    0"), "E-I07 instance.any: has no depot"),
    "two depots": (
        changed(EVRPTW, ("S1         f", "S1         d")),
        'E-I07 instance.any line 3: "S1" is a second depot',
    ),
    "two depots listed": (changed(CVRP, ("\t-1", "\t2")), 'E-I07 instance.any line 9: "2" is a second depot'),
    "a depot that wants": (
        changed(CVRP, ("1\t0\n2", "1\t3\n2")),
        'E-I07 instance.any line 8: "1" is the depot and has',
    ),
    "no customers": (without(without(EVRPTW, "C1"), "C2"), "E-I08 instance.any: has no customers"),
    "too heavy": (changed(CVRP, ("4\t6", "4\t60")), 'E-I09 instance.any line 16 column demand: "60" of customer "4"'),
    "negative": (
        changed(SOLOMON, ("30        825", "-3        825")),
        'E-I10 instance.any line 12 column demand: "-3"',
    ),
    "negative service": (changed(EVRPTW, ("500.0    10.0", "500.0    -1")), "E-I10 instance.any line 4 column service"),
    "negative leg": (changed(EXPLICIT, ("2 3", "2 -3")), 'E-I10 instance.any line 9 column EDGE_WEIGHT_SECTION: "-3"'),
    "no capacity": (changed(SOLOMON, ("200", "0")), 'E-I10 instance.any line 5 column CAPACITY: "0" is 0'),
    "no speed": (changed(EVRPTW, ("Velocity /1.0/", "Velocity /0/")), 'E-I10 instance.any line 11 column v: "0" is 0'),
    "window": (
        changed(EVRPTW, ("40.0       900.0", "900.0      40.0")),
        'E-I11 instance.any line 5 column window: "900 to 40"',
    ),
    "too few": (changed(CVRP, ("DIMENSION : \t4", "DIMENSION : 5")), "E-I12 instance.any column DIMENSION: 4 nodes"),
    "stations": (changed(CEVRP, ("STATIONS: 1", "STATIONS: 2")), "E-I12 instance.any column STATIONS: 1 stations"),
    "triangle": (changed(EXPLICIT, ("4 5 6", "4 5")), "E-I12 instance.any column EDGE_WEIGHT_SECTION: 5 numbers"),
    "no stations": (without(EVRPTW, "S1"), "E-I13 instance.any: has no stations"),
    "out of reach": (
        changed(EVRPTW, ("50.0  0.0", "90.0  0.0")),
        'E-I14 instance.any line 5: "C2" is a customer out of reach',
    ),
    "late": (
        changed(EVRPTW, ("500.0    10", "9.0    10")),
        'E-I15 instance.any line 4: "C1" is a customer reached at 10.00',
    ),
    "fields": (changed(EVRPTW, ("500.0    10.0", "500.0")), "E-I16 instance.any line 4"),
    "type": (changed(EVRPTW, ("C1         c", "C1         k")), 'E-I16 instance.any line 4 column Type: "k"'),
    "fields of Solomon": (changed(SOLOMON, ("870         90", "870")), "E-I16 instance.any line 12"),
    "stray line": ("stray\n" + CVRP, 'E-I16 instance.any line 1: "stray"'),
    "another rule": ("DISTANCE : 200\n" + CVRP, 'E-I17 instance.any line 1: "DISTANCE" is a rule that is not read'),
    "another section": (
        changed(CVRP, ("DEPOT_S", "TIME_WINDOW_SECTION\nDEPOT_S")),
        'E-I17 instance.any line 17: "TIME_WINDOW_',
    ),
    "another problem": (changed(CVRP, ("TYPE : \tCVRP", "TYPE : TSP")), 'E-I17 instance.any line 3 column TYPE: "TSP"'),
    "another metric": (changed(CVRP, ("EUC_2D", "GEO")), 'E-I17 instance.any line 5 column EDGE_WEIGHT_TYPE: "GEO"'),
    "another metric of an EVRP": (
        changed(CEVRP, ("EUC_2D", "GEO")),
        "E-I17 instance.any line 11 column EDGE_WEIGHT_FORMAT",
    ),
    "another form": (
        changed(EXPLICIT, ("LOWER_ROW", "FUNCTION")),
        "E-I17 instance.any line 5 column EDGE_WEIGHT_FORMAT",
    ),
    "types of vehicles": (EVRPTW + "Qa type A /5.0/\n", 'E-I17 instance.any line 12: "Qa"'),
    "a station that closes": (
        changed(EVRPTW, ("S1         f     30.0  0.0   0.0     0.0        1000.0", "S1 f 30 0 0 0 10")),
        'E-I17 instance.any line 3: "S1" is a station',
    ),
    "no fleet": (without(MULTITRIP, "VEHICLES: 2"), "E-I03 instance.any column VEHICLES: VEHICLES is missing"),
    "no release dates": (
        without(MULTITRIP, "RELEASE_TIME_SECTION", "VEHICLES_RELOAD"),
        "E-I03 instance.any column RELEASE_TIME_SECTION: RELEASE_TIME_SECTION is missing",
    ),
    "no metric of trips": (without(MULTITRIP, "EDGE_WEIGHT"), "E-I03 instance.any column EDGE_WEIGHT_TYPE"),
    "a release that is no number": (
        changed(MULTITRIP, ("3\t20", "3\tsoon")),
        'E-I04 instance.any line 27 column RELEASE_TIME_SECTION: "soon" is not a finite number',
    ),
    "half a parcel": (changed(MULTITRIP, ("4\t4", "4\t3.5")), 'E-I04 instance.any line 18 column demand: "3.5"'),
    "half a vehicle": (
        changed(MULTITRIP, ("VEHICLES: 2", "VEHICLES: 1.5")),
        "E-I04 instance.any line 6 column VEHICLES",
    ),
    "a release of nobody": (changed(MULTITRIP, ("3\t20", "7\t20")), 'E-I06 instance.any line 27: "7" is no node'),
    "no release": (
        without(MULTITRIP, "3\t20"),
        'E-I06 instance.any line 17: "3" is a node without a release date',
    ),
    "no window": (without(MULTITRIP, "3\t25"), 'E-I06 instance.any line 17: "3" is a node without a window'),
    "reload elsewhere": (
        changed(MULTITRIP, ("2\t1\nDEPOT", "2\t3\nDEPOT")),
        'E-I06 instance.any line 31 column VEHICLES_RELOAD_DEPOT_SECTION: "3" is where vehicle 2 reloads',
    ),
    "a negative release": (
        changed(MULTITRIP, ("3\t20", "3\t-20")),
        'E-I10 instance.any line 27 column RELEASE_TIME_SECTION: "-20" is negative',
    ),
    "a window of trips": (
        changed(MULTITRIP, ("2\t0\t50", "2\t50\t0")),
        'E-I11 instance.any line 16 column window: "50 to 0"',
    ),
    "a vehicle too many": (
        changed(MULTITRIP, ("2\t1\nDEPOT", "3\t1\nDEPOT")),
        'E-I12 instance.any line 31 column VEHICLES_RELOAD_DEPOT_SECTION: "3" is no vehicle',
    ),
    "released too late": (
        changed(MULTITRIP, ("3\t20", "3\t51")),
        'E-I15 instance.any line 17: "3" is a customer reached at 610.00 at the earliest, after its window ends at 602'
        ", in tenths",
    ),
    "a fleet that reloads in part": (
        without(MULTITRIP, "2\t1\n"),
        "E-I17 instance.any line 29 column VEHICLES_RELOAD_DEPOT_SECTION: 1 of 2 vehicles may reload",
    ),
    "goods for the depot": (
        changed(MULTITRIP, ("TIME_SECTION\n1\t0", "TIME_SECTION\n1\t5")),
        'E-I17 instance.any line 25: "5" is a release date of the depot',
    ),
    "trips under another name": (
        changed(MULTITRIP, ("MTVRPTWR", "VRPTW")),
        'E-I17 instance.any line 3 column TYPE: "VRPTW" is not read with reloads',
    ),
    "trips of another metric": (
        changed(MULTITRIP, ("EUC_2D", "EXPLICIT")),
        'E-I17 instance.any line 4 column EDGE_WEIGHT_TYPE: "EXPLICIT"',
    ),
    "service by customer": (
        changed(MULTITRIP, ("DEPOT_SECTION\n1\nEOF", "SERVICE_TIME_SECTION\nDEPOT_SECTION\n1\nEOF")),
        'E-I17 instance.any line 32: "SERVICE_TIME_SECTION" is a section that is not read',
    ),
}


@pytest.mark.parametrize(("text", "message"), CASES.values(), ids=CASES)
def test_a_damaged_file_is_refused_with_its_line_and_value(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(InputError) as refused:
        instance_of(tmp_path, text)
    assert message in str(refused.value)
    assert all(fault.remedy for fault in refused.value.faults)


def test_every_code_of_the_readers_is_seen_above() -> None:
    source = "".join(path.read_text() for path in Path(build.__file__).parent.glob("*.py"))
    seen = {re.match(r"E-I\d\d", message) for _, message in CASES.values()}
    assert set(re.findall(r"E-I\d\d", source)) == {code.group() for code in seen if code} | {"E-I02"}


def test_all_faults_come_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    text = changed(EVRPTW, ("10.0  5.0", "x     50.0"), ("40.0       900.0", "900.0      40.0"), ("/10.0/", "/ten/"))
    with pytest.raises(InputError) as refused:
        instance_of(tmp_path, text)
    assert [(fault.code, fault.row) for fault in refused.value.faults] == [
        ("E-I04", 4),
        ("E-I11", 5),
        ("E-I04", 8),
    ]


def test_customers_out_of_reach_are_told_beside_other_faults(tmp_path: Path) -> None:
    text = changed(EVRPTW, ("50.0  0.0", "90.0  0.0"), ("10.0  5.0", "10.0  50.0"))
    with pytest.raises(InputError) as refused:
        instance_of(tmp_path, text)
    assert [fault.code for fault in refused.value.faults] == ["E-I09", "E-I14"]


@pytest.mark.parametrize("text", [CVRP, EXPLICIT])
def test_an_instance_that_would_fill_the_memory_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setattr(build, "MAX_PLACES", 3)
    monkeypatch.setattr(cvrp, "MAX_NODES", 3)
    with pytest.raises(InputError, match=r"E-I02 instance.any: has 4 places, more than 3"):
        instance_of(tmp_path, text)


def test_a_file_that_is_too_large_is_not_even_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("planner.instances.read.MAX_BYTES", 100)
    with pytest.raises(InputError, match=r"E-O24 .* use a smaller instance"):
        instance_of(tmp_path, CVRP)


@pytest.mark.parametrize("text", [EVRPTW, CEVRP, SOLOMON, CVRP, EXPLICIT, EVRPNL])
def test_no_damage_at_all_gives_a_traceback(tmp_path: Path, text: str) -> None:
    words = re.findall(r"\S+|\s+", text)
    for at in range(len(words)):
        for other in ("", "x", "-1", "0", "1e400", "é", "\n", "99999999999"):
            path = written(tmp_path, "".join([*words[:at], other, *words[at + 1 :]]))
            with suppress(InputError):
                read_instance(path)
