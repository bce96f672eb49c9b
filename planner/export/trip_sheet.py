"""One trip of a manifest: loading, map, links, stops."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from planner.export.backdrop import Backdrop
from planner.export.links import stops_words, way_links
from planner.export.qr import qr_svg
from planner.export.sheet import LinkLine, LoadLine, StopLine, TripSheet
from planner.export.telling import Telling, one_line, position, shown
from planner.export.trip_map import trip_map
from planner.export.trips import Trip
from planner.language.words import Words
from planner.model import Order
from planner.plan import Step, StepKind


def trip_sheet(trip: Trip, of: int, words: Words, backdrop: Backdrop | None = None) -> TripSheet:
    """Return what the manifest says of a trip; `of` is how many the vehicle drives."""
    return _Writer(trip, of, words, backdrop).written()


@dataclass(frozen=True)
class _Writer:
    """Writes one trip."""

    trip: Trip
    of: int
    words: Words
    backdrop: Backdrop | None

    @property
    def tell(self) -> Telling:
        return Telling(self.trip.view, self.words)

    @property
    def vehicle_id(self) -> str:
        return self.trip.route.vehicle_id

    def written(self) -> TripSheet:
        loaded = [order for _, order in self.trip.loaded]
        title = self.words.gettext("Trip {number} of {total}", number=self.trip.number, total=self.of)
        return TripSheet(
            title=title,
            facts=self._facts(),
            at_depot=tuple(self._at_depot()),
            loads=tuple(self._loads()),
            loads_total=self._sums(loaded),
            map_svg=trip_map(self.trip, self.backdrop),
            map_text=self.words.gettext("Map of {trip}", trip=title),
            legend=self._legend(),
            links=tuple(self._links()),
            stops=tuple(self._stops()),
        )

    def _legend(self) -> str:
        signs = self.words.gettext("D depot, C charging, H start or end elsewhere; dotted: on foot")
        source = self.backdrop.streets.attribution if self.backdrop else ""
        return f"{signs}. {source}" if source else signs

    def _facts(self) -> str:
        stops = len(self.trip.stops)
        return ", ".join(
            (
                self.tell.span(self.trip.leaves_s, self.trip.back_s),
                self.words.ngettext("{count} stop", "{count} stops", stops),
                self.words.gettext("{number} km", number=self.words.number(self.trip.distance_km, 1)),
            )
        )

    def _sums(self, orders: list[Order]) -> str:
        parcels = sum(order.parcels for order in orders)
        return ", ".join(
            (
                self.words.ngettext("{count} parcel", "{count} parcels", parcels),
                self.words.gettext("{number} kg", number=self.tell.kg(sum(order.demand_kg for order in orders))),
                self.words.gettext("{number} l", number=self.words.number(sum(order.volume_l for order in orders))),
            )
        )

    def _at_depot(self) -> Iterator[str]:
        for step in self.trip.loading:
            place = one_line(step.place_id)
            if step.kind is StepKind.CHARGE:
                yield self.words.gettext("Charge. {charge}", charge=self.tell.charge(step, self.vehicle_id))
            elif step.kind in {StepKind.SWAP, StepKind.BREAK}:
                yield self._swap_or_break(step)
            elif step.place_id not in self.trip.view.depots:
                yield self.words.gettext(
                    "{time} start at {position}, drive to the depot",
                    time=self.tell.clock(step.arrival_s),
                    position=position(step.lat, step.lon),
                )
            else:
                span = self.tell.span(step.begin_s, step.end_s)
                if step.begin_s > step.arrival_s:
                    yield self.words.gettext(
                        "At {place} from {time}, wait until {until}",
                        place=place,
                        time=self.tell.clock(step.arrival_s),
                        until=self.tell.clock(step.begin_s),
                    )
                yield self.words.gettext("Load at {place}, {span}", place=place, span=span)
        if self.trip.loading:
            yield self.words.gettext(
                "Leave at {time} with {soc}",
                time=self.tell.clock(self.trip.leaves_s),
                soc=self.tell.soc(self.trip.loading[-1].stored_end_wh, self.vehicle_id),
            )

    def _swap_or_break(self, step: Step) -> str:
        span = self.tell.span(step.begin_s, step.end_s)
        if step.kind is StepKind.BREAK:
            return self.words.gettext(
                "Break: {span}, {minutes}", span=span, minutes=self.tell.minutes(step.end_s - step.begin_s)
            )
        return self.words.gettext("Change the battery for a full one: {span}", span=span)

    def _loads(self) -> Iterator[LoadLine]:
        for turn, (number, order) in enumerate(self.trip.loaded, start=1):
            yield LoadLine(
                turn=str(turn),
                stop=str(number),
                id=one_line(order.id),
                address=one_line(order.address),
                parcels=self.words.number(order.parcels),
                kg=self.tell.kg(order.demand_kg),
                litres=self.words.number(order.volume_l),
                longest=self.words.number(order.longest_cm) if order.longest_cm else "",
            )

    def _links(self) -> Iterator[LinkLine]:
        for link in way_links(self.trip):
            yield LinkLine(label=stops_words(self.words, link), url=link.url, qr_svg=qr_svg(link.url))

    def _stops(self) -> Iterator[StopLine]:
        numbers = {id(step): number for number, (step, _) in self.trip.stops.items()}
        before: Step | None = None
        for step in self.trip.visits:
            if step.serves:
                order = self.trip.view.orders[step.place_id]
                yield self._stop(numbers[id(step)], step, order, before)
                before = step
            elif step is not self.trip.back:
                yield self._other(step)
        yield self._end()

    def _stop(self, number: int, step: Step, order: Order, before: Step | None) -> StopLine:
        sign = "+" if step.kind is StepKind.PICKUP else ""
        return StopLine(
            number=str(number),
            arrives=self.tell.clock(step.arrival_s),
            until=self.tell.clock(step.end_s),
            windows=self.tell.windows(order),
            id=one_line(order.id),
            title=one_line(order.address) or position(order.lat, order.lon),
            remarks=tuple(self._remarks(step, order, before)),
            notes=shown(order.notes),
            parcels=sign + self.words.number(order.parcels),
            kg=sign + self.tell.kg(order.demand_kg),
            soc=self.tell.soc(step.stored_arrival_wh, self.vehicle_id),
        )

    def _remarks(self, step: Step, order: Order, before: Step | None) -> Iterator[str]:
        say = self.words
        other = self.trip.view.partners.get(order.id)
        if step.kind is StepKind.PICKUP:
            yield (
                say.gettext("Pick up")
                if other is None
                else say.gettext("Pick up for {order}", order=one_line(other.id))
            )
        elif other is not None:
            yield say.gettext("Bring what {order} gave", order=one_line(other.id))
        parked = before is not None and self.trip.view.orders[before.place_id].spot == order.spot
        if parked:
            yield say.gettext("Stay parked")
        if order.parks_at is not None:
            walk = self.tell.minutes(order.walk_s)
            if parked:
                yield say.gettext("Walk, {minutes} there and back", minutes=walk)
            else:
                place = self._kerb_of(order)
                yield say.gettext("Park at {place} and walk, {minutes} there and back", place=place, minutes=walk)
        if step.begin_s > step.arrival_s:
            yield say.gettext("Wait until {time}", time=self.tell.clock(step.begin_s))
        if late_s := self.trip.view.late_s(step):
            yield say.gettext("Late by {minutes}", minutes=self.tell.minutes(late_s))
        if order.skills:
            yield say.gettext("Needs: {skills}", skills=", ".join(one_line(skill) for skill in order.skills))

    def _kerb_of(self, order: Order) -> str:
        """Name the address where the vehicle stands for an order that is served on foot."""
        neighbours = [other for other in self.trip.view.orders.values() if (other.lat, other.lon) == order.spot]
        for other in neighbours:
            if other.parks_at is None:
                return one_line(other.address) or one_line(other.id)
        return position(order.kerb.lat, order.kerb.lon)

    def _other(self, step: Step) -> StopLine:
        place = one_line(step.place_id)
        if step.kind is StepKind.CHARGE:
            title, remark = (
                self.words.gettext("Charge at {place}", place=place),
                self.tell.charge(step, self.vehicle_id),
            )
        elif step.kind is StepKind.RETURN:
            title, remark = self.words.gettext("Back at {place}", place=place), ""
        else:
            title, remark = self._swap_or_break(step), ""
        return StopLine(
            number="",
            arrives=self.tell.clock(step.begin_s if step.leg is None else step.arrival_s),
            until=self.tell.clock(step.end_s) if step.end_s > step.arrival_s else "",
            windows="",
            id="",
            title=title,
            remarks=(remark,) if remark else (),
            soc=self.tell.soc(step.stored_arrival_wh, self.vehicle_id),
        )

    def _end(self) -> StopLine:
        back = self.trip.back
        at_depot = back.place_id in self.trip.view.depots
        title = self.words.gettext("Back at {place}", place=one_line(back.place_id))
        return StopLine(
            number="",
            arrives=self.tell.clock(back.arrival_s),
            until="",
            windows="",
            id="",
            title=title if at_depot else self.words.gettext("End at {position}", position=position(back.lat, back.lon)),
            soc=self.tell.soc(back.stored_arrival_wh, self.vehicle_id),
        )
