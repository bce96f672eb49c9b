"""A fleet and its year reckoned by hand, to the cent, and found by the real run from files to files."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from planner.errors import InputError
from planner.roads.streets import save_streets
from planner.sizing.candidates import Cell
from planner.sizing.hands import Hands
from planner.sizing.ledger import Ledger
from planner.sizing.peaks import OVERTIME, RENT, relieve
from planner.sizing.recommend import advise
from planner.sizing.run import Sources, Wishes, read_asked, size_days
from planner.sizing.search import size_fleet
from planner.sizing.shifts import cheapest, size_by_shift
from planner.sizing.task import Size
from tests.roads.towns import STREET_36, degrees, town

# One straight, level street. The hub is at its beginning, every door at the same house 2,996 m away: at 36 km/h
# (10 m/s) that is 299.6 s, and travel is rounded up to whole seconds: 300 s, 5 minutes.
DOOR_M = 2_996.0
SAME = """
road_class = "plain"
top_speed_kmh = 90
driver_kg = 75
charge_w = 2000
rolling = 0.02
drivetrain_efficiency = 0.8
auxiliary_w = 0
recuperation = 0
cost_per_day = 0
cost_per_km = 0
cost_per_hour = 20
wear_per_kwh = 0
"""
FLEET = """
streets = "street.npz"
time_zone = "UTC"
currency = "EUR"
[[depots]]
id = "hub"
lat = 0.0
lon = 0.0
loading_min = 10
plugs = 1
plug_power_kw = 2.0
price_per_kwh = 0.25
[road_classes.plain]
like = "L7e"
max_speed_kmh = 90
urban_factor = 1.0
turn_s = 0
u_turn_s = 0
[types.small]
base = "ami-cargo"
volume_l = 100
kerb_kg = 425
battery_wh = 5000
drag_area_m2 = 0.8
SAME
[types.big]
base = "ami-cargo"
volume_l = 200
kerb_kg = 925
battery_wh = 10000
drag_area_m2 = 1.6
SAME
[[vehicles]]
id = "small"
type = "small"
depot = "hub"
shift = "09:00-11:00"
[[vehicles]]
id = "big"
type = "big"
depot = "hub"
shift = "09:00-11:00"
""".replace("SAME", SAME)
MONEY = """
[year]
working_days = 200
interest_percent = 5
courier_per_order = 8
[wages]
per_hour = 20
overtime_extra_per_hour = 5
min_paid_hours = 0
[energy]
price_factor = 1.1
[plugs]
price = 300
installation = 500
years = 10
upkeep_per_year = 20
[grid]
years = 20
steps = [{ up_to_kw = 1.5, once = 0, per_year = 0 }, { up_to_kw = 10, once = 1000, per_year = 50 }]
[vehicles.small]
price = 6000
subsidy = 600
residual_percent = 20
years = 6
rent_per_day = 15
insurance_per_year = 300
tax_per_year = 0
service_per_year = 100
tyres_and_repair_per_km = 0.05
parking_per_month = 10
battery_per_kwh = 200
battery_cycles = 100
[vehicles.big]
price = 14000
subsidy = 0
residual_percent = 20
years = 7
rent_per_day = 40
insurance_per_year = 500
tax_per_year = 80
service_per_year = 200
tyres_and_repair_per_km = 0.05
parking_per_month = 20
battery_per_kwh = 200
battery_cycles = 2500
"""


BUSY, QUIET = "2026-03-10", "2026-03-11"


def write_case(folder: Path, *, too_big: int = 0) -> Path:
    save_streets(town([(0.0, 0.0), (0.0, DOOR_M)], (0, 1, STREET_36)), folder / "street.npz")
    (folder / "fleet.toml").write_text(FLEET)
    (folder / "money.toml").write_text(MONEY)
    lon = degrees([(0.0, DOOR_M)])[0, 1]
    # A busy day of 8 orders, and those that no bay holds; a quiet one of 4.
    for day, volumes in {BUSY: [100] * 8 + [500] * too_big, QUIET: [100] * 4}.items():
        rows = [f"o{n},0,{lon:.7f},0,{volume},10" for n, volume in enumerate(volumes, start=1)]
        (folder / day).mkdir()
        (folder / day / "orders.csv").write_text("\n".join(["id,lat,lon,demand_kg,volume_l,service_min", *rows]) + "\n")
    return folder


def test_the_cheapest_fleet_and_its_year_are_those_reckoned_by_hand_to_the_cent(tmp_path: Path) -> None:
    # Hours. A small vehicle takes one order a trip: loading 10 min, 5 there, 10 at the door, 5 back: 30 min, and 4
    # trips in its shift of 2 h. A big one takes two: 10 + 5 + 10 + 10 + 5 = 40 min, 3 trips, 6 orders.
    #
    #                          busy day (8 orders)                   quiet day (4)        h of both
    #   1 small, or 1 big      4, or 6 orders: not enough
    #   2 small                8 trips: 4 h                          4 trips: 2 h         6
    #   1 small + 1 big        big 3 trips, small 2: 2 h + 1 h       big 2 trips: 1.33 h  4.33
    #   2 big                  4 trips: 2.67 h                       2 trips: 1.33 h      4
    #
    # Either day stands for 100 of the 200 working days; at 20 an hour the wages are 12,000.00, 8,666.67, 8,000.00.
    #
    # Standing still, a year: small 6,000 less 600 of subsidy, worth 1,200 in the end: 4,200 / 6 = 700.00, and 5 % on
    # the mean of 5,400 and 1,200: 165.00; insurance 300, service 100, parking 120: 1,385.00. Big 11,200 / 7 =
    # 1,600.00, 5 % on the mean of 14,000 and 2,800: 420.00; insurance and tax 580, service 200, parking 240: 3,040.00.
    # So a big one for a small one costs 1,655.00 more. The first saves 3,333.33 of wages, the second 666.67: one of
    # each is the cheapest. More vehicles save nothing, and one plug fills both batteries in 22 hours.
    #
    # Energy. Small: 500 kg x (9.80665 x 0.02 + 10^2 / 2 / 250) + 0.5 x 1.225 x 0.8 x 10^2 = 247.06650 N; over 2,996 m
    # 740,211.234 J, and a stop 500 x 10^2 / 2 = 25,000 J: 765,211.234 J at the wheels, 956,514.04 J from the battery:
    # 265.69834 Wh a leg, 531.39669 Wh a trip. The big one weighs and brakes twice as much: 1,062.79338 Wh a trip. A
    # busy day: 2 x 531.39669 + 3 x 1,062.79338 = 4,251.1735 Wh, a quiet one 2 x 1,062.79338 = 2,125.5868 Wh; a year
    # 637.67602 kWh at 0.25 x 1.1.
    by_hand = {
        "vehicles": 865.00 + 2_020.00,
        "rent": 0.00,
        # Small: 200 trips take 106.27934 kWh a year, 637.67602 in 6 years: 1.2753520 lives of 500 kWh. The first comes
        # with the vehicle, 0.2753520 x 1,000 / 6 has to be paid.
        "batteries": 45.89,
        "insurance_and_tax": 300.00 + 580.00,
        "upkeep": 100.00 + 200.00 + 59.92 + 149.80,  # 1,198.4 km (200 trips of 5.992) and 2,996 km (500) at 0.05
        "parking": 120.00 + 240.00,
        "plugs": 120.00,  # 800 / 10 + 5 % of 400 + 20
        "grid": 125.00,  # 2 kW: 1,000 / 20 + 5 % of 500 + 50
        "energy": 175.36,
        "wages": 8_666.67,
        "overtime": 0.00,
        "courier": 800.00,  # the order that no bay holds, on 100 days
    }
    folder = write_case(tmp_path, too_big=1)
    sources = Sources(days=folder, money=folder / "money.toml")
    wishes = Wishes(plugs=(1, 2), service=0.9, iterations=100, workers=0)
    sized = size_days(sources, wishes, output=tmp_path / "out")
    assert sized.results is not None
    best = sized.results.found.best
    assert best is not None
    assert best.cell == Cell(counts=(1, 1), plugs=1)
    cost = best.year.cost
    assert {part.name: round(getattr(cost, part.name), 2) for part in fields(cost)} == pytest.approx(by_hand, abs=1e-6)
    assert round(cost.total, 2) == 14_567.64
    # 12 of 13 orders, each a parcel: 1,200 a year, without the courier's.
    assert best.year.per_parcel == pytest.approx(13_767.64 / 1_200, abs=1e-5)
    assert "Take 1 small + 1 big, 1 plug: 14,568 EUR a year, 11.47 EUR per parcel, and 92.3%" in sized.words[0]


def silent(done: int, most: int, doing: str) -> None:
    pass


def relieved(folder: Path, policy: str) -> Size:
    """Size the case where the busy day comes on 10 of the 200 working days, and the quiet one on 190."""
    write_case(folder)
    (folder / "weights.csv").write_text(f"date,weight\n{BUSY},1\n{QUIET},19\n")
    sources = Sources(days=folder, money=folder / "money.toml", weights=folder / "weights.csv")
    (task,) = read_asked(sources, Wishes(plugs=(1,), iterations=100)).tasks
    ledger = Ledger(folder / "routed.jsonl")
    with Hands(task.streets, count=0) as hands:
        peaks = relieve(task, size_fleet(task, ledger, silent, hands), policy, ledger, silent, hands)
    best = peaks.found.best
    assert best is not None
    assert best.enough(task)
    assert best in peaks.tried
    return best


def test_a_vehicle_is_rented_for_the_peak_days_where_that_is_cheaper_than_owning_it(tmp_path: Path) -> None:
    # Owned all year one small and one big cost 1,385 + 3,040 standing still, and 10 x 3 h + 190 x 1.33 h of wages.
    # The same days are driven by a big one alone, and a small one that is rented on 10 days at 15: 1,235.00 less, and
    # the wear of its 20 trips of 5.992 km. Owning the small one and renting the big one at 40 saves 3,040 - 400, but
    # the quiet days then take 2 h: 190 x 0.67 h x 20 = 2,533.33 more, and of the owned battery too.
    best = relieved(tmp_path, RENT)
    cost = best.year.cost
    assert best.cell == Cell(counts=(0, 1), plugs=1)
    assert best.relief is not None
    assert best.relief.said == "1 small rented on 10 days a year"
    assert round(cost.rent, 2) == 150.00
    assert round(cost.wages, 2) == 5_666.67  # (10 x 3 + 190 x 1.3333) h at 20
    assert round(cost.vehicles, 2) == 2_020.00
    assert round(cost.upkeep, 2) == 322.84  # 200 + 410 trips of the big one (10 x 3 + 190 x 2) of 5.992 km at 0.05
    # 10 x 4,251.1735 + 190 x 2,125.5868 Wh at 0.25 x 1.1; plugs 120.00, grid 125.00, insurance and tax 580, parking 240
    assert round(cost.energy, 2) == 122.75
    assert round(cost.total, 2) == 9_347.26
    busy, quiet = best.outcomes
    assert busy is not None
    assert quiet is not None
    assert (busy.use.rented, quiet.use.rented) == ({"small": 1}, {})


def test_a_fleet_works_overtime_on_the_peak_days_where_that_is_cheaper_than_one_more(tmp_path: Path) -> None:
    # The big one alone drives 4 trips of 40 min on a busy day: 2.67 h, of them 0.67 past the end of its shift.
    best = relieved(tmp_path, OVERTIME)
    cost = best.year.cost
    assert best.cell == Cell(counts=(0, 1), plugs=1)
    assert best.relief is not None
    assert best.relief.said == "up to 0.7 h of overtime on 10 days a year"
    assert round(cost.overtime, 2) == 33.33  # 10 x 0.6667 h at 5
    assert round(cost.wages, 2) == 5_600.00  # (10 x 2.6667 + 190 x 1.3333) h at 20
    assert cost.rent == 0


def test_each_shift_is_sized_by_itself_and_the_cheapest_is_advised(tmp_path: Path) -> None:
    # In three hours a big vehicle drives 4 trips: one is enough. In one hour it drives one trip, 2 orders, and a small
    # one two: a busy day of 8 orders takes four vehicles, and the wages are hardly less.
    write_case(tmp_path)
    wishes = Wishes(plugs=(1,), iterations=100, shifts=("09:00-10:00", "09:00-12:00"))
    tasks = read_asked(Sources(days=tmp_path, money=tmp_path / "money.toml"), wishes).tasks
    with Hands(tasks[0].streets, count=0) as hands:
        short, long = size_by_shift(tasks, Ledger(tmp_path / "routed.jsonl"), silent, hands)
    assert cheapest((short, long)) is long
    assert long.task.shift == "09:00-12:00"
    assert short.found.best is not None
    assert long.found.best is not None
    assert long.found.best.cell == Cell(counts=(0, 1), plugs=1)
    assert short.found.best.cell.vehicles >= 4
    advice = advise(long.task, long.found)
    assert advice is not None
    assert advice.sentences[0].startswith("Take 1 big, 1 plug, working 09:00-12:00: ")


def test_a_subsidy_above_the_price_is_refused_for_each_vehicle_that_is_given_away(tmp_path: Path) -> None:
    write_case(tmp_path)
    money = tmp_path / "money.toml"
    money.write_text(MONEY.replace("subsidy = 600", "subsidy = 6001") + "[vehicles.diesel-van]\nsubsidy = 3e4\n")
    sources = Sources(days=tmp_path, money=money)
    for vans, told in ((False, ["small"]), (True, ["small", "diesel-van"])):
        with pytest.raises(InputError) as caught:
            read_asked(sources, Wishes(vans=vans))
        faults = caught.value.faults
        assert [(fault.code, fault.column) for fault in faults] == [("E-Y01", f"vehicles.{n}.subsidy") for n in told]
        assert '"6001" is more than the price of small, 6,000' in str(faults[0])


def test_a_vehicle_that_earns_money_standing_still_is_refused(tmp_path: Path) -> None:
    # Nothing is paid for it, and it is sold for 4,200 after 6 years: 700 a year, less 5 % on half of that, 105, and
    # 520 for insurance, service and parking. The more of them, the better.
    write_case(tmp_path)
    money = tmp_path / "money.toml"
    given = MONEY.replace("subsidy = 600", "subsidy = 6000")
    money.write_text(given.replace("residual_percent = 20", "residual_percent = 70", 1))
    with pytest.raises(InputError, match=r'E-Y01 money\.toml column vehicles\.small: "-75\.00" is what a small costs'):
        read_asked(Sources(days=tmp_path, money=money))
    money.write_text(given)  # sold for 1,200: 200 a year less 30, and 520 are left
    task = read_asked(Sources(days=tmp_path, money=money)).task
    none, one = (task.standing(Cell(counts=(n, 0), plugs=1)) for n in (0, 1))
    assert one - none == pytest.approx(350)


def test_spans_that_are_no_shifts_are_all_told(tmp_path: Path) -> None:
    write_case(tmp_path)
    wishes = Wishes(shifts=("16:00-08:00", "8", "25:00-26:00", "09:00-10:00", "09:00-10:30"))
    with pytest.raises(InputError) as caught:
        read_asked(Sources(days=tmp_path), wishes)
    told = [(fault.file, fault.value) for fault in caught.value.faults]
    assert told[:3] == [("--shifts", "16:00-08:00"), ("--shifts", "8"), ("--shifts", "25:00-26:00")]
    assert "are 5 shifts" in caught.value.faults[3].message
