"""A customer who asks to be forgotten is: no byte is left in the database, and the figures stay."""

from __future__ import annotations

import json
import sqlite3
import subprocess
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from planner.model import Spot
from planner.plan import Plan, Route, Step, StepKind
from planner.store.faults import StoreError
from planner.store.place import find_place
from planner.store.redact import Person, Redaction
from planner.store.store import Store, open_store
from planner.store.values import Edit, Event, Written
from tests.factories import DEPOT_LAT, DEPOT_LON, make_order, make_plan
from tests.store.plans import plan_of
from tests.store.server import Server

NAME, ADDRESS = "Ximena Quispe Wurzelgruber", "Pasaje Ñandú 4711, Ximena Quispe Wurzelgruber"
ID = "QW-2039-ZK"
LAT, LON = -29.951_357, -71.341_246


def with_ximena(plan: Plan, **order: object) -> Plan:
    """Return the plan of `make_plan` in which the first order is Ximena's."""
    hers = make_order(ID, lat=LAT, lon=LON, address=ADDRESS, notes="beware of the dog Zampoña", **order)
    day = replace(plan.day, orders=(hers, *plan.day.orders[1:]))
    route = plan.routes[0]
    return replace(plan, day=day, routes=(replace(route, steps=tuple(map(moved, route.steps))),))


def moved(step: Step) -> Step:
    leg = step.leg
    if leg is not None:
        line = tuple((LON, LAT) if point == (-71.341, -29.951) else point for point in leg.geometry)
        leg = replace(leg, geometry=line)
    if step.place_id == "o1":
        return replace(step, place_id=ID, lat=LAT, lon=LON, leg=leg)
    return replace(step, leg=leg)


def filled(store: Store) -> Store:
    """Two revisions that know Ximena, with an edit and two events about her; and another day."""
    first = store.save_plan(with_ximena(plan_of(1)))
    edit = Edit(kind="move", detail={"order": ID, "to": "v1", "said": f"{NAME} rang"})
    new = Event(kind="order_new", at_s=39_600, detail={"id": ID, "lat": str(LAT), "lon": LON, "address": ADDRESS})
    delay = Event(kind="delay", detail={"vehicle": "v1", "minutes": 7})
    store.save_plan(with_ximena(plan_of(2)), parent=first.id, edit=edit, events=[new, delay])
    store.save_plan(plan_of(3, date="2026-05-13"))
    return store


def figures(store: Store) -> list[tuple[object, ...]]:
    return [(e.id, e.revision, e.cost, e.km, e.orders, e.served, e.unassigned, e.vehicles) for e in store.history()]


TELLING = (NAME, ADDRESS, "Zampoña", ID, "29.951357", "71.341246", "4711")


def test_after_it_nothing_that_is_read_tells_of_the_customer(store: Store) -> None:
    before = figures(filled(store))
    assert {found.order_id for found in store.find_customer("wurzelgruber")} == {ID}
    erased = store.forget("wurzelgruber")
    assert erased.plans == (1, 2)
    assert erased.remarks == 2
    assert figures(store) == before
    for plan_id in (1, 2, 3):
        told = store.load_document(plan_id).decode() + repr(store.story(plan_id))
        assert [word for word in TELLING if word in told] == []
        assert store.load_plan(plan_id).routes[0].steps[1].leg is not None
    assert [bool(entry.erased_utc) for entry in store.history()] == [True, True, False]
    assert store.find_customer(ID) == store.find_customer(NAME) == ()
    assert store.check().problems == ()


def test_the_place_and_the_ways_to_it_are_gone_and_the_others_stay(store: Store) -> None:
    filled(store).forget(ID)
    plan = store.load_plan(1)
    alias = plan.day.orders[0].id
    assert alias.startswith("forgotten-")
    hers, neighbour = plan.routes[0].steps[1], plan.routes[0].steps[4]
    assert (hers.place_id, hers.lat, hers.lon) == (alias, DEPOT_LAT, DEPOT_LON)
    there, back = (plan.routes[0].steps[i].leg for i in (1, 2))
    assert there is not None
    assert back is not None
    assert there.geometry == back.geometry == ()
    original = make_plan().routes[0]
    assert [step.arrival_s for step in plan.routes[0].steps] == [step.arrival_s for step in original.steps]
    assert neighbour.place_id == "o2"
    assert (neighbour.lat, neighbour.lon) == (original.steps[4].lat, original.steps[4].lon)
    assert plan.day.orders[1:] == make_plan().day.orders[1:]


