"""Reading a fleet: what becomes of each key, and what is refused with which code and place."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from planner.catalogue import road_class, vehicle_type
from planner.errors import Fault, InputError
from planner.io import fleet
from planner.io.fleet import FleetFile, read_fleet
from planner.io.fleet_classes import read_classes
from planner.model import (
    Balance,
    Depot,
    Driver,
    DriverBreak,
    Measure,
    Packs,
    Plug,
    RoadClass,
    Spot,
    Station,
    TimeWindow,
    Traffic,
)
from tests.factories import DAY

HEAD = 'streets = "city.streets.npz"\ntime_zone = "America/Santiago"\ncurrency = "EUR"\n'
DEPOT = '[[depots]]\nid = "hub"\nlat = -29.95\nlon = -71.34\n'
VEHICLE = '[[vehicles]]\nid = "v"\ntype = "ami-cargo"\ndepot = "hub"\nshift = "08:00-17:00"\n'
STATION = '[[stations]]\nid = "s"\nlat = -29.96\nlon = -71.33\nplugs = 1\nplug_power_kw = 7.4\n'


def read(folder: Path, *parts: str, day: date | None = DAY) -> FleetFile:
    path = folder / "fleet.toml"
    path.write_text("".join(parts), encoding="utf-8")
    return read_fleet(path, day=day)


def refused(folder: Path, *parts: str) -> list[Fault]:
    with pytest.raises(InputError) as caught:
        read(folder, *parts)
    return list(caught.value.faults)


def one(folder: Path, *parts: str) -> tuple[str, str | None]:
    (fault,) = refused(folder, *parts)
    return fault.code, fault.column


def example() -> str:
    """Return the example of the module's docstring."""
    assert fleet.__doc__ is not None
    return textwrap.dedent(fleet.__doc__.split("::\n", 1)[1])


def test_the_example_reads_as_documented(tmp_path: Path) -> None:
    found = read(tmp_path, example())
    assert found.streets == (tmp_path / "coquimbo.streets.npz").resolve()
    assert (found.zone.key, found.currency, found.day) == ("America/Santiago", "EUR", DAY)
    assert found.depots == (
        Depot(
            id="hub",
            lat=-29.953,
            lon=-71.339,
            loading_s=720,
            plugs=tuple(Plug(id=f"hub-{i}", power_w=2_300.0) for i in (1, 2, 3)),
            site_power_w=7_000.0,
            price_per_kwh=0.22,
        ),
    )
    assert found.stations == (
        Station(
            id="mall",
            lat=-29.961,
            lon=-71.335,
            plugs=(Plug(id="mall-1", power_w=7_400.0), Plug(id="mall-2", power_w=7_400.0)),
            price_per_kwh=0.4,
            hours=(TimeWindow(start_s=28_800, end_s=72_000),),
        ),
    )
    assert [vehicle.id for vehicle in found.vehicles] == ["ami-1", "ami-2", "ami-3", "ami-4"]
    first = found.vehicles[0]
    assert (first.start_soc, first.end_soc, first.reserve_soc, first.skills) == (1.0, 0.1, 0.1, ("cold",))
    assert first.shift == TimeWindow(start_s=28_800, end_s=61_200)
    assert (first.type.name, first.type.payload_kg) == ("my-ami", 120.0)
    assert first.type.road_class == replace(road_class("L6e"), name="our-l6e", tolls=False)
    assert first.type.battery_wh == vehicle_type("ami-cargo").battery_wh
    assert found.warnings == ()


def test_how_far_drivers_walk_is_said_in_metres_and_is_nothing_by_default(tmp_path: Path) -> None:
    assert read(tmp_path, HEAD, DEPOT, VEHICLE).walk_up_m == 0.0
    assert read(tmp_path, HEAD, DEPOT, VEHICLE, "[parking]\nwalk_up_m = 40\n").walk_up_m == 40.0


@pytest.mark.parametrize(("value", "code"), [("-1", "E-F19"), ("301", "E-F19"), ('"40 m"', "E-F19")])
def test_a_distance_on_foot_that_cannot_be_meant_is_refused(tmp_path: Path, value: str, code: str) -> None:
    with pytest.raises(InputError) as caught:
        read(tmp_path, HEAD, DEPOT, VEHICLE, f"[parking]\nwalk_up_m = {value}\n")
    (fault,) = caught.value.faults
    assert (fault.code, fault.column) == (code, "parking.walk_up_m")


