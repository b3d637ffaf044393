"""The workbooks as another program than ours opens them: LibreOffice, without repair."""

from __future__ import annotations

import csv
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

from iid.tasks.report.book import open_book
from iid.tasks.report.result_workbook import result_workbook
from iid.tasks.review.review_workbooks import write_review_workbooks
from iid.tasks.shares.folder_drive import FolderDrive
from iid.tasks.values.assessment import Assessment

pytestmark = pytest.mark.integration

#: Every sheet as its own CSV: comma, quotes, UTF-8, from the first row, as shown, formulas calculated.
EVERY_SHEET = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"
RESULT = ("Ringkasan", "Inovasi", "Skor", "Bukti", "Temuan", "Unit", "Peraturan")


@pytest.fixture(scope="module")
def opened(assessment: Assessment, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with ``hasil.xlsx``, one review workbook, and what LibreOffice made of them."""
    if shutil.which("soffice") is None:
        pytest.skip("LibreOffice is not installed (apt-get install libreoffice-calc)")
    folder = tmp_path_factory.mktemp("libreoffice")
    (folder / "hasil.xlsx").write_bytes(result_workbook(open_book(assessment)))
    (folder / "share").mkdir()
    assert list(write_review_workbooks(FolderDrive(folder / "share"), assessment)) == []
    review = folder / "tinjauan.xlsx"
    shutil.copyfile(folder / "share" / str(assessment.cycle) / "_tinjauan" / "1.02.xlsx", review)
    for kind in (EVERY_SHEET, "pdf"):
        order = ["soffice", f"-env:UserInstallation={(folder / 'profil').as_uri()}", "--headless"]
        done = subprocess.run(
            [*order, "--convert-to", kind, "--outdir", str(folder / "keluar"), "hasil.xlsx", "tinjauan.xlsx"],
            cwd=folder,
            check=False,
            capture_output=True,
            text=True,
            timeout=280,
        )
        assert done.returncode == 0, done.stderr
        assert "Error" not in done.stdout + done.stderr, done.stdout + done.stderr
    return folder


def sheets(folder: Path, name: str) -> dict[str, list[list[str]]]:
    """Rows of every sheet of one workbook as LibreOffice shows them."""
    found = {}
    for path in sorted((folder / "keluar").glob(f"{name}-*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            found[path.stem.removeprefix(f"{name}-")] = list(csv.reader(file))
    return found


def test_the_result_opens_with_every_sheet_and_row(opened: Path, assessment: Assessment) -> None:
    found = sheets(opened, "hasil")
    assert set(RESULT) <= set(found)
    counts = {"Inovasi": assessment.innovations, "Skor": assessment.scores, "Unit": assessment.units}
    for name, table in counts.items():
        assert sum(1 for row in found[name] if any(row)) == len(table) + 1, name


def test_no_cell_shows_an_error_and_no_text_became_a_formula(opened: Path) -> None:
    for name in ("hasil", "tinjauan"):
        cells = [c for rows in sheets(opened, name).values() for row in rows for c in row]
        assert not [c for c in cells if c.startswith(("#REF", "#NAME", "#VALUE", "#DIV", "Err:"))]
    names = [row for row in sheets(opened, "hasil")["Inovasi"] if any("HYPERLINK" in c for c in row)]
    assert names, "the hostile name stands there as text"


def test_the_review_workbook_opens_with_its_decisions(opened: Path) -> None:
    found = sheets(opened, "tinjauan")
    assert "Keputusan" in found
    head = found["Keputusan"][0]
    assert head[:4] == ["innovation_id", "No", "Indikator", "Parameter klaim"]
    assert len(found["Keputusan"]) > 20


def test_both_print(opened: Path) -> None:
    for name in ("hasil", "tinjauan"):
        assert (opened / "keluar" / f"{name}.pdf").read_bytes().startswith(b"%PDF-")


def test_every_part_of_the_files_is_well_formed(opened: Path) -> None:
    from xml.etree import ElementTree as Xml

    for name in ("hasil", "tinjauan"):
        with zipfile.ZipFile(opened / f"{name}.xlsx") as book:
            assert book.testzip() is None
            for part in book.namelist():
                if part.endswith((".xml", ".rels")):
                    Xml.fromstring(book.read(part))  # noqa: S314  our own file
