"""PDF: opens, locked, pages, text, scripts."""

from __future__ import annotations

import io

import pytest

from iid.tasks.inspect.inspectors.normalised_text import text_facts


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


@pytest.mark.parametrize("lost", [1, 20, 40, 60, 90])
def test_a_pdf_that_lost_its_last_bytes_counts_as_damaged(make, facts_of, lost: int) -> None:
    facts = facts_of(make.pdf("Keputusan Bupati", "Lampiran")[:-lost])
    assert (facts.problem, facts.pages, facts.text_pages) == ("", 2, 2)
    assert facts.damaged == (lost > 6)  # only the mark of the end is no loss


def test_a_pdf_whose_index_is_overwritten_counts_as_damaged(make, facts_of) -> None:
    whole = make.pdf("Keputusan Bupati")
    start = whole.index(b"\nxref")
    facts = facts_of(whole[:start] + b"\nxref\n0 9\nrusak\nstartxref\n9\n%%EOF\n")
    assert (facts.problem, facts.pages, facts.damaged) == ("", 1, True)


def test_a_cut_pdf_whose_catalogue_is_at_its_beginning_is_unreadable(make, facts_of) -> None:
    kids = b" ".join(b"%d 0 R" % number for number in range(3, 13))
    pages = [
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents %d 0 R>>" % (n + 10) for n in range(3, 13)
    ]
    drawn = [b"<</Length 14>>stream\n0 0 5 5 re f  \nendstream"] * 10
    tree = b"<</Type/Pages/Count 10/Kids[%s]>>" % kids
    whole = make.raw_pdf(b"<</Type/Catalog/Pages 2 0 R>>", tree, *pages, *drawn)
    assert facts_of(whole).problem == ""
    assert facts_of(whole[: whole.index(b"17 0 obj")]).problem == "unreadable"


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
    from iid.tasks.inspect.inspectors.registry import inspect
    from iid.tasks.sandbox.content import Content
    from iid.tasks.sandbox.limits import Limits

    data = make.pdf("satu", "dua")
    path = tmp_path / "a.pdf"
    path.write_bytes(data)
    with path.open("rb") as file:
        assert inspect(Content(file, len(data)), Limits()) == inspect(Content.of(data), Limits())


BSRE = (
    "Dokumen ini telah ditandatangani secara elektronik menggunakan sertifikat elektronik yang diterbitkan",
    "oleh Balai Sertifikasi Elektronik (BSrE), Badan Siber dan Sandi Negara (BSSN).",
    "UU ITE No. 11 Tahun 2008 Pasal 5 Ayat 1: Informasi Elektronik dan/atau Dokumen Elektronik",
    "dan/atau hasil cetaknya merupakan alat bukti hukum yang sah.",
)


def scanned(make, *pages: tuple[tuple[float, str], ...], cover: float = 1.0, turned: int = 0) -> bytes:
    """Pages under a picture, each with lines of text at a height (points from below)."""
    from reportlab.lib.utils import ImageReader
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(595, 842), invariant=True)
    picture = ImageReader(io.BytesIO(make.picture(seed=1)))
    for lines in pages:
        canvas.setPageRotation(turned)
        if cover:
            canvas.drawImage(picture, 0, 0, 595, 842 * cover)
        canvas.setFont("Helvetica", 7)
        for height, line in lines:
            canvas.drawString(40, height, line)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


FOOTER = ((20.0, "Dipindai dengan CamScanner"),)
SIGNED = tuple((60.0 - 10 * row, line) for row, line in enumerate(BSRE))


@pytest.mark.parametrize("lines", [(), FOOTER, SIGNED, ((820.0, "Scanned with ACE Scanner 1/2"),)])
def test_a_scan_with_a_printed_footer_has_no_text(make, facts_of, lines) -> None:
    facts = facts_of(scanned(make, lines, lines))
    assert (facts.pages, facts.text_pages, facts.scan_pages) == (2, 0, 2)
    assert (facts.text_sha256, facts.text_chars, facts.sketch, facts.text.strip()) == ("", 0, "", "")


def test_a_line_in_the_middle_of_a_picture_is_kept_and_the_page_is_a_scan(make, facts_of) -> None:
    facts = facts_of(scanned(make, ((420.0, "Inovasi SIPANDU"), *FOOTER)))
    assert (facts.scan_pages, facts.text_pages, facts.text.strip()) == (1, 0, "Inovasi SIPANDU")


def test_a_page_with_a_paragraph_over_a_picture_is_text(make, facts_of) -> None:
    lines = tuple((700.0 - 12 * row, "Menimbang bahwa inovasi ini meningkatkan mutu") for row in range(6))
    facts = facts_of(scanned(make, lines))
    assert (facts.scan_pages, facts.text_pages) == (0, 1)


