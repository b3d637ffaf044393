"""What is worth knowing of a picture, film or document reaches the people who look at the claim."""

from __future__ import annotations

from PIL import ExifTags, Image

from iid.tasks.inspect.ledger import arrow_tables
from iid.tasks.inspect.ledger.description import phrases
from iid.tasks.sandbox.facts import Facts, as_record

FOLDER = "01 Dinas/Inovasi/bukti/16 Regulasi/"


def phrase(**facts: object) -> str:
    own = {"sha256": "", "size": 0, "text": b"", "version": ""}
    [shown] = phrases(arrow_tables.facts_rows([as_record(Facts(**facts)) | own])).to_pylist()
    return shown


def test_a_photo_reports_size_time_and_camera() -> None:
    shown = phrase(width=4000, height=3000, taken_at="2025-11-13T16:35:34", origin="samsung SM-A125F")
    assert shown == "4000 x 3000 piksel; diambil 2025-11-13 16.35; dibuat dengan samsung SM-A125F"


def test_a_film_reports_its_length() -> None:
    assert phrase(format="mp4", duration_s=365) == "durasi 6 menit 5 detik"


def test_a_pdf_reports_pages_without_text_and_what_is_embedded() -> None:
    shown = phrase(format="pdf", pages=5, text_pages=3, attachments=2, macros=True)
    assert shown == "2 halaman tanpa teks; 2 berkas disisipkan di dalamnya; berisi makro atau skrip"


def test_a_scan_and_a_plain_document_tell_nothing_more() -> None:
    assert phrase(format="pdf", pages=5, text_pages=0) == ""
    assert phrase(format="docx") == ""


def test_of_what_does_not_open_only_the_reason_is_reported() -> None:
    assert phrase(problem="unreadable", readable=False, detail="rusak", width=5, height=5) == "rusak"


def test_content_and_name_are_reported_beside_each_file(share, run, make) -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Make], exif[ExifTags.Base.Model] = "Canon", "EOS 90D"
    photo = make.picture(exif=exif.tobytes())
    share.put(FOLDER + "IMG-20251113-WA0004.jpg", photo)
    share.put(FOLDER + "kamera.jpg", photo)
    share.put(FOLDER + "video.mp4", make.mp4(75))
    share.put(FOLDER + "surat.pdf", make.pdf("Keputusan"))
    share.put(FOLDER + "rusak.pdf", make.pdf("Keputusan")[:300])
    rows = run().evidence
    shown = {
        source.rpartition("/")[2]: detail
        for source, detail in zip(rows["source"], rows["detail"], strict=True)
    }
    assert shown == {
        "IMG-20251113-WA0004.jpg": "320 x 200 piksel; dibuat dengan Canon EOS 90D; menurut namanya: WhatsApp",
        "kamera.jpg": "320 x 200 piksel; dibuat dengan Canon EOS 90D",
        "video.mp4": "480 x 360 piksel; durasi 1 menit 15 detik",
        "surat.pdf": "",
        "rusak.pdf": "rusak atau terpotong",
    }