def test_the_example_in_the_docs_is_the_one_that_is_tested() -> None:
    docs = Path(__file__).parents[2] / "docs" / "fleet.md"
    assert example().strip() in docs.read_text(encoding="utf-8")


def test_a_catalogue_type_needs_no_table_of_its_own(tmp_path: Path) -> None:
    found = read(tmp_path, HEAD, DEPOT, VEHICLE)
    assert found.vehicles[0].type == vehicle_type("ami-cargo")
    assert found.vehicles[0].id == "v"


def test_a_complete_type_needs_no_base(tmp_path: Path) -> None:
    figures = (
        '[types.bike]\nroad_class = "L6e"\ntop_speed_kmh = 25\nkerb_kg = 90\npayload_kg = 80\nvolume_l = 200\n'
        "longest_cm = 90\nbattery_wh = 1200\ncharge_w = 400\ndrag_area_m2 = 0.8\nrolling = 0.01\n"
        "drivetrain_efficiency = 0.8\nauxiliary_w = 10\npublished_range_km = 60\n"
        "charge_curve = [{ until_soc = 0.9, power_share = 1.0 }, { until_soc = 1.0, power_share = 0.4 }]\n"
    )
    kind = read(tmp_path, HEAD, DEPOT, VEHICLE.replace("ami-cargo", "bike"), figures).vehicles[0].type
    assert (kind.name, kind.road_class.name, kind.battery_wh, kind.driver_kg) == ("bike", "L6e", 1_200.0, 75.0)
    assert kind.charge_curve[1].power_share == 0.4


def test_without_a_day_it_is_today_in_the_time_zone_of_the_fleet(tmp_path: Path) -> None:
    assert abs((read(tmp_path, HEAD, DEPOT, VEHICLE, day=None).day - date.today()).days) <= 1


@pytest.mark.parametrize(
    ("table", "while_loading", "full"),
    [
        ("", True, False),
        ("[charging]\nwhile_loading = false\n", False, False),
        ("[charging]\nfull = true\n", True, True),
    ],
)
def test_charges_may_overlap_loading_and_be_partial_unless_the_fleet_says_otherwise(
    tmp_path: Path, table: str, *, while_loading: bool, full: bool
) -> None:
    found = read(tmp_path, HEAD, DEPOT, VEHICLE, table)
    assert (found.charge_while_loading, found.full_charges) == (while_loading, full)


def traffic(*rows: tuple[str, str, float]) -> str:
    return "".join(f'[[traffic]]\nfrom = "{begin}"\nto = "{end}"\nspeed = {speed}\n' for begin, end, speed in rows)


def test_hours_of_another_pace_come_in_order_of_time_and_there_are_none_if_not_given(tmp_path: Path) -> None:
    assert read(tmp_path, HEAD, DEPOT, VEHICLE).traffic == ()
    rows = traffic(("16:00", "24:00", 0.85), ("07:30", "09:00", 0.7), ("09:00", "10:00", 1.5))
    assert read(tmp_path, HEAD, DEPOT, VEHICLE, rows).traffic == (
        Traffic(start_s=27_000, end_s=32_400, speed=0.7),
        Traffic(start_s=32_400, end_s=36_000, speed=1.5),
        Traffic(start_s=57_600, end_s=86_400, speed=0.85),
    )


def test_F25_every_span_of_traffic_that_makes_no_sense_is_named(tmp_path: Path) -> None:
    rows = traffic(("07:30", "09:00", 0.7), ("08:59", "10:00", 0.9), ("12:00", "11:00", 0.5), ("noon", "13:00", 0.5))
    faults = refused(tmp_path, HEAD, DEPOT, VEHICLE, rows)
    assert [fault.column for fault in faults] == ["traffic[1].from", "traffic[2].from", "traffic[3].from"]
    assert [fault.code for fault in faults[:2]] == ["E-F25", "E-F25"]
    assert "overlaps the span in which the pace is 0.7" in faults[0].message
    assert faults[0].value == "08:59-10:00"


@pytest.mark.parametrize("speed", [0.19, 1.51])
def test_F25_a_pace_out_of_bounds_is_refused(tmp_path: Path, speed: float) -> None:
    (fault,) = refused(tmp_path, HEAD, DEPOT, VEHICLE, traffic(("07:30", "09:00", speed)))
    assert (fault.code, fault.column) == ("E-F25", "traffic[0].speed")


