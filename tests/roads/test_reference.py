"""The reference for turn rules itself, on streets solved by hand."""

from __future__ import annotations

from planner.roads.network import DM_BITS
from tests.roads.reference import Drive, Turns, cheapest, ways_on

Street = tuple[int, int, int]  # between two corners, so many seconds long


def key(seconds: int, metres: int = 0) -> int:
    return (seconds * 1000 << DM_BITS) | metres * 10


def streets(*both_ways: Street) -> dict[int, tuple[int, int, int]]:
    """Return the edges of streets that may be driven both ways."""
    edges = {}
    for number, (start, end, seconds) in enumerate(both_ways):
        edges[2 * number] = (start, end, key(seconds))
        edges[2 * number + 1] = (end, start, key(seconds))
    return edges


def seconds_to_end(turns: Turns, first: int) -> dict[int, float]:
    """Return the seconds to the end of each edge from the beginning of one."""
    found = cheapest(turns, {first: turns.edges[first][2]})
    return {edge: (key >> DM_BITS) / 1000 for edge, key in found.items()}


# A block of four streets, driven round by edges 2, 4, 6, 8 and the other way by 9, 7, 5, 3. A street leads to corner
# 1 from the west (edge 0), another on to the east (edge 10).
#
#     4 --6-- 3
#     8       4
#     1 --2-- 2      0 leads to 1, 10 leads from 1
BLOCK = streets((0, 1, 10), (1, 2, 1), (2, 3, 1), (3, 4, 1), (4, 1, 1), (1, 5, 10))


def block(*banned: Drive) -> Turns:
    return Turns(edges=BLOCK, banned=frozenset(banned))


def test_without_bans_the_cheapest_way_is_driven() -> None:
    found = seconds_to_end(block(), 0)
    assert found == {0: 10, 2: 11, 4: 12, 6: 13, 8: 14, 9: 11, 7: 12, 5: 13, 3: 14, 10: 20, 11: 30, 1: 24}


def test_of_equally_quick_ways_the_shorter_counts() -> None:
    edges = {
        0: (0, 1, key(1, 10)),
        2: (1, 2, key(5, 90)),
        4: (1, 2, key(5, 60)),
        6: (2, 3, key(1, 10)),
    }
    assert cheapest(Turns(edges=edges), {0: edges[0][2]})[6] == key(7, 80)


def test_a_drive_may_begin_within_either_direction_of_a_street() -> None:
    turns = Turns(edges=streets((0, 1, 10), (1, 2, 1), (0, 3, 1)))
    found = cheapest(turns, {0: key(7), 1: key(3)})
    assert found == {0: key(7), 1: key(3), 2: key(8), 4: key(4), 3: key(9), 5: key(5)}


def test_nobody_turns_round_at_a_corner_that_leads_on() -> None:
    # The block is the quickest way to face about: 10 s there, 4 s round, 10 s back.
    assert 1 not in ways_on(block(), (0,))
    assert seconds_to_end(block(), 0)[1] == 24


def test_at_a_dead_end_one_turns_round() -> None:
    assert ways_on(block(), (10,)) == [11]


def test_at_the_end_of_a_one_way_street_that_leads_nowhere_the_drive_ends() -> None:
    turns = Turns(edges={0: (0, 1, key(1)), 2: (1, 2, key(1))})
    assert ways_on(turns, (2,)) == []
    assert seconds_to_end(turns, 0) == {0: 1, 2: 2}


def test_a_banned_turn_is_replaced_by_the_way_round_the_block() -> None:
    # Straight on is banned: round by 2, 4, 6, 8 and then straight on.
    assert seconds_to_end(block((0, 10)), 0)[10] == 24


def test_a_ban_over_a_street_holds_only_for_who_came_the_banned_way() -> None:
    turns = block((0, 2, 4))
    assert seconds_to_end(turns, 11)[4] == 10 + 1 + 1
    # From the west: to the dead end in the east first, and back.
    assert seconds_to_end(turns, 0)[4] == 10 + 10 + 10 + 1 + 1


def test_a_drive_that_begins_amid_a_banned_one_is_free_of_it() -> None:
    assert seconds_to_end(block((0, 2, 4)), 2)[4] == 2


def test_two_bans_under_way_at_once_both_hold() -> None:
    one_way_row = {2 * i: (i, i + 1, key(1)) for i in range(5)}
    turns = Turns(edges=one_way_row, banned=frozenset({(0, 2, 4, 6), (2, 4, 6, 8)}))
    assert set(seconds_to_end(turns, 0)) == {0, 2, 4}
    assert set(seconds_to_end(turns, 2)) == {2, 4, 6}


def test_where_bans_close_every_way_on_one_turns_round() -> None:
    row = streets((0, 1, 1), (1, 2, 1), (2, 3, 1))
    assert ways_on(Turns(edges=row, banned=frozenset({(0, 2, 4)})), (0, 2)) == [3]
    assert ways_on(Turns(edges=row, banned=frozenset({(0, 2, 4)})), (2,)) == [4]
    assert seconds_to_end(block((0, 10), (2, 4)), 0)[10] == 10 + 1 + 1 + 10  # to corner 2 and back


def test_a_banned_turn_round_is_not_driven_even_at_a_dead_end() -> None:
    row = streets((0, 1, 1), (1, 2, 1))
    turns = Turns(edges=row, banned=frozenset({(2, 3)}))
    assert ways_on(turns, (0, 2)) == []
    assert seconds_to_end(turns, 0) == {0: 1, 2: 2}


def test_a_street_back_to_its_own_corner_may_be_driven_again_but_not_turned_on() -> None:
    turns = Turns(edges=streets((0, 1, 1), (1, 1, 5)))
    assert ways_on(turns, (2,)) == [1, 2]
    assert ways_on(turns, (0,)) == [2, 3]


def test_of_parallel_streets_the_other_leads_back() -> None:
    turns = Turns(edges=streets((0, 1, 1), (0, 1, 5)))
    assert ways_on(turns, (0,)) == [3]


def test_each_turn_costs_what_it_is_said_to_cost() -> None:
    def dear_to_the_east(arriving: int, leaving: int) -> int:
        return key(7) if (arriving, leaving) == (0, 10) else key(1)

    found = seconds_to_end(Turns(edges=BLOCK, turn_cost=dear_to_the_east), 0)
    assert found[4] == 10 + 1 + 1 + 1 + 1
    assert found[10] == 10 + 7 + 10  # and not round the block, with five turns and four streets
