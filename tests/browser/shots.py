"""Take pictures of a published report: ``python shots.py REPORT OUT``.

REPORT is the folder ``report`` of a run (``iid demo`` makes one), OUT where the PNG files go. The
pictures of the README and the guides are SHOTS; EVERY has each kind of page, wide, narrow and dark.
"""

from __future__ import annotations

import io
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")
Shot = tuple[str, str, str, int, int]
#: name, page, colour scheme, width, height
SHOTS: tuple[Shot, ...] = (
    ("laporan-ringkasan", "index.html", "light", 1280, 800),
    ("laporan-gelap", "index.html", "dark", 1280, 800),
    ("laporan-ponsel", "index.html", "light", 360, 780),
    ("laporan-langkah", "langkah.html", "light", 1280, 800),
    ("laporan-perubahan", "perubahan.html", "light", 1280, 800),
    ("laporan-tinjauan", "tinjauan.html", "light", 1280, 800),
    ("laporan-unit", "unit.html", "light", 1280, 800),
    ("laporan-inovasi", "inovasi/*.html", "light", 1280, 800),
    ("laporan-publik", "publik/index.html", "light", 1280, 800),
)
_KINDS = ("index", "langkah", "perubahan", "tinjauan", "inovasi", "unit", "pemda", "data", "publik/index")
EVERY: tuple[Shot, ...] = (
    *((f"{kind.replace('/', '-')}-lebar", f"{kind}.html", "light", 1280, 800) for kind in _KINDS),
    *((f"{kind.replace('/', '-')}-ponsel", f"{kind}.html", "dark", 360, 780) for kind in _KINDS),
    ("satu-inovasi-lebar", "inovasi/*.html", "light", 1280, 800),
    ("satu-unit-ponsel", "unit/*.html", "dark", 360, 780),
)


def take(report: Path, out: Path) -> None:
    """Write the pictures of SHOTS with a Chromium of their own."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=list(FLAGS))
        pictures(chromium, report, out, SHOTS, small=True)
        chromium.close()


def pictures(
    chromium: Browser, report: Path, out: Path, wanted: Sequence[Shot], *, small: bool = False
) -> list[Path]:
    """Write one PNG for each of *wanted*, of a pattern the first page by name; *small* takes longer."""
    out.mkdir(parents=True, exist_ok=True)
    return [_one(chromium, report, out, shot, small=small) for shot in wanted]


def _one(chromium: Browser, report: Path, out: Path, shot: Shot, *, small: bool) -> Path:
    name, path, scheme, width, height = shot
    context = chromium.new_context(
        color_scheme=scheme,  # type: ignore[arg-type]
        viewport={"width": width, "height": height},
        device_scale_factor=2 if width < 500 else 1,
    )
    page = context.new_page()
    page.goto(min(report.glob(path)).as_uri())
    target = out / f"{name}.png"
    picture = page.screenshot()
    if small:
        Image.open(io.BytesIO(picture)).convert("RGB").save(target, optimize=True)
    else:
        target.write_bytes(picture)
    context.close()
    return target


if __name__ == "__main__":
    take(Path(sys.argv[1]).resolve(), Path(sys.argv[2]))
