"""From what the user gave as ``--store`` to a store."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

from iid.tasks.store.folder_store import FolderStore
from iid.tasks.store.keys import check_key
from iid.tasks.store.store import Store
from iid.tasks.values.errors import StoreError, UsageError
from iid.tasks.values.share_paths import bare_address

_SCHEME = re.compile(r"^([A-Za-z][A-Za-z0-9+.-]+):")  # one letter before ":" is a Windows drive
_BUCKET = re.compile(r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$")


def open_store(url: str, endpoint_url: str | None = None) -> Store:
    """The store at *url*: a path, ``file:///…`` or ``s3://bucket/prefix``.

    Nothing is read or written yet. *endpoint_url* concerns S3 alone; a folder ignores it.
    UsageError for anything else, for a path that is a file, and for a name and password in
    *endpoint_url*: it is kept with the parameters of a run, and S3 has no use for them.
    """
    if endpoint_url and "@" in endpoint_url.partition("://")[2].partition("/")[0]:
        raise UsageError(
            "--endpoint-url memuat nama atau kata sandi; tulis tanpa itu, kunci S3 dibaca dari "
            "AWS_ACCESS_KEY_ID dan AWS_SECRET_ACCESS_KEY, atau profilnya"
        )
    if endpoint_url and "?" in endpoint_url:
        raise UsageError(f"--endpoint-url {bare_address(endpoint_url)}: alamat S3 tidak memakai ?…")
    if not url.strip() or "\0" in url:
        raise UsageError("--store kosong atau tidak sah; beri folder atau s3://bucket/awalan")
    scheme = _SCHEME.match(url)
    if scheme is None:
        return _folder(Path(url).expanduser())
    kind = scheme[1].lower()
    if kind == "file":
        return _folder(_file_path(url))
    if kind == "s3":
        return _s3(url, endpoint_url)
    raise UsageError(f"--store {kind}:… tidak didukung; yang didukung: folder, file:///…, s3://bucket/awalan")


def _file_path(url: str) -> Path:
    parts = urlsplit(url)
    if parts.netloc not in {"", "localhost"} or not parts.path.startswith("/"):
        raise UsageError(f"--store {url} tidak sah; tulis file:///folder dengan tiga garis miring")
    return Path(unquote(parts.path))


def _folder(path: Path) -> Store:
    if path.exists() and not path.is_dir():
        raise UsageError(f"--store {path} adalah berkas; beri folder atau s3://bucket/awalan")
    return FolderStore(path)


def _s3(url: str, endpoint_url: str | None) -> Store:
    from iid.tasks.store.s3_store import S3Store  # late: boto3 takes its time

    bucket, _, prefix = url[len("s3://") :].partition("/")
    if url[2:5] != "://" or not _BUCKET.match(bucket):
        # Not repeated whole: someone may have put name and password before the bucket.
        raise UsageError("--store s3://… tanpa nama bucket yang sah; contoh: s3://iid-banjar/hasil")
    if "?" in prefix:
        raise UsageError(f"--store {bare_address(url)}: alamat S3 tidak memakai ?…")
    try:
        prefix = check_key(prefix.strip("/")) if prefix.strip("/") else ""
    except StoreError as error:
        raise UsageError(f"--store s3://{bucket}/…: {error}") from None
    return S3Store(bucket, prefix, endpoint_url)
