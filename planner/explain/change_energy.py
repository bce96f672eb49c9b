"""Changes of what vehicles may have in the battery: start charge, plugs, power."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from itertools import count

from planner.explain.change import YES, Change, Used, wall, with_vehicles
from planner.explain.force import Forced
from planner.explained import Phrase, RepairKind, phrase
from planner.model import Day, Depot, Plug, Vehicle

SOC_STEP = 5  # percent
KW = 1_000.0
USUAL_PLUG_W = 2_300.0  # a household socket, where the depot has no plug to go by
WITH_POWER = 2.0  # a plug more, and as much more site power


def start_charges(day: Day) -> Iterator[Change]:
    """Yield fuller batteries in the morning."""
    lowest = round(100 * min(vehicle.start_soc for vehicle in day.vehicles), 6)
    steps = tuple(float(soc) for soc in range(5, 101, SOC_STEP) if soc > lowest)

    def at_least(vehicle: Vehicle, percent: float) -> Vehicle:
        return replace(vehicle, start_soc=max(vehicle.start_soc, percent / 100))

    def used(percent: float, found: Forced) -> Used:
        serving = day.vehicles[found.vehicle]
        ids = [serving.id] if serving.start_soc < percent / 100 else [v.id for v in day.vehicles]
        if len(ids) == 1:
            now = round(100 * serving.start_soc)
            said = phrase(
                "{vehicle} with {number} % at the start (now {now} %)", vehicle=ids[0], number=round(percent), now=now
            )
        else:
            said = phrase("all vehicles with {number} % at the start (those with less)", number=round(percent))
        return Used(
            amount=percent,
            target=", ".join(ids),
            day=with_vehicles(day, lambda v: at_least(v, percent) if v.id in ids else v),
            phrase=said,
        )

    yield Change(
        kind=RepairKind.START_SOC,
        unit="%",
        steps=steps,
        apply=lambda percent: with_vehicles(day, lambda v: at_least(v, percent)),
        used=used,
    )


def charging(day: Day) -> Iterator[Change]:
    """Yield charging on the way, where the day goes without."""
    if not day.charging and any(site.plugs for site in day.sites):
        allowed = replace(day, charging=True)
        said = phrase("charging on the way allowed")
        yield Change(
            kind=RepairKind.CHARGING,
            steps=(YES,),
            apply=lambda _: allowed,
            used=lambda _, __: Used(amount=YES, target="", day=allowed, phrase=said),
        )


def plugs(day: Day) -> Iterator[Change]:
    """Yield more site power, stronger plugs and one more plug for each depot that vehicles come back to."""
    if not day.charging:
        return
    homes = {vehicle.depot_id for vehicle in day.vehicles}
    for depot in day.depots:
        if depot.id in homes:
            yield from _site_power(day, depot)
            yield from _plug_power(day, depot)
            yield _one_more_plug(day, depot)


def _site_power(day: Day, depot: Depot) -> Iterator[Change]:
    limit_w = depot.site_power_w
    if limit_w is None:
        return
    all_kw = math.ceil(sum(_draw_w(day, depot, plug) for plug in depot.plugs) / KW)

    def apply(kw: float) -> Day:
        return _with_depot(day, replace(depot, site_power_w=kw * KW))

    yield Change(
        kind=RepairKind.SITE_POWER,
        unit="kW",
        steps=tuple(float(kw) for kw in range(math.floor(limit_w / KW) + 1, all_kw + 1)),
        apply=apply,
        used=lambda kw, _: Used(
            amount=kw,
            target=depot.id,
            day=apply(kw),
            phrase=phrase(
                "site power of {depot} {number} kW (now {now} kW)", depot=depot.id, number=kw, now=limit_w / KW
            ),
        ),
    )


def _plug_power(day: Day, depot: Depot) -> Iterator[Change]:
    if not depot.plugs:
        return
    weakest_w = min(plug.power_w for plug in depot.plugs)
    most_kw = math.ceil(max(v.type.charge_w for v in day.vehicles if v.depot_id == depot.id) / KW)

    def apply(kw: float) -> Day:
        stronger = tuple(replace(plug, power_w=max(plug.power_w, kw * KW)) for plug in depot.plugs)
        return _with_depot(day, replace(depot, plugs=stronger))

    yield Change(
        kind=RepairKind.PLUG_POWER,
        unit="kW",
        steps=tuple(float(kw) for kw in range(math.floor(weakest_w / KW) + 1, most_kw + 1)),
        apply=apply,
        used=lambda kw, _: Used(
            amount=kw,
            target=depot.id,
            day=apply(kw),
            phrase=phrase(
                "plugs of {depot} with {number} kW (now {now} kW)", depot=depot.id, number=kw, now=weakest_w / KW
            ),
        ),
    )


def _plug_words(depot: Depot, power_w: float, site_w: float | None, time: str | None) -> Phrase:
    kw = power_w / KW
    if site_w is None and time is None:
        return phrase("one more plug at {depot} ({kw} kW)", depot=depot.id, kw=kw)
    if site_w is None and time is not None:
        return phrase("one more plug at {depot} at {time} ({kw} kW)", depot=depot.id, time=time, kw=kw)
    site_kw = (site_w or 0.0) / KW
    if time is None:
        return phrase(
            "one more plug at {depot} ({kw} kW, and site power {site} kW)", depot=depot.id, kw=kw, site=site_kw
        )
    return phrase(
        "one more plug at {depot} at {time} ({kw} kW, and site power {site} kW)",
        depot=depot.id,
        time=time,
        kw=kw,
        site=site_kw,
    )


def _one_more_plug(day: Day, depot: Depot) -> Change:
    power_w = max((plug.power_w for plug in depot.plugs), default=USUAL_PLUG_W)
    limit_w = depot.site_power_w
    taken = {plug.id for site in day.sites for plug in site.plugs}
    plug_id = next(f"{depot.id}-more-{n}" for n in count(1) if f"{depot.id}-more-{n}" not in taken)

    def apply(amount: float) -> Day:
        plug = Plug(id=plug_id, power_w=power_w)
        more_w = limit_w + power_w if limit_w is not None and amount == WITH_POWER else limit_w
        return _with_depot(day, replace(depot, plugs=(*depot.plugs, plug), site_power_w=more_w))

    def used(amount: float, found: Forced) -> Used:
        at = _first_crowded_s(day, depot, found)
        site_w = limit_w + power_w if limit_w is not None and amount == WITH_POWER else None
        said = _plug_words(depot, power_w, site_w, None if at is None else wall(day, at))
        return Used(amount=amount, target=depot.id, day=apply(amount), phrase=said)

    return Change(
        kind=RepairKind.PLUG,
        steps=(YES,) if limit_w is None else (YES, WITH_POWER),
        apply=apply,
        used=used,
    )


def _first_crowded_s(day: Day, depot: Depot, found: Forced) -> int | None:
    """Return when more vehicles charge at a depot than the day has plugs for, None if never."""
    place = len(day.orders) + day.depots.index(depot)
    visits = [v for tour in found.tours for v in tour.all_visits if v.plug >= 0 and v.place == place]
    for at in sorted(visit.charge_begin_s for visit in visits):
        if sum(visit.charge_begin_s <= at < visit.charge_end_s for visit in visits) > len(depot.plugs):
            return at
    return None


def _draw_w(day: Day, depot: Depot, plug: Plug) -> float:
    return min(plug.power_w, max(v.type.charge_w for v in day.vehicles if v.depot_id == depot.id))


def _with_depot(day: Day, changed: Depot) -> Day:
    return replace(day, depots=tuple(changed if depot.id == changed.id else depot for depot in day.depots))
