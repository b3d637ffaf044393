"""What the system says about a file, in Indonesian."""

from __future__ import annotations

import errno
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iid.tasks.text.os_errors import said, why, why_unwritten
from iid.tasks.values.errors import DriveError

KNOWN = sorted(errno.errorcode)


@pytest.mark.parametrize(
    ("code", "reading", "writing"),
    [
        (errno.ENOENT, "tidak ada", "foldernya tidak ada; buat dahulu"),
        (errno.EACCES, "hak baca ditolak", "hak tulis ditolak"),
        (errno.EISDIR, "itu folder, bukan berkas", "itu folder, bukan berkas"),
        (errno.ENOSPC, "ruang disk habis", "ruang disk habis"),
        (errno.EIO, "galat baca-tulis pada disk atau jaringan (EIO)", ""),
        (errno.ESTALE, "share-nya terputus dan perlu dipasang ulang (ESTALE)", ""),
        (errno.EPERM, "tidak diizinkan oleh sistem (EPERM)", ""),
        (errno.EMLINK, "galat sistem (EMLINK)", ""),
    ],
)
def test_known_reasons_are_reported_in_indonesian(code: int, reading: str, writing: str) -> None:
    error = OSError(code, os.strerror(code))
    assert (why(error), why_unwritten(error)) == (reading, writing or reading)


@given(st.sampled_from(KNOWN))
def test_no_sentence_of_the_system_is_shown(code: int) -> None:
    error = OSError(code, os.strerror(code), "/srv/rahasia/berkas.pdf")
    for words in (why(error), why_unwritten(error), said(error)):
        assert os.strerror(code) not in words
        assert "Errno" not in words


def test_our_own_words_stay() -> None:
    assert why(PermissionError(errno.EACCES, "bukan berkas biasa", "x")) == "bukan berkas biasa"
    assert said(DriveError("share putus")) == "share putus"
    assert said(OSError("putus di tengah jalan")) == "putus di tengah jalan"


def test_an_error_of_the_system_that_has_no_number_is_still_reported() -> None:
    assert why(TimeoutError()) == "galat sistem (TimeoutError)"
    assert why(OSError(9999, os.strerror(9999))) == "galat sistem (9999)"


def test_with_a_file_the_file_is_named() -> None:
    error = OSError(errno.EIO, os.strerror(errno.EIO), "/share/a.pdf")
    assert said(error) == "/share/a.pdf: galat baca-tulis pada disk atau jaringan (EIO)"
