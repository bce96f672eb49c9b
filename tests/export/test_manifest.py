"""The printed manifest: what stands on it, in which order, and that a printer and a telephone can read it."""

from __future__ import annotations

import re
from dataclasses import replace
from io import BytesIO
from itertools import chain
from typing import Any

import numpy as np
import pypdf
import pypdfium2
import pytest
import zxingcpp

from planner.export.job import Job
from planner.export.links import way_links
from planner.export.pdf import pdf_of
from planner.export.sheets import vehicle_sheet
from planner.export.trips import trips_of
from planner.language.words import LANGUAGES, Words
from planner.plan import Plan
from planner.report.view import PlanView
from tests.export import plans
from tests.export.conftest import made, manifest, pdf_of_vehicle, pictures, text_of

A4_MM = (210, 297)
MM_PER_POINT = 25.4 / 72
MARGIN_MM = 11.5


def printed(name: str, language: str = "en") -> bytes:
    return pdf_of_vehicle(manifest(name, language))


def with_first_order(**overrides: Any) -> Plan:
    plan = plans.sixty_stops()
    orders = (replace(plan.day.orders[0], **overrides), *plan.day.orders[1:])
    return replace(plan, day=replace(plan.day, orders=orders))


def letters(pdf: bytes) -> list[tuple[float, float, float, float]]:
    """Return left, bottom, right and top of every letter, in millimetres on its page."""
    boxes = []
    for page in pypdfium2.PdfDocument(pdf):
        text = page.get_textpage()
        boxes += [text.get_charbox(i) for i in range(text.count_chars())]
    return [tuple(edge * MM_PER_POINT for edge in box) for box in boxes if box[2] > box[0]]


def test_every_one_of_sixty_stops_is_there_in_order_with_its_address_and_time() -> None:
    text = text_of(printed("sixty_stops"))
    stops = text[text.index("Stops in order") :]
    found = re.findall(r"S\d{3}", stops)
    assert found == [f"S{i:03d}" for i in range(1, 61)]
    for i in range(1, 61):
        assert f"Calle de la Constitución {i}, Departamento {i % 7}, La Serena" in stops
    # 8:00, ten minutes to load, then five of driving and three of service for each stop
    assert re.findall(r"\b(\d\d:\d\d) ?–", stops.replace("08:00–16:00", ""))[:3] == ["08:15", "08:23", "08:31"]


def test_the_load_list_has_the_last_stop_first() -> None:
    text = text_of(printed("sixty_stops"))
    loading = text[text.index("Load list") : text.index("Stops in order")]
    assert re.findall(r"S\d{3}", loading) == [f"S{i:03d}" for i in range(60, 0, -1)]
    assert "90 parcels, 90.0 kg, 240 l" in loading


def test_it_is_a4_numbered_and_no_longer_than_five_pages_for_sixty_stops() -> None:
    pages = pypdf.PdfReader(BytesIO(printed("sixty_stops"))).pages
    sizes = {(round(p.mediabox.width * MM_PER_POINT), round(p.mediabox.height * MM_PER_POINT)) for p in pages}
    assert sizes == {A4_MM}
    assert len(pages) <= 5
    assert all(f"Page {i}/{len(pages)}" in page.extract_text() for i, page in enumerate(pages, start=1))


@pytest.mark.parametrize("name", ["sixty_stops", "everything", "hostile"])
def test_no_letter_leaves_the_margins(name: str) -> None:
    boxes = letters(printed(name))
    assert len(boxes) > 500
    assert min(box[0] for box in boxes) >= MARGIN_MM
    assert max(box[2] for box in boxes) <= A4_MM[0] - MARGIN_MM


def test_a_word_of_three_hundred_letters_is_broken_and_whole() -> None:
    plan = with_first_order(address="x" * 300, notes="y" * 300)
    pdf = pdf_of_vehicle(made(plan, "manifest"))
    assert max(box[2] for box in letters(pdf)) <= A4_MM[0] - MARGIN_MM
    text = text_of(pdf)
    assert text.count("x") >= 300
    assert text.count("y") >= 300


def test_notes_longer_than_a_page_run_on_and_lose_nothing() -> None:
    notes = " ".join(f"word{i}" for i in range(2_500))
    text = text_of(pdf_of_vehicle(made(with_first_order(notes=notes), "manifest")))
    assert re.findall(r"word\d+", text) == notes.split()


@pytest.mark.parametrize("name", ["sixty_stops", "everything"])
def test_every_qr_code_is_read_back_from_the_printed_page_as_the_link_of_its_stops(name: str) -> None:
    plan: Plan = getattr(plans, name)()
    trips = trips_of(PlanView(plan), plan.routes[0])
    expected = [link.url for trip in trips for link in way_links(trip)]
    black_or_white = [np.where(page[:, :, 0] < 128, 0, 255).astype(np.uint8) for page in pictures(printed(name))]
    read = [code.text for code in chain.from_iterable(map(zxingcpp.read_barcodes, black_or_white))]
    assert sorted(read) == sorted(expected)