def test_a_picture_over_half_of_the_page_and_a_footer_are_a_scan(make, facts_of) -> None:
    facts = facts_of(scanned(make, FOOTER, cover=0.5))
    assert (facts.scan_pages, facts.text_pages, facts.text.strip()) == (1, 0, "")


def test_a_small_picture_makes_no_scan(make, facts_of) -> None:
    facts = facts_of(scanned(make, ((700.0, "Keputusan Bupati"),), cover=0.4))
    assert (facts.scan_pages, facts.text_pages) == (0, 1)


def test_pages_of_a_mixed_document_are_counted_apart(make, facts_of) -> None:
    from pypdfium2 import PdfDocument

    whole = PdfDocument.new()
    for part in (make.pdf("Keputusan Bupati", ""), scanned(make, FOOTER, SIGNED)):
        whole.import_pages(PdfDocument(part))
    out = io.BytesIO()
    whole.save(out)
    facts = facts_of(out.getvalue())
    assert (facts.pages, facts.text_pages, facts.scan_pages) == (4, 1, 2)
    assert facts.text.strip() == "Keputusan Bupati"


@pytest.mark.parametrize("turned", [90, 180, 270])
def test_a_turned_scan_is_a_scan(make, facts_of, turned: int) -> None:
    assert facts_of(scanned(make, (), turned=turned)).scan_pages == 1


def test_filled_fields_and_notes_are_text(make, facts_of) -> None:
    page = b"<</Type /Page /Parent 2 0 R /MediaBox [0 0 300 300] /Annots [4 0 R 5 0 R 6 0 R]>>"
    data = make.raw_pdf(
        b"<</Type /Catalog /Pages 2 0 R /AcroForm <</Fields [4 0 R 6 0 R]>>>>",
        b"<</Type /Pages /Kids [3 0 R] /Count 1>>",
        page,
        b"<</Type /Annot /Subtype /Widget /FT /Tx /T (nama) /V (Inovasi SIPANDU) /Rect [0 0 90 20]>>",
        b"<</Type /Annot /Subtype /FreeText /Contents (Disetujui Bupati) /Rect [0 40 90 60]>>",
        b"<</Type /Annot /Subtype /Widget /FT /Btn /T (ya) /V /Yes /Rect [0 70 20 90]>>",
    )
    facts = facts_of(data)
    assert (facts.text_pages, facts.scan_pages, facts.blank) == (1, 0, False)
    assert facts.text.split() == ["Inovasi", "SIPANDU", "Disetujui", "Bupati"]


def test_a_form_of_which_only_please_wait_is_shown_is_unreadable(make, facts_of) -> None:
    def form(catalog: bytes, words: bytes) -> bytes:
        stream = b"BT /F1 12 Tf 20 200 Td (" + words + b") Tj ET"
        return make.raw_pdf(
            b"<</Type /Catalog /Pages 2 0 R " + catalog + b">>",
            b"<</Type /Pages /Kids [3 0 R] /Count 1>>",
            b"<</Type /Page /Parent 2 0 R /MediaBox [0 0 600 300] /Contents 4 0 R"
            b" /Resources <</Font <</F1 <</Type /Font /Subtype /Type1 /BaseFont /Helvetica>>>>>>>>",
            b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream),
            b"<</Length 6>>stream\n<xdp/>\nendstream",
        )

    xfa = b"/NeedsRendering true /AcroForm <</Fields [] /XFA 5 0 R>>"
    for shown in (
        b"Please wait... If this message is not eventually replaced",
        b"The document you are trying to load requires Adobe Reader 8 or higher.",
        b"To view the full contents of this document, you need a later version of the PDF viewer.",
    ):
        facts = facts_of(form(xfa, shown))
        assert (facts.problem, facts.readable) == ("unreadable", False)
        assert "XFA" in facts.detail
    assert facts_of(form(xfa, b"Formulir pendaftaran")).readable
    assert facts_of(form(b"", b"Please wait for the bus")).readable


def test_one_broken_page_of_many_is_damage_and_of_few_a_fault(make, facts_of) -> None:
    def book(count: int) -> bytes:
        kids = b" ".join(b"%d 0 R" % (3 + n) for n in range(count))
        page = b"<</Type /Page /Parent 2 0 R /MediaBox [0 0 9 9]>>"
        pages = [page] * (count - 1) + [b"(rusak)"]
        root = b"<</Type /Pages /Kids [" + kids + b"] /Count %d>>" % count
        return make.raw_pdf(b"<</Type /Catalog /Pages 2 0 R>>", root, *pages)

    many, few = facts_of(book(12)), facts_of(book(4))
    assert (many.problem, many.damaged, many.detail) == ("", True, "halaman 12 rusak")
    assert (few.problem, few.detail) == ("unreadable", "1 dari 4 halaman rusak")
