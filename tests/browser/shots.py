"""Take the pictures of the README from a published report: ``python shots.py REPORT OUT``.

REPORT is the folder ``report`` of a run (``iid demo`` makes one), OUT where the PNG files go.
"""

from __future__ import annotations

import io
import shutil
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")
#: name, page, colour scheme, width, height
SHOTS = (
    ("laporan-ringkasan", "index.html", "light", 1280, 920),
    ("laporan-gelap", "index.html", "dark", 1280, 920),
    ("laporan-ponsel", "index.html", "light", 375, 812),
    ("laporan-tinjauan", "tinjauan.html", "light", 1280, 920),
    ("laporan-inovasi", "inovasi/*.html", "light", 1280, 920),
    ("laporan-unit", "unit.html", "light", 1280, 920),
)


def take(report: Path, out: Path) -> None:
    """Write one PNG for each of SHOTS; for an innovation the first of the ranking."""
    out.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=list(FLAGS))
        for name, path, scheme, width, height in SHOTS:
            context = chromium.new_context(
                color_scheme=scheme,  # type: ignore[arg-type]
                viewport={"width": width, "height": height},
                device_scale_factor=2 if width < 500 else 1,
            )
            page = context.new_page()
            if "*" in path:
                page.goto((report / "inovasi.html").as_uri())
                page.locator("[data-tabel] tbody th a").first.click()
            else:
                page.goto((report / path).as_uri())
            picture = Image.open(io.BytesIO(page.screenshot()))
            picture.convert("RGB").save(out / f"{name}.png", optimize=True)
            context.close()
        chromium.close()


if __name__ == "__main__":
    take(Path(sys.argv[1]).resolve(), Path(sys.argv[2]))
