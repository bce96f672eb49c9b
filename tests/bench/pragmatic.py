"""A day as vrp-cli's "pragmatic" JSON, and its answer as sequences of places.

vrp-cli 1.22 knows a battery as so many metres between two recharges of a fixed length. Those metres are driven with
half of what a full bay weighs, from the charge at the start down to the reserve; a full recharge lasts as long as a
charge from the reserve up to the knee at the site's best plug. Plugs that are taken, parts of a charge and charges
while loading it does not know. Loading before the first trip puts off the start and is paid with the vehicle; energy
at the night's price is paid by the metre.
"""

from __future__ import annotations

import math
from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from planner.solve.placing import tidy
from planner.solve.problem import MICRO, NO_WAY, Problem
from planner.solve.solution import Sequence

MIDNIGHT = datetime(2026, 1, 1)  # vrp-cli wants a date; any will do
MOST_AT_A_STATION = 2  # recharges of one vehicle
OBJECTIVES = [[{"type": "minimize-unassigned"}], [{"type": "minimize-cost"}]]


def problem_json(p: Problem, *, recharge: float) -> dict[str, Any]:
    """Return the day in the pragmatic format; each recharge lasts `recharge` times as long as a full one."""
    check_expressible(p)
    alike: dict[tuple[int, ...], list[int]] = defaultdict(list)
    for v in range(p.vehicles):
        alike[int(p.kind[v]), *map(int, p.shift[v]), int(p.start_mwh[v]), int(p.reserve_mwh[v])].append(v)
    return {
        "plan": {"jobs": [_job(p, order) for order in range(p.orders)]},
        "fleet": {
            "vehicles": [_vehicles(p, like, recharge=recharge) for like in alike.values()],
            "profiles": [{"name": f"network-{g}"} for g in range(len(p.travel_s))],
        },
        "objectives": OBJECTIVES,
    }


def matrices_json(p: Problem) -> list[dict[str, Any]]:
    """Return one routing matrix per network, in seconds and metres."""
    return [
        {"profile": f"network-{g}", "travelTimes": seconds.ravel().tolist(), "distances": metres.ravel().tolist()}
        for g, (seconds, metres) in enumerate(zip(p.travel_s, p.distance_m, strict=True))
    ]


def sequences(p: Problem, answer: dict[str, Any]) -> list[Sequence]:
    """Return where each vehicle goes in vrp-cli's answer; a depot visited to reload and to recharge counts once."""
    found: list[Sequence] = [[] for _ in range(p.vehicles)]
    for tour in answer["tours"]:
        vehicle = int(tour["vehicleId"])
        middle = [
            int(activity.get("location", stop["location"])["index"])
            for stop in tour["stops"]
            for activity in stop["activities"]
            if activity["type"] not in ("departure", "arrival")
        ]
        found[vehicle] = tidy(middle, depot=int(p.depot[vehicle]))
    return found


def check_expressible(p: Problem) -> None:
    """Raise `AssertionError` for a day with what vrp-cli could not be told here."""
    assert p.depots == 1, "several depots"
    assert (p.windows == p.windows[:, :1]).all(), "several windows for one order"
    assert not p.pickup.any(), "pickups"
    assert not p.release_s.any(), "releases"
    assert (p.group == -1).all(), "groups"
    assert not p.breaks.any(), "breaks"
    assert not p.most_stops.any(), "a limit of stops"
    assert not p.per_parcel_ms.any(), "loading by the parcel"
    assert p.allowed.all(), "orders that not every vehicle may serve"
    assert (p.service_s == p.service_s[:1]).all(), "service that depends on the vehicle"
    assert (p.travel_s != NO_WAY).all(), "places without a way between them"
    assert (p.regular_s == p.shift[:, 1]).all(), "overtime"
    assert (p.end_mwh == p.reserve_mwh).all(), "a charge wanted at the end of the shift"
    assert set(p.plug_site.tolist()) == set(range(p.places - p.orders)), "a site without a plug"
    assert ((p.open[..., 0] <= p.shift[:, 0].min()) & (p.open[..., 1] >= p.horizon_s)).all(), "hours of stations"


