"""From a share to the long tables, with the findings of reading."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any, BinaryIO

import pandas as pd
import pytest

from iid.expectations.findings import catalogue
from iid.expectations.rulebook import Rulebook
from iid.tasks.drives.base import Listing
from iid.tasks.drives.folder import FolderDrive
from iid.tasks.errors import DriveError
from iid.tasks.model import Unit
from iid.tasks.submissions.reading import Submissions, read_submissions
from iid.tasks.tables import CLAIMS, EVIDENCE, FIELDS, FINDINGS, INNOVATIONS, UNITS

ROSTER = (Unit("01", "Dinas Kesehatan", "opd"), Unit("02", "Dinas Sosial", "opd", ""))
X = "01 Dinas Kesehatan/SIGAP"
Innovation = Callable[..., bytes]
Told = Callable[[Submissions], list[tuple[str, str, str, str]]]


def messages(read: Submissions) -> list[str]:
    return read.findings["message"].tolist()


def row(table: pd.DataFrame, **wanted: str) -> dict[str, Any]:
    for name, value in wanted.items():
        table = table[table[name] == value]
    assert len(table) == 1
    found: dict[str, Any] = table.iloc[0].to_dict()
    return found


def test_tables_have_the_columns_and_types_of_the_agreement(share: Any, innovation: Innovation) -> None:
    share.put(f"{X}/inovasi.xlsx", innovation({"16": {"Parameter": 2}}))
    share.put(f"{X}/bukti/16 Regulasi/SK.pdf", b"%PDF-1.7")
    read = share.read(ROSTER)
    for name, columns in {
        "units": UNITS,
        "innovations": INNOVATIONS,
        "fields": FIELDS,
        "claims": CLAIMS,
        "evidence": EVIDENCE,
        "findings": FINDINGS,
    }.items():
        assert {column: str(kind) for column, kind in getattr(read, name).dtypes.items()} == columns, name
    assert told_nothing(read)


def told_nothing(read: Submissions) -> bool:
    return read.findings.empty


def test_one_good_innovation_is_read_whole(share: Any, innovation: Innovation, rulebook: Rulebook) -> None:
    profile = {"Nama Inovasi": "SIGAP", "Tahapan": "penerapan", "Rancang Bangun": "kata kata lain"}
    share.put(
        f"{X}/inovasi.xlsx",
        innovation({"16": {"Parameter": 2, "Tautan": "https://unit:rahasia@a.go.id/x"}}, profile),
    )
    share.put(f"{X}/bukti/16 Regulasi/SK.pdf", b"%PDF-1.7")
    read = share.read(ROSTER)
    found = row(read.innovations)
    assert {key: found[key] for key in ("innovation_id", "unit_code", "folder", "workbook", "read")} == {
        "innovation_id": "01/SIGAP",
        "unit_code": "01",
        "folder": f"2026/{X}",
        "workbook": f"2026/{X}/inovasi.xlsx",
        "read": True,
    }
    assert (found["name"], found["stage"], found["design_words"], found["design_distinct_words"]) == (
        *("SIGAP", "Penerapan"),
        *(3, 2),
    )
    assert row(read.fields, field="stage")["source"] == f"2026/{X}/inovasi.xlsx#Profil!B3"
    assert row(read.fields, field="purpose")["source"] == f"2026/{X}/inovasi.xlsx#Profil"
    claim = row(read.claims, innovation_id="01/SIGAP", indicator="16")
    assert (claim["parameter"], claim["aspect"], claim["links"]) == (2, "SID", "https://***@a.go.id/x")
    assert claim["source"] == f"2026/{X}/inovasi.xlsx#Indikator!C2"
    assert len(read.claims) == len(rulebook.spd_rows) + len(rulebook.sid)
    assert read.claims["innovation_id"].iloc[0] == "pemda"
    assert read.evidence["source"].tolist() == [f"2026/{X}/bukti/16 Regulasi/SK.pdf", "https://***@a.go.id/x"]
    link = row(read.evidence, kind="link")
    assert (link["format"], link["readable"], link["problem"]) == ("link", True, "")
    file = row(read.evidence, kind="file")
    assert (file["size"], file["readable"], file["counted"], file["sha256"]) == (8, False, True, "")
    assert told_nothing(read)


def test_units_are_the_roster_joined_with_the_folders(share: Any, innovation: Innovation) -> None:
    share.put(f"{X}/inovasi.xlsx", innovation())
    share.put("03 Dinas Lain/Y/inovasi.xlsx", innovation())
    read = share.read(ROSTER)
    columns = ["unit_code", "name", "type", "folder", "known", "submitted"]
    assert list(read.units[columns].itertuples(index=False, name=None)) == [
        ("01", "Dinas Kesehatan", "opd", "2026/01 Dinas Kesehatan", True, True),
        ("02", "Dinas Sosial", "opd", "", True, False),
        ("03", "Dinas Lain", "", "2026/03 Dinas Lain", False, True),
    ]


def test_unknown_unit_is_told_for_the_folder_and_for_each_innovation(
    share: Any, innovation: Innovation, told: Told
) -> None:
    for name in ("A", "B"):
        share.put(f"03 Dinas Lain/{name}/inovasi.xlsx", innovation())
    read = share.read(ROSTER)
    assert told(read) == [
        ("submission.unit_unknown", "", "", "2026/03 Dinas Lain"),
        ("submission.unit_unknown", "03/A", "", "2026/03 Dinas Lain/A"),
        ("submission.unit_unknown", "03/B", "", "2026/03 Dinas Lain/B"),
    ]
    assert set(read.findings["unit_code"]) == {"03"}
    assert messages(read)[0] == "Kode unit 03 tidak ada dalam daftar unit."
    assert share.read(None).findings.empty


def test_missing_workbook_is_told_with_what_was_found(share: Any, told: Told) -> None:
    share.put(f"{X}/inovasi.xls", b"x")
    share.put(f"{X}/bukti/16 x/SK.pdf")
    read = share.read(ROSTER)
    assert told(read) == [("submission.workbook_missing", "01/SIGAP", "", f"2026/{X}/inovasi.xlsx")]
    assert messages(read) == [f"inovasi.xlsx tidak ada di folder 2026/{X} (yang ada: inovasi.xls)."]
    found = row(read.innovations)
    assert (found["read"], found["workbook"], found["name"]) == (False, "", "")
    assert read.claims.query("unit_code == '01'")["parameter"].tolist() == [0] * 20
    assert read.fields.empty and read.evidence.empty


def test_missing_region_workbook_is_told_for_pemda(share: Any, told: Told) -> None:
    (share.root / "2026/00 Pemda/pemda.xlsx").unlink()
    read = share.read(ROSTER)
    assert told(read) == [("submission.workbook_missing", "pemda", "", "2026/00 Pemda/pemda.xlsx")]
    assert set(read.findings["unit_code"]) == {"pemda"}
    (share.root / "2026/00 Pemda").rmdir()
    assert told(share.read(ROSTER)) == told(read)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "berkas kosong (0 byte)"),
        (b"PK\x03\x04x", "terpotong atau rusak"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "terkunci kata sandi"),
    ],
)
def test_unreadable_workbook_costs_only_its_submission(
    share: Any, innovation: Innovation, told: Told, data: bytes, words: str
) -> None:
    share.put(f"{X}/inovasi.xlsx", data)
    share.put(f"{X}/bukti/16 x/SK.pdf")
    share.put("02 Dinas Sosial/Y/inovasi.xlsx", innovation({"16": {"Parameter": 3}}))
    read = share.read(ROSTER)
    assert told(read) == [("submission.workbook_unreadable", "01/SIGAP", "", f"2026/{X}/inovasi.xlsx")]
    assert words in messages(read)[0]
    assert read.innovations["read"].tolist() == [False, True]
    assert row(read.claims, innovation_id="02/Y", indicator="16")["parameter"] == 3
    assert read.evidence.empty


def test_workbook_behind_a_link_or_a_pipe_is_not_opened(share: Any, told: Told) -> None:
    (share.root / "2026" / X).mkdir(parents=True)
    os.mkfifo(share.root / "2026" / X / "inovasi.xlsx")
    other = share.put("02 Dinas Sosial/Y/x").with_name("inovasi.xlsx")
    other.symlink_to("/etc/hostname")
    read = share.read(ROSTER)
    assert [code for code, *_ in told(read)] == ["submission.workbook_unreadable"] * 2 + ["file.unexpected"]
    assert "bukan berkas biasa" in messages(read)[0]
    assert "tautan ke luar share" in messages(read)[1]


def test_remarks_of_a_workbook_name_file_sheet_and_cell(share: Any, workbook: Any, told: Told) -> None:
    rows = [["No", "Parameter"], [16, 1], [16, 2], [99, 1], *([n] for n in range(17, 35))]
    share.put(
        f"{X}/inovasi.xlsx",
        workbook({"Profil": [["Isian", "Jawaban"], ["Nama Inovasi", "S"]], "Indikator": rows}),
    )
    path = f"2026/{X}/inovasi.xlsx"
    read = share.read(ROSTER)
    assert told(read) == [
        ("claim.row_missing", "01/SIGAP", "", f"{path}#Indikator"),
        ("claim.row_repeated", "01/SIGAP", "16", f"{path}#Indikator!A3"),
        ("claim.row_unknown", "01/SIGAP", "", f"{path}#Indikator!A4"),
    ]
    assert messages(read)[1] == (
        "Indikator 16 muncul lebih dari satu kali; yang dipakai Indikator!A2 (baris 2)."
    )


def test_missing_sheet_asks_for_nothing_else(share: Any, workbook: Any, told: Told) -> None:
    share.put(f"{X}/inovasi.xlsx", workbook({"Profil": [["Isian", "Jawaban"], ["Nama Inovasi", "S"]]}))
    share.put(f"{X}/bukti/16 x/SK.pdf")
    read = share.read(ROSTER)
    assert [code for code, *_ in told(read)] == ["submission.sheet_missing"]
    assert read.evidence.empty and row(read.innovations)["read"]


def test_files_of_no_indicator_and_at_no_place_are_told(
    share: Any, innovation: Innovation, told: Told
) -> None:
    share.put(f"{X}/inovasi.xlsx", innovation({"16": {"Parameter": 2, "Bukti": "surat.pdf"}}))
    share.put(f"{X}/bukti/Surat/surat.pdf")
    share.put(f"{X}/bukti/Surat/lain.pdf")
    share.put(f"{X}/INOVASI.XLSX")
    share.put(f"{X}/foto.jpg")
    share.put("01 Dinas Kesehatan/laporan.pdf")
    share.put("catatan.txt")
    share.put("00 Pemda/bukti/99 x/a.pdf")
    read = share.read(ROSTER)
    assert told(read) == [
        ("file.unexpected", "", "", "2026/catatan.txt"),
        ("file.unexpected", "", "", "2026/01 Dinas Kesehatan/laporan.pdf"),
        ("file.unexpected", "01/SIGAP", "", f"2026/{X}/INOVASI.XLSX"),
        ("evidence.folder_unknown", "01/SIGAP", "", f"2026/{X}/bukti/Surat/lain.pdf"),
        ("file.unexpected", "01/SIGAP", "", f"2026/{X}/foto.jpg"),
        ("evidence.folder_unknown", "pemda", "", "2026/00 Pemda/bukti/99 x/a.pdf"),
    ]
    assert read.evidence["source"].tolist() == [f"2026/{X}/bukti/Surat/surat.pdf"]


def test_many_files_of_one_folder_are_one_finding(share: Any, innovation: Innovation, told: Told) -> None:
    share.put(f"{X}/inovasi.xlsx", innovation())
    for number in range(40):
        share.put(f"{X}/bukti/Foto kegiatan/IMG {number:02d}.jpg")
    for number in range(6):
        share.put(f"arsip {number}.zip")
    read = share.read(ROSTER)
    assert told(read) == [
        ("file.unexpected", "", "", "2026"),
        ("evidence.folder_unknown", "01/SIGAP", "", f"2026/{X}/bukti/Foto kegiatan"),
    ]
    assert (
        f"Berkas di folder 2026/{X}/bukti/Foto kegiatan (40 berkas, misalnya IMG 00.jpg)" in messages(read)[1]
    )


def test_repeated_folders_are_told_and_both_are_read_but_only_the_first_counts(
    share: Any, innovation: Innovation, told: Told
) -> None:
    share.put("01 Dinas Kesehatan/A/inovasi.xlsx", innovation())
    share.put("01 Dinkes/A/inovasi.xlsx", innovation())
    share.put("00 Pemda 2/pemda.xlsx")
    read = share.read(ROSTER)
    assert told(read) == [
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
from iid.expectations.loading import load
from iid.tasks.drives.folder import FolderDrive
from iid.tasks.submissions.reading import read_submissions
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
            ("00 Pemda/pemda.xlsx", region()),
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


def test_workbooks_may_be_parsed_in_other_processes(share: Any, innovation: Innovation) -> None:
    share.put(f"{X}/inovasi.xlsx", innovation({"16": {"Parameter": 3}}))
    share.put("02 Dinas Sosial/Y/inovasi.xlsx", b"x")
    share.put("02 Dinas Sosial/Z/lain.pdf")
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:

        def mapper(parse: Any, blobs: Iterable[bytes]) -> Iterable[Any]:
            return pool.map(parse, blobs, chunksize=50)

        other = share.read(ROSTER, mapper=mapper)
    here = share.read(ROSTER)
    for name in ("innovations", "claims", "findings"):
        pd.testing.assert_frame_equal(getattr(here, name), getattr(other, name))


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
