"""What the system says about a file, in Indonesian."""

from __future__ import annotations

import errno
import os

import pytest

from iid.tasks.drives.walking import why, why_unwritten


@pytest.mark.parametrize(
    ("code", "reading", "writing"),
    [
        (errno.ENOENT, "tidak ada", "foldernya tidak ada; buat dahulu"),
        (errno.EACCES, "hak baca ditolak", "hak tulis ditolak"),
        (errno.EISDIR, "itu folder, bukan berkas", "itu folder, bukan berkas"),
        (errno.ENOSPC, "ruang disk habis", "ruang disk habis"),
    ],
)
def test_known_reasons_are_told_in_indonesian(code: int, reading: str, writing: str) -> None:
    error = OSError(code, os.strerror(code))
    assert (why(error), why_unwritten(error)) == (reading, writing)
