"""What a re-planned day changes, and what it leaves for tomorrow, as CSV."""

from __future__ import annotations

from collections.abc import Iterable

from planner.dispatch.replan import Moved
from planner.io.safe_csv import csv_text
from planner.model import Order
from planner.plan import Plan, Reason
from planner.report.view import PlanView

CHANGED = ("order", "vehicle_before", "begin_before", "vehicle_after", "begin_after", "what")
TOMORROW = (
    *("id", "lat", "lon", "address", "demand_kg", "volume_l", "parcels", "longest_cm", "service_min", "setup_min"),
    *("priority", "skills", "vehicle_class", "type", "notes"),
)


def changed_csv(plan: Plan, moved: Iterable[Moved]) -> str:
    """Return one line for each order whose vehicle or time is another than before."""
    view = PlanView(plan)

    def told(served: tuple[str, int] | None) -> tuple[str, str]:
        return ("", "") if served is None else (served[0], view.clock(served[1]))

    rows = ((one.order_id, *told(one.before), *told(one.after), _what(one)) for one in moved)
    return csv_text(CHANGED, rows)


def _what(one: Moved) -> str:
    if one.before is None:
        return "new"
    if one.after is None:
        return "left out"
    return "time" if one.before[0] == one.after[0] else "vehicle"


def tomorrow_csv(plan: Plan) -> str:
    """Return the orders that stay undone as orders that must be served tomorrow, nothing where there are none.

    What a courier takes is not among them. Today's windows are left out.
    """
    left = {one.order_id for one in plan.unassigned if one.reason is not Reason.COURIER}
    rows = [_row(order) for order in plan.day.orders if order.id in left and not _is_handover(order)]
    return csv_text(TOMORROW, rows) if rows else ""


def _is_handover(order: Order) -> bool:
    return order.address.startswith("handover from ")


def _row(order: Order) -> tuple[str | float, ...]:
    return (
        order.id, order.lat, order.lon, order.address, order.demand_kg, order.volume_l, order.parcels,
        order.longest_cm, order.service_s / 60, order.setup_s / 60, "must", ";".join(order.skills),
        ";".join(order.vehicle_classes), order.kind.value, order.notes,
    )  # fmt: skip
