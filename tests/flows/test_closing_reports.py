"""What a closing tells: the units on the share, the steward about late workbooks and a date to come."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
from runs import published
from small_region import Region, emptied, filled

from iid.flows.cli.main import run as command

DEADLINE = "2026-08-31T23:59:59"
IN_TIME, LATE = "2026-08-01T00:00:00+08:00", "2026-09-05T09:00:00+08:00"
CLOSED = "Siklus ini sudah ditutup: perbaikan tidak lagi mengubah hasilnya."
TO_COME = "2999-12-31T23:59:59"


@pytest.fixture
def region(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Region:
    """A region whose files are all older than the deadline."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("IID_TOML", str(tmp_path / "iid.toml"))
    found = filled(emptied(tmp_path))
    for path in sorted(found.root.rglob("*")):
        if path.is_file():
            dated(path, IN_TIME)
    return found


def dated(path: Path, when: str) -> None:
    seconds = datetime.fromisoformat(when).timestamp()
    os.utime(path, (seconds, seconds))


def iid(what: str, region: Region, *more: str, as_of: str = DEADLINE) -> int:
    where = ("--share", str(region.root), "--store", str(region.root.parent / "hasil"))
    accept = ("--accept-undecided", "uji coba") if what == "close" else ()
    return command([what, *where, "--cycle", "2026", "--direct", "--as-of", as_of, *accept, *more])


