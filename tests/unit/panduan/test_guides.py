"""The guides: every picture is there, small, used, and made by the script."""

from __future__ import annotations

import importlib.util
import io
import random
import re
import shutil
from pathlib import Path
from types import ModuleType

import pytest
from PIL import Image

FOLDER = Path(__file__).parents[3] / "docs" / "panduan"
GUIDES = ("operator", "peninjau", "pimpinan")


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("buat_gambar", FOLDER / "buat-gambar.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def used() -> set[str]:
    texts = ((FOLDER / f"{name}.md").read_text(encoding="utf-8") for name in GUIDES)
    return {name for text in texts for name in re.findall(r"!\[[^\]]+\]\(gambar/([a-z-]+)\.png\)", text)}


def test_every_picture_of_the_guides_is_made_by_the_script_and_every_made_one_is_used(script) -> None:
    made = {*script.SHEETS, *script.PAGES, "umpan-balik", "gladi-kirim"}
    assert used() == made == {path.stem for path in (FOLDER / "gambar").iterdir()}


@pytest.mark.parametrize("path", sorted((FOLDER / "gambar").iterdir()), ids=lambda path: path.stem)
def test_a_picture_is_a_small_png_that_shows_something(path: Path) -> None:
    assert path.stat().st_size <= 150_000
    with Image.open(path) as image:
        assert image.format == "PNG"
        assert min(image.size) > 100
        assert len(image.convert("RGB").getcolors(1 << 24) or ()) > 4


def test_pictures_are_cropped_and_made_small(script) -> None:
    image = Image.new("RGB", (3000, 900), "white")
    draw = random.Random(1)  # noqa: S311
    for _ in range(3000):
        place = draw.randrange(400, 2000), draw.randrange(300, 600)
        image.putpixel(place, tuple(draw.randrange(256) for _ in range(3)))
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    with Image.open(io.BytesIO(script.small(buffer.getvalue()))) as found:
        assert found.mode == "P"
        assert found.width <= script.WIDEST
        assert found.width > 3 * found.height


@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed")
def test_one_sheet_of_a_workbook_becomes_a_picture(script, tmp_path: Path) -> None:
    from openpyxl import Workbook

    book = Workbook()
    book.active.title, book.active["A1"] = "Satu", "satu"
    other = book.create_sheet("Dua")
    for row in range(1, 6):
        other[f"B{row}"] = f"baris {row}"
    book.save(tmp_path / "buku.xlsx")
    data = script.small(script.sheet_picture(tmp_path / "buku.xlsx", "Dua", "A1:B5", tmp_path, {}))
    with Image.open(io.BytesIO(data)) as image:
        assert image.height > 100
