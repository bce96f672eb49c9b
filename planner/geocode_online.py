"""Ask Nominatim or Photon for an address. Only when the user says so: the addresses leave the machine."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from planner import __version__
from planner.errors import Fault, InputError, PlannerError
from planner.geocode.found import Found
from planner.geocode.geocoder import Geocoder
from planner.io.files import write_atomic
from planner.roads.addresses import Address, AddressBook
from planner.roads.cache import cache_folder

Service = Literal["nominatim", "photon"]
SERVICES: tuple[Service, ...] = ("nominatim", "photon")
PUBLIC_SERVERS: Mapping[Service, str] = {
    "nominatim": "https://nominatim.openstreetmap.org",
    "photon": "https://photon.komoot.io",
}
USER_AGENT = f"micro-ev-planner/{__version__}"
SECONDS_BETWEEN = 1.0
TIMEOUT_S = 10
MOST_ANSWERS = 5
MOST_AT_PUBLIC = 100  # the public servers are not for lists
CITY_KEYS = ("city", "town", "village", "municipality", "hamlet", "suburb", "county", "district", "locality")
STREET_KEYS = ("road", "street", "pedestrian", "square", "place", "hamlet", "locality")


class OnlineError(PlannerError):
    """A service did not answer; what was found before is kept."""

    exit_code = 4


def answers_folder() -> Path:
    """Return where answers are kept."""
    return cache_folder() / "geocode-online"


def forget_answers() -> int:
    """Delete all answers, and return how many there were."""
    kept = list(answers_folder().glob("*.json"))
    for file in kept:
        file.unlink(missing_ok=True)
    return len(kept)


class OnlineGeocoder:
    """Asks a service at most once a second, and keeps its answers on disk.

    An answer is judged as the addresses of a map are: the service's own opinion of it does not count.
    """

    def __init__(self, service: Service, *, server: str | None = None, folder: Path | None = None) -> None:
        self._service = service
        self._server = (server or PUBLIC_SERVERS[service]).rstrip("/")
        self._folder = folder or answers_folder()
        self._ask = _client(service, self._server)

    def refuse_list(self, queries: Sequence[str]) -> None:
        """Raise `InputError` where more is to be asked than a public server is for."""
        fresh = sum(not self._file(query).exists() for query in dict.fromkeys(queries))
        if self._server in PUBLIC_SERVERS.values() and fresh > MOST_AT_PUBLIC:
            message = f"{fresh:,} addresses are too many for a public server, which takes {MOST_AT_PUBLIC} at a time"
            remedy = "take a map with more addresses, split the file, or name a server of your own with --server"
            raise InputError(Fault(code="E-G08", file="--online", message=message, remedy=remedy))

    def find(self, text: str, *, city: str | None = None, postcode: str | None = None) -> Found:
        """Find an address. Raises `OnlineError`."""
        places = self._kept(query_of(text, city=city, postcode=postcode))
        addresses = tuple(Address(**place, towns=(place["city"],) if place["city"] else ()) for place in places)
        if not addresses:
            return Found(grade="none", reason=f"{self._service} does not know it")
        return Geocoder(AddressBook(addresses=addresses), careful=True).find(text, city=city, postcode=postcode)

    def _kept(self, query: str) -> list[dict[str, Any]]:
        file = self._file(query)
        try:
            kept: list[dict[str, Any]] = json.loads(file.read_text(encoding="utf-8"))["places"]
        except (OSError, ValueError, KeyError, TypeError):
            kept = [*self._asked(query)]
            self._keep(file, kept)
        return kept

    def _keep(self, file: Path, places: Sequence[Mapping[str, Any]]) -> None:
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            write_atomic(file, json.dumps({"places": places}, ensure_ascii=False))
        except OSError:
            return  # a folder that cannot be written is done without

    def _file(self, query: str) -> Path:
        name = hashlib.sha256(f"{self._service} {self._server} {query}".encode()).hexdigest()[:32]
        return self._folder / f"{name}.json"

    def _asked(self, query: str) -> Iterator[dict[str, Any]]:
        from geopy.exc import GeopyError  # noqa: PLC0415 - only who asks online needs it

        try:
            answers = self._ask(query)
        except GeopyError as error:
            cause = f"{type(error).__name__}: {error}"
            raise OnlineError(
                f"E-G06 {self._server}: does not answer ({cause}) → try again later; what was found is kept"
            ) from error
        for answer in answers or ():
            said = answer.raw.get("address") or answer.raw.get("properties") or {}
            street = next((said[key] for key in STREET_KEYS if said.get(key)), "")
            if street:
                yield {
                    "lat": float(answer.latitude),
                    "lon": float(answer.longitude),
                    "street": street,
                    "number": said.get("house_number") or said.get("housenumber") or "",
                    "postcode": said.get("postcode", ""),
                    "city": next((said[key] for key in CITY_KEYS if said.get(key)), ""),
                }


def query_of(text: str, *, city: str | None, postcode: str | None) -> str:
    """Return what is asked: the address on one line, and nothing else of an order."""
    town = " ".join(part for part in (postcode, city) if part)
    return ", ".join(part for part in (" ".join(text.split()), town) if part)


def _client(service: Service, server: str) -> Callable[[str], Any]:
    """Return a function that asks a service, slowly. Raises `InputError` E-G07 without geopy."""
    try:
        from geopy.extra.rate_limiter import RateLimiter  # noqa: PLC0415
        from geopy.geocoders import Nominatim, Photon  # noqa: PLC0415
    except ImportError as error:
        message, remedy = "the package geopy is missing", "pip install 'micro-ev-planner[online]'"
        raise InputError(Fault(code="E-G07", file="--online", message=message, remedy=remedy)) from error
    address = urlsplit(server)
    if address.scheme not in {"http", "https"} or not address.netloc:
        message, remedy = "is no address of a server", "write it as https://nominatim.example.org"
        raise InputError(Fault(code="E-A01", file="--server", value=server, message=message, remedy=remedy))
    where = {"scheme": address.scheme, "domain": f"{address.netloc}{address.path}"}
    options: dict[str, Any] = {**where, "user_agent": USER_AGENT, "timeout": TIMEOUT_S}
    details: dict[str, Any] = {"exactly_one": False, "limit": MOST_ANSWERS}
    if service == "nominatim":
        client, details = Nominatim(**options), {**details, "addressdetails": True}
    else:
        client = Photon(**options)
    slowly = RateLimiter(
        client.geocode, min_delay_seconds=SECONDS_BETWEEN, max_retries=1, error_wait_seconds=2, swallow_exceptions=False
    )
    return lambda query: slowly(query, **details)
