"""What a manifest says, as texts in the user's language, in the order of the page; PDF and HTML only set it."""

from __future__ import annotations

from dataclasses import dataclass

LONGEST_TEXT = 70_000  # characters of a text of the user; an orders file admits no field as long


@dataclass(frozen=True, slots=True, kw_only=True)
class StopLine:
    """One line of the list that the driver works through; `number` is empty where no order is served."""

    number: str
    arrives: str
    until: str
    windows: str
    id: str
    title: str
    remarks: tuple[str, ...] = ()
    notes: str = ""
    parcels: str = ""
    kg: str = ""
    soc: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadLine:
    """What goes on board for one stop; `turn` is its place in the order of loading."""

    turn: str
    stop: str
    id: str
    address: str
    parcels: str
    kg: str
    litres: str
    longest: str  # of its parcels, in cm


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkLine:
    """A link to the navigation, and the same as a QR code."""

    label: str
    url: str
    qr_svg: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TripSheet:
    """One trip: what to load and where to charge before it, the way, the stops."""

    title: str
    facts: str
    at_depot: tuple[str, ...]
    loads: tuple[LoadLine, ...]
    loads_total: str
    map_svg: str
    map_text: str
    legend: str
    links: tuple[LinkLine, ...]
    stops: tuple[StopLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table of texts; `numbers` says which columns stand to the right."""

    title: str
    heads: tuple[str, ...]
    numbers: tuple[bool, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A whole document: a vehicle's day, or the day of all of them, which has no trips."""

    language: str
    title: str
    subtitle: str
    facts: tuple[tuple[str, str], ...]
    tables: tuple[Table, ...]
    remarks: tuple[str, ...]
    trips: tuple[TripSheet, ...]
    labels: dict[str, str]  # of the tables of a trip
    footer: str
