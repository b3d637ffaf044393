"""Evidence of every kind in Chromium, hostile kinds too: shown beside the claim, and nothing of it runs."""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import docx
import pytest
from desk_client import PASSWORD, address
from desk_process import open_desk, register
from PIL import Image
from playwright.sync_api import Browser, Locator, Page
from small_region import emptied

from iid.tasks.store.folder_store import FolderStore

LETTER = Path(__file__).parents[1] / "unit/desk/files/sk.pdf"
FILM = Path(__file__).parents[1] / "cases/items/files/film.mp4"
#: Names as somebody who can write to a share may choose them.
EVIL = "<img src=x onerror=alert(1)> \"&' Perahu"
SCRIPT = "<script>alert(2)</script>"
OWNER = f"101/{EVIL}"


def bomb() -> bytes:
    """A PDF whose page inflates to gigabytes of drawing."""
    content = zlib.compress(zlib.compress(b"0 0 9 9 re f\n" * 40_000_000, 1), 1)
    head = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>"
    page = b"endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Contents 4 0 R>>endobj\n"
    body = b"4 0 obj<</Filter[/FlateDecode/FlateDecode]/Length %d>>stream\n" % len(content)
    return head + page + body + content + b"\nendstream endobj\ntrailer<</Root 1 0 R>>\n%%EOF"


def saved(image: Image.Image, kind: str, **more: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **more)
    return out.getvalue()


def letter(text: str) -> bytes:
    document, out = docx.Document(), io.BytesIO()
    document.add_paragraph(text)
    document.save(out)
    return out.getvalue()


@dataclass
class Visit:
    """A signed-in page and what went wrong on it."""

    page: Page
    site: str
    wrong: list[str] = field(default_factory=list)

    def claim(self, key: str) -> Page:
        self.page.goto(self.site + address(OWNER, key))
        return self.page


@pytest.fixture(scope="module")
def visit(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Visit]:
    """One innovation with a claim for each kind of file, seen by a steward."""
    root = tmp_path_factory.mktemp("berkas")
    region = emptied(root)
    claims = {key: (1, "") for key in ("16", "17", "18", "19", "20", "22", "25", "26", "27", "35")}
    profile = {"Nama Inovasi": SCRIPT, "Tujuan": SCRIPT}
    folder = region.innovation("101", EVIL, claims, **profile)
    exif = Image.Exif()
    exif[0x0112] = 6  # to be shown turned by a quarter
    region.proof(folder, "16", "sk.pdf", LETTER.read_bytes())
    region.proof(folder, "17", "bom.pdf", bomb())
    region.proof(folder, "18", "besar.png", saved(Image.new("L", (12_000, 12_000), 9), "PNG"))
    region.proof(folder, "19", "miring.jpg", saved(Image.new("RGB", (300, 100), "red"), "JPEG", exif=exif))
    region.proof(folder, "20", f"{EVIL.replace('/', '')}.txt", f"{SCRIPT} 14 Desember 2024 {SCRIPT}".encode())
    region.proof(folder, "22", "surat.docx", letter(f"Surat tentang {SCRIPT} 14 Desember 2024"))
    region.proof(folder, "25", "laman.html", b"<html><script>parent.alert(3)</script><p>Isi laman</html>")
    region.proof(folder, "26", "rusak.pdf", b"%PDF-1.7\nrusak")
    region.proof(folder, "27", "ganti.pdf", LETTER.read_bytes() + b"%27")
    region.proof(folder, "35", "film.mp4", FILM.read_bytes())
    region.assess()
    region.proof(folder, "27", "ganti.pdf", LETTER.read_bytes() + b"%28")
    register(FolderStore(root / "hasil"))
    bureau = open_desk(root)
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    seen = Visit(context.new_page(), f"http://127.0.0.1:{bureau.server.port}")
    seen.page.on("dialog", lambda dialog: (seen.wrong.append(dialog.message), dialog.dismiss()))
    seen.page.on("pageerror", lambda error: seen.wrong.append(str(error)))
    seen.page.on(
        "console", lambda line: seen.wrong.append(line.text) if "Content Security" in line.text else None
    )
    seen.page.goto(f"{seen.site}/masuk")
    seen.page.fill("input[name=nama]", "ani")
    seen.page.fill("input[name=sandi]", PASSWORD)
    seen.page.click("text=Masuk >> nth=-1")
    seen.page.wait_for_url("**/meja/")
    yield seen
    context.close()
    bureau.server.stop()
    bureau.desk.close()
    assert seen.wrong == []


