"""`planner matrix`: tables with answers by hand, faults of every input, and the example of its page."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from planner.cli import main
from planner.roads.streets import Streets, save_streets
from tests.roads.towns import METRES_PER_DEGREE, ONEWAY_36, STREET_36, Piece, Spot, town

EAST = 10.0  # degrees: away from where coordinates are taken for missing ones
MAIN = STREET_36 | {"name": "Main"}
TABLES = [
    *("seconds", "metres", "wh_empty", "wh_per_kg"),
    *("wh_peak", "wh_peak_per_kg", "wh_from_full", "wh_from_full_per_kg"),
]
PAGE = Path(__file__).parents[2] / "docs" / "matrix.md"
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """Run `planner matrix` in a folder with a town; return exit code, stdout and stderr."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PLANNER_CACHE", str(tmp_path / "cache"))
    save_streets(eastern([(0, 0), (2_000, 0)], (0, 1, MAIN)), tmp_path / "town.streets.npz")

    def call(places: Path | str, *arguments: object, streets: object = "town.streets.npz") -> tuple[int, str, str]:
        words = ["matrix", str(places), "--streets", str(streets), *map(str, arguments)]
        words += [] if "--class" in words else ["--class", "L6e"]
        words += [] if "-o" in words else ["-o", "out.npz"]
        code = main(words)
        out, err = capfd.readouterr()
        assert "Traceback" not in out + err
        return code, out, err

    return call


def eastern(corners: Sequence[Spot], *pieces: Piece) -> Streets:
    streets = town(corners, *pieces)
    return replace(streets, node_lon=streets.node_lon + EAST, shape_lon=streets.shape_lon + EAST)


def write_places(*rows: str, header: str = "id,lat,lon") -> Path:
    path = Path("places.csv")
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


def row(name: str, north_m: float, east_m: float) -> str:
    return f"{name},{north_m / METRES_PER_DEGREE:.7f},{EAST + east_m / METRES_PER_DEGREE:.7f}"


def read(path: str = "out.npz") -> dict[str, Any]:
    with np.load(path, allow_pickle=False) as stored:
        return {name: stored[name] for name in stored.files}


def test_tables_along_a_straight_street_are_those_by_hand(run: Run) -> None:
    code, out, err = run(write_places(row("A", 100, 20), row("B", 900, -30)))
    assert code == 0, err
    found = read()
    assert found["ids"].tolist() == ["A", "B"]
    # An L6e keeps to 80 % of 36 km/h: 8 m/s.
    assert found["metres"] == pytest.approx(np.array([[0, 800], [800, 0]]), abs=0.2)
    assert found["seconds"] == pytest.approx(np.array([[0, 100], [100, 0]]), abs=0.02)
    assert found["gap_m"] == pytest.approx([20, 30], abs=0.05)
    assert found["lat"] * METRES_PER_DEGREE == pytest.approx([100, 900], abs=0.1)
    assert found["lon"] == pytest.approx([EAST, EAST], abs=1e-6)
    assert [found[name].dtype.name for name in TABLES] == ["float64"] * 8
    assert (found["wh_peak"] == found["wh_empty"]).all()  # level streets
    assert 20 < found["wh_empty"][0, 1] < 120  # a two-seater takes 40 to 110 Wh/km
    assert re.search(r"drives +100 s median, 100 s at most", out)


def test_the_file_says_what_was_measured_on_what(run: Run) -> None:
    run(write_places(row("A", 100, 20)), "--class", "L6e-de", "--type", "ami-cargo", "--kerb")
    meta = json.loads(str(read()["meta"]))
    assert (meta["class"], meta["type"], meta["kerb"], meta["hours"]) == ("L6e-de", "ami-cargo", True, None)
    assert meta["streets"] == "town.streets.npz"
    assert {len(meta["streets_sha256"]), len(meta["places_sha256"])} == {64}
    assert meta["program"].startswith("planner ")


def test_a_place_off_the_streets_has_no_row_and_no_column_but_its_gap(run: Run) -> None:
    places = write_places(row("A", 100, 20), row("sea", 500, 1_000), row("B", 900, 0))
    code, out, _ = run(places)
    found = read()
    assert code == 4
    assert "1 places, no street of the class within 150 m: sea 1,000 m" in out
    assert found["gap_m"][1] == pytest.approx(1_000, abs=1)
    for name in TABLES:
        assert np.isnan(found[name]).tolist() == [[False, True, False], [True, True, True], [False, True, False]]
    assert np.isnan(found["lat"]).tolist() == [False, True, False]
    assert run(places, "--force", "--allow-incomplete")[0] == 0


def test_of_many_places_off_the_streets_ten_are_named(run: Run) -> None:
    _, out, _ = run(write_places(row("A", 0, 0), *(row(f"sea{i}", 0, 1_000 + i) for i in range(13))))
    assert "sea9 1,009 m, and 3 more" in out


