"""From all that fits an address to one answer and how far it can be trusted."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from planner.geocode.found import Candidate, Found, Grade
from planner.geocode.index import Group, Index, Spot
from planner.geocode.matching import CODE_COST, Hit
from planner.geocode.numbers import base
from planner.geocode.text import numerals, own_part, squeezed, tokens
from planner.roads.streets import METRES_PER_DEGREE

SAME_PLACE_M = 100.0  # doors and building of one address
SAME_STREET_M = 500.0  # a street goes on over the border of a town
MOST_CANDIDATES = 5
ENOUGH_NUMBERS, NUMBERS_TO_SPARE = 5, 10
# So many letters of a street's name, without its kind, leave it sure with one wrong: two make a Hofmannstraße of a
# Hermannstraße. Of "straße" two are harmless, such as the ß left out; two turn a Fabrikwegli into a Fabrikweg.
LETTERS_FOR_AN_EDIT = 4
SURE_EDITS_OF_KIND = {"strasse": 2}
MOST_SURE_EDITS = 2  # of street, town and postcode together
HOPELESS_COST = 100


def judge(hits: Sequence[Hit], index: Index, *, careful: bool = False) -> Found:
    """Choose the best place and grade it. `careful` is for places that are not all there are, see `Geocoder`."""
    ranked = sorted(hits, key=lambda hit: (hit.place_cost, hit.cost))
    if not ranked:
        return Found(grade="none", reason="no street of this name in the map")
    best = _first(ranked)
    candidates = _candidates([best, *ranked])
    if best.cost >= HOPELESS_COST or (best.town == "other" and best.number in {"absent", "not asked"}):
        return Found(grade="none", reason="; ".join(_doubts(best, index)) or "nothing fits well", candidates=candidates)
    reasons = [*_doubts(best, index)]
    if careful and best.edits:
        reasons.append("spelt otherwise")
    if careful and "right" not in {best.town, best.code}:
        reasons.append("neither town nor postcode agree")
    reasons += _rivals(best, ranked, index)
    grade: Grade = "street" if best.number in {"absent", "not asked"} else "likely" if reasons else "sure"
    place = candidates[0]
    return Found(
        grade=grade,
        lat=place.lat,
        lon=place.lon,
        address=place.address,
        reason="; ".join(reasons),
        candidates=candidates,
    )


def _first(ranked: Sequence[Hit]) -> Hit:
    """Return the best hit; a house in the same town comes before a street without it, in spite of its postcode."""
    first = ranked[0]
    if first.number != "absent":
        return first
    most = first.place_cost + CODE_COST["other"]
    houses = (hit for hit in ranked if hit.street == first.street and hit.number == "exact" and hit.place_cost <= most)
    return next((hit for hit in houses if hit.group.towns & first.group.towns), first)


def _doubts(hit: Hit, index: Index) -> Iterator[str]:
    """Yield what is doubtful about a hit by itself."""
    if hit.number == "not asked":
        yield "no house number in the address"
    elif hit.number == "absent":
        yield f"house number {hit.reading.number} is not in the map"
    elif hit.number == "other letter":
        yield f"house number {hit.reading.number} is not in the map, {hit.houses[0].number} is"
    if hit.town == "other":
        yield "it lies in another town"
    elif hit.town == "unknown" and hit.code != "right":
        yield "the map does not tell the town"
    if hit.code == "other":
        yield "the postcode is another one"
    if hit.unread:
        yield "some words of the address are not understood"
    if hit.likeness.part:
        yield "only a part of the street's name"
    name = index.streets[hit.street].name
    if hit.likeness.edits and numerals(hit.reading.street) != numerals(tokens(name)):
        yield f"{name} is numbered otherwise"
    too_many = hit.likeness.edits > max(_edits_allowed(hit, key) for key in index.streets[hit.street].keys)
    if too_many or hit.edits + (hit.code == "misspelt") > MOST_SURE_EDITS:
        yield "spelt too differently"


def _edits_allowed(hit: Hit, key: str) -> int:
    """Return how many letters a street may be off: a slip in its kind does no harm."""
    own, kind = own_part(key)
    allowed = int(len(own) >= LETTERS_FOR_AN_EDIT)
    if kind and len(own) > 1 and squeezed([word.text for word in hit.reading.street]).startswith(own):
        return max(allowed, SURE_EDITS_OF_KIND.get(kind, 1))
    return allowed


def _rivals(best: Hit, ranked: Sequence[Hit], index: Index) -> Iterator[str]:
    """Yield why others fit as well: the same number elsewhere, the street in another town, a street of like name."""
    same_number = [hit for hit in ranked if hit.number == best.number and hit.cost == best.cost]
    houses = [house for hit in same_number for house in hit.houses]
    if houses and any(metres(houses[0], house) > SAME_PLACE_M for house in houses):
        yield "several places fit equally"
        return
    keys = index.streets[best.street].keys
    pin = best.houses[0] if best.houses else best.group.spots[0]
    family = [hit for hit in ranked if hit.street == best.street or keys & index.streets[hit.street].keys]
    for hit in ranked:
        if hit.place_cost > best.place_cost and not (best.code == "misspelt" and hit.code == "right"):
            continue
        if hit in family:
            elsewhere = not best.group.towns & hit.group.towns and _apart(pin, hit.group)
            if not elsewhere or _ends_before(
                best, [other.group for other in family if other.group.towns & hit.group.towns]
            ):
                continue
            yield f"the street is in {_town(hit.group)} too"
            return
        if best.likeness.edits or best.likeness.part:
            yield f"{index.streets[hit.street].name} is spelt as alike"
            return


def _ends_before(best: Hit, groups: Sequence[Group]) -> bool:
    """Tell whether a street has enough known numbers in a town to say that it ends before the one asked for."""
    wanted = base(best.reading.number or "")
    known = {number for group in groups for form in group.houses if (number := base(form)) is not None}
    return wanted is not None and len(known) >= ENOUGH_NUMBERS and wanted > max(known) + NUMBERS_TO_SPARE


def _apart(pin: Spot, group: Group) -> bool:
    return all(metres(pin, spot) > SAME_STREET_M for spot in group.spots)


def _town(group: Group) -> str:
    return next((spot.city for spot in group.spots if spot.city), "another place")


def metres(one: Spot, two: Spot) -> float:
    """Return the distance of two places in a town."""
    narrowing = math.cos(math.radians(one.lat))
    return METRES_PER_DEGREE * math.hypot(one.lat - two.lat, (one.lon - two.lon) * narrowing)


def _candidates(ranked: Sequence[Hit]) -> tuple[Candidate, ...]:
    found: list[Spot] = []
    seen: set[tuple[int, int]] = set()  # the best reading speaks for a street in a town
    for hit in ranked:
        if (hit.street, id(hit.group)) in seen:
            continue
        seen.add((hit.street, id(hit.group)))
        for spot in hit.houses or (_stand_in(hit),):
            if all(metres(spot, other) > SAME_PLACE_M or str(spot) != str(other) for other in found):
                found.append(spot)
        if len(found) >= MOST_CANDIDATES:
            break
    return tuple(Candidate(lat=spot.lat, lon=spot.lon, address=str(spot)) for spot in found[:MOST_CANDIDATES])


def _stand_in(hit: Hit) -> Spot:
    """Return the nearest number of the street, on the same side if it can be; without numbers its middle."""
    wanted = base(hit.reading.number) if hit.reading.number else None
    numbered = [(number, spots[0]) for form, spots in hit.group.houses.items() if (number := base(form)) is not None]
    if wanted is not None and numbered:
        return min(numbered, key=lambda house: (abs(house[0] - wanted) + (house[0] - wanted) % 2, house[0]))[1]
    spots = hit.group.spots
    lat, lon = (sum(values) / len(spots) for values in ([s.lat for s in spots], [s.lon for s in spots]))
    return min(spots, key=lambda spot: math.hypot(spot.lat - lat, spot.lon - lon))
