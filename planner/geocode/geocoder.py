"""Find a written address in an address book, and say how far the answer can be trusted."""

from __future__ import annotations

import re
from pathlib import Path

from rapidfuzz import process
from rapidfuzz.distance import OSA

from planner.errors import RoadsError
from planner.geocode.found import Found
from planner.geocode.grading import judge
from planner.geocode.index import Index
from planner.geocode.matching import EDIT_COST, Hit, Likeness, hits_of
from planner.geocode.readings import Chunk, readings, split
from planner.roads.addresses import AddressBook, read_addresses

MAPS_WITH_ADDRESSES = (".osm", ".osm.pbf")
MOST_ALIKE, MOST_WORDS = 12, 8
# Letters of a name, and how many it may be off to be looked at.
EDITS_FROM = ((12, 3), (6, 2), (4, 1))


class Geocoder:
    """Finds addresses in an `AddressBook`.

    `careful` is for a book with a few places only, such as an answer from elsewhere: that nothing else fits then says
    little. An address is sure if nothing in it is misspelt and its town or postcode agrees.
    """

    def __init__(self, book: AddressBook, *, careful: bool = False) -> None:
        self._index = Index(book)
        self._careful = careful

    @classmethod
    def from_osm(cls, path: Path) -> Geocoder:
        """Read the addresses of an ``.osm.pbf`` or ``.osm`` file. Raises `RoadsError`, also where it has none."""
        book = read_addresses(path)
        if not book.addresses:
            raise RoadsError(f"E-G01 {path}: no house number in it → take a map with addresses")
        return cls(book)

    @classmethod
    def of_map(cls, path: Path) -> Geocoder | None:
        """Read the addresses of a streets file, None for one that has none: only OSM files do, and not all of them."""
        if not path.name.endswith(MAPS_WITH_ADDRESSES):
            return None
        try:
            return cls.from_osm(path)
        except RoadsError:  # a map of streets alone
            return None

    def find(self, text: str, *, city: str | None = None, postcode: str | None = None) -> Found:
        """Find an address written in any usual order; `city` and `postcode` say what the text does not."""
        index = self._index
        written = split(text, city=city, postcode=postcode, index=index)
        ways = list(readings(written, index))
        hits: list[Hit] = []
        for reading in ways:
            for street in self._spelt_so(reading.street):
                hits += hits_of(reading, index, street, Likeness())
        if not hits or min(hit.place_cost for hit in hits) >= EDIT_COST:
            for reading in ways:
                for street, likeness in self._spelt_alike(reading.street).items():
                    hits += hits_of(reading, index, street, likeness)
        return judge(hits, index, careful=self._careful)

    def _spelt_so(self, words: Chunk) -> set[int]:
        return {street for key in self._index.spellings(words) for street in self._index.by_key.get(key, ())}

    def _spelt_alike(self, words: Chunk) -> dict[int, Likeness]:
        """Return the streets whose name is a few letters off, or of which the words are a part."""
        found: dict[int, Likeness] = {}
        if len(words) > MOST_WORDS:
            return found
        index = self._index
        for key in index.spellings(words):
            most = next((edits for letters, edits in EDITS_FROM if len(key) >= letters), 0)
            alike = (
                process.extract(key, index.keys, scorer=OSA.distance, score_cutoff=most, limit=MOST_ALIKE)
                if most
                else ()
            )
            for name, edits, _ in alike:
                for street in index.by_key[name]:
                    if street not in found or found[street].edits > edits:
                        found[street] = Likeness(edits=int(edits))
            for street in index.by_part.get(key, ()):
                found.setdefault(street, Likeness(part=True))
        for street in self._initials(words):
            found[street] = Likeness()
        return found

    def _initials(self, words: Chunk) -> list[int]:
        """Return the streets of which the words with a full stop are the beginnings of words."""
        if len(words) < 2 or not any(word.stop or len(word.text) == 1 for word in words):
            return []
        pattern = " ".join(
            f"{re.escape(word.text)}[^ ]*" if word.stop or len(word.text) == 1 else re.escape(word.text)
            for word in words
        )
        whole = re.compile(pattern)
        alike = self._index.by_start.get((words[0].text[0], len(words)), ())
        return [street for name, street in alike if whole.fullmatch(name)]
