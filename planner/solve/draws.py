"""Random numbers of a search, the same on every machine: nothing here calls a logarithm."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from planner.solve.compiled import compiled


def random_stream(seed: int) -> NDArray[np.uint64]:
    """Return the state of a stream of numbers, far from those of other seeds."""
    return np.array([(seed * 0x9E3779B97F4A7C15 + 0x632BE59BD9B4E019) % 2**64 or 1], np.uint64)


@compiled
def draw(random):  # type: ignore[no-untyped-def]
    """Return a number in [0, 1) (xorshift64*, Vigna, ACM TOMS 42, 2016)."""
    x = random[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    random[0] = x
    return float((x * np.uint64(2685821657736338717)) >> np.uint64(11)) * (1.0 / 9007199254740992.0)


@compiled
def exponential(random):  # type: ignore[no-untyped-def]
    """Return a number with the exponential distribution, to seven digits, by arithmetic alone."""
    u = 1.0 - draw(random)
    halvings = 0
    while u < 0.5:
        u *= 2.0
        halvings += 1
    z = (1.0 - u) / (1.0 + u)
    zz = z * z
    series = 2.0 * z * (1.0 + zz * (1 / 3 + zz * (1 / 5 + zz * (1 / 7 + zz * (1 / 9 + zz / 11)))))
    return halvings * 0.6931471805599453 + series
