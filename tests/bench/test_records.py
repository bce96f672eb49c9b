"""The kept records are what they claim to be: feasible, and better than the best known answers."""

from __future__ import annotations

from pathlib import Path

from tests.bench.sets.catalogue import ROOT, SETS
from tests.bench.sets.records import FOLDER, kept_value, records_table
from tests.bench.sets.scoring import score

RECORDS = sorted(path for path in FOLDER.rglob("*") if path.is_file())


def test_every_record_is_named_after_an_instance_of_its_set(shared: Path) -> None:
    known = {
        Path(bench_set.name, instance.stem) for bench_set in SETS.values() for instance in bench_set.instances(shared)
    }
    assert len(known) > 100
    assert {path.relative_to(FOLDER).with_suffix("") for path in RECORDS} <= known


def test_every_record_beats_the_best_known_answer_and_is_what_its_first_line_says(shared: Path) -> None:
    assert {record.name: fault for record in RECORDS if (fault := fault_of(record, shared))} == {}


def fault_of(record: Path, shared: Path) -> str | None:
    bench_set = SETS[record.parent.name]
    (instance,) = (path for path in bench_set.instances(shared) if path.stem == record.stem)
    scored = score(shared, scorer=bench_set.scorer, instance=instance, solution=record)
    if not scored.feasible or scored.vehicles is None or scored.distance is None:
        return f"infeasible: {scored.violations}"
    if not bench_set.best(shared)[record.stem].is_beaten_by(scored.vehicles, scored.distance):
        return f"{scored.vehicles} / {scored.distance} does not beat the best known answer"
    stated_vehicles, stated_distance = kept_value(record)
    if (stated_vehicles, round(stated_distance, 4)) != (scored.vehicles, round(scored.distance, 4)):
        return f"scores {scored.vehicles} / {scored.distance}, not what it states"
    return None


def test_the_page_of_records_lists_them_all() -> None:
    page = (ROOT / "docs" / "records.md").read_text(encoding="utf-8")
    assert records_table(FOLDER) in page


def test_a_best_known_answer_itself_is_no_record(shared: Path, tmp_path: Path) -> None:
    record = tmp_path / "evrptw-small" / "r203C5.txt"
    record.parent.mkdir()
    published = (shared / "bench" / "evrptw" / "solutions" / record.name).read_text()
    record.write_text("# 1 vehicles, 170.0; best known 1, 179.0559\n" + published)
    assert (fault_of(record, shared) or "").endswith("does not beat the best known answer")
    record.write_text("# 1 vehicles, 170.0; best known 1, 179.0559\nD0 C25 D0\n")
    assert "infeasible" in (fault_of(record, shared) or "")
