"""`planner geocode`: coordinates for rows with an address, a report of what is doubtful, and nothing lost."""

from __future__ import annotations

import csv
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from planner.io.order_rows import COLUMNS

Run = Callable[..., tuple[int, str, str]]
TOWN = """<osm version="0.6">
<node id="1" lat="50.001" lon="10.0"><tag k="addr:street" v="Lange Gasse"/><tag k="addr:housenumber" v="1"/></node>
<node id="2" lat="50.002" lon="10.0"><tag k="addr:street" v="Lange Gasse"/><tag k="addr:housenumber" v="2a"/></node>
<node id="3" lat="50.003" lon="10.0"><tag k="addr:street" v="Am Tor"/><tag k="addr:housenumber" v="3"/></node>
<node id="4" lat="50.013" lon="10.0"><tag k="addr:street" v="Am Tor"/><tag k="addr:housenumber" v="3"/></node>
</osm>
"""


@pytest.fixture(autouse=True)
def _town(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLANNER_CACHE", "cache")
    Path("town.osm").write_text(TOWN, encoding="utf-8")


def geocode(run: Run, text: str, *arguments: str) -> tuple[int, str, str]:
    Path("in.csv").write_bytes(text.encode())
    return run("geocode", "in.csv", "--streets", "town.osm", "-o", "out.csv", *arguments)


def rows(name: str = "out.csv", delimiter: str = ",") -> list[dict[str, str]]:
    with Path(name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=delimiter))


def test_what_is_sure_is_filled_in_and_every_other_cell_stays_as_it_was(run: Run) -> None:
    code, out, err = geocode(
        run, 'id,address,notes,lat,lon\n007,Lange G. 1,=SUM(A1),,\nB,anywhere,"two\nlines",50.5,10.5\n'
    )
    assert code == 0, err
    assert rows() == [
        {"id": "007", "address": "Lange G. 1", "notes": "=SUM(A1)", "lat": "50.0010000", "lon": "10.0000000"},
        {"id": "B", "address": "anywhere", "notes": "two\nlines", "lat": "50.5", "lon": "10.5"},
    ]
    assert "rows     2, 1 with coordinates already" in out
    assert "found    1" in out
    assert not Path("geocode_report.csv").exists()


def test_what_is_doubtful_stays_empty_and_is_listed_with_its_candidates(run: Run) -> None:
    code, out, err = geocode(
        run, "id,address,lat,lon\nA,Lange Gasse 2,,\nB,Am Tor 3,,\nC,Nirgends 9,,\nD,Lange Gasse 1,,\n"
    )
    assert code == 4
    assert [row["lat"] for row in rows()] == ["", "", "", "50.0010000"]
    report = [(row["row"], row["id"], row["grade"], row["code"], row["lat"]) for row in rows("geocode_report.csv")]
    assert report == [
        ("2", "A", "likely", "E-G03", "50.002"),
        ("3", "B", "likely", "E-G03", "50.003"),
        ("3", "B", "likely", "E-G03", "50.013"),
        ("4", "C", "none", "E-G04", ""),
    ]
    assert (
        'E-G03 in.csv line 2 (id "A") column address: "Lange Gasse 2" is not certain (Lange Gasse 2a): '
        "house number 2 is not in the map, 2a is → choose in geocode_report.csv, or give coordinates"
    ) in err
    assert 'E-G04 in.csv line 4 (id "C") column address: "Nirgends 9" is not found' in err
    assert "left     3 without a place, 2 of them to confirm" in out