def test_the_fleet_says_what_lateness_costs_once_for_all_orders(tmp_path: Path) -> None:
    assert read(tmp_path, HEAD, DEPOT, VEHICLE).late_cost_per_min is None
    assert read(tmp_path, HEAD, DEPOT, VEHICLE, "[lateness]\ncost_per_min = 0.5\n").late_cost_per_min == 0.5


@pytest.mark.parametrize("price", ["-1", "50001", '"dear"'])
def test_a_price_of_lateness_that_can_not_be_meant_is_refused(tmp_path: Path, price: str) -> None:
    (fault,) = refused(tmp_path, HEAD, DEPOT, VEHICLE, f"[lateness]\ncost_per_min = {price}\n")
    assert (fault.code, fault.column) == ("E-F19", "lateness.cost_per_min")


@pytest.mark.parametrize("by", list(Measure))
def test_the_price_of_uneven_work_is_read(tmp_path: Path, by: Measure) -> None:
    assert read(tmp_path, HEAD, DEPOT, VEHICLE).balance is None
    found = read(tmp_path, HEAD, DEPOT, VEHICLE, f'[balance]\nby = "{by}"\nprice = 2.5\n')
    assert found.balance == Balance(by=by, price=2.5)


def test_balance_by_something_unknown_at_no_price_is_refused(tmp_path: Path) -> None:
    faults = refused(tmp_path, HEAD, DEPOT, VEHICLE, '[balance]\nby = "miles"\nprice = 0\n')
    assert {(fault.code, fault.column) for fault in faults} == {
        ("E-F19", "balance.by"),
        ("E-F19", "balance.price"),
    }


def test_a_driver_may_be_paid_for_some_hours_at_least(tmp_path: Path) -> None:
    (plain,) = read(tmp_path, HEAD, DEPOT, VEHICLE).vehicles
    (made,) = read(tmp_path, HEAD, DEPOT, VEHICLE + "min_paid_hours = 4.5\n").vehicles
    assert (plain.min_paid_s, made.min_paid_s) == (0, 16_200)


@pytest.mark.parametrize("hours", ["-1", "24.5", '"4"'])
def test_paid_hours_that_can_not_be_meant_are_refused(tmp_path: Path, hours: str) -> None:
    (fault,) = refused(tmp_path, HEAD, DEPOT, VEHICLE + f"min_paid_hours = {hours}\n")
    assert (fault.code, fault.column) == ("E-F19", "vehicles[0].min_paid_hours")


def test_a_slip_in_the_charging_table_is_named(tmp_path: Path) -> None:
    faults = refused(tmp_path, HEAD, DEPOT, VEHICLE, '[charging]\nfull = "yes"\nwhile_loadin = false\n')
    assert {(fault.code, fault.column) for fault in faults} == {
        ("E-F19", "charging.full"),
        ("E-F15", "charging.while_loadin"),
    }
    assert any('did you mean "while_loading"?' in fault.message for fault in faults)


def test_F01_a_fleet_without_vehicles_is_refused(tmp_path: Path) -> None:
    assert one(tmp_path, HEAD, DEPOT) == ("E-F01", "vehicles")
    assert one(tmp_path, HEAD, DEPOT, VEHICLE, "count = 0\n") == ("E-F01", "vehicles[0].count")


@pytest.mark.parametrize("value", ["0", "-100", "nan", '"100"'])
def test_F02_a_bay_of_nothing_is_refused(tmp_path: Path, value: str) -> None:
    own = f'[types.t]\nbase = "ami-cargo"\npayload_kg = {value}\n'
    assert one(tmp_path, HEAD, DEPOT, VEHICLE, own) == ("E-F02", "types.t.payload_kg")


def test_F02_every_figure_missing_in_a_type_of_its_own_is_named_even_if_no_vehicle_has_it(tmp_path: Path) -> None:
    faults = refused(tmp_path, HEAD, DEPOT, VEHICLE, '[types.t]\nroad_class = "L6e"\n')
    assert {fault.code for fault in faults} == {"E-F02"}
    assert "types.t.battery_wh" in {fault.column for fault in faults}
    assert len(faults) == 13


@pytest.mark.parametrize("key", ["start_soc_percent", "end_soc_percent", "reserve_percent"])
@pytest.mark.parametrize("value", ["0.8", "101", "-1", "1.0"])
def test_F03_percentages_are_percentages_and_shares_are_asked_about(tmp_path: Path, key: str, value: str) -> None:
    (fault,) = refused(tmp_path, HEAD, DEPOT, VEHICLE, f"{key} = {value}\n")
    assert (fault.code, fault.column) == ("E-F03", f"vehicles[0].{key}")
    assert ("write 80 for 80 %" in fault.message) == (value in {"0.8", "1.0"})


