"""Ways in which people write an address otherwise than the map: one of them a time, the house number kept as it is.

Each takes the address and a random stream and returns the text, or None where it changes nothing.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable

from planner.roads.addresses import Address

Corruption = Callable[[Address, random.Random], str | None]
LETTERS = "abcdefghijklmnopqrstuvwxyz"
SHORT = {
    "straße": "str.",
    "strasse": "str.",
    "platz": "pl.",
    "gasse": "g.",
    "sankt": "St.",
    "avenue": "Av.",
    "boulevard": "Bd",
    "rue": "R.",
    "place": "Pl.",
    "saint": "St",
    "avinguda": "Av.",
    "carrer": "C/",
    "carretera": "Ctra.",
    "plaça": "Pl.",
    "via": "V.",
    "viale": "V.le",
    "piazza": "P.zza",
    "corso": "C.so",
    "rua": "R.",
    "travessa": "Tv.",
    "northeast": "NE",
    "southwest": "SW",
    "southeast": "SE",
    "northwest": "NW",
    "street": "St",
}
UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss"})
BARE = str.maketrans("äöüÄÖÜàáâèéêëíìîïóòôúùûçñÀÁÉÈÍÓÒÚÇ", "aouAOUaaaeeeeiiiiooouuucnAAEEIOOUC", "")


def written(address: Address, street: str | None = None, postcode: str | None = None, city: str | None = None) -> str:
    """The address in the order of the continent, with some parts put otherwise."""
    street = address.street if street is None else street
    town = f"{address.postcode if postcode is None else postcode} {address.city if city is None else city}".strip()
    return f"{street} {address.number}, {town}" if town else f"{street} {address.number}"


def _changed(address: Address, street: str) -> str | None:
    return None if street == address.street else written(address, street)


def _letter(text: str, rng: random.Random) -> int | None:
    places = [at for at, character in enumerate(text) if character.isalpha()]
    return rng.choice(places) if len(places) > 3 else None


def as_in_the_map(address: Address, rng: random.Random) -> str:
    return written(address)


def no_postcode(address: Address, rng: random.Random) -> str | None:
    return written(address, postcode="") if address.postcode else None


def no_town(address: Address, rng: random.Random) -> str | None:
    return written(address, city="") if address.postcode and address.city else None


def no_postcode_and_no_town(address: Address, rng: random.Random) -> str:
    return f"{address.street} {address.number}"


def capitals(address: Address, rng: random.Random) -> str:
    return written(address).upper()


def no_capitals(address: Address, rng: random.Random) -> str:
    return written(address).lower()


def umlauts_spelt_out(address: Address, rng: random.Random) -> str | None:
    return _changed(address, address.street.translate(UMLAUTS))


def no_accents(address: Address, rng: random.Random) -> str | None:
    return _changed(address, address.street.translate(BARE))


def the_other_s(address: Address, rng: random.Random) -> str | None:
    street = address.street
    return _changed(address, street.replace("ß", "ss") if "ß" in street else street.replace("ss", "ß"))


def shortened_kind(address: Address, rng: random.Random) -> str | None:
    for long, short in SHORT.items():
        ending = "gasse" if long == "gasse" else long
        street = re.sub(rf"(?i)(?<![^\W\d_])(?:{long})\b", short, address.street, count=1)
        if street == address.street and long in {"straße", "strasse", "platz", "gasse"}:
            street = re.sub(rf"(?i)(?<=\w\w\w){ending}$", short, address.street)
        if street != address.street:
            return written(address, street)
    return None


def compound_apart_or_together(address: Address, rng: random.Random) -> str | None:
    street = address.street
    if re.search(r"\w (?:Straße|Strasse|Weg|Platz|Gasse)$", street):
        head, _, kind = street.rpartition(" ")
        return written(address, head + rng.choice(["", "-"]) + kind.lower())
    return _changed(
        address, re.sub(r"(?<=\w\w\w)(straße|strasse|weg|platz|gasse)$", lambda m: " " + m[1].title(), street)
    )


def hyphens(address: Address, rng: random.Random) -> str | None:
    return _changed(
        address, address.street.replace("-", " ") if "-" in address.street else address.street.replace(" ", "-")
    )


def number_before_street(address: Address, rng: random.Random) -> str:
    return f"{address.number} {address.street}, {address.postcode} {address.city}".rstrip(", ")


def town_before_street(address: Address, rng: random.Random) -> str | None:
    town = f"{address.postcode} {address.city}".strip()
    return f"{town}, {address.street} {address.number}" if town else None


def no_commas(address: Address, rng: random.Random) -> str | None:
    return written(address).replace(",", "") if address.postcode or address.city else None


def country_added(address: Address, rng: random.Random) -> str | None:
    return (
        f"{address.street} {address.number}, D-{address.postcode} {address.city}, Deutschland"
        if address.postcode and address.city
        else None
    )


def town_shortened(address: Address, rng: random.Random) -> str | None:
    first = re.split(r"[ ./-]", address.city)[0]
    return written(address, city=first) if first != address.city and len(first) > 3 else None


def number_said_to_be_one(address: Address, rng: random.Random) -> str:
    return f"{address.street} Nr. {address.number}, {address.postcode} {address.city}".rstrip(", ")


def number_in_another_form(address: Address, rng: random.Random) -> str | None:
    apart = re.fullmatch(r"(\d+) ?([a-zA-Z])", address.number)
    spread = re.fullmatch(r"(\d+)-(\d+)", address.number)
    if apart:
        number = rng.choice(
            [f"{apart[1]} {apart[2].lower()}", f"{apart[1]}{apart[2].upper()}", f"{apart[1]} {apart[2].upper()}"]
        )
    elif spread:
        number = f"{spread[1]} – {spread[2]}"
    else:
        return None
    return written(address._replace(number=number))


def flat_added(address: Address, rng: random.Random) -> str:
    flat = rng.choice(["2. OG", "Whg. 4", "Hinterhaus", "apt 7"])
    return f"{address.street} {address.number}, {flat}, {address.postcode} {address.city}".rstrip(", ")


def letter_left_out(address: Address, rng: random.Random) -> str | None:
    at = _letter(address.street, rng)
    return None if at is None else _changed(address, address.street[:at] + address.street[at + 1 :])


def letter_too_many(address: Address, rng: random.Random) -> str | None:
    at = _letter(address.street, rng)
    return None if at is None else _changed(address, address.street[:at] + rng.choice(LETTERS) + address.street[at:])


def letter_doubled(address: Address, rng: random.Random) -> str | None:
    at = _letter(address.street, rng)
    return None if at is None else _changed(address, address.street[: at + 1] + address.street[at:])


def letter_changed(address: Address, rng: random.Random) -> str | None:
    at = _letter(address.street, rng)
    return (
        None if at is None else _changed(address, address.street[:at] + rng.choice(LETTERS) + address.street[at + 1 :])
    )


def letters_swapped(address: Address, rng: random.Random) -> str | None:
    at = _letter(address.street[:-1], rng)
    if at is None:
        return None
    street = address.street
    return _changed(address, street[:at] + street[at + 1] + street[at] + street[at + 2 :])


def letter_of_the_town_changed(address: Address, rng: random.Random) -> str | None:
    at = _letter(address.city, rng)
    return (
        None if at is None else written(address, city=address.city[:at] + rng.choice(LETTERS) + address.city[at + 1 :])
    )


def digit_of_the_postcode_changed(address: Address, rng: random.Random) -> str | None:
    if not address.postcode.isdigit() or not address.city:
        return None
    at = rng.randrange(len(address.postcode))
    return written(address, postcode=address.postcode[:at] + rng.choice("0123456789") + address.postcode[at + 1 :])


CORRUPTIONS: tuple[Corruption, ...] = (
    as_in_the_map,
    no_postcode,
    no_town,
    no_postcode_and_no_town,
    capitals,
    no_capitals,
    umlauts_spelt_out,
    no_accents,
    the_other_s,
    shortened_kind,
    compound_apart_or_together,
    hyphens,
    number_before_street,
    town_before_street,
    no_commas,
    country_added,
    town_shortened,
    number_said_to_be_one,
    number_in_another_form,
    flat_added,
    letter_left_out,
    letter_too_many,
    letter_doubled,
    letter_changed,
    letters_swapped,
    letter_of_the_town_changed,
    digit_of_the_postcode_changed,
)


def corrupt(address: Address, rng: random.Random) -> tuple[str, str]:
    """Return the name of one corruption that changes this address, and the text."""
    while True:
        corruption = rng.choice(CORRUPTIONS)
        text = corruption(address, rng)
        if text is not None:
            return corruption.__name__, text
