"""Write and read explanations as JSON, in a shape that stays."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from planner.explained import Explanation, Grade, Repair, RepairKind, Rule, Shortfall

FORMAT = "planner-explanations-1"


def explanations_to_json(explanations: Sequence[Explanation], *, currency: str) -> str:
    """Return the document that docs/explain.md describes."""
    document = {"format": FORMAT, "currency": currency, "orders": [_order(one) for one in explanations]}
    return json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False)


def _order(one: Explanation) -> dict[str, Any]:
    return {
        "id": one.order_id,
        "grade": one.grade.value,
        "reason": one.reason,
        "detail": one.detail,
        "shortfalls": [_shortfall(shortfall) for shortfall in one.shortfalls],
        "repairs": [_repair(repair) for repair in one.repairs],
        "cut": one.cut,
    }


def _shortfall(shortfall: Shortfall) -> dict[str, Any]:
    return {
        "type": shortfall.type_name,
        "rule": shortfall.rule.value,
        "amount": shortfall.amount,
        "unit": shortfall.unit,
        "at_least": shortfall.at_least,
        "vehicle": shortfall.vehicle_id,
        "after": shortfall.after,
        "text": shortfall.text,
    }


def _repair(repair: Repair) -> dict[str, Any]:
    return {
        "kind": repair.kind.value,
        "amount": repair.amount,
        "unit": repair.unit,
        "target": repair.target,
        "vehicle": repair.vehicle_id,
        "begin": repair.begin_s,
        "extra_cost": repair.extra_cost,
        "routes_changed": list(repair.routes_changed),
        "text": repair.text,
    }


def explanations_from_json(text: str | bytes) -> tuple[Explanation, ...]:
    """Read what `explanations_to_json` wrote; anything else raises `ValueError`, `KeyError` or `TypeError`."""
    return tuple(_read_order(part) for part in json.loads(text)["orders"])


def _read_order(part: dict[str, Any]) -> Explanation:
    return Explanation(
        order_id=part["id"],
        grade=Grade(part["grade"]),
        reason=part["reason"],
        detail=part["detail"],
        shortfalls=tuple(_read_shortfall(shortfall) for shortfall in part["shortfalls"]),
        repairs=tuple(_read_repair(repair) for repair in part["repairs"]),
        cut=part["cut"],
    )


def _read_shortfall(part: dict[str, Any]) -> Shortfall:
    return Shortfall(
        type_name=part["type"],
        rule=Rule(part["rule"]),
        amount=part["amount"],
        unit=part["unit"],
        at_least=part["at_least"],
        vehicle_id=part["vehicle"],
        after=part["after"],
        text=part["text"],
    )


def _read_repair(part: dict[str, Any]) -> Repair:
    return Repair(
        kind=RepairKind(part["kind"]),
        amount=part["amount"],
        unit=part["unit"],
        target=part["target"],
        vehicle_id=part["vehicle"],
        begin_s=part["begin"],
        extra_cost=part["extra_cost"],
        routes_changed=tuple(part["routes_changed"]),
        text=part["text"],
    )