def findings(region: Region) -> list[dict[str, str]]:
    text = (published(region.root.parent / "hasil") / "findings.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(io.StringIO(text)))


def test_closing_reports_the_units_that_fixing_no_longer_counts_and_leaves_reviews_alone(
    region: Region, capsys: pytest.CaptureFixture[str]
) -> None:
    before = region.files()
    assert iid("close", region) == 0
    assert "✓ Menulis umpan balik (" in capsys.readouterr().err
    after = region.files()
    assert {path: after[path] for path in before} == before
    assert {path.split("/")[-2] for path in after.keys() - before.keys()} == {"_umpan-balik"}
    for unit in ("101", "102", "103", "00"):
        assert CLOSED in (region.shown(unit) / "umpan-balik.html").read_text(encoding="utf-8")
    book = openpyxl.load_workbook(region.shown("101") / "temuan.xlsx")
    cells = (cell for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row)
    assert any(CLOSED in str(cell) for cell in cells)


def test_closing_without_feedback_writes_nothing_and_claims_nothing(
    region: Region, capsys: pytest.CaptureFixture[str]
) -> None:
    before = region.files()
    assert iid("close", region, "--no-feedback") == 0
    assert region.files() == before
    shown = capsys.readouterr().err
    assert "Menyusun dan menerbitkan hasil" in shown
    assert "umpan balik" not in shown


def test_a_share_that_takes_no_feedback_is_a_note_and_the_cycle_is_closed(
    region: Region, capsys: pytest.CaptureFixture[str]
) -> None:
    for folder in sorted(path for path in region.cycle.iterdir() if path.is_dir()):
        (folder / "_umpan-balik").write_text("bukan folder")
    assert iid("close", region) == 0
    shown = capsys.readouterr().err
    [note] = [line for line in shown.splitlines() if line.startswith("Catatan: umpan balik")]
    assert "bukan folder" in note
    run = published(region.root.parent / "hasil")
    assert json.loads((run / "index.json").read_text())["status"] == "final"


def test_a_late_workbook_is_reported_once_as_late_and_never_as_missing(
    region: Region, capsys: pytest.CaptureFixture[str]
) -> None:
    dated(region.folder("101") / "Perahu Sehat" / "inovasi.xlsx", LATE)
    assert iid("close", region) == 0
    shown = [
        row for row in findings(region) if row["source"].partition("#")[0].endswith("Sehat/inovasi.xlsx")
    ]
    assert [(row["code"], row["severity"], row["innovation_id"]) for row in shown] == [
        ("submission.workbook_late", "critical", "101/Perahu Sehat")
    ]
    assert (
        "5 September 2026 09.00 WITA, setelah batas waktu 31 Agustus 2026 23.59 WITA" in shown[0]["message"]
    )
    assert "Salin buku kerja" not in shown[0]["fix"]
    assert (
        "1 inovasi tidak dihitung karena buku kerjanya diubah setelah batas waktu: 101/Perahu Sehat"
        in capsys.readouterr().out
    )
    page = (region.shown("101") / "umpan-balik.html").read_text(encoding="utf-8")
    assert "Salin buku kerja kosong" not in page
    assert "isinya tidak dihitung" in page


def test_a_deadline_to_come_closes_now_and_says_so(
    region: Region, capsys: pytest.CaptureFixture[str]
) -> None:
    assert iid("close", region, "--no-feedback", "--json", as_of=TO_COME) == 0
    notes = json.loads(capsys.readouterr().out)["notes"]
    [note] = [note for note in notes if "masih akan datang" in note]
    assert "--as-of 31 Desember 2999 23.59 WITA masih akan datang: siklus dibekukan SEKARANG" in note
    assert 'iid close --reopen --reason "alasan"' in note


def test_assessing_a_time_to_come_says_that_it_is(region: Region, capsys: pytest.CaptureFixture[str]) -> None:
    assert iid("assess", region, "--no-feedback", "--json", as_of=TO_COME) == 0
    [note] = json.loads(capsys.readouterr().out)["notes"]
    assert (
        "--as-of 31 Desember 2999 23.59 WITA masih akan datang; yang dinilai adalah isi share sekarang"
        in note
    )


def test_closing_again_with_another_deadline_says_that_it_was_not_used(
    region: Region, capsys: pytest.CaptureFixture[str]
) -> None:
    assert iid("close", region) == 0
    assert iid("close", region) == 0
    assert "tidak dipakai" not in capsys.readouterr().err
    assert iid("close", region, as_of="2026-09-30T23:59:59") == 0
    shown = capsys.readouterr().err
    assert "--as-of 30 September 2026 23.59 WITA tidak dipakai" in shown
    assert "31 Agustus 2026 23.59 WITA" in shown
    assert 'iid close --reopen --reason "alasan"' in shown


def test_closing_again_makes_up_for_feedback_that_was_never_written(
    region: Region, capsys: pytest.CaptureFixture[str]
) -> None:
    assert iid("close", region, "--no-feedback") == 0
    assert iid("close", region, "--no-feedback") == 0
    assert not list(region.cycle.glob("*/_umpan-balik"))
    capsys.readouterr()
    assert iid("close", region) == 0
    assert "✓ Melengkapi umpan balik final (" in capsys.readouterr().err
    for unit in ("101", "102", "103", "00"):
        assert CLOSED in (region.shown(unit) / "umpan-balik.html").read_text(encoding="utf-8")


def test_feedback_made_up_is_what_the_closing_would_have_written_also_after_later_changes(
    region: Region,
) -> None:
    late = region.folder("101") / "Perahu Sehat/bukti/16 bukti/terlambat.pdf"
    late.write_bytes(b"%PDF-1.4 terlambat")
    dated(late, LATE)
    assert iid("close", region) == 0
    written = {path: data for path, (_, data) in region.files().items() if "/_umpan-balik/" in path}
    for unit in ("101", "00"):
        shutil.rmtree(region.shown(unit))
    (region.folder("101") / "Perahu Sehat/bukti/16 bukti/sk.pdf").write_bytes(b"diganti setelah ditutup")
    (region.folder("101") / "Perahu Sehat/bukti/16 bukti/baru.pdf").write_bytes(b"baru")
    assert iid("close", region) == 0
    again = {path: data for path, (_, data) in region.files().items() if "/_umpan-balik/" in path}
    assert sorted(again) == sorted(written)
    assert [path for path in again if again[path] != written[path]] == []


def test_closing_again_touches_no_feedback_that_is_there(region: Region) -> None:
    assert iid("close", region) == 0
    before = region.files()
    assert iid("close", region) == 0
    assert region.files() == before


def test_a_final_run_without_its_tables_is_reported_and_keeps_the_cycle_closed(
    region: Region, capsys: pytest.CaptureFixture[str]
) -> None:
    assert iid("close", region, "--no-feedback") == 0
    (published(region.root.parent / "hasil") / "fields.parquet").unlink()
    capsys.readouterr()
    assert iid("close", region) == 0
    shown = capsys.readouterr()
    assert "Catatan: umpan balik tidak ditulis (berkas terbit hilang: " in shown.err
    assert "sudah ditutup" in shown.out


def test_withdrawing_brings_the_feedback_back_to_the_run_that_counts_again(
    region: Region, capsys: pytest.CaptureFixture[str]
) -> None:
    proof = next(region.cycle.rglob("sk.pdf"))
    page = region.shown(proof.relative_to(region.cycle).parts[0].split()[0]) / "umpan-balik.html"
    assert iid("assess", region) == 0
    first = page.read_text(encoding="utf-8")
    proof.write_bytes(b"")
    dated(proof, IN_TIME)
    more = ("--accept-loss", "uji")
    assert iid("assess", region, *more, as_of="2026-09-01T12:00:00") == 0
    assert "Berkas kosong" in page.read_text(encoding="utf-8") and "Berkas kosong" not in first
    where = ("--share", str(region.root), "--store", str(region.root.parent / "hasil"), "--cycle", "2026")
    assert command(["withdraw", *where, "--reason", "salah unggah"]) == 0
    assert "belum diubah" not in capsys.readouterr().out
    assert "Berkas kosong" not in page.read_text(encoding="utf-8")
