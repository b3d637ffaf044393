"""From a share to the long tables, with the findings of reading."""

from __future__ import annotations

import os
from typing import Any

import pytest
from read_submissions_help import ROSTER, Innovation, Reported, X, messages, row, told_nothing

from iid.expectations.rulebook.model import Rulebook
from iid.tasks.values.tables import CLAIMS, EVIDENCE, FIELDS, FINDINGS, INNOVATIONS, UNITS


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


def test_unknown_unit_is_reported_for_the_folder_and_for_each_innovation(
    share: Any, innovation: Innovation, shown: Reported
) -> None:
    for name in ("A", "B"):
        share.put(f"03 Dinas Lain/{name}/inovasi.xlsx", innovation())
    read = share.read(ROSTER)
    assert shown(read) == [
        ("submission.unit_unknown", "", "", "2026/03 Dinas Lain"),
        ("submission.unit_unknown", "03/A", "", "2026/03 Dinas Lain/A"),
        ("submission.unit_unknown", "03/B", "", "2026/03 Dinas Lain/B"),
    ]
    assert set(read.findings["unit_code"]) == {"03"}
    assert messages(read)[0] == "Kode unit 03 tidak ada dalam daftar unit."
    assert share.read(None).findings.empty


def test_missing_workbook_is_reported_with_what_was_found(share: Any, shown: Reported) -> None:
    share.put(f"{X}/formulir.xls", b"x")
    share.put(f"{X}/bukti/16 x/SK.pdf")
    read = share.read(ROSTER)
    assert shown(read) == [("submission.workbook_missing", "01/SIGAP", "", f"2026/{X}/inovasi.xlsx")]
    assert messages(read) == [f"inovasi.xlsx tidak ada di folder 2026/{X} (yang ada: formulir.xls)."]
    found = row(read.innovations)
    assert (found["read"], found["workbook"], found["name"]) == (False, "", "")
    assert read.claims.query("unit_code == '01'")["parameter"].tolist() == [0] * 20
    assert read.fields.empty and read.evidence.empty


def test_missing_region_workbook_is_reported_for_pemda(share: Any, shown: Reported) -> None:
    (share.root / "2026/00 Pemda/pemda.xlsx").unlink()
    read = share.read(ROSTER)
    assert shown(read) == [("submission.workbook_missing", "pemda", "", "2026/00 Pemda/pemda.xlsx")]
    assert set(read.findings["unit_code"]) == {"pemda"}
    (share.root / "2026/00 Pemda").rmdir()
    assert shown(share.read(ROSTER)) == shown(read)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "berkas kosong (0 byte)"),
        (b"PK\x03\x04x", "terpotong atau rusak"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "terkunci kata sandi"),
    ],
)
def test_unreadable_workbook_costs_only_its_submission(
    share: Any, innovation: Innovation, shown: Reported, data: bytes, words: str
) -> None:
    share.put(f"{X}/inovasi.xlsx", data)
    share.put(f"{X}/bukti/16 x/SK.pdf")
    share.put("02 Dinas Sosial/Y/inovasi.xlsx", innovation({"16": {"Parameter": 3}}))
    read = share.read(ROSTER)
    assert shown(read) == [("submission.workbook_unreadable", "01/SIGAP", "", f"2026/{X}/inovasi.xlsx")]
    assert words in messages(read)[0]
    assert read.innovations["read"].tolist() == [False, True]
    assert row(read.claims, innovation_id="02/Y", indicator="16")["parameter"] == 3
    assert read.evidence.empty


@pytest.mark.parametrize(
    ("name", "codes"), [("inovasi (1).xlsx", ["submission.workbook_name"]), ("inovasi.xlsx", [])]
)
def test_a_workbook_under_another_name_is_read_and_its_name_reported(
    share: Any, innovation: Innovation, shown: Reported, name: str, codes: list[str]
) -> None:
    share.put(f"{X}/{name}", innovation({"16": {"Parameter": 3}}))
    read = share.read(ROSTER)
    assert row(read.claims, innovation_id="01/SIGAP", indicator="16")["parameter"] == 3
    named = [found for found in shown(read) if found[0] == "submission.workbook_name"]
    assert [code for code, *_ in named] == codes
    assert not codes or f"2026/{X}/{name}" in named[0]


def test_workbook_behind_a_link_or_a_pipe_is_not_opened(share: Any, shown: Reported) -> None:
    (share.root / "2026" / X).mkdir(parents=True)
    os.mkfifo(share.root / "2026" / X / "inovasi.xlsx")
    other = share.put("02 Dinas Sosial/Y/x").with_name("inovasi.xlsx")
    other.symlink_to("/etc/hostname")
    read = share.read(ROSTER)
    assert [code for code, *_ in shown(read)] == ["submission.workbook_unreadable"] * 2 + ["file.unexpected"]
    assert "bukan berkas biasa" in messages(read)[0]
    assert "tautan ke luar folder bersama" in messages(read)[1]


