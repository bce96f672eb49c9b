"""What events have made of a plan's tours: vehicles late or out, charges cut short, parcels stuck or brought back."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from planner.dispatch.closed import charged_in_time, cut_off, driven_anew, later_trips, reaching, refuse_no_way
from planner.dispatch.desk import Desk
from planner.dispatch.events import Event
from planner.dispatch.mend import charge_cut, in_hours, mended, queued, refilled
from planner.dispatch.state import UnderWay, at_rest, broken_down, held, stored_at, under_way
from planner.errors import Fault, InputError, RoadsError
from planner.model import Day, PlugOut, Spot, Vehicle
from planner.roads.day import DayRoads, day_roads
from planner.roads.past import Begun, as_driven
from planner.solve.begun import begun_drives, starts_of
from planner.solve.problem import MWH, NO_PARTNER, Problem, site_plugs
from planner.solve.solution import Tour

MOST_CHANGES = 50  # of which drives began before a road was closed


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """Orders that are stuck on a vehicle that is out, to be delivered or picked up, and where it stands."""

    vehicle: int
    orders: tuple[int, ...]
    picked_up: tuple[int, ...]  # with those of pairs
    spot: Spot
    at_s: int


@dataclass(slots=True, kw_only=True)
class Facts:
    """What has become of each vehicle by its number, and what is stuck."""

    states: dict[int, UnderWay] = field(default_factory=dict)
    tours: dict[int, Tour] = field(default_factory=dict)  # as they would go on
    out_s: dict[int, int] = field(default_factory=dict)  # since when vehicles are out
    transfers: list[Transfer] = field(default_factory=list)
    brought_back: dict[int, int] = field(default_factory=dict)  # orders that a vehicle takes back to its depot
    tried: dict[int, int] = field(default_factory=dict)  # orders that a vehicle found nobody for
    stranded: list[int] = field(default_factory=list)  # vehicles whose battery does not last to any plug

    def begun(self) -> set[int]:
        """Return the places that are served in trips under way or over."""
        return {place for state in self.states.values() for place in state.orders}

    def stuck(self, day: Day) -> dict[str, str]:
        """Return for each order that is stuck the vehicle on which it is."""
        return {
            day.orders[i].id: day.vehicles[t.vehicle].id
            for t in self.transfers
            for i in (*t.orders, *t.picked_up)
            if not day.orders[i].pair or i in t.orders
        }


def with_dead_plugs(desk: Desk, events: Sequence[Event]) -> Desk:
    """Return the desk with plugs that are out."""
    out = tuple(PlugOut(plug_id=event.plug, from_s=event.at_s) for event in events if event.plug)
    return desk.on_day(lambda day: replace(day, plugs_out=(*day.plugs_out, *out)))


def facts_of(desk: Desk, events: Sequence[Event], *, now_s: int, whole: Sequence[str]) -> tuple[Desk, Facts]:
    """Return what events have made of a plan's tours, and the desk with batteries as they turned out.

    `whole` names vehicles whose routes stay as they are. Raises `InputError` E-N07, E-N08 for what can not be.
    """
    so_far = _SoFar(desk, now_s)
    for event in events:
        so_far.tell(event)
    facts = so_far.settle(whole)
    return so_far.desk, facts


class _SoFar:
    """A plan's tours as one event after the other leaves them."""

    def __init__(self, desk: Desk, now_s: int) -> None:
        self.desk, self.tours, self.facts, self.now_s = desk, dict(desk.tours), Facts(), now_s
        self.broke: dict[int, Event] = {}
        self.starts_s = starts_of(desk.day, desk.plan.routes)
        self.measured: DayRoads | None = None  # with all closed roads closed to every drive
        self.begun: frozenset[Begun] | None = self._begun(
            self.tours
        )  # drives that were open when they began, as the desk has them
        self.kinds: Mapping[str, Callable[[Event], None]] = {
            "delay": self._delay,
            "done": self._done,
            "not_delivered": self._not_delivered,
            "plug_out": self._plug_out,
            "road_closed": self._road_closed,
            "soc": self._soc,
            "vehicle_out": self._vehicle_out,
        }

    def tell(self, event: Event) -> None:
        """Let one event happen; what is only news for the rest of the day changes nothing here."""
        if event.kind in self.kinds:
            self.kinds[event.kind](event)
            self._drive_anew(event)

    def settle(self, whole: Sequence[str]) -> Facts:
        """Return what has become of each vehicle by now."""
        p, now_s = self.desk.problem, self.now_s
        self.tours = self.facts.tours = queued(p, self.tours, now_s)
        for v, tour in list(self.tours.items()):
            kept = under_way(p, tour, now_s).kept
            if kept is not None and in_hours(p, kept) != kept:
                self._mend(v, in_hours(p, tour), Event(kind="station_closed", at_s=now_s))
        self._drive_anew(Event(kind="road_closed", at_s=now_s))
        p = self.desk.problem
        for v, vehicle in enumerate(self.desk.day.vehicles):
            one = self.tours.get(v)
            if v in self.broke:
                self.facts.states[v] = _out(self.desk, self.facts, v, one, self.broke[v])
            elif one is None:
                self.facts.states[v] = at_rest(p, v, now_s)
            else:
                self.facts.states[v] = under_way(p, one, now_s, whole=vehicle.id in whole)
        settled = {v: state.kept for v, state in self.facts.states.items() if state.kept is not None}
        self._as_driven(settled)
        if self.desk.day.roads_out:
            refuse_no_way(self.desk.problem, self.desk.day, settled, self.facts.out_s)
        return self.facts

    def _delay(self, event: Event) -> None:
        v = self.desk.vehicles.get(event.vehicle, -1)
        if v in self.tours:
            self.tours[v] = held(self.desk.problem, self.tours[v], event.at_s, event.lasts_s)

    def _done(self, event: Event) -> None:
        order = self.desk.numbers[event.order]
        v = _tour_with(self.tours, order, event)
        self.tours[v] = _done_at(self.desk.problem, self.tours[v], order, event.at_s)

    def _not_delivered(self, event: Event) -> None:
        order = self.desk.numbers[event.order]
        self._done(event)
        self.facts.tried[order] = _tour_with(self.tours, order, event)

    def _plug_out(self, event: Event) -> None:
        plug = self.desk.plugs.index(event.plug)
        for v, tour in list(self.tours.items()):
            cut = charge_cut(self.desk.problem, tour, plug, event.at_s)
            if cut != tour:
                self._mend(v, cut, event)

    def _road_closed(self, event: Event) -> None:
        out = () if event.road is None else (event.road,)
        self.desk = self.desk.on_day(lambda day: replace(day, roads_out=(*day.roads_out, *out)))
        self.measured, self.begun = None, None
        self._as_driven(self.tours)
        for v, tour in list(self.tours.items()):
            found = reaching(self.desk.problem, self.desk.day, self.desk.roads, tour, event.at_s)
            self.facts.brought_back |= dict.fromkeys(found.brought_back, v)
            if found.tour is None:
                del self.tours[v]
            elif found.tour != tour:
                self._mend_until_now(v, driven_anew(self.desk.problem, found.tour, event.at_s, None), event)

    def _drive_anew(self, event: Event) -> None:
        """Let vehicles go other ways from when a road is closed, and see that the desk knows which drives did not."""
        outs = self.desk.day.roads_out
        for _ in range(MOST_CHANGES if outs else 0):
            self._as_driven(self.tours)
            first_s = min(out.from_s for out in outs)
            tours = dict(self.tours)
            for v, tour in tours.items():
                anew = driven_anew(self.desk.problem, tour, first_s, self.starts_s.get(v))
                if anew != tour:
                    self._mend_until_now(v, anew, event)
            if self.tours == tours and self._begun(self.tours) == self.begun:
                return

    def _begun(self, tours: Mapping[int, Tour]) -> frozenset[Begun]:
        return frozenset(begun_drives(self.desk.day, self.desk.roads, tours.values(), self.starts_s))

    def _as_driven(self, tours: Mapping[int, Tour]) -> None:
        """Measure those drives as they were of these tours that began before a road was closed, and no others."""
        begun = self._begun(tours)
        if begun == self.begun:
            return
        if self.measured is None:
            self.measured = _measured(self.desk)
        roads = as_driven(self.measured, self.desk.day, self.desk.streets, begun)
        self.desk, self.begun = replace(self.desk, roads=roads), begun

    def _mend_until_now(self, v: int, tour: Tour, event: Event) -> None:
        """Let a vehicle get home from the trip that it was on, and from each that it has begun since."""
        at_s: int | None = event.at_s
        vehicle, plug_w = self.desk.day.vehicles[v], [plug.power_w for plug in site_plugs(self.desk.day)]
        tour = charged_in_time(self.desk.problem, vehicle, plug_w, tour, event.at_s)
        while at_s is not None:
            self._mend(v, tour, replace(event, at_s=at_s))
            if v not in self.tours or v in self.broke:
                return
            tour = self.tours[v]
            at_s = next(later_trips(self.desk.problem, tour, at_s, self.now_s), None)

    def _soc(self, event: Event) -> None:
        v = self.desk.vehicles.get(event.vehicle, -1)
        if v < 0:
            return
        self.desk = _with_less(self.desk, self.tours.get(v), v, event)
        if v in self.tours:
            self._mend(v, self.tours[v], event)

    def _vehicle_out(self, event: Event) -> None:
        if event.vehicle in self.desk.vehicles:
            self.broke.setdefault(self.desk.vehicles[event.vehicle], event)

    def _mend(self, v: int, tour: Tour, event: Event) -> None:
        """Let a vehicle get home with what its battery holds now, or be stranded."""
        p = self.desk.problem
        found = mended(p, refilled(p, tour), [other for w, other in self.tours.items() if w != v], event.at_s)
        if found.tour is None:
            del self.tours[v]
        else:
            self.tours[v] = found.tour
        if found.stranded:
            self.broke.setdefault(v, replace(event, kind="vehicle_out"))
            self.facts.stranded.append(v)
        self.facts.brought_back |= dict.fromkeys(found.brought_back, v)


