"""What each kind of page is for: one screen for leaders, filters for stewards, paper for the meeting."""

from __future__ import annotations

import re
from pathlib import Path
from types import ModuleType

import pypdfium2
import pytest
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.browser

PICTURES = Path(__file__).parents[2] / "hasil-uji" / "gambar"


def shown(page: Page) -> int:
    return page.locator("[data-tabel] tbody tr:visible").count()


@pytest.mark.parametrize("name", ["indikator", "unit", "keadaan", "sebab", "tingkat"])
def test_every_filter_of_the_work_list_leaves_its_own_rows(page: Page, report: Path, name: str) -> None:
    page.goto((report / "tinjauan.html").as_uri())
    everything = shown(page)
    select = page.locator(f"[data-pilih={name}]")
    value = select.locator("option").nth(1).get_attribute("value") or ""
    select.select_option(value)
    rows = page.locator("[data-tabel] tbody tr:visible")
    assert 0 < rows.count() <= everything
    assert set(rows.evaluate_all(f"rows => rows.map(r => r.dataset.{name})")) == {value}
    assert re.search(rf"#.*{name}=", page.url)
    page.reload()
    expect(select).to_have_value(value)
    assert rows.count() < everything or name == "keadaan"


def test_the_number_of_results_is_reported_to_a_screen_reader(page: Page, report: Path) -> None:
    page.goto((report / "langkah.html").as_uri())
    reported = page.get_by_role("status")
    expect(reported).to_have_attribute("aria-live", "polite")
    page.locator("[data-pilih=macam]").select_option("qualify")
    expect(reported).to_have_text(re.compile(r"^\d+ dari [\d.]+ langkah$"))
    assert set(page.locator("tbody tr:visible").evaluate_all("rows => rows.map(r => r.dataset.macam)")) == {
        "qualify"
    }


def test_filters_work_with_the_keyboard_alone(page: Page, report: Path) -> None:
    page.goto((report / "publik" / "inovasi.html").as_uri())
    everything = shown(page)
    page.get_by_label("Cari").focus()
    page.keyboard.type("perahu")
    assert 0 < shown(page) < everything
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Hapus saringan")).to_be_focused()
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    assert shown(page) == everything


def test_a_step_leads_to_the_claim_it_speaks_of(page: Page, report: Path) -> None:
    page.goto((report / "index.html").as_uri())
    link = page.locator(".steps a[href*='#i']").first
    anchor = (link.get_attribute("href") or "").partition("#")[2]
    link.click()
    expect(page.locator(f"#{anchor}")).to_be_in_viewport()


def test_without_scripts_every_step_and_unit_is_there(browser: Browser, report: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    for name in ("langkah", "unit", "inovasi"):
        page.goto((report / f"{name}.html").as_uri())
        assert page.locator("[data-tabel] tbody tr").count() >= 24
        expect(page.locator("[data-saring]")).to_be_hidden()
    context.close()


@pytest.mark.parametrize("name", ["tinjauan", "unit", "perubahan"])
def test_on_paper_no_table_is_cut_and_every_sheet_has_its_head(
    page: Page, report: Path, tmp_path: Path, name: str
) -> None:
    page.goto((report / f"{name}.html").as_uri())
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 703, "height": 1000})  # the width of A4 without its margins
    assert page.evaluate("document.documentElement.scrollWidth") <= 703
    for box in page.locator("table").evaluate_all("t => t.map(x => x.getBoundingClientRect().right)"):
        assert box <= 704
    page.pdf(path=tmp_path / "a.pdf", prefer_css_page_size=True, print_background=True)
    paper = pypdfium2.PdfDocument(tmp_path / "a.pdf")
    if name == "tinjauan":
        for number in range(1, len(paper) - 1):
            assert "Tingkat" in paper[number].get_textpage().get_text_range(), number
    paper.close()


def test_every_page_has_its_picture_for_those_who_build_on_it(
    browser: Browser, report: Path, shots: ModuleType
) -> None:
    made = shots.pictures(browser, report, PICTURES, shots.EVERY)
    assert len({path.name for path in made}) == len(shots.EVERY)
    assert all(path.stat().st_size > 5000 for path in made)
