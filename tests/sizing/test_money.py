"""Money of a year against sums done by hand, and the file of assumptions."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import pytest

from planner import catalogue
from planner.errors import InputError
from planner.io.money import MoneyFile, read_money, unused_vehicles
from planner.io.money_schema import MoneyDocument, VehicleMoney
from planner.io.plausible import odd_energy
from planner.model import Depot
from planner.sizing.money import DayUse, FleetOf, Kind, KindUse, fixed_cost, price_year
from planner.sizing.results import assumptions_toml

BY_HAND = """
[year]
working_days = 200
interest_percent = 4.5
courier_per_order = 8
[wages]
per_hour = 20
overtime_extra_per_hour = 5
min_paid_hours = 5
[energy]
price_factor = 1.1
co2_g_per_kwh = 400
[plugs]
price = 300
installation = 500
years = 10
upkeep_per_year = 20
[grid]
years = 20
steps = [{ up_to_kw = 3, once = 0, per_year = 0 }, { up_to_kw = 10, once = 1000, per_year = 50 }]
[vehicles.box]
price = 10000
subsidy = 1000
residual_percent = 25
years = 5
lease_per_month = 0
insurance_per_year = 300
tax_per_year = 0
service_per_year = 100
tyres_and_repair_per_km = 0.05
parking_per_month = 20
battery_per_kwh = 200
battery_cycles = 300
"""
BOX = Kind(name="box", type_name="box", class_name="L6e", battery_kwh=5.0)
TWO = FleetOf(counts={"box": 2}, plugs=2, connection_kw=3.6)
BUSY = DayUse(
    orders=20,
    served=18,
    parcels=30,
    energy_paid=1.5,
    energy_kwh=7.0,
    kinds={"box": KindUse(hours=(4.0, 6.0), overtime_h=0.5, km=60.0, kwh=6.0)},
)
QUIET = DayUse(
    orders=10,
    served=10,
    parcels=12,
    energy_paid=0.75,
    energy_kwh=3.5,
    kinds={"box": KindUse(hours=(3.0,), overtime_h=0.0, km=30.0, kwh=3.0)},
)


def money_of(tmp_path: Path, text: str) -> MoneyFile:
    file = tmp_path / "my.toml"
    file.write_text(text)
    return read_money(file)


def test_a_year_by_hand_to_the_cent(tmp_path: Path) -> None:
    # 50 busy days and 150 quiet ones.
    year = price_year(TWO, [(1.0, BUSY), (3.0, QUIET)], kinds=[BOX], money=money_of(tmp_path, BY_HAND))
    cost = year.cost
    assert round(cost.vehicles, 2) == 3_117.50  # 2 x (6,500 / 5 + 4.5 % of the mean of 9,000 and 2,500)
    assert round(cost.batteries, 2) == 100.00  # 750 kWh a year, 1.25 lives in 5 years: a quarter of 2 x 1,000 / 5
    assert round(cost.insurance_and_tax, 2) == 600.00
    assert round(cost.upkeep, 2) == 575.00  # 2 x 100 + 7,500 km at 0.05
    assert round(cost.parking, 2) == 480.00
    assert round(cost.plugs, 2) == 236.00  # 2 x (800 / 10 + 4.5 % of 400 + 20)
    assert round(cost.grid, 2) == 122.50  # 1,000 / 20 + 4.5 % of 500 + 50
    assert round(cost.energy, 2) == 206.25  # (50 x 1.50 + 150 x 0.75) x 1.1
    assert round(cost.wages, 2) == 26_000.00  # (50 x (5 + 6) + 150 x 5) h at 20
    assert round(cost.overtime, 2) == 125.00  # 25 h at 5
    assert round(cost.courier, 2) == 800.00  # 100 orders at 8
    assert round(cost.total, 2) == 32_362.25
    assert (year.orders, year.served, year.parcels, year.km) == (2_500, 2_400, 3_300, 7_500)
    assert year.co2e_kg == pytest.approx(350.0)  # 875 kWh at 400 g
    assert year.per_parcel == pytest.approx(31_562.25 / 3_300)


def test_a_lease_takes_the_place_of_price_interest_and_battery(tmp_path: Path) -> None:
    money = money_of(tmp_path, BY_HAND.replace("lease_per_month = 0", "lease_per_month = 150"))
    cost = price_year(TWO, [(1.0, BUSY)], kinds=[BOX], money=money).cost
    assert (cost.vehicles, cost.batteries) == (3_600.0, 0.0)


def test_a_diesel_pays_for_its_litres_and_their_carbon(tmp_path: Path) -> None:
    money = money_of(tmp_path, BY_HAND + "diesel_l_per_100km = 10\n")
    with_fuel = price_year(TWO, [(1.0, QUIET)], kinds=[BOX], money=money)
    without = price_year(TWO, [(1.0, QUIET)], kinds=[BOX], money=money_of(tmp_path, BY_HAND))
    # 200 days of 30 km are 600 litres, at the catalogue's 1.40 and 2.64 kg
    assert with_fuel.cost.total - without.cost.total == pytest.approx(840.0)
    assert with_fuel.co2e_kg - without.co2e_kg == pytest.approx(1_584.0)


def test_what_stands_still_costs_what_it_costs_without_days(tmp_path: Path) -> None:
    # 3,117.50 + 600 + 200 + 480 + 236 + 122.50
    assert fixed_cost(TWO, kinds=[BOX], money=money_of(tmp_path, BY_HAND)) == pytest.approx(4_756.0)


def test_every_figure_of_the_catalogue_has_a_source_and_is_plausible(tmp_path: Path) -> None:
    text = files("planner.catalogue").joinpath("money.toml").read_text()
    money = read_money()
    figures = [line for line in text.splitlines() if " = " in line and not line.startswith("#")]
    assert len(figures) > 60
    assert [line for line in figures if "  # " not in line] == []
    assert money.sources["vehicles.ami-cargo.price"].startswith("press")
    assert money_of(tmp_path, text).warnings == ()
    assert MoneyDocument.model_validate(tomllib.loads(text)) == money.figures


def test_every_vehicle_type_of_the_catalogue_has_money() -> None:
    money = read_money()
    for name in catalogue.type_names():
        kind = catalogue.vehicle_type(name)
        assert isinstance(money.of(kind.name, kind.road_class.name), VehicleMoney)
    assert money.names("ami-cargo", "L6e-de") == ("default", "L6e", "ami-cargo")
    assert money.of("ami-cargo", "L6e-de").price == 6_490


def test_a_price_of_yours_by_class_or_default_counts_before_the_catalogue_s_by_type(tmp_path: Path) -> None:
    text = "[vehicles.L6e]\nprice = 9000\n[vehicles.default]\ninsurance_per_year = 900\nprice = 8000\n"
    money = money_of(tmp_path, text + "[vehicles.ligier-pulse-4]\ninsurance_per_year = 1\n")
    ami, pulse = money.of("ami-cargo", "L6e-de"), money.of("ligier-pulse-4", "L5e")
    assert (ami.price, ami.insurance_per_year) == (9_000, 900)  # not the type's 6,490 and the class's 350
    assert (pulse.price, pulse.insurance_per_year) == (8_000, 1)
    assert ami.rent_per_day == 45  # of which you say nothing
    told = {key: (value, source) for key, value, source in money.lines([("ami-cargo", "L6e-de")])}
    assert told["ami-cargo: price"] == (9_000, "your my.toml")
    assert told["ami-cargo: insurance_per_year"] == (900, "your my.toml")
    assert told["ami-cargo: rent_per_day"][1].startswith("assumed")


def test_the_assumptions_written_price_every_type_as_before(tmp_path: Path) -> None:
    money = money_of(tmp_path, "[vehicles.L6e]\nprice = 9000\n[vehicles.default]\ninsurance_per_year = 900\n")
    kinds = [catalogue.vehicle_type(name) for name in catalogue.type_names()]
    text = assumptions_toml(money)
    assert "price = 9000  # your my.toml" in text.partition("[vehicles.ami-cargo]")[2].partition("[")[0]
    again = money_of(tmp_path, text)
    for kind in kinds:
        assert again.of(kind.name, kind.road_class.name) == money.of(kind.name, kind.road_class.name)


def test_a_slip_of_the_pen_is_answered_with_the_key_that_was_meant(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        money_of(tmp_path, "[wage]\nper_hour = 20\n[vehicles.box]\nprise = 3\n[year]\nworkdays = 3\n")
    told = str(caught.value)
    assert len(caught.value.faults) == 3
    assert {fault.code for fault in caught.value.faults} == {"E-Y02"}
    assert 'did you mean "wages"?' in told
    assert 'did you mean "price"?' in told


def test_values_that_cannot_be_meant_are_refused_with_their_place(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        money_of(tmp_path, "[vehicles.box]\nyears = 0\nresidual_percent = 0.25\n")
    told = {fault.column: fault.message for fault in caught.value.faults}
    assert set(told) == {"vehicles.box.years", "vehicles.box.residual_percent"}
    assert "write 25 for 25 %" in told["vehicles.box.residual_percent"]


def test_an_absurd_price_is_kept_with_the_plausible_band(tmp_path: Path) -> None:
    money = money_of(tmp_path, "[vehicles.ami-cargo]\nprice = 64.9\n[wages]\nper_hour = 1800\n")
    assert money.of("ami-cargo", "L6e").price == 64.9
    told = [str(warning) for warning in money.warnings]
    assert "vehicles.ami-cargo.price" in told[0]
    assert "1,000 to 120,000 is plausible" in told[0]
    assert "wages.per_hour" in told[1]
    assert "2 to 80 is plausible" in told[1]
    assert money.sources["wages.per_hour"] == "your my.toml"


def test_text_negative_amounts_and_unknown_keys_are_all_told_at_once_with_what_is_plausible(tmp_path: Path) -> None:
    text = '[wages]\nper_hour = "20"\nfoo = 1\n[year]\ncourier_per_order = -3\n[vehicles.box]\nprice = "x"\n'
    with pytest.raises(InputError) as caught:
        money_of(tmp_path, text)
    told = {fault.column: fault for fault in caught.value.faults}
    assert set(told) == {"wages.foo", "wages.per_hour", "year.courier_per_order", "vehicles.box.price"}
    assert told["wages.per_hour"].remedy == "write a number without quotes; 2 to 80 is plausible"
    assert told["vehicles.box.price"].value == "x"


def test_another_currency_takes_the_prices_of_the_catalogue_and_the_bands_at_about_its_rate(tmp_path: Path) -> None:
    file = tmp_path / "my.toml"
    file.write_text("[wages]\nper_hour = 150\n[vehicles.box]\nprice = 6000\nyears = 1\n")
    money = read_money(file, currency="DKK")  # 7.46 to the euro
    assert money.figures.plugs.price == pytest.approx(350 * 7.46)
    assert money.figures.plugs.years == 10
    assert money.figures.grid.steps[1].once == pytest.approx(1_500 * 7.46)
    assert money.sources["plugs.price"].endswith("at 7.46 DKK to the euro")
    assert [(note.code, note.column) for note in money.warnings] == [
        ("E-Y05", "currency"),
        ("E-Y03", "vehicles.box.price"),  # 7,460 to 895,200
        ("E-Y03", "vehicles.box.years"),
    ]
    assert "7,460 to 895,000 is plausible" in money.warnings[1].message
    unknown = read_money(file, currency="XYZ")
    assert unknown.figures.plugs.price == 350
    assert "no band was checked" in unknown.warnings[0].message
    assert [note.column for note in unknown.warnings[1:]] == ["vehicles.box.years"]  # years are years anywhere


def test_steps_of_the_grid_have_bands_and_a_source_each(tmp_path: Path) -> None:
    steps = "[[grid.steps]]\nup_to_kw = 10\nonce = 900000\nper_year = 5000000\n"
    money = money_of(tmp_path, steps + "[[grid.steps]]\nup_to_kw = 20\nonce = 900\nper_year = 50000\n")
    assert [(note.code, note.column, note.value) for note in money.warnings] == [
        ("E-Y03", "grid.steps[0].once", "900000"),
        ("E-Y03", "grid.steps[0].per_year", "5e+06"),
        ("E-Y03", "grid.steps[1].per_year", "50000"),
    ]
    told = {key: source for key, _, source in money.lines([])}
    assert told["grid up to 20 kW, once"] == "your my.toml"
    assert {key: source for key, _, source in read_money().lines([])}["grid up to 22 kW, once"] == "assumed"


def test_a_vehicle_that_nothing_is_called_by_is_told_with_the_name_that_was_meant(tmp_path: Path) -> None:
    money = money_of(tmp_path, "[vehicles.ami-carg]\nprice = 7000\n")
    known = ("default", *catalogue.type_names(), *catalogue.class_names(), "diesel-van", "cargo-bike")
    (note,) = unused_vehicles(money, known, file="my.toml")
    assert (note.code, note.value) == ("E-Y04", "ami-carg")
    assert 'did you mean "ami-cargo"?' in note.message


def test_a_price_of_energy_in_cents_is_told() -> None:
    hub = Depot(id="hub", lat=0.0, lon=0.0, loading_s=0, price_per_kwh=22.0)
    (note,) = odd_energy([replace(hub, price_per_kwh=0.2), hub], [], "fleet.toml", 1.0)
    assert (note.code, note.column, note.value) == ("E-Y03", "depots[1].price_per_kwh", "22")
    assert not [*odd_energy([replace(hub, price_per_kwh=220.0)], [], "fleet.toml", 1_100.0)]