def test_F03_an_empty_battery_is_refused(tmp_path: Path) -> None:
    own = '[types.t]\nbase = "ami-cargo"\nbattery_wh = 0\n'
    assert one(tmp_path, HEAD, DEPOT, VEHICLE, own) == ("E-F03", "types.t.battery_wh")


def test_F04_figures_in_the_wrong_unit_are_refused_or_warned_about(tmp_path: Path) -> None:
    head = HEAD + DEPOT + VEHICLE + '[types.t]\nbase = "ami-cargo"\n'
    assert one(tmp_path, head, "battery_wh = 5.5\n") == ("E-F03", "types.t.battery_wh")
    assert one(tmp_path, head, "top_speed_kmh = 5000\n") == ("E-F04", "types.t.top_speed_kmh")
    (warning,) = read(tmp_path, head, "battery_wh = 150\n").warnings
    assert (warning.code, warning.column, warning.value) == ("E-F04", "types.t.battery_wh", "150")
    assert "not kWh" in warning.remedy


@pytest.mark.parametrize("key", ["rolling", "drivetrain_efficiency"])
def test_F05_a_vehicle_that_uses_no_energy_is_refused(tmp_path: Path, key: str) -> None:
    own = f'[types.t]\nbase = "ami-cargo"\n{key} = 0\n'
    assert one(tmp_path, HEAD, DEPOT, VEHICLE, own) == ("E-F05", f"types.t.{key}")


def test_F06_a_reserve_that_leaves_nothing_to_drive_with_is_refused(tmp_path: Path) -> None:
    found = one(tmp_path, HEAD, DEPOT, VEHICLE, "start_soc_percent = 30\nreserve_percent = 30\n")
    assert found == ("E-F06", "vehicles[0].reserve_percent")


@pytest.mark.parametrize(("was", "now"), [("plugs = 1", "plugs = 0"), ("plug_power_kw = 7.4", "plug_power_kw = 0")])
def test_F07_a_station_that_cannot_charge_is_left_out_with_a_warning(tmp_path: Path, was: str, now: str) -> None:
    found = read(tmp_path, HEAD, DEPOT, VEHICLE, STATION.replace(was, now))
    assert found.stations == ()
    assert [warning.code for warning in found.warnings] == ["E-F07"]


def test_F07_opening_hours_must_be_a_span(tmp_path: Path) -> None:
    assert one(tmp_path, HEAD, DEPOT, VEHICLE, STATION, 'open = "always"\n') == ("E-F07", "stations[0].open")


def test_F07_depot_plugs_without_power_are_refused(tmp_path: Path) -> None:
    assert one(tmp_path, HEAD, DEPOT, "plugs = 2\n", VEHICLE) == ("E-F07", "depots[0].plug_power_kw")


@pytest.mark.parametrize("shift", ["17:00-08:00", "08:00-08:00", "08:00", "all day"])
def test_F11_a_shift_runs_forwards(tmp_path: Path, shift: str) -> None:
    assert one(tmp_path, HEAD, DEPOT, VEHICLE.replace("08:00-17:00", shift)) == ("E-F11", "vehicles[0].shift")


def test_O36_a_shift_over_a_clock_change_has_its_true_length(tmp_path: Path) -> None:
    berlin = HEAD.replace("America/Santiago", "Europe/Berlin")
    night = VEHICLE.replace("08:00-17:00", "00:00-06:00")
    lengths = [
        read(tmp_path, berlin, DEPOT, night, day=day).vehicles[0].shift.end_s // 3_600
        for day in (date(2026, 3, 29), date(2026, 10, 25))
    ]
    assert lengths == [5, 7]


def test_F15_unknown_keys_are_refused_all_at_once_with_the_nearest_name(tmp_path: Path) -> None:
    faults = refused(tmp_path, "curency = 1\n", HEAD, DEPOT, "plug_power = 2\n", VEHICLE, "start_soc = 80\n")
    assert [(fault.code, fault.column) for fault in faults] == [
        ("E-F15", "depots[0].plug_power"),
        ("E-F15", "vehicles[0].start_soc"),
        ("E-F15", "curency"),
    ]
    assert 'did you mean "plug_power_kw"' in faults[0].message
    assert 'did you mean "currency"' in faults[2].message


