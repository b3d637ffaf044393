"""`iid scaffold`, as a user runs it."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest

from iid.flows.cli.main import run


@pytest.fixture
def roster_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "unit.csv"
    path.write_text(
        "code,name,type,parent\n101,Dinas Kesehatan,opd,\n201,UPT Puskesmas Gambut,puskesmas,101\n"
    )
    return path


def bare(*more: str) -> int:
    return run(["scaffold", "--share", "share", "--cycle", "2026", "--roster", "unit.csv", *more])


def call(*more: str) -> int:
    return bare("--region", "63.03", "--region-name", "Kabupaten Banjar", *more)


@pytest.mark.parametrize(
    ("more", "word"),
    [
        ((), "--region 63.03"),
        (("--region", "63.99"), "63.02 Kabupaten Kotabaru, 63.03 Kabupaten Banjar"),
        (("--region", "63.02", "--region-name", "Kabupaten Banjar"), "kodenya 63.03"),
        (("--region", "63.30", "--region-name", "Kabupaten Banjar"), "kodenya 63.03"),
        (("--region", "29.01", "--region-name", "Kabupaten X"), "tidak ada provinsi 29"),
    ],
)
def test_a_region_is_asked_never_assumed(
    roster_file: Path, capsys: pytest.CaptureFixture[str], more: tuple[str, ...], word: str
) -> None:
    assert bare(*more) == 2
    shown = capsys.readouterr().err
    assert word in shown
    assert len(shown.strip().splitlines()) == 1
    assert [path.name for path in roster_file.parent.iterdir()] == ["unit.csv"]


@pytest.mark.parametrize("said", ["63.03", "6303", "Kabupaten Banjar", "kab. banjar", "63.99"])
def test_a_region_is_known_by_its_code_or_its_name(roster_file: Path, said: str) -> None:
    new = ("--region-name", "Kabupaten Gambut Raya") if said == "63.99" else ()
    assert bare("--region", said, *new) == 0
    marker = (roster_file.parent / "share/iid-share.toml").read_text(encoding="utf-8")
    assert ("63.03" in marker and "Kabupaten Banjar" in marker) or (new and new[1] in marker)


def test_a_province_is_known_by_its_code_and_a_made_share_needs_no_region_again(
    roster_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert bare("--region", "63") == 0
    assert "63 Provinsi Kalimantan Selatan" in capsys.readouterr().out
    assert bare() == 0
    assert "Lanjutkan:" in capsys.readouterr().out


def test_another_region_for_a_made_share_is_refused_with_the_way_out(
    roster_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call() == 0
    capsys.readouterr()
    assert bare("--region", "Kabupaten Sleman") == 2
    said = capsys.readouterr().err
    assert "milik wilayah 63.03 (Kabupaten Banjar), bukan 34.04" in said
    assert "tanpa --region" in said
    assert "hapus berkas itu, lalu ulangi iid scaffold" in said
    assert len(said.strip().splitlines()) == 1


def test_the_first_day_is_a_chain_in_which_each_command_names_the_next(
    roster_file: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IID_TOML", str(roster_file.parent / "iid.toml"))
    monkeypatch.setenv("HOME", str(roster_file.parent))
    (roster_file.parent / "hasil").mkdir()
    given = ["--share", "share", "--store", "hasil", "--cycle", "2026", "--roster", "unit.csv"]
    assert run(["init", *given]) == 0
    assert "iid scaffold" in capsys.readouterr().out
    assert run(["scaffold", "--region", "63.03", "--region-name", "Kabupaten Banjar"]) == 0
    assert "iid assess" in capsys.readouterr().out
    assert run(["assess", "--direct"]) == 0
    assert "Kabupaten Banjar" in capsys.readouterr().out


def test_a_fresh_share_is_made_and_its_region_said(
    roster_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call() == 0
    out = capsys.readouterr().out
    assert "share belum ada; dibuat" in out
    assert "63.03 Kabupaten Banjar" in out
    assert 'region = "63.03"' in (roster_file.parent / "share/iid-share.toml").read_text()


def test_a_second_run_says_that_nothing_was_made(
    roster_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call() == 0
    capsys.readouterr()
    assert call() == 0
    assert "0 berkas dibuat (0 buku kerja)" in capsys.readouterr().out


def test_json_lists_created_and_kept(roster_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call("--json") == 0
    first = json.loads(capsys.readouterr().out)
    assert call("--json") == 0
    second = json.loads(capsys.readouterr().out)
    assert second["created"] == []
    assert second["kept"] == first["created"]


def test_a_named_innovation_carries_its_name_in_the_workbook(roster_file: Path) -> None:
    assert call("--innovation", "101=Perahu: Sehat?", "--innovations", "1") == 0
    units = roster_file.parent / "share/2026"
    book = openpyxl.load_workbook(units / "101 Dinas Kesehatan/Perahu Sehat/inovasi.xlsx")
    assert book["Profil"]["B2"].value == "Perahu: Sehat?"
    assert (units / "201 UPT Puskesmas Gambut/Inovasi 1/inovasi.xlsx").is_file()


def test_the_zone_of_another_region_follows_its_province(roster_file: Path) -> None:
    assert call("--region", "91.71", "--region-name", "Kota Jayapura") == 0
    assert 'zone = "Asia/Jayapura"' in (roster_file.parent / "share/iid-share.toml").read_text()


@pytest.mark.parametrize(
    ("more", "word"),
    [
        (["--region", "banjar"], "maksud Anda: 32.79 Kota Banjar, 63.03 Kabupaten Banjar"),
        (["--region", "xyzzy"], "contoh: 63.03"),
        (["--innovation", "404=Perahu"], "404"),
        (["--innovation", "Perahu"], "KODE UNIT=Nama inovasi"),
        (["--cycle", "2025"], "2026"),
        (["--share", "tidak/ada"], "tidak/ada"),
        (["--roster", "lain.csv"], "lain.csv"),
    ],
)
def test_a_mistake_is_reported_in_one_line_and_nothing_is_made(
    roster_file: Path, capsys: pytest.CaptureFixture[str], more: list[str], word: str
) -> None:
    assert call(*more) == 2
    shown = capsys.readouterr()
    assert word in shown.err
    assert len(shown.err.strip().splitlines()) == 1
    assert [path.name for path in roster_file.parent.iterdir()] == ["unit.csv"]


def test_a_region_that_contradicts_the_marker_is_refused(
    roster_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call() == 0
    assert call("--region", "64.71") == 2
    assert "63.03" in capsys.readouterr().err


def test_a_roster_with_a_duplicate_code_is_refused(
    roster_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    roster_file.write_text("code,name,type,parent\n101,A,opd,\n101,B,opd,\n")
    assert call() == 2
    assert "101" in capsys.readouterr().err
