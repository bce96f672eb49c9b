"""How often a corrupted address is found again on real maps, and how often a sure answer is wrong.

The corruptions are those of `corruptions.py`, one in each address, by a fixed seed.
"""

from __future__ import annotations

import random
import time
from functools import cache
from pathlib import Path

import pytest

from planner.geocode.found import Found
from planner.geocode.geocoder import Geocoder
from planner.geocode.numbers import ends, number_forms
from planner.roads.addresses import Address, AddressBook, read_addresses
from planner.roads.streets import haversine_m
from tests.geocode.corruptions import corrupt

SAMPLE = 2_000
MAPS = ("lauf-2020", "liechtenstein-2021")


@cache
def of_map(path: Path) -> tuple[AddressBook, Geocoder]:
    book = read_addresses(path)
    return book, Geocoder(book)


def is_right(found: Found, wanted: Address) -> bool:
    assert found.lat is not None
    assert found.lon is not None
    away_m = float(haversine_m(lat1=wanted.lat, lon1=wanted.lon, lat2=found.lat, lon2=found.lon))
    # The same address at another door of the house is right too.
    return away_m <= 30 or found.address.startswith(f"{wanted.street} {wanted.number}, ")


@pytest.mark.parametrize("name", MAPS)
def test_of_2000_corrupted_addresses_95_percent_are_surely_right_and_hardly_any_surely_wrong(
    name: str, shared: Path
) -> None:
    book, geocoder = of_map(shared / "osm" / f"{name}.osm.pbf")
    rng = random.Random(8)
    complete = [address for address in book.addresses if address.city and address.postcode]
    asked = [(address, corrupt(address, rng)[1]) for address in rng.sample(complete, SAMPLE)]
    begun = time.process_time()
    answers = [geocoder.find(text) for _, text in asked]
    spent_s = time.process_time() - begun
    sure = [
        is_right(found, address) for (address, _), found in zip(asked, answers, strict=True) if found.grade == "sure"
    ]
    assert sum(sure) / SAMPLE >= 0.95
    assert sure.count(False) / SAMPLE <= 0.002
    assert SAMPLE / spent_s >= 500


@pytest.mark.parametrize("name", MAPS)
def test_a_house_number_that_the_street_does_not_have_is_never_sure(name: str, shared: Path) -> None:
    book, geocoder = of_map(shared / "osm" / f"{name}.osm.pbf")
    known: dict[str, set[str]] = {}
    for address in book.addresses:
        for form in number_forms(address.number):
            known.setdefault(address.street, set()).update({form, *ends(form)})
    rng = random.Random(3)
    asked = 0
    for address in rng.sample(book.addresses, 500):
        invented = (
            str(rng.randrange(1, 250)),
            address.number + "x",
            f"{address.number}{rng.randrange(10)}",
            f"z{address.number}",
        )
        number = rng.choice(invented)
        if not known[address.street].isdisjoint(number_forms(number)):
            continue
        text = corrupt(address._replace(number=number), rng)[1]
        assert geocoder.find(text).grade != "sure", text
        asked += 1
    assert asked > 400


def test_a_street_that_the_map_does_not_have_is_hardly_ever_taken_for_another(shared: Path) -> None:
    book, _ = of_map(shared / "osm" / "lauf-2020.osm.pbf")
    names = sorted({address.street for address in book.addresses})
    hidden = set(random.Random(5).sample(names, len(names) // 4))
    rest = AddressBook(
        addresses=tuple(address for address in book.addresses if address.street not in hidden),
        streets=tuple(piece for piece in book.streets if piece.name not in hidden),
        regions=book.regions,
    )
    geocoder = Geocoder(rest)
    gone = [address for address in book.addresses if address.street in hidden]
    grades = [
        geocoder.find(f"{address.street} {address.number}, {address.postcode} {address.city}").grade
        for address in gone[:: max(1, len(gone) // 500)]
    ]
    assert len(grades) >= 400
    assert grades.count("sure") / len(grades) <= 0.01