def test_an_unknown_type_or_depot_is_refused_with_the_nearest_name(tmp_path: Path) -> None:
    faults = refused(tmp_path, HEAD, DEPOT, VEHICLE.replace("ami-cargo", "ami-carg").replace('"hub"', '"hubb"'))
    assert [(fault.code, fault.column) for fault in faults] == [
        ("E-F19", "vehicles[0].depot"),
        ("E-C02", "vehicles[0].type"),
    ]
    assert 'did you mean "hub"' in faults[0].message
    assert 'did you mean "ami-cargo"' in faults[1].message


@pytest.mark.parametrize(("key", "code"), [("base", "E-C02"), ("road_class", "E-C01")])
def test_an_unknown_base_or_road_class_is_refused_at_its_place(tmp_path: Path, key: str, code: str) -> None:
    assert one(tmp_path, HEAD, DEPOT, VEHICLE, f'[types.t]\n{key} = "nonsense"\n') == (code, "types.t")


def test_ids_that_read_the_same_are_refused(tmp_path: Path) -> None:
    assert one(tmp_path, HEAD, DEPOT, VEHICLE, VEHICLE.replace('"v"', '"V"')) == ("E-F18", "vehicles[1].id")
    assert one(tmp_path, HEAD, DEPOT, VEHICLE, STATION.replace('"s"', '"hub"')) == ("E-F18", "stations[0].id")


def test_missing_keys_and_a_wrong_time_zone_are_named(tmp_path: Path) -> None:
    assert one(tmp_path, HEAD.replace('currency = "EUR"\n', ""), DEPOT, VEHICLE) == ("E-F19", "currency")
    (fault,) = refused(tmp_path, HEAD.replace("America/Santiago", "Europe/Berln"), DEPOT, VEHICLE)
    assert (fault.code, fault.column) == ("E-F19", "time_zone")
    assert "europe/berlin" in fault.message


@pytest.mark.parametrize("text", ["vehicles: []", "a = 1\na = 2\n", "x = " + "[" * 5_000])
def test_F13_what_is_no_toml_is_refused(tmp_path: Path, text: str) -> None:
    assert [fault.code for fault in refused(tmp_path, text)] == ["E-F20"]


@pytest.mark.parametrize(
    "curve",
    [
        "[]",
        "[{ until_soc = 0.8, power_share = 1.0 }]",
        "[{ until_soc = 0.8, power_share = 0.5 }, { until_soc = 1.0, power_share = 1.0 }]",
    ],
)
def test_a_charge_curve_rises_to_full_and_its_power_never_rises(tmp_path: Path, curve: str) -> None:
    own = f'[types.t]\nbase = "ami-cargo"\ncharge_curve = {curve}\n'
    assert one(tmp_path, HEAD, DEPOT, VEHICLE, own) == ("E-F04", "types.t.charge_curve")


OWN_CLASS = '[road_classes.ours]\nlike = "L6e-it"\nmax_speed_kmh = 40\nkerb = true\n'
OWN_TYPE = '[types.t]\nbase = "ami-cargo"\nroad_class = "ours"\n'


def classes(folder: Path, text: str) -> Mapping[str, RoadClass]:
    path = folder / "classes.toml"
    path.write_text(text, encoding="utf-8")
    return read_classes(path)


def refused_classes(folder: Path, text: str) -> list[tuple[str, str | None]]:
    with pytest.raises(InputError) as caught:
        classes(folder, text)
    assert {fault.file for fault in caught.value.faults} == {"classes.toml"}
    return [(fault.code, fault.column) for fault in caught.value.faults]


def test_a_type_may_use_a_road_class_of_its_file(tmp_path: Path) -> None:
    kind = read(tmp_path, HEAD, DEPOT, VEHICLE.replace("ami-cargo", "t"), OWN_CLASS, OWN_TYPE).vehicles[0].type
    assert kind.road_class == replace(road_class("L6e-it"), name="ours", max_speed_kmh=40.0, kerb=True)


def test_a_file_of_classes_reads_as_the_tables_of_a_fleet(tmp_path: Path) -> None:
    found = classes(tmp_path, OWN_CLASS + '[road_classes.slow]\nlike = "ours"\nmax_speed_kmh = 20\n')
    assert (found["ours"].max_speed_kmh, found["slow"].max_speed_kmh) == (40, 20)
    assert found["slow"].closed_highways == road_class("L6e-it").closed_highways


