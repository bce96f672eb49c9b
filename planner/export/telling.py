"""Small phrases of a manifest: clocks, windows, weights, and texts of the user made fit to show."""

from __future__ import annotations

from dataclasses import dataclass

from planner.errors import printable
from planner.export.sheet import LONGEST_TEXT
from planner.language.words import Words
from planner.model import Order
from planner.plan import Step
from planner.report.view import PlanView

MINUTE_S = 60


@dataclass(frozen=True)
class Telling:
    """A plan and the language to tell it in."""

    view: PlanView
    words: Words

    def clock(self, seconds: float) -> str:
        return self.view.clock(seconds)

    def span(self, start_s: float, end_s: float) -> str:
        return f"{self.clock(start_s)}–{self.clock(end_s)}"

    def minutes(self, seconds: float) -> str:
        """Return a length of time in minutes; a part of one counts as one."""
        return self.words.gettext("{count} min", count=self.words.number(-(-seconds // MINUTE_S)))

    def windows(self, order: Order) -> str:
        """Return the windows of an order; nothing where it may be served at any time."""
        return ", ".join(self.span(window.start_s, window.end_s) for window in order.windows)

    def kg(self, weight_kg: float) -> str:
        return self.words.number(weight_kg, 1)

    def kwh(self, energy_wh: float) -> str:
        return self.words.gettext("{number} kWh", number=self.words.number(energy_wh / 1_000, 2))

    def soc(self, step_wh: float, vehicle_id: str) -> str:
        """Return what a battery holds, as a share of what it holds when full."""
        return self.words.percent(step_wh / self.view.vehicles[vehicle_id].type.battery_wh)

    def charge(self, step: Step, vehicle_id: str) -> str:
        """Say at which plug to charge, when, how long, how much and how far."""
        return self.words.gettext(
            "Plug {plug}: {span}, {minutes}, {energy}, up to {soc}",
            plug=one_line(step.plug_id or "–"),
            span=self.span(step.begin_s, step.end_s),
            minutes=self.minutes(step.end_s - step.begin_s),
            energy=self.kwh(step.charged_wh),
            soc=self.soc(step.stored_end_wh, vehicle_id),
        )


def shown(text: str) -> str:
    """Return a text of the user in which nothing but its line ends is other than it looks."""
    lines = [printable(line.replace("\t", " "), limit=LONGEST_TEXT).strip() for line in text.splitlines()]
    return "\n".join(line for line in lines if line)


def one_line(text: str) -> str:
    """Return a text of the user on one line."""
    return " ".join(shown(text).split("\n"))


def position(lat: float, lon: float) -> str:
    """Return a position as every map program reads it."""
    return f"{lat:.6f}, {lon:.6f}"
