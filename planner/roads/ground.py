"""What all classes share of a city: its states and their hierarchy, built once for a set of streets."""

from __future__ import annotations

from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np

from planner.roads.cache import cached
from planner.roads.hierarchy import Hierarchy, build_hierarchy, dissection
from planner.roads.states import States, build_states
from planner.roads.streets import Ints, Streets

ORDER_VERSION = 1  # of how streets are ranked; a kept order is only a matter of speed, never of the result


@dataclass(frozen=True, kw_only=True, eq=False)
class Ground:
    """The states of a city and their hierarchy."""

    states: States
    hierarchy: Hierarchy


_grounds: WeakKeyDictionary[Streets, Ground] = WeakKeyDictionary()


def ground_of(streets: Streets) -> Ground:
    """Return the ground of these streets, the same at each call; their order is kept in the cache folder."""
    if streets not in _grounds:
        states = build_states(streets, _rank(streets))
        _grounds[streets] = Ground(states=states, hierarchy=build_hierarchy(states))
    return _grounds[streets]


def _rank(streets: Streets) -> Ints:
    key = f"{ORDER_VERSION}-{streets.sha256[:32]}"
    kept = np.asarray(cached("order", key, lambda: {"rank": dissection(streets).astype(np.int32)})["rank"])
    usable = kept.shape == (streets.segments,) and (np.sort(kept) == np.arange(streets.segments)).all()
    return (kept if usable else dissection(streets)).astype(np.int64)