def _measured(desk: Desk) -> DayRoads:
    """Measure a day on which all its closed roads are closed. Raises `InputError` E-N11 where that leaves no way."""
    try:
        return day_roads(desk.day, desk.streets)
    except RoadsError as error:
        raise InputError(cut_off(f"the fleet: {error}")) from None


def _tour_with(tours: Mapping[int, Tour], order: int, event: Event) -> int:
    """Return the vehicle that was at an order by the time of an event."""
    for v, tour in tours.items():
        if any(visit.place == order and visit.arrival_s <= event.at_s for visit in tour.visits):
            return v
    message = "no vehicle was there by then, as far as the plan and the events before say"
    remedy = "correct the time, or tell first what made the vehicle early"
    fault = Fault(code="E-N08", file="events", column="order", value=event.order, message=message, remedy=remedy)
    raise InputError(fault)


def _with_less(desk: Desk, tour: Tour | None, v: int, event: Event) -> Desk:
    """Return the desk on which a vehicle began the day with so much less that it holds at a moment what it does.

    More than was planned is not counted on. The night fills the battery as before.
    """
    p, vehicle = desk.problem, desk.day.vehicles[v]
    planned = int(p.start_mwh[v]) if tour is None else stored_at(p, tour, event.at_s)
    less = planned - math.floor(event.soc * vehicle.type.battery_wh * MWH)
    if less <= 0:
        return desk
    if tour is not None and any(visit.swap_end_s for visit in tour.all_visits if visit.arrival_s <= event.at_s):
        message = f"{vehicle.id} has got a full battery since it set out, of which less is not known of"
        remedy = "leave the event out, and let it come home: planner edit takes its next trips off it"
        raise InputError(Fault(code="E-N07", file="events", column="vehicle", message=message, remedy=remedy))
    soc = max(0, int(p.start_mwh[v]) - less) / (vehicle.type.battery_wh * MWH)

    def emptier(other: Vehicle) -> Vehicle:
        return replace(other, start_soc=soc, night_soc=other.tomorrow_soc) if other.id == vehicle.id else other

    return desk.on_day(lambda day: replace(day, vehicles=tuple(map(emptier, day.vehicles))))