def test_nothing_on_the_page_is_coloured() -> None:
    for page in pictures(printed("everything")):
        assert (page.max(axis=2) == page.min(axis=2)).all()


def test_every_font_is_inside_the_file() -> None:
    fonts = {}
    for page in pypdf.PdfReader(BytesIO(printed("everything"))).pages:
        for font in page["/Resources"]["/Font"].values():  # type: ignore[index]
            described = font["/DescendantFonts"][0]["/FontDescriptor"]
            fonts[font["/BaseFont"]] = any(key in described for key in ("/FontFile2", "/FontFile3"))
    assert fonts
    assert all(fonts.values())
    assert all("DejaVuSans" in name for name in fonts)


def test_latin_greek_and_cyrillic_letters_are_shown() -> None:
    text = text_of(printed("everything"))
    for address in ("Łódzka 1", "Οδός Ερμού 5", "улица Ленина 7", "Größe 9", "Ñuñoa 11", "Zoë Ångström", "Код 42#"):
        assert address in text


def test_every_kind_of_step_and_remark_is_told() -> None:
    text = text_of(printed("everything"))
    for phrase in (
        "Driver Zoë Ångström",
        "08:00 start at -29.940000, -71.320000, drive to the depot",
        "Load at hub, 08:05–08:15",
        "Leave at 08:15 with 98%",
        "09:00–10:00, 14:00–15:00",
        "Stay parked · Walk, 3 min there and back",
        "Wait until 08:48 · Needs: cold",
        "Break: 08:51–09:21, 30 min",
        "Charge at Plaza",
        "Plug station-1: 09:26–09:38, 12 min, 0.40 kWh, up to 98%",
        "Pick up for bring",
        "Bring what fetch gave",
        "Charge. Plug hub-1: 09:59–10:09, 10 min, 0.30 kWh, up to 98%",
        "Change the battery for a full one: 10:09–10:13",
        "Leave at 10:13 with 100%",
        "Late by 138 min",
        "Park at Łódzka 1 and walk, 2 min there and back",
        "Back at hub",
        "End at -29.940000, -71.320000",
        "After the return: plug hub-2, 18:00–20:00, 1.25 kWh",
        "Tomorrow 0.15 kWh of the start charge will be missing",
    ):
        assert phrase in text


def test_the_sheet_of_the_day_tells_money_in_the_plans_currency_and_what_is_left_out() -> None:
    text = text_of(manifest("everything")["00-day.pdf"])
    assert "€1,234.50" in text
    assert "left Too heavy street too heavy 900 kg, the largest bay takes 100 kg" in text
    assert "1.234,50 €" in text_of(manifest("everything", "de")["00-day.pdf"]).replace("\xa0", " ")
    assert "CLP" in text_of(manifest("hostile")["00-day.pdf"])


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("de", ("Dienstag, 12. Mai 2026", "Tour 1 von 2", "Ladeliste", "184,0 kg")),
        ("fr", ("mardi 12 mai 2026", "Tournée 1 sur 2", "Liste de chargement", "184,0 kg")),
        ("es", ("martes, 12 de mayo de 2026", "Viaje 1 de 2", "Lista de carga", "184,0 kg")),
    ],
)
def test_a_language_has_its_own_words_dates_and_numbers(language: str, words: tuple[str, ...]) -> None:
    assert language in LANGUAGES
    text = text_of(printed("everything", language))
    assert [word for word in words if word not in text] == []


def test_texts_that_mean_harm_stand_on_the_page_as_they_are() -> None:
    text = text_of(printed("hostile"))
    for harm in plans.HOSTILE[:4]:
        assert "".join(harm.split()) in "".join(text.split())
    assert "\\x1b[31m\\x07\\u202egnp.exe" in text
    reader = pypdf.PdfReader(BytesIO(printed("hostile")))
    assert "/OpenAction" not in reader.root_object
    assert not any("/Annots" in page for page in reader.pages)


def test_a_letter_that_no_font_has_is_a_box_with_a_note_and_everything_else_is_there() -> None:
    plan = with_first_order(address="Cuneiform 𒀀 street")
    job = Job(plan, Words("en"))
    pdf, all_shown = pdf_of(vehicle_sheet(job, plan.routes[0]))
    assert not all_shown
    text = text_of(pdf)
    assert "□ stands for a letter that no font of this computer shows" in text
    assert re.findall(r"S\d{3}", text[text.index("Stops in order") :]) == [f"S{i:03d}" for i in range(1, 61)]


def test_the_same_plan_gives_the_same_bytes() -> None:
    assert made(plans.everything(), "manifest") == manifest("everything")
