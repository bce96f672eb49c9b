"""Reading turn restrictions: little maps whose drives are known, and real extracts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import osmium
import pytest

from planner.cut import cut_streets
from planner.roads.cut_area import area_of_box
from planner.roads.read import read_streets
from planner.roads.streets import Floats, Streets, save_streets

# Nodes stand on a grid: 32 in row 3, column 2, so that 22 has 32 to the north, 23 to the east, 12 to the south.
GRID = [10 * row + column for row in range(1, 5) for column in range(1, 5)]
NORTH, EAST, SOUTH, WEST = [22, 32], [22, 23], [22, 12], [22, 21]

Way = tuple[list[int], dict[str, str]]
Read = Callable[..., Streets]


def street(nodes: Sequence[int], **tags: str) -> Way:
    return list(nodes), {"highway": "residential"} | tags


def rule(members: str, restriction: str = "no_left_turn", **tags: str) -> tuple[str, dict[str, str]]:
    """Return a relation; its members are written as in ``from:w1 via:n22 to:w2``, way 1 being the first of the map."""
    return members, {"type": "restriction", "restriction": restriction} | tags


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def write_and_read(
        ways: Sequence[Way],
        *rules: tuple[str, dict[str, str]],
        barriers: Mapping[int, str] | None = None,
    ) -> Streets:
        path = tmp_path / "map.osm"
        with osmium.SimpleWriter(str(path), overwrite=True) as writer:
            for node in GRID:
                tags = {"barrier": barriers[node]} if barriers and node in barriers else {}
                place = (node % 10 / 1000, node // 10 / 1000)
                writer.add_node(osmium.osm.mutable.Node(id=node, location=place, tags=tags))
            for number, (nodes, tags) in enumerate(ways, start=1):
                writer.add_way(osmium.osm.mutable.Way(id=number, nodes=nodes, tags=tags))
            for number, (members, tags) in enumerate(rules, start=1):
                named = [member.split(":") for member in members.split()]
                parts = [(thing[0], int(thing[1:]), role) for role, thing in named]
                writer.add_relation(osmium.osm.mutable.Relation(id=number, members=parts, tags=tags))
        return read_streets(path)

    return write_and_read


def drives(streets: Streets) -> list[list[int]]:
    """Return each restricted drive as the grid nodes that it passes."""
    grid = np.rint(streets.shape_lat * 10_000 + streets.shape_lon * 1000).astype(int)
    found = []
    for number in range(len(streets.restrictions)):
        passed: list[int] = []
        for edge in streets.restrictions.drive(number):
            nodes = grid[slice(*streets.shape_start[edge // 2 : edge // 2 + 2])].tolist()
            passed += (nodes[::-1] if edge % 2 else nodes)[1 if passed else 0 :]
        found.append(passed)
    return found


def test_over_a_node_it_is_the_drive_that_ends_and_the_one_that_begins_there(read: Read) -> None:
    for first in (WEST, WEST[::-1]):  # whichever way the street is drawn
        streets = read([street(first), street(NORTH), street(EAST)], rule("from:w1 via:n22 to:w2"))
        assert drives(streets) == [[21, 22, 32]]
        assert streets.restrictions.tag_sets == ({"restriction": "no_left_turn"},)
        assert streets.notes == ()


@pytest.mark.parametrize(
    ("through", "restriction", "drive"),
    [
        (street([21, 22, 23]), "no_left_turn", [21, 22, 32]),
        (street([21, 22, 23]), "no_right_turn", [23, 22, 32]),
        (street([21, 22, 23]), "only_left_turn", [21, 22, 32]),
        (street([12, 22, 23]), "only_straight_on", [12, 22, 32]),
        (street([31, 22, 12]), "no_u_turn", [31, 22, 32]),
        (street([21, 22, 23], oneway="yes"), "no_entry", [21, 22, 32]),
        (street([21, 22, 23], oneway="-1"), "no_entry", [23, 22, 32]),
        (street([22, 21, 31, 33, 23, 22], junction="roundabout"), "no_entry", [22, 21, 31, 33, 23, 22, 32]),
    ],
)
def test_where_the_first_street_passes_through_its_oneway_or_the_direction_tells_from_where(
    read: Read, through: Way, restriction: str, drive: list[int]
) -> None:
    assert drives(read([through, street(NORTH)], rule("from:w1 via:n22 to:w2", restriction))) == [drive]


@pytest.mark.parametrize(("restriction", "end"), [("no_left_turn", 21), ("no_right_turn", 23)])
def test_where_the_last_street_passes_through_the_direction_tells_whereto(
    read: Read, restriction: str, end: int
) -> None:
    streets = read([street(SOUTH), street([21, 22, 23])], rule("from:w1 via:n22 to:w2", restriction))
    assert drives(streets) == [[12, 22, end]]


@pytest.mark.parametrize(
    ("first", "last", "restriction"),
    [
        ([21, 22, 23], [12, 22, 32], "no_left_turn"),  # there are two left turns
        ([21, 22, 23], NORTH, "no_entry"),
        ([21, 22, 23], NORTH, "no_turn_on_red"),
    ],
)
def test_what_stays_unclear_is_left_out_and_counted(
    read: Read, first: list[int], last: list[int], restriction: str
) -> None:
    streets = read([street(first), street(last)], rule("from:w1 via:n22 to:w2", restriction))
    assert drives(streets) == []
    assert [note[:38] for note in streets.notes] == ["1 of 1 turn restrictions left out: not"]


@pytest.mark.parametrize("via", [[22, 23, 24], [24, 23, 22]])
def test_over_a_way_it_is_followed_from_junction_to_junction(read: Read, via: list[int]) -> None:
    ways = [street(SOUTH), street(via), street([24, 14]), street([23, 33])]
    streets = read(ways, rule("from:w1 via:w2 to:w3", "no_u_turn"))
    assert drives(streets) == [[12, 22, 23, 24, 14]]


def test_over_two_ways_they_follow_each_other(read: Read) -> None:
    ways = [street(SOUTH), street(EAST), street([23, 33]), street([33, 34])]
    assert drives(read(ways, rule("from:w1 via:w2 via:w3 to:w4"))) == [[12, 22, 23, 33, 34]]
    assert drives(read(ways, rule("from:w1 via:w3 to:w4"))) == []  # they do not meet


@pytest.mark.parametrize("around", [[22, 23, 33, 32, 22], [22, 32, 33, 23, 22]])
def test_over_a_roundabout_it_goes_with_the_traffic(read: Read, around: list[int]) -> None:
    ways = [street([12, 22]), street(around, junction="roundabout"), street([33, 44])]
    assert drives(read(ways, rule("from:w1 via:w2 to:w3"))) == [[12, *around[:3], 44]]


def test_ways_that_wind_around_each_other_do_not_hold_up_reading(read: Read) -> None:
    ring = street([22, 23, 33, 32, 22, 12, 11, 21, 22], oneway="no")
    streets = read([street(SOUTH), ring, street(NORTH)], rule(f"from:w1 {'via:w2 ' * 200} to:w3"))
    assert drives(streets) == []


def test_several_first_or_last_ways_give_a_drive_for_each_pair(read: Read) -> None:
    ways = [street(WEST), street(EAST), street(NORTH)]
    assert drives(read(ways, rule("from:w1 from:w2 via:n22 to:w3", "no_entry"))) == [[21, 22, 32], [23, 22, 32]]
    assert drives(read(ways, rule("from:w3 via:n22 to:w1 to:w2", "no_exit"))) == [[32, 22, 21], [32, 22, 23]]


def test_a_u_turn_from_a_street_into_itself_goes_back_where_it_came_from(read: Read) -> None:
    streets = read([street(WEST), street(NORTH), street(EAST)], rule("from:w1 via:n22 to:w1", "no_u_turn"))
    assert drives(streets) == [[21, 22, 21]]


def test_a_u_turn_along_a_street_needs_no_junction_and_is_ruled_from_both_sides(read: Read) -> None:
    streets = read([street([21, 22, 23])], rule("from:w1 via:n22 to:w1", "no_u_turn"))
    assert drives(streets) == [[21, 22, 21], [23, 22, 23]]
    assert streets.segments == 2


@pytest.mark.parametrize(
    "members",
    [
        "via:n22 to:w2",
        "from:w1 via:n22",
        "from:w1 to:w2",
        "from:w1 via:n22 to:w99",
        "from:w1 via:w99 to:w2",
        "from:w1 via:n99 to:w2",
        "from:w1 via:n22 via:n23 to:w2",
        "from:w1 from:w2 via:n22 to:w1 to:w2",
        "from:w1 via:n22 to:w3",
        "",
    ],
)
def test_a_relation_that_lacks_a_member_is_left_out_and_counted(read: Read, members: str) -> None:
    ways = [street(WEST), street(NORTH), street(EAST, highway="footway")]
    streets = read(ways, rule(members), rule("from:w1 via:n22 to:w2"))
    assert drives(streets) == [[21, 22, 32]]
    assert [note[:33] for note in streets.notes] == ["1 of 2 turn restrictions left out"]


def test_at_a_closed_barrier_nothing_is_left_to_restrict(read: Read) -> None:
    ways, turn = [street(WEST), street(NORTH)], rule("from:w1 via:n22 to:w2")
    assert drives(read(ways, turn, barriers={22: "bollard"})) == []
    assert drives(read(ways, turn, rule("from:w1 via:n22 to:w1", "no_u_turn"), barriers={22: "bollard"})) == []
    assert drives(read(ways, turn, barriers={22: "kerb"})) == [[21, 22, 32]]


def test_kept_of_a_relation_is_what_is_forbidden_to_whom_and_when(read: Read) -> None:
    told = {"except": "psv", "hour_on": "07:00", "restriction:hgv:conditional": "no_u_turn @ (22:00-06:00)"}
    ways, members = [street(WEST), street(NORTH)], "from:w1 via:n22 to:w2"
    streets = read(
        ways,
        rule(members, **told, note="seen in May"),
        (members, {"type": "restriction:goods", "restriction": "no_left_turn"}),
        (members, {"type": "restriction", "restriction:bicycle": "no_left_turn"}),
        (members, {"type": "route"}),
    )
    assert streets.restrictions.tag_sets == (
        {"restriction": "no_left_turn"} | told,
        {"type": "restriction:goods", "restriction": "no_left_turn"},
    )
    assert len(streets.restrictions) == 2


@pytest.mark.parametrize(
    ("name", "found", "of"),  # where nothing else is said, the others have a member outside the map or no street
    [
        ("andorra-2021", 63, 65),  # 2 lack their from
        ("lauf-2020", 44, 50),
        ("liechtenstein-2021", 84, 86),  # 1 lacks its from, 1 names a from that does not touch its via
        ("malta-2016", 171, 183),  # 10 name ways that do not touch their via
        ("milan-2014", 1302, 1331),  # 13 lack a member
        ("monaco-2023", 40, 44),
        ("munich-centre-2020", 77, 89),
        ("portland-2014", 717, 781),  # 29 lead to cycleways and paths
        ("porto-2015", 337, 361),  # 15 lack a member, 5 name ways that do not touch their via
    ],
)
def test_almost_all_restrictions_of_real_maps_become_drives(shared: Path, name: str, found: int, of: int) -> None:
    streets = read_streets(shared / "osm" / f"{name}.osm.pbf")
    assert len(streets.restrictions) == found
    assert any(note.startswith(f"{of - found} of {of} turn restrictions") for note in streets.notes)


def test_in_milan_left_turns_go_left_and_u_turns_go_back(shared: Path) -> None:
    """The map's directions were not needed to find these drives, so they tell whether the drives are right."""
    streets = read_streets(shared / "osm" / "milan-2014.osm.pbf")
    ruled = streets.restrictions
    right = []
    for number in range(len(ruled)):
        kind = ruled.tag_sets[ruled.tags[number]].get("restriction", "").partition("_")[2]
        first, *_, last = ruled.drive(number).tolist()
        came, goes = -_outwards(streets, first ^ 1), _outwards(streets, last)
        side = {"left_turn": came[0] * goes[1] - came[1] * goes[0], "straight_on": came @ goes}
        side |= {"right_turn": -side["left_turn"], "u_turn": -side["straight_on"]}
        right.append(kind in side and side[kind] > 0)
    assert np.mean(right) > 0.99


