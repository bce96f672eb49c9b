"""The tariff of a depot: what becomes of it, on days with a clock change too, and what is refused."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from planner.io.fleet import FleetFile
from tests.factories import HOUR_S
from tests.io.test_fleet import DEPOT, HEAD, VEHICLE, read, refused

BERLIN = HEAD.replace("America/Santiago", "Europe/Berlin")
WINTER = date(2026, 1, 12)


def tariff(*rows: tuple[str, float]) -> str:
    inside = ", ".join(f'{{ from = "{at}", price_per_kwh = {price} }}' for at, price in rows)
    return f"tariff = [{inside}]\n"


def steps(fleet: FleetFile) -> list[tuple[int, float]]:
    return [(step.from_s, step.price_per_kwh) for step in fleet.depots[0].tariff]


def test_a_tariff_gives_the_prices_of_today_and_tomorrow(tmp_path: Path) -> None:
    rows = tariff(("00:00", 0.18), ("06:00", 0.34), ("22:30", 0.18))
    found = steps(read(tmp_path, BERLIN, DEPOT, rows, VEHICLE, day=WINTER))
    hours = [(0, 0.18), (6, 0.34), (22.5, 0.18), (30, 0.34), (46.5, 0.18)]
    assert found == [(hour * HOUR_S, price) for hour, price in hours]


def test_one_price_from_midnight_is_a_price_for_all_hours(tmp_path: Path) -> None:
    assert steps(read(tmp_path, BERLIN, DEPOT, tariff(("00:00", 0.18)), VEHICLE, day=WINTER)) == [(0, 0.18)]
    assert steps(read(tmp_path, BERLIN, DEPOT, "price_per_kwh = 0.2\n", VEHICLE, day=WINTER)) == []


@pytest.mark.parametrize(
    ("day", "hours"),
    [
        # 02:00 to 03:00 is skipped: what begins at 02:30 begins at 03:00, two hours after midnight.
        (date(2026, 3, 29), [(0, 0.1), (2, 0.2), (5, 0.3), (23, 0.1), (25.5, 0.2), (29, 0.3)]),
        # 02:00 to 03:00 comes twice, and so does the price that ends at 02:30.
        (date(2026, 10, 25), [(0, 0.1), (2.5, 0.2), (3, 0.1), (3.5, 0.2), (7, 0.3), (25, 0.1), (27.5, 0.2), (31, 0.3)]),
    ],
)
def test_prices_follow_the_clock_on_the_wall_when_it_is_changed(
    tmp_path: Path, day: date, hours: list[tuple[float, float]]
) -> None:
    rows = tariff(("00:00", 0.1), ("02:30", 0.2), ("06:00", 0.3))
    found = steps(read(tmp_path, BERLIN, DEPOT, rows, VEHICLE, day=day))
    assert found == [(hour * HOUR_S, price) for hour, price in hours]


@pytest.mark.parametrize(
    ("rows", "column", "said"),
    [
        (tariff(("06:00", 0.3), ("22:00", 0.2)), "depots[0].tariff[0].from", "no price from 00:00"),
        (tariff(("00:00", 0.3), ("06:00", 0.2), ("06:00", 0.1)), "depots[0].tariff[2].from", "there twice"),
        (tariff(("00:00", 0.3), ("22:00", 0.2), ("06:00", 0.1)), "depots[0].tariff[2].from", "earlier than the one"),
        (tariff(("00:00", 0.3), ("24:00", 0.2)), "depots[0].tariff[1].from", "no time of day"),
        (tariff(("00:00", 0.3), ("6 pm", 0.2)), "depots[0].tariff[1].from", "no time of day"),
        (tariff(("00:00", -0.3)), "depots[0].tariff[0].price_per_kwh", "greater than or equal to 0"),
        (tariff(("00:00", 0.3)) + "price_per_kwh = 0.2\n", "depots[0].price_per_kwh", "beside a tariff"),
        (tariff(), "depots[0].tariff", "holds no price"),
        ("tariff = 0.3\n", "depots[0].tariff", "valid tuple"),
    ],
)
def test_F21_a_tariff_that_leaves_a_price_open_is_refused(tmp_path: Path, rows: str, column: str, said: str) -> None:
    (fault,) = refused(tmp_path, BERLIN, DEPOT, rows, VEHICLE)
    assert (fault.code, fault.column) == ("E-F21", column)
    assert said in fault.message


def test_F21_all_faults_of_a_tariff_are_told_at_once(tmp_path: Path) -> None:
    rows = tariff(("01:00", 0.3), ("00:30", 0.2), ("noon", 0.1)) + "price_per_kwh = 0.2\n"
    assert len(refused(tmp_path, BERLIN, DEPOT, rows, VEHICLE)) == 4


def test_F15_an_unknown_key_of_a_tariff_is_told_with_the_known_ones(tmp_path: Path) -> None:
    rows = 'tariff = [{ from = "00:00", price_per_kwh = 0.2, until = "06:00" }]\n'
    (fault,) = refused(tmp_path, BERLIN, DEPOT, rows, VEHICLE)
    assert fault.code == "E-F15"
    assert "from, price_per_kwh" in fault.remedy


def test_wear_is_a_figure_of_a_type(tmp_path: Path) -> None:
    own = '[types.worn]\nbase = "ami-cargo"\nwear_per_kwh = 0.15\n'
    vehicle = VEHICLE.replace("ami-cargo", "worn")
    assert read(tmp_path, HEAD, DEPOT, own, vehicle).vehicles[0].type.wear_per_kwh == 0.15
    assert read(tmp_path, HEAD, DEPOT, VEHICLE).vehicles[0].type.wear_per_kwh == 0.0