def test_a_confirmed_place_is_used_the_next_time(run: Run) -> None:
    text = "id,address\nA,Lange Gasse 2\n=B,Am Tor 3\n"
    assert geocode(run, text)[0] == 4
    report = rows("geocode_report.csv")
    report[2]["use"] = "x"  # the second place of Am Tor 3
    with Path("geocode_report.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(report[0]))
        writer.writeheader()
        writer.writerows(report)
    code, out, _ = geocode(run, text, "--confirmed", "geocode_report.csv", "--force")
    assert code == 4
    assert [row["lat"] for row in rows()] == ["", "50.013"]
    assert "found    1, 1 of them confirmed by you" in out
    assert [row["id"] for row in rows("geocode_report.csv")] == ["A"]


def test_two_confirmed_places_for_one_address_and_places_that_are_none_are_refused(run: Run) -> None:
    Path("report.csv").write_text('id,address,use,lat,lon\nA,Am Tor 3,x,1,2\nA,Am Tor 3,x,"3,5",\n')
    code, _, err = geocode(run, "id,address\nA,Am Tor 3\n", "--confirmed", "report.csv")
    assert code == 2
    for fault in ('E-G09 report.csv line 3 (id "A") column use', "E-O11 report.csv line 3", "E-O15 report.csv line 3"):
        assert fault in err


def test_all_faults_of_rows_are_told_at_once_and_no_row_is_lost(run: Run) -> None:
    code, _, err = geocode(run, "id;address;lat;lon\nA;;;\nB;Lange Gasse 1;50;\nC;x\nD;Lange Gasse 1;;\n")
    assert code == 4
    for fault in ("E-G02 in.csv line 2", "E-G05 in.csv line 3", "E-O18 in.csv line 4"):
        assert fault in err
    assert Path("out.csv").read_text().splitlines() == [
        "id;address;lat;lon",
        "A;;;",
        "B;Lange Gasse 1;50;",
        "C;x",
        "D;Lange Gasse 1;50.0010000;10.0000000",
    ]
    assert {row["code"] for row in rows("geocode_report.csv")} == {"E-G02", "E-G05", "E-O18"}


def test_street_number_postcode_and_city_may_have_columns_of_their_own(run: Run) -> None:
    code, _, err = geocode(run, "id,Street,House number,City\nA,Lange Gasse,1,\nB,Lange Gasse,1,Elsewhere\n")
    assert code == 4, err
    assert [(row["id"], row["lat"]) for row in rows()] == [("A", "50.0010000"), ("B", "")]


@pytest.mark.parametrize(
    ("text", "arguments", "code", "message"),
    [
        ("id,notes\nA,x\n", (), 2, "E-O20 in.csv line 1 column address: the column is missing"),
        ("id,address,address\nA,x,y\n", (), 2, "E-O19"),
        ("id,address\n", (), 2, "E-O21"),
        ("id,address\nA,x\n", ("--online", "nominatin"), 2, 'E-A01 --online: "nominatin" is no service; did you mean'),
        ("id,address\nA,x\n", ("--server", "http://x"), 2, "goes with --online"),
        ("id,address\nA,x\n", ("-o", "in.csv"), 2, "E-B07"),
        ("id,address\nA,x\n", ("-o", "no/such/out.csv"), 2, "E-B07"),
        ("id,address\nA,x\n", ("--streets", "none.osm"), 3, "E-M04"),
    ],
)
def test_what_cannot_be_done_is_refused_before_anything_is_written(
    text: str, arguments: tuple[str, ...], code: int, message: str, run: Run
) -> None:
    answer = geocode(run, text, *arguments)
    assert answer[0] == code
    assert message in answer[2]
    assert not Path("out.csv").exists()


def test_a_file_that_exists_is_replaced_only_if_told(run: Run) -> None:
    text = "id,address\nA,Lange Gasse 1\n"
    assert geocode(run, text)[0] == 0
    assert "E-B07" in geocode(run, text)[2]
    assert geocode(run, text, "--force")[0] == 0


def test_without_a_map_and_without_a_service_there_is_nowhere_to_look(run: Run) -> None:
    Path("in.csv").write_text("id,address\nA,x\n")
    code, _, err = run("geocode", "in.csv")
    assert (code, "E-A01 --streets: no map to look in" in err) == (2, True)


def test_the_orders_reader_takes_what_was_filled_in(run: Run) -> None:
    assert geocode(run, "id,address,demand_kg,lat,lon\nA,Lange Gasse 1,4,,\n")[0] == 0
    assert set(rows()[0]) <= set(COLUMNS)


def test_a_service_that_does_not_answer_leaves_what_the_map_knew(run: Run) -> None:
    text = "id,address\nA,Lange Gasse 1\nB,Lange Gasse 2\n"
    code, _, err = geocode(run, text, "--online", "photon", "--server", "http://127.0.0.1:9")
    assert code == 4
    assert "E-G06 http://127.0.0.1:9: does not answer" in err
    assert [row["lat"] for row in rows()] == ["50.0010000", ""]


def test_no_library_for_the_internet_is_loaded_unless_asked_for(run: Run) -> None:
    program = (
        "import sys; from planner.cli import main;"
        "main(['geocode', 'in.csv', '--streets', 'town.osm', '-o', 'out.csv']);"
        "sys.exit('geopy' in sys.modules)"
    )
    Path("in.csv").write_text("id,address\nA,Lange Gasse 1\n")
    assert subprocess.run([sys.executable, "-c", program], check=False, capture_output=True).returncode == 0


def test_the_example_of_the_page_does_what_it_says(run: Run, capfd: pytest.CaptureFixture[str]) -> None:
    page = Path(__file__).parents[2] / "docs" / "geocode.md"
    example = re.search(r"```python\n(.*?)```", page.read_text(encoding="utf-8"), re.S)
    assert example
    tags = {"addr:street": "Lange Gasse", "addr:housenumber": "1", "addr:city": "Oberau"}
    lines = "".join(f'<tag k="{key}" v="{value}"/>' for key, value in tags.items())
    Path("city.osm.pbf").write_text(f'<osm version="0.6"><node id="1" lat="50.5" lon="10.5">{lines}</node></osm>')
    exec(compile(example[1], str(page), "exec"), {})
    assert capfd.readouterr().out.splitlines() == [
        "sure 50.5 10.5 Lange Gasse 1, Oberau",
        "50.5 10.5 Lange Gasse 1, Oberau",
    ]


def test_answers_of_services_can_be_forgotten(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLANNER_CACHE", str(tmp_path))
    kept = tmp_path / "geocode-online" / "0a.json"
    kept.parent.mkdir()
    kept.write_text('{"places": []}')
    code, out, _ = run("geocode", "--forget-online")
    assert (code, out, kept.exists()) == (0, "1 answers of online services deleted\n", False)
