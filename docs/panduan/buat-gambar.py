"""Make the pictures of the guides from the real product: `python docs/panduan/buat-gambar.py`.

Runs ``iid demo``, lets a reviewer decide a few claims, assesses again, and takes pictures of
workbooks (LibreOffice) and pages (Chromium). Everything in them is the labelled example.
"""

from __future__ import annotations

import argparse
import io
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

PICTURES = Path(__file__).with_name("gambar")
LARGEST = 150_000  # bytes of one picture
WIDEST = 1400  # pixels
#: (pixels wide, colours), tried one after the other
SIZES = ((WIDEST, 64), (WIDEST, 40), (WIDEST, 24), (1000, 24))
FIRST, SECOND = "2026-08-10T18:00:00+08:00", "2026-08-24T18:00:00+08:00"
UNIT = "102"
WITH_FAULTS = "105 Dinas Penanaman Modal dan PTSP"

#: picture: (workbook below the share's cycle, sheet, cells that are shown)
SHEETS = {
    "profil": ("102 Dinas Kesehatan/BATASBIH FUKAHA/inovasi.xlsx", "Profil", "A1:C21"),
    "indikator": ("102 Dinas Kesehatan/BATASBIH FUKAHA/inovasi.xlsx", "Indikator", "A1:G16"),
    "temuan-unit": (f"{WITH_FAULTS}/_umpan-balik/temuan.xlsx", "Temuan", "A1:J5"),
    "tinjauan": (f"_tinjauan/{UNIT}.xlsx", "Keputusan", "A1:L11"),
    "bukti": (f"_tinjauan/{UNIT}.xlsx", "Bukti", "A1:H16"),
}
#: picture: columns that are shown, with their width in characters; the others are hidden to stay readable
COLUMNS = {
    "temuan-unit": {"B": 13, "C": 12, "E": 5, "G": 20, "H": 40, "I": 36},
    "tinjauan": {"B": 5, "C": 22, "D": 10, "F": 36, "G": 12, "H": 10, "I": 24, "J": 11},
    "bukti": {"B": 5, "C": 66, "D": 8, "E": 10, "F": 10, "G": 10, "H": 14},
}
#: picture: (page below the run's report, width and height of the window)
PAGES = {
    "laporan": ("index.html", 1100, 900),
    "laporan-langkah": ("langkah.html", 1100, 900),
    "laporan-perubahan": ("perubahan.html", 1100, 900),
    "daftar-kerja": ("tinjauan.html", 1100, 800),
    "laporan-inovasi": ("inovasi.html", 1100, 800),
}


def run(*words: object) -> None:
    """Run a command; its complaint is ours."""
    done = subprocess.run([str(word) for word in words], check=False, capture_output=True, text=True)  # noqa: S603
    if done.returncode:
        raise SystemExit(f"{words[0]}: {done.stderr or done.stdout}")


def example(folder: Path) -> None:
    """The example share, its store and export, with some decisions of a reviewer in force."""
    iid = Path(sys.executable).with_name("iid")
    run(iid, "demo", "--dir", folder)
    share, store = folder / "share", folder / "hasil"
    shutil.rmtree(store)  # that run is of today; pictures shall not tell when they were made
    for feedback in sorted((share / "2026").glob("*/_umpan-balik")):
        shutil.rmtree(feedback)  # dated that run as well, and written again only where something changed
    order = ("assess", "--share", share, "--store", store, "--cycle", "2026", "--direct", "--as-of")
    run(iid, *order, FIRST)
    region = share / "2026" / "00 Pemda" / "bukti"
    [missing], [other] = region.glob("14 *"), region.glob("12 *")
    shutil.copy(next(other.glob("*.pdf")), missing / "Rencana induk.pdf")
    decide(share / "2026" / "_tinjauan" / f"{UNIT}.xlsx")
    run(iid, *order, SECOND)
    run(iid, "export", "--share", share, "--store", store, "--cycle", "2026", "--out", folder / "entri")


def decide(workbook: Path) -> None:
    """Fill in the first rows as a reviewer does."""
    from openpyxl import load_workbook

    book = load_workbook(workbook)
    sheet = book["Keputusan"]
    entries = (
        ("terima", None, None),
        ("turunkan", 2, "Dokumen hanya membuktikan dua tahun."),
        ("terima", None, None),
        ("tolak", None, "Surat tugas tanpa tanda tangan."),
    )
    for row, (word, new, note) in enumerate(entries, 2):
        for column, value in zip("GHIJK", (word, new, note, "Peninjau 1", "24/8/2026"), strict=True):
            sheet[f"{column}{row}"] = value
    book.save(workbook)


