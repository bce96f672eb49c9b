"""Everything a day needs of the streets: a network for each class and pace, snapped places, matrices, shapes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from planner.errors import RoadsError
from planner.model import Day, Order, VehicleType
from planner.roads.matrices import Matrices, matrices
from planner.roads.network import Network, build_network, drives_alike
from planner.roads.paths import path, path_shape
from planner.roads.snap import MAX_GAP_M, Snapped, snap
from planner.roads.streets import Floats, Streets

Shape = tuple[tuple[float, float], ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class DayRoads:
    """Roads of a day, its places numbered orders, depots, stations, spots; types of one class and pace share a network.

    `shapes` remembers the streets of drives that were asked for, by network, source and target. Without `drawn` no
    others are looked up: what is not shown needs no line. `stale` are the drives between sites or spots, told in the
    same way, that are measured as they were before a road was closed (`planner.roads.past`): nobody can begin one now.
    """

    types: tuple[VehicleType, ...]
    network_of_type: tuple[int, ...]
    networks: tuple[Network, ...]
    snapped: tuple[Snapped, ...]
    matrices: tuple[Matrices, ...]
    shapes: dict[tuple[int, int, int], Shape] = field(default_factory=dict)
    drawn: bool = True
    stale: frozenset[tuple[int, int, int]] = frozenset()


@dataclass(frozen=True, kw_only=True, eq=False)
class DaySurvey:
    """A day's places attached to the streets for each class and pace, nothing measured yet."""

    types: tuple[VehicleType, ...]
    network_of_type: tuple[int, ...]
    networks: tuple[Network, ...]
    snapped: tuple[Snapped, ...]
    lat: Floats
    lon: Floats

    def between(self, places: Sequence[int], types: Iterable[VehicleType]) -> DayRoads:
        """Measure between some of the places, numbered anew in this order, for some of the types."""
        kept = tuple(types)
        of_type = [self.network_of_type[self.types.index(kind)] for kind in kept]
        used = list(dict.fromkeys(of_type))
        snapped = tuple(self.snapped[g].only(places) for g in used)
        tables = tuple(
            matrices(self.networks[g], at, [kind for kind, other in zip(kept, of_type, strict=True) if other == g])
            for g, at in zip(used, snapped, strict=True)
        )
        return DayRoads(
            types=kept,
            network_of_type=tuple(used.index(g) for g in of_type),
            networks=tuple(self.networks[g] for g in used),
            snapped=snapped,
            matrices=tables,
        )


def survey_day(day: Day, streets: Streets, *, known: list[Network] | None = None) -> DaySurvey:
    """Attach a day's places to the streets that are open once all its closed roads are.

    Networks that are made ready are added to `known`, and taken from it for a day whose drives are alike.
    Raises `RoadsError` where a class has no street at all, or a depot is far from all of them.
    """
    types = tuple(dict.fromkeys(vehicle.type for vehicle in day.vehicles))
    paces = list(dict.fromkeys((kind.road_class, kind.top_speed_kmh) for kind in types))
    lat, lon = places_of(day)
    built = (
        build_network(streets, road_class, top_speed_kmh=kmh, span=day.span, closed=day.closed())
        for road_class, kmh in paces
    )
    networks = tuple(built if known is None else (_from(known, network) for network in built))
    snapped = tuple(snap(network, lat=lat, lon=lon) for network in networks)
    _refuse_far_depots(day, networks, snapped)
    return DaySurvey(
        types=types,
        network_of_type=tuple(paces.index((kind.road_class, kind.top_speed_kmh)) for kind in types),
        networks=networks,
        snapped=snapped,
        lat=lat,
        lon=lon,
    )


def day_roads(day: Day, streets: Streets, *, known: list[Network] | None = None) -> DayRoads:
    """Measure a day's places on the streets that are open once all its closed roads are; `known` as in `survey_day`.

    Raises `RoadsError` where a class has no street at all.
    """
    survey = survey_day(day, streets, known=known)
    return survey.between(range(len(survey.lat)), survey.types)


def _from(known: list[Network], network: Network) -> Network:
    alike = next((one for one in known if drives_alike(one, network)), None)
    if alike is None:
        known.append(network)
    return alike or network


def places_of(day: Day) -> tuple[Floats, Floats]:
    """Return the lat and lon at which vehicles stop for each place of a day."""
    places = (*day.orders, *day.sites, *day.spots)
    kerbs = [place.kerb if isinstance(place, Order) else place for place in places]
    return np.array([kerb.lat for kerb in kerbs]), np.array([kerb.lon for kerb in kerbs])


def _refuse_far_depots(day: Day, networks: Sequence[Network], snapped: Sequence[Snapped]) -> None:
    """Raise `RoadsError` for each depot, start or end from which a class of the fleet cannot drive."""
    first_spot = len(day.orders) + len(day.sites)
    places = [(f"depot {depot.id}", len(day.orders) + i) for i, depot in enumerate(day.depots)]
    places += [(f"start or end at {spot.lat}, {spot.lon}", first_spot + i) for i, spot in enumerate(day.spots)]
    far = [
        f"E-F12 {name}: the nearest street open to class {network.road_class.name} is "
        f"{at.gap_m[i]:,.0f} m away, the most is {MAX_GAP_M:.0f} m "
        "→ correct its lat and lon, or use another streets file or vehicle type"
        for network, at in zip(networks, snapped, strict=True)
        for name, i in places
        if not at.found[i]
    ]
    if far:
        raise RoadsError("\n".join(far))


def leg_shape(roads: DayRoads, kind: VehicleType, source: int, target: int) -> Shape:
    """Return the streets driven between two places as (lon, lat) pairs, a point twice where nothing is driven."""
    key = (roads.network_of_type[roads.types.index(kind)], source, target)
    if key not in roads.shapes:
        if not roads.drawn:
            return ()
        roads.shapes[key] = _shape(roads, *key)
    return roads.shapes[key]


def _shape(roads: DayRoads, g: int, source: int, target: int) -> Shape:
    drive = path(roads.networks[g], roads.snapped[g], source=source, target=target)
    if drive is None:
        at = round(float(roads.snapped[g].lon[source]), 6), round(float(roads.snapped[g].lat[source]), 6)
        return at, at
    return tuple((float(lon), float(lat)) for lat, lon in path_shape(roads.networks[g], drive))
