"""Edits that are not kept yet, written beside their plan, so that another server makes them again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from hands import Hands, Made

from planner.dispatch.edits import from_json, to_json
from planner.dispatch.slots import Slot
from planner.errors import PlannerError
from planner.io.files import write_atomic

NAME = "edits.json"
PLACE = ("vehicle_id", "trip", "position", "new_trip")  # tells the slots of an order apart


def write(folder: Path, hands: Hands) -> None:
    """Write down what was done by hand; what was undone is not among it."""
    write_atomic(folder / NAME, json.dumps([_told(made) for made in hands.made], ensure_ascii=False))


def make_again(folder: Path, hands: Hands) -> None:
    """Make what was written down, up to the first edit that cannot be made any more."""
    try:
        for told in json.loads((folder / NAME).read_bytes()):
            if "slot" in told:
                _take(hands, told["slot"])
            else:
                (edit,) = from_json([told])
                hands.make(edit, version=hands.version)
    except (OSError, ValueError, TypeError, KeyError, PlannerError):
        return


def _told(made: Made) -> dict[str, Any]:
    if isinstance(made.what, Slot):
        return {"slot": {"order": made.order} | {name: getattr(made.what, name) for name in PLACE}}
    (told,) = json.loads(to_json([made.what]))
    return dict(told)


def _take(hands: Hands, told: dict[str, Any]) -> None:
    slots = hands.slots(told["order"])
    number = [[getattr(slot, name) for name in PLACE] for slot in slots].index([told[name] for name in PLACE])
    hands.take(told["order"], number, version=hands.version)