def sheet_picture(workbook: Path, sheet: str, area: str, folder: Path, widths: dict[str, int]) -> bytes:
    """The cells *area* of one sheet as LibreOffice prints them; an empty name is the first sheet."""
    import pypdfium2
    from openpyxl import load_workbook

    book = load_workbook(workbook)
    kept = book[sheet] if sheet else book.worksheets[0]
    for other in [other for other in book.worksheets if other is not kept]:
        book.remove(other)
    kept.print_area = area
    if widths:
        narrow(kept, widths)
    for footer in (kept.oddFooter.left, kept.oddFooter.center, kept.oddFooter.right):
        footer.text = None
    kept.page_setup.orientation, kept.page_setup.paperSize = "landscape", 8  # A3
    kept.sheet_properties.pageSetUpPr.fitToPage = True
    kept.page_setup.fitToWidth, kept.page_setup.fitToHeight = 1, 1
    copy = folder / f"{workbook.stem}-{kept.title}.xlsx"
    book.save(copy)
    profile = f"-env:UserInstallation={(folder / 'profil-lo').as_uri()}"
    run("soffice", "--headless", profile, "--convert-to", "pdf", "--outdir", folder, copy)
    document = pypdfium2.PdfDocument(copy.with_suffix(".pdf"))
    image = document[0].render(scale=2).to_pil()
    document.close()
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def narrow(sheet: Any, widths: dict[str, int]) -> None:
    """Show only these columns, that wide, with rows as high as their text needs."""
    from copy import copy

    for cell in sheet[1]:
        column = sheet.column_dimensions[cell.column_letter]
        column.min = column.max = cell.column
        column.hidden = cell.column_letter not in widths
        column.width = widths.get(cell.column_letter, column.width)
    for row in sheet.iter_rows():
        lines = 1
        for cell in row:
            if width := widths.get(cell.column_letter):
                text = "" if str(cell.value).startswith("=") else str(cell.value or "")  # a link is short
                lines = max(lines, -(-len(text) * 19 // (width * 18)))
            alignment = copy(cell.alignment)
            alignment.wrap_text = True
            cell.alignment = alignment
        sheet.row_dimensions[row[0].row].height = 16 * lines


def page_picture(page: Path, width: int, height: int, folder: Path) -> bytes:
    """The upper part of an HTML page in a window of that size."""
    target = folder / "halaman.png"
    browser = shutil.which("chromium") or "chromium"
    flags = ("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--force-color-profile=srgb")
    profile = f"--user-data-dir={folder / 'profil-chromium'}"
    shot = (f"--window-size={width},{height}", f"--screenshot={target}", page.as_uri())
    run(browser, *flags, profile, *shot)
    return target.read_bytes()


def small(data: bytes) -> bytes:
    """A picture without its white border, at most WIDEST wide and LARGEST bytes, with few colours."""
    from PIL import Image, ImageChops

    image = Image.open(io.BytesIO(data)).convert("RGB")
    empty = Image.new("RGB", image.size, image.getpixel((0, 0)))
    if box := ImageChops.difference(image, empty).getbbox():
        left, upper, right, lower = box
        right, lower = min(right + 8, image.width), min(lower + 8, image.height)
        image = image.crop((max(left - 8, 0), max(upper - 8, 0), right, lower))
    buffer = io.BytesIO()
    for width, colours in SIZES:
        image.thumbnail((width, 10 * width), Image.Resampling.LANCZOS)
        buffer = io.BytesIO()
        image.quantize(colours, dither=Image.Dither.NONE).save(buffer, "PNG", optimize=True)
        if buffer.tell() <= LARGEST:
            return buffer.getvalue()
    raise SystemExit(f"gambar masih {buffer.tell()} byte; perkecil bagian yang ditampilkan")


def pictures(example_in: Path, folder: Path, wanted: set[str]) -> Iterator[tuple[str, bytes]]:
    """Name and bytes of every picture in *wanted* (empty: all) of the example; *folder* is scratch."""
    share, store = example_in / "share", example_in / "hasil"
    for name, (workbook, sheet, area) in SHEETS.items():
        if not wanted or name in wanted:
            yield (
                name,
                small(sheet_picture(share / "2026" / workbook, sheet, area, folder, COLUMNS.get(name, {}))),
            )
    [pointer] = store.glob("*/2026/latest.json")
    report = pointer.parent / "runs" / json.loads(pointer.read_text())["run_id"] / "report"
    places = {name: (report / page, w, h) for name, (page, w, h) in PAGES.items()}
    places |= {
        "umpan-balik": (share / "2026" / WITH_FAULTS / "_umpan-balik" / "umpan-balik.html", 1000, 900),
        "gladi-kirim": (example_in / "entri" / "gladi-kirim.html", 900, 800),
    }
    for name, (page, width, height) in places.items():
        if not wanted or name in wanted:
            yield name, small(page_picture(page, width, height, folder))


def main() -> None:
    """Write the pictures beside the guides."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hanya", nargs="*", default=[], help="nama gambar; kosong: semua")
    parser.add_argument("--contoh", type=Path, help="folder contoh; dibuat bila belum ada, dan disimpan")
    options = parser.parse_args()
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="iid-gambar-") as folder:
        made = options.contoh or Path(folder) / "contoh"
        if not made.exists():
            example(made)
        for name, data in pictures(made.absolute(), Path(folder), set(options.hanya)):
            (PICTURES / f"{name}.png").write_bytes(data)
            sys.stdout.write(f"{name}.png {len(data)} byte\n")


if __name__ == "__main__":
    main()
