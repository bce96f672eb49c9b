"""`planner import` as its user calls it: what it prints, asks, writes and returns."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from planner.roads.streets import save_streets
from tests.cli.conftest import Run
from tests.roads.towns import STREET_36, town

GOOD = "Order No,Lat,Lon,Weight\nA,52.5163,13.3777,2\nB,52.52,13.4,3\n"


def write(text: str, name: str = "export.csv") -> Path:
    Path(name).write_text(text, encoding="utf-8")
    return Path(name)


def report() -> list[dict[str, str]]:
    with Path("import_report.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_it_says_what_it_understood_and_how_to_go_on(run: Run) -> None:
    code, out, err = run("import", write(GOOD))
    assert (code, err) == (0, "")
    assert "export.csv: utf-8; separated by comma" in out
    assert "Weight    weight  kg  2" in out
    assert "Weight is taken to be in kg" in out
    assert "2 rows: 2 became 2 orders, 0 rejected" in out
    assert "planner plan orders.csv --fleet fleet.toml" in out
    assert Path("orders.csv").read_text() == "id,lat,lon,demand_kg\nA,52.5163,13.3777,2\nB,52.52,13.4,3\n"
    assert report() == []


def test_rejected_rows_are_reported_and_the_exit_code_is_4(run: Run) -> None:
    file = write(GOOD + "C,95,13.4,3\nD,52.5,13.4,heavy\n")
    code, out, err = run("import", file, "-o", "monday.csv")
    assert code == 4
    assert "4 rows: 2 became 2 orders, 2 rejected" in out
    assert 'E-O07 export.csv line 4 (id "C") column Lat: "95" is outside -90..90 → give decimal degrees' in err
    assert [(row["row"], row["code"], row["result"], row["original"]) for row in report()] == [
        ("4", "E-O07", "rejected", "C,95,13.4,3"),
        ("5", "E-O15", "rejected", "D,52.5,13.4,heavy"),
    ]
    assert run("import", file, "-o", "monday.csv", "--force", "--allow-incomplete")[0] == 0


def test_where_no_row_is_left_nothing_is_written_but_the_report(run: Run) -> None:
    code, out, err = run("import", write("order no,address,weight\nA,Ring 7,1\n"))
    assert code == 2
    assert "E-O70" in err
    assert "1 rows: 0 became 0 orders, 1 rejected" in out
    assert not Path("orders.csv").exists()
    assert [row["code"] for row in report()] == ["E-O70"]


def test_a_header_in_a_language_that_nobody_listed_leads_to_a_question_and_a_file_to_answer_in(run: Run) -> None:
    file = write("kennitala,breidd,lengd,þyngd\n7,64.1466,-21.9426,3\n8,64.1500,-21.9500,4\n")
    code, out, err = run("import", file)
    assert (code, out) == (2, "")
    assert "E-O71 export.csv line 1: which column is the latitude?" in err
    assert "E-O71 export.csv line 1: which column is the longitude?" in err
    assert '"breidd" (such as 64.1466)' in err
    assert 'these hold numbers that would do: "breidd", "lengd"' in err
    mapping = json.loads(Path("import_mapping.json").read_text(encoding="utf-8"))
    assert mapping["columns"] == {"kennitala": None, "breidd": None, "lengd": None, "þyngd": None}
    mapping["columns"] = {"kennitala": "id", "breidd": "lat", "lengd": "lon", "þyngd": "weight"}
    Path("import_mapping.json").write_text(json.dumps(mapping), encoding="utf-8")
    assert run("import", file, "--mapping", "import_mapping.json")[0] == 0
    assert Path("orders.csv").read_text() == "id,lat,lon,demand_kg\n7,64.1466,-21.9426,3\n8,64.1500,-21.9500,4\n"


def test_coordinates_under_unknown_names_are_asked_for_although_there_is_an_address(run: Run) -> None:
    code, _, err = run("import", write("id,adresse,weight,enlem,boylam\nA,Ring 7,1,41.0082,28.9784\n"))
    assert code == 2
    assert "E-O71" in err
    assert "E-O70" not in err
    assert 'these hold numbers that would do: "enlem", "boylam"' in err


def test_a_file_without_a_header_leads_to_the_same_question(run: Run) -> None:
    file = write("7;64,1466;-21,9426;3\n8;64,15;-21,95;4\n")
    code, _, err = run("import", file)
    assert code == 2
    assert '"column 2" (such as 64,1466)' in err
    mapping = json.loads(Path("import_mapping.json").read_text(encoding="utf-8"))
    assert mapping["header"] is False
    mapping["columns"] = {"column 1": "id", "column 2": "lat", "column 3": "lon", "column 4": "weight"}
    Path("import_mapping.json").write_text(json.dumps(mapping), encoding="utf-8")
    assert run("import", file, "--mapping", "import_mapping.json")[0] == 0
    assert Path("orders.csv").read_text() == "id,lat,lon,demand_kg\n7,64.1466,-21.9426,3\n8,64.15,-21.95,4\n"


@pytest.mark.parametrize(
    ("text", "code", "flag", "answer", "row"),
    [
        ("id,lat,lon,weight,date,tw_start\nA,42.3,-71.0,1,05/06/2024,8\n", "E-O72", "--date-order", "mdy", "08:00"),
        ("id,lat,lon,weight,date\nA,42,-71,1,2024-05-01\nB,42,-71,1,2024-05-02", "E-O73", "--date", "2024-05-01", "A,"),
        ("id,lat,lon,weight,volume\nA,52.5,13.3,1,2\n", "E-O74", "--unit", "volume=l", ",2"),
        ("id,lat,lon,load\nA,52.5,13.3,2\n", "E-O74", "--unit", "load=kg", ",2"),
        ("id,lat,lon,weight,duration\nA,52.5,13.3,1,180\n", "E-O74", "--unit", "service=s", ",3"),
        ("id,lat,lon,weight\nA,52,13,1.250\n", "E-O75", "--decimal", ".", "1.25"),
        ('id,lat,lon,weight\nA,52.5,13.3,"1,5"\nB,52.5,13.3,1.5\n', "E-O75", "--decimal", ".", "1.5"),
        ("id,lat,lon\nA,52.5,13.3\n", "E-O76", "--parcel-kg", "4", ",4"),
        ("id,lat,lon,weight,delivery time\nA,52.5,13.3,1,14:00\n", "E-O77", "--single-time", "after", "14:00"),
        ("id,lat,lon,weight,priority\nA,52.5,13.3,1,1\nB,52.5,13.3,1,9\n", "E-O78", "--priority-first", "low", "must"),
        ("id,lat,lon,weight\nA,13.3777,52.5163,1\n", "E-O08", "--coordinates", "lon-lat", "A,52.5163,13.3777"),
        ("id,lat,lon,weight\nA,139.7671,35.6812,1\n", "E-O08", "--coordinates", "lon-lat", "A,35.6812,139.7671"),
    ],
)  # fmt: skip
def test_what_can_be_read_in_two_ways_is_asked_and_the_flag_that_is_named_answers_it(
    run: Run, text: str, code: str, flag: str, answer: str, row: str
) -> None:
    file = write(text)
    exit_code, _, err = run("import", file)
    assert exit_code == 2
    assert code in err
    assert flag in err
    assert not Path("orders.csv").exists()
    exit_code, _, err = run("import", file, flag, answer)
    assert exit_code in {0, 4}, err
    assert row in Path("orders.csv").read_text()


def test_with_a_place_named_swapped_columns_and_another_city_are_seen(run: Run) -> None:
    swapped = write("id,lat,lon,weight\nA,21.01,52.23,1\nB,21.02,52.24,1\n")  # Warsaw swapped lies in Arabia
    code, _, err = run("import", swapped, "--near", "52.2,21.0")
    assert (code, "look swapped" in err, "--coordinates lon-lat" in err) == (2, True, True)
    elsewhere = write(GOOD)
    code, _, err = run("import", elsewhere, "--near", "48.1,11.6")
    assert (code, "another city" in err) == (2, True)
    code, _, err = run(
        "import", write(GOOD + "C,48.1,11.6,1\nD,52.5,13.4,1\nE,52.5,13.41,1\nF,52.5,13.42,1\n"), "--near", "52.5,13.4"
    )
    assert (code, "E-O08 export.csv line 4" in err) == (4, True)


def test_with_a_streets_file_orders_outside_it_are_rejected(run: Run) -> None:
    save_streets(town([(0, 0), (0, 2_000)], (0, 1, STREET_36)), Path("town.streets.npz"))  # east of Greenwich
    near = "".join(f"{n},0.00{n},0.015,1\n" for n in range(1, 7))
    file = write(f"id,lat,lon,weight\n{near}far,0.5,0.015,1\n")
    code, _, err = run("import", file, "--streets", "town.streets.npz")
    assert code == 4
    assert 'E-O08 export.csv line 8 (id "far") column lat: "0.5" lies outside the streets' in err


TOWN = """<osm version="0.6">
<node id="1" lat="50.001" lon="10.0"><tag k="addr:street" v="Lange Gasse"/><tag k="addr:housenumber" v="1"/></node>
<node id="2" lat="50.002" lon="10.0"><tag k="addr:street" v="Lange Gasse"/><tag k="addr:housenumber" v="2a"/></node>
<node id="3" lat="50.000" lon="10.0"/><node id="4" lat="50.010" lon="10.0"/>
<way id="5"><nd ref="3"/><nd ref="4"/><tag k="highway" v="residential"/><tag k="name" v="Lange Gasse"/></way>
</osm>
"""


def test_addresses_are_looked_up_in_the_map_and_only_sure_ones_are_used(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLANNER_CACHE", "cache")
    Path("town.osm").write_text(TOWN, encoding="utf-8")
    file = write(
        "Auftragsnr;Straße;Hausnr;lat;lon;Gewicht\nA;Lange G.;1;;;2\nB;Lange Gasse;2a;;;2\nC;Lange Gasse;77;;;2\n"
        "D;Nirgendweg;1;;;2\nE;Lange Gasse;3;50.003;10.0;2\n"
    )
    code, out, err = run("import", file, "--streets", "town.osm")
    assert code == 4
    assert Path("orders.csv").read_text() == (
        "id,lat,lon,demand_kg,address\nA,50.001000,10.000000,2,Lange G. 1\n"
        "B,50.002000,10.000000,2,Lange Gasse 2a\nE,50.003,10.0,2,Lange Gasse 3\n"
    )
    assert 'E-G03 export.csv line 4 (id "C") column address: "Lange Gasse 77" is not certain in town.osm' in err
    assert 'E-G04 export.csv line 5 (id "D") column address: "Nirgendweg 1" is not found in town.osm' in err
    assert "5 rows: 3 became 3 orders, 2 rejected" in out
    assert "2 orders without coordinates got those of their address in the map" in out


def test_a_map_without_addresses_finds_none(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLANNER_CACHE", "cache")
    streets_alone = "\n".join(line for line in TOWN.splitlines() if "addr:" not in line)
    Path("town.osm").write_text(streets_alone, encoding="utf-8")
    code, _, err = run("import", write("id,address,weight\nA,Lange Gasse 1,1\n"), "--streets", "town.osm")
    assert (code, "E-O70" in err) == (2, True)


def test_an_order_far_from_the_others_is_kept_and_pointed_out(run: Run) -> None:
    code, _, err = run("import", write(GOOD + "C,48.1,11.6,1\nD,52.5,13.4,1\n"))
    assert code == 0
    assert 'E-O82 export.csv line 4 (id "C") column lat: "48.1, 11.6" lies about 490 km or more' in err
    assert [(row["code"], row["result"]) for row in report()] == [("E-O82", "kept")]


def test_postcodes_that_have_lost_a_zero_are_pointed_out(run: Run) -> None:
    rows = "".join(f"{n},{code},52.5,13.4,1\n" for n, code in enumerate(["10115", "10117", "1067"]))
    _, out, _ = run("import", write(f"id,plz,lat,lon,weight\n{rows}"))
    assert "plz has 5 digits, but 1067 and others one less" in out


def test_a_mapping_that_was_edited_and_not_named_is_left_alone(run: Run) -> None:
    Path("import_mapping.json").write_text("edited by hand")
    assert run("import", write(GOOD))[0] == 0
    assert run("import", write("kennitala,breidd\n7,64.1466\n", "other.csv"), "-o", "b.csv")[0] == 2
    assert Path("import_mapping.json").read_text() == "edited by hand"
    assert run("import", "export.csv", "--force")[0] == 0
    assert json.loads(Path("import_mapping.json").read_text())["columns"]["Order No"] == "id"


def test_questions_come_all_at_once(run: Run) -> None:
    code, _, err = run("import", write("id,lat,lon,date,volume\nA,42.3,-71.0,05/06/2024,2\n"))
    assert code == 2
    assert [asked for asked in ("E-O72", "E-O74", "E-O76") if asked in err] == ["E-O72", "E-O74", "E-O76"]


def test_the_end_of_a_window_is_what_the_user_says(run: Run) -> None:
    file = write("id,lat,lon,weight,service_min,tw_start,tw_end\nA,52.5,13.3,1,10,08:00,12:00\n")
    ends = {}
    for means in ("service-end", "service-start", "arrival"):
        assert run("import", file, "--window-end-means", means, "--force")[0] == 0
        ends[means] = Path("orders.csv").read_text().strip().rpartition(",")[2]
    assert ends == {"service-end": "11:50", "service-start": "12:00", "arrival": "12:00"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--decimal", ";"), "E-A01 --decimal"),
        (("--window-end-means", "noon"), "E-A01 --window-end-means"),
        (("--product", "optimorute"), 'did you mean "optimoroute"'),
        (("--unit", "volume"), "E-A01 --unit"),
        (("--unit", "volume=kg"), "E-A01 --unit"),
        (("--zone", "Berlin"), "E-A01 --zone"),
        (("--near", "Berlin"), "E-A01 --near"),
        (("--near", "52.5,13.4", "--streets", "x.osm"), "give one of them"),
        (("--encoding", "klingon"), "E-O13 --encoding"),
        (("--encoding", "utf-16"), "E-O13 --encoding"),
        (("--date", "1.5.2024"), "E-O33 --date"),
        (("--mapping", "none.json"), "E-O46 none.json"),
        (("--mapping", "export.csv"), "E-O84 export.csv"),
        (("-o", "none/orders.csv"), "E-B07"),
        (("-o", "export.csv"), "E-B07 export.csv: is the file to import"),
    ],
)
def test_a_wrong_option_is_refused_with_what_helps(run: Run, arguments: tuple[str, ...], message: str) -> None:
    code, out, err = run("import", write(GOOD), *arguments)
    assert (code, out) == (2, "")
    assert message in err
    assert "→" in err


def test_an_encoding_that_was_told_by_letters_is_shown_with_a_word(run: Run) -> None:
    Path("export.csv").write_bytes("id,lat,lon,weight,notes\nA,52.5,13.3,1,Tür links\n".encode("cp1252"))
    _, out, _ = run("import", "export.csv")
    assert 'cp1252, told by letters as in "Tür"; --encoding says otherwise' in out


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({"format": "planner import mapping", "columns": {"Lat": "latitude"}}, '"latitude" is no field'),
        ({"format": "planner import mapping", "columns": {"Breite": "lat"}}, 'does not have: "Breite"'),
        ({"format": "planner import mapping", "colums": {}}, 'did you mean "columns"'),
        ({"format": "planner import mapping", "columns": ["Lat"]}, "columns is of the wrong kind"),
        ({"format": "something else"}, "is no file with"),
    ],
)
def test_a_mapping_that_does_not_fit_is_refused(run: Run, document: object, message: str) -> None:
    Path("m.json").write_text(json.dumps(document), encoding="utf-8")
    code, _, err = run("import", write(GOOD), "--mapping", "m.json")
    assert (code, "E-O84" in err) == (2, True)
    assert message in err


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "E-O21"),
        (b"\n \n", "E-O21"),
        (b"id,lat,lon,weight\n", "E-O21"),
        (b'{"orders": []}', "this is JSON"),
        (b"<!DOCTYPE html><html></html>", "HTML or XML"),
        (b"\xd0\xcf\x11\xe0 old", "old Excel (XLS) file"),
        ("id,lat,lon,weight,notes\nA,52.5,13.3,1,日本語\n".encode("euc_jp"), "E-O13"),
        ("id,lat,lon,weight,notes\nA,37.9,23.7,1,Παραλαβή από την είσοδο της οικίας\n".encode("cp1253"), "E-O13"),
    ],
)
def test_what_is_no_table_is_refused(run: Run, data: bytes, message: str) -> None:
    Path("export.csv").write_bytes(data)
    code, _, err = run("import", "export.csv")
    assert code == 2
    assert message in err
