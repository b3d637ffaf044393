"""The report as people meet it: from a folder or a server, with a keyboard, on a phone, on paper."""

from __future__ import annotations

import re
from pathlib import Path

import pypdfium2
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.browser

TOP = ("index", "langkah", "perubahan", "tinjauan", "inovasi", "unit", "pemda", "peraturan", "data")
PUBLIC = ("index", "unit", "inovasi", "peraturan")
STYLE = "getComputedStyle(document.querySelector('.mast')).borderTopColor"
ACCENT = "rgb(11, 107, 97)"
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]},
    "resultTypes": ["violations"],  # what passes need not be described: that is most of the time
}


def kinds(report: Path) -> list[str]:
    """One page of every kind, the ones with hostile names among them."""
    unit = min(report.glob("unit/2-12-*.html"))
    innovations = [min(report.glob(f"inovasi/{start}-*.html")) for start in ("pkm-01", "sd-02", "1-04")]
    return [
        *(f"{name}.html" for name in TOP),
        *(f"publik/{name}.html" for name in PUBLIC),
        *(str(p.relative_to(report)) for p in (unit, *innovations)),
        "../banding.html",
    ]


def test_every_page_opens_from_a_folder_without_errors_or_outside_requests(page: Page, report: Path) -> None:
    for path in sorted(report.rglob("*.html")):
        page.goto(path.as_uri(), wait_until="load")
        assert page.evaluate(f"[document.querySelectorAll('h1').length, {STYLE}]") == [1, ACCENT], path


def test_every_page_opens_from_a_server(page: Page, report: Path, server: str) -> None:
    for path in kinds(report)[:-1]:
        page.goto(f"{server}/{path}")
        expect(page.locator("h1")).to_have_count(1)
        assert page.evaluate(STYLE) == ACCENT


def shown(page: Page) -> int:
    return page.locator("[data-tabel] tbody tr:visible").count()


@pytest.mark.parametrize("way", ["folder", "server"])
def test_search_and_filters_narrow_the_work_list(page: Page, report: Path, server: str, way: str) -> None:
    page.goto(f"{server}/tinjauan.html" if way == "server" else (report / "tinjauan.html").as_uri())
    everything = shown(page)
    page.locator("[data-pilih=tingkat]").select_option("critical")
    critical = shown(page)
    assert 0 < critical < everything
    expect(page.locator("[data-jumlah]")).to_have_text(f"{critical} dari {everything} temuan")
    page.get_by_label("Cari").fill("pos GIZI")
    assert 0 < shown(page) < critical
    assert all("Pos Gizi" in text for text in page.locator("tbody tr:visible").all_inner_texts())
    page.get_by_role("button", name="Hapus saringan").click()
    assert shown(page) == everything
    expect(page.get_by_label("Cari")).to_be_focused()


def test_a_search_that_finds_nothing_says_so(page: Page, report: Path) -> None:
    page.goto((report / "tinjauan.html").as_uri())
    page.get_by_label("Cari").fill("tidak-akan-ada")
    assert shown(page) == 0
    expect(page.locator("[data-jumlah]")).to_have_text(re.compile(r"^0 dari \d+ temuan$"))


def test_a_cause_above_the_list_leads_to_its_findings(page: Page, report: Path) -> None:
    page.goto((report / "tinjauan.html").as_uri())
    page.get_by_text("Sebab yang paling banyak menahan nilai").click()
    page.locator(".causes").get_by_role("link", name="Bukti tidak ada").click()
    expect(page.locator("[data-pilih=sebab]")).to_have_value("evidence.missing")
    causes = page.locator("tbody tr:visible td strong").all_inner_texts()
    assert "Bukti tidak ada." in set(causes)


def test_a_filtered_list_comes_back_with_its_address(page: Page, report: Path) -> None:
    page.goto((report / "unit.html").as_uri())
    page.get_by_role("combobox", name="Laporan").select_option("belum")
    before = shown(page)
    page.reload()
    assert shown(page) == before == 6


def test_a_column_sorts_both_ways_by_number(page: Page, report: Path) -> None:
    page.goto((report / "inovasi.html").as_uri())
    heading = page.get_by_role("columnheader", name="Diklaim", exact=False).first

    def values() -> list[float]:
        cells = page.locator("tbody tr td:nth-child(4)").all_inner_texts()
        return [float(text.replace(".", "").replace(",", ".")) for text in cells]

    heading.get_by_role("button").click()
    assert values() == sorted(values())
    expect(heading).to_have_attribute("aria-sort", "ascending")
    heading.get_by_role("button").click()
    assert values() == sorted(values(), reverse=True)


def test_the_keyboard_reaches_the_content_first(page: Page, report: Path) -> None:
    page.goto((report / "index.html").as_uri())
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Langsung ke isi")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


