"""A file may be dated in any year: no calendar has some of them, and no run may end of it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from iid.tasks.close.late import Late
from iid.tasks.feedback.seen_files import when
from iid.tasks.ingest.evidence_items import iso_time
from iid.tasks.inspect.inspection import inspect_evidence
from iid.tasks.inspect.ledger.ledger import Ledger
from iid.tasks.shares.drive import EARLIEST, LATEST, shown_time
from iid.tasks.shares.folder_drive import FolderDrive
from iid.tasks.shares.remote_file import seconds_of
from iid.tasks.values.tables import EVIDENCE, frame

IMPOSSIBLE = (1e12, 9e17, -1e11, -9e17, 253_402_300_800.0)


def keeps_any_time(folder: Path) -> bool:
    probe = folder / "probe"
    probe.write_bytes(b"")
    os.utime(probe, (9e17, 9e17))
    kept = probe.stat().st_mtime == 9e17
    probe.unlink()
    return kept


@pytest.fixture
def share() -> Iterator[Path]:
    """A folder on a file system that keeps every time, as those in memory and some servers do."""
    memory = Path("/dev/shm")  # noqa: S108  a private folder is made in it
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as name:
        if not keeps_any_time(Path(name)):
            pytest.skip("no file system here keeps such times")
        yield Path(name)


def test_times_of_the_calendar_stay_and_others_become_the_nearest() -> None:
    for seconds in (0.0, 1_700_000_000.25, -11_644_473_600.0, EARLIEST):
        assert shown_time(seconds) == seconds
    assert [shown_time(seconds) for seconds in IMPOSSIBLE] == [LATEST, LATEST, EARLIEST, EARLIEST, LATEST]


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("33658-09-27T01:46:40Z", LATEST),
        ("9999-12-31T23:59:59.999999999Z", LATEST),
        ("0001-01-01T00:00:00Z", EARLIEST),
        ("1970-01-01T00:00:01Z", 1.0),
        ("", 0.0),
    ],
)
def test_times_as_servers_tell_them_are_shown_too(text: str, seconds: float) -> None:
    assert seconds_of(text) == seconds


def test_listing_feedback_and_closing_can_show_every_time(share: Path) -> None:
    for number, seconds in enumerate(IMPOSSIBLE):
        (share / f"{number}.txt").write_bytes(b"Laporan")
        os.utime(share / f"{number}.txt", (seconds, seconds))
    entries = FolderDrive(share).list().entries
    assert len(entries) == len(IMPOSSIBLE)
    for entry in entries:
        assert datetime.fromtimestamp(entry.modified, UTC).year in (1000, 9999)
        assert iso_time(entry.modified) != ""
        assert when(entry)
        assert Late(entry.path, entry.size, entry.modified, True).as_json()["modified_at"]


def test_a_file_that_gets_an_impossible_time_meanwhile_is_reported_and_known_the_next_time(
    share: Path,
) -> None:
    path = share / "a.txt"
    path.write_bytes(b"Laporan kegiatan\n" * 9)
    os.utime(path, (1, 1))
    drive, ledger = FolderDrive(share), Ledger()

    def inspected(late: float = 0.0) -> str:
        listing = drive.list()
        if late:
            os.utime(path, (late, late))
        rows = frame(EVIDENCE, ({"source": e.path, "kind": "file"} for e in listing.entries))
        row = inspect_evidence(drive, listing, rows, ledger, workers=1).evidence.iloc[0]
        assert row["problem"] == ""
        return str(row["modified_at"])

    assert inspected(late=9e17) == "9999-01-01T00:00:00Z"
    inspected()
    assert ledger.paths["path"].to_pylist() == []  # dated ahead of now: read again until then
