"""``--store``: what is a store, and what is reported to someone who gave something else."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from iid.tasks.store.folder_store import FolderStore
from iid.tasks.store.open_store import open_store
from iid.tasks.values.errors import UsageError


def test_a_path_and_a_file_address_are_the_same_folder(tmp_path: Path) -> None:
    spaced = tmp_path / "hasil 2026"
    for given in (str(spaced), spaced.as_uri(), f"file://localhost{spaced}".replace(" ", "%20")):
        store = open_store(given, "http://diabaikan")
        assert isinstance(store, FolderStore)
        assert store.root == spaced
    assert not spaced.exists()


def test_the_home_sign_is_understood(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert open_store("~/hasil").url == str(tmp_path / "hasil")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("", "kosong"),
        ("a\0b", "tidak sah"),
        ("ftp://server/x", "tidak didukung; yang didukung: folder"),
        ("https://server/x", "tidak didukung"),
        ("file://server/x", "tiga garis miring"),
        ("s3://", "tanpa nama bucket"),
        ("s3:bucket", "tanpa nama bucket"),
        ("s3://B/x", "tanpa nama bucket"),
        ("s3://bucket/a/../b", 'bagian kosong, "." dan ".."'),
    ],
)
def test_anything_else_is_a_usage_error(given: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        open_store(given)


def test_a_file_is_no_store(tmp_path: Path) -> None:
    (tmp_path / "berkas.txt").write_text("x")
    with pytest.raises(UsageError, match="adalah berkas"):
        open_store(str(tmp_path / "berkas.txt"))


def test_secrets_before_the_bucket_are_not_repeated() -> None:
    with pytest.raises(UsageError) as caught:
        open_store("s3://AKID:rahasia@bucket/x")
    assert "rahasia" not in str(caught.value)


def test_a_wrong_endpoint_is_a_usage_error_without_its_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match="contoh: https://") as caught:
        open_store("s3://bucket/x", "budi:rahasia@s3 contoh")
    assert "rahasia" not in str(caught.value)


def test_a_password_in_the_endpoint_is_refused_because_runs_keep_their_parameters() -> None:
    with pytest.raises(UsageError, match="nama atau kata sandi") as caught:
        open_store("s3://bucket/x", "https://budi:rahasia@s3.contoh.go.id:9000/x")
    assert "rahasia" not in str(caught.value)
    open_store("s3://bucket/x", "https://s3.contoh.go.id/a@b")


def test_a_folder_needs_neither_boto3_nor_pandas() -> None:
    code = (
        "import sys; from iid.tasks.store.open_store import open_store; open_store('.');"
        "import iid.tasks.store.publishing;"
        "sys.exit(', '.join({'boto3', 'pandas', 'pyarrow'} & sys.modules.keys()) or None)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_an_address_with_a_query_is_refused_and_the_query_not_repeated() -> None:
    for url, endpoint in (("s3://ember/x?sig=RAHASIA", None), ("s3://ember", "https://s3.kab/?sig=RAHASIA")):
        with pytest.raises(UsageError, match="tidak memakai") as caught:
            open_store(url, endpoint)
        assert "RAHASIA" not in str(caught.value)
