"""From what the user typed to a drive, or to one clear line."""

from __future__ import annotations

from pathlib import Path

import pytest

from iid.tasks.shares.open_share import open_drive
from iid.tasks.values.errors import UsageError


def test_path_and_file_address_open_the_same_folder(tmp_path: Path) -> None:
    share = tmp_path / "inovasi daerah #1"
    share.mkdir()
    (share / "a.pdf").write_bytes(b"x")
    for url in (str(share), share.as_uri(), f"file://localhost{share.as_uri()[7:]}"):
        drive = open_drive(url)
        assert drive.url == str(share)
        assert [entry.path for entry in drive.list().entries] == ["a.pdf"]


def test_share_that_is_itself_a_link_opens(tmp_path: Path) -> None:
    (tmp_path / "asli").mkdir()
    (tmp_path / "asli" / "a.pdf").write_bytes(b"x")
    (tmp_path / "pintas").symlink_to("asli")
    drive = open_drive(str(tmp_path / "pintas"))
    assert [entry.path for entry in drive.list().entries] == ["a.pdf"]
    assert drive.read_bytes("a.pdf", 9) == b"x"


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("/tidak/ada", "tidak ada; periksa ejaannya"),
        ("file:///tidak/ada", "tidak ada; periksa ejaannya"),
        ("file://server/inovasi", "hanya untuk folder di mesin ini"),
        ("", "kosong"),
        ("   ", "kosong"),
        ("a\0b", "NUL"),
        ("ftp://server/x", "skema ftp:// tidak dikenal; yang boleh: jalur folder, file://, gdrive://"),
        ("/" + "x" * 5000, "tidak"),
    ],
)
def test_wrong_shares_are_one_line_that_names_them(url: str, words: str) -> None:
    with pytest.raises(UsageError) as caught:
        open_drive(url)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)
    assert caught.value.exit_code == 2


def test_file_is_no_share(tmp_path: Path) -> None:
    (tmp_path / "berkas").write_bytes(b"")
    with pytest.raises(UsageError, match="adalah berkas, bukan folder"):
        open_drive(str(tmp_path / "berkas"))
