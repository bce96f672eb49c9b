"""Which string of neighbouring stops goes (Christiaens and Vanden Berghe, Transportation Science 54, 2020)."""

from __future__ import annotations

from planner.solve.compiled import inner
from planner.solve.draws import draw

LONGEST_STRING = 10
SPLIT = 0.5  # of strings keep some stops in their middle
SPLIT_DEPTH = 0.01


@inner
def string_around(random, k, first, last, size):  # type: ignore[no-untyped-def]
    """Choose `size` of stops first..last-1 around stop k, in one string or with a part kept in its middle.

    Return where the string begins and ends, and where the part that is kept does.
    """
    m, kept = last - first, 0
    if 1 < size < m and draw(random) < SPLIT:
        kept = 1
        while size + kept < m and draw(random) > SPLIT_DEPTH:
            kept += 1
    span = size + kept
    earliest = max(first, k - span + 1)
    begin = earliest + int(draw(random) * (min(k, last - span) - earliest + 1))
    head = begin + (1 + int(draw(random) * (size - 1)) if kept else 0)
    return begin, begin + span, head, head + kept
