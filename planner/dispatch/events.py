"""What has happened since the plan was made, read from a CSV or JSON file; every fault at once."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from planner.errors import Fault, InputError, did_you_mean
from planner.io.area import Area
from planner.io.cells import CellError, minutes_s, time_s
from planner.io.csv_table import column_name, read_table
from planner.io.files import read_file
from planner.io.order_rows import Context, RowReader, read_order
from planner.model import Day, Order, RoadOut, Spot, TimeWindow
from planner.roads.closing import NEAR_M, pieces_near
from planner.roads.network import Network

MAX_BYTES = 10_000_000
# What each kind of event needs beside its time.
NEEDS: Mapping[str, tuple[str, ...]] = {
    "vehicle_out": ("vehicle",),
    "order_new": ("id", "lat", "lon", "demand_kg"),
    "order_cancelled": ("order",),
    "window_changed": ("order", "tw_start", "tw_end"),
    "delay": ("vehicle", "minutes"),
    "plug_out": ("plug",),
    "soc": ("vehicle", "soc"),
    "done": ("order",),
    "not_delivered": ("order",),
    "road_closed": ("lat", "lon"),
}
MOST_RADIUS_M = 5_000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that happened at a moment; what a kind does not need is empty."""

    kind: str
    at_s: int
    vehicle: str = ""
    order: str = ""
    plug: str = ""
    lasts_s: int = 0
    soc: float = 0.0  # state of charge, from 0 to 1
    window: TimeWindow | None = None
    spot: Spot | None = None
    new: Order | None = None
    road: RoadOut | None = None


def read_events(
    path: Path, day: Day, *, now_s: int, area: Area | None = None, networks: Sequence[Network] = ()
) -> tuple[Event, ...]:
    """Read the events of a day under way, in order of time. Raises `InputError` with every fault.

    `networks` are the streets that the day's vehicles use, on one of which a road that is closed must lie.
    """
    data = read_file(path, max_bytes=MAX_BYTES)
    reader = _Reader(path.name, day, now_s, area, networks)
    events = [event for line, cells in _rows(data, path.name) if (event := reader.event(line, cells)) is not None]
    if reader.faults:
        raise InputError(reader.faults)
    return tuple(sorted(events, key=lambda event: event.at_s))