def _done_at(p: Problem, tour: Tour, order: int, at_s: int) -> Tour:
    """Return a tour of which an order was done at a moment: as planned if that is earlier, else held there."""
    visit = next(visit for visit in tour.visits if visit.place == order)
    late_s = at_s - visit.end_s
    return held(p, tour, visit.arrival_s, late_s) if late_s > 0 else tour


def _out(desk: Desk, facts: Facts, v: int, tour: Tour | None, event: Event) -> UnderWay:
    """Settle the day of a vehicle that is out; what is on board is stuck."""
    p, day = desk.problem, desk.day
    facts.out_s[v] = event.at_s
    kept, aboard, last = (None, [], None) if tour is None else broken_down(p, tour, event.at_s)
    if last is not None:
        picked_up = _picked_up(p, kept)
        aboard += [int(p.partner[i]) for i in picked_up if p.partner[i] != NO_PARTNER]
        places = (*(order.kerb for order in day.orders), *day.sites)
        spot = event.spot or Spot(lat=places[last.place].lat, lon=places[last.place].lon)
        facts.transfers.append(
            Transfer(vehicle=v, orders=tuple(aboard), picked_up=tuple(picked_up), spot=spot, at_s=event.at_s)
        )
    return UnderWay(vehicle=v, kept=kept, free_s=event.at_s, stored_mwh=int(p.start_mwh[v]), finished=True, rested=True)


def _picked_up(p: Problem, kept: Tour | None) -> list[int]:
    """Return what a vehicle on the road has picked up in its trip and still has on board."""
    depot = None if kept is None else int(p.depot[kept.vehicle])
    aboard: list[int] = []
    for visit in () if kept is None else kept.visits:
        if visit.place == depot:
            aboard = []
        elif visit.place < p.orders and p.pickup[visit.place]:
            aboard.append(visit.place)
        elif visit.place < p.orders and p.partner[visit.place] in aboard:
            aboard.remove(int(p.partner[visit.place]))
    return aboard
