"""`planner fleet new`: a file that is read without a fault as written, and with everything in it switched on."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

import pytest

from planner.catalogue import type_names
from planner.io.fleet import read_fleet
from planner.io.fleet_schema import TABLES, FleetDocument
from planner.io.shapes import keys_of

from .conftest import Run

DAY = date(2026, 3, 10)
OFF = re.compile(r"^#(?=[\[a-z])", re.MULTILINE)  # prose has a space after the sign


def switched_on(text: str) -> str:
    """Take the sign away from every line that is switched off, but for those that exclude another."""
    either = re.compile(r"^#(break_window|tariff).*\n", re.MULTILINE)
    return OFF.sub("", either.sub("", text))


@pytest.mark.parametrize("name", type_names())
def test_the_file_for_any_type_of_the_catalogue_is_read_without_a_fault(name: str, run: Run) -> None:
    assert run("fleet", "new", "--types", name, "--near", "47.14,9.52", "--count", 3)[0] == 0
    fleet = read_fleet(Path("fleet.toml"), day=DAY)
    assert (fleet.warnings, fleet.zone.key, fleet.currency) == ((), "Europe/Vaduz", "EUR")
    assert [(v.id, v.type.name) for v in fleet.vehicles] == [(f"{name}-{i}", name) for i in (1, 2, 3)]
    assert [(depot.lat, depot.lon, len(depot.plugs)) for depot in fleet.depots] == [(47.14, 9.52, 1)]


@pytest.mark.parametrize("name", ["ami-cargo", "gem-el-xd", "electric-van"])
def test_every_line_that_is_switched_off_may_be_switched_on(name: str, run: Run) -> None:
    assert run("fleet", "new", "--types", name, "--near", "47.14,9.52")[0] == 0
    file = Path("fleet.toml")
    file.write_text(switched_on(file.read_text()))
    fleet = read_fleet(file, day=DAY)
    assert len(fleet.drivers) == len(fleet.stations) == len(fleet.traffic) == 1
    assert fleet.balance is not None
    assert fleet.vehicles[0].driver_break is not None
    assert fleet.depots[0].packs[0].spare == 2


@pytest.mark.parametrize("model", [FleetDocument, *TABLES.values()])
def test_the_file_names_every_key_that_a_fleet_may_have(model: type[FleetDocument], run: Run) -> None:
    assert run("fleet", "new")[0] == 0
    text = Path("fleet.toml").read_text()
    # A table inside a table is written in one line or with a name of its own.
    assert [key for key in keys_of(model) if not re.search(rf"(^#?|[{{.\[] ?){key}\b", text, re.MULTILINE)] == []


def test_what_a_comment_says_holds_without_a_line_is_what_holds(run: Run) -> None:
    """Figures of the template are those of the reader: switched on, the charges and the type change nothing."""
    run("fleet", "new", "--near", "47.14,9.52", "-o", "as-written.toml")
    text = Path("as-written.toml").read_text()
    kept = r"^#((start_soc|end_soc|reserve)_percent|overtime_min|min_paid_hours|\[charging\]|while_loading|full)"
    Path("on.toml").write_text(re.sub(kept, r"\1", text, flags=re.MULTILINE))
    as_written, on = read_fleet(Path("as-written.toml"), day=DAY), read_fleet(Path("on.toml"), day=DAY)
    assert Path("on.toml").read_text() != text
    assert (on.vehicles, on.charge_while_loading, on.full_charges) == (
        as_written.vehicles,
        as_written.charge_while_loading,
        as_written.full_charges,
    )


def test_each_type_has_vehicles_of_its_own(run: Run) -> None:
    code, out, _ = run("fleet", "new", "--types", "ami-cargo, paxster-cargo-l7e", "--count", 2)
    assert (code, out.splitlines()[0]) == (0, "4 vehicles of 2 types, written to fleet.toml")
    assert "change them" in out  # the depot's place is nobody's
    ids = [vehicle.id for vehicle in read_fleet(Path("fleet.toml"), day=DAY).vehicles]
    assert ids == ["ami-cargo-1", "ami-cargo-2", "paxster-cargo-l7e-1", "paxster-cargo-l7e-2"]


def test_names_that_are_no_types_are_all_told_with_the_nearest_one(run: Run) -> None:
    code, out, err = run("fleet", "new", "--types", "ami-crago,ami-cargo,paxter-cargo-l7e")
    assert (code, out) == (2, "")
    assert 'E-C02 --types: "ami-crago" is not a vehicle type; did you mean "ami-cargo"?' in err
    assert '"paxter-cargo-l7e" is not a vehicle type; did you mean "paxster-cargo-l7e"?' in err
    assert not Path("fleet.toml").exists()


def test_a_file_that_is_there_is_kept_unless_it_is_to_be_replaced(run: Run) -> None:
    Path("fleet.toml").write_text("mine")
    code, _, err = run("fleet", "new")
    assert (code, Path("fleet.toml").read_text()) == (2, "mine")
    assert "E-B07" in err
    assert "--force" in err
    assert run("fleet", "new", "--force")[0] == 0
    assert read_fleet(Path("fleet.toml"), day=DAY).vehicles


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--near", "91,0"), "E-O07"),
        (("--near", "nan,0"), "E-O07"),
        (("--near", "Vaduz"), "E-O07"),
        (("--currency", "euro"), "E-F19"),
        (("--shift", "17:00-08:00"), "E-F11"),
        (("--types", ","), "E-A01"),
        (("-o", "no/such/folder.toml"), "E-B07"),
    ],
)
def test_an_option_that_cannot_be_is_refused_and_nothing_written(
    options: tuple[str, str], told: str, run: Run, tmp_path: Path
) -> None:
    code, _, err = run("fleet", "new", *options)
    assert (code, told in err) == (2, True), err
    assert list(tmp_path.iterdir()) == []


def test_the_types_of_the_catalogue_are_listed(run: Run) -> None:
    code, out, _ = run("fleet", "types")
    rows = {line.split()[0]: line.split()[1:] for line in out.splitlines()[1:]}
    assert (code, list(rows)) == (0, list(type_names()))
    assert rows["ami-cargo"] == ["L6e", "45", "140", "400", "5.5", "75"]
    told = {row["name"]: row for row in json.loads(run("fleet", "types", "--json")[1])["types"]}
    assert (told["ami-cargo"]["road_class"], told["ami-cargo"]["battery_wh"]) == ("L6e", 5500)
