"""Files of the share that change between the plan and the packing: the judged bytes, or nothing."""

from __future__ import annotations

import base64
import hashlib
import io
import os
import re

import pytest

from iid.tasks.export.copy_evidence import CHUNK, Origin, bring, share_of
from iid.tasks.export.export_plan import plan_of
from iid.tasks.shares.drive import FileChangedError
from iid.tasks.shares.folder_drive import FolderDrive

SOURCE = "2026/101/Satu/bukti/16/SK.pdf"


class Stream(io.RawIOBase):
    """Gives *data* again and again; then *error*, where there is one."""

    def __init__(self, data: bytes, error: Exception | None) -> None:
        self.data, self.error, self.given = data, error, 0

    def read(self, size: int = -1) -> bytes:
        if self.error and self.given:
            raise self.error
        self.given += len(self.data)
        return self.data


class Share(FolderDrive):
    """A share whose files are that stream."""

    stream: Stream

    def open(self, path: str) -> Stream:  # type: ignore[override]
        return self.stream


def packed(region):
    files = (item for entry in plan_of(region.publish()).entries for item in entry.files)
    return next(item for item in files if item.sources[0] == SOURCE)


def origin(region, data: bytes, error: Exception | None = None) -> Origin:
    drive = Share(region.share)
    drive.stream = Stream(data, error)
    return Origin(region.store, {}, drive)


@pytest.mark.parametrize(
    "error", [PermissionError(13, "x"), FileNotFoundError(2, "x"), FileChangedError("x")]
)
def test_a_file_that_fails_half_way_leaves_no_half_of_it(region, tmp_path, error):
    check = bring(packed(region), tmp_path / "berkas.pdf", origin(region, b"isi", error))
    assert check is not None and check.kind == "berkas"
    assert not (tmp_path / "berkas.pdf").exists()


def test_a_file_that_has_grown_without_end_is_not_read_to_its_end(region, tmp_path):
    endless = origin(region, b"\0" * CHUNK)
    check = bring(packed(region), tmp_path / "berkas.pdf", endless)
    assert check is not None and "berubah sejak dinilai" in check.what
    assert endless.drive.stream.given <= 2 * CHUNK
    assert not (tmp_path / "berkas.pdf").exists()


def outside(path, tmp_path):
    secret = tmp_path / "rahasia.pdf"
    secret.write_bytes(path.read_bytes())  # even the same bytes: what lies outside is not looked at
    path.unlink()
    path.symlink_to(secret)


def another_unit(path, tmp_path):
    other = path.parents[4] / "102/Dua/bukti/16/lain.pdf"
    other.parent.mkdir(parents=True, exist_ok=True)
    other.write_bytes(b"milik unit lain")
    path.unlink()
    path.symlink_to(other)


def a_pipe(path, tmp_path):
    path.unlink()
    os.mkfifo(path)


def a_folder(path, tmp_path):
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize("swap", [outside, another_unit, a_pipe, a_folder])
def test_a_file_swapped_for_something_else_stays_out(region, tmp_path, swap):
    item = packed(region)
    drive = share_of(plan_of(region.publish()), {}, str(region.share), "63.03")
    swap(region.share / SOURCE, tmp_path)
    check = bring(item, tmp_path / "berkas.pdf", Origin(region.store, {}, drive))
    assert check is not None and check.kind == "berkas"
    assert not (tmp_path / "berkas.pdf").exists()


def test_the_rehearsal_page_allows_its_own_style_and_nothing_else(region):
    out, _, _ = region.export()
    page = (out / "gladi-kirim.html").read_text(encoding="utf-8")
    (style,) = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    mark = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"content=\"default-src 'none'; style-src 'sha256-{mark}'; base-uri" in page
    assert "<script" not in page
    assert " style=" not in page