def test_a_complete_class_is_like_none(tmp_path: Path) -> None:
    figures = (
        'max_speed_kmh = 25\nclosed_highways = ["motorway"]\nmotorroad = false\n'
        'access_tags = ["access", "vehicle"]\nurban_factor = 0.9\n'
    )
    found = classes(tmp_path, "[road_classes.bike]\n" + figures)["bike"]
    assert (found.max_speed_kmh, found.closed_highways, found.access_tags) == (25, ("motorway",), ("access", "vehicle"))


def test_every_fault_of_the_shape_of_a_class_is_named_at_its_place(tmp_path: Path) -> None:
    text = (
        '[road_classes.a]\nlike = "L6e"\nclosed_highways = ["motorways"]\nwidth_m = -1\ntoll = false\n'
        '[road_classes.b]\nlike = "L6e"\naccess_tags = ["access", "bicycle"]\n'
    )
    assert refused_classes(tmp_path, text) == [
        ("E-F19", "road_classes.a.closed_highways[0]"),
        ("E-F19", "road_classes.a.width_m"),
        ("E-F15", "road_classes.a.toll"),
        ("E-F19", "road_classes.b.access_tags[1]"),
    ]


def test_every_fault_of_the_meaning_of_a_class_is_named_at_its_place(tmp_path: Path) -> None:
    text = (
        '[road_classes.a]\nlike = "l6e"\n[road_classes.b]\nlike = "c"\n[road_classes.c]\nlike = "b"\n'
        "[road_classes.d]\nmotorroad = true\nmax_speed_kmh = 25\nurban_factor = 1\nclosed_highways = []\n"
        '[road_classes.L7e]\nlike = "L6e"\n'
    )
    assert refused_classes(tmp_path, text) == [
        ("E-C01", "road_classes.a.like"),
        ("E-C03", "road_classes.b.like"),
        ("E-C03", "road_classes.c.like"),
        ("E-F19", "road_classes.d.access_tags"),
        ("E-F18", "road_classes.L7e"),
    ]


def test_what_holds_no_classes_is_refused(tmp_path: Path) -> None:
    assert refused_classes(tmp_path, "") == [("E-F19", "road_classes")]
    assert refused_classes(tmp_path, "= 1") == [("E-F20", None)]


def test_an_unknown_class_is_answered_with_the_nearest_one_of_the_file(tmp_path: Path) -> None:
    (fault,) = refused(tmp_path, HEAD, DEPOT, VEHICLE, OWN_CLASS, OWN_TYPE.replace('"ours"', '"ourz"'))
    assert (fault.code, fault.column) == ("E-C01", "types.t")
    assert 'did you mean "ours"' in fault.message


def test_a_faulty_class_is_complained_of_once_not_at_each_type_too(tmp_path: Path) -> None:
    broken = OWN_CLASS.replace("L6e-it", "nonsense")
    assert one(tmp_path, HEAD, DEPOT, VEHICLE, broken, OWN_TYPE) == ("E-C01", "road_classes.ours.like")


def test_rules_of_vehicles_types_and_depots_are_read(tmp_path: Path) -> None:
    depot = DEPOT + "loading_per_parcel_s = 7.5\ndocks = 2\n"
    kind = '[types.quick]\nbase = "ami-cargo"\nservice_factor = 0.8\ncost_per_overtime_hour = 12.5\n'
    vehicle = VEHICLE.replace("ami-cargo", "quick") + "max_stops = 40\novertime_min = 45\n"
    found = read(tmp_path, HEAD, depot, vehicle, kind)
    made = found.vehicles[0]
    assert (found.depots[0].loading_per_parcel_s, found.depots[0].docks) == (7.5, 2)
    assert (made.type.service_factor, made.type.cost_per_overtime_hour) == (0.8, 12.5)
    assert (made.max_stops, made.overtime_s, made.latest_s, made.driver_break) == (40, 2_700, 63_900, None)


def test_a_depot_that_does_not_say_has_docks_for_all(tmp_path: Path) -> None:
    assert read(tmp_path, HEAD, DEPOT, VEHICLE).depots[0].docks is None


@pytest.mark.parametrize("docks", ["0", "-1", "1.5", '"two"'])
def test_a_depot_without_a_whole_dock_is_refused(tmp_path: Path, docks: str) -> None:
    assert one(tmp_path, HEAD, DEPOT + f"docks = {docks}\n", VEHICLE) == ("E-F07", "depots[0].docks")


SWAPPER = '[types.swapper]\nbase = "ami-cargo"\nswap_min = 4\n'
PACKS = '[[depots.packs]]\ntype = "swapper"\nspare = 3\n'