@pytest.mark.parametrize("width", [320, 360, 768])
def test_no_page_is_wider_than_a_phone(page: Page, report: Path, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 740})
    for path in kinds(report):
        page.goto((report / path).as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path


def test_a_phone_shows_every_score_of_an_innovation_without_scrolling_sideways(
    page: Page, report: Path
) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto((report / "inovasi.html").as_uri())
    scores = page.locator("tbody tr").first.locator("td[data-nama]")
    assert scores.count() == 3
    for box in (scores.nth(place).bounding_box() for place in range(3)):
        assert box is not None
        assert box["x"] + box["width"] <= 360


LISTS = {
    "langkah": ".plan ol, [data-tabel] tbody",
    "tinjauan": "[data-tabel] tbody",
    "peraturan": ".list tbody",
    "pemda": "main:has(> .claim), section:has(> .claim)",
}


@pytest.mark.parametrize("name", LISTS)
def test_long_lists_fold_on_a_phone_and_open_again(page: Page, report: Path, name: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto((report / f"{name}.html").as_uri())
    count = f"""[...document.querySelectorAll("{LISTS[name]}")].map((list) =>
        [...list.querySelectorAll(":scope > tr, :scope > li, :scope > .claim")]
        .filter((one) => one.getClientRects().length).length)"""
    folded = page.evaluate(count)
    assert max(folded) <= 20
    for box in page.locator(".fold:visible").all():
        box.check()
    assert sum(page.evaluate(count)) > sum(folded)
    page.set_viewport_size({"width": 1024, "height": 800})
    expect(page.locator(".fold-l:visible")).to_have_count(0)


def test_a_folded_rule_is_shown_where_a_link_leads_to_it(page: Page, report: Path) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto((report / "peraturan.html").as_uri())
    expect(page.locator("#a35")).to_be_hidden()
    page.goto((report / "peraturan.html").as_uri() + "#a35")
    expect(page.locator("#a35")).to_be_visible()
    expect(page.locator("#a34")).to_be_hidden()


def test_without_scripts_every_row_is_there_and_no_dead_control(browser: Browser, report: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((report / "tinjauan.html").as_uri())
    assert page.locator("[data-tabel] tbody tr").count() > 100
    expect(page.locator("[data-saring]")).to_be_hidden()
    context.close()


#: axe looks at every element; of a long list its first and last rows stand for the others.
THIN = """() => document.querySelectorAll("tbody, ol, ul, main").forEach((list) =>
  [...list.children].slice(8, -8).forEach((row) => row.matches("tr, li, article") && row.remove()))"""


def barriers(browser: Browser, report: Path, scheme: str, paths: list[str], rules: dict) -> list[str]:
    """What axe objects to, as ``page: rule: element``. The page's own policy would keep axe out."""
    context = browser.new_context(color_scheme=scheme, bypass_csp=True)
    page, found = context.new_page(), []
    for path in paths:
        page.goto((report / path).as_uri())
        page.evaluate(THIN)
        for violation in Axe().run(page, options=rules).response["violations"]:
            found += [f"{path}: {violation['id']}: {node['target']}" for node in violation["nodes"]]
    context.close()
    return found


def test_axe_finds_no_barrier(browser: Browser, report: Path) -> None:
    assert barriers(browser, report, "light", kinds(report), RULES) == []


def test_axe_finds_enough_contrast_in_the_dark(browser: Browser, report: Path) -> None:
    contrast = {"runOnly": ["color-contrast"], "resultTypes": ["violations"]}
    assert barriers(browser, report, "dark", kinds(report), contrast) == []


def test_the_first_page_prints_on_few_sheets_without_navigation(
    page: Page, report: Path, tmp_path: Path
) -> None:
    page.goto((report / "index.html").as_uri())
    page.emulate_media(media="print")
    expect(page.locator("nav").first).to_be_hidden()
    page.pdf(path=tmp_path / "index.pdf", prefer_css_page_size=True, print_background=True)
    paper = pypdfium2.PdfDocument(tmp_path / "index.pdf")
    assert len(paper) <= 5
    assert [round(x) for x in paper[0].get_size()] == [595, 842]  # A4
    first = paper[0].get_textpage().get_text_range()
    assert "34,69" in first and "Data per 24 November 2026 16.30 WITA" in first
    assert "Kekuatan dan kelemahan" in first and "Sejak 4 November 2026" in first
    paper.close()


def test_the_page_of_an_innovation_shows_its_run_without_scripts(
    browser: Browser, report: Path, tmp_path: Path
) -> None:
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(sorted((report / "inovasi").glob("*.html"))[0].as_uri())
        expect(page.get_by_text("lihat Data").first).to_be_hidden()
        page.pdf(path=tmp_path / "inovasi.pdf", print_background=True)
    with pypdfium2.PdfDocument(tmp_path / "inovasi.pdf") as paper:
        text = " ".join(sheet.get_textpage().get_text_range() for sheet in paper)
    assert text.count("Data per 24 November 2026 16.30 WITA") >= 2
    assert "Perhitungan 20261124T083000Z-" in text
