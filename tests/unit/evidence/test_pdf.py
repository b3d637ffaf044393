"""PDF: opens, locked, pages, text, scripts."""

from __future__ import annotations

import io

import pytest

from iid.tasks.evidence.normalising import text_facts


def test_pages_and_text_of_every_page_are_read(make, facts_of) -> None:
    facts = facts_of(make.pdf("Keputusan Bupati", "", "Inovasi SIPANDU"))
    assert (facts.pages, facts.text_pages, facts.readable, facts.problem) == (3, 2, True, "")
    assert "Inovasi SIPANDU" in facts.text
    assert (facts.text_sha256, facts.text_chars) == text_facts("keputusan bupati INOVASI  sipandu")


def test_same_text_in_other_bytes_has_the_same_text_hash(make, facts_of) -> None:
    one, other = make.pdf("Surat Edaran Nomor 5"), make.pdf("Surat Edaran, nomor 5", pageCompression=0)
    assert one != other
    assert facts_of(one).text_sha256 == facts_of(other).text_sha256


def test_a_scan_has_pages_and_no_text(make, facts_of, tmp_path) -> None:
    from PIL import Image

    out = io.BytesIO()
    Image.open(io.BytesIO(make.picture())).save(out, "PDF")
    facts = facts_of(out.getvalue())
    assert (facts.pages, facts.text_pages, facts.text_sha256, facts.text_chars) == (1, 0, "", 0)
    assert not facts.blank


def test_a_pdf_that_asks_for_a_password_is_encrypted(make, facts_of) -> None:
    assert facts_of(make.pdf("rahasia", encrypt="sandi")).problem == "encrypted"


def test_a_pdf_locked_only_against_editing_is_readable(make, facts_of) -> None:
    from reportlab.lib.pdfencrypt import StandardEncryption

    facts = facts_of(make.pdf("boleh dibaca", encrypt=StandardEncryption("", "pemilik", canModify=0)))
    assert facts.readable
    assert "boleh dibaca" in facts.text


@pytest.mark.parametrize("part", [0.1, 0.3, 0.5, 0.8])
def test_a_pdf_that_was_cut_while_copied_is_unreadable(make, facts_of, part: float) -> None:
    data = make.pdf(*[f"halaman {n} " * 20 for n in range(8)])
    facts = facts_of(data[: int(len(data) * part)])
    assert (facts.format, facts.problem, facts.readable) == ("pdf", "unreadable", False)
    assert "terpotong" in facts.detail


def test_a_pdf_cut_so_that_its_pages_still_load_is_seen_by_their_emptiness(make, facts_of) -> None:
    page = b"<</Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>"
    whole = make.raw_pdf(b"<</Type /Catalog /Pages 2 0 R>>", b"<</Type /Pages /Kids [3 0 R] /Count 1>>", page)
    head, _, _ = whole.partition(b"xref")
    facts = facts_of(head + b"trailer <</Root 1 0 R>>\n")
    assert facts.problem == "unreadable"
    assert facts.detail == "terpotong: halaman 1 dari 1 tidak ada isinya"
    assert facts_of(whole).blank


def test_only_a_header_is_unreadable(facts_of) -> None:
    assert facts_of(b"%PDF-1.7\nini bukan pdf").problem == "unreadable"


def test_a_text_that_mentions_the_pdf_header_is_a_text(facts_of) -> None:
    facts = facts_of(b"Berkas PDF diawali %PDF-1.7 pada byte pertama.\n")
    assert (facts.format, facts.readable) == ("txt", True)


def test_scripts_and_embedded_files_are_counted(make, facts_of) -> None:
    base = [
        b"<</Type /Catalog /Pages 2 0 R /OpenAction <</S /JavaScript /JS (app.alert(1))>>>>",
        b"<</Type /Pages /Kids [3 0 R] /Count 1>>",
        b"<</Type /Page /Parent 2 0 R /MediaBox [0 0 9 9]>>",
    ]
    assert facts_of(make.raw_pdf(*base)).macros
    plain = b"<</Type /Catalog /Pages 2 0 R /Names <</EmbeddedFiles <</Names [(a) 4 0 R]>>>>>>"
    attached = make.raw_pdf(plain, *base[1:], b"<</Type /Filespec /F (a) /EF <<>>>>")
    facts = facts_of(attached)
    assert (facts.macros, facts.attachments) == (False, 1)


def test_text_and_pages_stop_at_their_limits(make, facts_of) -> None:
    data = make.pdf(*["kata " * 20] * 10)
    assert facts_of(data, pages=2).text_pages == 2
    assert facts_of(data, pages=2).pages == 10
    assert facts_of(data, text=150).text_chars <= 150


def test_a_large_file_is_read_from_disk_with_the_same_facts(make, tmp_path) -> None:
    from iid.tasks.evidence.content import Content
    from iid.tasks.evidence.inspectors import inspect
    from iid.tasks.evidence.limits import Limits

    data = make.pdf("satu", "dua")
    path = tmp_path / "a.pdf"
    path.write_bytes(data)
    with path.open("rb") as file:
        assert inspect(Content(file, len(data)), Limits()) == inspect(Content.of(data), Limits())
