"""Write and read explanations as JSON, in a shape that stays."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from planner.explained import Explanation, Grade, Phrase, Repair, RepairKind, Rule, Shortfall, Value

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
        "of_order": shortfall.of_order,
        "text": shortfall.text,
        "phrases": [_phrase(one) for one in shortfall.phrases],
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
        "phrase": _phrase(repair.phrase),
    }


def _phrase(one: Phrase) -> dict[str, Any]:
    return {"words": one.words, "values": {name: _value(value) for name, value in one.values}}


def _value(value: Value) -> Any:
    if isinstance(value, tuple):
        return [_phrase(one) if isinstance(one, Phrase) else one for one in value]
    return value


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
        of_order=part["of_order"],
        phrases=tuple(_read_phrase(one) for one in part["phrases"]),
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
        phrase=_read_phrase(part["phrase"]),
    )


def _read_phrase(part: dict[str, Any]) -> Phrase:
    return Phrase(part["words"], tuple((name, _read_value(value)) for name, value in part["values"].items()))


def _read_value(value: Any) -> Value:
    if isinstance(value, list):
        return tuple(_read_phrase(one) if isinstance(one, dict) else one for one in value)
    known: str | float = value
    return known