def drawn(image: Locator) -> list[int]:
    """Width and height of a picture once the browser has it."""
    found = image.evaluate("image => image.decode().then(() => [image.naturalWidth, image.naturalHeight])")
    return list(found)


def test_a_pdf_is_shown_as_pages_and_says_where_the_name_and_dates_are(visit: Visit) -> None:
    page = visit.claim("16")
    assert drawn(page.locator(".lembar img").first)[0] == pytest.approx(1240, abs=2)
    where = page.locator("[data-letak]")
    where.filter(has_text=re.compile("itemukan")).wait_for()
    assert "tidak ditemukan dalam teksnya" in (where.text_content() or "")


@pytest.mark.parametrize("key", ["17", "26", "27"])
def test_a_bomb_a_broken_and_an_exchanged_file_are_said_in_their_place_and_can_be_downloaded(
    key: str, visit: Visit
) -> None:
    page = visit.claim(key)
    item = page.locator(".bukti").first
    item.filter(
        has_text=re.compile("tidak dapat (ditampilkan|dibuka|dibaca)|rusak|berubah atau hilang")
    ).wait_for(timeout=90_000)
    assert item.locator("a[download]").count() == 1
    assert page.locator("form[data-putus]").count() == 1


def test_a_picture_of_twelve_thousand_pixels_comes_small(visit: Visit) -> None:
    assert drawn(visit.claim("18").locator(".bukti img").first) == [1600, 1600]


def test_a_picture_is_turned_as_its_camera_says(visit: Visit) -> None:
    assert drawn(visit.claim("19").locator(".bukti img").first) == [100, 300]


@pytest.mark.parametrize("key", ["20", "22"])
def test_text_is_shown_as_text_with_the_dates_marked(key: str, visit: Visit) -> None:
    page = visit.claim(key)
    page.locator("mark", has_text="14 Desember 2024").wait_for()
    assert SCRIPT in (page.locator(".teks").text_content() or "")
    assert page.locator(".teks script").count() == 0


def test_a_page_of_a_share_is_text_or_a_download_and_never_a_page_here(visit: Visit) -> None:
    page = visit.claim("25")
    assert page.locator("iframe, object, embed").count() == 0
    with page.expect_download() as begun:
        page.locator("text=Unduh").click()
    assert begun.value.suggested_filename == "laman.html"


def test_a_film_is_played_by_ranges(visit: Visit) -> None:
    page = visit.claim("35")
    film = page.locator("video")
    wanted = (
        "film => new Promise(done => { const ask = () => film.readyState ? done(film.duration) : film.error ?"
    )
    wanted += " done(-film.error.code) : setTimeout(ask, 50); ask(); })"
    assert film.evaluate(wanted) > 0


def test_markup_in_names_texts_and_notes_is_text_on_every_page(visit: Visit) -> None:
    page = visit.claim("16")
    assert SCRIPT in (page.locator("h1 + .lead").text_content() or "")
    page.fill("textarea[name=catatan]", f"{EVIL} {SCRIPT}")
    page.locator("button[value=tolak]").click()
    page.wait_for_url(re.compile("tersimpan="))
    page = visit.claim("16")
    assert SCRIPT in (page.locator(".riwayat").text_content() or "")
    for path in ("/meja/?status=semua", address(OWNER), f"/meja/?cari={SCRIPT}"):
        page.goto(visit.site + path)
        assert page.locator("script:not([src='/masuk/aset/meja.js'])").count() == 0
        assert page.locator("img[src=x]").count() == 0