def _job(p: Problem, order: int) -> dict[str, Any]:
    opens, closes = (int(s) for s in p.windows[order, 0])
    seconds, demand = int(p.service_s[0, order]), [int(p.demand_g[order]), int(p.volume_ml[order])]
    place = {"location": {"index": order}, "duration": seconds, "times": [[_iso(opens), _iso(closes)]]}
    return {"id": str(order), "deliveries": [{"places": [place], "demand": demand}]}


def _vehicles(p: Problem, like: list[int], *, recharge: float) -> dict[str, Any]:
    v = like[0]
    kind, home = int(p.kind[v]), {"index": int(p.depot[v])}
    loading_s, mwh_per_m = int(p.loading_s[0]), _mwh_per_m(p, kind)
    opens, closes = (int(s) for s in p.shift[v])
    trips = min(p.orders, _most_trips(p))
    stations: list[dict[str, Any]] = []
    for site in np.unique(p.plug_site).tolist():
        seconds = math.ceil(recharge * _full_charge_s(p, v, site))
        most = min(trips if site < p.depots else MOST_AT_A_STATION, (closes - opens) // seconds)
        stations += [{"location": {"index": p.orders + site}, "duration": seconds}] * most
    shift = {
        "start": {"earliest": _iso(opens + loading_s), "location": home},
        "end": {"latest": _iso(closes), "location": home},
        "reloads": [{"location": home, "duration": loading_s}] * trips,  # each may be used once
        "recharges": {
            "maxDistance": int((p.start_mwh[v] - p.reserve_mwh[v]) / mwh_per_m),
            "stations": stations,
        },
    }
    price = int(p.night_per_kwh[0] + p.wear_per_kwh[kind]) / MICRO / 1_000_000  # of a mWh
    per_s = int(p.per_s[kind]) / MICRO
    return {
        "typeId": f"like-{v}",
        "vehicleIds": [str(each) for each in like],
        "profile": {"matrix": f"network-{p.network[kind]}"},
        "costs": {
            "fixed": int(p.per_day[kind]) / MICRO + loading_s * per_s,
            "distance": int(p.per_km[kind]) / MICRO / 1000 + mwh_per_m * price,
            "time": per_s,
        },
        "shifts": [shift],
        "capacity": [int(p.payload_g[kind]), int(p.bay_ml[kind])],
    }


def _mwh_per_m(p: Problem, kind: int) -> float:
    """Return the energy of the mean leg by its metres, with half the weight of a bay full of the day's goods."""
    full_g = min(int(p.payload_g[kind]), int(p.bay_ml[kind]) * int(p.demand_g.sum()) // max(int(p.volume_ml.sum()), 1))
    mwh = p.energy_mwh[0, kind].sum() + p.energy_uwh_per_kg[0, kind].sum() * (full_g / 2) / 1_000_000
    return float(mwh / p.distance_m[p.network[kind]].sum())


def _full_charge_s(p: Problem, vehicle: int, site: int) -> int:
    """Return how long a charge from the reserve to the knee takes at a site's best plug."""
    kind = int(p.kind[vehicle])
    watts = min(int(p.plug_w[p.plug_site == site].max()), int(p.charge_w[kind]))
    return -(-int(p.knee_mwh[kind] - p.reserve_mwh[vehicle]) // (watts * 5 // 18))  # by mWh a second


def _most_trips(p: Problem) -> int:
    """Return half as many trips again as a vehicle's share of the demand asks for, and one."""
    demand = np.array([p.demand_g.sum(), p.volume_ml.sum()])
    bays = np.array([p.payload_g[p.kind].sum(), p.bay_ml[p.kind].sum()])
    return int(np.ceil(1.5 * (demand / bays).max())) + 1


def _iso(seconds: int) -> str:
    return (MIDNIGHT + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")