def test_D13_no_byte_of_it_is_left_in_the_files_of_sqlite(file: Path) -> None:
    store = filled(open_store(file))
    with closing(sqlite3.connect(file)) as connection:
        packed = [row[0] for row in connection.execute("SELECT document FROM plans WHERE id < 3")]
    words = [NAME.encode(), ADDRESS.encode(), "Zampoña".encode(), ID.encode()]
    pieces = [data[at : at + 24] for data in packed for at in range(0, len(data) - 24, 24)]
    bytes_before = all_bytes(file.parent)
    assert all(word in bytes_before for word in words)
    assert sum(piece in bytes_before for piece in pieces) > 0.95 * len(pieces)
    store.forget(NAME)
    bytes_after = all_bytes(file.parent)
    assert [word for word in words if word in bytes_after] == []
    # Equal beginnings of compressed plans may stand in the new ones; anything longer would be a copy of the old.
    assert sum(piece in bytes_after for piece in pieces) <= 0.1 * len(pieces)


def all_bytes(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_D13_no_byte_of_it_is_left_in_the_tables_of_a_server(server: Server) -> None:
    url = server.new_database()
    store = filled(open_store(url))
    name = url.partition("?")[0].rpartition("/")[2]
    ((number,),) = server.say(f"SELECT oid FROM pg_database WHERE datname = '{name}'")
    tables = server.data / "base" / str(number)
    words = [NAME, ADDRESS, "Zampoña", ID]
    server.say("CHECKPOINT")
    before = grep(words, tables)
    assert before == set(words)
    store.forget(NAME)
    server.say("CHECKPOINT")
    assert grep(words, tables) == set()


def grep(words: list[str], folder: Path) -> set[str]:
    """Return which words are found in any file; the files are the server's own."""
    found = set()
    for word in words:
        done = subprocess.run(["grep", "-r", "-a", "-q", "-F", word, str(folder)], check=False)
        found |= {word} if done.returncode == 0 else set()
    return found


def test_backups_and_plan_folders_are_named_because_they_are_not_touched(store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "runs" / "may"
    folder.mkdir(parents=True)
    store.save_plan(with_ximena(plan_of(1)), written=Written(folder=folder))
    backup = store.backup(tmp_path / "copy.backup")
    erased = store.forget(ID)
    assert erased.backups == (backup,)
    assert erased.folders == (folder,)


def test_an_order_is_meant_in_all_its_versions_also_in_that_without_the_name(store: Store) -> None:
    first = store.save_plan(with_ximena(plan_of(1)))
    plan = with_ximena(plan_of(2))
    unnamed = replace(plan.day.orders[0], address="", notes="")
    plan = replace(plan, day=replace(plan.day, orders=(unnamed, *plan.day.orders[1:])))
    second = store.save_plan(plan, parent=first.id)
    store.forget(NAME)
    aliases = {store.load_plan(saved.id).day.orders[0].id for saved in (first, second)}
    assert len(aliases) == 1
    assert aliases.pop().startswith("forgotten-")


def test_nobody_else_is_forgotten_with_a_short_word_or_by_a_part_of_an_id(store: Store) -> None:
    store.save_plan(plan_of(1))
    for who in ("o", "1", "", "  ", "%", "_1"):
        if who.strip():
            assert store.forget(who).orders == ()
        else:
            with pytest.raises(StoreError):
                store.forget(who)
    assert [found.order_id for found in store.find_customer("o1")] == ["o1"]


def test_a_plan_of_forgotten_orders_can_still_be_changed(store: Store) -> None:
    filled(store).forget(NAME)
    saved = store.save_plan(store.load_plan(2), parent=2)
    assert saved.revision == 3
    assert store.find_customer(store.load_plan(2).day.orders[0].id)


def redacted(plan: Plan, *ids: str) -> Plan:
    from planner.io.plan_file import plan_from_json, plan_to_json

    orders = {order.id: order for order in plan.day.orders}
    persons = [Person(order_id=id, alias=f"gone-{id}", words=(orders[id].address, orders[id].notes)) for id in ids]
    return plan_from_json(Redaction(persons).document(plan_to_json(plan)), file="plan.json")


def test_whoever_lives_in_the_same_house_stays_and_a_neighbour_served_from_there_gets_a_place_of_his_own() -> None:
    plan = make_plan()
    first, second, third = plan.day.orders
    door = Spot(lat=first.lat, lon=first.lon)
    orders = (first, replace(second, parks_at=door, walk_s=90), replace(third, lat=first.lat, lon=first.lon))
    steps = tuple(
        replace(step, lat=door.lat, lon=door.lon) if step.place_id == "o2" else step for step in plan.routes[0].steps
    )
    plan = replace(plan, day=replace(plan.day, orders=orders), routes=(replace(plan.routes[0], steps=steps),))
    after = redacted(plan, "o1")
    neighbour, same_house = after.day.orders[1:]
    assert neighbour.parks_at is None
    assert (after.routes[0].steps[4].lat, after.routes[0].steps[4].lon) == (second.lat, second.lon)
    assert same_house == orders[2]


def test_a_break_at_the_door_and_the_drive_after_it_go_too() -> None:
    plan = make_plan()
    steps = list(plan.routes[0].steps)
    steps.insert(2, replace(steps[1], kind=StepKind.BREAK, leg=None, begin_s=29_700, end_s=29_700, arrival_s=29_700))
    after = redacted(replace(plan, routes=(replace(plan.routes[0], steps=tuple(steps)),)), "o1")
    rest, back = after.routes[0].steps[2:4]
    assert (rest.place_id, rest.lat) == ("gone-o1", DEPOT_LAT)
    assert back.leg is not None
    assert back.leg.geometry == ()


def test_a_pair_named_after_the_customer_gets_another_name_at_both_ends() -> None:
    plan = make_plan()
    first, second, third = plan.day.orders
    orders = (replace(first, pair="for Ximena", group="Ximena"), replace(second, pair="for Ximena"), third)
    after = redacted(replace(plan, day=replace(plan.day, orders=orders)), "o1")
    assert [order.pair for order in after.day.orders] == ["gone-o1", "gone-o1", ""]
    assert [order.group for order in after.day.orders] == ["gone-o1", "", ""]


def test_a_reason_that_names_the_order_names_its_alias() -> None:
    plan = make_plan()
    told = replace(plan.unassigned[0], detail="after o1 (o11, xo1) it is too late for o1")
    after = redacted(replace(plan, unassigned=(told,)), "o1", "o3")
    assert after.unassigned[0].order_id == "gone-o3"
    assert after.unassigned[0].detail == "after gone-o1 (o11, xo1) it is too late for gone-o1"


def test_figures_and_vehicles_that_read_like_an_id_or_a_note_stay() -> None:
    redaction = Redaction([Person(order_id="17", alias="gone", words=("van", "Long Lane 3"))], ["quis"])
    detail = {
        "vehicle": "17",
        "order": "17",
        "why": "17 min late at Long Lane 3; Frau Quispe rang, then caravan 17",
        "stops": ["17", "van-2", 17],
    }
    assert redaction.value(detail) == {
        "vehicle": "17",
        "order": "gone",
        "why": "17 min late at ; Frau  rang, then caravan 17",
        "stops": ["gone", "van-2", 17],
    }


def test_what_a_plan_file_may_say_in_years_to_come_is_searched_too() -> None:
    from planner.io.plan_file import plan_to_json

    document = json.loads(plan_to_json(make_plan()))
    document["state"] = {"aboard": {"v1": ["o1", "o2"]}, "o1": [{"order": "o1", "lat": 1.5, "name": "X"}, "at o1"]}
    document["day"]["locks"] = [{"vehicle": "o1", "order": "o1"}]
    person = Person(order_id="o1", alias="gone", words=())
    after = json.loads(Redaction([person]).document(json.dumps(document).encode()))
    assert after["state"] == {
        "aboard": {"v1": ["gone", "o2"]},
        "gone": [{"order": "gone", "lat": None, "name": ""}, "at gone"],
    }
    assert after["day"]["locks"] == [{"vehicle": "o1", "order": "gone"}]


def test_a_reader_that_keeps_the_old_pages_alive_is_told_of(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("planner.store.engine.BUSY_S", 0.3)
    store = filled(open_store(file))
    with closing(sqlite3.connect(file)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM orders").fetchall()
        with pytest.raises(StoreError, match="E-S31"):
            store.forget(NAME)
    assert store.forget(NAME).orders == ()  # erased before, and now also from the files
    assert NAME.encode() not in all_bytes(file.parent)
    assert find_place(file).path == file


def test_a_route_without_steps_is_no_trouble() -> None:
    plan = make_plan()
    idle = Route(vehicle_id="v1", steps=(), cost=plan.routes[0].cost)
    assert redacted(replace(plan, routes=(*plan.routes, idle)), "o1").routes[1] == idle
