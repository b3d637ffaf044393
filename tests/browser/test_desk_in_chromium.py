"""The review desk in Chromium: decided with the keyboard alone, readable in light, dark and on a phone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest
from axe_playwright_python.sync_playwright import Axe
from desk_client import HEALTH, OTHER, PASSWORD, address
from desk_process import open_desk, register
from playwright.sync_api import Browser, Page
from small_region import emptied

from iid.tasks.desk.recalculation import Recalculations
from iid.tasks.store.folder_store import FolderStore

LETTER = Path(__file__).parents[1] / "unit/desk/files/sk.pdf"
BATCH = ("18", "21", "22", "26")
RUN = Event()
PAGES = ("/meja/", address(HEALTH), address(HEALTH, "16"), "/meja/_akun")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, FolderStore]]:
    """Address and store of the desk of two innovations, one of them to accept at once."""
    root = tmp_path_factory.mktemp("meja")
    region = emptied(root)
    folder = region.innovation("101", "Perahu Sehat", {"16": (3, ""), "17": (2, "")})
    region.proof(folder, "16", "sk.pdf", LETTER.read_bytes())
    region.proof(folder, "17", "catatan.txt", b"Perahu Sehat, 14 Desember 2024")
    other = region.innovation("102", "Peta Jalan", {key: (3, "") for key in BATCH})
    for key in BATCH:
        region.proof(other, key, f"bukti {key}.pdf", LETTER.read_bytes() + key.encode())
    region.assess()
    store = FolderStore(root / "hasil")
    register(store)
    bureau = open_desk(root, store, run=Recalculations(lambda _key, _unit, _say: recalculate()))
    yield f"http://127.0.0.1:{bureau.server.port}", store
    bureau.server.stop()
    bureau.desk.close()


def recalculate() -> tuple[bool, str]:
    """Stand in for a run: ends when the test lets it."""
    RUN.wait(60)
    return True, "indeks 12,34"


def sign_in(page: Page, site: str) -> None:
    page.goto(f"{site}/meja/")
    page.locator("input[name=nama]:focus").wait_for()
    page.keyboard.type("ani")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{site}/meja/")


def test_a_claim_is_decided_with_the_keyboard_and_the_next_one_follows(
    page: Page, desk: tuple[str, FolderStore]
) -> None:
    site, store = desk
    sign_in(page, site)
    page.goto(site + address(HEALTH, "17"))
    assert page.locator("mark").first.text_content() == "Perahu Sehat"
    page.goto(site + address(HEALTH, "16"))
    image = page.locator(".lembar img").first
    assert image.evaluate("image => image.decode().then(() => image.naturalWidth)") > 1000
    page.keyboard.press("x")  # refusing needs a note: it gets the focus
    page.keyboard.type("tanda tangan tidak terbaca")
    page.keyboard.press("Escape")
    page.keyboard.press("x")
    page.wait_for_url(re.compile(r"tersimpan="))
    assert "tanda tangan tidak terbaca" in next(iter(store.root.rglob("decisions/*.json"))).read_text()


def heading(page: Page) -> str:
    return str(page.locator("h1").text_content())


def test_next_previous_note_and_lowering_need_no_mouse(page: Page, desk: tuple[str, FolderStore]) -> None:
    site, store = desk
    sign_in(page, site)
    page.goto(f"{site}/meja/?unit=102&status=semua")
    page.locator(".antrean td a").first.press("Enter")
    page.wait_for_url(re.compile("Peta%20Jalan/"))
    first = heading(page)
    with page.expect_navigation():  # until the next page is loaded: only then its script listens
        page.keyboard.press("n")
    assert heading(page) != first
    with page.expect_navigation():
        page.keyboard.press("p")
    assert heading(page) == first
    assert "unit=102" in page.url
    page.keyboard.press("u")  # to what? the choice gets the focus
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    page.keyboard.press("c")
    page.keyboard.type("hanya draf; n dan p di sini huruf biasa")
    page.keyboard.press("Escape")
    page.keyboard.press("u")
    page.wait_for_url(re.compile(r"tersimpan="))
    made = [path.read_text() for path in store.root.rglob("decisions/*.json")]
    assert any('"turunkan"' in one and "huruf biasa" in one for one in made)


def test_claims_without_a_finding_are_accepted_with_one_confirmation(
    page: Page, desk: tuple[str, FolderStore]
) -> None:
    site, _ = desk
    sign_in(page, site)
    page.goto(site + address(OTHER))
    button = page.locator("form button.utama")
    said = re.search(r"\d+", button.text_content() or "")
    assert said and int(said[0]) > 0
    images = page.locator(".cuplikan img")
    assert images.first.evaluate("image => image.decode().then(() => image.naturalWidth)") > 1000
    button.click()  # without the confirmation the browser asks for it
    assert "_terima" not in page.url
    page.check("input[name=setuju]")
    button.click()
    page.wait_for_url(re.compile("_terima"))
    assert f"{said[0]} klaim diterima." in (page.locator("[role=alert]").text_content() or "")


def test_a_run_shows_its_end_and_throws_away_no_note(page: Page, desk: tuple[str, FolderStore]) -> None:
    site, _ = desk
    sign_in(page, site)
    page.goto(site + address(HEALTH, "17"))
    page.click("text=Hitung ulang unit ini")
    page.locator("[data-keadaan=berjalan]").wait_for()
    page.fill("textarea[name=catatan]", "baru separuh")
    RUN.set()
    page.locator("[data-hitung]", has_text="indeks 12,34").wait_for()
    assert page.input_value("textarea[name=catatan]") == "baru separuh"
    page.click("text=Muat angka baru")
    page.locator("[data-keadaan=selesai]").wait_for()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "font"), [(1280, "DejaVu Sans"), (360, "Liberation Sans")])
def test_every_page_is_readable_and_has_no_barrier(
    scheme: str, width: int, font: str, browser: Browser, desk: tuple[str, FolderStore]
) -> None:
    site, _ = desk
    context = browser.new_context(
        color_scheme=scheme,  # type: ignore[arg-type]
        viewport={"width": width, "height": 800},
        bypass_csp=True,  # axe is a script of its own
    )
    page = context.new_page()
    sign_in(page, site)
    for path in ("/masuk", *PAGES):
        page.goto(site + path)
        page.add_style_tag(content=f"body {{ font-family: '{font}' !important; }}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        found = Axe().run(page).response["violations"]
        assert [(path, one["id"], one["nodes"][0]["html"]) for one in found] == []
    context.close()
