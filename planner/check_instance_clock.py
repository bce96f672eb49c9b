"""The auditor's clock and battery on one route, for charges that are full and for charges that may end at any level."""

from __future__ import annotations

import math


class FullCharges:
    """A vehicle that leaves every station full: one time and one level at each place."""

    def __init__(self, *, start: float, battery: float, rate: float) -> None:
        self.now, self.level, self.short = start, battery, 0.0
        self._battery, self._rate = battery, rate

    def drive(self, *, time: float, energy: float) -> None:
        """Drive a leg; `short` is what the battery lacked, and the vehicle goes on as if it had it."""
        self.now += time
        self.level -= energy
        self.short = max(-self.level, 0.0)
        self.level = max(self.level, 0.0)

    def wait(self, opens: float, closes: float) -> float:
        """Wait until a place opens; return by how much the vehicle is late."""
        self.now = max(self.now, opens)
        return self.now - closes

    def charge(self) -> None:
        """Charge until the battery is full."""
        if math.isfinite(self._battery):
            self.now += self._rate * (self._battery - self.level)
        self.level = self._battery

    def stand(self, duration: float) -> None:
        """Serve a customer."""
        self.now += duration


class PartialCharges:
    """A vehicle whose charges are chosen with hindsight: as little as the route needs, where waiting costs nothing.

    `now` is the earliest moment with the least charged so far, when `level` is in the battery. Up to `most` more may
    have been charged before, `rate` of time for each unit. Nothing else needs to be known: a charge that turns out to
    be needed is added to the last stations that had room, and delays all that follows; a wait that is there already
    swallows the delay, so what it covers is charged at once.
    """

    def __init__(self, *, start: float, battery: float, rate: float) -> None:
        self.now, self.level, self.most, self.short = start, battery, 0.0, 0.0
        self._battery, self._rate = battery, rate

    def drive(self, *, time: float, energy: float) -> None:
        """Drive a leg; what the battery lacks was charged before, `short` is what could not have been."""
        self.now += time
        self.level -= energy
        missing = max(-self.level, 0.0)
        added = min(missing, self.most)
        self.now += self._rate * added
        self.most -= added
        self.level = max(self.level, 0.0)
        self.short = missing - added

    def wait(self, opens: float, closes: float) -> float:
        """Wait until a place opens, charging earlier meanwhile; return by how much the vehicle is late."""
        if self.now < opens:
            swallowed = min(self.most, (opens - self.now) / self._rate if self._rate else math.inf)
            self.level += swallowed
            self.most -= swallowed
            self.now = opens
        if self._rate:  # more would have made it late here
            self.most = min(self.most, max(closes - self.now, 0.0) / self._rate)
        return self.now - closes

    def charge(self) -> None:
        """Stand at a station: the battery may be filled, or not at all."""
        self.most = max(self._battery - self.level, 0.0) if math.isfinite(self._battery) else 0.0

    def stand(self, duration: float) -> None:
        """Serve a customer."""
        self.now += duration
