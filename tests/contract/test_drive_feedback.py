"""Feedback reaches the units over every kind of drive: whole, once, and gone again when it is stale."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import drive_shares
import pytest
from small_region import AS_OF, Region, emptied, filled

from iid.flows.assess import run_assessment
from iid.flows.telemetry.progress import Reporter
from iid.tasks.assess.request import AssessRequest
from iid.tasks.feedback.write_feedback import write_feedback
from iid.tasks.operate.watch.watcher import look
from iid.tasks.shares.drive import Drive
from iid.tasks.shares.folder_drive import FolderDrive
from iid.tasks.shares.remote_drive import RemoteDrive
from iid.tasks.shares.remotes import remote_of
from iid.tasks.shares.timeouts import Patience

QUICK = Patience(tries=2, first_pause=0.02)
PLACE = "2026/101 Dinas Kesehatan/_umpan-balik"
COPIES = {"Belum Boleh (catatan).xlsx", "Perahu Sehat (catatan).xlsx"}
OURS = {*COPIES, "tanda-terima.csv", "temuan.xlsx", "umpan-balik.html"}


@pytest.fixture(scope="module")
def region(tmp_path_factory: pytest.TempPathFactory) -> Region:
    """A small region on disk, assessed once; the drives get its files."""
    found = filled(emptied(tmp_path_factory.mktemp("umpan-balik")))
    found.last = found.assess()
    return found


@pytest.fixture(
    params=[
        "folder",
        *(pytest.param(k, marks=pytest.mark.integration) for k in ("apache", "gdrive", "s3", "sftp", "smb")),
    ]
)
def drive(
    request: pytest.FixtureRequest,
    region: Region,
    new_share: Callable[[str], drive_shares.Outside],
    tmp_path: Path,
) -> Drive:
    put: Callable[[str, bytes], None]
    if request.param == "folder":
        made: Drive = FolderDrive(tmp_path)

        def put(path: str, data: bytes) -> None:
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_bytes(data)

    else:
        outside = new_share(request.param)
        put, made = outside.put, RemoteDrive(remote_of(outside.url()), QUICK)
    for path, (_, data) in region.files().items():
        put(path, data)
    return made


def names(drive: Drive) -> set[str]:
    return {entry.path.removeprefix(f"{PLACE}/") for entry in drive.list(PLACE).entries}


def test_feedback_is_written_once_and_stale_copies_go(
    drive: Drive, region: Region, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert region.last is not None
    assessment, _, roster = region.last
    before = look(drive, 2026, {})
    listing = drive.list("2026")
    assert list(write_feedback(drive, assessment, listing, roster)) == []
    assert names(drive) == OURS
    assert look(drive, 2026, before) == before  # no watcher sees it
    html = drive.read_bytes(f"{PLACE}/umpan-balik.html", 1_000_000)
    assert html.endswith(b"</html>\n")

    written: list[str] = []
    really = type(drive).write
    monkeypatch.setattr(
        type(drive), "write", lambda drive, path, data: written.append(path) or really(drive, path, data)
    )
    assert list(write_feedback(drive, assessment, drive.list("2026"), roster)) == []
    assert written == []

    kept = assessment.innovations[assessment.innovations["innovation_id"] != "101/Belum Boleh"]
    smaller = replace(assessment, innovations=kept)
    assert list(write_feedback(drive, smaller, drive.list("2026"), roster)) == []
    assert names(drive) == OURS - {"Belum Boleh (catatan).xlsx"}
    assert {path.rpartition("/")[0] for path in written} == {PLACE}
    assert drive.list("2026") == listing


@pytest.mark.integration
def test_an_assessment_of_a_share_that_may_only_be_read_is_published_with_one_warning(
    region: Region, new_share: Callable[[str], drive_shares.Outside], tmp_path: Path
) -> None:
    outside = new_share("smb")
    for path, (_, data) in region.files().items():
        outside.put(path, data)
    url = outside.url().replace("/inovasi/", "/baca/")
    request = AssessRequest(share=url, store=str(tmp_path / "hasil"), cycle=2026, as_of=AS_OF, workers=1)
    outcome = run_assessment(request, Reporter(quiet=True))
    assert (tmp_path / "hasil/63.03/2026/latest.json").exists()
    (note,) = outcome.notes
    assert note.startswith("buku tinjauan dan umpan balik tidak ditulis (")
    assert "hak akses ditolak" in note
    assert not any("/_" in path for path in (tree(drive_shares.root_of(outside))))


def tree(root: Path) -> list[str]:
    return [path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_dir()]
