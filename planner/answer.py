"""Turn an engine's integers into the routes of a plan, with streets driven, loads and money."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from planner.energy.charging import charge_power_w
from planner.energy.tariff import WH_PER_KWH, dearest_price, energy_cost, pack_price
from planner.model import Day, Depot, Measure, Order, Plug, Spot, Station, Vehicle
from planner.plan import Cost, Leg, Night, Reason, Route, Step, StepKind, Unassigned
from planner.roads.day import DayRoads, leg_shape
from planner.solve.away import STAY, Way, end_mwh_of, measured_for, spot_place, start_mwh_of, ways_of
from planner.solve.battery import leg_energy
from planner.solve.night import plan_nights
from planner.solve.problem import MWH, Problem, site_plugs
from planner.solve.solution import Solution, Tour, Visit
from planner.solve.trips import from_depot


def routes_of(day: Day, problem: Problem, roads: DayRoads, solution: Solution) -> tuple[Route, ...]:
    """Return the route of each vehicle that serves an order, with the night that follows."""
    return routes_from(
        day, [(day.vehicles[tour.vehicle], steps_of(day, problem, roads, tour)) for tour in solution.tours]
    )


def routes_from(day: Day, days: Sequence[tuple[Vehicle, tuple[Step, ...]]]) -> tuple[Route, ...]:
    """Return the routes of vehicles whose steps are known, with the nights that follow."""
    nights, above = plan_nights(day, days), above_the_mean(day, [steps for _, steps in days])
    costs = [
        replace(route_cost(day, vehicle, steps, night), balance=round(money, 6))
        for (vehicle, steps), night, money in zip(days, nights, above, strict=True)
    ]
    return tuple(
        Route(vehicle_id=vehicle.id, steps=steps, cost=cost, night=night, driver_id=vehicle.driver_id)
        for (vehicle, steps), cost, night in zip(days, costs, nights, strict=True)
    )


def steps_of(day: Day, problem: Problem, roads: DayRoads, tour: Tour) -> tuple[Step, ...]:
    """Return what one vehicle does in its shift."""
    return _RouteWriter(day, problem, roads, tour).written()


def above_the_mean(day: Day, routes: Sequence[Sequence[Step]]) -> list[float]:
    """Return for each route the price of what its vehicle does above the mean."""
    if day.balance is None:
        return [0.0] * len(routes)
    done = [_done(day.balance.by, steps) for steps in routes]
    return [max(0.0, amount - sum(done) / len(done)) * day.balance.price for amount in done]


def _done(by: Measure, steps: Sequence[Step]) -> float:
    if by is Measure.STOPS:
        return sum(step.serves for step in steps)
    if by is Measure.KM:
        return sum(step.leg.distance_m for step in steps if step.leg) / 1000
    return (steps[-1].end_s - steps[0].arrival_s) / 3600


def route_cost(day: Day, vehicle: Vehicle, steps: Sequence[Step], night: Night) -> Cost:
    """Return the money of a route by itself: energy at the price of its hour, at the dearest what is missing."""
    kind = vehicle.type
    sites = {site.id: site for site in day.sites}
    distance_m = sum(step.leg.distance_m for step in steps if step.leg)
    charged = sum(
        energy_cost(sites[step.place_id], begin_s=step.begin_s, end_s=step.end_s, wh=step.charged_wh)
        for step in steps
        if step.kind == StepKind.CHARGE
    )
    home = next(depot for depot in day.depots if depot.id == vehicle.depot_id)
    swapped_wh = sum(step.charged_wh for step in steps if step.kind == StepKind.SWAP)
    charged += swapped_wh / WH_PER_KWH * pack_price(day, home)
    overnight = sum(energy_cost(home, begin_s=c.begin_s, end_s=c.end_s, wh=c.wh) for c in night.charges)
    missing = night.missing_wh / WH_PER_KWH * dearest_price(home)
    worked_s = steps[-1].end_s - steps[0].arrival_s
    over_s = max(0, steps[-1].end_s - vehicle.shift.end_s)
    taken_wh = steps[0].stored_arrival_wh + sum(step.charged_wh for step in steps) - steps[-1].stored_end_wh
    return Cost(
        vehicles=kind.cost_per_day,
        distance=round(distance_m / 1000 * kind.cost_per_km, 6),
        time=round(worked_s / 3600 * kind.cost_per_hour, 6),
        energy=round(charged + overnight + missing, 6),
        wear=round(max(0.0, taken_wh) / WH_PER_KWH * kind.wear_per_kwh, 6),
        overtime=round(over_s / 3600 * kind.cost_per_overtime_hour, 6),
        lateness=round(_lateness_cost(day, steps), 6),
        minimum_pay=round(max(0, vehicle.min_paid_s - worked_s) / 3600 * kind.cost_per_hour, 6),
    )


def _lateness_cost(day: Day, steps: Sequence[Step]) -> float:
    begins_s = {step.place_id: step.begin_s for step in steps if step.serves}
    late = ((order, order.late_s(begins_s[order.id])) for order in day.orders if order.id in begins_s)
    return sum(late_s / 60 * order.late_cost_per_min for order, late_s in late)


def left_out(day: Day, solution: Solution, known: dict[int, Unassigned]) -> tuple[Unassigned, ...]:
    """Return every order that no route serves, with the reason known beforehand or the search's own."""
    return tuple(
        known.get(i) or _search_reason(day, order, fits_nowhere=i in solution.fits_nowhere)
        for i, order in enumerate(day.orders)
        if i not in solution.visited
    )