def _rows(data: bytes, file: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the cells of each row by column; a JSON file is a list of objects, numbered from 1."""
    if data.lstrip()[:1] in (b"[", b"{"):
        yield from _json_rows(data, file)
        return
    table = read_table(data, file=file)
    columns = [column_name(name) for name in table.header]
    for row in table.rows:
        yield row.line, dict(zip(columns, (cell.strip() for cell in row.cells), strict=False))


def _json_rows(data: bytes, file: str) -> Iterator[tuple[int, dict[str, str]]]:
    remedy = 'write a list of events, [{"time": "11:00", "event": "delay", ...}]'
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        raise InputError(Fault(code="E-N01", file=file, message="this is no JSON", remedy=remedy)) from None
    if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
        raise InputError(Fault(code="E-N01", file=file, message="this is no list of events", remedy=remedy))
    for line, row in enumerate(found, start=1):
        yield line, {column_name(str(key)): "" if value is None else str(value).strip() for key, value in row.items()}


class _Reader:
    """Reads rows against the day and collects what is wrong with them."""

    def __init__(self, file: str, day: Day, now_s: int, area: Area | None, networks: Sequence[Network]) -> None:
        self.file, self.now_s, self.networks = file, now_s, networks
        self.day_date, self.zone = date.fromisoformat(day.date), ZoneInfo(day.time_zone)
        self.context = Context(
            file=file, day=self.day_date, zone=self.zone, area=area, depots=[depot.id for depot in day.depots]
        )
        self.known = {
            "vehicle": {vehicle.id for vehicle in day.vehicles},
            "order": {order.id for order in day.orders},
            "plug": {plug.id for site in day.sites for plug in site.plugs},
        }
        self.faults: list[Fault] = []

    def event(self, line: int, cells: Mapping[str, str]) -> Event | None:
        """Return the event of a row, None where it has faults."""
        before = len(self.faults)
        kind = cells.get("event", "")
        if kind not in NEEDS:
            message = f"is no event that is known{did_you_mean(kind, NEEDS)}"
            self._refuse(line, "event", kind, "E-N03", message, f"write one of {', '.join(NEEDS)}")
            return None
        for column in ("time", *NEEDS[kind]):
            if not cells.get(column):
                self._refuse(line, column, "", "E-N02", f"a {kind} needs it", "fill it in")
        if len(self.faults) > before:
            return None
        event = Event(kind=kind, at_s=self._time(line, "time", cells["time"]))
        if event.at_s > self.now_s:
            self._refuse(line, "time", cells["time"], "E-N05", "has not happened yet", "plan again with a later --now")
        named = {name: self._known(line, name, cells[name]) for name in self.known if name in NEEDS[kind]}
        event = replace(
            event, vehicle=named.get("vehicle", ""), order=named.get("order", ""), plug=named.get("plug", "")
        )
        if kind == "delay":
            event = replace(event, lasts_s=self._minutes(line, cells["minutes"]))
        if kind == "soc":
            event = replace(event, soc=self._soc(line, cells["soc"]))
        if kind == "window_changed":
            event = replace(event, window=self._window(line, cells))
        if kind == "vehicle_out" and (cells.get("lat") or cells.get("lon")):
            event = replace(event, spot=self._spot(line, cells))
        if kind == "road_closed":
            event = replace(event, road=self._road(line, cells, event.at_s))
        if kind == "order_new":
            event = replace(event, new=self._new(line, cells))
        return event if len(self.faults) == before else None

    def _refuse(self, line: int, column: str, value: str, code: str, message: str, remedy: str) -> None:
        fault = Fault(code=code, file=self.file, row=line, column=column, value=value, message=message, remedy=remedy)
        self.faults.append(fault)

    def _refuse_cell(self, line: int, column: str, value: str, error: CellError) -> None:
        self._refuse(line, column, value, "E-N06", error.message, error.remedy)

    def _known(self, line: int, column: str, id_: str) -> str:
        if id_ not in self.known[column]:
            message = f"is no {column} of the plan{did_you_mean(id_, self.known[column])}"
            self._refuse(line, column, id_, "E-N04", message, "write its id as the plan has it")
        return id_

    def _time(self, line: int, column: str, text: str) -> int:
        try:
            return time_s(text, day=self.day_date, zone=self.zone)
        except CellError as error:
            self._refuse_cell(line, column, text, error)
            return 0

    def _minutes(self, line: int, text: str) -> int:
        try:
            return minutes_s(text, code="E-N06")
        except CellError as error:
            self._refuse_cell(line, "minutes", text, error)
            return 0

    def _soc(self, line: int, text: str) -> float:
        try:
            percent = float(text.removesuffix("%").strip().replace(",", "."))
        except ValueError:
            percent = -1.0
        if not 0 <= percent <= 100:
            self._refuse(line, "soc", text, "E-N06", "is no state of charge", "write percent from 0 to 100, such as 35")
        return percent / 100

    def _window(self, line: int, cells: Mapping[str, str]) -> TimeWindow:
        start_s, end_s = (self._time(line, column, cells[column]) for column in ("tw_start", "tw_end"))
        if end_s < start_s:
            self._refuse(line, "tw_end", cells["tw_end"], "E-N06", "the window ends before it starts", "swap the times")
        return TimeWindow(start_s=start_s, end_s=end_s)

    def _spot(self, line: int, cells: Mapping[str, str]) -> Spot | None:
        try:
            spot = Spot(lat=float(cells.get("lat", "")), lon=float(cells.get("lon", "")))
        except ValueError:
            spot = Spot(lat=91.0, lon=0.0)
        if not (abs(spot.lat) <= 90 and abs(spot.lon) <= 180):
            message = "a place needs lat and lon in degrees"
            self._refuse(line, "lat", cells.get("lat", ""), "E-N06", message, "correct both or leave both out")
        return spot

    def _road(self, line: int, cells: Mapping[str, str], from_s: int) -> RoadOut | None:
        faults, spot, radius_m = len(self.faults), self._spot(line, cells), self._radius_m(line, cells)
        if spot is None or len(self.faults) > faults:
            return None
        pieces = pieces_near(self.networks, lat=spot.lat, lon=spot.lon, radius_m=radius_m)
        if not pieces:
            message = f"no street that the vehicles use is within {radius_m or NEAR_M:g} m"
            remedy = "correct lat and lon, or give a larger radius_m"
            self._refuse(line, "lat", f"{spot.lat}, {spot.lon}", "E-N10", message, remedy)
        return RoadOut(segments=pieces, from_s=from_s, lat=spot.lat, lon=spot.lon, radius_m=radius_m)

    def _radius_m(self, line: int, cells: Mapping[str, str]) -> float:
        text = cells.get("radius_m", "")
        try:
            radius_m = float(text or "0")
        except ValueError:
            radius_m = -1.0
        if not 0 <= radius_m <= MOST_RADIUS_M:
            message = f"is no radius from 0 to {MOST_RADIUS_M:g} m"
            self._refuse(line, "radius_m", text, "E-N06", message, "write metres, or leave it out")
        return radius_m

    def _new(self, line: int, cells: Mapping[str, str]) -> Order | None:
        if cells["id"] in self.known["order"]:
            self._refuse(
                line, "id", cells["id"], "E-N04", "the plan has this order already", "give it an id of its own"
            )
        self.known["order"].add(cells["id"])
        row = RowReader(dict(cells), line, self.context)
        order = read_order(row)
        self.faults += row.faults
        if order is not None and order.pair:
            self._refuse(line, "pair", order.pair, "E-N06", "new pairs cannot be read", "leave it to the next plan")
        return order
