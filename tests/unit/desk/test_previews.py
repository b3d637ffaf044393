"""Evidence shown beside the rule: drawn in guarded workers, by ranges, as text; never as a page of ours."""

from __future__ import annotations

import hashlib
import io
import json
import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Thread
from types import SimpleNamespace
from typing import Any

import pytest
from desk_client import HEALTH, address
from openpyxl import Workbook
from PIL import Image, ImageChops, ImageStat

from iid.tasks.desk.evidence_routes import _range
from iid.tasks.desk.previews import LARGEST, NotShownError, Previews, Source
from iid.tasks.desk.shown_evidence import item_id, terms_of
from iid.tasks.sandbox.worker_process import Worker
from iid.tasks.shares.folder_drive import FolderDrive
from iid.tasks.store.folder_store import FolderStore

LETTER = (Path(__file__).parent / "files" / "sk.pdf").read_bytes()


@pytest.fixture(scope="module")
def previews() -> Iterator[Previews]:
    """Real workers."""
    made = Previews(workers=1)
    yield made
    made.close()


def source(folder: Path, data: bytes, name: str = "x") -> Source:
    (folder / name).write_bytes(data)
    digest = hashlib.sha256(data).hexdigest()
    return Source(name, len(data), digest, FolderDrive(folder), FolderStore(folder / "hasil"), "63.03/2026")


def size(data: bytes) -> tuple[int, int]:
    return Image.open(io.BytesIO(data)).size


def png(width: int, height: int, mode: str = "RGB") -> bytes:
    out = io.BytesIO()
    Image.new(mode, (width, height), 7).save(out, "PNG")
    return out.getvalue()


def test_a_page_is_drawn_wide_enough_to_read(tmp_path: Path, previews: Previews) -> None:
    drawn = previews.draw(source(tmp_path, LETTER), "page")
    assert drawn.media == "image/jpeg"
    assert size(drawn.data)[0] == pytest.approx(1240, abs=2)


def test_words_that_are_looked_for_are_marked_on_the_page(tmp_path: Path, previews: Previews) -> None:
    letter = source(tmp_path, LETTER)
    plain, marked = (previews.draw(letter, "page", 1, terms) for terms in ((), ("keputusan",)))
    before, after = (Image.open(io.BytesIO(one.data)).convert("RGB") for one in (plain, marked))
    changed = ImageChops.difference(before, after).getchannel("B").point(lambda value: 255 * (value > 60))
    box = changed.getbbox()
    assert box is not None
    assert (box[2] - box[0]) * (box[3] - box[1]) < 0.5 * before.width * before.height
    assert ImageStat.Stat(after, changed).median == pytest.approx([255, 231, 130], abs=6)


def test_a_picture_is_turned_and_scaled(tmp_path: Path, previews: Previews) -> None:
    image, out = Image.new("RGB", (3000, 1000)), io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6  # to be shown turned by a quarter
    image.save(out, "JPEG", exif=exif)
    assert size(previews.draw(source(tmp_path, out.getvalue()), "picture").data) == (533, 1600)


def test_a_picture_of_twelve_thousand_pixels_a_side_is_shown_small(
    tmp_path: Path, previews: Previews
) -> None:
    drawn = previews.draw(source(tmp_path, png(12_000, 12_000, "L")), "picture")
    assert size(drawn.data) == (1600, 1600)


def bomb() -> bytes:
    """A PDF whose page inflates to gigabytes of drawing."""
    content = zlib.compress(zlib.compress(b"0 0 9 9 re f\n" * 40_000_000, 1), 1)
    head = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>"
    page = b"endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Contents 4 0 R>>endobj\n"
    body = b"4 0 obj<</Filter[/FlateDecode/FlateDecode]/Length %d>>stream\n" % len(content)
    return head + page + body + content + b"\nendstream endobj\ntrailer<</Root 1 0 R>>\n%%EOF"


def test_a_bomb_costs_its_own_preview_and_the_next_file_is_drawn(tmp_path: Path, previews: Previews) -> None:
    with pytest.raises(NotShownError):
        previews.draw(source(tmp_path, bomb(), "bom.pdf"), "page")
    assert previews.draw(source(tmp_path, LETTER + b"\n%lain", "lain.pdf"), "page").data


def test_a_bomb_takes_the_time_of_a_worker_once(tmp_path: Path, previews: Previews) -> None:
    bad = source(tmp_path, bomb() + b"%lagi", "bom.pdf")
    with pytest.raises(NotShownError) as first:
        previews.draw(bad, "page", 1)
    workers = previews.__dict__["_free"]
    workers.get()  # nobody is left to draw
    try:
        with pytest.raises(NotShownError, match=str(first.value)):
            previews.draw(bad, "page", 2)
    finally:
        workers.put(None)


def test_a_worker_outlives_the_thread_that_asked_first(tmp_path: Path, previews: Previews) -> None:
    asked = Thread(target=previews.draw, args=(source(tmp_path, LETTER + b"\n%satu", "1"), "page"))
    asked.start()
    asked.join()  # servers end threads that have been idle
    for number in range(3):
        assert previews.draw(source(tmp_path, LETTER + b"\n%%%d" % number, f"n{number}"), "page").data


