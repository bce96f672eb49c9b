"""An address book arranged for looking up: streets by spelling, houses by street and number, towns by name."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from planner.geocode.numbers import ends, number_forms
from planner.geocode.text import Token, combinations, plain, spelt_out, squeezed, tokens
from planner.geocode.towns import TownNames, postcode_form
from planner.geocode.words import ENDINGS, ENDINGS_WITHOUT_STOP, KINDS, LONG_FORMS
from planner.roads.addresses import AddressBook

MOST_LONG_FORMS = 6
MOST_KEPT = 100_000
LEAST_SHARE = 0.1  # of the addresses that the town with most of a postcode has


class Spot(NamedTuple):
    """A house, or a piece of street (without a number). Towns are numbers of `TownNames`."""

    lat: float
    lon: float
    street: str
    number: str
    postcode: str
    city: str
    towns: frozenset[int]
    postcodes: frozenset[str]  # that it can have: its own, or where it says none, those of its towns

    def __str__(self) -> str:
        place = " ".join(part for part in (self.postcode, self.city) if part)
        return ", ".join(part for part in (f"{self.street} {self.number}".strip(), place) if part)


@dataclass(slots=True)
class Group:
    """What of a street lies in the same towns and postcodes."""

    towns: frozenset[int]
    postcodes: frozenset[str]
    spots: list[Spot] = field(default_factory=list)  # houses and pieces of street
    houses: dict[str, list[Spot]] = field(default_factory=lambda: defaultdict(list))  # by form of the number
    ends: dict[str, list[Spot]] = field(default_factory=lambda: defaultdict(list))  # first and last of a range


@dataclass(slots=True)
class Street:
    """All that bears one name, in whatever town."""

    name: str
    groups: dict[tuple[frozenset[int], frozenset[str]], Group] = field(default_factory=dict)
    keys: frozenset[str] = frozenset()

    def add(self, spot: Spot) -> None:
        """Take in a house or a piece of street."""
        where = (spot.towns, spot.postcodes)
        group = self.groups.setdefault(where, Group(*where))
        group.spots.append(spot)
        for form in number_forms(spot.number):
            group.houses[form].append(spot)
            for end in ends(form):
                group.ends[end].append(spot)


class Index:
    """An `AddressBook` arranged for looking up."""

    def __init__(self, book: AddressBook) -> None:
        names = [town for address in book.addresses for town in address.towns]
        names += [town for piece in book.streets for town in piece.towns]
        self.towns = TownNames(names, regions=book.regions)
        self.streets: list[Street] = []
        self._longs: dict[tuple[str, bool], tuple[str, ...]] = {}
        self.by_key: dict[str, list[int]] = defaultdict(list)
        self.by_part: dict[str, list[int]] = defaultdict(list)  # names without their kind of street
        self.postcodes = {form for address in book.addresses if (form := postcode_form(address.postcode))}
        self._fill(book)
        self._words = {word for street in self.streets for form in _forms(street.name) for word in form}
        for number, street in enumerate(self.streets):
            self._enter(number, street)
        self.keys = list(self.by_key)
        self.by_start: dict[tuple[str, int], list[tuple[str, int]]] = defaultdict(list)  # first letter, how many words
        for number, street in enumerate(self.streets):
            for words in _forms(street.name):
                if words:
                    self.by_start[words[0][0], len(words)].append((" ".join(words), number))

    def _fill(self, book: AddressBook) -> None:
        streets: dict[str, Street] = {}
        codes = self._codes_of_towns(book)
        for address in book.addresses:
            towns = self.towns.numbers(address.towns)
            own = postcode_form(address.postcode)
            around = frozenset[str]().union(*(codes[town] for town in towns))
            spot = Spot(
                lat=address.lat,
                lon=address.lon,
                street=address.street,
                number=address.number,
                postcode=address.postcode,
                city=address.city or next(iter(address.towns), ""),
                towns=towns,
                postcodes=frozenset({own}) if own else around,
            )
            streets.setdefault(plain(address.street), Street(address.street)).add(spot)
        for piece in book.streets:
            towns = self.towns.numbers(piece.towns)
            around = frozenset[str]().union(*(codes[town] for town in towns))
            spot = Spot(piece.lat, piece.lon, piece.name, "", "", next(iter(piece.towns), ""), towns, around)
            streets.setdefault(plain(piece.name), Street(piece.name)).add(spot)
        self.streets = list(streets.values())

    def _codes_of_towns(self, book: AddressBook) -> dict[int, set[str]]:
        """Return the postcodes of each town, without those that a few of its addresses have by mistake."""
        counts = Counter(
            (town, form)
            for address in book.addresses
            if (form := postcode_form(address.postcode))
            for town in self.towns.numbers(address.towns)
        )
        most: dict[str, int] = defaultdict(int)
        for (_, form), count in counts.items():
            most[form] = max(most[form], count)
        codes: dict[int, set[str]] = defaultdict(set)
        for (town, form), count in counts.items():
            if count >= LEAST_SHARE * most[form]:
                codes[town].add(form)
        return codes

    def _enter(self, number: int, street: Street) -> None:
        keys: set[str] = set()
        parts: set[str] = set()
        for text in (street.name, spelt_out(street.name)):
            words = tokens(text)
            keys.update(self.spellings(words))
            parts.update(_without_kind(words))
        street.keys = frozenset(keys)
        for key in keys:
            self.by_key[key].append(number)
        for part in parts - keys:
            self.by_part[part].append(number)

    def spellings(self, words: Sequence[Token]) -> list[str]:
        """Return a name, as written and with its short forms spelt out in the ways that the map knows."""
        return list(
            dict.fromkeys(
                squeezed(form) for form in combinations([self._long(word.text, stop=word.stop) for word in words])
            )
        )

    def _long(self, text: str, *, stop: bool) -> tuple[str, ...]:
        if (text, stop) not in self._longs:
            if len(self._longs) > MOST_KEPT:
                self._longs.clear()
            self._longs[text, stop] = tuple(self._long_forms(text, stop=stop))
        return self._longs[text, stop]

    def _long_forms(self, text: str, *, stop: bool) -> list[str]:
        if text[0].isdigit():
            return [text]
        found = [text]
        if len(text) > 1 or stop:
            found += [long for long in LONG_FORMS.get(text, ()) if long in self._words]
        for ending, long in ENDINGS.items():
            if text.endswith(ending) and len(text) > len(ending) + 1 and (stop or ending in ENDINGS_WITHOUT_STOP):
                found.append(text.removesuffix(ending) + long)
        if stop and len(found) == 1:
            longer = [known for known in self._words if known.startswith(text) and known != text]
            found += sorted(longer) if len(longer) <= MOST_LONG_FORMS else []
        return list(dict.fromkeys(found))


def _forms(name: str) -> Iterable[list[str]]:
    yield [word.text for word in tokens(name)]
    yield [word.text for word in tokens(spelt_out(name))]


def _without_kind(words: Sequence[Token]) -> Iterable[str]:
    texts = [word.text for word in words]
    for kind, rest in ((texts[:1], texts[1:]), (texts[-1:], texts[:-1])):
        if kind and rest and (kind[0] in KINDS or kind[0] in LONG_FORMS) and len(squeezed(rest)) > 3:
            yield squeezed(rest)