def _outwards(streets: Streets, edge: int) -> Floats:
    """Return the first step (east, north) of an edge."""
    span = slice(*streets.shape_start[edge // 2 : edge // 2 + 2])
    shape = np.column_stack([streets.shape_lon[span] * np.cos(np.radians(45.5)), streets.shape_lat[span]])
    first, second = (shape[::-1] if edge % 2 else shape)[:2]
    step: Floats = second - first
    return step


def test_our_own_file_brings_the_same_restrictions_back(shared: Path, tmp_path: Path) -> None:
    streets = read_streets(shared / "osm" / "liechtenstein-2021.osm.pbf")
    save_streets(streets, tmp_path / "l.streets.npz")
    again = read_streets(tmp_path / "l.streets.npz")
    assert again.sha256 == streets.sha256
    assert again.restrictions.edges.tolist() == streets.restrictions.edges.tolist()
    assert again.restrictions.tag_sets == streets.restrictions.tag_sets


def test_a_cut_keeps_the_restrictions_of_its_streets(read: Read, tmp_path: Path) -> None:
    members = "from:w1 via:n22 to:w2"
    whole = read(
        [street(WEST), street(NORTH)],
        rule(members),
        (members, {"type": "restriction:goods", "restriction:goods": "no_left_turn"}),
    )
    cut_streets(tmp_path / "map.osm", area_of_box("0,0,0.01,0.01"), tmp_path / "cut.osm.pbf", force=False)
    assert read_streets(tmp_path / "cut.osm.pbf").restrictions.tag_sets == whole.restrictions.tag_sets
