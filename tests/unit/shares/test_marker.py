"""The marker of a share: whose it is, and its time zone."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iid.tasks.shares.folder_drive import FolderDrive
from iid.tasks.shares.marker import MARKER, _zones, province_zone, read_marker
from iid.tasks.values.errors import DriveError, GuardError, UsageError
from iid.tasks.values.region import Marker


def read(tmp_path: Path, text: str | bytes) -> Marker:
    data = text.encode() if isinstance(text, str) else text
    (tmp_path / MARKER).write_bytes(data)
    return read_marker(FolderDrive(tmp_path))


def test_marker_says_region_name_zone_and_example(tmp_path: Path) -> None:
    text = 'region = "63.03"\nname = "Kabupaten Banjar"\nzone = "Asia/Makassar"\nexample = true\n'
    assert read(tmp_path, text) == Marker("63.03", "Kabupaten Banjar", "Asia/Makassar", True)


@pytest.mark.parametrize(
    "text",
    [
        'region = "63.03"',
        'region_code = " 63.03 "',
        'code = "6303"',
        'kode = "63.03"',
        '[region]\ncode = "63.03"',
        '[region]\nregion = "63.03"',
        b'\xef\xbb\xbfregion = "63.03"\r\n',
        'region = "63.03"\nname = 5\nzone = ["x"]\nexample = "ya"',
    ],
)
def test_region_is_found_under_any_of_its_keys(tmp_path: Path, text: str | bytes) -> None:
    assert read(tmp_path, text) == Marker("63.03", "63.03", "Asia/Makassar", False)


@pytest.mark.parametrize(
    ("line", "zone"),
    [
        ("", "Asia/Makassar"),
        ('zone = "WIT"', "Asia/Jayapura"),
        ('zone = "Asia/Jakarta"', "Asia/Jakarta"),
        ('zone = "Asia/Banjarmasin"', "Asia/Makassar"),
        ('zone = "../../etc/passwd"', "Asia/Makassar"),
        ('zone = "Asia"', "Asia/Makassar"),
        ('zone = "/etc/localtime"', "Asia/Makassar"),
        ('zone = "\\u0000"', "Asia/Makassar"),
    ],
)
def test_zone_is_the_named_one_else_that_of_the_province(tmp_path: Path, line: str, zone: str) -> None:
    assert read(tmp_path, f'region = "63.03"\n{line}').zone == zone


def test_every_province_has_a_zone_and_others_fall_back() -> None:
    assert len(_zones()) == 38
    assert {ZoneInfo(zone).utcoffset(None) is None for zone in _zones().values()} == {True}
    assert province_zone("11.01") == "Asia/Jakarta"
    assert province_zone("81") == "Asia/Jayapura"
    assert province_zone("99.99") == "Asia/Jakarta"


def test_share_without_marker_counts_as_not_mounted(tmp_path: Path) -> None:
    with pytest.raises(
        GuardError, match=r"share tampaknya belum terpasang: iid-share\.toml tidak ada"
    ) as caught:
        read_marker(FolderDrive(tmp_path))
    assert caught.value.exit_code == 3
    assert str(tmp_path) in str(caught.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("region = 63.03", "region = 63.03 bukan kode wilayah"),
        ('region = "Banjar"', "region = 'Banjar' bukan kode wilayah"),
        ('region = "63.03.01"', "yang boleh"),
        ('name = "Banjar"', "kunci region tidak ada"),
        ("[region]\nname = 'x'", "kunci region tidak ada"),
        ("", "kunci region tidak ada"),
        ("region = ", "bukan TOML yang benar"),
        ("\xff\xfer\0".encode("latin-1"), "bukan teks UTF-8"),
        (b"a = " + b"[" * 30_000, "bukan TOML yang benar"),
        (b"a = " + b"9" * 5_000, "bukan TOML yang benar"),
        ("region = ['" + "x" * 5_000 + "']", "xxx bukan kode wilayah"),
    ],
)
def test_wrong_marker_is_one_line_naming_key_and_value(tmp_path: Path, text: str | bytes, words: str) -> None:
    with pytest.raises(UsageError) as caught:
        read(tmp_path, text)
    assert words in str(caught.value)
    assert MARKER in str(caught.value)


def test_marker_that_leads_out_of_the_share_fails_the_run(tmp_path: Path) -> None:
    (tmp_path / "share").mkdir()
    (tmp_path / MARKER).write_text('region = "63.03"')
    (tmp_path / "share" / MARKER).symlink_to(tmp_path / MARKER)
    with pytest.raises(DriveError, match="tidak dapat dibaca"):
        read_marker(FolderDrive(tmp_path / "share"))


@given(st.binary(max_size=300))
def test_any_bytes_are_a_marker_or_a_clear_error(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    try:
        read(tmp_path_factory.getbasetemp(), data)
    except UsageError:
        return
