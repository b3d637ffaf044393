"""Shares that are odd, closed, or break while they are read."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any, BinaryIO

import pandas as pd
import pytest
from read_submissions_help import ROSTER, Innovation, Reported, X, messages, row

from iid.expectations.findings.catalogue import catalogue
from iid.expectations.rulebook.model import Rulebook
from iid.tasks.demo.biff_writer import xls
from iid.tasks.ingest.submissions import read_submissions
from iid.tasks.ingest.unreadable import advice_on
from iid.tasks.shares.drive import Listing
from iid.tasks.shares.folder_drive import FolderDrive
from iid.tasks.values.errors import DriveError
from iid.tasks.values.region import Unit


def test_repeated_folders_are_reported_and_both_are_read_but_only_the_first_counts(
    share: Any, innovation: Innovation, shown: Reported
) -> None:
    share.put("01 Dinas Kesehatan/A/inovasi.xlsx", innovation())
    share.put("01 Dinkes/A/inovasi.xlsx", innovation())
    share.put("00 Pemda 2/pemda.xlsx")
    read = share.read(ROSTER)
    assert shown(read) == [
        ("unit.folder_repeated", "", "", "2026/01 Dinkes"),
        ("innovation.folder_repeated", "01/A (2)", "", "2026/01 Dinkes/A"),
        ("unit.folder_repeated", "", "", "2026/00 Pemda 2"),
        ("file.unexpected", "", "", "2026/00 Pemda 2/pemda.xlsx"),
    ]
    assert "2026/01 Dinas Kesehatan; 2026/01 Dinkes" in messages(read)[0]
    assert read.innovations["read"].tolist() == [True, True]
    folders = dict(zip(read.innovations["innovation_id"], read.innovations["folder"], strict=True))
    assert folders == {"01/A": "2026/01 Dinas Kesehatan/A", "01/A (2)": "2026/01 Dinkes/A"}
    (copy,) = read.findings.loc[read.findings["severity"] == "critical"].itertuples()
    assert (copy.code, copy.innovation_id) == ("innovation.folder_repeated", "01/A (2)")
    assert "hanya 2026/01 Dinas Kesehatan/A yang dihitung" in copy.message


def test_every_finding_is_in_the_catalogue_with_its_severity(share: Any) -> None:
    share.put("03 Lain/A/inovasi.xls")
    read = share.read(ROSTER)
    for code, severity in read.findings[["code", "severity"]].itertuples(index=False):
        assert catalogue()[code].severity == severity


def test_names_with_line_breaks_stay_on_one_line_of_the_message(share: Any, innovation: Innovation) -> None:
    share.put(f"{X}/inovasi.xlsx", innovation())
    share.put(f"{X}/baris\nbaru\u202e.pdf")
    (message,) = messages(share.read(ROSTER))
    assert "baris\\u000abaru\\u202e.pdf" in message


def test_undecodable_names_travel_to_every_table(share: Any, innovation: Innovation) -> None:
    share.put(f"{X}/inovasi.xlsx", innovation({"16": {"Parameter": 1}}))
    folder = share.put(f"{X}/bukti/16 x/a.pdf").parent
    Path(os.fsdecode(os.fsencode(folder) + b"/SK \xe9.pdf")).write_bytes(b"x")
    evidence = share.read(ROSTER).evidence
    assert evidence["source"].tolist()[0] == f"2026/{X}/bukti/16 x/SK \\xe9.pdf"
    evidence.to_csv().encode("utf-8")


AS_NOBODY = """
import os, sys
from pathlib import Path
from iid.expectations.rulebook.loading import load
from iid.tasks.shares.folder_drive import FolderDrive
from iid.tasks.ingest.submissions import read_submissions
def read_share():
    drive = FolderDrive(sys.argv[1])
    return read_submissions(drive, drive.list("2026"), load(2026).rulebook, None)
read = read_share()
if os.getuid() == 0:  # root may read everything: become nobody, who may not even read Python's own folder,
    os.setgroups([]); os.setgid(65534); os.setuid(65534)  # so all modules were loaded by a first reading
    read = read_share()
for line in read.findings[["code", "unit_code", "innovation_id", "message"]].itertuples(index=False):
    print(*line, sep="|")
