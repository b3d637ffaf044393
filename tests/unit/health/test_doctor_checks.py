"""What the doctor sees of shares, stores and machines, and how he says it."""

from __future__ import annotations

import os
import stat
import time
from collections import namedtuple
from datetime import UTC, datetime
from pathlib import Path

import pytest

from iid.tasks.operate.health import machine
from iid.tasks.operate.health.health_check import Check, usable
from iid.tasks.operate.health.share_check import examine_share
from iid.tasks.operate.health.store_check import examine_store
from iid.tasks.shares.folder_drive import FolderDrive

NOW = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)


@pytest.fixture
def share(tmp_path: Path) -> Path:
    root = tmp_path / "share"
    (root / "2026/101 Dinas Kesehatan").mkdir(parents=True)
    (root / "2026/101 Dinas Kesehatan/catatan.txt").write_text("a")
    (root / "iid-share.toml").write_text('region = "63.03"\nname = "Kabupaten Banjar"\n')
    return root


def tree(root: Path) -> list[str]:
    return sorted(str(path) for path in root.rglob("*"))


def test_a_check_is_one_line_whatever_was_seen() -> None:
    check = Check("Share", "failed", "baris\nkedua", "pasang\tshare")
    assert check.line() == "✗ Share: baris kedua; pasang share"
    assert not usable([Check("A", "ok", ""), check])
    assert usable([Check("A", "warning", "")])


def test_a_good_share_is_read_and_written_and_left_as_it_was(share: Path) -> None:
    before = tree(share)
    seen = examine_share(str(share), 2026, feedback=True)
    assert [check.mark for check in seen.checks] == ["ok", "ok"]
    assert "Kabupaten Banjar (63.03)" in seen.checks[0].seen
    assert "1 berkas" in seen.checks[0].seen
    assert abs(seen.ahead or 0) < machine.DRIFT
    assert tree(share) == before


def test_a_share_whose_clock_is_ahead_is_noticed(share: Path) -> None:
    seen = examine_share(str(share), 2026, feedback=True, now=lambda: time.time() - 3600)
    check = machine.check_clock(NOW, "Asia/Makassar", {"share": seen.ahead})
    assert check.mark == "warning"
    assert "lebih cepat" in check.seen
    assert "16.30" in check.seen


@pytest.mark.parametrize(
    ("ahead", "mark"),
    [
        ({"share": None, "penyimpanan": None}, "ok"),
        ({"share": 59.0, "penyimpanan": -59.0}, "ok"),
        ({"share": 4000.0, "penyimpanan": 0.0}, "warning"),
        ({"share": 0.0, "penyimpanan": -200.0}, "warning"),
        ({"share": 0.0, "penyimpanan": -301.0}, "failed"),
    ],
)
def test_only_a_store_far_off_stops_an_assessment(ahead: dict[str, float | None], mark: str) -> None:
    assert machine.check_clock(NOW, "Asia/Makassar", ahead).mark == mark


@pytest.mark.parametrize(
    ("spoil", "word"),
    [
        (lambda share: (share / "iid-share.toml").unlink(), "belum terpasang"),
        (lambda share: (share / "iid-share.toml").write_text("region = 6303"), "kode wilayah"),
        (lambda share: (share / "2026").rename(share / "2027"), "folder siklus 2026 tidak ada"),
    ],
)
def test_a_share_that_cannot_be_assessed_fails_with_what_to_do(share: Path, spoil, word: str) -> None:
    spoil(share)
    (check,) = examine_share(str(share), 2026, feedback=True).checks
    assert check.mark == "failed"
    assert word in check.line()


def test_a_missing_share_fails_and_an_unnamed_one_warns(tmp_path: Path) -> None:
    (check,) = examine_share(str(tmp_path / "tidak-ada"), 2026, feedback=True).checks
    assert check.mark == "failed"
    assert "tidak-ada" in check.seen
    (check,) = examine_share(None, 2026, feedback=True).checks
    assert check.mark == "warning"
    assert "--share" in check.advice


