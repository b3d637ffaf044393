"""A share without local paths is fetched a few files at a time, and nothing is left behind."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path

import pytest

from iid.tasks.inspect.inspection import inspect_evidence
from iid.tasks.inspect.ledger.ledger import Ledger
from iid.tasks.sandbox import fetching
from iid.tasks.shares.drive import Entry, FileChangedError, Listing
from iid.tasks.values.errors import DriveError
from iid.tasks.values.tables import EVIDENCE, frame


class Half(io.BytesIO):
    """A file that turns out to be in the middle of being written."""

    def read(self, _: int | None = -1) -> bytes:
        raise FileChangedError("masih ditulis selagi dibaca")


class Remote:
    """A share in memory; a value that is an exception is what opening that file raises."""

    url = "memory://share"

    def __init__(self, files: dict[str, bytes | Exception | list[bytes]]) -> None:
        self.files = files
        self.listing = Listing(
            tuple(
                Entry(path, len(data) if isinstance(data, bytes) else 9, 1_700_000_000.0, f"etag-{path}")
                for path, data in sorted(files.items())
            ),
            (),
        )
        self.reads: list[str] = []

    def exists(self, path: str) -> bool:
        return True

    def local(self, path: str) -> Path | None:
        return None

    def open(self, path: str) -> io.BytesIO:
        self.reads.append(path)
        data = self.files[path]
        if isinstance(data, Exception):
            raise data
        return io.BytesIO(data.pop(0) if isinstance(data, list) else data)


def inspected(remote: Remote, ledger: Ledger | None = None):
    rows = frame(EVIDENCE, ({"source": entry.path, "kind": "file"} for entry in remote.listing.entries))
    found = inspect_evidence(remote, remote.listing, rows, ledger or Ledger(), workers=2)
    return found.evidence.set_index("source")


def test_files_are_fetched_and_inspected(make) -> None:
    rows = inspected(Remote({f"{n}.pdf": make.pdf(f"nomor {n}") for n in range(30)}))
    assert rows["readable"].all()
    assert rows["text_chars"].gt(0).all()


def test_copies_are_gone_afterwards_and_were_private(make, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    modes = []

    class Watched(Remote):
        def open(self, path: str) -> io.BytesIO:
            modes.extend(folder.stat().st_mode & 0o777 for folder in tmp_path.iterdir())
            return super().open(path)

    inspected(Watched({f"{n}.pdf": make.pdf(str(n)) for n in range(5)}))
    assert set(modes) == {0o700}
    assert list(tmp_path.iterdir()) == []


def test_an_unchanged_remote_share_is_not_read_again(make) -> None:
    remote, ledger = Remote({"a.pdf": make.pdf("a"), "b.pdf": make.pdf("b")}), Ledger()
    first = inspected(remote, ledger)
    remote.reads.clear()
    assert inspected(remote, ledger).equals(first)
    assert remote.reads == []


def test_gone_and_forbidden_files_are_problems_of_these_files(make) -> None:
    rows = inspected(Remote({"a": FileNotFoundError(), "b": PermissionError(), "c": make.pdf("c")}))
    assert rows["problem"].to_dict() == {"a": "missing", "b": "unreadable", "c": ""}


def test_a_file_of_another_length_than_listed_is_read_twice(make) -> None:
    whole = make.pdf("utuh")
    rows = inspected(Remote({"steady": [whole, whole], "growing": [whole[:50], whole]}))
    assert rows.loc["steady", ["problem", "size"]].tolist() == ["", len(whole)]
    assert rows.loc["growing", "problem"] == "still_changing"


def test_a_file_that_is_being_written_is_looked_at_again(make, monkeypatch) -> None:
    monkeypatch.setattr(fetching, "_REST_S", 0.0)
    whole = make.pdf("utuh")

    class Written(Remote):
        def open(self, path: str) -> io.BytesIO:
            file = super().open(path)
            if self.reads.count(path) == 1 or path == "always":
                return Half(file.getvalue())
            return file

    rows = inspected(Written({"always": whole, "once": whole}))
    assert rows["problem"].to_dict() == {"always": "still_changing", "once": ""}


def test_a_drive_that_fails_in_the_middle_fails_the_run(make) -> None:
    files: dict[str, bytes | Exception] = {f"{n}.pdf": make.pdf(str(n)) for n in range(20)}
    with pytest.raises(DriveError, match="sambungan putus"):
        inspected(Remote(files | {"5.pdf": DriveError("sambungan putus")}))