def _search_reason(day: Day, order: Order, *, fits_nowhere: bool) -> Unassigned:
    if fits_nowhere:
        helps = "a vehicle, a plug, a dock" if any(depot.docks for depot in day.depots) else "a vehicle, a plug"
        detail = f"every place beside the planned orders was tried; {helps} or a longer shift would help"
        return Unassigned(order_id=order.id, reason=Reason.FLEET_FULL, detail=detail)
    detail = "a longer search may find a place for it"
    if order.group:
        detail = f"a longer search may find a vehicle for all orders of its group {order.group}"
    return Unassigned(order_id=order.id, reason=Reason.NOT_FOUND_IN_TIME, detail=detail)


@dataclass(slots=True)
class _State:
    """What is true of the vehicle after the step written last."""

    place: int
    stored_mwh: int
    load_g: int = 0
    load_ml: int = 0
    leaves_s: int = 0
    trip: int = 1


class _RouteWriter:
    """Writes the steps of one tour in order."""

    def __init__(self, day: Day, problem: Problem, roads: DayRoads, tour: Tour) -> None:
        self.day, self.problem, self.roads, self.tour = day, problem, roads, tour
        self.vehicle: Vehicle = day.vehicles[tour.vehicle]
        self.places: Sequence[Order | Depot | Station | Spot] = (*day.orders, *day.sites, *day.spots)
        self.plugs: Sequence[Plug] = site_plugs(day)
        self.depot = int(problem.depot[tour.vehicle])
        self.measured = measured_for(
            self.vehicle,
            types=roads.types,
            network_of_type=roads.network_of_type,
            roads=roads.matrices,
            pace=problem.pace,
        )
        self.before, self.after = ways_of(day, self.vehicle, self.measured)
        self.steps: list[Step] = []
        self.state = _State(spot_place(day, self.vehicle, last=False), start_mwh_of(self.vehicle))

    def written(self) -> tuple[Step, ...]:
        first, loading = self.tour.first, StepKind.START
        arrival_s = first.arrival_s
        leg: Leg | None = None
        if self.vehicle.start:
            way = self.before or STAY
            begun_s = self.problem.leave_by_s(first.arrival_s, way.seconds)
            self._write(StepKind.START, self.state.place, begun_s, begun_s, begun_s)
            leg, loading = self._drive_empty(self.depot, way, begun_s), StepKind.RELOAD
            arrival_s = begun_s + leg.drive_s
        self._load(first_visit=0)
        self._write(loading, self.depot, arrival_s, first.begin_s, first.end_s, leg=leg)
        if first.swap_end_s:
            self._swap(first)
        if first.plug >= 0:
            self._charge(first, None)
        self.state.leaves_s = first.leave_s
        for i, visit in enumerate(self.tour.visits):
            self._visit(i, visit)
        if self.vehicle.end:
            self._end_away()
        else:
            self._end_at_the_depot()
        return tuple(self.steps)

    def _end_at_the_depot(self) -> None:
        home = self.tour.home
        leg: Leg | None = self._drive(self.depot)
        if home.plug >= 0:
            self._charge(home, leg)
            leg = None
        self.state.load_g = self.state.load_ml = 0
        self._write(StepKind.END, self.depot, home.arrival_s, home.leave_s, home.leave_s, leg=leg)

    def _end_away(self) -> None:
        """Drive to the end: straight where nothing calls the vehicle to its depot first, and that is no longer."""
        place, home = spot_place(self.day, self.vehicle, last=True), self.tour.home
        way, leaves_s = self._straight_on(place), self.tour.visits[-1].leave_s
        if way is None:
            leg = self._drive(self.depot)
            self.state.load_g = self.state.load_ml = 0
            self._write(StepKind.RETURN, self.depot, home.arrival_s, home.arrival_s, home.arrival_s, leg=leg)
            if home.plug >= 0:
                self._charge(home, None)
            way, leaves_s = self.after or STAY, home.leave_s
        leg = self._drive_empty(place, way, leaves_s)
        ends_s = leaves_s + leg.drive_s
        self._write(StepKind.END, place, ends_s, ends_s, ends_s, leg=leg)

    def _straight_on(self, place: int) -> Way | None:
        """Return the way from the last stop to the end, None where the vehicle must or had better pass its depot."""
        p, state, at = self.problem, self.state, self.state.place
        way, kind = self.measured.way(at, place), int(p.kind[self.tour.vehicle])
        if way is None or self.after is None or self.tour.home.plug >= 0 or state.load_g or state.load_ml:
            return None
        picked_up = {s.place_id for s in self.steps if s.trip == state.trip and s.kind is StepKind.PICKUP}
        if any(order.id in picked_up and not order.pair for order in self.day.orders):
            return None  # weightless goods come back too
        g, battery = int(p.network[kind]), int(p.battery_mwh[kind])
        by_depot_s = int(p.travel_s[g, at, self.depot]) + self.after.seconds
        by_depot_m = float(self.roads.matrices[g].metres[at, self.depot]) + self.after.metres
        shorter = way.seconds <= by_depot_s and way.metres <= by_depot_m
        lasts = way.holds(state.stored_mwh, battery_mwh=battery, reserve_mwh=int(p.reserve_mwh[self.tour.vehicle]))
        arrives_mwh = way.arrives_mwh(state.stored_mwh, battery_mwh=battery)
        return way if shorter and lasts and arrives_mwh >= end_mwh_of(self.vehicle) else None

    def _visit(self, i: int, visit: Visit) -> None:
        p, state = self.problem, self.state
        leg: Leg | None = self._drive(visit.place)
        if visit.place < p.orders:
            picked_up = bool(p.pickup[visit.place])
            sign = 1 if picked_up else -1
            state.load_g += sign * int(p.demand_g[visit.place])
            state.load_ml += sign * int(p.volume_ml[visit.place])
            kind = StepKind.PICKUP if picked_up else StepKind.DELIVERY
            self._write(kind, visit.place, visit.arrival_s, visit.begin_s, visit.end_s, leg=leg)
        elif visit.place == self.depot:
            state.trip += 1
            self._load(first_visit=i + 1)
            self._write(StepKind.RELOAD, visit.place, visit.arrival_s, visit.begin_s, visit.end_s, leg=leg)
            leg = None
        if visit.swap_end_s:
            self._swap(visit)
        if visit.plug >= 0:
            self._charge(visit, leg)
            leg = None
        if visit.break_end_s:
            only_rests = leg if visit.place >= p.orders else None  # at a station that nothing is charged at
            self._write(
                StepKind.BREAK, visit.place, visit.end_s, visit.break_begin_s, visit.break_end_s, leg=only_rests
            )
        state.leaves_s = visit.leave_s

    def _swap(self, visit: Visit) -> None:
        begin_s, end_s, gained = visit.swap_begin_s, visit.swap_end_s, visit.charge_mwh
        self._write(StepKind.SWAP, visit.place, visit.arrival_s, begin_s, end_s, charge_mwh=gained)

    def _charge(self, visit: Visit, leg: Leg | None) -> None:
        plug = self.plugs[visit.plug]
        self._write(
            StepKind.CHARGE,
            visit.place,
            visit.arrival_s,
            visit.charge_begin_s,
            visit.charge_end_s,
            leg=leg,
            plug=plug,
            charge_mwh=visit.charge_mwh,
        )

    def _load(self, *, first_visit: int) -> None:
        """Put on board what is delivered until the next return to the depot."""
        p, state = self.problem, self.state
        state.load_g = state.load_ml = 0
        for visit in self.tour.visits[first_visit:]:
            if visit.place == self.depot:
                break
            if visit.place < p.orders and from_depot(p, visit.place):
                state.load_g += int(p.demand_g[visit.place])
                state.load_ml += int(p.volume_ml[visit.place])

    def _drive(self, place: int) -> Leg:
        p, state = self.problem, self.state
        kind = int(p.kind[self.tour.vehicle])
        g = int(p.network[kind])
        energy = leg_energy(p, kind, state.place, place, load_g=state.load_g)
        leg = Leg(
            distance_m=round(float(self.roads.matrices[g].metres[state.place, place]), 1),
            drive_s=p.arrival_s(state.leaves_s, int(p.travel_s[g, state.place, place])) - state.leaves_s,
            energy_wh=energy.net_mwh / MWH,
            geometry=leg_shape(self.roads, self.vehicle.type, state.place, place),
        )
        state.stored_mwh = energy.arrives_mwh(state.stored_mwh, battery_mwh=int(p.battery_mwh[kind]))
        state.place = place
        return leg

    def _drive_empty(self, place: int, way: Way, leaves_s: int) -> Leg:
        """Drive from or to a place away from the depot, with nothing on board."""
        state = self.state
        leg = Leg(
            distance_m=round(way.metres, 1),
            drive_s=self.problem.arrival_s(leaves_s, way.seconds) - leaves_s,
            energy_wh=way.net_mwh / MWH,
            geometry=leg_shape(self.roads, self.vehicle.type, state.place, place),
        )
        battery = int(self.problem.battery_mwh[self.problem.kind[self.tour.vehicle]])
        state.stored_mwh = way.arrives_mwh(state.stored_mwh, battery_mwh=battery)
        state.place = place
        return leg

    def _write(
        self,
        kind: StepKind,
        place: int,
        arrival_s: int,
        begin_s: int,
        end_s: int,
        *,
        leg: Leg | None = None,
        plug: Plug | None = None,
        charge_mwh: int = 0,
    ) -> None:
        state, at = self.state, self.places[place]
        stored_arrival = state.stored_mwh
        state.stored_mwh += charge_mwh
        self.steps.append(
            Step(
                kind=kind,
                place_id=self.vehicle.id if isinstance(at, Spot) else at.id,
                trip=state.trip,
                lat=at.lat,
                lon=at.lon,
                arrival_s=arrival_s,
                begin_s=begin_s,
                end_s=end_s,
                stored_arrival_wh=stored_arrival / MWH,
                stored_end_wh=state.stored_mwh / MWH,
                load_kg=state.load_g / 1000,
                load_l=state.load_ml / 1000,
                leg=leg,
                plug_id=plug.id if plug else None,
                power_w=charge_power_w(self.vehicle.type, plug_w=plug.power_w) if plug else None,
            )
        )