def test_an_empty_cycle_warns(share: Path) -> None:
    (share / "2026/101 Dinas Kesehatan/catatan.txt").unlink()
    seen = examine_share(str(share), 2026, feedback=False)
    assert [check.mark for check in seen.checks] == ["warning"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads and writes everything")
def test_rights_that_are_missing_warn(share: Path) -> None:
    (share / "2026/101 Dinas Kesehatan").chmod(0)
    share.chmod(stat.S_IRUSR | stat.S_IXUSR)
    try:
        listed, written = examine_share(str(share), 2026, feedback=True).checks
    finally:
        share.chmod(0o700)
        (share / "2026/101 Dinas Kesehatan").chmod(0o700)
    assert (listed.mark, written.mark) == ("warning", "warning")
    assert "101 Dinas Kesehatan" in listed.seen


def test_a_folder_that_cannot_be_listed_warns_naming_it(share: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from iid.tasks.shares import folder_listing

    real = folder_listing.Walk.folder

    def refuse(walk, place: str, prefix: str) -> None:
        if "101" in prefix:
            raise PermissionError(13, os.strerror(13))
        real(walk, place, prefix)

    monkeypatch.setattr(folder_listing.Walk, "folder", refuse)
    (check,) = examine_share(str(share), 2026, feedback=False).checks
    assert check.mark == "warning"
    assert "2026/101 Dinas Kesehatan: hak baca ditolak" in check.seen


def test_a_share_that_cannot_be_written_only_warns(share: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FolderDrive, "local", lambda self, path: Path("/proc/version"))
    _, written = examine_share(str(share), 2026, feedback=True).checks
    assert written.mark == "warning"
    assert "--no-feedback" in written.advice


def test_a_store_is_tried_and_left_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "hasil").mkdir()
    seen = examine_store(str(tmp_path / "hasil"))
    assert [check.mark for check in seen.checks] == ["ok", "ok"]
    assert abs(seen.ahead or 0) < machine.DRIFT
    assert tree(tmp_path / "hasil") == []


def test_a_store_that_cannot_be_written_fails_naming_it(tmp_path: Path) -> None:
    (tmp_path / "berkas").write_text("")
    for place in (tmp_path / "berkas", tmp_path / "berkas/hasil"):
        (check,) = examine_store(str(place)).checks
        assert check.mark == "failed"
        assert str(tmp_path / "berkas") in check.seen


def test_an_unnamed_store_warns() -> None:
    (check,) = examine_store(None).checks
    assert check.mark == "warning"
    assert "--store" in check.advice


def test_the_installed_versions_fit_what_the_package_asks_for() -> None:
    check = machine.check_versions()
    assert check.mark == "ok", check.seen
    assert "prefect 3.8" in check.seen


def test_a_version_that_does_not_fit_is_named_with_what_is_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = ["fastapi<=0.1", "tidak-ada-paket>=1", 'jauh>1; sys_platform == "lain"']
    monkeypatch.setattr(machine.metadata, "requires", lambda _name: wanted)
    check = machine.check_versions()
    assert check.mark == "failed"
    assert "fastapi" in check.seen
    assert "<=0.1" in check.seen
    assert "tidak-ada-paket tidak terpasang" in check.seen
    assert "jauh" not in check.seen


def test_an_unknown_zone_fails_and_indonesia_is_known() -> None:
    assert machine.check_zone("Asia/Makassar").mark == "ok"
    assert machine.check_zone("Asia/Martapura").mark == "failed"


@pytest.mark.parametrize(("free", "mark"), [(10**9 * 5, "ok"), (10**9, "warning"), (10**8, "failed")])
def test_a_full_disk_fails_and_a_tight_one_warns(
    free: int, mark: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(machine.shutil, "disk_usage", lambda _place: usage(10**12, 0, free))
    checks = machine.check_disk([tmp_path / "belum/ada"])
    assert {check.mark for check in checks} == {mark}


def test_who_can_write_the_review_folder_is_said(tmp_path: Path) -> None:
    from iid.tasks.operate.health.share_check import check_reviewers

    (tmp_path / "iid-share.toml").write_text('region = "63.03"\n')
    assert list(check_reviewers(str(tmp_path), 2026)) == []
    folder = tmp_path / "2026/_tinjauan"
    folder.mkdir(parents=True)
    folder.chmod(0o750)
    (check,) = check_reviewers(str(tmp_path), 2026)
    assert (check.mark, "pemilik" in check.seen, "grup" in check.seen) == ("ok", True, False)
    folder.chmod(0o777)
    (check,) = check_reviewers(str(tmp_path), 2026)
    assert (check.mark, "semua pengguna" in check.seen) == ("warning", True)
    assert list(check_reviewers(str(tmp_path / "tidak-ada"), 2026)) == []


@pytest.mark.parametrize("open_one", ["2026", "2026/_tinjauan/101.xlsx"])
def test_a_review_folder_that_can_be_replaced_or_whose_workbook_is_open_is_no_safer(
    open_one: str, tmp_path: Path
) -> None:
    from iid.tasks.operate.health.share_check import check_reviewers

    (tmp_path / "iid-share.toml").write_text('region = "63.03"\n')
    (tmp_path / "2026/_tinjauan").mkdir(parents=True)
    (tmp_path / "2026/_tinjauan/101.xlsx").write_bytes(b"x")
    assert [check.mark for check in check_reviewers(str(tmp_path), 2026)] == ["ok"]
    (tmp_path / open_one).chmod(0o777)
    assert [check.mark for check in check_reviewers(str(tmp_path), 2026)] == ["warning"]


def test_of_a_share_on_a_server_only_that_server_knows_who_decides_in_workbooks() -> None:
    from iid.tasks.operate.health.share_check import check_reviewers

    (check,) = check_reviewers("webdav+http://127.0.0.1:9/iid", 2026)
    assert check.mark == "ok"
    assert "di server share-nya" in check.seen
