"""Small workbooks and shares made on the spot."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from workbook_parts import written

from iid.expectations.rulebook.loading import load
from iid.expectations.rulebook.model import Rulebook
from iid.tasks.ingest.submissions import Submissions, read_submissions
from iid.tasks.shares.folder_drive import FolderDrive
from iid.tasks.values.region import Unit

Rows = Sequence[Sequence[Any]]
PROFILE_HEADER = ("Isian", "Jawaban")
SID_HEADER = ("No", "Indikator", "Parameter", "Basis", "Bukti", "Tautan", "Keterangan")
SPD_HEADER = ("No", "Indikator", "Nilai", "Parameter", "Bukti", "Tautan", "Keterangan")


def _workbook(sheets: Mapping[str, Rows], change: Callable[[openpyxl.Workbook], None] | None = None) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    if change is not None:
        change(book)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


@pytest.fixture(scope="session")
def workbook() -> Callable[..., bytes]:
    """``workbook({"Profil": rows}, change)``: rows of cells from A1 on, then *change* of the workbook."""
    return _workbook


@pytest.fixture(scope="session")
def simple() -> bytes:
    """A workbook of one small sheet, as Excel saves it."""
    return written({"A": [["satu", 2, 2.5], [None, True, "tiga"]]})


@pytest.fixture(scope="session")
def rulebook() -> Rulebook:
    return load(2026).rulebook


@pytest.fixture(scope="session")
def totals() -> Rulebook:
    """A cycle whose SPD is one total."""
    return load(2023).rulebook


@pytest.fixture
def innovation() -> Callable[..., bytes]:
    """``innovation({"16": {"Parameter": 2}}, {"Tahapan": "Penerapan"})`` as an ``inovasi.xlsx``."""

    def make(
        rows: Mapping[str, Mapping[str, Any]] | None = None, profile: Mapping[str, Any] | None = None
    ) -> bytes:
        lines = [
            [int(no), f"Indikator {no}", *((rows or {}).get(no, {}).get(title) for title in SID_HEADER[2:])]
            for no in map(str, range(16, 36))
        ]
        answers = [
            [label, answer]
            for label, answer in (profile or {"Nama Inovasi": "SIGAP", "Hasil": "ada"}).items()
        ]
        return _workbook({"Profil": [PROFILE_HEADER, *answers], "Indikator": [SID_HEADER, *lines]})

    return make


@pytest.fixture
def region(rulebook: Rulebook) -> Callable[..., bytes]:
    """``region({"3": {"Nilai": "8,17"}})`` as a ``pemda.xlsx``."""

    def make(rows: Mapping[str, Mapping[str, Any]] | None = None, rules: Rulebook = rulebook) -> bytes:
        lines = [
            [row.key, row.name, *((rows or {}).get(row.key, {}).get(title) for title in SPD_HEADER[2:])]
            for row in rules.spd_rows
        ]
        return _workbook({"Indikator": [SPD_HEADER, *lines]})

    return make


class Share:
    """A share of the cycle 2026 in a folder; :meth:`read` gives its tables."""

    def __init__(self, root: Path, rulebook: Rulebook) -> None:
        self.root = root
        self.rulebook = rulebook

    def put(self, path: str, data: bytes = b"x") -> Path:
        place = self.root / "2026" / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
        return place

    def read(self, roster: Sequence[Unit] | None = None, **options: Any) -> Submissions:
        drive = FolderDrive(self.root)
        return read_submissions(drive, drive.list("2026"), self.rulebook, roster, **options)


@pytest.fixture
def share(tmp_path: Path, rulebook: Rulebook, region: Callable[..., bytes]) -> Share:
    made = Share(tmp_path, rulebook)
    made.put("00 Pemda/pemda.xlsx", region({rulebook.spd_rows[0].key: {"Keterangan": "ada"}}))
    return made


@pytest.fixture
def shown() -> Callable[[Submissions], list[tuple[str, str, str, str]]]:
    """Code, innovation, indicator and source of every finding."""

    def tell(read: Submissions) -> list[tuple[str, str, str, str]]:
        columns = ["code", "innovation_id", "indicator", "source"]
        return [tuple(row) for row in read.findings[columns].itertuples(index=False)]

    return tell