def test_spare_packs_belong_to_a_type_whose_battery_can_be_swapped(tmp_path: Path) -> None:
    found = read(tmp_path, HEAD, DEPOT, PACKS, VEHICLE.replace("ami-cargo", "swapper"), SWAPPER)
    assert found.vehicles[0].type.swap_s == 240
    assert found.depots[0].packs == (Packs(type_name="swapper", spare=3),)
    assert found.depots[0].spare_packs("ami-cargo") == 0
    plain = read(tmp_path, HEAD, DEPOT, VEHICLE)
    assert (plain.vehicles[0].type.swap_s, plain.depots[0].packs) == (None, ())


@pytest.mark.parametrize(
    ("packs", "column"),
    [
        (PACKS.replace("swapper", "ami-cargo"), "depots[0].packs[0].type"),
        (PACKS.replace("swapper", "nonsense"), "depots[0].packs[0].type"),
        (PACKS + PACKS, "depots[0].packs[1].type"),
        (PACKS.replace("3", "0"), "depots[0].packs[0].spare"),
    ],
)
def test_packs_that_fit_no_vehicle_are_refused(tmp_path: Path, packs: str, column: str) -> None:
    assert one(tmp_path, HEAD, DEPOT, packs, VEHICLE, SWAPPER) == ("E-F26", column)


def test_a_swap_that_takes_no_time_is_refused(tmp_path: Path) -> None:
    swapper = SWAPPER.replace("4", "0")
    assert one(tmp_path, HEAD, DEPOT, VEHICLE, swapper) == ("E-F26", "types.swapper.swap_min")


def test_a_break_begins_in_a_window_or_after_hours_of_work(tmp_path: Path) -> None:
    fixed = read(tmp_path, HEAD, DEPOT, VEHICLE, 'break_min = 30\nbreak_window = "12:00-13:00"\n').vehicles[0]
    assert fixed.driver_break == DriverBreak(length_s=1_800, earliest_s=43_200, latest_s=46_800)
    hours = read(tmp_path, HEAD, DEPOT, VEHICLE, "break_min = 45\nbreak_after_h = 4.5\n").vehicles[0]
    assert hours.driver_break == DriverBreak(length_s=2_700, earliest_s=0, latest_s=16_200, from_start=True)


@pytest.mark.parametrize(
    ("keys", "column"),
    [
        ("break_min = 540\nbreak_after_h = 4\n", "break_min"),
        ('break_min = 30\nbreak_window = "07:30-08:30"\n', "break_window"),
        ('break_min = 30\nbreak_window = "16:30-17:30"\n', "break_window"),
        ('break_min = 30\nbreak_window = "13:00-12:00"\n', "break_window"),
        ('break_min = 30\nbreak_window = "noon"\n', "break_window"),
        ("break_min = 30\n", "break_min"),
        ('break_min = 30\nbreak_after_h = 4\nbreak_window = "12:00-13:00"\n', "break_min"),
        ("break_after_h = 4\n", "break_after_h"),
        ('break_window = "12:00-13:00"\n', "break_window"),
        ("break_min = 0\nbreak_after_h = 4\n", "break_min"),
    ],
)
def test_F11_a_break_that_can_not_be_taken_is_refused(tmp_path: Path, keys: str, column: str) -> None:
    assert one(tmp_path, HEAD, DEPOT, VEHICLE, keys) == ("E-F11", f"vehicles[0].{column}")


def test_a_vehicle_may_start_and_end_away_from_its_depot(tmp_path: Path) -> None:
    places = "start = { lat = -29.96, lon = -71.344 }\nend = { lat = -29.97, lon = -71.35 }\ncount = 2\n"
    first, second = read(tmp_path, HEAD, DEPOT, VEHICLE, places).vehicles
    assert first.start == second.start == Spot(lat=-29.96, lon=-71.344)
    assert first.end == second.end == Spot(lat=-29.97, lon=-71.35)
    (plain,) = read(tmp_path, HEAD, DEPOT, VEHICLE).vehicles
    assert (plain.start, plain.end) == (None, None)


@pytest.mark.parametrize(
    ("place", "code", "column"),
    [
        ("{ lat = -29.96 }", "E-F19", "vehicles[0].start.lon"),
        ("{ lat = -129.96, lon = -71.3 }", "E-F19", "vehicles[0].start.lat"),
        ("{ lat = -29.96, lon = -71.3, plug = 1 }", "E-F15", "vehicles[0].start.plug"),
        ('"home"', "E-F19", "vehicles[0].start"),
    ],
)
def test_a_start_that_is_no_place_is_refused(tmp_path: Path, place: str, code: str, column: str) -> None:
    assert one(tmp_path, HEAD, DEPOT, VEHICLE, f"start = {place}\n") == (code, column)


