"""Finding addresses in a small town whose places are known by heart."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.geocode.found import Found
from planner.geocode.geocoder import Geocoder
from planner.roads.addresses import Address, AddressBook, StreetPiece

STEP = 0.001  # degrees, about 111 m to the north
TOWN, VILLAGE = "Neustadt a.d. Saale", "Altdorf"


def house(
    street: str, number: str, *, north: float, city: str = TOWN, postcode: str = "97616", east: float = 0.0
) -> Address:
    return Address(
        lat=50 + north * STEP,
        lon=10 + east * STEP,
        street=street,
        number=number,
        postcode=postcode,
        city=city,
        towns=(city,),
    )


BOOK = AddressBook(
    addresses=(
        house("Bahnhofstraße", "1", north=1),
        house("Bahnhofstraße", "12a", north=2),
        house("Bahnhofstraße", "14", north=3),
        house("Bahnhofstraße", "20-24", north=4),
        house("Bahnhofstraße", "30;32", north=5),
        house("Sankt-Anna-Gasse", "3", north=6),
        house("Müllerweg", "5", north=7),
        house("Waldstraße", "7", north=8),
        house("Feldstraße", "9", north=9),
        house("Straße des 17. Juni", "100", north=10),
        house("Straße des 17. Juni", "17", north=11),
        house("Hauptstraße", "5", north=12),
        house("Hauptstraße", "6", north=13),
        house("Hauptstraße", "5", north=100, city=VILLAGE, postcode="97618"),
        house("Hauptstraße", "8", north=101, city=VILLAGE, postcode="97618"),
        house("Am Anger", "1", north=20),
        house("Am Anger", "1", north=20.3),  # the back door, 33 m away
        house("Ringstraße", "2", north=30),
        house("Ringstraße", "2", north=35),  # 555 m away
        house("Via della Scala", "4", north=40),
        house("12th Avenue", "7", north=42),
        house("Josef-Rheinberger-Straße", "9", north=44),
        house("Viale Roma", "15/A", north=46),
        house("Parkhaus", "A2", north=48),
    ),
    streets=(StreetPiece(50.05, 10.0, "Lindenallee", (TOWN,)),),
    regions=("Bayern",),
)
GEOCODER = Geocoder(BOOK)


def north(found: Found) -> float:
    assert found.lat is not None
    return round((found.lat - 50) / STEP, 1)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("Bahnhofstraße 14, 97616 Neustadt a.d. Saale", 3),
        ("Bahnhofstr. 14", 3),
        ("bahnhofstr 14", 3),
        ("BAHNHOFSTRASSE 14, NEUSTADT", 3),
        ("14 Bahnhofstrasse", 3),
        ("97616 Neustadt an der Saale, Bahnhof-Straße 14", 3),
        ("Neustadt Bahnhofstr. 14", 3),
        ("D-97616 Neustadt; Bahnhofstraße Nr. 14; Deutschland", 3),
        ("Bahnhofstraße 14, Neustadt, Bayern", 3),
        ("Bahnhofstraße 14, 2. OG, 97616 Neustadt", 3),
        ("Bahnhofstraße 14, Whg. 3, 97616 Neustadt", 3),
        ("Bahnhofstraße 14, 2º B, 97616 Neustadt", 3),
        ("Bahnhofstraße, nº 14, 3.º Dto, Neustadt", 3),
        ("14, Bahnhofstraße, 97616 Neustadt", 3),
        ("Bahnhofstaße 14, 97616 Neustadt", 3),
        ("Bahnhfostraße 14, 97616 Neustadt", 3),
        ("Bahnhofstraße 14, 97616 Neustatd", 3),
        ("Bahnhofstraße 14, 97617 Neustadt a.d. Saale", 3),
        ("Bahnhofstraße 12 A", 2),
        ("Bahnhofstraße 12a", 2),
        ("Bahnhofstr.12A", 2),
        ("Bahnhofstraße 20 – 24", 4),
        ("Bahnhofstraße 24", 4),
        ("Bahnhofstraße 32", 5),
        ("St.-Anna-Gasse 3", 6),
        ("Sankt Annagasse 3, Neustadt", 6),
        ("Mueller Weg 5", 7),
        ("Muellerweg 5", 7),
        ("Mullerweg 5", 7),
        ("Straße des 17. Juni 100", 10),
        ("Str. des 17. Juni 17", 11),
        ("Hauptstraße 5, Altdorf", 100),
        ("Hauptstraße 5, 97616", 12),
        ("J.-Rheinberger-Str. 9", 44),
        ("V.le Roma 15a", 46),
        ("Parkhaus A2", 48),
    ],
)
def test_a_place_that_is_clear_is_sure(text: str, at: float) -> None:
    found = GEOCODER.find(text)
    assert (found.grade, found.reason) == ("sure", "")
    assert north(found) == at


@pytest.mark.parametrize(
    ("text", "grade", "reason"),
    [
        ("Bahnhofstraße 12", "likely", "house number 12 is not in the map, 12a is"),
        ("Bahnhofstraße 14b", "likely", "house number 14b is not in the map, 14 is"),
        ("Bahnhofstraße 14/3", "likely", "house number 14/3 is not in the map, 14 is"),
        ("Bahnhofstraße 16, Neustadt", "street", "house number 16 is not in the map"),
        ("Bahnhofstraße, Neustadt", "street", "no house number"),
        ("Lindenallee 4", "street", "house number 4 is not in the map"),
        ("Hauptstraße 5", "likely", "several places fit equally"),
        ("Hauptstraße 6", "likely", "the street is in Altdorf too"),
        ("Ringstraße 2", "likely", "several places fit equally"),
        ("Weldstraße 7", "likely", "Feldstraße is spelt as alike"),
        ("des 17. Juni 100", "likely", "only a part of the street's name"),
        ("Bahnhofstraße 14, Hersbruck", "likely", "some words of the address are not understood"),
        ("Firma Meier Bahnhofstraße 14", "likely", "some words of the address are not understood"),
        ("Bahnhofstraße 14, Altdorf", "likely", "it lies in another town"),
        ("Bahnhofstraße 14, 97618", "likely", "the postcode is another one"),
        ("13th Avenue 7", "likely", "12th Avenue is numbered otherwise"),
        ("Parkhaus 2", "street", "house number 2 is not in the map"),
        ("Müllerweg 77, Altdorf", "none", "it lies in another town"),
        ("Quellenhof 3", "none", "no street of this name in the map"),
        ("", "none", "no street of this name in the map"),
        ("97616 Neustadt", "none", "no street of this name in the map"),
    ],
)
def test_what_is_doubtful_is_told_with_its_reason(text: str, grade: str, reason: str) -> None:
    found = GEOCODER.find(text)
    assert found.grade == grade
    assert reason in found.reason


def test_the_places_that_fit_equally_are_the_candidates() -> None:
    found = GEOCODER.find("Hauptstraße 5")
    assert [place.address for place in found.candidates[:2]] == [
        f"Hauptstraße 5, 97616 {TOWN}",
        f"Hauptstraße 5, 97618 {VILLAGE}",
    ]


def test_two_doors_of_one_house_are_one_place() -> None:
    assert GEOCODER.find("Am Anger 1").grade == "sure"


def test_a_number_that_is_missing_stands_at_the_nearest_on_its_side_of_the_street() -> None:
    assert north(GEOCODER.find("Bahnhofstraße 15")) == 3  # beside 14, the only one near
    assert north(GEOCODER.find("Bahnhofstraße 3")) == 1


def test_town_and_postcode_may_stand_in_columns_of_their_own() -> None:
    assert north(GEOCODER.find("Hauptstraße 5", city=VILLAGE)) == 100
    assert north(GEOCODER.find("Hauptstr. 5", postcode="97616")) == 12
    assert GEOCODER.find("Bahnhofstraße 14", city="Hersbruck").grade != "sure"


def test_a_number_beside_flat_or_floor_is_not_that_of_the_house() -> None:
    assert GEOCODER.find("Bahnhofstraße Whg. 14").grade == "street"
    assert north(GEOCODER.find("Via della Scala 4")) == 40  # here it is a name


def test_a_letter_after_the_number_is_never_swallowed_by_a_slip_in_the_street() -> None:
    for text in (
        "14 x Bahnhofstraße",
        "14xBahnhofstraße",
        "Bahnhofstraße x14",
        "14 x, Bahnhofstraße",
        "Bahnhofstraße 14 x y",
    ):
        assert GEOCODER.find(text).grade != "sure", text


def test_careful_takes_nothing_misspelt_and_nothing_without_a_town() -> None:
    careful = Geocoder(BOOK, careful=True)
    assert careful.find("Bahnhofstraße 14, 97616 Neustadt").grade == "sure"
    assert careful.find("Bahnhofstaße 14, 97616 Neustadt").grade == "likely"
    assert careful.find("Bahnhofstraße 14").grade == "likely"


@pytest.mark.parametrize(
    "text", ["\x00", "٣٤", "🚚 14", "1" * 500, "a " * 500, "((((", "Straße " * 30, "12-", "/ / /", "-5"]
)
def test_nothing_that_can_be_typed_breaks_it(text: str) -> None:
    assert GEOCODER.find(text).grade != "sure"


@given(text=st.text(max_size=200), city=st.none() | st.text(max_size=20), postcode=st.none() | st.text(max_size=9))
@settings(max_examples=100, deadline=None)
def test_any_text_has_an_answer(text: str, city: str | None, postcode: str | None) -> None:
    found = GEOCODER.find(text, city=city, postcode=postcode)
    assert (found.lat is None) == (found.lon is None) == (found.grade == "none")
