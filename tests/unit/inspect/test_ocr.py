"""Real scans, made on the spot, read by the real tesseract in the guarded worker."""

from __future__ import annotations

import io
import shutil

import pandas as pd
import pytest
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from iid.tasks.inspect.ledger import scans
from iid.tasks.inspect.ledger.scans import ocr_version, read_scans
from iid.tasks.inspect.local_engine import Here
from iid.tasks.sandbox.facts import text_of
from iid.tasks.sandbox.limits import Limits
from iid.tasks.shares.folder_drive import FolderDrive
from iid.tasks.values.errors import FailedError

PREFIX = "63.03/2026"
FOLDER = "01 Dinas/Inovasi/bukti/16 Regulasi/"
LINES = ("KEPUTUSAN BUPATI BANJAR", "Menetapkan inovasi SIPANDU", "Ditetapkan di Martapura")

needs_tesseract = pytest.mark.skipif(shutil.which("tesseract") is None, reason="tesseract is not installed")


def scan(*lines: str) -> Image.Image:
    """A page as a scanner gives it: grey, a little blurred, a little askew."""
    page = Image.new("L", (1240, 900), 250)
    draw = ImageDraw.Draw(page)
    font = ImageFont.load_default(44)
    for number, line in enumerate(lines):
        draw.text((120, 120 + 90 * number), line, fill=30, font=font)
    return page.rotate(0.4, fillcolor=250).filter(ImageFilter.GaussianBlur(0.8))


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


@pytest.fixture
def read(share, store, run):
    """Inspect the share, then read its scans; gives the texts by path."""

    def once(**limits: int) -> dict[str, str]:
        found = run()
        texts = read_scans(
            FolderDrive(share.root),
            found.evidence,
            found.facts,
            engine=Here(1),
            store=store,
            prefix=PREFIX,
            limits=Limits(**limits).for_ocr(2),
        )
        by_hash = {sha256: text_of(text) for sha256, text in zip(texts["sha256"], texts["text"], strict=True)}
        rows = found.evidence
        return {
            s.rpartition("/")[2]: by_hash[h]
            for s, h in zip(rows["source"], rows["sha256"], strict=True)
            if h in by_hash
        }

    return once


@needs_tesseract
def test_a_scanned_pdf_and_a_photo_are_read(share, read, make) -> None:
    page = scan(*LINES)
    share.put(FOLDER + "sk.pdf", saved(page, "PDF", resolution=110))
    share.put(FOLDER + "foto.jpg", saved(page.convert("RGB"), "JPEG", quality=70))
    share.put(FOLDER + "teks.pdf", make.pdf("Keputusan dengan teks sendiri"))
    share.put(FOLDER + "putih.png", saved(Image.new("RGB", (300, 300), "white"), "PNG"))
    texts = read()
    assert set(texts) == {"sk.pdf", "foto.jpg"}
    for text in texts.values():
        assert "KEPUTUSAN BUPATI BANJAR" in text
        assert "SIPANDU" in text


@needs_tesseract
def test_facts_are_the_same_with_and_without_ocr(share, read, run) -> None:
    share.put(FOLDER + "sk.pdf", saved(scan(*LINES), "PDF", resolution=110))
    before = run()
    read()
    after = run()
    pd.testing.assert_frame_equal(before.facts, after.facts)
    assert after.evidence["text_sha256"].tolist() == [""]


@needs_tesseract
def test_a_scan_and_its_copies_are_read_once(share, read, monkeypatch) -> None:
    data = saved(scan(*LINES), "PNG")
    share.put(FOLDER + "sk.png", data)
    first = read()["sk.png"]
    share.put(FOLDER + "salinan.png", data)
    monkeypatch.setattr(scans, "_Keeper", lambda *_: pytest.fail("read again"))
    assert read() == {"sk.png": first, "salinan.png": first}


@needs_tesseract
def test_only_the_first_pages_are_read_and_that_is_reported(share, run, store) -> None:
    page = scan(*LINES)
    share.put(
        FOLDER + "tebal.pdf", saved(page, "PDF", save_all=True, append_images=[page] * 3, resolution=110)
    )
    found = run()
    texts = read_scans(
        FolderDrive(share.root), found.evidence, found.facts,
        engine=Here(1), store=store, prefix=PREFIX, limits=Limits().for_ocr(1),
    )  # fmt: skip
    assert texts[["pages", "pages_read"]].to_numpy().tolist() == [[4, 1]]


@needs_tesseract
def test_of_a_mixed_document_the_scanned_pages_are_read(share, read, make) -> None:
    from pypdfium2 import PdfDocument

    whole = PdfDocument.new()
    for part in (make.pdf("Satu", "Dua"), saved(scan(*LINES), "PDF", resolution=110), make.pdf("Tiga")):
        whole.import_pages(PdfDocument(part))
    out = io.BytesIO()
    whole.save(out)
    share.put(FOLDER + "campur.pdf", out.getvalue())
    text = read()["campur.pdf"]
    assert "SIPANDU" in text
    assert "Dua" not in text


@needs_tesseract
def test_a_lost_or_spoilt_memory_costs_time_only(share, read, store) -> None:
    share.put(FOLDER + "sk.png", saved(scan(*LINES), "PNG"))
    first = read()
    store.put(f"{PREFIX}/_ocr/texts.arrow", b"rusak")
    assert read() == first


@needs_tesseract
def test_the_version_names_program_language_and_pages() -> None:
    assert ocr_version(5).startswith("ocr 2; tesseract ")
    assert "; ind; pages 5; " in ocr_version(5)
    assert ocr_version(5) != ocr_version(4)


def test_without_the_program_the_message_is_plain(monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    ocr_version.cache_clear()
    with pytest.raises(FailedError, match=r"--ocr memerlukan program tesseract.*jalankan tanpa --ocr"):
        ocr_version(5)


def test_without_the_language_the_message_is_plain(monkeypatch, tmp_path) -> None:
    program = tmp_path / "tesseract"
    program.write_text("#!/bin/sh\necho tesseract 5.3.0\necho eng\n", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    ocr_version.cache_clear()
    with pytest.raises(FailedError, match="tidak mempunyai bahasa ind"):
        ocr_version(5)
