"""Numbers and short labels stay whole in any common font; what leaders ask fits on one screen."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

#: Debian's default, wider than most, and one with the widths of Arial; `.ci/services` installs both.
FONTS = ("DejaVu Sans", "Liberation Sans")
WIDTHS = (360, 390, 1024, 1280, 1920)
PAGES = (
    *("index", "langkah", "tinjauan", "perubahan", "unit", "inovasi", "pemda"),
    *("publik/index", "publik/inovasi"),
)
#: Words with a digit that stand on more than one line, in what the page shows.
BROKEN = """() => {
  const found = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode, parent = node.parentElement;
    if (!parent.checkVisibility()) continue;
    if (parent.closest("code, .mono, .path, .sr, svg, script, style, option")) continue;
    for (const match of node.data.matchAll(/[^\\s\\u00ad\\u200b/;()-]*[0-9][^\\s\\u00ad\\u200b/;()-]*/g)) {
      if (match[0].length > 20) continue;  // an id or an address may be broken
      const range = document.createRange();
      range.setStart(node, match.index);
      range.setEnd(node, match.index + match[0].length);
      const lines = new Set([...range.getClientRects()].map(box => Math.round(box.top)));
      if (lines.size > 1) found.push(match[0]);
    }
  }
  return found;
}"""


@pytest.fixture(params=FONTS)
def set_in(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    """A page whose only sans-serif is the font of this turn."""
    font = str(request.param)
    if (
        shutil.which("fc-list")
        and font
        not in subprocess.run(["fc-list", ":", "family"], capture_output=True, text=True, check=True).stdout
    ):
        pytest.skip(f"the font {font} is not installed (.ci/services)")
    context = browser.new_context(viewport={"width": 1280, "height": 800}, bypass_csp=True)
    page = context.new_page()
    style = f"body, button, input, select {{ font-family: '{font}' !important; }}"
    page.on("load", lambda _: page.add_style_tag(content=style))
    page.set_default_timeout(60_000)
    yield page
    context.close()


def opened(page: Page, path: Path) -> None:
    page.goto(path.as_uri())
    page.evaluate("document.fonts.ready.then(() => true)")


@pytest.mark.parametrize("name", PAGES)
def test_no_number_is_broken_in_any_font_and_width(set_in: Page, report: Path, name: str) -> None:
    opened(set_in, report / f"{name}.html")
    for width in WIDTHS:
        set_in.set_viewport_size({"width": width, "height": 800})
        assert set_in.evaluate(BROKEN) == [], f"{name} at {width}"


def test_what_leaders_ask_is_on_one_screen_in_any_font(set_in: Page, report: Path) -> None:
    opened(set_in, report / "index.html")
    for place in (".big", ".gap", ".scale", ".course", ".steps", ".delta", ".sw"):
        box = set_in.locator(place).first.bounding_box()
        assert box is not None and box["y"] + box["height"] <= 800, place


@pytest.mark.parametrize("name", ["index", "langkah", "tinjauan"])
def test_no_page_scrolls_sideways_on_a_phone_in_any_font(set_in: Page, report: Path, name: str) -> None:
    set_in.set_viewport_size({"width": 360, "height": 780})
    opened(set_in, report / f"{name}.html")
    assert set_in.evaluate("document.documentElement.scrollWidth") <= 360
