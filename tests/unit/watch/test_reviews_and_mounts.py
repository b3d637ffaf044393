"""Who tells of changes, and that a steward's decision is one while our own writing is none."""

from __future__ import annotations

from pathlib import Path

import pytest
from background import until
from openpyxl import load_workbook

from iid.tasks.operate.watch.notices import Notices, file_system, matters, reports_changes
from iid.tasks.operate.watch.review_changes import Reviews, reviewed
from iid.tasks.operate.watch.watcher import known_units
from iid.tasks.review import claim_meaning
from iid.tasks.review.review_lines import HEADER
from iid.tasks.review.sheet_content import EVIDENCE_HEADER, Content
from iid.tasks.review.sheet_layout import workbook_bytes
from iid.tasks.shares.folder_drive import FolderDrive
from iid.tasks.values.region import Unit

MOUNTS = r"""
22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
30 22 0:40 / /mnt/inovasi rw - cifs //server/inovasi rw
31 22 0:41 / /mnt/dua\040kata rw - nfs4 server:/x rw
32 22 0:42 / /mnt/awan rw - fuse.rclone awan: rw
33 30 254:1 / /mnt/inovasi/lokal rw - xfs /dev/vdb rw
garis rusak
"""


@pytest.mark.parametrize(
    ("place", "kind"),
    [
        ("/srv/iid", "ext4"),
        ("/mnt/inovasi", "cifs"),
        ("/mnt/inovasi/2026", "cifs"),
        ("/mnt/inovasilain", "ext4"),
        ("/mnt/dua kata/2026", "nfs4"),
        ("/mnt/awan/2026", "fuse.rclone"),
        ("/mnt/inovasi/lokal/2026", "xfs"),
    ],
)
def test_a_folder_is_on_the_mount_nearest_above_it(place: str, kind: str) -> None:
    assert file_system(Path(place), MOUNTS) == kind


def test_mounts_whose_changes_come_from_elsewhere_are_polled(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from iid.tasks.operate.watch import notices

    monkeypatch.setattr(notices, "MOUNTS", tmp_path / "mountinfo")
    assert not reports_changes(tmp_path)  # no such file: another system
    for kind, expected in {"ext4": True, "cifs": False, "nfs": False, "fuse.sshfs": False}.items():
        (tmp_path / "mountinfo").write_text(f"22 1 0:1 / / rw - {kind} x rw\n")
        assert reports_changes(tmp_path) is expected


def test_feedback_locks_and_temporary_files_call_nobody() -> None:
    root = "/mnt/inovasi/2026"
    for path in (
        "101 Dinas/_umpan-balik/temuan.xlsx",
        "101 Dinas/X/~$inovasi.xlsx",
        "_roster.csv",
        "a/.iid-1.tmp",
    ):
        assert not matters(f"{root}/{path}", root)
    for path in ("101 Dinas/X/inovasi.xlsx", "_tinjauan/101.xlsx", "101 Dinas/X/bukti/16 SK"):
        assert matters(f"{root}/{path}", root)
    assert not matters(f"{root}/_tinjauan/.~lock.101.xlsx#", root)


def test_notices_come_from_new_folders_too_and_survive_a_folder_that_was_away(tmp_path: Path) -> None:
    cycle = tmp_path / "share" / "2026"
    cycle.mkdir(parents=True)
    notices = Notices(cycle)
    try:
        until(notices.take)  # it stands
        (cycle / "101 Dinas" / "X" / "bukti").mkdir(parents=True)
        until(notices.take)
        (cycle / "101 Dinas" / "X" / "bukti" / "a.pdf").write_bytes(b"x")
        until(notices.take)
        (tmp_path / "share").rename(tmp_path / "pergi")
        assert notices.take()  # gone: look
        (tmp_path / "share" / "2026").mkdir(parents=True)
        assert notices.take()  # another folder is there: look, and watch that one
        until(notices.take)
        (tmp_path / "share" / "2026" / "b.pdf").write_bytes(b"x")
        until(notices.take)
    finally:
        notices.close()
    assert notices.problem == ""


def book(*rows: tuple[str, ...], guide: str = "Petunjuk") -> bytes:
    return workbook_bytes(
        Content((HEADER, *rows), (EVIDENCE_HEADER,), (claim_meaning.HEADER,), ((guide,),), (HEADER,), {})
    )


def row(word: str = "", claimed: str = "2") -> tuple[str, ...]:
    given = {"innovation_id": "101/X", "No": "16", "Parameter klaim": claimed, "Keputusan": word}
    return tuple(given.get(name, "") for name in HEADER)


def test_only_what_a_steward_entered_changes_a_review_workbook(tmp_path: Path) -> None:
    folder = tmp_path / "2026" / "_tinjauan"
    folder.mkdir(parents=True)
    drive = FolderDrive(tmp_path)
    reviews = Reviews(drive, 2026)
    assert reviews.look({}) == {}
    (folder / "101.xlsx").write_bytes(book(row()))
    before = reviews.look({})
    assert before == {}  # nothing entered yet: a new workbook of ours is no change
    page = load_workbook(folder / "101.xlsx")
    page["Keputusan"].cell(2, HEADER.index("Keputusan") + 1).value = "terima"
    page.save(folder / "101.xlsx")
    decided = reviews.look(before)
    assert list(decided) == ["2026/_tinjauan/101.xlsx"]
    (folder / "101.xlsx").write_bytes(book(row("terima", claimed="3"), guide="Petunjuk lain"))
    assert reviews.look(decided) == decided  # written anew by the pipeline
    assert Reviews(drive, 2026).look({}) == decided  # also after a restart
    (folder / "101.xlsx").write_bytes(b"setengah")
    assert reviews.look(decided) == decided  # being saved
    (folder / "101.xlsx").write_bytes(book(row("tolak")))
    assert reviews.look(decided) != decided
    assert reviewed(tuple(decided), 2026) == {"101"}


def test_units_that_are_gone_or_unknown_are_not_asked_for() -> None:
    present = ("2026/101 Dinas/X/inovasi.xlsx",)
    assert known_units(present, 2026, None) == {"101", "pemda"}
    assert known_units(present, 2026, (Unit("102", "Lain", "opd"),)) == {"102", "101", "pemda"}
