"""Changes of the clock: an order's window, a vehicle's shift."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from planner.explain.change import Change, Used, steps_to, up_to_step, wall, with_vehicles
from planner.explain.force import Forced
from planner.explained import Phrase, RepairKind, phrase
from planner.model import Day, TimeWindow, Vehicle

LONGEST_OVERTIME_MIN = 120


def windows(day: Day, order: int) -> Iterator[Change]:
    """Yield the order's windows, open longer or opened earlier."""
    spans = day.orders[order].windows
    if not spans:
        return
    first, last = min(v.shift.start_s for v in day.vehicles), max(v.latest_s for v in day.vehicles)
    yield _window(day, order, later=True, steps=steps_to((last - min(w.end_s for w in spans)) / 60))
    yield _window(day, order, later=False, steps=steps_to((max(w.start_s for w in spans) - max(first, 0)) / 60))


def _window(day: Day, order: int, *, later: bool, steps: tuple[float, ...]) -> Change:
    spans = day.orders[order].windows

    def moved(window: TimeWindow, minutes: float) -> TimeWindow:
        seconds = round(60 * minutes)
        if later:
            return replace(window, end_s=window.end_s + seconds)
        return replace(window, start_s=window.start_s - seconds)

    def on_day(windows: Sequence[TimeWindow]) -> Day:
        changed = replace(day.orders[order], windows=tuple(windows))
        return replace(day, orders=(*day.orders[:order], changed, *day.orders[order + 1 :]))

    def used(_: float, found: Forced) -> Used:
        missed_s = {
            k: max(found.begin_s - w.end_s if later else w.start_s - found.begin_s, 0)
            for k, w in enumerate(spans)
            if (w.start_s <= found.begin_s if later else found.begin_s <= w.end_s)
        }
        nearest = min(missed_s, key=lambda k: missed_s[k])
        least = up_to_step(missed_s[nearest] / 60, steps)
        window = moved(spans[nearest], least)
        if later:
            said = phrase("window +{number} min (until {time})", number=round(least), time=wall(day, window.end_s))
        else:
            said = phrase(
                "window {number} min earlier (from {time})", number=round(least), time=wall(day, window.start_s)
            )
        return Used(
            amount=least,
            target=day.orders[order].id,
            day=on_day([window if k == nearest else w for k, w in enumerate(spans)]),
            phrase=said,
        )

    kind = RepairKind.WINDOW_LATER if later else RepairKind.WINDOW_EARLIER
    return Change(
        kind=kind, steps=steps, unit="min", apply=lambda minutes: on_day([moved(w, minutes) for w in spans]), used=used
    )


def shifts(day: Day) -> Iterator[Change]:
    """Yield shifts that end later, and shifts that begin earlier."""
    yield _shift(day, later=True, steps=steps_to(LONGEST_OVERTIME_MIN))
    from_midnight = min(v.shift.start_s for v in day.vehicles) // 60
    yield _shift(day, later=False, steps=steps_to(min(LONGEST_OVERTIME_MIN, from_midnight // 5 * 5)))


def _shift(day: Day, *, later: bool, steps: tuple[float, ...]) -> Change:
    def moved(vehicle: Vehicle, minutes: float) -> Vehicle:
        seconds, shift = round(60 * minutes), vehicle.shift
        shift = (
            replace(shift, end_s=shift.end_s + seconds) if later else replace(shift, start_s=shift.start_s - seconds)
        )
        return replace(vehicle, shift=shift)

    def used(_: float, found: Forced) -> Used:
        over = {t.vehicle: _over_s(day.vehicles[t.vehicle], t.start_s, t.end_s, later=later) / 60 for t in found.tours}
        least = {v: up_to_step(excess, steps) for v, excess in over.items() if excess > 0} or {found.vehicle: steps[0]}
        changed = {day.vehicles[v].id: moved(day.vehicles[v], minutes) for v, minutes in sorted(least.items())}
        limits = tuple(_limit(day, vehicle, later=later) for vehicle in changed.values())
        most = max(least.values())
        if later:
            said = phrase("shift +{number} min ({limits})", number=round(most), limits=limits)
        else:
            said = phrase("shift {number} min earlier ({limits})", number=round(most), limits=limits)
        return Used(
            amount=most,
            target=", ".join(changed),
            day=with_vehicles(day, lambda v: changed.get(v.id, v)),
            phrase=said,
        )

    kind = RepairKind.SHIFT_LATER if later else RepairKind.SHIFT_EARLIER
    return Change(
        kind=kind,
        steps=steps,
        unit="min",
        apply=lambda minutes: with_vehicles(day, lambda v: moved(v, minutes)),
        used=used,
    )


def _over_s(vehicle: Vehicle, start_s: int, end_s: int, *, later: bool) -> int:
    return end_s - vehicle.latest_s if later else vehicle.shift.start_s - start_s


def _limit(day: Day, vehicle: Vehicle, *, later: bool) -> Phrase:
    if later:
        return phrase("{vehicle} until {time}", vehicle=vehicle.id, time=wall(day, vehicle.shift.end_s))
    return phrase("{vehicle} from {time}", vehicle=vehicle.id, time=wall(day, vehicle.shift.start_s))
