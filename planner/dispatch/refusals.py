"""What makes an edit impossible, each with its code and what to do instead."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from planner.errors import Fault, InputError, did_you_mean


class Refusals:
    """Makes the errors of one edit, which is named in all of them."""

    def __init__(self, edit: str) -> None:
        self.edit = edit

    def unknown(self, what: str, id: str, known: Iterable[str]) -> InputError:
        near = did_you_mean(id, known)
        return self._fault(
            "E-D41",
            id,
            f"is no {what} of the plan's day{near}",
            f"give the id of an {what}" if what == "order" else f"give the id of a {what}",
        )

    def nobody_drives(self, id: str) -> InputError:
        return self._fault("E-D41", id, "has no driver today", "choose a vehicle that somebody drives")

    def unplanned(self, id: str) -> InputError:
        return self._fault("E-D43", id, "is not planned", "move it to a vehicle instead")

    def itself(self, id: str) -> InputError:
        return self._fault("E-D43", id, "cannot change places with itself", "name two orders")

    def elsewhere(self, id: str, vehicle: str) -> InputError:
        return self._fault("E-D43", id, f"is not on {vehicle}", "name an order of that vehicle")

    def trip(self, vehicle: str, trip: int, trips: int) -> InputError:
        return self._fault("E-D44", str(trip), f"is no trip of {vehicle}, which has {trips}", "count trips from 1")

    def position(self, vehicle: str, trip: int, position: int) -> InputError:
        message = f"is no stop of trip {trip} of {vehicle}"
        return self._fault("E-D44", str(position), message, "count stops from 1, at most one past the last")

    def reorder(self, now: Sequence[str]) -> InputError:
        return self._fault("E-D44", None, "does not name all orders of the trip once", f"order these: {', '.join(now)}")

    def locked(self, what: str, id: str) -> InputError:
        return self._fault("E-D45", id, f"this {what} is locked", f"take the lock off first: --unlock {what}:{id}")

    def no_way(self, vehicle: str, source: str, target: str) -> InputError:
        message = f"has no way from {source} to {target}"
        return self._fault("E-D46", vehicle, message, "choose a vehicle of another class")

    def pair(self, id: str) -> InputError:
        return self._fault("E-D47", id, "belongs to a pair, whose stops go together", "move it instead")

    def turned(self, id: str) -> InputError:
        return self._fault("E-D47", id, "would be brought before it is fetched", "name the pickup of the pair first")

    def no_plug(self, where: str) -> InputError:
        return self._fault("E-D48", None, f"there is no plug {where}", "charge elsewhere")

    def too_full(self, vehicle: str, where: str) -> InputError:
        message = f"has a battery {where} that is too full to be charged at full power"
        return self._fault("E-D48", vehicle, message, "charge later in the day")

    def no_charge(self, id: str) -> InputError:
        return self._fault("E-D48", id, "no charge follows it", "name the order before the charge")

    def before_a_closing(self) -> InputError:
        message = (
            "they change drives that had begun when a road was closed, or make one begin earlier or later than that"
        )
        return self._fault("E-D49", None, message, "change what comes later in the day, or plan with planner replan")

    def _fault(self, code: str, value: str | None, message: str, remedy: str) -> InputError:
        return InputError(Fault(code=code, file=self.edit, value=value, message=message, remedy=remedy))