def test_a_quarter_that_can_be_reached_but_not_left_again_counts_as_off_the_streets(run: Run) -> None:
    corners: list[Spot] = [(0, 0), (1_000, 0), (2_000, 0), (2_000, 1_000), (2_000, 1_400)]
    bridge = eastern(corners, (0, 1, MAIN), (1, 2, MAIN), (2, 3, ONEWAY_36), (3, 4, STREET_36))
    save_streets(bridge, Path("river.streets.npz"))
    code, out, _ = run(write_places(row("A", 100, 0), row("over", 2_000, 1_300)), streets="river.streets.npz")
    assert code == 4
    assert "over 1,300 m" in out
    assert np.isnan(read()["seconds"]).tolist() == [[False, True], [True, True]]


def test_bad_rows_are_told_all_at_once_and_the_others_measured(run: Run) -> None:
    places = write_places(
        row("A", 100, 20),
        "nan,nan,10",
        "null,0,0",
        "text,north,10",
        "globe,91,10",
        "far,48.1,11.5",
        row("twin", 300, 0),
        row("Twin", 400, 0),
        ",0.001,10.0",
        "short,0.001",
        row("B", 900, 0),
    )
    code, out, err = run(places)
    assert code == 4
    for fault in (
        'E-O10 places.csv line 3 (id "nan") column lat: "nan" is not a finite number → give a number',
        "E-O09 places.csv line 4",
        "E-O15 places.csv line 5",
        "E-O07 places.csv line 6",
        "E-O08 places.csv line 7",
        "E-O06 places.csv line 8",
        "E-O06 places.csv line 9",
        "E-O05 places.csv line 10",
        "E-O18 places.csv line 11",
    ):
        assert fault in err
    assert read()["ids"].tolist() == ["A", "B"]
    assert "2 of 11 rows" in out


def test_headers_are_read_as_in_orders_and_other_columns_are_left_alone(run: Run) -> None:
    places = Path("places.csv")
    places.write_bytes("\ufeffNotes; ID ;Lat;LON\nhello;Ñ;0.001;10.0\n".encode())
    code, _, err = run(places)
    assert (code, read()["ids"].tolist()) == (0, ["Ñ"])
    assert '"Lat" is read as lat' in err


@pytest.mark.parametrize(
    ("header", "rows", "message"),
    [
        ("id,lat", ["A,0.001"], "E-O20 places.csv line 1 column lon: the column is missing"),
        ("id,lat,lon,lat", ["A,0.001,10,0"], "E-O19 places.csv line 1 column lat"),
        ("id,lat,lon", [], "E-O21"),
        ("id,lon,lat", ["A,0.001,10.0", "B,0.002,10.0"], "the columns look swapped"),
        ("id,lat,lon", ["A,48.1,11.5"], "of another city"),
        ("id,lat,lon", ["A,x,y", "B,,"], "E-O56"),
        ("id,lat,lon", ["A,0.001,10.0"] * 5_001, "E-O24 places.csv: has 5,001 places, more than 5,000"),
    ],
)
def test_a_file_of_places_that_cannot_be_used_is_refused_whole(
    run: Run, header: str, rows: list[str], message: str
) -> None:
    code, out, err = run(write_places(*rows, header=header))
    assert (code, out) == (2, "")
    assert message in err
    assert not Path("out.npz").exists()


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("--class", "l6E"), 2, 'did you mean "L6e"'),
        (("--class", "cn-lsev"), 2, 'E-C02 --class: "cn-lsev" is a class for which the catalogue has no vehicle type'),
        (("--type", "ami-kargo"), 2, 'did you mean "ami-cargo"'),
        (("--classes", "none.toml"), 2, "E-O46 none.toml"),
        (("--hours", "08:00-18:00"), 2, "E-A01 --hours, --date"),
        (("--hours", "18:00-08:00", "--date", "2026-03-10"), 2, "E-A01 --hours"),
        (("--hours", "08:00-18:00", "--date", "10.3.2026"), 2, "E-O33 --date"),
        (("-o", "out.csv"), 2, "E-B07 out.csv: has another ending → end it in .npz"),
        (("-o", "none/out.npz"), 2, "E-B07 none/out.npz: is in a folder that does not exist"),
        (("-o", "town.streets.npz"), 2, "exists already → give another name with -o, or --force"),
        (("-o", "town.streets.npz", "--force"), 2, "is the streets file"),
        (("--elevation", "none.tif"), 3, "E-M04 none.tif"),
    ],
)
def test_wrong_options_are_refused_before_anything_is_written(
    run: Run, arguments: tuple[str, ...], code: int, message: str
) -> None:
    before = Path("town.streets.npz").read_bytes()
    got, out, err = run(write_places(row("A", 100, 0)), *arguments)
    assert (got, out) == (code, "")
    assert message in err
    assert "→" in err
    assert Path("town.streets.npz").read_bytes() == before
    assert sorted(path.name for path in Path().glob("*.npz")) == ["town.streets.npz"]


