"""Tools whose exports we know: how to recognise one, and what its columns mean."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from planner.io.importing.headers import key_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """What is known of the exports of one tool. `columns` maps keys of names to fields, "-" to none."""

    name: str
    title: str
    signature: frozenset[str]
    spelled: frozenset[str]
    columns: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    ask_units: tuple[str, ...] = ()
    positions: tuple[str, ...] = ()
    window_end: str = ""
    date_order: str = ""
    item_rows: bool = False
    two_stops: bool = False


@cache
def products() -> Mapping[str, Product]:
    """Return the products by name, in the order in which they are tried."""
    document = tomllib.loads(files("planner.io.importing").joinpath("products.toml").read_text(encoding="utf-8"))
    return {entry["name"]: _product(entry) for entry in document["product"]}


def recognised(names: Sequence[str], keys: Collection[str]) -> Product | None:
    """Return the product whose columns are all there, or None."""
    written = {name.strip() for name in names}
    for product in products().values():
        if product.spelled and product.spelled <= written:
            return product
        if product.signature and product.signature <= set(keys):
            return product
    return None


def _product(entry: Mapping[str, Any]) -> Product:
    rest = {name: entry[name] for name in ("window_end", "date_order", "item_rows", "two_stops") if name in entry}
    return Product(
        name=entry["name"],
        title=entry.get("title", entry["name"]),
        signature=frozenset(map(key_of, entry.get("signature", ()))),
        spelled=frozenset(entry.get("spelled", ())),
        columns={key_of(name): meant for name, meant in entry.get("columns", {}).items()},
        units=entry.get("units", {}),
        ask_units=tuple(entry.get("ask_units", ())),
        positions=tuple(entry.get("positions", ())),
        **rest,
    )