def test_remarks_of_a_workbook_name_file_sheet_and_cell(share: Any, workbook: Any, shown: Reported) -> None:
    rows = [["No", "Parameter"], [16, 1], [16, 2], [99, 1], *([n] for n in range(17, 35))]
    share.put(
        f"{X}/inovasi.xlsx",
        workbook({"Profil": [["Isian", "Jawaban"], ["Nama Inovasi", "S"]], "Indikator": rows}),
    )
    path = f"2026/{X}/inovasi.xlsx"
    read = share.read(ROSTER)
    assert shown(read) == [
        ("claim.row_missing", "01/SIGAP", "", f"{path}#Indikator"),
        ("claim.row_repeated", "01/SIGAP", "16", f"{path}#Indikator!A3"),
        ("claim.row_unknown", "01/SIGAP", "", f"{path}#Indikator!A4"),
    ]
    assert messages(read)[1] == (
        "Indikator 16 muncul lagi dengan Parameter atau Nilai yang lain; yang dipakai Indikator!A2 (baris 2)."
    )


def test_missing_sheet_asks_for_nothing_else(share: Any, workbook: Any, shown: Reported) -> None:
    share.put(f"{X}/inovasi.xlsx", workbook({"Profil": [["Isian", "Jawaban"], ["Nama Inovasi", "S"]]}))
    share.put(f"{X}/bukti/16 x/SK.pdf")
    read = share.read(ROSTER)
    assert [code for code, *_ in shown(read)] == ["submission.sheet_missing"]
    assert read.evidence.empty and row(read.innovations)["read"]


def test_files_of_no_indicator_and_at_no_place_are_reported(
    share: Any, innovation: Innovation, shown: Reported
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
    assert shown(read) == [
        ("file.unexpected", "", "", "2026/catatan.txt"),
        ("file.unexpected", "", "", "2026/01 Dinas Kesehatan/laporan.pdf"),
        ("submission.two_candidates", "01/SIGAP", "", f"2026/{X}/INOVASI.XLSX"),
        ("evidence.folder_unknown", "01/SIGAP", "", f"2026/{X}/bukti/Surat/lain.pdf"),
        ("file.unexpected", "01/SIGAP", "", f"2026/{X}/foto.jpg"),
        ("evidence.folder_unknown", "pemda", "", "2026/00 Pemda/bukti/99 x/a.pdf"),
    ]
    assert read.evidence["source"].tolist() == [f"2026/{X}/bukti/Surat/surat.pdf"]


def test_many_files_of_one_folder_are_one_finding(
    share: Any, innovation: Innovation, shown: Reported
) -> None:
    share.put(f"{X}/inovasi.xlsx", innovation())
    for number in range(40):
        share.put(f"{X}/bukti/Foto kegiatan/IMG {number:02d}.jpg")
    for number in range(6):
        share.put(f"arsip {number}.zip")
    read = share.read(ROSTER)
    assert shown(read) == [
        ("file.unexpected", "", "", "2026"),
        ("evidence.folder_unknown", "01/SIGAP", "", f"2026/{X}/bukti/Foto kegiatan"),
    ]
    assert (
        f"Berkas di folder 2026/{X}/bukti/Foto kegiatan (40 berkas, misalnya IMG 00.jpg)" in messages(read)[1]
    )


# --- not filled in ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [None, "SIGAP", "sigap "])
def test_a_workbook_that_nobody_filled_is_no_report(
    share: Any, innovation: Innovation, shown: Reported, name: str | None
) -> None:
    share.put(f"{X}/inovasi.xlsx", innovation(profile={"Nama Inovasi": name, "Hasil": None}))
    share.put(f"{X}/bukti/16 x/SK.pdf")
    read = share.read(ROSTER)
    assert shown(read) == [("submission.blank", "", "", f"2026/{X}/inovasi.xlsx")]
    assert "1 berkas di foldernya belum dipakai" in messages(read)[0]
    assert read.innovations.empty and read.fields.empty
    assert not read.units["submitted"].any()


def test_one_answer_beyond_the_folders_name_is_a_report(share: Any, innovation: Innovation) -> None:
    share.put(f"{X}/inovasi.xlsx", innovation(profile={"Nama Inovasi": "SIGAP LANSIA"}))
    assert share.read(ROSTER).innovations["name"].tolist() == ["SIGAP LANSIA"]


def test_a_region_workbook_that_nobody_filled_keeps_its_rows_unread(
    share: Any, region: Any, shown: Reported
) -> None:
    share.put("00 Pemda/pemda.xlsx", region())
    read = share.read(ROSTER)
    assert shown(read) == [("submission.blank", "pemda", "", "2026/00 Pemda/pemda.xlsx")]
    assert len(read.claims) and not read.claims["source"].str.contains("#").any()