def test_M04_M07_M19_streets_that_are_none_are_exit_code_3(run: Run) -> None:
    whole = Path("town.streets.npz").read_bytes()
    Path("empty.osm.pbf").write_bytes(b"")
    Path("junk.osm").write_bytes(b"junk")
    Path("half.streets.npz").write_bytes(whole[: len(whole) // 2])
    motorway = eastern([(0, 0), (2_000, 0)], (0, 1, {"highway": "motorway", "oneway": "no"}))
    save_streets(motorway, Path("motorway.streets.npz"))
    places = write_places(row("A", 100, 0))
    for name, code in (
        *(("none.osm", "E-M04"), ("empty.osm.pbf", "E-M19"), ("junk.osm", "E-M19")),
        *(("half.streets.npz", "E-M19"), ("motorway.streets.npz", "E-M07")),
    ):
        got, out, err = run(places, streets=name)
        assert (got, out) == (3, "")
        assert code in err
    assert not Path("out.npz").exists()


def test_a_class_of_ones_own_keeps_to_its_speed(run: Run) -> None:
    Path("own.toml").write_text('[road_classes.L6e-slow]\nlike = "L6e"\nmax_speed_kmh = 18\n', encoding="utf-8")
    code, _, err = run(write_places(row("A", 100, 0), row("B", 900, 0)), "--class", "L6e-slow", "--classes", "own.toml")
    assert code == 0, err
    assert read()["seconds"][0, 1] == pytest.approx(160, abs=0.02)  # 5 m/s
    assert json.loads(str(read()["meta"]))["type"] == "citroen-ami"


def test_a_street_closed_by_night_is_used_by_day(run: Run) -> None:
    corners: list[Spot] = [(0, 0), (0, 1_000), (500, 500)]
    short = STREET_36 | {"motor_vehicle:conditional": "no @ (22:00-06:00)"}
    bow = (0, 2, STREET_36), (2, 1, STREET_36)
    save_streets(eastern(corners, (0, 1, short), *bow), Path("bow.streets.npz"))
    places = write_places(row("A", -10, 0), row("B", -10, 1_000))
    lengths = {}
    for hours in ("08:00-18:00", "08:00-23:00"):
        code, _, err = run(places, "--hours", hours, "--date", "2026-03-10", "--force", streets="bow.streets.npz")
        assert code == 0, err
        lengths[hours] = float(read()["metres"][0, 1])
    assert lengths["08:00-18:00"] == pytest.approx(1_000, abs=0.2)
    assert lengths["08:00-23:00"] == pytest.approx(1_414.2, abs=0.2)
    assert json.loads(str(read()["meta"]))["hours"] == ["2026-03-10T08:00", "2026-03-10T23:00"]


def test_the_door_opposite_is_far_for_who_stops_at_the_kerb(run: Run) -> None:
    places = write_places(row("A", 300, 10), row("B", 300, -10))
    assert run(places)[0] == run(places, "--kerb", "-o", "kerb.npz")[0] == 0
    assert read()["metres"][0, 1] == pytest.approx(0, abs=0.2)
    assert read("kerb.npz")["metres"] == pytest.approx(np.array([[0, 3_400], [600, 0]]), abs=0.2)


def test_with_elevation_the_way_up_takes_more_than_the_way_down(run: Run, shared: Path) -> None:
    lauf, tiles = shared / "osm" / "lauf-2020.osm.pbf", shared / "osm" / "elevation"
    places = write_places("A,49.5094,11.2800", "B,49.5130,11.2850", "C,49.5060,11.2770")
    code, _, err = run(places, "--elevation", tiles / "lauf_srtm3.tif", streets=lauf)
    assert code == 0, err
    hilly = read()["wh_empty"]
    assert run(places, "--force", streets=lauf)[0] == 0
    climb_wh = hilly - read()["wh_empty"]
    assert climb_wh[0, 2] > 5 > -5 > climb_wh[2, 0]  # C lies higher above the Pegnitz than A
    assert run(places, "--force", "--elevation", tiles / "portland_ned_10m.tif", streets=lauf)[0] == 3


def test_the_second_run_finds_the_city_in_the_cache(run: Run) -> None:
    places = write_places(row("A", 100, 0))
    assert "cache filled" in run(places)[2]
    assert "cache used" in run(places, "--force")[2]


def test_the_example_of_the_page_does_what_it_says(run: Run, capfd: pytest.CaptureFixture[str]) -> None:
    example = re.search(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.S)
    assert example
    corners: list[Spot] = [(0, 0), (2_000, 0), (2_000, 1_000), (3_000, 0)]
    save_streets(
        eastern(corners, (0, 1, MAIN), (1, 2, STREET_36 | {"name": "Side"}), (1, 3, MAIN)), Path("city.streets.npz")
    )
    exec(compile(example[1], str(PAGE), "exec"), {})
    assert capfd.readouterr().out.splitlines() == ["depart 500 m Main", "right 300 m Side", "arrive 0 m Side"]


def test_every_array_of_the_file_is_explained_on_the_page(run: Run) -> None:
    run(write_places(row("A", 100, 0)))
    assert [name for name in read() if f"`{name}`" not in PAGE.read_text(encoding="utf-8")] == []