DRIVER = '[[drivers]]\nid = "ana"\nshift = "09:00-18:00"\n'
OWN = '[types.small]\nbase = "ami-cargo"\nlicence = "AM"\n'
SMALL = VEHICLE.replace("ami-cargo", "small")


def test_drivers_are_read(tmp_path: Path) -> None:
    more = 'licences = ["AM", "B"]\nskills = ["lift"]\ncost_per_hour = 20\nbreak_min = 30\nbreak_after_h = 4\n'
    found = read(tmp_path, HEAD, DEPOT, SMALL, OWN, DRIVER, more)
    assert found.drivers == (
        Driver(
            id="ana",
            shift=TimeWindow(start_s=32_400, end_s=64_800),
            licences=("AM", "B"),
            skills=("lift",),
            cost_per_hour=20.0,
            driver_break=DriverBreak(length_s=1_800, earliest_s=0, latest_s=14_400, from_start=True),
        ),
    )
    assert found.vehicles[0].type.licence == "AM"
    assert [(fault.code, fault.column, fault.value) for fault in found.warnings] == [
        ("E-F22", "drivers[0].licences", "B")
    ]
    assert read(tmp_path, HEAD, DEPOT, VEHICLE).drivers == ()


def test_a_driver_who_may_drive_nothing_is_warned_about_and_refused_if_all_are_so(tmp_path: Path) -> None:
    useless = '[[drivers]]\nid = "ben"\nshift = "18:00-20:00"\n'
    found = read(tmp_path, HEAD, DEPOT, VEHICLE, DRIVER, useless)
    assert [(fault.code, fault.column, fault.value) for fault in found.warnings] == [("E-F22", "drivers[1]", "ben")]
    assert one(tmp_path, HEAD, DEPOT, VEHICLE, useless) == ("E-F22", "drivers")
    assert one(tmp_path, HEAD, DEPOT, SMALL, OWN, DRIVER) == ("E-F22", "drivers")
    assert one(tmp_path, "drivers = []\n", HEAD, DEPOT, VEHICLE) == ("E-F22", "drivers")


@pytest.mark.parametrize(
    ("row", "code", "column"),
    [
        ('id = "ana"\nshift = "09:00-18:00"\n', "E-F18", "drivers[1].id"),
        ('id = "ben"\nshift = "18:00-09:00"\n', "E-F11", "drivers[1].shift"),
        ('id = "ben"\nshift = "09:00-10:00"\nbreak_min = 60\nbreak_after_h = 1\n', "E-F11", "drivers[1].break_min"),
        ('id = "ben"\nshift = "09:00-18:00"\nlicense = ["B"]\n', "E-F15", "drivers[1].license"),
    ],
)
def test_faults_of_a_driver_are_named_at_their_place(tmp_path: Path, row: str, code: str, column: str) -> None:
    assert one(tmp_path, HEAD, DEPOT, VEHICLE, DRIVER, f"[[drivers]]\n{row}") == (code, column)


def test_a_vehicle_that_depots_share_names_them_and_begins_with_the_first(tmp_path: Path) -> None:
    shared = VEHICLE.replace('depot = "hub"', 'depots = ["port", "hub"]\ncount = 2')
    found = read(tmp_path, HEAD, DEPOT, DEPOT.replace("hub", "port"), shared)
    assert found.shared == {"v-1": ("port", "hub"), "v-2": ("port", "hub")}
    assert [vehicle.depot_id for vehicle in found.vehicles] == ["port", "port"]
    assert read(tmp_path, HEAD, DEPOT, VEHICLE).shared == {}


@pytest.mark.parametrize(
    ("homes", "column"),
    [
        ("", "vehicles[0].depot"),
        ('depot = "hub"\ndepots = ["hub"]', "vehicles[0].depot"),
        ('depots = ["hub", "prot"]', "vehicles[0].depots"),
        ("depots = []", "vehicles[0].depots"),
        ('depots = "hub"', "vehicles[0].depots"),
    ],
)
def test_a_vehicle_belongs_to_one_depot_or_to_known_ones_that_share_it(tmp_path: Path, homes: str, column: str) -> None:
    assert one(tmp_path, HEAD, DEPOT, VEHICLE.replace('depot = "hub"', homes)) == ("E-F19", column)
