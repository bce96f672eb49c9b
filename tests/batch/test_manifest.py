"""From what the user names to jobs: every bad row is told, and none stops another."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from planner.batch.feed import Lines
from planner.batch.jobs import Defaults, Item, Job, Refused
from planner.batch.manifest import read_source
from planner.demo import demo_folder
from planner.errors import InputError
from planner.io.csv_table import read_table
from planner.solve.options import UNLIMITED, USUAL_ITERATIONS
from tests.batch.small import HEADER, days, orders_csv, write_manifest

FLEET = demo_folder() / "fleet.toml"
USUAL = Defaults(fleet=FLEET, iterations=20)


def jobs_of(items: tuple[Item, ...] | list[Item]) -> list[Job]:
    return [item for item in items if isinstance(item, Job)]


def refused_of(items: tuple[Item, ...] | list[Item]) -> dict[int, tuple[str, str]]:
    return {item.position: (item.code, item.message) for item in items if isinstance(item, Refused)}


def test_a_row_may_say_all_and_says_the_rest_by_options(tmp_path: Path) -> None:
    rows = days(2)
    rows[0] |= {"iterations": 500, "seed": 7, "engine": "ortools", "charging": "no"}
    one, other = jobs_of(read_source(write_manifest(tmp_path, rows), USUAL).items)
    assert (one.name, one.day, one.position, one.fleet) == ("d0", date(2026, 3, 1), 2, FLEET)
    assert (one.options.iterations, one.options.seed, one.options.engine, one.charging) == (500, 7, "ortools", False)
    assert (other.options.iterations, other.options.seed, other.options.engine) == (20, 1, "search")
    assert other.charging
    assert other.streets.name == "coquimbo.streets.npz"  # as the fleet says


def test_a_time_limit_alone_searches_until_then_and_one_beside_iterations_only_bounds_them(tmp_path: Path) -> None:
    rows = days(2)
    rows[0] |= {"time_limit": 2.5}
    rows[1] |= {"time_limit": 2.5, "iterations": 40}
    manifest = write_manifest(tmp_path, rows)

    def limits(usual: Defaults) -> list[tuple[float, int]]:
        return [
            (job.options.time_limit_s, job.options.iterations) for job in jobs_of(read_source(manifest, usual).items)
        ]

    assert limits(Defaults(fleet=FLEET)) == [(2.5, UNLIMITED), (2.5, 40)]
    assert limits(USUAL) == [(2.5, 20), (2.5, 40)], "an empty column takes the option of the command"


def test_a_row_with_another_engine_gets_what_is_usual_for_that_one(tmp_path: Path) -> None:
    rows = days(2)
    rows[0] |= {"engine": "ortools"}
    jobs = jobs_of(read_source(write_manifest(tmp_path, rows), Defaults(fleet=FLEET)).items)
    assert [job.options.iterations for job in jobs] == [USUAL_ITERATIONS["ortools"], USUAL_ITERATIONS["search"]]


def test_an_id_is_not_what_a_line_without_one_is_called(tmp_path: Path) -> None:
    rows = [row | {"id": name} for row, name in zip(days(3), ("line-2", "Line-9", ""), strict=True)]
    found = read_source(write_manifest(tmp_path, rows), USUAL)
    assert [job.name for job in jobs_of(found.items)] == ["line-2", "line-4"]
    assert refused_of(found.items)[3] == (
        "E-B21",
        'E-B21 manifest.csv line 3 column id: "Line-9" is how a line without an id is called → give it another id',
    )


def test_every_fault_of_a_row_is_told_at_once_with_line_column_value_and_remedy(tmp_path: Path) -> None:
    rows = days(3)
    rows[1] |= {"date": "10.03.2026", "seed": -1, "time_limit": "soon", "charging": "perhaps", "absent": 1}
    found = read_source(write_manifest(tmp_path, rows), USUAL)
    assert [job.name for job in jobs_of(found.items)] == ["d0", "d2"]
    ((line, (code, message)),) = refused_of(found.items).items()
    assert (line, code) == (3, "E-B22")
    told = message.splitlines()
    assert told[0] == 'E-B22 manifest.csv line 3 column date: "10.03.2026" is no date → write it as 2026-03-10'
    assert [fault.split()[0] for fault in told] == ["E-B22", "E-B23", "E-B23", "E-B23", "E-O46"]
    assert "does not exist" in told[-1]
    assert "column orders" in told[-1]


def test_rows_without_a_date_or_a_fleet_say_so(tmp_path: Path) -> None:
    rows = [{"id": "a", "orders": "a.csv"}]
    (message,) = [
        message for _, message in refused_of(read_source(write_manifest(tmp_path, rows), Defaults()).items).values()
    ]
    assert [fault.split()[0] for fault in message.splitlines()] == ["E-B22", "E-B24"]
    given = Defaults(fleet=FLEET, day=date(2026, 3, 10))
    assert len(jobs_of(read_source(tmp_path / "manifest.csv", given).items)) == 1


def test_a_fleet_that_is_wrong_fails_its_own_jobs_with_its_faults(tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text("time_zone = 5\n")
    rows = days(2)
    rows[0] |= {"fleet": "bad.toml"}
    found = read_source(write_manifest(tmp_path, rows), USUAL)
    assert [job.name for job in jobs_of(found.items)] == ["d1"]
    assert "bad.toml" in refused_of(found.items)[2][1]


@pytest.mark.parametrize("name", ["../up", "a/b", ".hidden", "day one", "x" * 81])
def test_an_id_that_cannot_name_a_folder_is_refused(tmp_path: Path, name: str) -> None:
    found = read_source(write_manifest(tmp_path, [days(1)[0] | {"id": name}]), USUAL)
    assert [item.name for item in found.items] == ["line-2"]
    assert refused_of(found.items)[2][0] == "E-B21"


def test_all_rows_of_one_id_are_refused_also_with_other_capitals(tmp_path: Path) -> None:
    rows = days(3)
    rows[0]["id"], rows[2]["id"] = "Porto", "porto"
    found = read_source(write_manifest(tmp_path, rows), USUAL)
    assert [job.name for job in jobs_of(found.items)] == ["d1"]
    assert [code for code, _ in refused_of(found.items).values()] == ["E-B21", "E-B21"]
    assert "lines 2, 4" in refused_of(found.items)[2][1]


def test_what_is_no_manifest_is_refused_as_a_whole(tmp_path: Path) -> None:
    path = tmp_path / "m.csv"
    path.write_text("day,order_file\n2026-03-10,a.csv\n")
    with pytest.raises(InputError, match=r"E-B20 m\.csv line 1"):
        read_source(path, USUAL)
    with pytest.raises(InputError, match="E-B20"):
        read_source(tmp_path, USUAL)  # a folder without a day
    path.write_text("id,orders,seed,seed\na,a.csv,1,2\n")
    with pytest.raises(InputError, match=r"E-O19 m\.csv line 1 column seed"):
        read_source(path, USUAL)


def test_an_unknown_column_is_noted_and_stops_nothing(tmp_path: Path) -> None:
    found = read_source(write_manifest(tmp_path, [days(1)[0] | {"iteration": 9}]), USUAL)
    assert len(jobs_of(found.items)) == 1
    assert [str(note).split()[0] for note in found.notes] == ["E-B20"]
    assert 'did you mean "iterations"' in str(found.notes[0])


def test_a_folder_of_days_has_a_job_for_each_with_the_fleet_that_lies_there(tmp_path: Path) -> None:
    (tmp_path / "fleet.toml").write_bytes(
        FLEET.read_bytes().replace(b'"coquimbo', f'"{FLEET.parent}/coquimbo'.encode())
    )
    for day in ("2026-03-11", "2026-03-10", "2026-13-40"):
        (tmp_path / day).mkdir()
        (tmp_path / day / "orders.csv").write_text(orders_csv())
    for name in ("2026-03-12.CSV", "2026-03-10.csv"):
        (tmp_path / name).write_text(orders_csv())
    found = read_source(tmp_path, Defaults())
    (note,) = found.notes
    assert str(note).startswith("E-B20 2026-03-10.csv: is passed over: the day has orders already")
    assert [(job.name, job.day) for job in jobs_of(found.items)] == [
        (f"2026-03-{day}", date(2026, 3, day)) for day in (10, 11, 12)
    ]
    assert [code for code, _ in refused_of(found.items).values()] == ["E-B22"]


def test_one_file_of_many_days_keeps_its_line_numbers_in_each(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text(
        f"{HEADER},date,notes\n"
        'a,-29.9,-71.2,5,2026-03-11,"two\nlines"\n'
        "b,-29.9,-71.2,5,2026-03-10,\n"
        "c,-29.9,-71.2,5,yesterday,\n"
        "d,-29.9,-71.2,5,,\n"
        '"e, f",-29.9,-71.2,5,2026-03-11,\n'
    )
    found = read_source(path, USUAL)
    assert [(job.name, job.position) for job in jobs_of(found.items)] == [("2026-03-11", 2), ("2026-03-10", 4)]
    assert {line: code for line, (code, _) in refused_of(found.items).items()} == {5: "E-B22", 6: "E-B22"}
    table = read_table(jobs_of(found.items)[0].read(), file="orders.csv")
    assert table.header == (*HEADER.split(","), "notes")
    assert [(row.line, row.cells[0]) for row in table.rows] == [(2, "a"), (7, "e, f")]
    assert table.rows[0].cells[-1] == "two\nlines"


def test_a_file_in_which_no_line_has_a_day_is_refused_as_a_whole(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text(f"{HEADER},date\na,-29.9,-71.2,5,03/10/2026\n")
    with pytest.raises(InputError, match=r"E-B22 orders\.csv line 2 column date"):
        read_source(path, USUAL)


@pytest.mark.parametrize(
    "change",
    [
        {"seed": 2},
        {"iterations": 21},
        {"time_limit": 600},  # which is what the safety net of a small day is, too
        {"date": "2026-03-02"},
        {"charging": "no"},
        {"orders": "o/1.csv"},
    ],
)
def test_the_hash_of_a_job_is_of_all_that_decides_its_plan(tmp_path: Path, change: dict[str, object]) -> None:
    write_manifest(tmp_path, days(2))
    plain, other = (
        jobs_of(read_source(write_manifest(tmp_path, [row], name=f"{name}.csv"), USUAL).items)[0]
        for name, row in (("plain", days(1)[0]), ("other", days(1)[0] | change))
    )
    same = jobs_of(read_source(write_manifest(tmp_path, [days(1)[0] | {"id": "else"}]), USUAL).items)[0]
    assert plain.content_sha256 != other.content_sha256
    assert plain.content_sha256 == same.content_sha256  # a name decides nothing


def test_the_hash_is_of_the_bytes_of_orders_and_fleet(tmp_path: Path) -> None:
    fleet = tmp_path / "fleet.toml"
    fleet.write_bytes(FLEET.read_bytes().replace(b'"coquimbo', f'"{FLEET.parent}/coquimbo'.encode()))
    path = write_manifest(tmp_path, [days(1)[0] | {"fleet": "fleet.toml"}])
    hashes = [jobs_of(read_source(path, USUAL).items)[0].content_sha256]
    (tmp_path / "o" / "0.csv").write_text(orders_csv(first=1))
    hashes.append(jobs_of(read_source(path, USUAL).items)[0].content_sha256)
    fleet.write_bytes(fleet.read_bytes() + b"# a remark\n")
    hashes.append(jobs_of(read_source(path, USUAL).items)[0].content_sha256)
    assert len(set(hashes)) == 3


def test_letters_that_no_file_can_have_refuse_their_row_and_no_other(tmp_path: Path) -> None:
    row = {"orders_csv": orders_csv(), "date": "2026-03-10"}
    bad = [{"streets": "a\0b"}, {"orders_csv": "id\ud800"}, {"fleet": "\ud800"}, {"id": "\ud800"}]
    lines = [row, *(row | wrong for wrong in bad), row]
    found = Lines([json.dumps(line).encode() for line in lines], USUAL, folder=tmp_path).rest()
    assert [job.name for job in jobs_of(found)] == ["line-1", "line-6"]
    assert {line: code for line, (code, _) in refused_of(found).items()} == {
        2: "E-B24",
        3: "E-B24",
        4: "E-O46",
        5: "E-B21",
    }
    rows = days(3)
    rows[1]["streets"] = "a\0b"
    manifest = write_manifest(tmp_path, rows)
    assert [job.name for job in jobs_of(read_source(manifest, USUAL).items)] == ["d0", "d2"]


def test_a_reader_that_breaks_is_told_and_does_not_end_the_lines_well(tmp_path: Path) -> None:
    def broken() -> Iterator[bytes]:
        yield b""
        raise OSError("the pipe broke")

    with pytest.raises(OSError, match="the pipe broke"):
        Lines(broken(), USUAL, folder=tmp_path).rest()


def test_a_shift_that_one_day_has_not_is_refused_on_that_day_only(tmp_path: Path) -> None:
    text = FLEET.read_text().replace('"coquimbo', f'"{FLEET.parent}/coquimbo')
    text = re.sub(r'time_zone = "[^"]*"', 'time_zone = "Europe/Madrid"', text)
    (tmp_path / "fleet.toml").write_text(re.sub(r'shift = "\d\d:\d\d', 'shift = "02:30', text, count=1))
    rows = days(3)
    for row, day in zip(rows, (29, 30, 31), strict=True):  # the clocks go forward on the 29th, from 2 to 3
        row |= {"date": f"2026-03-{day}", "fleet": "fleet.toml"}
    found = read_source(write_manifest(tmp_path, rows), Defaults())
    assert [job.name for job in jobs_of(found.items)] == ["d1", "d2"]
    assert refused_of(found.items)[2][0] == "E-O34"


def test_a_fleet_that_is_written_anew_between_two_lines_is_the_fleet_of_the_second(tmp_path: Path) -> None:
    fleet = tmp_path / "fleet.toml"
    fleet.write_text(FLEET.read_text().replace('"coquimbo', f'"{FLEET.parent}/coquimbo'))
    line = json.dumps({"orders_csv": orders_csv(), "date": "2026-03-10", "fleet": "fleet.toml"}).encode()

    def lines() -> Iterator[bytes]:
        yield line
        fleet.write_text(fleet.read_text() + "# a remark\n")
        yield line

    one, other = jobs_of(Lines(lines(), USUAL, folder=tmp_path).rest())
    assert one.fleet_sha256 != other.fleet_sha256


def test_json_lines_give_jobs_as_they_come_and_bad_lines_are_told(tmp_path: Path) -> None:
    (tmp_path / "o.csv").write_text(orders_csv())
    lines = [
        json.dumps({"id": "a", "orders": "o.csv", "date": "2026-03-10", "iterations": 30, "charging": False}),
        "",
        json.dumps({"id": "b", "orders_csv": orders_csv(2), "date": "2026-03-10"}),
        "{not json",
        "[1]",
        json.dumps({"id": "c", "order": "o.csv"}),
        json.dumps({"id": "A", "orders": "o.csv", "date": "2026-03-10"}),
        json.dumps({"id": "d", "orders": ["o.csv"], "date": "2026-03-10"}),
    ]
    feed = Lines([line.encode() for line in lines], USUAL, folder=tmp_path)
    found = feed.rest()
    assert feed.closed
    one, other = jobs_of(found)
    assert (one.name, one.options.iterations, one.charging) == ("a", 30, False)
    assert (other.name, other.read()) == ("b", orders_csv(2).encode())
    refused = refused_of(found)
    assert {line: code for line, (code, _) in refused.items()} == {
        4: "E-B25",
        5: "E-B25",
        6: "E-B25",
        7: "E-B21",
        8: "E-B25",
    }
    assert 'did you mean "orders"' in refused[6][1]