"""


def test_closed_folders_and_workbooks_are_one_finding_each(innovation: Innovation, region: Any) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:  # pytest's own folders are closed to nobody
        root = Path(folder)
        root.chmod(0o755)
        cycle = root / "2026"
        for path, data in (
            ("00 Pemda/pemda.xlsx", region({"1": {"Keterangan": "ada"}})),
            ("01 A/X/inovasi.xlsx", innovation()),
            ("01 A/Y/bukti/16 x/a.pdf", b"x"),
            ("02 B/Z/inovasi.xlsx", innovation()),
        ):
            (cycle / path).parent.mkdir(parents=True, exist_ok=True)
            (cycle / path).write_bytes(data)
        closed = [cycle / "01 A/X/inovasi.xlsx", cycle / "01 A/Y", cycle / "02 B"]
        for path in closed:
            path.chmod(0)
        done = subprocess.run(
            [sys.executable, "-c", AS_NOBODY, folder], capture_output=True, text=True, check=False, cwd="/"
        )
        for path in closed:
            path.chmod(0o700)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "submission.workbook_unreadable|01|01/X|inovasi.xlsx tidak dapat dibaca: hak baca ditolak.",
        "evidence.folder_unreadable|01|01/Y|Folder 2026/01 A/Y tidak dapat dibaca: hak baca ditolak.",
        "submission.workbook_unreadable|01|01/Y|inovasi.xlsx tidak dapat dibaca: "
        "foldernya tidak dapat dibaca (hak baca ditolak).",
        "evidence.folder_unreadable|02||Folder 2026/02 B tidak dapat dibaca: hak baca ditolak.",
    ]


class Flaky(FolderDrive):
    """A drive on which one workbook vanishes, or which breaks down."""

    def __init__(self, root: Path, error: Exception) -> None:
        super().__init__(root)
        self.error = error

    def open(self, path: str) -> BinaryIO:
        if path.endswith("inovasi.xlsx"):
            raise self.error
        return super().open(path)


def test_workbook_that_vanishes_is_a_finding(share: Any, innovation: Innovation, rulebook: Rulebook) -> None:
    share.put(f"{X}/inovasi.xlsx", innovation())
    drive = Flaky(share.root, FileNotFoundError())
    read = read_submissions(drive, drive.list("2026"), rulebook, ROSTER)
    assert messages(read) == ["inovasi.xlsx tidak dapat dibaca: berkasnya hilang saat dibaca."]


def test_drive_that_fails_ends_the_run(share: Any, innovation: Innovation, rulebook: Rulebook) -> None:
    share.put(f"{X}/inovasi.xlsx", innovation())
    drive = Flaky(share.root, DriveError("share terputus"))
    with pytest.raises(DriveError, match="terputus"):
        read_submissions(drive, drive.list("2026"), rulebook, ROSTER)


def test_empty_cycle_gives_empty_tables_and_all_rows_of_the_region(
    rulebook: Rulebook, tmp_path: Path
) -> None:
    read = read_submissions(FolderDrive(tmp_path), Listing((), ()), rulebook, ROSTER)
    assert (len(read.units), len(read.innovations), len(read.evidence)) == (2, 0, 0)
    assert read.claims["indicator"].tolist() == [indicator.key for indicator in rulebook.spd_rows]


def test_same_share_gives_the_same_tables(share: Any, innovation: Innovation) -> None:
    for name in ("B", "A", "C"):
        share.put(f"02 Dinas Sosial/{name}/inovasi.xlsx", innovation({"16": {"Parameter": 2}}))
        share.put(f"02 Dinas Sosial/{name}/bukti/16 x/a.pdf")
        share.put(f"02 Dinas Sosial/{name}/lepas.pdf")
    first, second = share.read(ROSTER), share.read(tuple(reversed(ROSTER)))
    for name in ("units", "innovations", "fields", "claims", "evidence", "findings"):
        pd.testing.assert_frame_equal(getattr(first, name), getattr(second, name))


def test_cycle_with_a_total_reads_its_one_row(tmp_path: Path, totals: Rulebook, region: Any) -> None:
    for path, data in (
        ("00 Pemda/pemda.xlsx", region({"SPD": {"Nilai": "40,5"}}, totals)),
        ("00 Pemda/bukti/SPD/hasil.pdf", b"x"),
    ):
        (tmp_path / "2023" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "2023" / path).write_bytes(data)
    drive = FolderDrive(tmp_path)
    read = read_submissions(drive, drive.list("2023"), totals, None)
    claim = row(read.claims, innovation_id="pemda")
    assert (claim["indicator"], claim["value"], claim["parameter"]) == ("SPD", "40.5", 0)
    assert read.evidence["counted"].tolist() == [True]
    assert read.findings.empty


# --- a workbook that is not where it belongs, or is something else: one finding that says so ----


@pytest.mark.parametrize(
    ("book", "proof", "inner"),
    [
        ("lagi/", "lagi/", "lagi"),
        ("a/b/", "a/b/", "a/b"),
        ("lagi/", "", "lagi"),
        ("", "lagi/", "lagi"),
        ("bukti/", "", "bukti"),
        ("bukti/", "bukti/", "bukti"),
    ],
)
def test_what_is_in_a_subfolder_is_read_with_one_finding(
    share: Any, innovation: Innovation, shown: Reported, book: str, proof: str, inner: str
) -> None:
    share.put(f"{X}/{book}inovasi.xlsx", innovation({"16": {"Parameter": 2}}))
    share.put(f"{X}/{proof}bukti/16 x/SK.pdf")
    read = share.read(ROSTER)
    assert shown(read) == [("submission.folder_too_deep", "01/SIGAP", "", f"2026/{X}/{inner}")]
    assert read.evidence.query("counted")["indicator"].tolist() == ["16"]


def test_a_workbook_among_the_evidence_is_evidence(share: Any, innovation: Innovation) -> None:
    share.put(f"{X}/bukti/32 x/inovasi.xlsx", innovation({"16": {"Parameter": 2}}))
    assert share.read(ROSTER).findings["code"].tolist() == ["submission.workbook_missing"]


def test_several_innovations_in_one_folder_are_one_finding(
    share: Any, innovation: Innovation, shown: Reported
) -> None:
    for name in ("A", "B"):
        share.put(f"{X}/{name}/inovasi.xlsx", innovation())
        share.put(f"{X}/{name}/bukti/16 x/SK.pdf")
    read = share.read(ROSTER)
    assert [code for code, *_ in shown(read)] == ["submission.workbook_missing"]
    assert "2 subfolder (A, B)" in read.findings["fix"][0]


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("inovasi.xlsx", "Buat satu folder untuk inovasinya"),
        ("Inovasi (1).xlsx", "ganti namanya"),
        ("Copy of inovasi.xlsx", "ganti namanya"),
        ("inovasi.ods", "Save As"),
        ("inovasi.zip", "Keluarkan isi arsipnya"),
        ("inovasi.xlsx.lnk", "pintasan"),
    ],
)
def test_a_workbook_in_the_units_folder_is_one_finding_and_no_innovation(
    share: Any, innovation: Innovation, shown: Reported, name: str, advice: str
) -> None:
    share.put(f"01 Dinas Kesehatan/{name}", innovation())
    for number in range(3):
        share.put(f"01 Dinas Kesehatan/bukti/16 x/SK {number}.pdf")
    read = share.read(ROSTER)
    path = f"2026/01 Dinas Kesehatan/{name}"
    assert shown(read) == [("submission.workbook_in_unit_folder", "", "", path)]
    assert "3 berkas di folder bukti" in read.findings["message"][0]
    assert advice in read.findings["fix"][0]
    assert read.innovations.empty and not read.units["submitted"].any()


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("inovasi.xlsx.bak", "ganti namanya"),
        ("inovasi", "ganti namanya"),
        ("inovasi.fods", "Save As"),
        ("inovasi.docx", "Save As"),
        ("inovasi.gdoc", "pintasan"),
        ("SIGAP.zip", "Keluarkan isi arsipnya"),
    ],
)
def test_what_is_in_the_workbooks_place_is_one_finding(
    share: Any, shown: Reported, name: str, advice: str
) -> None:
    share.put(f"{X}/{name}", b"x")
    read = share.read(ROSTER)
    assert [code for code, *_ in shown(read)] == ["submission.workbook_missing"]
    assert name in read.findings["message"][0]
    assert advice in read.findings["fix"][0]


@pytest.mark.parametrize(
    ("data", "message", "advice"),
    [
        (b"", "kosong", "Salin ulang"),
        (b"Rar!\x1a\x07\x01\x00", "arsip RAR", "Keluarkan isi arsip"),
        (b"L\0\0\0\x01\x14\x02\0", "pintasan Windows", "Salin buku kerjanya sendiri"),
        (b'{"doc_id":"1"}', "pintasan Google Drive", "Salin buku kerjanya sendiri"),
        (b"%PDF-1.4", "PDF", "Beri nama lain pada berkas ini dulu"),
        (b"<html>", "halaman HTML", "Save As"),
    ],
)
def test_the_advice_on_an_unreadable_workbook_fits_its_content(
    share: Any, data: bytes, message: str, advice: str
) -> None:
    share.put(f"{X}/inovasi.xlsx", data)
    found = share.read(ROSTER).findings
    assert found["code"].tolist() == ["submission.workbook_unreadable"]
    assert message in found["message"][0]
    assert advice in found["fix"][0]


def test_a_workbook_over_a_limit_keeps_its_name_free_before_another_takes_it() -> None:
    advice = advice_on("ukurannya lebih dari 10 MB", "pemda.xlsx")
    assert advice.startswith("Beri nama lain pada berkas ini dulu")
    assert advice.endswith("pemda.xlsx")


def test_another_format_under_its_own_name_is_one_finding(share: Any) -> None:
    sheets = {
        "Profil": [["Isian", "Jawaban"], ["Nama Inovasi", "S"]],
        "Indikator": [["No", "Parameter"], [16, 1]],
    }
    share.put(f"{X}/inovasi.xls", xls(sheets))
    found = share.read(ROSTER).findings.query("code.str.startswith('submission')")
    assert found["message"].tolist() == [
        "inovasi.xls dibaca sebagai inovasi.xlsx (isinya format Excel lama (.xls))."
    ]
    assert found["fix"].tolist() == [
        "Buka, lalu simpan sebagai (Save As) Excel .xlsx dengan nama inovasi.xlsx."
    ]


@pytest.mark.parametrize(("listed", "folder"), [("201", "0201"), ("1.1", "1.10")])
def test_a_folder_whose_code_excel_rewrote_in_the_roster_is_said_to_be_so(
    share: Any, innovation: Innovation, listed: str, folder: str
) -> None:
    share.put(f"{folder} Dinas/A/inovasi.xlsx", innovation())
    found = share.read((Unit(listed, "Dinas", "opd"),)).findings.query("code == 'submission.unit_unknown'")
    assert f'yang ada "{listed}", mungkin diubah Excel' in found["message"].iloc[0]