def test_the_time_of_a_drawing_begins_when_its_worker_is_ready(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    turns: list[bool] = []
    monkeypatch.setattr(Worker, "turn", lambda worker: turns.append(worker.ready))
    fresh = Previews()
    try:
        fresh.draw(source(tmp_path, LETTER), "page")
    finally:
        fresh.close()
    assert turns[-1:] == [True]


def test_the_pages_of_name_and_dates_are_found(tmp_path: Path, previews: Previews) -> None:
    drawn = previews.draw(source(tmp_path, LETTER), "places", 0, ("keputusan", "tidak ada di sana"))
    found = json.loads(drawn.data)
    assert found["keputusan"][0] == 1
    assert found["tidak ada di sana"] == []


def test_what_is_marked_is_a_name_of_three_letters_or_more_and_the_dates_as_letters_write_them() -> None:
    dated = {"name": " ABC (Ada Banyak Cara) ", "applied_date": "2024-12-04", "trial_date": "tahun lalu"}
    run: Any = SimpleNamespace(profiles={"101/ABC": dated, "101/AB": {"name": "AB"}})
    assert terms_of(run, "101/ABC") == (
        *("ABC (Ada Banyak Cara)", "ABC"),
        *("4 Desember 2024", "04-12-2024", "04/12/2024"),
    )
    assert terms_of(run, "101/AB") == terms_of(run, "pemda") == ()


@pytest.mark.parametrize("what", ["page", "picture", "places"])
def test_what_is_no_such_content_is_not_shown(what: str, tmp_path: Path, previews: Previews) -> None:
    with pytest.raises(NotShownError):
        previews.draw(source(tmp_path, b"<script>alert(1)</script>" * 9), what)


def test_a_content_that_was_not_assessed_is_never_shown(tmp_path: Path, previews: Previews) -> None:
    wanted = source(tmp_path, LETTER + b"\n%asli")
    (tmp_path / "x").write_bytes(LETTER + b"\n%palsu")
    with pytest.raises(NotShownError, match="berubah atau hilang"):
        previews.draw(wanted, "page")


def test_a_closed_cycles_evidence_is_shown_from_its_copy_in_the_store(
    tmp_path: Path, previews: Previews
) -> None:
    data = LETTER + b"\n%salinan"
    wanted = source(tmp_path, data)
    (tmp_path / "x").unlink()
    wanted.store.put(f"63.03/2026/evidence/{wanted.sha256[:2]}/{wanted.sha256}", data)
    assert previews.draw(wanted, "page").media == "image/jpeg"


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("", (0, 100, 200)),
        ("bytes=0-9", (0, 10, 206)),
        ("bytes=90-", (90, 100, 206)),
        ("bytes=-5", (95, 100, 206)),
        ("bytes=-500", (0, 100, 206)),
        ("bytes=50-5000", (50, 100, 206)),
        ("bytes=100-", (0, 0, 416)),
        ("bytes=9-1", (0, 0, 416)),
        ("bytes=0-1,5-6", (0, 100, 200)),
        ("bytes=-", (0, 100, 200)),
        ("lain", (0, 100, 200)),
    ],
)
def test_ranges_of_a_film(header: str, expected: tuple[int, int, int]) -> None:
    assert _range(header, 100) == expected


def test_items_are_served_by_ranges_and_as_downloads_that_run_nothing(bureau: Any) -> None:
    ani = bureau.client("ani")
    item = item_id("2026/101 Dinas Kesehatan/Perahu Sehat/bukti/16 bukti/sk.pdf")
    base = f"{address(HEALTH, '16')}/bukti/{item}"
    whole = ani.get(base)
    assert whole.body == LETTER
    assert whole.headers["content-disposition"].startswith("attachment")
    assert "sandbox" in whole.headers["content-security-policy"]
    part = ani.get(base, Range="bytes=10-19")
    assert (part.status, part.body) == (206, LETTER[10:20])
    assert part.headers["content-range"] == f"bytes 10-19/{len(LETTER)}"
    page = ani.get(f"{base}/halaman/1")
    assert (page.status, page.headers["content-type"]) == (200, "image/jpeg")
    for wrong in ("/halaman/0", "/halaman/9999", "/halaman/x", "/gambar", "/teks", "/film", "/halaman"):
        found = ani.get(base + wrong).status
        assert found == 404, wrong


def test_a_file_that_was_exchanged_for_another_of_its_size_is_neither_shown_nor_handed_out(
    bureau: Any,
) -> None:
    ani = bureau.client("ani")
    name = "2026/101 Dinas Kesehatan/Perahu Sehat/bukti/16 bukti/sk.pdf"
    place = bureau.root / "share" / name
    place.write_bytes(LETTER[:-1] + b"x")
    base = f"{address(HEALTH, '16')}/bukti/{item_id(name)}"
    for path in (base, f"{base}/halaman/1", f"{base}/letak"):
        answer = ani.get(path)
        assert answer.status == 404
        assert "berubah atau hilang" in answer.body.decode()


def test_the_cells_of_a_sheet_are_lines_without_empty_ones_between(
    tmp_path: Path, previews: Previews
) -> None:
    book, out = Workbook(), io.BytesIO()
    book.active.append(["Kode", None, "Uraian"])
    book.active.append(["5.1.01", None, "Belanja"])
    book.save(out)
    drawn = previews.draw(source(tmp_path, out.getvalue(), "buku.xlsx"), "text")
    assert drawn.data.decode().split("\n")[:4] == ["Kode", "Uraian", "5.1.01", "Belanja"]


def test_a_file_that_is_too_large_is_not_copied(tmp_path: Path, previews: Previews) -> None:
    large = replace(source(tmp_path, LETTER + b"\n% never drawn"), size=LARGEST + 1)
    with pytest.raises(NotShownError, match="terlalu besar"):
        previews.draw(large, "page")
