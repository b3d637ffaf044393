"""The made-up papers, pictures and films are what they say they are, and always the same bytes."""

from __future__ import annotations

import io
import random
from collections.abc import Callable
from datetime import date
from typing import Any

import filetype
import pypdfium2
import pytest
import python_calamine
from pymediainfo import MediaInfo

from iid.tasks.demo import film as video
from iid.tasks.demo import office_files, papers, pictures, prose
from iid.tasks.demo.biff_writer import xls

FACTS = prose.Facts(
    "PERAHU SEHAT",
    "Dinas Kesehatan",
    "Kabupaten Banjar",
    "Kesehatan",
    "ibu hamil jarang memeriksakan diri",
    "ibu hamil di tepian sungai",
    "mengirim bidan dengan perahu",
    "kunjungan naik menjadi 86 persen",
)
PAPER = {"title": "SURAT TUGAS", "about": "TIM PENGELOLA"}


def document(layout: str = "decision") -> prose.Document:
    return prose.compose(layout, PAPER, FACTS, date(2025, 3, 1), random.Random(layout))  # noqa: S311


def text_of(pdf: bytes) -> str:
    opened = pypdfium2.PdfDocument(pdf)
    return "\n".join(page.get_textpage().get_text_bounded() for page in opened)


@pytest.mark.parametrize("layout", sorted(prose.LAYOUTS))
def test_every_paper_names_innovation_and_region_and_says_that_it_is_an_example(layout: str) -> None:
    text = " ".join(text_of(papers.text_pdf(document(layout))).split())
    assert "PERAHU SEHAT" in text
    assert "KABUPATEN BANJAR" in text
    assert "2025" in text
    assert "CONTOH. Dokumen rekaan" in text


def test_a_retyped_paper_has_the_same_text_in_other_bytes() -> None:
    first, second = papers.text_pdf(document()), papers.text_pdf(document(), variant=1)
    assert first != second
    assert text_of(first) == text_of(second)


def test_a_scan_has_no_text() -> None:
    pdf = papers.scanned_pdf(document(), random.Random(1))  # noqa: S311
    assert text_of(pdf).strip() == ""
    assert len(pypdfium2.PdfDocument(pdf)) == 1


def test_a_locked_paper_needs_its_password() -> None:
    pdf = papers.text_pdf(document(), password="contoh")  # noqa: S106
    with pytest.raises(pypdfium2.PdfiumError, match="password"):
        pypdfium2.PdfDocument(pdf)
    assert len(pypdfium2.PdfDocument(pdf, password="contoh")) == 1  # noqa: S106


@pytest.mark.parametrize("layout", sorted(prose.LAYOUTS))
def test_a_cut_off_paper_does_not_open(layout: str) -> None:
    with pytest.raises(pypdfium2.PdfiumError):
        pypdfium2.PdfDocument(papers.cut_off(papers.text_pdf(document(layout))))


def test_the_film_is_an_mp4_of_the_stated_length() -> None:
    frame = pictures.encode(pictures.photo("Manfaat", random.Random(1), size=(480, 360)), "JPEG")  # noqa: S311
    film = video.mp4([frame] * 5, 12, (480, 360))
    tracks = {track.track_type: track for track in MediaInfo.parse(io.BytesIO(film)).tracks}
    assert filetype.guess(film).mime == "video/mp4"
    assert tracks["General"].duration == 60_000
    assert (tracks["Video"].format, tracks["Video"].width, tracks["Video"].height) == ("JPEG", 480, 360)


def test_the_old_workbook_opens_as_excel_97() -> None:
    data = xls(
        {"Profil": [["Isian", "Jawaban"], ["Nama Inovasi", "Café “Sungai”"]], "Angka": [[16, None, 2.5]]}
    )
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    assert book.sheet_names == ["Profil", "Angka"]
    assert book.get_sheet_by_name("Profil").to_python()[1] == ["Nama Inovasi", "Café “Sungai”"]
    assert book.get_sheet_by_name("Angka").to_python() == [[16.0, "", 2.5]]


def test_a_long_old_workbook_needs_more_than_one_table_of_sectors() -> None:
    rows = [["teks " * 150 + str(line)] for line in range(120)]
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(xls({"Profil": rows})))
    assert book.get_sheet_by_name("Profil").to_python() == rows


MAKERS: dict[str, Callable[[], bytes]] = {
    "pdf": lambda: papers.text_pdf(document()),
    "locked": lambda: papers.text_pdf(document(), password="contoh"),  # noqa: S106
    "scan": lambda: papers.scanned_pdf(document(), random.Random(3)),  # noqa: S311
    "docx": lambda: office_files.docx(document("list")),
    "pptx": lambda: office_files.pptx(document("list")),
    "xlsx": lambda: office_files.xlsx(document("list")),
    "zip": lambda: office_files.archive({"b.txt": b"2", "a.txt": b"1"}),
    "photo": lambda: pictures.encode(pictures.photo("Sosialisasi", random.Random(3)), "JPEG"),  # noqa: S311
    "screen": lambda: pictures.encode(pictures.screen("Layanan", ["satu"], random.Random(3)), "PNG"),  # noqa: S311
}


@pytest.mark.parametrize("kind", sorted(MAKERS))
def test_the_same_plan_gives_the_same_bytes(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    first = MAKERS[kind]()
    real = time.localtime
    monkeypatch.setattr(time, "localtime", lambda *_: real(1_000_000_000))  # what zipfile stamps members with
    assert MAKERS[kind]() == first


@pytest.mark.parametrize(
    ("kind", "mime"), [("docx", "wordprocessingml"), ("pptx", "presentationml"), ("zip", "zip")]
)
def test_office_files_are_recognised_by_content(kind: str, mime: str) -> None:
    guessed: Any = filetype.guess(MAKERS[kind]())
    assert mime in guessed.mime
